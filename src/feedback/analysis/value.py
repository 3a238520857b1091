"""Which of several things are rated higher, when some raters are kinder than others: the crossed model.

score = intercept + item + rater + rest, items and raters random, variances by REML, items estimated by their
posterior means (BLUPs). On few ratings it finds the true order more often than raw means and than fixed effects of
raters do, and its chances (`p_top`) are calibrated.

The place for more: with fewer than about 1,000 ratings the intervals are somewhat too narrow, because the two variance
ratios are taken as known; integrating over them belongs into `fit_crossed`, whose callers need not change.

Speed: one BLAS thread is fastest by far on shared machines; set OPENBLAS_NUM_THREADS=1 (or MKL_NUM_THREADS=1) before
numpy is imported. Up to about 3,000 items; the cost is cubic in items, linear in ratings.
"""

from dataclasses import dataclass

import numpy as np
from pandas import DataFrame, Index, factorize
from scipy.linalg import cho_solve
from scipy.linalg.lapack import dpotrf, dpotri
from scipy.optimize import minimize
from scipy.sparse import coo_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components
from scipy.special import ndtri

from feedback.analysis.people import count_people

CERTAIN = 0.95
"""A new tier begins where an item is worse than the tier's first one with more than this probability."""
SUMMARY = ("intercept", "variance_item", "variance_rater", "variance_residual", "criterion", "reliability")
"""What is said of the whole model, see Crossed."""
LEAST, MOST = -14.0, 14.0
"""The bounds of the log variance ratios; at the lower one a variance is nothing beside the rest."""
SMALLEST_GAIN = 1e-6
"""A variance that improves the criterion by less than this is taken as zero."""


@dataclass(frozen=True)
class Crossed:
    """A fitted crossed model. Effects are deviations from `intercept`, in score units.

    items: their labels. effects, covariance: posterior mean (n,) and covariance (n, n) of the item effects, the
    intercept integrated out; level_sd: the posterior sd of intercept + effect (n,), which is smaller, because where the
    overall level is too high the effects are too low. Effects and covariance are all 0 where `variance_item` is 0,
    which says: these ratings cannot tell the items apart.
    criterion: -2 log REML likelihood at the optimum, the constant included as lme4 does; NaN where all scores agree.
    reliability: 0-1, the mean over items of 1 - posterior variance / variance_item; 0 where that is 0.
    """

    items: Index
    effects: np.ndarray
    covariance: np.ndarray
    level_sd: np.ndarray
    intercept: float
    variance_item: float
    variance_rater: float
    variance_residual: float
    criterion: float
    reliability: float


def rank_items(ratings: DataFrame, *, draws: int = 2000, seed: int = 0, top: int = 3) -> DataFrame:
    """Items in the order of what they are worth to raters, each with its doubt.

    ratings: one row a rating: item, rater, score (number); with a column `people` a row stands for so many equal
    ratings (a counted table). Rows without a score (or item, or rater) are left out; a rater's repeated ratings of an
    item all count as ratings. Where a column `organisation` (or `audience`) is there, its counts are added for the
    gate.
    Returns one row an item, best first (ties by item): item, n (ratings), mean (plain, of its scores), effect
    (deviation from the overall level, kindness of raters taken out, drawn towards 0 where there are
    few ratings), sd, low, high (90% interval of effect), low50, high50 (50%), p_top (chance of being among the `top`
    best, from `draws` posterior draws; ties share), tier (1 is best; a new tier begins at the first item that is worse
    than the tier's leader with a probability above .95), component (1 is the largest set of items joined by common
    raters; items of different components are compared only through the assumption that both sets are alike).
    level, level_sd: intercept + effect, where the item stands on the scale itself, and the sd of that.
    Its `attrs` hold the model's summary (SUMMARY).
    No ratings give an empty table. Items that cannot be told apart (variance 0, one item, equal scores): effect, sd and
    interval are 0 and all are of tier 1; that interval means "no difference was found", not "certainly equal".
    """
    told = ratings.dropna(subset=["item", "rater", "score"])
    fit = fit_crossed(told)
    order = np.lexsort((np.arange(len(fit.items)), -fit.effects))
    code = factorize(told["item"], sort=True)[0]
    score, weight, size = told["score"].to_numpy(dtype=float), _weights(told), len(fit.items)
    n = np.bincount(code, weights=weight, minlength=size).astype(np.int64)
    sd = np.sqrt(np.diag(fit.covariance))
    wide, narrow = ndtri(0.95) * sd, ndtri(0.75) * sd
    table = DataFrame(
        {
            "item": np.asarray(fit.items),
            "n": n,
            "mean": np.bincount(code, weights=weight * score, minlength=size) / np.maximum(n, 1),
            "effect": fit.effects,
            "sd": sd,
            "low": fit.effects - wide,
            "high": fit.effects + wide,
            "low50": fit.effects - narrow,
            "high50": fit.effects + narrow,
            "p_top": chance_among(fit, top=top, draws=draws, seed=seed),
            "tier": tiers(fit),
            "level": fit.intercept + fit.effects,
            "level_sd": fit.level_sd,
            "component": _components(code, factorize(told["rater"])[0], size),
        }
    )
    if "organisation" in ratings or "audience" in ratings:
        behind = count_people(told.assign(item=code, people=weight), ["item"])
        table = table.assign(organisations=behind["organisations"], largest_share=behind["largest_share"])
    table = table.iloc[order].reset_index(drop=True)
    table.attrs.update({name: getattr(fit, name) for name in SUMMARY})
    return table


