"""Rows of a chart: where labels, notes and marks stand, beside each other on a wide screen and stacked on a phone.

A column `y` of pixels is computed for both layouts and the width of the drawing chooses; so no label is ever cut off,
and type keeps its size. On a phone the drawing grows downwards instead.
"""

import math
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
from altair.utils import schemapi
from pandas import DataFrame

from feedback.charts.opening import OPENS, opening
from feedback.charts.theme import LABEL_SIZE, NOT_KNOWN, NOTE_SIZE, TOO_FEW, Mode, config, palette

# Altair would check every piece as it is made, which takes as long as making it; the tests check whole specifications.
schemapi.disable_debug_mode()

Record = dict[str, Any]

NARROW = 560  # pixels of drawing below which labels stand above their row
PHONE = 340  # pixels a phone of 390 surely leaves for a drawing
LINE = 18  # pixels from one line of a label to the next
BAND = 24  # pixels a row's marks take
GAP = 12  # pixels between two rows
EDGE = 8  # pixels kept free beside the scale, so that a dot at its end is whole
MOST_LINES = 6
PIXELS_A_LETTER = 6.7  # of the label size, on the wide side: titles with many capitals, or a wider fallback font

IS_NARROW = f"width < {NARROW}"


def known(value: object) -> bool:
    """Whether a cell holds something: not None, not NaN, not NA.

    >>> known(0), known(float("nan")), known(None)
    (True, False, False)
    """
    if value is None:
        return False
    try:
        return bool(value == value)
    except TypeError:  # pandas.NA refuses to be true or false
        return False


def said(value: object) -> str:
    """A cell as text on one line; "" when missing.

    >>> said(float("nan")), said(" Data  badge ")
    ('', 'Data badge')
    """
    return " ".join(str(value).split()) if known(value) else ""


def number(value: object) -> float | None:
    """A cell as a finite number; None when missing, infinite or not a number.

    >>> number(3), number(float("inf")), number("x")
    (3.0, None, None)
    """
    if not known(value):
        return None
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def records(table: DataFrame) -> list[Record]:
    """The rows of a table as plain dicts, in their order."""
    return [dict(zip(map(str, table.columns), row, strict=True)) for row in table.itertuples(index=False, name=None)]


def state(row: Mapping[str, object]) -> str:
    """A row's state; "shown" when the table has no such column.

    An unknown word counts as "withheld": a chart never shows more than it was allowed to.
    """
    if "state" not in row:
        return "shown"
    found = said(row["state"])
    return found if found in ("shown", "early") else "withheld"


def words_of(rows: Iterable[Record]) -> tuple[list[str], list[str]]:
    """Labels and notes of all rows; a withheld row has no note, whatever it says: its counts are withheld, too."""
    kept = list(rows)
    return (
        [said(row.get("label")) for row in kept],
        ["" if state(row) == "withheld" else said(row.get("note")) for row in kept],
    )


def text_width(text: str, size: float = LABEL_SIZE) -> float:
    """About how many pixels a line of text takes at this size; wide scripts count double."""
    letters = sum(2.0 if ord(letter) > 0x2E7F else 1.0 for letter in text)
    return letters * PIXELS_A_LETTER * size / LABEL_SIZE


def wrap(text: str, pixels: float, size: float = LABEL_SIZE) -> list[str]:
    """Text in lines of at most `pixels`, long words broken, at most six lines (then an ellipsis).

    >>> wrap("Data visualisation for people in a hurry", 160)
    ['Data visualisation for', 'people in a hurry']
    """
    widest = max((text_width(letter, size) for letter in text), default=1.0)
    letters = max(int(pixels / widest), 8)
    return textwrap.wrap(text, letters, max_lines=MOST_LINES, placeholder=" …") or [""]


