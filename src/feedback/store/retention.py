"""How long what people said is kept: the terms of each survey, the clock they set, holds, and erasing what is due.

Nothing of an open survey or of one under a hold is erased, and nothing of the invented sample. Each piece is one
transaction that looks at all of that again, so that whoever is stopped midway begins again and comes to the same end.
"""

from calendar import monthrange
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from secrets import token_hex
from typing import Any

from orjson import loads
from sqlalchemy import Text, bindparam, cast, delete, func, or_, select, update
from sqlmodel import Session

from feedback.errors import Problem, Refused, suggest
from feedback.policy import KEEP, Actor, demand
from feedback.store import audit, finished, jobs, meta
from feedback.store.clock import now
from feedback.store.inserting import insert, table_of
from feedback.store.opening import day_in
from feedback.store.responses import delete_responses
from feedback.store.standing import STEP, in_words
from feedback.store.surveys import CLOSED, Survey, instrument_of, read_survey, read_surveys, state_of
from feedback.store.tables import (
    CommentReadings,
    Corrections,
    Holds,
    Moderations,
    NextReadings,
    Responses,
    Surveys,
    Terms,
)
from feedback.survey.kinds import TEXTS
from feedback.survey.questionnaire import Instrument

EVERY = ""
"""The terms of all surveys that have none of their own stand under this name."""
COMMENTS_MONTHS = 24
"""So long comments are kept where nobody has said otherwise; what was chosen is kept for good."""
MOST_MONTHS = 1200
SETTLES = timedelta(days=7)
"""A term takes hold so long after it was set: until then a slip can be put right."""
PIECE = 1000
"""So many responses are looked at, or erased, in one transaction."""
COMMENTS, ANSWERS = "comments", "answers"
_RECOUNT = "rebuild"
"""The worker's kind of job that counts all that is published again."""
_SINCE, _DONE, _SURVEY = "retention_since", "forgot:", "survey:"

Writing = Callable[[], AbstractContextManager[Session]]
Instruments = Mapping[str, Instrument]


@dataclass(frozen=True)
class Term:
    """How many months after the close what people wrote is kept, and what they chose (None: for good). set_on: None
    where nobody has said. is_own: said of this survey, not of all."""

    comments_months: int = COMMENTS_MONTHS
    answers_months: int | None = None
    set_on: date | None = None
    is_own: bool = False

    def exceeds(self, other: "Term") -> bool:
        """Whether anything is kept longer than by the other."""
        longer = self.answers_months is None or self.answers_months > (other.answers_months or 0)
        return self.comments_months > other.comments_months or (other.answers_months is not None and longer)


@dataclass(frozen=True)
class Hold:
    """A survey of which nothing goes by schedule while this lasts."""

    survey: str
    reason: str
    by: str
    set_on: date


@dataclass(frozen=True)
class Clock:
    """When what was said in a survey goes. closed_on: None while it takes answers or will. comments_on, answers_on: the
    first day without them; None: not while it is open, or never."""

    survey: Survey
    term: Term
    closed_on: date | None = None
    comments_on: date | None = None
    answers_on: date | None = None
    hold: Hold | None = None

    def due(self, moment: datetime) -> str | None:
        """What is to go by then: ANSWERS, which takes the comments along, COMMENTS, or None."""
        if self.hold is not None or self.survey.is_sample:
            return None
        day = day_in(moment, self.survey.zone)
        if self.answers_on is not None and self.answers_on <= day:
            return ANSWERS
        return COMMENTS if self.comments_on is not None and self.comments_on <= day else None


@dataclass(frozen=True)
class Erased:
    """What went, or would go. number: of responses whose comments, or that themselves."""

    survey: str
    what: str
    number: int

    @property
    def least(self) -> int:
        """The number, rounded down to a whole step, as it is told."""
        return self.number // STEP * STEP


# --- terms and holds --------------------------------------------------------------------------------------------------


