"""Whether a result hangs on a few answers: does it survive if any five of them are taken away?"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pandas import DataFrame, factorize, to_numeric
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import coo_array, csr_array, diags_array, hstack

from feedback.analysis.pairs import factorize_in, fit_pairs, people_of

REMOVED = 5
"""So many answers are taken away at the most."""
NOTHING = 1e-9
"""A rating of whose score less than this part is free says nothing by itself."""


@dataclass(frozen=True)
class Influence:
    """Whether a result survives taking answers away.

    survives: it holds whichever are taken. fewest: with so many taken away it is overturned; None where it survives.
    rows: which, by their place in the table given (of counted rows, a place may come several times); empty where it
    survives. tried: how many could be taken. exact: True where no choice of answers was left untried; False where the
    worst was looked for one by one, so that it may be overturned by fewer than was found.
    """

    survives: bool
    fewest: int | None
    rows: tuple[int, ...]
    tried: int
    exact: bool


def means_survive(better: Sequence[float], worse: Sequence[float], remove: int = REMOVED) -> Influence:
    """Whether one mean stays above another, whichever `remove` of the scores of both are taken away. Exact: the worst
    that can be taken is the highest of the one and the lowest of the other, and all ways to divide them are tried.

    rows: places in better, followed by worse. The last score of either is never taken. ValueError where either has no
    scores, or a score is no number. A mean that is not above the other to begin with is overturned by none (fewest 0).

    >>> means_survive([4, 4], [4, 4, 1], remove=1).rows
    (4,)
    """
    high, low = np.asarray(better, dtype=float), np.asarray(worse, dtype=float)
    if not len(high) or not len(low) or not (np.isfinite(high).all() and np.isfinite(low).all()):
        raise ValueError("both sides need at least one score, and every score must be a number")
    down, up = np.argsort(-high, kind="stable"), np.argsort(low, kind="stable")
    most = min(remove, len(high) + len(low) - 2)
    for count in range(most + 1):
        for of_high in range(max(0, count - len(low) + 1), min(count, len(high) - 1) + 1):
            of_low = count - of_high
            if high[down[of_high:]].mean() <= low[up[of_low:]].mean():
                rows = (*down[:of_high].tolist(), *(len(high) + up[:of_low]).tolist())
                return Influence(False, count, rows, most, True)
    return Influence(True, None, (), most, True)


def mean_survives(scores: Sequence[float], threshold: float, remove: int = REMOVED) -> Influence:
    """Whether a mean stays above a threshold, whichever `remove` of its scores are taken away; exact, as above."""
    if not np.isfinite(threshold):
        raise ValueError(f"threshold {threshold!r} is no number")
    return means_survive(scores, [threshold], remove)


def order_survives(
    ratings: DataFrame,
    better: Hashable,
    worse: Hashable,
    variances: tuple[float, float, float],
    remove: int = REMOVED,
) -> Influence:
    """Whether the crossed model still puts one item above another, whichever `remove` ratings of all are taken away.

    ratings: item, rater, score as in value.rank_items; with `people` a row stands for so many. variances: of items,
    raters and rest, as that model found them; they are held, which makes what one more rating does exact, and the
    ratings are looked for one after the other, each the one that does the most (so exact is False).
    An order that does not hold to begin with, or that nothing speaks for (no variance of items), is overturned by none
    taken away (fewest 0). ValueError where an item has no rating, or a variance is below 0, or that of the rest is 0.
    Source: what is left out is what its prediction from the rest does not explain, Cook and Weisberg (1982), Residuals
    and Influence in Regression, section 2.2; the question is that of Broderick, Giordano and Meager (2020),
    arXiv:2011.14999.
    """
    told = _one_by_one(ratings)
    return _Fixed(told, variances).overturned([better], [worse], told.index.to_numpy(), remove)


def top_survives(
    ratings: DataFrame, ranked: DataFrame, variances: tuple[float, float, float], remove: int = REMOVED
) -> Influence:
    """Whether the best item stays ahead of all that are not of its tier, whichever `remove` ratings are taken away.

    ranked: as value.rank_items returns it (item and tier, best first); the rest as in order_survives. With one tier
    there is nobody to be overtaken by: it survives, and nothing was tried (tried 0).
    """
    others = ranked.loc[ranked["tier"] > ranked["tier"].min(), "item"].tolist()
    if not others:
        return Influence(True, None, (), 0, False)
    told, best = _one_by_one(ratings), ranked["item"].iloc[0]
    return _Fixed(told, variances).overturned([best] * len(others), others, told.index.to_numpy(), remove)


def choices_survive(choices: DataFrame, better: Hashable, worse: Hashable, remove: int = REMOVED) -> Influence:
    """Whether choices of one of two still put one thing above another, whichever `remove` of all are taken away.

    choices: as in pairs.rank_pairs. They are looked for one after the other, each the one that holds the order up most
    by what the fit says of it, and the model is fitted anew without it, its spread held (so exact is False).
    ValueError where either was never chosen from.
    """
    told = choices.reset_index(drop=True).dropna(subset=["first", "second", "outcome"])
    left = people_of(told)
    told = told[["first", "second", "outcome"]].assign(people=left)
    for item in (better, worse):
        if not ((told["first"] == item) | (told["second"] == item)).any():
            raise ValueError(f"{item!r} stands in no choice, so it stands nowhere")
    spread, most = fit_pairs(told).spread, int(min(remove, left.sum() - 1))
    gone: list[int] = []
    while True:
        found = fit_pairs(told.assign(people=left), spread=spread)
        places = [factorize_in(told[side], found.items) for side in ("first", "second")]
        one, other = found.items.get_indexer([better, worse])
        if found.effects[one] <= found.effects[other]:
            return Influence(False, len(gone), tuple(int(told.index[row]) for row in gone), most, False)
        if len(gone) == most:
            return Influence(True, None, (), most, False)
        gap = found.effects[places[0]] - found.effects[places[1]]
        odds = np.exp(np.array([gap, -gap]) / 2)
        surprise = 2 * told["outcome"].to_numpy(dtype=float) - 1 - (odds[0] - odds[1]) / (odds.sum(axis=0) + found.ties)
        pull = found.covariance[one] - found.covariance[other]
        held = np.where(left >= 1, (pull[places[0]] - pull[places[1]]) * surprise, -np.inf)
        if not held.max() > 0:
            return Influence(True, None, (), most, False)
        gone.append(int(np.argmax(held)))
        left[gone[-1]] -= 1


def _one_by_one(ratings: DataFrame) -> DataFrame:
    """The ratings that say something, a row each; the index is their place in the table given."""
    told = ratings.reset_index(drop=True).dropna(subset=["item", "rater", "score"])
    if not np.isfinite(score := to_numeric(told["score"], errors="coerce").to_numpy(dtype=float)).all():
        raise ValueError(f"score {told['score'].iloc[int(np.argmin(np.isfinite(score)))]!r} is no number")
    return told.loc[told.index.repeat(told["people"].to_numpy(dtype=int))] if "people" in told else told


class _Fixed:
    """The crossed model with its variances held. P is the matrix that takes scores to what the rest leaves unexplained:
    of scores whose covariance is V, P = V^-1 - V^-1 1 (1' V^-1 1)^-1 1' V^-1. It is never written out."""

    def __init__(self, told: DataFrame, variances: tuple[float, float, float]) -> None:
        of_item, of_rater, of_rest = variances
        if not (of_item >= 0 and of_rater >= 0 and of_rest > 0 and np.isfinite(variances).all()):
            raise ValueError(f"variances {variances!r} must be numbers from 0, that of the rest above 0")
        self.of_item, self.of_rest = of_item, of_rest
        code, self.items = factorize(told["item"], sort=True)
        rater = factorize(told["rater"])[0]
        self.code, self.of = code, rater
        count, size = len(told), len(self.items)
        self.item = csr_array(coo_array((np.ones(count), (np.arange(count), code)), shape=(count, size)))
        self.rater = csr_array(coo_array((np.ones(count), (np.arange(count), rater))))
        given = np.asarray(self.rater.sum(axis=0))
        self.pull = of_rater / (of_rest + given * of_rater)
        # With the raters eliminated, items and level are left: P = W - W X C X' W, W the inverse of raters and rest.
        one = csr_array(np.ones((count, 1)))
        x = csr_array(hstack([self.item, one]))
        self.x = csr_array(self._without_raters(x))
        whole = (x.T @ self.x).toarray()
        if of_item > 0:
            whole[np.arange(size), np.arange(size)] += 1 / of_item
            self.c = cho_solve(cho_factor(whole), np.eye(size + 1))
        else:
            self.c = np.zeros((size + 1, size + 1))
            self.c[-1, -1] = 1 / whole[-1, -1]
        score = told["score"].to_numpy(dtype=float)
        self.left = self._unexplained(score - score.mean())

    def _without_raters(self, values: Any) -> Any:
        """A sparse table times W."""
        return (values - self.rater @ (diags_array(self.pull) @ (self.rater.T @ values))) / self.of_rest

    def _unexplained(self, values: np.ndarray) -> np.ndarray:
        """P times values, item by item and rater by rater: `x` holds a number for every item each rater knows."""
        plain = self._less_raters(values)
        seen = np.append(np.bincount(self.code, weights=plain, minlength=len(self.items)), plain.sum())
        known = self.c @ seen
        return plain - self._less_raters(known[self.code] + known[-1])

    def _less_raters(self, values: np.ndarray) -> np.ndarray:
        """A vector times W."""
        return (values - (self.pull * np.bincount(self.of, weights=values))[self.of]) / self.of_rest

    def _column(self, row: int) -> np.ndarray:
        alone = np.zeros(self.item.shape[0])
        alone[row] = 1.0
        return self._unexplained(alone)

    def _diagonal(self) -> np.ndarray:
        plain = (1 - self.rater @ self.pull) / self.of_rest
        return plain - np.asarray((csr_array(self.x @ self.c).multiply(self.x)).sum(axis=1)).ravel()

    def overturned(
        self, better: Sequence[Hashable], worse: Sequence[Hashable], places: np.ndarray, remove: int
    ) -> Influence:
        """The fewest ratings found that overturn one of these orders."""
        known = {item: at for at, item in enumerate(self.items)}
        for item in (*better, *worse):
            if item not in known:
                raise ValueError(f"{item!r} has no rating, so it stands nowhere")
        best: Influence | None = None
        most = min(remove, len(places) - 1)
        diagonal = self._diagonal()
        for one, other in zip(better, worse, strict=True):
            rows = self._greedy(known[one], known[other], diagonal, most if best is None else len(best.rows) - 1)
            if rows is not None:
                best = Influence(False, len(rows), tuple(int(places[row]) for row in rows), most, False)
                if not rows:
                    break
        return best or Influence(True, None, (), most, False)

    def _greedy(self, one: int, other: int, diagonal: np.ndarray, most: int) -> list[int] | None:
        """The rows that make the first item no better than the second, one after the other; None where `most` do not.

        Leaving a rating out changes the difference by its pull on it times what is unexplained of it, over its part of
        P; then all of these are those of the ratings left.
        """
        contrast = (self.code == one).astype(float) - (self.code == other)
        ahead = self.of_item * float(contrast @ self.left)
        gone: list[int] = []
        if ahead <= 0:
            return gone
        pull, left, part = self.of_item * self._unexplained(contrast), self.left.copy(), diagonal.copy()
        free = part > NOTHING * part.max()
        columns: list[np.ndarray] = []
        while len(gone) < most and free.any():
            loss = np.where(free, pull * left / np.where(free, part, 1.0), -np.inf)
            row = int(np.argmax(loss))
            if loss[row] <= 0:
                return None
            column = self._column(row)
            for before, at in zip(columns, gone, strict=True):
                column = column - before * (before[row] / before[at])
            ahead -= float(loss[row])
            gone.append(row)
            if ahead <= 0:
                return gone
            columns.append(column)
            weight = column / column[row]
            pull, left, part = pull - weight * pull[row], left - weight * left[row], part - weight * column
            free &= part > NOTHING * diagonal
            free[row] = False
        return None
