"""How far people get with a survey, counted: no time, no person, and in no transaction that keeps an answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from feedback.store.inserting import insert, table_of
from feedback.store.tables import Funnel, Surveys

Key = tuple[str, str, str, int]
"""Survey, language, mark, value: see tables.Funnel."""


@dataclass(frozen=True)
class Count:
    """How often a mark was made. The rest: see tables.Funnel."""

    survey: str
    language: str
    mark: str
    value: int
    count: int


def add(session: Session, counts: Mapping[Key, int]) -> None:
    """Count marks that were made since the last time. Those of surveys that are gone are left out."""
    surveys = table_of(Surveys)
    named = sorted({survey for survey, *_ in counts})
    # On PostgreSQL they cannot be taken away until this is over; SQLite lets one write at a time anyway.
    there = select(surveys.c.slug).where(surveys.c.slug.in_(named)).with_for_update(read=True, key_share=True)
    known = set(session.connection().execute(there.order_by(surveys.c.slug)).scalars())
    # In order, so that two processes never wait for each other.
    rows = [
        {"survey": survey, "language": language, "mark": mark, "value": value, "count": count}
        for (survey, language, mark, value), count in sorted(counts.items())
        if survey in known and count
    ]
    if not rows:
        return
    table, new = table_of(Funnel), insert(session, Funnel)
    more = {"count": table.c["count"] + new.excluded["count"]}
    keys = ["survey", "language", "mark", "value"]
    session.connection().execute(new.on_conflict_do_update(index_elements=keys, set_=more), rows)


def read(session: Session, survey: str | None = None) -> list[Count]:
    """What was counted, of one survey or of all, in order."""
    table = table_of(Funnel)
    found = select(table).order_by(table.c.survey, table.c.language, table.c.mark, table.c.value)
    if survey is not None:
        found = found.where(table.c.survey == survey)
    return [Count(**row) for row in session.connection().execute(found).mappings()]
