"""Mix what lies in the database's files, so that they do not tell in which order people answered, nor who gave which
answer.

No column says so, but a file does. Within a page of SQLite the newest row lies lowest: of 200 answers, which of two on
a page of an index came first could be told right in 72 of 100 cases. PostgreSQL writes the number of the transaction
into each row: the same one into a response and the invitation it was given by. So whatever a release publishes is
deleted and written again in random order, and what was deleted is overwritten. On SQLite a VACUUM would do the same,
but it copies the whole file and lets nobody write meanwhile; this costs as much as is new.

Whoever runs the database can see all the same:
- between two releases: the write-ahead log, which pairs an invitation with a response as both are saved. SQLite's (the
  file beside it) is emptied here. PostgreSQL's is kept as long as its settings say. An archive of it, a replica, a copy
  of the files or of the disk that was made in between hold the pairs for as long as they are kept.
- while an answer is saved: the memory of the database and of the app.
- afterwards: which answers were published by the same release, and on which day an invitation was used; not more.
- PostgreSQL leaves the bytes of what it removes in the free space of a page until another row takes it. A backup that
  reads the tables (pg_dump) has nothing of it; a copy of the files may.
Who must not know who answered what must not run the database, nor hold its log.
"""

import random
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlmodel import Session, SQLModel

from feedback.store import meta
from feedback.store.clock import now
from feedback.store.counted import Unit
from feedback.store.database import reading, transaction
from feedback.store.inserting import insert, table_of
from feedback.store.invitations import NOT_YET
from feedback.store.tables import (
    CommentReadings,
    Corrections,
    Drafts,
    Endorsements,
    InvitationLinks,
    Invitations,
    Moderations,
    NextReadings,
    ResponseFlags,
    Responses,
    Waiting,
)

SELDOM = 10
"""Minutes. A busy survey has a release every few seconds, and PostgreSQL's files need not be cleaned as often."""
PIECE = 250
"""So many rows, drawn at random, are written again in one transaction: others who write need not wait for more."""
BRIEFLY = 50
"""Milliseconds: so long nobody can write while SQLite's log waits to be emptied."""
_Parts = tuple[tuple[type[SQLModel], str], ...]
# What hangs on a response, on an invitation: the table, and the column that says on which.
_OF_RESPONSE: _Parts = (
    (Waiting, "response"),
    (CommentReadings, "response"),
    (NextReadings, "response"),
    (Moderations, "response"),
    (Corrections, "response"),
    (ResponseFlags, "response"),
)
_OF_INVITATION: _Parts = ((InvitationLinks, "invitation"), (Drafts, "invitation"))
_HANGING = tuple(model for model, _ in (*_OF_RESPONSE, *_OF_INVITATION))
_MIXED: tuple[type[SQLModel], ...] = (Responses, Endorsements, Invitations, *_HANGING)
_MIXED_ON, _CLEANED = "shuffled_on", "shuffled_minute"
_chance = random.SystemRandom()


def shuffle(engine: Engine) -> int:
    """Mix everything that no release has published yet, and clear away how it lay. Returns how many rows it took.

    To be called outside of any transaction, before the files are copied (a backup), and once a day.
    """
    keys = mix_waiting(engine)
    return len(keys) + clear_away(engine)


def mix_waiting(engine: Engine, units: Collection[Unit] | None = None) -> set[str]:
    """Write the responses in random order that wait for a release (of these units), with all that hangs on them.

    Returns their keys. A release follows with `mix_late` in its own transaction, and then with `clear_away`.
    """
    with reading(engine) as session:
        keys = _waiting(session, units)
    _mix(engine, Responses, "key", _OF_RESPONSE, keys)
    return set(keys)


def mix_late(session: Session, mixed: Collection[str], keys: Collection[str]) -> None:
    """The same for responses that came since `mix_waiting`, of those a release in this transaction takes."""
    late = sorted(set(keys) - set(mixed))
    if late:
        _write_again(session, Responses, "key", _OF_RESPONSE, late)


