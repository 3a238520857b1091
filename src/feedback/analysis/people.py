"""Whose answers a number rests on: distinct people, distinct organisations, and the weight of the largest one."""

from collections.abc import Sequence

import numpy as np
from pandas import CategoricalDtype, DataFrame, Series, array, factorize

EMPLOYER = "employer"


def cells_of(table: DataFrame, by: Sequence[str]) -> tuple[DataFrame, np.ndarray]:
    """The different combinations of the columns `by`, sorted, and for each row of the table which one it belongs to.

    An empty `by` is one cell (none when the table is empty). A missing value is a value of its own. Categories come
    out as plain values, so that a list of categories cannot name what no row holds.
    """
    if not by:
        return DataFrame(index=range(min(len(table), 1))), np.zeros(len(table), dtype=np.intp)
    code = table.groupby(list(by), observed=True, dropna=False).ngroup().to_numpy(dtype=np.intp)
    first = np.unique(code, return_index=True)[1]
    cells = table[list(by)].iloc[first].reset_index(drop=True)
    plain = {
        name: dtype.categories.dtype for name, dtype in cells.dtypes.items() if isinstance(dtype, CategoricalDtype)
    }
    return cells.astype(plain), code


def count_people(
    table: DataFrame, by: Sequence[str], *, people: str = "response", organisation: str = "organisation"
) -> DataFrame:
    """How many distinct people, of how many organisations, stand behind each cell.

    table: one row an answer part, with the column `people` (who answered); the columns `audience` and `organisation`
    may be absent. Organisations are counted for employers only: where `audience` says so, and in a table without that
    column wherever an organisation is named.
    Returns one row a cell: by..., people (int), organisations (Int64, missing where no employer answered),
    largest_share (0-1: of the employers who answered, the part that comes from the largest organisation; NaN where no
    employer answered). Employers who name no organisation add nothing to `organisations`, and count together as one in
    `largest_share`, because they may all be one.
    """
    cells, code = cells_of(table, by)
    _, first, _ = persons_in(table[people], code)
    cell = code[first]
    employed = _are_employers(table, organisation)[first]
    size = len(cells)
    organisations: np.ndarray = np.zeros(size)
    largest: np.ndarray = np.zeros(size)
    if employed.any():
        house = factorize(table[organisation])[0] if organisation in table else np.full(len(table), -1)
        pairs, staff = np.unique(np.stack([cell[employed], house[first][employed]]), axis=1, return_counts=True)
        organisations = np.bincount(pairs[0], weights=pairs[1] >= 0, minlength=size)
        np.maximum.at(largest, pairs[0], staff)
    employers = np.bincount(cell[employed], minlength=size)
    none = employers == 0
    return cells.assign(
        people=np.bincount(cell, minlength=size),
        organisations=array(np.where(none, np.nan, organisations), dtype="Int64"),
        largest_share=np.where(none, np.nan, largest / np.maximum(employers, 1)),
    )


def persons_in(people: Series, cell: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every person in every cell once: the cell, the first row, and for each row which of these it belongs to."""
    who = factorize(people)[0].astype(np.int64)
    pair = cell * (who.max(initial=0) + 1) + who
    _, first, belongs = np.unique(pair, return_index=True, return_inverse=True)
    return cell[first], first, belongs


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


def _are_employers(table: DataFrame, organisation: str) -> np.ndarray:
    if "audience" in table:
        return Series(table["audience"] == EMPLOYER).fillna(False).to_numpy(dtype=bool)
    if organisation in table:
        return table[organisation].notna().to_numpy(dtype=bool)
    return np.zeros(len(table), dtype=bool)
