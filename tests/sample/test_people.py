from datetime import date

from feedback.catalogue.values import CONSENTS, Contact, Organisation
from feedback.sample.people import contacts_of

TODAY = date(2026, 3, 5)
NAMES = {"first": ["Ann", "Ben"], "last": ["Ash", "Elm", "Oak"]}


def contacts(*organisations):
    return [Contact(**fields) for fields in contacts_of(organisations, NAMES, TODAY)]


def test_the_busier_an_organisation_the_more_contacts_it_has():
    quiet, busy = Organisation(slug="quiet", name="Quiet"), Organisation(slug="busy", name="Busy")
    found = [contact.organisation for contact in contacts((quiet, 2.0), (busy, 8.0))]
    assert (found.count("quiet"), found.count("busy")) == (1, 3)


def test_a_staffing_agency_recruits():
    assert {contact.role for contact in contacts((Organisation(slug="s", name="S", sector="O"), 9.0))} == {"recruiter"}


def test_people_of_the_sample_have_each_a_name_of_their_own_and_addresses_that_lead_nowhere(institution):
    names = [contact.name for contact in institution.contacts]
    assert len(set(names)) == len(names) > 40
    assert all(contact.email.endswith(".example") for contact in institution.contacts)
    assert {contact.organisation for contact in institution.contacts} == {
        employer.organisation.slug for employer in institution.employers
    }


def test_they_agree_to_this_and_that_and_were_asked_within_the_last_year_or_so_or_never(institution):
    assert {consent for contact in institution.contacts for consent in contact.consents} == set(CONSENTS)
    assert any(not contact.consents for contact in institution.contacts)
    asked = [contact.last_asked for contact in institution.contacts]
    assert None in asked
    assert all(date(2024, 12, 1) <= day < TODAY for day in asked if day)
    assert {contact.role for contact in institution.contacts} >= {"hiring employer", "recruiter", "internship manager"}
