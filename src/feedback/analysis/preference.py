"""How much each of several things is preferred, worked out of choices between them: a logit model with a normal prior.

Every choice is a stage: of some alternatives one was taken, each with a chance in proportion to exp(its features times
what they are worth). Two things and a tie, the best of a set and the worst of the rest are all stages, so that pairs.py
and best_worst.py share what stands here. Worth is in log-odds: 1 more is chosen over the other 73 times of 100.

The prior keeps worth finite where a thing is always taken, and draws towards 0 what was seldom asked; how far is
integrated over a grid, so that few choices give wide intervals and not a lucky winner.
"""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from pandas import DataFrame, Index
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.special import ndtri

from feedback.analysis.value import tiers

SPREADS = np.geomspace(0.05, 5.0, 10)
"""The standard deviations of worth that are weighed against each other."""
RATE = 2.0
"""Of what is expected of that standard deviation: Gamma with shape 2 and this rate, so 1 on average and seldom over
2.4. It goes to 0 at 0, as the penalty of Chung et al. (2013), Psychometrika 78, 685-709, does."""
PILOT = 1.0
"""The spread at which it is seen how far the choices of one rater are alike."""
BESIDE_DOUBT = 4.0
"""Standard deviation of what is no item's (the log odds of a tie, one part more) before anything is known; weak."""
STEPS, CLOSE_ENOUGH, FARTHEST = 100, 1e-7, 30.0
"""Newton's steps double the figures that are right: after one so small, all are."""
NEGLIGIBLE = 1e-6
"""A spread whose weight is below this share of all is left out."""
SMALL = 1_000_000
"""Up to so many numbers a table of features is faster written out than sparse."""
Table: TypeAlias = np.ndarray | csr_array


@dataclass(frozen=True)
class Stages:
    """Choices in the form the model reads.

    items: labels, sorted. features: alternatives x parameters, the first len(items) of them worth of items; one more
    may be beside them: of pairs with ties a tie, of combinations one part more. stage: of each alternative the number
    of its stage. chosen: how often each was taken. by_rater: raters x alternatives, the same counts rater by rater;
    None where it is not known who chose.
    """

    items: Index
    features: csr_array
    stage: np.ndarray
    chosen: np.ndarray
    by_rater: csr_array | None = None


@dataclass(frozen=True)
class Preference:
    """What the items are worth, as deviations from their mean, in log-odds.

    effects (n,), covariance (n, n): posterior mean and covariance. spread: standard deviation of worth between items,
    its posterior mean; inf where no prior was wanted. beside, beside_sd: the parameter beside the items and its sd; 0
    where there is none. dispersion: 1 or more; how many choices of raters who
    choose alike count as one. reliability: 0-1, the share of the differences that is not doubt.
    """

    items: Index
    effects: np.ndarray
    covariance: np.ndarray
    spread: float
    beside: float
    beside_sd: float
    dispersion: float
    reliability: float

    @property
    def ties(self) -> float:
        """Of pairs: the chance of a tie between equals, as a share of that of either being taken (Davidson's nu); 0
        where there were none."""
        return float(np.exp(self.beside)) if self.beside_sd else 0.0


def fit(stages: Stages, *, spread: float | None = None) -> Preference:
    """What the items are worth by these choices.

    spread: the standard deviation of worth that is expected (log-odds); None weighs SPREADS by how well they explain
    the choices; inf is maximum likelihood, for comparisons with published values: ValueError where some items were
    never compared with the others, or where somebody always wins or always loses, so that there is no finite worth.
    Sources: McFadden (1974) for the model; the weights of spreads by Laplace's approximation, Tierney and Kadane
    (1986), JASA 81, 82-86. Raters who choose alike: the counts are divided by the ratio of the variance of raters'
    scores to what independent choices would have, McCullagh and Nelder (1989), Generalized Linear Models, section 9.2.
    """
    size = len(stages.items)
    if size == 0 or not stages.chosen.any():
        return Preference(stages.items, np.zeros(size), np.zeros((size, size)), 0.0, 0.0, 0.0, 1.0, 0.0)
    if spread is not None and not spread > 0:
        raise ValueError(f"spread is {spread!r}; allowed is a number above 0, inf, or None to have it worked out")
    if spread == np.inf and components(stages).max() > 1:
        raise ValueError("some items were never compared with the others; without a prior they cannot be placed")
    problem = _Problem(stages)
    dispersion = problem.dispersion() if stages.by_rater is not None and spread != np.inf else 1.0
    problem = _Problem(replace(stages, chosen=stages.chosen / dispersion))
    spreads = SPREADS if spread is None else np.array([spread])
    found = problem.along(spreads)
    weight = np.exp(found.evidence - found.evidence.max())
    weight /= weight.sum()
    kept = weight > NEGLIGIBLE
    weight, modes, covariances = weight[kept] / weight[kept].sum(), found.modes[kept], found.covariances[kept]
    mode = weight @ modes
    away = modes - mode
    covariance = np.tensordot(weight, covariances, axes=1) + (away.T * weight) @ away
    beside, beside_sd = (float(mode[size]), float(np.sqrt(covariance[size, size]))) if len(mode) > size else (0.0, 0.0)
    effects, covariance = _centred(mode[:size], covariance[:size, :size])
    doubt, seen = float(np.diag(covariance).mean()), float(effects @ effects / size)
    return Preference(
        items=stages.items,
        effects=effects,
        covariance=covariance,
        spread=float(weight @ spreads[kept]),
        beside=beside,
        beside_sd=beside_sd,
        dispersion=dispersion,
        reliability=seen / (seen + doubt) if seen > 0 else 0.0,
    )


