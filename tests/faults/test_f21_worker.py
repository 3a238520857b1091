"""F21: workers are killed at any moment, several at once. Nothing is lost or done twice, and the next goes on."""

import random
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from feedback.analysis.comments.voices import count_voices
from feedback.catalogue.values import Credential, Programme
from feedback.findings.evidence import Choice
from feedback.settings import data_folder
from feedback.store import finished, jobs, releases
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.jobs import PARKED
from feedback.store.meta import data_version
from feedback.store.responses import new_secret, save_submission
from feedback.store.surveys import Survey, open_survey
from feedback.store.tables import CommentReadings, Jobs, Responses, Waiting
from feedback.survey.instrument import read_instruments
from feedback.survey.submission import Submission
from feedback.worker import finishing
from feedback.worker import reading as reading_step
from feedback.worker.loop import Worker
from feedback.worker.work import Work
from tests.faults.worker_process import worker_processes

SAID = ("The labs were great.", "The exam was unfair.", "More practice, please.", "Write to ann@example.org.")
MOST_KILLED = 24
"""So often a kind of job is killed: what compares answers begins anew each time, and would never end."""


@pytest.fixture(scope="module")
def instruments():
    return dict(read_instruments(data_folder() / "instruments"))


@pytest.fixture
def institution(engine, instruments):
    with transaction(engine) as session:
        save(session, [Programme(slug="data", title="Data")])
        for slug in ("data-badge", "sql-course"):
            save(session, [Credential(slug=slug, title=slug, kind="badge", programme="data")])
            opens = datetime.now(UTC) - timedelta(days=1)
            asked = instruments["learner"]
            open_survey(
                session, Survey(slug=slug, instrument="learner", version=asked.version, opens=opens, credentials=[slug])
            )
    return engine


def answers(engine, instruments, number):
    for count in range(number):
        about = ("data-badge", "sql-course")[count % 2]
        given = {"worth": 1 + count % 5, "keep": SAID[count % 4], "change": SAID[(count + 1) % 4]}
        submission = Submission("learner", instruments["learner"].version, about, "en", (about,), given)
        with transaction(engine) as session:
            save_submission(session, submission, secret=new_secret())


def all_jobs(engine):
    with reading(engine) as session:
        return jobs.read_jobs(session)


def run_out(engine):
    """The leases of those that are no more run out, and what waits for its next try has waited."""
    table = table_of(Jobs)
    with transaction(engine) as session:
        past = jobs.now(session) - timedelta(hours=1)
        session.connection().execute(update(table).where(table.c.lease_until.is_not(None)).values(lease_until=past))
        session.connection().execute(update(table).where(table.c.lease_until.is_(None)).values(ready_at=past))


def end_in_peace(engine, instruments):
    """A worker that nobody kills does the rest; one that was killed three times at the same piece is tried again."""
    for _ in range(5):
        run_out(engine)
        with transaction(engine) as session:
            for job in jobs.read_jobs(session):
                if job.state == PARKED:
                    jobs.retry(session, job.id)
        Worker(engine, instruments).tick()
    assert all_jobs(engine) == []


def count(engine, table):
    with reading(engine) as session:
        return session.connection().execute(select(func.count()).select_from(table_of(table))).scalar_one()


def check_that_all_is_as_if_nothing_had_happened(engine, instruments, responses):
    assert count(engine, Responses) == responses
    assert count(engine, CommentReadings) == 2 * responses
    assert count(engine, Waiting) < 4 * 5
    with reading(engine) as session:
        made = releases.read_releases(session)
        assert finished.kept(session, data_version(session)) != set()
    assert [release.number for release in made] == list(range(len(made), 0, -1))
    # What was counted piece by piece is what counting everything again finds: nothing to change.
    assert releases.rebuild(engine, instruments, count_voices) is None


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(reading_step, "BATCH", 3)
    monkeypatch.setattr(finishing, "choices", lambda _evidence: [("topics", Choice()), ("worth", Choice())])


class KilledError(BaseException):
    """The worker is no more."""


def test_f21_killed_before_and_after_each_piece_it_ends_as_if_nothing_had_happened(
    institution, instruments, small_pieces, monkeypatch
):
    answers(institution, instruments, 14)
    writing, moments = Work.writing, []

    @contextmanager
    def killed(work):
        """Killed by turns before a piece is kept, and just after."""
        moments.append(work.job.kind)
        before, spared = len(moments) % 2, moments.count(work.job.kind) > MOST_KILLED
        with writing(work) as session:
            yield session
            if before and not spared:
                raise KilledError
        if not spared:
            raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(Work, "writing", killed)
        for _ in range(200):
            run_out(institution)
            try:
                Worker(institution, instruments).tick()
            except KilledError:
                continue
            break
        else:
            raise AssertionError("it never ends")
    assert {"read", "release", "finish"} <= set(moments)
    end_in_peace(institution, instruments)
    check_that_all_is_as_if_nothing_had_happened(institution, instruments, 14)


def workers_are_killed(engine, url, instruments, rounds, seed):
    chance, given = random.Random(seed), 0
    for _ in range(rounds):
        with worker_processes(url, 2):
            number = chance.randint(6, 12)
            answers(engine, instruments, number)
            given += number
            time.sleep(chance.uniform(0, 1.5))
    end_in_peace(engine, instruments)
    check_that_all_is_as_if_nothing_had_happened(engine, instruments, given)


def test_f21_two_workers_killed_at_once_lose_nothing(institution, database_url, instruments, small_pieces):
    workers_are_killed(institution, database_url, instruments, rounds=2, seed=21)


@pytest.mark.soak
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("seed", range(5))
def test_f21_workers_killed_again_and_again_lose_nothing(institution, database_url, instruments, small_pieces, seed):
    workers_are_killed(institution, database_url, instruments, rounds=10, seed=seed)


def test_f21_two_workers_that_nobody_kills_do_everything_once(institution, database_url, instruments, small_pieces):
    answers(institution, instruments, 12)
    with worker_processes(database_url, 2):
        while count(institution, Waiting) > 12 or all_jobs(institution):
            time.sleep(0.1)
    end_in_peace(institution, instruments)
    check_that_all_is_as_if_nothing_had_happened(institution, instruments, 12)
    with reading(institution) as session:
        assert len(releases.read_releases(session)) <= 2
