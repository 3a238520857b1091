"""Whom we may write to: how often anybody was asked, who refused, and addresses left for one message.

An address is known here by its hash alone (HMAC-SHA256 under the key outside the database), but for those somebody left
on purpose. Nothing here tells who answered.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from hashlib import sha256
from hmac import compare_digest, digest
from types import MappingProxyType

from sqlalchemy import and_, delete, func, or_, select
from sqlmodel import Session

from feedback.store import meta
from feedback.store.clock import now
from feedback.store.inserting import MOST_VALUES, insert, table_of
from feedback.store.invitations import NOT_YET, Invitation, is_good
from feedback.store.opening import day_in
from feedback.store.surveys import CLOSED, read_survey, state_of
from feedback.store.tables import AskedAbout, Askings, Invitations, KeptAddresses, Refusals

FOLLOW_UP, REFERRAL, NEWS = "follow_up", "referral", "news"
QUESTIONNAIRES: Mapping[str, str] = MappingProxyType({FOLLOW_UP: "six_months", REFERRAL: "employer"})
"""What an address was left for, and the questionnaire that it is asked with; NEWS asks nothing."""
OFFERED_AFTER = ("learner",)
"""The questionnaires after which people are offered to leave an address: those of people who finished."""
BETWEEN_REMINDERS = timedelta(days=4)
MOST_REMINDERS = 2
"""So many reminders follow the invitation to a survey, and no more."""
KEPT_PAST_DUE = timedelta(days=45)
"""An address that could not be written to for so long after it was due is deleted without a message."""
MOST_WAITING = 1000
"""So many addresses wait at most for one kind of message about a credential: whoever finds the form can leave one."""
_YEAR = timedelta(days=365)
_MARK = 16


@dataclass(frozen=True)
class KeptAddress:
    """An address left for one message. The columns: see tables.KeptAddresses."""

    id: str
    purpose: str
    address: str
    language: str
    credential: str
    due_on: date
    is_sample: bool


def recipient_hash(key: bytes, address: str) -> str:
    """What an address is known by: the same however its letters are cased, and for spaces around it.

    >>> recipient_hash(b"key", " Ann@Example.org") == recipient_hash(b"key", "ann@example.org")
    True
    """
    return digest(key, b"recipient:" + address.strip().casefold().encode("utf-8", "replace"), sha256).hex()


def stop_token(key: bytes, recipient: str) -> str:
    """What the link "do not write to me again" carries: the hash of the recipient and a proof that it is from us. No
    table knows it, and it leads to no address."""
    known = bytes.fromhex(recipient)
    return urlsafe_b64encode(known + _proof(key, known)).decode()


def recipient_of(key: bytes, token: str) -> str | None:
    """The hash of the recipient whose stop token it is; None for any other text."""
    try:
        held = urlsafe_b64decode(token.encode("ascii"))
    except ValueError:
        return None
    known, proof = held[:32], held[32:]
    return known.hex() if len(known) == 32 and compare_digest(proof, _proof(key, known)) else None


def stop_address(public_url: str, key: bytes, address: str) -> str:
    """Where whoever reads mail at the address can say that they want no more of it."""
    return f"{public_url.rstrip('/')}/u/{stop_token(key, recipient_hash(key, address))}"


def lock(session: Session) -> None:
    """Be the only one who decides whom to write to, until the transaction ends: so that nobody is asked twice."""
    meta.bump(session, "asking")


def may_ask(
    session: Session,
    hashes: Collection[str],
    day: date,
    *,
    asks_a_year: int,
    days_between: int,
    survey: str,
    anew: Collection[str] = (),
) -> set[str]:
    """Those of them who may be written to about a survey on that day.

    Whoever refused is not; nor who was written to `asks_a_year` times within a year, or about another survey less than
    `days_between` days ago. About the same survey one invitation and MOST_REMINDERS reminders may go out, the next at
    least BETWEEN_REMINDERS after the last. anew: those whose invitation to it was taken back; what they were written
    about it counts for the year alone.
    """
    table = table_of(Askings)
    asked = select(table.c.recipient, table.c.survey, func.count(), func.max(table.c.asked_on))
    recent = asked.where(table.c.asked_on > day - _YEAR).group_by(table.c.recipient, table.c.survey)
    often: dict[str, int] = dict.fromkeys(hashes, 0)
    resting = refused(session, hashes)
    for piece in _pieces(often):
        for recipient, about, times, last in session.connection().execute(recent.where(table.c.recipient.in_(piece))):
            often[recipient] += times
            rest = BETWEEN_REMINDERS if about == survey else timedelta(days=days_between)
            if about == survey and recipient in anew:
                continue
            if day - last < rest or (about == survey and times > MOST_REMINDERS):
                resting.add(recipient)
    return {recipient for recipient, times in often.items() if times < asks_a_year and recipient not in resting}


def asked_for(session: Session, hashes: Collection[str], survey: str) -> set[str]:
    """Those of them who were written to about a survey."""
    table, found = table_of(Askings), set[str]()
    for piece in _pieces(hashes):
        rows = select(table.c.recipient).where(table.c.survey == survey, table.c.recipient.in_(piece))
        found |= set(session.connection().execute(rows).scalars())
    return found


def taken_back(session: Session, survey: str, addresses: Collection[str]) -> set[str]:
    """Those of these addresses (in lower case) that were invited to a survey, and every invitation was taken back."""
    table, found = table_of(Invitations), set[str]()
    address = func.lower(func.trim(table.c.recipient))
    every = func.count(table.c.revoked_on) == func.count()
    for piece in _pieces(addresses):
        rows = select(address).where(table.c.survey == survey, address.in_(piece)).group_by(address).having(every)
        found |= set(session.connection().execute(rows).scalars())
    return found


def is_awaited(session: Session, invitation_id: str) -> bool:
    """Whether an answer to an invitation is waited for still: it is a good one, and its survey has not closed."""
    table = table_of(Invitations)
    wanted = select(*(table.c[each.name] for each in fields(Invitation))).where(table.c.id == invitation_id)
    row = session.connection().execute(wanted).one_or_none()
    if row is None or (survey := read_survey(session, row.survey)) is None:
        return False
    moment = now(session)
    return state_of(survey, moment) != CLOSED and is_good(Invitation(*row), day_in(moment, survey.zone))


def answered(session: Session, survey: str, day: date) -> tuple[int, int]:
    """How many of those invited by message had answered before a day, and how many did on it or after."""
    table, today = table_of(Invitations), day.isoformat()
    before = func.count().filter(table.c.used_on < today)
    used = select(before, func.count()).where(
        table.c.survey == survey, table.c.recipient != "", table.c.asked > 0, table.c.used_on != NOT_YET
    )
    earlier, every = session.connection().execute(used).one()
    return earlier, every - earlier


def note(session: Session, hashes: Collection[str], survey: str, day: date) -> None:
    """Note that they were written to about a survey; in an order that tells nothing."""
    rows = [
        {"id": secrets.token_hex(16), "recipient": recipient, "survey": survey, "asked_on": day} for recipient in hashes
    ]
    if rows:
        session.connection().execute(insert(session, Askings), sorted(rows, key=lambda row: str(row["id"])))


def forget_old(session: Session, day: date) -> int:
    """Delete what no rule asks for any more: that somebody was written to over a year ago. Returns how often."""
    table = table_of(Askings)
    return session.connection().execute(delete(table).where(table.c.asked_on <= day - _YEAR)).rowcount


def refuse(session: Session, recipient: str, day: date) -> None:
    """Never write to this recipient (a hash) again. What was said before stays said."""
    row = {"recipient": recipient, "refused_on": day}
    session.connection().execute(insert(session, Refusals).values(row).on_conflict_do_nothing())


def is_refused(session: Session, recipient: str) -> bool:
    """Whether this recipient (a hash) asked not to be written to again."""
    return bool(refused(session, [recipient]))


def refused(session: Session, hashes: Collection[str]) -> set[str]:
    """Those of them who asked not to be written to again."""
    table, found = table_of(Refusals), set[str]()
    for piece in _pieces(hashes):
        rows = select(table.c.recipient).where(table.c.recipient.in_(piece))
        found |= set(session.connection().execute(rows).scalars())
    return found


def keep_address(
    session: Session,
    purpose: str,
    address: str,
    language: str,
    credential: str,
    due_on: date,
) -> None:
    """Keep an address for one message. One that waits already for the same is kept once, and on its first day.

    purpose: FOLLOW_UP, REFERRAL or NEWS. credential: the slug of what it is about. due_on: of NEWS the last day it is
    kept. See `is_full`.
    """
    table = table_of(KeptAddresses)
    address = address.strip()
    same = select(table.c.address).where(table.c.purpose == purpose, table.c.credential == credential)
    if any(known.casefold() == address.casefold() for known in session.connection().execute(same).scalars()):
        return
    row = {
        "id": secrets.token_hex(16),
        "purpose": purpose,
        "address": address,
        "language": language,
        "credential": credential,
        "due_on": due_on,
        "is_sample": False,
    }
    session.connection().execute(insert(session, KeptAddresses).values(row))


def is_full(session: Session, purpose: str, credential: str) -> bool:
    """Whether MOST_WAITING addresses wait already: then none is taken, known or not, so that nobody can tell which."""
    table = table_of(KeptAddresses)
    waiting = select(func.count()).where(table.c.purpose == purpose, table.c.credential == credential)
    return session.connection().execute(waiting).scalar_one() >= MOST_WAITING


def due_addresses(session: Session, day: date) -> list[KeptAddress]:
    """Addresses to be asked something by that day, in no order that means anything."""
    table = table_of(KeptAddresses)
    rows = select(table).where(table.c.due_on <= day, table.c.purpose != NEWS).order_by(table.c.id)
    return [KeptAddress(**row) for row in session.connection().execute(rows).mappings()]


def waiting_to_hear(session: Session, credential: str) -> list[KeptAddress]:
    """Addresses left to be told once when something is changed about a credential, in no order that means anything."""
    table = table_of(KeptAddresses)
    mine = (table.c.purpose == NEWS, table.c.credential == credential, ~table.c.is_sample)
    rows = select(table).where(*mine).order_by(table.c.id)
    return [KeptAddress(**row) for row in session.connection().execute(rows).mappings()]


def forget_address(session: Session, address_id: str) -> bool:
    """Delete an address that was kept. False: it is gone already."""
    table = table_of(KeptAddresses)
    return bool(session.connection().execute(delete(table).where(table.c.id == address_id)).rowcount)


def forget_overdue(session: Session, day: date) -> int:
    """Delete addresses that could not be written to for KEPT_PAST_DUE after they were due, and those left for news of
    which there was none by then. Returns how many."""
    table = table_of(KeptAddresses)
    without_news = and_(table.c.purpose == NEWS, table.c.due_on < day)
    over = delete(table).where(or_(table.c.due_on < day - KEPT_PAST_DUE, without_news))
    return session.connection().execute(over).rowcount


def note_about(session: Session, contact: str, credentials: Sequence[str], day: date) -> None:
    """Note that a contact was asked about credentials, so that next time it is the turn of others."""
    rows = [
        {"contact": contact, "credential": credential, "asked_on": day} for credential in dict.fromkeys(credentials)
    ]
    if rows:
        new = insert(session, AskedAbout)
        again = new.on_conflict_do_update(
            index_elements=["contact", "credential"], set_={"asked_on": new.excluded.asked_on}
        )
        session.connection().execute(again, rows)


def asked_about(session: Session, contact: str) -> dict[str, date]:
    """The credentials a contact was asked about, each with the day it last was."""
    table = table_of(AskedAbout)
    rows = select(table.c.credential, table.c.asked_on).where(table.c.contact == contact)
    return dict(session.connection().execute(rows).all())


def asked_since(session: Session, day: date) -> dict[str, set[str]]:
    """Who was asked about each credential on that day or later: contacts, by the credential's slug."""
    table = table_of(AskedAbout)
    rows = select(table.c.credential, table.c.contact).where(table.c.asked_on >= day)
    found: dict[str, set[str]] = {}
    for credential, contact in session.connection().execute(rows):
        found.setdefault(credential, set()).add(contact)
    return found


def _proof(key: bytes, recipient: bytes) -> bytes:
    return digest(key, b"stop:" + recipient, sha256)[:_MARK]


def _pieces(hashes: Collection[str]) -> Iterator[list[str]]:
    every = sorted(set(hashes))
    return (every[start : start + MOST_VALUES] for start in range(0, len(every), MOST_VALUES))
