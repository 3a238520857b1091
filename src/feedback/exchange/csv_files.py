"""Reads CSV files of strangers safely: one dialect, one encoding, bounded size, every slip named by line and column."""

import codecs
import csv
import gzip
import io
import stat
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, Any, NoReturn

from feedback.catalogue.reading import shortened
from feedback.errors import Problem, Refused

MAXIMUM_COLUMNS = 200
MAXIMUM_ROWS = 5_000_000
MAXIMUM_BYTES = 200_000_000  # unpacked
MAXIMUM_CELL = 131_072  # characters; the csv module's own default, set here because it is shared by the process
MAXIMUM_LINE = 1_000_000  # characters; longer than 200 columns of the longest sensible comment
MAXIMUM_PROBLEMS = 200
DELIMITERS = (",", ";", "\t")
NO_DELIMITER = "\ud800"
"""What parts the cells of a file of one column: half a surrogate pair, which no text in UTF-8 can hold."""
CHUNK = 1 << 16


class Problems:
    """What is wrong with a file, so far: the first 200 problems in full, the others counted."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.count = 0
        self._kept: list[Problem] = []

    def tell(self, problem: Problem) -> None:
        """Note one problem."""
        self.count += 1
        if len(self._kept) < MAXIMUM_PROBLEMS:
            self._kept.append(problem)

    def cell(self, line: int, name: str, message: str, what: str = "column") -> None:
        """Note what is wrong with one cell, or with one field of a document.

        >>> found = Problems("ratings.csv")
        >>> found.cell(12, "score", 'found "six"; a number from 1 to 5 is needed.')
        >>> print(found.listed()[0])
        ratings.csv, line 12, column "score": found "six"; a number from 1 to 5 is needed.
        """
        self.tell(Problem(f'{self.file}, line {line}, {what} "{name}"', message))

    def line(self, line: int, message: str) -> None:
        """Note what is wrong with one line as a whole."""
        self.tell(Problem(f"{self.file}, line {line}", message))

    def listed(self) -> tuple[Problem, ...]:
        """The problems in the order found; beyond 200 one last entry says how many more there are."""
        more = self.count - len(self._kept)
        return tuple(self._kept) + ((Problem(self.file, f"and {more:,} more."),) if more > 0 else ())

    def stop(self, message: str, line: int | None = None) -> NoReturn:
        """Raise Refused with all found so far and this last one, after which the file cannot be read on."""
        del self._kept[MAXIMUM_PROBLEMS - 1 :]  # so that the reason for stopping is listed itself
        self.tell(Problem(self.file if line is None else f"{self.file}, line {line}", message))
        raise Refused(self.listed())

    def refuse_any(self) -> None:
        """Raise Refused when there is any problem."""
        if self.count:
            raise Refused(self.listed())


class CsvTable:
    """An open CSV file: its columns now, its rows one after the other.

    columns: the header's names, stripped, distinct, none blank (but the first, where row names were allowed).
    delimiter: the one found in the header line.
    """

    def __init__(self, lines: Iterator[str], problems: Problems, row_names: bool = False) -> None:
        self.problems = problems
        self._row_names = row_names
        first = next(lines, "")
        if not first:
            problems.stop("is empty; the first line names the columns.")
        self.delimiter = _delimiter(first)
        csv.field_size_limit(MAXIMUM_CELL)
        self._reader = csv.reader(chain([first], lines), delimiter=self.delimiter, strict=True)
        self.columns = self._header()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row that has as many cells as the header, with the physical line it begins on; blank lines are skipped.

        Rows of another length are noted among the problems and left out. What makes the rest of the file
        unreadable (a quote never closed, a NUL, another encoding, too much of it) raises Refused with all found so far.
        """
        width, rows = len(self.columns), 0
        line = self._reader.line_num + 1
        try:
            for cells in self._reader:
                if len(cells) == width:
                    rows += 1
                    if rows > MAXIMUM_ROWS:
                        self.problems.stop(f"more than {MAXIMUM_ROWS:,} rows; split the file.", line)
                    yield line, cells
                elif cells:
                    self.problems.line(line, f"found {_cells(len(cells))}; the header has {width}.")
                line = self._reader.line_num + 1
        except csv.Error as error:
            self.problems.stop(_plain(error), line)

    def _header(self) -> tuple[str, ...]:
        try:
            names = [name.strip() for name in next(self._reader, [])]
        except csv.Error as error:
            self.problems.stop(_plain(error), 1)
        self._check_header(names)
        self.problems.refuse_any()
        return tuple(names)

    def _check_header(self, names: Sequence[str]) -> None:
        if len(names) > MAXIMUM_COLUMNS:
            self.problems.line(1, f"found {_cells(len(names))}; at most {MAXIMUM_COLUMNS} are read.")
            return
        if not any(names):
            self.problems.line(1, "found no column names; the first line names the columns.")
            return
        for place, name in enumerate(names, start=1):
            if not name and not (self._row_names and place == 1):
                self.problems.line(1, f"column {place} has no name; the first line names every column.")
            elif name and name in names[: place - 1]:
                self.problems.line(1, f'the column name "{shortened(name)}" stands there twice; names must differ.')


