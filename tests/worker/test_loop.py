"""The loop itself: looking, giving way, keeping a job, losing it, and a database that is away."""

import threading
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from feedback.store import jobs, meta
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.jobs import READY
from feedback.store.tables import Jobs
from feedback.worker import loop
from feedback.worker.loop import Kind, Worker
from tests.worker.working import (
    GREAT,
    all_jobs,
)


def test_a_step_gives_way_to_what_is_needed_more(sqlite_engine, only):
    done, pieces = [], iter(range(100))

    def long(given):
        for _ in pieces:
            done.append("piece")
            if len(done) == 2:
                with transaction(sqlite_engine) as session:
                    jobs.enqueue(session, "urgent", priority=1)
            given.pause()

    only(urgent=Kind(1, lambda _given: done.append("urgent")), long=Kind(90, long))
    with transaction(sqlite_engine) as session:
        jobs.enqueue(session, "long", priority=90)
    Worker(sqlite_engine, {}, kinds=["urgent", "long"], idle=0).tick()
    assert done[:4] == ["piece", "piece", "urgent", "piece"]
    assert all_jobs(sqlite_engine) == []


def test_a_worker_told_to_stop_leaves_its_job_to_the_next(sqlite_engine, only):
    def endless(given):
        worker.stop()
        while True:
            given.pause()

    only(endless=Kind(1, endless))
    with transaction(sqlite_engine) as session:
        jobs.enqueue(session, "endless")
    worker = Worker(sqlite_engine, {}, kinds=["endless"])
    worker.run()
    (job,) = all_jobs(sqlite_engine)
    assert (job.state, job.attempts) == (READY, 0)


def test_a_worker_that_lost_its_job_writes_nothing_more(sqlite_engine, only):
    def slow(given):
        with transaction(sqlite_engine) as session:  # meanwhile its lease ran out, and another has it
            session.connection().execute(update(table_of(Jobs)).values(worker="bob/1"))
        with given.writing() as session:
            meta.set_number(session, "written", 1)

    only(slow=Kind(1, slow))
    with transaction(sqlite_engine) as session:
        jobs.enqueue(session, "slow")
    said = []
    Worker(sqlite_engine, {}, kinds=["slow"], say=said.append).tick()
    assert "another worker" in said[0]
    (job,) = all_jobs(sqlite_engine)
    assert job.worker == "bob/1"
    with reading(sqlite_engine) as session:
        assert meta.number(session, "written") is None


def test_a_long_step_keeps_its_job_by_beating(engine, only):
    beaten = threading.Event()

    def long(given):
        with reading(engine) as session:
            (before,) = jobs.read_jobs(session)
        while not beaten.wait(0.05):
            with reading(engine) as session:
                (now,) = jobs.read_jobs(session)
            if now.lease_until > before.lease_until:
                beaten.set()

    only(long=Kind(1, long))
    with transaction(engine) as session:
        jobs.enqueue(session, "long")
    assert Worker(engine, {}, kinds=["long"], lease=timedelta(seconds=3)).tick() == 1
    assert beaten.is_set()
    assert all_jobs(engine) == []


def test_what_stays_due_whatever_is_done_does_not_keep_the_worker_busy_for_ever(sqlite_engine, only):
    only(same=Kind(1, lambda _given: None, lambda *_look: [""]))
    assert Worker(sqlite_engine, {}, kinds=["same"]).tick() == loop.MOST_ROUNDS


def test_a_look_that_fails_keeps_no_other_from_being_made(sqlite_engine, only):
    def broken(*_look):
        raise ValueError(GREAT)

    done, said = [], []
    only(broken=Kind(1, lambda _given: None, broken), fine=Kind(2, lambda _given: done.append(1), lambda *_look: [""]))
    Worker(sqlite_engine, {}, kinds=["broken", "fine"], say=said.append).tick()
    assert done
    assert "ValueError" in said[0]
    assert GREAT not in "".join(said)


