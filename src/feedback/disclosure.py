"""The one gate: what may be shown of whom. Below the minimum nothing of a cell passes, not even how few they were.

Two doors of the same rule. `showable` keeps, of raw answers, the cells that may be shown, for models in which one cell
bears on another: a hidden cell must not move a shown number. `withhold` blanks finished tables, and every table passes
it, whether or not `showable` came before.

Left for later: rows that add up to a shown total (complementary withholding), two looks at different times, answers
that all agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from pandas import DataFrame, Series, concat, factorize
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

from feedback.errors import FeedbackError, Problem, Refused

SHOWN, EARLY, WITHHELD = "shown", "early", "withheld"
EMPLOYER = "employer"
LEAST_GROUP = 3
LEAST_ORGANISATIONS = 2
ROUNDING = 1e-9
"""Half is half, though 1/6 + 1/6 + 1/6 may not be."""


@dataclass(frozen=True)
class Limits:
    """How many must stand behind what is shown. Refused (with every reason) when looser than the promise allows.

    minimum_group: distinct people, at least 3. minimum_organisations: distinct organisations behind employers' answers,
    at least 2. largest_share: the most of the employers in a cell that may come from one organisation, above 0 and at
    most a half. settled_group, settled_width: a cell is no longer early from so many people on, or once its 90%
    interval is no wider than this part of its scale (0.2: within 10 points either way).
    """

    minimum_group: int = 5
    minimum_organisations: int = 3
    largest_share: float = 0.5
    settled_group: int = 25
    settled_width: float = 0.2

    def __post_init__(self) -> None:
        problems = []
        if not self.minimum_group >= LEAST_GROUP:
            problems.append(("minimum_group", f"found {self.minimum_group}; {LEAST_GROUP} people is the least."))
        if not self.minimum_organisations >= LEAST_ORGANISATIONS:
            found = f"found {self.minimum_organisations}; {LEAST_ORGANISATIONS} organisations is the least."
            problems.append(("minimum_organisations", found))
        if not 0 < self.largest_share <= 0.5:
            problems.append(("largest_share", f"found {self.largest_share}; above 0 and at most 0.5 is allowed."))
        if problems:
            raise Refused([Problem(f"limit {name}", said) for name, said in problems])


STANDARD = Limits()


def may_show(people: Series, organisations: Series, largest_share: Series, limits: Limits = STANDARD) -> np.ndarray:
    """Which cells may be shown at all (True or False each).

    people: distinct people; missing counts as none. organisations: distinct organisations; missing where the cell holds
    no employer, and then only people count. largest_share: 0-1; missing beside a number of organisations hides.
    """
    enough = people.astype(float).to_numpy() >= limits.minimum_group
    houses = organisations.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    largest = largest_share.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    many = (houses >= limits.minimum_organisations) & (largest <= limits.largest_share + ROUNDING)
    return enough & (np.isnan(houses) | many)


def showable(
    answers: DataFrame,
    by: Sequence[str],
    *,
    people: str = "response",
    organisation: str = "organisation",
    limits: Limits = STANDARD,
) -> DataFrame:
    """The rows whose cell may be shown, in their order; to be called before a model is fitted.

    answers: one row an answer part. by: the columns that make a cell; where there is a column `audience`, learners and
    employers are always cells of their own. people: who answered. Employers are those whose audience says so, or, in a
    table without `audience`, those who name an organisation.
    """
    by = [*by, *(["audience"] if "audience" in answers and "audience" not in by else [])]
    cell = answers.groupby(by, observed=True, dropna=False).ngroup().to_numpy() if by else np.zeros(len(answers), int)
    house = answers[organisation] if organisation in answers else Series(None, index=answers.index, dtype=object)
    employed = _employers(answers) if "audience" in answers else house.notna().to_numpy(dtype=bool)
    heads = DataFrame({"cell": cell, "who": factorize(answers[people])[0], "house": factorize(house)[0]})
    cells = count_behind(heads.assign(employed=employed).drop_duplicates(["cell", "who"]))
    passes = may_show(cells["people"], cells["organisations"], cells["largest_share"], limits)
    return answers[passes[cell]].reset_index(drop=True)


def count_behind(heads: DataFrame) -> DataFrame:
    """The gate's own count of who stands behind each cell.

    heads: one row a person and cell: cell (0, 1, ...), house (a number for the organisation, -1 unknown), employed
    (True for employers). Returns one row a cell, in order: people, organisations, largest_share as `may_show` takes
    them. Unknown organisations add nothing to their number, and count as one in the share, because they may be one.
    """
    people = heads.groupby("cell").size()
    staff = heads[heads["employed"]].groupby(["cell", "house"]).size().reset_index(name="staff")
    by_cell = staff.groupby("cell")["staff"]
    known = staff["house"].ge(0).groupby(staff["cell"]).sum()
    return DataFrame({"people": people}).assign(organisations=known, largest_share=by_cell.max() / by_cell.sum())


def withhold(
    table: DataFrame,
    *,
    people: str = "people",
    organisations: str | None = None,
    largest_share: str | None = None,
    measures: Sequence[str],
    minimum_group: int | None = None,
    limits: Limits = STANDARD,
    keys: Sequence[str] = (),
    interval: tuple[str, str] = ("low", "high"),
    span: float = 1.0,
    drop: bool = False,
) -> DataFrame:
    """A finished table with what must not be shown taken out, and its column `state`.

    table: one row a cell, with the column `people` (distinct people behind every measure of the row) and on the
    employer side the counts of organisations. organisations, largest_share: the columns of these; None means the
    columns of that name where the table has them. A row whose number of organisations is missing holds no employer,
    unless its `audience` says so: then it is withheld.
    measures: the columns that say something of the people. They, all counts, and every other column of numbers or of
    lists go missing in withheld rows: what the gate was told nothing about does not pass. Only columns of words, and
    `keys`, stay. minimum_group: short for other limits of that group.
    state: "withheld"; "early" below 25 people, unless the 90% interval (the columns `interval`, on a scale `span` wide)
    is at most 20 points of 100 wide in all, which is how we read "within 10 points"; else "shown".
    Withheld rows stand last, in the order of their words, because their place in a ranking would tell as much as their
    number. That a row is there says that somebody answered: with drop=True withheld rows are left out, as lists need in
    which being there at all is an answer.
    Raises FeedbackError when a named column is missing, or employers come without their organisations.
    """
    limits = limits if minimum_group is None else replace(limits, minimum_group=minimum_group)
    table = table.reset_index(drop=True)
    table.attrs = {}  # what a model said of the whole passes no gate
    organisations = organisations or ("organisations" if "organisations" in table else None)
    largest_share = largest_share or ("largest_share" if "largest_share" in table else None)
    _check(table, people, organisations, largest_share, measures, keys)
    none = Series(np.nan, index=table.index)
    houses = table[organisations] if organisations else none
    passes = may_show(table[people], houses, table[largest_share] if largest_share else none, limits)
    passes &= ~(_employers(table) & houses.isna().to_numpy(dtype=bool))
    named = {people, organisations, largest_share, *measures}
    hidden = [name for name in table if name not in keys and (name in named or not _is_words(table[name]))]
    told = _room_for_missing(table, hidden)
    settled = table[people].astype(float).to_numpy() >= limits.settled_group
    if all(end in table for end in interval):
        low, high = (table[end].astype(float).to_numpy() for end in interval)
        settled |= high - low <= limits.settled_width * span + ROUNDING
    state = np.where(passes, np.where(settled, SHOWN, EARLY), WITHHELD)
    told = told.assign(state=state)
    shown, withheld = told[passes], told[~passes]
    if drop:
        return shown.reset_index(drop=True)
    withheld = withheld.assign(**{name: _missing(withheld[name]) for name in hidden})
    withheld = withheld.sort_values([name for name in table if name not in hidden], key=_as_text, kind="stable")
    return concat([shown, withheld], ignore_index=True).astype(told.dtypes.to_dict())


def _check(
    table: DataFrame,
    people: str,
    organisations: str | None,
    largest_share: str | None,
    measures: Sequence[str],
    keys: Sequence[str],
) -> None:
    wanted = [people, *([organisations] if organisations else []), *([largest_share] if largest_share else [])]
    absent = [name for name in [*wanted, *measures, *keys] if name not in table]
    if absent:
        raise FeedbackError(f"the gate was given a table without {absent}; it has {list(table.columns)}.")
    if organisations and not largest_share and table[organisations].notna().any():
        raise FeedbackError(
            "the gate was given organisations without the share of the largest one; add the column largest_share."
        )
    if not organisations and _employers(table).any():
        raise FeedbackError("the gate was given employers' rows without organisations; add the column organisations.")


def _employers(table: DataFrame) -> np.ndarray:
    if "audience" not in table:
        return np.zeros(len(table), dtype=bool)
    return (table["audience"].astype(object) == EMPLOYER).to_numpy(dtype=bool)


def _is_words(column: Series) -> bool:
    """Whether a column holds nothing but text."""
    if is_numeric_dtype(column.dtype):
        return False
    return all(isinstance(value, str) for value in column.dropna())


def _room_for_missing(table: DataFrame, hidden: Sequence[str]) -> DataFrame:
    """The table with whole numbers and truth values in types that know a missing value, whether or not one is there."""
    wider = {}
    for name in hidden:
        if is_bool_dtype(table[name].dtype):
            wider[name] = "boolean"
        elif is_integer_dtype(table[name].dtype):
            wider[name] = "Int64"
    return table.astype(wider)


def _as_text(column: Series) -> Series:
    return column.astype("str")


def _missing(column: Series) -> Series:
    return Series([None] * len(column), index=column.index, dtype=column.dtype)
