"""Estimates with doubt: a dot, a thick bar for 50%, a thin line for 90%; hollow when early, words when withheld."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.rows import (
    EDGE,
    IS_NARROW,
    LINE,
    Layout,
    Place,
    Record,
    blank,
    blank_rows,
    chart,
    down,
    finish,
    in_words,
    labels_and_notes,
    lay_out,
    number,
    records,
    said,
    state,
    strips,
    words_of,
    written_below,
)
from feedback.charts.theme import AXIS_SIZE, LABEL_SIZE, Mode, palette, shape

DOT = 110  # square pixels: about 12 across


def ranked(
    table: DataFrame,
    axis_title: str,
    domain: tuple[float, float] | None = None,
    witness: str | None = None,
    mode: Mode = "light",
    *,
    percent: bool | None = None,
    ends: tuple[str, str] = ("", ""),
    foot: str = "",
) -> dict[str, Any]:
    """Estimates with intervals, one row each, in the order given.

    table: label, estimate, low, high (90%), low50, high50 (may be absent or missing), state, note (the row's end, such
    as "n 15"; may be absent); `witness` (learner, employer, expert) a row where rows differ; `tier` draws a border
    where it changes, with its name when the name is text; `credential` (a slug) makes a row open that credential.
    axis_title: what the scale measures. domain: its ends; None takes them from the intervals.
    percent: values are shares (None: when the domain is 0 to 1). ends: words for the scale's low and high end.
    foot: how to read the picture, in words under it.
    A shown row without an estimate reads "cannot tell yet". Returns a Vega-Lite specification.
    """
    rows = records(table)
    reach = domain or spread_of(rows)
    as_percent = domain == (0, 1) if percent is None else percent
    top = 24 if any(map(said, ends)) else 0
    layout = lay_out(*words_of(rows), rooms=tier_rooms(rows), top=(top, top))
    scale = beside_labels(layout, reach, axis_title, as_percent)
    write = percent_text if as_percent else decimal_text
    layers: list[alt.Chart] = [
        *borders(rows, layout, mode),
        *ground(drawn_places(rows, layout.places), layout.height, scale, mode),
        *marks(rows, layout.places, layout.height, scale, write, mode, witness=witness),
        *end_words(ends, scale, layout.height, mode),
        *labels_and_notes(layout, mode),
        *strips(rows, layout, lambda row: _told_of_row(row, write)),
        *(written_below([(foot, palette(mode).quiet)], layout.below) if rows and foot else []),
    ]
    return finish(layers, layout.height, mode)


def percent_text(value: float) -> str:
    """A share (0 to 1) in words: percent without decimals."""
    return f"{value:.0%}"


def decimal_text(value: float) -> str:
    """A value with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def spread_of(rows: Sequence[Record]) -> tuple[float, float]:
    """The ends of a scale that holds every interval to be drawn, with a little air; 0 to 1 when there is none."""
    drawn = [
        found
        for row in rows
        if state(row) != "withheld"
        for name in ("estimate", "low", "high")
        if (found := number(row.get(name))) is not None
    ]
    if not drawn:
        return 0.0, 1.0
    low, high = min(drawn), max(drawn)
    air = (high - low) * 0.04 or 0.5
    return low - air, high + air


def steps(low: float, high: float, most: int = 5) -> list[float]:
    """Round values for a scale's grid, at most `most` and never outside.

    >>> steps(0, 1), steps(0, 4), steps(-0.8, 1.1)
    ([0.0, 0.25, 0.5, 0.75, 1.0], [0.0, 1.0, 2.0, 3.0, 4.0], [-0.5, 0.0, 0.5, 1.0])
    """
    span = high - low
    if not span > 0:
        return [low]
    size = 10.0 ** math.floor(math.log10(span))
    for factor in (0.1, 0.2, 0.25, 0.5, 1, 2, 5):
        step = size * factor
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [round(at * step, 10) + 0.0 for at in range(first, last + 1)]
    return [low, high]


def tiers(rows: Sequence[Record]) -> dict[int, str]:
    """Position of each row that opens a tier -> heading; a tier that is a bare number gets a border without words."""
    if not rows or "tier" not in rows[0]:
        return {}
    found: dict[int, str] = {}
    before: str | None = None
    for at, row in enumerate(rows):
        name = said(row["tier"])
        if name != before:
            found[at] = "" if number(name) is not None else name
        before = name
    return found


def tier_rooms(rows: Sequence[Record]) -> dict[int, tuple[float, float]]:
    """The room above each row that opens a tier: for its border, and for its heading when it has one."""
    return {at: (room, room) for at, name in tiers(rows).items() if (room := LINE + 8 if name else 12 if at else 0)}


