"""Inviting people to a survey: whom a file or the catalogue names, what employers are asked about, links made."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from sqlmodel import Session

from feedback.catalogue.values import Contact
from feedback.errors import Problem, Refused
from feedback.exchange import links
from feedback.exchange.links import Asked, Link
from feedback.store import asking, catalogue, invitations, needs, rounds
from feedback.store.clock import now
from feedback.store.opening import day_in, window
from feedback.store.standing import recipients
from feedback.store.surveys import Survey
from feedback.survey.choosing import choose_credentials
from feedback.survey.questionnaire import EMPLOYER, Instrument
from feedback.survey.steps import apart
from feedback.survey.text import Text, say

LISTED = ("email", "name", "organisation", "language", "contact")
"""What a file of links says of a contact of the catalogue."""


# --- whom -------------------------------------------------------------------------------------------------------------


def read_people(
    session: Session, survey: Survey, instrument: Instrument, path: Path, *, again: bool = False
) -> list[Asked]:
    """Whom a CSV file names, checked against the survey and the catalogue (see links.read_contacts).

    again: it may name people who are invited already. An employer's address that is a contact's of the catalogue is
    that contact. Raises Refused with every problem.
    """
    contacts: list[Contact] = catalogue.read(session, "contacts")
    invited = set[str]() if again else recipients(session, survey.slug)
    read = links.read_contacts(path, survey.languages, {each.slug for each in contacts}, invited)
    if instrument.audience != EMPLOYER:
        return read
    by_address = {each.email.casefold(): each.slug for each in contacts if each.email}
    return [replace(one, contact=one.contact or by_address.get(one.email.casefold(), "")) for one in read]


def people_of_catalogue(session: Session, survey: Survey) -> list[Asked]:
    """The catalogue's own contacts who have an address and no invitation to this survey yet; not those who have said
    what they agree to, and being asked again is not of it.

    Raises Refused where there is none.
    """
    invited = recipients(session, survey.slug)
    invented = catalogue.sample_slugs(session, Contact)
    contacts: list[Contact] = [each for each in catalogue.read(session, "contacts") if each.slug not in invented]
    organisations = {each.slug: each.name for each in catalogue.read_organisations(session)}
    found = []
    for one in contacts:
        if not one.email or one.email.casefold() in invited or not one.may_be_asked_again:
            continue
        language = one.language if one.language in survey.languages else ""
        cells = (one.email, one.name, organisations.get(one.organisation, ""), language, one.slug)
        found.append(Asked(one.email, language, one.slug, one.organisation, dict(zip(LISTED, cells, strict=True))))
    if not found:
        said = "the catalogue has no contact with an address who is not invited yet. See: feedback import contacts FILE"
        raise Refused([Problem("--contacts", said)])
    return found


def willing(
    session: Session,
    survey: Survey,
    people: Sequence[Asked],
    *,
    key: bytes,
    asks_a_year: int,
    days_between: int,
    anyway: bool = False,
) -> list[Asked]:
    """Those of them who may be written to about a survey, as for messages; those without an address, too.

    To be called in the transaction that invites them. key: settings.secret_key. asks_a_year, days_between: see
    store.asking.may_ask. anyway: also those who were written to often or of late, but nobody who refused.
    """
    asking.lock(session)
    known = {one.email: asking.recipient_hash(key, one.email) for one in people if one.email}
    if anyway:
        may = set(known.values()) - asking.refused(session, set(known.values()))
    else:
        back = asking.taken_back(session, survey.slug, {address.casefold() for address in known})
        anew = {hashed for address, hashed in known.items() if address.casefold() in back}
        caps = {"asks_a_year": asks_a_year, "days_between": days_between}
        may = asking.may_ask(session, set(known.values()), now(session).date(), **caps, survey=survey.slug, anew=anew)
    return [one for one in people if not one.email or known[one.email] in may]


def chosen_for(
    session: Session, survey: Survey, instrument: Instrument, contacts: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """The credentials that each contact is to be asked about, by slug: those that fit, are needed, and in turn.

    Nothing where the questionnaire asks everybody about the same.
    """
    wanted = sorted(set(contacts))
    if instrument.audience != EMPLOYER or instrument.subjects == "one" or instrument.pairs_question is not None:
        return {}
    organisations = {each.slug: each for each in catalogue.read_organisations(session)}
    employers = {each.slug: each.organisation for each in catalogue.read(session, "contacts")}
    candidates, heard = needs.fits(session, survey.credentials), needs.heard_of(session, instrument.id)
    today = day_in(now(session), survey.zone)
    chosen = {}
    for contact in wanted:
        house = organisations.get(employers.get(contact, ""))
        chosen[contact] = choose_credentials(
            candidates,
            sector=house.sector if house else None,
            occupations=house.occupations if house else (),
            heard=heard,
            asked=asking.asked_about(session, contact),
            today=today,
            seed=secrets.token_hex(16),
            most=instrument.maximum_subjects,
        )
    return chosen


# --- links ------------------------------------------------------------------------------------------------------------


def persons(people: Sequence[Asked], about: Mapping[str, Sequence[str]]) -> list[invitations.Person]:
    """The people as the store invites them. about: the credentials chosen for a contact, by slug."""
    return [
        invitations.Person(one.email, one.contact or None, one.language, about.get(one.contact, ())) for one in people
    ]


def invite(
    session: Session,
    survey: Survey,
    instrument: Instrument,
    people: Sequence[Asked],
    *,
    key: bytes,
    public_url: str,
    expires_on: date | None = None,
    for_round: bool = False,
) -> list[Link]:
    """Invite people to a survey: their links, in their order. The links are told here and kept nowhere.

    for_round: they are the reviewers of its round; without it a round's survey is refused.
    key: settings.secret_key. What contacts are asked about is chosen, and noted so that next time others have their
    turn; and so is that whoever has an address was written to.
    """
    if not for_round and rounds.is_round(session, survey.slug):
        raise Refused([Problem(survey.slug, rounds.BY_THE_COMMITTEE)])
    about = chosen_for(session, survey, instrument, (one.contact for one in people if one.contact))
    made = invitations.make(session, survey.slug, persons(people, about), key=key, expires_on=expires_on)
    today = day_in(now(session), survey.zone)
    for contact, credentials in about.items():
        asking.note_about(session, contact, credentials, today)
    hashes = {asking.recipient_hash(key, one.email) for one in people if one.email}
    asking.note(session, hashes, survey.slug, now(session).date())
    return [
        Link(links.invitation_address(public_url, token), invitation.language or survey.languages[0], one.cells)
        for one, (invitation, token) in zip(people, made, strict=True)
    ]


def invited_by(session: Session, survey: Survey, addresses: Iterable[str], key: bytes) -> set[str]:
    """The ids of the invitations that links lead to. Raises Refused with every link that is none of this survey's."""
    found, problems = set(), []
    for address in addresses:
        token = urlsplit(address).path.rstrip("/").rpartition("/")[2]
        invitation = invitations.find(session, token, key=key)
        if invitation is None or invitation.survey != survey.slug:
            problems.append(Problem("--link", f'"…{address[-6:]}" is no link to this survey.'))
        else:
            found.add(invitation.id)
    if problems:
        raise Refused(problems)
    return found


