"""How far people get with a form, and how long it takes them: from counts, in steps of five, never from answers."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from pandas import DataFrame, Series

OPENED, STARTED, REACHED, FINISHED, SECONDS = "opened", "started", "reached", "finished", "seconds"
"""What is counted. Of `reached` the value is the step somebody came to (the first is 0); of `seconds` how long a form
took, rounded up to ten."""
BY = 5
"""Counts are told in steps of so many: nobody can watch one move by one person."""
BUCKET = 10
"""Seconds are counted in steps of so many."""
BOUNDS = (1, 2, 3, 5, 8, 12, 20, 30)
"""Minutes at which times are divided, where enough people stand on both sides."""
_ORDER = {OPENED: 0, STARTED: 1, REACHED: 2, FINISHED: 3}


def in_steps(counts: Series) -> Series:
    """Counts rounded down to a multiple of five.

    >>> in_steps(Series([0, 4, 5, 14])).tolist()
    [0, 0, 5, 10]
    """
    return counts // BY * BY


def stages(marks: DataFrame, by: Sequence[str]) -> DataFrame:
    """How many forms came to each stage, for each cell of `by`, in the order of the stages.

    marks: one row a count, with mark, value and count. Returns by..., stage (a mark), step (the value), people (forms,
    in steps of five), share (of those opened; at most 1, missing where fewer than five were opened), left (of those who
    came to this stage the part that came no further: who has sent the form has not left it, however few steps it had;
    missing of the last).
    """
    known = marks[marks["mark"].isin(_ORDER)]
    found = known.groupby([*by, "mark", "value"], as_index=False)["count"].sum()
    found = found.assign(order=found["mark"].map(_ORDER)).sort_values([*by, "order", "value"], ignore_index=True)
    people = in_steps(found["count"]).astype(np.int64)
    found = found.assign(people=people).rename(columns={"mark": "stage", "value": "step"})
    cell = found.groupby(list(by), sort=False).ngroup() if by else Series(0, index=found.index)
    opened, sent = (_of(found, stage).groupby(cell).transform("max") for stage in (OPENED, FINISHED))
    after = found["people"].groupby(cell).shift(-1)
    going_on = np.maximum(after, sent.fillna(0)).where(after.notna())
    here = found["people"].where(found["people"] > 0).astype(float)
    share = (found["people"] / opened.where(opened > 0)).clip(upper=1.0)
    left = ((here - going_on) / here).clip(lower=0.0)
    return found.assign(share=share.astype(float), left=left)[[*by, "stage", "step", "people", "share", "left"]]


def _of(found: DataFrame, stage: str) -> Series:
    return found["people"].where(found["stage"] == stage)


def minutes(marks: DataFrame, by: Sequence[str]) -> DataFrame:
    """How long the form took those who sent it, for each cell of `by`.

    marks: as `stages` takes them. Returns by..., people (in steps of five), low50, median, high50 (in minutes, to the
    half: a quarter took less than low50 and a quarter more than high50), counts (minutes in words -> people in steps of
    five, neighbours joined until five stand for each). Nothing for a cell of fewer than five.
    """
    timed = marks[marks["mark"] == SECONDS]
    found = timed.groupby([*by, "value"], as_index=False)["count"].sum()
    rows = []
    for cell, part in found.groupby(list(by)):
        number = int(part["count"].sum())
        if number < BY:
            continue
        middle = (part["value"].to_numpy(dtype=float) - BUCKET / 2) / 60
        count = part["count"].to_numpy(dtype=np.int64)
        quartiles = [_at_half(middle[np.searchsorted(count.cumsum(), share * number)]) for share in (0.25, 0.5, 0.75)]
        rows.append((*cell, number // BY * BY, *quartiles, spread_of(middle, count)))
    return DataFrame(rows, columns=[*by, "people", "low50", "median", "high50", "counts"])


def spread_of(minutes: np.ndarray, count: np.ndarray) -> dict[str, int]:
    """How many took how long, in words; neighbours joined until at least five stand for each, and counts in fives.

    >>> spread_of(np.array([0.5, 2.5, 4.0, 40.0]), np.array([3, 4, 6, 1]))
    {'up to 3': 5, 'more than 3': 5}
    """
    within = np.bincount(np.searchsorted(BOUNDS, minutes), weights=count, minlength=len(BOUNDS) + 1).astype(np.int64)
    edges, counts = [0], [0]
    for bound, number in zip((*BOUNDS, None), within.tolist(), strict=True):
        counts[-1] += number
        if bound is not None and counts[-1] >= BY:
            edges.append(bound)
            counts.append(0)
    if counts[-1] < BY and len(counts) > 1:
        last = counts.pop()
        edges.pop()
        counts[-1] += last
    words = [f"{low} to {high}" if low else f"up to {high}" for low, high in pairwise(edges)]
    words.append(f"more than {edges[-1]}" if edges[-1] else "any time")
    return {word: number // BY * BY for word, number in zip(words, counts, strict=True)}


def _at_half(minutes: float) -> float:
    return max(0.5, round(minutes * 2) / 2)
