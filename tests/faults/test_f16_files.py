"""F16: a data file of every version released is brought to today's tables, with all that was in it; killed at any
statement it is the old file or the new one, and a copy of the old one lies beside it.

The files are in tests/released: of SQLite as text, as they were made by the program then. On PostgreSQL the same rows
are put into the tables of that version.
"""

import os
import random
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import JSON, MetaData, create_engine, insert, select

from feedback.errors import FeedbackError
from feedback.store import migrate as migrations
from feedback.store.answers import read_answers
from feedback.store.catalogue import read_credentials, read_organisations
from feedback.store.database import open_database, reading, transaction
from feedback.store.migrate import KEPT_SECONDS, check, migrate, schema_state
from feedback.store.surveys import read_survey
from tests.collect.institution import instruments, times_kept
from tests.faults.killing import killed_at_statement

RELEASED = sorted((Path(__file__).parents[1] / "released").glob("*.sql"))
HEAD = migrations._steps().get_current_head()
RECEIPTS = ("ZVJ5-ZJDP-YAY9-EPNZ", "DER5-SEP5-D04G-T4P6", "P0X4-2424-45YP-B8HQ", "BAAQ-81KQ-4206-5243")
"""What those were given who answered, in every file."""
MADE_AGAIN = {"comment_readings": "0002", "finished": "0004"}
"""Tables that a step empties on purpose, since the worker fills them from the answers: which step."""
SET_ANEW = {"corrections": ("0011", {"at_random": False})}
"""What a step sets anew in all rows of a table on purpose: which step, and to what."""


def rows_of(engine) -> dict[str, list[dict]]:
    """Every row of every table; moments as they are in UTC, without saying so."""
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: [
                {name: plain(value) for name, value in row.items()}
                for row in connection.execute(select(table)).mappings()
            ]
            for table in tables.sorted_tables
            if table.name != "alembic_version"
        }


def plain(value):
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def released(file: Path, url: str):
    """The database of a version released, at an address where nothing is yet."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as made:
            made.executescript(file.read_text(encoding="utf-8"))
        return open_database(url)
    engine = open_database(url)
    with migrations._alone(engine) as connection:
        command.upgrade(migrations._config(connection), file.stem)
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as held:
        held.executescript(file.read_text(encoding="utf-8"))
        rows = rows_of(create_engine("sqlite://", creator=lambda: held))
    tables = MetaData()
    tables.reflect(engine)
    with transaction(engine) as session:
        for table in tables.sorted_tables:
            if rows.get(table.name):
                session.connection().execute(insert(table), [as_json(table, row) for row in rows[table.name]])
    return engine


def as_json(table, row):
    """None in a document's column is the document null, where there must be one."""
    return {
        name: JSON.NULL if value is None and isinstance(table.c[name].type, JSON) else value
        for name, value in row.items()
    }


def missing(before, after, revision: str) -> list:
    """Rows of before that are not found after, in the columns they had."""
    return [
        (name, row)
        for name, rows in before.items()
        if revision >= MADE_AGAIN.get(name, revision)
        for row in rows
        if not any((row | _set_anew(name, revision)).items() <= other.items() for other in after[name])
    ]


def _set_anew(table: str, revision: str) -> dict:
    step, values = SET_ANEW.get(table, ("", {}))
    return values if revision < step else {}


def check_migrated(engine, before, revision: str) -> None:
    """Today's tables, every row, and the app finds what they mean."""
    assert schema_state(engine) == "current"
    check(engine)
    assert missing(before, rows_of(engine), revision) == []
    assert set(times_kept(engine, RECEIPTS).values()) == {1}
    with reading(engine) as session:
        titles = [(each.title, list(each.skills)) for each in read_credentials(session)]
        assert sorted(titles) == [("Data badge", ["sql"]), ("Joinery, basics", [])]
        assert [each.name for each in read_organisations(session)] == ["Acme & Söhne"]
        survey = read_survey(session, "spring-2026")
        answers = read_answers(session, instruments())
    assert (survey.zone, list(survey.credentials), list(survey.local_questions)) == (
        "Europe/Berlin",
        ["data-badge"],
        [],
    )
    said = answers[answers["question"] == "worth"]
    assert sorted(said["number"]) == [2, 3, 4, 5]
    assert set(said["credential"]) == {"data-badge"}
    assert "مفيد جدًا 🙂" in set(answers["text"])


