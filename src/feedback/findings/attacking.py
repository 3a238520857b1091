"""An attack by subtraction on all that is shown: every choice the pages and files offer, taken together and solved for
what was left out.

What is shown comes through the one door (`work.work_out`), as for a reader who looks at all of it. What no reader may
work out, where it is fewer than the minimum: how many answered a question about a credential, or in one run; how many
gave one answer to it, or named a topic in one voice. A share of a group that is large enough says of its two sides how
many they are; that is what it is for, and no attack, unless one side is a single answer.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pandas import DataFrame, isna

from feedback.analysis.changes import NOT_COVERED
from feedback.analysis.differencing import Fact, Solved, solve
from feedback.analysis.ratings import only
from feedback.analysis.runs import WORTH
from feedback.disclosure import Limits, showable
from feedback.findings.answers import GROUP, LAST, RATED, possible, spelled
from feedback.findings.cells import ends_of
from feedback.findings.comments import COMMENTED
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.files import chosen
from feedback.findings.learners import ANY, CELL, FINE
from feedback.findings.runs import WORTH_IT
from feedback.findings.scope import ABOUT_SURVEYS, DROPOUT, LATER, at_the_end, in_scope, that_may_add
from feedback.findings.work import work_out

LEARNER, SEVERAL = "learner", "several"
OTHER = "not chosen"
TOPIC = "topic "
"""What stands before a topic where a question stands else."""
VOICES = {"negative": ("critical",), "positive": ("appreciative",), "mixed": ("both", "neither")}
VOICE = {(True, False): "critical", (False, True): "appreciative", (True, True): "both", (False, False): "neither"}
APART = (DROPOUT, LATER, ABOUT_SURVEYS)
WHOLE = 1e-6


class Part(NamedTuple):
    """Those who gave one answer to one thing asked about a credential; of what is told by run, in one run.

    item: of a question with several answers the option, each of which is a question of its own: chosen or not. option:
    of a question with one answer. step: the number on a scale, LAST for what was said instead. said: the answer in
    words. good: whether it is a positive one; None where that is not asked. at_end: see `scope.at_the_end`.
    """

    credential: str
    audience: str
    instrument: str
    question: str
    part: str
    kind: str = ""
    item: str = ""
    step: int = 0
    said: str = ""
    good: bool | None = None
    at_end: bool = True
    run: str = ""


Told = tuple[list[Part], Any, str]
"""The parts of a shown number, the number, and what it is called."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Attack:
    """facts: so many shown numbers were put together. apart: so many were left aside, because they are no sums of
    single answers. cells: so many numbers below the minimum are to stay hidden. solved: those that do not."""

    facts: int
    apart: int
    cells: int
    solved: tuple[Solved, ...]


def offered(evidence: Evidence) -> list[Choice]:
    """Every choice that pages and exports offer of whom a number is told. One of an audience shows rows of these."""
    programmes = sorted({evidence.programmes.get(slug, "") for slug in evidence.titles} - {""})
    named = [Choice(programme=name) for name in programmes]
    return [Choice(), *named, *(Choice(credential=slug) for slug in sorted(evidence.titles))]


def attack(
    evidence: Evidence,
    limits: Limits,
    advance: Callable[[int, int], None] = lambda _done, _all: None,
    *,
    choices: Sequence[Choice] = (),
    findings: Collection[str] = (),
) -> Attack:
    """Look at everything that is offered, and solve it for what is hidden. advance: is told how far it is. choices,
    findings: look at these only."""
    told, choices = _Told(evidence, limits), choices or offered(evidence)
    facts: list[Fact] = []
    for done, choice in enumerate(choices, start=1):
        for name in findings or told.readers:
            facts += told.facts(name, choice, work_out(FINDINGS[name], evidence, choice, limits).rows)
        advance(done, len(choices))
    sums = [fact for fact in facts if sum(told.people[part] for part in fact.parts) == fact.people]
    cells = _hidden(told.people)
    least = limits.minimum_group
    few = sum(0 < sum(told.people[part] for part in parts) < least for parts in cells.values())
    found = solve(sums, cells, told.people, least)
    return Attack(len(sums), len(facts) - len(sums), few, tuple(found))


