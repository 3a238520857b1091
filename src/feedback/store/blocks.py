"""Counted answers kept in columns, by instrument and credential: what every finding reads. Published answers only.

A block is an Arrow file. Blocks of one unit: "answers" (all months and roles together, small at any number of answers),
"answers:2026-03" (the same by month and role), "topics", "topics:rated" (how those who named them rated the whole), and
"products" (see store.products).
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa
from pandas import Categorical, DataFrame, Series
from sqlalchemy import ColumnElement, and_, bindparam, delete, or_, select, tuple_
from sqlmodel import Session

from feedback.errors import FeedbackError
from feedback.store import meta
from feedback.store.answers import COUNTED, described
from feedback.store.counted import (
    ANSWERS,
    KEYS,
    NUMBERS,
    PEOPLE,
    PRODUCTS,
    TOPICS,
    UNIT,
    Cells,
    Column,
    Unit,
    added,
    below,
    cells_of,
    no_cells,
    number_codes,
    plain,
    text_codes,
)
from feedback.store.inserting import insert, table_of
from feedback.store.products import people_behind
from feedback.store.tables import Blocks
from feedback.survey.questionnaire import Instrument

BRIEF = ("version", "survey", "organisation", "question", "item", "status", "number")
"""What the block "answers" keeps: without month and role there are few rows, however many answered."""
SPOKEN = ("survey", "month", "organisation", "role", "topic", "critical", "appreciative")
"""What the block "topics" keeps."""
RATED = "topics:rated"
VERDICTS = ("topic", "critical", "appreciative", "rating")
"""What the block of who named a topic and rated the whole keeps: nothing of whose it was."""
COUNTED_TOPICS = (
    "audience", "instrument", "survey", "month", "organisation", "role", "credential", "topic", "critical",
    "appreciative", "people",
)  # fmt: skip
COUNTED_RATED = ("audience", "instrument", "credential", *VERDICTS, "people")
COUNTED_PRODUCTS = ("audience", "instrument", "credential", "first", "second", "what", "amount")
_AT_ONCE = 200
_WRITTEN = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
_ONE_THREAD = pa.ipc.IpcReadOptions(use_threads=False)
People = Mapping[tuple[Unit, str], int]
"""By unit and month: how many people there are behind the counts."""


class Miscounted(FeedbackError):
    """More was to be taken from a block than it holds: an error of ours. The block is to be counted again."""


@dataclass(frozen=True)
class _Change:
    """What happens to one block. columns: what it keeps."""

    place: "Place"
    columns: Sequence[str]
    counted: Cells
    people: int


def add(session: Session, part: str, counted: Cells | DataFrame, people: People | None = None, sign: int = 1) -> None:
    """Add counted answers to the blocks of their units, or take them away (sign -1); exact, whatever came before.

    part: "answers", "topics" or "products". counted: instrument, credential, the KEYS of the part, people. people: how
    many are behind it; for topics and products it is known from the table. Nobody else changes what is published until
    the transaction ends.
    Raises Miscounted, and the transaction is to be left, when a count would fall below 0.
    """
    meta.lock_published(session)
    changes = list(_changes(part, counted, people))
    for start in range(0, len(changes), _AT_ONCE):
        _apply(session, changes[start : start + _AT_ONCE], sign)


Place = tuple[str, str, str]
"""Instrument, credential, and which block of theirs."""


@dataclass(frozen=True)
class Content:
    """What a block holds."""

    people: int
    data: bytes
    digest: str


def contents(session: Session) -> dict[Place, Content]:
    """All blocks as they lie."""
    table = table_of(Blocks)
    columns = (table.c.instrument, table.c.credential, table.c.part, table.c.people, table.c.data, table.c.digest)
    rows = session.connection().execute(select(*columns))
    return {(row[0], row[1], row[2]): Content(*row[3:]) for row in rows}


def prepared(part: str, counted: Cells, people: People | None = None) -> dict[Place, Content]:
    """What the blocks of a part would hold with just this in them."""
    return {each.place: _content(each.counted, each.people) for each in _changes(part, counted, people)}


def renew(session: Session, made: Mapping[Place, Content], then: Mapping[Place, Content]) -> set[Unit]:
    """Put blocks made anew in the place of all that are there; the units whose blocks that changed.

    then: the blocks as they lay when the answers were counted. What was added or taken away since is so again.
    """
    table, connection = table_of(Blocks), session.connection()
    current, changed = contents(session), set[Unit]()
    for place in sorted({*made, *current}):
        new, now, before = made.get(place), current.get(place), then.get(place)
        if (now.digest if now else "") != (before.digest if before else ""):
            new = _moved(place, new, now, before)
        if new == now or (new and now and (new.digest, new.people) == (now.digest, now.people)):
            continue
        changed.add(Unit(*place[:2]))
        where = and_(_of_unit(Unit(*place[:2])), table.c.part == place[2])
        if new is None:
            connection.execute(delete(table).where(where))
        elif now is None:
            address = dict(zip(("instrument", "credential", "part"), place, strict=True))
            connection.execute(insert(session, Blocks).values({**address, **vars(new)}))
        else:
            connection.execute(table.update().where(where).values(vars(new)))
    return changed


def _moved(place: Place, new: Content | None, now: Content | None, before: Content | None) -> Content | None:
    """A block made anew, with what happened to the old one since."""
    part = place[2].partition(":")[0]
    columns = VERDICTS if place[2] == RATED else _columns(part, place[2] != part)
    there = [(block, sign) for block, sign in ((new, 1), (now, 1), (before, -1)) if block is not None]
    whole = added([unpack(block.data) for block, _ in there], columns, [sign for _, sign in there])
    people = sum(sign * block.people for block, sign in there)
    _check(place, whole, people)
    return _content(whole, people) if people else None


def drop(session: Session, part: str, units: Collection[Unit]) -> None:
    """Throw the blocks of a part away, of these units."""
    table, listed = table_of(Blocks), sorted(units)
    for start in range(0, len(listed), _AT_ONCE):
        some = listed[start : start + _AT_ONCE]
        session.connection().execute(delete(table).where(_of_part(part), or_(*(_of_unit(unit) for unit in some))))


def read_counts(session: Session, part: str, *, by_month: bool = False) -> Cells:
    """All blocks of a part as they are kept: instrument, credential, the columns of the part."""
    return _read(session, _columns(part, by_month), _named(part, by_month))


def read_blocks(
    session: Session,
    part: str,
    instruments: Mapping[str, Instrument],
    credentials: Collection[str] | None = None,
    *,
    by_month: bool = False,
) -> DataFrame:
    """What is published, counted, with what instruments and organisations say now.

    part: "answers" (columns as COUNTED) or "topics" (as COUNTED_TOPICS). credentials: only of these; None: of all.
    by_month: answers with their month and role, which costs as much as there are combinations; else these two are
    missing in every row. Answers to instruments that are not given, and to questions they do not have, are left out.
    """
    table = table_of(Blocks)
    wanted = and_(_named(part, by_month), table.c.instrument.in_(list(instruments)))
    if credentials is not None:
        wanted = and_(wanted, table.c.credential.in_(list(credentials)))
    found = _read(session, _columns(part, by_month), wanted)
    if part == TOPICS:
        counted = found.frame()
        audiences = [instruments[name].audience for name in counted["instrument"].cat.categories]
        codes = counted["instrument"].cat.codes.to_numpy()
        said = Categorical(Series(audiences, dtype=object)).take(codes) if len(codes) else counted["instrument"].array
        return counted.assign(audience=said)[list(COUNTED_TOPICS)]
    missing = Column(np.full(len(found), -1, dtype=np.int8), np.zeros(0, dtype=object))
    columns = {name: found.columns.get(name, missing) for name in (*UNIT, *KEYS[ANSWERS])}
    return described(session, Cells(columns, found.people), instruments)[list(COUNTED)]


def read_rated(session: Session, instruments: Mapping[str, Instrument]) -> DataFrame:
    """How those who named a topic rated the whole, counted: audience, instrument, credential, topic ("": whoever wrote
    at all), critical, appreciative, rating (the scale's own number), people. Who gave no rating is not there."""
    table = table_of(Blocks)
    found = _read(session, VERDICTS, and_(table.c.part == RATED, table.c.instrument.in_(list(instruments)))).frame()
    audiences = {name: each.audience for name, each in instruments.items()}
    return found.assign(audience=found["instrument"].astype(object).map(audiences).astype(object))[list(COUNTED_RATED)]


def people_in(session: Session, part: str, units: Collection[Unit]) -> dict[Unit, tuple[int, str]]:
    """For each of these units that has one: how many people are counted in its block, and the block's digest."""
    table, listed = table_of(Blocks), sorted(units)
    columns = (table.c.instrument, table.c.credential, table.c.people, table.c.digest)
    found = {}
    for start in range(0, len(listed), _AT_ONCE):
        at = tuple_(table.c.instrument, table.c.credential).in_([tuple(unit) for unit in listed[start:][:_AT_ONCE]])
        for instrument, credential, people, mark in session.connection().execute(
            select(*columns).where(table.c.part == part, at)
        ):
            found[Unit(instrument, credential)] = (people, mark)
    return found


def published_units(session: Session) -> list[Unit]:
    """The units of which answers are published, in order."""
    table = table_of(Blocks)
    found = select(table.c.instrument, table.c.credential).where(table.c.part == ANSWERS)
    return sorted(Unit(*row) for row in session.connection().execute(found))


def read_products(session: Session, instruments: Mapping[str, Instrument]) -> DataFrame:
    """The published sums of products, of instruments that are given: columns as COUNTED_PRODUCTS. No finding shows one:
    they are for what is drawn together over credentials."""
    wanted = and_(_named(PRODUCTS, False), table_of(Blocks).c.instrument.in_(list(instruments)))
    found = _read(session, KEYS[PRODUCTS], wanted).frame().rename(columns={PEOPLE: "amount"})
    audiences = {name: each.audience for name, each in instruments.items()}
    return found.assign(audience=found["instrument"].astype(object).map(audiences))[list(COUNTED_PRODUCTS)]


def behind(counted: Cells) -> People:
    """How many people there are, by unit and month: who wrote comments, from counted topics (their rows of topic ""),
    or answered what goes together, from products (of no month)."""
    if "first" in counted.columns:
        return {(unit, ""): people for unit, people in people_behind(counted).items()}
    topics = counted
    topic = topics.columns["topic"]
    wrote = np.isin(topic.codes, np.flatnonzero(topic.known == ""))
    found = added([topics.take(np.flatnonzero(wrote))], (*UNIT, "month"))
    named = [name for name, _ in found.groups((*UNIT, "month"))]
    return {(Unit(*name[:2]), name[2]): int(people) for name, people in zip(named, found.people, strict=True)}


def who_wrote(session: Session) -> Iterator[tuple[str, str, str | None, int]]:
    """How many people wrote comments that are published: instrument, credential, organisation (None where not known),
    people."""
    topics = read_counts(session, TOPICS)
    topic = topics.columns["topic"]
    wrote = np.isin(topic.codes, np.flatnonzero(topic.known == ""))
    found = added([topics.take(np.flatnonzero(wrote))], (*UNIT, "organisation"))
    for (instrument, credential, organisation), rows in found.groups((*UNIT, "organisation")):
        yield instrument, credential, organisation, int(found.people[rows].sum())


def digest(counted: Cells) -> str:
    """SHA-256 of what a counted table says, whatever the order and the pieces in which it came to be."""
    return _mark(added([counted], list(counted.columns)))


def _mark(counted: Cells) -> str:
    made = sha256()
    for name, (codes, values) in counted.columns.items():
        made.update(json.dumps([name, values.tolist()], ensure_ascii=False).encode())
        made.update(codes.astype("<i4").tobytes())
    made.update(counted.people.astype("<i8").tobytes())
    return made.hexdigest()


def _content(counted: Cells, people: int) -> Content:
    return Content(people, pack(counted), _mark(counted))


def _columns(part: str, by_month: bool) -> Sequence[str]:
    if part == TOPICS:
        return SPOKEN
    return BRIEF if part == ANSWERS and not by_month else KEYS[part]


def _changes(part: str, counted: Cells | DataFrame, people: People | None) -> Iterator[_Change]:
    """One change a block."""
    if isinstance(counted, DataFrame):
        counted = cells_of(counted, (*UNIT, *KEYS[part]))
    by_month: dict[tuple[str, ...], int] = {}
    by_unit: dict[tuple[str, ...], int] = {}
    for (unit, month), number in (behind(counted) if people is None else people).items():
        by_month[*unit, month] = by_month.get((*unit, month), 0) + number
        by_unit[tuple(unit)] = by_unit.get(tuple(unit), 0) + number
    columns = _columns(part, False)
    whole = added([counted], (*UNIT, *columns))
    for named, rows in whole.groups(UNIT):
        yield _Change((named[0], named[1], part), columns, whole.take(rows, columns), by_unit.get(named, 0))
    if part == TOPICS:
        yield from _rated(counted)
    if part != ANSWERS:
        return
    rest = [name for name in KEYS[part] if name != "month"]
    whole = added([counted], (*UNIT, "month", *rest))
    for named, rows in whole.groups((*UNIT, "month")):
        place = (*named[:2], f"{part}:{named[2]}")
        yield _Change(place, KEYS[part], whole.take(rows, KEYS[part]), by_month.get(named, 0))


def _rated(topics: Cells) -> Iterator[_Change]:
    """Of counted topics those whose writers rated the whole, one change a block."""
    known = topics.take(np.flatnonzero(topics.columns["rating"].codes >= 0))
    whole = added([known], (*UNIT, *VERDICTS))
    for named, rows in whole.groups(UNIT):
        mine = whole.take(rows, VERDICTS)
        topic = mine.columns["topic"]
        wrote = np.isin(topic.codes, np.flatnonzero(topic.known == ""))
        yield _Change((named[0], named[1], RATED), VERDICTS, mine, int(mine.people[wrote].sum()))


def _apply(session: Session, changes: Sequence[_Change], sign: int) -> None:
    if not changes:
        return
    table, connection = table_of(Blocks), session.connection()
    address = (table.c.instrument, table.c.credential, table.c.part)
    wanted = tuple_(*address).in_([change.place for change in changes])
    rows = connection.execute(select(*address, table.c.people, table.c.data).where(wanted).order_by(*address))
    held = {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows}
    fresh, gone, kept = [], [], []
    for change in changes:
        before, data = held.get(change.place, (0, None))
        people = before + sign * change.people
        there = [] if data is None else [unpack(data)]
        after = added([*there, change.counted], change.columns, [*[1] * len(there), sign])
        _check(change.place, after, people)
        where = dict(zip(("at_instrument", "at_credential", "at_part"), change.place, strict=True))
        if not people:
            gone.append(change.place)
        elif data is None:
            names = dict(zip(("instrument", "credential", "part"), change.place, strict=True))
            fresh.append({**names, **vars(_content(after, people))})
        else:
            kept.append({**where, **vars(_content(after, people))})
    if fresh:
        connection.execute(insert(session, Blocks), fresh)
    if kept:
        at = [column == bindparam(f"at_{column.name}") for column in address]
        new: dict[str, Any] = {name: bindparam(name) for name in ("people", "data", "digest")}
        connection.execute(table.update().where(*at).values(**new), kept)
    if gone:
        connection.execute(delete(table).where(tuple_(*address).in_(gone)))


def _check(place: Place, counted: Cells, people: int) -> None:
    if people < 0 or (counted.people < 0).any() or bool(people) != bool(len(counted)):
        raise Miscounted(f"The counted answers of {' / '.join(place)} do not add up: more is taken away than is there.")


def pack(counted: Cells) -> bytes:
    """A counted table as an Arrow file: texts as dictionaries, compressed."""
    arrays: list[Any] = []
    for name, column in counted.columns.items():
        if name in NUMBERS:
            values = plain(name, column)
            arrays.append(pa.array(values, from_pandas=True))
        else:
            codes = pa.array(column.codes, mask=column.codes < 0)
            arrays.append(pa.DictionaryArray.from_arrays(codes, pa.array(column.known.tolist(), pa.string())))
    whole = pa.RecordBatch.from_arrays([*arrays, pa.array(counted.people)], [*counted.columns, PEOPLE])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, whole.schema, options=_WRITTEN) as file:
        file.write_batch(whole)
    return sink.getvalue().to_pybytes()


