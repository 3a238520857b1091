"""Agreement of reviewers, by round and by stage; its number held against others' and against a reckoning by hand."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame

from feedback.analysis.agreement import agreement
from feedback.analysis.reviews import weighted_kappa
from tests.analysis.answers_table import answers_about, counted, no_answers, together

FIRST = [3, 2, 3, 1, 2, 0, 3, 2, 1, 3, 2, 2, 0, 3]
SECOND = [2, 2, 3, 1, 3, 1, 3, 0, 1, 2, 2, 3, 0, 3]
"""Two reviewers' marks of the fourteen criteria of the shipped questionnaire."""
BOTH = tuple(zip(FIRST, SECOND, strict=True))
PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=14)


def reviewed(credential="a", survey="one", stage="yearly", month="2026-01", pairs=BOTH):
    given = [
        answers_about(
            credential, ratings=list(pair), question=f"criterion_{place:02}", construct="criterion", scale="mark4",
            audience="expert",
        )
        for place, pair in enumerate(pairs)
    ]  # fmt: skip
    staged = answers_about(credential, ratings=[1, 1], question="stage", construct="review_stage", audience="expert")
    said = stage if isinstance(stage, list) else [stage] * 2
    staged = staged.assign(kind="one", item=said, number=float("nan"), positive=None, scale="")
    return together(*given, staged.astype(given[0].dtypes.to_dict())).assign(survey=survey, month=month)


def by_hand(pairs) -> Fraction | None:
    """Kappa with quadratic weights as Scott would have it, in whole fractions and without a table."""
    marks = [mark for pair in pairs for mark in pair]
    apart = Fraction(sum((one - other) ** 2 for one, other in pairs), len(pairs))
    by_chance = Fraction(sum((one - other) ** 2 for one in marks for other in marks), len(marks) ** 2)
    return 1 - apart / by_chance if by_chance else None


def test_the_kappa_of_fourteen_criteria_is_the_one_reckoned_by_hand():
    # squares of differences: 9 over 14 pairs; the 28 marks add up to 53, their squares to 131
    assert by_hand(BOTH) == 1 - Fraction(9, 14) / (2 * (Fraction(131, 28) - Fraction(53, 28) ** 2))
    assert weighted_kappa(BOTH) == pytest.approx(607 / 859)


def test_a_published_example_comes_out():
    """Krippendorff (2011), Computing Krippendorff's alpha-reliability, example B: ten units, two observers, 0.095; two
    steps only, so weights do not matter. Alpha is kappa with chance drawn without putting back."""
    meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    kappa = weighted_kappa(zip(meg, owen, strict=True))
    assert 1 - (1 - kappa) * 19 / 20 == pytest.approx(0.095, abs=5e-4)


@given(PAIRS)
def test_kappa_is_the_same_whoever_is_first_and_as_by_hand(pairs):
    turned = weighted_kappa([(other, one) for one, other in pairs])
    found, expected = weighted_kappa(pairs), by_hand(pairs)
    if expected is None:
        assert math.isnan(found)
        assert math.isnan(turned)
        return
    assert found == pytest.approx(float(expected))
    assert turned == pytest.approx(found)
    assert -1 - 1e-9 <= found <= 1


@given(st.lists(st.integers(0, 3), min_size=2, max_size=14))
def test_full_agreement_is_one_and_marks_that_are_all_the_same_say_nothing(marks):
    found = weighted_kappa([(mark, mark) for mark in marks])
    assert math.isnan(found) if len(set(marks)) == 1 else found == 1


def test_rounds_stand_with_their_number_of_criteria_and_the_gaps_to_talk_over():
    for answers in (reviewed(), counted(reviewed())):
        row = agreement(answers, 2).set_index("survey").loc["one"]
        assert row[["stage", "month", "rounds", "people", "criteria", "apart"]].tolist() == [
            "yearly", "2026-01", 1, 2, 14, ["criterion_07"],
        ]  # fmt: skip
        assert row["kappa"] == pytest.approx(607 / 859)


def test_rounds_of_a_stage_are_taken_together_and_those_of_another_are_not():
    full = [(0, 0), (3, 3)]
    found = agreement(
        together(
            reviewed(), reviewed(survey="two", month="2027-01", pairs=full), reviewed("b", "three", "beta", pairs=full)
        ),
        2,
    )
    whole = found[found["survey"] == ""].set_index("stage")
    every = [*BOTH, *full]
    assert whole["rounds"].to_dict() == {"beta": 1, "yearly": 2}
    assert whole["criteria"].to_dict() == {"beta": 2, "yearly": 16}
    assert whole.loc["yearly", "month"] == "2027-01"
    assert whole.loc["yearly", "kappa"] == pytest.approx(float(by_hand(every)))
    assert found["survey"].tolist() == ["", "three", "", "two", "one"]


def test_a_round_that_waits_for_its_second_reviewer_says_nothing():
    alone = answers_about("a", ratings=[2], question="purpose", construct="criterion", scale="mark4", audience="expert")
    assert agreement(alone, 2).empty
    assert agreement(no_answers(), 2).empty


def test_reviewers_who_name_different_stages_belong_to_none():
    found = agreement(reviewed(stage=["beta", "yearly"]), 2)
    assert found[["survey", "stage"]].to_numpy().tolist() == [["one", ""]]
    assert isinstance(found, DataFrame)
