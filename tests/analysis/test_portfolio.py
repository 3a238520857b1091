"""A suggestion needs intervals that allow it; what is not known suggests nothing."""

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pandas import DataFrame

from feedback.analysis.portfolio import (
    DIFFERENTIATE,
    GONE,
    KEEP,
    LAUNCH,
    MOST_MORE,
    ORDER,
    RETIRE,
    UNKNOWN,
    Range,
    Standing,
    answers_more,
    change_in_demand,
    effective_number,
    mean_of_bands,
    suggest,
)

HIGH, LOW, SPLIT = Range(0.8, 0.7, 0.9, 40), Range(0.2, 0.1, 0.3, 40), Range(0.5, 0.4, 0.6, 40)


@pytest.mark.parametrize(
    ("known", "kind"),
    [
        (Standing(need=LOW, later=LOW, recognition=LOW), RETIRE),
        (Standing(need=LOW, later=LOW, recognition=LOW, offered=0.9), RETIRE),
        (Standing(need=LOW, later=LOW, recognition=LOW, wanted=0.49), RETIRE),
        (Standing(need=LOW, later=LOW, recognition=LOW, wanted=0.5), UNKNOWN),
        (Standing(need=LOW, later=LOW, recognition=LOW, wanted=0.5, offered=0.9), DIFFERENTIATE),
        (Standing(need=LOW, later=LOW, recognition=LOW, stage="revise"), RETIRE),
        (Standing(need=LOW, later=LOW, recognition=LOW, stage="idea"), UNKNOWN),
        (Standing(need=LOW, later=LOW, recognition=LOW, stage="beta"), UNKNOWN),
        (Standing(need=LOW, later=None, recognition=LOW), UNKNOWN),
        (Standing(need=LOW, later=SPLIT, recognition=LOW), UNKNOWN),
        (Standing(need=SPLIT, later=LOW, recognition=LOW), UNKNOWN),
        (Standing(need=LOW, later=SPLIT, recognition=LOW, offered=0.9), DIFFERENTIATE),
        (Standing(recognition=SPLIT, offered=0.5), DIFFERENTIATE),
        (Standing(recognition=SPLIT, offered=0.49), UNKNOWN),
        (Standing(recognition=SPLIT, alike=Range(0.4, 0.25, 0.6, 20)), DIFFERENTIATE),
        (Standing(recognition=SPLIT, alike=Range(0.4, 0.24, 0.6, 20)), UNKNOWN),
        (Standing(need=HIGH, recognition=LOW), DIFFERENTIATE),
        (Standing(recognition=HIGH), KEEP),
        (Standing(recognition=HIGH, offered=1.0), KEEP),
        (Standing(), UNKNOWN),
        (Standing(need=HIGH, stage="beta"), LAUNCH),
        (Standing(need=HIGH, stage="design", offered=0.9), UNKNOWN),
        (Standing(wanted=0.9, offered=0.1, stage="idea"), LAUNCH),
        (Standing(wanted=0.4, stage="idea"), UNKNOWN),
        (Standing(need=HIGH, recognition=HIGH, stage="retired"), GONE),
    ],
)
def test_what_is_known_suggests(known, kind):
    assert suggest(known).kind == kind


def test_the_herd_is_where_many_offer_the_same_and_it_is_recognised_no_more_than_the_others():
    assert suggest(Standing(recognition=SPLIT, offered=0.9, usual=0.4)).herd
    assert not suggest(Standing(recognition=SPLIT, offered=0.9, usual=0.39)).herd
    assert not suggest(Standing(recognition=SPLIT, offered=0.1, usual=0.9)).herd
    assert not suggest(Standing(recognition=SPLIT, offered=0.9)).herd, "with nothing beside it"
    assert not suggest(Standing(offered=0.9, usual=0.4)).herd, "of which nothing is known"


def test_a_range_that_touches_the_middle_from_below_is_not_surely_low():
    touching = Range(0.4, 0.3, 0.5, 30)
    assert suggest(Standing(need=LOW, later=LOW, recognition=touching)).recognised == "unsure"
    assert suggest(Standing(recognition=Range(0.6, 0.5, 0.7, 30))).recognised == "high"


