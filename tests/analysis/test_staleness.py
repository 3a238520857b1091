"""When something is to be looked at again: months, days from both sides, and what a day somebody set does."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.staleness import (
    DUE,
    FRESH,
    NEVER,
    OVERDUE,
    SOON,
    due_after,
    last_day,
    last_review,
    months_after,
    state_of,
)

TODAY = date(2026, 3, 31)
DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("days", "state"),
    [(61, FRESH), (60, SOON), (1, SOON), (0, DUE), (-30, DUE), (-31, OVERDUE)],
)
def test_a_day_is_told_from_both_sides(days, state):
    assert state_of(date(2025, 1, 1), TODAY + timedelta(days=days), TODAY) == state


def test_what_was_never_looked_at_is_never_fresh():
    assert state_of(None, None, TODAY) == NEVER
    assert state_of(None, TODAY + timedelta(days=300), TODAY) == NEVER
    assert state_of(None, TODAY + timedelta(days=60), TODAY) == SOON
    assert state_of(None, TODAY - timedelta(days=31), TODAY) == OVERDUE


def test_a_day_somebody_set_holds_when_it_comes_first_and_is_answered_by_a_look_since():
    last = date(2026, 1, 10)
    assert due_after(last, 12) == date(2027, 1, 10)
    assert due_after(last, 12, date(2026, 5, 1)) == date(2026, 5, 1)
    assert due_after(last, 12, date(2026, 1, 10)) == date(2027, 1, 10)  # kept
    assert due_after(last, 12, date(2028, 1, 1)) == date(2027, 1, 10)
    assert due_after(None, 12, date(2028, 1, 1)) == date(2028, 1, 1)
    assert due_after(None, 12) is None


def test_a_later_stage_counts_for_the_one_before_and_an_earlier_one_does_not():
    assert last_review("beta", {"design": date(2026, 1, 1)}) is None
    assert last_review("design", {"yearly": date(2026, 1, 1)}) == date(2026, 1, 1)
    assert last_review("yearly", {"design": date(2026, 2, 1), "beta": date(2025, 1, 1)}) == date(2025, 1, 1)


def test_months_end_where_they_end():
    assert months_after(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert last_day("2024-02") == date(2024, 2, 29)


@given(DAYS, st.integers(0, 60))
def test_a_month_later_is_in_that_month(day, months):
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == min(day.day, last_day(f"{later:%Y-%m}").day)


@given(DAYS, DAYS)
def test_a_thing_only_grows_more_urgent_as_days_pass(last, due_on):
    order = [FRESH, SOON, DUE, OVERDUE]
    states = [state_of(last, due_on, due_on + timedelta(days=days)) for days in range(-70, 40)]
    assert [order.index(state) for state in states] == sorted(order.index(state) for state in states)
