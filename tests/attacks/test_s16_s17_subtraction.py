"""S16, S17: nothing small follows from all that is offered, taken together: every choice, through the one door."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.findings.answers import CHOSEN_OF, PREFERENCE
from feedback.findings.attacking import NOT_READ, READERS, attack, offered
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import ANSWERS, TOPICS, Choice, Evidence, Step
from feedback.findings.work import work_out

LIMITS = Limits()
SCALES, SHARES = ("answers", "learner_scales"), ("worth", "runs")
TITLES = {"a": "Alpha", "b": "Beta", "c": "Gamma"}
LATER = {"a": "one", "b": "one", "c": "two"}
STEPS = tuple(
    Step(value, label, (value > 3) - (value < 3))
    for value, label in enumerate(["no", "rather no", "so", "yes", "!"], 1)
)
BLANK = {
    "audience": "learner", "instrument": "learner", "version": 1, "survey": "s", "month": "2026-03",
    "organisation": None, "role": None, "credential": "a", "question": "goals", "construct": "goals",
    "kind": "scale", "scale": "agree5", "item": "", "status": "answered", "number": None, "score": None,
    "positive": None, "sector": None, "size_band": None, "people": 1,
}  # fmt: skip


def rated(credential: str, counts: list[int], aside: int = 0, **more) -> list[dict]:
    """How many gave each step about a credential, and how many said that it does not apply."""
    given = [
        BLANK | {"credential": credential, "number": float(step), "positive": step > 3, "people": people} | more
        for step, people in enumerate(counts, 1)
        if people
    ]
    return given + [BLANK | {"credential": credential, "status": "does_not_apply", "people": aside} | more] * (
        aside > 0
    )


def institution(rows: list[dict], topics: list[tuple] = (), slugs: str = "ab") -> Evidence:
    named = ["credential", "topic", "critical", "appreciative", "people"]
    told = DataFrame([dict(zip(named, row, strict=True)) for row in topics], columns=named)
    told = told.assign(audience="learner", instrument="learner", survey="s", month="2026-03")
    return Evidence(
        answers=DataFrame(rows, columns=list(ANSWERS)),
        topics=told.reindex(columns=list(TOPICS)),
        titles={slug: TITLES[slug] for slug in slugs},
        programmes={slug: LATER[slug] for slug in slugs} if len(slugs) > 2 else {},
        survey_runs={"run-1": "run-1"},
        questions={
            "goals": "I knew the goals", "worth": "Worth it", "good": "What good?", "good/pay": "More pay",
            "good/joy": "More joy",
        },
        scales={"agree5": STEPS},
        asides={"learner:goals": ("does_not_apply",)},
        topic_names={"pace": "Pace"},
    )  # fmt: skip


counts = st.lists(st.integers(0, 9), min_size=5, max_size=5)
asides = st.integers(0, 8)


@settings(max_examples=4, deadline=None)
@given(st.tuples(counts, counts), st.tuples(asides, asides))
def test_s16_the_whole_less_its_parts_gives_no_small_answer_away(steps: tuple, aside: tuple):
    evidence = institution(
        [row for slug, each, none in zip("ab", steps, aside, strict=True) for row in rated(slug, each, none)]
    )
    found = attack(evidence, LIMITS, findings=SCALES)
    assert found.apart == 0
    assert found.solved == ()


@settings(max_examples=4, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=4, max_size=4))
def test_s16_no_group_that_is_too_small_is_counted_by_subtraction(people: list[int]):
    worth = {"question": "worth", "construct": "overall"}
    rows = [
        row
        for at, number in enumerate(people)
        for row in rated("ab"[at % 2], [0, number // 3, 0, number - number // 3, 0], survey=f"run-{at // 2}", **worth)
    ]
    found = attack(institution(rows), LIMITS, findings=SHARES)
    assert [each for each in found.solved if "all who answered" in each.cell] == []


def test_s17_one_rare_answer_is_hidden_and_so_is_what_would_give_it_away():
    """Alpha's single "no" was what the programme said less what Beta said, before the whole was held apart."""
    evidence = institution([*rated("a", [1, 7, 6, 9, 9]), *rated("b", [6, 6, 7, 8, 8])])
    assert attack(evidence, LIMITS, findings=SCALES).solved == ()


def test_s17_how_many_set_it_aside_over_all_gives_no_single_credential_away():
    evidence = institution(
        [*rated("a", [6, 7, 6, 9, 9], 6), *rated("b", [6, 6, 7, 8, 8], 7), *rated("c", [6] * 5, 1)], slugs="abc"
    )
    assert attack(evidence, LIMITS, findings=SCALES).solved == ()


def test_s16_every_finding_is_attacked_or_it_is_written_down_why_not():
    assert sorted([*READERS, *NOT_READ]) == sorted(FINDINGS)
    assert all(NOT_READ.values())