# --- sheets -----------------------------------------------------------------------------------------------------------


def title_of(session: Session, survey: Survey, instrument: Instrument) -> Text:
    """What a survey is about, in each of its languages: the questionnaire's title, and the credential if it is one."""
    titles = {each.slug: each.title for each in catalogue.read_credentials(session)}
    about = titles.get(survey.credentials[0], "") if len(survey.credentials) == 1 else ""
    return {
        language: f"{say(instrument.title, language)}{f': {apart(about, language)}' if about else ''}"
        for language in survey.languages
    }


def sheet_of(
    session: Session, survey: Survey, instrument: Instrument, made: Sequence[Link], expires_on: date | None = None
) -> str:
    """The links as cards to print and cut."""
    ends = [day for day in (expires_on, window(survey)["closes"]) if day is not None]
    until = min(ends) if ends else None
    title = title_of(session, survey, instrument)
    return links.sheet(made, title, minutes=instrument.minutes or 0, until=until)


def poster_of(session: Session, survey: Survey, instrument: Instrument, public_url: str) -> str:
    """The address of an open survey as a page to hang up."""
    return links.poster(
        links.open_address(public_url, survey.slug),
        title_of(session, survey, instrument),
        languages=survey.languages,
        minutes=instrument.minutes or 0,
        until=window(survey)["closes"],
    )
