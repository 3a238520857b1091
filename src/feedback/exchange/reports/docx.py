"""A pack as a Word file: real headings and table heads, words for every picture, nothing that runs."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING, Any

from feedback.errors import Problem, Refused
from feedback.exchange.reports import pictures
from feedback.exchange.reports.content import Pack, Section, Table, is_leftward
from feedback.exchange.reports.pdf import FACE, raster
from feedback.exchange.reports.setting import PROOF, cut_words, release_of, single, split, widths

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

NO_DOCX = "is written with a package that is not installed. Install it: pip install python-docx"
INK, QUIET, ACCENT = "1F2328", "5B6470", "0B7A75"
FONT = "Calibri"
ACROSS, TALLEST = 16.6, 19.0
"""Centimetres: the width of what is written, and how tall a picture may be."""
LETTERS, BETWEEN = 118.0, 2.0
"""So many letters of a table stand beside each other; the room between two columns, in letters."""
Advance = Callable[..., None]


def write(pack: Pack, advance: Advance = lambda done, total=None: None) -> bytes:
    """The pack as a Word file. advance: told how many pictures are drawn. Raises Refused where a package is missing."""
    try:
        from docx import Document
    except ImportError as error:
        raise Refused([Problem("a pack as Word file", NO_DOCX)]) from error
    drawn = _drawn(pack, advance)
    document = Document()
    _set_up(document, pack)
    _head(document, pack)
    for part in pack.shown:
        _heading(document, part.title, 1, fresh=True)
        for section in part.sections:
            _section(document, section, drawn.get(section.id))
    if pack.silent:
        _heading(document, "What cannot be said yet", 1, fresh=True)
        for each in pack.silent:
            _lines(document, [(each.question, "Note title"), (each.sentence, "Normal")])
    _heading(document, "How this pack can be proven", 1)
    for words in (*PROOF, pack.digest):
        _said(document.add_paragraph(), words)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _drawn(pack: Pack, advance: Advance) -> dict[str, tuple[pictures.Picture, bytes]]:
    charts = [(section.id, section.chart) for section in pack.sections if section.chart]
    made = {}
    for done, (name, chart) in enumerate(charts, start=1):
        made[name] = pictures.draw(chart.light, pictures.WIDE, f"p{done}", font=FACE)
        advance(done, len(charts))
    images = raster(each.svg for each in made.values())
    return {name: (picture, image) for (name, picture), image in zip(made.items(), images, strict=True)}


# --- the file ---------------------------------------------------------------------------------------------------------


def _set_up(document: "Document", pack: Pack) -> None:
    """Paper, styles, what the file says of itself, and its head and foot."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt

    about, made = document.core_properties, pack.made_on
    about.title, about.subject, about.language = pack.title, pack.kind, pack.language
    about.author = next((value for name, value in pack.facts if name == "Made by"), "")
    about.comments = f"Digest (SHA-256): {pack.digest}"
    about.created = about.modified = datetime(made.year, made.month, made.day, tzinfo=UTC).replace(tzinfo=None)
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.2)
    page.top_margin = page.bottom_margin = Cm(2.4)
    styles: Any = document.styles
    _style(styles["Normal"], 10.5, INK, after=6)
    _style(styles["Title"], 24, INK, bold=True, after=10)
    _style(styles["Heading 1"], 17, INK, bold=True, before=22, after=8)
    _style(styles["Heading 2"], 12.5, INK, bold=True, before=18, after=4)
    for name, size, colour, bold, after in (
        ("Kind", 9.5, ACCENT, True, 2),
        ("Quiet", 8.5, QUIET, False, 6),
        ("Note title", 10.5, INK, True, 0),
        ("Cell", 8.5, INK, False, 0),
        ("Cell head", 8.5, QUIET, True, 0),
    ):
        _style(styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH), size, colour, bold=bold, after=after)
    styles["Note title"].paragraph_format.keep_with_next = True
    styles["Kind"].paragraph_format.keep_with_next = True
    _language(styles["Normal"], pack.language)
    _borderless(styles["Title"])
    page.different_first_page_header_footer = False
    head, foot = page.header.paragraphs[0], page.footer.paragraphs[0]
    for paragraph in (head, foot):
        paragraph.style = styles["Quiet"]
        paragraph.paragraph_format.tab_stops.clear_all()
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(ACROSS), 2)
    head.add_run(f"{pack.title}\t{release_of(pack)}")
    foot.add_run(f"Digest {pack.digest[:16]} …\tPage ")
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")
    styles["Normal"].paragraph_format.line_spacing = Pt(14)


def _style(style: Any, size: float, colour: str, *, bold: bool = False, before: float = 0, after: float = 0) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
    style.font.color.rgb = RGBColor.from_string(colour)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), FONT)


