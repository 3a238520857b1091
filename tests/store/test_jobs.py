"""Jobs: one of a kind and subject, leases by the database's clock, three tries, several workers. On both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from feedback.store import jobs
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.jobs import PARKED, READY, RUNNING, TRIES, LeaseLost
from feedback.store.tables import Jobs

LONG = timedelta(hours=1)
OVER = timedelta(seconds=-5)
"""A lease that has run out as soon as it begins."""


def do(engine, work, *arguments, **named):
    with transaction(engine) as session:
        return work(session, *arguments, **named)


def take(engine, worker="ann", lease=LONG, kinds=None):
    return do(engine, jobs.take, worker, kinds, lease)


def all_jobs(engine):
    with reading(engine) as session:
        return jobs.read_jobs(session)


def only_job(engine):
    (job,) = all_jobs(engine)
    return job


def let_wait_no_more(engine):
    """Every job that waits for its next try has waited long enough."""
    table = table_of(Jobs)
    with transaction(engine) as session:
        past = jobs.now(session) - timedelta(minutes=5)
        session.connection().execute(update(table).where(table.c.state == READY).values(ready_at=past))


def test_without_jobs_there_is_none_to_take(engine):
    assert take(engine) is None
    with reading(engine) as session:
        assert not jobs.is_due(session)


def test_a_job_of_the_same_kind_and_subject_that_is_ready_stays_the_one(engine):
    assert do(engine, jobs.enqueue, "read", "", {"a": 1})
    assert not do(engine, jobs.enqueue, "read", "", {"a": 2})
    assert do(engine, jobs.enqueue, "read", "one comment")
    assert sorted(job.subject for job in all_jobs(engine)) == ["", "one comment"]


def test_a_job_asked_for_while_it_runs_is_done_once_more(engine):
    do(engine, jobs.enqueue, "read", payload={"a": 1})
    first = take(engine)
    assert do(engine, jobs.enqueue, "read", payload={"a": 2})
    assert not do(engine, jobs.enqueue, "read", payload={"a": 2})
    assert only_job(engine).state == RUNNING
    assert take(engine, "bob") is None
    assert do(engine, jobs.finish, first)
    again = take(engine, "bob")
    assert (dict(again.payload), again.attempts) == ({"a": 2}, 1)
    assert do(engine, jobs.finish, again)
    assert all_jobs(engine) == []


def test_the_most_needed_is_taken_first_and_only_of_the_kinds_asked_for(engine):
    for kind, priority in (("finish", 40), ("read", 10), ("outbox", 50)):
        do(engine, jobs.enqueue, kind, priority=priority)
    assert take(engine, kinds=["finish", "outbox"]).kind == "finish"
    assert [take(engine).kind, take(engine).kind] == ["read", "outbox"]
    assert take(engine) is None


def test_a_job_whose_lease_ran_out_is_taken_by_the_next_and_the_former_holder_writes_nothing(engine):
    do(engine, jobs.enqueue, "read")
    former = take(engine, "ann", OVER)
    later = take(engine, "ann")
    assert later.id == former.id
    assert later.attempts == 2
    for change in (jobs.beat, jobs.finish, jobs.give_back):
        assert not do(engine, change, former)
    assert not do(engine, jobs.fail, former, "late")
    assert not do(engine, jobs.progress, former, 5)
    with pytest.raises(LeaseLost, match="another worker"):
        do(engine, jobs.hold, former)
    do(engine, jobs.hold, later)
    assert only_job(engine).worker == later.worker


def test_a_beat_keeps_a_job(engine):
    do(engine, jobs.enqueue, "read")
    job = take(engine, lease=OVER)
    assert do(engine, jobs.beat, job, LONG)
    assert take(engine, "bob") is None


def test_a_job_that_fails_waits_longer_each_time_and_is_parked_after_three_tries(engine):
    do(engine, jobs.enqueue, "read")
    waits = []
    for attempt in range(1, TRIES + 1):
        job = take(engine)
        assert job.attempts == attempt
        assert do(engine, jobs.fail, job, f"reason {attempt}")
        with reading(engine) as session:
            waits.append(only_job(engine).ready_at - jobs.now(session))
        let_wait_no_more(engine)
    parked = only_job(engine)
    assert (parked.state, parked.error, parked.worker) == (PARKED, "reason 3", None)
    assert waits[0] < waits[1]
    assert take(engine) is None
    assert not do(engine, jobs.enqueue, "read")


def test_a_job_whose_worker_is_lost_three_times_is_parked(engine):
    do(engine, jobs.enqueue, "rebuild")
    for _ in range(TRIES):
        assert take(engine, lease=OVER)
    assert take(engine) is None
    assert only_job(engine).state == PARKED
    assert "never ended" in only_job(engine).error


def test_a_job_that_gets_on_is_not_on_its_last_try(engine):
    do(engine, jobs.enqueue, "reread")
    for done in range(1, 8):
        job = take(engine, lease=OVER)
        assert do(engine, jobs.progress, job, done, 100)
    assert (only_job(engine).done, only_job(engine).total, only_job(engine).state) == (7, 100, RUNNING)


def test_a_job_given_back_has_lost_no_try(engine):
    do(engine, jobs.enqueue, "reread")
    do(engine, jobs.give_back, take(engine))
    assert take(engine).attempts == 1


def test_a_parked_job_is_retried_or_discarded_and_tells_no_time_of_day(engine):
    for subject in ("a", "b"):
        do(engine, jobs.enqueue, "read", subject)
    for _ in range(2 * TRIES):
        do(engine, jobs.fail, take(engine), "reason")
        let_wait_no_more(engine)
    kept, gone = all_jobs(engine)
    assert {kept.state, gone.state} == {PARKED}
    assert kept.ready_at == kept.ready_at.replace(hour=0, minute=0, second=0, microsecond=0)
    assert do(engine, jobs.discard, gone.id)
    assert do(engine, jobs.retry, kept.id)
    assert not do(engine, jobs.retry, kept.id)
    assert take(engine).attempts == 1
    assert not do(engine, jobs.discard, kept.id)


def test_jobs_out_of_date_are_thrown_away_but_not_those_that_run(engine):
    for subject in ("1", "2", "3"):
        do(engine, jobs.enqueue, "finish", subject)
    running = take(engine)
    do(engine, jobs.discard_others, "finish", "3")
    assert {job.subject for job in all_jobs(engine)} == {running.subject, "3"}


def test_many_workers_never_take_the_same_job(engine):
    for number in range(12):
        do(engine, jobs.enqueue, "read", str(number))

    def work(name: str) -> list[str]:
        taken = []
        while job := take(engine, name):
            taken.append(job.subject)
            do(engine, jobs.finish, job)
        return taken

    with ThreadPoolExecutor(4) as pool:
        subjects = [subject for taken in pool.map(work, "abcd") for subject in taken]
    assert sorted(subjects, key=int) == [str(number) for number in range(12)]
    assert all_jobs(engine) == []
