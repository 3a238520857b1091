"""Answers on a scale stand around the middle, and what was not rated stands apart."""

from itertools import pairwise
from typing import Any

import pytest
from numpy import nan
from pandas import DataFrame, concat

from feedback.charts.scales import diverging
from feedback.charts.theme import palette
from tests.charts.drawn import drawn, words

LABELS = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")


def question(counts: list[float], label: str = "Clear", **changes: Any) -> DataFrame:
    rated = sum(count for count in counts if count == count)
    more = {"percent": "60%", "n": rated, "aside": 0, "state": "shown"} | changes
    return DataFrame(
        {
            "label": label,
            "value": range(1, 6),
            "value_label": LABELS,
            "count": counts,
            "side": [-1, -1, 0, 1, 1],
        }
    ).assign(**more)


def pieces(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return drawn(spec, "rect")


def by_value(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {piece["told"].split(", ")[1].split(":")[0]: piece for piece in pieces(spec)}


def test_disagreement_stands_left_and_agreement_right_of_the_middle():
    found = by_value(diverging(question([1, 1, 2, 4, 2])))
    assert found["Disagree"]["until"] == pytest.approx(-0.1)
    assert (found["Neither"]["start"], found["Neither"]["until"]) == pytest.approx((-0.1, 0.1))
    assert found["Agree"]["start"] == pytest.approx(0.1)


def test_the_pieces_of_a_bar_join_up_to_everybody_who_rated():
    found = sorted(pieces(diverging(question([3, 5, 7, 11, 13]))), key=lambda piece: piece["start"])
    assert found[-1]["until"] - found[0]["start"] == pytest.approx(1)
    assert all(left["until"] == pytest.approx(right["start"]) for left, right in pairwise(found))


def test_an_even_scale_without_a_middle_parts_at_zero():
    table = question([1, 1, 0, 4, 4]).query("side != 0")
    assert not [piece for piece in pieces(diverging(table)) if piece["start"] < -1e-9 and piece["until"] > 1e-9]


def test_the_strongest_answers_carry_the_full_colour_of_their_meaning():
    colours = palette("light")
    found = by_value(diverging(question([1] * 5)))
    assert found["Strongly disagree"]["colour"] == colours.negative
    assert found["Strongly agree"]["colour"] == colours.positive
    assert len({piece["colour"] for piece in found.values()}) == 5


def test_percent_n_and_what_was_not_rated_are_written():
    spec = diverging(question([1, 1, 2, 4, 2], aside=3), aside_title="does not apply")
    text = words(spec)
    assert "60%" in text
    assert "n 10, 3 does not apply" in text


def test_nobody_aside_draws_no_column_for_them():
    assert "does not apply" not in words(diverging(question([1] * 5), aside_title="does not apply"))


def test_each_scale_has_a_key_of_its_own_and_says_what_its_percentage_counts():
    pace = question([1, 2, 3, 2, 1], label="Pace").assign(
        value_label=["Far too slow", "A little slow", "About right", "A little fast", "Far too fast"],
        side=[-1, 0, 0, 0, 1],
        heading="How fast was it?",
    )
    spec = diverging(concat([question([1] * 5).assign(heading=""), pace], ignore_index=True))
    assert "Percent: Agree or Strongly agree" in words(spec)
    assert "How fast was it?" in words(spec)
    assert "Percent: A little slow, About right or A little fast" in words(spec)


def test_two_groups_of_one_scale_share_a_key():
    groups = [question([1] * 5, label=name).assign(heading=name) for name in ("Teaching", "Support")]
    spec = diverging(concat(groups, ignore_index=True))
    assert "Teaching" in words(spec)
    assert "Support" in words(spec)
    assert len([record for record in drawn(spec, "text") if record.get("words") == "Agree"]) == 1


def test_where_the_middle_is_good_both_ends_carry_the_colour_of_complaint():
    spec = diverging(question([1] * 5).assign(side=[-1, 0, 0, 0, 1]))
    colours, found = palette("light"), by_value(spec)
    assert found["Strongly disagree"]["colour"] == found["Strongly agree"]["colour"] == colours.negative
    assert found["Neither"]["colour"] == colours.positive


def test_a_withheld_question_is_words_and_no_bar():
    spec = diverging(question([1, 0, 0, 2, 1], state="withheld", aside=2))
    assert not pieces(spec)
    assert "too few to show" in words(spec)
    assert "60%" not in words(spec)
    assert "n 4" not in words(spec)


def test_a_question_nobody_rated_cannot_tell_yet():
    assert "cannot tell yet" in words(diverging(question([nan] * 5, n=nan, percent=None)))


def test_two_questions_of_the_same_words_stay_two_bars():
    spec = diverging(concat([question([1] * 5), question([2] * 5)], ignore_index=True))
    assert len({piece["y_wide"] for piece in pieces(spec)}) == 2


def test_an_empty_table_is_drawn_as_nothing():
    assert not pieces(diverging(question([1] * 5).head(0)))
