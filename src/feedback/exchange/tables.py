"""A finished table as a file: CSV, XLSX, Parquet, JSON, SPSS. Strings stay strings: no program takes one for a formula.

Nothing here looks at who may see what: tables come from the gate, or from the catalogue.
"""

import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from itertools import count
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from pandas import DataFrame, Series, isna
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from feedback.errors import Problem, Refused, suggest
from feedback.exchange.formulas import guarded

MOST_SHEET_ROWS = 1_048_575
"""Rows of a worksheet, its header left out (Excel's limit)."""
MOST_CELL_TEXT = 32_767
"""Characters of a worksheet's cell (Excel's limit)."""
LONGEST_SHEET_NAME = 31
WIDEST, NARROWEST = 60, 8  # characters
LOOKED_AT = 500  # rows by which a column's width is guessed
DAY_OF_FILE = datetime(1980, 1, 1)
"""The day files say they were made on (the first a ZIP archive knows), so that the same table is the same file."""
NO_SPSS = (
    "needs the package pyreadstat, which is not installed. Install it with: pip install pyreadstat "
    "(it is the extra “spss” of this project), or choose csv, xlsx, parquet or json."
)


@dataclass(frozen=True)
class Sheet:
    """A table with its name and what it says of itself: question, answer, caution, chosen, release, rows, ..."""

    name: str
    table: DataFrame
    about: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Format:
    """A kind of file. one: writes a table. many: writes several into one file; `bundle`: how that file's name ends."""

    name: str
    title: str
    mime: str
    one: Callable[[Sheet], bytes]
    many: Callable[[Sequence[Sheet]], bytes]
    bundle: str


def write_table(table: DataFrame, format: str, about: Mapping[str, str] | None = None, name: str = "Table") -> bytes:
    """The table as a file.

    table: one row a line; numbers, truth values, days, text and lists of these; missing is an empty cell (null in JSON
    and Parquet). The order of its rows is kept, and must tell nothing.
    format: a key of FORMATS. about: what the file says of itself; CSV and SPSS have no place for it.
    Raises Refused when the format is not known, or cannot hold the table.
    """
    return format_named(format).one(Sheet(name, table, about or {}))


def write_tables(sheets: Sequence[Sheet], format: str) -> bytes:
    """Several tables as one file: sheets of a workbook, members of one JSON document, else files in a ZIP archive."""
    return format_named(format).many(_with_own_names(sheets))


def format_named(name: str) -> Format:
    """The format of that name. Raises Refused with the nearest and all known ones."""
    if name not in FORMATS:
        raise Refused(
            [Problem("--format", f'"{name}" is not known.{suggest(name, FORMATS)} Known: {", ".join(FORMATS)}.')]
        )
    return FORMATS[name]


def csv_bytes(table: DataFrame) -> bytes:
    """The table as CSV in UTF-8 with a byte order mark, as spreadsheet programs expect it.

    A text that begins like a formula gets an apostrophe before it (see `formulas`); numbers stay numbers.
    """
    inert = flat(table).apply(_inert)
    inert.columns = [guarded(str(name)) for name in inert.columns]
    # Lines end as RFC 4180 says: only then a carriage return within a text is quoted, too.
    return inert.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def flat(table: DataFrame) -> DataFrame:
    """The table with nothing in its cells but numbers, truth values, days and text.

    A list of texts becomes one text, parted by "|" as the importers read it; anything else inside out becomes JSON.
    A column of several sorts becomes text.
    """
    plain = DataFrame({name: _flat_column(table[name]) for name in table.columns}, index=table.index)
    return plain.reset_index(drop=True)


def _flat_column(column: Series) -> Series:
    if is_numeric_dtype(column.dtype) or is_bool_dtype(column.dtype):
        return column
    cells = [_flat_cell(value) for value in column]
    sorts = {_sort_of(value) for value in cells if value is not None}
    if len(sorts) > 1 and not sorts <= {int, float}:
        cells = [None if value is None else str(value) for value in cells]
    return Series(cells, index=column.index, dtype=object)


def _sort_of(value: object) -> type:
    return next((sort for sort in (bool, int, float, datetime, date) if isinstance(value, sort)), str)


def _flat_cell(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        parts = sorted(value) if isinstance(value, set | frozenset) else value
        if all(isinstance(part, str) for part in parts):
            return "|".join(parts)
    if isinstance(value, list | tuple | dict | set | frozenset):
        return json.dumps(plain(value), ensure_ascii=False)
    if isna(value):
        return None
    if isinstance(value, bool | int | float | date):
        return value
    return value.item() if hasattr(value, "item") else str(value)


def plain(value: Any) -> Any:
    """A value as JSON knows it: missing and what is not finite is None, a day is text.

    >>> plain({"step": 4, "on": date(2026, 3, 1), "share": float("nan")})
    {'step': 4, 'on': '2026-03-01', 'share': None}
    """
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return [plain(each) for each in sorted(value)]
    if isinstance(value, str | bool) or value is None:
        return value
    if isna(value):
        return None
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | int) else str(value)