def read_terms(session: Session) -> dict[str, Term]:
    """The terms by survey; those of all others under EVERY."""
    table = table_of(Terms)
    columns = (table.c.survey, table.c.comments_months, table.c.answers_months, table.c.set_on)
    found = {
        survey: Term(comments, answers, set_on, is_own=survey != EVERY)
        for survey, comments, answers, set_on in session.connection().execute(select(*columns))
    }
    return {EVERY: Term(), **found}


def set_terms(
    session: Session,
    survey: str,
    comments_months: int,
    answers_months: int | None,
    *,
    by: Actor,
    today: date | None = None,
) -> None:
    """Keep what is said in a survey (EVERY: in all without terms of their own) for so many months after its close.

    Whoever has answered was told how long: their survey keeps its terms where the new ones are longer. Raises Refused,
    and Forbidden for who may not keep.
    """
    demand(by, KEEP)
    wrong = _wrong_months(comments_months, answers_months)
    if wrong:
        raise Refused(wrong)
    terms, today = read_terms(session), today or now(session).date()
    new = Term(comments_months, answers_months)
    if survey:
        if _known(session, survey).is_sample:
            raise Refused([Problem(survey, "is of the sample, which is invented and goes as a whole.")])
        if new.exceeds(terms.get(survey, terms[EVERY])) and survey in _answered(session):
            said = "is answered already, and people were told a shorter time. To keep it for a reason, hold it."
            raise Refused([Problem(survey, said)])
    elif new.exceeds(terms[EVERY]):
        old = terms[EVERY]
        for one in sorted(_answered(session) - terms.keys()):
            _put_terms(session, one, old, by, old.set_on or today)
    _put_terms(session, survey, new, by, today)
    _record(session, by, audit.RETENTION_SET, survey, comments_months=comments_months, answers_months=answers_months)


def hold(session: Session, survey: str, reason: str, *, by: Actor, today: date | None = None) -> None:
    """Let nothing of a survey go by schedule until it is lifted. Raises Refused without a reason, or if it is held, and
    Forbidden for who may not keep."""
    demand(by, KEEP)
    _lock(session, survey)
    reason = " ".join(reason.split())
    if not reason:
        raise Refused([Problem("reason", "is empty. Say why nothing may be erased, as: a complaint is being heard.")])
    if survey in read_holds(session):
        raise Refused([Problem(survey, "is held already. Lift that hold first to give another reason.")])
    row = {"id": token_hex(16), "survey": survey, "reason": reason, "by": by.id, "set_on": today or now(session).date()}
    session.connection().execute(insert(session, Holds).values(**row, lifted_on=None))
    _record(session, by, audit.HELD, survey)


def lift(session: Session, survey: str, *, by: Actor, today: date | None = None) -> None:
    """Let the clock of a survey count again. Raises Refused where it is not held, Forbidden for who may not keep."""
    demand(by, KEEP)
    _lock(session, survey)
    table = table_of(Holds)
    lasting = (table.c.survey == survey, table.c.lifted_on.is_(None))
    changed = update(table).where(*lasting).values(lifted_on=today or now(session).date())
    if not session.connection().execute(changed).rowcount:
        raise Refused([Problem(survey, "is not held.")])
    _record(session, by, audit.HOLD_LIFTED, survey)


def read_holds(session: Session) -> dict[str, Hold]:
    """The holds that last, by survey."""
    table = table_of(Holds)
    columns = (table.c.survey, table.c.reason, table.c.by, table.c.set_on)
    rows = session.connection().execute(select(*columns).where(table.c.lifted_on.is_(None)))
    return {row[0]: Hold(*row) for row in rows}


# --- the clock --------------------------------------------------------------------------------------------------------


def clocks(session: Session, moment: datetime | None = None) -> list[Clock]:
    """The clock of every survey, by slug. moment: None for now, by the database's clock."""
    moment = moment or now(session)
    terms, holds, since = read_terms(session), read_holds(session), _since(session, moment)
    return [
        replace(_clock(survey, terms.get(survey.slug, terms[EVERY]), moment, since), hold=holds.get(survey.slug))
        for survey in read_surveys(session)
    ]


