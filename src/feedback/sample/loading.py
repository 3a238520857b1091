"""Bring the sample institution into the database: its catalogue and surveys at once, its responses piece by piece."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

import numpy as np
from sqlalchemy import Engine
from sqlmodel import Session

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.kinds import read_credential_kinds
from feedback.catalogue.values import Run, Skill
from feedback.errors import FeedbackError, Problem, Refused, suggest
from feedback.sample.answers import World
from feedback.sample.cohorts import months_before
from feedback.sample.comments import read_phrases
from feedback.sample.governance import keep_governance
from feedback.sample.habits import Habits, read_habits
from feedback.sample.institution import Institution, read_institution
from feedback.sample.plan import (
    EMPLOYER,
    EXPERT,
    INSTRUMENTS,
    LATER,
    LEARNER,
    LEFT,
    MINUTE,
    MONTHS,
    NOBODY,
    Plan,
    chances,
    make_plan,
)
from feedback.sample.reviews import review_answers
from feedback.sample.sittings import sit, subjects_of
from feedback.settings import data_folder
from feedback.store import catalogue, jobs, sample, surveys
from feedback.store.database import reading, transaction
from feedback.store.endorsements import ASKED_FOR
from feedback.store.imports import Import, save_import
from feedback.store.responses import ENDORSEMENT, StoredResponse, endorsements_of, save_endorsements, save_many
from feedback.store.surveys import Survey
from feedback.store.versions import keep_versions
from feedback.survey.instrument import Instrument, read_instrument_texts

RUN_SURVEY, OLD_RUN_SURVEY = "learn-{credential}", "learn-{run}"
ABOUT_ONE = {LEFT: "left-{}", LATER: "later-{}", EXPERT: "review-{}"}
ABOUT_ALL = {EMPLOYER: "employers", MINUTE: "employers-minute"}
BEFORE_END, AFTER_END = timedelta(days=7), timedelta(days=40)  # when the survey of a run is open
CONFIRMS_WITHIN = timedelta(days=60)
MOST = 10_000_000
KIND, PUBLISH = "sample", "publish"
"""The import as which the responses are kept, and the job that publishes them as one."""

Progress = Callable[[int, int], object]
Row = dict[str, Any]


@dataclass(frozen=True)
class SampleReport:
    """What was loaded, in numbers. learners: those who left and those asked again later included."""

    credentials: int
    organisations: int
    surveys: int
    learners: int
    employers: int
    experts: int

    @property
    def responses(self) -> int:
        """Everybody's responses together."""
        return self.learners + self.employers + self.experts


def load_sample(
    engine: Engine,
    instruments: Mapping[str, Instrument],
    *,
    size: int = 4000,
    seed: int = 1,
    today: date | None = None,
    progress: Progress | None = None,
) -> SampleReport:
    """Load the sample institution, everything of it marked as sample. Its answers wait to be published as one import
    (see store.releases), its comments to be read.

    size: responses in all, about 85 of 100 learners'. The same size, seed and day give the same responses, keys
    included. today: the last day of the three years they spread over; by default the present one. progress: called with
    (done, of how many). Every piece is a transaction: what is killed midway leaves a smaller sample, to be removed.
    Raises Refused when a sample is there already, one's own entries bear its slugs, or size is out of range, and
    FeedbackError when one of the questionnaires it answers is not among the instruments.
    """
    today = today or date.today()
    for name in INSTRUMENTS:
        if name not in instruments:
            known = ", ".join(sorted(instruments))
            raise FeedbackError(f'The sample needs questionnaire "{name}".{suggest(name, instruments)} Known: {known}.')
    if not 0 <= size <= MOST:
        raise Refused([Problem("size", f"found {size}; it may be 0 to {MOST:,}.")])
    institution = read_institution(data_folder() / "sample" / "institution.toml", today)
    opened = sample_surveys(institution, instruments)
    with transaction(engine) as session:
        _refuse_clashes(session, institution, opened)
        _save_catalogue(session, institution)
        keep_versions(session, read_instrument_texts(data_folder() / "instruments"))
        for survey in opened:
            surveys.open_survey(session, survey)
        reviews = {review.credential: ABOUT_ONE[EXPERT].format(review.credential) for review in institution.reviews}
        keep_governance(session, institution, data_folder() / "sample" / "governance.toml", reviews)
    plan, batch = make_plan(institution, size, seed), batch_of(size, seed, today)
    done = 0
    for rows, endorsements in draw_responses(institution, instruments, plan, seed):
        with transaction(engine) as session:
            save_many(session, rows, batch=batch)
            save_endorsements(session, endorsements, batch=batch)
        done += len(rows)
        if progress:
            progress(done, size)
    if size:
        with transaction(engine) as session:
            save_import(session, _import(batch, size, today))
            jobs.enqueue(session, PUBLISH, batch)
    return _report(institution, opened, plan)


