"""Need against performance: a square of four fields with fixed cross-hairs, boxes for the doubt, names at the dots."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.intervals import percent_text
from feedback.charts.rows import (
    PHONE,
    Record,
    finish,
    number,
    records,
    said,
    state,
    text_width,
    wrap,
    written_below,
)
from feedback.charts.theme import NOT_KNOWN, NOTE_SIZE, TOO_FEW, Mode, palette

SIDE = 440  # pixels from the bottom to the top of the field
MARGIN = 30  # pixels above 100% and below 0%
WORDS = 20  # pixels of these that the words of the corners take
EDGE = 14  # pixels left of 0% and right of 100%
DOT = 10  # pixels across
SAME = 8  # pixels nearer than which dots on a phone are one to the eye
MOVES = (0, -9, 9, -18, 18, -27, 27)  # pixels a name may stand above or below its dot
FAR = (*MOVES, -36, 36, -45, 45, -54, 54)  # where names are crowded: a line leads to the dot
NAME_ROOM = 150  # pixels a name may take on a phone, where half the field is about 165
MEASURES = ("need", "need_low", "need_high", "performance", "performance_low", "performance_high")
CORNERS = ("needed, missed", "needed, strong", "not needed, missed", "not needed, strong")


@dataclass(frozen=True)
class _Name:
    """A name, or the number in its place, beside its dot: the side it stands on, what it covers across on a phone, the
    middle of its lines."""

    at: int
    left: bool
    lines: tuple[str, ...]
    across: tuple[float, float]
    middle: float

    @property
    def half(self) -> float:
        return len(self.lines) * 16 / 2 + 1

    @property
    def fits(self) -> bool:
        """Whether it stays inside the field on a phone, between the words of the corners."""
        inside = WORDS + self.half <= self.middle <= SIDE - WORDS - self.half
        return inside and self.across[0] >= 0 and self.across[1] <= PHONE

    def covers(self, across: tuple[float, float], middle: float, half: float) -> bool:
        """Whether it covers something of that reach on a phone, the narrowest field."""
        over = self.across[0] < across[1] and across[0] < self.across[1]
        return over and abs(self.middle - middle) < self.half + half - 2


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

    table: label, need, need_low, need_high, performance, performance_low, performance_high, state; what matters most
    first. Intervals may be missing; a withheld row, and one without need or performance, is named in words under the
    field. Where names would cover each other, the first ones that have room stand at their dots; the others have a
    number, their names stand under the field, and their doubt is told with the dot and not drawn.
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
    every = _placed(drawn)
    names, numbers = (every, {}) if every is not None else _those_with_room(drawn)
    listed = [f"{number}  {drawn[at]['label']}" for at, number in numbers.items()]
    reasons = [f"{why[0].upper()}{why[1:]}: {'; '.join(labels)}" for why, labels in unknown.items() if labels]
    below = [*((text, colours.ink) for text in listed), *((text, colours.quiet) for text in reasons)]
    layers = [
        *_field(colours.track, colours.line, colours.quiet, corners, need_title, performance_title),
        *_boxes([row for at, row in enumerate(drawn) if at not in numbers], colour, need_title),
        *_dots(drawn, colour, mode, need_title, words),
        *_names(names, drawn, mode, need_title),
        *written_below(below, SIDE + 64.0),
    ]
    return finish(layers, SIDE, mode)


def _share(value: object) -> float | None:
    """A number held between 0 and 1; None when missing."""
    found = number(value)
    return None if found is None else min(max(found, 0.0), 1.0)


def _x(field: str, title: str) -> alt.X:
    scale = alt.Scale(domain=[0, 1], range=[EDGE, alt.ExprRef(f"width - {EDGE}")], nice=False, zero=False)
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
    scale = alt.Scale(domain=[0, 1], range=[SIDE - MARGIN, MARGIN], nice=False, zero=False)
    return alt.Y(f"{field}:Q", scale=scale, axis=None)


def _pixels(field: str) -> alt.Y:
    return alt.Y(f"{field}:Q", scale=None, axis=None)


def _layer(data: Sequence[Record]) -> alt.Chart:
    return alt.Chart(alt.Data(values=list(data)))


def _field(
    cross: str, frame: str, quiet: str, corners: Sequence[str], need_title: str, performance_title: str
) -> list[alt.Chart]:
    """The frame, the cross-hairs, the words in the corners and the titles of both scales."""
    square = _layer([{"top": 0, "bottom": SIDE}]).mark_rect(filled=False, stroke=frame, strokeWidth=1, aria=False)
    upright = _layer([{"need": 0.5, "top": 0, "bottom": SIDE}]).mark_rule(color=cross, strokeWidth=1, aria=False)
    level = _layer([{"performance": 0.5}]).mark_rule(color=cross, strokeWidth=1, aria=False)
    layers = [
        square.encode(x=alt.XValue(0), x2=alt.X2Value("width"), y=_pixels("top"), y2=alt.Y2("bottom:Q")),
        upright.encode(x=_x("need", need_title), y=_pixels("top"), y2=alt.Y2("bottom:Q")),
        level.encode(x=alt.XValue(0), x2=alt.X2Value("width"), y=_y("performance")),
    ]
    places = (("right", SIDE - 8), ("right", 18), ("left", SIDE - 8), ("left", 18))
    for word, (side, y) in zip(corners, places, strict=True):
        text = _layer([{"word": said(word), "y": y}]).mark_text(
            align="right" if side == "right" else "left",
            baseline="alphabetic",
            fontSize=NOTE_SIZE,
            fontStyle="italic",
            color=quiet,
            aria=False,
        )
        x = alt.XValue(alt.ExprRef("width - 8" if side == "right" else "8"))
        layers.append(text.encode(x=x, y=_pixels("y"), text=alt.Text("word:N")))
    above = _layer([{"word": "↑ " + said(performance_title), "y": -8}])
    drawn = above.mark_text(align="left", baseline="alphabetic", fontSize=NOTE_SIZE, color=quiet, aria=False)
    layers.append(drawn.encode(x=alt.XValue(0), y=_pixels("y"), text=alt.Text("word:N")))
    return layers


def _boxes(drawn: Sequence[Record], colour: str, title: str) -> list[alt.Chart]:
    """The doubt of both shares as a faint box; only where all four ends are known."""
    ends = ("need_low", "need_high", "performance_low", "performance_high")
    boxes = [{name: row[name] for name in ends} for row in drawn if all(row[name] is not None for name in ends)]
    if not boxes:
        return []
    box = _layer(boxes).mark_rect(
        fill=colour,
        fillOpacity=0.07,
        stroke=colour,
        strokeOpacity=0.35,
        strokeWidth=1,
        aria=False,
    )
    return [
        box.encode(
            x=_x("need_low", title), x2=alt.X2("need_high:Q"), y=_y("performance_low"), y2=alt.Y2("performance_high:Q")
        )
    ]


def _dots(drawn: Sequence[Record], colour: str, mode: Mode, title: str, words: tuple[str, str]) -> list[alt.Chart]:
    """The estimates, hollow when early, each told in words with its doubt to a pointer and a screen reader."""
    if not drawn:
        return []
    ground = palette(mode).ground
    data = [
        {
            "need": row["need"],
            "performance": row["performance"],
            "fill": ground if row["early"] else colour,
            "told": f"{row['label']}: {words[0]} {_with_doubt(row, 'need')}, "
            f"{words[1]} {_with_doubt(row, 'performance')}" + (", early: few answers" if row["early"] else ""),
        }
        for row in drawn
    ]
    dot = _layer(data).mark_point(shape="square", size=90, stroke=colour, strokeWidth=2, opacity=1)
    return [
        dot.encode(
            x=_x("need", title),
            y=_y("performance"),
            fill=alt.Fill("fill:N", scale=None),
            tooltip=alt.Tooltip("told:N"),
            description=alt.Description("told:N"),
        )
    ]


def _with_doubt(row: Record, name: str) -> str:
    """A share with its interval, where that is known."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    told = percent_text(row[name])
    return told if low is None or high is None else f"{told} (likely {percent_text(low)} to {percent_text(high)})"


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
        layers += [
            text.encode(x=_x("need", title), y=_pixels("y"), text=alt.Text("lines:N")) for text in (halo, letters)
        ]
    moved = [
        {"need": drawn[name.at]["need"], "y": _down(drawn[name.at]["performance"]), "to": name.middle}
        for name in names
        if abs(name.middle - _down(drawn[name.at]["performance"])) > 12
    ]
    if moved:
        leader = _layer(moved).mark_rule(color=colours.quiet, strokeWidth=1, aria=False)
        layers.append(leader.encode(x=_x("need", title), y=_pixels("y"), y2=alt.Y2("to:Q")))
    return layers


