"""A table as a file: the same cells in every format, strings as strings, the same file for the same table."""

import csv
import io
import json
import re
import sys
import zipfile
from datetime import date
from xml.etree import ElementTree

import pyarrow.parquet
import pytest
from pandas import DataFrame, array

from feedback.errors import Refused
from feedback.exchange.tables import (
    FORMATS,
    MOST_CELL_TEXT,
    MOST_SHEET_ROWS,
    Sheet,
    csv_bytes,
    flat,
    write_table,
    write_tables,
)

NAMESPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
HERE = [name for name in FORMATS if name != "sav"]


@pytest.fixture
def table():
    return DataFrame(
        {
            "Credential": ["Data badge", '=HYPERLINK("http://example.org")', "Ärzte & <b>"],
            "Worth it (%)": [80.5, None, 3.0],
            "People": array([12, None, 7], dtype="Int64"),
            "Beta": array([True, None, False], dtype="boolean"),
            "On": [date(2026, 3, 1), None, date(2025, 1, 31)],
            "Skills": [["python", "sql"], [], ("welding",)],
            "Steps": [{"4": 2}, None, {"5": 1}],
        }
    )


ABOUT = {"question": "Was it worth it?", "answer": "=1+1 of them say so.", "release": "3 of 2026-03-01"}


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheet_cells(content: bytes, number: int = 1) -> dict[str, tuple[str, str]]:
    """The cells of a worksheet by place: (sort, text); strings are of sort "inlineStr" or "s"."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any("externalLink" in name for name in archive.namelist())
        root = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
    assert root.find(".//m:f", NAMESPACE) is None, "a formula"
    assert root.find(".//m:hyperlink", NAMESPACE) is None, "a link"
    return {
        cell.get("r", ""): (cell.get("t", "n"), "".join(cell.itertext()))
        for cell in root.iterfind(".//m:c", NAMESPACE)
        if "".join(cell.itertext())
    }


def test_csv_holds_every_cell_and_no_formula(table):
    rows = csv_rows(write_table(table, "csv"))
    assert [row["Credential"] for row in rows] == ["Data badge", '\'=HYPERLINK("http://example.org")', "Ärzte & <b>"]
    assert [row["People"] for row in rows] == ["12", "", "7"]
    assert [row["On"] for row in rows] == ["2026-03-01", "", "2025-01-31"]
    assert [row["Skills"] for row in rows] == ["python|sql", "", "welding"]
    assert json.loads(rows[0]["Steps"]) == {"4": 2}


def test_a_header_that_begins_like_a_formula_is_guarded(table):
    assert csv_bytes(DataFrame({"=1+1": [1]})).decode("utf-8-sig").startswith("'=1+1")


def test_a_negative_number_stays_a_number_and_a_text_of_it_does_not():
    content = csv_bytes(DataFrame({"gap": [-4.5], "said": ["-4.5"]})).decode("utf-8-sig")
    assert content == "gap,said\r\n-4.5,'-4.5\r\n"


def test_a_workbook_holds_strings_as_strings_and_says_what_it_is_about(table):
    content = write_table(table, "xlsx", ABOUT, name="worth")
    cells = sheet_cells(content)
    assert cells["A1"] == ("inlineStr", "Credential")
    assert cells["A3"] == ("inlineStr", '=HYPERLINK("http://example.org")')
    assert cells["B2"] == ("n", "80.5")
    assert "B3" not in cells
    assert cells["D2"] == ("b", "1")
    about = sheet_cells(content, 2)
    assert [text for place, (_, text) in about.items() if place.startswith("A")] == ["Question", "Answer", "Release"]
    assert about["B2"] == ("inlineStr", "=1+1 of them say so.")


def test_a_workbook_freezes_its_header_and_fits_its_columns(table):
    with zipfile.ZipFile(io.BytesIO(write_table(table, "xlsx", ABOUT))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        book = archive.read("xl/workbook.xml").decode()
    assert re.search(r'<pane [^>]*ySplit="1"[^>]*state="frozen"', sheet)
    widths = re.findall(r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', sheet)
    assert sum(int(last) - int(first) + 1 for first, last, _ in widths) == len(table.columns)
    assert all(8 <= float(width) <= 63 for *_, width in widths)
    assert 'name="About"' in book


def test_parquet_keeps_types_and_says_what_it_is_about(table):
    read = pyarrow.parquet.read_table(io.BytesIO(write_table(table, "parquet", ABOUT)))
    assert read["People"].to_pylist() == [12, None, 7]
    assert read["Beta"].to_pylist() == [True, None, False]
    assert read["On"].to_pylist() == [date(2026, 3, 1), None, date(2025, 1, 31)]
    assert read["Credential"].to_pylist()[1].startswith("=HYPERLINK")
    assert json.loads(read.schema.metadata[b"about"]) == ABOUT


def test_json_keeps_missing_as_null_and_lists_as_lists(table):
    document = json.loads(write_table(table, "json", ABOUT))
    assert document["about"] == ABOUT
    assert document["columns"] == list(table.columns)
    assert document["rows"][1] == {
        "Credential": '=HYPERLINK("http://example.org")', "Worth it (%)": None, "People": None, "Beta": None,
        "On": None, "Skills": [], "Steps": None,
    }  # fmt: skip
    assert document["rows"][0]["Skills"] == ["python", "sql"]


@pytest.mark.parametrize("format", HERE)
def test_the_same_table_is_the_same_file_and_is_not_changed(table, format):
    before = table.copy(deep=True)
    assert write_table(table, format, ABOUT) == write_table(table, format, ABOUT)
    assert table.equals(before)


@pytest.mark.parametrize("format", HERE)
@pytest.mark.parametrize("rows", [0, 1])
def test_a_table_of_none_or_one_is_written(table, format, rows):
    assert write_table(table.head(rows), format, ABOUT)


def test_a_table_without_columns_is_written():
    for format in HERE:
        assert write_table(DataFrame(), format)


def test_a_column_of_several_sorts_becomes_text():
    assert flat(DataFrame({"x": [1, "one", None]}))["x"].tolist() == ["1", "one", None]
    assert write_table(DataFrame({"x": [1, "one", None]}), "parquet")


def test_an_unknown_format_is_refused_with_the_nearest():
    with pytest.raises(Refused, match=r'"xslx" is not known\. Did you mean "xlsx"'):
        write_table(DataFrame({"x": [1]}), "xslx")


def test_what_no_sheet_can_hold_is_refused_with_what_to_do():
    with pytest.raises(Refused, match="Choose csv or parquet"):
        write_table(DataFrame({"x": ["a" * (MOST_CELL_TEXT + 1)]}), "xlsx")
    assert write_table(DataFrame({"x": ["a" * MOST_CELL_TEXT]}), "xlsx")
    with pytest.raises(Refused, match="a sheet holds 1,048,575"):
        write_table(DataFrame({"x": range(MOST_SHEET_ROWS + 1)}), "xlsx")


def test_spss_without_its_package_says_what_is_needed(table, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(Refused, match="pip install pyreadstat"):
        write_table(table, "sav")


def test_spss_with_its_package_keeps_the_names_as_labels(table, tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    path = tmp_path / "table.sav"
    path.write_bytes(write_table(table, "sav", ABOUT))
    read, meta = pyreadstat.read_sav(str(path))
    assert list(read.columns)[:2] == ["credential", "worth_it"]
    assert meta.column_names_to_labels["worth_it"] == "Worth it (%)"


def test_several_tables_are_one_file_of_each_kind(table):
    sheets = [Sheet("recognition", table, ABOUT), Sheet("worth", table.head(1), {"question": "Worth?"})]
    book = write_tables(sheets, "xlsx")
    assert sheet_cells(book, 2)["A2"][1] == "Data badge"
    about = sheet_cells(book, 3)
    assert [about[f"A{row}"][1] for row in (1, 2, 3)] == ["Sheet", "recognition", "worth"]
    assert list(json.loads(write_tables(sheets, "json"))) == ["recognition", "worth"]
    with zipfile.ZipFile(io.BytesIO(write_tables(sheets, "csv"))) as archive:
        assert archive.namelist() == ["recognition.csv", "worth.csv", "about.json"]
        assert csv_rows(archive.read("worth.csv"))[0]["Credential"] == "Data badge"


def test_names_no_workbook_takes_are_mended_and_kept_apart(table):
    names = ["a/b:[c]", "About", "x" * 40, "X" * 41, ""]
    book = write_tables([Sheet(name, table) for name in names], "xlsx")
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        found = re.findall(r'<sheet name="([^"]*)"', archive.read("xl/workbook.xml").decode())
    assert found == ["a b c", "About 2", "x" * 28, "X" * 28 + " 2", "Table", "About"]
