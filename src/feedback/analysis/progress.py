"""What changed since last time, and whether an action did what was promised; and how much could have been seen at all.

Both look at the difference to the shrunk baseline (shrinkage.draw_together): what was worst last time is partly so by
chance, and gets better without anybody's doing; the shrunk baseline has that taken out.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from pandas import DataFrame, Series
from scipy.special import ndtri, stdtr, stdtrit

from feedback.analysis.discoveries import RATE, discovered, next_one
from feedback.analysis.shrinkage import draw_together, usual_errors

CHANGED, UNSEEN, UNNAMED, OTHER_VERSION, TOO_FEW, ALL_ALIKE = (
    "changed", "no change seen", "not named", "another version", "too few", "all alike",
)  # fmt: skip
"""States of a line. A line nobody named beforehand is shown, and never called changed."""
POWER = 0.80
LEVEL = 0.90
FEWEST = 2
WORKED, NO_EVIDENCE, DID_NOT = "worked", "no evidence yet", "did not"
LEAST_UNTOUCHED = 3
"""So many comparable lines it takes to know what changes without the action."""
NEEDED = ("id", "version_before", "n_before", "mean_before", "sd_before", "version", "n", "mean", "sd")


@dataclass(frozen=True)
class Effect:
    """What became of what an action was to change. Numbers in the unit of the measure; more is better.

    verdict: "worked" where the whole 90% interval of the effect is above 0; "did not" where it is below what was
    expected (below 0, where nothing was); else "no evidence yet", also where nothing can be said: then `why` is
    "another version", "too few" or "all alike", and the numbers are None.
    effect, low, high: beyond what would have happened anyway. change: since the shrunk baseline. drift: how far the
    untouched lines moved on average, None with fewer than three (untouched); then the effect is the change itself.
    smallest: the effect that would have been seen four times of five.
    """

    verdict: str
    why: str = ""
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    change: float | None = None
    drift: float | None = None
    untouched: int = 0
    smallest: float | None = None


def what_changed(lines: DataFrame, *, rate: float = RATE, power: float = POWER, together: float = 0.0) -> DataFrame:
    """Each line's change since last time, with its doubt; of those named beforehand, which changed beyond chance.

    lines: one row a measure, not changed, with NEEDED: id, then version (of the questionnaire), n (people), mean and sd
    (of a sample) of their answers, last time (..._before) and now; other people each time. Maybe `named` (True where
    the line was named before anybody looked; else all are: name few) and `family` (lines of one scale that may be drawn
    together; else all are). together: see effect_of.
    Returns the lines in their order with: state; baseline, baseline_sd (last time, drawn together); difference (now
    less baseline), low, high (90% interval); p (two-sided; of named lines only); smallest (the least change that would
    have been seen with chance `power`, stated beside "no change seen"). Numbers are missing where versions differ or
    fewer than two people answered either time, or in a whole family all answers of a time are one and the same ("all
    alike": how far answers spread by chance is not known): these are not compared.
    Flags: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300, at `rate`.
    """
    found = _compared(lines, together)
    named = lines["named"].to_numpy(dtype=bool) if "named" in lines else np.ones(len(lines), dtype=bool)
    told = found["difference"].notna().to_numpy()
    error, freedom = (found[name].to_numpy() for name in ("error", "freedom"))
    with np.errstate(invalid="ignore"):
        p = np.where(named & told, 2 * stdtr(freedom, -np.abs(found["difference"].to_numpy()) / error), np.nan)
    threshold = next_one(p, rate)
    state = np.where(told, np.where(named, np.where(discovered(p, rate), CHANGED, UNSEEN), UNNAMED), found["state"])
    seen = (stdtrit(freedom, 1 - threshold / 2) + ndtri(power)) * error
    return lines.assign(
        state=state,
        **{name: found[name].to_numpy() for name in ("baseline", "baseline_sd", "difference", "low", "high")},
        p=p,
        smallest=np.where(told, seen, np.nan),
    )


def effect_of(lines: DataFrame, touched: Hashable, *, expected: float | None = None, together: float = 0.0) -> Effect:
    """Whether what an action was to change did change, against the shrunk baseline and comparable untouched lines.

    lines: as for what_changed: the touched one (its `id`) and comparable ones no action touched, turned so that more
    is better. expected: the effect written down beforehand, above 0. together: how far two lines
    of a time go together because the same people answered them (0-1: the correlation of their answers, as
    drivers.Pooled.together; 0 where other people did). What is common to them is then no sign of chance in one.
    ValueError where the line is not there just once, or expected is not above 0.
    """
    if (lines["id"] == touched).sum() != 1:
        raise ValueError(f"{touched!r} must be one line; found {int((lines['id'] == touched).sum())}")
    if expected is not None and not expected > 0:
        raise ValueError(f"expected is {expected!r}; turn the measure so that more is better")
    found = _compared(lines, together)
    own = found[(lines["id"] == touched).to_numpy()].iloc[0]
    if own["state"]:
        return Effect(NO_EVIDENCE, str(own["state"]))
    others = found[(lines["id"] != touched).to_numpy() & (found["state"] == "").to_numpy()]
    change, error, freedom, drift = float(own["difference"]), float(own["error"]), float(own["freedom"]), None
    effect = change
    if len(others) >= LEAST_UNTOUCHED:
        drift = float(others["difference"].mean())
        effect = change - drift
        error, freedom = _contrast(own, others)
    half = float(stdtrit(freedom, (1 + LEVEL) / 2)) * error
    low, high = effect - half, effect + half
    verdict = WORKED if low > 0 else DID_NOT if high < (expected or 0.0) else NO_EVIDENCE
    smallest = float(stdtrit(freedom, (1 + LEVEL) / 2) + ndtri(POWER)) * error
    return Effect(verdict, "", effect, low, high, change, drift, len(others), smallest)


def _contrast(own: Series, others: DataFrame) -> tuple[float, float]:
    """The sd of one line less the mean of the others, of their errors and of how far lines move by themselves; and its
    degrees of freedom (Satterthwaite)."""
    moved, errors = others["difference"].to_numpy(), np.append(own["error"], others["error"])
    shared = np.append(own["shared"], others["shared"])
    both = np.where(np.eye(len(errors), dtype=bool), errors**2, np.outer(shared, shared))
    count = len(moved)
    by_chance = float(np.sum((np.eye(count) - 1 / count) * both[1:, 1:]))
    alone = max(float(((moved - moved.mean()) ** 2).sum()) - by_chance, 0.0) / (count - 1) * (1 + 1 / count)
    less = np.append(1.0, np.full(count, -1 / count))
    noise = float(less @ both @ less)
    freedom = (noise + alone) ** 2 / (noise**2 / float(own["freedom"]) + alone**2 / (count - 1))
    return sqrt(noise + alone), freedom


def _compared(lines: DataFrame, together: float) -> DataFrame:
    """state ("" where comparable), baseline, baseline_sd, difference, low, high, error, freedom, shared (the part of
    the error that lines of the same people have in common); one row a line."""
    if not 0 <= together < 1:
        raise ValueError(f"together is {together!r}; allowed is 0 to below 1")
    missing = [name for name in NEEDED if name not in lines]
    if missing:
        raise ValueError(f"lines have no column {', '.join(missing)}")
    names = ("baseline", "baseline_sd", "difference", "low", "high", "error", "freedom", "shared")
    found = DataFrame(np.nan, index=range(len(lines)), columns=list(names))
    told = lines.reset_index(drop=True)
    few = ~(_enough(told, "_before") & _enough(told, ""))
    other = told["version_before"].to_numpy() != told["version"].to_numpy()
    found["state"] = np.where(other, OTHER_VERSION, np.where(few, TOO_FEW, ""))
    family = told["family"] if "family" in told else Series(0, index=told.index)
    for _, part in told[~few].groupby(family[~few]):
        spread = np.concatenate([part["sd_before"], part["sd"]]).astype(float)
        if not (spread > 0).any():
            found.loc[part.index, "state"] = np.where(other[part.index], OTHER_VERSION, ALL_ALIKE)
            continue
        errors, freedoms = usual_errors(np.concatenate([part["n_before"], part["n"]]), spread)
        before, now, freedom = errors[: len(part)], errors[len(part) :], freedoms[len(part) :]
        drawn = draw_together(part["mean_before"], before * sqrt(1 - together))
        doubt = np.sqrt(drawn.sd**2 + together * before**2)
        error = np.sqrt(now**2 + doubt**2)
        difference = part["mean"].to_numpy(dtype=float) - drawn.mean
        free = freedom * (error / now) ** 4
        half = stdtrit(free, (1 + LEVEL) / 2) * error
        shared = np.sqrt(together * (now**2 + before**2))
        table = (drawn.mean, doubt, difference, difference - half, difference + half, error, free, shared)
        found.loc[part.index, list(names)] = np.column_stack(table)
    found.loc[other, list(names)] = np.nan
    return found


def _enough(lines: DataFrame, when: str) -> np.ndarray:
    numbers = lines[[f"mean{when}", f"sd{when}"]].to_numpy(dtype=float)
    return (lines[f"n{when}"].to_numpy(dtype=float) >= FEWEST) & np.isfinite(numbers).all(axis=1)
