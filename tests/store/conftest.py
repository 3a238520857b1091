"""A small institution and two small questionnaires for the store's tests; the real ones have tests of their own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from feedback.catalogue.values import Credential, Programme, Skill
from feedback.store.catalogue import save
from feedback.store.database import transaction
from feedback.store.surveys import Survey, open_survey
from feedback.survey.questionnaire import Aside, Instrument, Option, Question, Scale, ScaleValue, Section
from feedback.survey.submission import Submission

AGREE = Scale("agree5", "unipolar", tuple(ScaleValue(step, {}) for step in range(1, 6)), (4, 5), ("does_not_apply",))
PACE = Scale("pace7", "bipolar", tuple(ScaleValue(step, {}) for step in range(1, 8)), (3, 4, 5))
LADDER = Scale("ladder5", "ladder", tuple(ScaleValue(step, {}) for step in range(5)), (2, 3, 4))
DOES_NOT_APPLY = Aside("does_not_apply", {})


def _instrument(name: str, audience: str, subjects: str, questions: list[Question]) -> Instrument:
    sections = (Section("whole", {}), Section("each", {}, repeated=True))
    most = 1 if subjects == "one" else 3
    return Instrument(name, 1, audience, subjects, most, ("en", "es"), {"en": name}, sections, tuple(questions))


def _ask(name: str, kind: str, construct: str, section: str = "whole", **more: object) -> Question:
    return Question(name, section, kind, construct, {"en": name}, **more)


LEARNER = _instrument(
    "learner",
    "learner",
    "one",
    [
        _ask("worth", "scale", "overall", scale=AGREE, positive=(4, 5), aside=(DOES_NOT_APPLY,)),
        _ask("length", "scale", "length", scale=PACE, positive=(3, 4, 5)),
        _ask("teaching", "grid", "teaching", scale=AGREE, positive=(4, 5), aside=(DOES_NOT_APPLY,)),
        _ask("motive", "one", "motive", options=(Option("specialise", {}), Option("required", {}))),
        _ask("shown", "several", "sharing", options=(Option("cv", {}), Option("page", {}))),
        _ask("weeks_wanted", "number", "weeks", minimum=1, maximum=104),
        _ask("keep", "long_text", "keep", polarity="positive"),
        _ask("change", "long_text", "change", polarity="negative"),
        _ask("about_survey", "long_text", "survey", owner_only=True),
    ],
)
EMPLOYER = _instrument(
    "employer",
    "employer",
    "several",
    [
        _ask("awareness", "one", "awareness", "each", options=(Option("never", {}), Option("knows", {}))),
        _ask("ladder", "scale", "recognition", "each", scale=LADDER, positive=(2, 3, 4)),
        _ask("skill_need", "grid", "skill_need", "each", scale=AGREE, positive=(4, 5), aside=(DOES_NOT_APPLY,)),
        _ask("skill_performance", "grid", "skill_performance", "each", scale=AGREE, positive=(4, 5)),
        _ask("change", "long_text", "change", "each"),
        _ask("gap", "short_text", "gap"),
        _ask("pairs", "pair", "preference", options_from="pairs"),
        _ask("why", "long_text", "why"),
    ],
)


@pytest.fixture(scope="session")
def instruments() -> dict[str, Instrument]:
    """A learner's and an employer's questionnaire with every shape of answer."""
    return {"learner": LEARNER, "employer": EMPLOYER}


@pytest.fixture
def institution(engine: Engine) -> Engine:
    """The engine with two credentials and two open surveys: "of-learners" (data-badge) and "of-employers" (both)."""
    with transaction(engine) as session:
        save(
            session,
            [
                Programme(slug="data", title="Data"),
                Skill(slug="sql", title="SQL"),
                Skill(slug="charts", title="Charts"),
                Credential(
                    slug="data-badge", title="Data badge", kind="badge", programme="data", skills=["sql", "charts"]
                ),
                Credential(slug="sql-course", title="SQL course", kind="mooc-certificate", programme="data"),
            ],
        )
        opens = datetime.now(UTC) - timedelta(days=30)
        for slug, instrument, about in (
            ("of-learners", "learner", ["data-badge"]),
            ("of-employers", "employer", ["data-badge", "sql-course"]),
        ):
            open_survey(
                session,
                Survey(slug=slug, instrument=instrument, version=1, opens=opens, credentials=about, zone="UTC"),
            )
    return engine


@pytest.fixture(scope="session")
def said() -> Callable[..., Submission]:
    """Make a learner's checked submission about the Data badge from its answers."""

    def make(**answers: object) -> Submission:
        return Submission("learner", 1, "of-learners", "en", ("data-badge",), dict(answers))

    return make


@pytest.fixture(scope="session")
def employer_said() -> Callable[..., Submission]:
    """Make an employer's checked submission; answers are {question: {credential: answer}}."""

    def make(records: dict | None = None, **answers: object) -> Submission:
        about = ("data-badge", "sql-course")
        return Submission("employer", 1, "of-employers", "es", about, dict(answers), records or {})

    return make
