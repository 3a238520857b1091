"""Whether results can be told apart, and whether those who gave them agree: reliability, in numbers and in words."""

import numpy as np
from pandas import DataFrame, factorize

NOT_DISTINGUISHABLE, TIERS, RANKS = "not distinguishable", "tiers", "ranks"
TIERS_FROM, RANKS_ABOVE = 0.5, 0.7
"""From the first on things may be shown in tiers, above the second in ranks with their intervals."""
AGREE = 0.5
"""Raters agree from this rwg on; below, their mean speaks for few. Source: LeBreton and Senter (2008), Organizational
Research Methods 11, 815-852, who call .51 to .70 moderate."""
CHANCE = 0.05
LEAST_RATERS = 2
"""A part of the raters with fewer says nothing of how far that part agrees."""
AT_ONCE = 1_000_000
"""So many draws times items are held at once."""
LEVELS = ("nominal", "ordinal", "interval", "ratio")


ROUNDING = 1e-12
"""A sum of squares that is less than this part of all of them is none."""


def in_words(reliability: float) -> str:
    """What may be shown at this reliability (up to 1). Not known is not distinguishable.

    >>> in_words(0.49), in_words(0.5), in_words(0.7), in_words(0.71), in_words(float("nan"))
    ('not distinguishable', 'tiers', 'tiers', 'ranks', 'not distinguishable')
    """
    if reliability > RANKS_ABOVE:
        return RANKS
    return TIERS if reliability >= TIERS_FROM else NOT_DISTINGUISHABLE


def cronbach_alpha(scores: DataFrame) -> float:
    """How well the items of one scale agree, at most 1.

    scores: one row a respondent, one column an item, all turned the same way; incomplete rows are left out. NaN for
    fewer than two items, or when nobody differs. Source: Cronbach (1951), Psychometrika 16, 297-334.

    >>> round(cronbach_alpha(DataFrame({"clear": [1, 3, 5], "useful": [2, 3, 4]})), 2)
    0.89
    """
    complete = scores.dropna().to_numpy(dtype=float)
    people, items = complete.shape
    whole = complete.sum(axis=1).var(ddof=1) if people > 1 else 0.0
    if items < 2 or not whole > 0:
        return float("nan")
    return float(items / (items - 1) * (1 - complete.var(axis=0, ddof=1).sum() / whole))


def item_rest(scores: DataFrame) -> dict[str, float]:
    """Of each item its correlation with the sum of the others; NaN where either does not differ. scores: as above."""
    complete = scores.dropna()
    values = complete.to_numpy(dtype=float)
    found = {}
    for place, name in enumerate(complete.columns):
        pair = np.array([values[:, place], values.sum(axis=1) - values[:, place]])
        differs = values.shape[0] > 1 and (np.ptp(pair, axis=1) > 0).all()
        found[str(name)] = float(np.corrcoef(pair)[0, 1]) if differs else float("nan")
    return found


def icc(scores: DataFrame) -> dict[str, float]:
    """The six intraclass correlations of targets rated by the same raters: "ICC(1,1)" to "ICC(3,k)".

    scores: one row a target, one column a rater; incomplete rows are left out. 1: raters differ from target to target;
    2: they are a sample of raters; 3: they are all there are; k: of the mean of all of them. At most 1, below 0 where
    targets differ less than chance. NaN with fewer than two targets or raters, or where nothing differs.
    Source: Shrout and Fleiss (1979), Psychological Bulletin 86, 420-428.
    """
    values = scores.dropna().to_numpy(dtype=float)
    n, k = values.shape
    names = [f"ICC({kind},{of})" for of in ("1", "k") for kind in (1, 2, 3)]
    if n < 2 or k < 2 or np.ptp(values) == 0:
        return dict.fromkeys(names, float("nan"))
    middle = values.mean()
    between = k * ((values.mean(axis=1) - middle) ** 2).sum()
    judges = n * ((values.mean(axis=0) - middle) ** 2).sum()
    within = ((values - values.mean(axis=1, keepdims=True)) ** 2).sum()
    bms, jms, wms = between / (n - 1), judges / (k - 1), within / (n * (k - 1))
    ems = max(within - judges, 0.0) / ((n - 1) * (k - 1))
    parts = [
        (bms - wms, bms + (k - 1) * wms),
        (bms - ems, bms + (k - 1) * ems + k * (jms - ems) / n),
        (bms - ems, bms + (k - 1) * ems),
        (bms - wms, bms),
        (bms - ems, bms + (jms - ems) / n),
        (bms - ems, bms),
    ]
    nothing = ROUNDING * (bms + jms + wms)
    return {
        name: float(part / whole) if whole > nothing else float("nan")
        for name, (part, whole) in zip(names, parts, strict=True)
    }


