"""Invitations: who may answer a survey, once. Nothing here leads to an answer, and no answer leads here."""

import hmac
import re
import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta

from orjson import loads
from sqlalchemy import Connection, Select, String, Text, Update, bindparam, cast, func, or_, select, update
from sqlmodel import Session

from feedback.errors import FeedbackError
from feedback.store.clock import now
from feedback.store.inserting import insert, table_of
from feedback.store.prepared import Prepared
from feedback.store.tables import InvitationLinks, Invitations, Surveys

NOT_YET = "0000-00-00"
"""The day on which an invitation was used that was not: as long as a day, so that its row stays where it is."""
ANSWER = "answer"
"""What a link is for, when it leads to a form."""
KEEP_DAYS = 30
"""So long after a survey's close it is known whom it asked."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
_CHUNK = 5000


@dataclass(frozen=True)
class Invitation:
    """An invitation as its row: see tables.Invitations. used_on: NOT_YET, or the day as 2026-03-01."""

    id: str
    survey: str
    contact: str | None
    recipient: str
    language: str
    about: Sequence[str]
    expires_on: date | None
    revoked_on: date | None
    used_on: str
    asked: int
    last_asked: date | None


@dataclass(frozen=True)
class Person:
    """Somebody to be invited. recipient: the address it is to be sent to, "" for none (a printed code).

    contact: the slug of an employer's contact. language: "" for what their browser asks for. about: credentials chosen
    for them.
    """

    recipient: str = ""
    contact: str | None = None
    language: str = ""
    about: Sequence[str] = ()


_COLUMNS = tuple(each.name for each in fields(Invitation))


def new_token() -> str:
    """What a link ends in: 192 random bits in 32 letters, safe in an address."""
    return secrets.token_urlsafe(24)


def is_token(text: str) -> bool:
    """Whether a text has the shape of a token. Says nothing of whether there is such a link."""
    return len(text) == 32 and _TOKEN.fullmatch(text) is not None


def link_hash(key: bytes, token: str, purpose: str = ANSWER) -> str:
    """What the database keeps of a link. A link made for one purpose opens no other door."""
    return hmac.digest(key, f"{purpose}:{token}".encode(), "sha256").hex()


def make(
    session: Session,
    survey_slug: str,
    people: Sequence[Person],
    *,
    key: bytes,
    expires_on: date | None = None,
    is_sample: bool = False,
) -> list[tuple[Invitation, str]]:
    """Invite people to a survey: an invitation each, with the token of its link, in the order of the people.

    The token is told here and never again. expires_on: the last day on which it may be used; None: as long as the
    survey takes answers. Raises FeedbackError when there is no such survey.
    """
    surveys = table_of(Surveys)
    if session.connection().execute(select(surveys.c.slug).where(surveys.c.slug == survey_slug)).first() is None:
        raise FeedbackError(f'There is no survey "{survey_slug}", so nobody can be invited to it.')
    made = [(_new(survey_slug, person, expires_on), new_token()) for person in people]
    rows = [_row(invitation, is_sample) for invitation, _ in made]
    links = [{"hash": link_hash(key, token), "invitation": invitation.id} for invitation, token in made]
    connection = session.connection()
    for start in range(0, len(made), _CHUNK):
        some = slice(start, start + _CHUNK)
        # By id: a list of people has an order, which is no business of the file's.
        connection.execute(insert(session, Invitations), sorted(rows, key=lambda row: str(row["id"]))[some])
    for start in range(0, len(links), _CHUNK):
        some = slice(start, start + _CHUNK)
        connection.execute(insert(session, InvitationLinks), sorted(links, key=lambda link: link["hash"])[some])
    return made


def _new(survey: str, person: Person, expires_on: date | None) -> Invitation:
    return Invitation(
        id=secrets.token_hex(16),
        survey=survey,
        contact=person.contact,
        recipient=person.recipient,
        language=person.language,
        about=list(person.about),
        expires_on=expires_on,
        revoked_on=None,
        used_on=NOT_YET,
        asked=0,
        last_asked=None,
    )


def _row(invitation: Invitation, is_sample: bool) -> dict[str, object]:
    return vars(invitation) | {"is_sample": is_sample}


def add_link(session: Session, invitation_id: str, *, key: bytes) -> str:
    """The token of one more link to an invitation, as a reminder needs it; those before stay good.

    Raises FeedbackError when there is no such invitation.
    """
    table, token = table_of(Invitations), new_token()
    if session.connection().execute(select(table.c.id).where(table.c.id == invitation_id)).first() is None:
        raise FeedbackError("There is no such invitation any more, so it needs no other link.")
    row = {"hash": link_hash(key, token), "invitation": invitation_id}
    session.connection().execute(insert(session, InvitationLinks), [row])
    return token


_INVITATION = select(*(table_of(Invitations).c[name] for name in _COLUMNS))


def _find() -> Select:
    """One row for every link, right or wrong: a row less would be a moment less, by which a wrong one could be told."""
    table, links = table_of(Invitations), table_of(InvitationLinks)
    asked = select(bindparam("hash", type_=String).label("hash")).subquery()
    led = asked.outerjoin(links, links.c.hash == asked.c.hash).outerjoin(table, table.c.id == links.c.invitation)
    return select(*(table.c[name] for name in _COLUMNS)).select_from(led)


_FOUND = Prepared(_find())


def find(where: Connection | Session, token: str, *, key: bytes) -> Invitation | None:
    """The invitation a link leads to, be it used, expired or revoked (see `is_good`); None when there is none.

    The work is the same for every text, right or wrong: one HMAC and one look.
    """
    found = {"hash": link_hash(key, token if is_token(token) else "")}
    connection = where.connection() if isinstance(where, Session) else where
    row = _FOUND.first(connection, found)
    assert row is not None  # the statement gives a row for every link
    invitation = Invitation(*row)
    return invitation if invitation.id is not None else None


def is_good(invitation: Invitation, today: date) -> bool:
    """Whether an invitation may be used: it was not, nobody took it back, and it has not expired."""
    in_time = invitation.expires_on is None or invitation.expires_on >= today
    return invitation.used_on == NOT_YET and invitation.revoked_on is None and in_time


def _use_up() -> Update:
    table = table_of(Invitations)
    of_survey = table.c.id == bindparam("invitation"), table.c.survey == bindparam("of_survey")
    in_time = or_(table.c.expires_on.is_(None), table.c.expires_on >= bindparam("day"))
    good = table.c.used_on == NOT_YET, table.c.revoked_on.is_(None), in_time
    return update(table).where(*of_survey, *good).values(used_on=bindparam("written"))


_USE = Prepared(_use_up())


def use(session: Session, invitation_id: str, survey_slug: str, day: date) -> bool:
    """Use an invitation up. False, and nothing is changed, where it is not a good one of this survey any more.

    To be called in the transaction that keeps the answer: of two at once, one is told False.
    """
    told = {"invitation": invitation_id, "of_survey": survey_slug, "day": day, "written": day.isoformat()}
    return _USE.change(session.connection(), told) == 1


def revoke(session: Session, survey_slug: str, ids: Collection[str] | None = None) -> int:
    """Take back invitations to a survey that nobody used: these, or all (None). Returns how many."""
    table, today = table_of(Invitations), now(session).date()
    unused = table.c.survey == survey_slug, table.c.used_on == NOT_YET, table.c.revoked_on.is_(None)
    taken_back = update(table).where(*unused).values(revoked_on=today)
    if ids is None:
        return session.connection().execute(taken_back).rowcount
    return sum(session.connection().execute(taken_back.where(table.c.id.in_(some))).rowcount for some in _pieces(ids))


def unanswered(session: Session, survey_slug: str) -> list[Invitation]:
    """The invitations to a survey that may still be used today by the database's clock: whom a reminder may reach."""
    table, today = table_of(Invitations), now(session).date()
    open_still = (
        table.c.survey == survey_slug,
        table.c.used_on == NOT_YET,
        table.c.revoked_on.is_(None),
        or_(table.c.expires_on.is_(None), table.c.expires_on >= today),
    )
    rows = session.connection().execute(_INVITATION.where(*open_still).order_by(table.c.id))
    return [Invitation(*row) for row in rows]


