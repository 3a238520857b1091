"""What the tests of published answers share: saving, reading comments, publishing, and the one thing that must hold."""

from contextlib import contextmanager

from sqlalchemy import event, select

from feedback.analysis.comments.voices import count_voices
from feedback.store import blocks, meta
from feedback.store.blocks import read_blocks
from feedback.store.comments import heard, save_readings, unread_comments
from feedback.store.counted import ANSWERS, PRODUCTS, TOPICS, Unit
from feedback.store.counting import count_published
from feedback.store.database import reading, transaction
from feedback.store.imports import Import, save_import
from feedback.store.inserting import table_of
from feedback.store.meta import data_version
from feedback.store.releases import due, erase, publish, read_releases, undo_batch
from feedback.store.responses import StoredResponse, new_secret, save_many, save_submission
from feedback.store.tables import CommentReadings, Responses, Waiting

ANALYSER = "1"
LEARNERS = Unit("learner", "data-badge")
EMPLOYERS = [Unit("employer", credential) for credential in ("", "data-badge", "sql-course")]


def save_all(engine, *submissions, **how):
    """Save submissions; returns their receipts."""
    with transaction(engine) as session:
        return [save_submission(session, each, **{"secret": new_secret()} | how).receipt for each in submissions]


def stored(number, answers, about=("data-badge",), instrument="learner", **more):
    """A response as an import brings it."""
    of = {"learner": "of-learners", "employer": "of-employers"}[instrument]
    return StoredResponse(f"{number:032x}", of, instrument, 1, "en", "2026-03", list(about), dict(answers), **more)


def bring(engine, rows, **more):
    """Save an import whose answers wait as a whole; returns its id."""
    brought = Import(kind="ratings", file="a.csv", digest="0", rows=len(rows), new_rows=len(rows), waiting=True, **more)
    with transaction(engine) as session:
        save_import(session, brought)
        save_many(session, rows, batch=brought.id)
    return brought.id


def tags(text, analyser):
    """What a reader finds in a text, for tests: each of its words is a topic; those in capitals read as negative."""
    return [
        {"topic": word.lower() + analyser, "start": 0, "end": 1, "polarity": "neg" if word.isupper() else "pos"}
        for word in text.split()
    ]


def readings_of(found, analyser):
    """Readings of comments that wait."""
    return found[["response", "instrument", "question", "credential"]].assign(
        language="en",
        vader=0.5,
        textblob=None,
        sentiment=-0.5,
        topics=[tags(text, analyser) for text in found["text"]],
        masked=[text.replace("Smith", "[name]") for text in found["text"]],
    )


def read_all(engine, instruments, analyser=ANALYSER, limit=None, **where):
    """Read comments; returns how many."""
    with reading(engine) as session:
        found = unread_comments(session, instruments, analyser, limit, **{"everything": True} | where)
    with transaction(engine) as session:
        return save_readings(
            session, readings_of(found, analyser), analyser, instruments=instruments, count_voices=count_voices
        )


def publish_all(engine, instruments, minimum_group=1, **how):
    """Publish what waits."""
    with transaction(engine) as session:
        return publish(session, instruments, count_voices, minimum_group=minimum_group, **how)


def lying(engine):
    """Every block: how many people, and its digest."""
    with reading(engine) as session:
        return {place: (each.people, each.digest) for place, each in blocks.contents(session).items()}


def from_scratch(engine, instruments):
    """What the blocks would be if they were made anew."""
    with reading(engine) as session:
        count = count_published(session, instruments)
        topics = heard(session, instruments, count_voices)
    made = {**blocks.prepared(ANSWERS, count.cells, count.people), **blocks.prepared(TOPICS, topics)}
    made |= blocks.prepared(PRODUCTS, count.products)
    return {place: (each.people, each.digest) for place, each in made.items()}


def assert_whole(engine, instruments):
    """What is kept of published answers is what counting them from scratch gives."""
    assert lying(engine) == from_scratch(engine, instruments)


def everything(engine):
    """All that publishing touches, to compare before and after."""
    with reading(engine) as session:
        connection = session.connection()
        names = select(Responses.key, Responses.batch).order_by(Responses.key)
        waits = select(Waiting.instrument, Waiting.credential, Waiting.response).order_by(
            *table_of(Waiting).primary_key
        )
        read = select(CommentReadings.response, CommentReadings.question, CommentReadings.analyser)
        return (
            [tuple(row) for row in connection.execute(names)],
            [tuple(row) for row in connection.execute(waits)],
            sorted(tuple(row) for row in connection.execute(read)),
            [each.digest for each in read_releases(session)],
            meta.data_version(session),
            lying(engine),
        )


class Killed(Exception):
    """The process is gone."""


@contextmanager
def killed_at(engine, step):
    """Everything sent to the database works until the step-th statement, which never gets there."""
    seen = [0]

    def count(*_):
        seen[0] += 1
        if seen[0] == step:
            raise Killed

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", count)


def killed_everywhere(engine, work):
    """Do the work, killed at its first statement, its second, ... until it comes through; each time nothing is done.

    Returns what it gave in the end.
    """
    before, step = everything(engine), 0
    while True:
        step += 1
        try:
            with killed_at(engine, step):
                given = work()
        except Killed:
            assert everything(engine) == before
        else:
            assert step > 1
            return given


def are_due(engine, instruments, **limits):
    with reading(engine) as session:
        return due(session, instruments, **limits)


def published(engine, instruments, part=ANSWERS, **how):
    with reading(engine) as session:
        return read_blocks(session, part, instruments, **how)


def releases(engine):
    with reading(engine) as session:
        return read_releases(session)


def version(engine):
    with reading(engine) as session:
        return data_version(session)


def take_out(engine, instruments, code):
    with transaction(engine) as session:
        return erase(session, instruments, code, count_voices)


def undo(engine, instruments, batch):
    with transaction(engine) as session:
        return undo_batch(session, instruments, batch, count_voices)


def without(instruments, question):
    from dataclasses import replace

    learner = instruments["learner"]
    left = tuple(each for each in learner.questions if each.id != question)
    return {**instruments, "learner": replace(learner, questions=left)}
