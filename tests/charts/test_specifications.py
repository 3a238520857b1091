"""Every chart is a sound Vega-Lite specification, fills its container and keeps its type legible."""

from collections.abc import Callable
from typing import Any

import altair as alt
import pytest

from feedback.charts import (
    bars,
    coverage,
    intervals,
    joined,
    marks,
    portfolio,
    progress,
    quadrant,
    recognition,
    runs,
    scales,
    witnesses,
)
from feedback.charts.theme import Mode, config
from tests.charts import (
    test_bars,
    test_coverage,
    test_intervals,
    test_joined,
    test_marks,
    test_portfolio,
    test_progress,
    test_quadrant,
    test_recognition,
    test_runs,
    test_scales,
    test_witnesses,
)
from tests.charts.drawn import layers

CHARTS: dict[str, Callable[[Mode], dict[str, Any]]] = {
    "ranked": lambda mode: intervals.ranked(
        test_intervals.one_row(tier="Ahead"), "Value", (-1, 1), "learner", mode, ends=("less", "more")
    ),
    "together": lambda mode: joined.together(
        test_joined.credential(), "Value", (0, 1), ("the ladder", "choices"), "employer", mode, foot="How to read it."
    ),
    "diverging": lambda mode: scales.diverging(test_scales.question([1, 2, 3, 4, 5], aside=2), mode),
    "need_performance": lambda mode: quadrant.need_performance(
        test_quadrant.skills(test_quadrant.shown("SQL", 0.8, 0.2)), mode
    ),
    "topic_balance": lambda mode: bars.topic_balance(test_bars.topic(negative_low=0.2, negative_high=0.4), mode),
    "reviewers_marks": lambda mode: marks.reviewers_marks(
        test_marks.criteria([1, 3], [2, 2]), "Mark", (0, 3), mode, ends=("weak", "strong")
    ),
    "in_three": lambda mode: portfolio.in_three(test_portfolio.credential(offered=None), mode, foot="How to read it."),
    "by_run": lambda mode: runs.by_run(test_runs.two_runs(), mode),
    "cells": lambda mode: coverage.cells(test_coverage.two_by_two(), mode, foot="How to read it."),
    "strips": lambda mode: witnesses.strips(test_witnesses.table(test_witnesses.FOUR), mode),
    "came_so_far": lambda mode: progress.came_so_far(test_progress.surveys(), "share", mode),
    "awareness": lambda mode: recognition.awareness(test_recognition.credential(index=None), mode),
}


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_a_sound_specification(name, mode):
    spec = CHARTS[name](mode)
    alt.LayerChart.validate(spec)
    assert spec["width"] == "container"
    assert spec["config"] == config(mode)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_writes_nothing_smaller_than_twelve_pixels(name):
    sizes = [layer["mark"].get("fontSize", 13) for layer in layers(CHARTS[name]("light"))]
    assert min(sizes) >= 12


@pytest.mark.parametrize("name", CHARTS)
def test_a_charts_marks_speak_in_words_or_stay_silent(name):
    for layer in layers(CHARTS[name]("light")):
        if layer["mark"]["type"] in ("point", "rect", "rule", "text"):
            assert "description" in layer["encoding"] or layer["mark"].get("aria") is False
