"""The crossed model of ratings, fitted exactly: items and raters as random effects, by restricted maximum likelihood.

score = intercept + item + rater + rest, each of the last three normal around 0 with a variance of its own. Further
terms may stand beside the item (a sector, an item within a sector), each with its own variance.

Raters are eliminated exactly (their block is diagonal), which leaves one dense Cholesky of the items; its inverse gives
the slope of the criterion. Cost: linear in ratings, cubic in items. One BLAS thread is fastest by far on shared
machines; set OPENBLAS_NUM_THREADS=1 (or MKL_NUM_THREADS=1) before numpy is imported.

Sources: Bates et al. (2015), Journal of Statistical Software 67(1), for the criterion; Henderson (1975), Biometrics 31,
423-447, for the equations; Natarajan and Kass (2000), Journal of the American Statistical Association 95, 227-237, for
the prior that is uniform on a share of variance.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_solve
from scipy.linalg.lapack import dpotrf, dpotri, dtrtrs
from scipy.optimize import minimize
from scipy.sparse import csr_array, issparse, vstack
from scipy.special import expit, stdtr, stdtrit

LEAST, MOST = -14.0, 14.0
"""The bounds of the log variance ratios; at the lower one a variance is nothing beside the rest."""
SMALL = -3.0
"""Below this log ratio the fit asks whether a variance is zero."""
SMALLEST_GAIN = 1e-6
"""A variance that improves the criterion by less than this is taken as zero."""
MOST_PAIRS = 20_000_000
"""As many products of two items are kept ready; beyond, they are summed anew for each pair of ratios."""
SIDE = 7
"""Points of the grid along each ratio; more change no interval by a hundredth of its width."""
FALL = 6.0
"""The grid ends where the log density is so far below its top."""
LEAST_WEIGHT = 1e-4
"""Points of the grid this much less likely than the best one are left out."""
LEAST_FREEDOM = 4
"""Degrees of freedom of the interval are taken as at least these, so that its variance is finite."""
HALVINGS = 16
"""Steps to a quantile of a mixture; each halves what it may be wrong by."""
LIGHT = 100_000
"""A matrix of fewer numbers is kept in full: sparse products cost more in calls than they save in sums."""
AT_ONCE = 4_000_000
"""Numbers drawn at once."""


@dataclass(frozen=True)
class Belief:
    """What the ratings say of the items: one normal distribution, or a mixture over variance ratios.

    effects, covariance: mean (n,) and covariance (n, n) of the items' deviations from the overall level, in score
    units; level, level_sd (n,): of intercept + effect. The sd of the level is the smaller one, because where the
    overall level is too high the effects are too low.
    weights (k,), add to 1; centres, spreads (k, n): the parts of the mixture, each a t distribution with `freedom`
    degrees (infinite: normal). logs (k, terms + 1): the log variance ratios of each part.
    """

    effects: np.ndarray
    covariance: np.ndarray
    level: np.ndarray
    level_sd: np.ndarray
    weights: np.ndarray
    centres: np.ndarray
    spreads: np.ndarray
    logs: np.ndarray
    freedom: float

    def quantile(self, chance: float) -> np.ndarray:
        """The value each item's effect stays below with this probability (0-1), shape (n,)."""
        far = stdtrit(min(self.freedom, 1e10), chance)
        each = self.centres + far * self.spreads
        low, high = each.min(axis=0), each.max(axis=0)
        spreads = np.maximum(self.spreads, 1e-300)
        for _ in range(HALVINGS if len(self.weights) > 1 else 0):
            middle = (low + high) / 2
            below = self.weights @ stdtr(self.freedom, (middle - self.centres) / spreads) < chance
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (low + high) / 2


