"""Bringing a database to today's tables: once, wholly, whoever else starts; and never backwards by accident."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from feedback.store import migrate as migrations
from feedback.store.catalogue import read_kinds, read_organisations
from feedback.store.database import open_database, reading, transaction
from feedback.store.migrate import NewerSchema, check, downgrade, migrate, schema_state
from feedback.store.tables import metadata
from tests.store.test_tables import ORDERLESS


@pytest.fixture
def empty_engine(empty_database_url: str) -> Iterator[Engine]:
    engine = open_database(empty_database_url)
    yield engine
    engine.dispose()


def tables_in(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_a_new_database_gets_every_table_and_the_eight_kinds(empty_engine):
    assert schema_state(empty_engine) == "empty"
    migrate(empty_engine)
    assert schema_state(empty_engine) == "current"
    assert tables_in(empty_engine) == set(metadata.tables) | {"alembic_version"}
    with reading(empty_engine) as session:
        kinds = {kind.slug: kind for kind in read_kinds(session)}
    assert len(kinds) == 8
    assert kinds["bootcamp"].name_in("ar") == "معسكر تدريبي"


def test_the_steps_lead_to_the_tables_as_they_are_declared(engine):
    check(engine)  # raises where they differ
    assert schema_state(engine) == "current"


def test_what_the_organisation_made_of_a_kind_stays(engine):
    with transaction(engine) as session:
        session.connection().execute(text("UPDATE credential_kinds SET name = 'Sprint' WHERE slug = 'bootcamp'"))
        session.connection().execute(text("DELETE FROM credential_kinds WHERE slug = 'badge'"))
    migrate(engine)
    with reading(engine) as session:
        names = {kind.slug: kind.name for kind in read_kinds(session)}
    assert names["bootcamp"] == "Sprint"
    assert names["badge"] == "Badge"


def test_up_down_and_up_again(empty_engine):
    migrate(empty_engine)
    downgrade(empty_engine, "base")
    assert tables_in(empty_engine) <= {"alembic_version"}
    assert schema_state(empty_engine) == "empty"
    migrate(empty_engine)
    check(empty_engine)
    assert schema_state(empty_engine) == "current"


def test_nothing_that_people_leave_keeps_an_order_of_arrival_on_sqlite(sqlite_engine):
    """Answers, and as well what asks for them: from the order of invitations one could tell that of the answers."""
    with reading(sqlite_engine) as session:
        found = session.connection().execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        without = {name for name, sql in found if "WITHOUT ROWID" in sql}
    assert without == ORDERLESS


def test_what_was_kept_before_an_organisation_had_occupations_stays(engine):
    with transaction(engine) as session:
        session.connection().execute(text("INSERT INTO refusals VALUES ('b', '2026-01-02'), ('a', '2026-01-01')"))
    downgrade(engine, "0005")
    with transaction(engine) as session:
        old = "INSERT INTO organisations (slug, name, name_key, is_sample) VALUES ('acme', 'Acme', 'acme', false)"
        session.connection().execute(text(old))
    assert schema_state(engine) == "older"
    migrate(engine)
    with reading(engine) as session:
        (acme,) = read_organisations(session)
        refusals = session.connection().execute(text("SELECT recipient FROM refusals ORDER BY 1")).scalars().all()
    assert (acme.name, acme.occupations, refusals) == ("Acme", [], ["a", "b"])


def test_a_newer_database_is_refused_with_a_sentence_and_left_alone(engine):
    with transaction(engine) as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert schema_state(engine) == "newer"
    with pytest.raises(NewerSchema, match=r"newer version \(9999\) than this program \(\d+\).*restore a backup"):
        migrate(engine)
    assert schema_state(engine) == "newer"
    assert set(metadata.tables) <= tables_in(engine)


@pytest.fixture
def one_step_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Steps as they are, and one more that the test writes."""

    def write(upgrade: str) -> None:
        steps = tmp_path / "steps"
        (steps / "versions").mkdir(parents=True)
        (steps / "env.py").write_text((migrations.STEPS / "env.py").read_text())
        for step in (migrations.STEPS / "versions").glob("*.py"):
            (steps / "versions" / step.name).write_text(step.read_text())
        head = migrations._steps().get_current_head()
        body = textwrap.indent(textwrap.dedent(upgrade), "    ")
        (steps / "versions" / "9000_more.py").write_text(
            f'import sqlalchemy as sa\nfrom alembic import op\nrevision = "9000"\ndown_revision = "{head}"\n'
            f"def upgrade():\n{body}\ndef downgrade():\n    pass\n"
        )
        monkeypatch.setattr(migrations, "STEPS", steps)

    return write


