"""Links to the light form as people get them: addresses, contacts in, a file for mail merge out, codes to print."""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unicodedata import category

import segno

from feedback.catalogue.values.base import is_mail_address
from feedback.exchange.csv_files import CsvTable, open_csv
from feedback.exchange.formulas import guarded, unguarded
from feedback.survey.steps import apart
from feedback.survey.text import Text, say
from feedback.survey.wording import direction, word

KNOWN = ("email", "language", "contact", "organisation")
"""The columns of a contacts file that mean something to us. Every other is handed through."""
LINK = "link"
BREAKING = ("Cc", "Cs", "Zl", "Zp")
"""Kinds of sign that could end a mail's header: line breaks and other control characters (Unicode categories)."""
MOST = 20_000
"""So many invitations at once, at most."""
A_SHEET = 8
"""Cards on a sheet: two beside each other, four rows; they fit A4 and Letter."""
MOST_CARDS = 1000
"""So many cards are drawn at once: a hundredth of a second each, and a page a browser still prints."""
LOOK: Mapping[str, Any] = MappingProxyType({"border": 4, "dark": "#000", "light": "#fff", "omitsize": True})
CORRECTION = "m"  # a code still reads with 15% of it stained or folded (ISO/IEC 18004, level M)


def open_address(public_url: str, slug: str) -> str:
    """Where everybody answers an open survey.

    >>> open_address("https://feedback.example.org/", "learner-data-badge")
    'https://feedback.example.org/f/learner-data-badge'
    """
    return f"{public_url.rstrip('/')}/f/{slug}"


def invitation_address(public_url: str, token: str) -> str:
    """Where somebody invited answers, once.

    >>> invitation_address("https://feedback.example.org", "abc")
    'https://feedback.example.org/s/abc'
    """
    return f"{public_url.rstrip('/')}/s/{token}"


def statement_address(public_url: str, token: str) -> str:
    """Where an organisation confirms a statement, and takes it back.

    >>> statement_address("https://feedback.example.org", "abc")
    'https://feedback.example.org/e/abc'
    """
    return f"{public_url.rstrip('/')}/e/{token}"


def page_address(public_url: str, slug: str) -> str:
    """Where anybody reads what became of what was said about a credential; its card is at /card below it.

    >>> page_address("https://feedback.example.org/", "data-badge")
    'https://feedback.example.org/p/data-badge'
    """
    return f"{public_url.rstrip('/')}/p/{slug}"


