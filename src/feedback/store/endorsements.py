"""Statements of organisations that stand behind a credential: named, dated, confirmed by a link, taken back by it.

Apart from recognition, which is counted from answers: nothing here is ever added to it. An organisation is named, no
person. A statement is public from the day the link sent to somebody of the organisation confirmed it, and no longer
than until the same link takes it back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, select, update
from sqlmodel import Session

from feedback.errors import FeedbackError
from feedback.policy import NOBODY, Actor, Subject
from feedback.store import audit, meta
from feedback.store.clock import now
from feedback.store.inserting import table_of
from feedback.store.invitations import is_token, link_hash, new_token
from feedback.store.tables import Credentials, Endorsements, Meta, Organisations

ASKED_FOR = "yes_send"
"""What an organisation answered that wants the statement sent. Whoever answered otherwise is never named."""
PURPOSE = "statement"
"""What its links are for: none of them opens a form."""
WAITING, SENT, CONFIRMED = "waiting", "sent", "confirmed"
KEEP = timedelta(days=30)
"""So long it is kept that a statement was taken back."""
_NAME = "unsaid:"
_GONE = "This statement is not there any more, or was confirmed meanwhile."
_table = table_of(Endorsements)


@dataclass(frozen=True)
class Statement:
    """A statement that stands. organisation, credential: slugs, with name and title as they are called today.

    sent_on, confirmed_on: None while it was not. named_on: None where the organisation does not want to be named as one
    that recognises the credential.
    """

    id: str
    organisation: str
    name: str
    credential: str
    title: str
    programme: str
    given_on: date
    sent_on: date | None
    confirmed_on: date | None
    named_on: date | None
    is_sample: bool

    @property
    def state(self) -> str:
        """WAITING for a link, SENT and waiting for the organisation, or CONFIRMED: public."""
        if self.confirmed_on:
            return CONFIRMED
        return SENT if self.sent_on else WAITING

    @property
    def words(self) -> str:
        """The statement itself, in English."""
        return f"{self.name} publicly stands behind “{self.title}”."

    @property
    def subject(self) -> Subject:
        """What it is about, for the policy."""
        return Subject(self.programme, self.credential)


def read(session: Session, credential: str = "") -> list[Statement]:
    """The statements that stand (of one credential): of each organisation about each credential one, by name.

    The one that is confirmed; else the latest that waits.
    """
    of = [_table.c.credential == credential] if credential else []
    rows = session.connection().execute(_standing().where(*of)).all()
    found: dict[tuple[str, str], Statement] = {}
    for each in sorted((Statement(*row) for row in rows), key=_rank):
        found[each.organisation, each.credential] = each
    return sorted(found.values(), key=lambda each: (each.name.casefold(), each.organisation, each.credential))


def confirmed(session: Session, credential: str = "") -> list[Statement]:
    """Those that are public."""
    return [each for each in read(session, credential) if each.state == CONFIRMED]


def find(where: Connection | Session, token: str, *, key: bytes) -> Statement | None:
    """The statement a link leads to; None for a wrong link, and for one by which it was taken back.

    The work is the same for every text, right or wrong: one HMAC and one look.
    """
    connection = where.connection() if isinstance(where, Session) else where
    row = connection.execute(_standing().where(_is_by(token, key))).first()
    return Statement(*row) if row is not None else None


def make_link(session: Session, statement: Statement, by: Actor, *, key: bytes, how: str) -> str:
    """The token of a new link to a statement that waits; an earlier one opens nothing any more. It is told here and
    never again. how: "mail", or "handed over", for the audit. Raises FeedbackError where it does not wait any more.
    """
    token, today = new_token(), now(session).date()
    waits = _table.c.id == statement.id, *_stands(), _table.c.confirmed_on.is_(None)
    made = update(_table).where(*waits).values(link=link_hash(key, token, PURPOSE), sent_on=today)
    if not session.connection().execute(made).rowcount:
        raise FeedbackError(_GONE)
    audit.record(session, by, audit.STATEMENT_SENT, statement.subject, organisation=statement.organisation, how=how)
    return token


def mark_of(token: str, key: bytes) -> str:
    """What tells one link's message from another's, without telling the link."""
    return link_hash(key, token, PURPOSE)[:16]


def confirm(session: Session, token: str, *, key: bytes, named: bool) -> bool:
    """The organisation confirms its statement; named: it agrees to be named as one that recognises the credential.

    Once more changes only whether it is named. False, and nothing is changed, for a link that opens nothing.
    """
    found, today = find(session, token, key=key), now(session).date()
    if found is None:
        return False
    days = {"confirmed_on": found.confirmed_on or today, "named_on": (found.named_on or today) if named else None}
    if (found.confirmed_on, found.named_on) != (days["confirmed_on"], days["named_on"]):
        session.connection().execute(update(_table).where(_table.c.id == found.id).values(days))
        _note(session, audit.STATEMENT_CONFIRMED, found, named=named)
    return True


def take_back(session: Session, token: str, *, key: bytes) -> bool:
    """The organisation takes its statement back, for good. False for a link that opens nothing."""
    found = find(session, token, key=key)
    if found is None:
        return False
    gone = update(_table).where(_table.c.id == found.id).values(withdrawn_on=now(session).date())
    session.connection().execute(gone)
    note_unsaid(session, [found.id])
    _note(session, audit.STATEMENT_REVOKED, found)
    return True


def forget_taken_back(session: Session, day: date) -> int:
    """Delete what was taken back over KEEP before a day. Returns how many."""
    old = delete(_table).where(_table.c.withdrawn_on < day - KEEP)
    return session.connection().execute(old).rowcount


# --- what a backup must not bring back --------------------------------------------------------------------------------


def note_unsaid(session: Session, ids: Collection[str]) -> None:
    """Remember that these were taken back, or erased, today."""
    today = now(session).date().toordinal()
    for each in sorted(ids):
        meta.set_number(session, f"{_NAME}{each}", today)


def read_unsaid(session: Session) -> dict[str, int]:
    """What was taken back or erased: the id of each, and its day as a number."""
    table = table_of(Meta)
    rows = session.connection().execute(select(table.c.name, table.c.value).where(table.c.name.startswith(_NAME)))
    return {name.removeprefix(_NAME): day for name, day in rows}


def keep_unsaid(session: Session, unsaid: dict[str, int]) -> int:
    """Remember what was taken back or erased elsewhere, and delete it where it is here all the same. Returns how
    many."""
    for each, day in sorted(unsaid.items()):
        meta.set_number(session, f"{_NAME}{each}", day)
    kept = session.connection().execute(select(_table.c.id)).scalars()
    back = sorted(unsaid.keys() & set(kept))
    for each in back:
        session.connection().execute(delete(_table).where(_table.c.id == each))
    return len(back)


# --- the rows ---------------------------------------------------------------------------------------------------------


def _standing() -> Select[Any]:
    said, of, about = _table.c, table_of(Organisations), table_of(Credentials)
    columns = (
        said.id, said.organisation, of.c.name, said.credential, about.c.title, about.c.programme, said.given_on,
        said.sent_on, said.confirmed_on, said.named_on, said.is_sample,
    )  # fmt: skip
    joined = _table.join(of, of.c.slug == said.organisation).join(about, about.c.slug == said.credential)
    return select(*columns).select_from(joined).where(*_stands())


def _stands() -> tuple[ColumnElement[bool], ...]:
    return _table.c.answer == ASKED_FOR, _table.c.withdrawn_on.is_(None)


def _is_by(token: str, key: bytes) -> ColumnElement[bool]:
    return _table.c.link == link_hash(key, token if is_token(token) else "", PURPOSE)


def _rank(each: Statement) -> tuple[bool, date, str]:
    return each.confirmed_on is not None, each.given_on, each.id


def _note(session: Session, action: str, statement: Statement, **details: bool) -> None:
    audit.record(session, NOBODY, action, statement.subject, organisation=statement.organisation, **details)
