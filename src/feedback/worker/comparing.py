"""Once a day: answers that came in a burst and are alike are flagged, and what the forms counted is shown anew."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlmodel import Session

from feedback.analysis.copies import BURST, copied
from feedback.store import funnel, meta
from feedback.store.clock import now
from feedback.store.database import reading
from feedback.store.flags import keep_flag, lots, sent_in
from feedback.worker.work import Work

COMPARE = "compare"
COPIED = "copied"
_DONE, _COUNTED = "compared_on", "forms_counted"


def days_due(session: Session) -> Collection[str]:
    """The present day by the database's clock, unless its answers are compared."""
    today = now(session).date()
    return [] if meta.number(session, _DONE) == today.toordinal() else [str(today)]


def compare(work: Work) -> None:
    """Flag the answers that are alike, of this month and the last, survey by survey; only what is published is looked
    at, so that a flag never shows before the answers. Nothing is deleted, and a flag stays."""
    today = date.fromisoformat(work.job.subject)
    months = [f"{day:%Y-%m}" for day in (today.replace(day=1) - timedelta(days=1), today)]
    with reading(work.engine) as session:
        found = lots(session, work.instruments, months, fewest=BURST)
    new = 0
    for done, (survey, month) in enumerate(found, start=1):
        with reading(work.engine) as session:
            alike = copied(sent_in(session, work.instruments, survey, month))
        with work.writing() as session:
            new += keep_flag(session, COPIED, alike)
            work.got(session, done, len(found))
        work.pause()
    with work.writing() as session:
        counted = sum(each.count for each in funnel.read(session))
        if new or counted != meta.number(session, _COUNTED):
            meta.set_number(session, _COUNTED, counted)
            meta.bump(session)
        meta.set_number(session, _DONE, today.toordinal())
