"""What is told over several credentials, so that with what is told of each, nothing small can be subtracted."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from math import inf
from typing import Any

from pandas import DataFrame

from feedback.analysis.differencing import Fact, Part, Telling, give_away
from feedback.disclosure import Limits
from feedback.findings.cells import asides_told, said_alike, steps_told
from feedback.findings.evidence import Evidence

ASIDE, STEPS, SHARES = "aside", "steps", "shares"
Place = tuple[Any, ...]
"""What was asked: numbers of one place may bear on one another, those of two never do."""
People = Mapping[Place, Mapping[str, Mapping[Part, int]]]
"""How many people are in each part, by credential. The first of a part is its credential, the second what was said of
it: how few said that is what must not be worked out. What follows tells finer parts apart."""
Tell = Callable[[DataFrame, list[str]], Iterator[tuple[Place, Fact]]]
"""What is told of counted answers: by credential (["credential"]), or over all of them ([])."""


def held_apart(table: DataFrame, tell: Tell, people: People, evidence: Evidence, limits: Limits) -> set[Place]:
    """The places of which it must not be told over all these credentials what `tell` would: with what is told of each
    credential and of each programme, it would give away how few gave an answer about one, or that all gave the same.

    table: counted answers that may add up (see `scope.that_may_add`). people: also the parts nobody is in.
    """
    if table["credential"].nunique() < 2:
        return set()
    told: dict[Place, list[Fact]] = defaultdict(list)
    for place, fact in tell(table, ["credential"]):
        told[place].append(fact)
    for part in _programmes(table, evidence):
        hidden = held_apart(part, tell, people, evidence, limits)
        for place, fact in tell(part, []):
            if place not in hidden:
                told[place].append(fact)
    more: dict[Place, list[Fact]] = defaultdict(list)
    for place, fact in tell(table, []):
        more[place].append(fact)
    tellings = [
        telling(told[place], facts, {part: n for own in people[place].values() for part, n in own.items()}, limits)
        for place, facts in more.items()
    ]
    return {place for place, gives in zip(more, give_away(tellings, limits.minimum_group), strict=True) if gives}


def gives_away(told: list[Fact], more: list[Fact], people: Mapping[Part, int], limits: Limits) -> bool:
    """Whether something can be worked out with the new facts that could not be without them."""
    return give_away([telling(told, more, people, limits)], limits.minimum_group)[0]


def telling(told: list[Fact], more: list[Fact], people: Mapping[Part, int], limits: Limits) -> Telling:
    """New facts beside those that are told anyway, and what must not follow from both: how few said one thing of a
    credential, and that all of a small group did."""
    cells: dict[str, list[Part]] = defaultdict(list)
    for part in people:
        cells[str(part[:2])].append(part)
    alike = _alike(people, limits.minimum_group)
    return Telling(told, more, {**cells, **alike}, people, also=tuple(alike))


def _alike(people: Mapping[Part, int], minimum: int) -> dict[str, list[Part]]:
    """Of each credential about which all of a small group said the same, what none of them said."""
    said: dict[str, list[Part]] = defaultdict(list)
    for part in people:
        said[part[0]].append(part)
    found = {}
    for credential, parts in said.items():
        given = [part for part in parts if people[part]]
        if len(given) == 1 and minimum <= people[given[0]] < 2 * minimum:
            found[f"{credential}: none said otherwise"] = [part for part in parts if not people[part]]
    return {name: parts for name, parts in found.items() if parts}


def _programmes(table: DataFrame, evidence: Evidence) -> Iterator[DataFrame]:
    """The answers of each programme that has several of these credentials, and not all."""
    programme = table["credential"].astype(str).map(lambda slug: evidence.programmes.get(slug, ""))
    if programme.nunique() > 1:
        for name, part in table.groupby(programme):
            if name and part["credential"].nunique() > 1:
                yield part


def given_away(rated: DataFrame, cell: Sequence[str], evidence: Evidence, limits: Limits) -> set[Place]:
    """Of which questions on a scale the steps, those who set them aside, or even the share must not be told.

    cell: the columns that make a question. A place is such a cell, and whether its share, its steps or who set it aside
    is meant. The share is not where all of a small group gave the same answer, nor over several credentials where it
    would say so of one.
    """
    people = _people(rated, cell, evidence)
    alike = said_alike(rated, ["credential", *cell], evidence, limits)
    sides = rated[rated["number"].notna()].astype(dict.fromkeys(cell, "str"))
    given, good, none = (
        sides[which].groupby(list(cell))["number"].agg(set).to_dict()
        for which in (sides["number"].notna(), sides["positive"].eq(True), sides["positive"].isna())
    )
    for asked, seen in given.items():  # which steps are positive does not change because nobody here gave them
        steps = evidence.scales.get(asked[list(cell).index("scale")], ())
        unseen = {float(step.value) for step in steps if step.side > 0} - seen
        good[asked] = good.get(asked, set()) | unseen
    shares = partial(_shares, cell, people, alike, good, none)
    found = held_apart(rated, partial(_facts, cell, people, shares, none, evidence, limits), people, evidence, limits)
    if not alike:
        return found
    if rated["credential"].nunique() < 2:
        return found | {(named[1:], SHARES) for named in alike}
    return found | {(asked, SHARES) for asked, _ in held_apart(rated, shares, people, evidence, limits)}


def nobody() -> defaultdict[Place, dict[str, dict[Part, int]]]:
    """People to be counted."""
    return defaultdict(lambda: defaultdict(dict))


def _people(rated: DataFrame, cell: Sequence[str], evidence: Evidence) -> People:
    """How many people gave each step, or said each thing instead, about each credential; also those of nobody. Steps
    that rate nothing ("not required here") are steps, too."""
    found = nobody()
    by = [*cell, "credential"]
    for *asked, credential in rated[by].astype(str).drop_duplicates().itertuples(index=False, name=None):
        steps = evidence.scales.get(asked[list(cell).index("scale")], ())
        found[tuple(asked), STEPS][credential].update({(credential, float(step.value)): 0 for step in steps})
    on_scale = rated["number"].notna()
    for kind, table, said in ((STEPS, rated[on_scale], "number"), (ASIDE, rated[~on_scale], "status")):
        table = table.astype(dict.fromkeys(by, str))
        for (*asked, credential, given), number in table.groupby([*by, said], observed=True)["people"].sum().items():
            found[tuple(asked), kind][credential][credential, given] = int(number)
    return found


def _facts(
    cell: Sequence[str],
    people: People,
    shares: Tell,
    none: Mapping[tuple[str, ...], Collection[float]],
    evidence: Evidence,
    limits: Limits,
    rated: DataFrame,
    by: list[str],
) -> Iterator[tuple[Place, Fact]]:
    """What is told of these answers: people, how many of them positive, steps, and how many set it aside."""
    yield from shares(rated, by)
    columns = [*by, *cell]
    fact = partial(_fact, people, set(rated["credential"].astype(str)), len(by))
    given = rated[rated["positive"].notna()].astype(dict.fromkeys(columns, str))
    told: list[tuple[DataFrame, Mapping[tuple[str, ...], Collection[float]]]] = [(given, none)]
    if by and none:  # among all answers of a credential, steps that rate nothing stand beside the others
        told.append((rated[rated["number"].notna()].astype(dict.fromkeys(columns, str)), {}))
    for table, apart in told:
        steps = steps_told(table, columns, evidence, limits)[[*columns, "low", "high"]]
        for *named, low, high in steps.itertuples(index=False, name=None):
            without = apart.get(tuple(named[len(by) :]), frozenset())
            yield from fact(named, STEPS, partial(_lies, low, high, without))
    for named in asides_told(rated, columns, limits):
        yield from fact(named, ASIDE, lambda _status: True)


def _shares(
    cell: Sequence[str],
    people: People,
    alike: Collection[tuple[str, ...]],
    good: Mapping[tuple[str, ...], Collection[float]],
    none: Mapping[tuple[str, ...], Collection[float]],
    rated: DataFrame,
    by: list[str],
) -> Iterator[tuple[Place, Fact]]:
    """How many answered, and how many of them well; of single credentials not where all said the same. good,
    none: of each question the positive steps, and those that rate nothing."""
    columns = [*by, *cell]
    fact = partial(_fact, people, set(rated["credential"].astype(str)), len(by))
    given = rated[rated["positive"].notna()].astype(dict.fromkeys(columns, str))
    for named in given[columns].drop_duplicates().itertuples(index=False, name=None):
        if named not in alike:
            asked = named[len(by) :]
            apart: Collection[float] = none.get(asked, frozenset())
            yield from fact(named, STEPS, partial(_lies, -inf, inf, apart))
            yield from fact(named, STEPS, good.get(asked, frozenset()).__contains__)


def _fact(
    people: People, every: Collection[str], at: int, named: Sequence[str], kind: str, wanted: Callable[[Any], bool]
) -> Iterator[tuple[Place, Fact]]:
    """What is said of a question by telling how many gave some of the answers. at: how many of the names stand before
    it: its credential, or none where all of them are meant."""
    of = {named[0]} if at else every
    yield from fact_of((tuple(named[at:]), kind), people, of, lambda part: wanted(part[1]))


def fact_of(
    place: Place, people: People, of: Collection[str], wanted: Callable[[Part], bool]
) -> Iterator[tuple[Place, Fact]]:
    """What is said of a place by telling how many are in some of the parts of these credentials."""
    here = people[place]
    parts = {part: n for credential in of for part, n in here.get(credential, {}).items() if wanted(part)}
    if parts:
        yield place, Fact("", frozenset(parts), sum(parts.values()))


def _lies(low: float, high: float, apart: Collection[float], step: float) -> bool:
    return low <= step <= high and step not in apart


def mean_gives_away(rated: DataFrame, evidence: Evidence, limits: Limits) -> set[str]:
    """The credentials of which the mean, beside how many gave it and the steps told, says how few gave one of them: as
    it does near the ends of a scale. rated: counted answers on one scale of whole numbers."""
    steps = {
        str(name): [int(step.value) for step in evidence.scales.get(str(name), ())] for name in rated["scale"].unique()
    }
    rated = rated[rated["number"].notna()]
    told: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    by = ["credential", "scale"]
    parted = steps_told(rated, by, evidence, limits)
    for credential, scale, low, high in zip(*(parted[name] for name in (*by, "low", "high")), strict=True):
        told[str(credential), str(scale)].append((low, high))
    given: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for credential, scale, step, number in zip(*(rated[name] for name in (*by, "number", "people")), strict=True):
        given[str(credential), str(scale)][int(step)] += int(number)
    cells = sorted(given)
    tellings = [_mean_told(cell, given[cell], steps[cell[1]], told[cell], limits) for cell in cells]
    away = give_away(tellings, limits.minimum_group)
    return {credential for (credential, _), gives in zip(cells, away, strict=True) if gives}


def _mean_told(
    cell: tuple[str, str],
    given: Mapping[int, int],
    steps: Sequence[int],
    told: Sequence[tuple[float, float]],
    limits: Limits,
) -> Telling:
    """What the mean says of one credential, beside how many gave it and the parts its steps are told in."""
    credential = cell[0]
    people = {(credential, step): given.get(step, 0) for step in sorted({*steps, *given})}
    parts = frozenset(people)
    facts = [Fact("", parts, sum(people.values()))]
    for low, high in told:
        some = frozenset(part for part in parts if low <= part[1] <= high)
        facts.append(Fact("", some, sum(people[part] for part in some)))
    total = sum(step * number for (_, step), number in people.items())
    mean = Fact("", parts, total, weights=tuple((part, part[1]) for part in sorted(parts)))
    return telling(facts, [mean], people, limits)
