"""A gated table as a file. Strings stay strings: a spreadsheet never takes one for a formula."""

from pandas import DataFrame, Series

LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings that a spreadsheet program may take for a formula (the last four are their full-width forms)."""


def csv_bytes(table: DataFrame) -> bytes:
    """The table as CSV in UTF-8 with a byte order mark, as spreadsheet programs expect it.

    A text that begins like a formula gets an apostrophe before it; numbers stay numbers. Importing undoes it.
    """
    return table.apply(_inert).to_csv(index=False).encode("utf-8-sig")


def _inert(column: Series) -> Series:
    texts = column.map(lambda value: isinstance(value, str) and value.lstrip(" ").startswith(LIVE))
    return column.where(~texts, "'" + column.astype("string")) if texts.any() else column
