"""Comments: what waits to be read, what was read in them, and what of it may be shown. A comment is a long text."""

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from orjson import loads
from pandas import Categorical, DataFrame, Series, isna
from sqlalchemy import ColumnElement, Select, Text, and_, cast, exists, false, func, literal, or_, select
from sqlmodel import Session

from feedback.store import blocks, meta
from feedback.store.counted import KEYS, TOPICS, UNIT, Cells, Unit, added, cells_of, no_cells
from feedback.store.counting import Pairs, Span, counting_rule
from feedback.store.inserting import insert, table_of
from feedback.store.masking import ADDRESS, SHOWN, blackened, reopen
from feedback.store.mended import SCORES, Said, carry, is_anything_said, laid_over, said_of
from feedback.store.overall import overall, rating_in
from feedback.store.tables import (
    CommentReadings,
    Corrections,
    Imports,
    Moderations,
    NextReadings,
    Responses,
    Waiting,
)
from feedback.survey.questionnaire import Instrument, Question

CountVoices = Callable[[DataFrame], DataFrame]
"""analysis.comments.voices.count_voices; handed in, since the store knows no analysis."""
UNREAD = ("response", "instrument", "question", "credential", "language", "text", "polarity", "audience")
READ = ("language", "vader", "textblob", "sentiment", "topics", "masked")
"""What is kept of a reading."""
COLUMNS = (
    "audience",
    "instrument",
    "credential",
    "question",
    "construct",
    "polarity",
    "month",
    "organisation",
    "language",
    "text",
    "vader",
    "textblob",
    "sentiment",
    "topics",
    "state",
    "survey",
)
HEARD = (
    "response", "audience", "instrument", "survey", "month", "organisation", "role", "credential", "polarity", "topics",
    "rating",
)  # fmt: skip
_CHUNK = 1000
_PAGE = 20_000
_NOTHING_SAID = Said()
_MEANT: Mapping[str, str | None] = MappingProxyType({"neg": "negative", "neu": None, "pos": "positive"})
"""What people said of how a comment sounds, in place of what its question asked for."""


def is_comment(question: Question) -> bool:
    """Whether answers to the question are comments: long texts that are not for the survey's owners alone."""
    return question.kind == "long_text" and not question.owner_only


def unread_comments(
    session: Session,
    instruments: Mapping[str, Instrument],
    analyser: str,
    limit: int | None = None,
    *,
    batch: str | None = None,
    everything: bool = False,
    after: str = "",
    among: Collection[str] | None = None,
) -> DataFrame:
    """Comments of responses in which this analyser has read nothing yet.

    Looks at the responses that wait by themselves; with `batch` at those of that import; with `everything` at all there
    are, but for those whose new readings wait (see store.anew), with a look into every document; with `among` at those
    of these keys. limit: stop once so many are found; all comments of a response come together, and their readings are
    to be kept together, so it may be a few more. after: look only beyond this response key; they come in the order of
    the keys, so whoever goes on from the last one never looks at a response twice.
    Columns: response (its key), instrument, question, credential ("" when about none), language (the form's), text,
    polarity ("positive" or "negative" when the question says so, else missing), audience (who was asked).
    """
    found: list[tuple[str, str, str, str, str, str, str | None, str]] = []
    chunk = _CHUNK if limit is None else min(_CHUNK, max(limit, 1))
    while limit is None or len(found) < limit:
        rows = (
            session.connection()
            .execute(_unread(instruments, analyser, batch, everything, after, among).limit(chunk))
            .all()
        )
        for key, instrument_id, language, about, answers in rows:
            if limit is not None and len(found) >= limit:
                break
            found += _comments_of(instruments[instrument_id], key, language, loads(about), loads(answers))
            after = key
        if len(rows) < chunk:
            break
    return DataFrame(found, columns=list(UNREAD)).astype(dict.fromkeys(UNREAD, "str"))


