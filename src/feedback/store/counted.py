"""Counted tables: one row a combination of columns, and `people`, how many gave exactly that. They add up exactly."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pandas import Categorical, CategoricalDtype, DataFrame, Series

ANSWERS, TOPICS, PRODUCTS = "answers", "topics", "products"
UNIT = ("instrument", "credential")
PEOPLE = "people"
KEYS: Mapping[str, tuple[str, ...]] = {
    ANSWERS: ("version", "survey", "month", "organisation", "role", "question", "item", "status", "number"),
    TOPICS: ("survey", "month", "organisation", "role", "topic", "critical", "appreciative", "rating"),
    PRODUCTS: ("first", "second", "what"),
}
"""What a block keeps of each part, beside `people`; the unit is its address, all else is joined from what is known. Of
products `people` is an amount: see store.products."""
NUMBERS: Mapping[str, type] = {
    "version": np.int32,
    "number": np.float64,
    "critical": np.bool_,
    "appreciative": np.bool_,
    "rating": np.float64,
}
"""The columns that are no texts."""
_MOST = 2**62


class Unit(NamedTuple):
    """What is counted and published together: an instrument's answers about one credential ("": about none)."""

    instrument: str
    credential: str


class Column(NamedTuple):
    """A column as places in the list of its values, which is sorted; -1 where it is missing."""

    codes: NDArray[Any]
    known: NDArray[Any]


@dataclass(frozen=True)
class Cells:
    """A counted table in the form in which it is kept and added up. people: one number a row."""

    columns: Mapping[str, Column]
    people: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.people)

    def take(self, rows: slice | NDArray[Any], names: Sequence[str] | None = None) -> "Cells":
        """Some rows, and some columns, with just the values they have."""
        chosen = self.columns if names is None else {name: self.columns[name] for name in names}
        return Cells({name: _tight(each.codes[rows], each.known) for name, each in chosen.items()}, self.people[rows])

    def groups(self, names: Sequence[str]) -> Iterator[tuple[tuple[Any, ...], slice]]:
        """The runs of rows with the same values in these columns; the table is sorted by them."""
        key = combined([self.columns[name] for name in names], len(self))
        starts = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else np.zeros(0, np.intp)
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(key)], strict=False):
            named = tuple(_value(self.columns[name], start) for name in names)
            yield named, slice(start, end)

    def frame(self) -> DataFrame:
        """As a table for analyses: texts as categories, numbers as numbers."""
        return DataFrame({**{name: plain(name, each) for name, each in self.columns.items()}, PEOPLE: self.people})


def cells_of(table: DataFrame, names: Sequence[str]) -> Cells:
    """A counted table with these columns and `people`, row for row."""
    return Cells({name: codes_of(table[name]) for name in names}, table[PEOPLE].to_numpy(dtype=np.int64))


def added(tables: Sequence[Cells], names: Sequence[str], signs: Sequence[int] | None = None) -> Cells:
    """What several counted tables say together: equal rows added up (or taken away, sign -1), rows of 0 left out.

    names: the columns that make rows equal. The result is the same, row for row, in whatever order and pieces the
    tables come: sorted by the columns, missing first, each value used.
    """
    joined = {name: below([table.columns[name] for table in tables]) for name in names}
    given = [
        table.people if sign == 1 else sign * table.people
        for table, sign in zip(tables, signs or [1] * len(tables), strict=True)
    ]
    people = np.concatenate(given) if given else np.zeros(0, np.int64)
    key = combined(list(joined.values()), len(people))
    if len(key) and bool(np.all(key[1:] >= key[:-1])):
        ranked, order = key, None
    else:
        order = np.argsort(key, kind="stable")
        ranked, people = key[order], people[order]
    del key  # of millions of rows each of these is large
    starts = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1])) if len(ranked) else np.zeros(0, np.intp)
    total = np.add.reduceat(people, starts) if len(starts) else people
    kept = starts[total != 0] if order is None else order[starts[total != 0]]
    return Cells({name: _tight(each.codes[kept], each.known) for name, each in joined.items()}, total[total != 0])


