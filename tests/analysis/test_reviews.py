"""Experts' marks: the newest round two have handed in, the gap, and agreement beyond chance."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.reviews import marks_of, newest_rounds, weighted_kappa
from tests.analysis.answers_table import answers_about, counted, no_answers, together


def marks(*given, question="purpose_clear", survey="first", month="2026-01"):
    asked = answers_about(
        "a", ratings=list(given), audience="expert", question=question, construct="criterion", scale="mark4"
    )
    return asked.assign(survey=survey, month=month)


def test_marks_stand_side_by_side_and_a_gap_of_two_opens_a_note():
    answers = together(marks(1, 3), marks(2, 1, question="up_to_date"))
    for table in (answers, counted(answers)):
        found = marks_of(newest_rounds(table, 2)).set_index("question")
        assert found["marks"].to_dict() == {"purpose_clear": [1, 3], "up_to_date": [1, 2]}
        assert found[["people", "gap", "note"]].to_numpy().tolist() == [[2, 2, True], [2, 1, False]]


def test_equal_marks_are_two_marks():
    assert marks_of(newest_rounds(counted(marks(2, 2)), 2))["marks"].tolist() == [[2, 2]]


def test_a_round_that_waits_for_its_second_reviewer_leaves_the_one_before_in_its_place():
    answers = together(marks(1, 3), marks(0, survey="second", month="2026-06"))
    assert set(newest_rounds(answers, 2)["survey"]) == {"first"}
    both = together(answers, marks(0, survey="second", month="2026-06"))
    assert set(newest_rounds(both, 2)["survey"]) == {"second"}
    assert newest_rounds(marks(1), 2).empty
    assert marks_of(newest_rounds(no_answers(), 2)).empty


def test_a_verdict_counts_by_its_place():
    verdict = answers_about("a", ratings=[1, 1], audience="expert", question="verdict")
    verdict = verdict.assign(kind="one", item=["ready", "not_ready"], number=np.nan, scale="")
    assert marks_of(newest_rounds(verdict, 2))["marks"].tolist() == [[0, 2]]


def test_agreement_is_full_chance_or_none():
    assert weighted_kappa([[0, 0], [3, 3], [1, 1]]) == 1
    assert weighted_kappa([[0, 3], [3, 0]]) == -1
    assert math.isnan(weighted_kappa([[2, 2], [2, 2]]))
    assert math.isnan(weighted_kappa([[2]]))


pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=14)


@given(pairs)
def test_it_is_weighted_kappa_of_the_pairs_taken_both_ways_round(drawn):
    both = np.array([*drawn, *[pair[::-1] for pair in drawn]])
    table = np.zeros((4, 4))
    np.add.at(table, (both[:, 0], both[:, 1]), 1 / len(both))
    weight = np.square(np.subtract.outer(np.arange(4), np.arange(4)))
    by_chance = (weight * np.outer(table.sum(axis=1), table.sum(axis=0))).sum()
    found = weighted_kappa(drawn)
    if by_chance == 0:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(1 - (weight * table).sum() / by_chance)