def _comments_of(
    instrument: Instrument, key: str, language: str, about: Sequence[str], answers: Mapping[str, Any]
) -> Iterator[tuple[str, str, str, str, str, str, str | None, str]]:
    own = about[0] if instrument.subjects == "one" and about else ""
    for question in instrument.questions:
        if not is_comment(question) or question.id not in answers:
            continue
        raw = answers[question.id]
        for credential, text in raw.items() if question.id in instrument.repeated else ((own, raw),):
            if not text:
                continue  # its time was over: see store.retention
            yield key, instrument.id, question.id, credential, language, text, question.polarity, instrument.audience


def _unread(
    instruments: Mapping[str, Instrument],
    analyser: str,
    batch: str | None,
    everything: bool,
    after: str,
    among: Collection[str] | None,
) -> Select:
    """Responses that hold a comment, as far as a look at their text tells, and no reading of this analyser."""
    responses, readings, waiting = table_of(Responses), table_of(CommentReadings), table_of(Waiting)
    answers = cast(responses.c.answers, Text)
    with_comments = [
        and_(
            responses.c.instrument == instrument.id,
            or_(*(answers.contains(f'"{question.id}":', autoescape=True) for question in comments)),
        )
        for instrument in instruments.values()
        if (comments := [question for question in instrument.questions if is_comment(question)])
    ]
    is_read = exists().where(readings.c.response == responses.c.key, readings.c.analyser == analyser)
    where = [or_(false(), *with_comments), ~is_read, responses.c.key > after]
    if everything:
        kept = table_of(NextReadings)
        where.append(~exists().where(kept.c.response == responses.c.key, kept.c.analyser == analyser))
    if batch is not None:
        where.append(responses.c.batch == batch)
    elif among is not None:
        where.append(responses.c.key.in_(sorted(among)))
    elif not everything:
        where.append(responses.c.key.in_(select(waiting.c.response).where(waiting.c.response > after)))
    return (
        select(responses.c.key, responses.c.instrument, responses.c.language, cast(responses.c.about, Text), answers)
        .where(*where)
        .order_by(responses.c.key)
    )


def save_readings(
    session: Session,
    readings: DataFrame,
    analyser: str,
    *,
    instruments: Mapping[str, Instrument],
    count_voices: CountVoices,
) -> int:
    """Keep what an analyser read. A reading of this analyser that is there stays; one of another is replaced.

    readings: columns response (key), instrument, question, credential, language, vader, textblob, sentiment (-1 to 1,
    missing when not scored), topics (list of {topic, start, end, polarity}, the places in `masked`), masked (the text
    as it may be shown). Those of a response erased meanwhile are left out. Where a comment is published already, its
    topics are counted anew in the same transaction; where it now reads otherwise than when a moderator decided, it is
    to be decided again. Returns how many are new or changed.
    """
    if readings.empty:
        return 0
    meta.lock_published(session)
    kept, changed = 0, False
    for start in range(0, len(readings), _CHUNK):
        rows = _fresh(session, readings.iloc[start : start + _CHUNK], analyser)
        shown = published_pairs(session, rows, instruments)
        before = heard(session, instruments, count_voices, pairs=shown)
        if rows and reopen(session, rows):
            changed = True
        carry(session, rows)
        _keep(session, rows, analyser)
        if shown:
            replace_voices(
                session, instruments, count_voices, before, heard(session, instruments, count_voices, pairs=shown)
            )
            changed = True
        kept += len(rows)
    if kept:
        meta.bump(session, meta.READINGS)
    if changed:
        meta.bump(session)
    return kept


def _fresh(session: Session, readings: DataFrame, analyser: str) -> list[dict[str, Any]]:
    """The readings that are to be kept, as rows in the order of the table, each with a number that means nothing."""
    columns = ("response", "question", "credential", "instrument", *READ)
    responses, table, connection = table_of(Responses), table_of(CommentReadings), session.connection()
    keys = sorted(set(readings["response"]))
    lock = select(responses.c.key).where(responses.c.key.in_(keys)).order_by(responses.c.key)
    there = set(connection.execute(lock.with_for_update(read=True, key_share=True)).scalars())
    address = (table.c.response, table.c.question, table.c.credential)
    done = select(*address).where(table.c.response.in_(keys), table.c.analyser == analyser)
    read = {tuple(row) for row in connection.execute(done)}
    rows = [
        dict(zip(columns, (plain(value) for value in row), strict=True))
        | {"analyser": analyser, "order": secrets.randbits(31)}
        for row in zip(*(readings[name] for name in columns), strict=True)
        if row[0] in there and tuple(row[:3]) not in read
    ]
    return sorted(rows, key=lambda row: (row["response"], row["question"], row["credential"]))


