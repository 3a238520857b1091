"""Releases: what is shown, and since when. Answers wait until enough of them do, then they are published at once.

Each function leaves the counted answers as they were or as they are to be, whenever it is stopped. Published are the
answers that no row of `waiting` holds back, and whose import, if one brought them, does not wait.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from orjson import loads
from sqlalchemy import Engine, and_, delete, exists, func, select, update
from sqlmodel import Session

from feedback.errors import FeedbackError
from feedback.store import blocks, meta
from feedback.store.clock import now
from feedback.store.comments import CountVoices, heard, out_of_batch, recount_topics, units_in
from feedback.store.counted import ANSWERS, KEYS, PRODUCTS, TOPICS, UNIT, Cells, Unit, added, no_cells
from feedback.store.counting import (
    Count,
    Pairs,
    Span,
    add_up,
    count_batch,
    count_keys,
    count_published,
    counting_rule,
    read_span,
)
from feedback.store.database import open_database, reading, transaction
from feedback.store.erased import note_erased
from feedback.store.inserting import insert, table_of
from feedback.store.responses import GRACE_MINUTES, delete_responses, hold_back, receipt_hash, units_of
from feedback.store.tables import Endorsements, Imports, Invitations, Releases, Responses, Surveys, Waiting
from feedback.survey.questionnaire import EXPERT, Instrument

ENOUGH, CLOSED, IMPORT, UNDO, ERASURE, REBUILD = "enough", "closed", "import", "undo", "erasure", "rebuild"
"""Why a release was made."""
MINIMUM_GROUP, MINIMUM_EXPERTS = 5, 2
ATTEMPTS = 5
_CHUNK = 1000
Instruments = Mapping[str, Instrument]
Progress = Callable[[int, int], None]


class ToBeRebuilt(FeedbackError):
    """A questionnaire changed in a way that counts answers otherwise: `rebuild` comes first."""


@dataclass(frozen=True)
class Release:
    """What was published when. units, digest: see tables.Releases."""

    number: int
    made_on: date
    reason: str
    units: tuple[Mapping[str, Any], ...]
    digest: str


# --- what is due ------------------------------------------------------------------------------------------------------


def due(
    session: Session,
    instruments: Instruments,
    *,
    minimum_group: int = MINIMUM_GROUP,
    minimum_experts: int = MINIMUM_EXPERTS,
) -> list[Unit]:
    """The units whose waiting answers may be published: enough of them wait, or a survey they answered has closed.

    minimum_group: so many wait (of experts minimum_experts). Where something of a unit is published already, fewer wait
    on after a survey has closed, until others join them: who looks before and after must not see what one person said.
    Where answers were taken back since the last release, more have to wait, until it moves by so many all the same.
    Units of questionnaires that are not known, or to be rebuilt first, are not due.
    """
    return sorted(_reasons(session, instruments, minimum_group, minimum_experts))


def _reasons(session: Session, instruments: Instruments, minimum_group: int, minimum_experts: int) -> dict[Unit, str]:
    """Why each unit is due."""
    waiting, connection = table_of(Waiting), session.connection()
    by = (waiting.c.instrument, waiting.c.credential)
    many = {
        Unit(instrument, credential): people
        for instrument, credential, people in connection.execute(select(*by, func.count()).group_by(*by))
        if instrument in instruments
    }
    if not many:
        return {}
    shut = _closed(session)
    begun = blocks.people_in(session, ANSWERS, shut)
    found = {}
    for unit, people in many.items():
        expert = instruments[unit.instrument].audience == EXPERT
        if people >= (minimum_experts if expert else minimum_group):
            found[unit] = ENOUGH
        elif unit in shut and (expert or unit not in begun):
            found[unit] = CLOSED
    anonymous = {unit: many[unit] for unit in found if instruments[unit.instrument].audience != EXPERT}
    for unit in _near_the_last(session, anonymous, minimum_group):
        del found[unit]
    stale = {name for name in {unit.instrument for unit in found} if not _is_current(session, instruments[name])}
    return {unit: reason for unit, reason in found.items() if unit.instrument not in stale}


def _near_the_last(session: Session, waiting: Mapping[Unit, int], fewest: int) -> set[Unit]:
    """The units of which a release would tell nearly as many people as the last one did, since some were taken back:
    by fewer than `fewest` more or less. waiting: so many would be added to each."""
    there = {unit: people for unit, (people, _) in blocks.people_in(session, ANSWERS, list(waiting)).items()}
    table, told = table_of(Releases), dict[Unit, int]()
    for units in session.connection().execute(select(table.c.units).order_by(table.c.number.desc())).scalars():
        for each in units:
            told.setdefault(Unit(each["instrument"], each["credential"]), each["people"])
        if there.keys() <= told.keys():
            break
    return {
        unit
        for unit, people in there.items()
        if told.get(unit, 0) >= fewest and abs(people + waiting[unit] - told[unit]) < fewest
    }


def _closed(session: Session) -> set[Unit]:
    """Units in which answers to a survey wait that takes no more: for some minutes after its close it still did."""
    waiting, responses, surveys = table_of(Waiting), table_of(Responses), table_of(Surveys)
    ended = now(session) - timedelta(minutes=GRACE_MINUTES)
    found = (
        select(waiting.c.instrument, waiting.c.credential)
        .join(responses, responses.c.key == waiting.c.response)
        .join(surveys, surveys.c.slug == responses.c.survey)
        .where(surveys.c.closes.is_not(None), surveys.c.closes <= ended)
        .distinct()
    )
    return {Unit(*row) for row in session.connection().execute(found)}


def surveys_waiting(session: Session) -> set[str]:
    """The surveys of which answers wait by themselves, due or not (of what imports brought: `waiting_imports`)."""
    waiting, responses = table_of(Waiting), table_of(Responses)
    found = select(responses.c.survey).join(waiting, waiting.c.response == responses.c.key).distinct()
    return set(session.connection().execute(found).scalars())


# --- publishing -------------------------------------------------------------------------------------------------------


def publish(
    session: Session,
    instruments: Instruments,
    count_voices: CountVoices,
    *,
    units: Collection[Unit] | None = None,
    minimum_group: int = MINIMUM_GROUP,
    minimum_experts: int = MINIMUM_EXPERTS,
    taken: Callable[[Collection[str]], None] = lambda _keys: None,
) -> Release | None:
    """Publish what waits in the units that are due (of `units` only those): the release, or None when nothing was.

    Exactly the answers that wait now are counted, with the topics of those of their comments that have been read; a
    comment read later joins by `save_readings`. taken: is told the keys of these answers before they are counted; by
    raising it stops the release. To be called in a transaction of its own.
    """
    meta.lock_published(session)
    reasons = _reasons(session, instruments, minimum_group, minimum_experts)
    chosen = {unit: reason for unit, reason in reasons.items() if units is None or unit in units}
    if not chosen:
        return None
    pairs = _take_waiting(session, list(chosen))
    taken(pairs.keys())
    count = count_keys(session, instruments, pairs, pairs)
    topics = heard(session, instruments, count_voices, pairs=pairs)
    reason = ENOUGH if ENOUGH in chosen.values() else CLOSED
    return _add(session, instruments, count, topics, reason)


def _take_waiting(session: Session, units: Sequence[Unit]) -> Pairs:
    """Which responses wait for these credentials; they do so no longer."""
    waiting, connection = table_of(Waiting), session.connection()
    pairs: dict[str, set[str]] = {}
    for unit in sorted(units):
        of_unit = and_(waiting.c.instrument == unit.instrument, waiting.c.credential == unit.credential)
        keys = list(connection.execute(select(waiting.c.response).where(of_unit).with_for_update()).scalars())
        for start in range(0, len(keys), _CHUNK):
            some = waiting.c.response.in_(keys[start : start + _CHUNK])
            connection.execute(delete(waiting).where(of_unit, some))
        for key in keys:
            pairs.setdefault(key, set()).add(unit.credential)
    return pairs


def _add(session: Session, instruments: Instruments, count: Count, topics: Cells, reason: str) -> Release | None:
    """Put what was counted into the blocks, and say so."""
    units = units_in(count.cells)
    if not units:
        return None
    for name in sorted({unit.instrument for unit in units}):
        meta.set_counted_by(session, name, counting_rule(instruments[name]))
    blocks.add(session, ANSWERS, count.cells, count.people)
    blocks.add(session, PRODUCTS, count.products)
    blocks.add(session, TOPICS, topics)
    return _write(session, reason, units)


def _write(session: Session, reason: str, units: Collection[Unit]) -> Release:
    """Write a release down. Its number is the next; whoever calls holds the lock."""
    table, connection = table_of(Releases), session.connection()
    last = connection.execute(select(table.c.number, table.c.digest).order_by(table.c.number.desc()).limit(1)).first()
    answers, topics = blocks.people_in(session, ANSWERS, units), blocks.people_in(session, TOPICS, units)
    entries = []
    for unit in sorted(units):
        people, mark = answers.get(unit, (0, ""))
        both = hashlib.sha256(f"{mark} {topics.get(unit, (0, ''))[1]}".encode()).hexdigest()
        entries.append(dict(unit._asdict(), people=people, digest=both))
    said = json.dumps([reason, entries, last[1] if last else ""], sort_keys=True, ensure_ascii=False)
    release = Release(
        number=last[0] + 1 if last else 1,
        made_on=now(session).date(),
        reason=reason,
        units=tuple(entries),
        digest=hashlib.sha256(said.encode()).hexdigest(),
    )
    connection.execute(insert(session, Releases).values(dict(vars(release), units=entries)))
    meta.bump(session)
    return release


def read_releases(session: Session, most: int | None = None) -> list[Release]:
    """The releases, the last one first."""
    table = table_of(Releases)
    rows = session.connection().execute(select(table).order_by(table.c.number.desc()).limit(most)).mappings()
    return [Release(**dict(row, units=tuple(row["units"]))) for row in rows]


def publish_batch(
    engine: Engine,
    instruments: Instruments,
    batch: str,
    count_voices: CountVoices,
    progress: Progress | None = None,
    *,
    minimum_group: int = MINIMUM_GROUP,
    processes: int = 1,
) -> Release | None:
    """Publish all that an import brought, once: None when it does not wait (any more), or brought nothing.

    Where it brought fewer than minimum_group people for a unit of which something is published already, these wait for
    others, as what forms bring does: see `due`. The counting is done outside any transaction, and what it finds is kept
    in one. Stopped midway it has done nothing, and may be begun again. Raises ToBeRebuilt when a questionnaire it
    answers is to be rebuilt first.
    """
    with reading(engine) as session:
        if not _batch_waits(session, batch):
            return None
    part = _Part(dict(instruments), count_voices, batch)
    count, topics, seen = _in_parts(engine, part, processes, progress)
    with transaction(engine) as session:
        meta.lock_published(session)
        if not _batch_waits(session, batch):
            return None
        _refuse_stale(session, instruments, units_in(count.cells))
        if {read for _, read in seen} != {meta.number(session, meta.READINGS) or 0}:
            topics = heard(session, instruments, count_voices, batch=batch)
        few = _few(session, instruments, count, minimum_group)
        if few:
            _hold_back(session, batch, few)
            people = {at: n for at, n in count.people.items() if at[0] not in few}
            count = Count(_without(count.cells, few), people, _without(count.products, few))
            topics = _without(topics, few)
        table = table_of(Imports)
        session.connection().execute(update(table).where(table.c.id == batch).values(waiting=False))
        return _add(session, instruments, count, topics, IMPORT)


def _few(session: Session, instruments: Instruments, count: Count, minimum_group: int) -> set[Unit]:
    """The units with something published to which what was counted would add too few people."""
    people: dict[Unit, int] = {}
    for (unit, _), number in count.people.items():
        people[unit] = people.get(unit, 0) + number
    few = [each for each, n in people.items() if n < minimum_group and instruments[each.instrument].audience != EXPERT]
    return set(blocks.people_in(session, ANSWERS, few))


def _hold_back(session: Session, batch: str, units: Collection[Unit]) -> None:
    """What a batch says about these units waits by itself."""
    names = {unit.instrument for unit in units}
    for rows in read_span(session, Span(), batch=batch):
        told = [(row[0], row[1], units_of(loads(row[8]), loads(row[9]))) for row in rows if row[1] in names]
        hold_back(
            session, [(name, each, key) for key, name, about in told for each in about if Unit(name, each) in units]
        )


def _without(cells: Cells, units: Collection[Unit]) -> Cells:
    """A counted table without these units."""
    keep = [np.arange(rows.start, rows.stop) for named, rows in cells.groups(UNIT) if Unit(*named) not in units]
    return cells.take(np.concatenate([np.zeros(0, np.int64), *keep]))


def _batch_waits(session: Session, batch: str) -> bool:
    table = table_of(Imports)
    found = select(table.c.id).where(table.c.id == batch, table.c.waiting)
    return session.connection().execute(found).first() is not None


# --- taking back ------------------------------------------------------------------------------------------------------


def erase(session: Session, instruments: Instruments, code: str, count_voices: CountVoices) -> bool:
    """Erase the response with this receipt: see erase_hashed."""
    return erase_hashed(session, instruments, receipt_hash(code), count_voices)


def erase_hashed(session: Session, instruments: Instruments, hashed: str, count_voices: CountVoices) -> bool:
    """Erase the response whose receipt has this hash, what was read in its comments, and its part in all that is
    published.

    Returns whether there was one. The release that says so says nothing of whose it was, nor of what it was about.
    """
    meta.lock_published(session)
    table, waiting, connection = table_of(Responses), table_of(Waiting), session.connection()
    found = select(table.c.key, table.c.instrument).where(table.c.receipt_hash == hashed)
    row = connection.execute(found.with_for_update()).first()
    if row is None:
        return False
    key, name = row
    note_erased(session, hashed)
    if connection.execute(select(table.c.key).where(table.c.key == key, out_of_batch())).first() is None:
        connection.execute(delete(table).where(table.c.key == key))
        return True
    held = set(connection.execute(select(waiting.c.credential).where(waiting.c.response == key)).scalars())
    counted = {name: instruments[name]} if name in instruments and meta.counted_by(session, name) is not None else {}
    about = {unit.credential for unit, _ in count_keys(session, counted, [key]).people} - held
    count = count_keys(session, counted, [key], {key: about})
    connection.execute(delete(table).where(table.c.key == key))
    if about:
        # Topics are counted again rather than taken away: what is read anew may not be counted yet.
        _take_away(session, instruments, count_voices, count, None)
    if about or not (counted or held):
        _write(session, ERASURE, ())
    return True


def _take_away(
    session: Session, instruments: Instruments, count_voices: CountVoices, count: Count, topics: Cells | None
) -> None:
    """Take what was counted out of the blocks; the responses are gone already. What does not fit is counted again.

    topics: None to count the topics again in any case.
    """
    units = units_in(count.cells)
    try:
        if any(not _is_current(session, instruments[unit.instrument]) for unit in units):
            raise blocks.Miscounted("It was counted by another rule.")
        with session.begin_nested():
            blocks.add(session, ANSWERS, count.cells, count.people, sign=-1)
            blocks.add(session, PRODUCTS, count.products, sign=-1)
    except blocks.Miscounted:
        again = count_published(session, instruments, units=units)
        for part in (ANSWERS, PRODUCTS):
            blocks.drop(session, part, units)
        blocks.add(session, ANSWERS, again.cells, again.people)
        blocks.add(session, PRODUCTS, again.products)
    try:
        if topics is None:
            raise blocks.Miscounted("They are to be counted again.")
        with session.begin_nested():
            blocks.add(session, TOPICS, topics, sign=-1)
    except blocks.Miscounted:
        recount_topics(session, instruments, count_voices, units)


def undo_batch(session: Session, instruments: Instruments, batch: str, count_voices: CountVoices) -> int:
    """Take back what an import brought: its responses go, and their part in what is published. Returns how many went.

    The surveys made for it go when nobody else answered them; credentials and organisations stay, since others may have
    come to use or to edit them. The import stays in the list, with the day it was undone; undoing it twice is nothing.
    """
    meta.lock_published(session)
    imports, responses, connection = table_of(Imports), table_of(Responses), session.connection()
    chosen = select(imports.c.waiting, imports.c.undone_on).where(imports.c.id == batch)
    row = connection.execute(chosen.with_for_update()).first()
    if row is None:
        raise FeedbackError(f'There is no import "{batch}" to undo.')
    if row[1] is not None:
        return 0
    mine = responses.c.batch == batch
    surveys = set(connection.execute(select(responses.c.survey).where(mine).distinct()).scalars())
    count = topics = None
    if not row[0]:
        known = {name: each for name, each in instruments.items() if meta.counted_by(session, name) is not None}
        count = count_batch(session, known, batch)
        topics = heard(session, known, count_voices, batch=batch)
    gone = delete_responses(session, mine)
    if count is not None and topics is not None and len(count.cells):
        _take_away(session, instruments, count_voices, count, topics)
    _drop_unanswered(session, surveys)
    today = now(session).date()
    connection.execute(update(imports).where(imports.c.id == batch).values(undone_on=today, waiting=False))
    if count is not None:
        _write(session, UNDO, units_in(count.cells))
    return gone


def _drop_unanswered(session: Session, surveys: Collection[str]) -> None:
    """Let closed surveys go that nobody has answered any more, nor was invited to."""
    table, responses, endorsements = table_of(Surveys), table_of(Responses), table_of(Endorsements)
    invitations = table_of(Invitations)
    unanswered = (
        table.c.slug.in_(sorted(surveys)),
        table.c.closes <= now(session),
        ~exists().where(responses.c.survey == table.c.slug),
        ~exists().where(endorsements.c.survey == table.c.slug),
        ~exists().where(invitations.c.survey == table.c.slug),
    )
    session.connection().execute(delete(table).where(*unanswered))


# --- making everything again ------------------------------------------------------------------------------------------


def needs_rebuild(session: Session, instruments: Instruments) -> bool:
    """Whether published answers were counted by another rule than today's, or not at all: `rebuild` is due."""
    return any(not _is_current(session, each) for each in instruments.values())


