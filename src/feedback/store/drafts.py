"""Drafts: forms begun and not sent, sealed with keys that are not here. Who holds the database cannot read them."""

from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, exists, or_, select, update
from sqlalchemy import delete as delete_from
from sqlmodel import Session

from feedback.errors import FeedbackError
from feedback.store.inserting import insert_new, table_of
from feedback.store.invitations import NOT_YET
from feedback.store.prepared import Prepared
from feedback.store.tables import Drafts, Invitations

KEEP_DAYS = 30
"""So long a form waits for whoever began it."""

_TABLE, _ASKED = table_of(Drafts), table_of(Invitations)
_MINE = _TABLE.c.id == bindparam("draft")
# While a draft is kept its invitation cannot be used up, and the other way round, so that none outlives the answer.
_UNUSED = Prepared(
    select(_ASKED.c.id)
    .where(_ASKED.c.id == bindparam("invitation"), _ASKED.c.used_on == NOT_YET)
    .with_for_update(read=True)
)
_BEGIN = Prepared(lambda dialect: insert_new(dialect, Drafts))
_REPLACE = Prepared(
    update(_TABLE)
    .where(_MINE, _TABLE.c.sealed == bindparam("before"))
    .values(saved_on=bindparam("day"), sealed=bindparam("after"))
)
_DELETE = Prepared(delete_from(_TABLE).where(_MINE))
_DELETE_ALL = Prepared(delete_from(_TABLE).where(or_(_MINE, _TABLE.c.invitation == bindparam("of"))))
_READ = Prepared(select(_TABLE.c.sealed).where(_MINE))


class DraftChanged(FeedbackError):
    """Another page of the same form was kept meanwhile: what is there now has to be read before it is replaced."""


def save(
    session: Session,
    draft_id: str,
    survey: str,
    invitation_id: str | None,
    sealed: bytes,
    day: date,
    *,
    before: bytes | None = None,
) -> bool:
    """Keep a draft in place of the one that was read before (None: there was none).

    False, and nothing is kept, where the invitation is used up or gone: what arrives after the answer was sent would
    lie beside it, and it holds the secret that the answer's key follows from. Raises DraftChanged where another lies
    there by now, or none: two windows, or a late message of one, never take back what came between.
    """
    connection = session.connection()
    if invitation_id is not None and _UNUSED.first(connection, {"invitation": invitation_id}) is None:
        return False
    if before is None:
        row = {"id": draft_id, "survey": survey, "invitation": invitation_id, "saved_on": day, "sealed": sealed}
        kept = _BEGIN.change(connection, row)
    else:
        kept = _REPLACE.change(connection, {"draft": draft_id, "before": before, "day": day, "after": sealed})
    if not kept:
        raise DraftChanged("Another page of this form was saved just now. Nothing of this one was; please try again.")
    return True


def read(where: Connection | Session, draft_id: str) -> bytes | None:
    """A draft as it was sealed; None when there is none."""
    connection = where.connection() if isinstance(where, Session) else where
    found = _READ.first(connection, {"draft": draft_id})
    return bytes(found[0]) if found else None


def delete(session: Session, draft_id: str, invitation_id: str | None) -> None:
    """Let a draft go, and every other draft of its invitation, if it has one."""
    if invitation_id is None:
        _DELETE.change(session.connection(), {"draft": draft_id})
    else:
        _DELETE_ALL.change(session.connection(), {"draft": draft_id, "of": invitation_id})


def forget_old(session: Session, day: date, days: int = KEEP_DAYS) -> int:
    """Let the drafts go that were last saved so many days or more before a day, and any whose invitation is used.

    Returns how many.
    """
    table, invitations = table_of(Drafts), table_of(Invitations)
    used = exists().where(invitations.c.id == table.c.invitation, invitations.c.used_on != NOT_YET)
    old = table.c.saved_on <= day - timedelta(days=days)
    return session.connection().execute(delete_from(table).where(or_(old, used))).rowcount
