"""Once a day: what nobody needs any more goes, and what tells an order is mixed."""

from collections.abc import Collection
from datetime import date

from sqlmodel import Session

from feedback.store import accounts, drafts, invitations, meta, migrate
from feedback.store.clock import now
from feedback.store.shuffling import shuffle
from feedback.worker.work import Work

TIDY = "tidy"
_DONE = "tidied_on"


def days_due(session: Session) -> Collection[str]:
    """The present day by the database's clock, unless its tidying is done."""
    today = now(session).date()
    return [] if meta.number(session, _DONE) == today.toordinal() else [str(today)]


def tidy(work: Work) -> None:
    """Forget drafts nobody went on with, whom surveys asked that are long over, and sessions that ended; then clear
    away how it all lay."""
    today = date.fromisoformat(work.job.subject)
    with work.writing() as session:
        old = drafts.forget_old(session, today)
        asked = invitations.forget_recipients(session, today)
        accounts.forget_ended(session)
    migrate.forget_copies(work.engine)
    shuffle(work.engine)
    with work.writing() as session:
        meta.set_number(session, _DONE, today.toordinal())
    if old or asked:
        work.say("Let old drafts go, and the addresses of surveys that are over.")
