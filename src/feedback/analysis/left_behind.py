"""Whether some groups fall behind others: in one measure, group against the rest, with units that differ by themselves.

A group is made of credentials (of a discipline, a kind, a level), and two credentials differ even where their groups do
not; so the units are the credentials, and not the people in them. Where a credential is in several groups (delivered in
several ways), it is compared with itself.
"""

import numpy as np
from pandas import DataFrame, Series
from scipy.special import stdtr, stdtrit

from feedback.analysis.shrinkage import draw_together

RATE = 0.1
"""So large a part of the groups named may be there by chance."""
COLUMNS = (
    "group", "units", "people", "share", "estimate", "low", "high", "difference", "difference_low", "difference_high",
    "p",
)  # fmt: skip


def compare_groups(cells: DataFrame) -> DataFrame:
    """Each group against the others of one split.

    cells: one row a credential and group: unit (the credential), group, people, hits (of these). Where some units are
    in several groups, only these are compared, each with itself; else groups are, credential by credential.
    Returns one row a group (COLUMNS): units, people, share (as counted), estimate, low, high (90%: the group's level
    between its credentials, drawn towards that of the others where little is known), difference (of the group's level
    from that of the others, -1 to 1) with its 90% interval, p (two-sided, by Student's t). The comparison is NaN where
    the credentials are too few to know how much they differ by themselves.
    Sources: DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177-188, with t in place of the normal.
    """
    table = cells[cells["people"] > 0].reset_index(drop=True)
    if table.empty:
        return DataFrame({name: Series(dtype=object if name == "group" else float) for name in COLUMNS})
    people, hits = (table[name].to_numpy(dtype=float) for name in ("people", "hits"))
    share = (hits + 0.5) / (people + 1)  # nobody and everybody are not certain
    noise = share * (1 - share) / people
    codes, names = table["group"].astype(str).factorize(sort=True)
    unit = table["unit"].astype(str).factorize()[0]
    crossed = np.bincount(unit).max() > 1
    found = _levels(codes, share, noise, len(names))
    pairs = _with_themselves(codes, unit, share, noise, len(names)) if crossed else _with_others(found, codes)
    summed = table.groupby(codes)[["people", "hits"]].sum()
    drawn = draw_together(found["level"], found["error"])
    rows = DataFrame({"group": names, "units": np.bincount(codes), **pairs})
    return rows.assign(
        people=summed["people"].to_numpy(),
        share=(summed["hits"] / summed["people"]).to_numpy(),
        estimate=drawn.mean,
        low=np.clip(drawn.mean - 1.645 * drawn.sd, 0, 1),
        high=np.clip(drawn.mean + 1.645 * drawn.sd, 0, 1),
    )[list(COLUMNS)]


def _levels(codes: np.ndarray, share: np.ndarray, noise: np.ndarray, many: int) -> dict[str, np.ndarray]:
    """The level of each group and its standard error: credentials differ within groups, equally much in each."""
    spread = _spread(codes, share, noise, many)
    weight = 1 / (noise + spread)
    total = np.bincount(codes, weights=weight, minlength=many)
    level = np.bincount(codes, weights=weight * share, minlength=many) / total
    return {"level": level, "error": np.sqrt(1 / total), "weight": total}


def _spread(codes: np.ndarray, share: np.ndarray, noise: np.ndarray, many: int) -> float:
    """How much credentials of one group differ by themselves, as a variance."""
    weight = 1 / noise
    total = np.bincount(codes, weights=weight, minlength=many)
    level = np.bincount(codes, weights=weight * share, minlength=many) / total
    excess = float(weight @ (share - level[codes]) ** 2) - (len(share) - many)
    room = float(weight.sum() - (np.bincount(codes, weights=weight**2, minlength=many) / total).sum())
    return max(0.0, excess / room) if room > 0 else 0.0


def _with_others(found: dict[str, np.ndarray], codes: np.ndarray) -> dict[str, np.ndarray]:
    """Each group's level against that of all others together."""
    level, weight = found["level"], found["weight"]
    rest = weight.sum() - weight
    with np.errstate(invalid="ignore", divide="ignore"):
        others = (weight @ level - weight * level) / rest
        error = np.sqrt(1 / weight + 1 / rest)
    freedom = np.full(len(level), float(len(codes) - len(level)))
    return _tested(np.where(rest > 0, level - others, np.nan), error, freedom)


def _with_themselves(
    codes: np.ndarray, unit: np.ndarray, share: np.ndarray, noise: np.ndarray, many: int
) -> dict[str, np.ndarray]:
    """Each group against the other groups of the same credentials."""
    difference, error, freedom = (np.full(many, np.nan) for _ in range(3))
    for group in range(many):
        mine = np.flatnonzero(codes == group)
        gaps, doubts = [], []
        for at in mine:
            others = np.flatnonzero((unit == unit[at]) & (codes != group))
            if len(others):
                gaps.append(share[at] - share[others].mean())
                doubts.append(noise[at] + noise[others].sum() / len(others) ** 2)
        if len(gaps) > 1:
            gap, doubt = np.array(gaps), np.array(doubts)
            one = np.zeros(len(gap), dtype=int)
            found = _levels(one, gap, doubt, 1)
            difference[group], error[group], freedom[group] = found["level"][0], found["error"][0], len(gap) - 1
    return _tested(difference, error, freedom)


def _tested(difference: np.ndarray, error: np.ndarray, freedom: np.ndarray) -> dict[str, np.ndarray]:
    """Differences with 90% intervals and p; NaN where nothing is left to tell chance by."""
    known = np.isfinite(difference) & (error > 0) & (freedom > 0)
    difference, error = np.where(known, difference, np.nan), np.where(known, error, np.nan)
    freedom = np.where(known, freedom, 1.0)
    half = stdtrit(freedom, 0.95) * error
    return {
        "difference": difference,
        "difference_low": difference - half,
        "difference_high": difference + half,
        "p": 2 * stdtr(freedom, -np.abs(difference / error)),
    }
