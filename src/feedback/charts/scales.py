"""Answers on a scale: a stacked bar around the middle, disagreement left, agreement right, what was not rated apart."""

from collections.abc import Sequence
from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.key import key_of
from feedback.charts.rows import (
    IS_NARROW,
    Layout,
    Record,
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
)
from feedback.charts.theme import NOT_KNOWN, NOTE_SIZE, TOO_FEW, Mode, Palette, blend, palette

BAR = 20  # pixels from the top to the bottom of a bar
END = 44  # pixels at a bar's right end for its percentage
APART = 52  # pixels at the right for what was not rated


def diverging(table: DataFrame, mode: Mode = "light", *, aside_title: str = "not rated") -> dict[str, Any]:
    """How people answered on a scale: one bar a question, the middle of every bar on one line.

    table: long, one row a question and value, values in the scale's order: label, value, value_label, count,
    side (-1 disagrees, 0 middle, 1 agrees), and repeated on each row of a question: percent (text at the bar's end,
    such as "80%"), n (people who rated), aside (how many answered "does not apply" and the like), state.
    `percent`, `n`, `aside` and `state` may be absent. Early rows are paler. Returns a Vega-Lite specification.
    """
    rows = records(table)
    questions = _questions(rows)
    colours = palette(mode)
    key = _key_colours(rows, colours)
    key_layers, top = key_of(list(key.items()), mode)
    notes = [_note(group[0]) for group in questions]
    with_aside = any(number(group[0].get("aside")) for group in questions)
    top += 8 if with_aside else 0
    layout = lay_out([said(group[0].get("label")) for group in questions], notes, band=BAR, top=(top, top))
    bars, blank, ends, asides = _pieces(questions, layout, key, colours)
    reach = _reach(bars)
    apart = APART if with_aside else 0
    gap = 16 if with_aside else 0
    left = f"{IS_NARROW} ? 1 : {layout.left}"
    right = f"{IS_NARROW} ? width - {END + apart} : width - {layout.right + gap + END + apart}"
    layers: list[alt.Chart] = [
        *_bars(bars, layout, reach, left, right, colours),
        *_ends(ends, layout, reach, left, right, colours),
        *blank_rows(blank, layout.height, left, mode),
        *_asides(asides, layout, top, aside_title, colours),
        *key_layers,
        *labels_and_notes(layout, mode),
    ]
    return finish(layers, layout.height, mode)


def _questions(rows: Sequence[Record]) -> list[list[Record]]:
    """The rows of one question together; a value that comes again opens the next, even under the same label."""
    found: list[list[Record]] = []
    for row in rows:
        last = found[-1] if found else []
        same = bool(last) and said(last[0].get("label")) == said(row.get("label"))
        if same and all(number(its.get("value")) != number(row.get("value")) for its in last):
            last.append(row)
        else:
            found.append([row])
    return found


def _note(first: Record) -> str:
    """The row's end: its n; nothing when withheld."""
    count = number(first.get("n"))
    return "" if count is None or state(first) == "withheld" else f"n {count:.0f}"


def _key_colours(rows: Sequence[Record], colours: Palette) -> dict[str, str]:
    """Value label -> colour, in the scale's order: fuller the further from the middle."""
    values: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: number(row.get("value")) or 0.0):
        values.setdefault(said(row.get("value_label")), int(number(row.get("side")) or 0))
    found = {}
    for side, colour in ((-1, colours.negative), (0, colours.mixed), (1, colours.positive)):
        names = [name for name, its in values.items() if its == side]
        names = names[::-1] if side < 0 else names  # nearest to the middle first
        for at, name in enumerate(names):
            weight = 0.38 if side == 0 else 1.0 if len(names) == 1 else 0.5 + 0.5 * at / (len(names) - 1)
            found[name] = blend(colour, colours.ground, weight)
    return {name: found[name] for name in values}