def fit_crossed(ratings: DataFrame) -> Crossed:
    """Fit the crossed model by restricted maximum likelihood.

    ratings: item, rater, score, none missing; `people` as in rank_items. A variance that the ratings cannot show is 0:
    the items' with one item, with no item rated twice, or where every item has one rater who rates nothing else; the
    raters' with one rater, or with none who rates twice.
    Source: raters are eliminated exactly (their block is diagonal), which leaves one dense Cholesky of the items;
    Bates et al. (2015), Journal of Statistical Software 67(1), for the criterion.
    """
    item, items = factorize(ratings["item"], sort=True)
    rater = factorize(ratings["rater"])[0]
    score, weight = ratings["score"].to_numpy(dtype=float), _weights(ratings)
    level = float(weight @ score / weight.sum()) if len(score) else np.nan
    if len(score) < 2 or np.ptp(score) == 0:
        return _flat(Index(items), level)
    problem = _Problem(item, rater, score - level, weight)
    free = np.array([problem.tells_items, problem.tells_raters])
    logs = np.where(free, np.log(0.5), LEAST)
    if free.any():

        def aim(part: np.ndarray) -> tuple[float, np.ndarray]:
            where = np.full(2, LEAST)
            where[free] = part
            value, slope = problem.criterion(where)
            return value, slope[free]

        found = minimize(
            aim, logs[free], jac=True, method="L-BFGS-B", bounds=[(LEAST, MOST)] * int(free.sum()),
            options={"ftol": 1e-13, "gtol": 1e-5, "maxiter": 200},
        )  # fmt: skip
        logs[free] = found.x
    for part in (0, 1):  # the slope fades towards zero, so the optimiser stops short of it
        without = logs.copy()
        without[part] = LEAST
        if logs[part] > LEAST and problem.criterion(without)[0] < problem.criterion(logs)[0] + SMALLEST_GAIN:
            logs = without
    return problem.solution(logs, Index(items), level)


def chance_among(fit: Crossed, *, top: int, draws: int = 2000, seed: int = 0) -> np.ndarray:
    """The chance (0-1) of each item to be among the `top` best, by drawing from the posterior.

    Where the items cannot be told apart, every item has the same chance. The same seed gives the same chances.
    """
    size = len(fit.items)
    if fit.variance_item == 0 or top >= size:
        return np.full(size, min(1.0, top / max(size, 1)))
    root, failed = dpotrf(fit.covariance, lower=1, clean=1)
    if failed:  # a covariance of next to nothing, as with ratings that fit exactly
        values, vectors = np.linalg.eigh(fit.covariance)
        root = vectors * np.sqrt(np.clip(values, 0, None))
    noise = np.random.default_rng(seed).standard_normal((size, draws))
    drawn = fit.effects[:, None] + root @ noise
    best = np.argpartition(-drawn, top - 1, axis=0)[:top]
    return np.bincount(best.ravel(), minlength=size) / draws