def _clock(survey: Survey, term: Term, moment: datetime, since: date) -> Clock:
    if survey.closes is None or state_of(survey, moment) != CLOSED:
        return Clock(survey, term)
    closed, first = day_in(survey.closes, survey.zone), (term.set_on or since) + SETTLES
    comments = max(months_after(closed, term.comments_months), first)
    if term.answers_months is None:
        return Clock(survey, term, closed, comments)
    return Clock(survey, term, closed, comments, max(months_after(closed, term.answers_months), first))


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that is shorter.

    >>> months_after(date(2026, 1, 31), 1).isoformat(), months_after(date(2026, 11, 22), 24).isoformat()
    ('2026-02-28', '2028-11-22')
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _since(session: Session, moment: datetime) -> date:
    """The first day on which the schedule was looked at here: nobody had said anything before."""
    first = meta.number(session, _SINCE)
    return date.fromordinal(first) if first else moment.date()


# --- erasing what is due ----------------------------------------------------------------------------------------------


def would_go(session: Session, instruments: Instruments, moment: datetime | None = None) -> list[Erased]:
    """What `run` would erase at that moment, without touching it."""
    moment = moment or now(session)
    found = []
    for clock in clocks(session, moment):
        due, slug = clock.due(moment), clock.survey.slug
        if due == ANSWERS:
            found.append(Erased(slug, ANSWERS, _count(session, slug)))
        elif due == COMMENTS and _is_left(session, clock.survey, due):
            texts = _texts_of(session, clock.survey, instruments)
            pieces = _pieces(session, slug, texts)
            found.append(Erased(slug, COMMENTS, sum(len(changed) for _, changed in pieces)))
    return [each for each in found if each.number]


def run(
    writing: Writing,
    instruments: Instruments,
    by: Actor,
    *,
    moment: datetime | None = None,
    pause: Callable[[], None] = lambda: None,
) -> list[Erased]:
    """Erase what is due, piece by piece. Returns how much of which survey.

    What is counted of it leaves with the recount that is asked for in the same transactions (the worker's, or
    `releases.rebuild`). writing: opens a transaction. pause: called between two pieces; may raise to leave off. Raises
    Refused, when all others are done, for surveys whose questionnaire is not to be had.
    """
    with writing() as session:
        moment = moment or now(session)
        if meta.number(session, _SINCE) is None:
            meta.set_number(session, _SINCE, moment.date().toordinal())
        todo = _left(session, moment)
    gone, wrong = dict.fromkeys(todo, 0), list[Problem]()
    for slug, what in todo:
        after: str | None = ""
        while after is not None:
            try:
                with writing() as session:
                    after, number = _piece(session, instruments, slug, what, moment, by, after)
            except Refused as refused:
                wrong += refused.problems
                break
            gone[slug, what] += number
            pause()
    if any(gone.values()):
        with writing() as session:
            finished.drop_older(session, meta.data_version(session))
    if wrong:
        raise Refused(wrong)
    return [Erased(*named, number) for named, number in gone.items() if number]


def _left(session: Session, moment: datetime) -> list[tuple[str, str]]:
    """Survey and COMMENTS or ANSWERS, of all that is due and may still be there."""
    due = ((clock.survey, clock.due(moment)) for clock in clocks(session, moment))
    return [(survey.slug, what) for survey, what in due if what is not None and _is_left(session, survey, what)]


