"""What share of people rated something well, how sure that is, and how their answers spread."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from pandas import DataFrame, Series
from scipy.special import ndtri

from feedback.analysis.people import cells_of, count_people

HALF = 0.5
"""The middle of a share: above it lies what most say."""
RATED_BY = ("scale", "grid", "one")
"""The kinds of question whose "does not apply" and "don't know" are counted as set aside."""


def wilson(positive: ArrayLike, n: ArrayLike, level: float = 0.90) -> tuple[np.ndarray, np.ndarray]:
    """The interval of a share: which true shares would make what was seen unsurprising.

    positive: how many of n, 0 to n, need not be whole. n: how many rated; 0 gives NaN. Both broadcast.
    Returns (low, high), each 0-1, never of no width while n is finite. Source: Wilson (1927), JASA 22, 209-212.

    >>> low, high = wilson([8, 0], [10, 0])
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.541, nan], [0.931, nan])
    """
    hits, total = np.broadcast_arrays(np.asarray(positive, dtype=float), np.asarray(n, dtype=float))
    total = np.where(total > 0, total, np.nan)
    z2 = ndtri((1 + level) / 2) ** 2
    middle = (hits + z2 / 2) / (total + z2)
    half = np.sqrt(z2 * (hits * (total - hits) / total + z2 / 4)) / (total + z2)
    # The ends are exact where nobody or everybody is positive; rounding must not carry them past 0 and 1.
    return np.where(hits <= 0, 0 * total, np.clip(middle - half, 0, 1)), np.where(
        hits >= total, 1 + 0 * total, np.clip(middle + half, 0, 1)
    )


def share_of_people(parts: DataFrame, by: Sequence[str], hit: str) -> DataFrame:
    """The share of answers for which something holds, with the people behind it.

    parts: counted answers (see people.py), maybe with `organisation` and `audience`, and the column `hit` (True or
    False, none missing). Where a cell holds answers to several things (the rows of a grid), the share is of all of
    them, and `people` is how many gave them at the least; so `hits`, the share of these people, need not be whole.
    Returns one row a cell: by..., people, organisations, largest_share, hits, share, low, high (Wilson, 90%).
    """
    counted = count_people(parts, by)
    cell, weight = cells_of(parts, by)[1], parts["people"].to_numpy(dtype=float)
    total = np.bincount(cell, weights=weight, minlength=len(counted))
    holding = np.bincount(cell, weights=weight * parts[hit].to_numpy(dtype=float), minlength=len(counted))
    hits = holding * counted["people"].to_numpy(dtype=float) / total
    low, high = wilson(hits, counted["people"])
    return counted.assign(hits=hits, share=holding / total, low=low, high=high)


def percent_positive(answers: DataFrame, by: Sequence[str]) -> DataFrame:
    """The share of ratings that are one of the positive values, of those who rated, for each cell.

    answers: counted answers; every row with a known `positive` holds ratings. Where a cell holds several things people
    rated (the rows of a grid), each rating counts, and people as many as there are at the least.
    Returns by..., n (people who rated), organisations, largest_share (see people.count_people), positive (of n; may be
    a fraction where people rated several things), share, low, high (Wilson, 90%), mean (of the numbers on the scale;
    NaN where the cell mixes scales or nobody rated), counts (value as text -> how many ratings), aside (answers set
    aside, such as "does not apply"). A cell in which everyone set it aside has n 0 and no share. Sorted by the cells.
    """
    answered = (answers["status"] == "answered").to_numpy(dtype=bool)
    rated = answered & answers["positive"].notna().to_numpy(dtype=bool)
    set_aside = ~answered & answers["kind"].isin(RATED_BY).to_numpy(dtype=bool)
    asked, rated = answers[rated | set_aside], rated[rated | set_aside]
    cells, cell = cells_of(asked, by)
    ratings = asked[rated].assign(_cell=cell[rated]).astype({"positive": bool})
    size, weight = len(cells), asked["people"].to_numpy(dtype=float)
    found = share_of_people(ratings, ["_cell"], "positive").set_index("_cell").reindex(range(size))
    number = ratings["number"].to_numpy(dtype=float)
    given = np.bincount(cell[rated], weights=weight[rated], minlength=size)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(cell[rated], weights=weight[rated] * number, minlength=size) / given
    scales = ratings.groupby("_cell")["scale"].nunique().reindex(range(size)).to_numpy()
    return cells.assign(
        n=found["people"].fillna(0).astype(int),
        organisations=found["organisations"],
        largest_share=found["largest_share"],
        positive=found["hits"].fillna(0.0),
        share=found["share"],
        low=found["low"],
        high=found["high"],
        mean=np.where(scales == 1, mean, np.nan),
        counts=distribution(cell[rated], ratings["number"], ratings["people"], size),
        aside=np.bincount(cell[~rated], weights=weight[~rated], minlength=size).astype(np.int64),
    )


def distribution(cell: np.ndarray, numbers: Series, people: Series, size: int) -> Series:
    """How often each number was chosen in each of `size` cells: a mapping of text to count, in order of the numbers.

    >>> distribution(np.array([0, 0]), Series([5.0, 4.0]), Series([2, 1]), 2).tolist()
    [{'4': 1, '5': 2}, {}]
    """
    spread: list[dict[str, int]] = [{} for _ in range(size)]
    table = DataFrame({"cell": cell, "number": numbers.to_numpy(), "people": people.to_numpy()})
    tally = table.groupby(["cell", "number"])["people"].sum()
    for (where, number), often in tally.items():
        spread[where][f"{number:g}"] = int(often)
    return Series(spread, dtype=object)


def only(answers: DataFrame, **wanted: str | Sequence[str]) -> DataFrame:
    """The rows whose named columns hold one of the wanted values. The table is not changed."""
    keep = np.ones(len(answers), dtype=bool)
    for column, values in wanted.items():
        keep &= answers[column].isin([values] if isinstance(values, str) else list(values)).to_numpy(dtype=bool)
    return answers[keep]
