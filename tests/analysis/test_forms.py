"""How far people get, and how long it takes, in steps of five: by hand, and whatever is counted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from pandas import DataFrame, Series

from feedback.analysis.forms import BY, in_steps, minutes, spread_of, stages

COLUMNS = ["survey", "mark", "value", "count"]


def counted(**marks: int) -> DataFrame:
    """Marks of one survey: opened=, started=, reached_1=, finished=, seconds_60=."""
    rows = []
    for name, count in marks.items():
        mark, _, value = name.partition("_")
        rows.append(("s", mark, int(value or 0), count))
    return DataFrame(rows, columns=COLUMNS)


def test_stages_as_by_hand():
    marks = counted(finished=26, opened=42, reached_2=28, reached_1=36, started=37, seconds_60=26)
    found = stages(marks, ["survey"])
    assert found["stage"].tolist() == ["opened", "started", "reached", "reached", "finished"]
    assert found["people"].tolist() == [40, 35, 35, 25, 25]
    assert found["share"].tolist() == pytest.approx([1, 0.875, 0.875, 0.625, 0.625])
    assert found["left"].tolist()[:4] == pytest.approx([5 / 40, 0, 10 / 35, 0])
    assert np.isnan(found["left"].iloc[-1])


def test_whoever_has_fewer_steps_and_sent_the_form_has_not_left():
    """Forty sent it; only ten of them had a step 3."""
    found = stages(counted(opened=50, started=50, reached_1=50, reached_2=10, finished=40), ["survey"])
    assert found.set_index(["stage", "step"])["left"]["reached", 1] == pytest.approx(0.2)
    assert found.set_index(["stage", "step"])["left"]["reached", 2] == 0


def test_surveys_are_told_apart_and_an_empty_count_has_no_row():
    both = DataFrame([("a", "opened", 0, 9), ("b", "opened", 0, 30), ("b", "finished", 0, 15)], columns=COLUMNS)
    found = stages(both, ["survey"])
    assert list(zip(found["survey"], found["people"], strict=True)) == [("a", 5), ("b", 30), ("b", 15)]
    assert stages(both.head(0), ["survey"]).empty


marks = some.lists(
    some.tuples(
        some.sampled_from("ab"),
        some.sampled_from(["opened", "started", "reached", "finished", "seconds"]),
        some.integers(0, 8),
        some.integers(0, 60),
    ),
    max_size=20,
    unique_by=lambda row: row[:3],
)


@given(marks)
def test_nothing_below_five_and_nothing_between_two_steps_is_ever_told(rows):
    table = DataFrame(rows, columns=COLUMNS).astype({"value": int, "count": int})
    found = stages(table, ["survey"])
    assert (found["people"] % BY == 0).all()
    assert found["share"].dropna().between(0, 1).all()
    assert found["left"].dropna().between(0, 1).all()
    timed = minutes(table, ["survey"])
    assert (timed["people"] >= BY).all()
    assert all(count % BY == 0 for counts in timed["counts"] for count in counts.values())


@given(some.lists(some.integers(0, 4), min_size=1, max_size=12), some.integers(0, 11))
def test_one_person_more_within_a_step_moves_no_number_of_a_stage(counts, place):
    """S22: whoever watches the counter while one person answers sees the same."""
    base = [20 - number for number in range(len(counts))]
    rows = [("s", "reached", step, 5 * count) for step, count in enumerate(base)]
    table = DataFrame(rows, columns=COLUMNS)
    more = table.assign(count=table["count"] + Series(counts))
    assert stages(more, ["survey"])["people"].tolist() == stages(table, ["survey"])["people"].tolist()


# --- minutes ---------------------------------------------------------------------------------------------------------


def test_the_median_and_the_middle_half_as_by_hand():
    # Twenty forms: 5 took about a minute, 10 two and a half, 5 six; the quarters end after the 5th and the 15th.
    row = minutes(counted(seconds_60=5, seconds_150=10, seconds_360=5, finished=20), ["survey"]).iloc[0]
    assert row[["people", "low50", "median", "high50"]].tolist() == [20, 1.0, 2.5, 2.5]
    assert row["counts"] == {"up to 1": 5, "1 to 3": 10, "more than 3": 5}


def test_four_times_are_not_told_and_five_are():
    assert minutes(counted(seconds_60=4), ["survey"]).empty
    assert minutes(counted(seconds_60=5), ["survey"])["people"].tolist() == [5]


def test_times_of_few_are_joined_with_their_neighbours():
    assert spread_of(np.array([0.5, 1.5, 25.0]), np.array([2, 2, 2])) == {"any time": 5}
    assert spread_of(np.array([0.5, 40.0]), np.array([7, 5])) == {"up to 1": 5, "more than 1": 5}
    assert spread_of(np.array([0.5, 40.0]), np.array([7, 4])) == {"any time": 10}


@given(some.lists(some.integers(0, 30), min_size=9, max_size=9).filter(lambda counts: sum(counts) >= BY))
def test_joined_times_hold_everybody_and_never_fewer_than_five(counts):
    middles = np.array([0.5, 1.5, 2.5, 4, 6.5, 10, 16, 25, 40])
    found = spread_of(middles, np.array(counts))
    assert all(count >= BY for count in found.values())
    assert sum(counts) - BY * len(found) < sum(found.values()) <= sum(counts)


def test_counts_go_down_to_the_step():
    assert in_steps(Series([0, 4, 5, 9, 10])).tolist() == [0, 0, 5, 5, 10]