def _piece(
    session: Session, instruments: Instruments, slug: str, what: str, moment: datetime, by: Actor, after: str
) -> tuple[str | None, int]:
    """Erase a piece of what is due of one survey; the key to go on after (None: that was all), and how many it were."""
    meta.lock_published(session)
    _lock(session, slug)
    clock = next(each for each in clocks(session, moment) if each.survey.slug == slug)
    if clock.due(moment) != what:
        return None, 0  # held, or opened again, since we looked
    erase = _erase_responses if what == ANSWERS else _erase_comments
    after_this, number = erase(session, clock.survey, instruments, after)
    if number:
        jobs.enqueue(session, _RECOUNT)
        meta.bump(session, meta.READINGS)
        meta.bump(session)
        _record(session, by, audit.ERASED, slug, what=what, responses=in_words(Erased(slug, what, number).least))
    return after_this, number


def _erase_responses(session: Session, survey: Survey, _: Instruments, after: str) -> tuple[str | None, int]:
    table = table_of(Responses)
    some = select(table.c.key).where(table.c.survey == survey.slug).order_by(table.c.key).limit(PIECE)
    keys = list(session.connection().execute(some).scalars())
    number = delete_responses(session, table.c.key.in_(keys)) if keys else 0
    return (after if len(keys) == PIECE else None), number


def _erase_comments(session: Session, survey: Survey, instruments: Instruments, after: str) -> tuple[str | None, int]:
    """What people wrote goes; that they wrote something stays, as an empty text, and so does all they chose."""
    texts, connection = _texts_of(session, survey, instruments), session.connection()
    last, changed = next(_pieces(session, survey.slug, texts, after), (None, {}))
    if changed:
        table = table_of(Responses)
        new: dict[str, Any] = {"answers": bindparam("said")}
        rows = [{"at": key, "said": said} for key, said in changed.items()]
        connection.execute(update(table).where(table.c.key == bindparam("at")).values(new), rows)
        for model in (CommentReadings, NextReadings, Moderations, Corrections):
            hanging = table_of(model)
            connection.execute(delete(hanging).where(hanging.c.response.in_(list(changed))))
    if last is None:
        meta.set_number(session, *_mark(session, survey))
    return last, len(changed)


def _pieces(
    session: Session, survey: str, texts: Collection[str], after: str = ""
) -> Iterator[tuple[str | None, dict[str, dict[str, Any]]]]:
    """The responses of a survey by key, a piece at a time: the last key (None: there are no more), and the answers
    without their texts, of those that hold any."""
    table = table_of(Responses)
    answers = cast(table.c.answers, Text)
    holding = or_(*(answers.contains(f'"{name}":', autoescape=True) for name in sorted(texts)))
    last: str | None = after
    while last is not None and texts:
        wanted = select(table.c.key, answers).where(table.c.survey == survey, table.c.key > last, holding)
        rows = session.connection().execute(wanted.order_by(table.c.key).limit(PIECE)).all()
        last = rows[-1][0] if len(rows) == PIECE else None
        read = ((key, loads(said)) for key, said in rows)
        yield last, {key: without_texts(said, texts) for key, said in read if _holds_text(said, texts)}


def without_texts(answers: Mapping[str, Any], texts: Collection[str]) -> dict[str, Any]:
    """Answers with what was written left empty. texts: the ids of questions of free text.

    >>> without_texts({"worth": 4, "keep": "Labs", "change": {"data-badge": "Pace"}}, {"keep", "change"})
    {'worth': 4, 'keep': '', 'change': {'data-badge': ''}}
    """
    return {
        name: said if name not in texts else dict.fromkeys(said, "") if isinstance(said, Mapping) else ""
        for name, said in answers.items()
    }


def _holds_text(answers: Mapping[str, Any], texts: Collection[str]) -> bool:
    said = (answers[name] for name in texts if name in answers)
    return any(any(each.values()) if isinstance(each, Mapping) else each for each in said)


