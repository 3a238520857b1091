"""Recognition of credentials: how many employers know of each, and what they would do with it, side by side."""

from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.intervals import Across, decimal_text, drawn_places, ground, marks, percent_text
from feedback.charts.rows import EDGE, IS_NARROW, finish, labels_and_notes, lay_out, records, words_of
from feedback.charts.theme import Mode


def awareness(
    table: DataFrame,
    mode: Mode = "light",
    *,
    awareness_title: str = "Know of it",
    index_title: str = "How far they go with it, 0 to 4",
    witness: str | None = "employer",
) -> dict[str, Any]:
    """Two panels that share their rows: awareness (share, 0 to 1) and the recognition index (0 to 4).

    table: label, awareness, awareness_low, awareness_high, index, low, high, state, note; a missing estimate of a row
    that is not withheld reads what the column `instead` has for it, else "cannot tell yet", in its panel. Returns a
    Vega-Lite specification.
    """
    rows = records(table)
    layout = lay_out(*words_of(rows))
    start = f"({IS_NARROW} ? 0 : {layout.left})"
    end = f"({IS_NARROW} ? width : width - {layout.right})"
    middle = f"({start} + {end}) / 2"
    panels = (
        (
            Across((0, 1), awareness_title, True, f"{start} + {EDGE}", f"{middle} - {EDGE + 8}", 3),
            percent_text,
            ("awareness", "awareness_low", "awareness_high"),
        ),
        (
            Across((0, 4), index_title, False, f"{middle} + {EDGE + 8}", f"{end} - {EDGE}"),
            decimal_text,
            ("index", "low", "high"),
        ),
    )
    drawn: list[list[alt.Chart]] = [
        [
            *ground(drawn_places(rows, layout.places, names[0]), layout.height, scale, mode),
            *marks(rows, layout.places, layout.height, scale, write, mode, witness=witness, names=names),
        ]
        for scale, write, names in panels
        if rows
    ]
    return finish([*drawn, *labels_and_notes(layout, mode)], layout.height, mode, apart=len(drawn) > 1)
