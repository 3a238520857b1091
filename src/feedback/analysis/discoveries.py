"""Which of many tests say something, when some would by chance alone."""

import numpy as np
from numpy.typing import ArrayLike

RATE = 0.10
"""Of what is called a discovery, at most about so much is chance."""


def discovered(p: ArrayLike, rate: float = RATE) -> np.ndarray:
    """Which of several tests are discoveries (True or False each), so that no more than `rate` of these are chance on
    average; NaN is none.

    Source: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.

    >>> discovered([0.01, 0.2, 0.04, float("nan")]).tolist()
    [True, False, True, False]
    """
    values = np.asarray(p, dtype=float)
    ordered = np.sort(values[~np.isnan(values)])
    within = np.flatnonzero(ordered <= rate * np.arange(1, len(ordered) + 1) / max(len(ordered), 1))
    with np.errstate(invalid="ignore"):
        return values <= ordered[within[-1]] if len(within) else np.zeros(len(values), dtype=bool)


def next_one(p: ArrayLike, rate: float = RATE) -> float:
    """The p below which one more test would have been a discovery.

    >>> round(next_one([0.01, 0.2, 0.04, float("nan")]), 3), next_one([], 0.1)
    (0.1, 0.1)
    """
    values = np.asarray(p, dtype=float)
    tests = max(int((~np.isnan(values)).sum()), 1)
    return rate * min(int(discovered(values, rate).sum()) + 1, tests) / tests
