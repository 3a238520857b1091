"""Need against performance: a square of four fields with fixed cross-hairs, boxes for the doubt, names at the dots."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.intervals import percent_text
from feedback.charts.rows import (
    IS_NARROW,
    LINE,
    NARROW,
    PHONE,
    Record,
    chart,
    finish,
    number,
    records,
    said,
    state,
    text_width,
    wrap,
)
from feedback.charts.theme import AXIS_SIZE, NOT_KNOWN, NOTE_SIZE, TOO_FEW, Mode, palette

SIDE = 420  # pixels from the bottom to the top of the field
WRITTEN = ("need", "performance", "number", "letters")
SAME = 0.03  # shares nearer than this are one place to the eye
FAR = 30  # pixels a name may be moved before numbers are clearer
NAME_ROOM = 150  # pixels a name may take on a phone, where half the field is about 165
MEASURES = ("need", "need_low", "need_high", "performance", "performance_low", "performance_high")
CORNERS = ("needed, missed", "needed, strong", "not needed, missed", "not needed, strong")


@dataclass
class _Name:
    """A name beside its dot: the side it stands on, what it covers across on a phone, the middle of its lines."""

    at: int
    left: bool
    lines: tuple[str, ...]
    across: tuple[float, float]
    middle: float

    @property
    def half(self) -> float:
        return len(self.lines) * 16 / 2 + 1

    def meets(self, other: "_Name") -> bool:
        """Whether both stand over each other on a phone, the narrowest field."""
        return self.across[0] < other.across[1] and other.across[0] < self.across[1]


def need_performance(
    table: DataFrame,
    mode: Mode = "light",
    *,
    need_title: str = "Share who say it is needed",
    performance_title: str = "Share who see it performed well",
    corners: Sequence[str] = CORNERS,
    words: tuple[str, str] = ("need", "performance"),
    witness: str | None = "employer",
) -> dict[str, Any]:
    """Where skills are needed and where holders show them, both shares from 0 to 1; cross-hairs stand at one half.

    table: label, need, need_low, need_high, performance, performance_low, performance_high, state. Intervals may be
    missing; a withheld row, and one without need or performance, is named in words under the field. Where names would
    cover each other, dots carry numbers and the names stand under the field.
    corners: quiet words for high need and low performance, high and high, low and low, low need and high performance.
    words: what the two shares are called where a dot is told in words.
    Returns a Vega-Lite specification.
    """
    colours = palette(mode)
    colour = colours.witness(witness)
    rows = records(table)
    drawn: list[Record] = []
    unknown: dict[str, list[str]] = {TOO_FEW: [], NOT_KNOWN: []}
    for row in rows:
        found = {name: _share(row.get(name)) for name in MEASURES}
        now = state(row)
        if now == "withheld" or found["need"] is None or found["performance"] is None:
            unknown[TOO_FEW if now == "withheld" else NOT_KNOWN].append(said(row.get("label")))
            continue
        drawn.append({**found, "label": said(row.get("label")), "early": now == "early"})
    names = _apart([_name(at, row, row["label"]) for at, row in enumerate(drawn)])
    listed: list[str] = []
    crowded = _crowded(names, drawn)
    if crowded:
        listed = [f"{at}  {row['label']}" for at, row in enumerate(drawn, start=1)]
    layers = [
        *_field(colours.track, colours.line, colours.quiet, corners, need_title, performance_title),
        *_boxes(drawn, colour, need_title, 0.02 if crowded else 0.07),
        *([] if crowded else _names(names, drawn, mode, need_title)),
        *_dots(drawn, colour, mode, need_title, words, numbered=crowded),
        *_words_below(listed, unknown, mode),
    ]
    return finish(layers, SIDE, mode)


def _share(value: object) -> float | None:
    """A number held between 0 and 1; None when missing."""
    found = number(value)
    return None if found is None else min(max(found, 0.0), 1.0)


def _x(field: str, title: str) -> alt.X:
    scale = alt.Scale(domain=[0, 1], range=[6, alt.ExprRef("width - 6")], nice=False, zero=False)
    axis = alt.Axis(
        orient="bottom",
        values=[0, 0.5, 1],
        format=".0%",
        grid=False,
        title=f"{said(title)} →",
        titleAnchor="end",
        labelFlush=4,
    )
    return alt.X(f"{field}:Q", scale=scale, axis=axis)


def _y(field: str) -> alt.Y:
    scale = alt.Scale(domain=[0, 1], range=[SIDE - 6, 6], nice=False, zero=False)
    return alt.Y(f"{field}:Q", scale=scale, axis=None)


def _pixels(field: str) -> alt.Y:
    return alt.Y(f"{field}:Q", scale=None, axis=None)


def _layer(data: Sequence[Record]) -> alt.Chart:
    return alt.Chart(alt.Data(values=list(data)))


def _field(
    cross: str, frame: str, quiet: str, corners: Sequence[str], need_title: str, performance_title: str
) -> list[alt.Chart]:
    """The frame, the cross-hairs, the words in the corners and the titles of both scales."""
    square = _layer([{"need": 0, "until": 1, "performance": 0, "up": 1}]).mark_rect(
        filled=False, stroke=frame, strokeWidth=1, aria=False
    )
    upright = _layer([{"need": 0.5, "performance": 0, "up": 1}]).mark_rule(color=cross, strokeWidth=1, aria=False)
    level = _layer([{"need": 0, "until": 1, "performance": 0.5}]).mark_rule(color=cross, strokeWidth=1, aria=False)
    layers = [
        square.encode(x=_x("need", need_title), x2="until:Q", y=_y("performance"), y2="up:Q"),
        upright.encode(x=_x("need", need_title), y=_y("performance"), y2="up:Q"),
        level.encode(x=_x("need", need_title), x2="until:Q", y=_y("performance")),
    ]
    places = (("right", SIDE - 14), ("right", 24), ("left", SIDE - 14), ("left", 24))
    for word, (side, y) in zip(corners, places, strict=True):
        text = _layer([{"word": said(word), "y": y}]).mark_text(
            align="right" if side == "right" else "left",
            baseline="alphabetic",
            fontSize=NOTE_SIZE,
            fontStyle="italic",
            color=quiet,
            aria=False,
        )
        x = alt.XValue(alt.ExprRef("width - 14" if side == "right" else "14"))
        layers.append(text.encode(x=x, y=_pixels("y"), text="word:N"))
    above = _layer([{"word": "↑ " + said(performance_title), "y": -8}])
    drawn = above.mark_text(align="left", baseline="alphabetic", fontSize=NOTE_SIZE, color=quiet, aria=False)
    layers.append(drawn.encode(x=alt.XValue(0), y=_pixels("y"), text="word:N"))
    return layers


def _boxes(drawn: Sequence[Record], colour: str, title: str, fill: float) -> list[alt.Chart]:
    """The doubt of both shares as a faint box; only where all four ends are known."""
    ends = ("need_low", "need_high", "performance_low", "performance_high")
    boxes = [{name: row[name] for name in ends} for row in drawn if all(row[name] is not None for name in ends)]
    if not boxes:
        return []
    box = _layer(boxes).mark_rect(
        fill=colour, fillOpacity=fill, stroke=colour, strokeOpacity=0.35, strokeWidth=1, aria=False
    )
    return [box.encode(x=_x("need_low", title), x2="need_high:Q", y=_y("performance_low"), y2="performance_high:Q")]


def _dots(
    drawn: Sequence[Record], colour: str, mode: Mode, title: str, words: tuple[str, str], *, numbered: bool = False
) -> list[alt.Chart]:
    """The estimates, hollow when early, each told in words to a pointer and a screen reader; numbered, larger."""
    if not drawn:
        return []
    ground = palette(mode).ground
    numbers = _numbers(drawn)
    data = [
        {
            "need": row["need"],
            "performance": row["performance"],
            "number": numbers[at],
            "letters": colour if row["early"] else ground,
            "fill": ground if row["early"] else colour,
            "told": f"{row['label']}: {words[0]} {percent_text(row['need'])}, "
            f"{words[1]} {percent_text(row['performance'])}" + (", early: few answers" if row["early"] else ""),
        }
        for at, row in enumerate(drawn)
    ]
    dot = _layer(data).mark_point(shape="square", size=260 if numbered else 90, stroke=colour, strokeWidth=2, opacity=1)
    layers = [
        dot.encode(
            x=_x("need", title),
            y=_y("performance"),
            fill=alt.Fill("fill:N", scale=None),
            tooltip=alt.Tooltip("told:N"),
            description=alt.Description("told:N"),
        )
    ]
    return layers + (_numerals(data, mode, title) if numbered else [])


def _numerals(dots: Sequence[Record], mode: Mode, title: str) -> list[alt.Chart]:
    """The dots' numbers: inside the dot, or beside it where several share a place."""
    inside = [{name: dot[name] for name in WRITTEN} for dot in dots if len(dot["number"]) <= 2]
    beside = [{name: dot[name] for name in WRITTEN} for dot in dots if len(dot["number"]) > 2]
    style: dict[str, Any] = {"baseline": "middle", "fontSize": AXIS_SIZE, "fontWeight": 600, "aria": False}
    within = _layer(inside).mark_text(**style).encode(color=alt.Color("letters:N", scale=None))
    outside = _layer(beside).mark_text(**style, align="right", dx=-13, color=palette(mode).ink)
    return [
        text.encode(x=_x("need", title), y=_y("performance"), text="number:N")
        for text, data in ((within, inside), (outside, beside))
        if data
    ]


