"""Sums of products: what of the answers several questions got from the same people is enough to tell which go with the
overall answer, and adds up exactly. No single answer is in them, and no two of one person."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback.store.counted import KEYS, PRODUCTS, UNIT, Cells, Column, Unit, added, no_cells, text_codes
from feedback.survey.levels import Level, levels_of
from feedback.survey.questionnaire import Instrument

N, SUM, SQUARE, PRODUCT = "n", "sum", "square", "product"
WHATS = (N, SUM, SQUARE, PRODUCT)
"""What a row says of those who answered both `first` and `second`: how many they are, and the sums of the levels they
gave the first, of the squares of these, and of the products of both. Where both are the same question there is no
product; how many, and the product, are said once a pair."""
EVERYBODY = ""
"""The `first` and `second` of the row that counts whoever answered anything of it."""
_NAMES = (*UNIT, *KEYS[PRODUCTS])
_AT_ONCE = 50_000
_NONE = -1
Pieces = list[tuple[NDArray[np.int64], NDArray[np.int64]]]
"""For some people, of which unit each is, and what level each gave to what (_NONE where nothing)."""


class _Asked(NamedTuple):
    """A questionnaire whose answers can go together. column, level: by number of the part of an answer."""

    levels: tuple[Level, ...]
    column: list[int]
    level: list[int]


class Products:
    """Adds up what people answered together. What it holds grows with the units, and not with the people."""

    def __init__(self, instruments: Mapping[str, Instrument]) -> None:
        self._asked = {name: _Asked(found, [], []) for name, each in instruments.items() if (found := levels_of(each))}
        self._units: dict[tuple[str, str], int] = {}
        self._of_group: list[int] = []
        self._pieces: dict[str, Pieces] = {name: [] for name in self._asked}
        self._held = 0
        self._amounts: dict[tuple[str, str], tuple[int, NDArray[np.int64]]] = {}

    def add(
        self,
        groups: Sequence[tuple[Any, ...]],
        values: Sequence[tuple[Any, ...]],
        who: NDArray[np.int64],
        lengths: NDArray[np.int64],
        said: NDArray[np.int64],
    ) -> None:
        """Some more people. groups: instrument, credential and more, by number. values: question, item, status and
        number of each part of an answer. who: for each person, of which group. lengths: how many parts each said; said:
        their numbers, person after person."""
        if not self._asked or not len(who):
            return
        self._know(groups, values)
        unit = np.array(self._of_group, dtype=np.int64)[who]
        person = np.repeat(np.arange(len(who)), lengths)
        names = np.array([name for name, _ in self._units], dtype=object)
        for name, asked in self._asked.items():
            here = np.flatnonzero(names == name)
            mine = np.isin(unit, here) if len(here) else np.zeros(len(unit), dtype=bool)
            if mine.any():
                self._hold(name, asked, unit, mine, person, said)
        if self._held > _AT_ONCE:
            self._fold()

    def cells(self) -> Cells:
        """All that was added up: instrument, credential, the KEYS of products."""
        self._fold()
        tables = [self._table(name, asked.levels) for name, asked in self._asked.items()]
        return added([no_cells(_NAMES), *(each for each in tables if each is not None)], _NAMES)

    def _know(self, groups: Sequence[tuple[Any, ...]], values: Sequence[tuple[Any, ...]]) -> None:
        """Learn what groups and parts of answers have come up since."""
        for instrument, credential, *_ in groups[len(self._of_group) :]:
            known = instrument in self._asked
            place = self._units.setdefault((instrument, credential), len(self._units)) if known else _NONE
            self._of_group.append(place)
        for asked in self._asked.values():
            where = {(each.question, each.row): at for at, each in enumerate(asked.levels)}
            for question, item, status, number in values[len(asked.column) :]:
                at = where.get((question, item), where.get((question, None), _NONE))
                level = asked.levels[at].levels.get(number, _NONE) if at != _NONE and status == "answered" else _NONE
                asked.column.append(at if level != _NONE else _NONE)
                asked.level.append(level)

    def _hold(
        self,
        name: str,
        asked: _Asked,
        unit: NDArray[np.int64],
        mine: NDArray[np.bool_],
        person: NDArray[np.int64],
        said: NDArray[np.int64],
    ) -> None:
        """Keep the levels of those of a questionnaire until they are added up."""
        column = np.array(asked.column, dtype=np.int64)[said]
        rated = (column != _NONE) & mine[person]
        place, wide = np.cumsum(mine) - 1, len(asked.levels)
        cell = place[person[rated]] * wide + column[rated]
        size = int(mine.sum()) * wide
        level = np.array(asked.level, dtype=np.int64)[said[rated]]
        total, times = np.bincount(cell, weights=level, minlength=size), np.bincount(cell, minlength=size)
        parts = np.tile([each.parts for each in asked.levels], size // wide)
        given = np.where(times > 0, np.rint(parts * total / np.maximum(times, 1)), _NONE).astype(np.int64)
        matrix = given.reshape(-1, wide)
        some = (matrix != _NONE).any(axis=1)
        if some.any():
            self._pieces[name].append((unit[mine][some], matrix[some]))
            self._held += int(some.sum())

    def _fold(self) -> None:
        units = list(self._units)
        for pieces in self._pieces.values():
            if not pieces:
                continue
            unit = np.concatenate([one for one, _ in pieces])
            order = np.argsort(unit, kind="stable")
            unit, given = unit[order], np.concatenate([levels for _, levels in pieces])[order]
            starts = np.flatnonzero(np.append(True, unit[1:] != unit[:-1]))
            for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(unit)], strict=True):
                where = units[int(unit[start])]
                people, amounts = self._amounts.get(where, (0, np.int64(0)))
                self._amounts[where] = people + end - start, amounts + _amounts(given[start:end])
            pieces.clear()
        self._held = 0

    def _table(self, name: str, levels: Sequence[Level]) -> Cells | None:
        """All amounts of one questionnaire."""
        units = sorted(where for where in self._amounts if where[0] == name)
        if not units:
            return None
        wide = range(len(levels))
        places = [(what, i, j) for at, what in enumerate(WHATS) for i in wide for j in wide if _is_told(what, i, j)]
        first = [EVERYBODY, *(levels[i].name for _, i, _ in places)]
        second = [EVERYBODY, *(levels[j].name for _, _, j in places)]
        which = tuple(np.array([(WHATS.index(what), i, j) for what, i, j in places]).T)
        amounts = [np.append(people, told[which]) for people, told in (self._amounts[where] for where in units)]
        columns = {
            "instrument": _each([name for name, _ in units], len(first)),
            "credential": _each([credential for _, credential in units], len(first)),
        }
        for key, listed in (("first", first), ("second", second), ("what", [N, *(what for what, _, _ in places)])):
            coded = text_codes(listed)
            columns[key] = Column(np.tile(coded.codes, len(units)), coded.known)
        return Cells(columns, np.concatenate(amounts).astype(np.int64))


def people_behind(products: Cells) -> dict[Unit, int]:
    """How many people answered anything of which the products are, by unit."""
    first = products.columns["first"]
    rows = np.flatnonzero(np.isin(first.codes, np.flatnonzero(first.known == EVERYBODY)))
    found = added([products.take(rows)], UNIT)
    named = [Unit(*name) for name, _ in found.groups(UNIT)]
    return dict(zip(named, found.people.tolist(), strict=True))


def _amounts(given: NDArray[np.int64]) -> NDArray[np.int64]:
    """(people, k) -> (4, k, k), see WHATS. Reckoned in floating point, which is exact up to 2**53."""
    there = (given != _NONE).astype(float)
    level = np.where(given != _NONE, given, 0).astype(float)
    across = level.T
    found = np.stack([there.T @ there, across @ there, across**2 @ there, across @ level])
    return np.rint(found).astype(np.int64)


def _is_told(what: str, i: int, j: int) -> bool:
    return i < j or what in (SUM, SQUARE) or (what == N and i == j)


def _each(values: Sequence[str], times: int) -> Column:
    coded = text_codes(values)
    return Column(np.repeat(coded.codes, times), coded.known)
