"""The rating of the whole that whoever answers gives beside their comments."""

from collections.abc import Mapping
from typing import Any

from feedback.survey.questionnaire import Instrument, Question

OVERALL = "overall"
"""The construct of the question that asks how the whole was."""


def overall(instrument: Instrument) -> Question | None:
    """The question by which whoever answers rates the whole; None where none is asked."""
    found = (each for each in instrument.questions if each.construct == OVERALL and each.kind == "scale" and each.scale)
    return next(found, None)


def rating_in(answers: Mapping[str, Any], asked: Question | None, credential: str) -> float | None:
    """The number an answer gives a credential as a whole; None where none was asked, given, or it was set aside.

    answers: of one response, by question. asked: see `overall`.
    """
    given = answers.get(asked.id) if asked is not None else None
    if isinstance(given, Mapping):
        given = given.get(credential)
    return None if isinstance(given, bool) or not isinstance(given, int | float) else float(given)
