"""A map of cells: how many written in, lighter where few, dashed where too few, empty where nothing is meant."""

from typing import Any

from pandas import NA, DataFrame

from feedback.charts.coverage import cells
from feedback.charts.theme import blend, palette
from tests.charts.drawn import drawn, layers, words


def two_by_two(**changes: Any) -> DataFrame:
    row = {"label": "SQL", "column": "Health", "group": "Sector", "value": 25.0, "told": "25", "state": "shown"}
    return DataFrame(
        [
            row | changes,
            row | {"label": "Care", "column": "Retail", "value": 10.0, "state": "early", "told": "10"},
            row | {"column": "Recruiter", "group": "Role", "value": NA, "state": "withheld", "told": "nobody, or few"},
        ]
    )


def boxes(table: DataFrame) -> dict[str, dict[str, Any]]:
    return {record["told"]: record for record in drawn(cells(table), "rect")}


def test_how_many_is_written_in_and_few_are_lighter():
    found, colours = boxes(two_by_two()), palette("light")
    assert (found["25"]["words"], found["10"]["words"]) == ("25+", "10+")
    assert found["10"]["fill"] == blend(colours.employer, colours.ground, 0.22)
    assert found["25"]["fill"] != found["10"]["fill"]


def test_too_few_are_dashed_without_a_number():
    dashed = [layer for layer in layers(cells(two_by_two())) if layer["mark"].get("strokeDash")]
    assert [record["told"] for layer in dashed for record in layer["data"]["values"]] == ["nobody, or few"]
    assert boxes(two_by_two())["nobody, or few"]["words"] == ""


def test_a_withheld_number_is_not_in_the_picture_at_all():
    spec = cells(two_by_two(value=4.0, state="withheld", told="few"))
    assert "4+" not in words(spec)
    assert all(record.get("words") != "4+" for record in drawn(spec, "rect", "text"))


def test_half_a_column_is_free_between_two_groups():
    starts = {told: record["start"] for told, record in boxes(two_by_two()).items()}
    assert round(starts["10"] - starts["25"], 6) == 1
    assert round(starts["nobody, or few"] - starts["10"], 6) == 1.5


def test_a_cell_that_is_not_meant_is_left_empty():
    assert len(boxes(two_by_two())) == 3


def test_a_long_head_is_cut_with_an_ellipsis():
    spec = cells(two_by_two(column="Extraterritorial organisations and many others besides"))
    heads = [record["head"] for record in drawn(spec, "text") if "head" in record]
    assert heads[0].startswith("Extraterritorial")
    assert heads[0].endswith("…")


def test_an_empty_table_is_drawn_as_nothing():
    assert not drawn(cells(two_by_two().head(0)), "rect")
