"""Whose answers a number rests on: people, distinct organisations, and the weight of the largest one.

Tables here are counted: one row a combination of its columns, and `people`, how many respondents gave exactly that. A
table with one row an answer and `people` 1 is one, too. Counted tables add up: what several of them say is what their
rows say together, in any order, however they were divided. So a person who speaks about several credentials counts
once for each of them, and nothing in a counted table tells which answers are of one person.
"""

from collections.abc import Sequence

import numpy as np
from pandas import CategoricalDtype, DataFrame, RangeIndex, Series, array, factorize

LEARNER, EMPLOYER, EXPERT = "learner", "employer", "expert"
"""Who answers: the audiences of questionnaires, as tables name them."""
RESPONDENTS = ("audience", "instrument", "version", "survey", "month", "organisation", "role", "credential")
"""Columns that are one and the same for all a respondent says of a credential."""
ASKED = ("question", "item", "topic")
"""Columns that tell what was asked. Of each, a respondent is in one row at most (for a credential). The item is none of
them where it is the one option chosen."""
ONE_CHOICE = "one"
"""The kind of question whose item is the one option chosen."""
MOST_NUMBERS, FEW_NUMBERS = 2**62, 1000
"""Beyond the one a combination of values has no number of 64 bits; up to the other it is cheaper to list all there may
be than to look which there are."""


def cells_of(table: DataFrame, by: Sequence[str]) -> tuple[DataFrame, np.ndarray]:
    """The different combinations of the columns `by`, sorted, and for each row of the table which one it belongs to.

    An empty `by` is one cell (none when the table is empty). A missing value is a value of its own. Categories come
    out as plain values, so that a list of categories cannot name what no row holds.
    """
    if not by:
        return DataFrame(index=range(min(len(table), 1))), np.zeros(len(table), dtype=np.intp)
    code = numbered(table, by)
    cells = table[list(by)].take(np.unique(code, return_index=True)[1])
    cells.index = RangeIndex(len(cells))
    plain = {
        name: dtype.categories.dtype for name, dtype in cells.dtypes.items() if isinstance(dtype, CategoricalDtype)
    }
    return (cells.astype(plain) if plain else cells), code


def numbered(table: DataFrame, by: Sequence[str], *, ordered: bool = True) -> np.ndarray:
    """For each row the number, from 0, of its combination of the columns `by`; a missing value sorts last.

    What groupby(by, observed=True, dropna=False).ngroup() says, which costs several times as much where a table is
    small. ordered: the combinations are numbered as they sort; without it in any order.
    """
    code, many = np.zeros(len(table), dtype=np.int64), 1
    for name in by:
        one, size = _coded(table[name], ordered)
        if many * size > MOST_NUMBERS:
            code = _without_gaps(code, many)
            many = int(code.max(initial=0)) + 1
        code, many = code * size + one, many * size
    return _without_gaps(code, many)


def _coded(column: Series, ordered: bool) -> tuple[np.ndarray, int]:
    """The number of each value, a missing one the last, and how many numbers there may be."""
    if isinstance(column.dtype, CategoricalDtype):
        code, size = column.cat.codes.to_numpy(), len(column.cat.categories)
    else:
        code, values = column.array.factorize()
        size = len(values)
        if ordered and size > 1:
            code = factorize(column, sort=True)[0]
    return np.where(code < 0, size, code).astype(np.int64), size + 1


def _without_gaps(code: np.ndarray, many: int) -> np.ndarray:
    """Numbers below `many`, renumbered in their order so that none is left out."""
    if many <= max(FEW_NUMBERS, 4 * len(code)):
        there = np.bincount(code, minlength=many) > 0
        return (np.cumsum(there) - 1)[code]
    place, values = factorize(code)
    rank = np.empty(len(values), dtype=np.intp)
    rank[np.argsort(values)] = np.arange(len(values))
    return rank[place]


