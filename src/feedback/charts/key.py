"""A key of colours in words, on one line where it fits and on several where it does not."""

from collections.abc import Sequence

import altair as alt

from feedback.charts.rows import IS_NARROW, NARROW, PHONE, Record, chart, text_width
from feedback.charts.theme import NOTE_SIZE, Mode, palette

LINE = 20  # pixels from one line of the key to the next
SQUARE, GAP = 18, 14  # pixels a coloured square takes, and from one entry to the next


def key_of(
    entries: Sequence[tuple[str, str]], at: tuple[float, float] = (0, 0)
) -> tuple[list[Record], tuple[int, int]]:
    """A key of (words, colour), and the pixels it takes on a phone and on a wide screen.

    at: pixels from the top where it begins (narrow, wide). Returns records for `key_layers`.
    """
    if not entries:
        return [], (0, 0)
    narrow, wide = _flow([words for words, _ in entries], PHONE), _flow([words for words, _ in entries], NARROW)
    data = [
        {
            "words": words,
            "colour": colour,
            "x_narrow": short[0],
            "x_wide": long[0],
            "y_narrow": at[0] + 10 + short[1] * LINE,
            "y_wide": at[1] + 10 + long[1] * LINE,
        }
        for (words, colour), short, long in zip(entries, narrow, wide, strict=True)
    ]
    return data, ((narrow[-1][1] + 1) * LINE + 12, (wide[-1][1] + 1) * LINE + 12)


def _flow(texts: Sequence[str], room: float) -> list[tuple[float, int]]:
    """Where each text begins (pixels from the left) and on which line, when a line holds `room` pixels."""
    found: list[tuple[float, int]] = []
    x, line = 0.0, 0
    for text in texts:
        size = SQUARE + text_width(text, NOTE_SIZE)
        if x and x + size > room:
            x, line = 0.0, line + 1
        found.append((x, line))
        x += size + GAP
    return found


def key_layers(data: Sequence[Record], mode: Mode) -> list[alt.Chart]:
    """The squares and words of one key or several."""
    if not data:
        return []
    base = chart(data).transform_calculate(x=f"{IS_NARROW} ? datum.x_narrow : datum.x_wide")
    at = alt.X("x:Q", scale=None, axis=None)
    height = alt.Y("y:Q", scale=None, axis=None)
    square = base.mark_point(
        shape="square",
        size=110,
        filled=True,
        opacity=1,
        xOffset=6,
        stroke=palette(mode).mixed,
        strokeWidth=1,
        aria=False,
    )
    text = base.mark_text(
        align="left", baseline="middle", fontSize=NOTE_SIZE, color=palette(mode).quiet, xOffset=SQUARE
    )
    return [
        square.encode(x=at, y=height, color=alt.Color("colour:N", scale=None)),
        text.encode(x=at, y=height, text=alt.Text("words:N")),
    ]
