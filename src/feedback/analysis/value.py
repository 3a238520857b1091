"""Which of several things are rated higher, when some raters are kinder than others: a ranking with its doubt.

The crossed model of `analysis.crossed`: score = intercept + item + rater + rest, variances by REML, items estimated by
their posterior means. On few ratings it finds the true order more often than raw means and than fixed effects of raters
do, its 90% intervals hold what they say, and its chances (`p_top`) are calibrated (benchmarks/ranking.py).
"""

from typing import Literal

import numpy as np
from pandas import DataFrame, factorize, to_numeric
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import ndtri

from feedback.analysis.crossed import Belief, Crossed
from feedback.analysis.people import count_people

CERTAIN = 0.95
"""A new tier begins where an item is worse than the tier's first one with more than this probability."""
SUMMARY = ("intercept", "variance_item", "variance_rater", "variance_residual", "criterion", "reliability")
"""What is said of the whole model, see rank_items."""
FEW = 1000
"""With fewer ratings than this the variance ratios are integrated out; with more, it changes nothing that shows."""
MOST = 1e100
"""Scores beyond this are refused: their squares could not be added."""
Method = Literal["auto", "reml"]


def rank_items(
    ratings: DataFrame, *, draws: int = 2000, seed: int = 0, top: int = 3, method: Method = "auto"
) -> DataFrame:
    """Items in the order of what they are worth to raters, each with its doubt.

    ratings: one row a rating: item, rater, score (a finite number); with a column `people` a row stands for so many
    equal ratings (a counted table). Rows without a score (or item, or rater) are left out; a rater's repeated ratings
    of an item all count as ratings. Where a column `organisation` (or `audience`) is there, its counts are added for
    the gate.
    method: "auto" integrates the two variance ratios out where there are fewer than 1,000 ratings (see
    Crossed.integrated), which makes the intervals as wide as they must be; "reml" takes them as known, at the optimum.
    Only effect, sd, interval, p_top, tier and level differ.
    Returns one row an item, best first (ties by item): item, n (ratings), mean (plain, of its scores), effect
    (deviation from the overall level in score units, kindness of raters taken out, drawn towards 0 where there are
    few ratings), sd, low, high (90% interval of effect), low50, high50 (50%), p_top (chance of being among the `top`
    best, from `draws` posterior draws; ties share), tier (1 is best; a new tier begins at the first item that is worse
    than the tier's leader with a probability above .95), reliability (0-1: how much of the spread between items this
    item's ratings settle, 1 - posterior variance / variance_item by REML; below .5 its place says little), component
    (1 is the largest set of items joined by common raters; items of different components are compared only through the
    assumption that both sets are alike), level, level_sd: intercept + effect, where the item stands on the scale
    itself, and the sd of that.
    Its `attrs` hold the model's summary (SUMMARY), always by REML at the optimum: intercept, the three variances,
    criterion (-2 log REML likelihood; NaN where all scores agree), reliability (the items' mean).

    Where `variance_item` is 0, the ratings cannot tell the items apart: all are of tier 1 and reliability is 0. By
    "reml" effects, sd and interval are then 0, and chances are equal; by "auto" they are small, and the interval says
    how much difference may still hide. Where not even that can be seen (one item, equal scores, nothing rated twice)
    both give 0, which means "no difference was found", not "certainly equal".
    No ratings give an empty table. Raises ValueError where a score is no number, infinite or beyond 1e100, or people is
    no whole number from 1.
    """
    told = ratings.dropna(subset=["item", "rater", "score"])
    code, items = factorize(told["item"], sort=True)
    size, weight = len(items), _weights(told)
    n = np.bincount(code, weights=weight, minlength=size)
    total = np.bincount(code, weights=weight * _numbers(told), minlength=size)
    table = DataFrame({"item": np.asarray(items), "n": n.astype(np.int64), "mean": total / np.maximum(n, 1)})
    summary: dict[str, float] = dict.fromkeys(SUMMARY, np.nan)
    if size:
        fit = fit_crossed(told)
        belief = fit.integrated() if method == "auto" and fit.count < FEW else fit.plain()
        summary = _summary(fit)
        table = table.assign(**_doubt(fit, belief, top=top, draws=draws, seed=seed))
    else:
        table = table.assign(**dict.fromkeys(DOUBT, np.zeros(0)))
    table["component"] = _components(code, factorize(told["rater"])[0], size)
    if "organisation" in ratings or "audience" in ratings:
        behind = count_people(told.assign(item=code, people=weight), ["item"])
        table = table.assign(organisations=behind["organisations"], largest_share=behind["largest_share"])
    order = np.lexsort((np.arange(size), -table["effect"].to_numpy()))
    found = table.iloc[order].reset_index(drop=True)
    found.attrs.update(summary)
    return found


