"""Once a day: what was said in surveys that are over goes when its time has come. See store.retention."""

from collections.abc import Collection

from sqlmodel import Session

from feedback.policy import WORKER
from feedback.store import meta, retention
from feedback.store.clock import now
from feedback.store.shuffling import clear_away
from feedback.worker.work import Work

KEEP = "keep"
_DONE = "kept_on"


def days_due(session: Session) -> Collection[str]:
    """The present day by the database's clock, unless it was looked at what is due."""
    today = now(session).date()
    return [] if meta.number(session, _DONE) == today.toordinal() else [str(today)]


def keep(work: Work) -> None:
    """Erase what is due; its part in what is counted leaves with the recount that was asked for with it."""
    gone = retention.run(work.writing, work.instruments, WORKER, pause=work.pause)
    if gone:
        clear_away(work.engine)
        work.say(f"Erased by schedule: of {len(gone):,} {'survey' if len(gone) == 1 else 'surveys'}.")
    with work.writing() as session:
        meta.set_number(session, _DONE, now(session).date().toordinal())
