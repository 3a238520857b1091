"""Marks that named witnesses gave, side by side: one row a criterion, one mark a reviewer, a line where they differ."""

from collections.abc import Sequence
from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.intervals import Across, beside_labels, decimal_text, dots, end_words, ground
from feedback.charts.rows import (
    LINE,
    Layout,
    Place,
    Record,
    blank,
    blank_rows,
    chart,
    down,
    finish,
    labels_and_notes,
    lay_out,
    number,
    records,
    said,
    state,
    words_of,
)
from feedback.charts.theme import AXIS_SIZE, Mode, palette, shape


def reviewers_marks(
    table: DataFrame,
    axis_title: str,
    domain: tuple[float, float],
    mode: Mode = "light",
    *,
    ends: tuple[str, str] = ("", ""),
    witness: str = "expert",
) -> dict[str, Any]:
    """The marks each row got, one mark a reviewer; equal ones once, with their number.

    table: label, marks (list of numbers), apart (True: so far apart that it has to be talked about, drawn as a bracket
    line in ink), state, note (the row's end; may be absent). domain: the scale's ends; ends: what they mean, in words.
    Returns a Vega-Lite specification.
    """
    rows = records(table)
    top = LINE + 6 if any(map(said, ends)) else 0
    layout = lay_out(*words_of(rows), top=(top, top))
    scale = beside_labels(layout, domain, axis_title, percent=False)
    lines, points, numbers, unknown = _pieces(rows, layout.places, mode, witness)
    layers: list[alt.Chart] = [
        *ground(
            [place for row, place in zip(rows, layout.places, strict=True) if _marks(row)], layout.height, scale, mode
        ),
        *_lines(lines, layout, scale),
        *dots(points, layout.height, scale),
        *_numbers(numbers, layout, scale, palette(mode).ink),
        *blank_rows(unknown, layout.height, scale.left, mode),
        *end_words(ends, scale, layout.height, mode),
        *labels_and_notes(layout, mode),
    ]
    return finish(layers, layout.height, mode)


def _marks(row: Record) -> list[float]:
    """The marks of a row, lowest first; none when it is withheld."""
    given = row.get("marks")
    if state(row) == "withheld" or not isinstance(given, list | tuple):
        return []
    return sorted(found for each in given if (found := number(each)) is not None)


def _pieces(
    rows: Sequence[Record], places: Sequence[Place], mode: Mode, witness: str
) -> tuple[list[Record], list[Record], list[Record], list[Record]]:
    """Lines between marks that differ, the marks, how many stand on one place, and rows without any."""
    colours = palette(mode)
    own = colours.witness(witness)
    lines: list[Record] = []
    points: list[Record] = []
    numbers: list[Record] = []
    unknown: list[Record] = []
    for row, place in zip(rows, places, strict=True):
        label, marks = said(row.get("label")), _marks(row)
        if not marks:
            unknown.append(blank(row, place))
            continue
        apart = bool(row.get("apart"))
        told = f"{label}: {' and '.join(map(decimal_text, marks))}" + (", far apart" if apart else "")
        if marks[-1] > marks[0]:
            colour = colours.ink if apart else own
            lines.append(place.at(estimate=marks[0], until=marks[-1], colour=colour, wide=3 if apart else 1.5))
        for mark in sorted(set(marks)):
            times = marks.count(mark)
            points.append(place.at(estimate=mark, colour=own, fill=own, shape=shape(witness), told=told))
            if times > 1:
                numbers.append(place.at(estimate=mark, words=f"{times}×"))
    return lines, points, numbers, unknown


def _lines(data: list[Record], layout: Layout, scale: Across) -> list[alt.Chart]:
    if not data:
        return []
    return [
        chart(data)
        .mark_rule(aria=False)
        .encode(
            x=scale.x("estimate"),
            x2=alt.X2("until:Q"),
            y=down(layout.height),
            stroke=alt.Stroke("colour:N", scale=None),
            strokeWidth=alt.StrokeWidth("wide:Q", scale=None),
        )
    ]


def _numbers(data: list[Record], layout: Layout, scale: Across, ink: str) -> list[alt.Chart]:
    if not data:
        return []
    text = chart(data).mark_text(
        align="left", baseline="middle", dx=10, dy=-7, fontSize=AXIS_SIZE, color=ink, aria=False
    )
    return [text.encode(x=scale.x("estimate"), y=down(layout.height), text=alt.Text("words:N"))]
