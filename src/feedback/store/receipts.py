"""What became of an answer, told to whoever holds its receipt; and taking it back."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session

from feedback.store import jobs
from feedback.store.inserting import table_of
from feedback.store.releases import read_releases
from feedback.store.responses import receipt_hash
from feedback.store.tables import Jobs, Responses, Waiting

WITHDRAW = "withdraw"
"""The kind of job that takes a response back; its subject is the hash of the receipt."""
UNKNOWN, WAITING, PUBLISHED, LEAVING = "unknown", "waiting", "published", "leaving"
SOON = 5
"""The priority of a withdrawal: before everything else."""


@dataclass(frozen=True)
class Fate:
    """What became of an answer. state: "unknown", "waiting" (nothing of it shows yet), "published" or "leaving" (it is
    being taken back). release, on: the last release and its day, where it is or was published. instrument, about: what
    it answered, and the credentials it is about."""

    state: str
    release: int | None = None
    on: date | None = None
    instrument: str = ""
    about: tuple[str, ...] = ()


def fate(session: Session, code: str) -> Fate:
    """What became of the answer with this receipt."""
    responses, waiting, work = table_of(Responses), table_of(Waiting), table_of(Jobs)
    hashed, connection = receipt_hash(code), session.connection()
    key = connection.execute(select(responses.c.key).where(responses.c.receipt_hash == hashed)).scalar()
    if key is None:
        return Fate(UNKNOWN)
    leaving = select(func.count()).where(work.c.kind == WITHDRAW, work.c.subject == hashed)
    leaves = bool(connection.execute(leaving).scalar_one())
    # Published as soon as one of the credentials it is about is: what is about none of them has a row of its own.
    held = set(connection.execute(select(waiting.c.credential).where(waiting.c.response == key)).scalars())
    answered = select(responses.c.instrument, responses.c.about).where(responses.c.key == key)
    instrument, about = connection.execute(answered).one()
    last = next(iter(read_releases(session, 1)), None)
    if last is None or (held and held >= set(about)):
        return Fate(LEAVING if leaves else WAITING, instrument=instrument, about=tuple(about))
    return Fate(LEAVING if leaves else PUBLISHED, last.number, last.made_on, instrument, tuple(about))


def withdraw(session: Session, code: str) -> bool:
    """Ask for an answer to be taken back, out of all that is counted, too. False: the receipt leads to none."""
    if fate(session, code).state == UNKNOWN:
        return False
    jobs.enqueue(session, WITHDRAW, receipt_hash(code), priority=SOON)
    return True
