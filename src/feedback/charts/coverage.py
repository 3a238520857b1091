"""A map of cells: rows against columns, a number written in, lighter where few, dashed where too few to show."""

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.opening import OPENS
from feedback.charts.rows import (
    IS_NARROW,
    Layout,
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
    text_width,
    written_below,
)
from feedback.charts.theme import AXIS_SIZE, NOT_KNOWN, TOO_FEW, Mode, blend, palette

HALF = 13  # pixels from the middle of a cell to its edge
BETWEEN = 0.06  # of a column, kept free on either side of a cell
EARLY, SETTLED = 0.22, 0.42  # how much of the colour a cell has
LONGEST_HEAD = 175  # pixels


def at_least(value: float) -> str:
    """A count rounded down.

    >>> at_least(15.0)
    '15+'
    """
    return f"{value:g}+"


def cells(
    table: DataFrame,
    mode: Mode = "light",
    *,
    witness: str | None = "employer",
    write: Callable[[float], str] = at_least,
    foot: str = "",
) -> dict[str, Any]:
    """Rows against columns, in the order in which each first comes.

    table: label (the row), column (its head, short), group (columns of one group stand together, the groups in the
    order in which they come), value (a number, written in by `write`), sign (what stands after it; may be absent), told
    (the cell in words), state; `credential` (a slug) makes a cell that has a value open that credential. A cell that is
    not in the table is left empty. foot: how to read the picture, in words under it.
    Returns a Vega-Lite specification.
    """
    found = records(table)
    labels = list(dict.fromkeys(said(each.get("label")) for each in found))
    heads = sorted(
        dict.fromkeys((said(each.get("group")), said(each.get("column"))) for each in found), key=_in_groups(found)
    )
    places = _columns(heads)
    high = round(min(max((text_width(head, AXIS_SIZE) for _, head in heads), default=0.0), LONGEST_HEAD)) + 14
    layout = lay_out(labels, [""] * len(labels), top=(high, high))
    wide = max(places.values(), default=0.0) + 1
    at = dict(zip(labels, layout.places, strict=True))
    boxes = [_box(each, at[said(each["label"])], places, mode, witness, write) for each in found]
    layers: list[alt.Chart] = [
        *_heads(places, layout, wide, high, mode),
        *_boxes(boxes, layout, wide),
        *labels_and_notes(layout, mode),
        *(written_below([(foot, palette(mode).quiet)], layout.below) if found and foot else []),
    ]
    return finish(layers, layout.height, mode)


def _in_groups(found: Sequence[Record]) -> Any:
    groups = list(dict.fromkeys(said(each.get("group")) for each in found))
    return lambda head: groups.index(head[0])


def _columns(heads: Sequence[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """Where each column stands, in columns from the left; half a column is free between two groups."""
    places: dict[tuple[str, str], float] = {}
    for at, head in enumerate(heads):
        gaps = len({group for group, _ in heads[: at + 1]}) - 1
        places[head] = at + gaps / 2
    return places


def _box(
    row: Record,
    place: Place,
    places: dict[tuple[str, str], float],
    mode: Mode,
    witness: str | None,
    write: Callable[[float], str],
) -> Record:
    colours = palette(mode)
    own, now, value = colours.witness(witness), state(row), number(row.get("value"))
    shown = now != "withheld" and value is not None
    words = said(row.get("told")) or (NOT_KNOWN if now != "withheld" else TOO_FEW)
    start = places[said(row.get("group")), said(row.get("column"))]
    return place.at(
        start=start + BETWEEN,
        until=start + 1 - BETWEEN,
        middle=start + 0.5,
        words=f"{write(value)} {said(row.get('sign'))}".strip() if shown and value is not None else "",
        fill=blend(own, colours.ground, EARLY if now == "early" else SETTLED) if shown else colours.ground,
        colour=own if shown else colours.quiet,
        ink=colours.ink,
        told=words,
        **({"credential": said(row["credential"])} if shown and said(row.get("credential")) else {}),
    )


def _x(layout: Layout, wide: float, field: str) -> alt.X:
    left = alt.ExprRef(f"{IS_NARROW} ? 0 : {layout.left}")
    scale = alt.Scale(domain=[0, wide], range=[left, alt.ExprRef("width")], nice=False, zero=False)
    return alt.X(f"{field}:Q", scale=scale, axis=None)


def _heads(places: dict[tuple[str, str], float], layout: Layout, wide: float, high: int, mode: Mode) -> list[alt.Chart]:
    if not places:
        return []
    data = [
        {"middle": at + 0.5, "head": _cut(head), "y_narrow": high - 8, "y_wide": high - 8}
        for (_, head), at in places.items()
    ]
    text = chart(data).mark_text(
        angle=270, align="left", baseline="middle", fontSize=AXIS_SIZE, color=palette(mode).quiet
    )
    return [text.encode(x=_x(layout, wide, "middle"), y=down(layout.height), text=alt.Text("head:N"))]


def _cut(head: str) -> str:
    """A head that fits."""
    while text_width(head, AXIS_SIZE) > LONGEST_HEAD:
        head = head.removesuffix("…")[:-1].rstrip() + "…"
    return head


def _boxes(boxes: list[Record], layout: Layout, wide: float) -> list[alt.Chart]:
    """The cells, those with too few dashed; and how many, written in."""
    layers = []
    for dashed in (False, True):
        chosen = [box for box in boxes if bool(box["words"]) is not dashed]
        if not chosen:
            continue
        opens = all("credential" in box for box in chosen)
        drawn = chart(chosen).transform_calculate(upper=f"datum.y - {HALF}", lower=f"datum.y + {HALF}")
        drawn = drawn.properties(name=OPENS) if opens else drawn
        style: dict[str, Any] = {"strokeWidth": 1, "opacity": 1}
        style |= ({"strokeDash": [3, 3]} if dashed else {}) | ({"cursor": "pointer"} if opens else {})
        layers.append(
            drawn.mark_rect(**style).encode(
                x=_x(layout, wide, "start"),
                x2=alt.X2("until:Q"),
                y=down(layout.height, "upper"),
                y2=alt.Y2("lower:Q"),
                fill=alt.Fill("fill:N", scale=None),
                stroke=alt.Stroke("colour:N", scale=None),
                tooltip=alt.Tooltip("told:N"),
                description=alt.Description("told:N"),
            )
        )
    written = [box for box in boxes if box["words"]]
    if written:
        text = chart(written).mark_text(align="center", baseline="middle", fontSize=AXIS_SIZE, aria=False)
        layers.append(
            text.encode(
                x=_x(layout, wide, "middle"),
                y=down(layout.height),
                text=alt.Text("words:N"),
                color=alt.Color("ink:N", scale=None),
            )
        )
    return layers
