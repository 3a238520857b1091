"""Attack by subtraction: what can be worked out of numbers that are left out, from the numbers that are shown.

A shown number is the people of some parts added up. Whoever holds several of them holds a system of equations over
parts that are whole numbers and never below nothing. Here the lowest and the highest a hidden number may be are found
in it, exactly: by moves that change no shown number, and where these find too little room, by linear programming.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice
from math import ceil, floor
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

logger = logging.getLogger(__name__)
LEAST_ROOM = 2
"""A hidden number must leave at least this much between the lowest and the highest it may be."""
SLACK = 1e-6
MOST_PARTS, MOST_PAIRS = 3000, 200
"""Pairs are looked for among so many parts, and so many of them are tried; beyond, linear programming has to do."""
MOST_AT_ONCE = 3000
"""So many parts are put into one linear programme."""
FAR = 10**9
"""What has no end."""
MOST_EXPLAINED = 12
"""Of so many views that bear on a number it is tried which can be done without."""

Part = Any
"""Whatever names some people apart from all others; hashable."""


@dataclass(frozen=True)
class Fact:
    """A number somebody can see: the people of all these parts together. view: where it stands, in words.

    more: so many more it may be, as of a number told in steps. weights: by part what each of its people counts, a whole
    number from 0, as in a sum of ratings (which is a mean times how many gave it); a part that is not there counts 1.
    """

    view: str
    parts: frozenset[Part]
    people: int
    more: int = 0
    weights: tuple[tuple[Part, int], ...] = ()

    def fits(self, people: Mapping[Part, int]) -> bool:
        """Whether it is true."""
        weight = dict(self.weights)
        return self.people <= sum(people[part] * weight.get(part, 1) for part in self.parts) <= self.people + self.more


@dataclass(frozen=True)
class Solved:
    """A hidden number that is no secret: it lies from low to high, which follows from what stands in these views."""

    cell: str
    low: int
    high: int
    views: tuple[str, ...]


def solve(
    facts: Iterable[Fact],
    cells: Mapping[str, Collection[Part]],
    people: Mapping[Part, int],
    minimum: int,
    *,
    also: Collection[str] = (),
    explain: bool = True,
) -> list[Solved]:
    """Every cell of 1 to minimum - 1 people, and every one named in `also`, whose number is known to less than
    LEAST_ROOM.

    facts: all that is shown. cells: what must not be worked out, by name. people: what is true of each part (0 and
    more); a part may be 0, and whoever looks does not know which are. Facts that do not fit what is true are refused
    (ValueError), because from a contradiction everything follows.
    """
    asked = _asked(facts, cells, people, minimum, also)
    return [
        Solved(name, low, high, system.views(goal) if explain else ())
        for (name, system, goal), (low, high) in zip(asked, _ranges(asked), strict=True)
        if high - low < LEAST_ROOM
    ]


@dataclass(frozen=True)
class Shown:
    """Numbers somebody can see, and what must not be worked out of them; all as `solve` takes it."""

    facts: Sequence[Fact]
    cells: Mapping[str, Collection[Part]]
    people: Mapping[Part, int]
    also: Collection[str] = ()


@dataclass(frozen=True)
class Telling:
    """What is known anyway, and what is to be told beside it. cells, people, also: as `solve` takes them."""

    known: Sequence[Fact]
    more: Sequence[Fact]
    cells: Mapping[str, Collection[Part]]
    people: Mapping[Part, int]
    also: Collection[str] = ()


def solve_each(shown: Sequence[Shown], minimum: int) -> list[dict[str, tuple[int, int]]]:
    """Of each what can be worked out: between which numbers what must not be lies, by name.

    They have nothing to do with one another; many at a time take much less than one after the other.
    """
    asked = [_asked(each.facts, each.cells, each.people, minimum, each.also) for each in shown]
    ranges = iter(_ranges([one for each in asked for one in each]))
    return [
        {
            name: (low, high)
            for (name, _, _), (low, high) in zip(each, islice(ranges, len(each)), strict=True)
            if high - low < LEAST_ROOM
        }
        for each in asked
    ]


def give_away(tellings: Sequence[Telling], minimum: int) -> list[bool]:
    """Of each whether something can be worked out with the new facts that could not be without them."""
    found = solve_each(
        [Shown([*each.known, *each.more], each.cells, each.people, each.also) for each in tellings], minimum
    )
    again = [(each, new) for each, new in zip(tellings, found, strict=True) if new]
    before = iter(
        solve_each(
            [
                Shown(each.known, {name: each.cells[name] for name in new}, each.people, each.also)
                for each, new in again
            ],
            minimum,
        )
    )
    return [bool(new) and new != next(before) for new in found]


def _asked(
    facts: Iterable[Fact],
    cells: Mapping[str, Collection[Part]],
    people: Mapping[Part, int],
    minimum: int,
    also: Collection[str],
) -> list["Asked"]:
    """What must not be worked out and is not seen at once to have enough room: its name, what bears on it, and what is
    to be added up."""
    known = {(fact.parts, fact.more, fact.weights): fact for fact in reversed(list(facts)) if fact.parts}
    wrong = [fact for fact in known.values() if not fact.fits(people)]
    if wrong:
        raise ValueError(f"{len(wrong)} facts do not fit, the first: {wrong[0].view} says {wrong[0].people}.")
    small = {
        name: set(parts)
        for name, parts in cells.items()
        if name in also or 0 < sum(people[part] for part in parts) < minimum
    }
    home = _apart(known.values()) if small else {}
    order = {part: at for at, part in enumerate(people)}
    systems: dict[frozenset[int], _System] = {}
    asked = []
    for name, parts in small.items():
        if not parts <= home.keys():
            continue
        touched = {id(home[part]): home[part] for part in parts}
        place = frozenset(touched)
        if place not in systems:
            systems[place] = _System([fact for each in touched.values() for fact in each], people, order)
        system, goal = systems[place], systems[place].goal(parts)
        if not system.leaves_room(goal):
            asked.append((name, system, goal))
    return asked


def _apart(facts: Iterable[Fact]) -> dict[Part, list[Fact]]:
    """For each part the facts that bear on it, over however many others."""
    facts = list(facts)
    above: dict[Part, Part] = {}

    def first(part: Part) -> Part:
        """What stands for all that hangs together with a part."""
        while (over := above.setdefault(part, part)) != part:
            above[part] = above[over]
            part = over
        return part

    for fact in facts:
        ends = {first(part) for part in fact.parts}
        above.update(dict.fromkeys(ends, next(iter(ends))))
    joined: dict[Part, list[Fact]] = {}
    for fact in facts:
        joined.setdefault(first(next(iter(fact.parts))), []).append(fact)
    return {part: joined[first(part)] for part in list(above)}


def _ranges(asked: Sequence["Asked"]) -> list[tuple[int, int]]:
    """The lowest and the highest each goal may be. Where the highest alone leaves room, the lowest is what is true."""
    high = [floor(end + SLACK) for end in _ends(asked, -1)]
    low = [int(goal @ system.true) for _, system, goal in asked]
    near = [at for at, end in enumerate(high) if end - low[at] < LEAST_ROOM]
    for at, end in zip(near, _ends([asked[at] for at in near], 1), strict=True):
        low[at] = ceil(end - SLACK)
    return list(zip(low, high, strict=True))


def _ends(asked: Sequence["Asked"], sign: int) -> list[float]:
    """The lowest (sign 1) or the highest (-1) each goal may be: many at a time as one programme, of parts that have
    nothing in common, because most of what it takes to solve a small one is to begin."""
    found: list[float] = []
    some: list[Asked] = []
    width = 0
    for each in asked:
        if some and width + len(each[2]) > MOST_AT_ONCE:
            found += _ends_at_once(some, sign)
            some, width = [], 0
        some.append(each)
        width += len(each[2])
    return found + (_ends_at_once(some, sign) if some else [])


def _ends_at_once(some: Sequence["Asked"], sign: int) -> list[float]:
    goal = np.concatenate([each for _, _, each in some])
    done = linprog(sign * goal, method="highs", **_said([system for _, system, _ in some]))
    if done.status == 0:
        return np.add.reduceat(goal * done.x, np.cumsum([0, *(len(each) for _, _, each in some[:-1])])).tolist()
    if len(some) > 1:
        return [end for each in some for end in _ends_at_once([each], sign)]
    # Nothing else is known of it then than what is true: as if it left no room, so it is not told.
    name, system, aim = some[0]
    logger.warning("What follows for %r cannot be worked out, so it counts as known: %s", name, done.message)
    return [float(aim @ system.true)]


def _said(systems: Sequence["_System"]) -> dict[str, Any]:
    """What several systems say, as linear programming takes it."""
    widths = [len(system.parts) for system in systems]
    said: dict[str, Any] = {}
    for stepped, matrix, ends in ((False, "A_eq", "b_eq"), (True, "A_ub", "b_ub")):
        known = [system.known[stepped] for system in systems]
        heights = [len(each.ends) for each in known]
        if sum(heights):
            places = zip(known, _starts(heights), _starts(widths), strict=True)
            entries = [(each.row + row, each.column + column, each.weight) for each, row, column in places]
            row, column, weight = (np.concatenate(each) for each in zip(*entries, strict=True))
            said[matrix] = csr_array((weight, (row, column)), shape=(sum(heights), sum(widths)))
            said[ends] = np.concatenate([each.ends for each in known])
    return said


def _starts(sizes: Sequence[int]) -> list[int]:
    """Where each of some pieces begins that lie one after the other."""
    return list(accumulate(sizes[:-1], initial=0))


@dataclass(frozen=True)
class _Known:
    """Rows of a linear programme: their entries, and what each adds up to at most (or exactly)."""

    row: np.ndarray
    column: np.ndarray
    weight: np.ndarray
    ends: np.ndarray


class _System:
    """Facts that hang together, and what is true of their parts."""

    def __init__(self, facts: Sequence[Fact], people: Mapping[Part, int], order: Mapping[Part, int]) -> None:
        self.facts = list(facts)
        self.parts = sorted({part for fact in facts for part in fact.parts}, key=order.__getitem__)
        self.place = {part: at for at, part in enumerate(self.parts)}
        self.true = np.array([people[part] for part in self.parts], dtype=np.int64)
        rows: list[int] = []
        columns: list[int] = []
        weights: list[int] = []
        for row, fact in enumerate(self.facts):
            weight = dict(fact.weights)
            rows += [row] * len(fact.parts)
            columns += [self.place[part] for part in fact.parts]
            weights += [weight.get(part, 1) for part in fact.parts] if weight else [1] * len(fact.parts)
        self.row, self.column = np.array(rows, dtype=np.intp), np.array(columns, dtype=np.intp)
        self.weight = np.array(weights, dtype=np.int64)
        self.low = np.array([fact.people for fact in self.facts], dtype=float)
        self.more = np.array([fact.more for fact in self.facts], dtype=float)

    def goal(self, parts: Iterable[Part]) -> np.ndarray:
        """These parts, to be added up."""
        goal = np.zeros(len(self.parts))
        goal[[self.place[part] for part in parts]] = 1
        return goal

    @cached_property
    def counted(self) -> np.ndarray:
        """How much is counted of each part, over all facts; 0 where it may be any number."""
        return np.bincount(self.column, weights=self.weight, minlength=len(self.parts))

    @cached_property
    def known(self) -> tuple[_Known, _Known]:
        """What the facts told exactly say, and those told in steps."""
        rows = range(len(self.facts))
        exact, stepped = ([row for row in rows if bool(self.more[row]) is steps] for steps in (False, True))
        return self.saying(exact, steps=False), self.saying(stepped, steps=True)

    def saying(self, rows: Sequence[int], *, steps: bool) -> _Known:
        """What some of the facts say; of what is told in steps its lower ends, turned, before the upper ones."""
        place = np.full(len(self.facts), -1)
        place[list(rows)] = range(len(rows))
        mine = place[self.row] >= 0
        row, column, weight = place[self.row[mine]], self.column[mine], self.weight[mine].astype(float)
        low = self.low[list(rows)]
        if not steps:
            return _Known(row, column, weight, low)
        both = np.concatenate([row, row + len(rows)]), np.concatenate([column, column])
        return _Known(*both, np.concatenate([-weight, weight]), np.concatenate([-low, low + self.more[list(rows)]]))

    def leaves_room(self, goal: np.ndarray) -> bool:
        """Whether it is seen at once that what follows for a goal leaves enough room."""
        return not self.counted[goal > 0].all() or self._moves(goal) >= LEAST_ROOM

    @cached_property
    def _marks(self) -> np.ndarray:
        """A number for the facts each part shows in; sums and differences of different ones differ, too, but by a
        chance of one in many millions."""
        chosen = np.random.default_rng(0).integers(0, 2**64, len(self.facts), dtype=np.uint64)
        marks = np.zeros(len(self.parts), dtype=np.uint64)
        np.add.at(marks, self.column, self.weight.astype(np.uint64) * chosen[self.row])
        return marks

    @cached_property
    def _differences(self) -> tuple[np.ndarray, np.ndarray]:
        """All differences of two marks in order, and of which two parts each is: the first times how many parts there
        are, plus the second."""
        every = (self._marks[:, None] - self._marks[None, :]).ravel()
        order = np.argsort(every, kind="stable")
        return every[order], order

    def _moves(self, goal: np.ndarray) -> int:
        """How far the goal may go up and down at the least, by moving people between two parts that show in the same
        numbers, or between two such pairs at a time: a quick proof that there is room."""
        best, number = 0, len(self.parts)
        inside, outside = set(np.flatnonzero(goal).tolist()), np.flatnonzero(goal == 0)
        for up in inside:
            difference = self._marks[up] - self._marks[outside]
            alike = outside[difference == 0]
            if len(alike):
                best = max(best, int(self.true[up] + self.true[alike].max()))
            if best >= LEAST_ROOM or number > MOST_PARTS:
                continue
            sorted_, order = self._differences
            starts, ends = (np.searchsorted(sorted_, difference, side).tolist() for side in ("left", "right"))
            for down, start, end in zip(outside.tolist(), starts, ends, strict=True):
                for place in order[start : min(end, start + MOST_PAIRS)].tolist():
                    fallen, risen = divmod(place, number)
                    if len({up, down, fallen, risen}) == 4 and not inside & {fallen, risen}:
                        rise = min(self.true[down], self.true[fallen])
                        best = max(best, int(rise + min(self.true[up], self.true[risen])))
                if best >= LEAST_ROOM:
                    return best
        return best

    def _bounds(self, goal: np.ndarray, rows: Sequence[int]) -> tuple[int, int, list[int]]:
        """The lowest and the highest the goal may be by some of the facts, and which of these bear on it."""
        ends, bearing = [], set()
        exact, stepped = ([row for row in rows if bool(self.more[row]) is steps] for steps in (False, True))
        known: dict[str, Any] = {}
        for some, matrix, limits in ((exact, "A_eq", "b_eq"), (stepped, "A_ub", "b_ub")):
            if some:
                said = self.saying(some, steps=some is stepped)
                shape = len(said.ends), len(self.parts)
                known |= {matrix: csr_array((said.weight, (said.row, said.column)), shape=shape), limits: said.ends}
        for sign in (1, -1):
            done = linprog(sign * goal, method="highs", **known)
            ends.append(sign * done.fun if done.status == 0 else np.inf)
            if done.status == 0:
                bearing |= {exact[at] for at in _bearing(done.eqlin)}
                bearing |= {stepped[at % len(stepped)] for at in _bearing(done.ineqlin)}
        low, high = ceil(ends[0] - SLACK), ends[1]
        return low, floor(high + SLACK) if np.isfinite(high) else FAR, sorted(bearing)

    def views(self, goal: np.ndarray) -> tuple[str, ...]:
        """Out of which views the goal follows: as few of them as it takes to know as much."""
        rows = self._bounds(goal, range(len(self.facts)))[2]
        for row in rows[:MOST_EXPLAINED]:
            fewer = [each for each in rows if each != row]
            if fewer:
                low, high, _ = self._bounds(goal, fewer)
                if high - low < LEAST_ROOM:
                    rows = fewer
        return tuple(dict.fromkeys(self.facts[row].view for row in rows))


Asked = tuple[str, _System, np.ndarray]
"""What must not be worked out: its name, the facts that bear on it, and which of their parts are to be added up."""


def _bearing(rows: Any) -> list[int]:
    """Which rows of a solved programme bear on its goal."""
    return np.flatnonzero(np.abs(rows.marginals) > SLACK).tolist()