# --- contacts in ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """Somebody to be asked. email, contact: "" for not known; language: "" for the survey's first.

    cells: all that their file says of them, by column, as it is written there.
    """

    email: str = ""
    language: str = ""
    contact: str = ""
    organisation: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)


def read_contacts(
    path: Path, languages: Sequence[str] = (), contacts: Collection[str] | None = None, invited: Collection[str] = ()
) -> list[Asked]:
    """Whom a CSV file names, in its order; any columns, of which KNOWN are understood.

    languages: those the survey is asked in. contacts: the catalogue's, by slug; None: there may be any.
    invited: addresses that have an invitation already, in lower case.
    Raises Refused with every problem by line and column: what is no address, is unknown or stands there twice, cells
    with a line break (it could break the header of a mail), more than MOST rows, none at all.
    """
    with open_csv(path) as table:
        places = _places(table)
        read = [
            _asked(table, line, cells, places, languages, contacts)
            for line, cells in table.rows()
            if any(cell.strip() for cell in cells)
        ]
        _check_all(table, read, places, invited)
        table.problems.refuse_any()
    return [asked for _, asked in read]


def is_marked(path: Path) -> bool:
    """Whether a file begins with a byte order mark, as spreadsheet programs write it: then its links do, too."""
    with path.open("rb") as file:
        return file.read(3) == BOM_UTF8


def _places(table: CsvTable) -> dict[str, int]:
    """Where the columns are that mean something, however their names are written."""
    names = [unguarded(name).casefold() for name in table.columns]
    if LINK in names:
        table.problems.line(1, f'has a column "{LINK}", which is the one we add; call it something else.')
    for name in KNOWN:
        if names.count(name) > 1:
            table.problems.line(1, f'the column name "{name}" stands there twice; names must differ.')
    return {name: names.index(name) for name in KNOWN if name in names}


def _asked(
    table: CsvTable,
    line: int,
    cells: Sequence[str],
    places: Mapping[str, int],
    languages: Sequence[str],
    contacts: Collection[str] | None,
) -> tuple[int, Asked]:
    """The person of one row, and its line; what is wrong with it is noted."""
    texts = [unguarded(cell).strip() for cell in cells]
    said = {name: texts[place] for name, place in places.items()}
    for name, text in zip(table.columns, texts, strict=True):
        if any(category(sign) in BREAKING for sign in text):
            table.problems.cell(line, name, "holds a line break or another sign that no mail's header may hold.")
    email, language, contact = (said.get(name, "") for name in ("email", "language", "contact"))
    if email and not is_mail_address(email):
        table.problems.cell(line, "email", f'found "{_short(email)}"; one address is needed, as ann@example.org.')
    if language and languages and language not in languages:
        known = ", ".join(languages)
        table.problems.cell(line, "language", f'found "{_short(language)}"; this survey is asked in {known}.')
    if contact and contacts is not None and contact not in contacts:
        table.problems.cell(line, "contact", f'"{_short(contact)}" is no contact of the catalogue.')
    return line, Asked(**said, cells=dict(zip(table.columns, texts, strict=True)))


def _check_all(
    table: CsvTable, read: Sequence[tuple[int, Asked]], places: Mapping[str, int], invited: Collection[str]
) -> None:
    """What only shows over the whole file: nobody in it, too many, somebody twice."""
    if not read:
        table.problems.line(1, "nobody is named below it; write one person a line.")
    if len(read) > MOST:
        table.problems.line(1, f"{len(read):,} people are named below it; at most {MOST:,} are invited at once.")
    first: dict[tuple[str, str], int] = {}
    for line, asked in read:
        for name in ("email", "contact"):
            who = getattr(asked, name).casefold()
            if who and (before := first.setdefault((name, who), line)) != line:
                table.problems.cell(line, name, f"stands on line {before} already; one invitation a person.")
        if asked.email.casefold() in invited:
            table.problems.cell(line, "email", "has an invitation to this survey already. Remind them, or revoke it.")


def _short(text: str) -> str:
    return f"{text[:60]}…" if len(text) > 60 else text


# --- links out --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Link:
    """A link for one person: its address, the language it is offered in, and what their file says of them."""

    address: str
    language: str = "en"
    cells: Mapping[str, str] = field(default_factory=dict)


def links_csv(links: Sequence[Link], *, marked: bool = False) -> bytes:
    """The links for mail merge, as CSV in UTF-8: `link`, then what the contacts file had.

    marked: with a byte order mark, for spreadsheet programs; without it, scripts find the column `link`.
    No cell is taken for a formula by a spreadsheet program.
    """
    columns = list(dict.fromkeys(name for link in links for name in link.cells))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([LINK, *(guarded(name) for name in columns)])
    writer.writerows([link.address, *(guarded(link.cells.get(name, "")) for name in columns)] for link in links)
    return text.getvalue().encode("utf-8-sig" if marked else "utf-8")


# --- codes to print ---------------------------------------------------------------------------------------------------


def code(address: str) -> str:
    """An address as a QR code: SVG, dark on white, with the quiet margin that readers need."""
    drawn: str = _made(address).svg_inline(**LOOK, svgclass=None, lineclass=None)
    return drawn


def code_image(address: str) -> str:
    """The same as the address of an image that holds it (data:)."""
    image: str = _made(address).svg_data_uri(**LOOK, svgclass=None, lineclass=None)
    return image


def _made(address: str) -> segno.QRCode:
    return segno.make(address, error=CORRECTION, micro=False)


def sheet(links: Sequence[Link], title: Text, *, minutes: float = 0, until: date | None = None) -> str:
    """One-use links as a page to print and cut: eight cards a sheet, each in its own language, without script.

    title: what is asked about, by language. minutes: how long it takes, 0 for not known. until: the last day.
    The cards bear the code alone, not its letters: nobody copies one in passing.
    """
    cards = [_card(link, place, len(links), title, minutes, until) for place, link in enumerate(links, start=1)]
    pages = [cards[first : first + A_SHEET] for first in range(0, len(cards), A_SHEET)]
    number = f"{len(cards):,} {'card' if len(cards) == 1 else 'cards'}, {A_SHEET} to a page."
    note = (
        f"{number} Each takes one answer. Print at 100%, cut along the lines, hand them out at random. The numbers "
        "help to count the cards and mean nothing else. We keep no copy of these links."
    )
    body = "".join(f'<section class="sheet">{"".join(page)}</section>' for page in pages)
    return _document(f"Cards: {say(title, 'en')}", f'<p class="note" lang="en" dir="ltr">{note}</p>{body}')


def _card(link: Link, place: int, number: int, title: Text, minutes: float, until: date | None) -> str:
    language = link.language
    lines = _lines(language, minutes, until, once=True)
    return (
        f'<article lang="{escape(language)}" dir="{direction(language)}"><div class="code" role="img" '
        f'aria-label="QR">{code(link.address)}</div><div class="words"><h2>{escape(say(title, language))}</h2>{lines}'
        f'<p class="count">{place}/{number}</p></div></article>'
    )


def poster(
    address: str, title: Text, *, languages: Sequence[str] = ("en",), minutes: float = 0, until: date | None = None
) -> str:
    """One big code for an open link, with its address to type, in the survey's languages: a page to hang up."""
    parts = "".join(
        f'<section lang="{escape(language)}" dir="{direction(language)}"><h1>{escape(say(title, language))}</h1>'
        f"{_lines(language, minutes, until, once=False)}</section>"
        for language in languages
    )
    typed = escape(word("sheet.type", languages[0]))
    place = f'<p class="type" lang="{escape(languages[0])}" dir="{direction(languages[0])}">{typed}</p>'
    address_line = f'<p class="address" dir="ltr">{escape(address)}</p>'
    big = f'<div class="code" role="img" aria-label="QR">{code(address)}</div>'
    body = f'<main class="poster"><div class="said">{parts}</div>{big}{place}{address_line}</main>'
    return _document(say(title, languages[0]), body, languages[0])


