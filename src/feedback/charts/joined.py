"""Two ways of asking the same in one picture: what both say together, and behind it what each says alone."""

from collections.abc import Sequence
from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.intervals import (
    Across,
    beside_labels,
    borders,
    clamped,
    decimal_text,
    drawn_places,
    ground,
    marks,
    tier_rooms,
)
from feedback.charts.rows import (
    Place,
    Record,
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
    written_below,
)
from feedback.charts.theme import Mode, palette

NEAR, FAR = 6, 13
"""A mark of one way alone begins and ends so many pixels from the row's line."""


def together(
    table: DataFrame,
    axis_title: str,
    domain: tuple[float, float],
    names: tuple[str, str],
    witness: str | None = None,
    mode: Mode = "light",
    *,
    foot: str = "",
) -> dict[str, Any]:
    """Estimates with intervals, one row each, in the order given, and two light marks a row.

    table: label, estimate, low, high, low50, high50, state, note and tier as `intervals.ranked` has them; above, below:
    what the first and the second way say alone, on the same scale, drawn above and below the row's line (missing: no
    mark). names: of the two ways, as one hears them in the words of a row. domain: the scale's ends.
    foot: how to read the picture, in words under it. Returns a Vega-Lite specification.
    """
    rows = records(table)
    layout = lay_out(*words_of(rows), rooms=tier_rooms(rows), top=(0, 0))
    scale = beside_labels(layout, domain, axis_title, False)
    told = [{**row, "note": _alone(row, names, said(row.get("note")))} for row in rows]
    layers: list[alt.Chart] = [
        *borders(rows, layout, mode),
        *ground(drawn_places(rows, layout.places), layout.height, scale, mode),
        *_light(rows, layout.places, layout.height, scale, mode),
        *marks(told, layout.places, layout.height, scale, decimal_text, mode, witness=witness),
        *labels_and_notes(layout, mode),
        *(written_below([(foot, palette(mode).quiet)], layout.below) if rows and foot else []),
    ]
    return finish(layers, layout.height, mode)


def _alone(row: Record, names: tuple[str, str], note: str) -> str:
    """The words at a row's end, and before them what each way says alone."""
    each = [
        f"{name} alone {decimal_text(value)}"
        for name, column in zip(names, ("above", "below"), strict=True)
        if (value := number(row.get(column))) is not None
    ]
    return "; ".join([*each, note] if note else each)


def _light(
    rows: Sequence[Record], places: Sequence[Place], height: float, scale: Across, mode: Mode
) -> list[alt.Chart]:
    """A short upright mark above a row's line for the first way, below it for the second."""
    data: list[Record] = []
    for row, place in zip(rows, places, strict=True):
        for column, side in (("above", -1), ("below", 1)):
            value = clamped(row.get(column), scale.domain)
            if value is not None and state(row) != "withheld":
                data.append(place.at(estimate=value, near=side * NEAR, far=side * FAR))
    if not data:
        return []
    drawn = chart(data).transform_calculate(begins="datum.y + datum.near", ends="datum.y + datum.far")
    drawn = drawn.mark_rule(color=palette(mode).quiet, strokeWidth=2, opacity=0.75, aria=False)
    return [drawn.encode(x=scale.x("estimate"), y=down(height, "begins"), y2=alt.Y2("ends:Q"))]
