"""Which numbers may be told: no small one, none that follows from those told, and the same ones in every finding."""

import json
from collections import defaultdict
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, isna

from feedback.disclosure import Limits
from feedback.findings.cells import joined, safe_to_tell
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from tests.analysis.answers_table import answers_about, awareness_of, chosen_about, together
from tests.findings.evidence_of import comments, evidence, later, leavers, wishes

MINIMUM = Limits().minimum_group
SIDES = [-1, -1, 0, 1, 1]
NOT_OF_PEOPLE = {
    "Organisations", "Tier", "Reviewers", "Gap", "Recognition (0-4)", "Value", "Plain mean",
    "Agreement (0 to 1)", "Asked", "P(top three)", "Gain (points of 100)", "Gap (points)", "Recognition", "Credentials",
    "Critics rate lower by", "Mean would gain", "Then", "Drawn together", "Now", "Change", "Seen from", "Effect",
    "Expected", "Difference from the others (points)",
}  # fmt: skip
"""Columns of numbers that do not count people: houses, places on a scale, chances, who was asked, and experts, who
sign."""
OWN_FIGURES = {"runs", "market", "experts"}
"""Findings on figures of the institution's own or anybody's, and on named witnesses."""


@pytest.mark.parametrize(("cells", "top", "minimum"), [(2, 14, 3), (3, 10, 3), (3, 14, 5), (4, 8, 3)])
def test_nobody_who_knows_the_total_and_the_rule_can_work_a_small_number_out(cells, top, minimum):
    """Every distribution there is, by what is seen of it: those that look alike differ in every hidden number."""
    alike = defaultdict(list)
    for counts in product(range(top + 1), repeat=cells):
        tell = safe_to_tell(counts, [number >= minimum for number in counts], minimum)
        seen = tuple(number if shown else None for number, shown in zip(counts, tell, strict=True))
        assert all(number is None or number >= minimum for number in seen)
        if any(tell):
            alike[sum(counts), seen].append(counts)
    for (_, seen), possible in alike.items():
        for place in range(cells):
            values = {counts[place] for counts in possible}
            assert seen[place] is not None or len(values) > 1 or not 0 < values.pop() < minimum


def told_in_parts(counts, minimum=5, sides=SIDES):
    """What is seen of the steps of a scale: the parts somebody gave, and how many did."""
    parts = joined(sides, lambda first, last: not 0 < sum(counts[first : last + 1]) < minimum)
    return {part: sum(counts[part[0] : part[1] + 1]) for part in parts}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((6, 0, 7, 8, 9), {(0, 0): 6, (1, 1): 0, (2, 2): 7, (3, 3): 8, (4, 4): 9}),
        ((1, 4, 7, 8, 9), {(0, 1): 5, (2, 2): 7, (3, 3): 8, (4, 4): 9}),
        ((6, 7, 8, 1, 5), {(0, 0): 6, (1, 1): 7, (2, 2): 8, (3, 4): 6}),
        ((1, 2, 7, 8, 9), {(0, 2): 10, (3, 3): 8, (4, 4): 9}),
        ((0, 0, 0, 0, 9), {(0, 0): 0, (1, 1): 0, (2, 2): 0, (3, 3): 0, (4, 4): 9}),
        ((1, 0, 0, 0, 9), {}),
    ],
)
def test_steps_are_joined_within_one_side_first_and_then_with_the_middle(counts, expected):
    found = told_in_parts(counts)
    assert {part: people for part, people in found.items() if people} == {
        part: people for part, people in expected.items() if people
    }


def test_nobody_who_knows_the_total_and_the_rule_can_work_out_how_few_gave_a_step():
    """Every distribution of up to eleven people, minimum three: in joined steps a small number stays open."""
    alike = defaultdict(list)
    for counts in product(range(12), repeat=4):
        if sum(counts) <= 11 and (seen := told_in_parts(counts, 3, [-1, -1, 1, 1])):
            assert not any(0 < people < 3 for people in seen.values())
            alike[tuple(seen.items())].append(counts)
    for seen, possible in alike.items():
        for (first, last), _ in seen:
            for place in range(first, last + 1) if first < last else ():
                values = {counts[place] for counts in possible}
                assert len(values) > 1 or not 0 < values.pop() < 3


STEP = st.integers(1, 5)
ASIDE = st.just("does_not_apply")


