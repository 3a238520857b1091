"""Surveys: an instrument's version, opened for an audience, about some credentials, for a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import field_validator, model_validator
from sqlalchemy import func, or_, select
from sqlmodel import Field, Session, SQLModel

from feedback.catalogue.values import Value, is_slug, one_of
from feedback.errors import FeedbackError, suggest
from feedback.store import meta
from feedback.store.clock import now
from feedback.store.inserting import insert, table_of
from feedback.store.tables import Credentials, Runs, Surveys, SurveyTargets

MODES = ("link", "kiosk", "invitation")


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
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f'time zone "{zone}" is not known; write it as Europe/Madrid or UTC') from None
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
