"""What choosing needs to know (how many were heard on what, whom a credential is for), and what a contact agrees to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from sqlalchemy import select, update
from sqlmodel import Session

from feedback.catalogue.values import CONSENTS
from feedback.store.catalogue import find_organisation
from feedback.store.counted import ANSWERS
from feedback.store.inserting import table_of
from feedback.store.tables import Blocks, Contacts, Credentials
from feedback.survey.choosing import Candidate
from feedback.survey.questionnaire import Instrument
from feedback.survey.setting import FOIL_PREFIX
from feedback.survey.submission import Submission

CONSENT = "consent"
"""The construct of the question what somebody agrees to."""
AGREED: Mapping[str, str] = MappingProxyType(
    {
        "next_year": "panel",
        "committee": "committee",
        "internships": "internships",
        "quoted": "quoted",
        "told": "told",
        "none": "none",
    }
)
"""An option of that question -> the consent the catalogue keeps."""


def heard_of(session: Session, instrument: str) -> dict[str, int]:
    """How many people have been heard on each credential, of what is published of an instrument: each person once.

    What waits is not counted: whoever watches what is asked next must not see that somebody has just answered.
    """
    table = table_of(Blocks)
    found = select(table.c.credential, table.c.people).where(
        table.c.instrument == instrument, table.c.part == ANSWERS, table.c.credential != ""
    )
    return {slug: people for slug, people in session.connection().execute(found) if not slug.startswith(FOIL_PREFIX)}


def fits(session: Session, credentials: Collection[str] | None = None) -> list[Candidate]:
    """Whom credentials are for, by slug: all that may be asked about, or these."""
    table = table_of(Credentials)
    found = select(table.c.slug, table.c.sectors, table.c.occupations).order_by(table.c.slug)
    if credentials is not None:
        found = found.where(table.c.slug.in_(list(credentials)))
    return [Candidate(slug, tuple(aims), tuple(roles)) for slug, aims, roles in session.connection().execute(found)]


def occupations_at(session: Session, organisation: str | None) -> tuple[str, ...]:
    """The roles that an organisation somebody names fills, as slugs; none where it is not known or none is named."""
    known = find_organisation(session, organisation) if organisation else None
    return tuple(known.occupations) if known else ()


def consents_apart(instrument: Instrument, submission: Submission) -> tuple[tuple[str, ...], Submission]:
    """What somebody agrees to (options of the question), and the submission without it.

    For whoever answers by a contact's invitation. What is kept with the contact must not stand in the response, too:
    the same ticks in both places would tell whose answers these are.
    """
    questions = {question.id for question in instrument.questions if question.construct == CONSENT}
    given = [submission.answers[name] for name in questions if name in submission.answers]
    agreed = tuple(option for each in given if isinstance(each, list | tuple) for option in each)
    rest = {name: answer for name, answer in submission.answers.items() if name not in questions}
    return agreed, replace(submission, answers=rest)


def keep_consents(session: Session, contact: str, consents: Iterable[str]) -> None:
    """Keep with a contact what they agree to now, in the place of what they agreed to before.

    consents: options of the question on consent; those nobody knows are left out. None of them: the question was left
    out, and nothing changes; whoever takes back all of it says "none". This leaves no history: its day would tell when
    somebody answered.
    """
    told = set(consents)
    agreed = {consent for option, consent in AGREED.items() if option in told}
    if not agreed:
        return
    table = table_of(Contacts)
    in_order = [consent for consent in CONSENTS if consent in agreed]
    session.connection().execute(update(table).where(table.c.slug == contact).values(consents=in_order))