@settings(max_examples=4, deadline=None)
@given(
    learners=st.lists(st.one_of(STEP, STEP, STEP, ASIDE), min_size=5, max_size=30),
    steps=st.lists(st.integers(0, 4), min_size=5, max_size=25),
    picked=st.lists(st.lists(st.sampled_from(["time", "cost"]), unique=True), min_size=5, max_size=20),
    good=st.lists(st.booleans(), min_size=5, max_size=20),
)
def test_no_number_of_one_to_four_people_stands_in_any_finding_and_no_two_findings_disagree(
    learners, steps, picked, good
):
    houses = ["ash", "oak", "elm", "fir", "yew"] * 5
    staff = {"audience": "employer", "organisations": houses[: len(steps)]}
    marks = [1 + step for step in steps]
    held = evidence(
        awareness_of("a", said=["certifies"] * len(steps), organisations=staff["organisations"]),
        answers_about("a", ratings=steps, question="ladder", construct="recognition", scale="ladder5", **staff),
        answers_about("a", ratings=marks, question="trust", item="genuine", **staff),
        answers_about("a", ratings=learners, question="goals", first=100),
        answers_about("a", ratings=[each for each in learners if each != "does_not_apply"], question="worth",
                      construct="overall", first=100),
        leavers("a", picked),
        later("a", good),
        wishes("a", [["language"] if yes else ["no"] for yes in good]),
        said=[comments("a", len(picked))],
        a="A badge",
    )  # fmt: skip
    asked = {"trust": "How far do you trust it?", "dropout:reason": "Why did you leave?"}
    held = replace(held, questions={**held.questions, **asked})
    answers = {name: work_out(finding, held, Choice(credential="a"), Limits()) for name, finding in FINDINGS.items()}
    for name, answer in answers.items():
        if name not in OWN_FIGURES:
            assert not list(small(answer.table)), name
    told = parts_in(answers["answers"].rows)
    for name in ("learner_scales", "employer_scales"):
        for _, row in answers[name].shown.iterrows():
            part = "genuine" if row["question"] == "trust" else ""
            assert sorted(row["counts"].values()) == sorted(told.get((row["question"], part), []))
    reasons = answers["dropout"].shown
    assert sorted(reasons["hits"]) == sorted(told.get(("reason", ""), []))


def small(table: DataFrame):
    """The numbers of one to four people in a table, also in the words of a distribution."""
    for column in table:
        for value in table[column]:
            if column == "Steps given" and isinstance(value, str) and value:
                numbers = [int(each.rpartition(": ")[2]) for each in value.split(", ")]
            elif column in NOT_OF_PEOPLE or "%" in column or isinstance(value, str) or value is None or isna(value):
                continue
            else:
                numbers = [value]
            yield from ((column, number) for number in numbers if 0 < number < MINIMUM and number == int(number))


def parts_in(rows: DataFrame) -> dict[tuple[str, str], list[int]]:
    """What "answers" tells of each question: the numbers of people, without what was said instead."""
    shown = rows[(rows["state"] != "withheld") & (rows["place"] < 1_000_000)]
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for question, part, people in zip(shown["question"], shown["part"], shown["people"], strict=True):
        found[question, part].append(int(people))
    return found


def test_joined_steps_are_drawn_as_one_piece_and_named_so():
    held = evidence(
        answers_about("a", ratings=[1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5], question="goals"), a="A"
    )
    answer = work_out(FINDINGS["learner_scales"], held, Choice(credential="a"), Limits())
    assert answer.table["Steps given"].tolist() == ["1 to 2: 5, 3: 5, 4 to 5: 6"]
    drawn = json.dumps(answer.chart("light"))
    assert "step 1 or step 2: 5 of 16" in drawn
    assert "step 4 or step 5: 6 of 16" in drawn


def test_a_scale_that_cannot_be_told_in_steps_keeps_its_share():
    held = evidence(answers_about("a", ratings=[5] * 9 + [1], question="goals"), a="A")
    answer = work_out(FINDINGS["learner_scales"], held, Choice(credential="a"), Limits())
    assert answer.table["Steps given"].tolist() == [""]
    assert answer.table["Positive (%)"].tolist() == [90]
    assert answer.chart("light") is not None


def test_what_is_good_is_not_told_where_it_would_tell_of_few():
    def shown(*good):
        held = evidence(later("a", list(good)), a="A")
        rows = work_out(FINDINGS["outcomes"], held, Choice(credential="a"), Limits()).shown
        return rows["question"].tolist()

    assert "used_at_work" in shown(*[True] * 6, *[False] * 5)
    assert "used_at_work" not in shown(*[True] * 6, *[False] * 4)


def test_wishes_that_stay_untold_leave_a_sentence_of_the_others():
    chosen = [["language"]] * 6 + [["no"]] * 2
    wish = chosen_about("a", chosen=chosen, question="localisation")
    answer = work_out(FINDINGS["localisation"], evidence(together(wish), a="A"), Choice(), Limits())
    assert "Ask for any of these" not in answer.table["Wish"].tolist()
    assert answer.sentence == "Most learners who ask for something name “Another language” (75%)."
