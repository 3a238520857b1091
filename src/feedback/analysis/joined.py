"""Whether two ways of asking put things in the same order, such as steps of a ladder and choices of one of two."""

from dataclasses import dataclass

import numpy as np
from pandas import DataFrame, Index
from scipy.optimize import minimize_scalar
from scipy.special import chdtrc
from scipy.stats import kendalltau

from feedback.analysis.preference import ranked
from feedback.analysis.reliability import TIERS_FROM

AGREE, DIFFER, UNCLEAR = "agree", "differ", "unclear"
CHANCE = 0.05
LEAST = 4
"""Of fewer things in common no order says anything: three fall into a given one by chance one time in six."""
ELSEWHERE = 2.5
"""An item further from the line than this (standard errors) stands elsewhere: of 13 that do not, one does by chance in
one comparison of seven."""
LEAST_KNOWN = 0.02
"""What is known of an item to less than this part (0-1) tells nothing of it."""


@dataclass(frozen=True)
class Joined:
    """What two rankings say of each other.

    verdict: "differ": they are further apart than their doubt allows; "agree": they are not, and the order they share
    is beyond chance; "unclear": neither can be said, also of fewer than four items in common, and where either ranking
    cannot tell them apart (reliability below .5). Only where they agree may they be one picture; else they stand side
    by side.
    items: how many both know something of. tau: Kendall's tau-b of the two orders (-1 to 1), None below two items or
    where one has no order. shared: the chance of so much agreement between orders that have nothing in common. apart:
    the chance of so much difference if both measured the same; both None where neither can be said for want of answers.
    side: one row an item in common: item, first, second (effects, each in its own unit), moved (the second in the unit
    of the first, drawn in as much as the first), z (how far the second lies above what the first makes one expect, in
    standard errors); moved and z are NaN for want of answers. Sorted by first.
    one: both in one, in the unit of the first, of the items of the second, best first: item, effect, sd, low, high (90%
    interval), low50, high50 (50%). It has no tiers and no chances: what the first knows of its items jointly is not in
    it. What the first knows nothing of is placed by the second alone; items beyond ELSEWHERE are left out. None unless
    they agree. narrower: by which part (0-1) its intervals are narrower than those of the first alone, on average of
    the items in common; None without `one`.
    """

    verdict: str
    items: int
    tau: float | None
    shared: float | None
    apart: float | None
    side: DataFrame
    one: DataFrame | None
    narrower: float | None = None


def join(first: DataFrame, second: DataFrame) -> Joined:
    """Compare two rankings of the same things, and join them where they agree.

    first, second: item, effect, sd, as value.rank_items and pairs.rank_pairs return them; units may differ. Effects
    that were drawn towards 0 are drawn back by what is known of each: 1 - sd^2 / the mean of effect^2 + sd^2. That both
    measure the same is the hypothesis that one is a straight, rising line of the other; tested with errors in both.
    Items count as independent, which they nearly are once the overall level is set aside: of value.rank_items take
    level and level_sd, since sd holds the doubt of the overall level, too, which all items share. In `one` the line is
    taken as known: of 90% intervals some 88 hold the truth.
    ValueError for an item named twice in one of them, or a number that is none.
    Source: York (1966), Canadian Journal of Physics 44, 1079-1086, for the line with errors in both.
    """
    x, y = _drawn_back(first, "first"), _drawn_back(second, "second")
    both = (
        x.add_suffix("_x").join(y.add_suffix("_y"), how="inner").sort_values("effect_x", ascending=False, kind="stable")
    )
    both = both[(both["known_x"] > LEAST_KNOWN) & (both["known_y"] > LEAST_KNOWN)]
    side = DataFrame({"item": both.index, "first": both["effect_x"].to_numpy(), "second": both["effect_y"].to_numpy()})
    tau, shared = _tau(side)
    enough = len(both) >= LEAST and min(both["known_x"].mean(), both["known_y"].mean()) >= TIERS_FROM
    if not enough or tau is None:
        return Joined(UNCLEAR, len(both), tau, None, None, side.assign(moved=np.nan, z=np.nan), None)
    level, slope, off, apart = _line(both)
    elsewhere = both.index[np.abs(off) > ELSEWHERE]
    wide = y.add_suffix("_y").join(x.add_suffix("_x"), how="left")
    weight = DataFrame({"first": wide["error_x"] ** -2.0, "second": wide["error_y"] ** -2.0 * slope**2}).fillna(0.0)
    seen = DataFrame({"first": wide["plain_x"], "second": (wide["plain_y"] - level) / slope}).fillna(0.0)
    prior = 1 / float((both["effect_x"] ** 2 + both["sd_x"] ** 2).mean())
    moved = weight["second"] * seen["second"] / (weight["second"] + prior)
    side = side.assign(moved=moved.reindex(side["item"]).to_numpy(), z=off)
    verdict = DIFFER if apart < CHANCE else AGREE if shared is not None and shared < CHANCE else UNCLEAR
    if verdict != AGREE:
        return Joined(verdict, len(both), tau, shared, apart, side, None)
    weight, seen, both = (table.drop(index=elsewhere) for table in (weight, seen, both))
    precision = weight.sum(axis=1).to_numpy() + prior
    effect = (weight * seen).sum(axis=1).to_numpy() / precision
    one = ranked(weight.index, effect, np.diag(1 / precision), draws=1).drop(columns=["p_top", "tier"])
    common = one.set_index("item").loc[both.index, "sd"]
    narrower = 1 - float(common.mean() / both["sd_x"].mean())
    one = one.sort_values("effect", ascending=False, kind="stable", ignore_index=True)
    return Joined(verdict, len(both), tau, shared, apart, side, one, narrower)


