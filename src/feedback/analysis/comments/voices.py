"""Counting voices: how many people named which topic, as what is good or as what is not; each person once."""

from collections.abc import Iterable, Mapping

import numpy as np
from pandas import Categorical, DataFrame, Series

GROUP = ("audience", "instrument", "survey", "month", "organisation", "role", "credential")
COLUMNS = (*GROUP, "topic", "critical", "appreciative", "rating", "people")
NEGATIVE, POSITIVE = ("negative", "neg"), ("positive", "pos")
WROTE = ""
"""The topic of whoever wrote a comment at all."""


def count_voices(comments: DataFrame) -> DataFrame:
    """How many people named each topic in which voice, over all their comments on a credential.

    comments: one row a comment: response (who wrote it), the columns of GROUP, polarity (the question's: "positive",
    "negative" or missing), topics (a list of {topic, polarity, ...}; missing counts as none) and, where it is known,
    rating: the number by which the person rated the whole, one for all their comments on a credential.
    critical: the person named it at least once where the question asks for what to change or, where the question
    leaves it open, in a clause that reads as negative; of a topic with `said` somebody told how it is spoken of, which
    goes before the question; appreciative likewise; both may be so, or neither (unclear).
    Topic "" stands for having written at all: critical and appreciative by the questions answered and, where these
    leave it open, by any clause on a topic.
    Returns a counted table with COLUMNS, a row a combination, sorted; empty without comments. Counted tables of
    different people add up.
    """
    persons: dict[tuple[object, ...], list[bool]] = {}
    ratings = _plain(comments["rating"]) if "rating" in comments else [None] * len(comments)
    rows = zip(*(_plain(comments[name]) for name in ("response", *GROUP, "polarity", "topics")), ratings, strict=True)
    for response, *group, polarity, topics, rating in rows:
        said = [(WROTE, _voice(polarity, None))]
        said += [voice for tag in _tags(topics) for voice in _named(tag, polarity)]
        for topic, (critical, appreciative) in said:
            voice = persons.setdefault((response, *group, rating, topic), [False, False])
            voice[0] |= critical
            voice[1] |= appreciative
    counted: dict[tuple[object, ...], int] = {}
    for (_, *group, rated, named), (critical, appreciative) in persons.items():
        cell = (*group, named, critical, appreciative, rated)
        counted[cell] = counted.get(cell, 0) + 1
    cells = sorted(counted, key=lambda cell: tuple((part is not None, part) for part in cell))
    found: dict[str, object] = {}
    for place, name in enumerate(COLUMNS[:-1]):
        values = [cell[place] for cell in cells]
        if name in ("critical", "appreciative"):
            found[name] = np.array(values, dtype=bool)
        elif name == "rating":
            found[name] = np.array(values, dtype=float)
        else:
            found[name] = Categorical(Series(values, dtype=object))
    return DataFrame({**found, "people": np.array([counted[cell] for cell in cells], dtype=np.int64)})


def _voice(polarity: object, clause: object) -> tuple[bool, bool]:
    """Critical, appreciative: by the question, and where it leaves that open by the clause."""
    meant = polarity or clause
    return meant in NEGATIVE, meant in POSITIVE


def _named(tag: Mapping[str, object], polarity: object) -> list[tuple[str, tuple[bool, bool]]]:
    clause = tag.get("polarity")
    said = clause if tag.get("said") else None
    return [(str(tag["topic"]), _voice(said or polarity, clause)), (WROTE, _voice(polarity, clause))]


def _tags(topics: object) -> Iterable[Mapping[str, object]]:
    return topics if isinstance(topics, list | tuple | np.ndarray) else ()


def _plain(column: Series) -> list[object]:
    """The values, None where missing."""
    return [None if value is None or value != value else value for value in column.astype(object).tolist()]
