"""Which of several things are preferred, by the best and the worst of a set: choices in turn, as Plackett and Luce; and
where the things are combinations, what each part and one part more is worth in them."""

from dataclasses import replace

import numpy as np
from pandas import DataFrame, Index, isna
from scipy.sparse import coo_array, csr_array

from feedback.analysis.pairs import SUMMARY, factorize_in, one_by_one, people_of, raters_of
from feedback.analysis.people import count_people
from feedback.analysis.preference import Preference, Stages, components, fit, ranked


def rank_best_worst(
    tasks: DataFrame, *, spread: float | None = None, draws: int = 2000, seed: int = 0, top: int = 3
) -> DataFrame:
    """Items in the order of how much they are preferred, each with its doubt.

    tasks: one row a task: options (list or tuple of two or more different labels), best, worst (labels of the set, one
    of them may be missing); with `people` a row stands for so many equal tasks; `rater` and `organisation` as in
    pairs.rank_pairs. First the best is taken of the set, then the worst of what is left. Tasks with neither are left
    out.
    Returns the columns of pairs.rank_pairs, with n (tasks it stood in) and, instead of won, best and worst (how often
    it was either) and score (-1 to 1: best less worst, of n; a count that needs no model, to check the order by).
    ValueError, naming the value, for a set that is none, for a best or worst that is not in its set or the same, or for
    people below 0.
    Sources: Marley and Louviere (2005), Journal of Mathematical Psychology 49, 464-480; Plackett (1975), Applied
    Statistics 24, 193-202.
    """
    told = _told(tasks)
    stages = _stages(told)
    found = fit(stages, spread=spread)
    table = ranked(found.items, found.effects, found.covariance, top=top, draws=draws, seed=seed)
    shown, best, worst = _counts(told, stages.items)
    table.insert(1, "n", shown)
    for place, (name, often) in enumerate((("best", best), ("worst", worst)), start=2):
        table.insert(place, name, often)
    table.insert(4, "score", (best - worst) / np.maximum(shown, 1))
    table = _behind(table.assign(component=components(stages)), told)
    table = table.iloc[np.lexsort((np.arange(len(table)), -found.effects))].reset_index(drop=True)
    table.attrs.update({name: getattr(found, name) for name in SUMMARY})
    return table


def fit_best_worst(tasks: DataFrame, *, spread: float | None = None) -> Preference:
    """The model behind `rank_best_worst`; spread=inf is maximum likelihood, see preference.fit."""
    return fit(_stages(_told(tasks)), spread=spread)


def rank_parts(
    tasks: DataFrame, *, spread: float | None = None, draws: int = 2000, seed: int = 0, top: int = 3
) -> DataFrame:
    """The parts of combinations in the order of what each brings to them, each with its doubt.

    tasks: as in `rank_best_worst`, of options "a+b": what stands between the signs are the parts, a part alone is one.
    A combination is worth what its parts are on average, and `more` for each part beyond the first: people judge the
    whole by the average of its parts, even where one more is a gain (Weaver, Garcia and Schwarz, 2012). Single
    combinations are too many to be ranked by themselves.
    Returns the columns of pairs.rank_pairs without `won`, with item the part and n the tasks it stood in. `attrs`: the
    model's summary, and more, more_sd (log-odds): what one part more is worth where it is as good as the others; 0 and
    0 where all combinations put together were of one size. Errors as `rank_best_worst`.
    Source: Weaver, Garcia and Schwarz (2012), Journal of Consumer Research 39, 445-460.
    """
    told = _told(tasks)
    stages = _of_parts(_stages(told))
    found = fit(stages, spread=spread)
    table = ranked(found.items, found.effects, found.covariance, top=top, draws=draws, seed=seed)
    each = told.assign(options=[sorted(set("+".join(options).split("+"))) for options in told["options"]])
    size = len(stages.items)
    wide = np.array([len(parts) for parts in each["options"]], dtype=int)
    stood = factorize_in([part for parts in each["options"] for part in parts], stages.items)
    n = np.bincount(stood, weights=np.repeat(each["people"].to_numpy(dtype=float), wide), minlength=size)
    table.insert(1, "n", np.rint(n).astype(np.int64))
    table = _behind(table.assign(component=components(stages)), each)
    table = table.iloc[np.lexsort((np.arange(size), -found.effects))].reset_index(drop=True)
    table.attrs.update({name: getattr(found, name) for name in SUMMARY})
    table.attrs |= {"more": found.beside, "more_sd": found.beside_sd}
    return table


def tasks_of(answers: DataFrame) -> DataFrame:
    """Counted answers to whole questions of best and worst (item "best|...|worst") as tasks: the same columns with
    options, best and worst. Rows whose item is no set are left out.

    Whoever answers such a question does one task of it, so that its rows add up: their item is one and the same.
    """
    held = answers[answers["item"].astype(str).str.contains("|", regex=False)]
    options = [str(item).split("|") for item in held["item"]]
    ends = {"best": [each[0] for each in options], "worst": [each[-1] for each in options]}
    return held.assign(options=options, **ends, item="")


