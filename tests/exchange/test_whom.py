"""Whom to ask where too few have answered: who fits, may be asked, and was not asked of late."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback.catalogue.values import Contact, Credential, Occupation, Organisation, Programme
from feedback.exchange.whom import whom_to_ask
from feedback.settings import data_folder
from feedback.store import asking
from feedback.store.catalogue import read, save
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.surveys import Survey, open_survey
from feedback.survey.instrument import read_instruments

INSTRUMENTS = read_instruments(data_folder() / "instruments")


def house(slug, sector, *occupations):
    return Organisation(slug=slug, name=slug.title(), sector=sector, occupations=list(occupations))


def contact(organisation, **more):
    return Contact(organisation=organisation, name="Ann", **{"email": f"ann@{organisation}.example"} | more)


@pytest.fixture
def filled(engine):
    """Four credentials, and firms of two sectors; one fills an occupation."""
    credentials = [
        Credential(slug="health", title="Health", kind="badge", programme="p", sectors=["R"]),
        Credential(slug="planners", title="Planners", kind="badge", programme="p", occupations=["planner"]),
        Credential(slug="all", title="All", kind="badge", programme="p"),
    ]
    firms = [house("clinic", "R"), house("bank", "L"), house("works", "C", "planner"), house("mute", "R")]
    people = [contact("clinic"), contact("bank"), contact("works"), contact("mute", email=None)]
    with transaction(engine) as session:
        save(session, [Programme(slug="p", title="P"), Occupation(slug="planner", title="Planner")])
        save(session, [*credentials, *firms, *people])
    return engine


def asked(engine, *credentials):
    with reading(engine) as session:
        return {each.credential: each for each in whom_to_ask(session, INSTRUMENTS, list(credentials))}


def test_organisations_of_its_sector_or_occupation_are_asked_and_all_where_it_names_none(filled):
    found = asked(filled, "all", "health", "planners")
    assert list(found) == ["all", "health", "planners"]
    assert found["all"].organisations == ("Bank", "Clinic", "Works")
    assert found["health"].organisations == ("Clinic",)
    assert found["planners"].organisations == ("Works",)


def test_whoever_was_asked_within_a_year_is_left_in_peace(filled):
    with transaction(filled) as session:
        people = {each.organisation: each.slug for each in read(session, "contacts")}
        today = now(session).date()
        asking.note_about(session, people["clinic"], ["all"], today - timedelta(days=30))
        asking.note_about(session, people["bank"], ["all"], today - timedelta(days=400))
    assert asked(filled, "all")["all"].organisations == ("Bank", "Works")


@pytest.mark.parametrize(
    ("instrument", "mode", "there"),
    [("employer", "invitation", "asking"), ("employer", "link", ""), ("learner", "invitation", "")],
)
def test_a_survey_of_employers_by_invitation_is_named_where_one_is_open(filled, instrument, mode, there):
    with transaction(filled) as session:
        open_survey(
            session,
            Survey(
                slug="asking", instrument=instrument, version=INSTRUMENTS[instrument].version, mode=mode,
                languages=["en"], opens=datetime(2026, 1, 1, tzinfo=UTC), credentials=["health"],
            ),
        )  # fmt: skip
    assert asked(filled, "health")["health"].survey == there
    assert asked(filled, "all")["all"].survey == ""


def test_nobody_left_is_said_as_nobody(filled):
    with transaction(filled) as session:
        for each in read(session, "contacts"):
            asking.note_about(session, each.slug, ["health"], now(session).date())
    assert asked(filled, "health")["health"].organisations == ()
