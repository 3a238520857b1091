"""Messages that wait to be sent: each asked for once, sent at most once, and never by a copy of the database.

A message is marked as under way and that is committed before it leaves, and marked as sent after. If the worker is
lost in between nobody knows whether it left: then it is not sent again by itself, but shown as failed.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, text, update
from sqlmodel import Session

from feedback.store import meta
from feedback.store.asking import FOLLOW_UP, NEWS, REFERRAL
from feedback.store.clock import now
from feedback.store.inserting import insert, table_of
from feedback.store.tables import Meta, Outbox

INVITATION, REMINDER = "invitation", "reminder"
WAITING, UNDER_WAY, SENT, FAILED = "waiting", "under way", "sent", "failed"
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4))
"""How long a message waits after its first four tries; after the fifth it has failed."""
UNDER_WAY_FOR = timedelta(minutes=5)
"""Longer than any try takes: a message under way for longer was left by a worker that is no more."""
NOT_KNOWN = "It is not known whether it was sent: the worker was lost while it was. Ask before it is sent again."
MAY_BE_SENT = "It waited when the backup was made that was restored here, and may have been sent since."
ONLY_ONCE = (FOLLOW_UP, REFERRAL, NEWS)
"""Messages to addresses that were left for one message: neither sent nor failed does anything of them stay."""
KEEP = timedelta(days=30)
"""So long it is known to whom a message was sent, or could not be."""
WAITS, WAITS_ONCE = timedelta(days=45), timedelta(days=15)
"""A message that could not be tried for so long after it was to leave has failed, and nothing of it stays; the second
is for those of ONLY_ONCE, whose address may have waited for asking.KEPT_PAST_DUE before."""
TOO_LATE = "It could not be sent for too long: no mail left from here."
_PLACE = "outbox_place"
_NOWHERE = -1
"""A place that no database is at."""
_MOST_ERROR = 500
_EMPTIED = {"recipient": "", "body": ""}


@dataclass(frozen=True)
class Message:
    """A message to one recipient, and how it stands. The columns: see tables.Outbox. body: "" once it is sent."""

    id: str
    once: str
    kind: str
    recipient: str
    subject: str
    body: str
    state: str
    attempts: int
    ready_at: datetime
    sent_on: date | None
    error: str


def put(session: Session, once: str, kind: str, recipient: str, subject: str, body: str) -> bool:
    """Ask for a message. Returns False, and changes nothing, where one of the same `once` was asked for before."""
    row = {
        "id": secrets.token_hex(16),
        "once": once,
        "kind": kind,
        "recipient": recipient,
        "subject": subject,
        "body": body,
        "state": WAITING,
        "attempts": 0,
        "ready_at": now(session),
        "sent_on": None,
        "error": "",
    }
    new = insert(session, Outbox).values(row).on_conflict_do_nothing(index_elements=["once"])
    return session.connection().execute(new.returning(table_of(Outbox).c.id)).first() is not None


def once_for(kind: str, invitation_id: str, number: int) -> str:
    """What tells the messages of an invitation apart: what it is, and how many went before."""
    return f"{kind}:{invitation_id}:{number}"


def invitation_of(message: Message) -> str | None:
    """The id of the invitation that an INVITATION or REMINDER is about; None for other messages."""
    kind, _, rest = message.once.partition(":")
    return rest.partition(":")[0] if kind in (INVITATION, REMINDER) else None


def is_due(session: Session) -> bool:
    """Whether there is something to do: a message to send, or one that was left under way."""
    found = select(table_of(Outbox).c.id).where(sendable(now(session))).limit(1)
    return session.connection().execute(found).first() is not None


def sendable(moment: datetime) -> ColumnElement[bool]:
    """Of messages: those to be sent by then, and those left under way."""
    table = table_of(Outbox)
    return and_(table.c.state.in_((WAITING, UNDER_WAY)), table.c.ready_at <= moment)


def due(session: Session, most: int = 20) -> list[Message]:
    """Messages to send now, those that wait longest first."""
    table = table_of(Outbox)
    rows = select(table).where(table.c.state == WAITING, table.c.ready_at <= now(session))
    found = session.connection().execute(rows.order_by(table.c.ready_at, table.c.id).limit(most)).mappings()
    return [Message(**row) for row in found]


def begin(session: Session, message: Message) -> bool:
    """Mark a message as under way, which is to be committed before it leaves. False: somebody else has it."""
    until = now(session) + UNDER_WAY_FOR
    return _changed(session, _waits(message), state=UNDER_WAY, attempts=message.attempts + 1, ready_at=until)


def drop(session: Session, message: Message) -> bool:
    """Delete a message that is not to be sent any more. False: somebody else has it."""
    return bool(session.connection().execute(delete(table_of(Outbox)).where(_waits(message))).rowcount)


def sent(session: Session, message: Message) -> bool:
    """A message was taken by the mail server: only that, and the day, are kept, and not what it said (of those of
    ONLY_ONCE not even to whom)."""
    today = now(session).date()
    done = {"sent_on": today, "ready_at": _day(session), "body": "", "error": ""}
    whom = _EMPTIED if message.kind in ONLY_ONCE else {}
    return _changed(session, _under_way(message), state=SENT, **done | whom)


def failed(session: Session, message: Message, error: str, *, for_good: bool = False) -> bool:
    """A message was surely not sent: it waits for its next try, or has failed after the fifth.

    for_good: another try would end the same (no such mailbox), or could send it twice. error: words fit to be shown.
    Of a message of ONLY_ONCE that has failed nothing stays but the error: nobody can try it again.
    """
    table = table_of(Outbox)
    attempts = session.connection().execute(select(table.c.attempts).where(table.c.id == message.id)).scalar_one()
    words = {"error": error[:_MOST_ERROR]}
    if for_good or attempts > len(BACK_OFF):
        words |= _EMPTIED if message.kind in ONLY_ONCE else {}
        return _changed(session, _under_way(message), state=FAILED, ready_at=_day(session), **words)
    later = now(session) + BACK_OFF[attempts - 1]
    return _changed(session, _under_way(message), state=WAITING, ready_at=later, **words)


def postpone(session: Session, wait: timedelta = BACK_OFF[0]) -> int:
    """Let all that is due wait, without counting a try: the server is away for all of them."""
    table, moment = table_of(Outbox), now(session)
    waiting = update(table).where(table.c.state == WAITING, table.c.ready_at <= moment)
    return session.connection().execute(waiting.values(ready_at=moment + wait)).rowcount


def close_lost(session: Session) -> int:
    """Give up messages that were left under way, since nobody knows whether they were sent. Returns how many."""
    table, moment = table_of(Outbox), now(session)
    return _give_up(session, and_(table.c.state == UNDER_WAY, table.c.ready_at <= moment), NOT_KNOWN)


def hold_back(session: Session) -> int:
    """Of a database that was restored: let nothing leave from here before `settle_here`, and give up what waits, since
    nobody knows here whether it was sent after the backup was made. Returns how many."""
    meta.set_number(session, _PLACE, _NOWHERE)
    return _give_up(session, table_of(Outbox).c.state.in_((WAITING, UNDER_WAY)), MAY_BE_SENT)


def _give_up(session: Session, which: ColumnElement[bool], error: str) -> int:
    table = table_of(Outbox)
    session.connection().execute(update(table).where(which, table.c.kind.in_(ONLY_ONCE)).values(_EMPTIED))
    closed = update(table).where(which).values(state=FAILED, error=error, ready_at=_day(session))
    return session.connection().execute(closed).rowcount


def forget_old(session: Session, day: date) -> int:
    """Delete what was sent, or failed, over KEEP days before a day: it names who was written to. Returns how many.

    What waits for over WAITS has failed, and nothing of it stays but the error.
    """
    table = table_of(Outbox)

    def before(days: timedelta) -> ColumnElement[bool]:
        return table.c.ready_at < datetime.combine(day - days, time(), UTC)

    over = delete(table).where(table.c.state.in_((SENT, FAILED)), before(KEEP))
    deleted = session.connection().execute(over).rowcount
    late = or_(before(WAITS), and_(table.c.kind.in_(ONLY_ONCE), before(WAITS_ONCE)))
    waited = and_(table.c.state == WAITING, late)
    _changed(session, waited, state=FAILED, error=TOO_LATE, ready_at=_day(session), **_EMPTIED)
    return deleted


def retry(session: Session, message_id: str) -> bool:
    """Send a message that failed after all. False: there is none failed of that id whose recipient is known still."""
    table = table_of(Outbox)
    which = and_(table.c.id == message_id, table.c.state == FAILED, table.c.recipient != "")
    return _changed(session, which, state=WAITING, attempts=0, ready_at=now(session))


def counts(session: Session) -> Mapping[str, int]:
    """How many messages there are by state; a state without any is left out."""
    table = table_of(Outbox)
    rows = session.connection().execute(select(table.c.state, func.count()).group_by(table.c.state))
    return {str(state): int(number) for state, number in rows}


def read_failed(session: Session, most: int = 200) -> list[Message]:
    """Messages that have failed, the latest day first."""
    table = table_of(Outbox)
    rows = select(table).where(table.c.state == FAILED).order_by(table.c.ready_at.desc(), table.c.id).limit(most)
    return [Message(**row) for row in session.connection().execute(rows).mappings()]


def is_at_home(session: Session) -> bool:
    """Whether messages may be sent from here: this database is the one that sent before, and not a copy of it.

    The first that asks makes its place the one to send from. After a move, `settle_here` says that it is meant.
    """
    here = _place(session)
    first = insert(session, Meta).values(name=_PLACE, value=here).on_conflict_do_nothing(index_elements=["name"])
    session.connection().execute(first)
    return meta.number(session, _PLACE) == here


def is_elsewhere(session: Session) -> bool:
    """Whether messages wait because this is a copy, or was moved (only looks; see is_at_home)."""
    known = meta.number(session, _PLACE)
    return known is not None and known != _place(session)


def settle_here(session: Session) -> None:
    """From now on messages are sent from this database, wherever they were sent from before."""
    meta.set_number(session, _PLACE, _place(session))


def _place(session: Session) -> int:
    """A number that a copy of the database does not share: of its file, or of its name and number on its server."""
    address = session.connection().engine.url
    if address.get_backend_name() == "sqlite":
        file = Path(address.database or "")
        what: tuple[Any, ...] = (str(file.resolve()), file.stat().st_ino if file.exists() else 0)
    else:
        number = session.connection().execute(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        what = (address.host, address.port, address.database, number.scalar_one())
    return crc32("|".join(map(str, what)).encode()) & 0x7FFFFFFF


def _waits(message: Message) -> ColumnElement[bool]:
    table = table_of(Outbox)
    return and_(table.c.id == message.id, table.c.state == WAITING, table.c.attempts == message.attempts)


def _under_way(message: Message) -> ColumnElement[bool]:
    table = table_of(Outbox)
    return and_(table.c.id == message.id, table.c.state == UNDER_WAY, table.c.attempts == message.attempts + 1)


def _day(session: Session) -> datetime:
    # What stays keeps its day only: it must not tell at what second something happened.
    return now(session).replace(hour=0, minute=0, second=0, microsecond=0)


def _changed(session: Session, which: ColumnElement[bool], **values: Any) -> bool:
    return bool(session.connection().execute(update(table_of(Outbox)).where(which).values(**values)).rowcount)
