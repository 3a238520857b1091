"""The one look a worker takes again and again while it waits, and the sign of life it leaves for others to see."""

from sqlalchemy import func, select
from sqlmodel import Session

from feedback.store import meta
from feedback.store.clock import now
from feedback.store.inserting import table_of
from feedback.store.jobs import takeable
from feedback.store.outbox import sendable
from feedback.store.tables import Imports, Jobs, Meta, Outbox, Waiting

Pulse = tuple[int | None, ...]
SEEN = "worker"
"""Under this name is kept in which minute (since 1970, by the database's clock) a worker was last at work."""
PATIENCE = 2
"""Minutes: longer than this no worker is silent that is there."""


def pulse(session: Session) -> Pulse:
    """The version of the data, and how many answers, imports, jobs and messages wait for somebody now.

    As long as it stays the same nothing has become due, but for what time alone brings (a survey closes) and for one
    answer that went just when another came: whoever waits by it has to look closely now and then all the same.
    """
    moment = now(session)
    imports, numbers = table_of(Imports), table_of(Meta)
    counts = (
        select(numbers.c.value).where(numbers.c.name == meta.DATA_VERSION),
        select(func.count()).select_from(table_of(Waiting)),
        select(func.count()).select_from(imports).where(imports.c.waiting),
        select(func.count()).select_from(table_of(Jobs)).where(takeable(moment)),
        select(func.count()).select_from(table_of(Outbox)).where(sendable(moment)),
    )
    return tuple(session.connection().execute(select(*(each.scalar_subquery() for each in counts))).one())


def give_sign(session: Session) -> None:
    """Say that a worker is there. Call it last in a transaction: other workers wait for this row until it ends."""
    meta.set_number(session, SEEN, _minute(session))


def is_silent(session: Session) -> bool:
    """Whether no worker has given a sign of life for over PATIENCE minutes, or ever."""
    seen = meta.number(session, SEEN)
    return seen is None or _minute(session) - seen > PATIENCE


def is_anything_waiting(session: Session) -> bool:
    """Whether any answer waits to be published, due or not."""
    return session.connection().execute(select(table_of(Waiting)).limit(1)).first() is not None


def _minute(session: Session) -> int:
    return int(now(session).timestamp()) // 60
