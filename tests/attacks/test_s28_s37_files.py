"""S28, S29, S36, S37: files that leave hold text and nothing that acts; files that come are tables or are refused."""

import csv
import gzip
import io
import json
import re
import zipfile
from html.parser import HTMLParser

import pytest
from pandas import DataFrame

from feedback.errors import Refused
from feedback.exchange.codebook import codebook
from feedback.exchange.codebook_files import codebook_html
from feedback.exchange.formulas import unguarded
from feedback.exchange.imports import import_file
from feedback.exchange.links import Link, links_csv, poster, sheet
from feedback.exchange.tables import Sheet, write_table, write_tables
from feedback.store import catalogue
from feedback.store.database import reading
from tests.attacks.hostile import CORPUS, FILES, LIVE
from tests.collect.institution import instruments

TEXTS = [
    *CORPUS.values(), *(f"{sign}1+1" for sign in "=+-@\t\r\n＝＋－＠"), "{ INCLUDEPICTURE \"http://evil.invalid/x\" }",
    "file:///etc/passwd", "\\\\evil.invalid\\share", "mailto:eve@evil.invalid", "internal:Sheet1!A1",
]  # fmt: skip
LIVE_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


class Tags(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def wordings(book, text):
    """A codebook all of whose wordings are this text."""
    if isinstance(book, dict):
        return {
            key: dict.fromkeys(inner, text) if key in ("wording", "help", "title", "label") else wordings(inner, text)
            for key, inner in book.items()
        }
    return [wordings(each, text) for each in book] if isinstance(book, list) else book


@pytest.fixture(scope="module")
def book():
    return json.loads(json.dumps(codebook([instruments()["dropout"]])))


@pytest.mark.parametrize("name", CORPUS)
def test_s28_pages_that_are_handed_out_hold_hostile_words_as_words(book, name):
    text, address = CORPUS[name], "https://feedback.example.org/f/a"
    links = [Link(address, "en")] * 2
    for write in (
        lambda words: codebook_html(wordings(book, words)),
        lambda words: sheet(links, {"en": words}),
        lambda words: poster(address, {"en": words}),
    ):
        page, usual = Tags(write(text)), Tags(write("tame"))
        assert page.tags == usual.tags
        assert page.addresses == usual.addresses


def test_s28_s29_a_workbook_holds_nothing_but_strings_and_fetches_nothing():
    table = DataFrame({"=name": TEXTS, "words": TEXTS, "number": [-3] * len(TEXTS)})
    content = write_table(table, "xlsx", {"question": "=1+1", "answer": LIVE["hyperlink"]})
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    for name, part in parts.items():
        assert "<f>" not in part, name
        assert "hyperlink" not in name.lower()
        assert "TargetMode" not in part, name
        assert not re.search("<(hyperlink|oleObject|drawing|ddeLink|externalReference)", part), name
    cells = re.findall(r"<c [^>]*?(?:t=\"(\w+)\")?[^>]*><v>([^<]*)", parts["xl/worksheets/sheet1.xml"])
    assert [value for _, value in cells].count("-3") == len(TEXTS)


def test_s29_no_cell_of_a_table_is_a_formula_and_reading_it_again_undoes_the_sign():
    rows = [text for text in TEXTS if "\x00" not in text]
    written = write_table(DataFrame({"=name": rows, "number": [-3] * len(rows)}), "csv").decode("utf-8-sig")
    header, *read = csv.reader(io.StringIO(written, newline=""))
    assert [unguarded(row[0]) for row in read] == rows
    assert not any(cell.lstrip().startswith(LIVE_SIGNS) for row in read for cell in row[:1])
    assert {row[1] for row in read} == {"-3"}
    assert not header[0].startswith("=")


def test_s29_a_catalogue_of_formulas_comes_back_from_its_file_as_it_was(sqlite_engine, tmp_path):
    names = [" ".join(text.split()) for text in LIVE.values() if "|" not in text]
    table = DataFrame(
        {"title": names, "kind": "badge", "programme": "data", "slug": [f"c-{n}" for n in range(len(names))]}
    )
    path = tmp_path / "catalogue.csv"
    path.write_bytes(write_table(table, "csv"))
    import_file(sqlite_engine, "catalogue", path, instruments={})
    with reading(sqlite_engine) as session:
        assert sorted(each.title for each in catalogue.read_credentials(session)) == sorted(names)


def test_s29_links_for_mail_merge_hold_no_formula():
    links = [Link("https://x.example/s/a", "en", {"name": text, "=more": text}) for text in TEXTS]
    read = list(csv.reader(io.StringIO(links_csv(links).decode("utf-8-sig"), newline="")))
    assert not any(cell.lstrip().startswith(LIVE_SIGNS) for row in read for cell in row)


def zipped(name, content):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


BAD_FILES = {
    "nothing": b"",
    "a workbook": zipped("xl/worksheets/sheet1.xml", b"<worksheet/>"),
    "a bomb in a workbook": zipped("xl/worksheets/sheet1.xml", b" " * 50_000_000),
    "a nested archive": zipped("a.zip", zipped("b.csv", b"title,kind,programme\n")),
    "an old workbook": bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 512,
    "utf-16": "title,kind,programme\nA,badge,P\n".encode("utf-16"),
    "utf-16 without its mark": "title,kind,programme\nA,badge,P\n".encode("utf-16-le"),
    "entities of XML": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    "a page": b"<html><script>alert('pwned')</script></html>",
    "a program": b"\x7fELF" + bytes(range(256)),
    "only a mark": b"\xef\xbb\xbf",
    "a bomb": gzip.compress(b"a" * 250_000_000, 1),
    "a broken archive": gzip.compress(b"title,kind,programme\n")[:-6],
    "a million columns": b"," * 1_000_000,
}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (name, kind)
        for name in BAD_FILES
        for kind in ("catalogue", "comments", "ratings", "responses")
        if kind != "responses" or name not in ("nothing", "only a mark")  # no line is no document, and no mistake
    ],
)
def test_s36_what_is_no_table_is_refused_in_words_and_nothing_is_kept(house, tmp_path, name, kind):
    path = tmp_path / ("<img src=x onerror=alert(1)>.csv.gz" if name.startswith("a b") else "pwned.csv")
    path.write_bytes(BAD_FILES[name])
    with reading(house) as session:
        before = catalogue.read_credentials(session)
    with pytest.raises(Refused) as refused:
        import_file(house, kind, path, instruments=instruments())
    said = str(refused.value)
    assert path.name in said
    assert len(said) < 5_000
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", said)
    with reading(house) as session:
        assert catalogue.read_credentials(session) == before


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_s37_tables_in_an_archive_have_names_that_stay_in_their_folder(format):
    sheets = [Sheet(name, DataFrame({"a": [1]})) for name in FILES]
    with zipfile.ZipFile(io.BytesIO(write_tables(sheets, format))) as archive:
        names = archive.namelist()
    assert len(set(names)) == len(names) == len(FILES) + 1
    for name in names:
        assert re.fullmatch(r"[^/\\\x00-\x1f]{1,60}", name), name
        assert name not in (".", "..")
