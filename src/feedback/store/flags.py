"""Signs that a response may be worth little, kept beside it: what is published of them, and what may be compared."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from orjson import loads
from pandas import DataFrame, concat
from sqlalchemy import Text, cast, exists, func, select
from sqlmodel import Session

from feedback.store.answers import described
from feedback.store.comments import is_comment, out_of_batch
from feedback.store.counting import count_keys
from feedback.store.inserting import insert_many, table_of
from feedback.store.tables import ResponseFlags, Responses, Waiting
from feedback.survey.kinds import TEXTS
from feedback.survey.questionnaire import Instrument

COLUMNS = ("audience", "instrument", "credential", "flag", "people")
RATED, RATED_WELL = "rated", "rated_well"
"""In the place of a flag: of those who carry any, who gave the verdict on a credential, and who a good one."""
VERDICTS = {"learner": "overall", "employer": "recognition"}
"""The question that asks for the verdict on a credential, as its construct, by audience."""


def flagged(session: Session, instruments: Mapping[str, Instrument]) -> DataFrame:
    """How many published responses about each credential carry each flag; columns as COLUMNS.

    A response is left out as long as anything of it waits for a release: its flags show when its answers do, and not
    before.
    """
    flags, responses = table_of(ResponseFlags), table_of(Responses)
    about = cast(responses.c.about, Text)
    found = (
        select(flags.c.flag, responses.c.instrument, about, func.count())
        .join(responses, responses.c.key == flags.c.response)
        .where(responses.c.instrument.in_(list(instruments)), out_of_batch(), ~_waits())
        .group_by(flags.c.flag, responses.c.instrument, about)
    )
    people: Counter[tuple[str, str, str, str]] = Counter()
    for flag, name, credentials, number in session.connection().execute(found):
        for credential in loads(credentials):
            people[instruments[name].audience, name, credential, flag] += number
    return DataFrame([(*where, number) for where, number in sorted(people.items())], columns=list(COLUMNS))


def verdicts_of_flagged(session: Session, instruments: Mapping[str, Instrument]) -> DataFrame:
    """Of the published responses that carry any flag: how many gave a verdict on each credential (RATED), and how many
    a good one (RATED_WELL); columns as COLUMNS, and the organisation (missing where none is known, as of learners).
    Which of the flags, or how many, is not asked."""
    flags, responses = table_of(ResponseFlags), table_of(Responses)
    asked = {name: each for name, each in instruments.items() if each.audience in VERDICTS}
    known = responses.c.instrument.in_(list(asked)), out_of_batch(), ~_waits()
    keys = select(responses.c.key).where(*known, exists().where(flags.c.response == responses.c.key))
    found = described(
        session, count_keys(session, asked, session.connection().execute(keys).scalars()).cells, instruments
    )
    verdict = found["construct"].astype(str) == found["audience"].astype(str).map(VERDICTS)
    by = [*COLUMNS[:3], "organisation"]
    rated = found[verdict & found["positive"].notna()].astype(dict.fromkeys(by, object))
    both = [
        rows.groupby(by, dropna=False, as_index=False)["people"].sum().assign(flag=name)
        for name, rows in ((RATED, rated), (RATED_WELL, rated[rated["positive"].fillna(value=False).astype(bool)]))
    ]
    return concat(both, ignore_index=True)[[*COLUMNS, "organisation"]]


def _waits() -> Any:
    """Of responses: those of which anything waits for a release."""
    waiting, responses = table_of(Waiting), table_of(Responses)
    return exists().where(waiting.c.response == responses.c.key)


def lots(
    session: Session, instruments: Mapping[str, Instrument], months: Sequence[str], fewest: int
) -> list[tuple[str, str]]:
    """The surveys and months in which at least so many sent a form that is published; imports are not looked at."""
    responses = table_of(Responses)
    by = (responses.c.survey, responses.c.month)
    found = select(*by).where(*_sent(instruments), responses.c.month.in_(months)).group_by(*by)
    many = found.having(func.count() >= fewest).order_by(*by)
    return [(survey, month) for survey, month in session.connection().execute(many)]


def sent_in(
    session: Session, instruments: Mapping[str, Instrument], survey: str, month: str
) -> dict[str, tuple[list[str], dict[str, object]]]:
    """What was sent to a survey in a month and is published, by response key: the comments, and all that is no text."""
    responses = table_of(Responses)
    columns = (responses.c.key, responses.c.instrument, cast(responses.c.answers, Text))
    wanted = (*_sent(instruments), responses.c.survey == survey, responses.c.month == month)
    found = {}
    for key, name, document in session.connection().execute(select(*columns).where(*wanted)):
        answers, asked = loads(document), instruments[name].by_id
        comments = [
            text for each, held in answers.items() if each in asked and is_comment(asked[each]) for text in _texts(held)
        ]
        boxes = {each: held for each, held in answers.items() if each in asked and asked[each].kind not in TEXTS}
        found[key] = (comments, boxes)
    return found


def _sent(instruments: Mapping[str, Instrument]) -> tuple[Any, ...]:
    responses = table_of(Responses)
    return responses.c.batch.is_(None), responses.c.instrument.in_(list(instruments)), ~_waits()


def _texts(held: object) -> Iterator[str]:
    if isinstance(held, dict):
        yield from (text for text in held.values() if isinstance(text, str))
    elif isinstance(held, str):
        yield held


def keep_flag(session: Session, flag: str, keys: Iterable[str]) -> int:
    """Flag responses, by their keys; those that are flagged already stay so. Returns how many are new."""
    return insert_many(session, ResponseFlags, ("response", "flag"), [(key, flag) for key in sorted(set(keys))])
