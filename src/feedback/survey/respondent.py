"""Who answers, where the questionnaire asks it: employers name their organisation and role to us, learners do not."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from feedback.catalogue.values import SECTORS, SIZE_BANDS, Organisation, make_slug
from feedback.survey.questionnaire import Instrument
from feedback.survey.submission import Submission
from feedback.survey.text import clean_text

ASKED = ("organisation", "sector", "size_band", "country", "role")
"""The constructs that describe a respondent; a questionnaire that has none keeps its respondents nameless."""
LONGEST_REVIEWER = 60
"""Characters of a reviewer's name, where they type it."""


@dataclass(frozen=True)
class Respondent:
    """What somebody said of themselves; None where not asked or not said."""

    organisation: str | None = None
    sector: str | None = None
    size_band: str | None = None
    country: str | None = None
    role: str | None = None


def respondent_of(instrument: Instrument, submission: Submission) -> Respondent:
    """Read the respondent from a checked submission, by what each question measures; records come before answers."""
    given: dict[str, Any] = dict(submission.answers)
    for record in submission.records.values():
        given |= record
    said: dict[str, str] = {}
    for question in instrument.questions:
        answer = given.get(question.id)
        if question.construct in ASKED and isinstance(answer, str) and answer:
            said[question.construct] = answer
    return Respondent(**said)


def organisation_named(who: Respondent) -> Organisation | None:
    """The organisation somebody says they answer for; None when they name none.

    A sector or size nobody knows is left out. A country is kept when it is a code of two letters.
    """
    if who.organisation is None:
        return None
    country = (who.country or "").strip().upper()
    return Organisation(
        slug=make_slug(who.organisation, otherwise="organisation"),
        name=who.organisation,
        sector=who.sector if who.sector in SECTORS else None,
        size_band=who.size_band if who.size_band in SIZE_BANDS else None,
        country=country if len(country) == 2 and country.isalpha() and country.isascii() else None,
    )


def reviewer_named(said: str, known: Collection[str]) -> str:
    """The slug of who reviews: one of those who may be asked, or made of a short name where none are known; "" for
    anybody else.

    >>> reviewer_named("R. Okafor", []), reviewer_named("R. Okafor", ["kim"]), reviewer_named("kim", ["kim"])
    ('r-okafor', '', 'kim')
    """
    if known:
        return said if said in known else ""
    given = clean_text(said, LONGEST_REVIEWER)
    return make_slug(given, otherwise="reviewer") if isinstance(given, str) and given else ""
