"""Groups are compared by their credentials, which differ by themselves; few are named by chance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pandas import DataFrame

from feedback.analysis.discoveries import discovered
from feedback.analysis.left_behind import compare_groups


def cells(**groups):
    """Credentials by group: how many of a hundred did it."""
    rows = [(f"{group}{at}", group, 100, hits) for group, each in groups.items() for at, hits in enumerate(each)]
    return DataFrame(rows, columns=["unit", "group", "people", "hits"])


def test_a_group_far_behind_is_told_from_the_others_with_its_interval():
    found = compare_groups(cells(a=[30, 34, 28], b=[88, 92, 90], c=[91, 85, 89])).set_index("group")
    assert found.loc["a", "difference"] == pytest.approx(-0.58, abs=0.03)
    assert found.loc["a", "difference_high"] < -0.4
    assert found.loc["a", "p"] < 0.001
    assert found["share"].to_dict() == pytest.approx({"a": 92 / 300, "b": 0.9, "c": 265 / 300})
    assert found["units"].tolist() == [3, 3, 3]


def test_thousands_in_credentials_that_differ_by_themselves_make_no_sure_difference():
    wide = cells(a=[20, 90], b=[30, 95], c=[60, 70]).assign(people=10_000, hits=lambda each: each["hits"] * 100)
    found = compare_groups(wide)
    assert (found["p"] > 0.3).all()
    assert ((found["difference_high"] - found["difference_low"]) > 0.5).all()


def test_a_credential_in_several_groups_is_compared_with_itself():
    rows = [(unit, group, 200, hits + shift) for unit, hits in (("x", 40), ("y", 90), ("z", 160), ("w", 120))
            for group, shift in (("online", 0), ("on site", 24))]  # fmt: skip
    found = compare_groups(DataFrame(rows, columns=["unit", "group", "people", "hits"])).set_index("group")
    assert found.loc["on site", "difference"] == pytest.approx(0.12, abs=0.01)
    assert found.loc["on site", "p"] < 0.02
    between = compare_groups(DataFrame(rows, columns=["unit", "group", "people", "hits"]).assign(unit=range(8)))
    assert (between["p"] > 0.2).all(), "between credentials the same difference drowns"


def test_what_cannot_be_compared_has_a_level_and_no_difference():
    alone = compare_groups(cells(a=[30, 40]))
    assert alone["difference"].isna().all()
    assert alone["estimate"].between(0.3, 0.4).all()
    assert compare_groups(cells()).empty
    one_each = compare_groups(cells(a=[30], b=[80]))
    assert one_each["p"].isna().all(), "with one credential a group nothing tells how much credentials differ"
    assert compare_groups(cells(a=[3]).assign(people=0)).empty


@settings(max_examples=40)
@given(some.lists(some.tuples(some.sampled_from("abc"), some.integers(1, 60), some.floats(0, 1)), max_size=8))
def test_levels_are_shares_and_intervals_hold_their_difference(rows):
    table = [(f"u{at}", group, people, round(people * share)) for at, (group, people, share) in enumerate(rows)]
    found = compare_groups(DataFrame(table, columns=["unit", "group", "people", "hits"]))
    assert found["share"].between(0, 1).all()
    assert (found["low"] <= found["estimate"]).all()
    assert (found["estimate"] <= found["high"]).all()
    told = found[found["difference"].notna()]
    assert told["p"].between(0, 1).all()
    assert ((told["difference_low"] <= told["difference"]) & (told["difference"] <= told["difference_high"])).all()


def test_where_no_group_differs_few_are_named():
    random = np.random.default_rng(7)
    named = 0
    for _ in range(150):
        share = np.clip(random.normal(0.7, 0.12, 12), 0.05, 0.95)
        people = random.integers(20, 400, 12)
        table = DataFrame(
            {"unit": range(12), "group": list("abcd") * 3, "people": people, "hits": random.binomial(people, share)}
        )
        named += bool(discovered(compare_groups(table)["p"]).any())
    assert named <= 150 * 0.15
