"""What a finding works on, and what may be chosen: counted answers and topics, published comments, and the names to
show. Light: importing it loads neither charts nor models."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from pandas import DataFrame

from feedback.disclosure import Limits, showable

ANSWERS = (
    "audience", "instrument", "version", "survey", "month", "organisation", "role", "credential", "question",
    "construct", "kind", "scale", "item", "status", "number", "score", "positive", "sector", "size_band", "people",
)  # fmt: skip
TOPICS = (
    "audience", "instrument", "survey", "month", "organisation", "role", "credential", "topic", "critical",
    "appreciative", "people",
)  # fmt: skip
COMMENTS = (
    "audience", "instrument", "credential", "question", "construct", "polarity", "month", "organisation", "language",
    "text", "vader", "textblob", "sentiment", "topics",
)  # fmt: skip
RUNS = (
    "slug", "credential", "label", "starts", "ends", "delivery", "beta", "planned_weeks", "actual_weeks", "views",
    "enquiries", "enrolled", "started", "completed", "passed",
)  # fmt: skip
MARKET = ("topic", "skill", "measure", "value", "unit", "on", "source", "region")
"""The columns of the tables below; more may be there and are not read."""


def nothing() -> Mapping[str, Any]:
    """No names known."""
    return MappingProxyType({})


def no_topics() -> DataFrame:
    """A topics table nobody wrote into."""
    return _empty(TOPICS)


def no_comments() -> DataFrame:
    """A list without comments."""
    return _empty(COMMENTS)


def no_runs() -> DataFrame:
    """No run known."""
    return _empty(RUNS)


def no_market() -> DataFrame:
    """No market evidence known."""
    return _empty(MARKET)


def _empty(columns: tuple[str, ...]) -> DataFrame:
    return DataFrame({name: [] for name in columns}, dtype=object)


@dataclass(frozen=True)
class Step:
    """One step of a scale: its value, its wording, and whether it lies below (-1), in (0) or above (1) the middle."""

    value: float
    label: str
    side: int


@dataclass(frozen=True)
class Evidence:
    """Everything published, as the store hands it over. Never shown itself: only findings read it.

    answers: counted answers (columns ANSWERS): one row a combination of its other columns, and how many `people` gave
    exactly that (at least 1). A person counts once for each credential they speak about. The joint facts
    `recognition_among_aware` and `skill_shortfall` are constructs of their own. Of a question with several choices, the
    row with item "" says how many answered it at all; a share of an option is a share of these.
    topics: counted topics (columns TOPICS): how many people named a topic of a credential, critically, appreciatively,
    both or neither (True or False each); topic "" counts those who wrote a comment at all.
    comments: a bounded list of published comments (columns COMMENTS), masked, in an order that tells nothing; without
    anything that says which are of one person. Counts never come from here.
    runs: one row a delivery (columns RUNS, as the catalogue's Run). survey_runs: the run's slug by survey slug.
    market: one row a figure of market evidence (columns MARKET, as the catalogue's): topic in words or skill as slug,
    the other missing; measure "demand" or "supply"; value, a number in its unit; on, the date; source in words.
    titles, programmes: by credential slug. skills: by skill slug. questions: wording by question id; rows of a grid and
    options are named "question/item" and "question/option" there, in the order in which they are asked. Where several
    instruments have a question of that name, "instrument:question" and so on goes before.
    topic_names: by topic id. scales: the steps of each scale.
    """

    answers: DataFrame
    topics: DataFrame = field(default_factory=no_topics)
    comments: DataFrame = field(default_factory=no_comments)
    runs: DataFrame = field(default_factory=no_runs)
    market: DataFrame = field(default_factory=no_market)
    survey_runs: Mapping[str, str] = field(default_factory=nothing)
    titles: Mapping[str, str] = field(default_factory=nothing)
    programmes: Mapping[str, str] = field(default_factory=nothing)
    skills: Mapping[str, str] = field(default_factory=nothing)
    questions: Mapping[str, str] = field(default_factory=nothing)
    topic_names: Mapping[str, str] = field(default_factory=nothing)
    scales: Mapping[str, tuple[Step, ...]] = field(default_factory=nothing)

    def about(self, choice: "Choice") -> "Evidence":
        """The same evidence without what is said of other credentials than those chosen: findings would leave it out
        themselves, only later. What is about no credential, or one that does not exist, stays."""
        if not choice.credential and not choice.programme:
            return self
        chosen = {
            slug
            for slug in self.titles
            if choice.credential in ("", slug) and choice.programme in ("", self.programmes.get(slug))
        }
        others = set(self.titles) - chosen
        tables = {name: getattr(self, name) for name in ("answers", "topics", "comments")}
        return replace(self, **{name: table[~table["credential"].isin(others)] for name, table in tables.items()})

    def named(self, question: str, item: str = "", instrument: str = "") -> str:
        """The wording of a question, or of a row or an option of it; its id where no wording is known."""
        name = f"{question}/{item}" if item else question
        return self.questions.get(f"{instrument}:{name}") or self.questions.get(name) or item or question

    def items(self, question: str, instrument: str = "") -> list[str]:
        """The rows or options of a question, in the order in which they are asked."""
        for start in (f"{instrument}:{question}/", f"{question}/"):
            found = [name.removeprefix(start) for name in self.questions if name.startswith(start)]
            if found:
                return found
        return []


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
