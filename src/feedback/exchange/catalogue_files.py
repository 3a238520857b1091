"""What the catalogue holds as rows of a file, which `feedback import` takes again and finds nothing new in."""

import csv
import io
import re

from sqlmodel import Session

from feedback.catalogue.rows import table
from feedback.store import catalogue

# What spreadsheets would take for a formula, with the apostrophes that may stand before it already.
LIVE = re.compile(r"'*[=+\-@\t\r＝＋－＠]")


def catalogue_table(session: Session, entity: str) -> tuple[tuple[str, ...], list[list[str]]]:
    """The columns of an entity and a row of texts for each of its values, by slug. For writers that keep texts texts.

    Raises FeedbackError for an entity that is not known.
    """
    known = catalogue.known_entity(entity)
    return table(known, catalogue.read(session, entity))


def catalogue_csv(session: Session, entity: str) -> str:
    """The same as the text of a CSV file; what looks like a formula has an apostrophe before it (see `guarded`)."""
    columns, rows = catalogue_table(session, entity)
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return file.getvalue()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula. `exchange.answers.unguarded` takes the apostrophe away again.

    >>> guarded("=SUM(A1)"), guarded("'=1"), guarded("'tis")
    ("'=SUM(A1)", "''=1", "'tis")
    """
    return f"'{cell}" if LIVE.match(cell) else cell
