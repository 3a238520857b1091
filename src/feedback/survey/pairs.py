"""Which two credentials to put next to somebody who has a minute: those whose order is least settled."""

from collections.abc import Mapping, Sequence
from math import log1p

import numpy as np

from feedback.survey.kinds import SAME
from feedback.survey.setting import draw

PRIOR_SPREAD = 1.5
"""Standard deviation of worth before anything is known, on the log-odds scale: two in three pairs stand better than
about nine to one. Weak: a handful of choices outweighs it."""
LEAST_DOUBT = 0.5
"""So much of that spread is left in doubt by a published place, however sure: it was asked in other words."""
NEARLY = 0.95
"""Of pairs that tell at least this share of what the best tells the seed chooses one, so that not everybody who comes
between two releases is put the same."""
STEPS, CLOSE_ENOUGH = 50, 1e-9

Places = Mapping[str, tuple[float, float]]
"""Where credentials stand by what is published, in any unit, and the standard deviation of that."""


def next_pair(pairs: Sequence[str], chosen: Mapping[str, str], published: Places, seed: str) -> str | None:
    """The pair that tells most now, of those not yet put; None when all were.

    pairs: ids "a|b", each two once. chosen: what this person said of which pair (a slug, or "same"). published: only
    what anybody may know; without it every credential appears as early as the next. Under the model of Bradley and
    Terry with a normal prior, a pair tells log(1 + p (1 - p) v) / 2 nats: p the chance that one is preferred, v how
    unsure their difference is. The seed decides between equals, so that a reload shows the same.
    Source: Bradley and Terry (1952), Biometrika 39, 324-345; the gain is the usual one of Bayesian D-optimal design.
    """
    left = [pair for pair in pairs if pair not in chosen]
    if not left:
        return None
    names = sorted({name for pair in pairs for name in pair.split("|")})
    place = {name: number for number, name in enumerate(names)}
    worth, spread = _worth(_wins(place, chosen), *_prior(names, published))

    def tells(pair: str) -> float:
        one, other = (place[name] for name in pair.split("|"))
        chance = 1 / (1 + np.exp(worth[other] - worth[one]))
        unsure = spread[one, one] + spread[other, other] - 2 * spread[one, other]
        return round(log1p(chance * (1 - chance) * unsure) / 2, 9)

    told = {pair: tells(pair) for pair in left}
    best = [pair for pair in left if told[pair] >= NEARLY * max(told.values())]
    return max(best, key=lambda pair: (draw(seed, "pair " + pair, 1 << 30), pair))


def _prior(names: Sequence[str], published: Places) -> tuple[np.ndarray, np.ndarray]:
    """Expected worth and precision of each before this person chose: what is published, in units of the prior."""
    places = np.array([published.get(name, (np.nan, np.nan)) for name in names], dtype=float)
    known = np.isfinite(places).all(axis=1)
    worth, doubt = np.zeros(len(names)), np.ones(len(names))
    spread = places[known, 0].std() if known.any() else 0.0
    if spread > 0:
        worth[known] = PRIOR_SPREAD * (places[known, 0] - places[known, 0].mean()) / spread
        doubt[known] = np.clip(places[known, 1] / spread, LEAST_DOUBT, 1)
    return worth, 1 / (PRIOR_SPREAD * doubt) ** 2


def _wins(place: Mapping[str, int], chosen: Mapping[str, str]) -> np.ndarray:
    """The table of this person's choices, row over column; a tie counts half for each."""
    wins = np.zeros((len(place), len(place)))
    for pair, said in chosen.items():
        one, _, other = pair.partition("|")
        if one not in place or other not in place:
            continue
        for winner, loser in ((one, other), (other, one)):
            wins[place[winner], place[loser]] += 0.5 if said == SAME else float(said == winner)
    return wins


def _worth(wins: np.ndarray, expected: np.ndarray, precision: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The most likely worth of each under the prior, and the covariance there (Newton's method; it is concave)."""
    met = wins + wins.T
    worth = expected.copy()
    curvature = np.diag(precision)
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(worth[None, :] - worth[:, None]))
        slope = (wins - met * chance).sum(axis=1) - precision * (worth - expected)
        weight = met * chance * (1 - chance)
        curvature = np.diag(precision + weight.sum(axis=1)) - weight
        step = np.linalg.solve(curvature, slope)
        worth = worth + np.clip(step, -1, 1)
        if np.abs(step).max() < CLOSE_ENOUGH:
            break
    return worth, np.linalg.inv(curvature)
