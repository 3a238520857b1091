"""Bring the sample institution into the database: its catalogue and surveys at once, its responses piece by piece."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import numpy as np
from sqlalchemy import Engine
from sqlmodel import Session

from feedback.catalogue.kinds import read_credential_kinds
from feedback.catalogue.values import Credential, Organisation, Programme, Run, Value
from feedback.errors import FeedbackError, Problem, Refused, suggest
from feedback.sample.answers import World
from feedback.sample.comments import read_phrases
from feedback.sample.habits import read_habits
from feedback.sample.institution import Institution, months_before, read_institution
from feedback.sample.plan import MONTHS, NOBODY, Plan, chances, make_plan
from feedback.sample.sittings import sit, subjects_of
from feedback.settings import data_folder
from feedback.store import catalogue, sample, surveys
from feedback.store.database import reading, transaction
from feedback.store.responses import StoredResponse, save_many
from feedback.store.surveys import Survey
from feedback.survey.instrument import Instrument

LEARNER, EMPLOYER = "learner", "employer"
LEARNER_SURVEY, EMPLOYER_SURVEY = "learn-{}", "employers"
MOST = 10_000_000

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class SampleReport:
    """What was loaded, in numbers."""

    credentials: int
    organisations: int
    surveys: int
    learners: int
    employers: int

    @property
    def responses(self) -> int:
        """Learners' and employers' responses together."""
        return self.learners + self.employers


def load_sample(
    engine: Engine,
    instruments: Mapping[str, Instrument],
    *,
    size: int = 4000,
    seed: int = 1,
    today: date | None = None,
    progress: Progress | None = None,
) -> SampleReport:
    """Load the sample institution, everything of it marked as sample; comments still wait to be read.

    size: responses in all, about 85 of 100 learners'. The same size, seed and day give the same responses, keys
    included. today: the last month of the year they spread over; by default the present one. progress: called with
    (done, of how many). Every piece is a transaction: what is killed midway leaves a smaller sample, to be removed.
    Raises Refused when a sample is there already, one's own entries bear its slugs, or size is out of range, and
    FeedbackError when the questionnaires "learner" and "employer" are not among the instruments.
    """
    today = today or date.today()
    for name in (LEARNER, EMPLOYER):
        if name not in instruments:
            known = ", ".join(sorted(instruments))
            raise FeedbackError(f'The sample needs questionnaire "{name}".{suggest(name, instruments)} Known: {known}.')
    if not 0 <= size <= MOST:
        raise Refused([Problem("size", f"found {size}; it may be 0 to {MOST:,}.")])
    institution = read_institution(data_folder() / "sample" / "institution.toml", today)
    opened = sample_surveys(institution, instruments, today)
    with transaction(engine) as session:
        _refuse_clashes(session, institution, opened)
        _save_catalogue(session, institution)
        for survey in opened:
            surveys.open_survey(session, survey)
    plan = make_plan(institution, size, seed, today)
    done = 0
    for rows in draw_responses(institution, instruments, plan, seed):
        with transaction(engine) as session:
            save_many(session, rows)
        done += len(rows)
        if progress:
            progress(done, size)
    employers = int((plan.organisations != NOBODY).sum())
    return SampleReport(
        credentials=len(institution.credentials),
        organisations=len(institution.employers),
        surveys=len(opened),
        learners=len(plan) - employers,
        employers=employers,
    )


def sample_is_loaded(engine: Engine) -> bool:
    """Whether anything of the sample institution is in the database."""
    with reading(engine) as session:
        return sample.has_sample(session)


def draw_responses(
    institution: Institution, instruments: Mapping[str, Instrument], plan: Plan, seed: int
) -> Iterator[list[StoredResponse]]:
    """The responses of a plan, piece by piece, each piece after the last by key. Nothing is stored."""
    folder = data_folder() / "sample"
    habits, phrases = read_habits(folder / "habits.toml"), read_phrases(folder / "phrases.toml")
    for number, piece in enumerate(plan.pieces()):
        rows: list[StoredResponse] = []
        for name, here in ((LEARNER, piece.organisations == NOBODY), (EMPLOYER, piece.organisations != NOBODY)):
            random = chances(seed, len(plan), number, int(name == EMPLOYER))
            world = World(institution, habits, phrases, instruments[name], random)
            rows += _responses(world, piece.only(np.flatnonzero(here)))
        yield sorted(rows, key=lambda row: row.key)


def sample_surveys(institution: Institution, instruments: Mapping[str, Instrument], today: date) -> list[Survey]:
    """One survey of learners for each credential and one of employers about all; open, so that newcomers can answer."""
    opens = datetime.combine(months_before(today, MONTHS - 1), time(), UTC)

    def survey(slug: str, instrument: Instrument, about: list[str]) -> Survey:
        return Survey(
            slug=slug,
            instrument=instrument.id,
            version=instrument.version,
            mode="link",
            languages=list(instrument.languages),
            opens=opens,
            credentials=about,
            is_sample=True,
        )

    slugs = [credential.slug for credential in institution.credentials]
    return [
        *(survey(LEARNER_SURVEY.format(slug), instruments[LEARNER], [slug]) for slug in slugs),
        survey(EMPLOYER_SURVEY, instruments[EMPLOYER], slugs),
    ]


def _responses(world: World, plan: Plan) -> list[StoredResponse]:
    """What the people of a plan, all of the world's audience, answered, as rows of the store."""
    slugs = [credential.slug for credential in world.institution.credentials]
    organisations = [employer.organisation.slug for employer in world.institution.employers]
    sat = sit(world, plan, subjects_of(world.institution))
    rows = []
    for key, about, index, month, language, answers, records in zip(
        plan.keys.tolist(),
        plan.about.tolist(),
        plan.organisations.tolist(),
        plan.months.tolist(),
        sat.languages,
        sat.answers,
        sat.records,
        strict=True,
    ):
        named = [slugs[place] for place in about if place != NOBODY]
        employer = index != NOBODY
        rows.append(
            StoredResponse(
                key=key.decode(),
                survey=EMPLOYER_SURVEY if employer else LEARNER_SURVEY.format(named[0]),
                instrument=world.instrument.id,
                version=world.instrument.version,
                language=language,
                month=month,
                about=named,
                answers=answers,
                organisation=organisations[index] if employer else None,
                role=(records | answers).get("role") if employer else None,
                is_sample=True,
            )
        )
    return rows


