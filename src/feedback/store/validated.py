"""On which skills employers have been heard, month by month, of what is published: for telling which are stale."""

from collections.abc import Mapping

import numpy as np
from pandas import DataFrame, concat
from sqlalchemy import select
from sqlmodel import Session

from feedback.store.blocks import unpack
from feedback.store.counted import ANSWERS, Cells, added
from feedback.store.inserting import table_of
from feedback.store.tables import Blocks
from feedback.survey.questionnaire import Instrument

NEED = "skill_need"
"""The construct by which employers say how far they need a skill; the item of an answer is the skill."""
COLUMNS = ("credential", "organisation", "skill", "month", "people")
_BY = ("organisation", "item", "month")
_TYPES = {"item": "str", "month": "str", "organisation": "object"}


def skills_heard(session: Session, instruments: Mapping[str, Instrument]) -> DataFrame:
    """How many people of which organisation said in which month how far they need a skill of a credential.

    Columns: COLUMNS (organisation missing where not said). Who set the skill aside, as not required, is not counted.
    Costs a third of a millisecond for every credential and month.
    """
    asked = {name: _asking(each) for name, each in instruments.items() if _asking(each)}
    table = table_of(Blocks)
    wanted = select(table.c.instrument, table.c.credential, table.c.data).where(
        table.c.instrument.in_(list(asked)),
        table.c.part.startswith(f"{ANSWERS}:", autoescape=True),
        table.c.credential != "",
    )
    heard: dict[str, list[Cells]] = {}
    for instrument, credential, data in session.connection().execute(wanted):
        cells = unpack(data)
        question, status = cells.columns["question"], cells.columns["status"]
        meant = np.isin(question.codes, np.flatnonzero(np.isin(question.known, asked[instrument])))
        meant &= np.isin(status.codes, np.flatnonzero(status.known == "answered"))
        heard.setdefault(credential, []).append(cells.take(np.flatnonzero(meant), _BY))
    found = [added(cells, _BY).frame().astype(_TYPES).assign(credential=name) for name, cells in heard.items()]
    if not found:
        return DataFrame({name: [] for name in COLUMNS}, dtype=object).astype({"people": "int64"})
    return concat(found, ignore_index=True).rename(columns={"item": "skill"})[list(COLUMNS)]


def _asking(instrument: Instrument) -> list[str]:
    return [question.id for question in instrument.questions if question.construct == NEED]