def _down(performance: float) -> float:
    """Pixels from the top of the field at which a performance (0 to 1) stands."""
    return MARGIN + (1 - performance) * (SIDE - 2 * MARGIN)


def _across(need: float) -> float:
    """Pixels from the left at which a need (0 to 1) stands on a phone."""
    return EDGE + need * (PHONE - 2 * EDGE)


def _placed(drawn: Sequence[Record]) -> list[_Name] | None:
    """Every row's name beside its dot, where it covers no other name and no other dot; None where there is no room.

    Looked at on a phone: on a wider screen dots stand further apart and names keep their size.
    """
    placed: list[_Name] = []
    for at in sorted(range(len(drawn)), key=lambda at: _down(drawn[at]["performance"])):
        name = next(_free(_ways(at, drawn[at]), placed, drawn), None)
        if name is None:
            return None
        placed.append(name)
    return placed


def _those_with_room(drawn: Sequence[Record]) -> tuple[list[_Name], dict[int, str]]:
    """Names for the first rows that have room for one, and numbers for the others: what is written, and the number of
    each row that has one. Dots that all but coincide share what is written of their numbers."""
    placed: list[_Name] = []
    crowds = _crowds(drawn)
    for at in [crowd[0] for crowd in crowds if len(crowd) == 1]:
        placed += islice(_free(_ways(at, drawn[at], moves=FAR), placed, drawn), 1)
    named = {name.at for name in placed}
    unnamed = [at for at in range(len(drawn)) if at not in named]
    numbers = {at: str(number) for number, at in enumerate(unnamed, start=1)}
    for crowd in crowds:
        if crowd[0] not in named:
            ways = list(_ways(crowd[0], drawn[crowd[0]], _spans([int(numbers[at]) for at in crowd])))
            placed.append(next(_free(ways, placed, drawn, beside=crowd), ways[0]))
    return placed, numbers


