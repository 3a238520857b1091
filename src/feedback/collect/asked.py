"""What the surveys of this process ask, kept for a moment: questionnaire, credentials, window, by the survey's slug."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from feedback.errors import Refused
from feedback.store import catalogue, meta, notices
from feedback.store.clock import now
from feedback.store.database import reading
from feedback.store.responses import GRACE_MINUTES
from feedback.store.surveys import Survey, read_survey
from feedback.store.versions import read_version
from feedback.survey.local import with_local
from feedback.survey.notice import Notice
from feedback.survey.questionnaire import Instrument
from feedback.survey.setting import Subject
from feedback.survey.subjects import subject_of

SECONDS = 2.0
"""So long a survey may look as it did: whether answers are taken is decided by the database, whenever they come."""
GRACE = timedelta(minutes=GRACE_MINUTES)
MOST = 500
"""So many surveys at most are kept at hand."""
_NO_DIFFERENCE = timedelta(seconds=2)


@dataclass(frozen=True)
class Catalogued:
    """The catalogue at one version of the data, by slug. reviewers: names of those who may be asked."""

    version: int
    subjects: Mapping[str, Subject]
    reviewers: Mapping[str, str]


@dataclass(frozen=True)
class AskedBy:
    """A survey with what its form is drawn from. instrument: as this survey asks it, None where its questionnaire is
    not to be had any more. ahead: how far the database's clock is ahead of ours. notices: what people are told before
    they answer, by language; {} where nobody has said anything."""

    survey: Survey
    instrument: Instrument | None
    candidates: tuple[Subject, ...]
    catalogue: Catalogued
    ahead: timedelta
    notices: Mapping[str, Notice] = field(default_factory=dict)

    @property
    def notice_version(self) -> int | None:
        """The number of the notice that stands; None where there is none."""
        return next((each.version for each in self.notices.values()), None)

    def moment(self) -> datetime:
        """Now, by the database's clock."""
        return datetime.now(UTC) + self.ahead

    def takes(self, *, begun: bool) -> bool:
        """Whether answers are taken now; who has begun may finish for a while after the close."""
        end, moment = self.survey.closes, self.moment()
        return self.survey.opens <= moment and (end is None or moment < end + (GRACE if begun else timedelta()))


class Surveys:
    """The surveys asked about lately. instruments: today's questionnaires by id."""

    def __init__(self, engine: Engine, instruments: Mapping[str, Instrument]) -> None:
        self._engine, self._instruments = engine, instruments
        self._known: dict[str, tuple[float, AskedBy | None]] = {}
        self._catalogue: Catalogued | None = None
        self._clock: tuple[float, datetime] | None = None

    def today(self) -> date:
        """The day, by the database's clock as it was at most two seconds ago: ours may be wrong."""
        if self._clock is None or time.monotonic() - self._clock[0] >= SECONDS:
            with reading(self._engine) as session:
                self._clock = (time.monotonic(), now(session))
        return self._clock[1].date()

    def get(self, slug: str) -> AskedBy | None:
        """The survey of that slug as it was at most two seconds ago; None when there is none."""
        known = self._known.get(slug)
        if known is not None and time.monotonic() - known[0] < SECONDS:
            return known[1]
        found = self._read(slug)
        if len(self._known) >= MOST:
            self._known = {}
        self._known[slug] = (time.monotonic(), found)
        return found

    def _read(self, slug: str) -> AskedBy | None:
        with reading(self._engine) as session:
            survey = read_survey(session, slug)
            if survey is None:
                return None
            self._catalogue = held = _catalogued(session, self._catalogue)
            ahead = now(session) - datetime.now(UTC)
            instrument, told = self._instrument(session, survey), notices.standing(session, slug)
        return AskedBy(
            survey=survey,
            instrument=instrument,
            candidates=tuple(held.subjects[slug] for slug in survey.credentials if slug in held.subjects),
            catalogue=held,
            ahead=ahead if abs(ahead) > _NO_DIFFERENCE else timedelta(),
            notices=told,
        )

    def _instrument(self, session: Session, survey: Survey) -> Instrument | None:
        """The questionnaire in the survey's own version, with its local questions; None where these no longer fit."""
        core = self._instruments.get(survey.instrument)
        if core is None or core.version != survey.version:
            core = read_version(session, survey.instrument, survey.version)
        try:
            return with_local(core, survey.local_questions) if core is not None else None
        except Refused:
            return None


def _catalogued(session: Session, known: Catalogued | None) -> Catalogued:
    """The catalogue as forms need it, read again where it has changed."""
    version = meta.data_version(session)
    if known is not None and known.version == version:
        return known
    programmes = {each.slug: each.title for each in catalogue.read_programmes(session)}
    skills = {each.slug: each.title for each in catalogue.read_skills(session)}
    reviewers = sorted(catalogue.read(session, "reviewers"), key=lambda each: each.name)
    return Catalogued(
        version=version,
        subjects={each.slug: subject_of(each, programmes, skills) for each in catalogue.read_credentials(session)},
        reviewers={each.slug: each.name for each in reviewers if each.active},
    )