def _told(tasks: DataFrame) -> DataFrame:
    """The tasks that say something, with `people`; checked."""
    told = tasks[(tasks["best"].notna() | tasks["worst"].notna()).to_numpy(dtype=bool)]
    for options, best, worst in zip(told["options"], told["best"], told["worst"], strict=True):
        if not isinstance(options, list | tuple) or len(set(options)) < 2 or len(set(options)) < len(options):
            raise ValueError(f"options {options!r} is no set; allowed: a list of two or more different labels")
        for end, chosen in (("best", best), ("worst", worst)):
            if not isna(chosen) and chosen not in options:
                raise ValueError(f"{end} {chosen!r} is not among the options {options!r}")
        if not isna(best) and best == worst:
            raise ValueError(f"{best!r} is both the best and the worst of {options!r}")
    return one_by_one(told.assign(people=people_of(told)))


def _stages(told: DataFrame) -> Stages:
    """The best of a set, an alternative an option; then the worst of what is left of it, each by being worth little."""
    items = Index(sorted({option for options in told["options"] for option in options}))
    place = {item: at for at, item in enumerate(items)}
    begins: dict[tuple[float, tuple[int, ...]], int] = {}
    column: list[int] = []
    rows: list[int] = []
    taken: list[int] = []
    for row, (options, best, worst) in enumerate(zip(told["options"], told["best"], told["worst"], strict=True)):
        left = [option for option in options if isna(best) or option != best]
        for direction, among, chosen in ((1.0, list(options), best), (-1.0, left, worst)):
            if isna(chosen) or len(among) < 2:
                continue
            places = tuple(sorted(place[option] for option in among))
            begin = begins.setdefault((direction, places), len(column))
            if begin == len(column):
                column.extend(places)
            rows.append(row)
            taken.append(begin + places.index(place[chosen]))
    count, wide = len(column), [len(places) for _, places in begins]
    sign = np.repeat([direction for direction, _ in begins], wide)
    features = coo_array((sign, (np.arange(count), np.array(column, dtype=int))), shape=(count, len(items)))
    row_of, alternative = np.array(rows, dtype=int), np.array(taken, dtype=int)
    weight = told["people"].to_numpy(dtype=float)[row_of]
    rater, by_rater = raters_of(told), None
    if rater is not None and taken:
        by_rater = coo_array((weight, (rater[row_of], alternative)), shape=(int(rater.max()) + 1, count))
        by_rater = csr_array(by_rater)
    chosen_n = np.bincount(alternative, weights=weight, minlength=count)
    return Stages(items, csr_array(features), np.repeat(np.arange(len(wide)), wide), chosen_n, by_rater)


def _of_parts(stages: Stages) -> Stages:
    """The same choices by the parts of the options: each their average, and how many there are beyond one."""
    options = [option.split("+") for option in stages.items]
    items = Index(sorted({part for parts in options for part in parts}))
    wide = np.array([len(parts) for parts in options], dtype=int)
    row, column = (
        np.repeat(np.arange(len(options)), wide),
        items.get_indexer([part for each in options for part in each]),
    )
    made = coo_array((1 / wide[row], (row, column)), shape=(len(options), len(items) + 1))
    more = coo_array((wide - 1.0, (np.arange(len(options)), np.full(len(options), len(items)))), shape=made.shape)
    return replace(stages, items=items, features=csr_array(stages.features @ csr_array(made + more)))


def _counts(told: DataFrame, items: Index) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How often each item was shown, called best and called worst."""
    weight, size = told["people"].to_numpy(dtype=float), len(items)
    wide = np.array([len(options) for options in told["options"]], dtype=int)
    shown = factorize_in([option for options in told["options"] for option in options], items)
    found = [np.bincount(shown, weights=np.repeat(weight, wide), minlength=size)]
    for end in ("best", "worst"):
        named = told[end].notna().to_numpy(dtype=bool)
        found.append(np.bincount(factorize_in(told.loc[named, end], items), weights=weight[named], minlength=size))
    shown_n, best, worst = (np.rint(each).astype(np.int64) for each in found)
    return shown_n, best, worst


def _behind(table: DataFrame, told: DataFrame) -> DataFrame:
    """The table with the people, organisations and largest share behind each item, where `told` knows of any."""
    if "organisation" not in told and "audience" not in told:
        return table
    item = told["item"] if "item" in told else told["options"].map(repr)
    parts = told.assign(item=item, item_=told["options"]).explode("item_")
    counted = count_people(parts, ["item_"]).set_index("item_").reindex(table["item"]).reset_index(drop=True)
    return table.assign(**{name: counted[name] for name in ("people", "organisations", "largest_share")})
