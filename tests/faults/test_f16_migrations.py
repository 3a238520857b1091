"""F16, F17, F18: a migration is killed half-way, the database is newer than the program, two processes begin at once.

That a failing step leaves nothing behind, that a newer database is left alone, and that of two who migrate one waits,
is in tests/store/test_migrate.py; here are the kill, and the server.
"""

import signal
import subprocess
import sys
from contextlib import ExitStack

import pytest
from sqlalchemy import inspect, text

from feedback.store import migrate as migrations
from feedback.store.database import open_database, transaction
from feedback.store.migrate import check, schema_state
from tests.collect.institution import found_institution, open_form, responses
from tests.collect.serving import refused, served
from tests.collect.visitor import Visitor

MIGRATING = """
import sys
from pathlib import Path
from feedback.store import migrate
from feedback.store.database import open_database
migrate.STEPS = Path(sys.argv[2])
migrate.migrate(open_database(sys.argv[1]))
print("done", flush=True)
"""

STEP = """
import sys
import sqlalchemy as sa
from alembic import op
revision = "9000"
down_revision = "{head}"
def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("UPDATE credentials SET title = 'changed'")
    {pause}
    op.execute("UPDATE programmes SET title = 'changed'")
def downgrade():
    pass
"""


@pytest.fixture
def steps(tmp_path):
    """Steps as they are, and one more, which waits in its middle to be killed, or does not."""

    def write(*, waits: bool):
        folder = tmp_path / f"steps-{waits}"
        (folder / "versions").mkdir(parents=True)
        (folder / "env.py").write_text((migrations.STEPS / "env.py").read_text())
        for step in (migrations.STEPS / "versions").glob("*.py"):
            (folder / "versions" / step.name).write_text(step.read_text())
        pause = "print('half', flush=True); sys.stdin.readline()" if waits else "pass"
        made = STEP.format(head=migrations._steps().get_current_head(), pause=pause)
        (folder / "versions" / "9000_more.py").write_text(made)
        return folder

    return write


def migrating(url, folder):
    command = [sys.executable, "-c", MIGRATING, url, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_f16_killed_half_way_the_database_is_as_it_was_and_the_next_try_completes(engine, database_url, steps):
    found_institution(engine)
    process = migrating(database_url, steps(waits=True))
    assert process.stdout.readline() == "half\n"
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    process.stdin.close()
    process.stdout.close()
    engine.dispose()
    assert schema_state(engine) == "current"
    check(engine)
    assert not inspect(engine).has_table("half")
    assert titles(engine) == {"Data badge", "Sql course", "Agile basics", "Data"}
    again = migrating(database_url, steps(waits=False))
    assert again.communicate(timeout=60)[0] == "done\n"
    assert inspect(engine).has_table("half")
    assert titles(engine) == {"changed"}


def titles(engine):
    with transaction(engine) as session:
        rows = text("SELECT title FROM credentials UNION SELECT title FROM programmes")
        return set(session.connection().execute(rows).scalars())


def test_f17_a_database_newer_than_the_program_is_not_served(sqlite_engine):
    with transaction(sqlite_engine) as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    ran = refused(str(sqlite_engine.url))
    assert ran.returncode == 1
    assert "newer version (9999)" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert schema_state(sqlite_engine) == "newer"


def test_f18_two_processes_begin_on_an_empty_database_at_once_and_both_serve(empty_database_url, tmp_path):
    with ExitStack() as both:
        servers = [both.enter_context(served(empty_database_url, tmp_path)) for _ in range(2)]
        for server in servers:
            with Visitor(server.port) as visitor:
                assert visitor.ask("GET", "/health/ready").status == 200
        engine = open_database(empty_database_url)
        assert schema_state(engine) == "current"
        found_institution(engine)
        survey = open_form(engine)
        for server in servers:
            with Visitor(server.port) as visitor:
                assert visitor.answers(f"/f/{survey}")
        assert responses(engine) == 2
        engine.dispose()
