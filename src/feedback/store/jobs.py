"""Work for the worker, as a table: who has which job, for how long, and what became of it. Safe with several workers.

A job is taken for the time of a lease by the database's clock; whoever holds it beats. One whose lease ran out (its
worker was killed, or lost its way) is taken by the next. A step of a job that writes begins with `hold`, so that two
never write for the same job.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, Table, and_, delete, or_, select, update
from sqlmodel import Session

from feedback.errors import FeedbackError
from feedback.store.clock import now
from feedback.store.inserting import insert, table_of
from feedback.store.tables import Jobs

LEASE = timedelta(seconds=60)
TRIES = 3
"""So often a job is begun without getting on; then it is parked."""
BACK_OFF = (timedelta(seconds=2), timedelta(seconds=30))
"""How long a job waits after its first and its second failure."""
READY, RUNNING, AGAIN, PARKED = "ready", "running", "again", "parked"
"""AGAIN: running, and asked for once more meanwhile."""
_HELD = (RUNNING, AGAIN)
_MOST_ERROR = 500
_NEVER_ENDED = "It was begun three times and never ended: each time its worker was stopped or lost."


class LeaseLost(FeedbackError):
    """The job is somebody else's by now; nothing more may be written for it."""


@dataclass(frozen=True)
class Job:
    """A job as it stands. state: "ready", "running" or "parked". The rest: see tables.Jobs."""

    id: str
    kind: str
    subject: str = ""
    payload: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    priority: int = 50
    state: str = READY
    attempts: int = 0
    ready_at: datetime | None = None
    worker: str | None = None
    lease_until: datetime | None = None
    done: int = 0
    total: int | None = None
    error: str = ""


def enqueue(
    session: Session, kind: str, subject: str = "", payload: Mapping[str, Any] | None = None, priority: int = 50
) -> bool:
    """Ask for a job. Returns whether there is one more to do.

    One of the same kind and subject that is ready stays the one; one that runs is done once more after; one that is
    parked stays parked until somebody retries or discards it.
    """
    table = table_of(Jobs)
    row = {
        "id": secrets.token_hex(16),
        "kind": kind,
        "subject": subject,
        "payload": dict(payload or {}),
        "priority": priority,
        "state": READY,
        "attempts": 0,
        "ready_at": now(session),
        "worker": None,
        "lease_until": None,
        "done": 0,
        "total": None,
        "error": "",
    }
    new = insert(session, Jobs).values(row).on_conflict_do_nothing(index_elements=["kind", "subject"])
    same = and_(table.c.kind == kind, table.c.subject == subject)
    for _ in range(TRIES):  # what stood in the way may just have been done
        if session.connection().execute(new.returning(table.c.id)).first() is not None:
            return True
        if _changed(session, and_(same, table.c.state == RUNNING), state=AGAIN, payload=row["payload"]):
            return True
        if session.connection().execute(select(table.c.id).where(same)).first() is not None:
            return False
    return False


def take(session: Session, worker: str, kinds: Iterable[str] | None = None, lease: timedelta = LEASE) -> Job | None:
    """Take the job that is needed most and is due; None when there is none. kinds: only of these.

    A job whose lease ran out is taken as well, which counts as a try; at its third it is parked instead. The job's
    `worker` is the name with a number of this taking: whoever lost a job does not hold it because of its name.
    """
    table, moment = table_of(Jobs), now(session)
    kinds = None if kinds is None else list(kinds)
    while True:
        # On PostgreSQL a row that another worker is just taking is passed over; SQLite lets one write at a time anyway.
        found = _next(table, moment, kinds).with_for_update(skip_locked=True)
        row = session.connection().execute(found).mappings().first()
        if row is None:
            return None
        if row["attempts"] >= TRIES:
            _park(session, row["id"], moment, row["error"] or _NEVER_ENDED)
            continue
        taken = replace(
            _job_of(row),
            state=RUNNING,
            attempts=row["attempts"] + 1,
            worker=f"{worker[:60]}/{secrets.token_hex(4)}",
            lease_until=moment + lease,
        )
        _changed(
            session,
            table.c.id == taken.id,
            state=RUNNING,
            attempts=taken.attempts,
            worker=taken.worker,
            lease_until=taken.lease_until,
        )
        return taken


def is_due(session: Session, kinds: Iterable[str] | None = None) -> bool:
    """Whether there is a job to take; only a look."""
    return session.connection().execute(_next(table_of(Jobs), now(session), kinds)).first() is not None


def _next(table: Table, moment: datetime, kinds: Iterable[str] | None) -> Select:
    found = select(table).where(takeable(moment))
    if kinds is not None:
        found = found.where(table.c.kind.in_(list(kinds)))
    return found.order_by(table.c.priority, table.c.ready_at, table.c.id).limit(1)


