"""What is told over several credentials, so that with what is told of each, nothing small can be subtracted."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pandas import DataFrame

from feedback.analysis.differencing import Fact, Part, solve
from feedback.disclosure import Limits
from feedback.findings.cells import asides_told, steps_told
from feedback.findings.evidence import Evidence

ASIDE, STEPS = "aside", "steps"
Cell = tuple[str, ...]
Place = tuple[Cell, str]
"""A question, and whether its steps are meant or what was said instead."""


def given_away(rated: DataFrame, cell: Sequence[str], evidence: Evidence, limits: Limits) -> set[Place]:
    """Of which questions the steps, or those who set them aside, must not be told over all these credentials: with what
    is told of each credential and of each programme, they would give away how few gave an answer about one.

    rated: counted answers on scales that may add up (see `scope.that_may_add`). cell: the columns that make a question.
    """
    if rated["credential"].nunique() < 2:
        return set()
    people = _people(rated, cell, evidence)
    told: dict[Place, list[Fact]] = defaultdict(list)
    for place, fact in _facts(rated, ["credential"], cell, people, evidence, limits):
        told[place].append(fact)
    for part in _programmes(rated, evidence):
        hidden = given_away(part, cell, evidence, limits)
        for place, fact in _facts(part, [], cell, people, evidence, limits):
            if place not in hidden:
                told[place].append(fact)
    more: dict[Place, list[Fact]] = defaultdict(list)
    for place, fact in _facts(rated, [], cell, people, evidence, limits):
        more[place].append(fact)
    return {place for place, facts in more.items() if _gives_away(told[place], facts, people[place], limits)}


def _gives_away(told: list[Fact], more: list[Fact], people: Mapping[Part, int], limits: Limits) -> bool:
    """Whether something can be worked out with the new facts that could not be without them."""
    cells = {str(part): [part] for part in people}
    least = limits.minimum_group
    found = {each.cell for each in solve([*told, *more], cells, people, least, explain=False)}
    return bool(found) and not found <= {each.cell for each in solve(told, cells, people, least, explain=False)}


def _programmes(rated: DataFrame, evidence: Evidence) -> Iterator[DataFrame]:
    """The answers of each programme that has several of these credentials, and not all."""
    programme = rated["credential"].astype(str).map(lambda slug: evidence.programmes.get(slug, ""))
    if programme.nunique() > 1:
        for name, part in rated.groupby(programme):
            if name and part["credential"].nunique() > 1:
                yield part


def _people(rated: DataFrame, cell: Sequence[str], evidence: Evidence) -> dict[Place, dict[Part, int]]:
    """How many people gave each step, or said each thing instead, about each credential; also those of nobody."""
    found: dict[Place, dict[Part, int]] = defaultdict(dict)
    by = [*cell, "credential"]
    for *asked, credential in rated[by].astype(str).drop_duplicates().itertuples(index=False, name=None):
        steps = evidence.scales.get(asked[list(cell).index("scale")], ())
        found[tuple(asked), STEPS].update({(credential, float(step.value)): 0 for step in steps})
    on_scale = rated["positive"].notna()
    for kind, table, said in ((STEPS, rated[on_scale], "number"), (ASIDE, rated[~on_scale], "status")):
        table = table.astype(dict.fromkeys(by, str))
        for (*asked, credential, given), number in table.groupby([*by, said], observed=True)["people"].sum().items():
            found[tuple(asked), kind][credential, given] = int(number)
    return found


def _facts(
    rated: DataFrame,
    by: list[str],
    cell: Sequence[str],
    people: Mapping[Place, Mapping[Part, int]],
    evidence: Evidence,
    limits: Limits,
) -> Iterator[tuple[Place, Fact]]:
    """What is told of these answers: people, how many of them positive, steps, and how many set it aside."""
    columns = [*by, *cell]
    here = set(rated["credential"].astype(str))
    at = len(by)

    def fact(named: Sequence[str], kind: str, wanted: Callable[[Any], bool]) -> Iterator[tuple[Place, Fact]]:
        place = tuple(named[at:]), kind
        of = here if not by else {named[0]}
        parts = [part for part in people[place] if part[0] in of and wanted(part[1])]
        if parts:
            yield place, Fact("", frozenset(parts), sum(people[place][part] for part in parts))

    given = rated[rated["positive"].notna()].astype(dict.fromkeys(columns, str))
    for named, each in given.groupby(columns):
        good = set(each.loc[each["positive"].astype(bool), "number"])
        yield from fact(named, STEPS, lambda _step: True)
        yield from fact(named, STEPS, good.__contains__)
    for *named, low, high in steps_told(given, columns, evidence, limits)[[*columns, "low", "high"]].itertuples(
        index=False, name=None
    ):
        yield from fact(named, STEPS, partial(_lies, low, high))
    for named in asides_told(rated, columns, limits):
        yield from fact(named, ASIDE, lambda _status: True)


def _lies(low: float, high: float, step: float) -> bool:
    return low <= step <= high
