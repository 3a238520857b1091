"""Who did what: a list that is only ever added to, each entry sealed with the one before under a key that lies outside
the database. There is no function here that changes or removes an entry, and none elsewhere.

Learners' own doings (answering, drafts, taking back by receipt) are not in it. Of the worker and of whoever is not
known only the day is kept, so that nothing here tells when somebody answered.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from hmac import compare_digest, digest
from types import MappingProxyType

from sqlalchemy import func, select
from sqlmodel import Session

from feedback.errors import FeedbackError
from feedback.policy import OPERATOR, WORKER, Actor, Subject
from feedback.store import meta
from feedback.store.clock import now
from feedback.store.inserting import table_of
from feedback.store.tables import Accounts, AuditEvents

SIGNED_IN, SIGNED_OUT, SIGN_IN_FAILED, REFUSED = "signed_in", "signed_out", "sign_in_failed", "refused"
SAW, EXPORTED = "saw", "exported"
SHOWED_ORIGINAL, SAW_ALARMS = "showed_original", "saw_alarms"
OPENED, CLOSED, EXTENDED = "opened", "closed", "extended"
INVITED, REMINDED, REVOKED = "invited", "reminded", "revoked"
CHANGED, REMOVED, IMPORTED, UNDONE = "changed", "removed", "imported", "undone"
RELEASED, REBUILT, ERASED = "released", "rebuilt", "erased"
MODERATED, RETENTION_SET, HELD, HOLD_LIFTED, NOTICE_CHANGED = "moderated", "retention_set", "held", "lifted", "notice"
BACKED_UP, RESTORED = "backed_up", "restored"
ACKNOWLEDGED = "acknowledged"
SAMPLE_LOADED, SAMPLE_REMOVED = "sample_loaded", "sample_removed"
JOB_RETRIED, JOB_DISCARDED, MAIL_SENT_AGAIN = "job_retried", "job_discarded", "mail_sent_again"
ACCOUNT_MADE, ACCOUNT_CHANGED, ROLE_GIVEN, ROLE_TAKEN = "account_made", "account_changed", "role_given", "role_taken"
DISABLED, ENABLED, SESSIONS_ENDED = "disabled", "enabled", "sessions_ended"
STATEMENT_SENT, STATEMENT_CONFIRMED, STATEMENT_REVOKED = "statement_sent", "statement_confirmed", "statement_revoked"
DECIDED, CONFLICT_DECLARED, POLICY_SET, REVIEW_SET = "decided", "conflict_declared", "policy_set", "review_set"
REVIEW_LINKED = "review_linked"
CORRECTED, TOPIC_SET, LEARNED, MODEL_CHOSEN = "corrected", "topic_set", "learned", "model_chosen"
ACTION_MADE, ACTION_CHANGED = "action_made", "action_changed"
ACTION_TOLD, ACTION_MEASURED = "action_told", "action_measured"
VERBS: Mapping[str, str] = MappingProxyType(
    {
        SIGNED_IN: "signed in",
        SIGNED_OUT: "signed out",
        SIGN_IN_FAILED: "failed to sign in",
        REFUSED: "was refused",
        SAW: "looked at",
        EXPORTED: "took as a file",
        SHOWED_ORIGINAL: "read a comment as it was written",
        SAW_ALARMS: "saw comments flagged for safety",
        OPENED: "opened a survey",
        CLOSED: "closed a survey",
        EXTENDED: "set another last day",
        INVITED: "invited",
        REMINDED: "reminded",
        REVOKED: "took links back",
        CHANGED: "changed the catalogue",
        REMOVED: "removed from the catalogue",
        IMPORTED: "brought a file in",
        UNDONE: "undid a change",
        RELEASED: "published answers",
        REBUILT: "counted anew",
        ERASED: "erased",
        MODERATED: "decided of a comment",
        RETENTION_SET: "set how long answers are kept",
        HELD: "held from erasure",
        HOLD_LIFTED: "lifted a hold",
        NOTICE_CHANGED: "changed what people are told",
        BACKED_UP: "backed up",
        RESTORED: "restored a backup",
        ACKNOWLEDGED: "took note that this list is broken",
        SAMPLE_LOADED: "loaded the sample",
        SAMPLE_REMOVED: "took the sample away",
        JOB_RETRIED: "tried a job again",
        JOB_DISCARDED: "threw a job away",
        MAIL_SENT_AGAIN: "sent a message again",
        ACCOUNT_MADE: "made an account",
        ACCOUNT_CHANGED: "changed an account",
        DISABLED: "disabled an account",
        ENABLED: "let an account in again",
        ROLE_GIVEN: "gave a role",
        ROLE_TAKEN: "took a role",
        SESSIONS_ENDED: "signed somebody out everywhere",
        STATEMENT_SENT: "sent a statement to be confirmed",
        STATEMENT_CONFIRMED: "confirmed a statement",
        STATEMENT_REVOKED: "took a statement back",
        DECIDED: "decided for the committee",
        CONFLICT_DECLARED: "declared an interest",
        POLICY_SET: "set a rule",
        REVIEW_SET: "set a review",
        REVIEW_LINKED: "took a link to a review",
        CORRECTED: "corrected what was read in a comment",
        TOPIC_SET: "set a topic",
        LEARNED: "learned from comments",
        MODEL_CHOSEN: "chose what reads comments",
        ACTION_MADE: "made an action",
        ACTION_CHANGED: "changed an action",
        ACTION_TOLD: "said what became of an action",
        ACTION_MEASURED: "measured what became of an action",
    }
)
"""What is recorded, in words for people."""

HEAD = "audit_head"
"""Under this name lies what says which entry is the last: whoever cuts the newest off cannot make it anew."""
BROKEN = "broken_before"
"""A detail of an entry that was made after others had been cut off."""
MOST_PROBLEMS = 20
MOST_TEXT = 300
_NEVER = frozenset(
    {"answer", "answers", "comment", "text", "token", "password", "secret", "receipt", "email", "address"}
)
_AT_ONCE = 1000
_LOCK = 0x61756469
"""PostgreSQL's advisory lock under which entries are added: the letters "audi"."""
_events, _accounts = table_of(AuditEvents), table_of(Accounts)


