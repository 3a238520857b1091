"""The look of every chart: colours by meaning, marks by witness, one configuration for light and for dark.

Contrast of text on its ground is at least 4.5:1; members of a group stay apart under simulated colour blindness.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Mode = Literal["light", "dark"]
Witness = Literal["learner", "employer", "expert"]

FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", system-ui, sans-serif'
LABEL_SIZE = 14
NOTE_SIZE = 13
AXIS_SIZE = 12

TOO_FEW = "too few to show"
NOT_KNOWN = "cannot tell yet"


@dataclass(frozen=True)
class Palette:
    """Colours by meaning, as hexadecimal; `line` and `track` are for rules only, never for text."""

    ground: str
    ink: str
    quiet: str
    line: str
    track: str
    learner: str
    employer: str
    expert: str
    positive: str
    mixed: str
    negative: str

    def witness(self, who: str | None) -> str:
        """The colour of a witness; ink when the row belongs to none (or to one without a colour of its own)."""
        return {"learner": self.learner, "employer": self.employer, "expert": self.expert}.get(who or "", self.ink)


PALETTES: Mapping[Mode, Palette] = MappingProxyType(
    {
        "light": Palette(
            ground="#FBFAF7",
            ink="#1F2328",
            quiet="#5B6470",
            line="#E6E3DC",
            track="#D5D2CA",
            learner="#0B7A75",
            employer="#4B4EC4",
            expert="#A35200",
            positive="#2166AC",
            mixed="#6B7280",
            negative="#B2402A",
        ),
        "dark": Palette(
            ground="#15181D",
            ink="#E8E6E1",
            quiet="#A3ABB6",
            line="#2A2F37",
            track="#3A414B",
            learner="#4FC3BC",
            employer="#A5A8FF",
            expert="#F0A95B",
            positive="#7DB3E8",
            mixed="#A3ABB6",
            negative="#F29B86",
        ),
    }
)

SHAPES: Mapping[str, str] = MappingProxyType({"learner": "circle", "employer": "square", "expert": "triangle-up"})


def palette(mode: Mode) -> Palette:
    """The colours of "light" or "dark"; raises KeyError for another mode.

    >>> palette("light").learner
    '#0B7A75'
    """
    return PALETTES[mode]


def shape(who: str | None) -> str:
    """The mark of a witness: learner circle, employer square, expert triangle; circle when the row belongs to none."""
    return SHAPES.get(who or "", "circle")


def blend(colour: str, ground: str, weight: float) -> str:
    """`colour` laid over `ground` with `weight` (0 to 1): a quieter step of the same meaning, opaque.

    >>> blend("#000000", "#FFFFFF", 0.5)
    '#808080'
    """
    over, under = ([int(text[at : at + 2], 16) for at in (1, 3, 5)] for text in (colour, ground))
    mixed = (round(a * weight + b * (1 - weight) + 1e-9) for a, b in zip(over, under, strict=True))
    return "#" + "".join(f"{part:02X}" for part in mixed)


def config(mode: Mode) -> dict[str, Any]:
    """The Vega-Lite `config` all charts share: type of 12 pixels or more, quiet axes, no frame."""
    colours = palette(mode)
    return {
        "background": colours.ground,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "domain": False,
            "ticks": False,
            "gridColor": colours.line,
            "gridWidth": 1,
            "labelColor": colours.quiet,
            "labelFontSize": AXIS_SIZE,
            "labelFont": FONT,
            "labelPadding": 6,
            "titleColor": colours.quiet,
            "titleFontSize": NOTE_SIZE,
            "titleFontWeight": "normal",
            "titleFont": FONT,
        },
        "text": {"font": FONT, "fontSize": NOTE_SIZE, "color": colours.ink},
    }