class _Told:
    """Which parts each number is made of that a finding shows."""

    def __init__(self, evidence: Evidence, limits: Limits) -> None:
        self.programmes = evidence.programmes
        self.people = _answered(evidence) | _voiced(evidence)
        self.asked: dict[str, list[Part]] = defaultdict(list)
        for part in self.people:
            self.asked[part.question].append(part)
        answers, topics = (in_scope(table, evidence, Choice()) for table in (evidence.answers, evidence.topics))
        overall = only(answers, audience=LEARNER, construct=WORTH)["question"].astype(str).unique()
        self.overall = [part for question in overall for part in self.asked[question] if part.audience == LEARNER]
        rated = only(at_the_end(answers), kind=RATED)
        by = ["credential", "question", "item"]
        self.rated = _cells(that_may_add(rated, rated["positive"].notna(), by, limits), [*by, "audience"])
        by = ["credential", *CELL]
        self.chosen = _cells(that_may_add(answers, answers["status"] == "answered", by, limits), by)
        by = ["credential", "topic"]
        self.named = _cells(showable(at_the_end(topics), by, limits=limits), [*by, "audience"])
        self.readers: dict[str, Callable[[DataFrame], Iterator[Told]]] = {
            "answers": self._answers, "learner_scales": self._scales, "employer_scales": self._scales,
            "worth": self._worth, "runs": self._runs, "dropout": self._options, "outcomes": self._options,
            "localisation": self._options, "topics": self._topics, "what_to_change": self._changes,
        }  # fmt: skip

    def facts(self, name: str, choice: Choice, rows: DataFrame) -> Iterator[Fact]:
        """What the gated rows of a finding say."""
        for parts, number, said in self.readers[name](rows):
            here = frozenset(part for part in parts if self._is_in(part, choice))
            if here and not isna(number) and abs(number - round(number)) < WHOLE:
                yield Fact(f"{name} of {chosen(choice)} ({said})", here, round(number))

    def _is_in(self, part: Part, choice: Choice) -> bool:
        programme = self.programmes.get(part.credential, "")
        return choice.credential in ("", part.credential) and choice.programme in ("", programme)

    def _answers(self, rows: DataFrame) -> Iterator[Told]:
        steps = rows[rows["place"] != LAST].groupby(GROUP)["place"].agg(lambda places: sorted(set(places))).to_dict()
        for row in _shown(rows):
            group = tuple(row[name] for name in GROUP)
            cell = [part for part in self.asked[row["question"]] if part[:5] == group]
            until = next((place for place in steps.get(group, ()) if place > row["place"]), LAST)
            on_scale = row["place"] != LAST and any(part.kind in RATED for part in cell)
            found = [
                part for part in cell if (row["place"] <= part.step < until if on_scale else part.said == row["answer"])
            ]
            yield found, row["people"], f"{row['credential']}, {row['label']}: {row['answer']}"

    def _scales(self, rows: DataFrame) -> Iterator[Told]:
        for row in _shown(rows):
            audience = LEARNER if isna(row["organisations"]) else "employer"
            cell = [
                part
                for part in self.asked[str(row["question"])]
                if part.at_end
                and (part.part, part.audience) == (str(row["item"]), audience)
                and (part.credential, part.question, part.part, audience) in self.rated
            ]
            yield from _sides(cell, row["people"], row["positive"], row["label"])
            yield [part for part in cell if part.step == LAST], row["aside"], f"{row['label']}: set aside"
            for name, number in row["counts"].items():
                low, high = ends_of(name)
                given = [part for part in cell if part.good is not None and low <= part.step <= high]
                yield given, number, f"{row['label']}: steps {name}"

    def _worth(self, rows: DataFrame) -> Iterator[Told]:
        for row in _shown(rows):
            cell = [part for part in self.overall if part.credential == row["credential"]]
            yield from _sides(cell, row["people"], row["positive"], row["label"])

    def _runs(self, rows: DataFrame) -> Iterator[Told]:
        for row in _shown(rows[rows["measure"] == WORTH_IT]):
            cell = [part for part in self.overall if part.run == row["slug"]]
            yield from _sides(cell, row["people"], row["hits"], f"run {row['run']}")

    def _options(self, rows: DataFrame) -> Iterator[Told]:
        for row in _shown(rows):
            question, item = str(row["question"]), str(row["item"])
            asked = [
                part
                for part in self.asked[question]
                if (part.credential, part.instrument, question) in self.chosen and part.step != LAST
            ]
            for option in {part.item for part in asked}:
                every = [part for part in asked if part.item == option and (item or part.good is not None)]
                yield every, row["people"], f"{row['label']}: all"
            if item == ANY:
                found = [part for part in asked if part.item == FINE and part.said == OTHER]
            elif item:
                found = [part for part in asked if part.said == row["label"] and part.item in ("", item)]
            else:
                found = [part for part in asked if part.good]
            yield found, row["hits"], f"{row['label']}: they"

    def _topics(self, rows: DataFrame) -> Iterator[Told]:
        for row in _shown(rows):
            topic, audience = str(row["topic"]), str(row["audience"])
            cell = [
                part
                for part in self.asked[TOPIC + topic]
                if part.audience == audience and (part.credential, topic, audience) in self.named
            ]
            yield cell, row["people"], f"{row['label']}: all"
            for name, voices in VOICES.items():
                yield [part for part in cell if part.said in voices], row[name], f"{row['label']}: {name}"

    def _changes(self, rows: DataFrame) -> Iterator[Told]:
        for row in _shown(rows):
            if row["source"] == "topic":
                found = [part for part in self.asked[TOPIC + row["id"]] if part.said in ("critical", "both")]
            elif row["source"] == "question":
                found = [part for part in self.asked[row["id"]] if part.good is False and part.part == row["item"]]
            elif row["source"] == "alignment":
                said = NOT_COVERED.replace("_", " ")
                found = [part for part in self.people if part.part == row["id"] and part.said == said]
            else:
                continue
            where = row["credential"], row["audience"], True
            here = [part for part in found if (part.credential, part.audience, part.at_end) == where]
            yield here, row["falling"], f"{row['label']}: falls short"


