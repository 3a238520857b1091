"""Small packs, made in the open."""

from datetime import date

from feedback.exchange.reports import content
from feedback.exchange.reports.content import Agenda, Chart, Note, Pack, Part, Section

GROUND, DARK = "#FBFAF7", "#15181D"


AXIS = {"labelLimit": 0, "labelFont": "Some Sans"}
TWO = (("Data badge", 61), ("Other", 40))


def bars(*labels, ground=GROUND, ink="#1F2328", height=None):
    """A picture of one bar a label."""
    values = [{"label": label, "share": (at % 7) + 1} for at, label in enumerate(labels)]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": ground,
        "width": "container",
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": 0,
        "height": height or 24 * len(labels),
        "data": {"values": values},
        "mark": {"type": "bar", "color": ink},
        "encoding": {
            "y": {
                "field": "label",
                "type": "nominal",
                "sort": None,
                "axis": {"labelLimit": 0, "labelFont": "Some Sans"},
            },
            "x": {"field": "share", "type": "quantitative"},
        },
    }


def chart(*labels):
    """A picture for light and dark."""
    return Chart(bars(*labels), bars(*labels, ground=DARK, ink="#E8E6E1"), f"A picture of {' and '.join(labels)}.")


def section(name="worth", *, words="61% say so.", labels=("Data badge",), rows=TWO, **kept):
    """A section with a picture and a table; without labels no picture, without rows no table."""
    made = Section(
        id=name,
        question="Was it worth it?",
        sentence=words,
        caution="With its 90% interval.",
        table=content.table(["Credential", "Worth it (%)"], rows, **kept),
        chart=chart(*labels) if labels else None,
    )
    return content.cleaned(made)


def pack(*sections, title="Data badge", notes=(), **more):
    """A pack of one part."""
    given = {
        "kind": "Committee pack: one credential",
        "title": content.said(title),
        "made_on": date(2026, 3, 1),
        "facts": content.facts(
            (("Made by", "Ann"), ("Made on", date(2026, 3, 1)), ("Release", "12, made on 2026-02-28"))
        ),
        "parts": (Part("What learners say", tuple(sections or [section()])),),
        "agenda": (Agenda("Decisions made", "None yet.", tuple(Note(*map(content.said, each)) for each in notes)),),
        "summary": ("worth",),
    }
    return Pack(**given | more)