def sample_is_loaded(engine: Engine) -> bool:
    """Whether anything of the sample institution is in the database."""
    with reading(engine) as session:
        return sample.has_sample(session)


def batch_of(size: int, seed: int, today: date) -> str:
    """The id of the import as which a sample's responses are kept."""
    return sha256(f"sample {size} {seed} {today}".encode()).hexdigest()[:32]


def draw_responses(
    institution: Institution, instruments: Mapping[str, Instrument], plan: Plan, seed: int
) -> Iterator[tuple[list[StoredResponse], list[Row]]]:
    """The responses of a plan, piece by piece, each piece after the last by key; with each what its employers said
    about standing behind credentials. Nothing is stored."""
    folder = data_folder() / "sample"
    habits, phrases = read_habits(folder / "habits.toml"), read_phrases(folder / "phrases.toml")
    slugs = _Slugs(institution)
    for number, piece in enumerate(plan.pieces()):
        rows: list[StoredResponse] = []
        endorsements: list[Row] = []
        for place, name in enumerate(INSTRUMENTS):
            here = piece.of(name)
            if name == EXPERT:
                rows += _reviews(institution, instruments[name], habits, here, slugs)
            elif len(here):
                random = chances(seed, len(plan), number, place)
                drawn = _responses(World(institution, habits, phrases, instruments[name], random), here, slugs)
                rows += (row for row, _ in drawn)
                said = (each for row, given in drawn for each in endorsements_of(row, given, institution.today))
                endorsements += (_confirmed(each, institution.today) for each in said)
        yield sorted(rows, key=lambda row: row.key), endorsements


def _confirmed(said: Row, today: date) -> Row:
    """What an organisation of the sample said, with the day it confirmed the statement it asked for: none where it
    was asked lately, or asked for none."""
    day = said["given_on"] + CONFIRMS_WITHIN
    return {**said, "confirmed_on": day if said["answer"] == ASKED_FOR and day <= today else None}


def sample_surveys(institution: Institution, instruments: Mapping[str, Instrument]) -> list[Survey]:
    """A survey of learners for each run that has ended, the newest of a credential's still open, so that newcomers can
    answer; for each credential one of those who left and one half a year later; of experts for those reviewed; and of
    employers about all, in full and in a minute."""
    begun = _moment(months_before(institution.today, MONTHS - 1))
    slugs, every = _Slugs(institution), [credential.slug for credential in institution.credentials]
    reviewed = list(dict.fromkeys(review.credential for review in institution.reviews))

    def survey(slug: str, instrument: str, about: list[str], **more: Any) -> Survey:
        asked = instruments[instrument]
        of_it: dict[str, Any] = {"slug": slug, "instrument": asked.id, "version": asked.version, "credentials": about}
        return Survey(**{"opens": begun, "languages": list(asked.languages), "is_sample": True, **of_it, **more})

    return [
        *(
            survey(slugs.of_run[place], LEARNER, [run.credential], run=run.slug, **_window(run, slugs.of_run[place]))
            for place, run in enumerate(institution.runs)
            if run.completed is not None
        ),
        *(survey(ABOUT_ONE[LEFT].format(slug), LEFT, [slug]) for slug in every),
        *(survey(ABOUT_ONE[LATER].format(slug), LATER, [slug]) for slug in every),
        *(survey(ABOUT_ONE[EXPERT].format(slug), EXPERT, [slug]) for slug in reviewed),
        *(survey(slug, instrument, every) for instrument, slug in ABOUT_ALL.items()),
    ]


class _Slugs:
    """What the places of a plan are called."""

    def __init__(self, institution: Institution) -> None:
        self.credentials = [credential.slug for credential in institution.credentials]
        self.organisations = [employer.organisation.slug for employer in institution.employers]
        newest = {run.credential: run.slug for run in institution.runs if run.completed is not None}
        self.of_run = [
            (RUN_SURVEY if newest.get(run.credential) == run.slug else OLD_RUN_SURVEY).format(
                credential=run.credential, run=run.slug
            )
            for run in institution.runs
        ]

    def survey(self, instrument: str, about: list[str], occasion: int) -> str:
        """The survey somebody answered."""
        if instrument == LEARNER:
            return self.of_run[occasion]
        return ABOUT_ALL.get(instrument) or ABOUT_ONE[instrument].format(about[0])

    def about(self, places: list[int]) -> list[str]:
        return [self.credentials[place] for place in places if place != NOBODY]


