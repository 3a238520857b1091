"""A whole database as one file, taken at one moment while others write; and a database made of such a file.

SQLite copies itself (VACUUM INTO): rows lie by their keys in the copy, and nothing deleted comes along, so that it
tells of no order. PostgreSQL is left to pg_dump, and to the SQL that pg_restore makes of it; the file has no room for
old versions of rows, but its rows lie as in the database, so `shuffling.shuffle` goes before.
"""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from sqlalchemy import (
    Connection,
    Engine,
    NullPool,
    Select,
    Text,
    cast,
    create_engine,
    func,
    inspect,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from feedback.errors import FeedbackError, Problem, Refused
from feedback.store import accounts, jobs, outbox
from feedback.store.database import open_database, reading, transaction
from feedback.store.endorsements import keep_unsaid, read_unsaid
from feedback.store.erased import keep_erased, read_erased
from feedback.store.inserting import insert, table_of
from feedback.store.migrate import bring_up, migrate, schema_state
from feedback.store.receipts import SOON, WITHDRAW
from feedback.store.tables import Refusals, metadata

REVISION = "alembic_version"
OURS = frozenset(metadata.tables) | {REVISION}
_OF_A_NEW_ONE = {REVISION, "credential_kinds", "meta"}
"""The tables in which a database has rows that was only just made."""
_PATIENCE = 60
_ALONE = 5
"""Seconds in which others must have let go of a database that is to be replaced."""
_AT_ONCE = 1000
_WHOLE = 1 << 256


@dataclass(frozen=True)
class Measured:
    """How many rows a table has, and their digest: 64 hexadecimal digits, the same in whatever order they lie."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Contents:
    """What a database holds. kind: "sqlite" or "postgresql"; revision: of its tables; tables: by name, all of them."""

    kind: str
    revision: str
    tables: Mapping[str, Measured]


@dataclass(frozen=True)
class Loaded:
    """What a restore did. older: its tables were brought to today's; held: so many messages that waited will not be
    sent by themselves; leaving: so many responses that were erased since are to be erased again, by the worker;
    disabled, taken: so many accounts were disabled, and so many roles taken, as they had been since."""

    older: bool
    held: int
    leaving: int = 0
    disabled: int = 0
    taken: int = 0


@dataclass(frozen=True)
class _Asked:
    """What holds whatever is restored. erased: see erased.read_erased; unsaid: see endorsements.read_unsaid; refusals:
    rows; standings: see accounts.let_nobody_back_in."""

    erased: dict[str, int]
    unsaid: dict[str, int]
    refusals: Sequence[dict[str, Any]]
    standings: Mapping[str, accounts.Standing]


def dump(engine: Engine, file: Path) -> Contents:
    """Write the whole database into a new file. Returns what it holds, as it was at one moment.

    Nobody who writes has to wait. Raises FeedbackError when it cannot be written, or is not whole, and Refused where
    PostgreSQL's programs are missing; a file left then is to be thrown away.
    """
    if engine.dialect.name == "sqlite":
        return _dump_sqlite(engine, file)
    return _dump_postgresql(engine, file)


def load(engine: Engine, file: Path, expected: Contents) -> Loaded:
    """Put what a file of `dump` holds in place of everything in the database, bring it to today's tables, and hold back
    the messages that wait in it.

    What people asked for stays, as far as the database knows of it: responses erased since are erased again,
    statements taken back stay so, and who asked not to be written to is not. Nobody is signed in, and who was shut out
    since is. The file is not what it was afterwards.
    expected: what it must hold; compared row by row. Raises Refused when it holds anything else, is broken, or others
    use the database. Nothing has changed then, nor when the process is killed before the end.
    """
    if engine.dialect.name == "sqlite":
        return _load_sqlite(engine, file, expected)
    return _load_postgresql(engine, file, expected)


def measure(connection: Connection) -> Contents:
    """Count and digest every row there is: for both the same, whatever was done to their order."""
    names = sorted(inspect(connection).get_table_names())
    revisions: Select[str] = select(literal_column("version_num")).select_from(table(REVISION))
    revision = ",".join(sorted(connection.execute(revisions).scalars())) if REVISION in names else ""
    return Contents(connection.dialect.name, revision, {name: _measured(connection, name) for name in names})


def stands_empty(engine: Engine) -> bool:
    """Whether a database has nothing in it but what a new one has.

    Raises Refused when it holds tables of somebody else's, or of a newer version: those would be lost.
    """
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
        strange = sorted(names - OURS)
        if strange:
            said = f"it holds tables that are not ours ({', '.join(strange[:5])}). Give it a database of its own."
            raise Refused([Problem("database", said)])
        held = (select(func.count()).select_from(table(name)) for name in names - _OF_A_NEW_ONE)
        return not any(connection.execute(each).scalar_one() for each in held)


def refuse_others(engine: Engine) -> None:
    """Raise Refused while anybody else has the database open."""
    engine.dispose()
    if engine.dialect.name == "sqlite":
        with _sqlite(engine) as driver:
            _be_alone(driver)
        return
    with engine.begin() as connection:
        _be_alone_on_server(connection)


def _measured(connection: Connection, name: str) -> Measured:
    whole = table(name).alias("whole")
    if connection.dialect.name == "sqlite":
        rows = select(text("*")).select_from(whole)
    else:
        rows = select(cast(literal_column("whole"), Text)).select_from(whole)
    count = total = 0
    for row in connection.execute(rows, execution_options={"stream_results": True, "yield_per": _AT_ONCE}):
        count += 1
        total += int.from_bytes(sha256(repr(tuple(row)).encode("utf-8", "surrogatepass")).digest(), "big")
    return Measured(count, f"{total % _WHOLE:064x}")


def _compare(found: Contents, expected: Contents) -> None:
    """Raises Refused with every table that is not what it must be."""
    none = Measured(0, "")
    problems = []
    for name in sorted(set(found.tables) | set(expected.tables)):
        here, said = found.tables.get(name, none), expected.tables.get(name, none)
        if here != said:
            words = f"it holds {here.rows:,} rows; {said.rows:,} were backed up, and not the same. Take another backup."
            problems.append(Problem(f"table {name}", words))
    if found.revision != expected.revision:
        problems.append(Problem("schema", f"it is {found.revision!r}; the backup says {expected.revision!r}."))
    if problems:
        raise Refused(problems)


# SQLite


@contextmanager
def _sqlite(engine: Engine) -> Iterator[sqlite3.Connection]:
    """A connection of its own to the database of an engine, with the driver's own words."""
    own = open_database(engine.url.render_as_string(hide_password=False), patience=_PATIENCE)
    try:
        with closing(own.raw_connection()) as raw:
            driver = raw.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            yield driver
    finally:
        own.dispose()


def _dump_sqlite(engine: Engine, file: Path) -> Contents:
    try:
        with _sqlite(engine) as driver:
            driver.execute("VACUUM INTO ?", (str(file),))
        return _look_into(file)
    except sqlite3.Error as error:
        raise FeedbackError(f"The backup could not be written: {error}.") from error


def _look_into(file: Path) -> Contents:
    """What a file of SQLite's holds. Raises Refused when it is broken, or holds more than tables and indexes."""
    own = create_engine("sqlite://", creator=lambda: sqlite3.connect(file), poolclass=NullPool)
    try:
        with own.connect() as connection:
            broken = connection.exec_driver_sql("PRAGMA integrity_check(5)").scalars().all()
            if broken != ["ok"]:
                raise Refused([Problem("backup", f"its database is broken ({'; '.join(map(str, broken))}).")])
            kinds = connection.exec_driver_sql("SELECT DISTINCT type FROM sqlite_master").scalars().all()
            if not {"table", "index"} >= set(kinds):
                raise Refused([Problem("backup", "its database holds triggers or views; ours has none.")])
            return measure(connection)
    except DBAPIError as error:
        raise Refused([Problem("backup", f"its database cannot be read ({error.orig}).")]) from error


def _load_sqlite(engine: Engine, file: Path, expected: Contents) -> Loaded:
    """Everything is done to the file; the database becomes what the file is in one step."""
    found = _look_into(file)
    _compare(found, expected)
    own = open_database(f"sqlite:///{file}")
    try:
        loaded = _bring_up(own, _asked(engine))
    finally:
        own.dispose()
    engine.dispose()
    try:
        with _sqlite(engine) as target, closing(sqlite3.connect(file)) as source:
            _be_alone(target)
            source.execute("PRAGMA journal_mode = DELETE")
            source.backup(target, progress=_not_for_ever())
    except sqlite3.Error as error:
        raise FeedbackError(f"The backup could not be put in place, and nothing has changed: {error}.") from error
    return loaded


def _be_alone(connection: sqlite3.Connection) -> None:
    """Raise Refused while anybody else has the database open: SQLite leaves its log only to whoever is alone."""
    connection.execute(f"PRAGMA busy_timeout = {1000 * _ALONE:d}")
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError:
        raise Refused([Problem("database", "the app or a worker has it open. Stop them first.")]) from None


def _not_for_ever() -> Callable[[int, int, int], None]:
    until = time.monotonic() + _PATIENCE

    def look(state: int, left: int, _total: int) -> None:
        # While somebody holds the database the driver tries again and again, and asks here each time.
        if state in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise sqlite3.OperationalError(f"the database is locked ({left} pages are left)")

    return look


def _asked(engine: Engine) -> _Asked:
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
    if not {"meta", "refusals"} <= set(names):
        return _Asked({}, {}, (), {})
    with reading(engine) as session:
        refusals = session.connection().execute(select(table_of(Refusals))).mappings()
        standings = accounts.read_standings(session) if {"accounts", "grants"} <= set(names) else {}
        return _Asked(read_erased(session), read_unsaid(session), [dict(row) for row in refusals], standings)


def _bring_up(engine: Engine, asked: _Asked) -> Loaded:
    older = schema_state(engine) != "current"
    migrate(engine, copy_first=False)  # the backup is the copy
    with transaction(engine) as session:
        return _settle(session, asked, older)


def _settle(session: Session, asked: _Asked, older: bool) -> Loaded:
    """Hold back the messages that wait, and see to it that what people asked for holds, and who was shut out is."""
    held = outbox.hold_back(session)
    leaving = keep_erased(session, asked.erased)
    for hashed in leaving:
        jobs.enqueue(session, WITHDRAW, hashed, priority=SOON)
    keep_unsaid(session, asked.unsaid)
    if asked.refusals:
        kept = insert(session, Refusals).on_conflict_do_nothing()
        session.connection().execute(kept, asked.refusals)
    disabled, taken = accounts.let_nobody_back_in(session, asked.standings)
    return Loaded(older, held, len(leaving), disabled, taken)


# PostgreSQL


def _dump_postgresql(engine: Engine, file: Path) -> Contents:
    program = _program("pg_dump")
    with reading(engine) as session:
        connection = session.connection()
        _steady(connection)
        moment = connection.execute(select(func.pg_export_snapshot())).scalar_one()
        contents = measure(connection)
        schema = connection.execute(select(func.current_schema())).scalar_one()
        which = [f'--table="{schema}"."{name}"' for name in contents.tables]
        options = (
            "--format=custom",
            "--compress=0",
            "--no-owner",
            "--no-privileges",
            "--no-password",
            "--lock-wait-timeout=60000",
        )
        _run(engine, [program, *options, f"--snapshot={moment}", f"--file={file}", *which])
    return contents


def _load_postgresql(engine: Engine, file: Path, expected: Contents) -> Loaded:
    """Everything happens in one transaction: what was there is there until the end of it."""
    from psycopg import Error

    program = _program("pg_restore")
    _run(engine, [program, f"--file={os.devnull}", str(file)])  # reads all of it, and changes nothing
    asked = _asked(engine)
    engine.dispose()
    try:
        with transaction(engine) as session:
            connection = session.connection()
            _be_alone_on_server(connection)
            _steady(connection)
            for name in inspect(connection).get_table_names():
                connection.exec_driver_sql(f"DROP TABLE {connection.dialect.identifier_preparer.quote(name)} CASCADE")
            with _script(program, file) as lines:
                _play(connection, lines)
            _steady(connection)
            _compare(measure(connection), expected)
            loaded = _settle(session, asked, bring_up(connection))
    except (Error, DBAPIError) as error:
        first = next(iter(str(getattr(error, "orig", error)).strip().splitlines()), type(error).__name__)
        raise FeedbackError(f"The backup could not be put in place, and nothing has changed: {first[:300]}") from error
    engine.dispose()  # the connection is as the script has set it
    migrate(engine)
    return loaded


@contextmanager
def _script(program: str, file: Path) -> Iterator[IO[bytes]]:
    """What pg_restore would do, as lines of SQL. Raises FeedbackError at the end when it could not say all of it."""
    command = [program, "--no-owner", "--no-privileges", "--file=-", str(file)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        yield process.stdout
        if process.wait():
            raise FeedbackError(f"pg_restore did not succeed: it ended with {process.returncode}")


def _play(connection: Connection, lines: Iterable[bytes]) -> None:
    """Do what a script says, in the transaction at hand: statements, and the rows between COPY and its end (\\.).

    What is meant for psql alone (\\restrict) is left out.
    """
    driver = connection.connection.driver_connection
    assert driver is not None
    rows, said = iter(lines), b""
    with driver.cursor() as cursor:
        for line in rows:
            if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
                cursor.execute(said)
                said = b""
                with cursor.copy(line) as sink:
                    for row in iter(rows.__next__, b"\\.\n"):
                        sink.write(row)
            elif not line.startswith(b"\\"):
                said += line
        cursor.execute(said + b"RESET search_path")


def _be_alone_on_server(connection: Connection) -> None:
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND coalesce(backend_type, 'client backend') = 'client backend'"
    )
    until = time.monotonic() + _ALONE
    while connection.execute(text(others)).scalar_one():
        if time.monotonic() > until:
            raise Refused([Problem("database", "the app or a worker is connected to it. Stop them first.")])
        time.sleep(0.1)
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))