RANGES = some.none() | some.tuples(some.floats(0, 1), some.floats(0, 1), some.floats(0, 1)).map(
    lambda three: Range(*(sorted(three)[at] for at in (1, 0, 2)), 20)
)
PLACES = some.none() | some.floats(0, 1)


@given(RANGES, RANGES, RANGES, RANGES, PLACES, PLACES, some.sampled_from(["live", "revise", "beta", "idea"]))
def test_retiring_needs_upper_ends_below_the_middle_and_keeping_a_lower_end_above_it(
    need, later, regard, alike, wanted, offered, stage
):
    found = suggest(Standing(need, later, regard, alike, wanted, offered, 0.5, stage))
    assert found.kind in ORDER
    if found.kind == RETIRE:
        assert all(each is not None and each.high < 0.5 for each in (need, later, regard))
        assert wanted is None or wanted < 0.5
        assert stage in ("live", "revise")
    if found.kind == KEEP:
        assert regard.low >= 0.5
    if found.kind == LAUNCH:
        assert stage in ("beta", "idea")
        assert not found.crowded


@given(RANGES.filter(bool))
def test_so_many_more_answers_narrow_the_range_to_one_side_or_none_are_asked_for(known):
    more = answers_more(known)
    if more is None:
        return
    assert 1 <= more <= MOST_MORE
    half = (known.high - known.low) / 2 * (known.n / (known.n + more)) ** 0.5
    assert half <= abs(known.share - 0.5) + 1e-9


@given(some.dictionaries(some.text("abc", min_size=1), some.integers(0, 50)))
def test_a_list_is_at_most_as_varied_as_it_is_long_and_most_so_when_even(times):
    there = {name: n for name, n in times.items() if n}
    number = effective_number(times)
    assert number == pytest.approx(0) if not there else 1 - 1e-9 <= number <= len(there) + 1e-9
    assert effective_number(dict.fromkeys(there, 7)) == pytest.approx(len(there))


def test_a_mean_of_bands_lies_within_them_and_what_cannot_be_read_is_left_out():
    mean, low, high, people = mean_of_bands([{"0-49": 2, "90-100": 2, "absent": 9}, {"50": 1}])
    assert low < mean < high
    assert people == 5
    assert (low, high) == pytest.approx(((0 * 2 + 90 * 2 + 50) / 5, (49 * 2 + 100 * 2 + 50) / 5))
    assert isnan(mean_of_bands([])[0])


def market(*figures):
    rows = [(skill, None, "demand", value, "n", on, "Town", None) for skill, value, on in figures]
    return DataFrame(rows, columns=["skill", "topic", "measure", "value", "unit", "on", "source", "region"])


def test_demand_changes_from_the_oldest_figure_of_a_series_to_the_newest():
    figures = [
        ("sql", 40, "2024-01-01"),
        ("sql", 80, "2025-01-01"),
        ("sql", 20, "2023-01-01"),
        ("once", 5, "2025-01-01"),
    ]
    assert change_in_demand(market(*figures)) == {"sql": 3.0}
    assert change_in_demand(market()) == {}
    assert change_in_demand(market(("new", 0, "2024-01-01"), ("new", 9, "2025-01-01"))) == {}, "from nothing"


def test_of_several_series_the_one_with_most_figures_tells_and_supply_tells_nothing():
    both = market(("sql", 10, "2024-01-01"), ("sql", 20, "2025-01-01"), ("sql", 30, "2026-01-01"))
    other = market(("sql", 10, "2024-01-01"), ("sql", 5, "2025-01-01")).assign(source="Elsewhere")
    supply = market(("sql", 1, "2024-01-01"), ("sql", 99, "2025-01-01")).assign(measure="supply")
    table = DataFrame([*both.to_dict("records"), *other.to_dict("records"), *supply.to_dict("records")])
    assert change_in_demand(table) == {"sql": 2.0}