@dataclass(frozen=True)
class Event:
    """An entry. at: UTC, to the second, or to the day (see above). digest: 64 hexadecimal digits."""

    number: int
    at: datetime
    actor: str
    action: str
    about: str
    details: Mapping[str, object]
    digest: str

    @property
    def words(self) -> str:
        """What was done, in words."""
        return VERBS.get(self.action, self.action.replace("_", " "))

    @property
    def when(self) -> str:
        """When it was, in UTC: the second, or only the day where no more is kept."""
        return f"{self.at:%Y-%m-%d}" if self.at.time() == time() else f"{self.at:%Y-%m-%d %H:%M:%S}"

    @property
    def more(self) -> str:
        """The details in a line."""
        return "; ".join(f"{name.replace('_', ' ')}: {_said(value)}" for name, value in self.details.items())


@dataclass(frozen=True)
class Head:
    """The newest entry, to be noted elsewhere: number 0 and digest "" where there is none."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


def record(session: Session, actor: Actor, action: str, about: str | Subject, **details: object) -> int:
    """Add an entry in the transaction of what it records: both are kept, or neither. Returns its number.

    Call it last: others who record wait until the transaction ends. action: one of VERBS. about: what it was done to,
    as "credential:data-badge", "survey:spring", "page:comments". details: numbers and short words; a text is cut at 300
    characters and holds no control character. Raises FeedbackError for words whose name says they must not be here.
    """
    if wrong := sorted(name for name in _NEVER & details.keys() if not isinstance(details[name], int | None)):
        raise FeedbackError(f"{', '.join(wrong)}: what people said and what opens doors is not recorded.")
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last, key = head(session), _key(session)
    kept = {name: _plain(value) for name, value in details.items()}
    if not _is_last(session, key, last):
        kept[BROKEN] = True
    moment, place = _moment(now(session), actor), _plain_text(str(about))
    event = Event(last.number + 1, moment, actor.id, action, place, kept, "")
    sealed = _seal(key, last.digest, event)
    connection.execute(_events.insert().values(**{**vars(event), "digest": sealed}))
    meta.set_number(session, HEAD, _mark(key, Head(event.number, sealed)))
    return event.number


def record_once(session: Session, actor: Actor, action: str, about: str | Subject, **details: object) -> int | None:
    """Add an entry unless the same actor did the same to the same today. Returns its number; None: it was there."""
    day = datetime.combine(now(session).date(), time(), UTC)
    same = (
        select(_events.c.number)
        .where(_events.c.actor == actor.id, _events.c.action == action, _events.c.about == _plain_text(str(about)))
        .where(_events.c.at >= day)
    )
    if session.connection().execute(same.limit(1)).first() is not None:
        return None
    return record(session, actor, action, about, **details)


def head(session: Session) -> Head:
    """The newest entry."""
    newest = select(_events.c.number, _events.c.digest).order_by(_events.c.number.desc()).limit(1)
    found = session.connection().execute(newest).first()
    return Head(0, "") if found is None else Head(*found)


def read_events(
    session: Session,
    *,
    actors: Sequence[str] | None = None,
    action: str = "",
    about: str = "",
    since: date | None = None,
    until: date | None = None,
    before: int | None = None,
    most: int | None = None,
) -> list[Event]:
    """Entries, the newest first.

    actors: ids, None for all; about: a part of what it was done to; since, until: first and last day in UTC; before:
    only with lower numbers; most: so many at most.
    """
    wanted = select(_events).order_by(_events.c.number.desc())
    if actors is not None:
        wanted = wanted.where(_events.c.actor.in_(actors))
    if action:
        wanted = wanted.where(_events.c.action == action)
    if about:
        wanted = wanted.where(_events.c.about.contains(about, autoescape=True))
    if since is not None:
        wanted = wanted.where(_events.c.at >= datetime.combine(since, time(), UTC))
    if until is not None:
        wanted = wanted.where(_events.c.at <= datetime.combine(until, time.max, UTC))
    if before is not None:
        wanted = wanted.where(_events.c.number < before)
    return [Event(**row) for row in session.connection().execute(wanted.limit(most)).mappings()]


def actors_in(session: Session) -> list[str]:
    """The ids of all who did anything."""
    return list(session.connection().execute(select(_events.c.actor).distinct().order_by(_events.c.actor)).scalars())


def names(session: Session) -> dict[str, str]:
    """Whom an id in the list stands for, in words: accounts by name and address, and who has none."""
    rows = session.connection().execute(select(_accounts.c.id, _accounts.c.name, _accounts.c.email))
    known = {account: f"{name} ({email})" if name else email for account, name, email in rows}
    return {"": "nobody known", OPERATOR.id: OPERATOR.name, WORKER.id: WORKER.name, **known}


def what(event: Event, names: Mapping[str, str]) -> str:
    """What it was done to; an account by its name. names: see `names`."""
    kind, _, name = event.about.partition(":")
    return f"account:{names[name]}" if kind == "account" and name in names else event.about


def ids_of(session: Session, words: str) -> list[str]:
    """The ids of all whose id, name or address holds these words."""
    wanted = words.casefold()
    return [each for each, name in names(session).items() if each == words or wanted in name.casefold()]


def verify(session: Session, key: bytes | None = None, *, newest: int | None = None) -> list[str]:
    """What is wrong with the list, in words; nothing when it is whole.

    Found is every entry that was edited, removed, inserted or moved, and newest ones cut off, unless whoever did it has
    the key, or put the whole list back as it was at an earlier moment. At most twenty problems are told.
    newest: look at so many of the newest only. key: what entries are sealed with; None: the key of this database.
    Entries from before a restore whose key is lost,
    or before the operator took note of a broken list, are only counted.
    """
    key = _key(session) if key is None else key
    unsealed = _lost_before(session, key)
    problems: list[str] = []
    last = Head(0, "") if newest is None else _before(session, head(session).number - newest)
    for event in _in_order(session, last.number):
        problems += _wrong(event, last, key if event.number > unsealed else None)
        last = Head(event.number, event.digest)
        if len(problems) >= MOST_PROBLEMS:
            return problems[:MOST_PROBLEMS]
    if not _is_last(session, key, last):
        problems.append(f"audit: entry {last.number} is not the last that was made; newer ones were cut off.")
    return problems


def holds(session: Session, noted: Head) -> bool:
    """Whether an entry is there as it was noted elsewhere."""
    found = session.connection().execute(select(_events.c.digest).where(_events.c.number == noted.number)).scalar()
    return found is not None and compare_digest(found, noted.digest)


def key_from(secret: bytes) -> bytes:
    """The key of the list, from the key of the installation: of its own purpose, so that no other seal opens it."""
    return digest(secret, b"audit", "sha256")


def _key(session: Session) -> bytes:
    """The key of the database a session is of."""
    url = session.connection().engine.url.render_as_string(hide_password=False)
    return _key_at(url, os.environ.get("FEEDBACK_SECRET", ""))


@lru_cache(maxsize=8)
def _key_at(url: str, _secret: str) -> bytes:
    """The same, kept for each address and secret."""
    from feedback.settings import Settings, secret_key

    return key_from(secret_key(Settings(database_url=url)))


def _moment(moment: datetime, actor: Actor) -> datetime:
    """The second; of the worker and of nobody known the day."""
    if not actor.is_known or actor == WORKER:
        return moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return moment.replace(microsecond=0)


def _plain(value: object) -> object:
    """A detail as it is kept: numbers and words."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {_plain_text(str(name)): _plain(each) for name, each in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [_plain(each) for each in value]
    return _plain_text(str(value))