def _is_current(session: Session, instrument: Instrument) -> bool:
    """Whether all published answers to an instrument are counted as they would be today."""
    rule = meta.counted_by(session, instrument.id)
    if rule is not None:
        return rule == counting_rule(instrument)
    responses, waiting = table_of(Responses), table_of(Waiting)
    uncounted = (
        select(responses.c.key)
        .where(
            responses.c.instrument == instrument.id,
            out_of_batch(),
            ~exists().where(waiting.c.response == responses.c.key),
        )
        .limit(1)
    )
    return session.connection().execute(uncounted).first() is None


def _refuse_stale(session: Session, instruments: Instruments, units: Collection[Unit]) -> None:
    stale = sorted({unit.instrument for unit in units if not _is_current(session, instruments[unit.instrument])})
    if stale:
        raise ToBeRebuilt(f"What is published of {', '.join(stale)} is to be counted again first: feedback rebuild.")


def rebuild(
    engine: Engine,
    instruments: Instruments,
    count_voices: CountVoices,
    progress: Progress | None = None,
    *,
    processes: int = 1,
) -> Release | None:
    """Make all blocks again from the published responses and the readings; None when that changes nothing.

    The counting is done outside any transaction while others publish; what they changed meanwhile is kept. Stopped
    midway it has done nothing. Raises FeedbackError when too much changes under it to come to an end.
    """
    for _ in range(ATTEMPTS):
        with reading(engine) as session:
            before = _state(session, instruments)
            then = blocks.contents(session)
        part = _Part(dict(instruments), count_voices, None)
        count, topics, seen = _in_parts(engine, part, processes, progress)
        if seen - {(before.release, before.readings)}:
            continue  # something was published or read between two looks, and they do not fit together
        made = blocks.prepared(ANSWERS, count.cells, count.people)
        made |= {**blocks.prepared(PRODUCTS, count.products), **blocks.prepared(TOPICS, topics)}
        with transaction(engine) as session:
            meta.lock_published(session)
            after = _state(session, instruments)
            if before != after and not (before.current and after.current):
                continue
            changed = blocks.renew(session, made, then)
            for name, instrument in instruments.items():
                meta.set_counted_by(session, name, counting_rule(instrument))
            return _write(session, REBUILD, changed) if changed else None
    raise FeedbackError("Too much was published while everything was counted again; please begin again later.")