def _steady(connection: Connection) -> None:
    """Rows are to read the same wherever they are read, and all of them may take its time."""
    for setting in ("statement_timeout = 0", "bytea_output = 'hex'", "DateStyle = 'ISO'", "extra_float_digits = 1"):
        connection.exec_driver_sql(f"SET LOCAL {setting}")


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        said = "it is not found on the PATH; install PostgreSQL's client programs, of the server's version or newer."
        raise Refused([Problem(name, said)])
    return found


def _run(engine: Engine, command: list[str]) -> None:
    """Run one of PostgreSQL's programs. Where the database is, and its password, are in its environment only."""
    ran = subprocess.run(command, env=_environment(engine), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if ran.returncode:
        # The first line says what; those after it could hold what somebody wrote.
        first = next(iter(ran.stderr.strip().splitlines()), f"it ended with {ran.returncode}")
        raise FeedbackError(f"{Path(command[0]).name} did not succeed: {first[:300]}")


def _environment(engine: Engine) -> dict[str, str]:
    from psycopg.pq import Conninfo

    _, options = engine.dialect.create_connect_args(engine.url)
    names = {each.keyword.decode(): each.envvar.decode() for each in Conninfo.get_defaults() if each.envvar}
    given = {names[name]: str(value) for name, value in options.items() if name in names}
    return os.environ | given