# --- CSV -------------------------------------------------------------------------------------------------------------


def _inert(column: Series) -> Series:
    return column if is_numeric_dtype(column.dtype) else column.map(_guarded)


def _guarded(value: Any) -> Any:
    return guarded(value) if isinstance(value, str) else value


def _csv(sheet: Sheet) -> bytes:
    return csv_bytes(sheet.table)


# --- XLSX ------------------------------------------------------------------------------------------------------------


def _xlsx(sheet: Sheet) -> bytes:
    return _workbook([sheet], [(_title(name), words) for name, words in sheet.about.items()])


def _xlsx_of_many(sheets: Sequence[Sheet]) -> bytes:
    told = list(dict.fromkeys(name for sheet in sheets for name in sheet.about))
    head = ("Sheet", *map(_title, told))
    return _workbook(sheets, [head, *((sheet.name, *(sheet.about.get(name, "") for name in told)) for sheet in sheets)])


def _workbook(sheets: Sequence[Sheet], about: Sequence[tuple[str, ...]]) -> bytes:
    """A workbook with a sheet for each table, its header frozen, and a last sheet "About"."""
    import xlsxwriter  # type: ignore[import-untyped]

    tables = [flat(sheet.table) for sheet in sheets]
    for sheet, table in zip(sheets, tables, strict=True):
        _refuse_what_no_sheet_holds(sheet.name, table)
    target = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": DAY_OF_FILE})
        for sheet, table in zip(sheets, tables, strict=True):
            _write_sheet(book, sheet.name, table)
        _write_about(book, about, alone=len(sheets) == 1)
    return target.getvalue()


def _write_about(book: Any, about: Sequence[tuple[str, ...]], *, alone: bool) -> None:
    """What the tables say of themselves: of one a line each, of several a row each under a header."""
    page = book.add_worksheet("About")
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 20)
    page.set_column(1, 20, 80 if alone else 40)
    if not alone:
        page.freeze_panes(1, 1)
    for row, cells in enumerate(about):
        for place, text in enumerate(cells):
            page.write_string(row, place, text, bold if place == 0 or (row == 0 and not alone) else wrapped)


def _write_sheet(book: Any, name: str, table: DataFrame) -> None:
    page = book.add_worksheet(name)
    page.freeze_panes(1, 0)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    for place, column in enumerate(table.columns):
        longest = max((len(str(value)) for value in table[column].head(LOOKED_AT) if not isna(value)), default=0)
        width = min(max(longest, len(str(column)), NARROWEST), WIDEST) + 2
        page.set_column(place, place, width, wrapped if longest > WIDEST else None)
    for place, column in enumerate(table.columns):
        page.write_string(0, place, str(column), bold)
    for row, cells in enumerate(table.itertuples(index=False, name=None), start=1):
        for place, value in enumerate(cells):
            _write_cell(page, row, place, value, day)


def _write_cell(page: Any, row: int, place: int, value: Any, day: Any) -> None:
    if isinstance(value, str):
        page.write_string(row, place, value)
    elif isna(value):
        return
    elif is_truth(value):
        page.write_boolean(row, place, bool(value))
    elif isinstance(value, date):
        page.write_datetime(row, place, value, day)
    elif isfinite(value):
        page.write_number(row, place, value)


def is_truth(value: object) -> bool:
    """Whether a value is True or False, of Python's sort or of NumPy's."""
    return isinstance(value, bool) or type(value).__name__ in ("bool", "bool_")


def _refuse_what_no_sheet_holds(name: str, table: DataFrame) -> None:
    if len(table) > MOST_SHEET_ROWS:
        _refuse("xlsx", f"{name} has {len(table):,} rows; a sheet holds {MOST_SHEET_ROWS:,}. Choose csv or parquet.")
    for column in table.columns:
        longest = max((len(value) for value in table[column] if isinstance(value, str)), default=0)
        if longest > MOST_CELL_TEXT:
            said = f'{name}, column "{column}" holds a text of {longest:,} characters; a cell holds {MOST_CELL_TEXT:,}.'
            _refuse("xlsx", f"{said} Choose csv or parquet.")


def _refuse(format: str, said: str) -> NoReturn:
    raise Refused([Problem(f"--format {format}", said)])


def _title(name: str) -> str:
    return name[:1].upper() + name[1:].replace("_", " ")


# --- Parquet ---------------------------------------------------------------------------------------------------------