def test_while_the_database_is_away_the_worker_waits_and_goes_on_when_it_is_back(sqlite_engine, monkeypatch):
    said, looks = [], []
    worker = Worker(sqlite_engine, {}, kinds=[], say=said.append)
    monkeypatch.setattr(loop, "PAUSES", (0,))

    def tick():
        looks.append(1)
        if len(looks) < 4:
            raise OperationalError("SELECT", {"password": "secret"}, Exception("gone"))
        worker.stop()

    monkeypatch.setattr(worker, "tick", tick)
    worker.run()
    assert len(looks) == 4
    assert said == ["The database does not answer. The next look is in 0 s."] * 3


def test_a_worker_that_waits_does_what_it_is_asked_for(engine, only):
    done = threading.Event()
    only(job=Kind(1, lambda _given: done.set()))
    worker = Worker(engine, {}, kinds=["job"], idle=0.01)
    thread = threading.Thread(target=worker.run)
    thread.start()
    with transaction(engine) as session:
        jobs.enqueue(session, "job")
    assert done.wait(60)
    worker.stop()
    thread.join()


def looks(worker, monkeypatch, number, between=lambda _number: None):
    """Let a worker look so often whether anything has changed, then stop it; returns at which it looked closely.

    between: called before each look with its number.
    """
    taken, ticks = [], []
    take, tick = loop.pulse, worker.tick

    def pulse(session):
        taken.append(take(session))
        if len(taken) == number:
            worker.stop()
        return taken[-1]

    monkeypatch.setattr(loop, "pulse", pulse)
    monkeypatch.setattr(worker, "tick", lambda: ticks.append(len(taken)) or tick())
    monkeypatch.setattr(worker._stopping, "wait", lambda _pause: between(len(taken) + 1))
    worker.run()
    return ticks


def test_while_nothing_changes_it_looks_closely_only_once(engine, only, monkeypatch):
    only(job=Kind(1, lambda _given: None))
    assert looks(Worker(engine, {}, kinds=["job"]), monkeypatch, 6) == [1]


def test_it_looks_closely_at_every_change_and_until_nothing_is_left(engine, only, monkeypatch):
    only(job=Kind(1, lambda _given: None))

    def ask(number):
        if number == 3:
            with transaction(engine) as session:
                jobs.enqueue(session, "job")

    assert looks(Worker(engine, {}, kinds=["job"]), monkeypatch, 7, ask) == [1, 3, 4]


def test_what_time_alone_brings_is_found_after_a_while(engine, only, monkeypatch):
    only(job=Kind(1, lambda _given: None))
    monkeypatch.setattr(loop, "LOOK_ANYWAY", 0)
    assert looks(Worker(engine, {}, kinds=["job"]), monkeypatch, 4) == [1, 2, 3, 4]


def test_a_worker_that_waits_says_now_and_then_that_it_is_there(engine, only, monkeypatch):
    only(job=Kind(1, lambda _given: None))
    given = []
    monkeypatch.setattr(loop, "give_sign", given.append)
    looks(Worker(engine, {}, kinds=["job"]), monkeypatch, 5)
    often = len(given)
    monkeypatch.setattr(loop, "SIGN_EVERY", 0)
    given.clear()
    looks(Worker(engine, {}, kinds=["job"]), monkeypatch, 5)
    assert often < 5 <= len(given)


def test_after_many_looks_without_a_change_they_get_rarer(engine, only, monkeypatch):
    only(job=Kind(1, lambda _given: None))
    monkeypatch.setattr(loop, "QUIET_LOOKS", 2)
    worker, pauses = Worker(engine, {}, kinds=["job"], idle=1), []
    monkeypatch.setattr(
        worker._stopping, "wait", lambda pause: pauses.append(pause) or len(pauses) < 5 or worker.stop()
    )
    worker.run()
    assert pauses == [1, 1, 1, 3, 3]
