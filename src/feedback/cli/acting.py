"""Whom a command acts for: whoever holds the machine, who may do everything; with `--as`, an account and its roles."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any

from feedback.doors import COMMANDS
from feedback.errors import Problem, Refused
from feedback.policy import NOBODY, OPERATOR, WHOLE, Actor, Forbidden, Subject, can

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlmodel import Session

_WHO: ContextVar[Actor] = ContextVar("who", default=OPERATOR)
LOOKING = frozenset(
    {"account list", "actions", "audit", "calendar", "decisions", "notice show", "retention show", "surveys"}
)
"""Commands that only show something: what an account looks at by them is recorded, as of pages."""


def who() -> Actor:
    """Whom this command acts for."""
    return _WHO.get()


def act_as(email: str) -> None:
    """Act for an account from here on; "" for whoever holds the machine. Raises Refused for an account there is not."""
    _WHO.set(_account(email) if email else OPERATOR)


def guarded(name: str, command: Callable[..., Any]) -> Callable[..., Any]:
    """The command, which asks its door first. Raises KeyError for one that is not listed, Refused for who may not."""
    door = COMMANDS[name]

    @wraps(command)
    def asked_first(*given: Any, **named: Any) -> Any:
        if not door.opens(who()):
            raise Refused([Problem("--as", f"{who().name or 'this account'} may not use `feedback {name}`.")])
        if name in LOOKING and who() != OPERATOR:
            _saw(name)
        return command(*given, **named)

    return asked_first


def demand(engine: "Engine", action: str, credentials: Iterable[str] = (), programme: str = "") -> Actor:
    """Whom this command acts for, who may do this about each of the credentials, or the programme (neither: the
    institution). What is not there is not theirs either. Raises Forbidden."""
    if not allowed(engine, action, credentials, programme):
        raise Forbidden("There is nothing of that name here for this account.")
    return who()


def allowed(engine: "Engine", action: str, credentials: Iterable[str] = (), programme: str = "") -> bool:
    """The same as an answer."""
    if can(who(), action):
        return True
    from feedback.store.database import reading

    with reading(engine) as session:
        subjects = subjects_of(session)(credentials)
    return may(action, [Subject(programme)] if programme else subjects)


def may(action: str, subjects: Iterable[Subject]) -> bool:
    """Whether whom this command acts for may do this about each of the subjects."""
    return all(can(who(), action, subject) for subject in subjects)


def subjects_of(session: "Session") -> Callable[[Iterable[str]], list[Subject]]:
    """What makes slugs of credentials into what an action is about; none of them is the institution."""
    from feedback.store import catalogue

    programme_of = {each.slug: each.programme for each in catalogue.read_credentials(session)}
    return lambda slugs: [Subject(programme_of.get(slug, ""), slug) for slug in slugs] or [WHOLE]


@contextmanager
def _database() -> Iterator["Engine"]:
    """The database that is set, as it should be."""
    from feedback.settings import read_settings
    from feedback.store.database import open_database
    from feedback.store.migrate import migrate

    engine = open_database(read_settings().database_url)
    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()


def _saw(name: str) -> None:
    """Record, once a day, that an account looked at what a command shows."""
    from feedback.store import audit
    from feedback.store.database import transaction

    with _database() as engine, transaction(engine) as session:
        audit.record_once(session, who(), audit.SAW, f"command:{name}")


def _account(email: str) -> Actor:
    from feedback.store.accounts import read_account
    from feedback.store.database import reading

    with _database() as engine, reading(engine) as session:
        found = read_account(session, email)
    actor = found.actor if found else NOBODY
    if not actor.is_known:
        said = f"there is no account {email!r} that may come in. List them: feedback account list"
        raise Refused([Problem("--as", said)])
    return actor
