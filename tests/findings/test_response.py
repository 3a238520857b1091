"""What those who said nothing could change: who was asked, how many answered, and what would overturn a verdict."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.findings.cells import LEAST_ROOM, steps_told
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import ASKED, HOUSES, Choice, Evidence, Step
from feedback.findings.response import tellable
from feedback.findings.totals import mean_gives_away
from feedback.findings.work import Answer, work_out
from tests.analysis.answers_table import awareness_of
from tests.findings.evidence_of import employers, evidence, learners

LIMITS = Limits()
LADDER = tuple(Step(value, f"step {value}", 1 if value > 1 else -1) for value in range(5))
HOUSES_ASKED = [f"house-{place}" for place in range(12)]


def held(*answers: DataFrame, asked: dict[str, int] | None = None, houses: int = 0, about: str = "a") -> Evidence:
    """Evidence on the credential a (and b); asked: people by audience, in the survey of all answers there."""
    rows = [(audience, audience, about, "survey", people) for audience, people in (asked or {}).items()]
    listed = DataFrame([("C", "10-49", houses)] if houses else [], columns=list(HOUSES))
    found = evidence(*answers, a="A", b="B")
    scales = {**found.scales, "ladder5": LADDER}
    return replace(found, asked=DataFrame(rows, columns=list(ASKED)), houses=listed, scales=scales)


def worked(*answers: DataFrame, choice: Choice = Choice(credential="a"), **more) -> Answer:
    return work_out(FINDINGS["response"], held(*answers, **more), choice, LIMITS)


def said(good: int, bad: int) -> DataFrame:
    return learners("a", [5] * good + [1] * bad)


def test_it_says_who_answered_and_what_the_silent_would_have_to_think():
    answer = worked(said(30, 10), asked={"learner": 100})
    assert answer.sentence == (
        "About 40 of the 100 learners asked have answered (40%): enough in number, if the others are like them. 75% "
        "say it was worth it; that would be overturned if of the silent fewer than 33% did. It survives any 5 answers "
        "taken away."
    )


def test_where_even_all_the_silent_could_not_overturn_it_it_says_so():
    many, few = (worked(said(*each), asked={"learner": 50}).sentence for each in ((38, 2), (2, 38)))
    assert "whatever the silent think, it does not fall below half" in many
    assert "whatever the silent think, it does not rise above half" in few


def test_what_is_open_anyway_is_not_called_a_verdict():
    answer = worked(said(11, 9), asked={"learner": 100})
    assert "whether it is more than half is open" in answer.sentence
    assert "overturned" not in answer.sentence
    assert "taken away" not in answer.sentence


def test_a_verdict_that_hangs_on_few_answers_says_so():
    assert "would not survive any 5 answers" in worked(said(9, 4), asked={"learner": 11}).sentence


def test_how_many_are_silent_is_not_known_where_nobody_counted_them_or_more_came_than_were_asked():
    for asked in (None, {"learner": 20}, {"employer": 100}):
        answer = worked(said(30, 10), asked=asked)
        assert answer.sentence.startswith("How many learners were asked nobody has counted")
        assert answer.shown["tipping"].isna().all()


def test_employers_whom_nobody_invited_are_counted_by_the_organisations_of_the_catalogue():
    steps = employers("a", [3] * 11 + [0], houses=HOUSES_ASKED)
    listed, invited = worked(steps, houses=24), worked(steps, houses=24, asked={"employer": 40})
    assert listed.sentence.startswith("Of the 24 organisations in the catalogue 12 have answered (50%)")
    assert invited.sentence.startswith("About 10 of the 40 employers asked have answered (25%)")


NEVER = ["never"] * 6
ELSEWHERE = [f"elsewhere-{place}" for place in range(6)]


def test_who_never_heard_of_it_is_not_silent_and_the_verdict_is_of_those_who_know_it():
    knows = employers("a", [3] * 11 + [0], houses=HOUSES_ASKED)
    never = awareness_of("a", said=NEVER, organisations=ELSEWHERE, first=50)
    said = worked(knows, never, houses=24)
    assert said.sentence.startswith(
        "Of the 24 organisations in the catalogue 18 have answered (75%), and 12 of these know"
    )
    row = said.shown.iloc[0]
    assert (row["answered"], row["aware"], row["people"]) == (18, 12, 12)
    assert worked(knows, houses=16).shown.iloc[0]["tipping"] == pytest.approx(row["tipping"])  # 16 of 24, as 12 of 18
    invited = worked(knows, never, houses=24, asked={"employer": 20}).sentence
    assert invited.startswith("About 15 of the 20 employers asked have answered (75%), and 10 of these know it")


def test_what_the_silent_would_think_is_asked_of_those_who_know_it():
    known = employers("a", [3] * 9 + [0] * 3, houses=HOUSES_ASKED)
    never = awareness_of("a", said=NEVER, organisations=ELSEWHERE, first=50)
    assert "if of the silent who know it fewer than" in worked(known, never, houses=50).sentence


def test_where_who_never_heard_of_it_is_one_organisation_it_is_not_told():
    known = employers("a", [3] * 11 + [0], houses=HOUSES_ASKED)
    one = awareness_of("a", said=["never"] * 30, organisations=["elsewhere"] * 30, first=50)
    assert worked(known, one, houses=24).shown.empty


def test_the_interval_is_narrower_the_more_of_those_asked_answered_and_has_a_width_where_all_agree():
    some, most = (
        worked(said(30, 10), asked={"learner": number}).rows.set_index("audience").loc["learner"]
        for number in (400, 44)
    )
    assert some["low"] < most["low"] < 0.75 < most["high"] < some["high"]
    alike = worked(said(30, 0), asked={"learner": 60}).shown.iloc[0]
    assert alike["low"] < alike["high"] == 1
    assert alike["somewhat"] > 0


def test_over_several_credentials_the_one_that_is_most_easily_overturned_is_named():
    both = said(30, 10), learners("b", [5] * 39 + [1], first=300)
    answer = worked(*both, choice=Choice(), asked={"learner": 60})
    assert answer.sentence.startswith("2 of 2 verdicts on credentials are clearly above or below half.")
    assert answer.table["Credential"].tolist().count("A") == 2


# --- what must not show ----------------------------------------------------------------------------------------------


def test_four_and_nobody_look_the_same():
    nobody, four = worked(asked={"learner": 40}), worked(said(3, 1), asked={"learner": 40})
    assert nobody.table.equals(four.table)
    assert nobody.sentence == four.sentence
    assert nobody.sentence.startswith("Not enough have answered yet")


@pytest.mark.parametrize(("people", "answered"), [(30, 30), (31, 30), (34, 30), (35, 35)])
def test_one_answer_more_moves_who_answered_in_steps_of_five_only(people, answered):
    assert worked(said(people, 0), asked={"learner": 90}).shown["answered"].tolist() == [answered]


def test_of_some_who_came_another_way_it_is_not_told_how_many():
    others = learners("a", [5] * 7, first=400).assign(survey="open")
    rows = [worked(said(20, 3), others.head(number), asked={"learner": 90}).shown["answered"] for number in (2, 12)]
    assert [each.tolist() for each in rows] == [[20], [20]]


def test_employers_of_whom_a_share_would_say_what_each_said_are_not_told():
    alike = employers("a", [4] * 6)
    assert worked(alike, houses=20).shown.empty or tellable_in(alike) == {"a"}
    assert not worked(employers("a", [4, 4]), houses=20).shown["share"].notna().any()


def tellable_in(answers: DataFrame) -> set[str]:
    rated = answers[answers["construct"] == "recognition"]
    return tellable(rated, held(answers), LIMITS)


def ranges(people: int, *facts) -> list[tuple[int, int]]:
    """The fewest and the most who can have given each of five steps, for whoever knows the facts: by trying all."""
    every = [(*each, people - sum(each)) for each in product(range(people + 1), repeat=4) if sum(each) <= people]
    fitting = [given for given in every if all(fits(given) for fits in facts)]
    return [(min(numbers), max(numbers)) for numbers in zip(*fitting, strict=True)]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=5, max_size=11))
def test_beside_steps_and_mean_a_share_of_employers_gives_away_no_few_but_its_own_sides(steps):
    given = tuple(steps.count(step) for step in range(5))
    known = held(employers("a", steps))
    rated = known.answers[known.answers["construct"] == "recognition"]
    if "a" not in tellable(rated, known, LIMITS):
        return
    told = steps_told(rated, ["credential"], known, LIMITS)[["low", "high", "people"]]
    spans = [(int(low), int(high), people) for low, high, people in told.itertuples(index=False, name=None)]
    facts = [lambda each, one=one: sum(each[one[0] : one[1] + 1]) == one[2] for one in spans]
    if "a" not in mean_gives_away(rated, known, LIMITS):
        facts.append(lambda each: sum(at * number for at, number in enumerate(each)) == sum(steps))

    def share(each):
        return sum(each[2:]) == sum(given[2:])

    before, alone, after = (ranges(len(steps), *known) for known in (facts, [share], [*facts, share]))
    for number, was, by_itself, now in zip(given, before, alone, after, strict=True):
        narrow = 0 < number < LIMITS.minimum_group and now[1] - now[0] < LEAST_ROOM
        assert not narrow or now in (was, by_itself)