def _numbers(drawn: Sequence[Record]) -> list[str]:
    """A number a dot, from 1; dots that all but coincide carry theirs together, on the first."""
    found: list[str] = []
    first: dict[tuple[int, int], int] = {}
    for at, row in enumerate(drawn):
        place = (round(row["need"] / SAME), round(row["performance"] / SAME))
        found.append("" if place in first else str(at + 1))
        if place in first:
            found[first[place]] += f",{at + 1}"
        first.setdefault(place, at)
    return found


def _names(names: Sequence[_Name], drawn: Sequence[Record], mode: Mode, title: str) -> list[alt.Chart]:
    """Names on the side of the dot that has more room; one that was moved far has a line to its dot."""
    colours = palette(mode)
    layers = []
    for left in (True, False):
        data = [
            {
                "need": drawn[name.at]["need"],
                "lines": list(name.lines),
                "y": name.middle - (len(name.lines) - 1) * 8 + 4,
            }
            for name in names
            if name.left is left
        ]
        if not data:
            continue
        style: dict[str, Any] = {
            "align": "right" if left else "left",
            "dx": -10 if left else 10,
            "baseline": "alphabetic",
            "fontSize": NOTE_SIZE,
            "lineHeight": 16,
            "aria": False,
        }
        # the ground's colour behind the letters keeps them legible on boxes and lines
        halo = _layer(data).mark_text(**style, stroke=colours.ground, strokeWidth=4, strokeOpacity=0.85)
        letters = _layer(data).mark_text(**style, color=colours.ink)
        layers += [text.encode(x=_x("need", title), y=_pixels("y"), text="lines:N") for text in (halo, letters)]
    moved = [
        {"need": drawn[name.at]["need"], "y": _down(drawn[name.at]["performance"]), "to": name.middle}
        for name in names
        if abs(name.middle - _down(drawn[name.at]["performance"])) > 12
    ]
    if moved:
        leader = _layer(moved).mark_rule(color=colours.quiet, strokeWidth=1, aria=False)
        layers.append(leader.encode(x=_x("need", title), y=_pixels("y"), y2="to:Q"))
    return layers


