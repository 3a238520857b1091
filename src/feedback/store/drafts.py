"""Drafts: forms begun and not sent, sealed with keys that are not here. Who holds the database cannot read them."""

from datetime import date, timedelta
from functools import cache

from sqlalchemy import Connection, bindparam, exists, or_, select
from sqlalchemy import delete as delete_from
from sqlmodel import Session

from feedback.store.inserting import Insert, insert_on, table_of
from feedback.store.invitations import NOT_YET
from feedback.store.tables import Drafts, Invitations

KEEP_DAYS = 30
"""So long a form waits for whoever began it."""

# While a draft is kept its invitation cannot be used up, and the other way round, so that none outlives the answer.
_UNUSED = (
    select(table_of(Invitations).c.id)
    .where(table_of(Invitations).c.id == bindparam("invitation"), table_of(Invitations).c.used_on == NOT_YET)
    .with_for_update(read=True)
)
_MINE = table_of(Drafts).c.id == bindparam("draft")
_DELETE = delete_from(table_of(Drafts)).where(_MINE)
_DELETE_ALL = delete_from(table_of(Drafts)).where(or_(_MINE, table_of(Drafts).c.invitation == bindparam("of")))
_READ = select(table_of(Drafts).c.sealed).where(table_of(Drafts).c.id == bindparam("id"))


@cache
def _put(dialect: str) -> Insert:
    new = insert_on(dialect, Drafts)
    renewed = {"saved_on": new.excluded.saved_on, "sealed": new.excluded.sealed}
    return new.on_conflict_do_update(index_elements=["id"], set_=renewed)


def save(session: Session, draft_id: str, survey: str, invitation_id: str | None, sealed: bytes, day: date) -> bool:
    """Keep a draft, in place of the one of that id.

    False, and nothing is kept, where the invitation is used up or gone: what arrives after the answer was sent would
    lie beside it, and it holds the secret that the answer's key follows from.
    """
    connection = session.connection()
    if invitation_id is not None and connection.execute(_UNUSED, {"invitation": invitation_id}).first() is None:
        return False
    row = {"id": draft_id, "survey": survey, "invitation": invitation_id, "saved_on": day, "sealed": sealed}
    connection.execute(_put(connection.dialect.name), row)
    return True


def read(where: Connection | Session, draft_id: str) -> bytes | None:
    """A draft as it was sealed; None when there is none."""
    connection = where.connection() if isinstance(where, Session) else where
    return connection.execute(_READ, {"id": draft_id}).scalar()


def delete(session: Session, draft_id: str, invitation_id: str | None) -> None:
    """Let a draft go, and every other draft of its invitation, if it has one."""
    if invitation_id is None:
        session.connection().execute(_DELETE, {"draft": draft_id})
    else:
        session.connection().execute(_DELETE_ALL, {"draft": draft_id, "of": invitation_id})


def forget_old(session: Session, day: date, days: int = KEEP_DAYS) -> int:
    """Let the drafts go that were last saved so many days or more before a day, and any whose invitation is used.

    Returns how many.
    """
    table, invitations = table_of(Drafts), table_of(Invitations)
    used = exists().where(invitations.c.id == table.c.invitation, invitations.c.used_on != NOT_YET)
    old = table.c.saved_on <= day - timedelta(days=days)
    return session.connection().execute(delete_from(table).where(or_(old, used))).rowcount
