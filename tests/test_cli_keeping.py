"""`feedback backup` and `feedback restore` on the command line, and what a person does after."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from feedback.settings import settings
from feedback.store import outbox
from feedback.store.database import open_database, reading, transaction
from tests.collect.institution import found_institution, open_form
from tests.command_line import runner


@pytest.fixture
def url(backing_up, database_url):
    """A database with a survey and a message that waits."""
    engine = open_database(database_url)
    found_institution(engine)
    open_form(engine)
    with transaction(engine) as session:
        assert outbox.is_at_home(session)
        outbox.put(session, "a", outbox.REMINDER, "ann@example.org", "Three minutes?", "A link.")
    engine.dispose()
    return database_url


@pytest.fixture
def run(monkeypatch, capsys, url):
    monkeypatch.setenv("FEEDBACK_SECRET", "s" * 40)
    settings.cache_clear()
    yield runner(monkeypatch, capsys, url)
    settings.cache_clear()


def titles(url):
    engine = open_database(url)
    with reading(engine) as session:
        found = session.connection().execute(text("SELECT title FROM programmes")).scalars().all()
    engine.dispose()
    return found


def test_a_database_is_backed_up_changed_and_put_back(run, url, tmp_path):
    file = tmp_path / "own.zip"
    ran = run("backup", file)
    assert ran.code == 0
    assert ran.out.startswith(f"Backed up: {file} (")
    assert "feedback.key" in ran.err
    assert "is not in it" in ran.err
    assert "s" * 40 not in ran.out + ran.err
    change(url)
    refused = run("restore", file)
    assert refused.code == 1
    assert "--replace" in refused.err
    assert titles(url) == ["Changed"]
    ran = run("restore", file, "--replace")
    assert ran.code == 0, ran.err
    assert titles(url) == ["Data"]
    assert "are as they were" in ran.out
    assert "feedback worker --send-from-here" in ran.out
    assert "1 message that waited is held back" in ran.out
    (before,) = tmp_path.glob("feedback-before-restore-*.zip")
    assert f"What was in the database is in {before}" in ran.out
    again = run("restore", before, "--replace", "--json")
    assert json.loads(again.out)["held"] == 1  # in what was there it waited, too
    assert titles(url) == ["Changed"]
    told = run("doctor", "--json")
    assert json.loads(told.out)["checks"]["schema"] == "current"


def change(url):
    engine = open_database(url)
    with transaction(engine) as session:
        session.connection().execute(text("UPDATE programmes SET title = 'Changed'"))
    engine.dispose()


def test_a_folder_gets_a_file_of_the_day_and_json_says_which(run, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    first, second = (json.loads(run("backup", folder, "--json").out) for _ in range(2))
    assert Path(second["file"]).name == Path(first["file"]).name.replace(".zip", "-2.zip")
    assert first["rows"] > 8
    assert len(list(folder.iterdir())) == 2
    assert run("backup", first["file"]).code == 1


def test_another_key_is_refused_until_it_is_said_to_be_lost(run, url, tmp_path, monkeypatch):
    file = tmp_path / "own.zip"
    assert run("backup", file).code == 0
    monkeypatch.setenv("FEEDBACK_SECRET", "t" * 40)
    refused = run("restore", file, "--replace")
    assert refused.code == 1
    assert "another key than ours" in refused.err
    assert run("restore", file, "--replace", "--another-key").code == 0


def test_without_a_database_there_is_nothing_to_back_up(run, tmp_path, monkeypatch):
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    ran = run("backup", tmp_path)
    assert (ran.code, ran.out) == (1, "")
    assert "nothing in it to back up" in ran.err
