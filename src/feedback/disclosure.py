"""The one gate: what may be shown of whom. Below the minimum nothing of a cell passes, not even how few they were.

Two doors of the same rule. `showable` keeps, of counted answers, the cells that may be shown, for models in which one
cell bears on another: a hidden cell must not move a shown number. `withhold` blanks finished tables, and every table
passes it, whether or not `showable` came before. `pass_published` is for the few tables that are about nobody.

Experts are no anonymous group: they are named witnesses who sign their review, so the minimum does not protect them.
What it must protect is their independence: nothing of a review shows before as many as are asked for have handed in.

What adds up to a shown total, and groups who all said the same, are the findings' to hold apart (`findings.cells`,
`findings.totals`): the gate sees one table at a time.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from pandas import DataFrame, Series, concat
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

from feedback.errors import FeedbackError
from feedback.limits import STANDARD, Limits

SHOWN, EARLY, WITHHELD = "shown", "early", "withheld"
EMPLOYER, EXPERT = "employer", "expert"
RESPONDENTS = ("audience", "instrument", "version", "survey", "month", "organisation", "role", "credential")
ASKED = ("question", "item", "topic")
"""Columns of counted tables: what is the same for all a respondent says of a credential, and what was asked. Of each
thing asked, a respondent is in one row at most. The gate counts for itself, so it knows them for itself."""
ONE_CHOICE = "one"
"""The kind of question whose item is the one option chosen, and nothing that was asked."""
ROUNDING = 1e-9
"""Half is half, though 1/6 + 1/6 + 1/6 may not be."""


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
    answers: DataFrame, by: Sequence[str], *, organisation: str = "organisation", limits: Limits = STANDARD
) -> DataFrame:
    """The rows whose cell may be shown, in their order; to be called before a model is fitted.

    answers: a counted table: `people` gave what a row says. by: the columns that make a cell; where there is a column
    `audience`, learners, employers and experts are always cells of their own. Employers are those whose audience says
    so, or, in a table without `audience`, those who name an organisation.
    """
    by = [*by, *(["audience"] if "audience" in answers and "audience" not in by else [])]
    cell = _numbered(answers, by)
    heads = _heads(answers, cell, organisation)
    cells = count_behind(heads)
    passes = may_show(cells["people"], cells["organisations"], cells["largest_share"], limits)
    expert = _of_audience(answers, EXPERT)
    if expert.any():
        of_experts = np.zeros(len(cells), dtype=bool)
        of_experts[cell[expert]] = True
        passes = np.where(of_experts, cells["people"].to_numpy() >= limits.reviewers, passes)
    return answers[passes[cell]].reset_index(drop=True)


def _numbered(table: DataFrame, by: Sequence[str]) -> np.ndarray:
    """The number of each row's cell, from 0; a missing value is a value of its own."""
    cell = np.zeros(len(table), dtype=np.int64)
    for name in by:
        value = table[name].array.factorize()[0].astype(np.int64) + 1
        cell = np.unique(cell * (len(table) + 1) + value, return_inverse=True)[1]
    return cell


def _heads(table: DataFrame, cell: np.ndarray, organisation: str) -> DataFrame:
    """Who is in each cell at the least, as `count_behind` takes it.

    Of the things asked in a cell, for each group of respondents only what most of them answered counts: the answers to
    another thing may be of the same people.
    """
    house = table[organisation] if organisation in table else Series(None, index=table.index, dtype=object)
    employed = _of_audience(table, EMPLOYER) if "audience" in table else house.notna().to_numpy(dtype=bool)
    asked = table[[name for name in ASKED if name in table]]
    if "item" in table and "kind" in table:
        chosen = (table["kind"] == ONE_CHOICE).to_numpy(dtype=bool)
        asked = asked.assign(item=np.where(chosen, "", table["item"].astype(object)))
    who = {
        "cell": cell,
        "group": _numbered(table, [name for name in (*RESPONDENTS, organisation) if name in table]),
        "house": house.array.factorize()[0],
        "employed": employed,
    }
    person = _numbered(DataFrame(who), list(who))
    answer = _numbered(DataFrame({"person": person, "asked": _numbered(asked, list(asked))}), ["person", "asked"])
    first, row = np.unique(person, return_index=True)
    most: np.ndarray = np.zeros(len(first), dtype=np.int64)
    summed = np.bincount(answer, weights=table["people"].to_numpy(dtype=np.int64)).astype(np.int64)
    np.maximum.at(most, person, summed[answer])
    return DataFrame({name: value[row] for name, value in who.items()}).assign(people=most)


def count_behind(heads: DataFrame) -> DataFrame:
    """The gate's own count of who stands behind each cell.

    heads: one row some people of a cell: cell (0, 1, ...), house (a number for the organisation, -1 unknown), employed
    (True for employers), people. Returns one row a cell, in order: people, organisations, largest_share as `may_show`
    takes them. Unknown organisations add nothing to their number, and count as one in the share, because they may be
    one.
    """
    people = heads.groupby("cell")["people"].sum()
    staff = heads[heads["employed"]].groupby(["cell", "house"])["people"].sum().rename("staff").reset_index()
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
    unless its `audience` says so: then it is withheld. Rows whose `audience` is "expert" show, and are never early,
    once `people`, the reviewers who handed in, are as many as the limits ask for.
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
    passes &= ~(_of_audience(table, EMPLOYER) & houses.isna().to_numpy(dtype=bool))
    expert = _of_audience(table, EXPERT)
    number = table[people].astype(float).to_numpy()
    passes = np.where(expert, number >= limits.reviewers, passes)
    named = {people, organisations, largest_share, *measures}
    hidden = [name for name in table if name not in keys and (name in named or not _is_words(table[name]))]
    told = _room_for_missing(table, hidden)
    settled = expert | (number >= limits.settled_group)
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


def pass_published(table: DataFrame) -> DataFrame:
    """A finished table that is about no respondent, such as figures anybody may read, with its column `state` "shown".

    Such a table counts nobody, so there is nothing to withhold. Raises FeedbackError when it counts people after all:
    then it must go through `withhold`.
    """
    counting = [name for name in ("people", "organisations", "largest_share") if name in table]
    if counting:
        raise FeedbackError(f"a table with {counting} is about people: it has to be withheld, not passed on.")
    table = table.reset_index(drop=True)
    table.attrs = {}
    return table.assign(state=SHOWN)


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
    if not organisations and _of_audience(table, EMPLOYER).any():
        raise FeedbackError("the gate was given employers' rows without organisations; add the column organisations.")


def _of_audience(table: DataFrame, who: str) -> np.ndarray:
    if "audience" not in table:
        return np.zeros(len(table), dtype=bool)
    return (table["audience"].astype(object) == who).to_numpy(dtype=bool)


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
