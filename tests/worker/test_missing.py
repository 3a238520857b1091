"""A worker that is not there is noticed as soon as it has something to do, and only then."""

import pytest

from feedback.disclosure import STANDARD
from feedback.store import jobs, meta
from feedback.store.database import reading, transaction
from feedback.store.imports import Import, save_import
from feedback.store.pulse import PATIENCE, SEEN, give_sign
from feedback.worker.loop import Worker
from feedback.worker.missing import NO_WORKER, is_missing
from tests.command_line import runner
from tests.worker.working import GREAT, answer, set_up


@pytest.fixture
def missing(institution, instruments):
    def ask():
        with reading(institution) as session:
            return is_missing(session, instruments, STANDARD)

    return ask


def long_ago(engine):
    """The last sign of life was long ago."""
    with transaction(engine) as session:
        meta.set_number(session, SEEN, meta.number(session, SEEN) - PATIENCE - 1)


def test_nobody_misses_a_worker_that_has_nothing_to_do(missing):
    assert not missing()


def test_enough_answers_without_a_worker_are_noticed_until_one_has_been_there(missing, institution, instruments, few):
    for _ in range(8):
        answer(institution, instruments, worth=4)
    assert missing()
    Worker(institution, instruments).tick()
    assert not missing()
    long_ago(institution)
    assert not missing()


def test_while_a_worker_is_there_it_is_not_missed_whatever_waits(missing, institution, instruments):
    with transaction(institution) as session:
        give_sign(session)
    for _ in range(8):
        answer(institution, instruments, worth=4)
    assert not missing()
    long_ago(institution)
    assert missing()


def test_few_answers_may_wait_but_their_comments_are_to_be_read(missing, institution, instruments):
    answer(institution, instruments, worth=4)
    assert not missing()
    answer(institution, instruments, keep=GREAT)
    assert missing()
    Worker(institution, instruments, kinds=["read"]).tick()
    long_ago(institution)
    assert not missing()


def test_a_job_that_is_ready_is_noticed(missing, institution):
    with transaction(institution) as session:
        jobs.enqueue(session, "rebuild")
    assert missing()


def test_a_file_that_waits_is_noticed(missing, institution):
    with transaction(institution) as session:
        save_import(session, Import(kind="ratings", file="a.csv", digest="0", rows=1, new_rows=1, waiting=True))
    assert missing()


def test_doctor_and_export_say_so_and_what_to_do(sqlite_engine, instruments, monkeypatch, capsys, tmp_path):
    set_up(sqlite_engine, instruments)
    for _ in range(8):
        answer(sqlite_engine, instruments, worth=4)
    sqlite_engine.dispose()
    run = runner(monkeypatch, capsys, str(sqlite_engine.url))
    ran = run("doctor")
    assert (ran.code, NO_WORKER in ran.out) == (1, True)
    ran = run("export", "worth", "--format", "csv", "--output", tmp_path / "worth.csv")
    assert (ran.code, NO_WORKER in ran.err) == (0, True)
    run("worker", "--once")
    ran = run("export", "worth", "--format", "csv", "--output", tmp_path / "worth.csv")
    assert (ran.code, NO_WORKER in ran.err) == (0, False)
    assert run("doctor").code == 0
