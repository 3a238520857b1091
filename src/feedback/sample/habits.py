"""Read how people of the sample answer whatever the credential: usual options, asides, shifts and short texts."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Habits:
    """What data/sample/habits.toml says; a question or option that is missing there has no habit.

    options: audience -> question -> option -> weight or chance. tilts: audience -> question -> how strongly thinking
    well of it counts. alone: audience -> options nobody ticks beside others. asides: aside -> share.
    shifts: audience -> construct, or "construct.row" -> steps. skills: construct -> skill -> steps. texts: question ->
    share who write. lines: question -> language -> texts. languages: country -> language. topics: audience ->
    question -> topic.
    """

    options: Mapping[str, Mapping[str, Mapping[str, float]]]
    tilts: Mapping[str, Mapping[str, float]]
    alone: Mapping[str, Sequence[str]]
    asides: Mapping[str, float]
    shifts: Mapping[str, Mapping[str, float]]
    skills: Mapping[str, Mapping[str, float]]
    texts: Mapping[str, float]
    lines: Mapping[str, Mapping[str, Sequence[str]]]
    languages: Mapping[str, str]
    topics: Mapping[str, Mapping[str, str]]


def read_habits(path: Path) -> Habits:
    """Read habits.toml. Raises TOMLDecodeError or TypeError when the file, which is ours, is broken."""
    return Habits(**tomllib.loads(path.read_text(encoding="utf-8")))
