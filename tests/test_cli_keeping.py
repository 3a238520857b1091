"""`feedback backup` and `feedback restore` on the command line, and what a person does after."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from feedback.settings import settings
from feedback.store import audit, outbox
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
    assert "Everybody is signed out. Disabled again: 0 accounts; taken again: 0 roles." in ran.out
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


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder set for backups."""
    made = tmp_path / "backups"
    made.mkdir()
    monkeypatch.setenv("FEEDBACK_BACKUP_FOLDER", str(made))
    return made


def test_without_a_place_it_goes_to_the_folder_set_and_the_newest_stay(run, folder):
    for day in range(1, 14):
        (folder / f"feedback-2020-01-{day:02}.zip").write_text("old")
    (folder / "of-somebody.zip").write_text("own")
    ran = json.loads(run("backup", "--json").out)
    assert Path(ran["file"]).parent == folder
    assert ran["deleted"] == 0
    second = run("backup")
    assert "Older backups deleted: 1." in second.out
    assert not (folder / "feedback-2020-01-01.zip").exists()
    ran = json.loads(run("backup", "--keep", 2, "--json").out)
    assert ran["deleted"] == 13
    assert Path(ran["file"]).exists()
    assert len(list(folder.iterdir())) == 3
    assert (folder / "of-somebody.zip").exists()
    assert run("backup", folder / "own.zip", "--keep", 2).code == 1


def test_p9_encrypted_it_holds_nothing_that_can_be_read_and_only_its_key_opens_it(run, url, tmp_path, monkeypatch):
    refused = run("backup", tmp_path, "--encrypt")
    assert refused.code == 1
    assert "Set FEEDBACK_BACKUP_KEY" in refused.err
    key = tmp_path / "backup.key"
    key.write_text("correct horse battery staple\n")
    ran = json.loads(run("backup", tmp_path, "--encrypt", "--key-file", key, "--json").out)
    file = Path(ran["file"])
    assert ran["encrypted"] is True
    assert file.name.endswith(".zip.enc")
    assert file.stat().st_mode & 0o777 == 0o600
    change(url)
    assert "it is encrypted. Give its key" in run("restore", file, "--replace").err
    monkeypatch.setenv("FEEDBACK_BACKUP_KEY", "wrong horse battery staple")
    assert "another key than the one given" in run("restore", file, "--replace").err
    assert titles(url) == ["Changed"]
    monkeypatch.setenv("FEEDBACK_BACKUP_KEY", "correct horse battery staple")
    ran = run("restore", file, "--replace")
    assert ran.code == 0, ran.err
    assert titles(url) == ["Data"]
    (before,) = tmp_path.glob("feedback-before-restore-*")
    assert before.name.endswith(".zip.enc")
    assert ", encrypted, read again" in run("backup", tmp_path).out


def test_where_a_restore_leaves_nobody_who_gives_roles_it_says_so_and_the_machine_makes_one(run, tmp_path):
    """Ann was the only administrator when the backup was made; since then she handed that over and left."""
    ann, bea = ("Ann", "ann@example.org"), ("Bea", "bea@example.org")
    assert run("account", "add", *ann, "--role", "administrator").code == 0
    assert run("backup", tmp_path / "own.zip").code == 0
    assert run("account", "add", *bea, "--role", "administrator").code == 0
    assert run("account", "take", ann[1], "administrator").code == 0
    assert run("account", "disable", ann[1]).code == 0
    ran = run("restore", tmp_path / "own.zip", "--replace", "--json")
    assert json.loads(ran.out)["administrator"] is False
    ran = run("restore", tmp_path / "own.zip", "--replace")
    assert "Nobody can come in who gives roles. On this machine: feedback account add NAME EMAIL" in ran.out
    assert "NOTE: Nobody can come in who gives roles." in run("doctor").out
    assert run("account", "give", ann[1], "administrator").code == 0  # she is disabled still: not enough
    assert "(no_administrator)" in run("doctor").out
    assert run("account", "add", *bea, "--role", "administrator").code == 0
    assert "(no_administrator)" not in run("doctor").out
    assert run("--as", bea[1], "account", "enable", ann[1]).code == 0
    told = run("restore", tmp_path / "own.zip", "--replace").out
    assert "Nobody can come in" not in told


def test_who_backed_up_and_who_restored_is_recorded(run, url, tmp_path):
    assert run("backup", tmp_path / "own.zip").code == 0
    assert run("restore", tmp_path / "own.zip", "--replace").code == 0
    engine = open_database(url)
    with reading(engine) as session:
        (event,) = audit.read_events(session)
    engine.dispose()
    assert (event.action, event.about) == (audit.RESTORED, "backup:own.zip")
