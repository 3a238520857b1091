"""Whom to ask about a credential of which too little is known: organisations it is for, not asked of late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from feedback.catalogue.values import Organisation
from feedback.store import asking, catalogue, needs
from feedback.store.clock import now
from feedback.store.surveys import Survey, read_surveys
from feedback.survey.choosing import DAYS_APART, Candidate
from feedback.survey.questionnaire import EMPLOYER, Instrument


@dataclass(frozen=True)
class Whom:
    """Whom to ask about a credential. organisations: names, by name, of those with a contact who has an address, agrees
    to be asked, and was not asked about it within a year. survey: the slug of a survey of employers about it that takes
    answers by invitation, "" where there is none."""

    credential: str
    organisations: tuple[str, ...]
    survey: str


def whom_to_ask(session: Session, instruments: Mapping[str, Instrument], credentials: Sequence[str]) -> list[Whom]:
    """Whom to ask about each of the credentials, in their order.

    An organisation fits where the credential aims at its sector or at an occupation it fills, or names neither.
    """
    of_late = asking.asked_since(session, now(session).date() - timedelta(days=DAYS_APART))
    houses = {each.slug: each for each in catalogue.read_organisations(session)}
    contacts = [each for each in catalogue.read(session, "contacts") if each.email and each.may_be_asked_again]
    open_now = [each for each in read_surveys(session, only_open=True) if _asks(each, instruments)]
    found = []
    for candidate in sorted(needs.fits(session, credentials), key=lambda each: credentials.index(each.slug)):
        asked = of_late.get(candidate.slug, set())
        names = {
            houses[each.organisation].name
            for each in contacts
            if each.slug not in asked and each.organisation in houses and _fits(candidate, houses[each.organisation])
        }
        survey = next((each.slug for each in open_now if candidate.slug in each.credentials), "")
        found.append(Whom(candidate.slug, tuple(sorted(names, key=str.casefold)), survey))
    return found


def _asks(survey: Survey, instruments: Mapping[str, Instrument]) -> bool:
    instrument = instruments.get(survey.instrument)
    return (
        instrument is not None
        and instrument.audience == EMPLOYER
        and instrument.pairs_question is None
        and survey.mode == "invitation"
    )


def _fits(candidate: Candidate, house: Organisation) -> bool:
    if not candidate.sectors and not candidate.occupations:
        return True
    return house.sector in candidate.sectors or bool(set(house.occupations) & set(candidate.occupations))
