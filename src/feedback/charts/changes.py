"""How far things moved: from one time to the next, and against what was promised of it."""

from collections.abc import Sequence
from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.intervals import (
    Across,
    beside_labels,
    clamped,
    decimal_text,
    drawn_places,
    end_words,
    ground,
    marks,
    percent_text,
    spread_of,
)
from feedback.charts.rows import (
    Layout,
    Record,
    chart,
    down,
    finish,
    labels_and_notes,
    lay_out,
    number,
    records,
    words_of,
    written_below,
)
from feedback.charts.theme import Mode, palette

LEAST_REACH = 1.0
BAND_WIDTH = 14  # pixels
MOST_PARTS = 4.0
"""An effect of more than so many times what was promised is drawn at the end of the scale."""


def since_last_time(table: DataFrame, mode: Mode = "light") -> dict[str, Any]:
    """Differences from last time in steps of a scale, more is better, one row each, in the order given.

    table: label, estimate, low, high (90%), smallest (the least change that could have been seen; drawn as a light band
    around no change), changed (True where it is one, which is coloured), state, note. Returns a Vega-Lite
    specification.
    """
    rows = [row | {"witness": "learner" if row.get("changed") is True else None} for row in records(table)]
    ends = [
        abs(end) for row in rows for name in ("low", "high", "smallest") if (end := number(row.get(name))) is not None
    ]
    reach = max([LEAST_REACH, *ends]) * 1.04
    layout = lay_out(*words_of(rows), top=(24, 24))
    scale = beside_labels(layout, (-reach, reach), "change in steps of the scale", percent=False)
    foot = "Light band: a change this small would likely have gone unseen. Coloured: changed."
    layers: list[alt.Chart] = [
        *_bands(rows, layout, scale, mode),
        *ground(drawn_places(rows, layout.places), layout.height, scale, mode),
        *marks(rows, layout.places, layout.height, scale, _signed, mode),
        *(end_words(("worse", "better"), scale, layout.height, mode) if rows else []),
        *labels_and_notes(layout, mode),
        *(written_below([(foot, palette(mode).quiet)], layout.below) if rows else []),
    ]
    return finish(layers, layout.height, mode)


def against_promise(table: DataFrame, mode: Mode = "light") -> dict[str, Any]:
    """Effects as parts of what was expected of them: 0 is nothing, 1 all of it; one row each, in the order given.

    table: label, estimate, low, high (90%), state, note, witness. Returns a Vega-Lite specification.
    """
    rows = records(table)
    low, high = spread_of(rows)
    domain = max(min(low, -0.6), -MOST_PARTS), min(max(high, 1.6), MOST_PARTS)
    layout = lay_out(*words_of(rows), top=(24, 24))
    scale = beside_labels(layout, domain, "part of the expected effect", percent=True)
    layers: list[alt.Chart] = [
        *ground(drawn_places(rows, layout.places), layout.height, scale, mode),
        *_promise(rows, layout, scale, mode),
        *marks(rows, layout.places, layout.height, scale, percent_text, mode),
        *(end_words(("got worse", "more than expected"), scale, layout.height, mode) if rows else []),
        *labels_and_notes(layout, mode),
    ]
    return finish(layers, layout.height, mode)


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{decimal_text(value)} steps"


def _bands(rows: Sequence[Record], layout: Layout, scale: Across, mode: Mode) -> list[alt.Chart]:
    """Around no change, as far as a change would likely have gone unseen."""
    bands = [
        place.at(estimate=clamped(-least, scale.domain), until=clamped(least, scale.domain))
        for row, place in zip(rows, layout.places, strict=True)
        if (least := number(row.get("smallest"))) is not None and row in rows
    ]
    if not bands:
        return []
    drawn = chart(bands).mark_rule(color=palette(mode).line, strokeWidth=BAND_WIDTH, aria=False)
    return [drawn.encode(x=scale.x("estimate"), x2=alt.X2("until:Q"), y=down(layout.height))]


def _promise(rows: Sequence[Record], layout: Layout, scale: Across, mode: Mode) -> list[alt.Chart]:
    """A mark on each row where all that was expected would be."""
    places = drawn_places(rows, layout.places)
    if not places:
        return []
    here = [place.at(estimate=1.0, half=10) for place in places]
    drawn = chart(here).transform_calculate(upper="datum.y - datum.half", lower="datum.y + datum.half")
    drawn = drawn.mark_rule(color=palette(mode).ink, strokeWidth=2, strokeDash=[3, 3], aria=False)
    return [drawn.encode(x=scale.x("estimate"), y=down(layout.height, "upper"), y2=alt.Y2("lower:Q"))]
