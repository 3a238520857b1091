"""Who has been heard on what, by organisation and role, of what is published: for telling who is still missing, and how
those of a role regard a credential; and how many organisations there are to hear."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
from pandas import DataFrame, concat
from sqlalchemy import func, select
from sqlmodel import Session

from feedback.store.blocks import unpack
from feedback.store.counted import ANSWERS, Cells, Column, added
from feedback.store.inserting import table_of
from feedback.store.tables import Blocks, Organisations
from feedback.survey.questionnaire import Instrument


def heard_by_role(session: Session, instruments: Mapping[str, Instrument]) -> DataFrame:
    """How many people of which organisation and role have been heard on each credential, of what is published.

    Columns: credential, organisation and role (missing where not said), people. Of each instrument those are counted
    who answered what everybody is asked of a credential (`_of_everybody`); an instrument without that is left out.
    Costs a third of a millisecond for every credential and month.
    """
    asked = {name: question for name, each in instruments.items() if (question := _of_everybody(each))}
    heard: Counter[tuple[str, Any, Any]] = Counter()
    for instrument, credential, cells in _by_month(session, asked):
        questions, houses, roles = (cells.columns[name] for name in ("question", "organisation", "role"))
        meant = np.isin(questions.codes, np.flatnonzero(questions.known == asked[instrument]))
        for row in np.flatnonzero(meant).tolist():
            heard[credential, _at(houses, row), _at(roles, row)] += int(cells.people[row])
    rows = [(*who, people) for who, people in heard.items()]
    found = DataFrame(rows, columns=["credential", "organisation", "role", "people"], dtype=object)
    return found.astype({"people": "int64"})


def rated_by_role(session: Session, instruments: Mapping[str, Instrument], constructs: Collection[str]) -> DataFrame:
    """How many people of which organisation and role gave a credential which number, of what is published.

    constructs: of the questions that are meant, each asked once of a credential. Columns: instrument, credential,
    organisation and role (missing where not said), construct, number, people. In no month, and without anything else
    they said. Costs a third of a millisecond for every credential and month.
    """
    asked = {
        name: {question.id: question.construct for question in each.questions if question.construct in constructs}
        for name, each in instruments.items()
    }
    by = ("organisation", "role", "number")
    found: dict[tuple[str, str, str], list[Cells]] = {}
    for instrument, credential, cells in _by_month(session, [name for name, each in asked.items() if each]):
        questions, status = cells.columns["question"], cells.columns["status"]
        answered = np.isin(status.codes, np.flatnonzero(status.known == "answered"))
        for question, construct in asked[instrument].items():
            meant = answered & np.isin(questions.codes, np.flatnonzero(questions.known == question))
            place = instrument, credential, construct
            found.setdefault(place, []).append(cells.take(np.flatnonzero(meant), by))
    tables = [
        added(cells, by).frame().assign(instrument=instrument, credential=credential, construct=construct)
        for (instrument, credential, construct), cells in found.items()
    ]
    columns = ["instrument", "credential", "organisation", "role", "construct", "number", "people"]
    if not tables:
        return DataFrame(columns=columns, dtype=object).astype({"number": "float64", "people": "int64"})
    texts = dict.fromkeys(columns[:5], object)
    return concat([table.astype(texts) for table in tables], ignore_index=True)[columns]


def organisations_listed(session: Session) -> DataFrame:
    """How many organisations of which sector and size the catalogue lists: sector, size_band (missing where not said),
    organisations."""
    table = table_of(Organisations)
    kind = table.c.sector, table.c.size_band
    rows = session.connection().execute(select(*kind, func.count()).group_by(*kind)).all()
    found = sorted((tuple(row) for row in rows), key=lambda row: tuple(map(str, row)))
    return DataFrame(found, columns=["sector", "size_band", "organisations"], dtype=object)


def _by_month(session: Session, instruments: Collection[str]) -> Iterator[tuple[str, str, Cells]]:
    """Instrument, credential and counted answers of each month, of answers about a credential."""
    table = table_of(Blocks)
    wanted = select(table.c.instrument, table.c.credential, table.c.data).where(
        table.c.instrument.in_(list(instruments)),
        table.c.part.startswith(f"{ANSWERS}:", autoescape=True),
        table.c.credential != "",
    )
    for instrument, credential, data in session.connection().execute(wanted):
        yield instrument, credential, unpack(data)


def _at(column: Column, row: int) -> str | None:
    code = column.codes[row]
    return column.known[code] if code >= 0 else None


def _of_everybody(instrument: Instrument) -> str | None:
    """The question everybody is asked of a credential, once: the first that is required, of one choice or one step."""
    always = {each.id for each in instrument.sections if each.show_if is None}
    for question in instrument.questions:
        of_each = instrument.subjects == "one" or question.id in instrument.repeated
        whole = question.required and question.show_if is None and question.section in always and not question.record
        if of_each and whole and question.kind in ("one", "scale"):
            return question.id
    return None
