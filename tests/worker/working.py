"""What the tests of the worker share: answers that arrive, and what became of them."""

from datetime import UTC, datetime, timedelta

from pandas import DataFrame
from sqlalchemy import update

from feedback.catalogue.values import Credential, Programme
from feedback.store import jobs
from feedback.store.catalogue import save
from feedback.store.comments import read_comments
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.jobs import READY
from feedback.store.responses import new_secret, save_submission
from feedback.store.surveys import Survey, open_survey
from feedback.store.tables import CommentReadings, Jobs
from feedback.survey.submission import Submission
from feedback.worker.loop import ANSWERS, Worker

GREAT, BAD = "The labs were great and the teacher explained well.", "The exam was terrible and unfair."
POISON = "Xyzzy is a secret word."


def set_up(engine, instruments):
    with transaction(engine) as session:
        save(session, [Programme(slug="data", title="Data")])
        save(session, [Credential(slug="data-badge", title="Data badge", kind="badge", programme="data")])
        for name in ("learner", "employer"):
            asked = instruments[name]
            opens = datetime.now(UTC) - timedelta(days=1)
            about = ["data-badge"]
            open_survey(
                session, Survey(slug=name, instrument=name, version=asked.version, opens=opens, credentials=about)
            )
    return engine


def answer(engine, instruments, name="learner", **answers) -> str:
    """Save a response; returns its receipt."""
    submission = Submission(name, instruments[name].version, name, "en", ("data-badge",), answers)
    with transaction(engine) as session:
        return save_submission(session, submission, secret=new_secret()).receipt


def five(engine, instruments, **answers):
    """So many that they are published together."""
    return [answer(engine, instruments, **answers) for _ in range(5)]


def readings(engine) -> DataFrame:
    table = table_of(CommentReadings)
    with reading(engine) as session:
        return DataFrame(session.connection().execute(table.select()).mappings().all(), columns=table.c.keys())


def shown(engine, instruments) -> DataFrame:
    with reading(engine) as session:
        return read_comments(session, instruments)


def topics(engine, instruments):
    """People by topic, as published."""
    from feedback.store.blocks import read_blocks

    with reading(engine) as session:
        return read_blocks(session, "topics", instruments).groupby("topic", observed=True)["people"].sum()


def all_jobs(engine):
    with reading(engine) as session:
        return jobs.read_jobs(session)


def let_time_pass(engine):
    """Every job that waits for its next try has waited long enough."""
    table = table_of(Jobs)
    with transaction(engine) as session:
        past = jobs.now(session) - timedelta(minutes=5)
        session.connection().execute(update(table).where(table.c.state == READY).values(ready_at=past))


def work(engine, instruments, times=4, kinds=ANSWERS):
    """Do all that is due, and all that waits for another try."""
    said = []
    for _ in range(times):
        Worker(engine, instruments, kinds=kinds, say=said.append).tick()
        let_time_pass(engine)
    return "\n".join(said)
