"""The answers tables: every part of every answer as a row, or how many people gave it. Analysis starts here."""

import secrets
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from orjson import loads
from pandas import Categorical, DataFrame, Series, array
from sqlalchemy import Text, cast, select
from sqlmodel import Session

from feedback.store.counted import ANSWERS, KEYS, PEOPLE, UNIT, Cells, Unit, added, combined, plain
from feedback.store.counting import Span, Tally, read_by_keys, read_span
from feedback.store.inserting import table_of
from feedback.store.local import asked
from feedback.store.tables import Organisations, Responses
from feedback.survey.derived import DERIVED, Derived, derived_of
from feedback.survey.kinds import ANSWERED, KINDS, Part
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
COUNTED = (
    "audience",
    "instrument",
    "version",
    "survey",
    "month",
    "organisation",
    "role",
    "credential",
    "question",
    "construct",
    "kind",
    "scale",
    "item",
    "status",
    "number",
    "score",
    "positive",
    "sector",
    "size_band",
    "people",
)

# Response codes are the same for all tables of one process, and mean nothing to another.
_SALT = secrets.token_bytes(16)


def count_answers(
    session: Session,
    instruments: Mapping[str, Instrument],
    *,
    units: Collection[Unit] | None = None,
    keys: Iterable[str] | None = None,
    batch: str | None = None,
) -> DataFrame:
    """How many people gave each answer: one row a combination of columns, and `people`; columns as COUNTED.

    Equal to read_answers with the same arguments, its equal rows added up, without response, language and text; from
    the documents at once, in a memory that does not grow with the responses. Whether something waits to be published
    is not looked at. A counted table adds up with others that hold no response of it for the same unit.
    """
    tally = Tally(asked(session, instruments), units)
    for rows in read_by_keys(session, keys) if keys is not None else read_span(session, Span(), batch):
        tally.add(rows if batch is None else [row for row in rows if row[7] == batch])
    return described(session, added([tally.count().cells], (*UNIT, *KEYS[ANSWERS])), instruments)


def described(session: Session, counted: Cells, instruments: Mapping[str, Instrument]) -> DataFrame:
    """Counted answers (the unit, the KEYS) with what is known now, as a table for analyses: columns as COUNTED.

    Answers to questions that the instruments do not have are left out.
    """
    meanings = _Meanings(asked(session, instruments))
    coded = [counted.columns[name] for name in ("instrument", "question", "item", "status", "number")]
    key = combined(coded, len(counted))
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    found = [meanings.of([_at(codes, values, row) for codes, values in coded]) for row in first.tolist()]
    cells = [cell for cell in found if cell is not None]
    if len(cells) < len(found):
        kept = np.array([cell is not None for cell in found], dtype=bool)[which]
        return described(session, counted.take(np.flatnonzero(kept)), instruments)
    columns: dict[str, Any] = {name: plain(name, counted.columns[name]) for name in (*UNIT, *KEYS[ANSWERS])}
    for place, name in enumerate(("audience", "construct", "kind", "scale")):
        columns[name] = _category([cell[place] for cell in cells]).take(which)
    columns["score"] = np.array([cell[4] for cell in cells], dtype=np.float64)[which]
    columns["positive"] = array([cell[5] for cell in cells], dtype="boolean").take(which)
    codes, slugs = counted.columns["organisation"]
    organisations = _read_organisations(session).reindex(slugs)
    for name in ("sector", "size_band"):
        listed = Categorical([*organisations[name].astype(object).where(organisations[name].notna(), None), None])
        columns[name] = listed.take(codes)
    columns[PEOPLE] = counted.people
    return DataFrame({name: columns[name] for name in COUNTED})


def _at(codes: NDArray[np.int64], values: NDArray, row: int) -> Any:
    return values[codes[row]] if codes[row] >= 0 else None


class _Meanings:
    """What the instruments say of an answer: audience, construct, kind, scale, score, positive; None: not known."""

    def __init__(self, instruments: Mapping[str, Instrument]):
        self._questions = {
            (name, question.id): (instrument, question)
            for name, instrument in instruments.items()
            for question in instrument.questions
            if not question.record
        }
        self._derived = {
            (name, each.question): (instrument, each)
            for name, instrument in instruments.items()
            for each in derived_of(instrument)
        }
        self._parts: dict[tuple[str, str], Any] = {}

    def of(self, cell: Sequence[Any]) -> tuple[Any, ...] | None:
        """cell: instrument, question, item, status, number (None when missing)."""
        instrument, question, item, status, number = cell
        derived = self._derived.get((instrument, question))
        if derived is not None:
            asked, each = derived
            return (asked.audience, each.construct, DERIVED, each.scale, *each.means(number))
        found = self._questions.get((instrument, question))
        if found is None:
            return None
        asked, known = found
        return (
            asked.audience,
            known.construct,
            known.kind,
            known.scale.id if known.scale else "",
            *self._judged(instrument, known, item, status, number),
        )

    def _judged(
        self, instrument: str, question: Question, item: str, status: str, number: float | None
    ) -> tuple[float | None, bool | None]:
        """Score and positive of a part: read again from an answer that has it."""
        raw = _RAW.get(question.kind)
        if raw is None:
            return None, None
        read = self._parts.get((instrument, question.id))
        if read is None:
            read = self._parts[instrument, question.id] = KINDS[question.kind].parts(question)
        value: Any = status if status != ANSWERED else number
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        found = [part for part in read(raw(item, status, value)) if (part.item, part.status) == (item, status)]
        return (found[0].score, found[0].positive) if found else (None, None)