def no_cells(names: Sequence[str]) -> Cells:
    """A counted table without a row."""
    none = {name: Column(np.zeros(0, np.int8), np.zeros(0, NUMBERS.get(name, object))) for name in names}
    return Cells(none, np.zeros(0, np.int64))


def codes_of(column: Series) -> Column:
    """A column of a table, coded."""
    if not isinstance(column.dtype, CategoricalDtype):
        if column.dtype.kind in "ifb":
            return number_codes(column.to_numpy())
        column = Series(Categorical(column.astype(object)))
    texts = np.array([str(each) for each in column.cat.categories], dtype=object)
    ranked = np.argsort(texts, kind="stable") if len(texts) else np.zeros(0, np.intp)
    place: NDArray[Any] = np.full(len(texts) + 1, -1, dtype=_small(len(texts)))
    place[ranked] = np.arange(len(ranked))
    return _tight(place[column.cat.codes.to_numpy()], texts[ranked])


def text_codes(values: Sequence[str | None]) -> Column:
    """A list of texts, coded; None is missing."""
    known = sorted({value for value in values if value is not None})
    place: dict[str | None, int] = {value: number for number, value in enumerate(known)}
    place[None] = -1
    codes: NDArray[Any] = np.fromiter((place[value] for value in values), dtype=_small(len(known)), count=len(values))
    return Column(codes, np.array(known, dtype=object))


def number_codes(values: NDArray[Any]) -> Column:
    """A list of numbers, coded; NaN is missing."""
    there = ~np.isnan(values) if values.dtype.kind == "f" else np.ones(len(values), dtype=bool)
    known, inverse = np.unique(values[there], return_inverse=True)
    codes: NDArray[Any] = np.full(len(values), -1, dtype=_small(len(known)))
    codes[there] = inverse
    return Column(codes, known)


def combined(columns: Sequence[Column], length: int) -> NDArray[np.int64]:
    """One number for each row, equal for equal rows, and in the order of the columns."""
    key, size = np.zeros(length, dtype=np.int64), 1
    for codes, values in columns:
        if size * (len(values) + 1) > _MOST:
            distinct, key = np.unique(key, return_inverse=True)
            size = len(distinct)
        key = key * (len(values) + 1) + codes + 1
        size *= len(values) + 1
    return key


def plain(name: str, column: Column) -> Any:
    """A coded column as a table has it."""
    codes, values = column
    if name not in NUMBERS:
        return Categorical.from_codes(codes, categories=list(values))
    kind = NUMBERS[name]
    if kind is np.float64:
        return np.append(values.astype(float), np.nan)[codes]
    return values.astype(kind)[codes] if len(values) else np.zeros(0, dtype=kind)


def below(columns: Sequence[Column]) -> Column:
    """Several columns below each other, of one list of values."""
    if len(columns) == 1:
        return columns[0]
    values = sorted(set().union(*(each.known.tolist() for each in columns)))
    kinds = {each.known.dtype for each in columns if len(each.known)}
    whole = np.array(values, dtype=kinds.pop() if len(kinds) == 1 else object)
    place = {value: number for number, value in enumerate(values)}
    kind = _small(len(values))
    moved = [
        np.array([*(place[value] for value in each.known.tolist()), -1], dtype=kind)[each.codes] for each in columns
    ]
    return Column(np.concatenate(moved) if moved else np.zeros(0, np.int8), whole)


def _tight(codes: NDArray[Any], values: NDArray[Any]) -> Column:
    """The same column with only the values that it has."""
    used = np.zeros(len(values) + 1, dtype=bool)
    used[codes] = True
    used[-1] = False
    if used[:-1].all():
        return Column(codes, values)
    kept = np.flatnonzero(used)
    place: NDArray[Any] = np.full(len(values) + 1, -1, dtype=_small(len(kept)))
    place[kept] = np.arange(len(kept))
    return Column(place[codes], values[kept])


def _value(column: Column, row: int) -> Any:
    code = column.codes[row]
    return column.known[code] if code >= 0 else None


def _small(count: int) -> type:
    """The smallest whole numbers that count so far."""
    return np.int8 if count < 127 else np.int16 if count < 32_767 else np.int32