def _keep(session: Session, rows: list[dict[str, Any]], analyser: str) -> None:
    if not rows:
        return
    statement = insert(session, CommentReadings)
    replaced = {name: statement.excluded[name] for name in (*READ, "instrument", "analyser")}
    where = table_of(CommentReadings).c.analyser != analyser
    address = ["response", "question", "credential"]
    session.connection().execute(
        statement.on_conflict_do_update(index_elements=address, set_=replaced, where=where), rows
    )


def plain(value: Any) -> Any:
    """What a driver takes: None for missing, Python's own numbers and lists."""
    if isinstance(value, list | tuple | np.ndarray):
        return [dict(each) for each in value]
    if isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def published_pairs(
    session: Session, rows: Sequence[Mapping[str, Any]], instruments: Mapping[str, Instrument]
) -> Pairs:
    """Of rows of readings, what a release has published already: response -> credentials.

    Instruments whose published answers are to be counted again as a whole are left to that.
    """
    responses, waiting, connection = table_of(Responses), table_of(Waiting), session.connection()
    keys = sorted({row["response"] for row in rows})
    done = select(responses.c.key).where(responses.c.key.in_(keys), out_of_batch())
    shown = set(connection.execute(done).scalars())
    held = select(waiting.c.response, waiting.c.credential).where(waiting.c.response.in_(keys))
    waits = {tuple(row) for row in connection.execute(held)}
    current = {
        name
        for name in {row["instrument"] for row in rows}
        if name in instruments and meta.counted_by(session, name) == counting_rule(instruments[name])
    }
    pairs: dict[str, set[str]] = {}
    for row in rows:
        pair = row["response"], row["credential"]
        if row["instrument"] in current and row["response"] in shown and pair not in waits:
            pairs.setdefault(pair[0], set()).add(pair[1])
    return pairs


def out_of_batch() -> ColumnElement[bool]:
    """Of responses: those that came by themselves, or with an import that is published."""
    responses, imports = table_of(Responses), table_of(Imports)
    published = select(imports.c.id).where(~imports.c.waiting)
    return or_(responses.c.batch.is_(None), responses.c.batch.in_(published))


def replace_voices(
    session: Session,
    instruments: Mapping[str, Instrument],
    count_voices: CountVoices,
    before: Cells,
    after: Cells,
) -> None:
    """Take counted topics out of the blocks and put others in; what does not add up is counted again."""
    try:
        with session.begin_nested():
            blocks.add(session, TOPICS, after)
            blocks.add(session, TOPICS, before, sign=-1)
    except blocks.Miscounted:
        recount_topics(session, instruments, count_voices, units_in(before) | units_in(after))


def recount_topics(
    session: Session, instruments: Mapping[str, Instrument], count_voices: CountVoices, units: Collection[Unit]
) -> None:
    """Count the published topics of some units again, from the readings there are."""
    for unit in sorted(units):
        counted = heard(session, instruments, count_voices, units=[unit])
        blocks.drop(session, TOPICS, [unit])
        blocks.add(session, TOPICS, counted)


def units_in(counted: Cells) -> set[Unit]:
    """The units a counted table is about."""
    found = added([counted], UNIT)
    return {Unit(*named) for named, _ in found.groups(UNIT)}


def is_read_by_another(session: Session, analyser: str) -> bool:
    """Whether a comment is kept as another analyser has read it."""
    table = table_of(CommentReadings)
    found = select(table.c.response).where(table.c.analyser != analyser).limit(1)
    return session.connection().execute(found).first() is not None


