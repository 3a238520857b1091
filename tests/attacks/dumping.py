"""What somebody finds who has a copy of the database."""

from typing import Any

from sqlalchemy import Engine, text

from feedback.store.database import reading
from feedback.store.tables import metadata


def rows_of(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in the order in which the database gives them."""
    with reading(engine) as session:
        return {
            name: [dict(row) for row in session.connection().execute(text(f"SELECT * FROM {name}")).mappings()]  # noqa: S608
            for name in sorted(metadata.tables)
        }


def everything_in(engine: Engine) -> bytes:
    """All of it in one piece; on SQLite the files themselves, with what lies about in them."""
    told = repr(rows_of(engine)).encode()
    if engine.dialect.name == "sqlite":
        for part in ("", "-wal"):
            try:
                with open(f"{engine.url.database}{part}", "rb") as file:
                    told += file.read()
            except FileNotFoundError:
                continue
    return told