def _language(style: Any, language: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    told = OxmlElement("w:lang")
    told.set(qn("w:val"), language)
    style.element.get_or_add_rPr().append(told)


def _borderless(style: Any) -> None:
    from docx.oxml.ns import qn

    kept = style.element.get_or_add_pPr()
    for border in kept.findall(qn("w:pBdr")):
        kept.remove(border)


def _field(paragraph: "Paragraph", code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)


# --- what stands in it ------------------------------------------------------------------------------------------------


def _head(document: "Document", pack: Pack) -> None:
    _said(document.add_paragraph(style="Kind"), pack.kind)
    _said(document.add_paragraph(style="Title"), pack.title)
    _pairs(document, pack.facts)
    if pack.warning:
        _said(document.add_paragraph(), pack.warning, bold=True)
    if pack.first:
        _heading(document, "In short", 1)
        for each in pack.first:
            _lines(document, [(each.question, "Quiet"), (each.sentence, "Normal")])
    for agenda in pack.agenda:
        _heading(document, agenda.title, 1)
        if not agenda.notes:
            _said(document.add_paragraph(style="Quiet"), agenda.empty)
        for note in agenda.notes:
            _lines(document, [(note.title, "Note title"), (note.words, "Normal"), (note.facts, "Quiet")])


def _section(document: "Document", section: Section, drawn: tuple[pictures.Picture, bytes] | None) -> None:
    _heading(document, section.question, 2)
    sentence = document.add_paragraph()
    _said(sentence, section.sentence)
    sentence.paragraph_format.keep_with_next = drawn is not None
    if drawn and section.chart:
        _picture(document, *drawn, section.chart.alt)
    pairs = single(section.table)
    if pairs:
        _pairs(document, pairs)
    elif section.table:
        for each in split(section.table, LETTERS, BETWEEN):
            _table(document, each)
    if section.caution:
        paragraph = document.add_paragraph(style="Quiet")
        paragraph.add_run("How we know. ").bold = True
        _said(paragraph, section.caution)


def _picture(document: "Document", picture: pictures.Picture, image: bytes, alt: str) -> None:
    from docx.shared import Cm, Pt

    tall = picture.height / picture.width * ACROSS
    width = ACROSS if tall <= TALLEST else ACROSS * TALLEST / tall
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing = 1.0
    paragraph.paragraph_format.space_after = Pt(6)
    shape = paragraph.add_run().add_picture(BytesIO(image), width=Cm(width))
    told = shape._inline.docPr
    told.set("descr", alt)
    told.set("title", "")
    if picture.is_cut:
        _said(document.add_paragraph(style="Quiet"), cut_words(is_cut=True))


def _table(document: "Document", given: Table) -> None:
    """The table with a head that is repeated on every page; rows are not parted."""
    from docx.shared import Cm

    across, down = len(given.columns), len(given.rows) + 1
    made = document.add_table(rows=down, cols=across)
    made.autofit = False
    asked = [each + BETWEEN for each in widths(given, LETTERS - BETWEEN * across)]
    scale = min(ACROSS / sum(asked), 0.17)
    styles: Any = document.styles
    head, body = styles["Cell head"].style_id, styles["Cell"].style_id
    right = given.right
    cells = made._cells  # all at once: asking row by row takes as long for each as for all
    for at, (cell, text) in enumerate(zip(cells, chain(given.columns, *given.rows), strict=True)):
        cell.width = Cm(asked[at % across] * scale)
        paragraph = cell.paragraphs[0]
        paragraph._p.style = head if at < across else body  # by its id: looking a style up takes as long as all else
        _said(paragraph, text)
        if at % across in right:
            paragraph.alignment = 2
    _repeated(made.rows[0])
    for row in made._tbl.tr_lst:
        _whole(row)
    _ruled(made)
    _said(document.add_paragraph(style="Quiet"), given.below)


def _pairs(document: "Document", pairs: Sequence[tuple[str, str]]) -> None:
    """Names and what is known of each, as a table without rules."""
    from docx.shared import Cm

    made = document.add_table(rows=0, cols=2)
    made.autofit = False
    for name, value in pairs:
        cells = made.add_row().cells
        _cell(cells[0], name, "Cell head")
        _cell(cells[1], value, "Cell")
        cells[0].width, cells[1].width = Cm(4.6), Cm(ACROSS - 4.6)
    document.add_paragraph(style="Quiet")


def _cell(cell: "_Cell", text: str, style: str) -> None:
    paragraph = cell.paragraphs[0]
    part: Any = cell.part
    paragraph.style = part.document.styles[style]
    _said(paragraph, text)


def _heading(document: "Document", text: str, level: int, *, fresh: bool = False) -> None:
    paragraph = document.add_paragraph(style=f"Heading {level}")
    _said(paragraph, text)
    paragraph.paragraph_format.page_break_before = fresh
    paragraph.paragraph_format.keep_with_next = True


def _lines(document: "Document", lines: Sequence[tuple[str, str]]) -> None:
    """Lines that stay together, those without words left out."""
    told = [(text, style) for text, style in lines if text]
    for at, (text, style) in enumerate(told):
        paragraph = document.add_paragraph(style=style)
        _said(paragraph, text)
        paragraph.paragraph_format.keep_with_next = at < len(told) - 1


def _said(paragraph: "Paragraph", text: str, *, bold: bool = False) -> None:
    """A text, in its own direction."""
    from docx.oxml import OxmlElement

    run = paragraph.add_run(text)
    run.bold = bold or None
    if is_leftward(text):
        paragraph._p.get_or_add_pPr().insert_element_before(
            OxmlElement("w:bidi"), "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )
        run._r.get_or_add_rPr().append(OxmlElement("w:rtl"))


# --- what the library has no words for ------------------------------------------------------------------------------


def _repeated(row: Any) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _whole(row: Any) -> None:
    from docx.oxml import OxmlElement

    row.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))


def _ruled(table: Any) -> None:
    """A thin line under every row."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "D5D2CA")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)