def _plain_text(given: str) -> str:
    """A text of one line, without what moves a cursor or cannot be kept."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in given[:MOST_TEXT])


def _said(value: object) -> str:
    """A detail in words."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_said(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    return str(value)


def _seal(key: bytes, before: str, event: Event) -> str:
    said = [event.number, event.at.isoformat(), event.actor, event.action, event.about, event.details]
    written = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return digest(key, f"{before}\n{written}".encode("utf-8", "surrogatepass"), "sha256").hex()


def _mark(key: bytes, newest: Head) -> int:
    """A number that only who has the key can make: 31 bits, as much as the table of numbers takes; never 0."""
    made = digest(key, f"head {newest.number} {newest.digest}".encode(), "sha256")
    return (int.from_bytes(made[:4], "big") & 0x7FFFFFFF) or 1


def _is_last(session: Session, key: bytes, last: Head) -> bool:
    """Whether an entry is the last that was made."""
    return (meta.number(session, HEAD) or 0) == (_mark(key, last) if last.number else 0)


def _before(session: Session, number: int) -> Head:
    """The last entry up to a number."""
    upto = select(_events.c.number, _events.c.digest).where(_events.c.number <= number)
    found = session.connection().execute(upto.order_by(_events.c.number.desc()).limit(1)).first()
    return Head(0, "") if found is None else Head(*found)


