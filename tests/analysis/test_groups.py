"""Where a thing is rated higher: planted differences are found, and none are made up."""

import numpy as np
import pytest
from pandas import DataFrame

from feedback.analysis.groups import value_as_listed, value_in_groups

COLUMNS = ["item", "group", "n", "level", "sd", "low", "high", "differs", "tier"]


def ratings(seed=0, items=8, groups=4, raters=10, *, within=0.6, noise=0.5):
    """Everybody rates everything; with the true level of each item in each group."""
    chance = np.random.default_rng(seed)
    truth = 3 + chance.normal(0, 0.5, items)[:, None] + chance.normal(0, within, (items, groups))
    rows = []
    for group in range(groups):
        for rater in range(raters):
            kind = chance.normal(0, 0.3)
            rows += [
                (f"i{item}", f"g{group}", f"r{group}-{rater}", truth[item, group] + kind + chance.normal(0, noise), 1)
                for item in range(items)
            ]
    return DataFrame(rows, columns=["item", "group", "rater", "score", "people"]), truth


def test_a_planted_difference_between_groups_is_found_and_within_its_interval():
    table, truth = ratings()
    found = value_in_groups(table)
    assert list(found) == COLUMNS
    apart = truth - truth.mean(axis=1, keepdims=True)
    apart -= apart.mean(axis=0)  # what a whole group gives is taken for its raters' kindness
    assert found.attrs["variance_group"] == pytest.approx(apart.var() * 32 / 21, rel=0.3)
    true = truth[[int(item[1:]) for item in found["item"]], [int(group[1:]) for group in found["group"]]]
    assert np.corrcoef(true, found["level"])[0, 1] > 0.9
    assert ((found["low"] <= true) & (true <= found["high"])).mean() > 0.75


def test_groups_that_do_not_differ_are_not_told_apart():
    wrong = 0
    for seed in range(10):
        table, _ = ratings(seed, within=0.0, raters=4)
        found = value_in_groups(table)
        wrong += (found["differs"] != 0).sum()
    assert wrong <= 10 * 32 * 0.02


def test_a_cell_of_few_is_drawn_towards_its_items_own_level():
    table, _ = ratings(within=0.4)
    few = table[~((table["item"] == "i0") & (table["group"] == "g0") & (table["rater"] != "r0-0"))].copy()
    few.loc[(few["item"] == "i0") & (few["group"] == "g0"), "score"] = 8.0
    found = value_in_groups(few).set_index(["item", "group"])
    own = few[(few["item"] == "i0") & (few["group"] != "g0")]["score"].mean()
    assert own < found.loc[("i0", "g0"), "level"] < (8.0 + own) / 2 + 1
    assert found.loc[("i0", "g0"), "sd"] > found.loc[("i0", "g1"), "sd"]


@pytest.mark.parametrize("rows", [[], [("a", "x", "r", 2.0, 1)], [("a", "x", "r", 2.0, 3), ("b", "y", "s", 2.0, 1)]])
def test_nothing_one_rating_or_equal_scores_give_no_difference_and_no_gap(rows):
    table = DataFrame(rows, columns=["item", "group", "rater", "score", "people"])
    found = value_in_groups(table.astype({"score": float, "people": int}))
    assert list(found) == COLUMNS
    assert not found[["level", "sd", "low", "high"]].isna().any(axis=None)
    assert found["differs"].isna().all(), "of no item is there another group"


@pytest.mark.parametrize("seed", range(3))
def test_an_item_of_one_group_differs_from_nothing(seed):
    table, _ = ratings(seed, items=5, groups=3, raters=4)
    table = table[(table["item"] != "i0") | (table["group"] == "g0")]
    differs = value_in_groups(table).set_index("item")["differs"]
    assert differs["i0":"i0"].isna().all()
    assert differs["i1":].notna().all()


def test_ratings_of_a_group_without_a_share_count_as_answered_and_towards_the_items_level():
    table, _ = answered_unevenly(2)
    rest = table.assign(group=table["group"].where(table["group"] != "g3", "(rest)"))
    found = value_as_listed(rest, SHARES)
    assert found["n"].tolist() == value_as_listed(table, SHARES)["n"].tolist()
    without = value_as_listed(table[table["group"] != "g3"], SHARES)
    assert (found["n"] >= without["n"]).all()
    assert (found["sd"] < without["sd"] + 0.05).all()