@dataclass(frozen=True)
class Place:
    """Where one row stands, in pixels from the top, `_narrow` on a phone and `_wide` otherwise.

    `y` is the middle of the row's marks, `label` and `note` the base line of the first line of text,
    `border` where the room above a row begins that opens a tier or a group.
    """

    lines_narrow: tuple[str, ...]
    lines_wide: tuple[str, ...]
    note: str
    y_narrow: float
    y_wide: float
    label_narrow: float
    label_wide: float
    note_narrow: float
    note_wide: float
    border_narrow: float
    border_wide: float

    def at(self, **more: object) -> Record:
        """A data record at the row's marks."""
        return {"y_narrow": self.y_narrow, "y_wide": self.y_wide, **more}


@dataclass(frozen=True)
class Layout:
    """All rows of a chart; `left` and `right` are the widths of the label and the note column on a wide screen.

    height: on a wide screen; a phone's drawing grows downwards to `height_narrow`.
    """

    places: tuple[Place, ...]
    height: float
    height_narrow: float
    left: int
    right: int
    note_below: bool

    @property
    def below(self) -> tuple[float, float]:
        """The base line of a first line under all rows (narrow, wide)."""
        return self.height_narrow + LINE, self.height + LINE


def lay_out(
    labels: Sequence[str],
    notes: Sequence[str],
    *,
    band: int = BAND,
    rooms: Mapping[int, tuple[float, float]] | None = None,
    top: tuple[int, int] = (0, 0),
) -> Layout:
    """Give every row its place.

    labels, notes: one text a row ("" for none). band: pixels the marks of a row take.
    rooms: position of each row that opens a tier or a group -> the pixels kept free above it (narrow, wide).
    top: pixels kept free above the first row (narrow, wide).
    """
    rooms = rooms or {}
    longest_note = max((text_width(note, NOTE_SIZE) for note in notes), default=0.0)
    note_below = longest_note > 0.36 * PHONE
    room = PHONE if note_below or not longest_note else PHONE - longest_note - 12
    right = round(longest_note) + 8 if longest_note and not note_below else 0
    left_most = 280.0
    narrow = [tuple(wrap(label, room)) for label in labels]
    wide = [tuple(wrap(label, left_most)) for label in labels]
    widest = max((text_width(line) for lines in wide for line in lines), default=0.0)
    left = round(min(max(widest, longest_note if note_below else 0.0), left_most)) + 16
    y_narrow, y_wide = float(top[0]), float(top[1])
    places = []
    for at, (short, long, note) in enumerate(zip(narrow, wide, notes, strict=True)):
        border_narrow, border_wide = y_narrow - GAP / 2 + 4, y_wide - GAP / 2 + 4
        room_narrow, room_wide = rooms.get(at, (0, 0))
        y_narrow, y_wide = y_narrow + room_narrow, y_wide + room_wide
        below = LINE if note_below and note else 0
        pitch = max(len(long) * LINE + below, band) + GAP
        middle = y_wide + pitch / 2
        first = y_narrow + 18
        label_wide = middle - ((len(long) - 1) * LINE + below) / 2 + 5
        places.append(
            Place(
                lines_narrow=short,
                lines_wide=long,
                note=note,
                y_narrow=first + (len(short) - 1) * LINE + below + 6 + band / 2,
                y_wide=middle,
                label_narrow=first,
                label_wide=label_wide,
                note_narrow=first + (len(short) * LINE if note_below else 0),
                note_wide=label_wide + len(long) * LINE if note_below else middle + 4.5,
                border_narrow=border_narrow,
                border_wide=border_wide,
            )
        )
        y_narrow = first + (len(short) - 1) * LINE + below + 6 + band + GAP
        y_wide += pitch
    return Layout(tuple(places), y_wide, y_narrow, left, right, note_below)


def chart(data: Iterable[Record], *, y: bool = True) -> alt.Chart:
    """A layer over plain records; with `y`, the layout that fits the width chooses the height of each record."""
    drawn = alt.Chart(alt.Data(values=list(data)))
    return drawn.transform_calculate(y=f"{IS_NARROW} ? datum.y_narrow : datum.y_wide") if y else drawn


