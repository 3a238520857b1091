"""The crossed model: against hand-worked sums, a direct evaluation, and lme4 on real ratings."""

import gzip
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from feedback.analysis.value import _Problem, fit_crossed, rank_items, tiers

REFERENCE = Path(os.environ.get("FEEDBACK_TEST_DATA", Path(__file__).parents[3] / "shared")) / "reference"


def ratings(*rows: tuple) -> DataFrame:
    return DataFrame(rows, columns=["item", "rater", "score"])


def simulated(items=12, raters=30, each=4, spread=0.6, kindness=0.6, noise=0.7, seed=1) -> DataFrame:
    draw = np.random.default_rng(seed)
    worth, kind = draw.normal(0, spread, items), draw.normal(0, kindness, raters)
    rows = [(i, r, 3 + worth[i] + kind[r]) for r in range(raters) for i in draw.choice(items, each, replace=False)]
    table = ratings(*rows)
    return table.assign(score=table["score"] + draw.normal(0, noise, len(table)))


SQUARE = ratings(*[(i, r, s) for i, row in zip("abc", ((5, 5, 3), (4, 3, 3), (2, 3, 1)), strict=True)
                   for r, s in zip("xyz", row, strict=True)])  # fmt: skip


def test_a_full_square_of_ratings_gives_the_sums_of_squares_worked_by_hand():
    # Item means 13/3, 10/3, 2; rater means 11/3, 11/3, 7/3; all 29/9. Squares: items 74/9, raters 32/9, all 122/9,
    # rest 16/9. Mean squares: items 37/9, raters 16/9, rest 4/9. So the variances are (37/9 - 4/9) / 3 = 11/9,
    # (16/9 - 4/9) / 3 = 4/9 and 4/9, and an effect is its deviation times 1 - (4/9) / (37/9) = 33/37.
    fit = fit_crossed(SQUARE)
    assert (fit.variance_item, fit.variance_rater, fit.variance_residual) == pytest.approx((11 / 9, 4 / 9, 4 / 9), 1e-5)
    assert fit.intercept == pytest.approx(29 / 9)
    assert fit.effects == pytest.approx(np.array([10 / 9, 1 / 9, -11 / 9]) * 33 / 37, rel=1e-5)


def test_the_table_carries_the_models_summary():
    assert rank_items(SQUARE).attrs["intercept"] == pytest.approx(29 / 9)
    assert rank_items(SQUARE).attrs["reliability"] == pytest.approx(fit_crossed(SQUARE).reliability)


def test_a_kind_rater_does_not_lift_what_only_the_kind_rate():
    # "a" and "b" are rated alike by those who rate both; "a" also has the kind, "b" also the strict.
    table = ratings(
        *[(item, f"both{n}", 3 + n % 2) for n in range(6) for item in "ab"],
        *[(item, f"kind{n}", 5) for n in range(6) for item in "ac"],
        *[(item, f"strict{n}", 2) for n in range(6) for item in "bc"],
    )
    found = rank_items(table).set_index("item")
    assert found.loc["a", "mean"] - found.loc["b", "mean"] == 1.5
    assert abs(found.loc["a", "effect"] - found.loc["b", "effect"]) < 0.2


def directly(table: DataFrame, item: float, rater: float, rest: float):
    """-2 log REML likelihood, item effects and their posterior covariance from the full covariance of all scores."""
    z = pd.get_dummies(table["item"]).to_numpy(float)
    w = pd.get_dummies(table["rater"]).to_numpy(float)
    y, one = table["score"].to_numpy(float), np.ones(len(table))
    v = item * z @ z.T + rater * w @ w.T + rest * np.eye(len(y))
    inverse = np.linalg.inv(v)
    weight = one @ inverse @ one
    project = inverse - np.outer(inverse @ one, one @ inverse) / weight
    free = len(y) - 1
    value = np.linalg.slogdet(v)[1] + np.log(weight) + y @ project @ y + free * np.log(2 * np.pi)
    cross = item * z.T
    return value, cross @ project @ y, item * np.eye(z.shape[1]) - cross @ project @ cross.T


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_criterion_effects_and_covariance_equal_a_direct_evaluation(seed: int):
    table = simulated(seed=seed)
    fit = fit_crossed(table)
    value, effects, covariance = directly(table, fit.variance_item, fit.variance_rater, fit.variance_residual)
    assert fit.criterion == pytest.approx(value, abs=1e-6)
    assert fit.effects == pytest.approx(effects, abs=1e-8)
    assert fit.covariance == pytest.approx(covariance, abs=1e-8)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_other_variances_near_by_fit_better(seed: int):
    table = simulated(seed=seed)
    fit = fit_crossed(table)
    best = np.array([fit.variance_item, fit.variance_rater, fit.variance_residual])
    for part in range(3):
        for factor in (0.98, 1.02):
            other = best.copy()
            other[part] *= factor
            assert directly(table, *other)[0] > fit.criterion