def tiers(fit: Crossed) -> np.ndarray:
    """The tier of each item, 1 the best: groups whose members the ratings cannot tell from their leader.

    Going down from the best, a new tier begins at the first item whose probability of being worse than the leader of
    the current tier (by the joint posterior) is above .95; that item leads the next one.
    """
    size = len(fit.items)
    tier = np.ones(size, dtype=int)
    if fit.variance_item == 0:
        return tier
    order = np.lexsort((np.arange(size), -fit.effects))
    variance, leader, current = np.diag(fit.covariance), order[0], 1
    for one in order[1:]:
        spread = variance[one] + variance[leader] - 2 * fit.covariance[one, leader]
        ahead = fit.effects[leader] - fit.effects[one]
        if ahead > ndtri(CERTAIN) * np.sqrt(max(spread, 0.0)):
            leader, current = one, current + 1
        tier[one] = current
    return tier


class _Problem:
    """The sums a fit needs, and the criterion with its slope for given log variance ratios (item, rater).

    With D = diag(ratings a rater gave + 1 / rater ratio), raters drop out of the mixed-model equations; what is left
    for the items and the intercept is S = W'W + P - M' D^-1 M, where M counts a rater's ratings of each item.
    """

    def __init__(self, item: np.ndarray, rater: np.ndarray, score: np.ndarray, weight: np.ndarray) -> None:
        self.count = int(weight.sum())
        self.items, self.raters = int(item.max()) + 1, int(rater.max()) + 1
        self.item_n = np.bincount(item, weights=weight, minlength=self.items)
        self.rater_n = np.bincount(rater, weights=weight, minlength=self.raters)
        self.given = csr_array(coo_array((weight, (rater, item)), shape=(self.raters, self.items)))
        self.item_sum = np.bincount(item, weights=weight * score, minlength=self.items)
        self.rater_sum = np.bincount(rater, weights=weight * score, minlength=self.raters)
        self.sum_squares = float(weight @ score**2)
        alone = self.given.nnz == self.items == self.raters  # every item has a rater of its own: which of them is it?
        self.tells_items = self.items > 1 and self.item_n.max() > 1 and not alone
        self.tells_raters = self.raters > 1 and self.rater_n.max() > 1
        # Few raters differ in how many ratings they gave, so M' D^-1 M is a short sum of fixed products.
        self.sizes, self.size_of = np.unique(self.rater_n, return_inverse=True)
        self.pairs = self._pairs()

    def _pairs(self) -> csr_array:
        """Column k: the items x items product (flattened) of the raters who gave sizes[k] ratings."""
        products = []
        for which in range(len(self.sizes)):
            part = self.given[self.size_of == which]
            products.append(csr_array((part.T @ part).reshape((1, self.items * self.items))))
        return csr_array(vstack(products).T)

    def _weighted(self, by_size: np.ndarray) -> np.ndarray:
        return (self.pairs @ by_size).reshape(self.items, self.items)

    def _left(self, by_size: np.ndarray, by_rater: np.ndarray) -> np.ndarray:
        """M' diag(w) M for items and intercept."""
        whole = np.empty((self.items + 1, self.items + 1))
        whole[:-1, :-1] = self._weighted(by_size)
        whole[-1, :-1] = whole[:-1, -1] = self.given.T @ (by_rater * self.rater_n)
        whole[-1, -1] = (by_rater * self.rater_n) @ self.rater_n
        return whole

    def _solve(self, logs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, np.ndarray]:
        """Cholesky root of S, the estimates, the raters' effects, the weighted residual sum of squares, D^-1."""
        ratio_item, ratio_rater = np.exp(logs)
        shrink = ratio_rater / (1 + self.rater_n * ratio_rater)
        whole = -self._left(ratio_rater / (1 + self.sizes * ratio_rater), shrink)
        whole[np.arange(self.items), np.arange(self.items)] += self.item_n + 1 / ratio_item
        whole[-1, :-1] += self.item_n
        whole[:-1, -1] += self.item_n
        whole[-1, -1] += self.count
        right = np.append(self.item_sum, self.item_sum.sum())
        pull = shrink * self.rater_sum
        right -= np.append(self.given.T @ pull, self.rater_n @ pull)
        root, failed = dpotrf(whole, lower=1, clean=1)
        if failed:
            raise np.linalg.LinAlgError("the items' equations are not positive definite")
        found = cho_solve((root, True), right)
        effects = shrink * (self.rater_sum - self.given @ found[:-1] - self.rater_n * found[-1])
        rest = self.sum_squares - self.rater_sum @ pull - right @ found
        return root, found, effects, max(float(rest), 1e-12 * self.sum_squares), shrink

    def criterion(self, logs: np.ndarray) -> tuple[float, np.ndarray]:
        """-2 log REML likelihood, residual variance profiled out, and its slope in the two logs."""
        root, found, effects, rest, shrink = self._solve(logs)
        ratio_item, ratio_rater = np.exp(logs)
        free = self.count - 1
        value = (
            self.items * logs[0]
            + np.log1p(self.rater_n * ratio_rater).sum()
            + 2 * np.log(np.diag(root)).sum()
            + free * (1 + np.log(2 * np.pi * rest / free))
        )
        inverse = _inverse(root)
        change = self._left(
            ratio_rater / (1 + self.sizes * ratio_rater) ** 2, ratio_rater / (1 + self.rater_n * ratio_rater) ** 2
        )
        loss = free / rest
        slope_item = self.items - (np.trace(inverse[:-1, :-1]) + loss * (found[:-1] @ found[:-1])) / ratio_item
        slope_rater = self.rater_n @ shrink - np.vdot(change, inverse) - loss * (effects @ effects) / ratio_rater
        return float(value), np.array([slope_item, slope_rater])

    def solution(self, logs: np.ndarray, labels: Index, level: float) -> Crossed:
        """The fitted model at these logs, its level added back; a ratio at the lower bound is a variance of 0."""
        root, found, _, rest, _ = self._solve(logs)
        residual = rest / (self.count - 1)
        variance_item, variance_rater = np.where(logs > LEAST, np.exp(logs) * residual, 0.0)
        whole = residual * _inverse(root)
        effects, covariance, reliability = found[:-1], whole[:-1, :-1], 0.0
        if variance_item == 0:
            effects, covariance = np.zeros(self.items), np.zeros((self.items, self.items))
        else:
            reliability = float(np.clip(1 - np.diag(covariance).mean() / variance_item, 0, 1))
        return Crossed(
            items=labels,
            effects=effects,
            covariance=covariance,
            level_sd=np.sqrt(np.clip(np.diag(whole)[:-1] + whole[-1, -1] + 2 * whole[:-1, -1], 0, None)),
            intercept=level + float(found[-1]),
            variance_item=float(variance_item),
            variance_rater=float(variance_rater),
            variance_residual=residual,
            criterion=self.criterion(logs)[0],
            reliability=reliability,
        )


