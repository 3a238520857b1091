"""S27: names in charts are data: no field, no expression, no address, no picture; and the chart stays the same."""

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import getmembers, isfunction, signature
from pkgutil import iter_modules
from typing import Any

import pytest
from pandas import DataFrame

from feedback import charts
from feedback.analysis.witnesses import Apart
from feedback.charts import (
    bars,
    changes,
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
from tests.attacks.hostile import CORPUS, MARK
from tests.charts import (
    test_bars,
    test_changes,
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
from tests.charts.drawn import drawn, without_data

APART = (Apart("employer", "learner", 0.01),)
CHARTS: dict[str, Callable[[str], dict[str, Any]]] = {
    "ranked": lambda text: intervals.ranked(test_intervals.one_row(label=text, note=text, tier=text), "Value", (0, 1)),
    "together": lambda text: joined.together(
        test_joined.credential(label=text, note=text, tier=text), "Value", (0, 1), ("the ladder", "choices")
    ),
    "shares": lambda text: bars.shares(
        DataFrame([{"label": text, "share": 0.6, "low": 0.5, "high": 0.7, "state": "shown", "note": text}])
    ),
    "diverging": lambda text: scales.diverging(
        test_scales.question([1, 2, 3, 4, 5], aside=2).assign(label=text, value_label=[f"{n} {text}" for n in range(5)])
    ),
    "need_performance": lambda text: quadrant.need_performance(
        test_quadrant.skills(test_quadrant.shown(text, 0.8, 0.2))
    ),
    "topic_balance": lambda text: bars.topic_balance(
        test_bars.topic(label=text, note=text, negative_low=0.2, negative_high=0.4)
    ),
    "reviewers_marks": lambda text: marks.reviewers_marks(
        test_marks.criteria([1, 3], [2, 2]).assign(label=text, note=text), "Mark", (0, 3)
    ),
    "in_three": lambda text: portfolio.in_three(
        test_portfolio.credential(label=text, tier=text, credential=""), foot=text
    ),
    "by_run": lambda text: runs.by_run(test_runs.two_runs().assign(label=text, tier=text, note=text)),
    "cells": lambda text: coverage.cells(test_coverage.two_by_two().assign(label=text, column=text, group=text)),
    "came_so_far": lambda text: progress.came_so_far(test_progress.surveys(label=text, note=text)),
    "awareness": lambda text: recognition.awareness(test_recognition.credential(label=text, note=text)),
    "strips": lambda text: witnesses.strips(
        test_witnesses.table(test_witnesses.strip(text, learner=0.8, employer=0.3, apart=APART))
    ),
    "since_last_time": lambda text: changes.since_last_time(test_changes.moved(0.4, label=text).assign(note=text)),
    "against_promise": lambda text: changes.against_promise(test_changes.brought(label=text, note=text)),
}
NAMES = {
    **CORPUS, "dots": "a.pwned.c", "brackets": "a[pwned][0]", "quotes": "it's \"pwned\"", "backslash": "\\pwned\\n",
    "prototype alone": "__proto__", "constructor": "constructor", "address": "https://evil.invalid/pwned",
}  # fmt: skip
TAME = "Data badge"
ADDRESSES = {"href", "url", "src", "image", "loader", "usermeta", "params", "signals"}


def keys(value: Any) -> Iterator[str]:
    """Every key inside a specification without its data."""
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys(inner)


def shape(spec: dict[str, Any]) -> list[list[str]]:
    """Which columns its records have, mark for mark."""
    return sorted(sorted(record) for record in drawn(spec, "point", "rect", "rule"))


def told(spec: dict[str, Any]) -> list[str]:
    """What its marks tell a pointer."""
    return [record["told"] for record in drawn(spec, "point", "rect", "rule") if "told" in record]


def specifying() -> set[str]:
    """The functions of feedback.charts that give a specification of a table."""
    return {
        name
        for module in iter_modules(charts.__path__)
        for name, each in getmembers(import_module(f"{charts.__name__}.{module.name}"), isfunction)
        if not name.startswith("_") and "table" in signature(each).parameters
        if signature(each).return_annotation == dict[str, Any]
    }


def test_s27_every_chart_there_is_is_tried():
    assert specifying() == set(CHARTS)


@pytest.mark.parametrize("chart", CHARTS)
def test_s27_names_are_data_told_letter_for_letter_and_nothing_a_browser_reads_as_instructions(chart):
    draw = CHARTS[chart]
    usual = draw(TAME)
    is_told = any(TAME in each for each in told(usual))
    for name in NAMES.values():
        spec = draw(name)
        orders = without_data(spec)
        said = json.dumps(orders)
        assert MARK not in said, name
        assert "__proto__" not in said, name
        assert not ADDRESSES & set(keys(orders)), name
        assert shape(spec) == shape(usual), name
        assert not is_told or any(" ".join(name.split()) in each for each in told(spec)), name


@pytest.mark.parametrize("chart", CHARTS)
def test_s27_two_thousand_letters_without_a_space_are_cut_to_lines(chart):
    spec = CHARTS[chart]("W" * 2_000)
    lines = [
        line for record in drawn(spec, "text") for value in record.values() if isinstance(value, list) for line in value
    ]
    assert all(len(line) < 200 for line in lines)