def _shown(rows: DataFrame) -> Iterator[Row]:
    yield from rows[rows["state"] != "withheld"].to_dict("records")


def _sides(cell: list[Part], people: Any, good: Any, label: str) -> Iterator[Told]:
    """Who rated, and who rated it well."""
    rated = [part for part in cell if part.good is not None and part.at_end]
    yield rated, people, f"{label}: all"
    yield [part for part in rated if part.good], good, f"{label}: positive"


def _cells(table: DataFrame, by: Sequence[str]) -> Collection[tuple[str, ...]]:
    return set(table[list(by)].astype(str).drop_duplicates().itertuples(index=False, name=None))


def _answered(evidence: Evidence) -> dict[Part, int]:
    """How many people are in each part of what was asked, also in those of nobody: which these are is unknown."""
    answers = in_scope(evidence.answers, evidence, Choice(), at_large=True)
    given = spelled(answers, evidence)
    by_run = (given["audience"] == LEARNER) & (given["construct"] == WORTH)
    given = given.assign(run=given["survey"].map(dict(evidence.survey_runs)).where(by_run).fillna("").astype(str))
    group, word = [*GROUP, "run"], ["instrument", "question", "part"]
    every = given[group].drop_duplicates().merge(possible(given, evidence), on=word)
    number = given.groupby([*group, "answer"])["people"].sum().to_dict()
    good = given[given["positive"].notna()].groupby([*word, "answer"])["positive"].first().astype(bool).to_dict()
    rated = {place[:3] for place in good}
    several = answers[(answers["kind"] == SEVERAL) & (answers["item"] == "") & (answers["status"] == "answered")]
    base = several.astype(dict.fromkeys(GROUP[:4], str)).groupby(GROUP[:4])["people"].sum().to_dict()
    items = {
        (instrument, question, evidence.named(question, item, instrument)): item
        for instrument, question in given[["instrument", "question"]].drop_duplicates().itertuples(index=False)
        for item in evidence.items(question, instrument)
    }
    people: dict[Part, int] = {}
    columns = [*group, "kind", "place", "answer"]
    for *cell, run, kind, place, answer in every[columns].itertuples(index=False, name=None):
        asked = tuple(cell[2:])
        known = good.get((*asked, answer), False) if asked in rated and place != LAST else None
        option = items.get((asked[0], asked[1], answer), answer) if kind == SEVERAL and place != LAST else ""
        part = Part(*cell, kind, option, place, answer, known, asked[0] not in APART, run)  # type: ignore[call-arg]
        people[part] = number.get((*cell, run, answer), 0)
        if option and tuple(cell[:4]) in base:
            people[part._replace(said=OTHER)] = base[tuple(cell[:4])] - people[part]
    return people


def _voiced(evidence: Evidence) -> dict[Part, int]:
    """How many people named each topic at the end of a course in each voice."""
    topics = at_the_end(in_scope(evidence.topics, evidence, Choice()))
    topics = topics[topics["topic"] != COMMENTED]
    people: dict[Part, int] = {}
    columns = ["credential", "audience", "topic", "critical", "appreciative", "people"]
    for credential, audience, topic, critical, appreciative, number in topics[columns].itertuples(
        index=False, name=None
    ):
        asked = (str(credential), str(audience), "", f"{TOPIC}{topic}", "")
        for voice in VOICE.values():
            people.setdefault(Part(*asked, said=voice), 0)
        people[Part(*asked, said=VOICE[bool(critical), bool(appreciative)])] += int(number)
    return people


def _hidden(people: Collection[Part]) -> dict[str, set[Part]]:
    """What must not be worked out where it is too few, by name."""
    cells: dict[str, set[Part]] = defaultdict(set)
    for part in people:
        asked = f"{part.credential or 'no credential'}, {part.audience}s, {part.instrument} {part.question}"
        asked = f"{asked} {part.part or part.item}".strip()
        if part.question.startswith(TOPIC):
            voice = next(name for name, voices in VOICES.items() if part.said in voices)
            cells[f"{asked}: all who name it"].add(part)
            cells[f"{asked}: {voice}"].add(part)
            continue
        if part.said != OTHER:
            cells[f"{asked}: {part.said}"].add(part)
        if part.step != LAST:
            cells[f"{asked}: all who answered"].add(part)
            if part.run:
                cells[f"{asked}, run {part.run}: all who answered"].add(part)
    return cells
