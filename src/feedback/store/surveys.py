"""Surveys: an instrument's version, opened for an audience, about some credentials, for a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import field_validator, model_validator
from sqlalchemy import func, or_, select, update
from sqlmodel import Field, Session, SQLModel

from feedback.catalogue.values import Value, is_slug, one_of
from feedback.errors import FeedbackError, Refused, suggest
from feedback.policy import KEEP, Actor, can
from feedback.store import meta
from feedback.store.clock import is_zone, now
from feedback.store.inserting import insert, table_of
from feedback.store.tables import Credentials, Runs, Surveys, SurveyTargets
from feedback.store.versions import read_version
from feedback.survey.questionnaire import Instrument

MODES = ("link", "kiosk", "invitation")
OPENS_LATER, OPEN, CLOSED = "opens later", "open", "closed"
STAYS_CLOSED = "Only an administrator can open it again, since how long answers are kept counts from the close."
"""What is said to whoever may open surveys and not set how long they are kept."""


class Survey(Value):
    """A survey. opens, closes: moments in UTC (closes None: open without end). zone: whose months and days count.

    run: the delivery it is about, or None. credentials: slugs, in the order they were named. local_questions: see
    tables.Surveys.
    """

    slug: str
    instrument: str
    version: int
    mode: str = "link"
    languages: list[str] = Field(default_factory=lambda: ["en"])
    opens: datetime
    closes: datetime | None = None
    zone: str = "UTC"
    run: str | None = None
    credentials: list[str] = Field(default_factory=list)
    local_questions: list[dict[str, Any]] = Field(default_factory=list)
    is_sample: bool = False

    @field_validator("mode")
    @classmethod
    def _mode_is_known(cls, mode: str) -> str:
        return one_of(mode, MODES, "mode")

    @field_validator("zone")
    @classmethod
    def _zone_is_known(cls, zone: str) -> str:
        if not is_zone(zone):
            raise ValueError(f'time zone "{zone}" is not known; write it as Europe/Madrid or UTC')
        return zone

    @field_validator("credentials")
    @classmethod
    def _credentials_are_slugs(cls, credentials: list[str]) -> list[str]:
        for credential in credentials:
            if not is_slug(credential):
                raise ValueError(f'credential "{credential}" is not a slug')
        return list(dict.fromkeys(credentials))

    @model_validator(mode="after")
    def _it_opens_before_it_closes(self) -> "Survey":
        if self.opens.tzinfo is None or (self.closes is not None and self.closes.tzinfo is None):
            raise ValueError("opens and closes need a time zone, best UTC")
        if self.closes is not None and self.closes <= self.opens:
            raise ValueError(f"it closes at {self.closes}, not after it opens at {self.opens}")
        return self


def open_survey(session: Session, survey: Survey) -> None:
    """Keep a new survey and what it is about.

    Raises FeedbackError when its slug is taken, and for a run or a credential that is not in the catalogue.
    """
    if survey.run is not None:
        _check_known(session, Runs, [survey.run], "run")
    row = survey.model_dump(exclude={"credentials"})
    statement = insert(session, Surveys).values(row).on_conflict_do_nothing().returning(table_of(Surveys).c.slug)
    if session.connection().execute(statement).first() is None:
        raise FeedbackError(f'There is a survey "{survey.slug}" already; choose another name for the new one.')
    add_credentials(session, survey.slug, survey.credentials)
    meta.bump(session)


def extend(session: Session, slug: str, closes: datetime | None, *, by: Actor) -> None:
    """Let a survey close at another moment to come (None: never). One that is closed opens again.

    That stops the clock by which its answers go, so it is for who sets how long they are kept, whether or not anybody
    has answered: a refusal would tell that somebody has. Raises FeedbackError for others, for a moment that is past by
    the database's clock or without a zone, and when there is no such survey.
    """
    survey, moment = _known_survey(session, slug), now(session)
    if state_of(survey, moment) == CLOSED and not can(by, KEEP):
        raise FeedbackError(f'The survey "{slug}" is closed. {STAYS_CLOSED}')
    if closes is not None and closes.tzinfo is None:
        raise FeedbackError(f"The moment {closes} has no time zone; say which, best UTC.")
    if closes is not None and closes <= max(moment, survey.opens):
        least = "now" if survey.opens <= moment else f"when it opens, {survey.opens:%Y-%m-%d %H:%M} UTC"
        raise FeedbackError(
            f'The survey "{slug}" cannot close at {closes:%Y-%m-%d %H:%M %Z}: choose a moment later than {least}.'
        )
    _set_close(session, slug, closes)


def close(session: Session, slug: str) -> None:
    """Close a survey now, by the database's clock to the second; what is closed stays as it is.

    Forms begun are taken for some minutes more, and answers that wait are published as after any close. Raises
    FeedbackError for a survey that has not opened yet, and when there is no such survey.
    """
    survey, moment = _known_survey(session, slug), now(session).replace(microsecond=0)
    state = state_of(survey, moment)
    if state == OPENS_LATER and survey.opens > moment + timedelta(seconds=1):
        said = f'The survey "{slug}" opens only at {survey.opens:%Y-%m-%d %H:%M} UTC, so it cannot be closed yet.'
        raise FeedbackError(said)
    if state != CLOSED:
        _set_close(session, slug, max(moment, survey.opens + timedelta(seconds=1)))


def state_of(survey: Survey, moment: datetime) -> str:
    """How a survey stands at a moment: OPENS_LATER, OPEN or CLOSED. It opens and closes with the moment it names."""
    if moment < survey.opens:
        return OPENS_LATER
    return OPEN if survey.closes is None or moment < survey.closes else CLOSED


def _known_survey(session: Session, slug: str) -> Survey:
    survey = read_survey(session, slug)
    if survey is None:
        known = session.connection().execute(select(table_of(Surveys).c.slug)).scalars()
        raise FeedbackError(f'There is no survey "{slug}".{suggest(slug, known)}')
    return survey


def _set_close(session: Session, slug: str, closes: datetime | None) -> None:
    table = table_of(Surveys)
    session.connection().execute(update(table).where(table.c.slug == slug).values(closes=closes))
    meta.bump(session)


def add_credentials(session: Session, slug: str, credentials: Sequence[str]) -> None:
    """Let a survey be about more credentials, after those it is about; those there already stay where they are.

    Raises FeedbackError for a credential that is not in the catalogue.
    """
    _check_known(session, Credentials, credentials, "credential")
    table = table_of(SurveyTargets)
    last = session.connection().execute(select(func.max(table.c.position)).where(table.c.survey == slug)).scalar_one()
    first = 0 if last is None else last + 1
    rows = [
        {"survey": slug, "credential": credential, "position": first + offset}
        for offset, credential in enumerate(dict.fromkeys(credentials))
    ]
    if rows:
        session.connection().execute(insert(session, SurveyTargets).on_conflict_do_nothing(), rows)


def _check_known(session: Session, model: type[SQLModel], slugs: Sequence[str], what: str) -> None:
    if not slugs:
        return
    known = set(session.connection().execute(select(table_of(model).c.slug)).scalars())
    for slug in slugs:
        if slug not in known:
            raise FeedbackError(f'There is no {what} "{slug}" in the catalogue.{suggest(slug, known)}')


def instrument_of(session: Session, survey: Survey, instruments: Mapping[str, Instrument]) -> Instrument | None:
    """The questionnaire in the survey's own version, without its local questions; None where it is not to be had any
    more. instruments: today's, by id."""
    today = instruments.get(survey.instrument)
    if today is not None and today.version == survey.version:
        return today
    try:
        return read_version(session, survey.instrument, survey.version)
    except Refused:
        return None


def read_survey(session: Session, slug: str) -> Survey | None:
    """The survey of that slug; None when there is none."""
    found = _read(session, [table_of(Surveys).c.slug == slug])
    return found[0] if found else None


def read_surveys(session: Session, *, only_open: bool = False) -> list[Survey]:
    """All surveys by slug, or only those open now by the database's clock."""
    if not only_open:
        return _read(session, [])
    table, moment = table_of(Surveys), now(session)
    return _read(session, [table.c.opens <= moment, or_(table.c.closes.is_(None), table.c.closes > moment)])


def _read(session: Session, conditions: list[Any]) -> list[Survey]:
    table, targets = table_of(Surveys), table_of(SurveyTargets)
    rows = session.connection().execute(select(table).where(*conditions).order_by(table.c.slug)).mappings().all()
    about: dict[str, list[str]] = {row["slug"]: [] for row in rows}
    wanted = targets.c.survey.in_(select(table.c.slug).where(*conditions))
    order = (targets.c.survey, targets.c.position)
    for survey, credential in session.connection().execute(
        select(targets.c.survey, targets.c.credential).where(wanted).order_by(*order)
    ):
        about[survey].append(credential)
    return [Survey.model_construct(**row, credentials=about[row["slug"]]) for row in rows]
