"""F8, F16, F19 with backups: taken while people answer it is what was there at one moment; restored, it holds every
receipt given before exactly once and sends nothing. S14: the order in it tells nothing."""

import re
import sqlite3
import subprocess
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from scipy.stats import spearmanr

from feedback.exchange.backups import DATABASE, restore_backup, write_backup
from feedback.store import dumps, invitations, outbox
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.responses import new_secret, response_key, save_submission
from feedback.survey.submission import Submission
from tests.collect.institution import (
    CREDENTIALS,
    found_institution,
    instruments,
    invite,
    open_form,
    responses,
    times_kept,
    used,
)
from tests.collect.institution import KEY as INVITING

KEY = b"k" * 32
A_SECOND = 20
"""So many answers come in a second."""


@pytest.fixture
def survey(engine, backing_up):
    """A survey of learners to whom invitations are sent."""
    found_institution(engine)
    return open_form(engine, "learner", mode="invitation", credentials=1)


def answer(engine, survey, token, secret):
    """One person answers, as the form keeps it: the answer and the used invitation in one transaction; the receipt."""
    said = Submission("learner", instruments()["learner"].version, survey, "en", CREDENTIALS[:1], {"worth": 4})
    with transaction(engine) as session:
        found = invitations.find(session, token, key=INVITING)
        assert invitations.use(session, found.id, survey, now(session).date())
        return save_submission(session, said, secret=secret).receipt


def test_f19_a_backup_taken_while_people_answer_is_of_one_moment_and_sends_nothing(engine, elsewhere, survey, tmp_path):
    tokens = iter(invite(engine, survey, 400))
    receipts: list[str] = []
    over = Event()

    def go_on():
        while not over.is_set():
            receipts.append(answer(engine, survey, next(tokens), new_secret()))
            over.wait(1 / A_SECOND)

    with transaction(engine) as session:
        assert outbox.is_at_home(session)
        outbox.put(session, "a", outbox.REMINDER, "ann@example.org", "Three minutes?", "A link.")
    with ThreadPoolExecutor(1) as pool:
        people = pool.submit(go_on)
        while len(receipts) < 10:
            time.sleep(0.01)
        before = list(receipts)
        file, manifest = write_backup(engine, tmp_path, KEY)
        after = len(receipts)
        while len(receipts) < after + 5:
            time.sleep(0.01)
        over.set()
        people.result()
    restore_backup(elsewhere, file, KEY)
    kept = responses(elsewhere)
    assert set(times_kept(elsewhere, before).values()) == {1}
    assert len(before) <= kept == used(elsewhere) == manifest.tables["responses"].rows <= after + 1
    assert sum(times_kept(elsewhere, receipts).values()) == kept
    assert set(times_kept(engine, receipts).values()) == {1}
    with transaction(elsewhere) as session:
        assert not outbox.is_at_home(session)
        assert not outbox.is_due(session)
    with reading(engine) as session:
        assert not outbox.is_elsewhere(session)


def test_f19_who_answers_is_not_kept_waiting_by_a_backup(engine, survey, tmp_path, monkeypatch):
    """While the database is read, somebody answers: at once, and not into this backup."""
    token = invite(engine, survey, 1)[0]
    measured = dumps.measure

    def meanwhile(connection):
        if responses(engine) == 0:
            answer(engine, survey, token, new_secret())
        return measured(connection)

    monkeypatch.setattr(dumps, "measure", meanwhile)
    _, manifest = write_backup(engine, tmp_path, KEY)
    assert responses(engine) == 1
    assert manifest.tables["responses"].rows == 0


def test_f8_where_the_disk_is_full_postgresqls_program_and_sqlite_say_so_and_nothing_is_left(
    engine, survey, tmp_path, monkeypatch
):
    """A stand-in for the disk: the file cannot be made longer (SQLite), or the program ends as it does then."""
    folder = tmp_path / "backups"
    folder.mkdir()
    answer(engine, survey, invite(engine, survey, 1)[0], new_secret())
    if engine.dialect.name == "sqlite":
        full = sqlite3.OperationalError("database or disk is full")
        monkeypatch.setattr(dumps, "_look_into", lambda _file: (_ for _ in ()).throw(full))
    else:
        said = "pg_dump: error: could not write to file: No space left on device\nDETAIL: what somebody wrote"
        ended = subprocess.CompletedProcess([], 1, "", said)
        monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    with pytest.raises(Exception, match=r"disk is full|No space left on device") as failed:
        write_backup(engine, folder, KEY)
    assert "what somebody wrote" not in str(failed.value)
    assert list(folder.iterdir()) == []
    assert responses(engine) == 1


def test_s14_the_order_in_a_backup_tells_nothing_of_the_order_of_answers(engine, survey, tmp_path):
    """Where keys lie in the unpacked database against when they came: no more than chance gives."""
    secrets = [new_secret() for _ in range(200)]
    for token, secret in zip(invite(engine, survey, len(secrets)), secrets, strict=True):
        answer(engine, survey, token, secret)
    file, _ = write_backup(engine, tmp_path, KEY)
    held = unpacked(file, tmp_path / "dump")
    keys = {response_key(secret).encode(): number for number, secret in enumerate(secrets)}
    places = [keys[found[1]] for found in re.finditer(rb"(?=([0-9a-f]{32}))", held) if found[1] in keys]
    first = list(dict.fromkeys(places))
    assert len(first) == len(secrets)
    # 4.4 standard errors: chance alone exceeds it once in a hundred thousand times.
    assert abs(spearmanr(first, range(len(first))).statistic) < 4.4 / (len(first) - 1) ** 0.5


def unpacked(file: Path, to: Path) -> bytes:
    with zipfile.ZipFile(file) as packed:
        to.write_bytes(packed.read(DATABASE))
    if not to.read_bytes().startswith(b"SQLite"):
        return to.read_bytes()
    with closing(sqlite3.connect(to)) as opened:
        assert opened.execute("PRAGMA freelist_count").fetchone() == (0,)
    return to.read_bytes()