def down(layout_height: float, field: str = "y") -> alt.Y:
    """The vertical place in pixels from the top, without an axis."""
    reach = max(layout_height, 1)
    scale = alt.Scale(domain=[0, reach], range=[0, reach], nice=False, zero=False)
    return alt.Y(f"{field}:Q", scale=scale, axis=None)


def blank(row: Record, place: Place) -> Record:
    """A row without a value as `blank_rows` draws it: what it says instead, or that it is withheld, or not known."""
    return place.at(words=_instead(row), told=in_words(row))


def in_words(row: Record) -> str:
    """A row without a value, and what it says instead."""
    return f"{said(row.get('label'))}: {_instead(row)}"


def _instead(row: Record) -> str:
    return said(row.get("instead")) or (TOO_FEW if state(row) == "withheld" else NOT_KNOWN)


def labels_and_notes(layout: Layout, mode: Mode) -> list[alt.Chart]:
    """The layers of text: every row's label (beside or above its marks) and its note at the row's end.

    Notes too long for a phone's row end stand under the label instead, everywhere in that chart.
    """
    colours = palette(mode)
    label_data = [
        {
            "narrow": list(place.lines_narrow),
            "wide": list(place.lines_wide),
            "y_narrow": place.label_narrow,
            "y_wide": place.label_wide,
        }
        for place in layout.places
    ]
    note_data = [
        {"note": place.note, "y_narrow": place.note_narrow, "y_wide": place.note_wide}
        for place in layout.places
        if place.note
    ]
    layers = []
    if label_data:
        layers.append(
            chart(label_data)
            .transform_calculate(label=f"{IS_NARROW} ? datum.narrow : datum.wide")
            .mark_text(
                align="left", baseline="alphabetic", fontSize=LABEL_SIZE, lineHeight=LINE, color=colours.ink, aria=False
            )
            .encode(x=alt.XValue(0), y=down(layout.height), text=alt.Text("label:N"))
        )
    if note_data:
        x = alt.XValue(0 if layout.note_below else "width")
        layers.append(
            chart(note_data)
            .mark_text(
                align="left" if layout.note_below else "right",
                baseline="alphabetic",
                fontSize=NOTE_SIZE,
                color=colours.quiet,
                aria=False,
            )
            .encode(x=x, y=down(layout.height), text=alt.Text("note:N"))
        )
    return layers


def blank_rows(data: list[Record], height: float, left: str, mode: Mode) -> list[alt.Chart]:
    """Rows without a value: a short grey dash and the words why; never a zero and never a gap without words.

    data: as `blank` makes them; left: where the scale begins, as pixels.
    """
    if not data:
        return []
    start, end = alt.XValue(alt.ExprRef(left)), alt.X2Value(alt.ExprRef(f"({left}) + 18"))
    colours = palette(mode)
    style: dict[str, Any] = {"align": "left", "baseline": "middle", "dx": 26, "fontSize": NOTE_SIZE}
    dash = chart(data).mark_rule(color=colours.quiet, strokeWidth=2, aria=False)
    halo = chart(data).mark_text(**style, color=colours.ground, stroke=colours.ground, strokeWidth=5, aria=False)
    words = chart(data).mark_text(**style, color=colours.quiet)
    return [
        halo.encode(x=start, y=down(height), text=alt.Text("words:N")),
        dash.encode(x=start, x2=end, y=down(height)),
        words.encode(x=start, y=down(height), text=alt.Text("words:N"), description=alt.Description("told:N")),
    ]


