"""Keep what people answered: one document under a random key, once, with a receipt and without an author."""

import hmac
import re
import secrets
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, select, type_coerce
from sqlmodel import Session

from feedback.catalogue.values import Organisation
from feedback.errors import FeedbackError
from feedback.store.catalogue import keep_organisation
from feedback.store.clock import month_of
from feedback.store.columns import Instant, document_text
from feedback.store.inserting import insert, insert_many, insert_new, table_of
from feedback.store.prepared import Prepared
from feedback.store.tables import Credentials, Endorsements, Responses, Surveys, Waiting
from feedback.survey.setting import FOIL_PREFIX
from feedback.survey.submission import Submission

GRACE_MINUTES = 15
"""How long after a survey's close a form begun before it is still taken."""
ENDORSEMENT = "endorsement"
"""The record (see a question's `record`) that goes into a table of its own."""
PROFILE = "profile"
"""The record of who answers: organisation and role become columns of the response; nothing else of it is kept there."""

# Base 32 after Crockford: no I, L, O, U, so that a receipt can be read out and typed.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RECEIPT_LETTERS, _GROUP = 16, 4
_SECRET = re.compile(r"[A-Za-z0-9_-]{22,200}")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_CHUNK = 5000
_BATCH_DIGITS = 16
"""So many digits of the id of an endorsement that came with an import are those of the import's."""


class SurveyClosed(FeedbackError):
    """The survey does not take answers: not yet, or no more."""


@dataclass(frozen=True)
class Saved:
    """What was kept. receipt: shown once, to prove or withdraw by; repeated: it had been kept before."""

    receipt: str
    repeated: bool


@dataclass(frozen=True)
class StoredResponse:
    """A response as its row: what importers and the sample bring. key: 32 hex digits that say nothing of the person.

    notice: the version of the notice they were shown, in their language.
    """

    key: str
    survey: str
    instrument: str
    version: int
    language: str
    month: str
    about: list[str]
    answers: dict[str, object]
    organisation: str | None = None
    role: str | None = None
    receipt_hash: str | None = None
    batch: str | None = None
    notice: int | None = None
    is_sample: bool = False


_COLUMNS = tuple(each.name for each in fields(StoredResponse))
_WAITING = ("instrument", "credential", "response")


def new_secret() -> str:
    """A secret for a form that opens: 192 random bits, safe in an address. Key and receipt follow from it."""
    return secrets.token_urlsafe(24)


def response_key(secret: str) -> str:
    """The key a submission is kept under: 32 hex digits that only the secret leads to.

    Raises FeedbackError for a secret too short to be one (fewer than 22 letters, digits, - or _).
    """
    return _derive(secret, b"key")[:16].hex()


