"""A pack as a PDF: tagged for screen readers (PDF/UA-1), fit to be kept (PDF/A-2a), the same bytes each time."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from feedback.errors import Problem, Refused
from feedback.exchange.reports import pictures
from feedback.exchange.reports.content import Chart, Pack, Section, Table
from feedback.exchange.reports.setting import PROOF, cut_words, release_of, single, split, widths

if TYPE_CHECKING:
    from typst import Fonts

TEMPLATE = Path(__file__).with_name("pack.typ")
FACE = "Libertinus Serif"
"""The face of the page and its pictures; it comes with the package that sets."""
OTHERS = (
    "Noto Naskh Arabic", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans CJK SC", "Noto Sans", "Noto Emoji",
    "DejaVu Sans",
)  # fmt: skip
"""Faces for letters it does not have, where the machine has them; then any that has the letter."""
STANDARDS: list[Literal["ua-1", "a-2a"]] = ["ua-1", "a-2a"]
NO_TYPST = "is set with a package that is not installed. Install it: pip install typst"
LETTERS, SMALL_LETTERS = 106.0, 126.0
"""So many stand beside each other in a table as wide as the page, and so many of the smaller ones."""
BETWEEN, SMALL_BETWEEN = 2.2, 1.7
"""The room between two columns, in letters."""
MARK = "[…]"
"""Stands for letters that no face on this machine has."""
_UNSHOWN = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
Advance = Callable[..., None]


def write(pack: Pack, advance: Advance = lambda done, total=None: None) -> bytes:
    """The pack as a PDF. advance: told how many pictures are drawn.

    Letters that no face on this machine has stand as MARK, which the first page says. Raises Refused where a package is
    missing.
    """
    has_typst()
    charts = [(section.id, section.chart) for section in pack.sections if section.chart]
    drawn = {}
    for done, (name, chart) in enumerate(charts, start=1):
        drawn[name] = pictures.draw(chart.light, pictures.WIDE, f"p{done}", font=FACE)
        advance(done, len(charts))
    document = _document(pack, drawn)
    moment = datetime(pack.made_on.year, pack.made_on.month, pack.made_on.day, tzinfo=UTC)
    return _compiled(document, moment)


def has_typst() -> None:
    """Raise Refused where the package that sets is missing."""
    from importlib.util import find_spec

    if find_spec("typst") is None:
        raise Refused([Problem("a pack as PDF or Word file", NO_TYPST)])


@cache
def _fonts() -> "Fonts":
    """The faces that come with the package, and those of the machine."""
    from typst import Fonts

    return Fonts()


@cache
def _faces() -> tuple[str, ...]:
    there = set(_fonts().families())
    return (FACE, *(face for face in OTHERS if face in there))


def _compiled(document: dict[str, Any], moment: datetime) -> bytes:
    import typst

    source = TEMPLATE.read_bytes()

    def compiled(given: Mapping[str, Any]) -> bytes:
        inputs = {"pack": json.dumps(given, ensure_ascii=False)}
        return typst.compile(
            source, font_paths=_fonts(), sys_inputs=inputs, pdf_standards=[*STANDARDS], timestamp=moment
        )

    try:
        return compiled(document)
    except typst.TypstError as error:
        missing = _missing(f"{error}\n{error.diagnostic}")
        if not missing:
            raise
    return compiled(without(document, missing) | {"remarks": [remark(missing)]})


def _missing(diagnostic: str) -> set[str]:
    """The letters that could not be displayed."""
    texts = (json.loads(f'"{_unescaped(found)}"') for found in _UNSHOWN.findall(diagnostic))
    return {letter for text in texts for letter in text}


def _unescaped(found: str) -> str:
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), found.replace("\\'", "'"))


def without(given: Any, letters: Iterable[str]) -> Any:
    """The same with MARK in place of every run of these letters, in every text."""
    run = re.compile(f"[{re.escape(''.join(sorted(letters)))}]+(?:\\s+[{re.escape(''.join(sorted(letters)))}]+)*")

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return run.sub(MARK, value)
        if isinstance(value, Mapping):
            return {name: walk(held) for name, held in value.items()}
        return [walk(each) for each in value] if isinstance(value, list | tuple) else value

    return walk(given)


def remark(letters: Iterable[str]) -> str:
    """What the first page says of letters that cannot be set.

    >>> remark("漢字")[:60]
    'Where […] stands, letters are missing that no typeface on th'
    """
    scripts = sorted({unicodedata.name(letter, "other signs").split()[0].capitalize() for letter in letters})
    return (
        f"Where {MARK} stands, letters are missing that no typeface on this machine has ({', '.join(scripts)}). The "
        "web page and the Word file of this pack have them; with a typeface such as Noto installed, so has this one."
    )


def _document(pack: Pack, drawn: Mapping[str, pictures.Picture]) -> dict[str, Any]:
    """The pack as the template is given it."""
    told = [{"question": section.question, "sentence": section.sentence} for section in pack.first]
    return {
        "kind": pack.kind,
        "title": pack.title.strip() or pack.kind,
        "author": next((value for name, value in pack.facts if name == "Made by"), ""),
        "day": {"year": pack.made_on.year, "month": pack.made_on.month, "day": pack.made_on.day},
        "language": pack.language,
        "release": release_of(pack),
        "footer": f"Digest {pack.digest[:16]} …",
        "digest": pack.digest,
        "proof": list(PROOF),
        "warning": pack.warning,
        "remarks": [],
        "fonts": list(_faces()),
        "facts": [list(each) for each in pack.facts],
        "summary": told,
        "agenda": [
            {"title": each.title, "empty": each.empty, "notes": [vars(note) for note in each.notes]}
            for each in pack.agenda
        ],
        "parts": [
            {"title": part.title, "sections": [_section(section, drawn) for section in part.sections]}
            for part in pack.shown
        ],
        "silent": [{"question": each.question, "sentence": each.sentence} for each in pack.silent],
    }


def _section(section: Section, drawn: Mapping[str, pictures.Picture]) -> dict[str, Any]:
    pairs = single(section.table)
    return {
        "question": section.question,
        "sentence": section.sentence,
        "caution": section.caution,
        "chart": _chart(section.chart, drawn[section.id]) if section.chart else None,
        "single": [list(each) for each in pairs],
        "tables": [_table(each) for each in split(section.table, SMALL_LETTERS, SMALL_BETWEEN)]
        if section.table and not pairs
        else [],
    }


def _chart(chart: Chart, picture: pictures.Picture) -> dict[str, Any]:
    size = {"width": picture.width, "height": picture.height}
    return {"svg": picture.svg, "alt": chart.alt, "cut": cut_words(picture.is_cut), **size}


def _table(table: Table) -> dict[str, Any]:
    columns = len(table.columns)
    room = LETTERS - BETWEEN * columns
    asked, right = widths(table, float("inf")), table.right
    wide, narrow = sum(asked) > room, sum(asked) > room * 1.15
    if wide:
        asked = widths(table, SMALL_LETTERS - SMALL_BETWEEN * columns if narrow else room)
    return {
        "columns": [{"name": name, "right": at in right, "weight": asked[at]} for at, name in enumerate(table.columns)],
        "rows": [list(row) for row in table.rows],
        "below": table.below,
        "wide": wide,
        "narrow": narrow,
    }


def raster(svgs: Iterable[str], ppi: int = 160) -> list[bytes]:
    """SVG pictures as PNG, each as large as it is, set by the same program in the same face. Raises Refused."""
    has_typst()
    import typst

    source = (
        "#set page(width: auto, height: auto, margin: 0pt)\n#let given = json(bytes(sys.inputs.pictures))\n"
        "#for (at, each) in given.enumerate() { if at > 0 { pagebreak() }\n"
        'image(bytes(each), format: "svg") }'
    )
    given = list(svgs)
    if not given:
        return []
    inputs = {"pictures": json.dumps(given, ensure_ascii=False)}
    made = typst.compile(source.encode(), font_paths=_fonts(), format="png", ppi=ppi, sys_inputs=inputs)
    return [made] if isinstance(made, bytes) else list(made)
