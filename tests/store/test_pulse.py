"""What a waiting worker looks at: it changes with whatever becomes due, and with nothing else. Its sign of life."""

from datetime import timedelta

from sqlalchemy import update

from feedback.analysis.comments.voices import count_voices
from feedback.store import jobs, meta, outbox
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.pulse import PATIENCE, SEEN, give_sign, is_silent, pulse
from feedback.store.releases import publish_batch
from feedback.store.tables import Jobs
from tests.store.releasing import bring, publish_all, save_all, stored


def now_at(engine):
    with reading(engine) as session:
        return pulse(session)


def test_it_stays_the_same_while_nothing_happens(institution):
    assert now_at(institution) == now_at(institution)


def test_it_changes_with_each_thing_that_may_be_due(institution, instruments, said):
    seen = [now_at(institution)]

    def changed():
        seen.append(now_at(institution))
        return seen[-1] != seen[-2]

    save_all(institution, said(worth=4))
    assert changed()
    publish_all(institution, instruments)
    assert changed()
    batch = bring(institution, [stored(1, {"worth": 4})])
    assert changed()
    publish_batch(institution, instruments, batch, count_voices)
    assert changed()
    with transaction(institution) as session:
        jobs.enqueue(session, "job")
    assert changed()
    with transaction(institution) as session:
        outbox.put(session, "once", "kind", "ann@example.org", "Subject", "Body")
    assert changed()


def test_a_job_counts_when_its_time_has_come_or_its_worker_is_lost(institution):
    def set_job(**values):
        with transaction(institution) as session:
            moment = now(session)
            given = {name: moment + value if isinstance(value, timedelta) else value for name, value in values.items()}
            session.connection().execute(update(table_of(Jobs)).values(**given))
        return now_at(institution)

    with transaction(institution) as session:
        jobs.enqueue(session, "job")
    ready, later = now_at(institution), set_job(ready_at=timedelta(hours=1))
    assert later != ready
    assert set_job(ready_at=timedelta(hours=-1)) == ready
    assert set_job(state=jobs.RUNNING, worker="ann/1", lease_until=timedelta(hours=1)) == later
    assert set_job(lease_until=timedelta(hours=-1)) == ready
    assert set_job(state=jobs.PARKED) == later


def test_a_worker_is_silent_before_its_first_sign_of_life_and_some_minutes_after_its_last(engine):
    def silent(minutes_ago=None):
        with transaction(engine) as session:
            if minutes_ago is not None:
                give_sign(session)
                meta.set_number(session, SEEN, meta.number(session, SEEN) - minutes_ago)
            return is_silent(session)

    assert silent()
    assert not silent(minutes_ago=0)
    assert not silent(minutes_ago=PATIENCE - 1)
    assert silent(minutes_ago=PATIENCE + 1)


def test_a_sign_of_life_is_nothing_to_be_done(engine):
    before = now_at(engine)
    with transaction(engine) as session:
        give_sign(session)
    assert now_at(engine) == before
