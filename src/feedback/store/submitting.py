"""The one transaction that takes a form: the link is used up, the answers are kept, the draft goes. Or nothing is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from random import random
from time import sleep
from typing import TypeVar

from sqlalchemy import Connection, Engine, Select, bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from feedback.catalogue.values import Organisation
from feedback.errors import FeedbackError
from feedback.store import drafts, invitations
from feedback.store.database import DatabaseBusy, lean_transaction
from feedback.store.inserting import insert_new, table_of
from feedback.store.prepared import Prepared
from feedback.store.responses import GRACE_MINUTES, Saved, is_kept, receipt, response_key, save_submission
from feedback.store.tables import Drafts, Invitations, ResponseFlags
from feedback.survey.submission import Submission

TRIES = 3
_WAITS = (0.05, 0.2)
"""Seconds between tries, each lengthened at random by up to as much again, so that two do not meet a second time."""
Result = TypeVar("Result")


class LinkUsed(FeedbackError):
    """The invitation has been used, revoked, or is out of date. Nothing of this form was kept."""


@dataclass(frozen=True)
class Opened:
    """How a form stands. draft: what was begun, sealed; None where nothing was. used: answers have come by its
    invitation. ended: its invitation was taken back, has run out or is gone. Both False for a form without one."""

    draft: bytes | None
    used: bool = False
    ended: bool = False


def _look() -> Select:
    begun, asked = table_of(Drafts), table_of(Invitations)
    rows = select(asked.c.used_on, asked.c.revoked_on, asked.c.expires_on, begun.c.sealed)
    joined = asked.outerjoin(begun, begun.c.id == bindparam("draft"))
    return rows.select_from(joined).where(asked.c.id == bindparam("invitation"))


_LOOK = Prepared(_look())
_FLAG = Prepared(lambda dialect: insert_new(dialect, ResponseFlags))


def look(connection: Connection, draft: str, invitation: str | None, today: date) -> Opened:
    """How a form stands, by one statement."""
    if invitation is None:
        return Opened(drafts.read(connection, draft))
    found = _LOOK.first(connection, {"draft": draft, "invitation": invitation})
    if found is None:
        return Opened(None, ended=True)
    used_on, revoked_on, expires_on, sealed = found
    late = expires_on is not None and expires_on < today
    used = used_on != invitations.NOT_YET
    return Opened(sealed, used=used, ended=not used and (revoked_on is not None or late))


def submit(
    session: Session,
    submission: Submission,
    *,
    secret: str,
    draft: str,
    today: date,
    invitation: str | None = None,
    organisation: Organisation | None = None,
    role: str | None = None,
    flags: Sequence[str] = (),
    notice: int | None = None,
    grace_minutes: int = GRACE_MINUTES,
) -> Saved:
    """Keep a checked submission, use up its invitation and delete its draft.

    The same secret again changes nothing and gives the same receipt, also when the invitation is used and the survey
    has closed meanwhile. draft: the id it is kept under. today: by the database's clock. flags: see
    tables.ResponseFlags. notice: the version of the notice shown. Raises LinkUsed when another form has used the
    invitation, and what save_submission raises.
    """
    saved = save_submission(
        session,
        submission,
        secret=secret,
        organisation=organisation,
        role=role,
        notice=notice,
        grace_minutes=grace_minutes,
    )
    if saved.repeated:
        return saved
    if invitation is not None and not invitations.use(session, invitation, submission.survey, today):
        raise LinkUsed("This invitation has been used already, or is out of date. Nothing was saved.")
    drafts.delete(session, draft, invitation)
    for flag in sorted(set(flags)):
        _FLAG.change(session.connection(), {"response": response_key(secret), "flag": flag})
    return saved


def receipt_if_kept(session: Session, secret: str) -> str | None:
    """The receipt of what was submitted with this secret; None when nothing was."""
    return receipt(secret) if is_kept(session, response_key(secret)) else None


def patiently(engine: Engine, work: Callable[[Session], Result], *, lasting: bool = True) -> Result:
    """Do something in a lean transaction of its own; where others stood in the way, up to three times.

    Raises DatabaseBusy after that, and at once whatever is not put right by waiting.
    """
    for wait in _WAITS:
        try:
            with lean_transaction(engine, lasting=lasting) as session:
                return work(session)
        except DatabaseBusy as busy:
            if not _is_passing(busy.__cause__):
                raise
            sleep(wait * (1 + random()))
    with lean_transaction(engine, lasting=lasting) as session:
        return work(session)


def _is_passing(error: BaseException | None) -> bool:
    """Whether others only crossed our way (a deadlock, no serial order); who held the database for long still does."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in ("40P01", "40001")
