"""The ranking of items: what its table says, and what it says of ratings that say little."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from benchmarks.ranking import SCENARIOS, study
from feedback.analysis.value import fit_crossed, not_joined, rank_items, tiers
from tests.analysis.rated import SQUARE, ratings, simulated


def test_the_table_carries_the_models_summary():
    assert rank_items(SQUARE).attrs["intercept"] == pytest.approx(29 / 9)
    assert rank_items(SQUARE).attrs["reliability"] == pytest.approx(rank_items(SQUARE)["reliability"].mean())


def test_the_method_moves_no_variance_and_widens_what_rests_on_it():
    auto, reml = (rank_items(simulated(), method=method) for method in ("auto", "reml"))
    assert auto.attrs == reml.attrs
    auto, reml = auto.set_index("item").sort_index(), reml.set_index("item").sort_index()
    same = ["n", "mean", "reliability", "component"]
    pd.testing.assert_frame_equal(auto[same], reml[same])
    assert (auto["high"] - auto["low"] > 1.02 * (reml["high"] - reml["low"])).all()
    assert auto["effect"].to_numpy() == pytest.approx(reml["effect"].to_numpy(), abs=0.2)


def test_from_a_thousand_ratings_on_both_methods_are_one():
    table = simulated(items=20, raters=250, each=4)
    pd.testing.assert_frame_equal(rank_items(table), rank_items(table, method="reml"))
    assert rank_items(table.iloc[:999])["sd"].sum() != rank_items(table.iloc[:999], method="reml")["sd"].sum()


def test_reliability_grows_with_ratings_and_stays_a_share():
    table = simulated(items=8, raters=40)
    table = table[(table["item"] > 2) | (table["rater"] < 6)]
    found = rank_items(table)
    assert found["reliability"].between(0, 1).all()
    assert found["reliability"].corr(found["n"], method="spearman") > 0.9


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


def test_the_table_says_how_sure_each_place_is():
    found = rank_items(simulated(), top=3)
    assert found["effect"].is_monotonic_decreasing
    assert found["tier"].is_monotonic_increasing
    assert found["tier"].iloc[0] == 1
    assert found["n"].sum() == 120
    assert ((found["low"] < found["low50"]) & (found["low50"] < found["effect"])).all()
    assert ((found["effect"] < found["high50"]) & (found["high50"] < found["high"])).all()
    known = rank_items(simulated(), method="reml")
    assert (known["high"] - known["low"]).to_numpy() == pytest.approx(2 * 1.6448536 * known["sd"].to_numpy())
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
    belief = fit_crossed(simulated()).integrated()
    order = np.argsort(-belief.effects)
    found = tiers(belief.effects, belief.covariance)[order]
    second = order[np.argmax(found == 2)]
    contrast = np.zeros(len(order))
    contrast[[order[0], second]] = 1, -1
    assert contrast @ belief.effects > 1.6448536 * np.sqrt(contrast @ belief.covariance @ contrast)


NOTHING = {
    "one item": ratings(*[("only", r, r % 5 + 1) for r in range(9)]),
    "equal scores": ratings(*[(i, r, 4) for i in "ab" for r in range(5)]),
    "equal scores between steps": ratings(*[(i, r, 0.1) for i in "ab" for r in range(5)]),
    "each its own rater": ratings(*[(i, f"{i}-only", s) for i, s in (("a", 5), ("b", 1), ("a", 4), ("b", 2))]),
    "rated once each": ratings(*[(i, "one", s) for i, s in (("a", 5), ("b", 1), ("c", 3))]),
    "one rating": ratings(("a", "x", 3)),
}
NO_DIFFERENCE = ratings(*[(i, r, r % 5 + 1) for i in "abc" for r in range(10)])
NO_VARIANCE = simulated(spread=0.0, seed=1)


@pytest.mark.parametrize("method", ["auto", "reml"])
@pytest.mark.parametrize("table", NOTHING.values(), ids=NOTHING)
def test_what_says_nothing_of_differences_shares_one_place(table: DataFrame, method):
    found = rank_items(table, method=method)
    assert (found[["effect", "sd", "low", "high", "reliability"]] == 0).all(axis=None)
    assert found["tier"].unique().tolist() == [1]
    assert found["p_top"].nunique() == 1


@pytest.mark.parametrize("table", [NO_DIFFERENCE, NO_VARIANCE], ids=["the same to all", "noise"])
def test_no_variance_between_items_is_an_answer_by_reml(table: DataFrame):
    found = rank_items(table, method="reml")
    assert found.attrs["variance_item"] == found.attrs["reliability"] == 0
    assert (found[["effect", "sd", "low", "high", "reliability"]] == 0).all(axis=None)
    assert found["tier"].unique().tolist() == [1]
    assert found["p_top"].nunique() == 1


@pytest.mark.parametrize("table", [NO_DIFFERENCE, NO_VARIANCE], ids=["the same to all", "noise"])
def test_where_no_variance_is_found_auto_says_how_much_may_hide(table: DataFrame):
    found = rank_items(table)
    assert found.attrs["variance_item"] == found.attrs["reliability"] == 0
    assert found["tier"].unique().tolist() == [1]
    assert ((found["low"] < 0) & (found["high"] > 0) & (found["sd"] > 0)).all()
    assert found["sd"].max() < table["score"].std() / 2
    assert found["effect"].abs().max() < found["sd"].min()


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


def test_the_organisations_behind_a_rating_are_counted_by_people():
    table = ratings(("a", "ash", 4), ("a", "oak", 3), ("b", "ash", 2), ("b", "oak", 5))
    table = table.assign(organisation=table["rater"], people=[3, 1, 1, 1])
    found = rank_items(table).set_index("item")
    assert found.loc["a", ["n", "organisations", "largest_share"]].tolist() == [4, 2, 0.75]


@pytest.mark.parametrize("method", ["auto", "reml"])
def test_items_no_rater_joins_are_named(method):
    apart = ratings(
        *[(f"{part}{i}", f"{part}{r}", r % 3 + i) for part in "xyz" for i in range(4 - (part > "x")) for r in range(4)]
    )
    found = rank_items(apart, method=method)
    assert not_joined(found) == [["y0", "y1", "y2"], ["z0", "z1", "z2"]]
    assert not_joined(rank_items(simulated(), method=method)) == []


def test_the_same_rater_may_rate_an_item_twice_and_both_count():
    twice = pd.concat([SQUARE, SQUARE.iloc[[0]].assign(score=1)])
    found = rank_items(twice).set_index("item")
    assert found.loc["a", ["n", "mean"]].tolist() == [4, 3.5]
    assert found.loc["a", "effect"] < rank_items(SQUARE).set_index("item").loc["a", "effect"]


@pytest.mark.parametrize("score", [np.inf, -np.inf, 1e200, "good"])
def test_a_score_that_is_no_finite_number_is_refused(score):
    with pytest.raises(ValueError):
        rank_items(pd.concat([SQUARE.astype({"score": object}), ratings(("a", "x", score))]))


@pytest.mark.parametrize(
    ("column", "wrong", "allowed"),
    [
        ("people", 0, "a whole number from 1"),
        ("people", -1, "a whole number from 1"),
        ("people", 1.5, "a whole number from 1"),
        ("people", np.nan, "a whole number from 1"),
        ("people", "many", "a whole number from 1"),
        ("score", "good", "a number between -1e\\+100 and 1e\\+100"),
        ("score", np.inf, "a number between -1e\\+100 and 1e\\+100"),
    ],
)
def test_the_first_row_that_is_wrong_is_named_with_what_is_allowed(column, wrong, allowed):
    table = SQUARE.assign(people=1).astype({column: object}).rename(index=lambda place: f"line {place}")
    table.loc["line 2", column] = wrong
    for model in (rank_items, fit_crossed):
        with pytest.raises(ValueError, match=f"row 'line 2': {column} is .*; allowed is {allowed}"):
            model(table)


def test_a_missing_score_is_left_out_of_the_ranking_and_refused_by_the_model():
    table = pd.concat([SQUARE, ratings(("a", "w", np.nan))], ignore_index=True)
    assert rank_items(table)["n"].sum() == len(SQUARE)
    with pytest.raises(ValueError, match="score is nan"):
        fit_crossed(table)


@pytest.mark.parametrize("unit", [1e-90, 1e-9, 1e9, 1e90])
def test_scores_of_any_size_give_finite_numbers(unit: float):
    table = simulated().assign(score=lambda rows: rows["score"] * unit)
    found = rank_items(table)
    assert np.isfinite(found.drop(columns="item").to_numpy(float)).all()
    assert (found["effect"] / unit).to_numpy() == pytest.approx(rank_items(simulated())["effect"].to_numpy(), rel=1e-3)


def test_many_rows_are_ranked():
    draw, size = np.random.default_rng(3), 300_000
    item, rater = draw.integers(0, 30, size), draw.integers(0, 40_000, size)
    score = np.clip(np.rint(3 + item / 30 + draw.normal(0, 1, size)), 1, 5)
    found = rank_items(DataFrame({"item": item, "rater": rater, "score": score}))
    assert found["n"].sum() == size
    assert found["item"].tolist()[:3] == [29, 28, 27]
    assert np.isfinite(found.to_numpy(float)).all()


def test_a_known_truth_is_found_better_than_by_plain_means():
    # Twenty-five draws of the benchmark's base scenario: the whole study is benchmarks/ranking.py.
    found = study(SCENARIOS[0], replicates=25)
    assert found.gain > 2 * found.error
    assert 0.84 <= found.covered <= 0.95