def _lines(language: str, minutes: float, until: date | None, *, once: bool) -> str:
    """What stands below a title, a paragraph each; a day is never broken."""
    day = until.isoformat() if until else ""
    lines = [
        word("sheet.scan", language),
        *([word("form.takes", language, minutes=minutes)] if minutes else []),
        *([word("sheet.once", language)] if once else []),
        *([word("sheet.until", language, day=apart(day, language))] if day else []),
    ]
    told = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return told.replace(day, f'<span class="day">{day}</span>') if day else told


def _document(title: str, body: str, language: str = "en") -> str:
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<meta name="referrer" content="no-referrer"><title>{escape(title)}</title><style>{STYLE}</style></head>'
        f"<body>{body}</body></html>\n"
    )


# Four rows of 62 mm and a margin of 12 mm fit A4 (297 mm) and Letter (279 mm).
STYLE = """
:root { color-scheme: light; --ink: #1F2328; --quiet: #5B6470; --rule: #B9B6AE; }
@page { margin: 12mm 10mm; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: var(--ink); font: 11pt/1.4 "Source Sans 3", "Source Sans", system-ui,
  sans-serif; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
h1, h2, p { margin: 0; }
.note { max-width: 44em; margin: 24px auto; padding: 0 16px; color: var(--quiet); }
.sheet { display: grid; grid-template-columns: 1fr 1fr; grid-auto-rows: 62mm; width: 190mm; margin: 0 auto 24px;
  border: 0.3mm dashed var(--rule); break-after: page; }
.sheet:last-child { break-after: auto; }
article { display: flex; align-items: safe center; gap: 3mm; padding: 3mm; overflow: hidden; break-inside: avoid; }
article:nth-child(2n) { border-left: 0.3mm dashed var(--rule); }
article:nth-child(n + 3) { border-top: 0.3mm dashed var(--rule); }
.code { flex: none; width: 36mm; }
.code svg { display: block; width: 100%; height: auto; shape-rendering: crispEdges; }
.words { display: flex; flex-direction: column; gap: 1.2mm; min-width: 0; font-size: 8.5pt;
  line-height: 1.25; }
.day { white-space: nowrap; }
h2 { font-size: 10pt; line-height: 1.2; font-weight: 650; overflow-wrap: anywhere; display: -webkit-box;
  -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden; padding-bottom: 1mm; }
.count { color: var(--quiet); font-size: 8pt; font-variant-numeric: tabular-nums; }
.poster { max-width: 180mm; margin: 0 auto; padding: 8mm 16px; text-align: center; }
.said { display: flex; flex-wrap: wrap; justify-content: center; gap: 5mm 10mm; margin-bottom: 6mm; }
.said section { flex: 0 1 80mm; }
.said section:only-child { flex-basis: 140mm; }
.poster h1 { font-size: 17pt; line-height: 1.2; margin-bottom: 2mm; text-wrap: balance; }
.poster .code { width: min(120mm, 100%); margin: 0 auto; break-inside: avoid; }
.poster .address { font-size: 15pt; font-weight: 650; overflow-wrap: anywhere; }
@media print { .note { display: none; } .sheet { margin: 0 auto; width: 100%; } .poster { padding: 0 } }
"""
