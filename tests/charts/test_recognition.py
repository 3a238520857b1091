"""Awareness and recognition stand side by side in the same rows."""

from typing import Any

from numpy import nan
from pandas import DataFrame

from feedback.charts.recognition import awareness
from tests.charts.drawn import drawn, words


def credential(**changes: Any) -> DataFrame:
    row = {
        "label": "Data badge",
        "index": 2.9,
        "low": 2.5,
        "high": 3.3,
        "awareness": 0.8,
        "awareness_low": 0.6,
        "awareness_high": 0.9,
        "state": "shown",
        "note": "n 25",
    }
    return DataFrame([row | changes])


def test_both_estimates_stand_in_one_row():
    first, second = drawn(awareness(credential()), "point")
    assert (first["estimate"], second["estimate"]) == (0.8, 2.9)
    assert first["y_wide"] == second["y_wide"]


def test_the_panels_have_scales_of_their_own():
    spec = awareness(credential())
    assert spec["resolve"]["scale"]["x"] == "independent"
    assert spec["width"] == "container"


def test_an_index_not_known_is_said_in_its_panel_only():
    spec = awareness(credential(index=nan, low=nan, high=nan))
    assert len(drawn(spec, "point")) == 1
    assert "cannot tell yet" in words(spec)


def test_a_withheld_credential_shows_neither():
    spec = awareness(credential(state="withheld"))
    assert not drawn(spec, "point")
    assert "too few to show" in words(spec)


def test_an_empty_table_is_drawn_as_nothing():
    assert not drawn(awareness(credential().head(0)), "point")
