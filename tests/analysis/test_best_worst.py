"""The best and the worst of a set: against pairs, against counts, and what is refused."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pandas import DataFrame, concat
from scipy.stats import kendalltau

from feedback.analysis.best_worst import fit_best_worst, rank_best_worst, rank_parts, tasks_of
from feedback.analysis.pairs import fit_pairs


def tasks(*rows: tuple) -> DataFrame:
    return DataFrame(rows, columns=["options", "best", "worst"])


def asked(worth, count, seed=0) -> DataFrame:
    """Tasks of four, answered by the model itself."""
    draw, rows = np.random.default_rng(seed), []
    for _ in range(count):
        options = draw.choice(len(worth), 4, replace=False)
        best = options[np.argmax(worth[options] + draw.gumbel(size=4))]
        left = options[options != best]
        rows.append((options.tolist(), best, left[np.argmax(-worth[left] + draw.gumbel(size=3))]))
    return tasks(*rows)


def test_the_better_of_two_is_a_choice_of_a_pair():
    games = [("ab", 7, 3), ("bc", 6, 4), ("ca", 4, 5)]
    best, pairs = [], []
    for (one, other), won, lost in games:
        best += [([one, other], one, None)] * won + [([one, other], other, one)] * lost
        pairs += [(one, other, 1)] * won + [(one, other, 0)] * lost
    left = fit_best_worst(tasks(*best), spread=np.inf)
    right = fit_pairs(DataFrame(pairs, columns=["first", "second", "outcome"]), spread=np.inf)
    assert left.effects == pytest.approx(right.effects, abs=1e-8)
    assert left.covariance == pytest.approx(right.covariance, abs=1e-8)


def test_the_best_of_one_set_by_many_has_the_shares_themselves():
    # Of one set the maximum likelihood is the shares: 50, 30 and 20 of 100.
    rows = [(["a", "b", "c"], option, None) for option, often in zip("abc", (50, 30, 20), strict=True)
            for _ in range(often)]  # fmt: skip
    found = fit_best_worst(tasks(*rows), spread=np.inf)
    logs = np.log([50, 30, 20])
    assert found.effects == pytest.approx(logs - logs.mean(), abs=1e-8)


def test_the_order_is_found_and_agrees_with_the_counts():
    worth = np.random.default_rng(5).normal(0, 0.8, 10)
    found = rank_best_worst(asked(worth, 300)).set_index("item").sort_index()
    assert kendalltau(found["effect"], worth).statistic > 0.7
    assert kendalltau(found["effect"], found["score"]).statistic > 0.8
    assert found["n"].sum() == 1200
    assert found["best"].sum() == found["worst"].sum() == 300


def test_intervals_hold_what_they_say():
    inside = []
    for seed in range(20):
        worth = np.random.default_rng(seed).normal(0, 0.7, 9)
        found = rank_best_worst(asked(worth, 40, seed), draws=10).set_index("item").sort_index()
        inside += ((found["low"] <= worth - worth.mean()) & (worth - worth.mean() <= found["high"])).tolist()
    assert 0.84 < np.mean(inside) < 0.96


def test_tasks_without_an_answer_and_no_tasks_say_nothing():
    assert rank_best_worst(tasks((["a", "b"], None, None))).empty
    assert rank_best_worst(tasks()).empty


def test_the_organisations_behind_an_option_are_counted():
    table = tasks((("a", "b", "c"), "a", "c"), (("a", "b", "c"), "a", "b"), (("b", "c"), "b", None))
    found = rank_best_worst(table.assign(organisation=["one", "two", "two"])).set_index("item")
    assert found["organisations"].to_dict() == {"a": 2, "b": 2, "c": 2}
    assert found.loc["a", "people"] == 2


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (("a, b", "a", None), "no set"),
        ((["a"], "a", None), "no set"),
        ((["a", "a", "b"], "a", None), "no set"),
        ((["a", "b"], "c", None), "'c'"),
        ((["a", "b"], "a", "a"), "both"),
    ],
)
def test_what_is_no_task_is_refused_by_name(row, named):
    with pytest.raises(ValueError, match=named):
        rank_best_worst(tasks(row))


def combined(worth, more, count, seed=0, put=3) -> DataFrame:
    """Tasks on every two and all of three parts, answered by the model of `rank_parts` itself; of two parts, put=2."""
    draw, rows = np.random.default_rng(seed), []
    for _ in range(count):
        parts = sorted(draw.choice(len(worth), put, replace=False).tolist())
        sets = [[part] for part in parts] if put == 2 else [list(pair) for pair in combinations(parts, 2)]
        options = ["+".join(f"c{part}" for part in each) for each in [*sets, parts]]
        value = np.array([worth[each].mean() + more * (len(each) - 1) for each in [*sets, parts]])
        best = int(np.argmax(value + draw.gumbel(size=len(options))))
        left = [at for at in range(len(options)) if at != best]
        worst = left[int(np.argmax(-value[left] + draw.gumbel(size=len(left))))]
        rows.append((options, options[best], options[worst]))
    return tasks(*rows)


def test_what_parts_bring_to_combinations_and_one_more_are_found():
    worth = np.array([2.0, 1.0, 0.0, -1.0, -2.0])
    both = concat([combined(worth, 0.6, 250, 1), combined(worth, 0.6, 150, 2, put=2)], ignore_index=True)
    found = rank_parts(both)
    assert found["item"].tolist() == ["c0", "c1", "c2", "c3", "c4"]
    assert ((found["low"] <= worth) & (worth <= found["high"])).sum() >= 4
    assert found.attrs["more"] == pytest.approx(0.6, abs=3 * found.attrs["more_sd"])
    assert found.attrs["more_sd"] < 0.2
    assert found["n"].sum() == 250 * 3 + 150 * 2


def test_of_parts_alone_the_model_is_that_of_the_options():
    table = asked(np.linspace(-1, 1, 6), 40)
    named = table.assign(**{name: table[name].map(str) for name in ("best", "worst")})
    named = named.assign(options=[list(map(str, options)) for options in table["options"]])
    one, parts = rank_best_worst(named), rank_parts(named)
    assert parts["item"].tolist() == one["item"].tolist()
    assert parts["effect"].to_numpy() == pytest.approx(one["effect"].to_numpy(), abs=1e-9)


def test_counted_answers_become_tasks_in_the_order_they_were_put():
    answers = DataFrame(
        [("a+b|a+c|b+c", 3, "ash"), ("a", 1, "oak"), ("b|a+b|a", 2, "elm")],
        columns=["item", "people", "organisation"],
    )
    found = tasks_of(answers)
    assert found[["best", "worst", "people"]].to_numpy().tolist() == [["a+b", "b+c", 3], ["b", "a", 2]]
    assert found["options"].tolist() == [["a+b", "a+c", "b+c"], ["b", "a+b", "a"]]
    counts = rank_parts(found).set_index("item")
    assert counts["n"].to_dict() == counts["people"].to_dict() == {"a": 5, "b": 5, "c": 3}
    assert rank_parts(tasks_of(answers.head(0))).empty


def test_counted_tasks_of_nobody_named_are_each_done_by_somebody_else():
    rows = [("a+b|a+c|b+c", 30), ("b+c|a+c|a+b", 9), ("a+c|a+b|b+c", 12), ("a|a+b|b", 5)]
    counted = tasks_of(DataFrame(rows, columns=["item", "people"])).assign(organisation=[None, None, None, "ash"])
    written = counted.loc[counted.index.repeat(counted["people"])].assign(people=1)
    written["organisation"] = [house or f"alone {at}" for at, house in enumerate(written["organisation"])]
    one, two = rank_parts(counted), rank_parts(written)
    assert one.attrs == pytest.approx(two.attrs)
    assert one["sd"].to_numpy() == pytest.approx(two["sd"].to_numpy())
    assert one["n"].to_dict() == two["n"].to_dict()


@settings(deadline=None, max_examples=40)
@given(some.lists(some.sampled_from(["a|a+b|b", "b|a|a+b", "c+d|c|d", "x+y|x+z|x+y+z|y+z", "a+c|a|c"]), max_size=6))
def test_few_alike_or_unconnected_tasks_give_finite_numbers(items):
    found = rank_parts(tasks_of(DataFrame({"item": items, "people": 1, "organisation": "ash"})), draws=20)
    assert np.isfinite(found[["effect", "sd", "low", "high", "p_top"]].to_numpy(dtype=float)).all()
    assert set(found["component"]) <= {1, 2, 3}
    assert np.isfinite([found.attrs["more"], found.attrs["more_sd"]]).all()


@settings(deadline=None, max_examples=20)
@given(some.integers(0, 1000), some.randoms())
def test_the_order_of_tasks_and_of_options_changes_nothing(seed, random):
    table = asked(np.linspace(-1, 1, 6), 12, seed)
    mixed = table.sample(frac=1, random_state=seed)
    mixed = mixed.assign(options=[random.sample(options, len(options)) for options in mixed["options"]])
    one, two = fit_best_worst(table), fit_best_worst(mixed)
    assert one.effects == pytest.approx(two.effects, abs=1e-7)
    assert np.isfinite(one.covariance).all()


@settings(deadline=None, max_examples=20)
@given(some.integers(0, 1000))
def test_the_worst_turned_round_is_the_best(seed):
    rows = [(options, best) for options, best, _ in asked(np.linspace(-1, 1, 6), 10, seed).itertuples(index=False)]
    best = fit_best_worst(tasks(*[(options, each, None) for options, each in rows]))
    worst = fit_best_worst(tasks(*[(options, None, each) for options, each in rows]))
    assert best.effects == pytest.approx(-worst.effects, abs=1e-7)
