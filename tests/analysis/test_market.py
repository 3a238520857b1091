"""Demand against supply: places among the others, by the newest figure of each source."""

import numpy as np
import pytest
from pandas import DataFrame

from feedback.analysis.market import CROWDED, QUIET, STRONG, WHITE_SPACE, demand_and_supply

COLUMNS = ["topic", "skill", "measure", "value", "on", "source", "unit", "region"]


def market(*rows) -> DataFrame:
    """Rows of topic, skill, demand, supply, day and source; a missing figure is left out."""
    figures = [
        (topic, skill, measure, value, on, source, None, None)
        for topic, skill, demand, supply, on, source in rows
        for measure, value in (("demand", demand), ("supply", supply))
        if value is not None
    ]
    return DataFrame(figures, columns=COLUMNS)


def test_a_white_space_is_wanted_and_rarely_offered():
    found = demand_and_supply(
        market(
            (None, "sql", 90, 2, "2026-01-01", "adverts"),
            (None, "excel", 80, 70, "2026-01-01", "adverts"),
            (None, "slides", 10, 60, "2026-01-01", "adverts"),
            ("Old scripts", None, 5, 1, "2026-01-01", "adverts"),
        )
    )
    places = dict(zip(found["skill"] + found["topic"], found["place"], strict=True))
    assert places == {"sql": WHITE_SPACE, "excel": STRONG, "slides": CROWDED, "Old scripts": QUIET}
    assert found.loc[0, ["skill", "wanted"]].tolist() == ["sql", 1.0]
    assert found.loc[0, "offered"] == pytest.approx(1 / 3)


def test_the_newest_figure_of_a_source_counts():
    found = demand_and_supply(
        market(
            (None, "sql", 1, 9, "2025-01-01", "adverts"),
            (None, "sql", 50, 2, "2026-01-01", "adverts"),
            (None, "excel", 40, 5, "2025-06-01", "adverts"),
        )
    ).set_index("skill")
    assert found.loc["sql", ["demand", "supply", "on", "wanted", "offered"]].tolist() == [50, 2, "2026-01-01", 1, 0]


def test_sources_with_other_units_are_put_side_by_side_by_place():
    found = demand_and_supply(
        market(
            (None, "sql", 90_000, 1, "2026-01-01", "searches"),
            (None, "excel", 10_000, 2, "2026-01-01", "searches"),
            (None, "sql", 3, 1, "2026-01-01", "adverts"),
            (None, "excel", 7, 2, "2026-01-01", "adverts"),
        )
    ).set_index("skill")
    assert found["wanted"].tolist() == [0.5, 0.5]
    assert found["sources"].tolist() == [2, 2]


def test_demand_and_supply_may_come_from_different_sources():
    found = demand_and_supply(
        market(
            (None, "a", 9, None, "2026-01-01", "adverts"), (None, "b", 1, None, "2026-01-01", "adverts"),
            (None, "a", None, 2, "2025-01-01", "catalogue"), (None, "b", None, 8, "2025-01-01", "catalogue"),
        )
    ).set_index("skill")  # fmt: skip
    assert found["place"].to_dict() == {"a": WHITE_SPACE, "b": CROWDED}
    assert found.loc["a", ["demand", "supply", "on", "source"]].tolist() == [9, 2, "2026-01-01", "adverts; catalogue"]


def test_a_missing_figure_and_a_lone_topic_have_no_place():
    lone = demand_and_supply(market((None, "sql", 9, 1, "2026-01-01", "adverts")))
    assert np.isnan(lone[["wanted", "offered"]].astype(float)).all(axis=None)
    assert lone[["demand", "supply"]].to_numpy().tolist() == [[9, 1]]
    assert lone["place"].tolist() == [""]
    half = market((None, "a", 9, None, "2026-01-01", "x"), (None, "b", 1, 4, "2026-01-01", "x"))
    assert demand_and_supply(half).set_index("skill").loc["a", "place"] == ""


def test_no_figures_give_an_empty_table_with_its_columns():
    found = demand_and_supply(market())
    assert found.empty
    assert {"topic", "skill", "wanted", "offered", "place"} <= set(found)
