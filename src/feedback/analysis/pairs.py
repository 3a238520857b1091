"""Which of several things are preferred, by choices of one of two: the model of Bradley and Terry, with ties."""

from collections.abc import Sequence

import numpy as np
from pandas import DataFrame, Index, concat, factorize, to_numeric
from scipy.sparse import coo_array, csr_array

from feedback.analysis.people import count_people
from feedback.analysis.preference import Preference, Stages, components, fit, ranked

SAME = 0.5
"""The outcome where neither is preferred."""
OUTCOMES = (0.0, SAME, 1.0)
SUMMARY = ("spread", "ties", "dispersion", "reliability")
"""What is said of the whole model, see preference.Preference."""


def choices_of(answers: DataFrame) -> DataFrame:
    """Counted answers to questions in pairs (item "a|b", number 1 where a was chosen, 0 where b was, 0.5 where neither)
    as choices: the same columns with `first`, `second` and `outcome`, and each pair's item written one way only.

    Rows whose item is no pair are left out.
    """
    pairs = answers[answers["item"].astype(str).str.count(r"\|") == 1]
    ends = pairs["item"].astype(str).str.split("|", expand=True).reindex(columns=[0, 1])
    first, second = ends[0].astype(str), ends[1].astype(str)
    item = np.where(first < second, first + "|" + second, second + "|" + first)
    return pairs.assign(item=item, first=first, second=second, outcome=pairs["number"])


def rank_pairs(
    choices: DataFrame, *, spread: float | None = None, draws: int = 2000, seed: int = 0, top: int = 3
) -> DataFrame:
    """Items in the order of how much they are preferred, each with its doubt.

    choices: one row a choice: first, second (what stood side by side), outcome (1 the first was chosen, 0 the second,
    0.5 neither); with `people` a row stands for so many equal choices. Rows that lack one of the three are left out; a
    pair put to somebody twice counts twice. With `rater` (else `organisation`) the choices of one rater need not be
    independent: where they are alike, all count for fewer. Where a column `organisation` (or `audience`) is there, its
    counts are added for the gate.
    Returns one row an item, best first (ties by item): item, n (choices it stood in), won (0-1, the share it won, a tie
    counts half), effect (log-odds, deviation from the mean of the items), sd, low, high (90% interval of effect),
    low50, high50 (50%), p_top (chance of being among the `top` best), tier (1 is best; see value.tiers), component
    (1 is the largest set of items joined by choices; items of different components are compared only through the
    assumption that both sets are alike). Its `attrs` hold the model's summary (SUMMARY). No choices: an empty table.
    Nothing is NaN: an item that always wins stays finite through the prior, which `spread` may set (see
    preference.fit).
    ValueError, naming the value, for an outcome beyond OUTCOMES, a thing beside itself, or people below 0.
    Sources: Bradley and Terry (1952), Biometrika 39, 324-345; ties: Davidson (1970), JASA 65, 317-328.
    """
    told = _told(choices)
    stages = _stages(told)
    found = fit(stages, spread=spread)
    weight, size = told["people"].to_numpy(dtype=float), len(stages.items)
    sides = [factorize_in(told[name], stages.items) for name in ("first", "second")]
    outcome = told["outcome"].to_numpy(dtype=float)
    n = sum(np.bincount(side, weights=weight, minlength=size) for side in sides)
    won = np.bincount(sides[0], weights=weight * outcome, minlength=size)
    won = won + np.bincount(sides[1], weights=weight * (1 - outcome), minlength=size)
    table = ranked(found.items, found.effects, found.covariance, top=top, draws=draws, seed=seed)
    table.insert(1, "n", np.rint(n).astype(np.int64) if size else np.zeros(0, dtype=np.int64))
    table.insert(2, "won", won / np.maximum(n, 1e-300))
    table = behind(table.assign(component=components(stages)), told, ("first", "second"))
    order = np.lexsort((np.arange(size), -found.effects))
    table = table.iloc[order].reset_index(drop=True)
    table.attrs.update({name: getattr(found, name) for name in SUMMARY})
    return table


def fit_pairs(choices: DataFrame, *, spread: float | None = None) -> Preference:
    """The model behind `rank_pairs`: items sorted by label, effects and their joint covariance. spread=inf is maximum
    likelihood, see preference.fit."""
    return fit(_stages(_told(choices)), spread=spread)


