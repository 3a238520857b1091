"""S11: an employer's contact who comes by two invitations rates a credential once a year, while others are left."""

from datetime import UTC, datetime

import pytest

from feedback.catalogue.values import Contact, Credential, Organisation, Programme
from feedback.errors import Refused
from feedback.exchange.inviting import invite, people_of_catalogue, read_people
from feedback.exchange.links import Asked
from feedback.store import invitations
from feedback.store.catalogue import save
from feedback.store.database import transaction
from feedback.store.surveys import Survey, open_survey, read_survey
from tests.collect.institution import KEY, instruments

URL = "https://feedback.example.org"
SLUGS = ["a", "b", "c", "d", "e"]
ANN = Contact(organisation="firm", name="Ann", email="Ann@example.org")


@pytest.fixture
def employers(sqlite_engine):
    """Five credentials, a firm's contact, and two surveys of employers at the same time about the same."""
    asked = instruments()["employer"]
    made = [Credential(slug=each, title=f"Badge {each}", kind="badge", programme="p") for each in SLUGS]
    about = {"instrument": asked.id, "version": asked.version, "languages": ["en"], "credentials": SLUGS}
    with transaction(sqlite_engine) as session:
        save(session, [Programme(slug="p", title="P"), *made, Organisation(slug="firm", name="The Firm"), ANN])
        for slug in ("spring", "spring-too"):
            open_survey(session, Survey(slug=slug, mode="invitation", opens=datetime(2026, 1, 1, tzinfo=UTC), **about))
    return sqlite_engine


def test_s11_two_invitations_of_a_contact_in_a_year_are_about_different_credentials(employers):
    rated = []
    with transaction(employers) as session:
        for slug in ("spring", "spring-too"):
            survey = read_survey(session, slug)
            invite(
                session,
                survey,
                instruments()["employer"],
                people_of_catalogue(session, survey),
                key=KEY,
                public_url=URL,
            )
            [invited] = invitations.unanswered(session, slug)
            rated += [(invited.contact, credential) for credential in invited.about]
    assert len(rated) == len(set(rated)) == len(SLUGS)


@pytest.mark.parametrize("written", ["Ann@example.org", "ANN@EXAMPLE.ORG", " ann@example.org "])
def test_s11_nobody_is_invited_twice_to_a_survey_however_their_address_is_written(employers, tmp_path, written):
    path = tmp_path / "people.csv"
    path.write_text(f"email\n{written}\n", encoding="utf-8")
    with transaction(employers) as session:
        survey, asked = read_survey(session, "spring"), instruments()["employer"]
        invite(session, survey, asked, [Asked(ANN.email, contact=ANN.slug)], key=KEY, public_url=URL)
        with pytest.raises(Refused, match="has an invitation to this survey"):
            read_people(session, survey, asked, path)
        with pytest.raises(Refused, match="not invited yet"):
            people_of_catalogue(session, survey)
