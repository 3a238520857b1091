"""Whether a result survives taking five answers away: against trying all that can be taken."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pandas import DataFrame

from feedback.analysis.influence import choices_survive, mean_survives, means_survive, order_survives, top_survives
from feedback.analysis.pairs import fit_pairs
from feedback.analysis.value import rank_items
from tests.analysis.rated import ratings, simulated

VARIANCES = (0.4, 0.3, 0.6)
scores = some.lists(some.integers(1, 5), min_size=1, max_size=6)


@settings(deadline=None, max_examples=50)
@given(scores, scores, some.integers(0, 4))
def test_means_survive_just_where_trying_all_says_so(better, worse, remove):
    every = [(0, score) for score in better] + [(1, score) for score in worse]

    def fewest() -> int | None:
        for count in range(min(remove, len(every) - 2) + 1):
            for gone in combinations(range(len(every)), count):
                left = [[score for at, (side, score) in enumerate(every) if side == one and at not in gone]
                        for one in (0, 1)]  # fmt: skip
                if all(left) and np.mean(left[0]) <= np.mean(left[1]):
                    return count
        return None

    found = means_survive(better, worse, remove)
    assert (found.fewest, found.survives, found.exact) == (fewest(), fewest() is None, True)
    kept = [[each for at, each in enumerate(side, start) if at not in found.rows]
            for side, start in ((better, 0), (worse, len(better)))]  # fmt: skip
    assert found.survives or np.mean(kept[0]) <= np.mean(kept[1])


def test_a_mean_well_above_survives_and_one_just_above_does_not():
    assert mean_survives([5] * 10, 3.5).survives
    assert mean_survives([5, 5, 5, 3, 3], 4.0).fewest == 1
    assert mean_survives([3, 3], 4.0).fewest == 0


def test_means_of_nothing_or_of_no_numbers_are_refused():
    for better, worse in (([], [1]), ([1], []), ([float("nan")], [1])):
        with pytest.raises(ValueError, match="at least one score"):
            means_survive(better, worse)
    with pytest.raises(ValueError, match="no number"):
        mean_survives([1], float("nan"))


def ahead(table: DataFrame, one, other, variances=VARIANCES) -> float:
    """How far one item is above the other by the full covariance of all scores."""
    of_item, of_rater, rest = variances
    z, w = (pd.get_dummies(table[name]).astype(float) for name in ("item", "rater"))
    v = of_item * z @ z.T + of_rater * w @ w.T + rest * np.eye(len(table))
    inverse, y, level = np.linalg.inv(v), table["score"].to_numpy(float), np.ones(len(table))
    y = y - level * (level @ inverse @ y) / (level @ inverse @ level)
    effects = dict(zip(z.columns, of_item * z.T.to_numpy() @ inverse @ y, strict=True))
    return effects.get(one, 0.0) - effects.get(other, 0.0)


@pytest.mark.parametrize("seed", range(6))
def test_one_rating_taken_is_the_one_that_does_most_of_all(seed):
    table = simulated(items=4, raters=8, each=2, seed=seed).round({"score": 0})
    for one, other in combinations(range(4), 2):
        better, worse = (one, other) if ahead(table, one, other) > 0 else (other, one)
        least = min(ahead(table.drop(row), better, worse) for row in table.index)
        found = order_survives(table, better, worse, VARIANCES, remove=1)
        assert found.survives == (least > 0)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_taken_away_does_overturn_the_order(seed):
    table = simulated(items=5, raters=12, each=3, seed=seed)
    overturned = 0
    for one, other in combinations(range(5), 2):
        better, worse = (one, other) if ahead(table, one, other) > 0 else (other, one)
        found = order_survives(table, better, worse, VARIANCES)
        assert not found.exact
        if not found.survives:
            overturned += 1
            assert len(set(found.rows)) == found.fewest <= 5
            assert ahead(table.drop(list(found.rows)), better, worse) <= 1e-9
            assert ahead(table.drop(list(found.rows[:-1])), better, worse) > 0
    assert overturned


def test_the_top_tier_hangs_on_its_closest_follower():
    table = simulated(items=6, raters=40, each=4, spread=1.0)
    ranked = rank_items(table)
    variances = tuple(ranked.attrs[name] for name in ("variance_item", "variance_rater", "variance_residual"))
    found = top_survives(table, ranked, variances)
    below = ranked.loc[ranked["tier"] > 1, "item"]
    each = [order_survives(table, ranked["item"].iloc[0], item, variances) for item in below]
    assert found.survives == all(one.survives for one in each)
    assert found.fewest == min((one.fewest for one in each if one.fewest is not None), default=None)


def test_with_one_tier_nobody_can_be_overtaken():
    table = ratings(*[(item, rater, rater % 5 + 1) for item in "ab" for rater in range(6)])
    assert top_survives(table, rank_items(table), VARIANCES).tried == 0


def test_a_row_for_several_people_is_taken_one_by_one():
    table = simulated(items=3, raters=9, each=2, seed=3).round({"score": 0})
    better, worse = max(((a, b) for a in range(3) for b in range(3)), key=lambda pair: ahead(table, *pair))
    twice = pd.concat([table, table], ignore_index=True)
    one = order_survives(twice, better, worse, VARIANCES, remove=12)
    two = order_survives(table.assign(people=2), better, worse, VARIANCES, remove=12)
    assert (one.survives, one.fewest) == (two.survives, two.fewest)


def test_without_a_variance_of_items_no_order_holds():
    found = order_survives(simulated(), 0, 1, (0.0, 0.3, 0.6))
    assert (found.survives, found.fewest, found.rows) == (False, 0, ())


def test_an_item_without_a_rating_and_variances_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="'nobody'"):
        order_survives(simulated(), 0, "nobody", VARIANCES)
    for variances in ((0.1, 0.1, 0.0), (-0.1, 0.1, 0.1), (0.1, float("nan"), 0.1)):
        with pytest.raises(ValueError, match="variances"):
            order_survives(simulated(), 0, 1, variances)
    with pytest.raises(ValueError, match="'five'"):
        order_survives(ratings(("a", 1, "five"), ("b", 1, 3)), "a", "b", VARIANCES)


def chosen(*games: tuple) -> DataFrame:
    """First, second, how often the first was chosen, how often the second."""
    rows = [(one, other, outcome, often) for one, other, won, lost in games
            for outcome, often in ((1.0, won), (0.0, lost)) if often]  # fmt: skip
    return DataFrame(rows, columns=["first", "second", "outcome", "people"])


def test_of_two_things_as_many_choices_overturn_as_one_is_ahead():
    assert choices_survive(chosen(("a", "b", 8, 5)), "a", "b").fewest == 3
    assert choices_survive(chosen(("a", "b", 10, 5)), "a", "b").rows == (0,) * 5
    assert choices_survive(chosen(("a", "b", 11, 5)), "a", "b").survives
    assert choices_survive(chosen(("a", "b", 5, 5)), "a", "b").fewest == 0


def test_the_choice_that_overturns_may_be_of_others():
    # "a" and "b" never met: "a" is ahead by what each did against "c".
    table = chosen(("a", "c", 4, 2), ("b", "c", 3, 3))
    found = choices_survive(table, "a", "b")
    left = table.assign(people=table["people"] - [found.rows.count(row) for row in table.index])
    after = dict(zip(fit_pairs(left).items, fit_pairs(left).effects, strict=True))
    assert found.fewest <= 2
    assert after["a"] <= after["b"] + 1e-9


def test_what_stands_in_no_choice_is_refused():
    with pytest.raises(ValueError, match="'x'"):
        choices_survive(chosen(("a", "b", 1, 0)), "a", "x")
