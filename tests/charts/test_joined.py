"""Two ways of asking in one picture: the estimate by both, and behind it what each says alone."""

from typing import Any

from numpy import nan
from pandas import DataFrame

from feedback.charts.joined import FAR, NEAR, together
from tests.charts.drawn import drawn
from tests.charts.test_intervals import one_row


def credential(**changes: Any) -> DataFrame:
    return one_row(**{"above": 0.7, "below": 0.9, "tier": 1} | changes)


def picture(**changes: Any) -> dict[str, Any]:
    return together(credential(**changes), "Value", (0, 1), ("the ladder", "choices"), "employer")


def light(spec: dict[str, Any]) -> list[tuple[float, float]]:
    return [(record["estimate"], record["near"]) for record in drawn(spec, "rule") if "near" in record]


def test_the_first_way_stands_above_the_line_and_the_second_below_it():
    assert light(picture()) == [(0.7, -NEAR), (0.9, NEAR)]
    assert FAR > NEAR > 5, "clear of the dot"


def test_a_row_says_in_words_what_each_way_says_alone():
    (dot,) = drawn(picture(), "point")
    assert dot["told"] == (
        "Data badge: 0.8 (likely between 0.6 and 0.9); the ladder alone 0.7; choices alone 0.9; n 15"
    )


def test_what_one_way_knows_nothing_of_has_no_mark_of_it():
    assert light(picture(above=nan)) == [(0.9, NEAR)]
    assert "ladder" not in drawn(picture(above=nan), "point")[0]["told"]


def test_a_withheld_row_shows_no_mark_and_says_nothing_of_either():
    spec = picture(state="withheld")
    assert light(spec) == drawn(spec, "point") == []
    assert "alone" not in str(drawn(spec, "text", "rule"))