def ranked(
    items: Index, effects: np.ndarray, covariance: np.ndarray, *, top: int = 3, draws: int = 2000, seed: int = 0
) -> DataFrame:
    """One row an item, in the order given: item, effect, sd, low, high (90% interval), low50, high50 (50%), p_top (the
    chance, 0-1, to be among the `top` best), tier (1 is best). effects (n,) and covariance (n, n): a posterior."""
    sd = np.sqrt(np.clip(np.diag(covariance), 0, None))
    wide, narrow = ndtri(0.95) * sd, ndtri(0.75) * sd
    return DataFrame(
        {
            "item": np.asarray(items),
            "effect": effects,
            "sd": sd,
            "low": effects - wide,
            "high": effects + wide,
            "low50": effects - narrow,
            "high50": effects + narrow,
            "p_top": chance_among(effects, covariance, top=top, draws=draws, seed=seed),
            "tier": tiers(effects, covariance) if len(effects) else np.zeros(0, dtype=int),
        }
    )


def chance_among(
    effects: np.ndarray, covariance: np.ndarray, *, top: int, draws: int = 2000, seed: int = 0
) -> np.ndarray:
    """The chance (0-1) of each item to be among the `top` best, by drawing from the posterior; the same seed gives the
    same chances. Equal effects without any doubt have equal chances."""
    size = len(effects)
    if top >= size or not size or (not covariance.any() and np.ptp(effects) == 0):
        return np.full(size, min(1.0, top / max(size, 1)))
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    noise = np.random.default_rng(seed).standard_normal((size, draws))
    best = np.argpartition(-(effects[:, None] + root @ noise), top - 1, axis=0)[:top]
    return np.bincount(best.ravel(), minlength=size) / draws


def components(stages: Stages) -> np.ndarray:
    """For each item the number of the set that stages join it to; 1 has the most items, ties by first item."""
    size = len(stages.items)
    if size == 0:
        return np.zeros(0, dtype=int)
    part = coo_array(stages.features[:, :size])
    count = int(stages.stage.max(initial=-1)) + 1
    shape = (size + count, size + count)
    edges = coo_array((np.ones(part.nnz), (part.col, size + stages.stage[part.row])), shape=shape)
    label = connected_components(edges, directed=False)[1][:size]
    names, first, often = np.unique(label, return_index=True, return_counts=True)
    place = np.empty(int(label.max()) + 1, dtype=int)
    place[names[np.lexsort((first, -often))]] = np.arange(1, len(names) + 1)
    return place[label]


@dataclass(frozen=True)
class _Along:
    """The most likely parameters at each spread, their covariance there, and the log evidence of the spread."""

    modes: np.ndarray
    covariances: np.ndarray
    evidence: np.ndarray


