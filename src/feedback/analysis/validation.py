"""Whether employers have confirmed that a skill is needed, and until when that holds."""

from datetime import date

from pandas import isna

from feedback.analysis.ratings import HALF
from feedback.analysis.staleness import VALID_MONTHS, due_after, last_day

UNVALIDATED, VALIDATED, CONTESTED, STALE = "unvalidated", "validated", "contested", "stale"
STATES = (VALIDATED, CONTESTED, STALE, UNVALIDATED)
"""How a skill stands."""
RULE = (
    "Unvalidated: too few employers have said how far they need it. Validated: the lower end of the 90% interval of "
    "the share who call it important or essential is one half or more. Contested: enough have said so, and that "
    "interval reaches below one half, be it that they disagree or that most do not need it. Stale: validated or "
    f"contested, but enough employers have not been heard on it for {VALID_MONTHS} months."
)


def heard_state(low: float | None) -> str:
    """How a skill stands by what was heard, whenever that was.

    low: the lower end of the 90% interval of the share of employers who need it; missing where too few were heard.

    >>> heard_state(0.5), heard_state(0.49), heard_state(None)
    ('validated', 'contested', 'unvalidated')
    """
    if low is None or isna(low):
        return UNVALIDATED
    return VALIDATED if low >= HALF else CONTESTED


def holds_until(month: str | None) -> date | None:
    """The day a state turns stale; None where it is not known when enough employers were heard.

    month: the latest from which on enough of them were, as 2026-03.

    >>> holds_until("2026-03")
    datetime.date(2027, 3, 31)
    """
    return due_after(last_day(month), VALID_MONTHS) if month else None


def state_on(low: float | None, month: str | None, today: date) -> str:
    """How a skill stands on a day: one of STATES.

    >>> state_on(0.6, "2025-01", date(2026, 1, 30)), state_on(0.6, "2025-01", date(2026, 1, 31))
    ('validated', 'stale')
    """
    state, until = heard_state(low), holds_until(month)
    return STALE if state != UNVALIDATED and until is not None and until <= today else state
