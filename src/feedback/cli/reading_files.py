"""Reading the comments of a file, batch after batch, in one process or in several; the order stays."""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feedback.analysis.comments.learned_topics import TopicModel
    from feedback.analysis.comments.learning import SentimentModel
    from feedback.analysis.comments.names import Roster
    from feedback.analysis.comments.topics import Taxonomy

AHEAD = 3
"""Batches that wait for each process: enough that none is idle, few enough that memory does not grow with the file."""

Added = tuple[str, ...]
"""What is added to one comment, by the columns of `analysing.READ`; cells as they are written."""


@dataclass(frozen=True)
class CommentReader:
    """How the comments of a file are read; can be handed to another process. topics: a file or folder in place of
    data/topics/; models, topic_models: what was learned, by language."""

    topics: Path | None
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
        from feedback.analysis.comments.topics import read_taxonomy, shipped_taxonomy

        return read_taxonomy(self.topics) if self.topics else shipped_taxonomy()


def read_in_turn(
    batches: Iterable[list[list[str]]], place: int, reader: CommentReader, jobs: int = 1
) -> Iterator[tuple[list[list[str]], list[Added]]]:
    """Each batch of rows with what is added to them, in the order of the batches. place: the column of the comments.
    jobs: so many processes read at once; 1: this one alone. Whatever one of them raises is raised here."""
    if jobs == 1:
        for batch in batches:
            yield batch, reader.read([cells[place] for cells in batch])
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (reader,)) as pool:
        waiting: deque[tuple[list[list[str]], Future[list[Added]]]] = deque()
        for batch in batches:
            waiting.append((batch, pool.submit(_read, [cells[place] for cells in batch])))
            if len(waiting) > AHEAD * jobs:
                done, added = waiting.popleft()
                yield done, added.result()
        while waiting:
            done, added = waiting.popleft()
            yield done, added.result()


_here: list[CommentReader] = []
"""The reader of this process, where it was started to read."""


def _begin(reader: CommentReader) -> None:
    _here[:] = [reader]


def _read(texts: list[str]) -> list[Added]:
    return _here[0].read(texts)
