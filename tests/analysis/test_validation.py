"""How a skill stands: too few, confirmed, contested, and stale a year after enough employers were heard."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.validation import CONTESTED, STALE, STATES, UNVALIDATED, VALIDATED, holds_until, state_on

TODAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("low", "month", "state"),
    [
        (None, None, UNVALIDATED),
        (float("nan"), "2020-01", UNVALIDATED),
        (0.5, "2026-01", VALIDATED),
        (0.49, "2026-01", CONTESTED),
        (0.9, "2025-06", STALE),
        (0.1, "2025-06", STALE),
        (0.9, "2025-07", VALIDATED),
        (0.9, None, VALIDATED),
    ],
)
def test_a_skill_stands_as_the_rule_says(low, month, state):
    assert state_on(low, month, TODAY) == state


@given(st.one_of(st.none(), st.floats(0, 1)), st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.dates())
def test_a_skill_turns_stale_on_the_day_its_state_stops_to_hold_and_never_comes_back(low, heard, today):
    month = f"{heard:%Y-%m}"
    state = state_on(low, month, today)
    assert state in STATES
    assert (state == STALE) == (low is not None and today >= holds_until(month))
