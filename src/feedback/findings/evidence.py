"""What a finding works on, and what may be chosen: counted answers and topics, published comments, and the names to
show. Light: importing it loads no tables, no charts and no models."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from feedback.limits import Limits

if TYPE_CHECKING:
    from pandas import DataFrame

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
    "text", "vader", "textblob", "sentiment", "topics", "state", "survey",
)  # fmt: skip
RUNS = (
    "slug", "credential", "label", "starts", "ends", "delivery", "beta", "planned_weeks", "actual_weeks", "views",
    "enquiries", "enrolled", "started", "completed", "passed", "waiting_list", "test_results", "badges_issued",
    "badges_shared",
)  # fmt: skip
OFFERS = (
    "credential", "lifecycle", "planned_weeks", "unusual_weeks", "weeks_reason", "hours", "fee", "currency",
    "languages", "topics", "kind", "level", "for_working_people", "discipline",
)  # fmt: skip
PATHWAYS = ("pathway", "title", "step", "credential")
MARKET = ("topic", "skill", "measure", "value", "unit", "on", "source", "region")
FUNNEL = (
    "survey", "language", "mark", "value", "count", "instrument", "form", "audience", "minutes", "credentials",
)  # fmt: skip
ROLES = ("audience", "credential", "organisation", "role", "people")
NEEDS = ("audience", "credential", "organisation", "skill", "month", "people")
RATED = ("audience", "instrument", "credential", "organisation", "role", "construct", "number", "people")
HOUSES = ("sector", "size_band", "organisations")
FLAGGED = ("audience", "instrument", "credential", "flag", "people", "organisation")
ASKED = ("audience", "instrument", "credential", "survey", "people")
WRITTEN = ("audience", "credential", "mark")
ACTIONS = (
    "id", "credential", "audience", "title", "state", "kind", "about", "item", "expected", "before", "before_label",
    "by", "by_label", "stage", "verdict", "why", "effect", "low", "high", "change", "drift", "untouched", "smallest",
    "value_before", "value_now", "people_before", "people_now", "houses_before", "houses_now", "largest", "measured_on",
)  # fmt: skip
NAMED_CHANGES = ("audience", "credential", "question", "survey", "topics")
REGARD = ("audience", "instrument", "credential", "topic", "critical", "appreciative", "rating", "people")
PRODUCTS = ("audience", "instrument", "credential", "first", "second", "what", "amount")
"""The columns of the tables below; more may be there and are not read."""
AUDIENCES = ("learner", "employer", "expert")
"""Who is asked."""
SAID = ("answers", "topics", "comments", "flagged")
"""The tables of what people said, and of signs in it; the rest of the evidence is names and figures."""
COUNTED = {
    "answers": ANSWERS, "topics": TOPICS, "flagged": FLAGGED, "roles": ROLES, "rated": RATED, "needs": NEEDS,
    "asked": ASKED, "regard": REGARD, "named_changes": NAMED_CHANGES,
}  # fmt: skip
"""Those whose rows make the marks; what else people said has marks of its own (`written`)."""
QUOTING = frozenset(
    {"comments", "comments_by_language", "topics", "experts", "themes", "rising", "quotes", "suggestions"}
)
"""Findings that hold people's own words: whoever may not read them unreviewed gets those that were reviewed."""
APART = (
    *SAID, "products", "written", "regard", "roles", "rated", "needs", "asked", "funnel", "houses", "actions",
    "named_changes",
)  # fmt: skip
"""What is neither names nor figures, or is marked for few findings only."""


def nothing() -> Mapping[str, Any]:
    """No names known."""
    return MappingProxyType({})


def no_topics() -> "DataFrame":
    """A topics table nobody wrote into."""
    return _empty(TOPICS)


def no_comments() -> "DataFrame":
    """A list without comments."""
    return _empty(COMMENTS)


def no_runs() -> "DataFrame":
    """No run known."""
    return _empty(RUNS)


def no_market() -> "DataFrame":
    """No market evidence known."""
    return _empty(MARKET)


def no_offers() -> "DataFrame":
    """Nothing known of what is offered but its titles."""
    return _empty(OFFERS)


def no_pathways() -> "DataFrame":
    """No pathway known."""
    return _empty(PATHWAYS)


def no_named_changes() -> "DataFrame":
    """No expert named a change."""
    return _empty(NAMED_CHANGES)


def no_products() -> "DataFrame":
    """Nothing that goes together."""
    return _empty(PRODUCTS)


