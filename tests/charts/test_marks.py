"""Reviewers' marks side by side: each is drawn, equal ones with their number, and a wide gap is told."""

from pandas import DataFrame

from feedback.charts.marks import reviewers_marks
from feedback.charts.theme import TOO_FEW
from tests.charts.drawn import drawn, words


def criteria(*marks, state="shown") -> DataFrame:
    rows = [
        {"label": f"Criterion {n}", "marks": each, "apart": max(each) - min(each) >= 2, "state": state, "note": ""}
        for n, each in enumerate(marks, start=1)
    ]
    return DataFrame(rows, columns=["label", "marks", "apart", "state", "note"])


def test_every_mark_is_a_triangle_at_its_place_and_a_gap_is_told():
    spec = reviewers_marks(criteria([3, 1]), "Mark", (0, 3))
    dots = drawn(spec, "point")
    assert [(dot["estimate"], dot["shape"]) for dot in dots] == [(1, "triangle-up"), (3, "triangle-up")]
    assert {dot["told"] for dot in dots} == {"Criterion 1: 1 and 3, far apart"}
    assert [line["until"] for line in drawn(spec, "rule") if "wide" in line] == [3]


def test_equal_marks_are_drawn_once_with_their_number():
    spec = reviewers_marks(criteria([2, 2]), "Mark", (0, 3))
    assert [dot["estimate"] for dot in drawn(spec, "point")] == [2]
    assert "2×" in words(spec)
    assert not [line for line in drawn(spec, "rule") if "wide" in line]


def test_a_withheld_criterion_says_so_and_has_no_mark():
    spec = reviewers_marks(criteria([2, 3], state="withheld"), "Mark", (0, 3))
    assert drawn(spec, "point") == []
    assert TOO_FEW in words(spec)


def test_without_a_criterion_nothing_is_drawn():
    assert drawn(reviewers_marks(criteria(), "Mark", (0, 3)), "point", "text") == []
