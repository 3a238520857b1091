"""A key of colours in words, on one line where it fits and on several on a phone."""

from collections.abc import Sequence

import altair as alt

from feedback.charts.rows import IS_NARROW, NARROW, PHONE, Record, chart, text_width
from feedback.charts.theme import NOTE_SIZE, Mode, palette

LINE = 20  # pixels from one line of the key to the next


def key_of(entries: Sequence[tuple[str, str]], mode: Mode) -> tuple[list[alt.Chart], int]:
    """A key of (words, colour) in lines that fit a phone, and the pixels it takes at the top of a chart."""
    if not entries:
        return [], 0
    data: list[Record] = []
    x, line, wide = 0.0, 0, 0.0
    for words, colour in entries:
        size = 18 + text_width(words, NOTE_SIZE) + 14
        if x and x + size > PHONE + 14:
            x, line = 0.0, line + 1
        data.append({"words": words, "colour": colour, "x_narrow": x, "x_wide": wide, "line": line})
        x, wide = x + size, wide + size
    fits = wide <= NARROW
    for entry in data:
        entry["x_wide"] = entry["x_wide"] if fits else entry["x_narrow"]
        entry["y_narrow"] = 10 + entry["line"] * LINE
        entry["y_wide"] = 10 if fits else entry["y_narrow"]
    base = chart(data).transform_calculate(x=f"{IS_NARROW} ? datum.x_narrow : datum.x_wide")
    at = alt.X("x:Q", scale=None, axis=None)
    height = alt.Y("y:Q", scale=None, axis=None)
    square = base.mark_point(shape="square", size=110, filled=True, opacity=1, xOffset=6, aria=False)
    text = base.mark_text(align="left", baseline="middle", fontSize=NOTE_SIZE, color=palette(mode).quiet, xOffset=18)
    layers = [
        square.encode(x=at, y=height, color=alt.Color("colour:N", scale=None)),
        text.encode(x=at, y=height, text="words:N"),
    ]
    return layers, (line + 1) * LINE + 12