def test_a_row_stands_for_as_many_ratings_as_it_says():
    table, _ = ratings(items=4, groups=3, raters=4)
    table["score"] = table["score"].round()
    twice = value_in_groups(table.assign(people=2))
    written = value_in_groups(DataFrame(np.repeat(table.to_numpy(), 2, axis=0), columns=table.columns).infer_objects())
    np.testing.assert_allclose(twice["level"], written["level"], atol=1e-6)


SHARES = {"g0": 0.1, "g1": 0.2, "g2": 0.3, "g3": 0.4}
"""How the groups are known to stand; they answer the other way round."""


def answered_unevenly(seed, items=12, answering=(24, 12, 6, 3), within=0.5, noise=0.7):
    """Everybody rates half of the items; with what each item is worth to all groups as they stand."""
    chance = np.random.default_rng(seed)
    cells = 3 + chance.normal(0, 0.5, items)[:, None] + chance.normal(0, within, (items, len(SHARES)))
    rows = []
    for group, raters in enumerate(answering):
        for rater in range(raters):
            kind = chance.normal(0, 0.4)
            rows += [
                (
                    f"i{item:02}",
                    f"g{group}",
                    f"r{group}-{rater}",
                    cells[item, group] + kind + chance.normal(0, noise),
                    1,
                )
                for item in chance.permutation(items)[: items // 2]
            ]
    return DataFrame(rows, columns=["item", "group", "rater", "score", "people"]), cells @ list(SHARES.values())


def test_where_groups_answer_unevenly_and_differ_values_as_listed_are_nearer_to_the_truth():
    wrong = {"listed": 0.0, "answered": 0.0, "mean": 0.0}
    held = []
    for seed in range(8):
        table, truth = answered_unevenly(seed)
        found = value_as_listed(table, SHARES)
        means = table.groupby("item")["score"].mean().to_numpy()
        for name, said in (("listed", found["level"]), ("answered", found["answered"]), ("mean", means)):
            off = np.asarray(said) - truth
            wrong[name] += ((off - off.mean()) ** 2).mean()  # what the whole is off by ranks nothing
        held += [((found["low"] <= truth) & (truth <= found["high"])).mean()]
    assert wrong["listed"] < 0.85 * wrong["answered"]
    assert wrong["answered"] < wrong["mean"]
    assert np.mean(held) > 0.75


def test_a_group_nobody_rated_an_item_in_counts_as_the_items_own_level_with_more_doubt():
    table, _ = answered_unevenly(1)
    without = table[~((table["item"] == "i00") & (table["group"] == "g3"))]
    item = value_as_listed(without, SHARES).set_index("item").loc["i00"]
    others = value_in_groups(without).set_index(["item", "group"]).loc["i00"]
    known = sum(SHARES[group] * level for group, level in others["level"].items())
    own = (item["level"] - known) / SHARES["g3"]
    assert others["level"].min() - 0.3 < own < others["level"].max() + 0.3
    assert item["sd"] > value_as_listed(table, SHARES).set_index("item").loc["i00", "sd"]
    assert abs(item["move"]) < 2 * item["sd"]


def test_groups_that_do_not_differ_move_nothing():
    table, _ = answered_unevenly(3, within=0.0)
    found = value_as_listed(table, SHARES)
    assert found["move"].abs().max() < 0.2
    assert (found["beyond"] == 0).all()


@pytest.mark.parametrize(("rows", "shares"), [([], SHARES), ([("a", "g0", "r", 2.0, 1)], {})])
def test_without_ratings_or_shares_nothing_is_weighed(rows, shares):
    table = DataFrame(rows, columns=["item", "group", "rater", "score", "people"])
    assert value_as_listed(table.astype({"score": float, "people": int}), shares).empty


def test_equal_scores_are_not_moved():
    table = DataFrame([("a", "g0", "r", 2.0, 3), ("a", "g1", "s", 2.0, 1)], columns=list(answered_unevenly(0)[0]))
    found = value_as_listed(table, SHARES).iloc[0]
    assert (found["level"], found["move"], found["beyond"], found["n"]) == (2.0, 0.0, 0, 4)


def test_an_item_far_above_the_others_of_a_group_leads_its_first_tier_alone():
    rows = [
        (item, "g", f"r{rater}", score + 0.1 * (rater % 2), 1)
        for rater in range(12)
        for item, score in {"a": 5, "b": 2, "c": 2, "d": 2}.items()
    ]
    found = value_in_groups(DataFrame(rows, columns=["item", "group", "rater", "score", "people"])).set_index("item")
    assert found["tier"].to_dict() == {"a": 1, "b": 2, "c": 2, "d": 2}
