"""Attack by subtraction: what can be worked out of numbers that are left out, from the numbers that are shown.

A shown number is the people of some parts added up. Whoever holds several of them holds a system of equations over
parts that are whole numbers and never below nothing. Here the lowest and the highest a hidden number may be are found
in it, exactly: by moves that change no shown number, and where these find too little room, by linear programming.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from typing import Any

import numpy as np
from scipy.optimize import linprog

LEAST_ROOM = 2
"""A hidden number must leave at least this much between the lowest and the highest it may be."""
SLACK = 1e-6
MOST_PARTS, MOST_PAIRS = 3000, 200
"""Pairs are looked for among so many parts, and so many of them are tried; beyond, linear programming has to do."""
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
    known = {(fact.parts, fact.more, fact.weights): fact for fact in reversed(list(facts)) if fact.parts}
    wrong = [fact for fact in known.values() if not fact.fits(people)]
    if wrong:
        raise ValueError(f"{len(wrong)} facts do not fit, the first: {wrong[0].view} says {wrong[0].people}.")
    small = {
        name: set(parts)
        for name, parts in cells.items()
        if name in also or 0 < sum(people[part] for part in parts) < minimum
    }
    home = _apart(known.values())
    systems: dict[frozenset[int], _System] = {}
    found = []
    for name, parts in small.items():
        if not parts <= home.keys():
            continue
        touched = {id(home[part]): home[part] for part in parts}
        place = frozenset(touched)
        if place not in systems:
            systems[place] = _System([fact for each in touched.values() for fact in each], people)
        solved = systems[place].solved(name, parts, explain)
        found += [solved] if solved else []
    return found


def _apart(facts: Iterable[Fact]) -> dict[Part, list[Fact]]:
    """For each part the facts that bear on it, over however many others."""
    home: dict[Part, list[Fact]] = {}
    for fact in facts:
        joined = [fact]
        for held in {id(home[part]): home[part] for part in fact.parts if part in home}.values():
            joined += held
        for each in joined:
            home.update(dict.fromkeys(each.parts, joined))
    return home


class _System:
    """Facts that hang together, and what is true of their parts."""

    def __init__(self, facts: Sequence[Fact], people: Mapping[Part, int]) -> None:
        self.facts = list(facts)
        self.parts = sorted({part for fact in facts for part in fact.parts}, key=repr)
        self.place = {part: at for at, part in enumerate(self.parts)}
        self.true = np.array([people[part] for part in self.parts], dtype=np.int64)
        self.matrix = np.zeros((len(self.facts), len(self.parts)))
        for row, fact in enumerate(self.facts):
            weight = dict(fact.weights)
            for part in fact.parts:
                self.matrix[row, self.place[part]] = weight.get(part, 1)
        self.low = np.array([fact.people for fact in self.facts], dtype=float)
        self.more = np.array([fact.more for fact in self.facts], dtype=float)

    def solved(self, name: str, parts: Collection[Part], explain: bool) -> Solved | None:
        """What follows for some parts together; None where it leaves enough room."""
        goal = np.zeros(len(self.parts))
        goal[[self.place[part] for part in parts]] = 1
        if self._moves(goal) >= LEAST_ROOM:
            return None
        every = list(range(len(self.facts)))
        low, high, bearing = self._bounds(goal, every)
        if high - low >= LEAST_ROOM:
            return None
        return Solved(name, low, high, self._views(goal, bearing) if explain else ())

    @cached_property
    def _marks(self) -> np.ndarray:
        """A number for the facts each part shows in; sums and differences of different ones differ, too, but by a
        chance of one in many millions."""
        chosen = np.random.default_rng(0).integers(0, 2**64, len(self.facts), dtype=np.uint64)
        return self.matrix.T.astype(np.uint64) @ chosen

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
        known: dict[str, Any] = {"A_eq": self.matrix[exact], "b_eq": self.low[exact]} if exact else {}
        if stepped:
            ends_of = np.concatenate([-self.low[stepped], (self.low + self.more)[stepped]])
            known |= {"A_ub": np.vstack([-self.matrix[stepped], self.matrix[stepped]]), "b_ub": ends_of}
        for sign in (1, -1):
            done = linprog(sign * goal, method="highs", **known)
            ends.append(sign * done.fun if done.status == 0 else np.inf)
            if done.status == 0:
                bearing |= {exact[at] for at in _bearing(done.eqlin)}
                bearing |= {stepped[at % len(stepped)] for at in _bearing(done.ineqlin)}
        low, high = ceil(ends[0] - SLACK), ends[1]
        return low, floor(high + SLACK) if np.isfinite(high) else 10**9, sorted(bearing)

    def _views(self, goal: np.ndarray, bearing: Sequence[int]) -> tuple[str, ...]:
        """As few of the views as it takes to know as much."""
        rows = list(bearing)
        for row in list(bearing)[:MOST_EXPLAINED]:
            fewer = [each for each in rows if each != row]
            if fewer:
                low, high, _ = self._bounds(goal, fewer)
                if high - low < LEAST_ROOM:
                    rows = fewer
        return tuple(dict.fromkeys(self.facts[row].view for row in rows))


def _bearing(rows: Any) -> list[int]:
    """Which rows of a solved programme bear on its goal."""
    return np.flatnonzero(np.abs(rows.marginals) > SLACK).tolist()
