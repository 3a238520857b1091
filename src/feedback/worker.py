"""The work that follows an answer: reading the comments that arrived. Safe to call at any time, by anyone, twice."""

from collections.abc import Callable, Mapping

from sqlalchemy import Engine

from feedback.analysis.comments.reading import ANALYSER, read
from feedback.analysis.comments.topics import shipped_taxonomy
from feedback.store.comments import save_readings, unread_comments
from feedback.store.database import reading, transaction
from feedback.survey.instrument import Instrument

BATCH = 500
"""Comments read in one go: about a quarter of a second, so that a submission never waits long for the lock."""


def read_arrived_comments(
    engine: Engine, instruments: Mapping[str, Instrument], progress: Callable[[int], None] | None = None
) -> int:
    """Read every comment that the present analyser has not read: language, sentiment, topics (of those meant for
    whoever was asked).

    The reading itself happens outside any transaction. A comment withdrawn meanwhile is skipped; one read by
    somebody else meanwhile is kept as it is. progress: called after each batch with how many were read so far.
    Returns how many were read.
    """
    done = 0
    while True:
        with reading(engine) as session:
            waiting = unread_comments(session, instruments, ANALYSER, BATCH)
        if waiting.empty:
            return done
        readings = waiting[["response", "question", "credential"]].join(read(waiting))
        with transaction(engine) as session:
            save_readings(session, readings, ANALYSER)
        done += len(waiting)
        if progress:
            progress(done)


def topic_names(language: str) -> dict[str, str]:
    """The name of each topic of the taxonomy in a language, in English where it has none, by its id."""
    return {topic.id: topic.names.get(language, topic.names["en"]) for topic in shipped_taxonomy().topics.values()}
