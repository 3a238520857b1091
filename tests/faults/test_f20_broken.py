"""F20: a page is written over, the file is cut short, its log is gone. Nothing is served from it, which is said with
the newest backup that is whole; a server at work says "not saved" and goes on."""

import os
import shutil
from pathlib import Path

import pytest

from feedback.exchange.backups import restore_backup, write_backup
from feedback.settings import settings
from feedback.store.database import open_database
from tests.collect.institution import KEY, found_institution, invite, light_form, open_form, responses, times_kept, used
from tests.collect.serving import SECRET, served, served_here
from tests.collect.visitor import Visitor
from tests.command_line import runner
from tests.store.test_sound import PAGE, overwrite


@pytest.fixture
def answered(sqlite_engine):
    """A database in which somebody has answered: its engine, the survey, and the receipt."""
    found_institution(sqlite_engine)
    survey = open_form(sqlite_engine, mode="invitation")
    invite(sqlite_engine, survey, 300)
    with served_here(light_form(sqlite_engine)) as port, Visitor(port) as visitor:
        receipt = visitor.answers(f"/s/{invite(sqlite_engine, survey, 1)[0]}")
    return sqlite_engine, survey, receipt


def page_written_over(file: Path) -> None:
    overwrite(file, file.stat().st_size // PAGE // 2, 4)


def cut_short(file: Path) -> None:
    os.truncate(file, file.stat().st_size * 2 // 3)


def beginning_lost(file: Path) -> None:
    overwrite(file, 0)


def log_lost(file: Path) -> None:
    """As where somebody copies the file and its index, while it is open, and not its log."""
    opened = open_database(f"sqlite:///{file}")
    with opened.connect():
        index = Path(f"{file}-shm").read_bytes()
    opened.dispose()
    Path(f"{file}-shm").write_bytes(index)


@pytest.fixture
def run(monkeypatch, capsys, answered, tmp_path):
    """Commands on that database; backups are looked for in a folder."""
    monkeypatch.setenv("FEEDBACK_SECRET", SECRET)
    monkeypatch.setenv("FEEDBACK_BACKUP_FOLDER", str(tmp_path / "backups"))
    (tmp_path / "backups").mkdir()
    settings.cache_clear()
    yield runner(monkeypatch, capsys, str(answered[0].url))
    settings.cache_clear()


@pytest.mark.parametrize("harm", [page_written_over, cut_short, beginning_lost, log_lost])
def test_f20_a_broken_file_is_not_served_and_a_backup_is_named_and_can_be_restored(answered, run, tmp_path, harm):
    engine, _, receipt = answered
    folder = tmp_path / "backups"
    good, _ = write_backup(engine, folder, KEY)
    (folder / "feedback-2099-01-01.zip").write_bytes(good.read_bytes()[:-100])
    engine.dispose()
    file = Path(engine.url.database)
    harm(file)
    before = file.read_bytes()
    for words in (["collect", "--port", "8759"], ["serve", "--port", "8758"], ["restore", good, "--replace"]):
        ran = run(*words)
        assert ran.code == 1, ran.err
        assert "is broken: " in ran.err
        assert f"newest good backup is {good}" in ran.err
    assert file.read_bytes() == before
    for ending in ("", "-wal", "-shm"):
        Path(f"{file}{ending}").unlink(missing_ok=True)
    anew = open_database(str(engine.url))
    restore_backup(anew, good, KEY)
    assert times_kept(anew, [receipt]) == {receipt: 1}
    anew.dispose()


def test_f20_where_no_backup_is_good_that_is_said(answered, run, tmp_path):
    engine, _, _ = answered
    engine.dispose()
    cut_short(Path(engine.url.database))
    ran = run("collect", "--port", "8759")
    assert ran.code == 1
    assert f"no good backup in {tmp_path / 'backups'}" in ran.err


def test_f20_broken_while_it_serves_nothing_is_said_to_be_saved_and_the_server_lives(answered, tmp_path):
    engine, survey, receipt = answered
    links = invite(engine, survey, 2)
    engine.dispose()
    file = Path(engine.url.database)
    with served(str(engine.url), tmp_path) as server, Visitor(server.port, seed=2) as visitor:
        visitor.get(f"/s/{links[0]}")
        fields, action = visitor.to_the_last_step(), visitor.action()
        with open_database(str(engine.url)).connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        whole = tmp_path / "whole.db"
        shutil.copy(file, whole)
        os.truncate(file, PAGE)
        visitor.post(action, fields)
        assert not visitor.page.receipt
        assert visitor.answer.status >= 500
        assert visitor.ask("GET", "/health/live").status == 200
        assert visitor.ask("GET", "/health/ready").status == 503
    kept = open_database(f"sqlite:///{whole}")
    assert times_kept(kept, [receipt]) == {receipt: 1}
    assert responses(kept) == used(kept) == 1
    kept.dispose()