def clear_away(engine: Engine, *, seldom: bool = False) -> int:
    """Clear away how rows lay that were written again. Returns how many others it had to write again for it.

    SQLite: its log is emptied, unless somebody is reading; then the next time. A used invitation keeps its place there,
    and tells nothing.
    PostgreSQL: endorsements, and the invitations used since the last time, are mixed, and old versions removed. seldom:
    not when that was done in the last SELDOM minutes.
    """
    with reading(engine) as session:
        moment = now(session)
        minute, today = int(moment.timestamp()) // 60, moment.date().toordinal()
        last, mixed_on = meta.number(session, _CLEANED), meta.number(session, _MIXED_ON)
        if seldom and engine.dialect.name != "sqlite" and last is not None and minute - last < SELDOM:
            return 0
        # A day more, for a day begins and ends with its zone.
        since = date.fromordinal(mixed_on) - timedelta(days=1) if mixed_on else date.min
        given = _given_since(session, since)
        used = _used_since(session, since) if engine.dialect.name != "sqlite" else []
    _mix(engine, Endorsements, "id", (), given)
    _mix(engine, Invitations, "id", _OF_INVITATION, used)
    with transaction(engine) as session:
        meta.set_number(session, _MIXED_ON, today)
        meta.set_number(session, _CLEANED, minute)
    if engine.dialect.name == "sqlite":
        _empty_log(engine)
    else:
        _vacuum(engine)
    return len(given) + len(used)


def _waiting(session: Session, units: Collection[Unit] | None) -> list[str]:
    """The keys of one's own responses of which something waits for a release (of these units)."""
    table, responses = table_of(Waiting), table_of(Responses)
    of_own = select(table.c.response).join(responses, responses.c.key == table.c.response).where(~responses.c.is_sample)
    if units is None:
        return list(session.connection().execute(of_own.distinct()).scalars())
    keys = set[str]()
    for unit in units:
        of_unit = table.c.instrument == unit.instrument, table.c.credential == unit.credential
        keys |= set(session.connection().execute(of_own.where(*of_unit)).scalars())
    return sorted(keys)


def _given_since(session: Session, day: date) -> list[str]:
    table = table_of(Endorsements)
    found = select(table.c.id).where(table.c.given_on >= day, ~table.c.is_sample)
    return list(session.connection().execute(found).scalars())


def _used_since(session: Session, day: date) -> list[str]:
    table = table_of(Invitations)
    found = select(table.c.id).where(table.c.used_on >= day.isoformat(), table.c.used_on != NOT_YET)
    return list(session.connection().execute(found).scalars())


def _mix(engine: Engine, model: type[SQLModel], name: str, parts: _Parts, keys: Sequence[str]) -> None:
    """Write rows again in random order, piece by piece."""
    drawn = _chance.sample(keys, len(keys))
    for start in range(0, len(drawn), PIECE):
        with transaction(engine) as session:
            meta.lock_published(session)
            _write_again(session, model, name, parts, drawn[start : start + PIECE])


def _write_again(session: Session, model: type[SQLModel], name: str, parts: _Parts, keys: Sequence[str]) -> None:
    """Delete rows and write them again in random order, with the rows that hang on them and go with them.

    Those deleted are those that were read and locked: who comes in between stays where they are.
    """
    there = _locked(session, model, name, keys)
    names = [row[name] for row in there]
    held = [(model, there), *((part, _locked(session, part, column, names)) for part, column in parts)]
    table, connection = table_of(model), session.connection()
    connection.execute(delete(table).where(table.c[name].in_(names)))
    for each, rows in held:
        if rows:
            connection.execute(insert(session, each), _chance.sample(rows, len(rows)))


def _locked(session: Session, model: type[SQLModel], column: str, among: Sequence[str]) -> list[dict[str, Any]]:
    table = table_of(model)
    found = select(table).where(table.c[column].in_(among)).with_for_update()
    return [dict(row) for row in session.connection().execute(found).mappings()]


def _empty_log(engine: Engine) -> None:
    """Bring SQLite's log into its file, and empty it; it waits for readers so briefly that no one who writes minds."""
    connection = engine.raw_connection()  # where each statement stands for itself
    try:
        cursor = connection.cursor()
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {BRIEFLY:d}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.execute(f"PRAGMA busy_timeout = {patience:d}")
    finally:
        connection.close()


def _vacuum(engine: Engine) -> None:
    """Remove old versions of rows, and from the indexes where they lay. A table somebody else cleans is passed over."""
    tables = ", ".join(sorted(table_of(model).name for model in _MIXED))
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql(f"VACUUM (INDEX_CLEANUP ON, SKIP_LOCKED) {tables}")
        connection.exec_driver_sql("RESET statement_timeout")
