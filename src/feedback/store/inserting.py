"""INSERT with ON CONFLICT, which both databases have and SQLAlchemy words apart."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

Insert = sqlite.Insert | postgresql.Insert
Piece = TypeVar("Piece")

# SQLite takes 32,766 values in a statement, PostgreSQL 65,535; this stays below with room to spare.
MOST_VALUES = 10_000


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a class of store.tables."""
    return model.__table__  # type: ignore[attr-defined]


def insert(session: Session, model: type[SQLModel]) -> Insert:
    """An INSERT for the session's database that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table_of(model))
    return postgresql.insert(table_of(model))


def insert_many(
    session: Session, model: type[SQLModel], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> int:
    """Insert rows, those that are there already left out. Returns how many are new.

    columns: every column of the table. rows: their values as the driver takes them, a document as its text: nothing is
    converted on the way, which for many rows would take longer than keeping them.
    """
    if not rows:
        return 0
    statement = insert(session, model).on_conflict_do_nothing()
    compiled = statement.compile(dialect=session.get_bind().dialect, column_keys=list(columns))
    values: list[Any] = list(rows)
    if not compiled.positional:
        values = [dict(zip(columns, row, strict=True)) for row in rows]
    elif list(columns) != compiled.positiontup:
        places = itemgetter(*(columns.index(name) for name in compiled.positiontup or ()))
        values = list(map(places, rows))
    return session.connection().exec_driver_sql(str(compiled), values).rowcount
