"""Findings that were worked out and may be shown, kept as documents beside the version of the data they say."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlmodel import Session

from feedback.store.inserting import insert, table_of
from feedback.store.tables import Finished

Place = tuple[str, str]
"""Where a document is kept: finding and choice."""


def keep(session: Session, finding: str, choice: str, version: int, mark: str, document: Mapping[str, Any]) -> None:
    """Keep a finished finding in place of the one that was there. One of a later version is never replaced.

    mark: of all it was worked out from.
    """
    table = table_of(Finished)
    values = {"version": version, "mark": mark, "document": dict(document)}
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


def unchanged(session: Session, version: int, marks: Mapping[Place, str]) -> set[Place]:
    """What was worked out for an earlier version and holds for this one too, since its mark is still the same.

    marks: of this version.
    """
    table = table_of(Finished)
    older = select(table.c.finding, table.c.choice, table.c.mark).where(table.c.version < version)
    return {
        (finding, choice)
        for finding, choice, mark in session.connection().execute(older)
        if marks.get((finding, choice)) == mark
    }


def carry_over(session: Session, version: int, places: Collection[Place]) -> None:
    """Say that what was worked out for an earlier version holds for this one."""
    table = table_of(Finished)
    same = (table.c.finding == bindparam("at_finding"), table.c.choice == bindparam("at_choice"))
    rows = [{"at_finding": finding, "at_choice": choice} for finding, choice in sorted(places)]
    moved = table.update().where(*same, table.c.version < version).values(version=version)
    session.connection().execute(moved, rows)


def kept(session: Session, version: int) -> set[Place]:
    """What there is of a version."""
    table = table_of(Finished)
    rows = session.connection().execute(select(table.c.finding, table.c.choice).where(table.c.version == version))
    return {(finding, choice) for finding, choice in rows}


def drop_older(session: Session, version: int) -> int:
    """Throw away what was worked out for an older version. Returns how many."""
    table = table_of(Finished)
    return session.connection().execute(delete(table).where(table.c.version < version)).rowcount
