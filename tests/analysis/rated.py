"""Small tables of ratings for the tests of ranking."""

import numpy as np
from pandas import DataFrame


def ratings(*rows: tuple) -> DataFrame:
    return DataFrame(rows, columns=["item", "rater", "score"])


def simulated(items=12, raters=30, each=4, spread=0.6, kindness=0.6, noise=0.7, seed=1) -> DataFrame:
    draw = np.random.default_rng(seed)
    worth, kind = draw.normal(0, spread, items), draw.normal(0, kindness, raters)
    rows = [(i, r, 3 + worth[i] + kind[r]) for r in range(raters) for i in draw.choice(items, each, replace=False)]
    table = ratings(*rows)
    return table.assign(score=table["score"] + draw.normal(0, noise, len(table)))


SQUARE = ratings(*[(i, r, s) for i, row in zip("abc", ((5, 5, 3), (4, 3, 3), (2, 3, 1)), strict=True)
                   for r, s in zip("xyz", row, strict=True)])  # fmt: skip
