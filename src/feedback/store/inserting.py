"""INSERT with ON CONFLICT, which both databases have and SQLAlchemy words apart."""

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Dialect, Table, bindparam
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
    return insert_on(session.get_bind().dialect.name, model)


def insert_on(dialect: str, model: type[SQLModel]) -> Insert:
    """The same, for a database of that name."""
    return sqlite.insert(table_of(model)) if dialect == "sqlite" else postgresql.insert(table_of(model))


def insert_new(dialect: str, model: type[SQLModel]) -> Insert:
    """An INSERT of one row by the names of its columns that leaves what is there as it is: for `Prepared`."""
    columns = table_of(model).c
    named = {column.name: bindparam(column.name, type_=column.type) for column in columns}
    return insert_on(dialect, model).values(named).on_conflict_do_nothing()


def insert_many(
    session: Session, model: type[SQLModel], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> int:
    """Insert rows, those that are there already left out. Returns how many are new.

    columns: every column of the table. rows: their values as the driver takes them, a document as its text: nothing is
    converted on the way, which for many rows would take longer than keeping them.
    """
    if not rows:
        return 0
    text, names, positional = _text(session.get_bind().dialect, model, tuple(columns))
    values: list[Any] = list(rows)
    if not positional:
        values = [dict(zip(columns, row, strict=True)) for row in rows]
    elif list(columns) != names:
        places = itemgetter(*(columns.index(name) for name in names))
        values = list(map(places, rows))
    return session.connection().exec_driver_sql(text, values).rowcount


@lru_cache(maxsize=64)
def _text(dialect: Dialect, model: type[SQLModel], columns: tuple[str, ...]) -> tuple[str, list[str], bool]:
    """The statement as the driver takes it, the order of its values, and whether they go by place."""
    statement = insert_on(dialect.name, model).on_conflict_do_nothing()
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    return str(compiled), list(compiled.positiontup or ()), bool(compiled.positional)
