"""The answers table: every part of every answer as a row, in columns. Analysis starts here."""

import json
import secrets
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pandas import Categorical, DataFrame, Series, array
from sqlalchemy import Text, cast, select
from sqlmodel import Session

from feedback.store.inserting import table_of
from feedback.store.tables import Organisations, Responses
from feedback.survey.kinds import KINDS, Part
from feedback.survey.questionnaire import Instrument, Question

COLUMNS = (
    "response",
    "audience",
    "instrument",
    "version",
    "survey",
    "language",
    "month",
    "organisation",
    "sector",
    "size_band",
    "role",
    "credential",
    "question",
    "construct",
    "kind",
    "item",
    "status",
    "number",
    "score",
    "positive",
    "text",
    "scale",
)

# Response codes are the same for all tables of one process, and mean nothing to another.
_SALT = secrets.token_bytes(16)
_SHORT = 60


def read_answers(session: Session, instruments: Mapping[str, Instrument]) -> DataFrame:
    """Every answer of every response to the instruments given, one row a part, columns as COLUMNS.

    response: a shuffled number without meaning, the same in read_comments of this process. credential: slug, "" when
    the question is about none, "foil:<id>" for one that does not exist. organisation, sector, size_band, role: missing
    for learners and where not known. item: grid row, skill or option, else "". status: "answered", or the aside chosen
    ("does_not_apply", ...), whose number, score and positive are missing. number: on the question's own scale.
    score: 0 to 1, missing where the scale has no good end. positive: True or False for those who rated, else missing.
    text: words written or an id chosen. scale: the scale's id, else "".
    Answers to questions that the instruments no longer have are left out. Rows come in no order of arrival.
    """
    return answer_parts(session, instruments).table[list(COLUMNS)]


@dataclass(frozen=True)
class AnswerParts:
    """The answers table with two more columns (`row`, `asked`), and what they count.

    row: which of `keys` the response is. asked: which of `questions` was answered.
    """

    table: DataFrame
    keys: list[str]
    questions: list[Question]


@dataclass
class _Columns:
    """What is gathered answer by answer: three numbers each, and once for each different answer its parts."""

    rows: list[int] = field(default_factory=list)
    credentials: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    credential_codes: dict[str, int] = field(default_factory=dict)
    value_codes: dict[Hashable, int] = field(default_factory=dict)
    value_questions: list[int] = field(default_factory=list)
    value_parts: list[Sequence[Part]] = field(default_factory=list)

    def add(self, row: int, credential: str, asked: "_Asked", raw: Any) -> None:
        """One answer. An equal answer to the same question was worked out before."""
        name = (asked.number, _hashable(raw))
        value = self.value_codes.get(name)
        if value is None:
            value = self.value_codes[name] = len(self.value_parts)
            self.value_questions.append(asked.number)
            self.value_parts.append(asked.parts(raw))
        self.rows.append(row)
        self.values.append(value)
        self.credentials.append(self.credential_codes.setdefault(credential, len(self.credential_codes)))


@dataclass(frozen=True)
class _Asked:
    """A question as the loop needs it. number: its place among all questions of all instruments."""

    number: int
    parts: Callable[[Any], Sequence[Part]]
    repeated: bool


def answer_parts(session: Session, instruments: Mapping[str, Instrument]) -> AnswerParts:
    """The answers table of `read_answers` before its last step, for the comments table to share."""
    questions = [(instrument, question) for instrument in instruments.values() for question in instrument.questions]
    plans: dict[str, dict[str, _Asked]] = {name: {} for name in instruments}
    for number, (instrument, question) in enumerate(questions):
        parts = KINDS[question.kind].parts(question)
        plans[instrument.id][question.id] = _Asked(number, parts, question.id in instrument.repeated)
    responses = _read_responses(session, instruments)
    single = {name for name, instrument in instruments.items() if instrument.subjects == "one"}
    gathered, decode = _Columns(credential_codes={"": 0}), _decoder()
    for row, (instrument_id, about, answers) in enumerate(
        zip(responses["instrument"], responses["about"], responses["answers"], strict=True)
    ):
        subjects = decode(about) if instrument_id in single else ()
        own, plan = subjects[0] if subjects else "", plans[instrument_id]
        for name, raw in decode(answers).items():
            asked = plan.get(name)
            if asked is None:
                continue
            if asked.repeated:
                for credential, value in raw.items():
                    gathered.add(row, credential, asked, value)
            else:
                gathered.add(row, own, asked, raw)
    table = _spread(gathered)
    _add_questions(table, questions)
    _add_responses(table, responses, instruments, _read_organisations(session))
    return AnswerParts(table, list(responses["key"]), [question for _, question in questions])