DOUBT = (
    "effect", "sd", "low", "high", "low50", "high50", "p_top", "tier", "reliability", "level", "level_sd",
)  # fmt: skip


def _doubt(fit: Crossed, belief: Belief, *, top: int, draws: int, seed: int) -> dict[str, np.ndarray]:
    """The columns DOUBT, items in the order of their codes."""
    apart = fit.variances[0] > 0
    return {
        "effect": belief.effects,
        "sd": np.sqrt(np.diag(belief.covariance)),
        "low": belief.quantile(0.05),
        "high": belief.quantile(0.95),
        "low50": belief.quantile(0.25),
        "high50": belief.quantile(0.75),
        "p_top": fit.chance_among(belief, top=top, draws=draws, seed=seed),
        "tier": tiers(belief.effects, belief.covariance) if apart else np.ones(fit.items, dtype=int),
        "reliability": fit.reliability,
        "level": belief.level,
        "level_sd": belief.level_sd,
    }


def _summary(fit: Crossed) -> dict[str, float]:
    """What SUMMARY names."""
    return {
        "intercept": fit.intercept,
        "variance_item": float(fit.variances[0]),
        "variance_rater": float(fit.variances[-1]),
        "variance_residual": fit.variance_residual,
        "criterion": fit.criterion,
        "reliability": float(fit.reliability.mean()),
    }


def fit_crossed(ratings: DataFrame) -> Crossed:
    """The crossed model of ratings (item, rater, score, none missing; `people` as in rank_items), at least one. Raises
    ValueError as rank_items does."""
    item, rater = factorize(ratings["item"], sort=True)[0], factorize(ratings["rater"])[0]
    return Crossed([item], rater, _numbers(ratings), _weights(ratings))


def tiers(effects: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """The tier of each item, 1 the best: groups whose members the ratings cannot tell from their leader.

    effects (n,), covariance (n, n): of the items' joint posterior. Going down from the best, a new tier begins at the
    first item whose probability of being worse than the leader of the current tier is above .95; that item leads the
    next one.
    """
    tier = np.ones(len(effects), dtype=int)
    order = np.lexsort((np.arange(len(effects)), -effects))
    variance, leader, current = np.diag(covariance), order[0], 1
    for one in order[1:]:
        spread = variance[one] + variance[leader] - 2 * covariance[one, leader]
        if effects[leader] - effects[one] > ndtri(CERTAIN) * np.sqrt(max(spread, 0.0)):
            leader, current = one, current + 1
        tier[one] = current
    return tier


def not_joined(ranked: DataFrame) -> list[list]:
    """The items of every component but the largest one, by name; [] where common raters join all."""
    return [sorted(group["item"]) for part, group in ranked.groupby("component") if part > 1]


def _numbers(ratings: DataFrame) -> np.ndarray:
    """The scores. Raises ValueError where one is no number, infinite, or beyond 1e100 either way."""
    score = _read(ratings, "score")
    _refuse(ratings, "score", ~(np.abs(score) <= MOST), f"a number between -{MOST:g} and {MOST:g}")
    return score


def _weights(ratings: DataFrame) -> np.ndarray:
    """How many ratings each row stands for. Raises ValueError where that is no whole number from 1."""
    if "people" not in ratings:
        return np.ones(len(ratings))
    people = _read(ratings, "people")
    whole = (people >= 1) & (people <= MOST) & (people == np.floor(people))
    _refuse(ratings, "people", ~whole, "a whole number from 1")
    return people


def _read(ratings: DataFrame, name: str) -> np.ndarray:
    """A column as numbers, NaN where it holds none."""
    return to_numeric(ratings[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _refuse(ratings: DataFrame, name: str, wrong: np.ndarray, allowed: str) -> None:
    """Raises ValueError for the first row that is wrong, by its label in the table."""
    if wrong.any():
        at = int(np.argmax(wrong))
        row, found = ratings.index.tolist()[at], ratings[name].tolist()[at]
        raise ValueError(f"row {row!r}: {name} is {found!r}; allowed is {allowed}")


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