def _parquet(sheet: Sheet) -> bytes:
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.Table.from_pandas(flat(sheet.table), preserve_index=False)
    about = json.dumps(dict(sheet.about), ensure_ascii=False).encode()
    target = BytesIO()
    parquet.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), b"about": about}), target)
    return target.getvalue()


# --- JSON ------------------------------------------------------------------------------------------------------------


def _document(sheet: Sheet) -> dict[str, Any]:
    columns = [str(name) for name in sheet.table.columns]
    rows = sheet.table.itertuples(index=False, name=None)
    return {
        "about": dict(sheet.about),
        "columns": columns,
        "rows": [dict(zip(columns, map(plain, row), strict=True)) for row in rows],
    }


def json_bytes(document: Any) -> bytes:
    """A document as JSON text in UTF-8, readable by people."""
    return (json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def _json(sheet: Sheet) -> bytes:
    return json_bytes(_document(sheet))


def _json_of_many(sheets: Sequence[Sheet]) -> bytes:
    return json_bytes({sheet.name: _document(sheet) for sheet in sheets})


# --- SPSS ------------------------------------------------------------------------------------------------------------


def has_spss() -> bool:
    """Whether the package that writes SPSS files is there."""
    try:
        import pyreadstat  # noqa: F401
    except ModuleNotFoundError:
        return False
    return True


def _sav(sheet: Sheet) -> bytes:
    if not has_spss():
        _refuse("sav", NO_SPSS)
    import pyreadstat

    table = flat(sheet.table)
    labels: list[str | None] = [str(name) for name in table.columns]
    table.columns = list(_spss_names(map(str, table.columns)))
    truths = [name for name in table.columns if is_bool_dtype(table[name].dtype)]
    table = table.astype(dict.fromkeys(truths, "Int64"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.sav"
        pyreadstat.write_sav(table, str(path), column_labels=labels, file_label=sheet.about.get("question", "")[:60])
        return path.read_bytes()


def _spss_names(labels: Iterable[str]) -> Iterable[str]:
    """Names SPSS takes: letters, digits and _, a letter first, at most 60, each another.

    >>> list(_spss_names(["Low (90%)", "low 90", "4th"]))
    ['low_90', 'low_90_2', 'v_4th']
    """
    taken: set[str] = set()
    for label in labels:
        stem = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:50] or "v"
        stem = stem if stem[0].isalpha() else f"v_{stem}"
        name = next(each for each in _numbered(stem, "_") if each not in taken)
        taken.add(name)
        yield name


# --- several tables --------------------------------------------------------------------------------------------------


def _archive(one: Callable[[Sheet], bytes], ending: str) -> Callable[[Sequence[Sheet]], bytes]:
    def write(sheets: Sequence[Sheet]) -> bytes:
        target = BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for sheet in sheets:
                place = zipfile.ZipInfo(f"{sheet.name}.{ending}", DAY_OF_FILE.timetuple()[:6])
                archive.writestr(place, one(sheet), zipfile.ZIP_DEFLATED)
            told = json_bytes({sheet.name: dict(sheet.about) for sheet in sheets})
            archive.writestr(zipfile.ZipInfo("about.json", DAY_OF_FILE.timetuple()[:6]), told, zipfile.ZIP_DEFLATED)
        return target.getvalue()

    return write


def _with_own_names(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The tables under names that differ and that a workbook and a folder take."""
    taken, named = {"about"}, []
    for sheet in sheets:
        stem = re.sub(r"[\[\]:*?/\\']+", " ", sheet.name).strip()[: LONGEST_SHEET_NAME - 3] or "Table"
        name = next(each for each in _numbered(stem, " ") if each.lower() not in taken)
        taken.add(name.lower())
        named.append(Sheet(name, sheet.table, sheet.about))
    return named


def _numbered(stem: str, between: str) -> Iterable[str]:
    yield stem
    yield from (f"{stem}{between}{number}" for number in count(2))


_ALL = (
    Format("csv", "CSV", "text/csv", _csv, _archive(_csv, "csv"), "zip"),
    Format(
        "xlsx",
        "Excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _xlsx,
        _xlsx_of_many,
        "xlsx",
    ),
    Format("parquet", "Parquet", "application/vnd.apache.parquet", _parquet, _archive(_parquet, "parquet"), "zip"),
    Format("json", "JSON", "application/json", _json, _json_of_many, "json"),
    Format("sav", "SPSS", "application/x-spss-sav", _sav, _archive(_sav, "sav"), "zip"),
)

FORMATS: Mapping[str, Format] = MappingProxyType({format.name: format for format in _ALL})
"""Every kind of file a table is written as, by name; on pages all but SPSS are offered."""
