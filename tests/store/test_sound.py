"""A broken file is told from a whole one, whatever is being done to it meanwhile."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from feedback.store import sound
from feedback.store.database import open_database, transaction
from feedback.store.meta import set_number
from feedback.store.sound import Broken, file_of, outside, problem, refuse_broken

PAGE = 4096


@pytest.fixture
def file(sqlite_engine) -> Path:
    """A database that nobody has open, with some hundred pages."""
    with transaction(sqlite_engine) as session:
        rows = [{"slug": f"p{number}", "title": "x" * 200} for number in range(2000)]
        insert = "INSERT INTO programmes (slug, title, is_sample) VALUES (:slug, :title, false)"
        session.connection().execute(text(insert), rows)
    sqlite_engine.dispose()
    return Path(sqlite_engine.url.database)


def overwrite(file: Path, page: int, count: int = 1) -> None:
    with file.open("r+b") as held:
        held.seek(page * PAGE)
        held.write(b"\xa5" * PAGE * count)


def test_a_whole_file_is_whole_while_it_is_open_and_written_to(file):
    assert problem(file) is None
    engine = open_database(f"sqlite:///{file}")
    with transaction(engine) as session:
        session.connection().execute(text("DELETE FROM programmes"))
        assert Path(f"{file}-wal").exists()
        assert problem(file) is None
    assert problem(file) is None
    engine.dispose()
    assert problem(file) is None


def test_none_and_an_empty_file_are_not_broken(tmp_path):
    assert problem(tmp_path / "none.db") is None
    (tmp_path / "new.db").touch()
    assert problem(tmp_path / "new.db") is None


def test_of_other_databases_nothing_is_said():
    for address in ("sqlite://", "sqlite:///file:x.db?mode=ro&uri=true", "postgresql://ann@db/feedback"):
        assert file_of(make_url(address)) is None
        refuse_broken(make_url(address))


@pytest.mark.parametrize("page", [0, 1, 20, 60, 100])
def test_f20_a_page_written_over_is_found(file, page):
    overwrite(file, page)
    assert problem(file)
    with pytest.raises(Broken, match=r"only\.db is broken: .*feedback restore FILE"):
        refuse_broken(make_url(f"sqlite:///{file}"))


@pytest.mark.parametrize("part", [0.01, 0.5, 0.99])
def test_f20_a_file_cut_short_is_found(file, part):
    os.truncate(file, int(file.stat().st_size * part))
    assert problem(file)


def test_f20_a_log_taken_away_is_found_and_what_to_do_helps(file, tmp_path):
    engine = open_database(f"sqlite:///{file}")
    with transaction(engine) as session:
        session.connection().execute(text("DELETE FROM programmes WHERE slug < 'p5'"))
    taken = tmp_path / "taken" / "only.db"
    taken.parent.mkdir()
    for ending in ("", "-shm"):
        shutil.copy(f"{file}{ending}", f"{taken}{ending}")
    engine.dispose()
    assert "only.db-wal is missing" in str(outside(taken))
    with pytest.raises(Broken, match="Put it back"):
        open_database(f"sqlite:///{taken}")
    Path(f"{taken}-shm").unlink()
    assert problem(taken) is None
    open_database(f"sqlite:///{taken}").dispose()


def test_it_leaves_off_after_its_time(file, monkeypatch):
    overwrite(file, 100)
    assert problem(file)
    monkeypatch.setattr(sound, "_STEPS", 1)
    assert problem(file, seconds=-1) is None


def test_looking_at_a_file_in_use_takes_its_log_from_nobody(sqlite_engine):
    """Whoever comes and goes meanwhile must find the database in use: else they would clear its log away."""
    file = file_of(sqlite_engine.url)
    with sqlite_engine.connect() as held:
        held.execute(text("SELECT count(*) FROM meta")).scalar_one()
        assert problem(file) is None
        log = file.with_name(f"{file.name}-wal")
        assert log.exists()
        comes_and_goes = (
            "import sqlite3, sys\n"
            "opened = sqlite3.connect(sys.argv[1])\n"
            "opened.execute(\"INSERT INTO meta VALUES ('came', 1)\")\n"
            "opened.commit()\n"
            "opened.close()\n"
        )
        subprocess.run([sys.executable, "-c", comes_and_goes, str(file)], check=True)
        assert log.exists()
        with transaction(sqlite_engine) as session:
            set_number(session, "stayed", 1)
    with closing(sqlite3.connect(file)) as again:
        names = {name for (name,) in again.execute("SELECT name FROM meta")}
    assert {"came", "stayed"} <= names
