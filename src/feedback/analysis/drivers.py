"""Which questions go with the overall answer, and how closely: shares of what of the outcome the items account for.

Two ways to share R squared out among items that go together: Johnson's relative weights, and LMG (the mean gain in R
squared over all orders in which items may come). Both need correlations only, so they work on sums that add up. They
say what goes with what, and never what causes what: with a halo over all items, inert ones get a share, too.

Of one credential alone drivers are hardly known below some hundred people, so its correlations are drawn towards those
of all credentials, which count as so many people's answers as predicts best (`pooled_drivers`).
benchmarks/change.py measures what that gains, and how many intervals hold the truth.

Sources: Johnson (2000), Multivariate Behavioral Research 35, 1-19; Lindeman, Merenda and Gold (1980), Introduction to
Bivariate and Multivariate Analysis, 119-127.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Literal

import numpy as np
from pandas import DataFrame, concat

Method = Literal["johnson", "lmg"]
MOST_BY_LMG = 15
"""LMG looks at every set of items, so each further item doubles its work."""
DRAWS = 500
BAGS = 1000
"""People are drawn one by one up to so many; of more, in so many bags put together by lot."""
LEVEL = 0.90
WEIGHT = 100.0
"""As so many people's answers all credentials together count beside a credential's own, unless another weight predicts
clearly better. From simulated courses that differ; see benchmarks/change.py."""
WEIGHTS = (10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
CLEARLY = 2.0
"""Another weight must predict better by so much (natural log of the density)."""
TOLD, FEW, ALIKE = "told", "few", "alike"
"""States of a result: told; too few people for so many items; everybody gave the same outcome (or nobody any)."""
NOTHING = 1e-9
"""A part of a variance that is smaller is none: rounding."""
_N, _SUM, _SQUARE, _PRODUCT = range(4)


@dataclass(frozen=True)
class Sums:
    """What of people's answers to several questions is enough for drivers, and adds up exactly.

    names: the questions, the outcome last. amounts (4, k, k): of those who answered both question i and question j, how
    many they are, and the sums of their answers to i, of the squares of these, and of the products of both. Whole
    numbers for answers on a scale, so that parts may be added up, or taken away, in any order.
    """

    names: tuple[str, ...]
    amounts: np.ndarray

    @property
    def people(self) -> np.ndarray:
        """How many answered both of two questions, (k, k)."""
        return self.amounts[_N]


@dataclass(frozen=True)
class Drivers:
    """What goes with the outcome. state: TOLD, FEW or ALIKE; unless told, the table has no row and r_squared is 0.

    table: one row an item: item, n (people), importance (its share of R squared, 0 or more; all add up to r_squared),
    low, high (90% interval). people: whose answers were used. same: sets of items of which each follows from the
    others, so that only their sum is known. constant: items to which all gave the same answer; their importance is 0,
    which means "no difference was found".
    """

    state: str
    table: DataFrame
    r_squared: float
    people: int
    same: tuple[tuple[str, ...], ...] = ()
    constant: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pooled:
    """Drivers of several credentials that lend each other strength.

    table: one row a credential and item, the credential "" for all together: credential, item, n (people who answered
    it and the outcome), own (0-1: how much of what is said is the credential's own answers), importance, low, high,
    share (importance of r_squared, 0-1), share_sd. No missing values. weight: as so many people's answers all
    credentials together count; r_squared: by credential, and "" for all. left_out: items nobody can say anything of.
    """

    table: DataFrame
    weight: float
    r_squared: Mapping[str, float]
    left_out: tuple[str, ...]
    together: float


NO_ROWS = ("item", "n", "importance", "low", "high")
POOLED = ("credential", "item", "n", "own", "importance", "low", "high", "share", "share_sd")


def johnson(correlations: np.ndarray) -> np.ndarray:
    """Johnson's relative weights: shares (..., k - 1) of R squared, none below 0.

    correlations (..., k, k), the outcome last, positive semi-definite. What items say twice they share equally.

    >>> johnson(np.array([[1, 0, 0.6], [0, 1, 0.3], [0.6, 0.3, 1]])).round(2).tolist()
    [0.36, 0.09]
    """
    own, outcome = correlations[..., :-1, :-1], correlations[..., :-1, -1:]
    size, axes = np.linalg.eigh(own)
    kept = size > NOTHING * size[..., -1:]
    root = np.sqrt(np.where(kept, size, 0.0))
    back = np.where(kept, 1 / np.where(kept, root, 1.0), 0.0)
    turned = np.swapaxes(axes, -1, -2)
    loading = (axes * root[..., None, :]) @ turned
    beta = (axes * back[..., None, :]) @ turned @ outcome
    return ((loading**2) @ (beta**2))[..., 0]


def lmg(correlations: np.ndarray) -> np.ndarray:
    """LMG shares (..., k - 1) of R squared: what an item adds to those before it, averaged over all orders; exact.

    correlations: as for `johnson`. ValueError beyond 15 items.

    >>> lmg(np.array([[1, 0, 0.6], [0, 1, 0.3], [0.6, 0.3, 1]])).round(2).tolist()
    [0.36, 0.09]
    """
    items = correlations.shape[-1] - 1
    if items > MOST_BY_LMG:
        raise ValueError(f"{items} items have too many orders; allowed are {MOST_BY_LMG}. Use Johnson's weights.")
    left = correlations.reshape(-1, 1, items + 1, items + 1)
    for _ in range(items):  # each item is left out, or swept out of those that follow: all sets, the first item fastest
        pivot, column, rest = left[..., 0, 0, None], left[..., 1:, 0], left[..., 1:, 1:]
        told = pivot > NOTHING
        part = np.where(told, column / np.where(told, pivot, 1.0), 0.0)
        left = np.concatenate([rest, rest - part[..., :, None] * column[..., None, :]], axis=1)
    explained = 1 - left[..., 0, 0]
    sets = np.arange(2**items)
    size = np.bitwise_count(sets).astype(int)
    weight = np.array([1 / (items * comb(items - 1, before)) for before in range(items)])
    shares = np.empty((len(explained), items))
    for item in range(items):
        without = sets[sets >> item & 1 == 0]
        gain = explained[:, without | 1 << item] - explained[:, without]
        shares[:, item] = gain @ weight[size[without]]
    return shares.reshape(*correlations.shape[:-2], items)


def sums_of(answers: DataFrame) -> Sums:
    """The sums of a table of answers: one row a person, one column a question, the outcome last; NaN where a question
    was not asked or not answered."""
    return Sums(tuple(map(str, answers.columns)), _amounts(answers.to_numpy(dtype=float)[None])[0])


def drivers(
    answers: DataFrame, outcome: str, items: Sequence[str], *, method: Method = "johnson", seed: int = 0
) -> Drivers:
    """What goes with the outcome, of one set of people.

    answers: one row a person with numeric columns, not changed; people who left out the outcome or one of the items are
    left out. The interval comes from drawing people (percentiles; the lower end less twice what drawing adds on
    average, because shares of R squared are too high where people are few). FEW where there are not two people more
    than items. The order of rows and columns changes nothing. ValueError where an item is the outcome, is named twice,
    no item is named, or a number is infinite.
    """
    if not items or len({outcome, *items}) <= len(items):
        raise ValueError(f"items {list(items)!r} must be different columns, none of them the outcome {outcome!r}")
    told = answers[[*items, outcome]].dropna().to_numpy(dtype=float)
    if not np.isfinite(told).all():
        raise ValueError("an answer is infinite; answers must be finite numbers")
    constant = tuple(name for name, spread in zip(items, _spread(told), strict=False) if not spread)
    if not len(told) or not _spread(told)[-1]:
        return _nothing(ALIKE, len(told), constant)
    if len(told) < len(items) - len(constant) + 2:
        return _nothing(FEW, len(told), constant)
    values = _standard(told)
    share = johnson if method == "johnson" else lmg
    correlations = _repaired(_correlations(_amounts(values[None])[0])[0])
    differs = np.array([name not in constant for name in items])
    importance = np.maximum(share(correlations), 0.0) * differs
    drawn = share(_repaired(_correlations(_drawn(values, seed))[0])) * differs
    low, high = _between(importance, drawn)
    table = DataFrame({"item": list(items), "n": len(told), "importance": importance, "low": low, "high": high})
    return Drivers(TOLD, table, float(importance.sum()), len(told), _same(correlations, items), constant)


def pooled_drivers(
    parts: Mapping[str, Sums],
    *,
    weight: float | None = None,
    draws: int = 200,
    seed: int = 0,
    only: Collection[str] | None = None,
) -> Pooled | None:
    """What goes with the outcome for each credential, by Johnson's weights of correlations drawn towards all the
    credentials' own ones.

    parts: the sums of each credential, of the same questions. only: rows of these credentials alone, beside those of
    all together, which are of all the same. People of different credentials are never compared: what all say together
    is of differences within credentials. weight: None chooses it by `best_weight`. A correlation a
    credential cannot tell (an item not asked, or all gave the same answer) is that of all. The interval comes from
    drawing correlation matrices (Wishart, as if answers were normal) with as many people as the credential's own and
    those lent, since sums hold no people to draw; it holds the truth as often as it says (benchmarks/change.py).
    A credential behind whose correlations stand fewer people than two more than items has no rows; None where none has,
    nobody's outcome differs, or there is no item left. ValueError where the questions differ, or weight is not above 0.
    """
    if weight is not None and not weight > 0:
        raise ValueError(f"weight is {weight!r}; all credentials together count as some people, more than 0")
    names, amounts = _same_questions(parts)
    kept = _answerable(amounts)
    if len(kept) < 2:
        return None
    amounts = amounts[:, :, kept][:, :, :, kept]
    items = [names[at] for at in kept[:-1]]
    found, known = _correlations(amounts)
    people = np.where(known, amounts[:, _N], 0.0)
    weight = best_weight(found, people) if weight is None else weight
    common = _within(amounts, weight)
    own = np.array([_own(each, weight) for each in people])
    behind = _voices(own, weight)
    drawn_to = (people * found + weight * common) / (people + weight)
    answered = amounts[:, _N, :-1, -1]
    rows = [
        ("", common, weight * own.sum(), 1.0, answered.sum(axis=0)),
        *zip(sorted(parts), drawn_to, behind, own, answered, strict=True),
    ]
    explained: dict[str, float] = {}
    tables = []
    for credential, matrix, voices, part, n in rows:
        if voices >= len(items) + 2 and (only is None or not credential or credential in only):
            table, explained[credential] = _pooled_rows(_repaired(matrix), voices, draws, seed)
            named = {"credential": credential, "item": items, "n": n.astype(np.int64), "own": part}
            tables.append(DataFrame(named | table, columns=list(POOLED)))
    if not tables:
        return None
    pairs = common[:-1, :-1][np.tril_indices(len(items), -1)]
    together = float(pairs.mean()) if len(pairs) else 0.0
    left_out = tuple(name for name in names[:-1] if name not in items)
    return Pooled(concat(tables, ignore_index=True), weight, explained, left_out, together)


def best_weight(correlations: np.ndarray, people: np.ndarray) -> float:
    """As how many people's answers all credentials together should count: of WEIGHTS the one that predicts best, and
    100 unless another is clearly better.

    correlations, people (credentials, k, k), the outcome last. Cross-validation: the correlations with the outcome of
    each credential are predicted from those of all the others (Fisher's z, of variance 1 / (n - 3) and 1 / weight for
    how much credentials differ).
    """
    told = people[:, :-1, -1] > 3
    spread = 1 / np.where(told, people[:, :-1, -1] - 3, 1.0)
    z = np.arctanh(np.clip(np.where(told, correlations[:, :-1, -1], 0.0), -0.99, 0.99))
    score = []
    for weight in WEIGHTS:
        variance = spread + 1 / weight
        pull = np.where(told, 1 / variance, 0.0)
        others = pull.sum(axis=0) - pull
        seen = told & (others > NOTHING)
        others = np.where(seen, others, 1.0)
        far = variance + 1 / others
        off = z - ((pull * z).sum(axis=0) - pull * z) / others
        score.append(float(-0.5 * np.where(seen, np.log(far) + off**2 / far, 0.0).sum()))
    best = int(np.argmax(score))
    return WEIGHTS[best] if score[best] > score[WEIGHTS.index(WEIGHT)] + CLEARLY else WEIGHT


def _same_questions(parts: Mapping[str, Sums]) -> tuple[tuple[str, ...], np.ndarray]:
    """The questions, and the amounts of each credential in the order of their names."""
    names = {part.names for part in parts.values()}
    if len(names) != 1:
        raise ValueError(f"credentials were asked {len(names)} sets of questions; allowed is one")
    return names.pop(), np.stack([parts[credential].amounts for credential in sorted(parts)]).astype(float)


def _pooled_rows(correlations: np.ndarray, people: float, draws: int, seed: int) -> tuple[dict[str, np.ndarray], float]:
    importance = np.maximum(johnson(correlations), 0.0)
    drawn = johnson(_wishart(correlations, people, draws, seed))
    low, high = _between(importance, drawn)
    whole = float(importance.sum())
    parts = drawn / np.maximum(drawn.sum(axis=1, keepdims=True), NOTHING)
    share = importance / max(whole, NOTHING)
    return {"importance": importance, "low": low, "high": high, "share": share, "share_sd": parts.std(axis=0)}, whole


def _between(importance: np.ndarray, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 90% interval, of which the estimate is part."""
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    added_by_drawing = np.maximum(drawn.mean(axis=0) - importance, 0.0)
    return np.clip(low - 2 * added_by_drawing, 0.0, importance), np.maximum(high, importance)


def _amounts(values: np.ndarray) -> np.ndarray:
    """(g, people, k) with NaN where nothing was said -> (g, 4, k, k), see Sums."""
    there = ~np.isnan(values)
    told, there = np.where(there, values, 0.0), there.astype(float)
    across = np.swapaxes(told, 1, 2)
    return np.stack([np.swapaxes(there, 1, 2) @ there, across @ there, across**2 @ there, across @ told], axis=1)


def _covariances(amounts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(..., 4, k, k) -> people, covariance, variance of i among those who answered j, and whether both differ."""
    people = amounts[..., _N, :, :]
    over = np.maximum(people, 1.0)
    mean, square = amounts[..., _SUM, :, :] / over, amounts[..., _SQUARE, :, :] / over
    variance = square - mean**2
    differs = (people > 1) & (variance > NOTHING * square)
    both = differs & np.swapaxes(differs, -1, -2)
    return people, amounts[..., _PRODUCT, :, :] / over - mean * np.swapaxes(mean, -1, -2), variance, both


def _correlations(amounts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(..., 4, k, k) -> correlations, 0 where they are not known and 1 of each with itself; and which are known."""
    return _scaled(*_covariances(amounts)[1:])


def _answerable(amounts: np.ndarray) -> list[int]:
    """The items of which, within some credential, people who differ say the outcome, too; and the outcome itself."""
    told: np.ndarray = np.logical_or.reduce(_covariances(amounts)[3])
    last = len(told) - 1
    return [*(place for place in range(last) if told[place, last]), last]


def _within(amounts: np.ndarray, weight: float) -> np.ndarray:
    """(g, 4, k, k) -> the correlations within the g sets of people, all together; no set counts for more than `weight`
    people, because sets differ."""
    people, covariance, variance, both = _covariances(amounts)
    pull = np.where(both, people * weight / (people + weight), 0.0)
    together = np.logical_or.reduce(both)
    return _filled(*_scaled((pull * covariance).sum(axis=0), (pull * variance).sum(axis=0), together))


def _voices(own: np.ndarray, weight: float) -> np.ndarray:
    """How many people stand behind each credential's correlations: its own, and those the others lend."""
    others = weight * (own.sum() - own)
    return weight * own / (1 - own) + weight * others / (weight + others)


def _scaled(covariance: np.ndarray, variance: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    size = np.sqrt(np.where(known, variance * np.swapaxes(variance, -1, -2), 1.0))
    found = np.clip(np.where(known, covariance / size, 0.0), -1, 1)
    own = np.eye(found.shape[-1], dtype=bool)
    return np.where(own, 1.0, found), known


def _filled(correlations: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Two items nobody answered together are taken to go together as much as items do on average."""
    apart = known & ~np.eye(len(known), dtype=bool)
    apart[-1], apart[:, -1] = False, False
    usual = float(correlations[apart].mean()) if apart.any() else 0.0
    return np.where(known | np.eye(len(known), dtype=bool), correlations, usual)


def _repaired(correlations: np.ndarray) -> np.ndarray:
    """The same as correlations of one set of people could be: where pairs are of different people, they need not fit
    together, and what does not is taken out."""
    size, axes = np.linalg.eigh(correlations)
    if (size >= 0).all():
        return correlations
    found = (axes * np.maximum(size, 0.0)[..., None, :]) @ np.swapaxes(axes, -1, -2)
    scale = np.sqrt(np.diagonal(found, axis1=-2, axis2=-1))
    return found / scale[..., :, None] / scale[..., None, :]


def _own(people: np.ndarray, weight: float) -> float:
    """How much of a matrix drawn towards all others is a credential's own answers, on average over its pairs (0-1)."""
    pairs = people[np.tril_indices(len(people), -1)]
    return float((pairs / (pairs + weight)).mean())


def _wishart(correlations: np.ndarray, people: float, draws: int, seed: int) -> np.ndarray:
    """Correlation matrices that so many people could have given, (draws, k, k); Bartlett's decomposition."""
    k, chance = len(correlations), np.random.default_rng(seed)
    root = np.linalg.cholesky((1 - 1e-6) * correlations + 1e-6 * np.eye(k))
    lower = np.zeros((draws, k, k))
    rows, columns = np.tril_indices(k, -1)
    lower[:, rows, columns] = chance.normal(size=(draws, len(rows)))
    place = np.arange(k)
    lower[:, place, place] = np.sqrt(chance.chisquare(max(people - 1, k) - place, size=(draws, k)))
    found = root @ lower
    found /= np.sqrt((found**2).sum(axis=2, keepdims=True))
    return found @ np.swapaxes(found, 1, 2)


def _drawn(values: np.ndarray, seed: int) -> np.ndarray:
    """Amounts of as many people drawn from these, again and again, (DRAWS, 4, k, k). values: nothing missing."""
    people, k = values.shape
    chance = np.random.default_rng(seed)
    ordered = values[np.lexsort(values.T)]
    if people > BAGS:
        ordered = ordered[chance.permutation(people)]
    bags = np.stack([_amounts(each[None])[0] for each in np.array_split(ordered, min(people, BAGS))])
    times = chance.multinomial(len(bags), np.full(len(bags), 1 / len(bags)), size=DRAWS).astype(float)
    return (times @ bags.reshape(len(bags), -1)).reshape(DRAWS, 4, k, k)


def _spread(values: np.ndarray) -> np.ndarray:
    """Whether the answers to each question differ, (k,)."""
    return values.max(axis=0) > values.min(axis=0) if len(values) else np.zeros(values.shape[1], dtype=bool)


def _standard(values: np.ndarray) -> np.ndarray:
    """The same with mean 0 and sd 1, or all 0 where nothing differs; so sums lose no digits."""
    spread = _spread(values)
    centred = np.where(spread, values - values.mean(axis=0), 0.0)
    centred /= np.where(spread, np.abs(centred).max(axis=0), 1.0)
    return centred / np.where(spread, centred.std(axis=0), 1.0)


def _same(correlations: np.ndarray, items: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Sets of items of which each follows from the others."""
    size, axes = np.linalg.eigh(correlations[:-1, :-1])
    empty = axes[:, size < NOTHING * size[-1]]
    tied = np.abs(empty @ empty.T) > np.sqrt(NOTHING)
    left, found = set(np.flatnonzero(tied.diagonal()).tolist()), []
    while left:
        near, group = {left.pop()}, set[int]()
        while near:
            group |= near
            near = {at for one in near for at in np.flatnonzero(tied[one]).tolist()} - group
        left -= group
        found.append(tuple(items[at] for at in sorted(group)))
    return tuple(sorted(found))


def _nothing(state: str, people: int, constant: tuple[str, ...]) -> Drivers:
    table = DataFrame({name: [] for name in NO_ROWS}).astype({"item": "str", "n": "int64"})
    return Drivers(state, table, 0.0, people, (), constant)
