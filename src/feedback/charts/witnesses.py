"""One strip a skill: what each witness says as a mark on one line, its doubt under it, and a bracket over two marks
that differ beyond chance."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.intervals import Across, beside_labels, ground, percent_text
from feedback.charts.key import key_of
from feedback.charts.rows import (
    IS_NARROW,
    Layout,
    Place,
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
    written_below,
)
from feedback.charts.theme import NOTE_SIZE, TOO_FEW, Mode, palette, shape

WITNESSES = ("learner", "test", "employer", "expert")
NAMES = {"learner": "Learners", "test": "Tests", "employer": "Employers", "expert": "Experts"}
KEY = {
    "learner": "Learners who can do it",
    "test": "Passed their tests",
    "employer": "Employers who see it done well",
    "expert": "Experts' mark, of its scale",
}
SIZES = {"learner": 170, "test": 100, "employer": 110, "expert": 70}
"""Square pixels of each mark: where two stand on one place, the one above leaves the other's rim free."""
BAND = 60
MARK, DOUBT, STEP = 4, 10, 5  # pixels from a strip's middle to its marks and its first line of doubt, and between these
ROOF, STOREY, FOOT = 13, 7, 5  # pixels from the marks to the first bracket, from one to the next, and of its feet
FOOT_WORDS = (
    "Lines under the marks: 90% sure to lie within; of experts from their lowest to their highest mark. Bracket: the "
    "two differ by more than chance may do. Hollow: early, few answers."
)


def strips(table: DataFrame, mode: Mode = "light") -> dict[str, Any]:
    """What witnesses say of each row, shares from 0 to 1 on one line, in the order given.

    table: label; for each of WITNESSES its share, `_low`, `_high` (may be missing) and `_state` ("" where it has
    nothing to say of this row, "withheld" where too few spoke); apart: pairs of witnesses with `lower` and `higher`,
    drawn as brackets. Returns a Vega-Lite specification.
    """
    rows = records(table)
    colours = palette(mode)
    there = [who for who in WITNESSES if any(said(row.get(f"{who}_state")) for row in rows)]
    key, heights = key_of([(KEY[who], _colour(who, mode)) for who in there])
    layout = lay_out([said(row.get("label")) for row in rows], [_few(row) for row in rows], band=BAND, top=heights)
    scale = beside_labels(layout, (0, 1), "Share of those who judge it", percent=True)
    points: list[Record] = []
    lines: list[Record] = []
    brackets: list[Record] = []
    unknown: list[Record] = []
    for row, place in zip(rows, layout.places, strict=True):
        drawn = [who for who in WITNESSES if _is_drawn(row, who)]
        if not drawn:
            unknown.append(blank(row | {"state": "withheld"}, place))
        points += [_point(row, who, place, mode) for who in drawn]
        lines += _doubts(row, drawn, place, mode)
        brackets += _brackets(row, place)
    lifted = [_lifted(place, MARK) for row, place in zip(rows, layout.places, strict=True) if _any_drawn(row)]
    layers: list[alt.Chart] = [
        *ground(lifted, layout.height, scale, mode),
        *_key(key, there, mode),
        *_lines(lines, layout, scale),
        *_roofs(brackets, layout, scale, colours.ink),
        *_points(points, layout, scale),
        *blank_rows(unknown, layout.height, scale.left, mode),
        *labels_and_notes(layout, mode),
        *(written_below([(FOOT_WORDS, colours.quiet)], layout.below) if rows else []),
    ]
    return finish(layers, layout.height, mode)


def _colour(who: str, mode: Mode) -> str:
    """The colour of a witness; tests, which are nobody's opinion, have that of words."""
    return palette(mode).witness(who)


def _shape(who: str) -> str:
    return "diamond" if who == "test" else shape(who)


def _is_drawn(row: Record, who: str) -> bool:
    return said(row.get(f"{who}_state")) in ("shown", "early") and number(row.get(who)) is not None


def _any_drawn(row: Record) -> bool:
    return any(_is_drawn(row, who) for who in WITNESSES)


def _few(row: Record) -> str:
    """The row's end: the witnesses who were too few to show, where there are others."""
    few = [NAMES[who].lower() for who in WITNESSES if said(row.get(f"{who}_state")) == "withheld"]
    return f"– {', '.join(few)}: {TOO_FEW}" if few and _any_drawn(row) else ""


def _lifted(place: Place, by: float) -> Place:
    """The place some pixels further down."""
    return replace(place, y_narrow=place.y_narrow + by, y_wide=place.y_wide + by)


def _share(row: Record, name: str) -> float:
    return min(max(number(row.get(name)) or 0.0, 0.0), 1.0)


def _point(row: Record, who: str, place: Place, mode: Mode) -> Record:
    colour, early = _colour(who, mode), said(row.get(f"{who}_state")) == "early"
    ends = _reach(row, who)
    reach = f", {percent_text(ends[0])} to {percent_text(ends[1])}" if ends else ""
    told = f"{said(row.get('label'))}: {KEY[who].lower()} {percent_text(_share(row, who))}{reach}"
    return _lifted(place, MARK).at(
        estimate=_share(row, who),
        colour=colour,
        fill=palette(mode).ground if early else colour,
        shape=_shape(who),
        size=SIZES[who],
        told=told + (", early: few answers" if early else ""),
    )


