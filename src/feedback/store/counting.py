"""From documents to counts: what each response says, spread once for each different answer and counted by number."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from orjson import loads
from sqlalchemy import Text, and_, cast, select
from sqlmodel import Session

from feedback.store.counted import (
    ANSWERS,
    KEYS,
    NUMBERS,
    PRODUCTS,
    UNIT,
    Cells,
    Column,
    Unit,
    added,
    number_codes,
    text_codes,
)
from feedback.store.inserting import table_of
from feedback.store.local import AT, asked
from feedback.store.products import Products
from feedback.store.tables import Imports, Responses, Waiting
from feedback.survey.derived import Derived, derived_of
from feedback.survey.kinds import KINDS, TEXTS, Part
from feedback.survey.levels import levels_of
from feedback.survey.questionnaire import Instrument, Question

CHUNK = 5000
"""So many responses are in memory at once."""
_RULE = "3"
_VALUE_BITS = 28
_PENDING = 3_000_000
_GROUP = ("instrument", "credential", "version", "survey", "month", "organisation", "role")
_VALUE = ("question", "item", "status", "number")
_COLUMNS = ("key", "instrument", "version", "survey", "month", "organisation", "role", "batch", "about", "answers")

Row = tuple[str, str, int, str, str, str | None, str | None, str | None, str, str]
Pairs = Mapping[str, Collection[str]]
"""Response key -> the credentials meant."""


@dataclass(frozen=True)
class Count:
    """What was counted. cells: instrument, credential, the KEYS of answers. people: by unit and month, how many
    said anything there. products: instrument, credential, the KEYS of products."""

    cells: Cells
    people: Mapping[tuple[Unit, str], int]
    products: Cells


def add_up(counts: Sequence[Count]) -> Count:
    """What several counts say together, whatever they are of, as long as no response is in two of them for one unit."""
    people: dict[tuple[Unit, str], int] = {}
    for count in counts:
        for where, number in count.people.items():
            people[where] = people.get(where, 0) + number
    cells = added([count.cells for count in counts], (*UNIT, *KEYS[ANSWERS]))
    return Count(cells, people, added([count.products for count in counts], (*UNIT, *KEYS[PRODUCTS])))


@lru_cache(maxsize=256)
def counting_rule(instrument: Instrument) -> int:
    """A mark (31 bits) of how answers to an instrument are counted; with another its blocks are to be made again."""
    asked = [
        (
            *(question.id, question.kind, question.id in instrument.repeated, question.record, question.polarity),
            *(question.steps, question.aside_ids, question.option_ids, question.positive, question.owner_only),
            [KINDS[question.kind].parts(question)(raw) for raw in _examples(question)],
        )
        for question in instrument.questions
    ]
    derived = [(each.question, each.first, each.second) for each in derived_of(instrument)]
    levels = [(each.name, sorted(each.levels.items()), each.parts) for each in levels_of(instrument)]
    mark = blake2b(repr((_RULE, instrument.subjects, asked, derived, levels)).encode(), digest_size=4).digest()
    return int.from_bytes(mark, "big") >> 1


def _examples(question: Question) -> list[Any]:
    """An answer of each sort to a question: what becomes of them shows when its kind is counted otherwise."""
    values = (*question.steps, *question.option_ids, *question.aside_ids)
    if question.kind in ("several", "ranking"):
        return [[value] for value in values]
    return [{"": value} for value in values] if question.kind in ("grid", "pair", "best_worst") else list(values)


def count_keys(
    session: Session, instruments: Mapping[str, Instrument], keys: Iterable[str], only: Pairs | None = None
) -> Count:
    """Count what these responses say; with `only`, of each response just about these credentials."""
    tally = Tally(asked(session, instruments))
    for rows in read_by_keys(session, keys):
        tally.add(rows, only=only)
    return tally.count()


def count_batch(
    session: Session, instruments: Mapping[str, Instrument], batch: str, span: "Span | None" = None
) -> Count:
    """Count all that a batch says, of a span of responses, without what of it waits by itself."""
    tally = Tally(asked(session, instruments))
    for rows in read_span(session, span or Span(), batch=batch):
        tally.add(rows, but=_waiting(session, rows))
    return tally.count()


def count_published(
    session: Session,
    instruments: Mapping[str, Instrument],
    span: "Span | None" = None,
    units: Collection[Unit] | None = None,
) -> Count:
    """Count everything that does not wait any more."""
    tally = Tally(asked(session, instruments), units)
    for rows in read_span(session, span or Span()):
        rows, waiting = published(session, rows)
        tally.add(rows, but=waiting)
    return tally.count()


def published(session: Session, rows: list[Row]) -> tuple[list[Row], Pairs]:
    """Of rows just read, those not of a batch that waits, and the pairs of them that wait.

    What waits is read after the rows: whoever was saved meanwhile is seen to wait.
    """
    pairs, imports = _waiting(session, rows), table_of(Imports)
    done = set(session.connection().execute(select(imports.c.id).where(~imports.c.waiting)).scalars())
    return [row for row in rows if row[7] is None or row[7] in done], pairs


def _waiting(session: Session, rows: list[Row]) -> Pairs:
    """Of rows just read, in the order of their keys, the pairs that wait by themselves."""
    waiting, pairs = table_of(Waiting), dict[str, set[str]]()
    between = and_(waiting.c.response >= rows[0][0], waiting.c.response <= rows[-1][0])
    chosen = select(waiting.c.response, waiting.c.credential).where(between)
    for response, credential in session.connection().execute(chosen):
        pairs.setdefault(response, set()).add(credential)
    return pairs


@dataclass(frozen=True)
class Span:
    """Responses by their keys: after `after`, and up to `until` (None: to the end)."""

    after: str = ""
    until: str | None = None


def read_span(session: Session, span: Span, batch: str | None = None, chunk: int = CHUNK) -> Iterator[list[Row]]:
    """Responses in the order of their keys, so many at a time."""
    table, last = table_of(Responses), span.after
    while True:
        wanted = [table.c.key > last]
        if span.until is not None:
            wanted.append(table.c.key <= span.until)
        if batch is not None:
            wanted.append(table.c.batch == batch)
        rows = _fetch(session, select(*_columns()).where(*wanted).order_by(table.c.key).limit(chunk))
        if rows:
            yield rows
        if len(rows) < chunk:
            return
        last = rows[-1][0]


def read_by_keys(session: Session, keys: Iterable[str], chunk: int = CHUNK) -> Iterator[list[Row]]:
    """The responses of these keys, those that are there, in the order of the keys."""
    table, ordered = table_of(Responses), sorted(keys)
    for start in range(0, len(ordered), chunk):
        wanted = table.c.key.in_(ordered[start : start + chunk])
        rows = _fetch(session, select(*_columns()).where(wanted).order_by(table.c.key))
        if rows:
            yield rows


def _columns() -> list[Any]:
    table = table_of(Responses)
    # As text: JSON is read once, whatever the driver would do on the way.
    return [cast(table.c[name], Text) if name in ("about", "answers") else table.c[name] for name in _COLUMNS]


def _fetch(session: Session, statement: Any) -> list[Row]:
    # The driver's own tuples: these columns need no conversion, and a Row each would take as long as all the rest.
    cursor = session.connection().execute(statement).cursor
    return list(cursor.fetchall()) if cursor is not None else []


class _Codes(dict):
    """For one question: an answer, or a row of one, -> the numbers of its parts. Each is worked out once."""

    def __init__(self, question: str, read: Any, number: Any):
        super().__init__()
        self.question, self.read, self.number = question, read, number

    def __missing__(self, key: Any) -> tuple[int, ...]:
        raw = key
        if type(key) is tuple:
            raw = list(key[1:]) if key[0] is list else {key[0]: key[1]}
        found = self[key] = tuple(self.number(self.question, part) for part in self.read(raw))
        return found


class _Text(dict):
    """For a question of free text: that something was written, whatever it was."""

    def __init__(self, question: str, number: Any):
        super().__init__()
        self.found = (number(question, Part()),)

    def __missing__(self, key: Any) -> tuple[int, ...]:
        return self.found


class _Derived(dict):
    """For something derived: (item, first answer, second answer) -> the numbers of its parts (none or one)."""

    def __init__(self, derived: Derived, number: Any):
        super().__init__()
        self.derived, self.number = derived, number

    def __missing__(self, key: Any) -> tuple[int, ...]:
        part = self.derived.part(*key)
        found = self[key] = () if part is None else (self.number(self.derived.question, part),)
        return found


@dataclass(frozen=True)
class _Plan:
    """How the answers to one instrument are counted. one: all are about the sitting's one credential. about: whether
    it matters which credentials a sitting was about."""

    one: bool
    about: bool
    once: Mapping[str, dict]
    each: Mapping[str, dict]
    derived: Sequence[tuple[Derived, dict]]


class Tally:
    """Counts responses as they come. What it holds grows with the different answers, not with the responses."""

    def __init__(self, instruments: Mapping[str, Instrument], units: Collection[Unit] | None = None):
        self._units = None if units is None else frozenset(units)
        self._values: dict[tuple[Any, ...], int] = {}
        self._groups: dict[tuple[Any, ...], int] = {}
        self._people: NDArray[np.int64] = np.zeros(0, np.int64)
        self._keys: list[NDArray[np.int64]] = []
        self._counts: list[NDArray[np.int64]] = []
        self._products = Products(instruments)
        self._plans = {name: self._plan(each) for name, each in instruments.items()}
        self._own = {slug: plan for name, each in instruments.items() for slug, plan in self._own_plans(name, each)}

    def _plan(self, instrument: Instrument) -> _Plan:
        once: dict[str, dict] = {}
        each: dict[str, dict] = {}
        for question in instrument.questions:
            if not question.record and AT not in question.id:
                (each if question.id in instrument.repeated else once)[question.id] = self._codes(question)
        derived = [(one, _Derived(one, self._number)) for one in derived_of(instrument)]
        one = instrument.subjects == "one"
        return _Plan(one, one or any(each.by_sitting for each, _ in derived), once, each, derived)

    def _own_plans(self, name: str, instrument: Instrument) -> Iterator[tuple[str, _Plan]]:
        """For each survey with local questions (see store.local) how its answers are counted."""
        own: dict[str, dict[str, dict]] = {}
        for question in instrument.questions:
            given, _, survey = question.id.partition(AT)
            if survey:
                own.setdefault(survey, {})[given] = self._codes(question)
        for survey, codes in own.items():
            yield survey, replace(self._plans[name], once={**self._plans[name].once, **codes})

    def _codes(self, question: Question) -> dict:
        if question.kind in TEXTS:
            return _Text(question.id, self._number)
        return _Codes(question.id, KINDS[question.kind].parts(question), self._number)

    def _number(self, question: str, part: Part) -> int:
        key = (question, part.item, part.status, part.number)
        return self._values.setdefault(key, len(self._values))

    def add(self, rows: Iterable[Row], only: Pairs | None = None, but: Pairs | None = None) -> None:
        """Count some responses. only: of each just these credentials; but: of those named not these."""
        who: list[int] = []
        lengths: list[int] = []
        said: list[int] = []
        plans, own, groups = self._plans, self._own, self._groups
        for key, name, version, survey, month, organisation, role, _, about, answers in rows:
            plan = own.get(survey) or plans.get(name)
            if plan is None:
                continue
            found = _read(plan, loads(about) if plan.about else (), loads(answers))
            for credential, codes in found.items():
                if not codes or not self._meant(key, name, credential, only, but):
                    continue
                group = (name, credential, version, survey, month, organisation, role)
                number = groups.get(group)
                if number is None:
                    number = groups[group] = len(groups)
                who.append(number)
                lengths.append(len(codes))
                said += codes
        self._keep(np.array(who, np.int64), np.array(lengths, np.int64), np.array(said, np.int64))

    def _meant(self, key: str, name: str, credential: str, only: Pairs | None, but: Pairs | None) -> bool:
        if only is not None and credential not in only.get(key, ()):
            return False
        if but and credential in but.get(key, ()):
            return False
        return self._units is None or (name, credential) in self._units

    def _keep(self, who: NDArray[np.int64], lengths: NDArray[np.int64], said: NDArray[np.int64]) -> None:
        people = np.bincount(who, minlength=len(self._groups))
        people[: len(self._people)] += self._people
        self._people = people
        keys, counts = np.unique(np.repeat(who, lengths) << _VALUE_BITS | said, return_counts=True)
        self._keys.append(keys)
        self._counts.append(counts)
        self._products.add(list(self._groups), list(self._values), who, lengths, said)
        if sum(map(len, self._keys[1:])) > _PENDING:
            self._fold()

    def _fold(self) -> None:
        """Add up what was counted piece by piece."""
        keys = np.concatenate([np.zeros(0, np.int64), *self._keys])
        order = np.argsort(keys, kind="stable")  # several sorted runs are merged in one go
        keys, counts = keys[order], np.concatenate([np.zeros(0, np.int64), *self._counts])[order]
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.zeros(0, np.intp)
        self._keys = [keys[starts]]
        self._counts = [np.add.reduceat(counts, starts) if len(starts) else counts]

    def count(self) -> Count:
        """All that was counted."""
        self._fold()
        group, value = self._keys[0] >> _VALUE_BITS, self._keys[0] & (1 << _VALUE_BITS) - 1
        columns: dict[str, Column] = {}
        for names, known, rows in ((_GROUP, self._groups, group), (_VALUE, self._values, value)):
            for place, name in enumerate(names):
                listed = [each[place] for each in known]
                coded = number_codes(np.array(listed, dtype=NUMBERS[name])) if name in NUMBERS else text_codes(listed)
                columns[name] = Column(coded.codes[rows], coded.known)
        people: dict[tuple[Unit, str], int] = {}
        for (instrument, credential, _, _, month, *_), number in zip(self._groups, self._people.tolist(), strict=True):
            where = Unit(instrument, credential), month
            people[where] = people.get(where, 0) + number
        return Count(
            Cells({name: columns[name] for name in (*UNIT, *KEYS[ANSWERS])}, self._counts[0]),
            people,
            self._products.cells(),
        )


def _read(plan: _Plan, about: Sequence[str], answers: Mapping[str, Any]) -> dict[str, list[int]]:
    """The numbers of all parts of a response, by credential."""
    own = about[0] if plan.one and about else ""
    mine: list[int] = []
    found = {own: mine}
    once, each = plan.once, plan.each
    for name, raw in answers.items():
        codes = once.get(name)
        if codes is not None:
            kind = type(raw)
            if kind is dict:
                for pair in raw.items():
                    mine += codes[pair]
            else:
                mine += codes[(list, *raw) if kind is list else raw]
            continue
        codes = each.get(name)
        if codes is not None:
            for credential, value in raw.items():
                there = found.get(credential)
                if there is None:
                    there = found[credential] = []
                kind = type(value)
                if kind is dict:
                    for pair in value.items():
                        there += codes[pair]
                else:
                    there += codes[(list, *value) if kind is list else value]
    for derived, known in plan.derived:
        for credential, item, first, second in derived.cases(answers, about):
            codes_found = known[item, first, second]
            if codes_found:
                found.setdefault(credential if derived.repeated else own, []).extend(codes_found)
    return found
