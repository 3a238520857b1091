"""Which two credentials to put next to somebody who has a minute: those whose order is least settled."""

from collections.abc import Mapping, Sequence
from math import log1p

import numpy as np

from feedback.survey.kinds import SAME
from feedback.survey.setting import draw

PRIOR_SPREAD = 1.5
"""Standard deviation of worth before anything is known, on the log-odds scale: two in three pairs stand better than
about nine to one. Weak: a handful of choices outweighs it."""
STEPS, CLOSE_ENOUGH = 50, 1e-9

Wins = Mapping[tuple[str, str], float]
"""How often the first was preferred to the second; a tie counts half for each."""


def next_pair(pairs: Sequence[str], chosen: Mapping[str, str], known: Wins, seed: str) -> str | None:
    """The pair that tells most now, of those not yet put; None when all were.

    pairs: ids "a|b", each two once. chosen: what this person said of which pair (a slug, or "same"). known: what
    others said before; empty to begin with. Under the model of Bradley and Terry with a weak normal prior, a pair tells
    log(1 + p (1 - p) v) / 2 nats: p the chance that one is preferred, v how unsure their difference is. The seed
    decides between equals, so that a reload shows the same. This person's choices count like anybody's.
    Source: Bradley and Terry (1952), Biometrika 39, 324-345; the gain is the usual one of Bayesian D-optimal design.
    """
    left = [pair for pair in pairs if pair not in chosen]
    if not left:
        return None
    names = sorted({name for pair in pairs for name in pair.split("|")})
    place = {name: number for number, name in enumerate(names)}
    worth, spread = _worth(_wins(place, chosen, known))

    def tells(pair: str) -> float:
        one, other = (place[name] for name in pair.split("|"))
        chance = 1 / (1 + np.exp(worth[other] - worth[one]))
        unsure = spread[one, one] + spread[other, other] - 2 * spread[one, other]
        return round(log1p(chance * (1 - chance) * unsure) / 2, 9)

    return max(left, key=lambda pair: (tells(pair), draw(seed, "pair " + pair, 1 << 30), pair))


def _wins(place: Mapping[str, int], chosen: Mapping[str, str], known: Wins) -> np.ndarray:
    """The table of wins, row over column, of the credentials that can be put."""
    wins = np.zeros((len(place), len(place)))
    for (winner, loser), often in known.items():
        if winner in place and loser in place and winner != loser:
            wins[place[winner], place[loser]] += often
    for pair, said in chosen.items():
        one, _, other = pair.partition("|")
        if one not in place or other not in place:
            continue
        for winner, loser in ((one, other), (other, one)):
            wins[place[winner], place[loser]] += 0.5 if said == SAME else float(said == winner)
    return wins


def _worth(wins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The most likely worth of each under the prior, and the covariance there (Newton's method; it is concave)."""
    count = len(wins)
    met = wins + wins.T
    worth = np.zeros(count)
    precision = np.eye(count) / PRIOR_SPREAD**2
    curvature = precision
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(worth[None, :] - worth[:, None]))
        slope = (wins - met * chance).sum(axis=1) - worth / PRIOR_SPREAD**2
        weight = met * chance * (1 - chance)
        curvature = precision + np.diag(weight.sum(axis=1)) - weight
        step = np.linalg.solve(curvature, slope)
        worth = worth + np.clip(step, -1, 1)
        if np.abs(step).max() < CLOSE_ENOUGH:
            break
    return worth, np.linalg.inv(curvature)
