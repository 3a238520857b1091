"""A shown table in texts, so that it stays what it was whatever becomes of the program; without what people wrote."""

from collections.abc import Mapping
from typing import Any

from pandas import DataFrame, isna

MOST_ROWS = 200
"""So many rows of a table are kept."""
WRITTEN = frozenset(
    {"Change asked for", "Comment", "Told by", "What is asked for", "Also said as", "Words"}
    | {f"Quote {number}" for number in (1, 2, 3)}
)
"""Columns that hold people's own words. They can be taken back and erased; what is frozen cannot."""
NOT_KEPT = "in words that are not kept here"


def texts_of(table: DataFrame) -> tuple[list[str], list[list[str]]]:
    """The columns of a table and its rows, the first of them, every cell as text; "" for what is missing.
    Of what people wrote only that they did.

    >>> texts_of(DataFrame({"Share": [88.0, None], "Steps": [["1", "2"], []]}))
    (['Share', 'Steps'], [['88', '1, 2'], ['', '']])
    """
    rows = table.head(MOST_ROWS).itertuples(index=False, name=None)
    names = [str(name) for name in table]
    return names, [[_cell(name, value) for name, value in zip(names, row, strict=True)] for row in rows]


def _cell(name: str, value: Any) -> str:
    text = _text(value)
    return NOT_KEPT if text and name in WRITTEN else text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_text(held)}" for name, held in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_text(each) for each in value)
    if value is None or isna(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
