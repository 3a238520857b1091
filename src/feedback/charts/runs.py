"""Run after run of a credential: how many stayed to the end, and for how many it was worth it, side by side."""

from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.intervals import Across, borders, drawn_places, ground, marks, percent_text, tier_rooms
from feedback.charts.rows import EDGE, IS_NARROW, finish, labels_and_notes, lay_out, records, words_of
from feedback.charts.theme import Mode

PANELS = ("completed", "worth")


def by_run(
    table: DataFrame,
    mode: Mode = "light",
    *,
    titles: tuple[str, str] = ("Completed it", "Worth it, they say"),
    witness: str | None = "learner",
) -> dict[str, Any]:
    """Two panels of shares (0 to 1) that share their rows, one row a run, in the order given.

    table: label, tier (the credential; its name stands above its first run), and for each of PANELS the share, `_low`,
    `_high` and `_state` (shown, early or withheld); note (the row's end; may be absent). Returns a Vega-Lite
    specification.
    """
    rows = records(table)
    layout = lay_out(*words_of(rows), rooms=tier_rooms(rows))
    start = f"({IS_NARROW} ? 0 : {layout.left})"
    end = f"({IS_NARROW} ? width : width - {layout.right})"
    middle = f"({start} + {end}) / 2"
    sides = ((f"{start} + {EDGE}", f"{middle} - {EDGE + 8}"), (f"{middle} + {EDGE + 8}", f"{end} - {EDGE}"))
    panels: list[list[alt.Chart]] = []
    for name, title, (left, right) in zip(PANELS, titles, sides, strict=True):
        scale = Across((0, 1), title, True, left, right, 3)
        own = [row | {"state": row.get(f"{name}_state")} for row in rows]
        names = (name, f"{name}_low", f"{name}_high")
        panels.append(
            [
                *ground(drawn_places(own, layout.places, name), layout.height, scale, mode),
                *marks(own, layout.places, layout.height, scale, percent_text, mode, witness=witness, names=names),
            ]
        )
    drawn = panels if rows else []
    layers: list[alt.Chart | list[alt.Chart]] = [*drawn, *borders(rows, layout, mode), *labels_and_notes(layout, mode)]
    return finish(layers, layout.height, mode, apart=len(drawn) > 1)
