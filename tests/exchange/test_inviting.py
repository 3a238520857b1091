"""Whom is invited, what employers are asked about, and what leads to an invitation."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from feedback.catalogue.values import Contact, Credential, Occupation, Organisation, Programme
from feedback.errors import Refused
from feedback.exchange import inviting
from feedback.exchange.inviting import (
    chosen_for,
    invite,
    invited_by,
    people_of_catalogue,
    poster_of,
    read_people,
    sheet_of,
    willing,
)
from feedback.exchange.links import Asked
from feedback.settings import data_folder
from feedback.store import asking, invitations
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.store.rounds import Round, keep_round
from feedback.store.surveys import Survey, open_survey, read_survey
from feedback.survey.instrument import read_instruments

KEY = b"k" * 32
URL = "https://feedback.example.org"
INSTRUMENTS = read_instruments(data_folder() / "instruments")
LEARNER, EMPLOYER = INSTRUMENTS["learner"], INSTRUMENTS["employer"]
RULES = {"key": KEY, "asks_a_year": 4, "days_between": 14}
SLUGS = ["a", "b", "c", "d", "e"]
ANN = Contact(organisation="firm", name="Ann", email="Ann@example.org", language="de")


def as_round(engine, survey):
    """Let a survey be one of a round of review."""
    due = date(2036, 1, 31)
    with transaction(engine) as session:
        keep_round(session, Round("1" * 32, "a", "yearly", due, survey, ["r1", "r2"], date(2026, 1, 1), None))


def test_nobody_but_its_reviewers_is_invited_to_the_survey_of_a_round(engine):
    as_round(engine, "learners")
    with transaction(engine) as session:
        survey = read_survey(session, "learners")
        with pytest.raises(Refused, match="the two reviewers of a round"):
            invite(session, survey, LEARNER, [Asked()], key=KEY, public_url=URL)
        assert invitations.tally(session, "learners") == (0, 0, 0)
        assert len(invite(session, survey, LEARNER, [Asked()] * 2, key=KEY, public_url=URL, for_round=True)) == 2


@pytest.fixture
def engine(sqlite_engine):
    """A catalogue of five credentials, one firm with two contacts, and a survey of each kind."""
    credentials = [
        Credential(slug=slug, title=f"Badge {slug}", kind="badge", programme="p", sectors=["J"] if slug == "a" else [])
        for slug in SLUGS
    ]
    bo = Contact(organisation="firm", name="Bo")
    firm = Organisation(slug="firm", name="The Firm", sector="J")
    with transaction(sqlite_engine) as session:
        save(session, [Programme(slug="p", title="P"), *credentials, firm, ANN, bo])
        for slug, instrument, about in (("learners", LEARNER, ["a"]), ("employers", EMPLOYER, SLUGS)):
            open_survey(
                session,
                Survey(
                    slug=slug, instrument=instrument.id, version=instrument.version, mode="invitation",
                    languages=["en", "de"], opens=datetime(2026, 1, 1, tzinfo=UTC), credentials=about,
                    closes=datetime(2036, 1, 31, 23, 59, 59, tzinfo=UTC),
                ),
            )  # fmt: skip
    return sqlite_engine


def survey_of(session, slug):
    from feedback.store.surveys import read_survey

    return read_survey(session, slug)


def test_links_come_in_the_order_of_the_people_with_their_language(engine):
    with transaction(engine) as session:
        people = [Asked("a@example.org", "de", cells={"n": "1"}), Asked(cells={"n": "2"})]
        made = invite(session, survey_of(session, "learners"), LEARNER, people, key=KEY, public_url=URL)
        kept = [invitations.find(session, each.address.rsplit("/", 1)[1], key=KEY) for each in made]
    assert [each.language for each in made] == ["de", "en"]
    assert [each.cells["n"] for each in made] == ["1", "2"]
    assert [each.recipient for each in kept] == ["a@example.org", ""]


def test_a_contact_of_the_catalogue_is_known_by_their_address_where_employers_are_asked(engine, write):
    path = write("c.csv", "email\nann@EXAMPLE.org\nnew@example.org\n")
    with reading(engine) as session:
        employers = read_people(session, survey_of(session, "employers"), EMPLOYER, path)
        learners = read_people(session, survey_of(session, "learners"), LEARNER, path)
    assert [each.contact for each in employers] == [ANN.slug, ""]
    assert [each.contact for each in learners] == ["", ""]


def test_only_contacts_with_an_address_are_taken_from_the_catalogue_and_each_once(engine):
    with transaction(engine) as session:
        survey = survey_of(session, "employers")
        (ann,) = people_of_catalogue(session, survey)
        assert (ann.email, ann.contact, ann.language) == ("Ann@example.org", ANN.slug, "de")
        assert ann.cells["organisation"] == "The Firm"
        invite(session, survey, EMPLOYER, [ann], key=KEY, public_url=URL)
        with pytest.raises(Refused, match="no contact with an address"):
            people_of_catalogue(session, survey)


@pytest.mark.parametrize(
    ("consents", "asked"),
    [([], True), (["panel"], True), (["quoted", "panel"], True), (["quoted"], False), (["none"], False)],
)
def test_whoever_does_not_agree_to_be_asked_again_is_not_taken_from_the_catalogue(engine, consents, asked):
    with transaction(engine) as session:
        save(session, [Contact(organisation="firm", name="Cy", email="cy@example.org", consents=consents)])
        found = people_of_catalogue(session, survey_of(session, "employers"))
    assert ("cy@example.org" in [one.email for one in found]) is asked


def test_contacts_of_the_sample_are_never_written_to(engine):
    with transaction(engine) as session:
        save(session, [Contact(organisation="firm", name="Cy", email="cy@example.org")], is_sample=True)
        assert [each.contact for each in people_of_catalogue(session, survey_of(session, "employers"))] == [ANN.slug]


def test_an_employer_is_asked_about_three_and_next_time_about_others(engine):
    with transaction(engine) as session:
        survey, people = survey_of(session, "employers"), [Asked("ann@example.org", contact=ANN.slug)]
        for _ in range(2):
            invite(session, survey, EMPLOYER, people, key=KEY, public_url=URL)
        first, second = (set(each.about) for each in invitations.unanswered(session, "employers"))
        assert {len(first), len(second)} == {3, 2}, "five credentials, each once"
        assert first | second == set(SLUGS)
        assert asking.asked_about(session, ANN.slug).keys() == set(SLUGS)


def test_sector_and_occupations_of_the_house_have_their_say(engine, monkeypatch):
    given = {}
    monkeypatch.setattr(inviting, "choose_credentials", lambda *_, **named: given.update(named) or ("a",))
    with transaction(engine) as session:
        save(session, [Occupation(slug="welder", title="Welder", scheme="own")])
        save(session, [Organisation(slug="firm", name="The Firm", sector="J", occupations=["welder"])])
        assert chosen_for(session, survey_of(session, "employers"), EMPLOYER, [ANN.slug]) == {ANN.slug: ("a",)}
        assert (given["sector"], list(given["occupations"])) == ("J", ["welder"])
        chosen_for(session, survey_of(session, "employers"), EMPLOYER, ["somebody"])
        assert (given["sector"], list(given["occupations"])) == (None, [])


def test_nothing_is_chosen_for_learners_or_for_nobody_in_particular(engine):
    with reading(engine) as session:
        assert chosen_for(session, survey_of(session, "learners"), LEARNER, [ANN.slug]) == {}
        assert chosen_for(session, survey_of(session, "employers"), EMPLOYER, []) == {}


def test_whoever_refused_is_left_out_and_nobody_else(engine):
    people = [Asked("ann@example.org"), Asked("bob@example.org"), Asked()]
    with transaction(engine) as session:
        survey = survey_of(session, "learners")
        asking.refuse(session, asking.recipient_hash(KEY, "ANN@example.org"), date(2026, 1, 1))
        for anyway in (False, True):
            assert willing(session, survey, people, **RULES, anyway=anyway) == people[1:]


def test_whoever_got_a_link_by_a_file_rests_as_after_a_message(engine):
    ann, bob, nobody = Asked("Ann@example.org"), Asked("bob@example.org"), Asked()
    with transaction(engine) as session:
        learners, employers = (survey_of(session, slug) for slug in ("learners", "employers"))
        invite(session, learners, LEARNER, [ann, nobody], key=KEY, public_url=URL)
        everybody = [replace(ann, email="ann@example.org"), bob, nobody]
        assert willing(session, employers, everybody, **RULES) == everybody[1:]
        assert willing(session, employers, everybody, **RULES | {"days_between": 0}) == everybody
        assert willing(session, employers, everybody, **RULES | {"days_between": 0, "asks_a_year": 1}) == everybody[1:]
        assert willing(session, employers, everybody, **RULES, anyway=True) == everybody


def test_whose_link_was_taken_back_gets_another_by_a_file(engine):
    ann = Asked("Ann@example.org")
    with transaction(engine) as session:
        survey = survey_of(session, "learners")
        invite(session, survey, LEARNER, [ann], key=KEY, public_url=URL)
        assert willing(session, survey, [ann], **RULES) == []
        invitations.revoke(session, "learners")
        assert willing(session, survey, [ann], **RULES) == [ann]


def test_a_link_leads_to_its_invitation_and_others_are_named(engine):
    with transaction(engine) as session:
        learners, employers = survey_of(session, "learners"), survey_of(session, "employers")
        (mine,) = invite(session, learners, LEARNER, [Asked()], key=KEY, public_url=URL)
        (other,) = invite(session, employers, EMPLOYER, [Asked()], key=KEY, public_url=URL)
        assert len(invited_by(session, learners, [mine.address, f"{mine.address}/"], KEY)) == 1
        with pytest.raises(Refused) as refused:
            invited_by(session, learners, [mine.address, other.address, "nonsense"], KEY)
    assert len(refused.value.problems) == 2
    assert other.address.rsplit("/", 1)[1] not in str(refused.value)


def test_cards_and_posters_say_what_is_asked_and_until_when(engine):
    with transaction(engine) as session:
        survey = survey_of(session, "learners")
        made = invite(session, survey, LEARNER, [Asked(), Asked(language="de")], key=KEY, public_url=URL)
        page, sooner = (sheet_of(session, survey, LEARNER, made, day) for day in (None, date(2035, 5, 1)))
        hung = poster_of(session, survey, LEARNER, URL)
    assert "Badge a" in page
    assert "2036-01-31" in page
    assert "2035-05-01" in sooner
    assert f"{URL}/f/learners" in hung