@dataclass(frozen=True)
class _State:
    """What must not have changed between a look and the writing, unless everything is current and adds up."""

    release: int
    readings: int
    current: bool


def _state(session: Session, instruments: Instruments) -> _State:
    current = all(meta.counted_by(session, name) == counting_rule(each) for name, each in instruments.items())
    return _State(_last_number(session), meta.number(session, meta.READINGS) or 0, current)


def _last_number(session: Session) -> int:
    """The number of the last release, 0 when there is none."""
    return session.connection().execute(select(func.max(table_of(Releases).c.number))).scalar() or 0


@dataclass(frozen=True)
class _Part:
    """What is to be counted of a span of responses: everything published, or a batch. It travels between processes."""

    instruments: dict[str, Instrument]
    count_voices: CountVoices
    batch: str | None

    def here(self, engine: Engine, span: Span) -> tuple[Count, Cells, tuple[int, int]]:
        """Answers, topics, and of which release and readings."""
        with reading(engine) as session:
            seen = _last_number(session), meta.number(session, meta.READINGS) or 0
            topics = heard(session, self.instruments, self.count_voices, batch=self.batch, span=span)
            if self.batch is not None:
                return count_batch(session, self.instruments, self.batch, span), topics, seen
            return count_published(session, self.instruments, span), topics, seen

    def there(self, url: str, span: Span) -> tuple[Count, Cells, tuple[int, int]]:
        """The same in another process."""
        engine = open_database(url)
        try:
            return self.here(engine, span)
        finally:
            engine.dispose()