def _window(run: Run, slug: str) -> dict[str, datetime]:
    """When the survey of a run is open: around its end; the newest of a credential from then on."""
    assert run.ends is not None
    newest = slug == RUN_SURVEY.format(credential=run.credential)
    closes = {} if newest else {"closes": _moment(run.ends + AFTER_END)}
    return {"opens": _moment(run.ends - BEFORE_END), **closes}


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _responses(world: World, plan: Plan, slugs: _Slugs) -> list[tuple[StoredResponse, dict[str, str]]]:
    """What the people of a plan, all put the world's questionnaire, answered, as rows of the store; with each the
    credentials they were asked to stand behind, and what they said to that."""
    sat = sit(world, plan, subjects_of(world.institution))
    endorse = next((each.id for each in world.instrument.questions if each.record == ENDORSEMENT), "")
    rows = []
    for key, places, index, occasion, month, language, answers, records in zip(
        plan.keys.tolist(),
        plan.about.tolist(),
        plan.organisations.tolist(),
        plan.occasions.tolist(),
        plan.months.tolist(),
        sat.languages,
        sat.answers,
        sat.records,
        strict=True,
    ):
        about = slugs.about(places)
        employer = index != NOBODY
        response = StoredResponse(
            key=key.decode(),
            survey=slugs.survey(world.instrument.id, about, occasion),
            instrument=world.instrument.id,
            version=world.instrument.version,
            language=language,
            month=month,
            about=about,
            answers=answers,
            organisation=slugs.organisations[index] if employer else None,
            role=records.get("role") if employer else None,
            is_sample=True,
        )
        rows.append((response, records.get(endorse, {})))
    return rows


def _reviews(
    institution: Institution, instrument: Instrument, habits: Habits, plan: Plan, slugs: _Slugs
) -> list[StoredResponse]:
    """What reviewers answered. Their role is who they are, so that two reviews of a credential can be told apart."""
    rows = []
    for key, places, place, month in zip(
        plan.keys.tolist(), plan.about.tolist(), plan.occasions.tolist(), plan.months.tolist(), strict=True
    ):
        review, about = institution.reviews[place], slugs.about(places)
        rows.append(
            StoredResponse(
                key=key.decode(),
                survey=slugs.survey(instrument.id, about, place),
                instrument=instrument.id,
                version=instrument.version,
                language="en",
                month=month,
                about=about,
                answers=review_answers(review, instrument, habits.review["evidence"]),
                role=review.reviewer,
                is_sample=True,
            )
        )
    return rows


def _import(batch: str, size: int, today: date) -> Import:
    return Import(
        id=batch,
        kind=KIND,
        file="sample",
        digest=sha256(batch.encode()).hexdigest(),
        rows=size,
        new_rows=size,
        imported_on=today,
        waiting=True,
        is_sample=True,
    )


def _report(institution: Institution, opened: list[Survey], plan: Plan) -> SampleReport:
    numbers = {name: int(np.sum(plan.instruments == place)) for place, name in enumerate(INSTRUMENTS)}
    return SampleReport(
        credentials=len(institution.credentials),
        organisations=len(institution.employers),
        surveys=len(opened),
        learners=numbers[LEARNER] + numbers[LEFT] + numbers[LATER],
        employers=numbers[EMPLOYER] + numbers[MINUTE],
        experts=numbers[EXPERT],
    )


def _save_catalogue(session: Session, institution: Institution) -> None:
    """Everything that is rated. The eight kinds come with the program and are only added where missing."""
    there = {kind.slug for kind in catalogue.read_kinds(session)}
    kinds = read_credential_kinds(data_folder() / "credential_kinds.toml")
    catalogue.save(session, [kind for kind in kinds if kind.slug not in there])
    catalogue.save(session, institution.values, is_sample=True)


def _refuse_clashes(session: Session, institution: Institution, opened: list[Survey]) -> None:
    """Refuse where the sample is, or where an own entry bears the slug of a sample one: their answers would mix.

    A skill may be shared: it stays one's own, and nothing is answered about it alone.
    """
    if sample.has_sample(session):
        raise Refused([Problem("sample", "it is loaded already. Take it away first: feedback sample --remove")])
    taken = []
    for name, entity in ENTITIES.items():
        ours = {str(vars(value)["slug"]) for value in institution.values if type(value) is entity.value}
        if entity.value is not Skill:
            own = sorted(ours & {str(each.slug) for each in catalogue.read(session, name)})
            taken += [(entity.value.__name__.lower(), slug) for slug in own]
    taken += [("survey", survey.slug) for survey in opened if surveys.read_survey(session, survey.slug)]
    if taken:
        said = "you have one with this name; the sample would mix with it. It is for a database without it."
        raise Refused([Problem(f'{what} "{slug}"', said) for what, slug in taken])