def _told(choices: DataFrame) -> DataFrame:
    """The rows that say something, with `people`; checked."""
    told = choices.dropna(subset=["first", "second", "outcome"])
    outcome = to_numeric(told["outcome"], errors="coerce").astype(float)
    strange = told.loc[~outcome.isin(OUTCOMES).to_numpy(dtype=bool), "outcome"]
    if len(strange):
        raise ValueError(f"outcome {strange.iloc[0]!r} is not known; allowed: 1 (the first), 0 (the second), 0.5")
    alone = told.loc[(told["first"].astype(object) == told["second"].astype(object)).to_numpy(dtype=bool), "first"]
    if len(alone):
        raise ValueError(f"{alone.iloc[0]!r} stands beside itself; a pair is of two different things")
    return one_by_one(told.assign(outcome=outcome, people=people_of(told)))


def people_of(table: DataFrame) -> np.ndarray:
    """How many equal choices each row stands for; ValueError where that is no number from 0."""
    if "people" not in table:
        return np.ones(len(table))
    people = to_numeric(table["people"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    wrong = ~(np.isfinite(people) & (people >= 0))
    if wrong.any():
        raise ValueError(f"people is {table['people'].iloc[int(np.argmax(wrong))]!r}; allowed is a number from 0")
    return people


def one_by_one(told: DataFrame) -> DataFrame:
    """The table with rows that name no rater written out, a row a choice, since whoever made them are raters of their
    own. Choices that are no whole number are divided evenly."""
    named = _named_by(told)
    if named is None:
        return told
    people = told["people"].to_numpy(dtype=float)
    times = np.where(told[named].isna() & (people > 1), np.floor(people), 1).astype(int)
    return told.assign(people=people / times).iloc[np.repeat(np.arange(len(told)), times)].reset_index(drop=True)


def _named_by(table: DataFrame) -> str | None:
    """The column that says who chose; None where there is none."""
    return next((name for name in ("rater", "organisation") if name in table), None)


def factorize_in(labels: Sequence, items: Index) -> np.ndarray:
    """The place of each label among the items."""
    return items.get_indexer(Index(labels))


def raters_of(table: DataFrame) -> np.ndarray | None:
    """The number of each row's rater, of its organisation where no rater is named; None where neither is known. Rows
    that do not say count each as a rater of their own."""
    name = _named_by(table)
    if name is None:
        return None
    code, known = factorize(table[name])
    unnamed = code < 0
    code[unnamed] = len(known) + np.arange(int(unnamed.sum()))
    return code


def behind(table: DataFrame, told: DataFrame, sides: Sequence[str]) -> DataFrame:
    """The table with the people, organisations and largest share behind each item, where `told` knows of any."""
    if "organisation" not in told and "audience" not in told:
        return table
    parts = concat([told.assign(item_=told[side]) for side in sides], ignore_index=True)
    if "item" not in parts:
        ends = [parts[side].astype(str).to_numpy(dtype=object) for side in sides]
        parts = parts.assign(item=["|".join(sorted(pair)) for pair in zip(*ends, strict=True)])
    counted = count_people(parts, ["item_"]).set_index("item_").reindex(table["item"]).reset_index(drop=True)
    return table.assign(**{name: counted[name] for name in ("people", "organisations", "largest_share")})


def _stages(told: DataFrame) -> Stages:
    """A stage a pair: the lower label chosen, the higher one, and, where any tie was given at all, neither."""
    items = Index(factorize(concat([told["first"], told["second"]]), sort=True)[1])
    size = len(items)
    first, second = (factorize_in(told[name], items) for name in ("first", "second"))
    outcome, weight = told["outcome"].to_numpy(dtype=float), told["people"].to_numpy(dtype=float)
    outcome = np.where(first < second, outcome, 1 - outcome)
    low, high = np.minimum(first, second), np.maximum(first, second)
    pairs, pair = np.unique(low.astype(np.int64) * size + high, return_inverse=True)
    tied = bool((weight[outcome == SAME] > 0).any())
    each = 3 if tied else 2
    count, width = len(pairs), size + tied
    low, high = (pairs // max(size, 1)).astype(int), (pairs % max(size, 1)).astype(int)
    row = each * np.arange(count)
    half = np.full(count, 0.5)
    rows, columns = [row, row, row + 1, row + 1], [low, high, low, high]
    values = [half, -half, -half, half]
    if tied:
        rows, columns, values = [*rows, row + 2], [*columns, np.full(count, size)], [*values, np.ones(count)]
    shape = (each * count, width)
    features = coo_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
    taken = each * pair + np.select([outcome == 1, outcome == 0], [0, 1], 2)
    rater = raters_of(told)
    by_rater = None
    if rater is not None and len(rater):
        by_rater = csr_array(coo_array((weight, (rater, taken)), shape=(int(rater.max()) + 1, each * count)))
    chosen = np.bincount(taken, weights=weight, minlength=each * count)
    return Stages(items, csr_array(features), np.repeat(np.arange(count), each), chosen, by_rater)
