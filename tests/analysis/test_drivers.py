"""What goes with the outcome: shares of R squared, alone and pooled, and what bad input is told."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from benchmarks.change import interval_study, list_study
from feedback.analysis.drivers import (
    ALIKE,
    FEW,
    MOST_BY_LMG,
    TOLD,
    Sums,
    best_weight,
    drivers,
    johnson,
    lmg,
    pooled_drivers,
    sums_of,
)

ITEMS = ["clear", "useful", "fair"]


def people(count: int = 60, seed: int = 1, weights: tuple[float, ...] = (0.8, 0.3, 0.0)) -> DataFrame:
    """Answers from 1 to 5 to three items and the outcome."""
    chance = np.random.default_rng(seed)
    items = chance.normal(size=(count, 1)) * 0.7 + chance.normal(size=(count, 3))
    outcome = items @ weights + chance.normal(size=count)
    table = np.clip(np.rint(np.column_stack([items, outcome]) + 3.5), 1, 5)
    return DataFrame(table, columns=[*ITEMS, "worth"])


@pytest.fixture
def swiss(shared_data: Path) -> tuple[DataFrame, dict]:
    folder = shared_data / "reference"
    if not (folder / "swiss.csv").exists():
        pytest.skip(f"{folder} does not hold swiss.csv")
    wanted = json.loads((folder / "small_reference.json").read_text())
    return pd.read_csv(folder / "swiss.csv", index_col=0), wanted


@pytest.mark.parametrize("method", ["johnson", "lmg"])
def test_shares_are_those_of_the_reference(swiss, method):
    table, wanted = swiss
    known = wanted[f"swiss_fertility_{method}"]
    items = [name for name in known if name not in ("R2", "by")]
    found = drivers(table, "Fertility", items, method=method)
    assert found.table["importance"].to_numpy() == pytest.approx([known[name] for name in items], abs=1e-6)
    assert found.r_squared == pytest.approx(wanted["swiss_fertility_lmg"]["R2"], abs=1e-6)
    assert (found.state, found.people) == (TOLD, 47)


def correlations(items: int, seed: int) -> np.ndarray:
    return np.corrcoef(np.random.default_rng(seed).normal(size=(items + 1, 3 * items + 5)))


def r_squared(whole: np.ndarray) -> float:
    return float(whole[:-1, -1] @ np.linalg.solve(whole[:-1, :-1], whole[:-1, -1]))


@given(st.integers(1, 7), st.integers(0, 10_000))
def test_shares_add_up_to_r_squared_and_no_order_changes_them(items, seed):
    whole = correlations(items, seed)
    order = np.random.default_rng(seed).permutation(items)
    turned = whole[np.ix_([*order, items], [*order, items])]
    for share in (johnson, lmg):
        found = share(whole)
        assert found.sum() == pytest.approx(r_squared(whole))
        assert (found > -1e-12).all()
        assert share(turned) == pytest.approx(found[order])


def test_many_matrices_at_once_are_each_as_alone():
    stack = np.stack([correlations(4, seed) for seed in range(6)]).reshape(2, 3, 5, 5)
    for share in (johnson, lmg):
        assert share(stack).shape == (2, 3, 4)
        assert share(stack)[1, 2] == pytest.approx(share(stack[1, 2]))


def test_lmg_of_two_items_is_the_mean_of_coming_first_and_last():
    whole = correlations(2, 3)
    first = whole[0, 2] ** 2
    last = r_squared(whole) - whole[1, 2] ** 2
    assert lmg(whole)[0] == pytest.approx((first + last) / 2)


def test_too_many_items_for_lmg_are_refused():
    assert lmg(np.eye(MOST_BY_LMG + 1)) == pytest.approx(0)
    with pytest.raises(ValueError, match="Johnson"):
        lmg(np.eye(MOST_BY_LMG + 2))


@pytest.mark.parametrize("method", ["johnson", "lmg"])
def test_every_importance_lies_in_its_interval_and_the_strongest_is_first(method):
    found = drivers(people(200), "worth", ITEMS, method=method)
    table = found.table
    assert ((table["low"] <= table["importance"]) & (table["importance"] <= table["high"])).all()
    assert table["item"].tolist() == ITEMS
    assert table["importance"].idxmax() == 0
    assert table.loc[0, "low"] > table.loc[2, "high"]


def test_the_order_of_rows_and_columns_and_the_unit_change_nothing_and_the_table_stays_as_it_was():
    table = people()
    before = table.copy(deep=True)
    found = drivers(table, "worth", ITEMS)
    shuffled = table.sample(frac=1, random_state=3)[["worth", *ITEMS[::-1]]]
    pd.testing.assert_frame_equal(drivers(shuffled, "worth", ITEMS).table, found.table)
    pd.testing.assert_frame_equal(drivers(1e9 + 1e-3 * table, "worth", ITEMS).table, found.table, atol=1e-5)
    assert table.equals(before)


def test_more_people_than_are_drawn_one_by_one_give_narrower_intervals():
    few, many = (drivers(people(count), "worth", ITEMS).table for count in (300, 3000))
    ratio = (many["high"] - many["low"]).mean() / (few["high"] - few["low"]).mean()
    assert 0.2 < ratio < 0.45  # a tenth of the variance is a third of the width


def test_people_who_left_something_out_are_left_out():
    table = people()
    table.loc[[1, 2], "clear"] = np.nan
    table.loc[3, "worth"] = np.nan
    found = drivers(table, "worth", ITEMS)
    assert found.people == 57
    pd.testing.assert_frame_equal(found.table, drivers(table.dropna(), "worth", ITEMS).table)


@pytest.mark.parametrize("method", ["johnson", "lmg"])
def test_an_item_all_agree_on_explains_nothing_and_items_that_say_the_same_share_alike(method):
    table = people().assign(fixed=4.0, again=lambda each: 2 * each["clear"] - 1)
    found = drivers(table, "worth", [*ITEMS, "fixed", "again"], method=method)
    rows = found.table.set_index("item")
    assert (rows.loc["fixed", ["importance", "low", "high"]] == 0).all()
    assert rows.loc["again", "importance"] == pytest.approx(rows.loc["clear", "importance"])
    assert found.r_squared == pytest.approx(drivers(table, "worth", ITEMS, method=method).r_squared)
    assert (found.constant, found.same) == (("fixed",), (("clear", "again"),))
    assert not rows.isna().any(axis=None)


def test_items_that_add_up_to_another_are_named_together():
    table = people().assign(total=lambda each: each["clear"] + each["fair"])
    found = drivers(table, "worth", [*ITEMS, "total"])
    assert found.same == (("clear", "fair", "total"),)


@pytest.mark.parametrize(
    ("table", "state"),
    [
        (people(4), FEW),
        (people(0), ALIKE),
        (people().assign(worth=3.0), ALIKE),
        (people().assign(clear=np.nan), ALIKE),
    ],
    ids=["few", "none", "all satisfied", "never asked"],
)
def test_what_cannot_be_told_says_why(table, state):
    found = drivers(table, "worth", ITEMS)
    assert (found.state, found.r_squared, len(found.table)) == (state, 0.0, 0)


def test_two_people_more_than_items_are_enough():
    found = drivers(people(5, seed=4), "worth", ITEMS)
    assert found.state == TOLD
    assert not found.table.isna().any(axis=None)


@pytest.mark.parametrize("items", [[], ["clear", "clear"], ["worth", "clear"]], ids=["none", "twice", "the outcome"])
def test_items_that_make_no_sense_are_refused(items):
    with pytest.raises(ValueError, match="different columns"):
        drivers(people(), "worth", items)


def test_an_infinite_answer_is_refused():
    with pytest.raises(ValueError, match="infinite"):
        drivers(people().replace(5.0, np.inf), "worth", ITEMS)


# sums, pooled


@given(st.integers(0, 10_000), st.lists(st.integers(0, 30), max_size=3))
def test_sums_of_parts_add_up_to_the_sums_of_all_exactly(seed, cuts):
    chance = np.random.default_rng(seed)
    table = people(30, seed).where(chance.random((30, 4)) > 0.3)
    pieces = np.split(np.arange(30), sorted(cuts))
    parts = [sums_of(table.iloc[piece]) for piece in pieces]
    chance.shuffle(parts)
    assert (sum(part.amounts for part in parts) == sums_of(table).amounts).all()


def test_credentials_asked_different_questions_are_not_pooled():
    with pytest.raises(ValueError, match="2 sets of questions"):
        pooled_drivers({"a": sums_of(people()), "b": sums_of(people()[["worth", *ITEMS]])})


def test_one_credential_alone_is_what_its_people_say():
    table = people()
    found = pooled_drivers({"only": sums_of(table)})
    assert found is not None
    alone = drivers(table, "worth", ITEMS)
    mine = found.table[found.table["credential"] == "only"]
    assert mine["importance"].to_numpy() == pytest.approx(alone.table["importance"].to_numpy())
    assert found.r_squared["only"] == pytest.approx(alone.r_squared)
    width = (mine["high"] - mine["low"]).mean() / (alone.table["high"] - alone.table["low"]).mean()
    assert 0.7 < width < 1.4  # Wishart against people drawn


def test_few_people_say_what_all_say_and_many_say_their_own():
    parts = {f"usual {n}": sums_of(people(200, n)) for n in range(6)}
    parts |= {"few": sums_of(people(12, 7, (0.0, 0.3, 0.8))), "many": sums_of(people(2000, 8, (0.0, 0.3, 0.8)))}
    found = pooled_drivers(parts, weight=100)
    assert found is not None
    share = found.table.pivot_table(index="credential", columns="item", values="share")
    assert share.loc["few"].idxmax() == share.loc["usual 1"].idxmax() == "clear"
    assert share.loc["many"].idxmax() == "fair"
    own = found.table.groupby("credential")["own"].first()
    assert own["few"] == pytest.approx(12 / 112)
    assert (own[""], own["many"]) == (1, pytest.approx(2000 / 2100))


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_pooled_shares_add_up_whatever_is_missing_and_in_any_order(seed):
    chance = np.random.default_rng(seed)
    parts = {
        name: sums_of(people(size, seed + size).where(chance.random((size, 4)) > 0.4))
        for name, size in (("a", 40), ("b", 9), ("c", 25))
    }
    found = pooled_drivers(parts, draws=20)
    assert found is not None
    assert not found.table.isna().any(axis=None)
    assert (
        (found.table["low"] <= found.table["importance"]) & (found.table["importance"] <= found.table["high"])
    ).all()
    summed = found.table.groupby("credential")[["importance", "share"]].sum()
    assert summed["importance"].to_dict() == pytest.approx(dict(found.r_squared))
    assert summed["share"].to_numpy() == pytest.approx(1)
    assert (summed["importance"] <= 1 + 1e-9).all()
    again = pooled_drivers(dict(reversed(parts.items())), draws=20)
    assert again is not None
    pd.testing.assert_frame_equal(again.table, found.table)


def test_differences_between_credentials_are_no_drivers():
    # Within each course nothing goes with anything; where all is better, the outcome is, too.
    chance = np.random.default_rng(2)
    parts = {
        str(level): sums_of(DataFrame(chance.normal(level, 1, (400, 4)), columns=[*ITEMS, "worth"]))
        for level in (0, 5, 10)
    }
    found = pooled_drivers(parts)
    assert found is not None
    assert found.r_squared[""] < 0.02


def test_an_item_nobody_answered_is_left_out_and_one_a_credential_lacks_is_lent():
    asked, other = people(80, 1).assign(fair=np.nan), people(80, 2).assign(fair=np.nan)
    found = pooled_drivers({"asked": sums_of(asked), "other": sums_of(other.assign(useful=4.0))})
    assert found is not None
    assert found.left_out == ("fair",)
    rows = found.table.set_index(["credential", "item"])
    assert rows.loc[("other", "useful"), "importance"] > 0
    assert rows.loc[("other", "useful"), "n"] == 80


def test_where_nothing_can_be_pooled_nothing_is_said():
    assert pooled_drivers({"a": sums_of(people().assign(worth=3.0))}) is None
    assert pooled_drivers({"a": sums_of(people(0))}) is None
    assert pooled_drivers({"a": sums_of(people(4))}) is None
    assert isinstance(sums_of(people()), Sums)


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan])
def test_credentials_that_lend_nothing_are_refused(weight):
    with pytest.raises(ValueError, match="more than 0"):
        pooled_drivers({"a": sums_of(people())}, weight=weight)


def test_credentials_that_are_alike_lend_more_than_those_that_differ():
    def weight(differ: float) -> float:
        chance = np.random.default_rng(5)
        of = [people(150, n, tuple(np.array([0.8, 0.3, 0.2]) + differ * chance.normal(size=3))) for n in range(30)]
        each = np.stack([np.corrcoef(table.T) for table in of])
        return best_weight(each, np.full(each.shape, 150.0))

    assert weight(0.5) <= 100 < weight(0.0)
    one = np.corrcoef(people().T)[None]
    assert best_weight(one, np.full((1, 4, 4), 60.0)) == 100  # nothing to compare with


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    alone = interval_study(60, replicates=12, seed=3)
    assert 0.82 < alone["covered"] < 0.98


def test_the_list_finds_the_true_top_three_where_courses_are_alike_and_beats_the_gap_where_they_differ():
    alike = list_study(30, 0.0, replicates=1, truths=3)
    assert alike["top 3, list"] >= 0.8
    assert alike["tau pooled"] > alike["tau alone"] + 0.2
    differ = list_study(30, 0.15, replicates=1, truths=3)
    assert differ["top 3, list"] > differ["top 3, gap alone"] + 0.15
    assert differ["tau pooled"] > differ["tau alone"]
    assert min(alike["covered"], differ["covered"]) > 0.8
