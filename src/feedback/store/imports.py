"""Remember which files were brought in."""

import secrets
from datetime import date
from pathlib import PurePath

from pydantic import field_validator
from sqlalchemy import select
from sqlmodel import Field, Session

from feedback.catalogue.values import Value
from feedback.store.clock import now
from feedback.store.inserting import insert, table_of
from feedback.store.tables import Imports


class Import(Value):
    """A file brought in. kind: comments, ratings, ...; file: its name without folders; digest: SHA-256 of its bytes.

    rows: how many it holds; new_rows: how many were not there before. waiting, undone_on: see tables.Imports.
    """

    id: str = Field(default_factory=lambda: secrets.token_hex(16))
    kind: str
    file: str
    digest: str
    rows: int = Field(ge=0)
    new_rows: int = Field(ge=0)
    imported_on: date | None = None
    waiting: bool = False
    undone_on: date | None = None
    is_sample: bool = False

    @field_validator("file")
    @classmethod
    def _only_the_name(cls, file: str) -> str:
        return PurePath(file.replace("\\", "/")).name


def save_import(session: Session, brought: Import) -> None:
    """Remember a file that was brought in; imported_on defaults to today in UTC by the database's clock."""
    row = brought.model_dump() | {"imported_on": brought.imported_on or now(session).date()}
    session.connection().execute(insert(session, Imports).values(row))


def read_imports(session: Session) -> list[Import]:
    """Every file that was brought in, the newest day first."""
    table = table_of(Imports)
    rows = session.connection().execute(select(table).order_by(table.c.imported_on.desc(), table.c.id)).mappings()
    return [Import.model_construct(**row) for row in rows]


def waiting_imports(session: Session) -> list[str]:
    """The ids of imports whose answers no release has published yet."""
    table = table_of(Imports)
    return list(session.connection().execute(select(table.c.id).where(table.c.waiting).order_by(table.c.id)).scalars())
