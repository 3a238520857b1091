"""Small pictures that stand beside a sentence: how the answers to one question are spread."""

from typing import Any

import altair as alt
from pandas import DataFrame

from feedback.charts.rows import LINE, Record, finish, number, records, said, state, text_width, wrap
from feedback.charts.theme import NOT_KNOWN, NOTE_SIZE, TOO_FEW, Mode, palette

BAR = 16
PITCH = 28
END = 48  # pixels kept at the right for the number at a bar's end
LABEL_ROOM = 140  # pixels a label may take beside its bar


def distribution(table: DataFrame, mode: Mode = "light", *, witness: str | None = None) -> dict[str, Any]:
    """How the answers to one question are spread: one bar a value, in the order given, its number at its end.

    table: value_label and count or share (0 to 1; preferred when both are there); state may be absent.
    witness: whose answers they are (None: neutral). Early answers have hollow bars. Returns a Vega-Lite specification.
    """
    rows = records(table)
    colours = palette(mode)
    colour = colours.witness(witness) if witness else colours.mixed
    measure = "share" if any(number(row.get("share")) is not None for row in rows) else "count"
    labels = [tuple(wrap(said(row.get("value_label")), LABEL_ROOM, NOTE_SIZE)) for row in rows]
    left = round(max((text_width(line, NOTE_SIZE) for lines in labels for line in lines), default=0.0)) + 12
    bars: list[Record] = []
    texts: list[Record] = []
    words: list[Record] = []
    top = 0.0
    for row, lines in zip(rows, labels, strict=True):
        pitch = max(PITCH, len(lines) * LINE + 8)
        middle, top = top + pitch / 2, top + pitch
        value, now = number(row.get(measure)), state(row)
        label = said(row.get("value_label"))
        texts.append({"lines": list(lines), "y": middle - (len(lines) - 1) * LINE / 2 + 4.5})
        if now == "withheld" or value is None:
            words.append({"words": TOO_FEW if now == "withheld" else NOT_KNOWN, "y": middle})
            continue
        text = f"{value:.0%}" if measure == "share" else f"{value:g}"
        bars.append(
            {
                "size": max(value, 0.0),
                "zero": 0,
                "upper": middle - BAR / 2,
                "lower": middle + BAR / 2,
                "y": middle,
                "text": text,
                "opacity": 0.15 if now == "early" else 1.0,
                "told": f"{label}: {text}" + (", early: few answers" if now == "early" else ""),
            }
        )
    layers = [*_bars(bars, left, colour, colours.ink), *_text(texts, words, left, colours.ink, colours.quiet)]
    return finish(layers, top, mode)


def _layer(data: list[Record]) -> alt.Chart:
    return alt.Chart(alt.Data(values=data))


def _pixels(field: str) -> alt.Y:
    return alt.Y(f"{field}:Q", scale=None, axis=None)


def _bars(bars: list[Record], left: int, colour: str, ink: str) -> list[alt.Chart]:
    """The bars from a common zero, and the number at each end."""
    if not bars:
        return []
    most = max(float(bar["size"]) for bar in bars) or 1.0
    scale = alt.Scale(domain=[0, most], range=[left, alt.ExprRef(f"width - {END}")], nice=False, zero=False)
    at_end = alt.X("size:Q", scale=scale, axis=None)
    bar = _layer(bars).mark_rect(fill=colour, stroke=colour, strokeWidth=1.5)
    number_at_end = _layer(bars).mark_text(
        align="left", baseline="middle", dx=6, fontSize=NOTE_SIZE, color=ink, aria=False
    )
    return [
        bar.encode(
            x=at_end,
            x2="zero:Q",
            y=_pixels("upper"),
            y2="lower:Q",
            fillOpacity=alt.FillOpacity("opacity:Q", scale=None),
            tooltip=alt.Tooltip("told:N"),
            description=alt.Description("told:N"),
        ),
        number_at_end.encode(x=at_end, y=_pixels("y"), text="text:N"),
    ]


def _text(texts: list[Record], words: list[Record], left: int, ink: str, quiet: str) -> list[alt.Chart]:
    """The labels at the left, and a dash with words where there is no bar."""
    layers = []
    if texts:
        label = _layer(texts).mark_text(
            align="left", baseline="alphabetic", fontSize=NOTE_SIZE, lineHeight=LINE, color=ink, aria=False
        )
        layers.append(label.encode(x=alt.XValue(0), y=_pixels("y"), text="lines:N"))
    if words:
        dash = _layer(words).mark_rule(color=quiet, strokeWidth=2, aria=False)
        layers.append(dash.encode(x=alt.XValue(left), x2=alt.X2Value(left + 18), y=_pixels("y")))
        why = _layer(words).mark_text(align="left", baseline="middle", dx=26, fontSize=NOTE_SIZE, color=quiet)
        layers.append(why.encode(x=alt.XValue(left), y=_pixels("y"), text="words:N"))
    return layers