class Crossed:
    """Ratings with what a fit of the crossed model needs of them, and the fit.

    terms: for each random term beside the rater the code (0, 1, ...) of every row; the first is the item. rater: codes,
    too. score: finite numbers. weight: how many equal ratings a row stands for. mix (items, coefficients): how an
    item's effect is made of the coefficients of all terms; the item's own where it is None.
    A variance that the ratings cannot show is 0: the items' with one item, with no item rated twice, where every item
    has one rater who rates nothing else, or where all scores agree; the raters' with one rater, or with none who rates
    twice.

    After that: logs, the log ratio of each term's variance, the rater's last, to the residual one at the optimum (LEAST
    stands for 0); variances in the same order; variance_residual; intercept; criterion, -2 log REML likelihood, the
    constant included as lme4 does (NaN where all scores agree); reliability (items,), 0-1: 1 - posterior variance /
    variance, 0 where that is 0. `tells` says whether the items' variance can be seen at all.
    """

    def __init__(
        self,
        terms: Sequence[np.ndarray],
        rater: np.ndarray,
        score: np.ndarray,
        weight: np.ndarray,
        mix: np.ndarray | None = None,
    ) -> None:
        self.count = int(weight.sum())
        self.middle = float(weight @ score / self.count)
        # Of equal scores such as .1 the mean differs from them by rounding.
        spread = float(np.sqrt(weight @ (score - self.middle) ** 2 / self.count)) if np.ptp(score) > 0 else 0.0
        self.unit = spread or 1.0
        self.mix = mix
        self._sums(terms, rater, (score - self.middle) / self.unit, weight)
        self.free = self._free(terms[0], rater) if spread > 0 else np.zeros(len(terms) + 1, bool)
        self.tells = bool(self.free[0])
        self.logs = np.full(len(terms) + 1, LEAST)
        self.variances, self.variance_residual = np.zeros(len(terms) + 1), 0.0
        self.intercept, self.criterion, self.reliability = self.middle, np.nan, np.zeros(self.items)
        if self.count > 1 and spread > 0:
            self._fit()

    def _sums(self, terms: Sequence[np.ndarray], rater: np.ndarray, score: np.ndarray, weight: np.ndarray) -> None:
        self.ends = np.cumsum([0, *(int(term.max()) + 1 for term in terms)])
        self.items, self.raters, size = int(self.ends[1]), int(rater.max()) + 1, int(self.ends[-1]) + 1
        columns = [
            *(term + start for term, start in zip(terms, self.ends[:-1], strict=True)),
            np.full(len(score), size - 1),
        ]
        rows = np.arange(0, len(score) * len(columns) + 1, len(columns))
        ones = np.ones(rows[-1])
        design = csr_array((ones, np.column_stack(columns).ravel(), rows), shape=(len(score), size))
        weighed = csr_array((np.repeat(weight, len(columns)), design.indices, rows), shape=design.shape)
        self.crossing = (design.T @ weighed).toarray()
        """How many ratings two coefficients share, (coefficients, coefficients)."""
        whose = csr_array((np.ones(len(score)), (rater, np.arange(len(score)))), shape=(self.raters, len(score)))
        self.given = csr_array(whose @ weighed)
        """How many ratings a rater gave to each item, at each level of further terms, and in all (last column)."""
        self.rater_n = np.bincount(rater, weights=weight, minlength=self.raters)
        self.sums = weighed.T @ score
        self.rater_sum = np.bincount(rater, weights=weight * score, minlength=self.raters)
        self.sum_squares = float(weight @ score**2)
        self.sizes, self.size_of = np.unique(self.rater_n, return_inverse=True)
        pairs = self._pairs()
        self.pairs = pairs if pairs is None else _light(pairs)
        self.given = _light(self.given)

    def _pairs(self) -> csr_array | None:
        """Row k: the products of counts (flattened) summed over the raters who gave sizes[k] ratings.

        Few raters differ in how many ratings they gave, so M' D M is a short sum of these; None where they would take
        too much memory.
        """
        wide, size = np.diff(self.given.indptr).astype(float) ** 2, self.given.shape[1]
        if np.minimum(np.bincount(self.size_of, weights=wide), size**2).sum() > MOST_PAIRS:
            return None
        parts = (self.given[self.size_of == which] for which in range(len(self.sizes)))
        return csr_array(vstack([(part.T @ part).reshape((1, size * size)) for part in parts]))

    def _left(self, of_size: np.ndarray) -> np.ndarray:
        """M' diag(w) M, where a rater's weight depends on how many ratings it gave."""
        if self.pairs is not None:
            return (of_size @ self.pairs).reshape(self.crossing.shape)
        counts = _light(self.given, 4 * MOST_PAIRS)
        whole = (counts.T * of_size[self.size_of]) @ counts
        return _light(whole, whole.shape[0] ** 2)

    def _free(self, item: np.ndarray, rater: np.ndarray) -> np.ndarray:
        """Which variances the ratings can show."""
        item_n = self.crossing.diagonal()[: self.items]
        alone = self.items == self.raters == len(np.unique(item * self.raters + rater))
        items = self.items > 1 and item_n.max() > 1 and not alone
        more = np.diff(self.ends)[1:] > 1
        return np.array([items, *more, self.raters > 1 and self.rater_n.max() > 1])

    def _fit(self) -> None:
        self.logs = self._optimum()
        for part in np.flatnonzero(self.logs < SMALL):  # the slope fades towards zero: the search stops short of it
            without = self.logs.copy()
            without[part] = LEAST
            if self._value(self._solve(without)) < self._value(self._solve(self.logs)) + SMALLEST_GAIN:
                self.logs = without
        solved = self._solve(self.logs)
        self.criterion = self._value(solved) + 2 * (self.count - 1) * float(np.log(self.unit))
        self.variance_residual = solved.residual * self.unit**2
        self.variances = np.where(self.logs > LEAST, np.exp(self.logs) * self.variance_residual, 0.0)
        self.intercept = self.middle + self.unit * float(solved.found[-1])
        if self.variances[0] > 0:
            left = np.diag(_inverse(solved.root))[: self.items] * np.exp(-self.logs[0])
            self.reliability = np.clip(1 - left, 0, 1)

    def _optimum(self, prior: bool = False) -> np.ndarray:
        """The log ratios where the criterion is least, or where the posterior density is highest."""
        logs = np.where(self.free, np.log(0.5), LEAST)
        if not self.free.any():
            return logs
        first = self._value(self._solve(logs))

        def aim(part: np.ndarray) -> tuple[float, np.ndarray]:
            where = np.full(len(logs), LEAST)
            where[self.free] = part
            value, slope = self.slope(where)
            slope = slope[self.free]
            if prior:
                value, slope = value - 2 * _prior(part), slope - 2 * (1 - 2 * expit(part))
            return (value - first) / self.items, slope / self.items

        found = minimize(
            aim, logs[self.free], jac=True, method="L-BFGS-B", bounds=[(LEAST, MOST)] * int(self.free.sum()),
            options={"ftol": 1e-12, "gtol": 1e-6, "maxiter": 200},
        )  # fmt: skip
        logs[self.free] = found.x
        return logs

    def _solve(self, logs: np.ndarray) -> "_Solved":
        """With D = diag(a rater's ratings + 1 / rater ratio) raters drop out of the mixed-model equations; what is left
        for the other coefficients is S = X'X + diag(1 / ratio) - M' D^-1 M, where M counts a rater's ratings."""
        ratio = np.exp(logs)
        whole = self.crossing - self._left(ratio[-1] / (1 + self.sizes * ratio[-1]))
        penalty = np.append(np.repeat(1 / ratio[:-1], np.diff(self.ends)), 0.0)
        whole.flat[:: len(whole) + 1] += penalty
        shrink = ratio[-1] / (1 + self.rater_n * ratio[-1])
        pull = shrink * self.rater_sum
        right = self.sums - self.given.T @ pull
        root, failed = dpotrf(whole.T, lower=1, clean=1, overwrite_a=1)
        if failed:
            raise np.linalg.LinAlgError("the items' equations are not positive definite")
        found = cho_solve((root, True), right, check_finite=False)
        rest = max(float(self.sum_squares - self.rater_sum @ pull - right @ found), 1e-12 * self.sum_squares)
        return _Solved(logs, root, found, shrink, rest / max(self.count - 1, 1))

    def _value(self, solved: "_Solved") -> float:
        """-2 log REML likelihood of the standardised scores, the residual variance at its best."""
        return float(
            np.diff(self.ends) @ solved.logs[:-1]
            + np.log1p(self.rater_n * np.exp(solved.logs[-1])).sum()
            + 2 * np.log(np.diag(solved.root)).sum()
            + (self.count - 1) * (1 + np.log(2 * np.pi * solved.residual))
        )

    def slope(self, logs: np.ndarray) -> tuple[float, np.ndarray]:
        """The criterion of the standardised scores and its slope in the logs."""
        solved = self._solve(logs)
        ratio, lower = np.exp(logs), dpotri(solved.root, lower=1)[0]
        spread, squares = np.diag(lower)[:-1], solved.found[:-1] ** 2 / solved.residual
        of_terms = [
            stop - start - (spread[start:stop].sum() + squares[start:stop].sum()) / each
            for start, stop, each in zip(self.ends[:-1], self.ends[1:], ratio, strict=False)
        ]
        change = self._left(ratio[-1] / (1 + self.sizes * ratio[-1]) ** 2)
        both = 2 * np.vdot(change, lower.T) - np.diag(change) @ np.diag(lower)
        kind = solved.shrink * (self.rater_sum - self.given @ solved.found)
        of_raters = self.rater_n @ solved.shrink - both - kind @ kind / (solved.residual * ratio[-1])
        return self._value(solved), np.array([*of_terms, of_raters])

    def plain(self) -> Belief:
        """What is believed with the variances taken as known, at the optimum. Where the items' variance is 0, effects
        and their covariance are 0: these ratings cannot tell the items apart."""
        return self._belief(self.logs[None], np.ones(1), np.inf)

    def integrated(self) -> Belief:
        """What is believed with the variance ratios of items and raters integrated out on a grid.

        The posterior of the ratios is the REML likelihood (the residual variance integrated out, prior 1 / variance)
        times a weak prior: the share variance / (variance + residual variance) is uniform between 0 and 1, for items
        and for raters. Given the ratios, effects are t distributed. Further terms stay at the optimum. Where the items'
        variance cannot be seen at all, as `plain`.
        """
        if not self.tells:
            return self.plain()
        logs, weights = self._grid()
        return self._belief(logs, weights, max(self.count - 1, LEAST_FREEDOM))

    def _grid(self) -> tuple[np.ndarray, np.ndarray]:
        """Log ratios (k, terms + 1) around the top of their posterior, with their weights (k,)."""
        top = self._optimum(prior=True)
        axes = [part for part in (0, len(top) - 1) if self.free[part]]
        top[1:-1] = self.logs[1:-1]

        def density(logs: np.ndarray) -> float:
            return _prior(logs[axes]) - self._value(self._solve(logs)) / 2

        best = density(top)
        ends = [[_walk(density, top, best, part, way) for way in (-1, 1)] for part in axes]
        lines = [np.linspace(low, high, SIDE) for low, high in ends]
        logs = np.repeat(top[None], SIDE ** len(axes), axis=0)
        logs[:, axes] = np.stack(np.meshgrid(*lines), axis=-1).reshape(-1, len(axes))
        heights = np.array([density(each) for each in logs])
        weights = np.exp(heights - heights.max())
        kept = weights > LEAST_WEIGHT
        return logs[kept], weights[kept] / weights[kept].sum()

    def _belief(self, logs: np.ndarray, weights: np.ndarray, freedom: float) -> Belief:
        """The mixture at these log ratios, back in score units."""
        wider = freedom / (freedom - 2) if np.isfinite(freedom) else 1.0
        parts = [self._part(each) for each in logs]
        centres, levels = (np.array([part[place] for part in parts]) for place in (0, 1))
        effects, level = weights @ centres, weights @ levels
        off = centres - effects
        covariance = (off.T * weights) @ off
        level_variance = weights @ (levels - level) ** 2
        for weight, (_, _, within, of_level) in zip(weights, parts, strict=True):
            covariance += weight * wider * within
            level_variance = level_variance + weight * wider * of_level
        spreads = np.sqrt(np.array([np.diag(part[2]) for part in parts]))
        return Belief(effects, covariance, level, np.sqrt(level_variance), weights, centres, spreads, logs, freedom)

    def _part(self, logs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Effects, levels, the effects' covariance and the levels' variance given these log ratios."""
        size = self.items
        if np.isnan(self.criterion):
            return np.zeros(size), np.full(size, self.intercept), np.zeros((size, size)), np.zeros(size)
        solved = self._solve(logs)
        inverse = _inverse(solved.root) * solved.residual * self.unit**2
        effects, between, within = solved.found[:-1], inverse[:-1, -1], inverse[:-1, :-1]
        if self.mix is None:
            effects, between, within = effects[:size], between[:size], within[:size, :size]
        else:
            effects, between, within = self.mix @ effects, self.mix @ between, self.mix @ within @ self.mix.T
        if logs[0] <= LEAST and self.mix is None:
            effects, between, within = np.zeros(size), np.zeros(size), np.zeros((size, size))
        of_level = np.clip(np.diag(within) + inverse[-1, -1] + 2 * between, 0, None)
        effects = self.unit * effects
        return effects, self.middle + self.unit * solved.found[-1] + effects, within, of_level

    def chance_among(self, belief: Belief, *, top: int, draws: int, seed: int) -> np.ndarray:
        """The chance (0-1) of each item to be among the `top` best, by drawing from the belief, shape (items,).

        Where the items cannot be told apart, every item has the same chance. The same seed gives the same chances.
        """
        if top >= self.items or not belief.spreads.any():
            return np.full(self.items, min(1.0, top / max(self.items, 1)))
        chance, among = np.random.default_rng(seed), np.zeros(self.items)
        ends = np.rint(np.append(0, np.cumsum(belief.weights)) * draws).astype(int)
        for logs, wanted in zip(belief.logs, np.diff(ends), strict=True):
            solved = self._solve(logs)
            while wanted > 0:
                now = min(wanted, max(1, AT_ONCE // len(solved.root)))
                drawn = self._draw(solved, now, belief.freedom, chance)
                best = np.argpartition(-drawn, top - 1, axis=1)[:, :top]
                among += np.bincount(best.ravel(), minlength=self.items)
                wanted -= now
        return among / draws

    def _draw(self, solved: "_Solved", draws: int, freedom: float, chance: np.random.Generator) -> np.ndarray:
        """Effects (draws, items) given the ratios, in standardised scores."""
        noise = dtrtrs(solved.root, chance.standard_normal((draws, len(solved.root))).T, lower=1, trans=1)[0].T
        noise = np.sqrt(solved.residual) * noise[:, :-1]
        if np.isfinite(freedom):
            noise *= np.sqrt(freedom / chance.chisquare(freedom, draws))[:, None]
        coefficients = solved.found[:-1] + noise
        return coefficients[:, : self.items] if self.mix is None else coefficients @ self.mix.T


@dataclass(frozen=True)
class _Solved:
    """The equations solved at given log ratios: lower Cholesky root, coefficients (the intercept last), the raters'
    D^-1, the residual variance; of standardised scores."""

    logs: np.ndarray
    root: np.ndarray
    found: np.ndarray
    shrink: np.ndarray
    residual: float


def _prior(logs: np.ndarray) -> float:
    """The log density of log ratios whose share ratio / (1 + ratio) is uniform: each is standard logistic."""
    return float((logs - 2 * np.logaddexp(0, logs)).sum())


def _walk(density: Callable[[np.ndarray], float], top: np.ndarray, best: float, part: int, way: int) -> float:
    """Where along one log ratio the density has fallen far enough below its top, in one direction (-1 or 1)."""
    step = 0.25
    while True:
        where = top.copy()
        where[part] = np.clip(top[part] + way * step, LEAST, MOST)
        if where[part] in (LEAST, MOST) or density(where) < best - FALL:
            return float(where[part])
        step *= 1.4


def _light(matrix: Any, most: int = LIGHT) -> Any:
    """The matrix, sparse or not, in full where it has at most so many numbers."""
    return matrix.toarray() if issparse(matrix) and np.prod(matrix.shape, dtype=float) <= most else matrix


def _inverse(root: np.ndarray) -> np.ndarray:
    """The inverse of a matrix from its lower Cholesky root."""
    lower = dpotri(root, lower=1)[0]
    return lower + np.tril(lower, -1).T
