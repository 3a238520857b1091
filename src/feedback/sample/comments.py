"""Comments of the sample: an opening now and then, and one or two points, from a bank of our own sentences."""

import tomllib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

OPENED, SECOND_POINT, MIXED = 0.3, 0.35, 0.12
"""Chances that a comment has an opening, makes a second point, and first gives the other side its due."""

DICE = 9
"""How many chances one comment takes."""


@dataclass(frozen=True)
class Phrases:
    """Sentences by (audience, polarity, language) and (audience, topic, polarity, language); polarity pos or neg."""

    openings: Mapping[tuple[str, str, str], tuple[str, ...]]
    points: Mapping[tuple[str, str, str, str], tuple[str, ...]]


def read_phrases(path: Path) -> Phrases:
    """Read phrases.toml; an opening of polarity "" fits both. Raises KeyError or TOMLDecodeError when broken."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    openings: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for row in raw["openings"]:
        for polarity in [row["polarity"]] if row["polarity"] else ["pos", "neg"]:
            key = (row["audience"], polarity, row["language"])
            openings[key] = openings.get(key, ()) + tuple(row["text"])
    points = {
        (row["audience"], row["topic"], row["polarity"], row["language"]): tuple(row["text"]) for row in raw["phrases"]
    }
    return Phrases(openings, points)


@dataclass(frozen=True)
class Points:
    """What comments of one audience and polarity in one language are about: topics, running weights, sentences."""

    running: tuple[float, ...]
    sentences: tuple[tuple[str, ...], ...]


def points_of(phrases: Phrases, audience: str, polarity: str, language: str, topics: Mapping[str, float]) -> Points:
    """The topics that have sentences in the language, by their weights; none is left when no topic has."""
    found = {topic: phrases.points.get((audience, topic, polarity, language), ()) for topic in topics}
    kept = [topic for topic, sentences in found.items() if sentences and topics[topic] > 0]
    return Points(tuple(accumulate(topics[topic] for topic in kept)), tuple(found[topic] for topic in kept))


def compose(openings: Sequence[str], points: Points, others: Points | None, dice: Sequence[float]) -> str | None:
    """One comment, by chances from 0 to below 1 (DICE of them); None when there is nothing to say.

    points: what it says. others: what it may grant the other side first.

    >>> compose(["Hello."], Points((1.0,), (("It was fast.",),)), None, [0.1, 0, 0, 0, 0.9, 0, 0, 0.9, 0])
    'Hello. It was fast.'
    """
    if not points.sentences:
        return None
    said = [_pick(openings, dice[1])] if openings and dice[0] < OPENED else []
    if others and others.sentences and dice[7] < MIXED:
        said.append(_pick(others.sentences[_topic(others, dice[8])], dice[8] * 7919 % 1))
    first = _topic(points, dice[2])
    said.append(_pick(points.sentences[first], dice[3]))
    if dice[4] < SECOND_POINT and (second := _topic(points, dice[5])) != first:
        said.append(_pick(points.sentences[second], dice[6]))
    return " ".join(said)


def _topic(points: Points, chance: float) -> int:
    return bisect_right(points.running, chance * points.running[-1], hi=len(points.running) - 1)


def _pick(sentences: Sequence[str], chance: float) -> str:
    return sentences[int(chance * len(sentences))]
