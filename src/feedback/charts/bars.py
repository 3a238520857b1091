"""Bars and dots of shares: topics between complaint and praise, and what falls short."""

import math
from collections.abc import Sequence
from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.intervals import Across, beside_labels, ground, ranked
from feedback.charts.key import key_layers, key_of
from feedback.charts.rows import (
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
from feedback.charts.theme import Mode, palette

THICK, THIN = 14, 4  # pixels of the bars of praise and complaint, and of the mixed
PARTS = ("negative", "positive", "mixed")


def shares(
    table: DataFrame,
    axis_title: str = "",
    witness: str | None = None,
    mode: Mode = "light",
    *,
    domain: tuple[float, float] = (0.0, 1.0),
) -> dict[str, Any]:
    """Shares (0 to 1) with their intervals, one row each, in the order given; the mark tells who says so.

    table: label, share, low, high, state, note; `witness` a row where rows differ (else the argument).
    Returns a Vega-Lite specification.
    """
    return ranked(table.rename(columns={"share": "estimate"}), axis_title, domain, witness, mode, percent=True)


def topic_balance(
    table: DataFrame,
    mode: Mode = "light",
    *,
    words: tuple[str, str, str] = ("negative", "positive", "mixed"),
    axis_title: str = "",
) -> dict[str, Any]:
    """What people say of each topic: negative to the left of zero, positive to the right, mixed as a thin bar across.

    table: label, negative, positive, mixed (shares from 0 to 1, or counts), state, note; negative_low and negative_high
    (90% interval) draw a whisker at the negative end. Missing parts are not drawn; `instead` is what a row without any
    says. words: the names of the three.
    Returns a Vega-Lite specification.
    """
    rows = records(table)
    colours = palette(mode)
    colour = dict(zip(PARTS, (colours.negative, colours.positive, colours.mixed), strict=True))
    named = dict(zip(PARTS, map(said, words), strict=True))
    given = [part for part in ("negative", "mixed", "positive") if any(_part(row, part) is not None for row in rows)]
    key, top = key_of([(named[part], colour[part]) for part in given])
    layout = lay_out(*words_of(rows), top=top)
    reach, percent = _reach(rows)
    scale = beside_labels(layout, (-reach, reach), axis_title, percent, signless=True)
    bars, whiskers, unknown = _pieces(rows, layout.places, colour, named, percent)
    with_bar = [place for row, place in zip(rows, layout.places, strict=True) if _drawn(row)]
    layers: list[alt.Chart] = [
        *ground(with_bar, layout.height, scale, mode),
        *_bars(bars, layout, scale),
        *_whiskers(whiskers, layout, scale, colours.ink),
        *blank_rows(unknown, layout.height, scale.left, mode),
        *key_layers(key, mode),
        *labels_and_notes(layout, mode),
    ]
    return finish(layers, layout.height, mode)


def _part(row: Record, part: str) -> float | None:
    """A part of a row, never below zero; None when missing or withheld."""
    found = None if state(row) == "withheld" else number(row.get(part))
    return None if found is None else max(found, 0.0)


def _drawn(row: Record) -> bool:
    """Whether a row has anything to draw."""
    return any(_part(row, part) is not None for part in PARTS)


def _reach(rows: Sequence[Record]) -> tuple[float, bool]:
    """How far the scale goes to either side, and whether the values are shares."""
    parts = [found for row in rows for part in PARTS if (found := _part(row, part)) is not None]
    percent = max(parts, default=0.0) <= 1
    sides = [found for row in rows for part in PARTS[:2] if (found := _part(row, part)) is not None]
    sides += [found / 2 for row in rows if (found := _part(row, "mixed")) is not None]
    sides += [found for row in rows if (found := _part(row, "negative_high")) is not None]
    most = max(sides, default=0.0)
    if percent:
        return min(max(math.ceil(most * 10 - 1e-9) / 10, 0.1), 1.0), True
    return most * 1.04 or 1.0, False


def _pieces(
    rows: Sequence[Record], places: Sequence[Place], colour: dict[str, str], named: dict[str, str], percent: bool
) -> tuple[list[Record], list[Record], list[Record]]:
    """All bars, the whiskers of the negative ones, and the rows without a bar."""
    bars: list[Record] = []
    whiskers: list[Record] = []
    unknown: list[Record] = []
    for row, place in zip(rows, places, strict=True):
        label, note = said(row.get("label")), said(row.get("note"))
        if not _drawn(row):
            unknown.append(blank(row, place))
            continue
        early = state(row) == "early"
        for part in PARTS:
            size = _part(row, part)
            if not size:
                continue
            start, until = {"negative": (-size, 0.0), "positive": (0.0, size)}.get(part, (-size / 2, size / 2))
            told = f"{label}, {named[part]}: {f'{size:.0%}' if percent else f'{size:g}'}"
            told += (", early: few answers" if early else "") + (f"; {note}" if note else "")
            middle, half = (THICK / 2 + THIN / 2 + 2, THIN / 2) if part == "mixed" else (0, THICK / 2)
            its = colour[part]
            bars.append(
                place.at(
                    start=start,
                    until=until,
                    above=middle - half,
                    below=middle + half,
                    colour=its,
                    opacity=0.15 if early else 1.0,
                    told=told,
                )
            )
        low, high = _part(row, "negative_low"), _part(row, "negative_high")
        if low is not None and high is not None and _part(row, "negative") is not None:
            whiskers.append(place.at(start=-high, until=-low))
    return bars, whiskers, unknown


def _bars(bars: list[Record], layout: Layout, scale: Across) -> list[alt.Chart]:
    """The bars; an early row's are hollow."""
    if not bars:
        return []
    drawn = chart(bars).transform_calculate(upper="datum.y + datum.above", lower="datum.y + datum.below")
    return [
        drawn.mark_rect(strokeWidth=1.5).encode(
            x=scale.x("start"),
            x2=alt.X2("until:Q"),
            y=down(layout.height, "upper"),
            y2=alt.Y2("lower:Q"),
            fill=alt.Fill("colour:N", scale=None),
            stroke=alt.Stroke("colour:N", scale=None),
            fillOpacity=alt.FillOpacity("opacity:Q", scale=None),
            tooltip=alt.Tooltip("told:N"),
            description=alt.Description("told:N"),
        )
    ]


def _whiskers(whiskers: list[Record], layout: Layout, scale: Across, ink: str) -> list[alt.Chart]:
    """The 90% interval of the negative part, as a thin line over the bar's end."""
    if not whiskers:
        return []
    line = chart(whiskers).mark_rule(color=ink, strokeWidth=2, aria=False)
    return [line.encode(x=scale.x("start"), x2=alt.X2("until:Q"), y=down(layout.height))]
