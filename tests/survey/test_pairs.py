"""The sixty-second mode: the next pair is the one whose order is least settled."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from feedback.survey.pairs import next_pair

FIVE = tuple(f"{one}|{other}" for one, other in combinations("abcde", 2))


def sitting(pairs, choose, published=None, seed="s") -> dict[str, str]:
    """What somebody said who went through all of them; choose: pair -> answer."""
    chosen: dict[str, str] = {}
    while (pair := next_pair(pairs, chosen, published or {}, seed)) is not None:
        chosen[pair] = choose(pair)
    return chosen


@settings(deadline=None)
@given(some.text(max_size=20), some.integers(2, 7))
def test_every_pair_is_put_once_and_never_twice(seed, count):
    pairs = tuple(f"{one}|{other}" for one, other in combinations("abcdefg"[:count], 2))
    put: list[str] = []
    while (pair := next_pair(pairs, {each: each[0] for each in put}, {}, seed)) is not None:
        assert pair not in put
        put.append(pair)
    assert sorted(put) == sorted(pairs)


@given(some.text(max_size=20))
def test_each_credential_appears_before_any_appears_much(seed):
    put: dict[str, str] = {}
    for _ in range(3):
        put[next_pair(FIVE, put, {}, seed)] = "same"
    assert {name for pair in put for name in pair.split("|")} == set("abcde")


def test_a_pair_whose_order_is_published_comes_after_those_that_are_open():
    published = {"a": (3.5, 0.1), "b": (0.5, 0.1), "c": (2.0, 1.0), "d": (2.0, 1.0)}
    order = list(sitting(("a|b", "a|c", "b|d", "c|d"), lambda pair: "same", published))
    assert order[0] == "c|d"
    assert order.index("a|b") > 1


def test_of_two_pairs_known_as_surely_the_closer_one_is_put_first():
    published = {"a": (3.9, 0.2), "b": (0.1, 0.2), "c": (2.1, 0.2), "d": (1.9, 0.2)}
    assert next_pair(("a|b", "c|d"), {}, published, "s") == "c|d"


def test_of_pairs_that_tell_as_much_each_comes_first_to_some():
    published = dict.fromkeys("abcde", (2.0, 0.5))
    first = {next_pair(FIVE, {}, published, str(seed)) for seed in range(200)}
    assert first == {next_pair(FIVE, {}, {}, str(seed)) for seed in range(200)} == set(FIVE)


def test_the_same_choices_lead_to_the_same_pair_and_the_seed_decides_between_equals():
    chosen = {"a|b": "a", "c|d": "same"}
    assert len({next_pair(FIVE, chosen, {}, "one seed") for _ in range(5)}) == 1
    assert len({next_pair(FIVE, {}, {}, str(seed)) for seed in range(40)}) > 5


@pytest.mark.parametrize(
    "published",
    [
        {"x": (3.0, 1.0)},
        {"a": (2.0, 0.0)},
        {"a": (1e6, 0.0), "b": (0.0, 1e6)},
        {"a": (float("nan"), 1.0), "b": (1.0, 1.0)},
    ],
)
def test_what_is_published_of_strangers_or_beyond_reason_leads_to_a_pair_all_the_same(published):
    assert next_pair(FIVE, {}, published, "s") in FIVE


def test_without_anything_left_there_is_no_next_pair():
    assert next_pair((), {}, {}, "s") is None
    assert next_pair(("a|b",), {"a|b": "a"}, {}, "s") is None