def _save_catalogue(session: Session, institution: Institution) -> None:
    """Everything that is rated. Kinds come with the program, not with the sample, and are only added where missing."""
    there = {kind.slug for kind in catalogue.read_kinds(session)}
    kinds = read_credential_kinds(data_folder() / "credential_kinds.toml")
    catalogue.save(session, [kind for kind in kinds if kind.slug not in there])
    catalogue.save(session, _values(institution), is_sample=True)


def _values(institution: Institution) -> list[Value]:
    return [
        *institution.programmes,
        *institution.skills,
        *(employer.organisation for employer in institution.employers),
        *institution.credentials,
        *institution.runs,
    ]


def _refuse_clashes(session: Session, institution: Institution, opened: list[Survey]) -> None:
    """Refuse where the sample is, or where an own entry bears the slug of a sample one: their answers would mix.

    A skill may be shared: it stays one's own, and nothing is answered about it alone.
    """
    if sample.has_sample(session):
        raise Refused([Problem("sample", "it is loaded already. Take it away first: feedback sample --remove")])
    own: dict[type[Value], set[str]] = {
        Programme: {each.slug for each in catalogue.read_programmes(session)},
        Organisation: {each.slug for each in catalogue.read_organisations(session)},
        Credential: {each.slug for each in catalogue.read_credentials(session)},
        Run: {each.slug for each in catalogue.read_runs(session)},
    }
    taken = [
        (type(value).__name__.lower(), slug)
        for value in _values(institution)
        if (slug := str(getattr(value, "slug", ""))) in own.get(type(value), ())
    ]
    taken += [("survey", survey.slug) for survey in opened if surveys.read_survey(session, survey.slug)]
    if taken:
        said = "you have one with this name; the sample would mix with it. It is for a database without it."
        raise Refused([Problem(f'{what} "{slug}"', said) for what, slug in taken])
