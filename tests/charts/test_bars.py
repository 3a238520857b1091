"""Topics stand between complaint and praise; what falls short is told by who says so."""

from typing import Any

import pytest
from numpy import nan
from pandas import DataFrame

from feedback.charts.bars import shares, topic_balance
from feedback.charts.theme import palette
from tests.charts.drawn import drawn, layers, words


def topic(**changes: Any) -> DataFrame:
    row = {"label": "Assessment", "negative": 0.3, "positive": 0.1, "mixed": 0.04, "state": "shown", "note": "n 84"}
    return DataFrame([row | changes])


def bars(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {record["told"].split(", ")[1].split(":")[0]: record for record in drawn(spec, "rect")}


def test_negative_stands_left_and_positive_right_of_zero():
    found = bars(topic_balance(topic()))
    assert (found["negative"]["start"], found["negative"]["until"]) == (-0.3, 0)
    assert (found["positive"]["start"], found["positive"]["until"]) == (0, 0.1)
    assert found["mixed"]["start"] == -found["mixed"]["until"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_colours_are_those_of_polarity(mode):
    found, colours = bars(topic_balance(topic(), mode)), palette(mode)
    assert found["negative"]["colour"] == colours.negative
    assert found["positive"]["colour"] == colours.positive
    assert found["mixed"]["colour"] == colours.mixed


def test_counts_are_written_as_counts_and_shares_as_percent():
    assert "30%" in bars(topic_balance(topic()))["negative"]["told"]
    counted = bars(topic_balance(topic(negative=26, positive=3, mixed=0)))
    assert counted["negative"]["told"].startswith("Assessment, negative: 26;")


def test_the_interval_of_the_negative_share_is_a_whisker_on_its_side():
    spec = topic_balance(topic(negative_low=0.2, negative_high=0.4))
    assert [record for record in drawn(spec, "rule") if (record.get("start"), record.get("until")) == (-0.4, -0.2)]


def test_an_early_topic_is_hollow():
    assert bars(topic_balance(topic(state="early")))["negative"]["opacity"] < 0.5


def test_a_withheld_topic_is_words_and_no_bar():
    spec = topic_balance(topic(state="withheld"))
    assert not bars(spec)
    assert "too few to show" in words(spec)
    assert "n 84" not in words(spec)


def test_a_topic_without_parts_cannot_tell_yet():
    spec = topic_balance(topic(negative=nan, positive=nan, mixed=nan))
    assert not bars(spec)
    assert "cannot tell yet" in words(spec)


def test_both_sides_of_the_axis_carry_plain_numbers():
    across = [layer["encoding"]["x"] for layer in layers(topic_balance(topic()))]
    axes = [x["axis"] for x in across if x.get("axis")]
    assert axes
    assert all("abs(" in axis["labelExpr"] for axis in axes)


def test_an_empty_table_is_drawn_as_nothing():
    assert not bars(topic_balance(topic().head(0)))


def test_what_falls_short_has_the_mark_of_who_says_so():
    columns = ["label", "share", "low", "high", "state", "note", "witness"]
    pace, sql = ("Pace", 0.4, 0.3, 0.5, "shown", "n 84", "learner"), ("SQL", 0.6, 0.4, 0.8, "early", "n 15", "employer")
    table = DataFrame([pace, sql], columns=columns)
    assert [dot["shape"] for dot in drawn(shares(table), "point")] == ["circle", "square"]
