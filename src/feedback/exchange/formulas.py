"""Keeping the cells of a CSV file from being taken for formulas, so that every text comes back as it was."""

import re

LIVE = re.compile(r"[\s']*[=+\-@＝＋－＠]|'*[\t\r\n]")
"""Beginnings that a spreadsheet program may take for a formula, also after spaces (the last four signs are full-width
forms), with the apostrophes that may stand before them already."""


def guarded(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula; `unguarded` makes the same text of it again.

    >>> guarded("=SUM(A1)"), guarded(" =1"), guarded("'=1"), guarded("'tis"), guarded("a=1")
    ("'=SUM(A1)", "' =1", "''=1", "'tis", 'a=1')
    """
    return f"'{cell}" if LIVE.match(cell) else cell


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that keeps it from being taken for a formula. Any other text stays as it is.

    >>> unguarded("'=SUM(A1)"), unguarded("=SUM(A1)"), unguarded("'tis"), unguarded("''=1"), unguarded("' =1")
    ('=SUM(A1)', '=SUM(A1)', "'tis", "'=1", ' =1')
    """
    return cell[1:] if cell.startswith("'") and LIVE.match(cell[1:]) else cell
