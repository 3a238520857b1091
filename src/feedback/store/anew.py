"""Reading everything anew: what a new version of the reader reads waits apart until it has read all, and then takes the
place of what is shown, in one transaction. Whoever looks meanwhile sees what the version before read, and only that."""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pandas import DataFrame
from sqlalchemy import Engine, and_, delete, exists, func, select
from sqlmodel import Session

from feedback.store import blocks, meta
from feedback.store.comments import READ, CountVoices, heard, plain
from feedback.store.counted import KEYS, TOPICS, UNIT, Cells, Unit, added, no_cells
from feedback.store.counting import Span
from feedback.store.database import reading
from feedback.store.inserting import insert, table_of
from feedback.store.masking import ADDRESS, reopen
from feedback.store.mended import carry
from feedback.store.tables import CommentReadings, NextReadings, Releases, Responses
from feedback.survey.questionnaire import Instrument

Instruments = Mapping[str, Instrument]
_KEPT = (*ADDRESS, "instrument", *READ)
_CHUNK = 1000
_PARTS = 16


def keep_next(session: Session, readings: DataFrame, analyser: str) -> int:
    """Keep what a new version has read, apart from what is shown. Returns how many.

    readings: as comments.save_readings takes them. Those of a response erased meanwhile are left out.
    """
    if readings.empty:
        return 0
    responses, connection = table_of(Responses), session.connection()
    keys = sorted(set(readings["response"]))
    lock = select(responses.c.key).where(responses.c.key.in_(keys)).order_by(responses.c.key)
    there = set(connection.execute(lock.with_for_update(read=True, key_share=True)).scalars())
    rows = [
        dict(zip(_KEPT, map(plain, row), strict=True)) | {"analyser": analyser, "order": secrets.randbits(31)}
        for row in zip(*(readings[name] for name in _KEPT), strict=True)
        if row[0] in there
    ]
    if rows:
        statement = insert(session, NextReadings)
        replaced = {name: statement.excluded[name] for name in (*READ, "instrument", "analyser")}
        rows.sort(key=lambda row: tuple(row[name] for name in ADDRESS))
        connection.execute(statement.on_conflict_do_update(index_elements=list(ADDRESS), set_=replaced), rows)
    return len(rows)


def drop_others(session: Session, analyser: str) -> int:
    """Forget what versions have read that are not to take over any more."""
    table = table_of(NextReadings)
    return session.connection().execute(delete(table).where(table.c.analyser != analyser)).rowcount


@dataclass(frozen=True)
class Counted:
    """The topics of all that is published, as they will be once a version takes over. when: of which state of what is
    published and read (`state`)."""

    topics: Cells
    when: tuple[int, int]


def count_next(
    engine: Engine, instruments: Instruments, analyser: str, count_voices: CountVoices
) -> Iterator[Counted | None]:
    """Count the topics outside any transaction, a part at a time: None after each, and the whole at the end. Nothing at
    the end when something was published or read meanwhile: then it is to be begun again."""
    edges = ["", *(f"{number * 256 // _PARTS:02x}" for number in range(1, _PARTS)), None]
    columns = (*UNIT, *KEYS[TOPICS])
    whole, seen = no_cells(columns), set[tuple[int, int]]()
    for after, until in pairwise(edges):
        with reading(engine) as session:
            seen.add(state(session))
            span = Span(str(after), until)
            part = heard(session, instruments, count_voices, span=span, next_analyser=analyser)
        whole = added([whole, part], columns)
        yield None
    if len(seen) == 1:
        yield Counted(whole, seen.pop())


def state(session: Session) -> tuple[int, int]:
    """What topics counted outside a transaction hold for: the last release, and how often readings were kept."""
    releases = table_of(Releases)
    last = session.connection().execute(select(func.max(releases.c.number))).scalar() or 0
    return last, meta.number(session, meta.READINGS) or 0


def take_over(
    session: Session,
    instruments: Instruments,
    analyser: str,
    count_voices: CountVoices,
    counted: Counted | None = None,
) -> None:
    """Put what a version has read in the place of what is shown, with the topics counted anew.

    A comment that it could not read is shown no more until it can be. What a moderator decided of a comment that is
    masked otherwise now is to be decided again; what people said of its topics moves along. counted: what `count_next`
    gave; when it holds no longer, or is None, the topics are counted here, and whoever publishes waits.
    """
    meta.lock_published(session)
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SET LOCAL statement_timeout = 0")  # it takes as long as there is much
    readings, later, connection = table_of(CommentReadings), table_of(NextReadings), session.connection()
    holds = counted is not None and counted.when == state(session) and not _is_any_new(session, analyser)
    for rows in _masked_otherwise(session, analyser):
        reopen(session, rows)
        carry(session, rows)
    statement = insert(session, CommentReadings)
    columns = (*_KEPT, "analyser", "order")
    replaced = {name: statement.excluded[name] for name in (*READ, "instrument", "analyser")}
    new = select(*(later.c[name] for name in columns)).where(later.c.analyser == analyser)
    connection.execute(
        statement.from_select(columns, new).on_conflict_do_update(
            index_elements=list(ADDRESS), set_=replaced, where=readings.c.analyser != analyser
        )
    )
    old = and_(readings.c.analyser != analyser, readings.c.instrument.in_(list(instruments)))
    connection.execute(delete(readings).where(old))
    connection.execute(delete(later))
    units = [unit for unit in blocks.published_units(session) if unit.instrument in instruments]
    topics = counted.topics if holds and counted else heard(session, instruments, count_voices)
    _put_topics(session, units, topics)
    meta.bump(session, meta.READINGS)
    meta.bump(session)


def _put_topics(session: Session, units: Sequence[Unit], topics: Cells) -> None:
    blocks.drop(session, TOPICS, units)
    blocks.add(session, TOPICS, topics)


def _is_any_new(session: Session, analyser: str) -> bool:
    """Whether a comment was read that no version before had read."""
    readings, later = table_of(CommentReadings), table_of(NextReadings)
    same = and_(*(readings.c[name] == later.c[name] for name in ADDRESS))
    found = select(later.c.response).where(later.c.analyser == analyser, ~exists().where(same)).limit(1)
    return session.connection().execute(found).first() is not None


def _masked_otherwise(session: Session, analyser: str) -> Iterator[Collection[Mapping[str, Any]]]:
    """The comments whose shown text will be another, a piece at a time."""
    readings, later = table_of(CommentReadings), table_of(NextReadings)
    same = and_(*(readings.c[name] == later.c[name] for name in ADDRESS))
    found = (
        select(*(later.c[name] for name in (*ADDRESS, "masked")))
        .join(readings, same)
        .where(later.c.analyser == analyser, readings.c.analyser != analyser, readings.c.masked != later.c.masked)
    )
    rows = session.connection().execute(found).mappings().all()
    for start in range(0, len(rows), _CHUNK):
        yield [dict(row) for row in rows[start : start + _CHUNK]]
