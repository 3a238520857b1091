"""What is told to everybody: switched on by a lead, gone when it is taken back, written to nobody twice."""

import pytest

from feedback.catalogue.values import Contact, Organisation
from feedback.errors import Refused
from feedback.policy import Forbidden, Grant
from feedback.store import actions, asking, audit, told
from feedback.store.catalogue import read, save
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from tests.collect.institution import found_institution
from tests.people import account_of, with_role
from tests.store.telling import CARD, EFFECT, FOUND, LEAST, WORDS, act_on, page_of, show_card, tell


@pytest.fixture
def founded(engine):
    found_institution(engine)
    return engine


@pytest.fixture
def lead(founded):
    return account_of(founded, Grant("lead"))


def test_a_credential_has_no_page_until_something_is_told_or_its_card_is_on(founded, lead):
    act_on(founded, lead)
    assert page_of(founded) is None
    tell(founded, lead)
    page = page_of(founded)
    assert (page.title, [one.words for one in page.told], page.has_card) == ("Data badge", [WORDS], False)
    show_card(founded, lead, "sql-course")
    assert page_of(founded, "sql-course").card == CARD
    with reading(founded) as session:
        assert [each.credential for each in told.read_pages(session)] == ["data-badge", "sql-course"]
        assert [each.credential for each in told.read_pages(session, ["sql-course"])] == ["sql-course"]


def test_what_is_taken_back_is_gone_and_can_be_told_again(founded, lead):
    action = tell(founded, lead)
    with transaction(founded) as session:
        told.take_back(session, lead, action.id)
    assert page_of(founded) is None
    with transaction(founded) as session:
        told.publish(session, lead, action.id, {"employers": {"de": "Neu."}}, {}, least=LEAST)
    (one,) = page_of(founded).told
    assert (one.words, one.found) == ({"employers": {"de": "Neu."}}, {})
    with reading(founded) as session:
        assert actions.read_action(session, action.id).words_employers == "Neu."


def test_an_action_that_was_only_called_told_shows_nowhere(founded, lead):
    action = act_on(founded, lead)
    with transaction(founded) as session:
        actions.set_words(session, lead, action.id, "Words nobody has held against the limits.", "")
        actions.tell(session, lead, action.id)
    assert page_of(founded) is None


def test_without_words_or_with_far_too_many_nothing_is_told(founded, lead):
    action = act_on(founded, lead)
    for words in ({}, {"learners": {"en": "  "}}, {"learners": {"en": "x" * 100_000}}):
        with pytest.raises(Refused), transaction(founded) as session:
            told.publish(session, lead, action.id, words, FOUND, least=LEAST)
    assert page_of(founded) is None


def test_only_who_may_act_on_a_credential_tells_of_it(founded, lead):
    action = act_on(founded, lead)
    for role in ("committee", "reviewer", "moderator", "auditor"):
        with pytest.raises(Forbidden), transaction(founded) as session:
            told.publish(session, with_role(role), action.id, WORDS, FOUND, least=LEAST)
        with pytest.raises(Forbidden), transaction(founded) as session:
            told.switch_on(session, with_role(role), "data-badge")
    owner_elsewhere = with_role("owner", "credential:sql-course")
    with pytest.raises(Forbidden), transaction(founded) as session:
        told.ask_to_write(session, owner_elsewhere, action.id)
    with pytest.raises(Forbidden), transaction(founded) as session:
        told.switch_off(session, owner_elsewhere, "data-badge")


def test_a_card_is_switched_on_and_off_and_both_are_on_record(founded, lead):
    with transaction(founded) as session:
        assert told.switch_on(session, lead, "data-badge")
        assert not told.switch_on(session, lead, "data-badge")
        assert told.is_unfinished(session)
        told.keep_card(session, "data-badge", CARD)
        assert not told.is_unfinished(session)
    with transaction(founded) as session:
        assert told.switch_off(session, lead, "data-badge")
        assert not told.switch_off(session, lead, "data-badge")
        told.keep_card(session, "data-badge", CARD)
        assert told.cards(session) == {}
    assert page_of(founded) is None
    with reading(founded) as session:
        events = audit.read_events(session, action=audit.ACTION_TOLD)
    assert {event.details["what"] for event in events} == {"card on", "card off"}
    with pytest.raises(Refused), transaction(founded) as session:
        told.switch_on(session, lead, "no-such-thing")


