"""How surveys stand: how many answered, and how many were invited. Told in steps of five, so that nobody is watched."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session

from feedback.store.inserting import table_of
from feedback.store.invitations import NOT_YET
from feedback.store.tables import Invitations, Responses

STEP = 5
"""Whoever looks twice must not see that just one more person answered."""


@dataclass(frozen=True)
class Standing:
    """Numbers of one survey. made: of invitations, exactly. answers, used, revoked: rounded down to a whole five; what
    is taken back, too, since all unused ones may be."""

    answers: int = 0
    made: int = 0
    used: int = 0
    revoked: int = 0


def read_standings(session: Session, surveys: Collection[str]) -> dict[str, Standing]:
    """How surveys stand, by slug."""
    named = sorted(set(surveys))
    invitations, responses, connection = table_of(Invitations), table_of(Responses), session.connection()
    used = func.count().filter(invitations.c.used_on != NOT_YET)
    revoked = func.count().filter(invitations.c.revoked_on.is_not(None))
    counted = select(invitations.c.survey, func.count(), used, revoked).where(invitations.c.survey.in_(named))
    invited = {slug: numbers for slug, *numbers in connection.execute(counted.group_by(invitations.c.survey))}
    answered = select(responses.c.survey, func.count().label("number")).where(responses.c.survey.in_(named))
    answers = {each.survey: each.number for each in connection.execute(answered.group_by(responses.c.survey))}
    return {
        slug: Standing(in_steps(answers.get(slug, 0)), made, in_steps(used), in_steps(revoked))
        for slug in named
        for made, used, revoked in [invited.get(slug, (0, 0, 0))]
    }


def recipients(session: Session, survey: str) -> set[str]:
    """The addresses, in lower case, that have an invitation to a survey, be it used or not; not those taken back."""
    table = table_of(Invitations)
    found = select(table.c.recipient).where(
        table.c.survey == survey, table.c.recipient != "", table.c.revoked_on.is_(None)
    )
    return {address.strip().casefold() for address in session.connection().execute(found).scalars()}


def in_words(number: int) -> str:
    """A number told in steps.

    >>> in_words(0), in_words(15), in_words(1200)
    ('fewer than 5', 'about 15', 'about 1,200')
    """
    return f"about {number:,}" if number else f"fewer than {STEP}"


def in_steps(number: int) -> int:
    """A number rounded down to a whole five."""
    return number // STEP * STEP