FAILING = """
op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
with op.batch_alter_table("programmes") as table:
    table.add_column(sa.Column("colour", sa.String))
op.execute("UPDATE programmes SET title = 'changed'")
op.execute("INSERT INTO no_such_table VALUES (1)")
"""


@pytest.mark.parametrize("start", ["empty", "older"])
def test_a_failing_step_leaves_nothing_behind(empty_engine, one_step_more, start):
    if start == "older":
        migrate(empty_engine)
    before = tables_in(empty_engine)
    one_step_more(FAILING)
    with pytest.raises(Exception, match="no_such_table"):
        migrate(empty_engine)
    assert tables_in(empty_engine) == before
    assert schema_state(empty_engine) == start
    if start == "older":
        assert "colour" not in {column["name"] for column in inspect(empty_engine).get_columns("programmes")}


def test_rebuilding_a_table_loses_no_row_that_refers_to_it(engine, one_step_more):
    with transaction(engine) as session:
        for statement in (
            "INSERT INTO programmes (slug, title, is_sample) VALUES ('p', 'P', false)",
            "INSERT INTO credentials (slug, title, kind, programme, issuer, carriers, description, languages, "
            "lifecycle, sectors, supplements, topics, occupations, stakeholders, is_sample) VALUES ('c', 'C', 'badge', "
            "'p', '', '[]', '', '[]', 'live', '[]', '[]', '[]', '[]', '[]', false)",
            "INSERT INTO skills (slug, title, alternatives, is_sample) VALUES ('s', 'S', '[]', false)",
            "INSERT INTO credential_skills (credential, skill, position) VALUES ('c', 's', 0)",
        ):
            session.connection().execute(text(statement))
    one_step_more(
        """
        with op.batch_alter_table("credentials") as table:
            table.alter_column("issuer", existing_type=sa.String(), nullable=True)
        with op.batch_alter_table("responses") as table:
            table.alter_column("role", existing_type=sa.String(length=80), type_=sa.String(length=90))
        """
    )
    assert schema_state(engine) == "older"
    migrate(engine)
    with reading(engine) as session:
        assert session.connection().execute(text("SELECT count(*) FROM credential_skills")).scalar_one() == 1
        assert session.connection().execute(text("SELECT count(*) FROM credentials")).scalar_one() == 1
    if engine.dialect.name == "sqlite":
        with reading(engine) as session:
            rebuilt = text("SELECT sql FROM sqlite_master WHERE name = 'responses'")
            assert "WITHOUT ROWID" in session.connection().execute(rebuilt).scalar_one()
            assert session.connection().execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_a_step_that_would_leave_dangling_rows_is_undone_on_sqlite(sqlite_engine, one_step_more):
    one_step_more("op.execute(\"INSERT INTO credential_skills VALUES ('nowhere', 'nothing', 0)\")")
    with pytest.raises(Exception, match="refer to nothing"):
        migrate(sqlite_engine)
    assert schema_state(sqlite_engine) == "older"


MIGRATING = """
import sys
from feedback.store.database import open_database
from feedback.store.migrate import migrate, schema_state
engine = open_database(sys.argv[1])
sys.stdin.readline()
migrate(engine)
print(schema_state(engine))
"""


def test_of_two_processes_that_migrate_at_once_one_does_it_and_one_waits(empty_database_url):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATING, empty_database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    ends = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], [err for _, err in ends]
    assert [out.strip() for out, _ in ends] == ["current", "current"]
    engine = open_database(empty_database_url)
    with reading(engine) as session:
        assert len(read_kinds(session)) == 8
    engine.dispose()