def heard(
    session: Session,
    instruments: Mapping[str, Instrument],
    count_voices: CountVoices,
    *,
    pairs: Pairs | None = None,
    batch: str | None = None,
    units: Collection[Unit] | None = None,
    span: Span | None = None,
    next_analyser: str = "",
) -> Cells:
    """Topics counted, from the readings: instrument, credential, the KEYS of topics.

    pairs: of exactly these responses about exactly these credentials; batch: of an import, published or not, without
    what of it waits by itself; neither: of all that is published, or of these units. span: only of responses with such
    keys. next_analyser: as they will be once what this one has read takes over (see store.anew). Comments that are not
    read yet are not heard.
    """
    counted, columns = [], (*UNIT, *KEYS[TOPICS])
    for page in _pages(session, instruments, pairs, batch, units, span or Span(), next_analyser):
        counted.append(cells_of(count_voices(page), columns))
    return added(counted, columns) if counted else no_cells(columns)


def _pages(
    session: Session,
    instruments: Mapping[str, Instrument],
    pairs: Pairs | None,
    batch: str | None,
    units: Collection[Unit] | None,
    span: Span,
    next_analyser: str,
) -> Iterator[DataFrame]:
    """The comments read, as `count_voices` takes them, so many at a time; those of one response always together."""
    readings, responses, connection = table_of(CommentReadings), table_of(Responses), session.connection()
    topics, later, is_mended = readings.c.topics, table_of(NextReadings), is_anything_said(session)
    chosen = (
        select(
            readings.c.response, readings.c.instrument, readings.c.credential, readings.c.question,
            func.coalesce(cast(later.c.topics, Text), cast(topics, Text)) if next_analyser else cast(topics, Text),
            responses.c.survey, responses.c.month, responses.c.organisation, responses.c.role,
            cast(responses.c.answers, Text),
        )
        .join(responses, responses.c.key == readings.c.response)
        .where(readings.c.instrument.in_(list(instruments)))
        .order_by(readings.c.response, readings.c.question, readings.c.credential)
    )  # fmt: skip
    if next_analyser:
        same = (*(later.c[name] == readings.c[name] for name in ADDRESS), later.c.analyser == next_analyser)
        new = or_(readings.c.analyser == next_analyser, later.c.response.is_not(None))
        chosen = chosen.outerjoin(later, and_(*same)).where(new)

    def page(rows: Sequence[Any]) -> DataFrame:
        return _page(instruments, rows, said_of(session, (row[0] for row in rows)) if is_mended else {})

    if pairs is not None:
        keys = sorted(pairs)
        for start in range(0, len(keys), _CHUNK):
            rows = connection.execute(chosen.where(readings.c.response.in_(keys[start : start + _CHUNK]))).all()
            yield page([row for row in rows if row[2] in pairs[row[0]]])
        return
    chosen = chosen.where(~_waits(), out_of_batch() if batch is None else responses.c.batch == batch)
    if span.until is not None:
        chosen = chosen.where(readings.c.response <= span.until)
    if units is not None:
        chosen = chosen.where(or_(false(), *(_of_unit(unit) for unit in units)))
    after = span.after
    while True:
        rows = list(connection.execute(chosen.where(readings.c.response > after).limit(_PAGE)).all())
        whole = len(rows) == _PAGE and rows[0][0] != rows[-1][0]
        if whole:  # the last one may go on beyond the page
            rows = [row for row in rows if row[0] != rows[-1][0]]
        if rows:
            yield page(rows)
        if not whole:
            return
        after = rows[-1][0]


def _page(
    instruments: Mapping[str, Instrument], rows: Sequence[Any], mended: Mapping[tuple[str, str, str], Said]
) -> DataFrame:
    found = []
    rated = {name: overall(instruments[name]) for name in {row[1] for row in rows}}
    last, given = "", dict[str, Any]()
    for response, name, credential, question, topics, survey, month, organisation, role, answers in rows:
        if response != last:  # those of one response come together
            last, given = response, loads(answers) if rated[name] else {}
        asked = instruments[name].by_id.get(question)
        if asked is not None and is_comment(asked):
            whose = (response, instruments[name].audience, name, survey, month, organisation, role, credential)
            said, tags = mended.get((response, question, credential)), loads(topics)
            tags = laid_over(tags, said) if said else tags
            polarity = asked.polarity if said is None or said.sentiment is None else _MEANT[said.sentiment]
            found.append((*whose, polarity, tags, rating_in(given, rated[name], credential)))
    return DataFrame(found, columns=list(HEARD), dtype=object)


