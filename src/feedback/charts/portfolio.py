"""A portfolio at a glance: of each credential how far it is needed, how many others offer it and how far it counts, in
three panels that share their rows."""

from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.intervals import Across, borders, drawn_places, ground, marks, percent_text, tier_rooms
from feedback.charts.rows import (
    EDGE,
    IS_NARROW,
    Record,
    finish,
    labels_and_notes,
    lay_out,
    number,
    records,
    said,
    state,
    strips,
    words_of,
    written_below,
)
from feedback.charts.theme import Mode, palette

PANELS = ("need", "offered", "recognition")
TITLES = ("Needed", "Offered elsewhere", "Counted")
WITHOUT = {"need": "too few", "offered": "no figures", "recognition": "too few"}
"""What a row without a number says in each panel, where there is little room."""
APART = 10  # pixels between two panels


def in_three(
    table: DataFrame, mode: Mode = "light", *, titles: tuple[str, str, str] = TITLES, foot: str = ""
) -> dict[str, Any]:
    """Three panels of parts from 0 to 1 that share their rows, in the order given.

    table: label; tier (its name stands above the first row of it); credential (a slug: a row opens it; may be absent);
    need and recognition with `_low`, `_high` and `_state` (shown, early or withheld), of employers; offered, a figure
    of the market without doubt, missing where there is none. foot: how to read the picture, in words under it.
    Returns a Vega-Lite specification.
    """
    rows = records(table)
    layout = lay_out(*words_of(rows), rooms=tier_rooms(rows))
    start, end = f"({IS_NARROW} ? 0 : {layout.left})", "width"
    third = f"(({end} - {start}) / 3)"
    panels: list[list[alt.Chart]] = []
    for at, (name, title) in enumerate(zip(PANELS, titles, strict=True)):
        left, right = f"{start} + {at} * {third} + {EDGE}", f"{start} + {at + 1} * {third} - {EDGE + APART}"
        scale = Across((0, 1), title, True, left, right, 3)
        own = [_of_panel(row, name) for row in rows]
        panels.append(
            [
                *ground(drawn_places(own, layout.places, name), layout.height, scale, mode),
                *marks(
                    own, layout.places, layout.height, scale, percent_text, mode,
                    witness=None if name == "offered" else "employer", names=(name, f"{name}_low", f"{name}_high"),
                ),
            ]
        )  # fmt: skip
    drawn = panels if rows else []
    below = written_below([(foot, palette(mode).quiet)], layout.below) if rows and foot else []
    texts = [*borders(rows, layout, mode), *labels_and_notes(layout, mode)]
    return finish([*drawn, *texts, *strips(rows, layout, _told), *below], layout.height, mode, apart=len(drawn) > 1)


def _of_panel(row: Record, name: str) -> Record:
    """A row as one panel draws it: with that panel's state, and its short words where there is no number."""
    now = state({"state": row[f"{name}_state"]}) if f"{name}_state" in row else "shown"
    return row | {"state": now, "instead": WITHOUT[name]}


def _told(row: Record) -> str:
    """A credential's three numbers in words."""
    parts = []
    for name, title in zip(PANELS, TITLES, strict=True):
        share, low, high = (number(row.get(f"{name}{end}")) for end in ("", "_low", "_high"))
        if share is None or _of_panel(row, name)["state"] == "withheld":
            parts.append(f"{title.lower()}: {WITHOUT[name]}")
            continue
        doubt = f" (likely {percent_text(low)} to {percent_text(high)})" if low is not None and high is not None else ""
        parts.append(f"{title.lower()} {percent_text(share)}{doubt}")
    return f"{said(row.get('label'))}: {'; '.join(parts)}"
