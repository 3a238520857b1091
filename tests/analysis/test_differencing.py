"""Attacks by subtraction: what follows from numbers that are shown, and what does not."""

from itertools import product
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.analysis import differencing
from feedback.analysis.differencing import LEAST_ROOM, Fact, Shown, Telling, give_away, solve, solve_each


def fact(people: int, *parts: str, view: str = "") -> Fact:
    return Fact(view or "+".join(parts), frozenset(parts), people)


def test_the_whole_less_a_part_gives_the_rest_away_and_says_from_where():
    people = {"a": 20, "b": 3}
    (found,) = solve([fact(23, "a", "b"), fact(20, "a")], {"b": ["b"]}, people, 5)
    assert (found.cell, found.low, found.high) == ("b", 3, 3)
    assert set(found.views) == {"a+b", "a"}


def test_two_hidden_numbers_keep_each_others_secret():
    assert solve([fact(7, "a", "b")], {"a": ["a"], "b": ["b"]}, {"a": 3, "b": 4}, 5) == []


def test_a_number_known_to_within_one_is_none_that_is_hidden():
    (found,) = solve([fact(1, "a", "b")], {"a": ["a"], "b": ["b"]}, {"a": 1, "b": 0}, 5)
    assert (found.cell, found.low, found.high) == ("a", 0, 1)


def test_margins_of_a_table_solve_what_no_single_subtraction_does():
    people = {"a1": 2, "a2": 9, "b1": 7, "b2": 0}
    margins = [fact(11, "a1", "a2"), fact(7, "b1", "b2"), fact(9, "a1", "b1"), fact(9, "a2", "b2")]
    assert solve(margins, {"a1": ["a1"]}, people, 5) == []
    (found,) = solve([*margins, fact(7, "b1")], {"a1": ["a1"]}, people, 5)
    assert (found.low, found.high) == (2, 2)


def test_a_number_told_in_steps_leaves_the_room_of_a_step():
    people = {"a": 20, "b": 3}
    told = [fact(20, "a"), Fact("all, in steps of five", frozenset("ab"), 20, more=4)]
    assert solve(told, {"b": ["b"]}, people, 5) == []
    (found,) = solve([*told, Fact("at most 22", frozenset("ab"), 22, more=1)], {"b": ["b"]}, people, 5)
    assert (found.low, found.high) == (2, 3)


def test_a_mean_near_the_end_of_its_scale_says_who_gave_what():
    people = {"1": 0, "2": 0, "3": 0, "4": 1, "5": 5}
    everyone = fact(6, *people)
    weights = tuple((step, int(step)) for step in people)
    (found,) = solve([everyone, Fact("mean", everyone.parts, 29, weights=weights)], {"4": ["4"]}, people, 5)
    assert (found.low, found.high) == (0, 1)
    people = {"1": 0, "2": 2, "3": 1, "4": 2, "5": 1}
    assert solve([everyone, Fact("mean", everyone.parts, 20, weights=weights)], {"4": ["4"]}, people, 5) == []


def test_what_cannot_be_worked_out_counts_as_known_and_the_log_says_so(monkeypatch, caplog):
    """So that whoever asks whether it may be told is told no, and all else goes on."""
    failed = SimpleNamespace(status=4, message="numerical difficulties")
    monkeypatch.setattr(differencing, "linprog", lambda *_, **__: failed)
    told = [fact(9, "a", "b"), fact(10, "b", "c"), fact(9, "a", "c")]
    assert solve_each([Shown(told, {"a": ["a"]}, {"a": 4, "b": 5, "c": 5})] * 2, 5) == [{"a": (4, 4)}] * 2
    assert any("numerical difficulties" in each for each in caplog.messages)


def test_that_nobody_said_otherwise_is_a_secret_where_it_is_named_as_one():
    people = {"a": 8, "b": 0}
    told = [fact(8, "a", "b"), fact(8, "a")]
    assert solve(told, {"b": ["b"]}, people, 5) == []
    (found,) = solve(told, {"b": ["b"]}, people, 5, also=["b"])
    assert (found.low, found.high) == (0, 0)


def test_nobody_and_enough_people_are_no_secret():
    facts = [fact(0, "a"), fact(5, "b")]
    assert solve(facts, {"a": ["a"], "b": ["b"]}, {"a": 0, "b": 5}, 5) == []


def test_what_contradicts_what_is_true_is_refused():
    with pytest.raises(ValueError, match="do not fit"):
        solve([fact(4, "a")], {"a": ["a"]}, {"a": 3}, 5)


PARTS = ["a", "b", "c", "d"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 4), min_size=4, max_size=4),
    st.lists(st.sets(st.sampled_from(PARTS), min_size=1), min_size=1, max_size=4),
)
def test_what_is_said_to_follow_is_what_trying_all_numbers_gives(numbers: list[int], views: list[set[str]]):
    people = dict(zip(PARTS, numbers, strict=True))
    facts = [fact(sum(people[part] for part in view), *sorted(view)) for view in views]
    found = {each.cell: (each.low, each.high) for each in solve(facts, {part: [part] for part in PARTS}, people, 5)}
    tried = (dict(zip(PARTS, each, strict=True)) for each in product(range(8), repeat=4))
    fits = [each for each in tried if all(sum(each[part] for part in fact.parts) == fact.people for fact in facts)]
    for part, number in people.items():
        ends = min(each[part] for each in fits), max(each[part] for each in fits)
        if part in found:
            assert ends[0] >= found[part][0]
            assert ends[1] <= found[part][1]
        elif number:
            assert ends[1] - ends[0] >= LEAST_ROOM or not any(part in fact.parts for fact in facts)


views_of_three = st.lists(st.sets(st.sampled_from("abc"), min_size=1), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.lists(st.integers(0, 6), min_size=3, max_size=3), views_of_three), min_size=1, max_size=6))
def test_what_follows_of_many_at_a_time_is_what_follows_of_each_alone(asked: list[tuple[list[int], list[set[str]]]]):
    shown = []
    for numbers, views in asked:
        people = dict(zip("abc", numbers, strict=True))
        facts = [fact(sum(people[part] for part in view), *sorted(view)) for view in views]
        shown.append(Shown(facts, {part: [part] for part in people}, people))
    alone = [
        {found.cell: (found.low, found.high) for found in solve(each.facts, each.cells, each.people, 5, explain=False)}
        for each in shown
    ]
    assert solve_each(shown, 5) == alone


def test_new_numbers_give_away_only_what_did_not_follow_without_them():
    cells, people = {"b": ["b"]}, {"a": 20, "b": 3}
    whole, part = fact(23, "a", "b"), fact(20, "a")
    found = give_away(
        [
            Telling([whole], [part], cells, people),
            Telling([whole, part], [fact(3, "b")], cells, people),
            Telling([whole], [whole], cells, people),
        ],
        5,
    )
    assert found == [True, False, False]
    assert give_away([], 5) == []