def _texts_of(session: Session, survey: Survey, instruments: Instruments) -> frozenset[str]:
    """The ids of the survey's questions of free text. Raises Refused where its questionnaire is not to be had."""
    asked = instrument_of(session, survey, instruments)
    versions = [each for each in (asked, instruments.get(survey.instrument)) if each is not None]
    if not versions:
        said = f'asks "{survey.instrument}", which is not to be had any more: nobody knows what in it are comments.'
        raise Refused([Problem(survey.slug, said)])
    own = [str(raw.get("id")) for raw in survey.local_questions if raw.get("kind") in TEXTS]
    return frozenset([*own, *(each.id for asked in versions for each in asked.questions if each.kind in TEXTS)])


def _is_left(session: Session, survey: Survey, what: str) -> bool:
    """Whether anything of it may still be there. Comments: since the last time, answers came or the close moved."""
    if what == ANSWERS:
        return _count(session, survey.slug) > 0
    name, value = _mark(session, survey)
    return meta.number(session, name) != value


def _mark(session: Session, survey: Survey) -> tuple[str, int]:
    """A name and a number by which to know that nothing has come since a survey's comments went."""
    name = blake2b(survey.slug.encode(), digest_size=12).hexdigest()
    state = blake2b(f"{survey.closes} {_count(session, survey.slug)}".encode(), digest_size=4).digest()
    return f"{_DONE}{name}", int.from_bytes(state, "big") >> 1


def _count(session: Session, survey: str) -> int:
    table = table_of(Responses)
    return session.connection().execute(select(func.count()).where(table.c.survey == survey)).scalar_one()


# --- what was erased --------------------------------------------------------------------------------------------------


def read_erased(session: Session, most: int = 50) -> list[tuple[date, str, str]]:
    """What went by schedule, the last first: the day, the survey, and COMMENTS or ANSWERS; each once a day."""
    events = audit.read_events(session, action=audit.ERASED, about=_SURVEY, most=most * 10)
    told = [(each.at.date(), each.about.removeprefix(_SURVEY), str(each.details.get("what", ""))) for each in events]
    return list(dict.fromkeys(told))[:most]


# --- parts of it ------------------------------------------------------------------------------------------------------


def _record(session: Session, by: Actor, action: str, survey: str, **details: object) -> None:
    audit.record(session, by, action, f"{_SURVEY}{survey}" if survey else "institution", **details)


def _put_terms(session: Session, survey: str, term: Term, by: Actor, day: date) -> None:
    row = {"comments_months": term.comments_months, "answers_months": term.answers_months, "set_on": day, "by": by.id}
    kept = insert(session, Terms).values(survey=survey, **row)
    session.connection().execute(kept.on_conflict_do_update(index_elements=["survey"], set_=row))


def _wrong_months(comments: int, answers: int | None) -> list[Problem]:
    given = {"comments-months": comments} | ({} if answers is None else {"answers-months": answers})
    wrong = [
        Problem(name, f"is {months}; allowed are 1 to {MOST_MONTHS}.")
        for name, months in given.items()
        if not 1 <= months <= MOST_MONTHS
    ]
    if not wrong and answers is not None and answers < comments:
        said = f"is {answers}, less than comments-months ({comments}): comments are part of answers and go with them."
        wrong.append(Problem("answers-months", said))
    return wrong


def _answered(session: Session) -> set[str]:
    """The surveys that people have answered on our forms."""
    table = table_of(Responses)
    own = select(table.c.survey).where(table.c.batch.is_(None), ~table.c.is_sample).distinct()
    return set(session.connection().execute(own).scalars())


def _known(session: Session, survey: str) -> Survey:
    found = read_survey(session, survey)
    if found is None:
        known: Sequence[str] = [each.slug for each in read_surveys(session)]
        raise Refused([Problem(survey, f"is no survey.{suggest(survey, known)} See feedback surveys.")])
    return found


def _lock(session: Session, survey: str) -> None:
    """Let nobody hold, extend or erase of this survey beside us. Raises Refused when there is none."""
    _known(session, survey)
    table = table_of(Surveys)
    session.connection().execute(select(table.c.slug).where(table.c.slug == survey).with_for_update(key_share=True))
