"""Means drawn towards what is usual among their like, by how little each rests on: the fairest guess where answers are
few, and the baseline that does not improve by itself when the worst are looked at again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

USUAL = 10.0
"""As so many answers the usual variance counts beside a mean's own: the few who all gave one answer are not certain."""
SHARES = (np.arange(40) + 0.5) / 40
"""The spread between means is integrated over these shares of all variance, each as likely as the others."""


@dataclass(frozen=True)
class Drawn:
    """mean, sd: of each true mean, as believed. level: the mean of all. spread: sd of true means around it."""

    mean: np.ndarray
    sd: np.ndarray
    level: float
    spread: float


def draw_together(means: ArrayLike, errors: ArrayLike) -> Drawn:
    """What is believed of each of several true means that are alike, but not the same.

    means, errors: one number each, errors the standard errors, above 0. The true means are normal around a level (not
    known); how far they spread is integrated out, spread^2 / (spread^2 + typical error^2) as likely anywhere between 0
    and 1. One mean stays as it is. ValueError for numbers that are none, errors not above 0, or no mean at all.
    Source: Morris (1983), Journal of the American Statistical Association 78, 47-55.

    >>> draw_together([1.0, 3.0, 5.0], [1.0, 1.0, 1.0]).mean.round(2).tolist()
    [1.84, 3.0, 4.16]
    """
    seen, error = (np.asarray(each, dtype=float) for each in (means, errors))
    if not (seen.size and np.isfinite(seen).all() and np.isfinite(error).all() and (error > 0).all()):
        raise ValueError("means must be finite numbers, their errors above 0, and there must be one at least")
    noise = error**2
    spread = SHARES / (1 - SHARES) / np.mean(1 / noise)
    pull = 1 / (spread[:, None] + noise)
    level = pull @ seen / pull.sum(axis=1)
    off = seen - level[:, None]
    fit = 0.5 * (np.log(pull).sum(axis=1) - np.log(pull.sum(axis=1)) - (pull * off**2).sum(axis=1))
    weight = np.exp(fit - fit.max())
    weight /= weight.sum()
    kept = spread[:, None] * pull
    believed = level[:, None] + kept * off
    doubt = kept * noise + (1 - kept) ** 2 / pull.sum(axis=1)[:, None]
    mean = weight @ believed
    variance = weight @ (doubt + (believed - mean) ** 2)
    return Drawn(mean, np.sqrt(variance), float(weight @ level), float(np.sqrt(weight @ spread)))


def usual_errors(people: ArrayLike, sds: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Standard errors of means whose variances are drawn towards the usual one, and the degrees of freedom of each.

    people: two or more behind each mean; sds: of their answers (of a sample). ValueError where no answers differ,
    because then nothing is known of how far they spread.

    >>> errors, freedom = usual_errors([4, 40], [0.0, 1.0])
    >>> errors.round(2).tolist(), freedom.tolist()
    ([0.42, 0.16], [13.0, 49.0])
    """
    n, sd = np.asarray(people, dtype=float), np.asarray(sds, dtype=float)
    if not ((n >= 2).all() and np.isfinite(sd).all() and (sd >= 0).all()):
        raise ValueError("each mean needs two people at least, and an sd from 0")
    own = n - 1
    usual = float(own @ sd**2 / own.sum()) if n.size else 0.0
    if not usual > 0:
        raise ValueError("all answers are alike everywhere; how far they spread is not known")
    variance = (own * sd**2 + USUAL * usual) / (own + USUAL)
    return np.sqrt(variance / n), own + USUAL