def _in_parts(
    engine: Engine, part: _Part, processes: int, progress: Progress | None
) -> tuple[Count, Cells, set[tuple[int, int]]]:
    """Count in one process or several; with the releases and readings the parts have seen.

    The keys of responses are as good as random, so equal spans of them hold equally many.
    """
    parts = 1 if processes == 1 else processes * 2
    edges = ["", *(f"{number * 256 // parts:02x}" for number in range(1, parts)), None]
    spans = [Span(str(after), until) for after, until in pairwise(edges)]
    if processes == 1:
        found = (part.here(engine, span) for span in spans)
    else:
        # Processes of joblib's own kind do not run the main module again, which is a page where Streamlit serves.
        pool = Parallel(processes, backend="loky", return_as="generator_unordered", idle_worker_timeout=1)
        url = engine.url.render_as_string(hide_password=False)
        found = pool(delayed(part.there)(url, span) for span in spans)
    answers, products, topics = (no_cells((*UNIT, *KEYS[part])) for part in (ANSWERS, PRODUCTS, TOPICS))
    whole = Count(answers, {}, products)
    numbers: set[tuple[int, int]] = set()
    for done, (count, voices, seen) in enumerate(found, 1):
        whole, topics = add_up([whole, count]), added([topics, voices], (*UNIT, *KEYS[TOPICS]))
        numbers.add(seen)
        if progress:
            progress(done, len(spans))
    return whole, topics, numbers
