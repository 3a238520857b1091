"""F3: the files of an SQLite database as a power cut may leave them. What was acknowledged is in them."""

import os
import random
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from feedback.store.database import open_database
from tests.collect.institution import found_institution, invite, open_form, times_kept, used
from tests.collect.serving import served
from tests.faults.test_f1_killed import Crowd, come, finish, put

PARTS = ("", "-wal", "-shm")


@pytest.mark.parametrize("moments", [6, pytest.param(200, marks=[pytest.mark.soak, pytest.mark.timeout(3000)])])
def test_f3_copies_of_the_files_at_any_moment_hold_what_was_acknowledged(sqlite_engine, tmp_path, moments):
    """By turns all files; without the index of the log (-shm), as after a power cut; and with half a page written at
    the end of the log besides."""
    found_institution(sqlite_engine)
    survey = open_form(sqlite_engine, mode="invitation")
    database, chance = Path(str(sqlite_engine.url.database)), random.Random(moments)
    copied: list[tuple[Path, list[str]]] = []
    with served(str(sqlite_engine.url), tmp_path) as server:
        crowd = Crowd(server, survey)
        put(crowd, sqlite_engine, moments * 12)
        people = come(crowd, seed=1)
        while not crowd.receipts:
            time.sleep(0.01)
        for moment in range(moments):
            time.sleep(chance.uniform(0.02, 0.15))
            os.kill(server.pid, signal.SIGSTOP)
            try:
                acknowledged = list(crowd.receipts)
                copied.append((copy(database, tmp_path / f"copy-{moment}", moment % 3, chance), acknowledged))
            finally:
                os.kill(server.pid, signal.SIGCONT)
        finish(crowd, people)
    assert crowd.wrong == []
    for each, acknowledged in copied:
        check(each, acknowledged)


def copy(database: Path, folder: Path, how: int, chance: random.Random) -> Path:
    folder.mkdir()
    for part in PARTS[: 3 if how == 0 else 2]:
        found = Path(f"{database}{part}")
        if found.exists():
            shutil.copy(found, folder / f"feedback.db{part}")
    if how == 2:
        with (folder / "feedback.db-wal").open("ab") as log:
            log.write(chance.randbytes(chance.randint(1, 4000)))
    return folder / "feedback.db"


def check(database: Path, acknowledged: list[str]) -> None:
    with closing(sqlite3.connect(database)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        kept = opened.execute("SELECT count(*) FROM responses").fetchone()[0]
    engine = open_database(f"sqlite:///{database}")
    assert set(times_kept(engine, acknowledged).values()) == {1}
    assert used(engine) == kept >= len(acknowledged)
    engine.dispose()


def test_f3_with_full_synchronisation_nothing_acknowledged_waits_in_memory(sqlite_engine):
    """The setting that the promise above rests on where the power goes (SQLite documentation, PRAGMA synchronous)."""
    with sqlite_engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"


assert invite
