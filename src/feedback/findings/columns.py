"""Tables and pictures as JSON, and back as they were: the same columns, types and values, missing ones missing."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from pandas import NA, DataFrame, Series, array, isna

from feedback.errors import FeedbackError

PLAIN = {"bool": "bool", "int64": "int64", "float64": "float64", "Int64": "Int64", "boolean": "boolean"}
"""Types of columns that say all of their values; the others are written value by value."""


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