def takeable(moment: datetime) -> ColumnElement[bool]:
    """Of jobs: those that are ready by then, and those whose worker has given no sign of life for a lease."""
    table = table_of(Jobs)
    ready = and_(table.c.state == READY, table.c.ready_at <= moment)
    left = and_(table.c.state.in_(_HELD), table.c.lease_until < moment)
    return or_(ready, left)


def hold(session: Session, job: Job, lease: timedelta = LEASE) -> None:
    """Make sure, until the end of this transaction, that the job is still ours, and lengthen its lease.

    Raises LeaseLost when somebody else has it, or it is gone.
    """
    if not beat(session, job, lease):
        raise LeaseLost(f'The job "{job.kind}" was taken by another worker; this one leaves it alone.')


def beat(session: Session, job: Job, lease: timedelta = LEASE) -> bool:
    """Lengthen the lease of a job one has. False: it is somebody else's by now."""
    return _changed(session, _ours(job), lease_until=now(session) + lease)


def progress(session: Session, job: Job, done: int, total: int | None = None) -> bool:
    """Say how far a job has got. What gets on is not on its last try: its tries count from here. False: not ours."""
    return _changed(session, _ours(job), done=done, total=total, attempts=1)


def finish(session: Session, job: Job) -> bool:
    """A job is done: it goes, or becomes ready once more when it was asked for meanwhile. False: not ours any more."""
    table = table_of(Jobs)
    done = session.connection().execute(delete(table).where(_ours(job), table.c.state == RUNNING))
    if done.rowcount:
        return True
    fresh = {"state": READY, "attempts": 0, "done": 0, "total": None, "error": ""}
    return _changed(session, _ours(job), worker=None, lease_until=None, ready_at=now(session), **fresh)


def give_back(session: Session, job: Job) -> bool:
    """Leave a job to the next, as if it had not been begun. False: not ours any more."""
    table = table_of(Jobs)
    attempts = table.c.attempts - 1
    return _changed(session, _ours(job), state=READY, attempts=attempts, worker=None, lease_until=None)


def fail(session: Session, job: Job, error: str) -> bool:
    """A try went wrong: the job waits for its next, or is parked after the third. False: not ours any more.

    error: plain words, fit to be shown to anybody: nothing of what a person wrote.
    """
    table = table_of(Jobs)
    found = select(table.c.attempts).where(_ours(job)).with_for_update()
    attempts = session.connection().execute(found).scalar_one_or_none()
    if attempts is None:
        return False
    moment = now(session)
    if attempts >= TRIES:
        return _park(session, job.id, moment, error)
    wait = BACK_OFF[max(attempts, 1) - 1]
    free = {"worker": None, "lease_until": None, "error": error[:_MOST_ERROR]}
    return _changed(session, _ours(job), state=READY, ready_at=moment + wait, **free)


def retry(session: Session, job_id: str) -> bool:
    """Make a parked job ready, with all its tries. False: there is none parked of that id."""
    table = table_of(Jobs)
    parked = and_(table.c.id == job_id, table.c.state == PARKED)
    return _changed(session, parked, state=READY, attempts=0, ready_at=now(session), done=0, total=None)


def discard(session: Session, job_id: str) -> bool:
    """Throw a job away that is not running. False: there is none such of that id."""
    table = table_of(Jobs)
    gone = delete(table).where(table.c.id == job_id, table.c.state.in_((READY, PARKED)))
    return bool(session.connection().execute(gone).rowcount)


def discard_others(session: Session, kind: str, subject: str) -> int:
    """Throw away the jobs of a kind that do not run and are about another subject: they are out of date."""
    table = table_of(Jobs)
    old = delete(table).where(table.c.kind == kind, table.c.subject != subject, table.c.state.in_((READY, PARKED)))
    return session.connection().execute(old).rowcount


def read_jobs(session: Session) -> list[Job]:
    """Every job there is: parked ones first, then by need."""
    table = table_of(Jobs)
    order = (table.c.state != PARKED, table.c.priority, table.c.ready_at, table.c.id)
    return [_job_of(row) for row in session.connection().execute(select(table).order_by(*order)).mappings()]


def _job_of(row: RowMapping) -> Job:
    fields = dict(row)
    state = RUNNING if fields["state"] == AGAIN else fields["state"]
    return Job(**fields | {"payload": MappingProxyType(fields["payload"] or {}), "state": state})


def _ours(job: Job) -> ColumnElement[bool]:
    table = table_of(Jobs)
    return and_(table.c.id == job.id, table.c.worker == job.worker, table.c.state.in_(_HELD))


def _park(session: Session, job_id: str, moment: datetime, error: str) -> bool:
    # Only the day is kept: a parked job stays, and must not tell when an answer arrived.
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    words = {"error": error[:_MOST_ERROR]}
    where = table_of(Jobs).c.id == job_id
    return _changed(session, where, state=PARKED, ready_at=day, worker=None, lease_until=None, **words)


def _changed(session: Session, which: ColumnElement[bool], **values: Any) -> bool:
    return bool(session.connection().execute(update(table_of(Jobs)).where(which).values(**values)).rowcount)
