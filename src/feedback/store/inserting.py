"""INSERT with ON CONFLICT, which both databases have and SQLAlchemy words apart."""

from typing import TypeVar

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
