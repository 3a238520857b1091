"""Reading the comments of a file, batch after batch, in one process or in several; the order stays."""

import json
import signal
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from multiprocessing import get_context
from types import ModuleType
from typing import TYPE_CHECKING, Any

from feedback.errors import FeedbackError

if TYPE_CHECKING:
    from feedback.analysis.comments.learned_topics import TopicModel
    from feedback.analysis.comments.learning import SentimentModel
    from feedback.analysis.comments.names import Roster
    from feedback.analysis.comments.topics import Taxonomy, Topic

AHEAD = 3
"""Batches that wait for each process: enough that none is idle, few enough that memory does not grow with the file."""

Added = tuple[str, ...]
"""What is added to one comment, by the columns of `analysing.READ`; cells as they are written."""


@dataclass(frozen=True)
class CommentReader:
    """How the comments of a file are read; can be handed to another process. topics: those looked for; models,
    topic_models: what was learned, by language."""

    topics: "tuple[Topic, ...]"
    models: "Mapping[str, SentimentModel]"
    topic_models: "Mapping[str, TopicModel]"
    roster: "Roster"
    audience: str | None

    def read(self, texts: Sequence[str]) -> list[Added]:
        """What is added to each text."""
        from pandas import DataFrame

        from feedback.analysis.comments.reading import read
        from feedback.analysis.comments.redaction import masked
        from feedback.analysis.comments.sentiment import label

        table = DataFrame({"text": texts, "audience": self.audience}, dtype=object)
        found = read(table, self._taxonomy, self.models, self.topic_models, self.roster)
        rows: list[Added] = []
        columns = (found[name] for name in ("language", "sentiment", "topics", "hidden"))
        for text, language, sentiment, topics, hidden in zip(texts, *columns, strict=True):
            scored = isfinite(sentiment)
            polarities = {tag["polarity"] for tag in topics}
            said = [{name: tag[name] for name in ("topic", "polarity", "start", "end")} for tag in topics]
            mixed = str({"pos", "neg"} <= polarities).lower() if scored else ""
            number = f"{sentiment:.4f}" if scored else ""
            rows.append((language, number, label(sentiment), json.dumps(said), mixed, masked(text, hidden)))
        return rows

    @cached_property
    def _taxonomy(self) -> "Taxonomy":
        from feedback.analysis.comments.topics import Taxonomy

        return Taxonomy(self.topics)


def read_in_turn(
    batches: Iterable[list[list[str]]], place: int, reader: CommentReader, jobs: int = 1
) -> Generator[tuple[list[list[str]], list[Added]], None, None]:
    """Each batch of rows with what is added to them, in the order of the batches. place: the column of the comments.
    jobs: so many processes read at once; 1: this one alone. Whatever one of them raises is raised here; where one ends
    before its time, FeedbackError. Whoever stops before the end closes this, and what was not begun is not read."""
    if jobs == 1:
        for batch in batches:
            yield batch, reader.read([cells[place] for cells in batch])
        return
    context = get_context("spawn")
    stopped = context.RawValue("b", 0)
    pool = ProcessPoolExecutor(jobs, context, _begin, (reader, stopped))
    waiting: deque[tuple[list[list[str]], Future[list[Added]]]] = deque()
    try:
        for batch in batches:
            with _apart():
                waiting.append((batch, pool.submit(_read, [cells[place] for cells in batch])))
            if len(waiting) > AHEAD * jobs:
                done, added = waiting.popleft()
                yield done, added.result()
        while waiting:
            done, added = waiting.popleft()
            yield done, added.result()
    except BrokenProcessPool as error:
        raise FeedbackError(
            f"--jobs {jobs}: a reading process ended before its time, most often for want of memory, so nothing was "
            "written. Try fewer --jobs."
        ) from error
    finally:
        stopped.value = 1
        pool.shutdown(cancel_futures=True)


@contextmanager
def _apart() -> Iterator[None]:
    """Processes started meanwhile do not run the program of this one again: to read they need none, and what stands in
    its place may be another (Streamlit puts each page there that it runs). Nor does Ctrl-C reach them, even before they
    `_begin`: the one that started them ends them. Where signals cannot be kept back (Windows), only from then on."""
    program, kept_back = sys.modules["__main__"], None
    sys.modules["__main__"] = ModuleType("__main__")
    if hasattr(signal, "pthread_sigmask"):
        kept_back = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        sys.modules["__main__"] = program
        if kept_back is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, kept_back)


_here: list[tuple[CommentReader, Any]] = []
"""The reader of this process, where it was started to read; and what is 1 as soon as nobody waits for it any more."""


def _begin(reader: CommentReader, stopped: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _here[:] = [(reader, stopped)]


def _read(texts: list[str]) -> list[Added]:
    reader, stopped = _here[0]
    return [] if stopped.value else reader.read(texts)
