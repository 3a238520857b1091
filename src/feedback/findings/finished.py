"""Answers worked out beforehand, as documents: kept by the worker, shown by pages within a moment.

Light: importing it loads no charts and no models, so that a page that only shows what is finished is quick.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol
from zlib import crc32

import numpy as np
from pandas import NA, DataFrame, Series, array, isna

from feedback import __version__
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.errors import FeedbackError
from feedback.findings.evidence import Choice

MODES: tuple[Mode, ...] = ("light", "dark")
FORM = 1
"""The form of the documents; one of another form is worked out again."""
PLAIN = {"bool": "bool", "int64": "int64", "float64": "float64", "Int64": "Int64", "boolean": "boolean"}
"""Types of columns that say all of their values; the others are written value by value."""


class Shown(Protocol):
    """What a page shows of an answer, worked out now or before."""

    @property
    def question(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def caution(self) -> str: ...
    @property
    def table(self) -> DataFrame: ...
    @property
    def rows(self) -> DataFrame: ...
    @property
    def alt(self) -> str: ...
    @property
    def shown(self) -> DataFrame: ...
    def chart(self, mode: Mode) -> dict | None: ...


@dataclass(frozen=True)
class Finished:
    """An answer out of its document: what findings.work.Answer shows, without what it takes to draw it.

    rows: what may be shown, row by row, where there is no picture of it (such as comments); else empty. pictures: the
    specification by mode, None where there is nothing to draw.
    """

    question: str
    sentence: str
    caution: str
    alt: str
    table: DataFrame
    rows: DataFrame = field(repr=False)
    pictures: Mapping[str, dict | None] = field(repr=False)

    @property
    def shown(self) -> DataFrame:
        """The rows that may be shown: all there are."""
        return self.rows

    def chart(self, mode: Mode) -> dict | None:
        """The picture for "light" or "dark"; None where there is nothing to draw."""
        return self.pictures[mode]


def choice_key(choice: Choice, limits: Limits) -> str:
    """A choice as text, the same for the same choice, limits and program.

    >>> choice_key(Choice(credential="sql"), Limits())[-22:]
    ' {"credential": "sql"}'
    """
    chosen = {name: value for name, value in sorted(asdict(choice).items()) if value}
    return f"{stamp(limits)} {json.dumps(chosen)}"


def stamp(limits: Limits) -> str:
    """A mark of what a finished answer depends on beside the data: the program and what it lets pass."""
    return f"{__version__} {crc32(repr(limits).encode()):08x}"


def document_of(answer: Shown) -> dict[str, Any]:
    """An answer as a document of JSON: its words, its table, and both its pictures.

    Rows go in only where there is no picture, and of these only what may be shown; withheld rows stay out.
    """
    pictures = {mode: answer.chart(mode) for mode in MODES}
    rows = answer.shown if all(picture is None for picture in pictures.values()) else answer.shown.iloc[:0, :0]
    return {
        "form": FORM,
        "question": answer.question,
        "sentence": answer.sentence,
        "caution": answer.caution,
        "alt": answer.alt,
        "table": columns_of(answer.table),
        "rows": columns_of(rows.reset_index(drop=True)),
        "pictures": {mode: plain(picture) for mode, picture in pictures.items()},
    }


def answer_of(document: Mapping[str, Any]) -> Finished:
    """The answer in a document of `document_of`. Raises FeedbackError for one of another form: work it out again."""
    if document.get("form") != FORM:
        raise FeedbackError(
            f"a finished answer has form {document.get('form')!r}, and {FORM} is read here: recompute it."
        )
    return Finished(
        question=document["question"],
        sentence=document["sentence"],
        caution=document["caution"],
        alt=document["alt"],
        table=table_of(document["table"]),
        rows=table_of(document["rows"]),
        pictures=document["pictures"],
    )


def columns_of(table: DataFrame) -> dict[str, Any]:
    """A table as JSON: how many rows, and each column with its type and values. Any index is left out."""
    return {
        "rows": len(table),
        "columns": [
            {"name": str(name), "type": str(table[name].dtype), "values": _values(table[name])} for name in table
        ],
    }


def table_of(document: Mapping[str, Any]) -> DataFrame:
    """The table `columns_of` wrote: the same columns, types and values, missing ones missing."""
    columns = {column["name"]: _column(column["type"], column["values"]) for column in document["columns"]}
    return DataFrame(columns, index=range(document["rows"]))


def _values(column: Series) -> list[Any]:
    if str(column.dtype) == "float64":
        return [_number(value) for value in column.tolist()]
    if str(column.dtype) in PLAIN:
        return [None if value is NA else value for value in column.tolist()]
    return [_packed(value) for value in column.tolist()]


def _column(kind: str, values: list[Any]) -> Series:
    if kind == "float64":
        return Series([_unpacked(value) if value is not None else math.nan for value in values], dtype="float64")
    if kind in ("Int64", "boolean"):
        return Series(array(values, dtype=kind))
    if kind in PLAIN:
        return Series(values, dtype=PLAIN[kind])
    found = np.empty(len(values), dtype=object)
    found[:] = [_unpacked(value) for value in values]
    return Series(found, dtype=object).astype(kind) if kind != "object" else Series(found, dtype=object)


def _number(value: float) -> Any:
    """A number as JSON has it: a missing one is null, an infinite one is put into words."""
    return None if math.isnan(value) else value if math.isfinite(value) else {"number": str(value)}


def _packed(value: Any) -> Any:
    """One value of a mixed column as JSON; what JSON does not tell apart is named."""
    if value is None or isinstance(value, str | bool):
        return value
    if value is NA:
        return {"missing": True}
    if isinstance(value, np.generic):
        return _packed(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else {"number": str(value)}
    if isinstance(value, int):
        return value
    if isinstance(value, tuple):
        return {"tuple": [_packed(each) for each in value]}
    if isinstance(value, list):
        return [_packed(each) for each in value]
    if isinstance(value, Mapping):
        return {"mapping": [[_packed(key), _packed(held)] for key, held in value.items()]}
    raise FeedbackError(f"a finished answer cannot hold {type(value).__name__}: {str(value)[:60]}; write it as text.")


def _unpacked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpacked(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "missing" in value:
        return NA
    if "number" in value:
        return float(value["number"])
    if "tuple" in value:
        return tuple(_unpacked(each) for each in value["tuple"])
    return {_unpacked(key): _unpacked(held) for key, held in value["mapping"]}


def plain(value: Any) -> Any:
    """A picture's specification in JSON's own types: no NumPy numbers, no tuples, nothing that is not a number."""
    if isinstance(value, Mapping):
        return {str(key): plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if value is None or isinstance(value, str | bool | int):
        return value
    return None if isna(value) or not math.isfinite(value) else float(value)
