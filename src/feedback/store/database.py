"""Reach the database, and surround one user action with one transaction. Two engines: SQLite and PostgreSQL."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlmodel import Session

from feedback.errors import FeedbackError
from feedback.store.columns import document_text
from feedback.store.sound import outside, refuse, refuse_broken

BUSY = "PRAGMA busy_timeout = 5000"
CACHE = "PRAGMA cache_size = -16000"
"""16 MB a connection: keys are random, so that an answer touches pages from all over the file."""
BUSY_SECONDS = 5
STATEMENT_MILLISECONDS = 15_000
LOCK_MILLISECONDS = 3000
# What a transaction is for, as an execution option (the name is ours); SQLite begins accordingly.
PURPOSE = "feedback_purpose"


class DatabaseUnreachable(FeedbackError):
    """The database cannot be reached, or its address cannot be understood."""


class DatabaseBusy(FeedbackError):
    """Somebody else held the database for too long. Nothing of this action was saved; it may be tried again."""


def open_database(url: str, *, patience: int | None = None) -> Engine:
    """Open the database at the address and make sure that it answers. Its folder is made when absent; no tables are.

    url: sqlite:///path or postgresql://user:password@host/name.
    SQLite is set to WAL, foreign keys, secure deletion and full synchronisation: what was committed survives a power
    cut, and what was deleted is overwritten. PostgreSQL gives up on a statement after 15 s. Errors of statements do not
    tell their parameters: what people answered is among them.
    patience: seconds to wait for others who write; None: what a visitor may be kept waiting, 5 (PostgreSQL: 3).
    Raises DatabaseUnreachable, whose message never holds the password, and Broken for a file that is no database, or
    whose log is gone.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise DatabaseUnreachable(
            "The database address cannot be read; write sqlite:///path or postgresql://user:password@host/name."
        ) from None
    shown = address.render_as_string(hide_password=True)
    try:
        sqlite = address.get_backend_name() == "sqlite"
        engine = _open_sqlite(address, patience) if sqlite else _open_postgresql(address, patience)
        with engine.connect():
            pass
    except (DBAPIError, OSError) as error:
        refuse_broken(address)
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise DatabaseUnreachable(f"The database {shown} cannot be reached: {reason}.") from None
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise DatabaseUnreachable(f"The database {shown} needs a driver that is not installed ({error}).") from None
    return engine