def _drawn_back(ranking: DataFrame, name: str) -> DataFrame:
    """By item: effect, sd, known (0-1), plain (the effect as it would be without a prior), error (its sd)."""
    values = ranking[["effect", "sd"]].to_numpy(dtype=float)
    if ranking["item"].duplicated().any():
        raise ValueError(
            f"the {name} ranking names {ranking.loc[ranking['item'].duplicated(), 'item'].iloc[0]!r} twice"
        )
    if not np.isfinite(values).all():
        raise ValueError(f"the {name} ranking has an effect or sd that is no number")
    effect, sd = values.T
    spread = float((effect**2 + sd**2).mean()) if len(values) else 0.0
    known = np.clip(1 - sd**2 / spread, 0, 1) if spread > 0 else np.zeros(len(values))
    trusted = np.maximum(known, LEAST_KNOWN)
    error = np.maximum(sd, 1e-9 * np.sqrt(spread)) / np.sqrt(trusted)
    table = {"effect": effect, "sd": sd, "known": known, "plain": effect / trusted, "error": error}
    return DataFrame(table, index=Index(ranking["item"], name="item"))


def _tau(side: DataFrame) -> tuple[float | None, float | None]:
    if len(side) < 2 or side["first"].nunique() < 2 or side["second"].nunique() < 2:
        return None, None
    found = kendalltau(side["first"], side["second"], alternative="greater")
    return float(found.statistic), float(found.pvalue)


def _line(both: DataFrame) -> tuple[float, float, np.ndarray, float]:
    """Level and slope of the rising line nearest to the items, how far each is off (in sd), and the chance of that."""
    x, y, s, t = (both[name].to_numpy() for name in ("plain_x", "plain_y", "error_x", "error_y"))

    def off(log: float) -> tuple[float, np.ndarray]:
        slope = np.exp(log)
        weight = 1 / (t**2 + slope**2 * s**2)
        level = float((weight * (y - slope * x)).sum() / weight.sum())
        return level, (y - level - slope * x) * np.sqrt(weight)

    def squares(log: float) -> float:
        return float((off(log)[1] ** 2).sum())

    sizes = [np.sqrt((both[f"effect_{end}"] ** 2 + both[f"sd_{end}"] ** 2).mean()) for end in "yx"]
    middle = float(np.log(sizes[0] / sizes[1]))
    # Far from it the line would lie flat, or upright, and fit whatever the doubt of the one side.
    log = float(minimize_scalar(squares, bounds=(middle - np.log(3), middle + np.log(3)), method="bounded").x)
    level, z = off(log)
    return level, float(np.exp(log)), z, float(chdtrc(len(x) - 2, float(z @ z)))
