"""Answers on a scale: a stacked bar around the middle, disagreement left, agreement right, what was not rated apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.key import key_layers, key_of
from feedback.charts.rows import (
    IS_NARROW,
    LINE,
    NARROW,
    PHONE,
    Layout,
    Record,
    blank,
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
    wrap,
)
from feedback.charts.theme import LABEL_SIZE, NOTE_SIZE, Mode, Palette, blend, palette

BAR = 20  # pixels from the top to the bottom of a bar
END = 44  # pixels at a bar's right end for its percentage
BETWEEN = 20  # pixels from the last row of a group to the next group's head


@dataclass(frozen=True)
class _Group:
    """Questions of one scale, next to each other: the position of the first, the words above them, and their key.

    again: the group above has the same key, which is not drawn twice.
    """

    first: int
    heading: str
    key: dict[str, str]
    good: tuple[str, ...]
    again: bool = False

    @property
    def drawn(self) -> list[tuple[str, str]]:
        """The entries of the key to be drawn."""
        return [] if self.again else list(self.key.items())

    @property
    def told(self) -> str:
        """What the percentage counts, in words; "" when nothing is positive."""
        *others, last = self.good or ("",)
        return f"Percent: {', '.join(others)} or {last}" if others else f"Percent: {last}" if last else ""


def diverging(table: DataFrame, mode: Mode = "light", *, aside_title: str = "not rated") -> dict[str, Any]:
    """How people answered on scales: one bar a question, the middle of every bar on one line, a key for each scale.

    table: long, one row a question and value, values in the scale's order: label, value, value_label, count,
    side (-1 below the middle, 0 in it, 1 above), told (the values in words, where the piece stands for several), and
    repeated on each row of a question: heading (the words above its group), percent (text at the bar's end, such as
    "80%"), n (people who rated), aside (how many answered "does not apply" and the like), state. Questions of one
    heading and scale stand together. A scale with several values in the middle has its good end there, else above.
    `told`, `heading`, `percent`, `n`, `aside` and `state` may be absent. Early rows are paler. Returns a Vega-Lite
    specification.
    """
    questions = _questions(records(table))
    colours = palette(mode)
    groups = _groups(questions, colours)
    labels = [said(group[0].get("label")) for group in questions]
    notes = [_note(group[0], aside_title) for group in questions]
    layout = lay_out(labels, notes, band=BAR, rooms={group.first: _room(group) for group in groups})
    keys = [group.key for group in groups for _ in _members(group, groups, len(questions))]
    bars, unknown, ends = _pieces(questions, layout, keys, colours)
    reach = _reach(bars)
    left = f"{IS_NARROW} ? 1 : {layout.left}"
    right = f"{IS_NARROW} ? width - {END} : width - {layout.right + END}"
    layers: list[alt.Chart] = [
        *_bars(bars, layout, reach, left, right, colours),
        *_ends(ends, layout, reach, left, right, colours),
        *blank_rows(unknown, layout.height, left, mode),
        *_heads(groups, layout, mode),
        *labels_and_notes(layout, mode),
    ]
    return finish(layers, layout.height, mode)


def _groups(questions: Sequence[Sequence[Record]], colours: Palette) -> list[_Group]:
    """Where the heading or the scale changes a group begins."""
    found: list[_Group] = []
    before: tuple[str, tuple[str, ...]] | None = None
    for at, rows in enumerate(questions):
        ordered = sorted(rows, key=lambda row: number(row.get("value")) or 0.0)
        heading, names = said(rows[0].get("heading")), tuple(said(row.get("value_label")) for row in ordered)
        if (heading, names) != before:
            sides = [int(number(row.get("side")) or 0) for row in ordered]
            key = _key_colours(names, sides, colours)
            found.append(_Group(at, heading, key, _good(names, sides), bool(found) and found[-1].key == key))
        before = heading, names
    return found


def _members(group: _Group, groups: Sequence[_Group], count: int) -> range:
    """The positions of a group's questions."""
    return range(group.first, min([each.first for each in groups if each.first > group.first], default=count))


def _good(names: Sequence[str], sides: Sequence[int]) -> tuple[str, ...]:
    """The values that count as positive: several in the middle, else those above it."""
    good = 0 if sides.count(0) > 1 else 1
    return tuple(name for name, side in zip(names, sides, strict=True) if side == good)


def _key_colours(names: Sequence[str], sides: Sequence[int], colours: Palette) -> dict[str, str]:
    """Value label -> colour: fuller the further from the middle; where that is the good end, the nearer to it."""
    in_middle = sides.count(0) > 1
    below, middle, above = (
        [name for name, its in zip(names, sides, strict=True) if its == side] for side in (-1, 0, 1)
    )
    half = (len(middle) - 1) / 2
    weights = {name: 1.0 - 0.5 * abs(at - half) / max(half, 1) if in_middle else 0.38 for at, name in enumerate(middle)}
    for outwards in (below[::-1], above):
        weights |= {name: 0.5 + 0.5 * at / max(len(outwards) - 1, 1) for at, name in enumerate(outwards)}
        weights |= dict.fromkeys(outwards, 1.0) if len(outwards) == 1 else {}
    meaning = dict.fromkeys(below, colours.negative)
    meaning |= dict.fromkeys(middle, colours.positive if in_middle else colours.mixed)
    meaning |= dict.fromkeys(above, colours.negative if in_middle else colours.positive)
    return {name: blend(meaning[name], colours.ground, weights[name]) for name in names}


