"""Packs as files: PDF, web page and Word file say the same, text is text in each, and each can be read aloud."""

import re
import zipfile
from html import unescape
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
import typst
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.exchange.reports import html, pdf, written
from tests.attacks.hostile import MARKUP
from tests.exchange.packs import pack, section

MARK_UP = '#panic(1) #read("/etc/passwd") *b* $x$ <l> @ref \\ `c` = h - i // c /* c */ [x] #{'
ARABIC = "مرحبا بالعالم"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def document_of(content):
    return Document(BytesIO(content))


def words_of(content):
    """Everything a Word file says, in order."""
    body = ET.fromstring(zipfile.ZipFile(BytesIO(content)).read("word/document.xml"))
    return ["".join(t.text or "" for t in each.iter(f"{W}t")) for each in body.iter(f"{W}p")]


def told_to_typst(made, monkeypatch):
    """What the template is given, the template itself, and the PDF."""
    given_it = {}
    whole = typst.compile

    def spy(source, **named):
        given_it.update(named["sys_inputs"], source=source)
        return whole(source, **named)

    monkeypatch.setattr(typst, "compile", spy)
    return given_it, pdf.write(made)


# PDF


def test_a_pdf_is_tagged_titled_and_kept_to_its_standards():
    made = pdf.write(pack())
    assert made.startswith(b"%PDF-1.7")
    for each in (b"/StructTreeRoot", b"/Lang", b"/MarkInfo", b"<pdfuaid:part>1", b"<pdfaid:part>2", b"/Outlines"):
        assert each in made
    assert re.search(rb"<pdfaid:conformance>A", made)
    assert b"Data badge" in made  # the title, in what the file says of itself


def test_a_pdf_is_the_same_each_time():
    assert pdf.write(pack()) == pdf.write(pack())


def test_text_reaches_the_page_as_data_and_never_as_markup(monkeypatch):
    hostile = pack(section(words=MARK_UP, rows=((MARK_UP, 1), ("b", 2))), title=MARK_UP, notes=[(MARK_UP,) * 3])
    given_it, made = told_to_typst(hostile, monkeypatch)
    assert made.startswith(b"%PDF")
    assert given_it["source"] == pdf.TEMPLATE.read_bytes()
    assert MARK_UP not in given_it["source"].decode()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_any_text_at_all_makes_a_pdf(text):
    made = pack(
        section(words=text, labels=(), rows=((text, 1), ("b", 2))), title=text or "x", notes=[(text, text, text)]
    )
    assert pdf.write(made).startswith(b"%PDF")


def test_arabic_is_set_with_letters(monkeypatch):
    given_it, _ = told_to_typst(pack(section(words=ARABIC), title=ARABIC), monkeypatch)
    assert ARABIC in given_it["pack"]
    assert pdf.MARK not in given_it["pack"]


def test_letters_no_typeface_has_are_marked_and_the_first_page_says_so(monkeypatch):
    # A letter of an old script that hardly any machine has.
    given_it, made = told_to_typst(pack(section(words="see \U00012000\U00012001 here")), monkeypatch)
    assert made.startswith(b"%PDF")
    assert f"see {pdf.MARK} here" in given_it["pack"]
    assert "letters are missing" in given_it["pack"]
    assert "Cuneiform" in given_it["pack"]


def test_runs_of_letters_are_marked_once():
    held = {"a": ["x\u4e00\u4e8c y", 1], "b": "\u4e00 \u4e8c"}
    assert pdf.without(held, "\u4e00\u4e8c") == {"a": [f"x{pdf.MARK} y", 1], "b": pdf.MARK}


# Web page


def page_of(made):
    return html.write(made).decode()


def test_a_web_page_needs_nothing_else_and_runs_nothing():
    text = page_of(pack())
    assert "<script" not in text
    assert "default-src 'none'" in text
    addresses = re.findall(r'(?:href|src|url)\s*[=(]\s*["\']?([^"\')\s>]+)', text)
    assert addresses
    assert all(each.startswith(("#", "data:font/woff2")) for each in addresses)


@pytest.mark.parametrize("hostile", MARKUP.values(), ids=MARKUP)
def test_markup_in_a_text_is_text_in_a_web_page(hostile):
    text = page_of(pack(section(words=hostile, rows=((hostile, 1), ("b", 2)), labels=()), title=hostile))
    assert hostile not in text
    assert hostile in unescape(text)


def test_every_picture_has_words_and_its_table_beside_it():
    text = page_of(pack())
    assert text.count('<svg role="img" aria-label="A picture of Data badge."') == 2
    wide, narrow = text.index('class="wide"'), text.index('class="narrow"')
    assert wide < narrow < text.index("<table>")
    assert '<th scope="col"' in text
    assert '<th scope="row"' in text


def test_ids_in_a_web_page_are_there_once():
    ids = re.findall(r'\bid="([^"]+)"', page_of(pack(section(), section("other"))))
    assert len(ids) == len(set(ids))


def test_headings_of_a_web_page_go_down_by_one():
    levels = [int(each) for each in re.findall(r"<h([1-6])", page_of(pack()))]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


# Word file


def test_a_word_file_has_real_headings_words_for_pictures_and_heads_that_repeat():
    content = written.write(pack(), "docx")
    made = document_of(content)
    assert [each.text for each in made.paragraphs if each.style.name == "Title"] == ["Data badge"]
    assert "What learners say" in [each.text for each in made.paragraphs if each.style.name == "Heading 1"]
    assert "Was it worth it?" in [each.text for each in made.paragraphs if each.style.name == "Heading 2"]
    (shape,) = made.inline_shapes
    assert shape._inline.docPr.get("descr") == "A picture of Data badge."
    assert made.tables[-1].rows[0]._tr.trPr.find(f"{W}tblHeader") is not None
    assert made.core_properties.title == "Data badge"
    assert made.core_properties.language == "en"


def test_a_word_file_takes_any_text_and_sets_arabic_from_the_right():
    content = written.write(
        pack(section(words=f"{ARABIC} \x00\x0b\ufffe", labels=(), rows=((MARK_UP, 1), ("b", 2)))), "docx"
    )
    body = zipfile.ZipFile(BytesIO(content)).read("word/document.xml").decode()
    assert ARABIC in words_of(content)
    assert MARK_UP in words_of(content)
    assert "<w:bidi/>" in body
    assert "<w:rtl/>" in body


def test_a_word_file_holds_no_macro_and_leads_nowhere():
    archive = zipfile.ZipFile(BytesIO(written.write(pack(), "docx")))
    assert not [name for name in archive.namelist() if "vba" in name.lower() or name.endswith(".bin")]
    assert 'TargetMode="External"' not in archive.read("word/_rels/document.xml.rels").decode()


# All of them


def test_every_kind_of_file_says_the_same(monkeypatch):
    notes = [("Keep it as it is", "It works.", "2026-02-01 · Digest abcd")]
    made = pack(section(), section("hiring", words="Not enough have said.", labels=(), rows=()), notes=notes)
    given_it, _ = told_to_typst(made, monkeypatch)
    page, word = unescape(page_of(made)), "\n".join(words_of(written.write(made, "docx")))
    told = [
        "Committee pack: one credential",
        "Data badge",
        "61% say so.",
        "Keep it as it is",
        "It works.",
        "With its 90%",
    ]
    for each in [*told, "Not enough have said.", "12, made on 2026-02-28", "Worth it (%)", made.digest]:
        assert each in given_it["pack"]
        assert each in page
        assert each in word