def rwg(variance: float, steps: int) -> float:
    """How far raters of one thing agree: 1 all the same, 0 as if each had answered at random, or worse.

    variance: of their scores (of a sample); steps: how many values the scale has, one apart. NaN stays NaN.
    Source: James, Demaree and Wolf (1984), Journal of Applied Psychology 69, 85-98; against the uniform null.

    >>> rwg(0.5, 5), rwg(3.0, 5)
    (0.75, 0.0)
    """
    if steps < 2:
        raise ValueError(f"a scale of {steps} steps cannot be disagreed on; allowed are 2 or more")
    return float(np.clip(1 - variance / ((steps**2 - 1) / 12), 0, 1))


def disagreement(ratings: DataFrame, by: str, steps: int, *, draws: int = 999, seed: int = 0) -> DataFrame:
    """Where raters disagree on an item, and whether a column (such as their sector) says why.

    ratings: item, score (whole steps), the column `by`; with `people` a row stands for so many equal ratings. Rows
    without one of them are left out. With `organisation` (missing: each rating by itself) the ratings of one need not
    be independent: it has its kind as a whole. steps: how many values the scale has.
    Returns one row an item, least agreed first: item, n (ratings), mean, rwg, rwg_within (agreement among those who
    share `by`; of those with two or more of a kind), parts (kinds with two or more), explained (0-1, the share of the
    variance that lies between the kinds, corrected for their number: epsilon squared), chance (how often kinds shuffled
    over the organisations explain as much; Phipson and Smyth 2010), split (True where they disagree, and the kinds
    explain it beyond chance: show each kind, not the mean). NaN: rwg of fewer than two ratings; rwg_within, explained
    and chance where fewer than two kinds have two raters. Chances are held against .05 at the rate of Benjamini and
    Hochberg (1995).
    """
    told = ratings.dropna(subset=["item", "score", by])
    weight = told["people"].to_numpy(dtype=int) if "people" in told else np.ones(len(told), dtype=int)
    rows = (
        told.loc[told.index.repeat(weight)]
        if told.index.is_unique
        else told.reset_index(drop=True).loc[np.repeat(np.arange(len(told)), weight)]
    )
    random = np.random.default_rng(seed)
    found = []
    for item, of_it in rows.groupby("item", observed=True, sort=True):
        score, kind = of_it["score"].to_numpy(dtype=float), factorize(of_it[by])[0]
        found.append({"item": item} | _of_item(score, kind, _houses(of_it), steps, random, draws))
    columns = ["item", "n", "mean", "rwg", "rwg_within", "parts", "explained", "chance"]
    table = DataFrame(found, columns=columns)
    doubtful = (table["rwg"] < AGREE) & table["chance"].notna()
    table["split"] = doubtful & _beyond_chance(table["chance"].where(doubtful).to_numpy(dtype=float))
    return table.sort_values(["rwg", "item"], kind="stable", ignore_index=True)


def _houses(rows: DataFrame) -> np.ndarray:
    """The number of each row's organisation; each row its own where that is not known."""
    code = factorize(rows["organisation"])[0] if "organisation" in rows else np.full(len(rows), -1)
    return np.where(code < 0, len(rows) + np.arange(len(rows)), code)


def _of_item(
    score: np.ndarray, kind: np.ndarray, house: np.ndarray, steps: int, random: np.random.Generator, draws: int
) -> dict:
    none = float("nan")
    found = {"n": len(score), "mean": float(score.mean()), "rwg": none, "rwg_within": none, "parts": 0}
    found |= {"explained": none, "chance": none}
    if len(score) < LEAST_RATERS:
        return found
    found["rwg"] = rwg(float(score.var(ddof=1)), steps)
    kept = (np.bincount(kind) >= LEAST_RATERS)[kind]
    score, kind, house = score[kept], factorize(kind[kept])[0], house[kept]
    parts = int(kind.max(initial=-1)) + 1
    found["parts"] = parts
    if parts < 2:
        return found
    whole = float(((score - score.mean()) ** 2).sum())
    total, often, of = _by_house(score, kind, house)
    within = whole - float(_between(total, often, of[None, :])[0])
    found["rwg_within"] = rwg(within / (len(score) - parts), steps)
    if whole == 0:
        return found | {"explained": 0.0, "chance": 1.0}
    found["explained"] = float(np.clip(1 - within / (len(score) - parts) * (len(score) - 1) / whole, 0, 1))
    shuffled = _between(total, often, random.permuted(np.tile(of, (draws, 1)), axis=1))
    found["chance"] = float((1 + (shuffled >= whole - within - 1e-9).sum()) / (1 + draws))
    return found