def _open_sqlite(address: URL, patience: int | None) -> Engine:
    if address.database and address.database != ":memory:" and not address.database.startswith("file:"):
        file = Path(address.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        refuse(file, outside(file))
    engine = create_engine(address, json_serializer=document_text, hide_parameters=True)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    if patience is not None:
        event.listen(engine, "connect", lambda found, _: found.execute(f"PRAGMA busy_timeout = {1000 * patience:d}"))
    return engine


def _open_postgresql(address: URL, patience: int | None) -> Engine:
    if address.get_backend_name() != "postgresql":
        raise DatabaseUnreachable(f"The database {address.get_backend_name()} is not known. Known: sqlite, postgresql.")
    lock = LOCK_MILLISECONDS if patience is None else 1000 * patience
    statement = max(STATEMENT_MILLISECONDS, lock)
    limits = f"-c statement_timeout={statement} -c lock_timeout={lock} -c timezone=UTC"
    options = " ".join(filter(None, (limits, str(address.query.get("options", "")))))
    query = {name: value for name, value in address.query.items() if name != "options"}
    return create_engine(
        address.set(drivername="postgresql+psycopg", query=query),
        json_serializer=document_text,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=5,
        connect_args={"options": options, "connect_timeout": int(str(query.get("connect_timeout", 10)))},
    )


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # None: Python begins no transaction by itself. We do (below), so that a failed migration leaves no table behind.
    connection.isolation_level = None
    for setting in (BUSY, CACHE, "PRAGMA foreign_keys = ON", "PRAGMA synchronous = FULL", "PRAGMA secure_delete = ON"):
        connection.execute(setting)
    _write_ahead(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL once. The switch does not wait for others who have the file open, so it is tried again."""
    until = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] not in ("wal", "memory"):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


_AT_FIRST = {"query_only": "OFF", "synchronous": "FULL"}
"""What a new connection is set to."""


def _begin_sqlite(connection: Connection) -> None:
    """Begin as the purpose asks for. By the driver's own connection: what SQLAlchemy adds would double the cost."""
    purpose = connection.get_execution_options().get(PURPOSE)
    if purpose == "looking":
        return
    driver, state = connection.connection.driver_connection, connection.info
    assert driver is not None
    begin = "BEGIN IMMEDIATE" if purpose in ("writing", "noting") else "BEGIN"
    wanted = {"query_only": "ON" if purpose == "reading" else "OFF", "synchronous": "FULL"}
    if purpose == "noting":
        wanted["synchronous"] = "NORMAL"
    try:
        for setting, value in wanted.items():
            if state.get(setting, _AT_FIRST[setting]) != value:
                driver.execute(f"PRAGMA {setting} = {value}")
                state[setting] = value
        driver.execute(begin)
    except sqlite3.Error as error:
        raise OperationalError(begin, None, error) from error


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One user action: all of it is kept at the end, or nothing when something is raised.

    On SQLite the right to write is taken at the start (BEGIN IMMEDIATE), so that it never fails half-way.
    Raises DatabaseBusy when somebody else writes for longer than 5 s (PostgreSQL: 3 s on one row).
    """
    with _session(_for(engine, "writing")) as session:
        yield session


@contextmanager
def lean_transaction(engine: Engine, *, lasting: bool = True) -> Iterator[Session]:
    """As transaction, at half the cost, for where people wait: it takes statements, and knows nothing of objects.

    lasting: False for what a power cut may take back (SQLite: it is handed to the system and not waited for). Whatever
    happens to our processes, it stays.
    """
    with _busy_in_words(), _for(engine, "writing" if lasting else "noting").begin() as connection:
        yield _Lean(connection)


class _Lean(Session):
    """A session that is nothing but its connection."""

    def __init__(self, connection: Connection) -> None:
        self._only = connection

    def connection(self, *_: Any, **__: Any) -> Connection:
        return self._only

    def get_bind(self, *_: Any, **__: Any) -> Connection:
        return self._only


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A look at the database as it was at one moment, whatever is written meanwhile. Writing in it is an error."""
    with _session(_for(engine, "reading")) as session:
        yield session


@contextmanager
def looking(engine: Engine) -> Iterator[Connection]:
    """A connection for single looks, each at the database as it is then, without a transaction around them: what costs
    least. Not for writing."""
    with _for(engine, "looking").connect() as connection:
        yield connection


@lru_cache(maxsize=64)
def _for(engine: Engine, purpose: str) -> Engine:
    """The engine for one purpose: writing, reading (one moment throughout), or looking."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{PURPOSE: purpose})
    options: dict[str, dict[str, Any]] = {
        "reading": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        "looking": {"isolation_level": "AUTOCOMMIT"},
    }
    return engine.execution_options(**{PURPOSE: purpose}, **options.get(purpose, {}))


@contextmanager
def _session(engine: Engine) -> Iterator[Session]:
    with _busy_in_words(), Session(engine, expire_on_commit=False) as session, session.begin():
        session.connection()  # now, not at the first statement: the lock or the moment is taken here
        yield session


@contextmanager
def _busy_in_words() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if _is_busy(error.orig):
            raise DatabaseBusy("The database is busy, so nothing was saved. Please try again in a moment.") from error
        raise


def _is_busy(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    # 55P03 lock_not_available, 40P01 deadlock_detected, 40001 serialization_failure (PostgreSQL manual, appendix A).
    return getattr(error, "sqlstate", None) in ("55P03", "40P01", "40001")