def count_people(table: DataFrame, by: Sequence[str]) -> DataFrame:
    """How many people, of how many organisations, stand behind each cell.

    table: counted; the columns `audience` and `organisation` may be absent. Organisations are counted for employers
    only: where `audience` says so, and in a table without that column wherever an organisation is named.
    Returns one row a cell: by..., people (int), organisations (Int64, missing where no employer answered),
    largest_share (0-1: of the employers who answered, the part that comes from the largest organisation; NaN where no
    employer answered). Where a cell holds answers to several things, `people` is how many there are at the least (see
    `heads_in`), so that nobody is taken for two. Employers who name no organisation add nothing to `organisations`, and
    count together as one in `largest_share`, because they may all be one.
    """
    cells, code = cells_of(table, by)
    row, people = heads_in(table, code)
    cell, size = code[row], len(cells)
    employed = _are_employers(table)[row]
    staff = np.bincount(cell[employed], weights=people[employed], minlength=size)
    organisations: np.ndarray = np.zeros(size)
    largest: np.ndarray = np.zeros(size)
    if employed.any():
        house = factorize(table["organisation"])[0][row] if "organisation" in table else np.full(len(row), -1)
        where, place = _pairs(cell[employed], house[employed] + 1)
        known = np.zeros(len(where), dtype=bool)
        known[place] = house[employed] >= 0
        organisations = np.bincount(where, weights=known, minlength=size)
        np.maximum.at(largest, where, np.bincount(place, weights=people[employed]))
    none = staff == 0
    return cells.assign(
        people=np.bincount(cell, weights=people, minlength=size).astype(np.int64),
        organisations=array(np.where(none, np.nan, organisations), dtype="Int64"),
        largest_share=np.where(none, np.nan, largest / np.maximum(staff, 1)),
    )


def heads_in(table: DataFrame, cell: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Who is in each cell at the least: some rows of a counted table by number, and how many people each stands for.

    Of one question a respondent is in one row only, so its rows add up. What was answered to several questions may be
    of the same people: of a group of respondents (the same survey, month, organisation, role and so on) then only the
    question counts that most of them answered.
    """
    people = table["people"].to_numpy(dtype=np.int64)
    asked = _asked(table)
    doubtful = (np.bincount(_pairs(cell, asked)[0]) > 1)[cell]
    row = np.flatnonzero(~doubtful)
    if not doubtful.any():
        return row, people
    part = table[doubtful].assign(_cell=cell[doubtful])
    group = numbered(part, ["_cell", *(name for name in RESPONDENTS if name in table)], ordered=False)
    within, place = _pairs(group, asked[doubtful])
    most = np.zeros(int(group.max()) + 1, dtype=np.int64)
    np.maximum.at(most, within, np.bincount(place, weights=people[doubtful]).astype(np.int64))
    first = np.flatnonzero(doubtful)[np.unique(group, return_index=True)[1]]
    return np.concatenate([row, first]), np.concatenate([people[row], most])


def _asked(table: DataFrame) -> np.ndarray:
    """For each row the number of what was asked."""
    columns = table[[name for name in ASKED if name in table]]
    if "item" in table and "kind" in table:
        chosen = (table["kind"] == ONE_CHOICE).to_numpy(dtype=bool)
        columns = columns.assign(item=np.where(chosen, -1, factorize(table["item"])[0]))
    return numbered(columns, list(columns), ordered=False)


def _pairs(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different pairs of two columns of numbers from 0: the first number of each, and each row's pair."""
    wide = int(other.max(initial=0)) + 1
    pairs, place = np.unique(one.astype(np.int64) * wide + other, return_inverse=True)
    return pairs // wide, place


def weakest(*counts: DataFrame) -> DataFrame:
    """Of several counts of the same cells, in the same order, the one with least behind it, column by column.

    A row that shows two numbers may be shown only when both may; the gate reads a row's counts from here.
    """
    worst = counts[0].copy()
    for other in counts[1:]:
        worst["people"] = np.minimum(worst["people"], other["people"])
        fewer = other["organisations"] < worst["organisations"]
        worst["organisations"] = worst["organisations"].mask(fewer.fillna(False), other["organisations"])
        worst["largest_share"] = np.fmax(worst["largest_share"], other["largest_share"])
    return worst


def _are_employers(table: DataFrame) -> np.ndarray:
    if "audience" in table:
        return Series(table["audience"] == EMPLOYER).fillna(False).to_numpy(dtype=bool)
    if "organisation" in table:
        return table["organisation"].notna().to_numpy(dtype=bool)
    return np.zeros(len(table), dtype=bool)
