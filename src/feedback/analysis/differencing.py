"""Attack by subtraction: what can be worked out of numbers that are left out, from the numbers that are shown.

A shown number is the people of some parts added up. Whoever holds several of them holds a system of equations over
parts that are whole numbers and never below nothing. Here the lowest and the highest a hidden number may be are found
in it, exactly: by moves that change no shown number, and where these find too little room, by linear programming.
"""

from collections import defaultdict
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
MOST_EXPLAINED = 12
"""Of so many views that bear on a number it is tried which can be done without."""

Part = Any
"""Whatever names some people apart from all others; hashable."""


@dataclass(frozen=True)
class Fact:
    """A number somebody can see: the people of all these parts together. view: where it stands, in words."""

    view: str
    parts: frozenset[Part]
    people: int


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
    explain: bool = True,
) -> list[Solved]:
    """Every cell of 1 to minimum - 1 people whose number is known to less than LEAST_ROOM.

    facts: all that is shown. cells: what must not be worked out, by name. people: what is true of each part (0 and
    more); a part may be 0, and whoever looks does not know which are. Facts that do not fit what is true are refused
    (ValueError), because from a contradiction everything follows.
    """
    known = {fact.parts: fact for fact in reversed(list(facts)) if fact.parts}
    wrong = [fact for fact in known.values() if sum(people[part] for part in fact.parts) != fact.people]
    if wrong:
        raise ValueError(f"{len(wrong)} facts do not fit, the first: {wrong[0].view} says {wrong[0].people}.")
    small = {name: set(parts) for name, parts in cells.items() if 0 < sum(people[part] for part in parts) < minimum}
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
            self.matrix[row, [self.place[part] for part in fact.parts]] = 1
        self.right = self.matrix @ self.true

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
    def _marks(self) -> list[int]:
        """A number for the facts each part shows in; sums and differences of different ones differ, too."""
        return [sum(4**row for row in np.flatnonzero(column).tolist()) for column in self.matrix.T]

    @cached_property
    def _marked(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for at, mark in enumerate(self._marks):
            found[mark].append(at)
        return found

    def _moves(self, goal: np.ndarray) -> int:
        """How far the goal may go up and down at the least, by moving people between two parts that show in the same
        numbers, or between two such pairs at a time: a quick proof that there is room."""
        best = 0
        inside, outside = set(np.flatnonzero(goal).tolist()), np.flatnonzero(goal == 0).tolist()
        for up in inside:
            for down in outside:
                difference = self._marks[up] - self._marks[down]
                if not difference:
                    best = max(best, int(self.true[up] + self.true[down]))
                for fallen in outside:
                    for risen in self._marked.get(self._marks[fallen] - difference, ()):
                        if len({up, down, fallen, risen}) == 4 and risen not in inside:
                            rise = min(self.true[down], self.true[fallen])
                            best = max(best, int(rise + min(self.true[up], self.true[risen])))
                    if best >= LEAST_ROOM:
                        return best
        return best

    def _bounds(self, goal: np.ndarray, rows: Sequence[int]) -> tuple[int, int, list[int]]:
        """The lowest and the highest the goal may be by some of the facts, and which of these bear on it."""
        ends, bearing = [], set()
        for sign in (1, -1):
            done = linprog(sign * goal, A_eq=self.matrix[rows], b_eq=self.right[rows], method="highs")
            ends.append(sign * done.fun if done.status == 0 else np.inf)
            if done.status == 0:
                bearing |= {rows[at] for at in np.flatnonzero(np.abs(done.eqlin.marginals) > SLACK).tolist()}
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