def test_the_slope_is_that_of_the_criterion():
    table = simulated()
    item, rater, score = (table[name].to_numpy() for name in ("item", "rater", "score"))
    problem = _Problem(item, rater, score - 3, np.ones(len(table)))
    for logs in (np.array([-1.0, 0.5]), np.array([1.0, -2.0])):
        slope = problem.criterion(logs)[1]
        for part in (0, 1):
            step = np.eye(2)[part] * 1e-5
            rise = (problem.criterion(logs + step)[0] - problem.criterion(logs - step)[0]) / 2e-5
            assert slope[part] == pytest.approx(rise, rel=1e-4, abs=1e-4)


def test_the_table_says_how_sure_each_place_is():
    found = rank_items(simulated(), top=3)
    assert found["effect"].is_monotonic_decreasing
    assert found["tier"].is_monotonic_increasing
    assert found["tier"].iloc[0] == 1
    assert found["n"].sum() == 120
    assert ((found["low"] < found["low50"]) & (found["low50"] < found["effect"])).all()
    assert ((found["effect"] < found["high50"]) & (found["high50"] < found["high"])).all()
    assert (found["high"] - found["low"]).to_numpy() == pytest.approx(2 * 1.6448536 * found["sd"].to_numpy())
    assert found["p_top"].sum() == pytest.approx(3)
    assert found["component"].unique().tolist() == [1]


def test_the_same_seed_gives_the_same_table_and_the_input_is_not_changed():
    table = simulated()
    before = table.copy(deep=True)
    pd.testing.assert_frame_equal(rank_items(table, seed=5), rank_items(table, seed=5))
    assert table.equals(before)


def test_a_tier_begins_where_the_leader_is_surely_better():
    clear = ratings(*[(i, r, s + (r % 2) / 10) for i, s in (("a", 5), ("b", 5), ("c", 1)) for r in range(20)])
    assert rank_items(clear)["tier"].tolist() == [1, 1, 2]
    fit = fit_crossed(simulated())
    order = np.argsort(-fit.effects)
    found = tiers(fit)[order]
    second = order[np.argmax(found == 2)]
    contrast = np.zeros(len(order))
    contrast[[order[0], second]] = 1, -1
    assert contrast @ fit.effects > 1.6448536 * np.sqrt(contrast @ fit.covariance @ contrast)


@pytest.mark.parametrize(
    "table",
    [
        ratings(*[("only", r, r % 5 + 1) for r in range(9)]),
        ratings(*[(i, r, 4) for i in "ab" for r in range(5)]),
        ratings(*[(i, r, r % 5 + 1) for i in "abc" for r in range(10)]),
        ratings(*[(i, f"{i}-only", s) for i, s in (("a", 5), ("b", 1), ("a", 4), ("b", 2))]),
        ratings(*[(i, "one", s) for i, s in (("a", 5), ("b", 1), ("c", 3))]),
        ratings(("a", "x", 3)),
    ],
    ids=["one item", "equal scores", "no difference", "each its own rater", "rated once each", "one rating"],
)
def test_what_cannot_be_told_apart_shares_one_tier(table: DataFrame):
    found = rank_items(table)
    assert (found[["effect", "sd", "low", "high"]] == 0).all(axis=None)
    assert found["tier"].unique().tolist() == [1]
    assert found["p_top"].nunique() == 1
    assert fit_crossed(table).reliability == 0


def test_one_rater_rating_items_repeatedly_still_ranks_them():
    found = rank_items(ratings(*[(i, "one", s + n % 2) for i, s in (("a", 4), ("b", 1)) for n in range(6)]))
    assert found["item"].tolist() == ["a", "b"]
    assert found["n"].tolist() == [6, 6]
    assert found["effect"].iloc[0] > 1


def test_scores_that_fit_exactly_are_answered():
    found = rank_items(ratings(*[(i, r, s) for i, s in (("a", 5), ("b", 3), ("c", 1)) for r in range(4)]))
    assert np.isfinite(found.drop(columns="item").to_numpy(float)).all()
    assert found["effect"].to_numpy() == pytest.approx([2, 0, -2], abs=1e-3)