@dataclass(frozen=True)
class Across:
    """A horizontal scale of `domain` between `left` and `right` (expressions of pixels), its axis on top."""

    domain: tuple[float, float]
    title: str | tuple[str, ...]
    percent: bool
    left: str
    right: str
    most: int = 5
    signless: bool = False

    @property
    def steps(self) -> list[float]:
        """The values of its grid."""
        return steps(*self.domain, self.most)

    def x(self, field: str) -> alt.X:
        """The channel that puts `field`, one of our own column names, on this scale."""
        scale = alt.Scale(
            domain=list(self.domain), range=[alt.ExprRef(self.left), alt.ExprRef(self.right)], nice=False, zero=False
        )
        value = "abs(datum.value)" if self.signless else "datum.value"
        axis = alt.Axis(
            orient="top",
            values=self.steps,
            grid=True,
            labelExpr=f"format({value}, '{'.0%' if self.percent else '~g'}')",
            title=(self.title if isinstance(self.title, str) else list(self.title)) or None,
            titleAnchor="start",
            titleAlign="left",
            titleLineHeight=16,
            titlePadding=8,
            labelFlush=4,
            gridOpacity=alt.ExprRef(f"{IS_NARROW} ? 0 : 1"),
        )
        return alt.X(f"{field}:Q", scale=scale, axis=axis)


def beside_labels(
    layout: Layout, domain: tuple[float, float], title: str, percent: bool, *, signless: bool = False
) -> Across:
    """A scale beside the labels on a wide screen, over the full width under them on a phone.

    signless: both sides of zero carry plain numbers, since the side says which is which.
    """
    left = f"{IS_NARROW} ? {EDGE} : {layout.left + EDGE}"
    right = f"{IS_NARROW} ? width - {EDGE} : width - {layout.right + EDGE}"
    return Across(domain, title, percent, left, right, signless=signless)


def ground(places: Sequence[Place], height: float, scale: Across, mode: Mode) -> list[alt.Chart]:
    """A row's quiet track, small ticks on a phone (where a grid would run through the labels), and the zero line."""
    low, high = scale.domain
    x = scale.x("estimate")
    colours = palette(mode)
    only_narrow = alt.ExprRef(f"{IS_NARROW} ? 1 : 0")
    tracks = [place.at(estimate=low, until=high) for place in places]
    ticks = [place.at(estimate=value, half=5) for place in places for value in scale.steps]
    layers = []
    if tracks:
        layers.append(
            chart(tracks)
            .mark_rule(color=colours.line, strokeWidth=1, aria=False)
            .encode(x=x, x2=alt.X2("until:Q"), y=down(height))
        )
        layers.append(
            chart(ticks)
            .transform_calculate(upper="datum.y - datum.half", lower="datum.y + datum.half")
            .mark_rule(color=colours.track, strokeWidth=1, opacity=only_narrow, aria=False)
            .encode(x=x, y=down(height, "upper"), y2=alt.Y2("lower:Q"))
        )
    if low < 0 < high and places:
        zero = [place.at(estimate=0.0, half=14) for place in places]
        layers.append(
            chart(zero)
            .transform_calculate(upper="datum.y - datum.half", lower="datum.y + datum.half")
            .mark_rule(color=colours.quiet, strokeWidth=1, opacity=only_narrow, aria=False)
            .encode(x=x, y=down(height, "upper"), y2=alt.Y2("lower:Q"))
        )
        layers.append(
            chart([{"estimate": 0.0, "upper": 0, "lower": height}], y=False)
            .mark_rule(color=colours.quiet, strokeWidth=1, opacity=alt.ExprRef(f"{IS_NARROW} ? 0 : 1"), aria=False)
            .encode(x=x, y=down(height, "upper"), y2=alt.Y2("lower:Q"))
        )
    return layers


def drawn_places(rows: Sequence[Record], places: Sequence[Place], field: str = "estimate") -> list[Place]:
    """The places of the rows that have a mark: the others carry words, which no track should cross."""
    return [
        place
        for row, place in zip(rows, places, strict=True)
        if state(row) != "withheld" and number(row.get(field)) is not None
    ]


def marks(
    rows: Sequence[Record],
    places: Sequence[Place],
    height: float,
    scale: Across,
    write: Callable[[float], str],
    mode: Mode,
    *,
    witness: str | None = None,
    names: tuple[str, str, str] = ("estimate", "low", "high"),
) -> list[alt.Chart]:
    """The marks of all rows: 90% line, 50% bar, dot; or a dash and words. Nothing missing is ever drawn.

    names: the columns of estimate, low and high in `rows`; the 50% bar reads low50 and high50.
    """
    colours, domain = palette(mode), scale.domain
    thin: list[Record] = []
    thick: list[Record] = []
    points: list[Record] = []
    unknown: list[Record] = []
    for row, place in zip(rows, places, strict=True):
        estimate, low, high = (clamped(row.get(name), domain) for name in names)
        low50, high50 = clamped(row.get("low50"), domain), clamped(row.get("high50"), domain)
        now = state(row)
        if now == "withheld" or estimate is None:
            unknown.append(blank(row, place))
            continue
        who = said(row.get("witness")) or witness
        colour = colours.witness(who)
        if low is not None and high is not None:
            thin.append(place.at(estimate=low, until=high, colour=colour))
        if low50 is not None and high50 is not None:
            thick.append(place.at(estimate=low50, until=high50, colour=colour))
        fill = colours.ground if now == "early" else colour
        told = _told(row, estimate, low, high, write)
        points.append(place.at(estimate=estimate, colour=colour, fill=fill, shape=shape(who), told=told))
    return [
        *_bars(thin, height, scale, 2, 1.0),
        *_bars(thick, height, scale, 7, 0.45 if mode == "light" else 0.55),
        *dots(points, height, scale),
        *blank_rows(unknown, height, scale.left, mode),
    ]