def _head_lines(group: _Group, pixels: float) -> tuple[list[str], list[str]]:
    """The lines of a group's heading, and of what its percentage counts."""
    heading = wrap(group.heading, pixels) if group.heading else []
    return heading, wrap(group.told, pixels, NOTE_SIZE) if group.told and not group.again else []


def _room(group: _Group) -> tuple[float, float]:
    """The pixels above a group for its heading, key and percentage (narrow, wide)."""
    _, heights = key_of(group.drawn)
    lines = [sum(map(len, _head_lines(group, pixels))) for pixels in (PHONE, NARROW)]
    between = BETWEEN if group.first else 0
    narrow, wide = (float(between + count * LINE + height) for count, height in zip(lines, heights, strict=True))
    return narrow, wide


def _heads(groups: Sequence[_Group], layout: Layout, mode: Mode) -> list[alt.Chart]:
    """Above each group its heading, the key of its scale and what its percentage counts."""
    keys: list[Record] = []
    headings: list[Record] = []
    told: list[Record] = []
    for group in groups:
        place = layout.places[group.first]
        between = BETWEEN if group.first else 0
        starts = (place.border_narrow + between, place.border_wide + between)
        texts = [_head_lines(group, pixels) for pixels in (PHONE, NARROW)]
        tops = tuple(start + len(lines[0]) * LINE for start, lines in zip(starts, texts, strict=True))
        key, heights = key_of(group.drawn, (tops[0], tops[1]))
        keys += key
        under = [top + height + 2 for top, height in zip(tops, heights, strict=True)]
        for found, which, ys in ((headings, 0, [start + 12 for start in starts]), (told, 1, under)):
            if texts[0][which]:
                narrow, wide = (lines[which] for lines in texts)
                found.append({"narrow": narrow, "wide": wide, "y_narrow": ys[0], "y_wide": ys[1]})
    layers = key_layers(keys, mode)
    for data, size, weight in ((headings, LABEL_SIZE, 600), (told, NOTE_SIZE, 400)):
        if data:
            text = chart(data).transform_calculate(lines=f"{IS_NARROW} ? datum.narrow : datum.wide")
            style: dict[str, Any] = {"align": "left", "baseline": "alphabetic", "lineHeight": LINE, "fontSize": size}
            drawn = text.mark_text(**style | {"fontWeight": weight}, color=palette(mode).quiet)
            layers.append(drawn.encode(x=alt.XValue(0), y=down(layout.height), text=alt.Text("lines:N")))
    return layers


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


def _note(first: Record, aside_title: str) -> str:
    """The row's end: its n, and how many gave no rating; nothing when withheld."""
    count, aside = number(first.get("n")), number(first.get("aside"))
    if count is None or state(first) == "withheld":
        return ""
    return f"n {count:.0f}, {aside:.0f} {said(aside_title)}" if aside else f"n {count:.0f}"


def _pieces(
    questions: Sequence[Sequence[Record]], layout: Layout, keys: Sequence[dict[str, str]], colours: Palette
) -> tuple[list[Record], list[Record], list[Record]]:
    """The pieces of all bars, the rows without one, and the words at the bars' ends."""
    bars: list[Record] = []
    unknown: list[Record] = []
    ends: list[Record] = []
    for group, place, key in zip(questions, layout.places, keys, strict=True):
        first, label = group[0], said(group[0].get("label"))
        ordered = sorted(group, key=lambda row: number(row.get("value")) or 0.0)
        counts = [max(number(row.get("count")) or 0.0, 0.0) for row in ordered]
        sides = [int(number(row.get("side")) or 0) for row in ordered]
        total = sum(counts)
        withheld = next((row for row in group if state(row) == "withheld"), None)
        if withheld or not total > 0:
            unknown.append(blank(withheld or first, place) | _share_alone(first, label))
            continue
        left = -sum(count for count, side in zip(counts, sides, strict=True) if side < 0)
        start = (left - sum(count for count, side in zip(counts, sides, strict=True) if side == 0) / 2) / total
        for row, count in zip(ordered, counts, strict=True):
            until = start + count / total
            value = said(row.get("value_label"))
            told = f"{label}, {said(row.get('told')) or value}: {count:g} of {total:g} ({count / total:.0%})"
            faint = 0.6 if state(first) == "early" else 1.0
            if count:
                colour = blend(key[value], colours.ground, faint)
                bars.append(place.at(start=start, until=until, colour=colour, told=told))
            start = until
        if said(first.get("percent")):
            ends.append(place.at(start=start, percent=said(first["percent"])))
    return bars, unknown, ends


def _share_alone(first: Record, label: str) -> Record:
    """What stands in a row whose share may be told, and its steps not."""
    if state(first) == "withheld" or not said(first.get("percent")):
        return {}
    words = f"{first['percent']}; single steps too few to show"
    return {"words": words, "told": f"{label}: {words}"}


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
    """The pieces, a hairline around each so that the pale ones stand out, and the middle line."""
    if not bars:
        return []
    piece = (
        chart(bars)
        .transform_calculate(upper=f"datum.y - {BAR / 2}", lower=f"datum.y + {BAR / 2}")
        .mark_rect(stroke=colours.mixed, strokeWidth=1)
        .encode(
            x=_x("start", reach, left, right),
            x2=alt.X2("until:Q"),
            y=down(layout.height, "upper"),
            y2=alt.Y2("lower:Q"),
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
        .encode(x=_x("start", reach, left, right), y=down(layout.height, "upper"), y2=alt.Y2("lower:Q"))
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
    return [text.encode(x=_x("start", reach, left, right), y=down(layout.height), text=alt.Text("percent:N"))]
