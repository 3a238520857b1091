"""F19, F16 with restores: killed in the middle, the database is what it was or what is restored, never a part of
either; the next try completes, and what was left lying about is deleted."""

import os
import random
import time

import pytest
from sqlalchemy import text

from feedback.exchange import backups
from feedback.exchange.backups import restore_backup, write_backup
from feedback.store import dumps
from feedback.store.database import open_database, reading, transaction
from feedback.store.migrate import check, downgrade, migrate
from tests.faults.killing import killed_after, killed_at
from tests.faults.test_f16_files import rows_of

KEY = b"k" * 32
ROWS = 3000
PLACES = ("_be_alone", "_be_alone_on_server", "_compare", "_settle", "bring_up", "_play", "measure")


def fill(engine, title: str, rows: int) -> None:
    with transaction(engine) as session:
        session.connection().execute(
            text("INSERT INTO programmes (slug, title, is_sample) VALUES (:slug, :title, false)"),
            [{"slug": f"p{number}", "title": title} for number in range(rows)],
        )


def titles(engine) -> set:
    """What the database is; with it, that it is whole."""
    if engine.dialect.name == "sqlite":
        with reading(engine) as session:
            assert session.connection().execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
    with reading(engine) as session:
        found = session.connection().execute(text("SELECT title, count(*) FROM programmes GROUP BY title"))
        return {tuple(row) for row in found}


@pytest.fixture
def held(engine, backing_up, tmp_path):
    """A database that holds something new, and a backup of an older version that holds something old."""
    folder = tmp_path / "backups"
    folder.mkdir()
    fill(engine, "old", ROWS)
    downgrade(engine, "0005")
    file, _ = write_backup(engine, folder, KEY)
    migrate(engine)
    with transaction(engine) as session:
        session.connection().execute(text("DELETE FROM programmes"))
    fill(engine, "new", ROWS // 2)
    return engine, file


OLD, NEW = {("old", ROWS)}, {("new", ROWS // 2)}


def restoring(engine, file):
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()

    def restore():
        own = open_database(url)
        restore_backup(own, file, KEY, replace=True)
        own.dispose()

    return restore


def test_f19_killed_at_each_step_of_a_restore_nothing_has_changed_and_the_next_completes(held):
    engine, file = held
    before = all_but_marks(engine)
    places = [place for place in PLACES if applies(place, engine.dialect.name)]
    for place in places:
        killed_at(place, dumps, restoring(engine, file))
        assert titles(engine) == NEW
        assert all_but_marks(engine) == before
    restoring(engine, file)()
    assert titles(engine) == OLD
    check(engine)


def all_but_marks(engine) -> dict:
    """Every row but those that say when answers were last mixed: a backup does that first."""
    return {name: rows for name, rows in rows_of(engine).items() if name != "meta"}


def applies(place: str, kind: str) -> bool:
    others = {"sqlite": {"_be_alone_on_server", "bring_up", "_play"}, "postgresql": {"_be_alone"}}
    return place not in others[kind]


def killed_at_moments(held, tries: int, seed: int) -> tuple[int, int]:
    """So many restores are killed at moments nobody chose; how often it was old after that, and how often new."""
    engine, file = held
    began = time.monotonic()
    restoring(engine, file)()
    took = time.monotonic() - began
    chance, ends = random.Random(seed), []
    for _ in range(tries):
        with transaction(engine) as session:
            session.connection().execute(text("DELETE FROM programmes"))
        fill(engine, "new", ROWS // 2)
        killed_after(chance.uniform(0.2, 1.1) * took, restoring(engine, file))
        ends.append(titles(engine))
        assert ends[-1] in (OLD, NEW)
    restoring(engine, file)()
    assert titles(engine) == OLD
    check(engine)
    return ends.count(NEW), ends.count(OLD)


def test_f19_killed_at_any_moment_of_a_restore_it_is_old_or_new(held):
    kept, _ = killed_at_moments(held, 4, seed=4)
    assert kept


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_f19_killed_a_hundred_times_while_restoring(held):
    kept, restored = killed_at_moments(held, 100, seed=100)
    assert min(kept, restored) > 3


def test_f19_what_a_killed_restore_leaves_is_deleted_by_the_next_an_hour_later(held, monkeypatch, tmp_path):
    engine, file = held
    monkeypatch.setattr(backups, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    killed_at("load", backups, restoring(engine, file))
    (left,) = tmp_path.glob(".feedback-restore-*")
    assert (left / backups.DATABASE).stat().st_size > 10_000
    long_ago = time.time() - 3700
    for each in (left / backups.DATABASE, left):
        os.utime(each, (long_ago, long_ago))
    restoring(engine, file)()
    assert not list(tmp_path.glob(".feedback-restore-*"))