def _pieces(
    questions: Sequence[Sequence[Record]], layout: Layout, key: dict[str, str], colours: Palette
) -> tuple[list[Record], list[Record], list[Record], list[Record]]:
    """The pieces of all bars, the rows without one, the words at the bars' ends, and what stands apart."""
    bars: list[Record] = []
    blank: list[Record] = []
    ends: list[Record] = []
    asides: list[Record] = []
    for group, place in zip(questions, layout.places, strict=True):
        first, label = group[0], said(group[0].get("label"))
        ordered = sorted(group, key=lambda row: number(row.get("value")) or 0.0)
        counts = [max(number(row.get("count")) or 0.0, 0.0) for row in ordered]
        sides = [int(number(row.get("side")) or 0) for row in ordered]
        total = sum(counts)
        withheld = any(state(row) == "withheld" for row in group)
        if withheld or not total > 0:
            words = TOO_FEW if withheld else NOT_KNOWN
            blank.append(place.at(words=words, told=f"{label}: {words}"))
            continue
        left = -sum(count for count, side in zip(counts, sides, strict=True) if side < 0)
        start = (left - sum(count for count, side in zip(counts, sides, strict=True) if side == 0) / 2) / total
        for row, count in zip(ordered, counts, strict=True):
            until = start + count / total
            value = said(row.get("value_label"))
            told = f"{label}, {value}: {count:g} of {total:g} ({count / total:.0%})"
            faint = 0.6 if state(first) == "early" else 1.0
            if count:
                colour = blend(key[value], colours.ground, faint)
                bars.append(place.at(start=start, until=until, colour=colour, told=told))
            start = until
        if said(first.get("percent")):
            ends.append(place.at(start=start, percent=said(first["percent"])))
        if number(first.get("aside")):
            asides.append(place.at(words=f"{number(first['aside']):.0f}"))
    return bars, blank, ends, asides


def _reach(bars: Sequence[Record]) -> tuple[float, float]:
    """The ends of the scale: no wider than the widest bar on each side, in steps of a tenth, the middle inside."""
    low = min([float(bar["start"]) for bar in bars] + [-0.1])
    high = max([float(bar["until"]) for bar in bars] + [0.1])
    return -(-(-low * 10) // 1) / -10 if low < 0 else 0.0, -(-high * 10 // 1) / 10


def _x(field: str, reach: tuple[float, float], left: str, right: str) -> alt.X:
    scale = alt.Scale(domain=list(reach), range=[alt.ExprRef(left), alt.ExprRef(right)], nice=False, zero=False)
    return alt.X(f"{field}:Q", scale=scale, axis=None)


def _bars(
    bars: list[Record], layout: Layout, reach: tuple[float, float], left: str, right: str, colours: Palette
) -> list[alt.Chart]:
    """The pieces, a hairline of ground between them, and the middle line."""
    if not bars:
        return []
    piece = (
        chart(bars)
        .transform_calculate(upper=f"datum.y - {BAR / 2}", lower=f"datum.y + {BAR / 2}")
        .mark_rect(stroke=colours.ground, strokeWidth=1)
        .encode(
            x=_x("start", reach, left, right),
            x2="until:Q",
            y=down(layout.height, "upper"),
            y2="lower:Q",
            color=alt.Color("colour:N", scale=None),
            tooltip=alt.Tooltip("told:N"),
            description=alt.Description("told:N"),
        )
    )
    places = {(bar["y_narrow"], bar["y_wide"]) for bar in bars}
    middle = (
        chart([{"start": 0.0, "y_narrow": narrow, "y_wide": wide} for narrow, wide in sorted(places)])
        .transform_calculate(upper=f"datum.y - {BAR / 2 + 3}", lower=f"datum.y + {BAR / 2 + 3}")
        .mark_rule(color=colours.ink, strokeWidth=1, aria=False)
        .encode(x=_x("start", reach, left, right), y=down(layout.height, "upper"), y2="lower:Q")
    )
    return [piece, middle]


def _ends(
    ends: list[Record], layout: Layout, reach: tuple[float, float], left: str, right: str, colours: Palette
) -> list[alt.Chart]:
    """The percentage in words at each bar's end."""
    if not ends:
        return []
    text = chart(ends).mark_text(
        align="left", baseline="middle", dx=6, fontSize=NOTE_SIZE, fontWeight=600, color=colours.positive
    )
    return [text.encode(x=_x("start", reach, left, right), y=down(layout.height), text="percent:N")]


def _asides(asides: list[Record], layout: Layout, top: int, title: str, colours: Palette) -> list[alt.Chart]:
    """How many gave no rating, apart at the right under its own words."""
    if not asides:
        return []
    x = alt.XValue(alt.ExprRef(f"{IS_NARROW} ? width : width - {layout.right + 16}"))
    count = chart(asides).mark_text(
        align="right", baseline="middle", fontSize=NOTE_SIZE, color=colours.quiet, aria=False
    )
    head = chart([{"words": said(title), "y_narrow": top - 8, "y_wide": top - 8}]).mark_text(
        align="right", baseline="alphabetic", fontSize=NOTE_SIZE, color=colours.quiet
    )
    return [
        count.encode(x=x, y=down(layout.height), text="words:N"),
        head.encode(x=x, y=down(layout.height), text="words:N"),
    ]
