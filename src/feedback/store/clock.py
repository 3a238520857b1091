"""What time it is, by the one clock that all processes share: the database's."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select, type_coerce
from sqlmodel import Session

from feedback.store.columns import Instant


def now(session: Session) -> datetime:
    """The present moment in UTC by the database's clock (on PostgreSQL: when the transaction began)."""
    return session.connection().execute(select(type_coerce(func.current_timestamp(), Instant))).scalar_one()


def month_of(moment: datetime, zone: str) -> str:
    """The month of a moment as people in the zone say it.

    >>> from datetime import UTC
    >>> month_of(datetime(2026, 2, 28, 23, 30, tzinfo=UTC), "Europe/Madrid")
    '2026-03'
    """
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m}"


def is_zone(name: str) -> bool:
    """Whether a time zone of that name is known."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