def unpack(data: bytes) -> Cells:
    """A counted table from an Arrow file made by `pack`."""
    batch = pa.ipc.open_file(pa.BufferReader(data), options=_ONE_THREAD).get_batch(0)
    columns = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name == PEOPLE:
            continue
        if name in NUMBERS:
            columns[name] = number_codes(column.to_numpy(zero_copy_only=False))
        else:
            places = column.indices.fill_null(-1) if column.null_count else column.indices
            codes = places.to_numpy(zero_copy_only=False)
            columns[name] = Column(codes, np.array(column.dictionary.to_pylist(), dtype=object))
    return Cells(columns, batch.column(PEOPLE).to_numpy())


def _read(session: Session, columns: Sequence[str], wanted: ColumnElement[bool]) -> Cells:
    """Blocks below each other, with their units."""
    table = table_of(Blocks)
    order = (table.c.instrument, table.c.credential, table.c.part)
    found = select(table.c.instrument, table.c.credential, table.c.data).where(wanted).order_by(*order)
    rows = session.connection().execute(found).all()
    if not rows:
        return no_cells((*UNIT, *columns))
    blocks = [unpack(row[2]) for row in rows]
    lengths = np.array([len(block) for block in blocks])
    joined = {}
    for at, name in enumerate(UNIT):
        coded = text_codes([row[at] for row in rows])
        joined[name] = Column(np.repeat(coded.codes, lengths), coded.known)
    for name in columns:
        joined[name] = below([block.columns[name] for block in blocks])
    return Cells(joined, np.concatenate([block.people for block in blocks]))


def _of_unit(unit: Unit) -> ColumnElement[bool]:
    table = table_of(Blocks)
    return and_(table.c.instrument == unit.instrument, table.c.credential == unit.credential)


def _named(part: str, by_month: bool) -> ColumnElement[bool]:
    table = table_of(Blocks)
    return table.c.part.startswith(f"{part}:", autoescape=True) if by_month else table.c.part == part


def _of_part(part: str) -> ColumnElement[bool]:
    return or_(_named(part, False), _named(part, True))
