"""How many came how far: a bar a row from nothing to all, and in it, lighter, how many had begun."""

from collections.abc import Sequence
from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.intervals import Across, beside_labels, ground, percent_text
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
from feedback.charts.theme import Mode, blend, palette

HALF = 7  # pixels from the middle of a bar to its edge
LIGHT = 0.3  # how much of the colour the lighter bar has


def came_so_far(
    table: DataFrame,
    axis_title: str = "",
    mode: Mode = "light",
    *,
    words: tuple[str, str] = ("sent it", "began"),
) -> dict[str, Any]:
    """Shares (0 to 1) as bars, one row each, in the order given.

    table: label, share, state, note; `before`, a larger share drawn lighter behind (may be absent or missing);
    `witness` (learner, employer, expert) for the colour. An early row is hollow. words: what the two bars are called,
    in a key where there are two. Returns a Vega-Lite specification.
    """
    rows = records(table)
    twice = any(number(row.get("before")) is not None for row in rows)
    ink = palette(mode).ink
    key, top = key_of([(words[0], ink), (words[1], blend(ink, palette(mode).ground, LIGHT))] if twice else [])
    layout = lay_out(*words_of(rows), top=top)
    scale = beside_labels(layout, (0.0, 1.0), axis_title, percent=True)
    bars, unknown = _pieces(rows, layout.places, mode, words)
    drawn = [place for row, place in zip(rows, layout.places, strict=True) if _share(row, "share") is not None]
    layers: list[alt.Chart] = [
        *ground(drawn, layout.height, scale, mode),
        *_bars(bars, layout, scale),
        *blank_rows(unknown, layout.height, scale.left, mode),
        *key_layers(key, mode),
        *labels_and_notes(layout, mode),
    ]
    return finish(layers, layout.height, mode)


def _share(row: Record, name: str) -> float | None:
    found = None if state(row) == "withheld" else number(row.get(name))
    return None if found is None else min(max(found, 0.0), 1.0)


def _pieces(
    rows: Sequence[Record], places: Sequence[Place], mode: Mode, words: tuple[str, str]
) -> tuple[list[Record], list[Record]]:
    """The bars, the lighter ones first, and the rows without one."""
    colours = palette(mode)
    behind: list[Record] = []
    front: list[Record] = []
    unknown: list[Record] = []
    for row, place in zip(rows, places, strict=True):
        share, before = _share(row, "share"), _share(row, "before")
        if share is None:
            unknown.append(blank(row, place))
            continue
        colour = colours.witness(said(row.get("witness")))
        told = f"{said(row.get('label'))}: {percent_text(share)}"
        if before is not None:
            told += f" {words[0]}, {percent_text(before)} {words[1]}"
            pale = blend(colour, colours.ground, LIGHT)
            behind.append(place.at(until=before, fill=pale, colour=pale, told=told))
        told += f"; {said(row.get('note'))}" if said(row.get("note")) else ""
        fill = colours.ground if state(row) == "early" else colour
        front.append(place.at(until=share, fill=fill, colour=colour, told=told))
    return [*behind, *front], unknown


def _bars(bars: list[Record], layout: Layout, scale: Across) -> list[alt.Chart]:
    if not bars:
        return []
    drawn = chart([{**bar, "start": 0.0} for bar in bars])
    drawn = drawn.transform_calculate(upper=f"datum.y - {HALF}", lower=f"datum.y + {HALF}")
    return [
        drawn.mark_rect(strokeWidth=1.5, opacity=1).encode(
            x=scale.x("start"),
            x2=alt.X2("until:Q"),
            y=down(layout.height, "upper"),
            y2=alt.Y2("lower:Q"),
            fill=alt.Fill("fill:N", scale=None),
            stroke=alt.Stroke("colour:N", scale=None),
            tooltip=alt.Tooltip("told:N"),
            description=alt.Description("told:N"),
        )
    ]