_RAW: Mapping[str, Callable[[str, str, Any], Any]] = {
    "scale": lambda item, status, value: value,
    "grid": lambda item, status, value: {item: value},
    "number": lambda item, status, value: value,
    "one": lambda item, status, value: item if status == ANSWERED else status,
    "several": lambda item, status, value: [item if status == ANSWERED else status],
}
"""For the kinds whose parts may have a score or be positive: an answer with just that part."""


def read_answers(
    session: Session,
    instruments: Mapping[str, Instrument],
    *,
    units: Collection[Unit] | None = None,
    keys: Iterable[str] | None = None,
    batch: str | None = None,
) -> DataFrame:
    """Every answer of every response to the instruments given, one row a part, columns as COLUMNS.

    response: a shuffled number without meaning, the same within this process. credential: slug, "" when
    the question is about none, "foil:<id>" for one that does not exist. organisation, sector, size_band, role: missing
    for learners and where not known. item: grid row, skill or option, else "". status: "answered", or the aside chosen
    ("does_not_apply", ...), whose number, score and positive are missing. number: on the question's own scale.
    score: 0 to 1, missing where the scale has no good end. positive: True or False for those who rated, else missing.
    text: words written or an id chosen. scale: the scale's id, else "".
    After the answers of a response stands what is derived of them (see survey.derived).
    units, keys, batch: only answers about these, of these responses, of this import; None: all. For a few thousand
    responses; more are counted (`count_answers`).
    Answers to questions that the instruments no longer have are left out. Rows come in no order of arrival.
    """
    questions = [_Asking.of(each, question) for each in instruments.values() for question in each.questions]
    questions += [_Asking.derived(each, derived) for each in instruments.values() for derived in derived_of(each)]
    plans: dict[str, dict[str, _Asked]] = {name: {} for name in instruments}
    derived: dict[str, list[_Asked]] = {name: [] for name in instruments}
    for number, asking in enumerate(questions):
        asked = _Asked(number, asking.parts, asking.repeated, asking.made_of)
        if asking.made_of is not None:
            derived[asking.instrument].append(asked)
        else:
            plans[asking.instrument][asking.question] = asked
    responses = _read_responses(session, instruments, keys, batch)
    single = {name for name, instrument in instruments.items() if instrument.subjects == "one"}
    sittings = {name for name, each in derived.items() if any(one.made_of and one.made_of.by_sitting for one in each)}
    gathered = _Columns(credential_codes={"": 0})
    for row, (name, about, document) in enumerate(
        zip(responses["instrument"], responses["about"], responses["answers"], strict=True)
    ):
        subjects = loads(about) if name in single or name in sittings else ()
        own, plan, answers = subjects[0] if name in single and subjects else "", plans[name], loads(document)
        for question, raw in answers.items():
            found = plan.get(question)
            if found is None:
                continue
            for credential, value in raw.items() if found.repeated else ((own, raw),):
                if units is None or (name, credential) in units:
                    gathered.add(row, credential, found, value)
        for found in derived[name]:
            for credential, *case in found.made_of.cases(answers, subjects) if found.made_of else ():
                credential = credential if found.repeated else own
                if units is None or (name, credential) in units:
                    gathered.add(row, credential, found, case)
    table = _spread(gathered)
    _add_questions(table, questions)
    _add_responses(table, responses, _read_organisations(session))
    return table[list(COLUMNS)]


@dataclass(frozen=True)
class _Asking:
    """A question, or something derived, as the answers table describes it."""

    audience: str
    instrument: str
    question: str
    construct: str
    kind: str
    scale: str
    repeated: bool
    parts: Callable[[Any], Sequence[Part]]
    made_of: Derived | None = None

    @classmethod
    def of(cls, instrument: Instrument, question: Question) -> "_Asking":
        scale, repeated = question.scale.id if question.scale else "", question.id in instrument.repeated
        parts = KINDS[question.kind].parts(question)
        name = (instrument.audience, instrument.id, question.id)
        return cls(*name, question.construct, question.kind, scale, repeated, parts)

    @classmethod
    def derived(cls, instrument: Instrument, made: Derived) -> "_Asking":
        def parts(case: Sequence[Any]) -> Sequence[Part]:
            part = made.part(case[0], case[1], case[2])
            return () if part is None else (part,)

        name = (instrument.audience, instrument.id, made.question)
        return cls(*name, made.construct, DERIVED, made.scale, made.repeated, parts, made)


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
    made_of: Derived | None


def _hashable(raw: Any) -> Hashable:
    if type(raw) is list:
        return tuple(raw)
    # 1 and 1.0 and True are equal keys; what they stand for differs only for True, which no answer is.
    return tuple(raw.items()) if type(raw) is dict else raw


def _read_responses(
    session: Session, instruments: Mapping[str, Instrument], keys: Iterable[str] | None, batch: str | None
) -> dict[str, Sequence[Any]]:
    """The responses' columns, in the order of their keys: the order in which they lie tells when they came."""
    table = table_of(Responses)
    names = ("key", "instrument", "version", "survey", "language", "month", "organisation", "role", "about", "answers")
    # As text: the loop above reads JSON once, whatever the driver would do on the way.
    columns = [cast(table.c[name], Text) if name in ("about", "answers") else table.c[name] for name in names]
    chosen = select(*columns).where(table.c.instrument.in_(list(instruments))).order_by(table.c.key)
    if keys is not None:
        chosen = chosen.where(table.c.key.in_(sorted(keys)))
    if batch is not None:
        chosen = chosen.where(table.c.batch == batch)
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


def _add_questions(table: DataFrame, questions: Sequence[_Asking]) -> None:
    asked = table["asked"].to_numpy()
    for name in ("question", "construct", "kind", "scale", "audience", "instrument"):
        table[name] = _category([getattr(each, name) for each in questions]).take(asked)


def _add_responses(table: DataFrame, responses: Mapping[str, Sequence[Any]], organisations: DataFrame) -> None:
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