def test_whom_it_is_written_to_is_asked_for_once_and_never_again(founded, lead):
    action = tell(founded, lead)

    def ask():
        with transaction(founded) as session:
            return told.ask_to_write(session, lead, action.id), [each.id for each in told.to_write(session)]

    assert ask() == (True, [action.id])
    assert ask() == (False, [action.id])
    with transaction(founded) as session:
        told.take_back(session, lead, action.id)
        assert told.to_write(session) == []
    assert ask() == (False, [])
    with transaction(founded) as session:
        told.publish(session, lead, action.id, WORDS, FOUND, least=LEAST)
    assert ask() == (True, [action.id])
    with transaction(founded) as session:
        told.note_written(session, action.id)
        told.take_back(session, lead, action.id)
        told.publish(session, lead, action.id, WORDS, FOUND, least=LEAST)
    assert ask() == (False, [])


def test_what_came_of_it_waits_until_it_has_passed_the_public_limits(founded, lead):
    action = tell(founded, lead)
    with transaction(founded) as session:
        actions.note_effect(session, action.id, EFFECT)
    assert page_of(founded).told[0].effect is None
    with transaction(founded) as session:
        assert [each.id for each in told.newly_measured(session)] == [action.id]
        told.note_effect(session, action.id, {"verdict": "worked"})
        assert told.newly_measured(session) == []
    assert page_of(founded).told[0].effect == {"verdict": "worked"}


def test_what_said_nothing_at_first_is_told_anew_once_a_later_run_says_it(founded, lead):
    action, few = tell(founded, lead), {"verdict": "no evidence yet", "why": "too few", "effect": None, "later": 0}
    with transaction(founded) as session:
        actions.note_effect(session, action.id, few)
        told.note_effect(session, action.id, {})
        assert told.newly_measured(session) == []
        actions.note_effect(session, action.id, EFFECT, was=few)
        assert [each.id for each in told.newly_measured(session)] == [action.id]
    assert page_of(founded).told[0].effect is None


def test_what_was_told_before_is_known_also_where_it_was_taken_back(founded, lead):
    first = tell(founded, lead)
    tell(founded, lead, found=FOUND | {"people": 60})
    tell(founded, lead, "sql-course", found={})
    with transaction(founded) as session:
        told.take_back(session, lead, first.id)
        assert [each["people"] for each in told.found_before(session, "data-badge")] == [40, 60]
        assert told.found_before(session, "sql-course") == []


def test_what_was_told_before_is_known_also_where_it_is_told_again_in_other_numbers(founded, lead):
    action = tell(founded, lead)
    for found in (FOUND | {"people": 60}, {}, FOUND | {"people": 60}):
        with transaction(founded) as session:
            told.take_back(session, lead, action.id)
            told.publish(session, lead, action.id, WORDS, found, least=LEAST)
    with reading(founded) as session:
        assert [each["people"] for each in told.found_before(session, "data-badge")] == [40, 60]


@pytest.mark.parametrize("found", [{"people": 9}, {"people": 41}, {"people": 31}, {"people": 40, "share": 0.44}])
def test_numbers_of_too_few_or_next_to_what_was_told_are_refused_by_whomever_they_are_brought(found, founded, lead):
    tell(founded, lead)
    action = act_on(founded, lead)
    with pytest.raises(Refused), transaction(founded) as session:
        told.publish(session, lead, action.id, WORDS, {**FOUND, **found}, least=LEAST)
    with transaction(founded) as session:
        assert actions.read_action(session, action.id).told_on is None
        told.publish(session, lead, action.id, WORDS, {**FOUND, "of": ["topic", "learner", "x", ""]}, least=LEAST)


def test_a_card_that_is_switched_off_and_on_again_remembers_what_it_told_and_shows_nothing_of_it(founded, lead):
    show_card(founded, lead)
    with transaction(founded) as session:
        told.switch_off(session, lead, "data-badge")
        assert not told.is_unfinished(session)
        assert told.last_told(session) == {"data-badge": CARD}
        assert told.switch_on(session, lead, "data-badge")
        assert told.is_unfinished(session)
    assert page_of(founded).card is None
    with transaction(founded) as session:
        told.keep_card(session, "data-badge", {"form": 1, "state": "few"}, None)
        assert told.last_told(session) == {"data-badge": CARD}


def test_who_was_asked_about_a_credential_is_one_look(founded, lead):
    with transaction(founded) as session:
        save(session, [Organisation(slug="acme", name="Acme", sector="C"), Contact(organisation="acme", name="Ann")])
        (ann,) = [each.slug for each in read(session, "contacts") if each.name == "Ann"]
        asking.note_about(session, ann, ["data-badge"], now(session).date())
        assert told.asked_about(session, "data-badge") == {ann}
        assert told.asked_about(session, "sql-course") == set()