def _crowds(drawn: Sequence[Record]) -> list[list[int]]:
    """Rows by place: those whose dots all but coincide on a phone together, in the order of the first of them."""
    crowds: list[list[int]] = []
    for at, row in enumerate(drawn):
        x, y = _across(row["need"]), _down(row["performance"])
        near = (
            crowd
            for crowd in crowds
            if abs(_across(drawn[crowd[0]]["need"]) - x) < SAME
            and abs(_down(drawn[crowd[0]]["performance"]) - y) < SAME
        )
        crowd = next(near, None)
        if crowd is None:
            crowds.append([at])
        else:
            crowd.append(at)
    return crowds


def _spans(numbers: Sequence[int]) -> str:
    """Rising numbers in short.

    >>> _spans([1, 3, 4, 5, 8])
    '1, 3–5, 8'
    """
    spans: list[list[int]] = []
    for each in numbers:
        if spans and each == spans[-1][-1] + 1:
            spans[-1].append(each)
        else:
            spans.append([each])
    return ", ".join(f"{span[0]}–{span[-1]}" if len(span) > 2 else ", ".join(map(str, span)) for span in spans)


def _free(
    ways: Iterable[_Name], placed: Sequence[_Name], drawn: Sequence[Record], beside: Sequence[int] = ()
) -> Iterator[_Name]:
    """The ways in which a name fits and covers no other and no dot but its own. beside: rows it stands for, too."""
    places = [(_across(row["need"]), _down(row["performance"])) for row in drawn]
    half = DOT / 2
    for name in ways:
        dots = [place for at, place in enumerate(places) if at != name.at and at not in beside]
        if (
            name.fits
            and not any(name.covers(other.across, other.middle, other.half) for other in placed)
            and not any(name.covers((x - half, x + half), y, half) for x, y in dots)
        ):
            yield name


def _ways(at: int, row: Record, instead: str = "", moves: Sequence[int] = MOVES) -> Iterator[_Name]:
    """Where a row's name, or what is written instead, may stand, the best first: level with its dot, on the side with
    more room."""
    lines = tuple(wrap(instead or row["label"], NAME_ROOM, NOTE_SIZE))
    dot, size = _across(row["need"]), 14 + max(text_width(line, NOTE_SIZE) for line in lines)
    best = row["need"] > 0.5
    for move in moves:
        for left in (best, not best):
            across = (dot - size, dot) if left else (dot, dot + size)
            yield _Name(at, left, lines, across, _down(row["performance"]) + move)