def _decoder() -> Callable[[str], Any]:
    """json.loads that remembers short documents: of a hundred thousand imported ratings few differ."""
    known: dict[str, Any] = {}

    def decode(document: str) -> Any:
        if len(document) > _SHORT:
            return json.loads(document)
        found = known.get(document)
        if found is None:
            found = known[document] = json.loads(document)
        return found

    return decode


def _hashable(raw: Any) -> Hashable:
    if type(raw) is list:
        return tuple(raw)
    # 1 and 1.0 and True are equal keys; what they stand for differs only for True, which no answer is.
    return tuple(raw.items()) if type(raw) is dict else raw


def _read_responses(session: Session, instruments: Mapping[str, Instrument]) -> dict[str, Sequence[Any]]:
    """The responses' columns, in the order of their keys: the order in which they lie tells when they came."""
    table = table_of(Responses)
    names = ("key", "instrument", "version", "survey", "language", "month", "organisation", "role", "about", "answers")
    # As text: the loop above reads JSON once, whatever the driver would do on the way.
    columns = [cast(table.c[name], Text) if name in ("about", "answers") else table.c[name] for name in names]
    chosen = select(*columns).where(table.c.instrument.in_(list(instruments))).order_by(table.c.key)
    # The driver's own tuples: these columns need no conversion, and a Row each would take as long as all the rest.
    cursor = session.connection().execute(chosen).cursor
    found = cursor.fetchall() if cursor is not None else []
    columns_found = zip(*found, strict=True) if found else ((),) * len(names)
    return dict(zip(names, columns_found, strict=True))


def _read_organisations(session: Session) -> DataFrame:
    table = table_of(Organisations)
    found = session.connection().execute(select(table.c.slug, table.c.sector, table.c.size_band)).all()
    return DataFrame([tuple(row) for row in found], columns=["slug", "sector", "size_band"], dtype=object).set_index(
        "slug"
    )


def _spread(gathered: _Columns) -> DataFrame:
    """One row a part: the columns that come of the answers themselves."""
    counts = np.fromiter(map(len, gathered.value_parts), dtype=np.int64, count=len(gathered.value_parts))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]) if len(counts) else counts
    values = np.array(gathered.values, dtype=np.int64)
    repeats = counts[values]
    first = np.repeat(starts[values] - np.cumsum(repeats) + repeats, repeats)
    part = first + np.arange(len(first))
    parts = [part for answer in gathered.value_parts for part in answer]
    positive = [each.positive for each in parts]
    return DataFrame(
        {
            "row": np.repeat(np.array(gathered.rows, dtype=np.int64), repeats),
            "asked": np.repeat(np.array(gathered.value_questions, dtype=np.int64)[values], repeats),
            "credential": Categorical.from_codes(
                np.repeat(np.array(gathered.credentials, dtype=np.int64), repeats),
                categories=list(gathered.credential_codes),
            ),
            "item": _category([each.item for each in parts]).take(part),
            "status": _category([each.status for each in parts]).take(part),
            "number": np.array([each.number for each in parts], dtype=float)[part],
            "score": np.array([each.score for each in parts], dtype=float)[part],
            "positive": array(positive, dtype="boolean").take(part),
            "text": array([each.text for each in parts], dtype="str").take(part),
        }
    )


def _add_questions(table: DataFrame, questions: Sequence[tuple[Instrument, Question]]) -> None:
    asked = table["asked"].to_numpy()
    for name, values in (
        ("question", [question.id for _, question in questions]),
        ("construct", [question.construct for _, question in questions]),
        ("kind", [question.kind for _, question in questions]),
        ("scale", [question.scale.id if question.scale else "" for _, question in questions]),
        ("audience", [instrument.audience for instrument, _ in questions]),
        ("instrument", [instrument.id for instrument, _ in questions]),
    ):
        table[name] = _category(values).take(asked)


def _add_responses(
    table: DataFrame,
    responses: Mapping[str, Sequence[Any]],
    instruments: Mapping[str, Instrument],
    organisations: DataFrame,
) -> None:
    row = table["row"].to_numpy()
    table["response"] = response_codes(responses["key"])[row]
    table["version"] = np.array(responses["version"], dtype=np.int32)[row]
    for name in ("survey", "language", "month", "organisation", "role"):
        table[name] = _category(responses[name]).take(row)
    named = Series(responses["organisation"], dtype=object)
    for name in ("sector", "size_band"):
        table[name] = _category(named.map(organisations[name])).take(row)


def response_codes(keys: Sequence[str]) -> NDArray[np.int64]:
    """A number for each response key, without meaning, the same within this process. Below 2^53: exact as a float."""
    codes = (int.from_bytes(blake2b(key.encode(), key=_SALT, digest_size=8).digest(), "big") >> 11 for key in keys)
    return np.fromiter(codes, dtype=np.int64, count=len(keys))


def _category(values: Sequence[Any] | Series) -> Categorical:
    return Categorical(Series(values, dtype=object))
