"""Estimates with doubt: what is early is hollow, what is withheld is said in words, what is missing is never drawn."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy import inf, nan
from pandas import NA, DataFrame

from feedback.charts.intervals import ranked, steps
from feedback.charts.theme import palette
from tests.charts.drawn import drawn, kind, layers, leaves, values, without_data, words

HOSTILE = [
    "a.b",
    "x['__proto__']",
    "__proto__",
    "constructor",
    'say "hello"',
    "<img src=x onerror=alert(1)>",
    "datum.y ? 1 : 0",
    "https://example.org",
    "back\\slash",
    "{{expr}}",
]


def one_row(**changes: Any) -> DataFrame:
    row = {
        "label": "Data badge",
        "estimate": 0.8,
        "low50": 0.75,
        "high50": 0.85,
        "low": 0.59,
        "high": 0.92,
        "state": "shown",
        "note": "n 15",
    }
    return DataFrame([row | changes])


def dots(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return drawn(spec, "point")


def test_a_shown_estimate_is_a_filled_dot_in_its_witness_colour_and_shape():
    (dot,) = dots(ranked(one_row(), "Would shortlist", (0, 1), "employer", "light"))
    assert (dot["estimate"], dot["fill"], dot["colour"], dot["shape"]) == (0.8, "#4B4EC4", "#4B4EC4", "square")


def test_an_early_estimate_is_hollow_and_says_so():
    (dot,) = dots(ranked(one_row(state="early"), "Would shortlist", (0, 1), "learner", "dark"))
    assert (dot["fill"], dot["colour"]) == (palette("dark").ground, palette("dark").learner)
    assert "early" in dot["told"]


def test_a_withheld_row_is_words_and_no_number():
    spec = ranked(one_row(state="withheld", estimate=0.123, low=0.01, high=0.321, note="n 3"), "x", (0, 1))
    assert not dots(spec)
    assert "too few to show" in words(spec)
    assert not {0.123, 0.321, 0.75, 0.59} & {leaf for leaf in leaves(spec) if isinstance(leaf, float)}
    assert "n 3" not in json.dumps(spec)


def test_a_shown_row_without_an_estimate_cannot_tell_yet():
    spec = ranked(one_row(estimate=nan), "x", (0, 1))
    assert not dots(spec)
    assert "cannot tell yet" in words(spec)


def test_a_dot_without_an_interval_is_drawn_without_lines():
    spec = ranked(one_row(low=nan, high=NA, low50=None, high50=None), "x", (0, 1))
    assert len(dots(spec)) == 1
    assert not [record for record in drawn(spec, "rule") if "colour" in record]


def test_the_line_is_the_ninety_and_the_bar_the_fifty_percent_interval():
    spec = ranked(one_row(), "x", (0, 1))
    widths = {
        layer["mark"]["strokeWidth"]: [(record["estimate"], record["until"]) for record in values(layer)]
        for layer in layers(spec)
        if kind(layer) == "rule" and "stroke" in layer["encoding"]
    }
    thin, thick = sorted(widths)
    assert widths[thin] == [(0.59, 0.92)]
    assert widths[thick] == [(0.75, 0.85)]
    assert thick >= 2 * thin


def test_rows_keep_the_order_given():
    table = DataFrame([one_row(label=name).iloc[0] for name in ("Zebra", "Agile", "Media")])
    found = sorted(dots(ranked(table, "x", (0, 1))), key=lambda dot: dot["y_narrow"])
    assert [dot["told"].split(":")[0] for dot in found] == ["Zebra", "Agile", "Media"]


def test_the_witness_of_a_row_goes_before_the_charts():
    (dot,) = dots(ranked(one_row(witness="expert"), "x", (0, 1), "learner"))
    assert dot["shape"] == "triangle-up"


@pytest.mark.parametrize(("tiers", "borders"), [([1, 1, 1], 0), ([1, 2, 2], 1), ([1, 2, 3], 2)])
def test_a_border_stands_between_tiers_only(tiers, borders):
    table = DataFrame([one_row(tier=tier).iloc[0] for tier in tiers])
    spec = ranked(table, "x", (0, 1))
    assert len([record for record in drawn(spec, "rule") if set(record) == {"y_narrow", "y_wide"}]) == borders


def test_a_tier_with_a_name_says_it():
    assert "Ahead of the rest" in words(ranked(one_row(tier="Ahead of the rest"), "x", (0, 1)))


def test_the_note_and_the_ends_of_the_scale_are_written():
    text = words(ranked(one_row(), "Value", (0, 1), ends=("would not look", "would hire")))
    assert "n 15" in text
    assert "would not look" in text
    assert "would hire" in text


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_data(name):
    spec = ranked(one_row(label=name, note=name, tier=name), "x", (0, 1))
    calm = ranked(one_row(label="calm", note="calm", tier="calm"), "x", (0, 1))
    assert any(name in dot["told"] for dot in dots(spec))
    assert {tuple(record) for record in drawn(spec, "text", "point")} == {
        tuple(record) for record in drawn(calm, "text", "point")
    }
    assert not [leaf for leaf in leaves(without_data(spec)) if isinstance(leaf, str) and name in leaf]


def test_a_value_outside_the_scale_is_drawn_at_its_end():
    (dot,) = dots(ranked(one_row(estimate=1.4), "x", (0, 1)))
    assert dot["estimate"] == 1


def test_an_empty_table_is_drawn_as_nothing():
    spec = ranked(one_row().head(0), "x", (0, 1))
    assert not dots(spec)
    assert spec["width"] == "container"


def test_the_table_handed_in_stays_as_it_was():
    table = one_row()
    before = table.copy()
    ranked(table, "x", None)
    assert table.equals(before)


numbers = st.one_of(st.sampled_from([None, nan, inf, -inf, 0]), st.floats(-1e6, 1e6))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            numbers,
            numbers,
            numbers,
            st.sampled_from(["shown", "early", "withheld"]),
            st.text(max_size=60),
        ),
        max_size=6,
    ),
    st.sampled_from([None, (0.0, 1.0), (-1.0, 1.0)]),
)
def test_nothing_missing_or_endless_is_ever_drawn(rows, domain):
    table = DataFrame(rows, columns=["estimate", "low", "high", "state", "label"])
    spec = ranked(table, "x", domain)
    assert all(math.isfinite(leaf) for leaf in leaves(spec) if isinstance(leaf, float))
    json.dumps(spec, allow_nan=False)


@given(st.floats(-100, 100), st.floats(0.01, 1000))
def test_a_grid_stays_on_its_scale_and_is_sparse(low, span):
    found = steps(low, low + span)
    assert 1 <= len(found) <= 5
    assert all(low - 1e-6 <= value <= low + span + 1e-6 for value in found)


def test_forty_rows_are_drawn_one_below_the_other():
    table = DataFrame([one_row(label=f"Credential {at}").iloc[0] for at in range(40)])
    spec = ranked(table, "x", (0, 1))
    assert len({dot["y_wide"] for dot in dots(spec)}) == 40
    assert spec["height"] >= 40 * 24
