"""Questionnaires as their files said them, version by version: whoever began on one goes on with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import select
from sqlmodel import Session

from feedback.store.inserting import insert, table_of
from feedback.store.tables import InstrumentVersions
from feedback.survey.instrument import read_instrument_text
from feedback.survey.questionnaire import Instrument

MOST_READ = 50
"""So many versions are held in memory, read."""


def keep_versions(session: Session, files: Mapping[str, tuple[Instrument, str, str]]) -> int:
    """Keep the text of each version that is not kept yet, or whose text has changed: a slip was mended in it.

    files: as survey.instrument.read_instrument_texts gives them. A version that is in no file any more stays. Returns
    how many were written: mostly none.
    """
    table, connection = table_of(InstrumentVersions), session.connection()
    kept = {tuple(row) for row in connection.execute(select(table.c.instrument, table.c.version, table.c.digest))}
    rows = []
    for instrument, source, scales in files.values():
        row = {"instrument": instrument.id, "version": instrument.version, "source": source, "scales": scales}
        digest = _digest(source, scales)
        if (instrument.id, instrument.version, digest) not in kept:
            rows.append(row | {"digest": digest})
    if rows:
        new = insert(session, InstrumentVersions)
        renewed = {name: new.excluded[name] for name in ("source", "scales", "digest")}
        ordered = sorted(rows, key=lambda row: (str(row["instrument"]), row["version"]))
        connection.execute(new.on_conflict_do_update(index_elements=["instrument", "version"], set_=renewed), ordered)
    return len(rows)


def read_version(session: Session, instrument_id: str, version: int) -> Instrument | None:
    """A questionnaire as that version asked it; None when it was never kept.

    Raises Refused when this program cannot read what an earlier one kept.
    """
    table = table_of(InstrumentVersions)
    wanted = select(table.c.digest, table.c.source, table.c.scales)
    wanted = wanted.where(table.c.instrument == instrument_id, table.c.version == version)
    row = session.connection().execute(wanted).first()
    return None if row is None else _read(_Text(f"{instrument_id}, version {version}", *row))


@dataclass(frozen=True)
class _Text:
    """A version's text; the same name and digest is the same text."""

    name: str
    digest: str
    source: str = field(compare=False)
    scales: str = field(compare=False)


@lru_cache(MOST_READ)
def _read(text: _Text) -> Instrument:
    return read_instrument_text(text.source, text.scales, text.name)


def _digest(source: str, scales: str) -> str:
    return sha256(f"{len(source)}:{source}{scales}".encode()).hexdigest()
