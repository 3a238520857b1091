"""An attack by subtraction on all that is shown: every choice the pages and files offer, taken together and solved for
what was left out.

What is shown comes through the one door (`work.work_out`), as for a reader who looks at all of it. What no reader may
work out, where it is fewer than the minimum: how many answered a question about a credential, or in one run; how many
gave one answer to it, or named a topic in one voice; how many wrote a comment; how many employers of one sector, role,
size, or sector and size rated it; and of a group smaller than twice the minimum that all of it said the same.

A share of a credential's group that is large enough says of its two sides how many they are. That is what it is for
(docs/decisions/0014): what follows from it alone is counted apart, and is no attack.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from pandas import DataFrame, isna

from feedback.analysis.changes import NOT_COVERED
from feedback.analysis.differencing import Fact, Solved, solve
from feedback.analysis.ratings import only
from feedback.analysis.recognition import AMONG_AWARE
from feedback.analysis.runs import WORTH
from feedback.analysis.skills import NEED, NEED_3Y, PERFORMANCE
from feedback.analysis.witnesses import GAIN
from feedback.analysis.witnesses import WHOLE as EVERY_SKILL
from feedback.disclosure import Limits, showable
from feedback.findings.answers import GROUP, LAST, RATED
from feedback.findings.cells import ends_of
from feedback.findings.comments import COMMENTED
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import MEASURES, Choice, Evidence
from feedback.findings.files import chosen
from feedback.findings.groups import SPLITS
from feedback.findings.hiring import EFFECT, FITS, PAY, TRUST
from feedback.findings.learners import ANY, CELL, FINE
from feedback.findings.occasions import Ends, ends_of_scales, sum_told
from feedback.findings.parts import (
    EVERYBODY,
    FALLING,
    GROUPED,
    LEARNER,
    OTHER,
    TOPIC,
    VOICES,
    WROTE,
    Part,
    everybody,
    group_of,
    of_one_voice,
    to_hide,
    valued,
)
from feedback.findings.runs import WORTH_IT
from feedback.findings.scope import at_the_end, in_scope, that_may_add
from feedback.findings.work import work_out

WHOLE = 1e-6
THERE, CAME = "there", "came"
"""Who was there at the first of two looks, and who came after it."""


class Told(NamedTuple):
    """A shown number, its parts and what it is called. is_side: how many stand on a side of a share. more, weighted: it
    may be so many more; it is a sum of ratings, each part counting its step, or what `weigh` says (see
    `differencing.Fact`)."""

    parts: list[Part]
    number: Any
    said: str
    is_side: bool = False
    more: int = 0
    weighted: bool = False
    weigh: Callable[[Part], int] = lambda part: part.step


Row = dict[str, Any]


@dataclass(frozen=True)
class Attack:
    """views: so many findings were looked at, for all choices. facts: so many shown numbers were put together, and so
    many of them sums of ratings. apart: so many were left aside, because they are no sums of single answers. cells: so
    many numbers below the minimum are to stay hidden. sides: so many of them follow from a share, which is what it is
    for. solved: those that do not stay hidden."""

    views: int
    facts: int
    means: int
    apart: int
    cells: int
    sides: int
    solved: tuple[Solved, ...]


def offered(evidence: Evidence) -> list[Choice]:
    """Every choice that pages and exports offer of whom a number is told. One of an audience, or of one group of
    employers, shows rows of these; and so do programmes and credentials of employers split by role or size."""
    programmes = sorted({evidence.programmes.get(slug, "") for slug in evidence.titles} - {""})
    named = [Choice(programme=name) for name in programmes]
    single = [Choice(credential=slug) for slug in sorted(evidence.titles)]
    whole = [Choice(), *(Choice(measure=each.construct) for each in MEASURES[1:])]
    split = [replace(choice, by=by) for by in list(SPLITS)[1:] for choice in whole]
    return [*whole, *split, *named, *single]


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
    facts, sides = told.everything(evidence, limits, choices, findings, advance)
    true = [fact for fact in facts if fact.fits(told.people)]
    cells, alike = to_hide(told.people), of_one_voice(told.people, limits.minimum_group)
    few = sum(0 < sum(told.people[part] for part in parts) < limits.minimum_group for parts in cells.values())
    every = cells | alike
    solved = solve(true, every, told.people, limits.minimum_group, also=alike)
    meant = solve(
        [fact for fact in sides if fact.fits(told.people)],
        {each.cell: every[each.cell] for each in solved},
        told.people,
        limits.minimum_group,
        also=alike,
        explain=False,
    )
    by_share = {(each.cell, each.low, each.high) for each in meant}
    found = tuple(each for each in solved if (each.cell, each.low, each.high) not in by_share)
    return Attack(
        views=sum(FINDINGS[name].splits or not choice.by for choice in choices for name in findings or READERS),
        facts=len(true),
        means=sum(bool(fact.weights) for fact in true),
        apart=len(facts) - len(true),
        cells=few + len(alike),
        sides=len(solved) - len(found),
        solved=found,
    )


def attack_over_time(
    before: Evidence,
    after: Evidence,
    limits: Limits,
    *,
    choices: Sequence[Choice] = (),
    findings: Collection[str] = (),
) -> tuple[Solved, ...]:
    """Look at two times, nobody having left between them, and solve both looks together: what follows from both, and
    from neither alone, of what is hidden of those who were there before, and of how many of those who came answered.

    How those who came answered follows from two looks, and is no attack (docs/decisions/0014). Raises ValueError where
    somebody left.
    """
    first, last = (_Told(each, limits) for each in (before, after))
    once = first.everything(before, limits, choices or offered(before), findings)[0]
    again = last.everything(after, limits, choices or offered(after), findings)[0]
    people = {(THERE, part): first.people.get(part, 0) for part in last.people}
    people |= {(CAME, part): number - people[THERE, part] for part, number in last.people.items()}
    if min(people.values(), default=0) < 0 or not first.people.keys() <= last.people.keys():
        raise ValueError("somebody left between the two looks.")
    alike = {f"there: {name}": parts for name, parts in of_one_voice(first.people, limits.minimum_group).items()}
    there = alike | {f"there: {name}": parts for name, parts in to_hide(first.people).items()}
    counted = {name: parts for name, parts in to_hide(last.people).items() if name.endswith((EVERYBODY, WROTE))}
    came = {f"came: {name}": parts for name, parts in counted.items()}
    cells = {name: {(THERE, part) for part in parts} for name, parts in there.items()}
    cells |= {name: {(CAME, part) for part in parts} for name, parts in came.items()}
    looks = [_at(fact, (THERE,)) for fact in once], [_at(fact, (THERE, CAME)) for fact in again]
    true = [[fact for fact in facts if fact.fits(people)] for facts in looks]
    found = [solve(facts, cells, people, limits.minimum_group, also=alike) for facts in (*true, [*true[0], *true[1]])]
    alone = {(each.cell, each.low, each.high) for each in (*found[0], *found[1])}
    return tuple(each for each in found[2] if (each.cell, each.low, each.high) not in alone)


def _at(fact: Fact, times: Sequence[str]) -> Fact:
    """What a number says of those who were there, or who were and who came."""
    parts = frozenset((time, part) for time in times for part in fact.parts)
    weights = tuple(((time, part), weight) for time in times for part, weight in fact.weights)
    return replace(fact, view=f"{fact.view}, {'before' if len(times) == 1 else 'after'}", parts=parts, weights=weights)


class _Told:
    """Which parts each number is made of that a finding shows."""

    def __init__(self, evidence: Evidence, limits: Limits) -> None:
        self.programmes = evidence.programmes
        self.ends = ends_of_scales(evidence)
        self.people = everybody(evidence)
        self.valued = valued(evidence, self.people)
        self.asked: dict[str, list[Part]] = defaultdict(list)
        for part in self.people:
            self.asked[part.question].append(part)
        answers, topics = (in_scope(table, evidence, Choice()) for table in (evidence.answers, evidence.topics))
        overall = only(answers, audience=LEARNER, construct=WORTH)["question"].astype(str).unique()
        self.overall = [part for question in overall for part in self.asked[question] if part.audience == LEARNER]
        gained = only(answers, audience=LEARNER, construct=GAIN)["question"].astype(str).unique()
        self.gained = [part for question in gained for part in self.asked[question] if part.audience == LEARNER]
        rated = only(at_the_end(answers), kind=RATED)
        by = ["credential", "question", "item"]
        self.rated = _cells(that_may_add(rated, rated["positive"].notna(), by, limits), [*by, "audience"])
        by = ["credential", *CELL]
        self.chosen = _cells(that_may_add(answers, answers["status"] == "answered", by, limits), by)
        by = ["credential", "topic"]
        self.named = _cells(showable(at_the_end(topics), by, limits=limits), [*by, "audience"])

    def everything(
        self,
        evidence: Evidence,
        limits: Limits,
        choices: Sequence[Choice],
        findings: Collection[str],
        advance: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> tuple[list[Fact], list[Fact]]:
        """All that the choices show, and of that the sides of shares of single credentials."""
        facts: list[Fact] = []
        sides: list[Fact] = []
        for done, choice in enumerate(choices, start=1):
            for name in findings or READERS:
                if choice.by and not FINDINGS[name].splits:
                    continue
                for fact, is_side in self.facts(name, choice, work_out(FINDINGS[name], evidence, choice, limits).rows):
                    facts.append(fact)
                    sides += [fact] * (is_side and len({part.credential for part in fact.parts}) == 1)
            advance(done, len(choices))
        return facts, sides

    def facts(self, name: str, choice: Choice, rows: DataFrame) -> Iterator[tuple[Fact, bool]]:
        """What the gated rows of a finding say, and whether that is a side of a share. Of no parts where some people
        stand behind a number that is no sum of single answers."""
        for told in READERS[name](self, rows):
            here = frozenset(part for part in told.parts if self._is_in(part, choice))
            if not isna(told.number) and (here or told.number) and abs(told.number - round(told.number)) < WHOLE:
                weights = tuple((part, told.weigh(part)) for part in sorted(here, key=repr)) if told.weighted else ()
                view = f"{name} of {chosen(choice)} ({told.said})"
                yield Fact(view, here, round(told.number), told.more, weights), told.is_side

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
            yield Told(found, row["people"], f"{row['credential']}, {row['label']}: {row['answer']}")

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
            yield Told([part for part in cell if part.step == LAST], row["aside"], f"{row['label']}: set aside")
            for name, number in row["counts"].items():
                low, high = ends_of(name)
                given = [part for part in cell if part.good is not None and low <= part.step <= high]
                yield Told(given, number, f"{row['label']}: steps {name}")

    def _worth(self, rows: DataFrame) -> Iterator[Told]:
        for row in _shown(rows):
            cell = [part for part in self.overall if part.credential == row["credential"]]
            yield from _sides(cell, row["people"], row["positive"], row["label"])

    def _runs(self, rows: DataFrame) -> Iterator[Told]:
        for row in _shown(rows[rows["measure"] == WORTH_IT]):
            cell = [part for part in self.overall if part.run == row["slug"]]
            yield from _sides(cell, row["people"], row["hits"], f"run {row['run']}")

    def _changed(self, rows: DataFrame) -> Iterator[Told]:
        """How many answered in each of two runs, and the mean of what they said, told with one decimal."""
        for row in _shown(rows):
            group = (row["credential"], LEARNER, row["instrument"], row["question"], row["item"])
            asked = [part for part in self.asked[row["question"]] if part[:5] == group and part.step != LAST]
            ends = self.ends.get(row["scale"], Ends(0.0))
            for run, people, mean in (
                (row["run_before"], row["people_before"], row["mean_before"]),
                (row["run"], row["people_now"], row["mean"]),
            ):
                cell = [part for part in asked if part.run == run]
                yield Told(cell, people, f"{row['label']}, run {run}: all")
                low, more = sum_told(float(mean), int(people))
                weigh = (lambda part: part.step) if ends.middle is None else partial(_off, ends)
                yield Told(cell, low, f"{row['label']}, run {run}: mean", more=more, weighted=True, weigh=weigh)

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
                yield Told(every, row["people"], f"{row['label']}: all", is_side=not item)
            if item == ANY:
                found = [part for part in asked if part.item == FINE and part.said == OTHER]
            elif item:
                found = [part for part in asked if part.said == row["label"] and part.item in ("", item)]
            else:
                found = [part for part in asked if part.good]
            yield Told(found, row["hits"], f"{row['label']}: they", is_side=not item)

    def _hiring(self, rows: DataFrame) -> Iterator[Told]:
        """Options, steps of a scale taken together (one or both sides of a share), and a range of numbers."""
        chosen = rows["construct"].isin([PAY, FITS]).to_numpy(dtype=bool)
        yield from self._options(rows[chosen])
        for row in _shown(rows[~chosen]):
            question, item = str(row["question"]), str(row["item"])
            if row["steps"]:
                rated = [
                    part
                    for part in self.asked[question]
                    if part.good is not None
                    and part.part == item
                    and (part.credential, question, item, part.audience) in self.rated
                ]
                given = [part for part in rated if part.step in row["steps"]]
            else:
                rated = [part for part in self.asked[question] if part.step != LAST]
                given = [part for part in rated if part.said == row["label"]]
            is_side = row["construct"] in (EFFECT, TRUST)
            yield Told(rated, row["people"], f"{row['label']}: all", is_side=is_side)
            yield Told(given, row["hits"], f"{row['label']}: they", is_side=is_side)

    def _topics(self, rows: DataFrame) -> Iterator[Told]:
        for row in _shown(rows):
            topic, audience = str(row["topic"]), str(row["audience"])
            cell = [
                part
                for part in self.asked[TOPIC + topic]
                if part.audience == audience and (part.credential, topic, audience) in self.named
            ]
            yield Told(cell, row["people"], f"{row['label']}: all")
            for name, voices in VOICES.items():
                yield Told([part for part in cell if part.said in voices], row[name], f"{row['label']}: {name}")

    def _topics_by_run(self, rows: DataFrame) -> Iterator[Told]:
        """How many of a run name a topic, and for how many of these it falls short; and how many wrote at all."""
        for row in _shown(rows):
            place = row["credential"], LEARNER, row["run"]
            named = self.asked[f"{TOPIC}{row['topic']}"]
            cell = [part for part in named if (part.credential, part.audience, part.run) == place]
            where = f"{row['label']}, run {row['run']}"
            yield Told(cell, row["people"], f"{where}: all")
            if row["topic"] != COMMENTED:
                yield Told([part for part in cell if part.said in FALLING], row["critical"], f"{where}: critical")

    def _changes(self, rows: DataFrame) -> Iterator[Told]:
        for row in _shown(rows):
            if row["source"] == "topic":
                found = [part for part in self.asked[TOPIC + row["id"]] if part.said in FALLING]
                asked = row["credential"], row["audience"], ""
                wrote = [part for part in self.asked[TOPIC + COMMENTED] if (*part[:2], part.said) == asked]
                yield Told(wrote, row["people"], f"{row['label']}: wrote")
            elif row["source"] == "question":
                found = [part for part in self.asked[row["id"]] if part.good is False and part.part == row["item"]]
            elif row["source"] == "alignment":
                said = NOT_COVERED.replace("_", " ")
                found = [part for part in self.people if part.part == row["id"] and part.said == said]
            else:
                continue
            where = row["credential"], row["audience"], True
            here = [part for part in found if (part.credential, part.audience, part.at_end) == where]
            yield Told(here, row["falling"], f"{row['label']}: falls short", is_side=row["source"] == "question")

    def _priorities(self, rows: DataFrame) -> Iterator[Told]:
        """The lines of each change are shares; what they gain is reckoned by a model."""
        for row in _shown(rows):
            for line in row["lines"]:
                where = {**line, "credential": row["credential"], "label": f"{row['label']}: {line['words']}"}
                falling = line["share"] * line["people"]
                if line["source"] == "would_count" and line["item"]:
                    yield from self._hesitating(where, falling)
                elif line["source"] == "ageing":
                    yield from self._shares_of_skill(where | {"skill": line["id"]}, _now_and_later(line))
                elif line["source"] != "expert":
                    source = "topic" if line["source"] == "would_count" else line["source"]
                    yield from self._changes(DataFrame([where | {"source": source, "falling": falling, "state": ""}]))
                    yield from self._steps_of(where)

    def _steps_of(self, line: Row) -> Iterator[Told]:
        """The steps from which it is reckoned how far answers lie below the best one: no more follows from that."""
        for form, low, high, people in line.get("steps", ()):
            group = (line["credential"], line["audience"], form, line["id"], line["item"])
            cell = [part for part in self.asked[line["id"]] if part[:5] == group and part.step != LAST]
            given = [part for part in cell if low <= part.step <= high]
            yield Told(given, people, f"{line['label']}: steps {low:g} to {high:g}")

    def _hesitating(self, row: Row, falling: float) -> Iterator[Told]:
        """Who chose an option of several, and who answered at all."""
        cell = [
            part
            for part in self.asked[row["id"]]
            if (part.credential, part.item) == (row["credential"], row["item"]) and part.step != LAST
        ]
        yield Told(cell, row["people"], f"{row['label']}: all", is_side=True)
        yield Told([part for part in cell if part.said != OTHER], falling, row["label"], is_side=True)

    def _means(self, rows: DataFrame) -> Iterator[Told]:
        """A mean and how many gave it is the sum of what they gave."""
        for row in _shown(rows):
            construct = row.get("measure", AMONG_AWARE)
            number, mean = (row["people"], row["mean"]) if "measure" in row else (row["n"], row["index"])
            cell = self.valued[construct, row["credential"]]
            if "measure" in row:
                behind = [part for part in self.asked[GROUPED + construct] if part.credential == row["credential"]]
                yield Told(behind, number, f"{row['label']}: all")
            if isna(mean) or not number:
                continue
            yield Told(cell, number, f"{row['label']}: all")
            yield Told(cell, mean * number, f"{row['label']}: mean", weighted=True)
            for name, people in row.get("counts", {}).items():
                low, high = ends_of(name)
                yield Told([part for part in cell if low <= part.step <= high], people, f"{row['label']}: steps {name}")

    def _groups(self, rows: DataFrame) -> Iterator[Told]:
        """How many of one sector, role or size rated a credential; the values themselves are drawn by a model."""
        for row in _shown(rows):
            parts = [part for part in self.asked[GROUPED + row["measure"]] if part.credential == row["credential"]]
            mine = [part for part in parts if group_of(part, row["by"]) == row["group"]]
            yield Told(mine, row["people"], f"{row['label']}, {row['group']}: all")

    def _skills(self, rows: DataFrame) -> Iterator[Told]:
        """A share with its interval says of how many it is."""
        for row in _shown(rows):
            shares = ((NEED, row["need"]), (PERFORMANCE, row["performance"]), (NEED_3Y, row["need_3y"]))
            yield from self._shares_of_skill(row, shares)

    def _states(self, rows: DataFrame) -> Iterator[Told]:
        for row in _shown(rows):
            shares = ((NEED, row["share"]), (PERFORMANCE, row["performance"]), (NEED_3Y, row["need_3y"]))
            yield from self._shares_of_skill(row, shares)

    def _shares_of_skill(self, row: Row, shares: Sequence[tuple[str, Any]]) -> Iterator[Told]:
        for construct, share in shares:
            cell = [part for part in self.valued[construct, row["credential"]] if part.part == row["skill"]]
            number = sum(self.people[part] for part in cell if part.good is not None)
            if not isna(share):
                yield from _sides(cell, number, number * share, f"{row['label']}: {construct}")

    def _witnesses(self, rows: DataFrame) -> Iterator[Told]:
        """Of the credential as a whole nothing but the skills shown is put together."""
        for row in _shown(rows[rows["skill"] != EVERY_SKILL]):
            every = self.gained if row["witness"] == LEARNER else self.valued[PERFORMANCE, row["credential"]]
            cell = [part for part in every if (part.credential, part.part) == (row["credential"], row["skill"])]
            yield from _sides(cell, row["people"], row["hits"], f"{row['label']}: {row['witness']}s")

    def _response(self, rows: DataFrame) -> Iterator[Told]:
        for row in _shown(rows):
            every = self.overall if row["audience"] == LEARNER else self.valued[row["asks"], row["credential"]]
            cell = [part for part in every if part.credential == row["credential"]]
            yield from _sides(cell, row["people"], row["positive"], f"{row['label']}: {row['audience']}s")

    def _comments(self, rows: DataFrame) -> Iterator[Told]:
        cells = rows.drop_duplicates(["credential", "audience", "stage"])
        for row in _shown(cells):
            place = row["credential"], row["audience"]
            wrote = [part for part in self.asked[TOPIC + COMMENTED] if part[:2] == place and part.said == row["stage"]]
            yield Told(wrote, row["people"], f"{row['credential']}, {row['audience']}s {row['stage']}: wrote")


READERS: Mapping[str, Callable[[_Told, DataFrame], Iterator[Told]]] = MappingProxyType(
    {
        "answers": _Told._answers, "learner_scales": _Told._scales, "employer_scales": _Told._scales,
        "worth": _Told._worth, "runs": _Told._runs, "dropout": _Told._options, "outcomes": _Told._options,
        "localisation": _Told._options, "topics": _Told._topics, "what_to_change": _Told._changes,
        "priorities": _Told._priorities,
        "credential_value": _Told._means, "recognition": _Told._means, "skills": _Told._skills,
        "changed": _Told._changed, "witnesses": _Told._witnesses,
        "skill_state": _Told._states, "comments": _Told._comments,
        "comments_by_run": _Told._topics_by_run,
        "impact": _Told._topics, "hiring": _Told._hiring, "response": _Told._response, "groups": _Told._groups,
    }
)  # fmt: skip
"""What reads the numbers a finding shows. A finding that is not here stands in NOT_READ."""
_MODEL, _SIGNED = "drawn together by a model", "signed by those who say it"
_ROUNDED = "rounded down in steps, or of forms and not of people"
_ELSEWHERE = "what stands under others of single credentials and runs, put side by side"
_RARE = "of skills no credential claims any more, of the few employers asked before"
NOT_READ: Mapping[str, str] = MappingProxyType(
    {
        "pairs": _MODEL,
        "bundles": _MODEL,
        "as_listed": _MODEL,
        "drivers": _MODEL,
        "effects": "measured once for an action and kept, drawn together with what nobody touched by a model",
        "disagreement": "a word on the spread, and what follows from the steps told",
        "experts": _SIGNED,
        "agreement": _SIGNED,
        "coverage": _ROUNDED,
        "funnel": _ROUNDED,
        "minutes": _ROUNDED,
        "market": "public figures",
        **dict.fromkeys(("portfolio", "white_space", "returns", "left_behind", "languages", "pathways"), _ELSEWHERE),
        "quotes": "words, and how many listed comments say so",
        "themes": "words, and how many listed comments say so",
        "rising": "rounded down in steps, and odds drawn together by a model",
        "suggestions": "of comments that are listed one by one to the same readers",
        "comments_by_language": "of comments that are listed one by one to the same readers",
        "skill_validation": "a month, and that enough were heard since",
        "uncovered": _RARE,
        "flags": "signs beside answers, and the verdict without those who carry one",
    }
)
"""Findings whose numbers are not put together, each with the reason."""


def _shown(rows: DataFrame) -> Iterator[Row]:
    yield from rows[rows["state"] != "withheld"].to_dict("records")


def _off(ends: Ends, part: Part) -> int:
    return round(ends.off(part.step))


def _now_and_later(line: Row) -> tuple[tuple[str, Any], ...]:
    """The shares of employers who need a skill, which an ageing skill's line tells."""
    return (NEED, line["now"]), (NEED_3Y, line["later"])


def _sides(cell: list[Part], people: Any, good: Any, label: str) -> Iterator[Told]:
    """Who rated, and who rated it well."""
    rated = [part for part in cell if part.good is not None and part.at_end]
    yield Told(rated, people, f"{label}: all", is_side=True)
    yield Told([part for part in rated if part.good], good, f"{label}: positive", is_side=True)


def _cells(table: DataFrame, by: Sequence[str]) -> Collection[tuple[str, ...]]:
    return set(table[list(by)].astype(str).drop_duplicates().itertuples(index=False, name=None))
