"""Need, crowding and recognition of a credential stand in one row."""

from typing import Any

from numpy import nan
from pandas import DataFrame

from feedback.charts.opening import opened_by
from feedback.charts.portfolio import in_three
from tests.charts.drawn import drawn, words


def credential(**changes: Any) -> DataFrame:
    row = {
        "label": "Data badge", "credential": "data-badge", "tier": "Keep",
        "need": 0.8, "need_low": 0.7, "need_high": 0.9, "need_state": "shown",
        "recognition": 0.6, "recognition_low": 0.5, "recognition_high": 0.7, "recognition_state": "shown",
        "offered": 0.25,
    }  # fmt: skip
    return DataFrame([row | changes])


def test_all_three_stand_in_one_row_on_scales_of_their_own():
    spec = in_three(credential(), foot="How to read it.")
    points = drawn(spec, "point")
    assert sorted(point.get(name) for point in points for name in ["estimate"]) == [0.25, 0.6, 0.8]
    assert len({point["y_wide"] for point in points}) == 1
    assert spec["resolve"]["scale"]["x"] == "independent"
    assert "How to read it." in words(spec)


def test_what_the_market_says_has_no_interval_and_is_no_witness_s():
    points = {point["estimate"]: point for point in drawn(in_three(credential()), "point")}
    assert points[0.25]["shape"] == "circle"
    assert points[0.8]["shape"] == points[0.6]["shape"] == "square"
    lines = [record for record in drawn(in_three(credential()), "rule") if "colour" in record]
    assert len(lines) == 2


def test_what_is_not_told_says_why_in_its_panel_only():
    spec = in_three(credential(need_state="withheld", offered=nan))
    assert [point["estimate"] for point in drawn(spec, "point")] == [0.6]
    assert "too few" in words(spec)
    assert "no figures" in words(spec)
    assert "too few" not in words(in_three(credential(offered=nan)))


def test_a_row_opens_its_credential_and_tells_all_three_numbers():
    spec = in_three(credential())
    assert opened_by(spec) == ["data-badge"]
    told = [record["told"] for record in drawn(spec, "rect")]
    assert told == [
        "Data badge: needed 80% (likely 70% to 90%); offered elsewhere 25%; counted 60% (likely 50% to 70%)"
    ]


def test_a_withheld_share_is_never_told_and_an_empty_table_is_drawn_as_nothing():
    spec = in_three(credential(recognition_state="withheld"))
    assert "60%" not in str(spec["layer"])
    assert "recognition" not in [name for record in drawn(spec, "point", "rect") for name in record]
    assert not drawn(in_three(credential().head(0)), "point", "rect")