def receipt(secret: str) -> str:
    """The receipt of a submission: 80 bits in four groups, without letters that look alike.

    >>> receipt("0123456789abcdef0123456789abcdef")
    'R0W3-114Y-69AE-N0S4'
    """
    number = int.from_bytes(_derive(secret, b"receipt")[: _RECEIPT_LETTERS * 5 // 8], "big")
    letters = "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(_RECEIPT_LETTERS)))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _RECEIPT_LETTERS, _GROUP))


def receipt_hash(code: str) -> str:
    """SHA-256 of a receipt, however it was typed: case and hyphens don't matter, O is 0, I and L are 1."""
    typed = re.sub("[^0-9A-Z]", "", code.upper()).translate(str.maketrans("OIL", "011"))
    return sha256(typed.encode()).hexdigest()


def save_submission(
    session: Session,
    submission: Submission,
    *,
    secret: str,
    organisation: Organisation | None = None,
    role: str | None = None,
    is_sample: bool = False,
    month: str | None = None,
    notice: int | None = None,
    grace_minutes: int = GRACE_MINUTES,
) -> Saved:
    """Keep a checked submission, once: the same secret again changes nothing and gives the same receipt.

    organisation: whom an employer answers for, found by name or added. month: 'YYYY-MM'; by default the present one
    where the survey is at home. Nothing finer is kept, and of the receipt only a hash. Endorsements go into their own
    table, without the key; of a profile nothing is kept but `organisation` and `role` as given here. Raises
    SurveyClosed before the survey opens, and from grace_minutes after its close on; FeedbackError for answers to
    another instrument or version than the survey's, and for a record that has no place. What was kept waits for a
    release, and shows nowhere before.
    """
    key, code = response_key(secret), receipt(secret)
    try:
        window = _open_window(session, submission, timedelta(minutes=grace_minutes))
    except FeedbackError:
        if is_kept(session, key):
            return Saved(code, repeated=True)
        raise
    _refuse_unknown_records(submission)
    employer = keep_organisation(session, organisation, is_sample=is_sample) if organisation else None
    row = StoredResponse(
        key=key,
        survey=submission.survey,
        instrument=submission.instrument,
        version=submission.version,
        language=submission.language,
        month=_checked_month(month or month_of(window.moment, window.zone)),
        about=list(submission.about),
        answers=dict(submission.answers),
        organisation=employer,
        role=role,
        receipt_hash=receipt_hash(code),
        notice=notice,
        is_sample=is_sample,
    )
    connection = session.connection()
    if not _PUT.change(connection, vars(row)):
        return Saved(code, repeated=True)
    today = window.moment.astimezone(ZoneInfo(window.zone)).date()
    given = submission.records.get(ENDORSEMENT)
    if given:
        save_endorsements(session, endorsements_of(row, given, today))
    for place in _waiting(row):
        _WAIT.change(connection, dict(zip(_WAITING, place, strict=True)))
    return Saved(code, repeated=False)


def save_many(
    session: Session,
    rows: Sequence[StoredResponse],
    progress: Callable[[int, int], None] | None = None,
    *,
    batch: str | None = None,
) -> int:
    """Keep many responses, in the order of their keys; those there already stay as they are. Returns how many are new.

    Surveys and organisations they name must be there. progress: called with (done, of how many) now and then.
    batch: the id of the import that brings them, kept with waiting=True; they wait as a whole until `publish_batch`.
    Without one each waits by itself, as a submission does.
    """
    return save_in_order(session, sorted(rows, key=lambda row: row.key), len(rows), progress, batch=batch)


def save_in_order(
    session: Session,
    rows: Iterable[StoredResponse],
    total: int,
    progress: Callable[[int, int], None] | None = None,
    *,
    batch: str | None = None,
) -> int:
    """As `save_many`, of so many rows that come by key, so that few of them are in memory at once.

    In the order of the keys each lies next to the last in the file; in no order 200,000 took three times as long.
    """
    ordered, done, new = iter(rows), 0, 0
    while chunk := list(islice(ordered, _CHUNK)):
        waiting = [each for row in _alone(session, chunk, batch) for each in _waiting(row)]
        new += insert_many(session, Responses, _COLUMNS, _as_kept(chunk, batch))
        hold_back(session, waiting)
        done += len(chunk)
        if progress:
            progress(done, total)
    return new


def endorsements_of(response: StoredResponse, given: Mapping[str, str], today: date) -> list[dict[str, Any]]:
    """What whoever sent a response said about standing behind credentials, as rows of a table of its own.

    given: credential -> the option chosen. Dated today; where the response is of an earlier month, on its last day.
    """
    year, month = map(int, response.month.split("-"))
    told = {name: getattr(response, name) for name in ("survey", "organisation", "role", "is_sample")}
    told |= {"given_on": min(today, date(year, month, monthrange(year, month)[1]))}
    return [told | {"credential": credential, "answer": said} for credential, said in given.items()]


def save_endorsements(session: Session, rows: Sequence[Mapping[str, Any]], *, batch: str | None = None) -> None:
    """Keep endorsements, those of credentials that are in the catalogue: a foil is not, and nobody can stand behind it.

    batch: the import that brings them. Their ids begin as its own does, by which they can be taken back with it; no
    response can be told from them.
    """
    table, begin = table_of(Credentials), (batch or "")[:_BATCH_DIGITS]
    named = sorted({row["credential"] for row in rows})
    real = set(session.connection().execute(select(table.c.slug).where(table.c.slug.in_(named))).scalars())
    kept = [
        {**row, "id": begin + secrets.token_hex(16)[len(begin) :], "withdrawn_on": None}
        for row in rows
        if row["credential"] in real
    ]
    for start in range(0, len(kept), _CHUNK):
        session.connection().execute(insert(session, Endorsements), kept[start : start + _CHUNK])


def delete_endorsements(session: Session, batch: str) -> int:
    """Take back the endorsements an import brought, those withdrawn meanwhile, too. Returns how many."""
    table = table_of(Endorsements)
    begins = table.c.id.startswith(batch[:_BATCH_DIGITS], autoescape=True)
    return session.connection().execute(delete(table).where(begins)).rowcount


def keys_there(session: Session, keys: Sequence[str]) -> set[str]:
    """Which of the keys are kept already."""
    table, there = table_of(Responses), set[str]()
    for start in range(0, len(keys), _CHUNK):
        found = select(table.c.key).where(table.c.key.in_(keys[start : start + _CHUNK]))
        there |= set(session.connection().execute(found).scalars())
    return there


def is_kept(session: Session, key: str) -> bool:
    """Whether a response is kept under this key."""
    return _KEPT.first(session.connection(), {"key": key}) is not None


def delete_responses(session: Session, which: ColumnElement[bool]) -> int:
    """Delete responses, piece by piece, with what was read in their comments; the blocks are not touched."""
    table, gone = table_of(Responses), 0
    while True:
        some = select(table.c.key).where(which).order_by(table.c.key).limit(_CHUNK)
        keys = list(session.connection().execute(some).scalars())
        if keys:
            session.connection().execute(delete(table).where(table.c.key.in_(keys)))
        gone += len(keys)
        if len(keys) < _CHUNK:
            return gone


def units_of(about: Sequence[str], answers: Mapping[str, object]) -> list[str]:
    """Every credential a response may say something about: those it is about, "" (none), and foils.

    For an instrument about one credential "" is one too many; nothing will be found for it.
    """
    tables = [value for value in answers.values() if isinstance(value, Mapping)]
    foils = {name for value in tables for name in value if isinstance(name, str) and name.startswith(FOIL_PREFIX)}
    return sorted({"", *about, *foils})


def hold_back(session: Session, pairs: Iterable[tuple[str, str, str]]) -> None:
    """Let answers wait for a release by themselves. pairs: instrument, credential, response key."""
    insert_many(session, Waiting, _WAITING, list(pairs))


def _waiting(row: StoredResponse) -> list[tuple[str, str, str]]:
    return [(row.instrument, credential, row.key) for credential in units_of(row.about, row.answers)]


def _alone(session: Session, rows: Sequence[StoredResponse], batch: str | None) -> list[StoredResponse]:
    """Those not there yet that come with no import: each waits by itself."""
    single = {row.key: row for row in rows if (batch or row.batch) is None}
    there = keys_there(session, list(single))
    return [row for key, row in single.items() if key not in there]


def _as_kept(rows: Sequence[StoredResponse], batch: str | None) -> list[tuple[Any, ...]]:
    """Responses as the driver takes them, in the order of their fields. What several share is made into text once."""
    shared = {id(each): each for row in rows for each in (row.about, row.answers)}
    texts = {number: document_text(each) for number, each in shared.items()}
    for month in {row.month for row in rows}:
        _checked_month(month)
    kept = []
    for row in rows:
        who = (row.organisation, row.role, row.receipt_hash, batch or row.batch, row.notice, row.is_sample)
        what = (row.key, row.survey, row.instrument, row.version, row.language, row.month)
        kept.append((*what, texts[id(row.about)], texts[id(row.answers)], *who))
    return kept


def _derive(secret: str, purpose: bytes) -> bytes:
    if not _SECRET.fullmatch(secret):
        raise FeedbackError("The form has no secret of ours (22 to 200 letters, digits, - or _). Please open it again.")
    return hmac.digest(secret.encode(), purpose, "sha256")


def _checked_month(month: str) -> str:
    if not _MONTH.fullmatch(month):
        raise FeedbackError(f'The month "{month}" is not written as 2026-03; nothing finer than a month is kept.')
    return month


class _Window(NamedTuple):
    """What decides whether a survey takes an answer, and the moment by the database's clock."""

    instrument: str
    version: int
    opens: datetime
    closes: datetime | None
    zone: str
    moment: datetime


def _window() -> Select:
    table = table_of(Surveys)
    moment = type_coerce(func.current_timestamp(), Instant)
    asked = (table.c.instrument, table.c.version, table.c.opens, table.c.closes, table.c.zone, moment)
    return select(*asked).where(table.c.slug == bindparam("slug"))


_WINDOW = Prepared(_window())
_PUT = Prepared(lambda dialect: insert_new(dialect, Responses))
_WAIT = Prepared(lambda dialect: insert_new(dialect, Waiting))
_KEPT = Prepared(select(table_of(Responses).c.key).where(table_of(Responses).c.key == bindparam("key")))


def _open_window(session: Session, submission: Submission, grace: timedelta) -> _Window:
    """The survey's window, in which this answer comes. Raises what save_submission raises when it does not."""
    slug = submission.survey
    found = _WINDOW.first(session.connection(), {"slug": slug})
    if found is None:
        raise FeedbackError(f'There is no survey "{slug}".')
    survey = _Window(*found)
    if survey.instrument != submission.instrument:
        raise FeedbackError(f'The survey "{slug}" asks {survey.instrument}, not {submission.instrument}.')
    if survey.version != submission.version:
        raise FeedbackError(
            f'The survey "{slug}" was sent answers to version {submission.version} of {survey.instrument}; it '
            f"takes version {survey.version} only. Open the form again, or open a new survey for the other version."
        )
    if survey.moment < survey.opens:
        raise SurveyClosed(f"This survey opens at {survey.opens:%Y-%m-%d %H:%M} UTC. Nothing was saved.")
    if survey.closes is not None and survey.moment >= survey.closes + grace:
        raise SurveyClosed(f"This survey closed at {survey.closes:%Y-%m-%d %H:%M} UTC. Nothing was saved.")
    return survey


def _refuse_unknown_records(submission: Submission) -> None:
    unknown = sorted(set(submission.records) - {ENDORSEMENT, PROFILE})
    if unknown:
        raise FeedbackError(f'There is no place for the record "{unknown[0]}". Known: {ENDORSEMENT}, {PROFILE}.')
