"""What is told to everybody: what became of actions, and cards of credentials. A lead switches it on and takes it back.

What is shown here has passed the limits of public pages before it is kept; reading it counts nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, or_, select, update
from sqlmodel import Session

from feedback import policy
from feedback.catalogue.values.base import LONGEST_LONG_TEXT
from feedback.errors import Problem, Refused
from feedback.policy import Actor
from feedback.store import actions, audit
from feedback.store.action import Action
from feedback.store.clock import now
from feedback.store.committee import kept_text, subject_of, unknown
from feedback.store.inserting import insert, table_of
from feedback.store.tables import Actions, AskedAbout, Credentials, PublicCards, Tellings

LEARNERS, EMPLOYERS = "learners", "employers"
READERS = (LEARNERS, EMPLOYERS)
"""Whom words are for."""
Words = Mapping[str, Mapping[str, str]]
"""By reader, then by language."""
_T, _C, _A, _K = table_of(Tellings), table_of(PublicCards), table_of(Actions), table_of(Credentials)
_IS_ON = _C.c.since.is_not(None)
_ITS_OWN = {"label"}
"""Of what was found, what says nothing of people: its name in each language."""


@dataclass(frozen=True)
class Telling:
    """What is, or was, told of an action. The columns: see tables.Tellings."""

    action: str
    words: Words
    found: Mapping[str, Any]
    earlier: Sequence[Mapping[str, Any]]
    effect: Mapping[str, Any] | None
    write_from: date | None
    written_on: date | None
    by: str


@dataclass(frozen=True)
class Told:
    """One thing that is public: words by reader and language, what was found, how far it is, and what came of it (None
    while that is not known, or may not be told)."""

    action: str
    state: str
    on: date
    words: Words
    found: Mapping[str, Any]
    effect: Mapping[str, Any] | None


@dataclass(frozen=True)
class PublicPage:
    """What anybody may read of a credential. told: the newest first. has_card: whether its card is switched on; card:
    what it says, None while the worker has not finished it."""

    credential: str
    title: str
    issuer: str
    is_sample: bool
    told: tuple[Told, ...] = ()
    has_card: bool = False
    card: Mapping[str, Any] | None = None


# --- telling ----------------------------------------------------------------------------------------------------------


def publish(
    session: Session, by: Actor, action_id: str, words: Words, found: Mapping[str, Any], *, least: int
) -> Action:
    """Tell what became of an action, from now on, in these words; found: what is said beside them of what was found, at
    the limits of public pages, of which least is the smallest group.

    Raises Forbidden, and Refused without any words, where it is told already, and where what was found stands on too
    few, or on a few more or fewer than what was told of the same.
    """
    given = _checked(words)
    known = read_telling(session, action_id)
    held = [*known.earlier, known.found] if known is not None and known.found else list(known.earlier if known else ())
    earlier = [dict(each) for each in held if each != found]
    first = {reader: next(iter(given.get(reader, {}).values()), "") for reader in READERS}
    one = actions.set_words(session, by, action_id, first[LEARNERS], first[EMPLOYERS])
    _check_found(session, one.credential, found, least)
    told = actions.tell(session, by, action_id)
    row = {"words": given, "found": dict(found), "earlier": earlier, "effect": None, "by": by.id}
    new = insert(session, Tellings).values(action=action_id, write_from=None, written_on=None, **row)
    session.connection().execute(new.on_conflict_do_update(index_elements=["action"], set_=row))
    return told


def _check_found(session: Session, credential: str, found: Mapping[str, Any], least: int) -> None:
    """Raises Refused where it stands on too few, or so close to what was told of the same that few could be known."""
    people = found.get("people")
    if people is None:
        return
    if people < least:
        raise Refused([Problem("found", f"it stands on {people} people; a public page takes {least}.")])
    mark = ("of", "kind")
    same = [each for each in found_before(session, credential) if all(each.get(n) == found.get(n) for n in mark)]
    near = [each for each in same if abs(each["people"] - people) < least]
    if near and all(_numbers(each) != _numbers(found) for each in near):
        said = "other numbers of the same were told meanwhile, and so few have come or left since. Look at it again."
        raise Refused([Problem("found", said)])


def _numbers(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in _ITS_OWN}


def take_back(session: Session, by: Actor, action_id: str) -> Action:
    """Tell it no more; whom nobody has written to yet is not written to. What was written, and to whom it was asked to
    be, stays known, so that nobody gets it twice. Raises Forbidden."""
    told = actions.untell(session, by, action_id)
    unasked = update(_T).where(_T.c.action == action_id, _T.c.written_on.is_(None)).values(write_from=None)
    session.connection().execute(unasked)
    return told


def ask_to_write(session: Session, by: Actor, action_id: str) -> bool:
    """Have the worker write to those who want to hear of it. False, and nothing changes, where it is not told or was
    asked for before. Raises Forbidden."""
    one = actions.read_action(session, action_id)
    policy.demand(by, policy.ACT, [subject_of(session, one.credential)] if one else [])
    if one is None or one.told_on is None or one.is_sample:
        return False
    open_ones = (_T.c.action == action_id, _T.c.write_from.is_(None), _T.c.written_on.is_(None))
    asked = update(_T).where(*open_ones).values(write_from=now(session).date())
    if not session.connection().execute(asked).rowcount:
        return False
    audit.record(session, by, audit.ACTION_TOLD, subject_of(session, one.credential), id=one.id, what="by mail")
    return True


def note_written(session: Session, action_id: str) -> None:
    """Note that those who want to hear of it were written to: once and for good."""
    session.connection().execute(update(_T).where(_T.c.action == action_id).values(written_on=now(session).date()))


def note_effect(session: Session, action_id: str, effect: Mapping[str, Any]) -> None:
    """Keep what may be told of what came of an action."""
    session.connection().execute(update(_T).where(_T.c.action == action_id).values(effect=dict(effect)))


def _checked(words: Words) -> dict[str, dict[str, str]]:
    """The words as they are kept, without empty ones. Raises Refused with every problem."""
    problems: list[Problem] = []
    given = {
        reader: {
            language: kept_text(f"{reader}, {language}", text, LONGEST_LONG_TEXT, problems)
            for language, text in words.get(reader, {}).items()
            if text.strip()
        }
        for reader in READERS
    }
    if not any(given.values()):
        problems.append(Problem("words", "nothing is written yet for learners or employers."))
    if problems:
        raise Refused(problems)
    return {reader: said for reader, said in given.items() if said}


def keep_telling(session: Session, action_id: str, words: Words, by: str) -> None:
    """Keep what is told of an action as it is, without numbers, as the sample does."""
    row = {"action": action_id, "words": {reader: dict(said) for reader, said in words.items()}, "found": {}}
    empty: dict[str, Any] = {"earlier": [], "effect": None, "write_from": None, "written_on": None}
    session.connection().execute(insert(session, Tellings).values(**row, **empty, by=by))


# --- cards ------------------------------------------------------------------------------------------------------------


def switch_on(session: Session, by: Actor, credential: str) -> bool:
    """Let anybody see a credential's card. False where it is on already. Raises Forbidden, and Refused for a credential
    that is not there."""
    subject = subject_of(session, credential)
    policy.demand(by, policy.ACT, [subject])
    if problems := unknown(session, credential):
        raise Refused(problems)
    row = {"since": now(session).date(), "by": by.id, "document": None}
    new = insert(session, PublicCards).values(credential=credential, last=None, **row)
    again = new.on_conflict_do_update(index_elements=["credential"], set_=row, where=_C.c.since.is_(None))
    if session.connection().execute(again.returning(_C.c.credential)).first() is None:
        return False
    audit.record(session, by, audit.ACTION_TOLD, subject, what="card on")
    return True


def keep_switch(session: Session, credential: str, since: date, by: str) -> None:
    """Keep that a card is on as it is, as the sample does."""
    row = {"credential": credential, "since": since, "by": by, "document": None, "last": None}
    new = insert(session, PublicCards).values(row).on_conflict_do_nothing(index_elements=["credential"])
    session.connection().execute(new)


def switch_off(session: Session, by: Actor, credential: str) -> bool:
    """Show the card no more. False where it is off already. What it told last stays known: whoever switches it off and
    on again must not see few people come or leave. Raises Forbidden."""
    subject = subject_of(session, credential)
    policy.demand(by, policy.ACT, [subject])
    off = update(_C).where(_C.c.credential == credential, _IS_ON).values(since=None, document=None)
    if not session.connection().execute(off).rowcount:
        return False
    audit.record(session, by, audit.ACTION_TOLD, subject, what="card off")
    return True


def cards(session: Session) -> dict[str, Mapping[str, Any] | None]:
    """The cards that are on, by credential; None for one that is still to be finished."""
    wanted = select(_C.c.credential, _C.c.document).where(_IS_ON).order_by(_C.c.credential)
    return {row.credential: row.document for row in session.connection().execute(wanted)}


def last_told(session: Session) -> dict[str, Mapping[str, Any] | None]:
    """What each card told last, by credential, also of those that are off or say nothing; None for nothing yet."""
    return {row.credential: row.last for row in session.connection().execute(select(_C.c.credential, _C.c.last))}


def keep_card(
    session: Session, credential: str, document: Mapping[str, Any], last: Mapping[str, Any] | None = None
) -> None:
    """Keep what a card says from now on, and what the next is held against (None: as until now); nothing where it was
    switched off meanwhile."""
    kept = {"document": dict(document)} | ({} if last is None else {"last": dict(last)})
    session.connection().execute(update(_C).where(_C.c.credential == credential, _IS_ON).values(**kept))


# --- what is left to do -----------------------------------------------------------------------------------------------


def is_unfinished(session: Session) -> bool:
    """Whether a card has nothing to say yet, or an action that is told was measured since."""
    bare = select(exists().where(_C.c.document.is_(None), _IS_ON))
    measured = select(exists().where(*_newly_measured()).select_from(_T.join(_A, _A.c.id == _T.c.action)))
    return any(session.connection().execute(each).scalar_one() for each in (bare, measured))


def newly_measured(session: Session) -> list[Action]:
    """The actions that are told, were measured, and of which nothing is told of that."""
    wanted = select(_T.c.action).join(_A, _A.c.id == _T.c.action).where(*_newly_measured())
    found = (actions.read_action(session, each) for each in session.connection().execute(wanted).scalars().all())
    return [each for each in found if each is not None]


def words_to_write(session: Session, action_id: str) -> Words:
    """The words in which those who want to hear of an action are still to be written to; {} where they are not, as
    after it was taken back."""
    mine = _to_write().with_only_columns(_T.c.words).where(_T.c.action == action_id)
    found: Words | None = session.connection().execute(mine).scalar_one_or_none()
    return found or {}


def to_write(session: Session) -> list[Action]:
    """The actions of which those who want to hear are still to be written to; of the sample none."""
    wanted = _to_write()
    found = (actions.read_action(session, each) for each in session.connection().execute(wanted).scalars().all())
    return [each for each in found if each is not None]


def _to_write() -> Select[Any]:
    open_ones = (_T.c.write_from.is_not(None), _T.c.written_on.is_(None), _A.c.told_on.is_not(None))
    return select(_T.c.action).join(_A, _A.c.id == _T.c.action).where(*open_ones, ~_A.c.is_sample)


def _newly_measured() -> tuple[ColumnElement[bool], ...]:
    return _A.c.told_on.is_not(None), _A.c.effect.is_not(None), _T.c.effect.is_(None)


# --- reading ----------------------------------------------------------------------------------------------------------


def read_telling(session: Session, action_id: str) -> Telling | None:
    """What is, or was, told of an action; None where nothing ever was."""
    row = session.connection().execute(select(_T).where(_T.c.action == action_id)).mappings().first()
    return None if row is None else Telling(**row)


def found_before(session: Session, credential: str) -> list[Mapping[str, Any]]:
    """What was ever told of what was found about a credential, also of actions that are told no more; the oldest
    first."""
    wanted = select(_T.c.earlier, _T.c.found).join(_A, _A.c.id == _T.c.action).where(_A.c.credential == credential)
    rows = session.connection().execute(wanted.order_by(_A.c.id)).all()
    return [each for earlier, found in rows for each in (*earlier, found) if each]


def asked_about(session: Session, credential: str) -> set[str]:
    """The contacts who were ever asked about a credential."""
    table = table_of(AskedAbout)
    wanted = select(table.c.contact).where(table.c.credential == credential)
    return set(session.connection().execute(wanted).scalars())


def read_page(where: Connection | Session, credential: str) -> PublicPage | None:
    """What anybody may read of a credential; None where nothing is told and no card is on, as of one there is not."""
    return next(iter(_pages(where, [credential])), None)


def read_pages(where: Connection | Session, credentials: Collection[str] | None = None) -> list[PublicPage]:
    """The credentials with a page (of these, or of all), by title."""
    return sorted(_pages(where, credentials), key=lambda each: (each.title.casefold(), each.credential))


def _pages(where: Connection | Session, credentials: Collection[str] | None) -> list[PublicPage]:
    connection = where.connection() if isinstance(where, Session) else where
    told: dict[str, list[Told]] = {}
    for credential, *row in connection.execute(_only(_told(), _A.c.credential, credentials)):
        told.setdefault(credential, []).append(Told(*row))
    shown = or_(
        exists().where(_A.c.credential == _K.c.slug, _A.c.told_on.is_not(None), _T.c.action == _A.c.id),
        _IS_ON,
    )
    columns = (_K.c.slug, _K.c.title, _K.c.issuer, _K.c.is_sample, _C.c.since, _C.c.document)
    wanted = select(*columns).select_from(_K.outerjoin(_C, _C.c.credential == _K.c.slug)).where(shown)
    rows = connection.execute(_only(wanted, _K.c.slug, credentials))
    return [_page(row, tuple(told.get(row[0], ()))) for row in rows]


def _told() -> Select[Any]:
    columns = (_A.c.credential, _A.c.id, _A.c.state, _A.c.told_on, _T.c.words, _T.c.found, _T.c.effect)
    wanted = select(*columns).join(_T, _T.c.action == _A.c.id).where(_A.c.told_on.is_not(None))
    return wanted.order_by(_A.c.told_on.desc(), _A.c.id.desc())


def _only(wanted: Select[Any], column: ColumnElement[str], credentials: Collection[str] | None) -> Select[Any]:
    return wanted if credentials is None else wanted.where(column.in_(list(credentials)))


def _page(row: Row[Any], told: tuple[Told, ...]) -> PublicPage:
    slug, title, issuer, is_sample, on, card = tuple(row)
    held = MappingProxyType(card) if card is not None else None
    return PublicPage(slug, title, issuer or "", bool(is_sample), told, on is not None, held)
