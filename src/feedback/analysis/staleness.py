"""When something is to be looked at again, by the day it was last looked at: dates only, nobody's answers."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

OVERDUE, DUE, NEVER, SOON, FRESH = "overdue", "due", "never", "due soon", "fresh"
STATES = (OVERDUE, DUE, NEVER, SOON, FRESH)
"""How something stands, the most urgent first."""
SOON_DAYS = 60
"""So long before its day it is due soon."""
GRACE_DAYS = 30
"""So long after its day it is due; from then on it is overdue."""
YEARLY_MONTHS = 12
"""A review counts so long."""
VALID_MONTHS = 12
"""A skill is stale when employers have not been heard on it for so long."""
DESIGN, BETA, YEARLY = "design", "beta", "yearly"
STAGES = (DESIGN, BETA, YEARLY)
"""When experts review: while it is designed, before it goes live, and every year from then on."""
WANTED: Mapping[str, str] = {"design": DESIGN, "beta": BETA, "live": YEARLY, "revise": YEARLY}
"""Which review a credential wants at each point of its life; ideas and what is retired want none."""
COUNTS: Mapping[str, tuple[str, ...]] = {DESIGN: STAGES, BETA: (BETA, YEARLY), YEARLY: (BETA, YEARLY)}
"""Which reviews count as that one: a later stage covers the one before; what is live was to pass beta."""


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of its month where there is no such day.

    >>> months_after(date(2026, 1, 31), 1), months_after(date(2024, 2, 29), 12)
    (datetime.date(2026, 2, 28), datetime.date(2025, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day(month: str) -> date:
    """The last day of a month written as 2026-03."""
    year, number = map(int, month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def due_after(last: date | None, months: int, set_for: date | None = None) -> date | None:
    """The day something is to be looked at again; None when it never was, and no day was set.

    last: when it was last looked at. months: how long that counts. set_for: a day somebody has set for it; it holds
    when it comes first, unless it was kept: what was looked at since answers it.
    """
    days = [months_after(last, months)] if last else []
    if set_for is not None and (last is None or set_for > last):
        days.append(set_for)
    return min(days, default=None)


def state_of(last: date | None, due_on: date | None, today: date) -> str:
    """How something stands on a day, one of STATES. What was never looked at is never fresh, whatever is set for it.

    >>> state_of(date(2025, 1, 1), date(2026, 1, 1), date(2025, 11, 3))
    'due soon'
    """
    if due_on is None or (last is None and due_on > today + timedelta(days=SOON_DAYS)):
        return NEVER
    if due_on > today:
        return SOON if due_on <= today + timedelta(days=SOON_DAYS) else FRESH
    return DUE if due_on >= today - timedelta(days=GRACE_DAYS) else OVERDUE


def last_review(stage: str, reviews: Mapping[str, date]) -> date | None:
    """The last review that counts as one of a stage. reviews: the day the last one of each stage was closed."""
    return max((reviews[each] for each in COUNTS[stage] if each in reviews), default=None)
