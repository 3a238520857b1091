"""Sit the sample's people down: each gets a form about their credentials, and every question open to them an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback.sample.answers import BOTH, NEGATIVE, NOTHING, POSITIVE, STEPS, WORTH, World, draw_question
from feedback.sample.institution import Institution
from feedback.sample.plan import NOBODY, Plan
from feedback.sample.rows import Rows, gathered, holds, may_be_asked
from feedback.survey.questionnaire import Instrument
from feedback.survey.setting import Setting, Subject, drawn_blocks
from feedback.survey.subjects import subject_of
from feedback.survey.submission import setting_for

MOOD = 0.2  # how far learners differ in favour whatever the course (of 0-1)
CONTACT = 0.12  # how far people of one organisation differ about one credential
TWO_SIDED = 0.25  # of those who comment, who say both what is good and what is not
ABOUT_EACH = 0.6  # of an employer's credentials, the share that one who comments writes about
AT_HOME = 0.6  # share of employers who answer in the language of their country


@dataclass(frozen=True)
class Sat:
    """What the people of a piece answered, in the plan's order. records: answers kept apart from the response."""

    languages: list[str]
    answers: list[dict[str, Any]]
    records: list[dict[str, Any]]


def subjects_of(institution: Institution) -> tuple[Subject, ...]:
    """The credentials as forms need them, in the institution's order."""
    skills = {skill.slug: skill.title for skill in institution.skills}
    programmes = {programme.slug: programme.title for programme in institution.programmes}
    return tuple(subject_of(credential, programmes, skills) for credential in institution.credentials)


def sit(world: World, plan: Plan, subjects: Sequence[Subject]) -> Sat:
    """Everyone of the plan answers the world's questionnaire; all are of its audience.

    The rotations and the foil of each form follow from the response's key.
    """
    people, ratings = _seated(world, plan, subjects)
    instrument = world.instrument
    for section in instrument.sections:
        rows = ratings if section.repeated else people
        open_to = holds(section.show_if, rows, None if section.repeated else ratings)
        for question in instrument.questions_by_section[section.id]:
            asked = open_to & may_be_asked(question, rows)
            asked &= holds(question.show_if, rows, None if section.repeated else ratings)
            rows.asked[question.id] = asked
            rows.kept[question.id] = draw_question(world, question, rows, asked)
    documents = gathered(people, ratings, instrument)
    apart = [question.id for question in instrument.questions if question.record]
    records = [{name: document.pop(name) for name in apart if name in document} for document in documents]
    return Sat(list(people.languages), documents, records)


def _seated(world: World, plan: Plan, subjects: Sequence[Subject]) -> tuple[Rows, Rows]:
    """The people, a row each, and their credentials, a row each (none when the questionnaire repeats nothing)."""
    languages = _languages(world, plan)
    sittings = _sittings(world.instrument, plan, subjects, languages)
    moods, writers = _moods(world, plan), world.random.random(len(plan)) < world.institution.comment_share
    one = world.instrument.subjects == "one"
    about = plan.about[:, 0].astype(np.int64) if one else np.full(len(plan), NOBODY)
    occasions = plan.occasions.astype(np.int64)
    favour = np.append(world.values, 0.5)[about] + world.since_change(WORTH)[occasions] / STEPS + moods
    people = Rows(
        persons=np.arange(len(plan)),
        credentials=about,
        favour=favour,
        voices=np.where(writers, _voices(world, favour), NOTHING),
        sittings=sittings,
        subjects=[None] * len(plan),
        languages=languages,
        organisations=plan.organisations.astype(np.int64),
        occasions=occasions,
    )
    seats = [(person, seat) for person, sitting in enumerate(sittings) for seat in sitting.in_order()]
    return people, _rated(world, people, moods, writers, seats if world.instrument.repeated else [], subjects)


def _rated(
    world: World,
    people: Rows,
    moods: NDArray[np.float64],
    writers: NDArray[np.bool_],
    seats: Sequence[tuple[int, Subject]],
    subjects: Sequence[Subject],
) -> Rows:
    """A row for each person and credential (or foil) of their form."""
    place = {subject.slug: index for index, subject in enumerate(subjects)}
    persons = np.array([person for person, _ in seats], dtype=np.int64)
    about = np.array([place.get(seat.slug, NOBODY) for _, seat in seats], dtype=np.int64)
    regard = np.append(world.values, 0.0)[about] + world.by_sector[people.organisations[persons], about]
    favour = regard + moods[persons] + world.random.normal(0, CONTACT, len(seats))
    writes = writers[persons] & (world.random.random(len(seats)) < ABOUT_EACH)
    return Rows(
        persons=persons,
        credentials=about,
        favour=favour,
        voices=np.where(writes, _voices(world, favour), NOTHING),
        sittings=[people.sittings[person] for person in persons.tolist()],
        subjects=[seat for _, seat in seats],
        languages=[people.languages[person] for person in persons.tolist()],
        organisations=people.organisations[persons],
        occasions=people.occasions[persons],
        people=people,
    )


def _sittings(
    instrument: Instrument, plan: Plan, subjects: Sequence[Subject], languages: Sequence[str]
) -> list[Setting]:
    """Each person's form: one credential has a survey of its own, several come from one about all."""
    if instrument.subjects == "one":  # nothing is left to the seed but the order of rows
        return [
            Setting((subjects[about],), seed=key.decode(), blocks=drawn_blocks(instrument, key.decode()))
            for key, about in zip(plan.keys.tolist(), plan.about[:, 0].tolist(), strict=True)
        ]
    sittings = []
    for key, about, language in zip(plan.keys.tolist(), plan.about.tolist(), languages, strict=True):
        chosen = [subjects[index] for index in about if index != NOBODY]
        sitting = setting_for(instrument, [each.slug for each in chosen], subjects, key.decode(), language)
        assert isinstance(sitting, Setting), sitting
        sittings.append(sitting)
    return sittings


def _moods(world: World, plan: Plan) -> NDArray[np.float64]:
    """What moves all answers of one person: a learner's mood, an employer's organisation."""
    leniency = np.array([employer.leniency / STEPS for employer in world.institution.employers])
    moods = world.random.normal(0, MOOD, len(plan))
    return np.where(plan.organisations == NOBODY, moods, np.append(leniency, 0.0)[plan.organisations])


def _voices(world: World, favour: NDArray[np.float64]) -> NDArray[np.int64]:
    """What they say if they write: the better they think of it, the rather what is good."""
    one_sided = np.where(world.random.random(len(favour)) < favour, POSITIVE, NEGATIVE)
    return np.where(world.random.random(len(favour)) < TWO_SIDED, BOTH, one_sided)


def _languages(world: World, plan: Plan) -> list[str]:
    """The language of each form: learners' by their shares, employers' by country; English where it is not offered."""
    shares = world.institution.languages
    spoken = world.random.choice(list(shares), size=len(plan), p=list(shares.values()))
    countries = [employer.organisation.country or "" for employer in world.institution.employers]
    local = np.array([*(world.habits.languages.get(country, "en") for country in countries), "en"])
    at_home = world.random.random(len(plan)) < AT_HOME
    chosen = np.where(plan.organisations == NOBODY, spoken, np.where(at_home, local[plan.organisations], "en"))
    return [language if language in world.instrument.languages else "en" for language in chosen.tolist()]