def _waits() -> ColumnElement[bool]:
    """Of readings: those of answers that wait for a release."""
    readings, waiting = table_of(CommentReadings), table_of(Waiting)
    return exists().where(
        waiting.c.instrument == readings.c.instrument,
        waiting.c.credential == readings.c.credential,
        waiting.c.response == readings.c.response,
    )


def _of_unit(unit: Unit) -> ColumnElement[bool]:
    readings = table_of(CommentReadings)
    return and_(readings.c.instrument == unit.instrument, readings.c.credential == unit.credential)


def comment_marks(session: Session, instruments: Mapping[str, Instrument]) -> DataFrame:
    """Marks of the published comments: one row an audience and credential with any, columns audience, credential, mark.

    A mark is another as soon as a comment comes or goes, is read by another analyser, is asked for otherwise, a
    moderator decides otherwise who reads it, or what of it, or somebody says otherwise what is in it.
    """
    readings, responses, decided = table_of(CommentReadings), table_of(Responses), table_of(Moderations)
    by = (readings.c.instrument, readings.c.credential, readings.c.analyser, decided.c.state)
    # The numbers of the readings are as good as random, so that two lots of comments hardly have one sum.
    found = (
        select(*by, func.count(), func.sum(readings.c.order))
        .join(responses, responses.c.key == readings.c.response)
        .outerjoin(decided, _decided())
        .where(readings.c.instrument.in_(list(instruments)), out_of_batch(), ~_waits())
        .group_by(*by)
        .order_by(*by)
    )
    asked = {
        name: [(each.id, each.construct, each.polarity) for each in instrument.questions if is_comment(each)]
        for name, instrument in instruments.items()
    }
    marks: dict[tuple[str, str], list[str]] = {}
    for name, credential, analyser, state, number, total in session.connection().execute(found):
        told = f"{name} {asked[name]} {analyser} {state} {number} {total}"
        marks.setdefault((instruments[name].audience, credential), []).append(told)
    for name, credential, mark in (*_masks(session, instruments), *_said(session, instruments)):
        marks.setdefault((instruments[name].audience, credential), []).append(mark)
    rows = [(*place, "; ".join(told)) for place, told in marks.items()]
    return DataFrame(rows, columns=["audience", "credential", "mark"], dtype=object)


def _masks(session: Session, instruments: Mapping[str, Instrument]) -> Iterator[tuple[str, str, str]]:
    """What moderators blackened in comments that are shown: instrument, credential, and a mark of it."""
    readings, decided = table_of(CommentReadings), table_of(Moderations)
    masks = cast(decided.c.masks, Text)
    found = (
        select(readings.c.instrument, readings.c.credential, readings.c.order, masks)
        .join(decided, _decided())
        .where(readings.c.instrument.in_(list(instruments)), decided.c.state.in_(SHOWN), masks != "[]")
        .order_by(readings.c.instrument, readings.c.credential, readings.c.order, masks)
    )
    for name, credential, order, places in session.connection().execute(found):
        yield name, credential, f"{order} {places}"


def _said(session: Session, instruments: Mapping[str, Instrument]) -> Iterator[tuple[str, str, str]]:
    """What people said of comments: instrument, credential, and a mark of it."""
    readings, said = table_of(CommentReadings), table_of(Corrections)
    same = and_(*(said.c[name] == readings.c[name] for name in ADDRESS))
    what = (said.c.sentiment, cast(said.c.topics, Text), cast(said.c.absent, Text), said.c.whole)
    found = (
        select(readings.c.instrument, readings.c.credential, readings.c.order, *what)
        .join(said, same)
        .where(readings.c.instrument.in_(list(instruments)))
        .order_by(readings.c.instrument, readings.c.credential, readings.c.order, said.c.by)
    )
    for name, credential, *told in session.connection().execute(found):
        yield name, credential, " ".join(map(str, told))


