"""What to change first: one list of lines from all witnesses, by what changing each is expected to gain.

gain = importance x gap x reach. Importance: how closely the thing goes with the outcome (drivers.pooled_drivers,
`share`). Gap: how far it falls short of the target, as a part of the scale. Reach: for what share of people. All are
known with doubt, so places are chances: P(among the top three).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from pandas import DataFrame, factorize
from scipy.special import ndtr

TOP = 3
DRAWS = 2000
NUMBERS = ("importance", "importance_sd", "gap", "gap_sd", "reach")
EQUAL, DRIVERS, EMPLOYERS = "equal", "drivers", "employers"
WEIGHTINGS = (EQUAL, DRIVERS, EMPLOYERS)
"""Every line as important as the others; as given; as employers say."""


@dataclass(frozen=True)
class Stability:
    """Whether the list says the same whatever importance rests on.

    tops: for each weighting its first lines (by `change`, best first); "employers" is missing where employers weighed
    nothing.
    """

    tops: Mapping[str, tuple[str, ...]]


def rank_changes(lines: DataFrame, *, top: int = TOP, draws: int = DRAWS, seed: int = 0) -> DataFrame:
    """The list, best first: one row a change, with what it is expected to gain, and how sure its place is.

    lines: one row a line of evidence, not changed: id, source (a witness, or a kind of evidence), importance (0 or
    more) and importance_sd, gap (of the scale; below 0 where the target is passed) and gap_sd, reach (0-1); maybe
    `change`: lines with the same one speak of the same thing and become one row (their id is it where it is absent);
    and `loss`: how much smaller the gap would be without the five answers that speak most for it.
    The gain of several lines is their mean: witnesses who agree make it surer, not larger. What is above its target
    gains nothing. In the draws importance is lognormal, and the gap normal.
    Returns change, sources (sorted, joined by ", "), lines (how many), gain (expected; 0 to importance), low, high (90%
    interval), p_top (chance of being among the `top`; ties share), survives (True where it is among the `top`, and
    would be without the five answers to each of its lines that speak most for it, the others as they are, so that five
    less of another may still put that one before it; only with `loss`). Ties in gain by name. The order of lines
    changes nothing. ValueError where a number is missing or out of range.
    """
    lines = _sorted(lines)
    whose, changes = factorize(lines["change"])
    drawn = _mean_of(_draw(lines, draws, seed), whose)
    low, high = np.quantile(drawn, [0.05, 0.95], axis=1)
    said = lines.groupby("change", sort=True)["source"]
    gain = _gain(lines, whose)
    table = DataFrame(
        {
            "change": np.asarray(changes, dtype=str),
            "sources": said.agg(lambda each: ", ".join(sorted(set(each)))).to_numpy(),
            "lines": said.size().to_numpy(dtype=np.int64),
            "gain": gain,
            "low": low,
            "high": high,
            "p_top": _among(drawn, top),
        }
    )
    if "loss" in lines:
        less = _gain(lines.assign(gap=lines["gap"] - lines["loss"]), whose)
        table["survives"] = _keeps(gain, less, top)
    return table.sort_values(["gain", "change"], ascending=[False, True], ignore_index=True)


def stability(lines: DataFrame, *, top: int = TOP) -> Stability:
    """Whether the first lines stay so under three weightings: equal, drivers (importance as given), employers.

    lines: as for rank_changes; the column `employers` (0 or more, missing where they were not asked) may be absent.
    Lines employers did not weigh count as much as those they did, on average.
    """
    lines = _sorted(lines)
    given = lines["importance"].to_numpy(dtype=float)
    weights = {EQUAL: np.ones(len(lines)), DRIVERS: given}
    said = lines["employers"].to_numpy(dtype=float) if "employers" in lines else np.full(len(lines), np.nan)
    if not np.isnan(said).all():
        weights[EMPLOYERS] = np.where(np.isnan(said), np.nanmean(said), said)
    whose, changes = factorize(lines["change"])
    tops = {}
    for name in WEIGHTINGS:
        if name in weights:
            gain = _mean_of(_expected(lines, weights[name]), whose)
            tops[name] = tuple(str(changes[at]) for at in np.lexsort((np.arange(len(gain)), -gain))[:top])
    return Stability(tops)


def _gain(lines: DataFrame, whose: np.ndarray) -> np.ndarray:
    """The expected gain of each change."""
    return _mean_of(_expected(lines, lines["importance"].to_numpy(dtype=float)), whose)


def _keeps(gain: np.ndarray, less: np.ndarray, top: int) -> np.ndarray:
    """Which are among the `top`, and would be with the lesser gain, the others having theirs."""
    order = np.lexsort((np.arange(len(gain)), -gain))
    among = np.zeros(len(gain), dtype=bool)
    among[order[:top]] = True
    return among & (less > gain[order[top]]) if len(gain) > top else among


def _sorted(lines: DataFrame) -> DataFrame:
    """The lines in an order of their own, checked, each with its `change`."""
    lines = lines.assign(change=lines["change"] if "change" in lines else lines["id"]).astype({"change": "str"})
    lines = lines.sort_values(["change", "id", "source"], kind="stable", ignore_index=True)
    numbers = lines[list(NUMBERS)].to_numpy(dtype=float)
    wrong = ~np.isfinite(numbers)
    wrong |= (numbers < 0) & (np.array(NUMBERS) != "gap")
    wrong[:, -1] |= numbers[:, -1] > 1
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        found = numbers[row, column]
        raise ValueError(
            f"line {lines['id'].iloc[row]!r}: {NUMBERS[column]} is {found:g}; allowed are numbers, "
            "of importance, sds and reach from 0, of reach to 1"
        )
    return lines


def _expected(lines: DataFrame, importance: np.ndarray) -> np.ndarray:
    """The expected gain of each line: of a normal gap only what is above 0 counts."""
    gap, sd, reach = (lines[name].to_numpy(dtype=float) for name in ("gap", "gap_sd", "reach"))
    steps = gap / np.where(sd > 0, sd, 1.0)
    above = gap * ndtr(steps) + sd * np.exp(-(steps**2) / 2) / np.sqrt(2 * np.pi)
    return importance * np.where(sd > 0, above, np.maximum(gap, 0.0)) * reach


def _draw(lines: DataFrame, draws: int, seed: int) -> np.ndarray:
    """Gains that may be true, (lines, draws)."""
    chance, size = np.random.default_rng(seed), (len(lines), draws)
    mean, doubt, gap, gap_sd, reach = (lines[name].to_numpy(dtype=np.float32)[:, None] for name in NUMBERS)
    spread = np.log1p((doubt / np.where(mean > 0, mean, 1)) ** 2)
    gain = chance.standard_normal(size, dtype=np.float32)
    np.exp(gain * np.sqrt(spread) - spread / 2, out=gain)
    short = chance.standard_normal(size, dtype=np.float32)
    short *= gap_sd
    short += gap
    np.maximum(short, 0, out=short)
    gain *= short
    gain *= mean * reach
    return gain


def _mean_of(values: np.ndarray, whose: np.ndarray) -> np.ndarray:
    """The mean over the lines of each change; `whose` rises from 0."""
    if not len(whose) or whose[-1] == len(whose) - 1:
        return values
    starts = np.flatnonzero(np.append(True, whose[1:] != whose[:-1]))
    count = np.diff(np.append(starts, len(whose)))
    return np.add.reduceat(values, starts, axis=0) / count.reshape(-1, *(1,) * (values.ndim - 1))


def _among(drawn: np.ndarray, top: int) -> np.ndarray:
    """How often each row is among the `top` largest of its column; those that are equal share the places left."""
    if len(drawn) <= top:
        return np.ones(len(drawn))
    last = np.partition(np.ascontiguousarray(drawn.T), len(drawn) - top, axis=1)[:, len(drawn) - top]
    above, even = drawn > last, drawn == last
    left = (top - above.sum(axis=0)) / even.sum(axis=0)
    return (above.sum(axis=1) + even @ left) / drawn.shape[1]