def test_s16_numbers_of_comparisons_are_counted_as_left_aside():
    made = BLANK | {"credential": "", "question": "pairs:chosen", "construct": f"{PREFERENCE}{CHOSEN_OF}"}
    made |= {"kind": "derived", "scale": "", "item": "a|b"}
    evidence = institution([made | {"number": 1.0, "people": 12}, made | {"number": 0.0, "people": 9}])
    shown = work_out(FINDINGS["answers"], evidence, Choice(), LIMITS).shown
    assert attack(evidence, LIMITS, choices=[Choice()], findings=["answers"]).apart == len(shown) > 0


def test_what_is_offered_is_the_whole_however_employers_are_split_each_programme_and_each_credential():
    evidence = institution([], slugs="abc")
    assert offered(evidence) == [
        Choice(), Choice(measure="employer_value"),
        Choice(by="role"), Choice(by="role", measure="employer_value"),
        Choice(by="size"), Choice(by="size", measure="employer_value"),
        Choice(programme="one"), Choice(programme="two"),
        Choice(credential="a"), Choice(credential="b"), Choice(credential="c"),
    ]  # fmt: skip


def test_s16_voices_on_a_topic_over_all_give_no_credential_away():
    said = [("a", "pace", True, False, 8), ("a", "pace", False, True, 9), ("a", "pace", False, False, 7)]
    said += [("b", "pace", True, False, 2), ("b", "pace", False, True, 9), ("b", "pace", False, False, 8)]
    assert attack(institution([], said), LIMITS, findings=("topics", "what_to_change")).solved == ()


def test_s17_an_option_chosen_over_all_gives_no_credential_away():
    of = BLANK | {"instrument": "six_months", "question": "good", "construct": "outcome_other", "kind": "several"}
    several = [
        of | {"credential": slug, "item": item, "people": people, "scale": ""}
        for slug, item, people in (("a", "", 20), ("a", "pay", 9), ("b", "", 20), ("b", "pay", 2))
    ]
    assert attack(institution(several), LIMITS, findings=("answers", "outcomes")).solved == ()


YES_NO = (Step(1, "no", -1), Step(2, "yes", 1))


def yes_or_no(*answers: tuple[str, int, int]) -> Evidence:
    """How many said yes and no about each credential."""
    rows = [
        BLANK | {"credential": slug, "scale": "yes2", "number": number, "positive": number == 2, "people": people}
        for slug, yes, no in answers
        for number, people in ((2.0, yes), (1.0, no))
        if people
    ]
    held = institution(rows, slugs="abc")
    return replace(held, scales={**held.scales, "yes2": YES_NO})


def shown_of(evidence: Evidence, choice: Choice) -> list[int]:
    return work_out(FINDINGS["learner_scales"], evidence, choice, LIMITS).shown["people"].tolist()


def test_s17_where_all_of_a_small_group_said_yes_neither_its_share_nor_that_of_all_says_so():
    evidence = yes_or_no(("a", 7, 0), ("b", 12, 8), ("c", 9, 11))
    assert shown_of(evidence, Choice(credential="a")) == []
    assert shown_of(evidence, Choice(credential="b")) == [20]
    assert shown_of(evidence, Choice()) == []
    assert attack(evidence, LIMITS, findings=(*SCALES, "what_to_change")).solved == ()


def test_s17_where_one_of_them_said_otherwise_or_they_are_ten_the_share_is_told():
    evidence = yes_or_no(("a", 6, 2), ("b", 10, 0), ("c", 9, 11))
    assert [shown_of(evidence, Choice(credential=slug)) for slug in "abc"] == [[8], [10], [20]]
    assert shown_of(evidence, Choice()) == [38]


def test_s17_all_who_left_for_one_reason_are_not_told_of_where_they_are_few():
    of = BLANK | {"instrument": "dropout", "question": "good", "construct": "dropout_reason", "kind": "several"}
    rows = [of | {"item": item, "people": 8, "scale": ""} for item in ("", "pay")]
    assert attack(institution(rows), LIMITS, findings=("answers", "dropout")).solved == ()
    assert work_out(FINDINGS["dropout"], institution(rows), Choice(credential="a"), LIMITS).shown.empty


def test_s17_a_share_alone_is_no_attack_and_is_counted():
    found = attack(institution(rated("a", [0, 1, 0, 4, 4])), LIMITS, findings=SCALES)
    assert (found.solved, found.sides) == ((), 1)


@pytest.mark.parametrize(("steps", "told"), [([0, 0, 0, 1, 5], False), ([1, 2, 0, 2, 1], True)])
def test_s17_a_mean_near_the_end_of_its_scale_is_left_out(steps, told):
    employed = {"audience": "employer", "instrument": "employer", "construct": "employer_value"}
    rows = [
        BLANK | employed | {"number": float(step), "positive": step > 3, "organisation": house, "people": 1}
        for step, house in zip(
            [step for step, people in enumerate(steps, 1) for _ in range(people)], "xyzxyz", strict=True
        )
    ]
    evidence = institution(rows)
    mean = work_out(FINDINGS["credential_value"], evidence, Choice(credential="a"), LIMITS).shown["mean"]
    assert mean.notna().tolist() == [told]
    assert attack(evidence, LIMITS, findings=("credential_value", "answers")).solved == ()
