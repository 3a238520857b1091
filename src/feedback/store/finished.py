"""Findings that were worked out and may be shown, kept as documents beside the version of the data they say."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session

from feedback.store.inserting import insert, table_of
from feedback.store.tables import Finished


def keep(session: Session, finding: str, choice: str, version: int, document: Mapping[str, Any]) -> None:
    """Keep a finished finding in place of the one that was there. One of a later version is never replaced."""
    table = table_of(Finished)
    values = {"version": version, "document": dict(document)}
    row = insert(session, Finished).values(finding=finding, choice=choice, **values)
    where = table.c.version <= version
    session.connection().execute(
        row.on_conflict_do_update(index_elements=["finding", "choice"], set_=values, where=where)
    )


def read(session: Session, finding: str, choice: str, version: int) -> Mapping[str, Any] | None:
    """The document of a finding for a choice at exactly that version of the data; None when there is none."""
    table = table_of(Finished)
    same = (table.c.finding == finding, table.c.choice == choice, table.c.version == version)
    return session.connection().execute(select(table.c.document).where(*same)).scalar_one_or_none()


def kept(session: Session, version: int) -> set[tuple[str, str]]:
    """What there is of a version, as (finding, choice)."""
    table = table_of(Finished)
    rows = session.connection().execute(select(table.c.finding, table.c.choice).where(table.c.version == version))
    return {(finding, choice) for finding, choice in rows}


def drop_older(session: Session, version: int) -> int:
    """Throw away what was worked out for an older version. Returns how many."""
    table = table_of(Finished)
    return session.connection().execute(delete(table).where(table.c.version < version)).rowcount
