"""Rounds of expert review: who may judge, what opens and closes, and how gaps are settled."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from feedback.catalogue.values import Credential, Reviewer
from feedback.errors import FeedbackError, Refused
from feedback.policy import OPERATOR, Forbidden, Grant
from feedback.settings import data_folder
from feedback.store import audit, invitations
from feedback.store.accounts import add_account
from feedback.store.catalogue import save
from feedback.store.clock import now
from feedback.store.committee import declare, end_conflict
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.invitations import Person
from feedback.store.rounds import (
    CLOSED,
    OPEN,
    PLANNED,
    add_note,
    call_off,
    close_round,
    handed_in,
    interest_of,
    is_round,
    last_reviews,
    open_round,
    own_link,
    own_rounds,
    plan,
    put_off,
    read_notes,
    read_rounds,
)
from feedback.store.surveys import read_survey
from feedback.store.tables import Invitations
from feedback.survey.instrument import read_instrument_texts

DECLARED = {"independence": "I have no tie.", "independence_on": "2026-01-01"}
KEY = b"k" * 32


@pytest.fixture
def house(institution):
    """The institution with four reviewers and a committee member; the engine, the member, the day."""
    with transaction(institution) as session:
        badge = {"slug": "data-badge", "title": "Data badge", "kind": "badge", "programme": "data", "skills": ["sql"]}
        save(
            session,
            [
                Credential(**badge, issuer="Brinnock University", backing_body="The Guild"),
                Reviewer(slug="r1", name="Una", email="una@example.org", affiliation="Independent", **DECLARED),
                Reviewer(slug="r2", name="Ole", affiliation="Fenn College", **DECLARED),
                Reviewer(slug="inside", name="Ida", affiliation="School of Data, Brinnock University", **DECLARED),
                Reviewer(slug="silent", name="Sil", affiliation="Guild"),
                Reviewer(slug="gone", name="Gus", active=False, **DECLARED),
            ],
        )
        member = add_account(session, "Ann", "ann@example.org", [Grant("committee")]).actor
        today = now(session).date()
    return institution, member, today


@pytest.fixture(scope="module")
def texts():
    return read_instrument_texts(data_folder() / "instruments")


def planned(house, stage="yearly", reviewers=("r1", "r2"), days=30):
    engine, member, today = house
    with transaction(engine) as session:
        return plan(session, member, "data-badge", stage, today + timedelta(days=days), reviewers)


def opened(house, texts):
    engine, member, _ = house
    one = planned(house)
    with transaction(engine) as session:
        survey = open_round(session, member, one.id, texts["expert"][0], texts)
        people = [Person("una@example.org"), Person("ole@example.org")]
        made = invitations.make(session, survey.slug, people, key=KEY)
    return one, survey, [invitation.id for invitation, _ in made]


def hand_in(engine, *ids):
    table = table_of(Invitations)
    with transaction(engine) as session:
        session.connection().execute(update(table).where(table.c.id.in_(ids)).values(used_on="2026-03-01"))


def test_a_round_goes_from_planned_to_open_to_closed(house, texts):
    engine, member, today = house
    one, survey, ids = opened(house, texts)
    with reading(engine) as session:
        [found] = read_rounds(session)
        kept = read_survey(session, survey.slug)
    assert (one.state, found.state, found.survey, found.opened_on) == (PLANNED, OPEN, survey.slug, today)
    assert kept is not None
    assert (kept.instrument, kept.mode, kept.credentials) == ("expert", "invitation", ["data-badge"])
    assert kept.closes is not None
    assert kept.closes.date() == today + timedelta(days=30)
    hand_in(engine, *ids)
    with transaction(engine) as session:
        assert handed_in(session, found) == 2
        close_round(session, member, one.id)
    with reading(engine) as session:
        [over] = read_rounds(session, "data-badge")
        assert (over.state, over.closed_on) == (CLOSED, today)
        assert last_reviews(session) == {"data-badge": {"yearly": today}}
        said = [event.details.get("what") for event in audit.read_events(session, action=audit.REVIEW_SET)]
    assert said == ["closed", "opened", "planned"]


@pytest.fixture
def una(house):
    """The account of the reviewer Una."""
    with transaction(house[0]) as session:
        grant = Grant("reviewer", "credential:data-badge")
        return add_account(session, "Una", "Una@Example.org", [grant]).actor


def test_a_reviewer_with_an_account_sees_their_own_rounds_and_opens_their_own_form(house, texts, una):
    engine, member, _ = house
    one, _, (hers, _) = opened(house, texts)
    with transaction(engine) as session:
        [(found, waits)] = own_rounds(session, una)
        token = own_link(session, una, one.id, key=KEY)
        assert invitations.find(session, token, key=KEY).id == hers
        assert (found.id, waits) == (one.id, True)
        [newest] = audit.read_events(session, action=audit.REVIEW_LINKED)
        assert newest.actor == una.id
        assert own_rounds(session, member) == []
    hand_in(engine, hers)
    with transaction(engine) as session:
        assert [waits for _, waits in own_rounds(session, una)] == [False]
        with pytest.raises(Refused, match="no form waits for you"):
            own_link(session, una, one.id, key=KEY)


@pytest.mark.parametrize("grant", [None, Grant("reviewer", "credential:agile-basics"), Grant("administrator")])
def test_a_reviewer_s_address_opens_nothing_without_the_role_for_that_credential(house, texts, grant):
    engine, *_ = house
    one, _, _ = opened(house, texts)
    with transaction(engine) as session:
        save(session, [Credential(slug="agile-basics", title="Agile", kind="badge", programme="data", skills=["sql"])])
        known = add_account(session, "Una", "una@example.org", [grant] if grant else []).actor
        assert own_rounds(session, known) == []
        with pytest.raises(Refused, match="no form waits for you"):
            own_link(session, known, one.id, key=KEY)


@pytest.mark.parametrize(
    ("change", "said"), [({"active": False}, "reviews no more"), ({"affiliation": "The Guild"}, "works for The Guild")]
)
def test_a_reviewer_who_became_unfit_since_the_opening_is_given_no_link(house, texts, una, change, said):
    engine, *_ = house
    one, _, _ = opened(house, texts)
    with transaction(engine) as session:
        known = {"slug": "r1", "name": "Una", "email": "una@example.org", "affiliation": "Independent", **DECLARED}
        save(session, [Reviewer(**known | change)])
    with pytest.raises(Refused, match=f"(?s){said}.*not opened for you any more"), transaction(engine) as session:
        own_link(session, una, one.id, key=KEY)
    with reading(engine) as session:
        assert audit.read_events(session, action=audit.REVIEW_LINKED) == []


def test_a_reviewer_who_declared_an_interest_since_the_opening_is_given_no_link(house, texts):
    engine, *_ = house
    one, _, _ = opened(house, texts)
    with transaction(engine) as session:
        both = [Grant("reviewer", "credential:data-badge"), Grant("committee")]
        una = add_account(session, "Una", "una@example.org", both).actor
        declare(session, una, "data-badge", "I taught it.")
    with pytest.raises(Refused, match="declared an interest"), transaction(engine) as session:
        own_link(session, una, one.id, key=KEY)


def test_a_form_of_a_round_that_is_planned_or_called_off_waits_for_nobody(house, texts, una):
    engine, member, _ = house
    one = planned(house)
    with transaction(engine) as session:
        assert [waits for _, waits in own_rounds(session, una)] == [False]
        call_off(session, member, one.id)
        assert own_rounds(session, una) == own_rounds(session, OPERATOR) == []


def test_a_round_is_not_closed_before_both_have_handed_in(house, texts):
    engine, member, _ = house
    one, _, ids = opened(house, texts)
    for there in (0, 1):
        hand_in(engine, *ids[:there])
        with pytest.raises(Refused, match=f"{there} of 2 have handed in"), transaction(engine) as session:
            close_round(session, member, one.id)


def test_a_round_called_off_is_gone_and_its_links_open_nothing(house, texts):
    engine, member, _ = house
    one, survey, _ = opened(house, texts)
    with transaction(engine) as session:
        call_off(session, member, one.id)
        assert read_rounds(session) == []
        assert invitations.tally(session, survey.slug) == (2, 0, 2)
        assert last_reviews(session) == {}
    with pytest.raises(FeedbackError, match="no such round"), transaction(engine) as session:
        call_off(session, member, one.id)


def test_every_reason_why_somebody_may_not_judge_is_told(house):
    with pytest.raises(Refused) as told:
        planned(house, "monthly", ("inside", "silent", "gone", "nobody"), days=-1)
    for said in (
        'stage: "monthly"', "is past", "found 4; name 2", "Ida works for Brinnock University", "Sil has declared",
        "Sil works for The Guild", "Gus reviews no more", '"nobody" is not in the catalogue',
    ):  # fmt: skip
        assert said in str(told.value)
    with pytest.raises(Refused, match="found 1; name 2, each another person"):
        planned(house, reviewers=("r1", "r1"))


def test_a_reviewer_who_has_an_account_and_an_interest_is_refused_even_after_planning(house, texts):
    engine, member, _ = house
    one = planned(house)
    with transaction(engine) as session:
        una = add_account(session, "Una", "Una@example.org", [Grant("lead")]).actor
        declare(session, una, "data-badge", "I wrote it.")
    with pytest.raises(Refused, match="Una has declared an interest"), transaction(engine) as session:
        open_round(session, member, one.id, texts["expert"][0], texts)


def test_a_round_is_put_off_to_a_later_day_and_so_is_its_survey_s_end(house, texts):
    engine, member, today = house
    one, survey, _ = opened(house, texts)
    later = today + timedelta(days=40)
    with transaction(engine) as session:
        with pytest.raises(Refused, match="name a day after"):
            put_off(session, member, one.id, one.due_on)
        put_off(session, member, one.id, later)
        [found] = read_rounds(session)
        kept = read_survey(session, survey.slug)
        assert kept is not None
        assert kept.closes is not None
        assert (found.due_on, kept.closes.date()) == (later, later)


def test_whoever_has_an_interest_or_had_one_lately_sees_to_no_round(house, texts):
    engine, member, today = house
    one = planned(house)
    due = today + timedelta(days=30)

    def work(session):
        yield lambda: plan(session, member, "data-badge", "beta", due, ["r1", "r2"])
        yield lambda: open_round(session, member, one.id, texts["expert"][0], texts)
        yield lambda: close_round(session, member, one.id)
        yield lambda: put_off(session, member, one.id, due + timedelta(days=1))
        yield lambda: add_note(session, member, one.id, "assessment_valid", "It is fine.")
        yield lambda: call_off(session, member, one.id)

    with transaction(engine) as session:
        declare(session, member, "data-badge", "I teach it.")
    for over in (False, True):
        with transaction(engine) as session:
            if over:
                end_conflict(session, member, "data-badge")
            for attempt in work(session):
                with pytest.raises(Refused, match="by: you have an interest in this credential, or had one"):
                    attempt()
    with transaction(engine) as session:
        other = add_account(session, "Bea", "bea@example.org", [Grant("committee")]).actor
        open_round(session, other, one.id, texts["expert"][0], texts)


def test_a_survey_is_a_round_s_as_long_as_the_round_is_there(house, texts):
    engine, member, _ = house
    one, survey, ids = opened(house, texts)
    hand_in(engine, *ids)
    with transaction(engine) as session:
        assert is_round(session, survey.slug)
        assert not is_round(session, "no-such-survey")
        close_round(session, member, one.id)
        assert is_round(session, survey.slug)


def test_one_round_of_a_stage_at_a_time_and_only_by_who_may(house):
    engine, _, today = house
    planned(house)
    planned(house, "beta")
    with pytest.raises(Refused, match="goes on, or is planned"):
        planned(house)
    with transaction(engine) as session:
        lead = add_account(session, "Lea", "lea@example.org", [Grant("lead")]).actor
    with pytest.raises(Forbidden), transaction(engine) as session:
        plan(session, lead, "data-badge", "design", today, ["r1", "r2"])


def test_notes_on_a_gap_are_added_and_never_replaced(house):
    engine, member, _ = house
    one = planned(house)
    with transaction(engine) as session:
        add_note(session, member, one.id, "assessment_valid", "They had read other papers.")
        add_note(session, OPERATOR, one.id, "assessment_valid", "Settled at 2.")
        with pytest.raises(Refused, match="note: is empty"):
            add_note(session, member, one.id, "assessment_valid", " ")
    with reading(engine) as session:
        assert {each.note for each in read_notes(session)} == {"They had read other papers.", "Settled at 2."}
        assert "Settled" not in str(audit.read_events(session))


@pytest.mark.parametrize(
    ("affiliation", "issuer", "same"),
    [
        ("Fenn College", "Fenn College", True),
        ("the fenn college", "School of Law, Fenn College", True),
        ("Fenn College", "Penn College", False),
        ("College", "Fenn College of Art", True),
        ("Art", "Party School", False),
        ("", "Fenn College", False),
        ("Fenn", "", False),
    ],
)
def test_a_body_is_told_by_its_words(affiliation, issuer, same):
    one = Credential(slug="c", title="C", kind="badge", programme="p", issuer=issuer)
    assert bool(interest_of(Reviewer(name="R", affiliation=affiliation), one)) == same
