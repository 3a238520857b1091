"""How surveys stand: counts in steps of five, invitations counted, addresses that are invited whoever answered."""

from datetime import date

import pytest
from sqlalchemy import update

from feedback.store import invitations
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.invitations import Person
from feedback.store.opening import Wanted, open_wanted
from feedback.store.standing import Standing, read_standings, recipients
from feedback.store.tables import Invitations
from tests.store.conftest import LEARNER

KEY = b"k" * 32


@pytest.fixture
def asked(institution):
    """The slug of a survey with seven invitations, two of them with an address."""
    with transaction(institution) as session:
        survey = open_wanted(session, Wanted(LEARNER, ["data-badge"], mode="invitation"), {})
        people = [Person("Ann@example.org"), Person("bob@example.org"), *[Person()] * 5]
        invitations.make(session, survey.slug, people, key=KEY)
    return survey.slug


def use(institution, asked, number):
    with transaction(institution) as session:
        for each in invitations.unanswered(session, asked)[:number]:
            assert invitations.use(session, each.id, asked, date(2026, 3, 1))


def standing(institution, *slugs):
    with reading(institution) as session:
        return read_standings(session, slugs)


def test_used_invitations_are_told_in_steps(institution, asked):
    told = []
    for number in (0, 4, 1, 1):
        use(institution, asked, number)
        told.append(standing(institution, asked)[asked].used)
    assert told == [0, 0, 5, 5]
    with transaction(institution) as session:
        invitations.revoke(session, asked)
    assert standing(institution, asked)[asked] == Standing(answers=0, made=7, used=5, revoked=0)


def test_s22_taking_every_unused_link_back_does_not_tell_how_many_were_used(institution, asked):
    use(institution, asked, 2)
    with transaction(institution) as session:
        assert invitations.revoke(session, asked) == 5
    assert standing(institution, asked)[asked] == Standing(answers=0, made=7, used=0, revoked=5)


def test_a_survey_nobody_was_asked_by_stands_at_nothing(institution):
    assert standing(institution, "no-such") == {"no-such": Standing()}
    assert standing(institution) == {}


def test_whoever_is_invited_is_known_whether_they_answered_or_not(institution, asked):
    use(institution, asked, 7)
    with reading(institution) as session:
        assert recipients(session, asked) == {"ann@example.org", "bob@example.org"}


def test_whose_link_was_taken_back_may_be_invited_again(institution, asked):
    table = table_of(Invitations)
    with transaction(institution) as session:
        gone = update(table).where(table.c.recipient == "bob@example.org").values(revoked_on=date(2026, 3, 1))
        session.connection().execute(gone)
    with reading(institution) as session:
        assert recipients(session, asked) == {"ann@example.org"}
