"""Which two credentials to put next to somebody who has a minute: those whose order is least settled."""

from collections.abc import Mapping, Sequence
from math import erfc

import numpy as np

from feedback.survey.kinds import SAME
from feedback.survey.setting import draw

PRIOR_SPREAD = 1.5
"""Standard deviation of worth before anything is known, on the log-odds scale: two in three pairs stand better than
about nine to one. Weak: a handful of choices outweighs it."""
LEAST_DOUBT = 0.1
"""So much of that spread is left in doubt by a published place, however sure: it was asked of others."""
NEARLY, ALIKE = 0.5, 0.95
"""Of pairs that tell at least this share of what the best tells the seed chooses one, so that not everybody who comes
between two releases is put the same: at 0.95, with 25 people between, it found less than random pairs. Where nothing
is published all begin alike: there the seed chooses among equals only, and each comes before any comes again."""

Places = Mapping[str, tuple[float, float]]
"""Where credentials stand by what is published, in any unit, and the standard deviation of that."""


def next_pair(pairs: Sequence[str], chosen: Mapping[str, str], published: Places, seed: str) -> str | None:
    """The pair that tells most now, of those not yet put; None when all were.

    pairs: ids "a|b", each two once. chosen: what this person said of which pair (a slug, or "same"). published: only
    what anybody may know; without it every credential appears as early as the next. Under the model of Bradley and
    Terry with a normal prior an answer tells log(1 + p (1 - p) v) / 2 nats: p the chance that one is preferred, v how
    unsure their difference is. It is the order that is wanted, so this counts as far as it is likely that the one now
    held is wrong; without that, more is asked of credentials that nobody mixes up. The seed decides between pairs that
    tell nearly as much, so that a reload shows the same.
    Sources: Bradley and Terry (1952), Biometrika 39, 324-345; the gain is that of Bayesian D-optimal design, Chaloner
    and Verdinelli (1995), Statistical Science 10, 273-304. Cost: some n^2 operations for n credentials.
    """
    left = [pair for pair in pairs if pair not in chosen]
    if not left:
        return None
    place = {name: at for at, name in enumerate(sorted({name for pair in pairs for name in pair.split("|")}))}
    sides = [pair.split("|") for pair in left]
    prior = _prior(tuple(place), published)
    worth, doubt = _known(place, chosen, *prior)
    one, other = np.array([place[name] for name, _ in sides]), np.array([place[name] for _, name in sides])
    apart, unsure = np.abs(worth[one] - worth[other]), doubt[one, one] + doubt[other, other] - 2 * doubt[one, other]
    unsure = np.maximum(unsure, 1e-12)
    wrong = np.array([erfc(times) for times in (apart / np.sqrt(2 * unsure)).tolist()]) / 2
    told = np.log1p(_open(apart) * unsure) * wrong
    nearly = NEARLY if prior[0].any() else ALIKE
    best = np.flatnonzero(told >= nearly * told.max())
    return left[best[draw(seed, f"pair {len(chosen)}", len(best))]]


def _open(apart: np.ndarray | float) -> np.ndarray:
    """p (1 - p) of two things so far apart: how open a choice between them is, 1/4 at the most."""
    return 1 / (2 + 2 * np.cosh(np.minimum(np.abs(apart), 300)))


def _prior(names: Sequence[str], published: Places) -> tuple[np.ndarray, np.ndarray]:
    """Expected worth of each and its covariance before this person chose: what is published, in units of the prior."""
    places = np.array([published.get(name, (np.nan, np.nan)) for name in names], dtype=float)
    known = np.isfinite(places).all(axis=1)
    worth, doubt = np.zeros(len(names)), np.ones(len(names))
    spread = places[known, 0].std() if known.any() else 0.0
    if spread > 0:
        worth[known] = PRIOR_SPREAD * (places[known, 0] - places[known, 0].mean()) / spread
        doubt[known] = np.clip(places[known, 1] / spread, LEAST_DOUBT, 1)
    return worth, np.diag((PRIOR_SPREAD * doubt) ** 2)


def _known(
    place: Mapping[str, int], chosen: Mapping[str, str], worth: np.ndarray, doubt: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Expected worth and its covariance after this person's choices, taken in one after the other; a tie is half a win
    for each."""
    for pair, said in chosen.items():
        one, _, other = pair.partition("|")
        if one not in place or other not in place:
            continue
        left, right = place[one], place[other]
        apart = worth[left] - worth[right]
        column = doubt[:, left] - doubt[:, right]
        weight = float(_open(apart))
        shared = 1 + weight * (column[left] - column[right])
        won = 0.5 if said == SAME else float(said == one)
        worth = worth + column * (won - 1 / (1 + np.exp(-np.clip(apart, -300, 300)))) / shared
        doubt = doubt - np.outer(column, column) * (weight / shared)
    return worth, doubt