def _weights(ratings: DataFrame) -> np.ndarray:
    """How many ratings each row stands for."""
    return ratings["people"].to_numpy(dtype=float) if "people" in ratings else np.ones(len(ratings))


def _inverse(root: np.ndarray) -> np.ndarray:
    """The inverse of a matrix from its lower Cholesky root."""
    lower, _ = dpotri(root, lower=1)
    full = np.tril(lower)
    return full + np.tril(full, -1).T


def _flat(items: Index, level: float) -> Crossed:
    """The model of scores that all agree, of one score, or of none."""
    size = len(items)
    return Crossed(items, np.zeros(size), np.zeros((size, size)), np.zeros(size), level, 0.0, 0.0, 0.0, np.nan, 0.0)


def _components(item: np.ndarray, rater: np.ndarray, items: int) -> np.ndarray:
    """For each item the number of the set that common raters join it to; 1 has the most items, ties by first item."""
    if items == 0:
        return np.zeros(0, dtype=int)
    raters = int(rater.max()) + 1
    edges = coo_array((np.ones(len(item)), (item, items + rater)), shape=(items + raters, items + raters))
    label = connected_components(edges, directed=False)[1][:items]
    names, first, size = np.unique(label, return_index=True, return_counts=True)
    place = np.empty(int(names.max()) + 1, dtype=int)
    place[names[np.lexsort((first, -size))]] = np.arange(1, len(names) + 1)
    return place[label]
