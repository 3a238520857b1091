"""The small picture of one question's answers."""

import pytest
from pandas import DataFrame

from feedback.charts.small import distribution
from feedback.charts.theme import palette
from tests.charts.drawn import drawn, layers, words


def test_bars_start_at_zero_and_carry_their_number():
    bars = drawn(distribution(DataFrame({"value_label": ["No", "Yes"], "count": [0, 7]})), "rect")
    assert [(bar["zero"], bar["size"], bar["text"]) for bar in bars] == [(0, 0, "0"), (0, 7, "7")]


def test_shares_go_before_counts():
    bars = drawn(distribution(DataFrame({"value_label": ["Yes"], "count": [7], "share": [0.7]})), "rect")
    assert [bar["text"] for bar in bars] == ["70%"]


@pytest.mark.parametrize(("witness", "colour"), [("learner", "#0B7A75"), (None, palette("light").mixed)])
def test_the_colour_is_that_of_who_answered(witness, colour):
    spec = distribution(DataFrame({"value_label": ["Yes"], "count": [7]}), "light", witness=witness)
    assert [layer["mark"]["fill"] for layer in layers(spec) if layer["mark"]["type"] == "rect"] == [colour]


def test_a_withheld_value_is_words_and_no_bar():
    spec = distribution(DataFrame({"value_label": ["Yes"], "count": [3], "state": ["withheld"]}))
    assert not drawn(spec, "rect")
    assert "too few to show" in words(spec)


def test_an_empty_table_is_drawn_as_nothing():
    assert not drawn(distribution(DataFrame({"value_label": [], "count": []})), "rect")
