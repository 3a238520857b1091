"""Read how people of the sample answer whatever the credential: usual options, asides, shifts and short texts."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Habits:
    """What data/sample/habits.toml says; a question or option that is missing there has no habit.

    The first key of options, tilts and topics is a questionnaire, or an audience for all of its questionnaires.
    options: -> question -> option -> weight or chance. tilts: -> question -> how strongly thinking well of it counts.
    asides: aside -> share. shifts: audience -> construct, or "construct.row" -> steps. skills: construct -> skill ->
    steps. texts: question -> share who write. lines: question -> language -> texts. languages: country -> language.
    topics: -> question -> topic. review: what reviewers write as evidence.
    """

    options: Mapping[str, Mapping[str, Mapping[str, float]]]
    tilts: Mapping[str, Mapping[str, float]]
    asides: Mapping[str, float]
    shifts: Mapping[str, Mapping[str, float]]
    skills: Mapping[str, Mapping[str, float]]
    texts: Mapping[str, float]
    lines: Mapping[str, Mapping[str, Sequence[str]]]
    languages: Mapping[str, str]
    topics: Mapping[str, Mapping[str, str]]
    review: Mapping[str, Sequence[str]]


def read_habits(path: Path) -> Habits:
    """Read habits.toml. Raises TOMLDecodeError or TypeError when the file, which is ours, is broken."""
    return Habits(**tomllib.loads(path.read_text(encoding="utf-8")))
