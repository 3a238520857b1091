"""What choosing needs to know, and what a contact agrees to."""

import pytest

from feedback.catalogue.values import CONSENTS, Contact, Credential, Occupation, Organisation
from feedback.settings import data_folder
from feedback.store.catalogue import read, save
from feedback.store.database import reading, transaction
from feedback.store.history import read_changes
from feedback.store.meta import data_version
from feedback.store.needs import AGREED, CONSENT, consents_apart, fits, heard_of, keep_consents, occupations_at
from feedback.survey.choosing import Candidate
from feedback.survey.instrument import read_instruments
from feedback.survey.submission import Submission
from tests.store.releasing import publish_all, save_all


@pytest.fixture
def contact(institution) -> str:
    """A contact who has agreed to being asked and to being quoted."""
    someone = Contact(organisation="mill", name="Somebody", email="somebody@mill.example", consents=["panel", "quoted"])
    with transaction(institution) as session:
        save(session, [Organisation(slug="mill", name="Mill"), someone])
    return someone.slug


def consents_of(engine) -> list[str]:
    with reading(engine) as session:
        return next(each.consents for each in read(session, "contacts"))


def heard(engine, instrument="employer") -> dict[str, int]:
    with reading(engine) as session:
        return heard_of(session, instrument)


# --- how many were heard ---------------------------------------------------------------------------------------------


def test_people_are_counted_once_they_are_published_and_foils_and_the_whole_are_left_out(
    institution, instruments, employer_said
):
    known = {"data-badge": "knows", "foil:grand": "never"}
    save_all(institution, *(employer_said(awareness=known, why="So.") for _ in range(5)))
    assert heard(institution) == {}
    publish_all(institution, instruments, minimum_group=5)
    save_all(institution, employer_said(awareness={"sql-course": "never"}))
    assert heard(institution) == {"data-badge": 5}
    assert heard(institution, "learner") == {}


# --- whom credentials are for ----------------------------------------------------------------------------------------


def test_sectors_and_occupations_are_those_of_the_catalogue(institution):
    badge = Credential(
        slug="data-badge", title="Data badge", kind="badge", programme="data", sectors=["K", "R"],
        occupations=["analyst"],
    )  # fmt: skip
    with transaction(institution) as session:
        save(session, [Occupation(slug="analyst", title="Analyst"), badge])
    with reading(institution) as session:
        assert fits(session) == [Candidate("data-badge", ("K", "R"), ("analyst",)), Candidate("sql-course")]
        assert fits(session, ["sql-course", "gone"]) == [Candidate("sql-course")]
        assert fits(session, []) == []


# --- what a contact agrees to ----------------------------------------------------------------------------------------


def test_the_occupations_of_an_organisation_are_known_by_its_name(institution):
    with transaction(institution) as session:
        save(session, [Occupation(slug="welder", title="Welder", scheme="own")])
        save(session, [Organisation(slug="mill", name="Mill", occupations=["welder"])])
        assert occupations_at(session, " MILL") == ("welder",)
        assert occupations_at(session, "Yard") == occupations_at(session, None) == ()


def test_every_option_of_the_questionnaire_has_its_consent_in_the_catalogue():
    employer = read_instruments(data_folder() / "instruments")["employer"]
    asked = [question for question in employer.questions if question.construct == CONSENT]
    assert [set(question.option_ids) for question in asked] == [set(AGREED)]
    assert set(AGREED.values()) == set(CONSENTS)


def test_what_somebody_agrees_to_now_takes_the_place_of_before_and_leaves_no_history(institution, contact):
    with reading(institution) as session:
        before = len(read_changes(session, "contacts")), data_version(session)
    with transaction(institution) as session:
        keep_consents(session, contact, ["internships", "committee", "strange"])
    assert consents_of(institution) == ["committee", "internships"]
    with reading(institution) as session:
        assert (len(read_changes(session, "contacts")), data_version(session)) == before


def test_consents_are_taken_back_by_saying_none(institution, contact):
    with transaction(institution) as session:
        keep_consents(session, contact, ["none"])
    assert consents_of(institution) == ["none"]


@pytest.mark.parametrize("given", [[], ["strange"]])
def test_a_question_left_out_changes_nothing(institution, contact, given):
    with transaction(institution) as session:
        keep_consents(session, contact, given)
        keep_consents(session, "somebody-else", ["committee"])
    assert consents_of(institution) == ["panel", "quoted"]


def test_what_is_kept_with_the_contact_does_not_stand_in_the_response():
    employer = read_instruments(data_folder() / "instruments")["employer"]
    sent = Submission("employer", 1, "s", "en", ("a",), {"gap": "Welding.", "again": ["next_year", "quoted"]})
    agreed, rest = consents_apart(employer, sent)
    assert agreed == ("next_year", "quoted")
    assert rest.answers == {"gap": "Welding."}
    assert sent.answers["again"] == ["next_year", "quoted"]
    assert consents_apart(employer, rest) == ((), rest)
