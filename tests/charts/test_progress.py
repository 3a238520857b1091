"""How many came how far: a bar from nothing, what had begun lighter behind it."""

from typing import Any

import pytest
from pandas import DataFrame

from feedback.charts.progress import came_so_far
from feedback.charts.theme import palette
from tests.charts.drawn import drawn, words


def surveys(**changes: Any) -> DataFrame:
    row = {"label": "spring", "share": 0.5, "before": 0.8, "witness": "learner", "state": "shown", "note": "40+ opened"}
    return DataFrame([row | changes, row | {"label": "autumn", "before": None}])


def test_a_bar_begins_at_nothing_and_the_lighter_one_lies_behind():
    bars = drawn(came_so_far(surveys()), "rect")
    assert [(bar["start"], bar["until"]) for bar in bars] == [(0, 0.8), (0, 0.5), (0, 0.5)]
    assert bars[0]["fill"] != bars[1]["fill"] == palette("light").learner
    assert bars[1]["told"] == "spring: 50% sent it, 80% began; 40+ opened"
    assert bars[2]["told"] == "autumn: 50%; 40+ opened"


@pytest.mark.parametrize(("before", "has_key"), [(0.8, True), (None, False)])
def test_a_key_stands_only_where_there_are_two_bars(before, has_key):
    assert ("began" in words(came_so_far(surveys(before=before)))) is has_key


def test_few_are_hollow_and_too_few_are_words():
    assert drawn(came_so_far(surveys(state="early")), "rect")[1]["fill"] == palette("light").ground
    spec = came_so_far(surveys(state="withheld"))
    assert len(drawn(spec, "rect")) == 1
    assert "too few to show" in words(spec)


def test_an_empty_table_is_drawn_as_nothing():
    assert not drawn(came_so_far(surveys().head(0)), "rect")