class _Problem:
    def __init__(self, stages: Stages) -> None:
        self.stages, self.chosen = stages, stages.chosen
        self.size, self.width = len(stages.items), stages.features.shape[1]
        self.x: Table = stages.features
        if self.x.shape[0] * self.width <= SMALL:
            self.x = stages.features.toarray()
        alternatives = len(stages.stage)
        shape = (int(stages.stage.max()) + 1, alternatives)
        self.member = csr_array(coo_array((np.ones(alternatives), (stages.stage, np.arange(alternatives))), shape))
        self.times = self.member @ self.chosen

    def at(self, worth: np.ndarray) -> tuple[float, np.ndarray, Table]:
        """Log likelihood, the chance of each alternative, and the mean features of each stage."""
        height = self.x @ worth
        raised = np.exp(height - height.max())
        total = self.member @ raised
        chance = raised / total[self.stages.stage]
        taken = self.chosen > 0
        value = float(self.chosen[taken] @ np.log(chance[taken]))
        return value, chance, self.member @ _scaled(self.x, chance)

    def information(self, chance: np.ndarray, mean: Table) -> np.ndarray:
        often = self.times[self.stages.stage] * chance
        return _plain(self.x.T @ _scaled(self.x, often) - mean.T @ _scaled(mean, self.times))

    def mode(self, spread: float, start: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """The most likely parameters under the prior, their covariance, and the log evidence (Newton's method)."""
        precision = np.full(self.width, BESIDE_DOUBT**-2.0)
        precision[: self.size] = spread**-2.0
        level = np.zeros((self.width, self.width))  # without a prior the items' mean is free: it is held at 0
        level[: self.size, : self.size] = 1 / self.size if spread == np.inf else 0.0
        worth, (value, chance, mean) = start, self.at(start)
        for _ in range(STEPS):
            curvature = self.information(chance, mean) + np.diag(precision) + level
            slope = self.x.T @ self.chosen - mean.T @ self.times - precision * worth - level @ worth
            root = cho_factor(curvature, lower=True)
            step = cho_solve(root, slope)
            step *= min(1.0, 2 / max(float(np.abs(step).max()), 1e-300))
            worth = worth + step
            value, chance, mean = self.at(worth)
            if np.abs(step).max() < CLOSE_ENOUGH:
                break
            if np.abs(worth).max() > FARTHEST and spread == np.inf:
                raise ValueError("an item is always or never taken, so without a prior its worth is not finite")
        root = cho_factor(self.information(chance, mean) + np.diag(precision) + level, lower=True)
        prior = -precision @ worth**2 / 2 - (self.size * np.log(spread) if np.isfinite(spread) else 0.0)
        evidence = value + prior - np.log(np.diag(root[0])).sum()
        return worth, cho_solve(root, np.eye(self.width)), float(evidence)

    def along(self, spreads: np.ndarray) -> _Along:
        worth, found = np.zeros(self.width), []
        for spread in spreads.tolist():
            worth, covariance, evidence = self.mode(spread, worth)
            expected = 2 * np.log(spread) - RATE * spread if np.isfinite(spread) else 0.0  # on a grid of logs
            found.append((worth, covariance, evidence + expected))
        modes, covariances, evidence = zip(*found, strict=True)
        return _Along(np.array(modes), np.array(covariances), np.array(evidence))

    def dispersion(self) -> float:
        """How much more raters differ than if each of their choices were made anew; 1 at the least.

        What the fit has taken from the scores is given back in proportion to the parameters it had to find.
        """
        by_rater = self.stages.by_rater
        assert by_rater is not None
        worth, covariance, _ = self.mode(PILOT, np.zeros(self.width))
        _, chance, mean = self.at(worth)
        put = csr_array(by_rater @ self.member.T)
        score = _plain(by_rater @ self.x - put @ mean)
        found = float(np.trace(covariance @ self.information(chance, mean)))  # parameters, as far as they are free
        raters, choices = by_rater.shape[0], float(self.times.sum())
        if raters < 2 or found <= 0 or choices <= found:
            return 1.0
        alike = float(np.einsum("rp,pq,rq->", score, covariance, score, optimize=True))
        return max(1.0, alike / found * choices / (choices - found))


def _scaled(table: Table, by_row: np.ndarray) -> Table:
    """The table with each row times a number."""
    if isinstance(table, np.ndarray):
        return table * by_row[:, None]
    often = np.diff(table.indptr)
    return csr_array((table.data * np.repeat(by_row, often), table.indices, table.indptr), shape=table.shape)


def _plain(table: Table) -> np.ndarray:
    return table if isinstance(table, np.ndarray) else table.toarray()


def _centred(effects: np.ndarray, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Deviations from the mean of the items, of which choices say nothing."""
    row = covariance.mean(axis=1)
    return effects - effects.mean(), covariance - row[:, None] - row[None, :] + row.mean()