def _told(row: Record, estimate: float, low: float | None, high: float | None, write: Callable[[float], str]) -> str:
    """A row in words: its estimate, low and high as they are drawn, whether it is early, and its note."""
    told = f"{said(row.get('label'))}: {write(estimate)}"
    told += f" (likely between {write(low)} and {write(high)})" if low is not None and high is not None else ""
    told += ", early: few answers" if state(row) == "early" else ""
    note = said(row.get("note"))
    return f"{told}; {note}" if note else told


def _told_of_row(row: Record, write: Callable[[float], str]) -> str:
    estimate, low, high = (number(row.get(name)) for name in ("estimate", "low", "high"))
    if state(row) == "withheld" or estimate is None:
        return in_words(row)
    return _told(row, estimate, low, high, write)


def clamped(value: object, domain: tuple[float, float]) -> float | None:
    """A number drawn inside the scale; None when missing."""
    found = number(value)
    return None if found is None else min(max(found, domain[0]), domain[1])


def _bars(data: list[Record], height: float, scale: Across, width: int, opacity: float) -> list[alt.Chart]:
    """Horizontal lines from `estimate` to `until`."""
    if not data:
        return []
    drawn = chart(data).mark_rule(strokeWidth=width, opacity=opacity, aria=False)
    colour = alt.Stroke("colour:N", scale=None)
    return [drawn.encode(x=scale.x("estimate"), x2=alt.X2("until:Q"), y=down(height), stroke=colour)]


def dots(data: list[Record], height: float, scale: Across) -> list[alt.Chart]:
    """The estimates; each says its row in words to a pointer and to a screen reader.

    data: records with estimate, colour, fill, shape and told (the row in words).
    """
    if not data:
        return []
    drawn = chart(data).mark_point(size=DOT, strokeWidth=2, opacity=1, filled=False)
    return [
        drawn.encode(
            x=scale.x("estimate"),
            y=down(height),
            shape=alt.Shape("shape:N", scale=None),
            stroke=alt.Stroke("colour:N", scale=None),
            fill=alt.Fill("fill:N", scale=None),
            tooltip=alt.Tooltip("told:N"),
            description=alt.Description("told:N"),
        )
    ]


def end_words(ends: tuple[str, str], scale: Across, height: float, mode: Mode) -> list[alt.Chart]:
    """What the low and the high end of the scale mean, in words under the axis; an end without words has none."""
    style: dict[str, Any] = {"baseline": "middle", "fontSize": AXIS_SIZE, "fontStyle": "italic"}
    places = (("left", scale.left, f"← {said(ends[0])}"), ("right", scale.right, f"{said(ends[1])} →"))
    return [
        chart([{"words": words, "y_narrow": 10, "y_wide": 10}])
        .mark_text(**{**style, "align": side}, color=palette(mode).quiet)
        .encode(x=alt.XValue(alt.ExprRef(place)), y=down(height), text=alt.Text("words:N"))
        for (side, place, words), given in zip(places, ends, strict=True)
        if said(given)
    ]


def borders(rows: Sequence[Record], layout: Layout, mode: Mode) -> list[alt.Chart]:
    """A rule above each row that opens a tier, with the tier's name under it; none above the first."""
    colours = palette(mode)
    opened = tiers(rows)
    lines = [
        {"y_narrow": layout.places[at].border_narrow, "y_wide": layout.places[at].border_wide} for at in opened if at
    ]
    words = [
        {"words": name, "y_narrow": place.border_narrow + LINE + 2, "y_wide": place.border_wide + LINE + 2}
        for at, name in opened.items()
        if name and (place := layout.places[at])
    ]
    layers = []
    if lines:
        drawn = chart(lines).mark_rule(color=colours.mixed, strokeWidth=1, strokeOpacity=0.6, aria=False)
        layers.append(drawn.encode(x=alt.XValue(0), x2=alt.X2Value("width"), y=down(layout.height)))
    if words:
        named = chart(words).mark_text(
            align="left", baseline="alphabetic", fontSize=LABEL_SIZE, fontWeight=600, color=colours.quiet
        )
        layers.append(named.encode(x=alt.XValue(0), y=down(layout.height), text=alt.Text("words:N")))
    return layers
