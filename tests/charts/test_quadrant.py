"""Need against performance: fixed cross-hairs, boxes for the doubt, names that do not cover each other."""

from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from numpy import nan
from pandas import DataFrame

from feedback.charts.quadrant import SIDE, _across, _down, _placed, need_performance
from feedback.charts.theme import palette
from tests.charts.drawn import drawn, words

COLUMNS = ["label", "need", "need_low", "need_high", "performance", "performance_low", "performance_high", "state"]


def skills(*rows: tuple[Any, ...]) -> DataFrame:
    return DataFrame(rows, columns=COLUMNS)


def shown(label: str, need: float, performance: float, state: str = "shown") -> tuple[Any, ...]:
    return (label, need, need - 0.1, need + 0.1, performance, performance - 0.1, performance + 0.1, state)


def test_the_cross_hairs_stand_at_one_half():
    hairs = drawn(need_performance(skills(shown("SQL", 0.9, 0.2))), "rule")
    assert [hair for hair in hairs if hair.get("need") == 0.5 and hair.get("bottom") == SIDE]
    assert [hair for hair in hairs if set(hair) == {"performance"} and hair["performance"] == 0.5]


def test_a_skill_is_a_dot_a_box_and_a_name():
    spec = need_performance(skills(shown("SQL", 0.8, 0.2)))
    (dot,) = drawn(spec, "point")
    assert (dot["need"], dot["performance"], dot["fill"]) == (0.8, 0.2, palette("light").employer)
    assert [box for box in drawn(spec, "rect") if "need_low" in box]
    assert "SQL" in words(spec)


def test_an_early_skill_is_hollow():
    (dot,) = drawn(need_performance(skills(shown("SQL", 0.8, 0.2, "early")), "dark"), "point")
    assert dot["fill"] == palette("dark").ground


def test_a_withheld_skill_is_named_below_without_a_number():
    unknown = ("Maps", nan, nan, nan, 0.2, nan, nan, "shown")
    spec = need_performance(skills(shown("Ethics", 0.8, 0.2, "withheld"), unknown))
    assert not drawn(spec, "point")
    assert "Too few to show: Ethics" in words(spec)
    assert "Cannot tell yet: Maps" in words(spec)


def test_a_skill_without_intervals_has_no_box():
    spec = need_performance(skills(("Maps", 0.6, nan, nan, 0.2, nan, nan, "shown")))
    assert len(drawn(spec, "point")) == 1
    assert not [box for box in drawn(spec, "rect") if "need_low" in box]


def placed(*places: tuple[float, float]):
    return _placed([{"label": "Skill", "need": need, "performance": high} for need, high in places])


def test_names_stand_on_the_side_with_more_room():
    (right,) = placed((0.9, 0.5))
    (left,) = placed((0.1, 0.5))
    assert (right.left, left.left) == (True, False)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=12))
def test_names_at_their_dots_cover_neither_each_other_nor_a_dot(places):
    names = placed(*places) or []
    for one, other in combinations(names, 2):
        assert not one.covers(other.across, other.middle, other.half)
    for name in names:
        assert 0 <= name.middle - name.half < name.middle + name.half <= SIDE
        for at, (need, high) in enumerate(places):
            assert at == name.at or not name.covers((_across(need) - 5, _across(need) + 5), _down(high), 5)


def test_a_name_moves_aside_for_another_dot():
    (one, other) = sorted(placed((0.3, 0.5), (0.36, 0.5)), key=lambda name: name.at)
    assert (one.left, other.left) == (True, False)


def test_names_without_room_are_none():
    assert placed(*[(0.5, 0.5)] * 12) is None


def written(spec) -> set[str]:
    """What stands at the dots: names, or numbers in their place."""
    return {" ".join(each["lines"]) for each in drawn(spec, "text") if "need" in each}


def test_where_names_would_cover_each_other_the_first_stand_at_their_dots_and_the_others_have_numbers():
    rows = [shown(f"Talking with families about dementia care {at}", 0.8, 0.5 + at / 25) for at in range(12)]
    spec = need_performance(skills(*rows))
    names = [label for label, *_ in rows]
    named = [name for name in names if name in written(spec)]
    assert named[0] == names[0]
    assert 1 < len(named) < 12
    numbered = [name for name in names if name not in named]
    assert written(spec) - set(named) == {str(at) for at in range(1, len(numbered) + 1)}
    for at, name in enumerate(numbered, start=1):
        assert f"{at}  {name}" in words(spec)


def test_a_skill_with_a_number_tells_its_doubt_where_it_is_pointed_at_and_has_no_box():
    rows = [shown("Talking with families about dementia care", 0.8, 0.8) for _ in range(4)]
    spec = need_performance(skills(*rows))
    assert "need 80% (likely 70% to 90%)" in drawn(spec, "point")[0]["told"]
    assert not [box for box in drawn(spec, "rect") if "need_low" in box]


def test_dots_that_coincide_carry_their_numbers_together():
    rows = [shown("Talking with families about dementia care", 0.8, 0.8) for _ in range(12)]
    assert written(need_performance(skills(*rows))) == {"1–12"}


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=24))
def test_every_dot_has_its_name_or_stands_in_the_list_under_its_number(places):
    rows = [shown(f"Talking with families about care {at}", *place) for at, place in enumerate(places)]
    spec = need_performance(skills(*rows))
    at_the_dots, below = written(spec), words(spec)
    for label, *_ in rows:
        assert label in at_the_dots or f"  {label}" in below


def test_names_with_room_stand_at_their_dots_without_numbers():
    assert "1  SQL" not in words(need_performance(skills(shown("SQL", 0.8, 0.2), shown("Maps", 0.2, 0.8))))


def test_an_empty_table_is_an_empty_field():
    assert not drawn(need_performance(skills()), "point")
