"""Whether two ways of asking put things in the same order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pandas import DataFrame

from feedback.analysis.joined import join


def ranking(worth, error=0.15, spread=1.0, seed=0, names="abcdefghijklmnop") -> DataFrame:
    """Posterior means and sds of things measured with this error, drawn towards 0 as a model would."""
    worth = np.asarray(worth, dtype=float)
    known = spread**2 / (spread**2 + error**2)
    seen = worth + np.random.default_rng(seed).normal(0, error, len(worth))
    return DataFrame({"item": list(names[: len(worth)]), "effect": known * seen, "sd": np.sqrt(known) * error})


WORTH = np.random.default_rng(7).normal(0, 1, 12)


def test_two_that_measure_the_same_in_other_units_are_one_picture():
    found = join(ranking(WORTH), ranking(3 * WORTH, 0.5, 3.0, seed=1))
    assert found.verdict == "agree"
    assert found.one is not None
    assert found.one["item"].iloc[0] == "abcdefghijkl"[int(np.argmax(WORTH))]
    assert found.one["sd"].mean() < ranking(WORTH)["sd"].mean()


def test_the_second_is_moved_to_the_unit_of_the_first_and_says_how_much_narrower_both_are():
    first = ranking(WORTH)
    found = join(first, ranking(10 * WORTH, 1.0, 10.0, seed=1))
    assert found.side["moved"].to_numpy() == pytest.approx(found.side["first"].to_numpy(), abs=0.6)
    assert found.narrower == pytest.approx(1 - found.one["sd"].mean() / first["sd"].mean())
    assert 0.2 < found.narrower < 0.6
    assert join(first, ranking(-WORTH, seed=1)).narrower is None


def test_what_only_the_second_knows_of_is_placed_by_it_alone():
    first, second = ranking(WORTH), ranking(3 * WORTH, 0.5, 3.0, seed=1)
    found = join(first[first["item"] != "c"], second)
    assert (found.verdict, found.items, len(found.one)) == ("agree", 11, 12)
    by_item = found.one.set_index("item")
    assert by_item.loc["c", "effect"] == pytest.approx(WORTH[2], abs=0.7)
    assert by_item.loc["c", "sd"] == by_item["sd"].max()
    assert set(join(first, second[second["item"] != "c"]).one["item"]) == set("abcdefghijkl") - {"c"}


def test_two_that_measure_something_else_stand_side_by_side():
    found = join(ranking(WORTH), ranking(np.random.default_rng(8).normal(0, 1, 12), seed=1))
    assert found.verdict == "differ"
    assert found.one is None
    assert np.isfinite(found.side["z"]).all()


def test_one_thing_that_stands_elsewhere_is_named():
    other = WORTH.copy()
    other[4] += 3
    found = join(ranking(WORTH), ranking(other, seed=1))
    assert found.verdict == "differ"
    assert found.side.set_index("item")["z"].abs().idxmax() == "e"
    assert found.side.set_index("item").loc["e", "z"] > 3


def test_one_thing_that_stands_elsewhere_among_many_that_do_not_is_left_out_of_the_one_picture():
    worth = np.random.default_rng(3).normal(0, 1, 16)
    other = worth.copy()
    other[4] += 1.4
    found = join(ranking(worth, 0.3), ranking(other, 0.3, seed=1))
    assert found.verdict == "agree"
    assert found.side.set_index("item")["z"].abs().idxmax() == "e"
    assert set(found.one["item"]) == set("abcdefghijklmnop") - {"e"}
    assert np.isfinite(found.side.set_index("item").loc["e", ["first", "moved"]].to_numpy(dtype=float)).all()
    assert "tier" not in found.one


def test_too_little_known_is_neither():
    found = join(ranking(WORTH, 2.0), ranking(WORTH, 2.0, seed=1))
    assert (found.verdict, found.one, found.apart) == ("unclear", None, None)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_fewer_than_four_in_common_say_nothing(count):
    found = join(ranking(WORTH[:count]), ranking(WORTH))
    assert (found.verdict, found.one) == ("unclear", None)
    assert found.items == len(found.side) <= count


def test_things_that_cannot_be_told_apart_have_no_order():
    flat = ranking(WORTH).assign(effect=0.0, sd=0.0)
    found = join(flat, ranking(WORTH))
    assert (found.verdict, found.tau, found.items) == ("unclear", None, 0)


def test_a_difference_is_seldom_found_where_there_is_none():
    spread, said = WORTH.std(), []
    for seed in range(0, 400, 2):
        first, second = ranking(WORTH, 0.4, spread, seed), ranking(2 * WORTH, 0.8, 2 * spread, seed + 1)
        said.append(join(first, second).verdict)
    assert said.count("differ") < 0.09 * len(said)
    assert said.count("agree") > 0.8 * len(said)


def test_a_thing_named_twice_and_what_is_no_number_are_refused():
    with pytest.raises(ValueError, match="'a' twice"):
        join(ranking(WORTH, names="aabcdefghijkl"), ranking(WORTH))
    with pytest.raises(ValueError, match="second ranking"):
        join(ranking(WORTH), ranking(WORTH).assign(sd=np.nan))


@settings(deadline=None, max_examples=25)
@given(some.floats(0.01, 100), some.randoms(), some.integers(0, 50))
def test_units_and_the_order_of_rows_change_no_verdict(times, random, seed):
    first, second = ranking(WORTH), ranking(WORTH, 0.4, seed=seed)
    one = join(first, second)
    mixed = second.sample(frac=1, random_state=random.randrange(1000))
    two = join(first, mixed.assign(effect=times * mixed["effect"], sd=times * mixed["sd"]))
    assert one.verdict == two.verdict
    assert (one.tau, one.apart) == pytest.approx((two.tau, two.apart), abs=1e-4)


@settings(deadline=None, max_examples=25)
@given(some.integers(0, 50))
def test_turned_round_both_ways_the_verdict_is_the_same(seed):
    first, second = ranking(WORTH), ranking(WORTH, 0.4, seed=seed)
    one = join(first, second)
    two = join(first.assign(effect=-first["effect"]), second.assign(effect=-second["effect"]))
    assert one.verdict == two.verdict
    assert one.tau == pytest.approx(two.tau)
