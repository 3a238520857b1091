"""Questionnaires as their surveys ask them: with each survey's local questions, under names of their own."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Text, cast, select
from sqlmodel import Session

from feedback.errors import Refused
from feedback.store.inserting import table_of
from feedback.store.tables import Surveys
from feedback.survey.local import SECTION, with_local
from feedback.survey.questionnaire import Instrument

AT = "@"
"""Between the id of a local question and its survey: local_room@learn-data-1."""


def asked(session: Session, instruments: Mapping[str, Instrument]) -> dict[str, Instrument]:
    """The instruments with the local questions of all their surveys, each called "question@survey".

    Two surveys may give different questions one id; under these names their answers are counted and told apart. Local
    questions that no longer fit their instrument cannot be asked any more and are left out.
    """
    found = dict(instruments)
    table = table_of(Surveys)
    wanted = table.c.instrument.in_(list(found)) & (cast(table.c.local_questions, Text) != "[]")
    chosen = select(table.c.slug, table.c.instrument, table.c.local_questions).where(wanted).order_by(table.c.slug)
    for slug, name, questions in session.connection().execute(chosen).all():
        try:
            whole = with_local(instruments[name], questions)
        except Refused:
            continue
        own = [replace(each, id=f"{each.id}{AT}{slug}") for each in whole.questions if each.section == SECTION]
        found[name] = replace(found[name], questions=(*found[name].questions, *own))
    return found
