"""Pictures of a pack: a Vega-Lite specification becomes an SVG that holds nothing but shapes and letters, offline."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from feedback.errors import FeedbackError, Problem, Refused
from feedback.exchange.reports.content import legal

WIDE, NARROW = 740, 358
"""Pixels: a page's width, and a telephone's."""
TALLEST = {WIDE: 1180, NARROW: 2400}
"""Pixels: a picture that is taller is cut between two of its rows; the table has them all."""
NO_PICTURES = "draws its pictures with a package that is not installed. Install it: pip install vl-convert-python"
PAPER = "#FFFFFF"
_SVG = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset(
    {"svg", "g", "path", "rect", "line", "text", "tspan", "circle", "defs", "clipPath", "title", "desc"}
)
_KEPT = frozenset(
    {
        *("d", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry", "width", "height"),
        *("transform", "fill", "fill-opacity", "fill-rule", "opacity", "display", "id", "clip-path", "viewBox"),
        *("stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap"),
        *("stroke-linejoin", "stroke-miterlimit", "font-family", "font-size", "font-weight", "font-style"),
        "text-anchor",
    }
)
"""What shapes may be, and may say of themselves: nothing that runs, and nothing that leads away."""
_MOVED = re.compile(r"translate\(\s*([\d.eE+-]+)(?:[\s,]+([\d.eE+-]+))?\s*\)")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")

ET.register_namespace("", "http://www.w3.org/2000/svg")


@dataclass(frozen=True)
class Picture:
    """A drawn picture: an SVG element as text, how large it is in pixels, and whether it was cut."""

    svg: str
    width: float
    height: float
    is_cut: bool = False


def draw(
    spec: Mapping[str, Any], width: int, name: str, *, font: str = "", dark: Mapping[str, Any] | None = None
) -> Picture:
    """A specification drawn at so many pixels, on white paper. name: what its ids begin with, so that several pictures
    stand in one document. font: in place of the specification's. dark: the same picture for dark ground: each colour
    then carries its other one (CSS `light-dark`), and the ground is left to the page.

    Raises Refused without the package that draws, FeedbackError for what is no picture of ours.
    """
    try:
        import vl_convert
    except ImportError as error:
        raise Refused([Problem("a pack", NO_PICTURES)]) from error
    colours = _pairs(spec, dark) if dark is not None else {}
    text = vl_convert.vegalite_to_svg(_prepared(spec, width, font, keep_ground=dark is not None), allowed_base_urls=[])
    root = ET.fromstring(text)
    _, _, across, tall = (float(each) for each in root.attrib["viewBox"].split())
    cut = _cut(root, TALLEST.get(width, TALLEST[WIDE])) if tall > TALLEST.get(width, TALLEST[WIDE]) else None
    if cut is not None:
        _prune(root, cut)
    _clean(root, name, colours, str(spec.get("background", "")) if dark is not None else "")
    height = cut if cut is not None else tall
    root.attrib.clear()
    root.set("viewBox", f"0 0 {across:g} {height:g}")
    return Picture(ET.tostring(root, encoding="unicode"), across, height, cut is not None)


def _prepared(spec: Mapping[str, Any], width: int, font: str, *, keep_ground: bool) -> dict[str, Any]:
    """The specification at a width, in another font, and on paper in place of its own ground."""
    ground = str(spec.get("background", ""))

    def turned(value: Any, key: str = "") -> Any:
        if isinstance(value, Mapping):
            return {name: turned(held, name) for name, held in value.items()}
        if isinstance(value, list | tuple):
            return [turned(held) for held in value]
        if font and isinstance(value, str) and key.lower().endswith("font"):
            return font
        if not keep_ground and ground and value == ground:
            return PAPER
        return legal(value) if isinstance(value, str) else value

    return {**turned(spec), "width": width}


def _pairs(light: Any, dark: Any) -> dict[str, str]:
    """By colour of the light picture its colour in the dark one, the most frequent where it has several."""
    found: dict[str, Counter[str]] = defaultdict(Counter)

    def walk(one: Any, other: Any) -> None:
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            for name in one.keys() & other.keys():
                walk(one[name], other[name])
        elif isinstance(one, list) and isinstance(other, list):
            for each, its in zip(one, other, strict=False):
                walk(each, its)
        elif one != other and all(isinstance(each, str) and _COLOUR.fullmatch(each) for each in (one, other)):
            found[one.upper()][other.upper()] += 1

    walk(light, dark)
    return {one: others.most_common(1)[0][0] for one, others in found.items()}


def _clean(root: ET.Element, name: str, colours: Mapping[str, str], ground: str) -> None:
    """Leave shapes and letters, with ids of its own. Raises FeedbackError for anything else."""
    for element in root.iter():
        tag = element.tag.removeprefix(_SVG) if isinstance(element.tag, str) else ""
        if tag not in _SHAPES:
            raise FeedbackError(f"a picture holds {tag or 'what is no element'!r}, which is not drawn in a pack.")
        for key in [key for key in element.attrib if key not in _KEPT]:
            del element.attrib[key]
        if "id" in element.attrib:
            element.set("id", f"{name}-{element.attrib['id']}")
        if "clip-path" in element.attrib:
            element.set("clip-path", element.attrib["clip-path"].replace("url(#", f"url(#{name}-"))
        style = ";".join(_either(element, key, colours) for key in ("fill", "stroke") if element.get(key))
        if style.strip(";"):
            element.set("style", style.strip(";"))
    if ground:
        for child in list(root):
            if child.tag == f"{_SVG}rect" and child.get("fill", "").upper() == ground.upper():
                root.remove(child)


def _either(element: ET.Element, key: str, colours: Mapping[str, str]) -> str:
    """A colour for light and for dark ground as CSS; "" where it has one for both."""
    light = element.attrib[key].upper()
    return f"{key}:light-dark({light},{colours[light]})" if light in colours else ""


def _leaves(element: ET.Element, down: float = 0.0) -> Iterator[tuple[ET.Element, ET.Element, float]]:
    """Every shape with the group it lies in, and how far down it begins: moved by all it lies in."""
    for child in element:
        moved = _MOVED.search(child.get("transform", ""))
        y = down + float(moved[2] or 0) if moved else down
        if len(child) and child.tag == f"{_SVG}g":
            yield from _leaves(child, y)
        else:
            yield element, child, y + float(child.get("y") or 0)


def _cut(root: ET.Element, most: float) -> float | None:
    """Where to cut so that no line of letters is cut through: in the widest gap of the last part that fits. None where
    no letters say."""
    lines = sorted({round(y, 1) for _, child, y in _leaves(root) if child.tag == f"{_SVG}text"})
    fit = [y for y in lines if y <= most]
    if not fit or len(fit) == len(lines):
        return None
    pairs = [pair for pair in zip(fit, lines[1 : len(fit) + 1], strict=True) if pair[0] > most * 0.85]
    if not pairs:
        return most
    above, below = max(pairs, key=lambda pair: pair[1] - pair[0])
    # Letters stand on their line: most of the gap belongs to the line under it.
    return round(above + (below - above) * 0.4, 1)


def _prune(root: ET.Element, below: float) -> None:
    """Take away what begins under the cut."""
    for parent, child, y in list(_leaves(root)):
        if y > below:
            parent.remove(child)