@contextmanager
def open_csv(path: Path, row_names: bool = False) -> Iterator[CsvTable]:
    """Open a .csv or .csv.gz file (told by its content) and read its header.

    UTF-8, with or without a byte order mark; comma, semicolon or tab, whichever the header line has most of; quotes
    doubled inside quotes. Raises Refused when the file is not there, is empty, is something else (a spreadsheet,
    UTF-16, Latin-1, packed data that is damaged) or when its header is blank, doubled or wider than 200 columns.
    row_names: the first column may have no name, as programs for statistics write the names of rows.
    """
    problems = Problems(path.name)
    with open_lines(path, problems, MAXIMUM_BYTES) as lines:
        yield CsvTable(lines, problems, row_names)


@contextmanager
def open_lines(path: Path, problems: Problems, most: int) -> Iterator[Iterator[str]]:
    """The lines of a file of text in UTF-8, unpacked if they are gzip; at most so many bytes. Raises Refused."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Refused([Problem(str(path), "is not a file.")])
        file = path.open("rb")
    except OSError as error:
        raise Refused([Problem(str(path), f"cannot be read: {error.strerror or error}.")]) from error
    with file:
        start = file.read(4)
        file.seek(0)
        if start.startswith(b"PK\x03\x04"):
            problems.stop("is a spreadsheet or a ZIP archive; save the sheet as CSV (UTF-8).")
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or (len(start) > 1 and 0 in start[:2]):
            problems.stop('is in UTF-16 or another two-byte encoding; save it in UTF-8 (a sheet as "CSV UTF-8").')
        unpacked: IO[bytes] = gzip.GzipFile(fileobj=file) if start.startswith(b"\x1f\x8b") else file  # type: ignore[assignment]
        bounded = io.BufferedReader(_Bounded(unpacked, problems, most), CHUNK)
        yield _lines(bounded, problems)


class _Bounded(io.RawIOBase):
    """Bytes from a file, unpacked, until there are too many: a small packed file may hold any number of them."""

    def __init__(self, source: IO[bytes], problems: Problems, most: int) -> None:
        self._source, self._problems, self._most, self._total = source, problems, most, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            chunk = self._source.read(len(buffer))
        except (EOFError, zlib.error, OSError) as error:
            self._problems.stop(f"is damaged: it cannot be read to its end ({error}).")
        self._total += len(chunk)
        if self._total > self._most:
            self._problems.stop(f"holds more than {self._most // 1_000_000} MB; split the file.")
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _lines(source: "io.BufferedReader[Any]", problems: Problems) -> Iterator[str]:
    """The physical lines with their ends, decoded strictly. Raises Refused at one that is not UTF-8 text."""
    stream = io.TextIOWrapper(source, encoding="utf-8-sig", errors="strict", newline="")
    line = 0
    try:
        while text := stream.readline(MAXIMUM_LINE + 1):
            line += 1
            if len(text) > MAXIMUM_LINE:
                problems.stop(f"is longer than {MAXIMUM_LINE:,} characters; this is no table of answers.", line)
            if "\0" in text:
                problems.stop("found a NUL character; text has none.", line)
            yield text
    except UnicodeDecodeError as error:
        # Whole lines before this chunk have been handed out; the others are counted in the chunk itself.
        before = error.object[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        problems.stop(
            f"found the byte 0x{error.object[error.start]:02X}, which is not UTF-8; the file may be in an older "
            'encoding such as Latin-1. Save it as "CSV UTF-8".',
            line + 1 + before.count(b"\n"),
        )


def _delimiter(header: str) -> str:
    """The delimiter the header line has most of outside quotes.

    A header without any is that of one column: then a comma, semicolon or tab in a cell is part of the cell.

    >>> _delimiter('title;"kind, or type";hours')
    ';'
    """
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside.count) if any(each in outside for each in DELIMITERS) else NO_DELIMITER


def _cells(number: int) -> str:
    return "1 column" if number == 1 else f"{number:,} columns"


def _plain(error: csv.Error) -> str:
    """The csv module's message in words for whoever made the file."""
    text = str(error)
    if "field limit" in text:
        return f"a cell is longer than {MAXIMUM_CELL:,} characters; a quote may be open."
    if "end of data" in text:
        return "a quote opened in this row is never closed."
    if "expected after" in text:
        return "a quote stands inside a quoted cell; double it inside quotes."
    return f"cannot be read as CSV ({text})."
