"""Where a thing is rated higher: items within groups of raters (sectors, roles, sizes), drawn towards each item's own
level; and what each item would be worth had the groups answered as they are known to stand."""

from collections.abc import Mapping

import numpy as np
from pandas import DataFrame, factorize
from scipy.special import ndtri

from feedback.analysis.crossed import Belief, Crossed
from feedback.analysis.value import FEW, tiers

CELL = ("item", "group")
WIDE = ndtri(0.95)
"""Half the width of a 90% interval, in standard deviations."""
FOUND = ("n", "level", "sd", "low", "high", "differs", "tier")
LISTED = ("n", "answered", "level", "sd", "low", "high", "move", "beyond")


class _Fit:
    """score = intercept + item + item within group + rater + rest, all random, variances by REML, fitted to ratings
    (item, group, rater, score, people; none missing, one at least).

    items: their names. cells: item, group and n, one row a cell that anybody rated. of: the item of each cell.
    variance: of items within groups.
    """

    def __init__(self, ratings: DataFrame) -> None:
        item, self.items = factorize(ratings["item"], sort=True)
        cell = ratings.groupby(list(CELL), sort=True).ngroup().to_numpy()
        cells = ratings[list(CELL)].assign(_cell=cell).drop_duplicates("_cell").sort_values("_cell", ignore_index=True)
        weight, score = (ratings[name].to_numpy(dtype=float) for name in ("people", "score"))
        number = np.bincount(cell, weights=weight)
        self.cells = cells.drop(columns="_cell").assign(n=number.astype(np.int64))
        self.of = np.zeros(len(cells), dtype=np.intp)
        self.of[cell] = item
        self._model = Crossed([item, cell], factorize(ratings["rater"])[0], score, weight)
        self.variance = float(self._model.variances[1])
        self.intercept = self._model.intercept
        self.tells = not np.isnan(self._model.criterion)  # two ratings at least, and not all the same

    def belief(self, mix: np.ndarray, *, plain: bool = False) -> Belief:
        """What is believed of sums of items and cells: mix (sums, items + cells). plain: variances taken as known."""
        self._model.mix = mix
        integrated = not plain and self._model.count < FEW
        return self._model.integrated() if integrated else self._model.plain()

    def own(self, cells: np.ndarray) -> np.ndarray:
        """Sums of items and cells: of the cells alone, (sums, cells)."""
        return np.hstack([np.zeros((len(cells), len(self.items))), cells])

    def with_item(self, item: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Sums of items and cells: an item (its code, one a sum) and cells (sums, cells)."""
        return np.hstack([np.eye(len(self.items))[item], cells])


def value_in_groups(ratings: DataFrame) -> DataFrame:
    """How high each item stands in each group of raters, from few ratings a cell.

    score = intercept + item + item within group + rater + rest, all random, variances by REML (`analysis.crossed`).
    Where a group has few ratings of an item, its place is drawn towards the item's own over all groups, and as far as
    the ratings say that groups hardly differ; a rater's kindness, and with it that of a group as a whole as far as its
    raters agree, is taken out.

    ratings: item, group, rater, score (finite numbers), people (how many equal ratings a row stands for); rows with a
    missing one are left out. Returns one row a cell that anybody rated, by item and group: item, group, n (ratings),
    level (on the scale of the scores), sd, low, high (90%), differs (1 above, -1 below the item's own level with a
    chance of 95% or more, else 0; NaN where the item has no other group to be compared with), tier (1 is best, among
    the items of its group; see `value.tiers`). Its `attrs` hold `variance_group`, the variance of items within groups:
    0 says that the ratings cannot tell groups apart. No ratings give an empty table.
    """
    told = ratings.dropna(subset=[*CELL, "rater", "score"])
    if told.empty:
        return told[list(CELL)].assign(**dict.fromkeys(FOUND, np.zeros(0)))
    fit = _Fit(told)
    found, size = fit.cells, len(fit.cells)
    found.attrs["variance_group"] = fit.variance
    if not fit.tells:
        same = fit.intercept
        return found.assign(level=same, sd=0.0, low=same, high=same, differs=_beside(fit, np.zeros(size)), tier=1)
    belief = fit.belief(fit.with_item(fit.of, np.eye(size)))
    apart = fit.belief(fit.own(np.eye(size)), plain=True)
    doubt = np.sqrt(np.diag(apart.covariance))
    return found.assign(
        level=belief.level,
        sd=belief.level_sd,
        low=belief.level - WIDE * belief.level_sd,
        high=belief.level + WIDE * belief.level_sd,
        differs=_beside(fit, np.where(np.abs(apart.effects) > WIDE * doubt, np.sign(apart.effects), 0)),
        tier=_tiers_of_groups(found, belief),
    )


def _beside(fit: _Fit, differs: np.ndarray) -> np.ndarray:
    """How cells differ from their item's others; NaN where it has none."""
    return np.where(np.bincount(fit.of)[fit.of] > 1, differs, np.nan)


def _tiers_of_groups(cells: DataFrame, belief: Belief) -> np.ndarray:
    """The tier of each cell among those of its group."""
    tier = np.ones(len(cells), dtype=int)
    for rows in cells.groupby("group").indices.values():
        tier[rows] = tiers(belief.effects[rows], belief.covariance[np.ix_(rows, rows)])
    return tier


def value_as_listed(ratings: DataFrame, shares: Mapping[str, float]) -> DataFrame:
    """What each item would be worth had the groups answered as they are known to stand: post-stratified by the model.

    ratings: as in `value_in_groups`, by the same model. shares: the known share of each group, above 0; they need not
    add up. An item's value is the sum over groups of the model's value there times the share; of a group without
    ratings of it the item's own level, with as much more doubt as groups differ. Ratings of a group without a share
    count towards `answered` and the item's own level, and are weighed as nobody's. No cell is weighed by itself: few
    ratings of a large group count for no more than they say (research/statistics.md, section 1).

    Returns one row an item, by item: item, n (ratings), answered (the model's value as groups did answer, each weighed
    by its ratings), level, sd, low, high (90%; weighed as they stand), move (level less answered), beyond (1 up, -1
    down with a chance of 95% or more, else 0). No ratings, or no shares, give an empty table.
    """
    told = ratings.dropna(subset=[*CELL, "rater", "score"])
    if told.empty or not shares:
        return DataFrame(columns=["item", *LISTED])
    fit = _Fit(told)
    size, cells = len(fit.items), fit.cells
    known = np.array([shares.get(group, 0.0) for group in cells["group"]]) / sum(shares.values())
    number = cells["n"].to_numpy(dtype=float)
    asked = np.bincount(fit.of, weights=number, minlength=size)
    listed, answered = np.zeros((size, len(cells))), np.zeros((size, len(cells)))
    listed[fit.of, np.arange(len(cells))] = known
    answered[fit.of, np.arange(len(cells))] = number / asked[fit.of]
    found = DataFrame({"item": np.asarray(fit.items), "n": asked.astype(np.int64)})
    if not fit.tells:
        same = fit.intercept
        return found.assign(answered=same, level=same, sd=0.0, low=same, high=same, move=0.0, beyond=0)
    every = np.arange(size)
    level = fit.belief(fit.with_item(np.tile(every, 2), np.vstack([listed, answered])))
    moved = fit.belief(fit.own(listed - answered))
    unheard = fit.variance * _unheard(cells, fit.of, shares)
    sd = np.sqrt(level.level_sd[:size] ** 2 + unheard)
    doubt = np.sqrt(np.diag(moved.covariance) + unheard)
    return found.assign(
        answered=level.level[size:],
        level=level.level[:size],
        sd=sd,
        low=level.level[:size] - WIDE * sd,
        high=level.level[:size] + WIDE * sd,
        move=level.level[:size] - level.level[size:],
        beyond=np.where(np.abs(moved.effects) > WIDE * doubt, np.sign(moved.effects), 0).astype(int),
    )


def _unheard(cells: DataFrame, of: np.ndarray, shares: Mapping[str, float]) -> np.ndarray:
    """For each item the sum of the squared shares of the groups in which nobody rated it."""
    whole = sum(shares.values())
    squares = {group: (share / whole) ** 2 for group, share in shares.items()}
    heard = np.bincount(of, weights=[squares.get(group, 0.0) for group in cells["group"]])
    return np.clip(sum(squares.values()) - heard, 0, None)