def written_below(texts: Sequence[tuple[str, str]], start: float | tuple[float, float]) -> list[alt.Chart]:
    """Texts under a drawing, each in its colour and wrapped to fit a phone or a wide screen.

    texts: (words, colour). start: pixels from the top to the base line of the first (narrow, wide; or one for both).
    """
    narrow, wide = start if isinstance(start, tuple) else (start, start)
    data: list[Record] = []
    for text, colour in texts:
        short, long = wrap(text, PHONE, NOTE_SIZE), wrap(text, NARROW, NOTE_SIZE)
        data.append({"narrow": short, "wide": long, "y_narrow": narrow, "y_wide": wide, "colour": colour})
        narrow, wide = narrow + len(short) * LINE + 2, wide + len(long) * LINE + 2
    if not data:
        return []
    text_of = f"{IS_NARROW} ? datum.narrow : datum.wide"
    style: dict[str, Any] = {"align": "left", "baseline": "alphabetic", "fontSize": NOTE_SIZE, "lineHeight": LINE}
    drawn = chart(data).transform_calculate(lines=text_of).mark_text(**style)
    y = alt.Y("y:Q", scale=None, axis=None)
    return [drawn.encode(x=alt.XValue(0), y=y, text=alt.Text("lines:N"), color=alt.Color("colour:N", scale=None))]


def finish(
    layers: Sequence[alt.Chart | Sequence[alt.Chart]], height: float, mode: Mode, *, apart: bool = False
) -> dict[str, Any]:
    """Layers as one specification that fills its container's width and carries the shared configuration.

    layers: what is drawn, the lowest first; layers in a list belong to one panel.
    apart: the panels have horizontal scales of their own.
    """
    spec: dict[str, Any] = {
        "$schema": alt.SCHEMA_URL,
        "config": config(mode),
        "background": palette(mode).ground,
        "autosize": {"type": "fit-x", "contains": "padding"},
        # Streamlit writes into the padding: never a bare number.
        "padding": {"left": 0, "right": 0, "top": 4, "bottom": 4},
        "width": "container",
        "height": max(height, 1),
        "layer": [
            _plain(layer) if isinstance(layer, alt.Chart) else {"layer": [_plain(one) for one in layer]}
            for layer in (layers or [chart([], y=False).mark_point()])
        ],
    }
    return opening(spec) | ({"resolve": {"scale": {"x": "independent"}}} if apart else {})


def _plain(layer: alt.Chart) -> dict[str, Any]:
    """One layer as a dict with its own records in it; put together here, for altair.layer copies every record often."""
    found = layer.to_dict(validate=False)
    data = found["data"]
    held = data["values"] if "values" in data else found["datasets"][data["name"]]
    mark, encoding = found["mark"], found.get("encoding", {})
    if mark["type"] == "text" and mark.get("aria") is not False:
        # Words are read aloud as they stand; left alone, Vega-Lite says every field and number beside them.
        encoding.setdefault("description", {"field": encoding["text"]["field"], "type": "nominal"})
    return {"data": {"values": held}} | {
        name: found[name] for name in ("name", "transform", "mark", "encoding") if name in found
    }


def strips(rows: Sequence[Record], layout: Layout, tell: Callable[[Record], str]) -> list[alt.Chart]:
    """A clear strip over every row about a credential, which is pressed to open it.

    tell: what it says, which is what the marks under it say, since a pointer does not reach these any more.
    """
    drawn = [
        place.at(
            credential=said(row["credential"]),
            told=tell(row),
            above_narrow=place.y_narrow - place.label_narrow + LINE,
            above_wide=BAND / 2,
        )
        for row, place in zip(rows, layout.places, strict=True)
        if said(row.get("credential"))
    ]
    if not drawn:
        return []
    above = f"datum.y - ({IS_NARROW} ? datum.above_narrow : datum.above_wide)"
    over = chart(drawn).transform_calculate(upper=above, lower=f"datum.y + {BAND / 2}")
    strip = over.mark_rect(fillOpacity=0, strokeOpacity=0, cursor="pointer", aria=False).properties(name=OPENS)
    return [
        strip.encode(
            x=alt.XValue(0),
            x2=alt.X2Value("width"),
            y=down(layout.height, "upper"),
            y2=alt.Y2("lower:Q"),
            tooltip=alt.Tooltip("told:N"),
        )
    ]