def _by_house(score: np.ndarray, kind: np.ndarray, house: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each organisation its sum of scores, how many they are, and its kind (one of two kinds counts as two)."""
    parts = int(kind.max()) + 1
    known, place = np.unique(house * parts + kind, return_inverse=True)
    return np.bincount(place, weights=score), np.bincount(place).astype(float), known % parts


def _between(total: np.ndarray, often: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Of each row of kinds of organisations (draws x organisations) the sum of squares between kinds."""
    found = np.full(len(kinds), -(total.sum() ** 2) / often.sum())
    for one in range(int(kinds.max()) + 1):
        of_it = (kinds == one).astype(float)
        found += (of_it @ total) ** 2 / (of_it @ often)
    return found


def _beyond_chance(chances: np.ndarray) -> np.ndarray:
    known = np.flatnonzero(np.isfinite(chances))
    order = known[np.argsort(chances[known], kind="stable")]
    passed = chances[order] <= CHANCE * np.arange(1, len(order) + 1) / max(len(order), 1)
    holds = np.zeros(len(chances), dtype=bool)
    if passed.any():
        holds[order[: int(np.flatnonzero(passed)[-1]) + 1]] = True
    return holds


def krippendorff(ratings: DataFrame, level: str = "ordinal") -> float:
    """How far raters agree beyond chance, whoever they are and however many rated each thing: Krippendorff's alpha.

    ratings: item, score; with `people` a row stands for so many raters who gave an item that score. Rows without one of
    them are left out, and items only one rated. level: one of LEVELS, what the distance between two scores means (ratio
    scores must not be below 0).
    Returns at most 1; 0 is what chance gives; NaN where no item was rated twice, or all scores are the same.
    Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability.

    >>> krippendorff(DataFrame({"item": [1, 1, 2, 2], "score": [3, 3, 1, 1]}))
    1.0
    """
    if level not in LEVELS:
        raise ValueError(f"level {level!r} is not known; allowed: {', '.join(LEVELS)}")
    counts, values = _counted(ratings)
    return _alpha(counts, _apart(counts, values, level))


def krippendorff_between(
    ratings: DataFrame, level: str = "ordinal", *, draws: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """The 90% interval of `krippendorff`, by drawing items anew (bootstrap); NaN where it says nothing, or of fewer
    than five items rated twice."""
    if level not in LEVELS:
        raise ValueError(f"level {level!r} is not known; allowed: {', '.join(LEVELS)}")
    counts, values = _counted(ratings)
    if len(counts) < 5 or np.isnan(_alpha(counts, _apart(counts, values, level))):
        return float("nan"), float("nan")
    random, found = np.random.default_rng(seed), list[float]()
    at_once = max(1, AT_ONCE // len(counts))
    for first in range(0, draws, at_once):
        rows = random.integers(len(counts), size=(min(at_once, draws - first), len(counts)))
        found += _alphas(counts, values, level, rows)
    known = [each for each in found if not np.isnan(each)]
    low, high = np.quantile(known, [0.05, 0.95]) if known else (np.nan, np.nan)
    return float(low), float(high)


def _alphas(counts: np.ndarray, values: np.ndarray, level: str, rows: np.ndarray) -> list[float]:
    """Alpha of each draw of items. rows: draws x the items drawn, again and again."""
    weights = np.array([np.bincount(drawn, minlength=len(counts)) for drawn in rows], dtype=float)
    raters = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :] / (raters - 1)[:, None, None]
    size = counts.shape[1]
    together = (weights @ pairs.reshape(len(counts), -1)).reshape(-1, size, size)
    often = weights @ counts
    apart = np.array([_apart(each[None, :], values, level) for each in often])
    total = often.sum(axis=1)
    by_chance = (apart * often[:, :, None] * often[:, None, :]).sum(axis=(1, 2)) / (total - 1)
    seen = (apart * together).sum(axis=(1, 2))
    known = by_chance > 0
    return np.where(known, 1 - np.divide(seen, by_chance, out=np.zeros_like(seen), where=known), np.nan).tolist()


def _counted(ratings: DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Items rated twice or more x values: how many gave it; and the values, lowest first."""
    told = ratings.dropna(subset=["item", "score"])
    item, value = factorize(told["item"])[0], told["score"].to_numpy(dtype=float)
    values, place = np.unique(value, return_inverse=True)
    weight = told["people"].to_numpy(dtype=float) if "people" in told else np.ones(len(told))
    counts = np.zeros((int(item.max(initial=-1)) + 1, len(values)))
    np.add.at(counts, (item, place), weight)
    return counts[counts.sum(axis=1) >= 2], values


def _apart(counts: np.ndarray, values: np.ndarray, level: str) -> np.ndarray:
    """The squared distance of any two values."""
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "ordinal":
        often = counts.sum(axis=0)
        rank = np.cumsum(often) - often / 2
        return (rank[:, None] - rank[None, :]) ** 2
    apart = (values[:, None] - values[None, :]) ** 2
    if level == "interval":
        return apart
    if (values < 0).any():
        raise ValueError(f"{values.min():g} is below 0, so the level cannot be ratio; interval can")
    whole = values[:, None] + values[None, :]
    return np.divide(apart, whole**2, out=np.zeros_like(apart), where=whole > 0)


def _alpha(counts: np.ndarray, apart: np.ndarray) -> float:
    raters, often = counts.sum(axis=1), counts.sum(axis=0)
    total = often.sum()
    by_chance = often @ apart @ often / (total - 1) if total > 1 else 0.0
    if not by_chance > 0:
        return float("nan")
    seen = (((counts @ apart) * counts).sum(axis=1) / (raters - 1)).sum()
    return float(1 - seen / by_chance)