def note_asked(session: Session, ids: Collection[str], day: date) -> None:
    """Remember that one more message of each invitation goes out that day."""
    table = table_of(Invitations)
    for some in _pieces(ids):
        asked = update(table).where(table.c.id.in_(some)).values(asked=table.c.asked + 1, last_asked=day)
        session.connection().execute(asked)


def tally(session: Session, survey_slug: str) -> tuple[int, int, int]:
    """How many invitations to a survey were made, used, and taken back."""
    table = table_of(Invitations)
    used = func.count().filter(table.c.used_on != NOT_YET)
    taken_back = func.count().filter(table.c.revoked_on.is_not(None))
    counted = select(func.count(), used, taken_back).where(table.c.survey == survey_slug)
    return tuple(session.connection().execute(counted).one())  # type: ignore[return-value]


def invited_about(session: Session) -> dict[tuple[str, tuple[str, ...]], int]:
    """How many were ever invited, also who was taken back later, by survey and the credentials chosen for them (none
    where they are asked about all of the survey's)."""
    table = table_of(Invitations)
    about = cast(table.c.about, Text)
    counted = select(table.c.survey, about, func.count()).group_by(table.c.survey, about)
    found: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for survey, chosen, number in session.connection().execute(counted):
        found[survey, tuple(loads(chosen))] += number
    return dict(found)


def forget_recipients(session: Session, day: date, days: int = KEEP_DAYS) -> int:
    """Forget whom surveys asked that closed so many days or more before a day. Returns of how many invitations."""
    table, surveys = table_of(Invitations), table_of(Surveys)
    long_ago = datetime.combine(day - timedelta(days=days - 1), time(), UTC)
    over = select(surveys.c.slug).where(surveys.c.closes < long_ago)
    known = or_(table.c.recipient != "", table.c.contact.is_not(None))
    forgotten = update(table).where(table.c.survey.in_(over), known).values(recipient="", contact=None)
    return session.connection().execute(forgotten).rowcount


def _pieces(ids: Collection[str]) -> list[list[str]]:
    ordered = sorted(set(ids))
    return [ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK)]
