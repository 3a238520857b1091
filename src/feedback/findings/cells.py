"""Which of the numbers that add up to a known total may be told: the one rule of all findings that say how many people
gave which answer, so that no two of them differ."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from pandas import DataFrame, concat

from feedback.analysis.people import count_people
from feedback.disclosure import Limits, may_show
from feedback.findings.evidence import Evidence

LEAST_ROOM = 2
"""A hidden number must leave at least this much between the lowest and the highest it may be."""
BEHIND = ("people", "organisations", "largest_share")
Spans = dict[tuple[float, float], tuple[int, int, bool]]
"""By the first and the last of some neighbouring steps: the row they stand in, how many gave one, whether it shows."""
TO = " to "
"""What stands between the ends of joined steps: 1 to 2."""


def safe_to_tell(people: Sequence[int], may: Sequence[bool], minimum: int) -> list[bool]:
    """Which of the cells that add up to a known total may be told, so that none left out can be worked out.

    people: of each cell. may: whether it may be shown by itself. minimum: the smallest group.
    The smallest cells go first. Cells left out that nobody is in need no company. Of fewer than twice the minimum one
    cell at most could be told, and only where everybody is in it: then it is not, since it says what each of them said.

    >>> safe_to_tell([2, 6, 20], [False, True, True], 5)
    [False, False, True]
    >>> safe_to_tell([0, 6, 20], [False, True, True], 5)
    [False, True, True]
    >>> safe_to_tell([9, 0], [True, False], 5), safe_to_tell([10, 0], [True, False], 5)
    ([False, False], [True, False])
    """
    if sum(people) < 2 * minimum:
        return [False] * len(people)
    few = [number for number, allowed in zip(people, may, strict=True) if not allowed]
    rest = sorted((number, place) for place, (number, allowed) in enumerate(zip(people, may, strict=True)) if allowed)
    with_them: list[int] = []
    told = list(may)
    while sum(few) and rest and not _is_hidden(few, with_them, rest[0][0], minimum):
        number, place = rest.pop(0)
        with_them.append(number)
        told[place] = False
    return told


def _is_hidden(few: Sequence[int], with_them: Sequence[int], smallest_told: int, minimum: int) -> bool:
    """Whether the cells left out keep their secret from somebody who knows the total and this rule.

    What is left out for their sake lies between the minimum and the smallest that is told; so they themselves lie
    between `lowest` and `highest`, taken together.
    """
    together = sum(few) + sum(with_them)
    most = len(few) * (minimum - 1) if max(few) < minimum else together
    if not with_them:
        return len(few) > 1 and together >= minimum and together != most
    lowest = max(0, together - len(with_them) * smallest_told)
    highest = min(most, together - len(with_them) * minimum)
    return highest - lowest >= LEAST_ROOM


def options_told(table: DataFrame, by: Sequence[str], limits: Limits) -> np.ndarray:
    """Which numbers of options may be told (True or False a row).

    table: one row an option, also those nobody chose, with `kind`, `people` who chose it, organisations and
    largest_share of these, and how many were `asked`. by: the columns that make a question. Where one only could be
    chosen, the options of a question add up to how many answered it, which is told elsewhere; of several choices
    nothing adds up. What all of fewer than twice the minimum chose, or all but one, is not told: it says what each did.
    """
    told = may_show(table["people"], table["organisations"], table["largest_share"], limits)
    people, asked = (table[name].to_numpy(dtype=float) for name in ("people", "asked"))
    told &= (asked >= 2 * limits.minimum_group) | (asked - people >= LEAST_ROOM)
    people = people.astype(int)
    exclusive = (table["kind"] != "several").to_numpy(dtype=bool)
    for rows in table[exclusive].groupby(list(by), sort=False).indices.values():
        places = np.flatnonzero(exclusive)[rows]
        told[places] = safe_to_tell(people[places].tolist(), told[places].tolist(), limits.minimum_group)
    return told


def steps_told(rated: DataFrame, by: Sequence[str], evidence: Evidence, limits: Limits) -> DataFrame:
    """How many gave which step of a scale, neighbouring steps joined where single ones stand for too few.

    rated: counted answers with a `number` on a `scale`. by: the columns that make a distribution.
    Returns one row a part of a distribution that somebody gave: by..., low and high (its first and last step), people,
    organisations, largest_share. A distribution that cannot be told in two parts or more without one that stands for
    too few is not there, unless everybody gave the same step, and they are twice the minimum or more.
    """
    cell = [*dict.fromkeys([*by, "scale"])]
    words = [*dict.fromkeys([*cell, "audience", "organisation"])]
    held = rated[rated["number"].notna()].astype(dict.fromkeys(words, object))
    held = held.groupby([*words, "number"], dropna=False, as_index=False)["people"].sum()
    ends = ["low", "high"]
    if held.empty:
        return DataFrame(columns=[*by, *ends, *BEHIND])
    spans = concat([_spans(scale, each["number"].unique(), evidence) for scale, each in held.groupby("scale")])
    counted = count_people(held.merge(spans, on=["scale", "number"]), [*cell, *ends])
    counted["may"] = may_show(counted["people"], counted["organisations"], counted["largest_share"], limits)
    columns = (counted[name].tolist() for name in ("scale", *ends, "people", "may"))
    number = counted.groupby(cell, sort=False).ngroup().tolist()
    cells: dict[int, tuple[str, Spans]] = {}
    for place, (at, scale, low, high, people, may) in enumerate(zip(number, *columns, strict=True)):
        if at >= 0:
            cells.setdefault(at, (str(scale), {}))[1][low, high] = (place, people, may)
    kept = [place for scale, spans in cells.values() for place in _parts(scale, spans, evidence, limits)]
    return counted.loc[kept, [*by, *ends, *BEHIND]].reset_index(drop=True)


def _spans(scale: object, seen: Sequence[float], evidence: Evidence) -> DataFrame:
    """Every run of neighbouring steps of a scale, one row a step in it."""
    steps = sorted({float(step.value) for step in evidence.scales.get(str(scale), ())} | set(map(float, seen)))
    rows = [
        (scale, step, low, high)
        for at, low in enumerate(steps)
        for high in steps[at:]
        for step in steps
        if low <= step <= high
    ]
    return DataFrame(rows, columns=["scale", "number", "low", "high"]).astype({"scale": object})


def _parts(scale: str, found: Spans, evidence: Evidence, limits: Limits) -> Iterator[int]:
    """Of all runs of steps of one distribution the places of those it is told in."""
    side = {float(step.value): step.side for step in evidence.scales.get(scale, ())}
    steps = sorted({*side, *(step for ends in found for step in ends)})
    nobody = (-1, 0, True)
    sides = [side.get(step, 0) for step in steps]
    _, everybody, may = found.get((steps[0], steps[-1]), nobody)
    if not may or everybody < 2 * limits.minimum_group:
        return
    for first, last in joined(sides, lambda first, last: found.get((steps[first], steps[last]), nobody)[2]):
        place, people, _ = found.get((steps[first], steps[last]), nobody)
        if people:
            yield place


def joined(sides: Sequence[int], may: Callable[[int, int], bool]) -> list[tuple[int, int]]:
    """Neighbouring steps of a scale joined, from the ends inwards, until each part may be told: places of the first and
    the last step of each part; none where good steps would have to be joined with others.

    sides: of each step, -1 below the middle, 0 in it, 1 above: steps of one side are joined before those of two. Good
    are those above the middle; where several lie in it, these.
    may: whether the steps from one place to another may be told together (also where nobody gave them).

    >>> joined([-1, -1, 0, 1, 1], lambda first, last: last > 0)
    [(0, 1), (2, 2), (3, 3), (4, 4)]
    >>> joined([-1, 1, 1], lambda first, last: first > 0)
    []
    """
    good = [side == (0 if sides.count(0) > 1 else 1) for side in sides]
    parts = [(place, place) for place in range(len(sides))]
    while len(parts) > 1:
        few = [at for at, part in enumerate(parts) if not may(*part)]
        if not few:
            return parts
        last = len(parts) - 1
        at = min(few, key=lambda place: (min(place, last - place), place))
        inward = 1 if at < last - at else -1
        beside = [place for place in (at + inward, at - inward) if 0 <= place <= last]
        apart = [place for place in beside if _across(parts[at], parts[place], good)]
        beside = [place for place in beside if place not in apart]
        if not beside:
            return []
        other = min(beside, key=lambda place: _across(parts[at], parts[place], sides))
        start = min(at, other)
        parts[start : start + 2] = [(parts[start][0], parts[start + 1][1])]
    return []


def _across(one: tuple[int, int], other: tuple[int, int], sides: Sequence[int]) -> bool:
    """Whether two parts do not lie on one side."""
    return len({sides[place] for part in (one, other) for place in part}) > 1


def distributions(told: DataFrame, by: Sequence[str]) -> dict[tuple, dict[str, int]]:
    """What `steps_told` found as one mapping a distribution: "1 to 2" or "3" -> people."""
    found: dict[tuple, dict[str, int]] = {}
    columns = [told[name] for name in (*by, "low", "high", "people")]
    for *cell, low, high, people in zip(*columns, strict=True):
        found.setdefault(tuple(map(str, cell)), {})[_named(low, high)] = int(people)
    return found


def _named(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g}{TO}{high:g}"


def ends_of(name: str) -> tuple[float, float]:
    """The first and the last step of a part.

    >>> ends_of("1 to 2"), ends_of("3")
    ((1.0, 2.0), (3.0, 3.0))
    """
    low, _, high = name.partition(TO)
    return float(low), float(high or low)


def asides_told(answers: DataFrame, by: Sequence[str], limits: Limits) -> set[tuple[str, ...]]:
    """The cells in which no answer set aside ("don't know") stands for too few to be told."""
    aside = answers[(answers["status"] != "answered").to_numpy(dtype=bool)]
    aside = aside.astype(dict.fromkeys([*by, "status"], "str"))
    counted = count_people(aside, [*by, "status"])
    may = may_show(counted["people"], counted["organisations"], counted["largest_share"], limits)
    every, few = (set(each[list(by)].itertuples(index=False, name=None)) for each in (counted, counted[~may]))
    return every - few


def said_alike(rated: DataFrame, by: Sequence[str], evidence: Evidence, limits: Limits) -> set[tuple[str, ...]]:
    """The cells of fewer than twice the minimum of whom a share would say that all gave one and the same answer.

    rated: counted answers of which it is known whether they are positive. A side of a share with several steps leaves
    open which of them each gave.
    """
    given = rated[rated["positive"].notna()].astype(dict.fromkeys([*by, "scale", "kind", "item"], "str"))
    good = given[given["positive"].astype(bool)]
    best = dict(zip(good["scale"], good["number"], strict=True))
    few = given.groupby(list(by))["people"].transform("sum") < 2 * limits.minimum_group
    given = given[few.to_numpy(dtype=bool)]  # most cells are larger, and there may be thousands
    names = ("kind", "item", "number", "positive", "scale")
    kinds, items, numbers, signs, scales = (given[name].tolist() for name in names)
    found = set()
    for cell, rows in given.groupby(list(by)).indices.items():
        kind, scale = kinds[rows[0]], scales[rows[0]]
        said = {(items[at] if kind == "one" else str(numbers[at]), bool(signs[at])) for at in rows}
        if len(said) == 1:
            steps = evidence.scales.get(scale, ())
            side = {float(step.value): step.side for step in steps}
            top = side.get(float(best.get(scale, np.nan)), 1)
            fellows = [step for step in steps if (step.side == top) == bool(signs[rows[0]])]
            if len(fellows) < LEAST_ROOM:
                found.add(cell if isinstance(cell, tuple) else (cell,))
    return found
