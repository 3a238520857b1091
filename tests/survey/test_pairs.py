"""The sixty-second mode: the next pair is the one whose order is least settled."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from feedback.survey.pairs import next_pair

FIVE = tuple(f"{one}|{other}" for one, other in combinations("abcde", 2))


def sitting(pairs, choose, known=None, seed="s") -> dict[str, str]:
    """What somebody said who went through all of them; choose: pair -> answer."""
    chosen: dict[str, str] = {}
    while (pair := next_pair(pairs, chosen, known or {}, seed)) is not None:
        chosen[pair] = choose(pair)
    return chosen


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


def test_a_pair_that_others_have_decided_comes_after_one_they_have_not():
    known = {("a", "b"): 40.0, ("b", "a"): 1.0, ("a", "c"): 20.0, ("c", "a"): 20.0}
    order = list(sitting(("a|b", "a|c", "b|d", "c|d"), lambda pair: "same", known))
    assert order[-1] in ("a|b", "a|c")
    assert "a|b" not in order[:2]


def test_of_two_pairs_as_well_known_the_closer_one_is_put_first():
    known = {("a", "b"): 9.0, ("b", "a"): 1.0, ("c", "d"): 5.0, ("d", "c"): 5.0}
    assert next_pair(("a|b", "c|d"), {}, known, "s") == "c|d"


def test_the_same_choices_lead_to_the_same_pair_and_the_seed_decides_between_equals():
    chosen = {"a|b": "a", "c|d": "same"}
    assert len({next_pair(FIVE, chosen, {}, "one seed") for _ in range(5)}) == 1
    assert len({next_pair(FIVE, {}, {}, str(seed)) for seed in range(40)}) > 5


@pytest.mark.parametrize("known", [{("x", "y"): 3.0}, {("a", "a"): 9.0}, {("a", "b"): 1e6}])
def test_what_is_known_of_strangers_or_beyond_reason_leads_to_a_pair_all_the_same(known):
    assert next_pair(FIVE, {}, known, "s") in FIVE


def test_without_anything_left_there_is_no_next_pair():
    assert next_pair((), {}, {}, "s") is None
    assert next_pair(("a|b",), {"a|b": "a"}, {}, "s") is None
