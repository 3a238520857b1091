"""What a finding works on, and what may be chosen: the tables of answers and comments with the names to show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from pandas import DataFrame

from feedback.disclosure import Limits, showable


def nothing() -> Mapping[str, Any]:
    """No names known."""
    return MappingProxyType({})


@dataclass(frozen=True)
class Step:
    """One step of a scale: its value, its wording, and whether it lies below (-1), in (0) or above (1) the middle."""

    value: float
    label: str
    side: int


@dataclass(frozen=True)
class Evidence:
    """Everything collected, as the store hands it over. Never shown itself: only findings read it.

    answers: one row an answer part (see store.answers.read_answers).
    comments: one row a comment with its reading (see store.comments.read_comments).
    titles, programmes, kinds: by credential slug. skills: by skill slug. questions: wording by question id.
    Rows of a grid are named "question/item" there. topics: names by topic id. scales: the steps of each scale.
    """

    answers: DataFrame
    comments: DataFrame
    titles: Mapping[str, str] = field(default_factory=nothing)
    programmes: Mapping[str, str] = field(default_factory=nothing)
    skills: Mapping[str, str] = field(default_factory=nothing)
    questions: Mapping[str, str] = field(default_factory=nothing)
    topics: Mapping[str, str] = field(default_factory=nothing)
    scales: Mapping[str, tuple[Step, ...]] = field(default_factory=nothing)


@dataclass(frozen=True)
class Choice:
    """What a reader chose from the fixed menu; empty means all. Hashable, so that answers can be kept by it."""

    credential: str = ""
    programme: str = ""
    measure: str = ""
    audience: str = ""


@dataclass(frozen=True)
class Measure:
    """One way employers' regard was asked: its construct, name and the ends of its scale."""

    construct: str
    name: str
    low: float
    high: float
    ends: tuple[str, str] = field(default=("", ""))


MEASURES = (
    Measure("recognition", "Recognition ladder", 0, 4, ("would not count", "did so in the last 12 months")),
    Measure("employer_value", "Imported rating", 1, 5, ("lowest", "highest")),
)
"""The ways of asking employers, in order of trust: what they do counts more than a number brought from elsewhere."""


def rated_by_employers(evidence: Evidence, measure: Measure) -> DataFrame:
    """Employers' ratings of real credentials on a measure."""
    answers = evidence.answers
    keep = (answers["audience"] == "employer") & (answers["construct"] == measure.construct)
    rated = answers[keep & (answers["status"] == "answered") & answers["number"].notna()]
    slugs = rated["credential"].astype(str)
    return rated.assign(credential=slugs)[slugs.isin(evidence.titles)]


def measures_in(evidence: Evidence, limits: Limits) -> tuple[Measure, ...]:
    """The measures on which at least one credential may be shown, in their order.

    A measure hardly anybody answered on is not offered: that alone would tell that somebody did.
    """
    return tuple(
        measure
        for measure in MEASURES
        if not showable(rated_by_employers(evidence, measure), ["credential"], limits=limits).empty
    )


def measure_of(evidence: Evidence, choice: Choice, limits: Limits) -> Measure:
    """The chosen measure; without a choice the first there is, and the ladder where there is none."""
    there = measures_in(evidence, limits)
    chosen = [measure for measure in there if measure.construct == choice.measure]
    return (chosen or list(there) or [MEASURES[0]])[0]
