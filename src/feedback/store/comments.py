"""Comments: what waits to be read, what was read in them, and the table of both. A comment is a long text's answer."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from pandas import Categorical, DataFrame, Series, array, isna
from sqlalchemy import Text, and_, cast, exists, or_, select
from sqlmodel import Session

from feedback.store import meta
from feedback.store.answers import answer_parts
from feedback.store.inserting import insert, table_of
from feedback.store.tables import CommentReadings, Responses
from feedback.survey.questionnaire import Instrument, Question

UNREAD = ("response", "question", "credential", "language", "text", "polarity", "audience")
COLUMNS = (
    "response",
    "audience",
    "credential",
    "kind",
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
    "rating",
    "analyser",
)
_CHUNK = 1000


def is_comment(question: Question) -> bool:
    """Whether answers to the question are comments: long texts that are not for the survey's owners alone."""
    return question.kind == "long_text" and not question.owner_only


def unread_comments(
    session: Session, instruments: Mapping[str, Instrument], analyser: str, limit: int | None = None
) -> DataFrame:
    """Comments of responses in which this analyser has read nothing yet.

    Columns: response (its key), question, credential ("" when about none), language (the form's), text, polarity
    ("positive" or "negative" when the question says so, else missing), audience (who was asked). limit: stop once so
    many are found; all comments of a response come together, and their readings are to be kept together, so it may be
    a few more.
    """
    found: list[tuple[str, str, str, str, str, str | None, str]] = []
    for key, instrument_id, language, about, answers in session.connection().execute(
        _waiting(instruments, analyser), execution_options={"yield_per": _CHUNK}
    ):
        if limit is not None and len(found) >= limit:
            break
        instrument = instruments[instrument_id]
        subjects = json.loads(about) if instrument.subjects == "one" else ()
        said = json.loads(answers)
        for question in instrument.questions:
            if not is_comment(question) or question.id not in said:
                continue
            raw = said[question.id]
            by_credential = raw if question.id in instrument.repeated else {subjects[0] if subjects else "": raw}
            found += [
                (key, question.id, credential, language, text, question.polarity, instrument.audience)
                for credential, text in by_credential.items()
            ]
    return DataFrame(found, columns=list(UNREAD)).astype(dict.fromkeys(UNREAD, "str"))


def _waiting(instruments: Mapping[str, Instrument], analyser: str) -> Any:
    """Responses that hold a comment, as far as a look at their text tells, and no reading of this analyser."""
    responses, readings = table_of(Responses), table_of(CommentReadings)
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
    return (
        select(responses.c.key, responses.c.instrument, responses.c.language, cast(responses.c.about, Text), answers)
        .where(or_(False, *with_comments), ~is_read)
        .order_by(responses.c.key)
    )


def save_readings(session: Session, readings: DataFrame, analyser: str) -> None:
    """Keep what an analyser read. A reading of this analyser that is there stays; one of another is replaced.

    readings: columns response (key), question, credential, language, vader, textblob, sentiment (-1 to 1, missing when
    not scored), topics (list of {topic, start, end, polarity}). Those of a response erased meanwhile are left out.
    """
    columns = ("response", "question", "credential", "language", "vader", "textblob", "sentiment", "topics")
    table, kept = table_of(Responses), 0
    for start in range(0, len(readings), _CHUNK):
        chunk = readings.iloc[start : start + _CHUNK]
        keys = sorted(set(chunk["response"]))
        there = set(session.connection().execute(select(table.c.key).where(table.c.key.in_(keys))).scalars())
        rows = [
            dict(zip(columns, (_plain(value) for value in row), strict=True)) | {"analyser": analyser}
            for row in zip(*(chunk[name] for name in columns), strict=True)
            if row[0] in there
        ]
        if rows:
            rows.sort(key=lambda row: (row["response"], row["question"], row["credential"]))
            statement = insert(session, CommentReadings)
            replaced = {name: statement.excluded[name] for name in (*columns[3:], "analyser")}
            session.connection().execute(
                statement.on_conflict_do_update(
                    index_elements=["response", "question", "credential"],
                    set_=replaced,
                    where=table_of(CommentReadings).c.analyser != analyser,
                ),
                rows,
            )
            kept += len(rows)
    if kept:
        meta.bump(session)


def _plain(value: Any) -> Any:
    """What a driver takes: None for missing, Python's own numbers and lists."""
    if isinstance(value, list | tuple | np.ndarray):
        return [dict(each) for each in value]
    if isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def read_comments(session: Session, instruments: Mapping[str, Instrument]) -> DataFrame:
    """Every comment, one a row, in no order of arrival; columns as COLUMNS.

    response: the number it has in read_answers of this process. kind: the question's kind. polarity: what the question
    says of the comment ("positive", "negative"), missing when only its words tell. rating: the response's overall
    rating of the same credential, 0 to 1, missing when it gave none.
    language (detected), vader, textblob, sentiment (-1 to 1) and analyser are missing until the comment is read;
    topics (list of {topic, start, end, polarity}) are empty until then.
    """
    asking = {name: each for name, each in instruments.items() if any(map(is_comment, each.questions))}
    parts = answer_parts(session, asking)
    table, asked = parts.table, parts.table["asked"].to_numpy()
    comments = np.array([is_comment(question) for question in parts.questions], dtype=bool)
    found = table.loc[comments[asked] & table["text"].notna().to_numpy()].reset_index(drop=True)
    found = found.drop(columns=["language"])
    found["polarity"] = array([question.polarity for question in parts.questions], dtype="str").take(found["asked"])
    found["rating"] = _overall(table, found)
    readings = _read_readings(session)
    keys = Series(parts.keys, dtype=object)
    found["key"] = keys.take(found["row"]).to_numpy() if len(found) else Series(dtype=object)
    on = {"question": found["question"].astype(object), "credential": found["credential"].astype(object)}
    joined = found.assign(**on).merge(readings, how="left", on=["key", "question", "credential"], sort=False)
    joined["question"], joined["credential"] = found["question"], found["credential"]
    joined["topics"] = [topics if isinstance(topics, list) else [] for topics in joined["topics"]]
    joined["language"] = Categorical(joined["language"])
    joined["analyser"] = Categorical(joined["analyser"])
    return joined[list(COLUMNS)]


def _overall(table: DataFrame, comments: DataFrame) -> Series:
    """The overall rating beside each comment, by response and credential."""
    rated = table.loc[(table["construct"] == "overall").to_numpy() & table["score"].notna().to_numpy()]
    scores = rated.assign(code=rated["credential"].cat.codes).drop_duplicates(["row", "code"])
    scores = scores.set_index(["row", "code"])["score"]
    wanted = comments.assign(code=comments["credential"].cat.codes).set_index(["row", "code"]).index
    return Series(scores.reindex(wanted).to_numpy(dtype=float), index=comments.index)


def _read_readings(session: Session) -> DataFrame:
    table = table_of(CommentReadings)
    order = (table.c.response, table.c.question, table.c.credential)
    columns = [column for column in table.c if column.name != "topics"]
    rows = session.connection().execute(select(*columns, cast(table.c.topics, Text)).order_by(*order)).all()
    names = ["key" if column.name == "response" else column.name for column in columns]
    found = DataFrame([tuple(row) for row in rows], columns=[*names, "topics"], dtype=object)
    found["topics"] = [json.loads(topics) for topics in found["topics"]]
    return found.astype({"vader": float, "textblob": float, "sentiment": float})