def copies(engine) -> list[Path]:
    return migrations._copies(engine)


def test_there_is_a_file_of_every_version_but_todays():
    steps = sorted(step.revision for step in migrations._steps().walk_revisions())
    assert [file.stem for file in RELEASED] == steps[:-1]


@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.stem)
def test_f16_a_data_file_of_each_version_is_brought_to_todays_tables_with_all_that_was_in_it(file, empty_database_url):
    engine = released(file, empty_database_url)
    before = rows_of(engine)
    filled = {name for name, rows in before.items() if rows}
    assert filled == set(before)
    migrate(engine)
    check_migrated(engine, before, file.stem)
    engine.dispose()


def test_f16_killed_at_any_statement_it_is_the_old_file_or_the_new_and_the_next_try_completes(empty_database_url):
    file = RELEASED[0]
    engine = released(file, empty_database_url)
    before = rows_of(engine)
    chance, places = random.Random(16), 150

    def migrating():
        migrate(open_database(empty_database_url))

    for dies_at in sorted(chance.sample(range(1, places), 4)):
        killed_at_statement(dies_at, engine, migrating)
        assert schema_state(engine) == "older"
        assert rows_of(engine) == before
    assert killed_at_statement(0, engine, migrating) > places
    check_migrated(engine, before, file.stem)
    assert [copy.suffix for copy in copies(engine)] == [f".before-{HEAD}"] * (engine.dialect.name == "sqlite")
    engine.dispose()


@pytest.fixture
def old(tmp_path):
    """A file of an older version."""
    engine = released(RELEASED[-1], f"sqlite:///{tmp_path / 'feedback.db'}")
    yield engine
    engine.dispose()


def test_f16_before_the_file_is_migrated_it_is_copied_for_its_owner_only_and_the_copy_can_be_used(old, tmp_path):
    before = rows_of(old)
    migrate(old)
    (copy,) = copies(old)
    assert copy.stat().st_mode & 0o777 == 0o600
    again = open_database(f"sqlite:///{copy}")
    assert schema_state(again) == "older"
    assert rows_of(again) == before
    again.dispose()
    migrate(old)
    assert copies(old) == [copy]


def test_f16_where_there_is_no_room_for_the_copy_nothing_is_migrated(old, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(migrations.os, "fsync", full)
        with pytest.raises(
            FeedbackError, match=rf"feedback\.db\.before-{HEAD} could not be written.*Nothing has changed"
        ):
            migrate(old)
    assert schema_state(old) == "older"
    assert copies(old) == []
    migrate(old)
    assert schema_state(old) == "current"


def test_f16_the_copy_is_deleted_after_fourteen_days_and_nobody_elses_file_is(old, tmp_path):
    migrate(old)
    (copy,) = copies(old)
    own = tmp_path / "feedback.db.before-the-move"
    own.write_text("of somebody")
    part = tmp_path / f"feedback.db.before-{HEAD}.part"
    part.write_text("of a killed one")
    now = copy.stat().st_mtime
    for age in (KEPT_SECONDS - 60, KEPT_SECONDS + 60):
        os.utime(copy, (now - age, now - age))
        migrate(old)
        assert copy.exists() == (age < KEPT_SECONDS)
    assert own.exists()
    assert not part.exists()
    assert timedelta(seconds=KEPT_SECONDS) == timedelta(days=14)


def test_a_new_database_is_not_copied(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'new.db'}")
    migrate(engine)
    assert copies(engine) == []
    engine.dispose()