def _in_order(session: Session, after: int) -> Iterator[Event]:
    """All entries with higher numbers; what somebody put in below 1 comes with them."""
    ordered = select(_events).order_by(_events.c.number).execution_options(yield_per=_AT_ONCE)
    if after:
        ordered = ordered.where(_events.c.number > after)
    for row in session.connection().execute(ordered).mappings():
        yield Event(**row)


def _wrong(event: Event, last: Head, key: bytes | None) -> list[str]:
    """What is wrong with an entry after that one. key: None where its seal cannot be looked at."""
    problems = []
    if event.number != last.number + 1:
        problems.append(f"audit: entries {last.number + 1} to {event.number - 1} are missing before {event.number}.")
    if key is not None and not compare_digest(_seal(key, last.digest, event).encode(), event.digest.encode()):
        problems.append(f"audit: entry {event.number} is not as it was made, or what stood before it is not there.")
    if key is not None and event.details.get(BROKEN) is True and event.action not in (RESTORED, ACKNOWLEDGED):
        problems.append(f"audit: before entry {event.number} newer ones had been cut off.")
    return problems


def _lost_before(session: Session, key: bytes) -> int:
    """The last entry whose seal need not hold, as a later one says that is itself sealed with our key: a restore whose
    key is lost, or the operator's note that the list is broken. 0 for none."""
    said = [*read_events(session, action=RESTORED), *read_events(session, action=ACKNOWLEDGED)]
    for event in sorted(said, key=lambda each: -each.number):
        if event.action == ACKNOWLEDGED or event.details.get("another_key") is True:
            before = select(_events.c.digest).where(_events.c.number == event.number - 1)
            digest_before = session.connection().execute(before).scalar() or ""
            if compare_digest(_seal(key, digest_before, event).encode(), event.digest.encode()):
                return event.number - 1
    return 0