def test_items_without_common_raters_are_marked():
    table = ratings(
        *[(i, f"l{r}", s + r % 2) for i, s in (("a", 3), ("b", 4), ("c", 2)) for r in range(5)],
        *[(i, f"r{r}", s + r % 3) for i, s in (("d", 1), ("e", 2)) for r in range(5)],
    )
    found = rank_items(table).set_index("item")
    assert found.loc[list("abcde"), "component"].tolist() == [1, 1, 1, 2, 2]


def test_ratings_without_a_score_are_left_out():
    table = simulated()
    gaps = pd.concat([table, ratings((0, 0, None), (99, 1, None))], ignore_index=True)
    pd.testing.assert_frame_equal(rank_items(gaps), rank_items(table))


def test_nothing_rated_gives_an_empty_table():
    found = rank_items(ratings().astype({"score": float}))
    assert found.empty
    assert {"item", "effect", "p_top", "tier", "component"} <= set(found)


def test_organisations_are_counted_where_they_are_named():
    table = SQUARE.assign(organisation=SQUARE["rater"].map({"x": "ash", "y": "ash", "z": "oak"}))
    found = rank_items(table)
    assert found["organisations"].tolist() == [2, 2, 2]
    assert found["largest_share"].to_numpy() == pytest.approx(2 / 3)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5), st.integers(1, 5)), max_size=30))
def test_any_ratings_are_answered_in_finite_numbers(rows: list[tuple[int, int, int]]):
    found = rank_items(ratings(*rows).astype({"score": float}), draws=50)
    assert len(found) == len({row[0] for row in rows})
    assert np.isfinite(found.to_numpy(float)).all()
    assert found["p_top"].between(0, 1).all()


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False), st.floats(-50, 50))
def test_neither_order_nor_level_of_the_scores_matters(chance, shift: float):
    table = simulated(items=6, raters=10, each=3)
    order = list(range(len(table)))
    chance.shuffle(order)
    other = fit_crossed(table.iloc[order].assign(score=lambda mixed: mixed["score"] + shift))
    same = fit_crossed(table)
    assert other.effects == pytest.approx(same.effects, abs=1e-4)
    assert other.intercept == pytest.approx(same.intercept + shift, abs=1e-4)


def test_real_ratings_of_lecturers_give_what_lme4_gives():
    file = REFERENCE / "insteval.csv.gz"
    if not file.exists():
        pytest.skip(f"{file} is not here; set FEEDBACK_TEST_DATA to the folder that holds reference/")
    with gzip.open(file, "rt") as lines:
        table = pd.read_csv(lines)[["d", "s", "y"]].set_axis(["item", "rater", "score"], axis=1)
    expected = json.loads((REFERENCE / "insteval_reference.json").read_text())["M0"]
    blups = pd.read_csv(REFERENCE / "insteval_blups_lecturer_40of1128.csv").set_index("level")
    fit = fit_crossed(table)
    found = (fit.variance_item, fit.variance_rater, fit.variance_residual)
    assert found == pytest.approx([expected["var"][part] for part in ("d", "s", "residual")], rel=1e-4)
    assert fit.intercept == pytest.approx(expected["fixef"]["(Intercept)"], rel=1e-6)
    assert fit.criterion == pytest.approx(expected["reml_criterion"], abs=0.01)
    effect = pd.Series(fit.effects, index=fit.items)
    sd = pd.Series(np.sqrt(np.diag(fit.covariance)), index=fit.items)
    assert effect[blups.index].to_numpy() == pytest.approx(blups["blup"].to_numpy(), abs=1e-4)
    # lme4's are for a known intercept, ours add its doubt
    assert sd[blups.index].to_numpy() == pytest.approx(blups["postsd"].to_numpy(), rel=0.02)


@pytest.mark.parametrize("seed", [1, 2])
def test_equal_ratings_may_stand_in_one_row_with_their_number(seed: int):
    single = simulated(seed=seed).round({"score": 0})
    single = pd.concat([single, single, single.iloc[:20]], ignore_index=True)
    summed = single.assign(people=1).groupby(["item", "rater", "score"], as_index=False)["people"].sum()
    each, together = rank_items(single), rank_items(summed.sample(frac=1, random_state=seed))
    assert len(summed) < len(single)
    assert together["n"].sum() == len(single)
    pd.testing.assert_frame_equal(each, together, rtol=1e-4, atol=1e-5)


def test_the_organisations_behind_a_rating_are_counted_by_people():
    table = ratings(("a", "ash", 4), ("a", "oak", 3), ("b", "ash", 2), ("b", "oak", 5))
    table = table.assign(organisation=table["rater"], people=[3, 1, 1, 1])
    found = rank_items(table).set_index("item")
    assert found.loc["a", ["n", "organisations", "largest_share"]].tolist() == [4, 2, 0.75]