def _decided() -> ColumnElement[bool]:
    """Of readings and moderations: that they are of the same comment."""
    readings, decided = table_of(CommentReadings), table_of(Moderations)
    return and_(
        decided.c.response == readings.c.response,
        decided.c.question == readings.c.question,
        decided.c.credential == readings.c.credential,
    )


def read_comments(
    session: Session,
    instruments: Mapping[str, Instrument],
    *,
    credential: str = "",
    programme_credentials: Collection[str] | None = None,
    audience: str = "",
    most: int = 2000,
) -> DataFrame:
    """Published comments as they may be shown, at most so many, reviewed ones first; columns as COLUMNS.

    credential, audience: only of these; "" means all. programme_credentials: only of these credentials. text:
    masked, by the program and then by whoever reviewed it. polarity: what the question says of the comment ("positive",
    "negative"), missing when only its words tell, or where people said how it sounds. language (detected), vader,
    textblob, sentiment (-1 to 1): missing where not known; topics: list of {topic, start, end, polarity}, places in
    the text; what people agree on who looked at the reading goes before it (sentiment -1, 0 or 1 then).
    state: "public" or "internal";
    "" for one that only a program has masked, which is for whoever may read such. Comments not read yet are left out,
    and those a moderator keeps back. survey: by which one they came, for findings alone. The order means nothing and
    stays; nothing tells which two are of one person.
    """
    readings, responses, decided = table_of(CommentReadings), table_of(Responses), table_of(Moderations)
    meant = {name: each for name, each in instruments.items() if not audience or each.audience == audience}
    where = [readings.c.instrument.in_(list(meant)), out_of_batch(), ~_waits()]
    if credential:
        where.append(readings.c.credential == credential)
    if programme_credentials is not None:
        where.append(readings.c.credential.in_(list(programme_credentials)))
    columns = ("instrument", "credential", "question", "language", "masked", "vader", "textblob", "sentiment")
    found = (
        select(
            *(readings.c[name] for name in columns),
            cast(readings.c.topics, Text),
            responses.c.month,
            responses.c.organisation,
            responses.c.survey,
            readings.c.response,
        )
        .join(responses, responses.c.key == readings.c.response)
        .where(*where)
        .order_by(readings.c.order, readings.c.masked)
    )
    reviewed = found.add_columns(decided.c.state, cast(decided.c.masks, Text)).join(decided, _decided())
    connection = session.connection()
    listed = list(connection.execute(reviewed.where(decided.c.state.in_(SHOWN)).limit(most)))
    rest = found.add_columns(literal(""), literal("[]")).where(~exists().where(_decided()))
    if len(listed) < most:
        listed += connection.execute(rest.limit(most - len(listed)))
    rows = []
    mended = said_of(session, (row[-3] for row in listed)) if is_anything_said(session) else {}
    for name, slug, question, language, masked, *scores, topics, month, house, survey, key, state, masks in listed:
        asked = meant[name].by_id.get(question)
        if asked is not None and is_comment(asked):
            said = mended.get((key, question, slug), _NOTHING_SAID)
            polarity = asked.polarity if said.sentiment is None else None
            about = (meant[name].audience, name, slug, question, asked.construct, polarity, month, house)
            text, spans = blackened(masked, laid_over(loads(topics), said), loads(masks))
            vader, textblob, sentiment = scores
            sentiment = sentiment if said.sentiment is None else SCORES[said.sentiment]
            rows.append((*about, language, text, vader, textblob, sentiment, spans, state, survey))
    table = DataFrame(rows, columns=list(COLUMNS), dtype=object)
    words = ("audience", "instrument", "credential", "question", "construct", "month", "organisation", "language")
    for name in (*words, "state", "survey"):
        table[name] = Categorical(Series(table[name], dtype=object))
    return table.astype({"polarity": "str", "text": "str", "vader": float, "textblob": float, "sentiment": float})