def _reach(row: Record, who: str) -> tuple[float, float] | None:
    """The ends of a witness's interval; None where there is none, as with experts, who are all that were asked."""
    low, high = number(row.get(f"{who}_low")), number(row.get(f"{who}_high"))
    return (low, high) if low is not None and high is not None and low < high else None


def _doubts(row: Record, drawn: Sequence[str], place: Place, mode: Mode) -> list[Record]:
    found: list[Record] = []
    for who in drawn:
        if _reach(row, who) is None:
            continue
        down_by = MARK + DOUBT + STEP * len(found)
        ends = {"estimate": _share(row, f"{who}_low"), "until": _share(row, f"{who}_high")}
        found.append(_lifted(place, down_by).at(**ends, colour=_colour(who, mode)))
    return found


def _brackets(row: Record, place: Place) -> list[Record]:
    """A roof over each pair that differs, one above the other, the widest on top, with two feet."""
    held = row.get("apart")
    pairs = [
        pair
        for pair in (held if isinstance(held, list | tuple) else ())
        if _is_drawn(row, pair.lower) and _is_drawn(row, pair.higher)
    ]
    found = []
    for storey, pair in enumerate(sorted(pairs, key=lambda pair: _share(row, pair.higher) - _share(row, pair.lower))):
        at = _lifted(place, MARK - ROOF - storey * STOREY)
        told = f"{said(row.get('label'))}: {NAMES[pair.higher].lower()} above {NAMES[pair.lower].lower()}"
        ends = {"estimate": _share(row, pair.lower), "until": _share(row, pair.higher)}
        found.append(at.at(**ends, told=f"{told} beyond chance"))
    return found


def _lines(data: list[Record], layout: Layout, scale: Across) -> list[alt.Chart]:
    if not data:
        return []
    drawn = chart(data).mark_rule(strokeWidth=2, opacity=0.75, aria=False)
    stroke = alt.Stroke("colour:N", scale=None)
    return [drawn.encode(x=scale.x("estimate"), x2=alt.X2("until:Q"), y=down(layout.height), stroke=stroke)]


def _roofs(data: list[Record], layout: Layout, scale: Across, ink: str) -> list[alt.Chart]:
    if not data:
        return []
    roof = chart(data).mark_rule(color=ink, strokeWidth=2)
    ends = [{**each, "estimate": each[end]} for each in data for end in ("estimate", "until")]
    foot = chart(ends).transform_calculate(lower=f"datum.y + {FOOT}").mark_rule(color=ink, strokeWidth=2, aria=False)
    return [
        roof.encode(
            x=scale.x("estimate"),
            x2=alt.X2("until:Q"),
            y=down(layout.height),
            tooltip=alt.Tooltip("told:N"),
            description=alt.Description("told:N"),
        ),
        foot.encode(x=scale.x("estimate"), y=down(layout.height), y2=alt.Y2("lower:Q")),
    ]


def _points(data: list[Record], layout: Layout, scale: Across) -> list[alt.Chart]:
    """The marks, each told in words to a pointer and a screen reader; the smaller above the larger."""
    if not data:
        return []
    drawn = chart(sorted(data, key=lambda each: -each["size"])).mark_point(strokeWidth=2, opacity=1, filled=False)
    return [
        drawn.encode(
            x=scale.x("estimate"),
            y=down(layout.height),
            shape=alt.Shape("shape:N", scale=None),
            size=alt.Size("size:Q", scale=None),
            stroke=alt.Stroke("colour:N", scale=None),
            fill=alt.Fill("fill:N", scale=None),
            tooltip=alt.Tooltip("told:N"),
            description=alt.Description("told:N"),
        )
    ]


def _key(data: Sequence[Record], there: Sequence[str], mode: Mode) -> list[alt.Chart]:
    """The key: each witness's mark with what its share means."""
    if not data:
        return []
    marked = [{**each, "shape": _shape(who), "size": SIZES[who]} for each, who in zip(data, there, strict=True)]
    base = chart(marked).transform_calculate(x=f"{IS_NARROW} ? datum.x_narrow : datum.x_wide")
    x, y = alt.X("x:Q", scale=None, axis=None), alt.Y("y:Q", scale=None, axis=None)
    mark = base.mark_point(filled=True, opacity=1, xOffset=8, aria=False)
    colours = palette(mode)
    style: dict[str, Any] = {"align": "left", "baseline": "middle", "fontSize": NOTE_SIZE, "xOffset": 20}
    halo = base.mark_text(**style, color=colours.ground, stroke=colours.ground, strokeWidth=6, aria=False)
    text = base.mark_text(**style, color=colours.quiet)
    return [
        halo.encode(x=x, y=y, text=alt.Text("words:N")),
        mark.encode(
            x=x,
            y=y,
            shape=alt.Shape("shape:N", scale=None),
            size=alt.Size("size:Q", scale=None),
            color=alt.Color("colour:N", scale=None),
        ),
        text.encode(x=x, y=y, text=alt.Text("words:N")),
    ]