def _down(performance: float) -> float:
    """Pixels from the top of the field at which a performance (0 to 1) stands."""
    return 6 + (1 - performance) * (SIDE - 12)


def _name(at: int, row: Record, text: str) -> _Name:
    """A row's name where it would stand best: level with its dot, on the side with more room."""
    left = row["need"] > 0.5
    lines = tuple(wrap(text, NAME_ROOM, NOTE_SIZE))
    dot, size = 6 + row["need"] * (PHONE - 12), 14 + max(text_width(line, NOTE_SIZE) for line in lines)
    return _Name(at, left, lines, (dot - size, dot) if left else (dot, dot + size), _down(row["performance"]))


def _crowded(names: Sequence[_Name], drawn: Sequence[Record]) -> bool:
    """Whether names still cover each other, or had to go so far that one no longer sees whose they are."""
    covering = any(
        one.meets(other) and abs(one.middle - other.middle) < one.half + other.half - 2
        for one, other in combinations(names, 2)
    )
    return covering or any(abs(name.middle - _down(drawn[name.at]["performance"])) > FAR for name in names)


def _apart(names: list[_Name]) -> list[_Name]:
    """The names, moved up and down as little as a few sweeps allow, until no two cover each other."""
    for _ in range(60):
        moved = False
        for name in names:
            name.middle = min(max(name.middle, name.half), SIDE - name.half)
        names.sort(key=lambda name: name.middle)
        for above, below in combinations(names, 2):
            over = above.half + below.half - (below.middle - above.middle)
            if over > 0.5 and above.meets(below):
                above.middle -= over / 2
                below.middle += over / 2
                moved = True
        if not moved:
            break
    return names


def _words_below(listed: Sequence[str], unknown: dict[str, list[str]], mode: Mode) -> list[alt.Chart]:
    """Under the field, the names that did not fit into it, then those without a dot with the reason in words."""
    colours = palette(mode)
    reasons = [f"{why[0].upper()}{why[1:]}: {'; '.join(labels)}" for why, labels in unknown.items() if labels]
    data: list[Record] = []
    narrow = wide = SIDE + 64.0
    for texts, colour in ((listed, colours.ink), (reasons, colours.quiet)):
        for text in texts:
            short, long = wrap(text, PHONE, NOTE_SIZE), wrap(text, NARROW, NOTE_SIZE)
            data.append({"narrow": short, "wide": long, "y_narrow": narrow, "y_wide": wide, "colour": colour})
            narrow, wide = narrow + len(short) * LINE + 2, wide + len(long) * LINE + 2
    if not data:
        return []
    text = (
        chart(data)
        .transform_calculate(lines=f"{IS_NARROW} ? datum.narrow : datum.wide")
        .mark_text(align="left", baseline="alphabetic", fontSize=NOTE_SIZE, lineHeight=LINE)
        .encode(x=alt.XValue(0), y=_pixels("y"), text="lines:N", color=alt.Color("colour:N", scale=None))
    )
    return [text]