def no_forms() -> "DataFrame":
    """Counts of forms nobody has opened."""
    return _empty(FUNNEL)


def no_roles() -> "DataFrame":
    """Nobody's role known."""
    return _empty(ROLES)


def nobody_rated() -> "DataFrame":
    """No rating known by role."""
    return _empty(RATED)


def no_houses() -> "DataFrame":
    """No organisation in the catalogue."""
    return _empty(HOUSES)


def no_needs() -> "DataFrame":
    """No skill known that employers were heard on."""
    return _empty(NEEDS)


def nobody_flagged() -> "DataFrame":
    """No signs seen."""
    return _empty(FLAGGED)


def nobody_asked() -> "DataFrame":
    """Not known how many were asked."""
    return _empty(ASKED)


def no_regard() -> "DataFrame":
    """Not known how those who named a topic rated the whole."""
    return _empty(REGARD)


def no_actions() -> "DataFrame":
    """Nothing anybody set out to change, to be looked at again."""
    return _empty(ACTIONS)


def nothing_written() -> "DataFrame":
    """No marks of comments known."""
    return _empty(WRITTEN)


def _empty(columns: tuple[str, ...]) -> "DataFrame":
    from pandas import DataFrame

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
    anything that says which are of one person. survey: by which it came, missing where that is not known. state: what
    was decided of it (see `limits`), "" or not there while nobody has reviewed it. Counts never come from here.
    regard: how many of those who named a topic of a credential, in which voice, rated the whole how (columns REGARD;
    rating: the scale's own number): the same people as in `topics`, those who gave no rating left out.
    written: marks of all published comments (columns WRITTEN): by audience and credential, another as soon as one of
    them is. Only who wants marks needs it.
    flagged: how many published responses about a credential carry a sign (columns FLAGGED; "fast", "copied"); of the
    verdicts of those who carry any (see store.flags) also the organisation.
    roles: how many employers, of which organisation and role, were heard on a credential (columns ROLES): the same
    people as in `answers`, where the role is not told. Only who asks for it has it.
    rated: how many employers, of which organisation and role, gave a credential which number on the measures of regard
    (columns RATED; the scales' own numbers): the same people as in `answers` once more, where the role is told and
    nothing else of what they said. It comes with the roles.
    houses: how many organisations of which sector and band of size the catalogue lists (columns HOUSES; missing where
    not said), whether anybody there answered or not. Only findings that weigh by them mark it (`Finding.weighs`).
    needs: how many employers, of which organisation, said in which month how far they need a skill of a credential
    (columns NEEDS): of the same people, where the month is not told. It comes with the roles.
    asked: how many people were asked for their verdict on a credential by each survey of which that is known (columns
    ASKED), as the institution counts them: invited, or of a run's survey those who completed it.
    funnel: how far people got with the forms of each survey (columns FUNNEL): survey, language, mark, value and count
    as they are counted; instrument, form (its title), audience, minutes (promised, missing where none are), credentials
    (slugs, joined by "|"). Exact, so nothing of it is to be shown but in steps.
    runs: one row a delivery (columns RUNS, as the catalogue's Run). survey_runs: the run's slug by survey slug.
    settled: by run whether nothing comes any more of what learners are asked at its end; one that is not there is open.
    market: one row a figure of market evidence (columns MARKET, as the catalogue's): topic in words or skill as slug,
    the other missing; measure "demand" or "supply"; value, a number in its unit; on, the date; source in words.
    offers: one row a credential (columns OFFERS, as the catalogue's; unusual_weeks: whether so many want a reason):
    languages and topics separated by "|", kind by its name, discipline of its programme; missing where not said.
    pathways: one row a step of a pathway (columns PATHWAYS):
    pathway, a slug; step, from 1.
    actions: one row an action (columns ACTIONS): kind ("question", "topic" or "skill")
    of what is measured, about its id, item the row of a grid (of one of which nothing is looked at again what it comes
    from, and stage "unmeasured"); expected: by how much it is to get better; before and by:
    runs compared (of employers' surveys these), "" where not known yet, with their labels; stage: "waits" until the
    second is closed, "ready" then, "measured" once it was, and then what was found (see findings.effects), missing
    where it was not told. Only findings that ask for it know it (`Finding.actions`).
    watched: by audience the constructs that were named to be looked at whenever a run is compared with the one before.
    named_changes: one row a change an expert named in their own words (columns NAMED_CHANGES), without the words:
    topics: the ids of those it speaks of, in the order of the text, joined by "|"; survey: by which it came.
    products: sums of what the same people answered on scales (columns PRODUCTS, see store.products): `first` and
    `second` are questions or "question/row", the overall answer "*"; the row with first "" counts everybody. Of all
    credentials, whichever are chosen: what goes with the overall answer is drawn together over them.
    changes: what of several witnesses speaks of the same thing, from "question:teaching/clear", "topic:teaching",
    "concern:assessment_unclear" or "criterion:assessment_valid" to the id of the change; change_names: of these ids.
    titles, programmes: by credential slug. aims, occupations: whom a credential is for, by its slug: ISIC letters, and
    titles of occupations. sectors: the names of the letters. skills: by skill slug.
    claims: by credential slug the skills it claims, or that a module teaches or assesses for it.
    questions: wording by question id; rows of a grid and
    options are named "question/item" and "question/option" there, in the order in which they are asked. Where several
    instruments have a question of that name, "instrument:question" and so on goes before.
    forms: titles of the questionnaires people fill in, by id; not of those that come from files.
    topic_names: by topic id. scales: the steps of each scale. asides, numbers: by "instrument:question" what may be
    said instead of an answer ("dont_know"), and the lowest and the highest number that may be given.
    """

    answers: "DataFrame"
    topics: "DataFrame" = field(default_factory=no_topics)
    comments: "DataFrame" = field(default_factory=no_comments)
    regard: "DataFrame" = field(default_factory=no_regard)
    products: "DataFrame" = field(default_factory=no_products)
    written: "DataFrame" = field(default_factory=nothing_written)
    flagged: "DataFrame" = field(default_factory=nobody_flagged)
    roles: "DataFrame" = field(default_factory=no_roles)
    rated: "DataFrame" = field(default_factory=nobody_rated)
    houses: "DataFrame" = field(default_factory=no_houses)
    needs: "DataFrame" = field(default_factory=no_needs)
    asked: "DataFrame" = field(default_factory=nobody_asked)
    funnel: "DataFrame" = field(default_factory=no_forms)
    runs: "DataFrame" = field(default_factory=no_runs)
    market: "DataFrame" = field(default_factory=no_market)
    offers: "DataFrame" = field(default_factory=no_offers)
    pathways: "DataFrame" = field(default_factory=no_pathways)
    actions: "DataFrame" = field(default_factory=no_actions)
    named_changes: "DataFrame" = field(default_factory=no_named_changes)
    watched: Mapping[str, tuple[str, ...]] = field(default_factory=nothing)
    survey_runs: Mapping[str, str] = field(default_factory=nothing)
    settled: Mapping[str, bool] = field(default_factory=nothing)
    titles: Mapping[str, str] = field(default_factory=nothing)
    programmes: Mapping[str, str] = field(default_factory=nothing)
    aims: Mapping[str, tuple[str, ...]] = field(default_factory=nothing)
    occupations: Mapping[str, tuple[str, ...]] = field(default_factory=nothing)
    sectors: Mapping[str, str] = field(default_factory=nothing)
    skills: Mapping[str, str] = field(default_factory=nothing)
    claims: Mapping[str, tuple[str, ...]] = field(default_factory=nothing)
    questions: Mapping[str, str] = field(default_factory=nothing)
    topic_names: Mapping[str, str] = field(default_factory=nothing)
    scales: Mapping[str, tuple[Step, ...]] = field(default_factory=nothing)
    forms: Mapping[str, str] = field(default_factory=nothing)
    asides: Mapping[str, tuple[str, ...]] = field(default_factory=nothing)
    numbers: Mapping[str, tuple[float, float]] = field(default_factory=nothing)
    changes: Mapping[str, str] = field(default_factory=nothing)
    change_names: Mapping[str, str] = field(default_factory=nothing)

    def about(self, choice: "Choice", audiences: Collection[str] = AUDIENCES, *, foils: bool = False) -> "Evidence":
        """What a finding about a choice is given to work on: all names, and of what people said only what these
        audiences said of the credentials chosen. foils: also what they said of those that do not exist.

        `mark` has to see exactly what this lets through.
        """
        chosen = self._chosen(choice)
        kept = {}
        for name in (*SAID, "regard", "roles", "rated", "needs", "asked", "named_changes"):
            table = getattr(self, name)
            meant = table["credential"].isin(chosen)
            if foils:
                meant |= ~table["credential"].isin({"", *self.titles})
            kept[name] = table[meant & table["audience"].isin(audiences)]
        kept["actions"] = self.actions[self.actions["credential"].isin(chosen)]
        return replace(self, **kept)

    def mark(
        self,
        choice: "Choice",
        audiences: Collection[str] = AUDIENCES,
        *,
        foils: bool = False,
        forms: bool = False,
        houses: bool = False,
        actions: bool = False,
        products: bool = False,
    ) -> str:
        """A mark of all that `about` lets through (of comments: of all that are `written`): as long as it stays the
        same, whatever is worked out from it does. forms, houses, actions, products: also of the counts of forms, of
        organisations, of actions, and of what goes together."""
        chosen = self._chosen(choice)
        seen = [
            (place, mark)
            for place, mark in self._marks_of_said.items()
            if place[0] in audiences and (place[1] in chosen or (foils and place[1] and place[1] not in self.titles))
        ]
        counts = (self.funnel.to_csv() if forms else "") + (self.houses.to_csv() if houses else "")
        counts += self._mark_of_products if products else ""
        done = self.actions[self.actions["credential"].isin(chosen)].to_csv(index=False) if actions else ""
        return sha256(f"{self._mark_of_names} {sorted(seen)} {counts} {done}".encode()).hexdigest()

    def _chosen(self, choice: "Choice") -> frozenset[str]:
        chosen = frozenset(
            slug
            for slug in self.titles
            if choice.credential in ("", slug) and choice.programme in ("", self.programmes.get(slug))
        )
        return (
            chosen if choice.credential or choice.programme else chosen | {""}
        )  # the institution: what is of none, too

    @cached_property
    def _marks_of_said(self) -> Mapping[tuple[str, str, str], str]:
        """By audience, credential and table a mark of what was said; whatever the order of the rows."""
        from pandas import Series
        from pandas.util import hash_pandas_object

        marks = {
            (str(audience), str(credential), "written"): str(mark)
            for audience, credential, mark in self.written[list(WRITTEN)].itertuples(index=False, name=None)
        }
        for name, columns in COUNTED.items():
            table = getattr(self, name)
            rows = hash_pandas_object(table[list(columns)], index=False).to_numpy()
            places = [table[by].astype(str).to_numpy() for by in ("audience", "credential")]
            for (audience, credential), found in Series(rows).groupby(places):
                marks[audience, credential, name] = f"{len(found)} {found.sum()}"
        return marks

    @cached_property
    def _mark_of_products(self) -> str:
        """A mark of what goes together, whatever the order of the rows."""
        from pandas.util import hash_pandas_object

        rows = hash_pandas_object(self.products[list(PRODUCTS)], index=False)
        return f"{len(rows)} {rows.sum()}"

    @cached_property
    def _mark_of_names(self) -> str:
        """A mark of all but what people said."""
        from pandas import DataFrame

        held = [(each.name, getattr(self, each.name)) for each in fields(self) if each.name not in APART]
        told = [(name, each.to_csv() if isinstance(each, DataFrame) else repr(dict(each))) for name, each in held]
        return sha256(repr(told).encode()).hexdigest()

    def named(self, question: str, item: str = "", instrument: str = "") -> str:
        """The wording of a question, or of a row or an option of it; its id where no wording is known."""
        name = f"{question}/{item}" if item else question
        return self.questions.get(f"{instrument}:{name}") or self.questions.get(name) or item or question

    def place(self, question: str, item: str = "", instrument: str = "") -> int | None:
        """Where a question, or a row or an option of it, stands in the order of asking; None when it is not known."""
        name = f"{question}/{item}" if item else question
        return self._places.get(f"{instrument}:{name}", self._places.get(name))

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {name: place for place, name in enumerate(self.questions)}

    def items(self, question: str, instrument: str = "") -> list[str]:
        """The rows or options of a question, in the order in which they are asked."""
        for start in (f"{instrument}:{question}/", f"{question}/"):
            found = [name.removeprefix(start) for name in self.questions if name.startswith(start)]
            if found:
                return found
        return []


@dataclass(frozen=True)
class Choice:
    """What a reader chose from the fixed menu; empty means all. Hashable, so that answers can be kept by it.

    by, group: how employers are split (`splits.SPLITS`; empty: by sector), and which group of them is looked at.
    """

    credential: str = ""
    programme: str = ""
    measure: str = ""
    audience: str = ""
    survey: str = ""
    by: str = ""
    group: str = ""


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


def rated_by_employers(evidence: Evidence, measure: Measure) -> "DataFrame":
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
    from feedback.disclosure import showable

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
