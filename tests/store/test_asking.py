"""Whom we may write to: caps over all surveys, refusals, addresses left for one message. On both databases."""

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from feedback.catalogue.values import Contact, Organisation
from feedback.store import asking
from feedback.store.asking import FOLLOW_UP, KEPT_PAST_DUE, REFERRAL
from feedback.store.catalogue import save
from feedback.store.database import open_database, reading, transaction
from feedback.store.inserting import table_of
from feedback.store.invitations import Person, make, note_asked, use
from feedback.store.tables import Askings, KeptAddresses, metadata

KEY = b"k" * 32
TODAY = date(2026, 6, 15)
ANN, BOB = (asking.recipient_hash(KEY, f"{name}@example.org") for name in ("ann", "bob"))


def do(engine, work, *arguments, **named):
    with transaction(engine) as session:
        return work(session, *arguments, **named)


def ago(days):
    return TODAY - timedelta(days=days)


def may(engine, hashes=(ANN,), survey="of-learners", **caps):
    caps = {"asks_a_year": 4, "days_between": 14} | caps
    with reading(engine) as session:
        return asking.may_ask(session, set(hashes), TODAY, **caps, survey=survey)


def asked(engine, *days, survey="of-learners", who=ANN):
    for day in days:
        do(engine, asking.note, [who], survey, ago(day))


# --- hashes and tokens ------------------------------------------------------------------------------------------------


def test_an_address_is_known_whatever_its_case_and_the_spaces_around_it():
    assert asking.recipient_hash(KEY, " Ann@Example.ORG\n") == ANN
    assert asking.recipient_hash(b"x" * 32, "ann@example.org") != ANN
    assert len(ANN) == 64


@given(st.text(max_size=40))
def test_a_stop_token_leads_to_its_recipient_and_no_other_text_leads_anywhere(text):
    who = asking.recipient_hash(KEY, text)
    assert asking.recipient_of(KEY, asking.stop_token(KEY, who)) == who
    assert asking.recipient_of(KEY, text) is None
    assert asking.recipient_of(b"x" * 32, asking.stop_token(KEY, who)) is None


def test_a_stop_token_changed_anywhere_leads_nowhere():
    token = asking.stop_token(KEY, ANN)
    assert token.isascii()
    assert not set(token) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        assert asking.recipient_of(KEY, token[:place] + other + token[place + 1 :]) is None
    assert asking.recipient_of(KEY, token[:-4]) is None
    assert asking.recipient_of(KEY, token + "AAAA") is None
    assert asking.stop_address("https://f.example.org/", KEY, "Ann@example.org") == f"https://f.example.org/u/{token}"


# --- caps -------------------------------------------------------------------------------------------------------------


def test_who_was_never_asked_may_be_asked(institution):
    assert may(institution, (ANN, BOB)) == {ANN, BOB}
    assert may(institution, ()) == set()


def test_about_the_same_survey_four_days_lie_between_two_messages(institution):
    asked(institution, 3)
    assert may(institution) == set()
    assert may(institution, (ANN, BOB)) == {BOB}


def test_four_days_after_the_last_a_reminder_may_go_out(institution):
    asked(institution, 4)
    assert may(institution) == {ANN}


def test_two_reminders_follow_an_invitation_and_no_more(institution):
    asked(institution, 30, 20)
    assert may(institution, asks_a_year=50) == {ANN}
    asked(institution, 10)
    assert may(institution, asks_a_year=50) == set()


@pytest.mark.parametrize(("days", "free"), [(13, False), (14, True)])
def test_days_lie_between_messages_about_two_surveys(institution, days, free):
    asked(institution, days)
    assert may(institution, survey="of-employers") == ({ANN} if free else set())


def test_no_days_need_lie_between_two_surveys_where_none_are_set(institution):
    asked(institution, 0)
    assert may(institution, survey="of-employers", days_between=0) == {ANN}


def test_a_year_has_so_many_messages_over_all_surveys_and_then_begins_anew(institution):
    asked(institution, 364, 100)
    asked(institution, 200, 50, survey="of-employers")
    assert may(institution) == set()
    assert may(institution, asks_a_year=5) == {ANN}
    with reading(institution) as session:
        later = TODAY + timedelta(days=1)
        assert asking.may_ask(session, {ANN}, later, asks_a_year=4, days_between=14, survey="of-learners") == {ANN}


def test_who_refused_is_asked_no_more_and_stays_so(institution):
    do(institution, asking.refuse, ANN, ago(400))
    do(institution, asking.refuse, ANN, TODAY)
    assert may(institution, (ANN, BOB)) == {BOB}
    with reading(institution) as session:
        assert asking.is_refused(session, ANN)
        assert asking.refused(session, [ANN, BOB]) == {ANN}


def test_caps_hold_for_very_many_at_once(institution):
    many = {asking.recipient_hash(KEY, f"{number}@example.org") for number in range(12_000)}
    gone = set(sorted(many)[:100])
    do(institution, asking.note, gone, "of-learners", TODAY)
    assert may(institution, many) == many - gone


@given(st.lists(st.tuples(st.sampled_from(["of-learners", "of-employers"]), st.integers(0, 400)), max_size=12))
def test_however_it_was_asked_nobody_is_asked_more_often_than_set(history):
    """may_ask against the rules as they are said, worked out one by one."""
    recent = [(survey, day) for survey, day in history if day < 365]
    same = [day for survey, day in recent if survey == "of-learners"]
    other = [day for survey, day in recent if survey != "of-learners"]
    allowed = len(recent) < 4 and len(same) < 3 and all(day >= 4 for day in same) and all(day >= 14 for day in other)
    assert _may_ask_of(history) == allowed


@cache
def _in_memory():
    engine = open_database("sqlite://")
    metadata.create_all(engine)
    return engine


def _may_ask_of(history):
    with transaction(_in_memory()) as session:
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for survey, day in history:
            asking.note(session, [ANN], survey, ago(day))
        found = asking.may_ask(session, {ANN}, TODAY, asks_a_year=4, days_between=14, survey="of-learners")
        session.connection().execute(table_of(Askings).delete())
    return bool(found)


def test_askings_are_kept_by_day_in_no_order_and_for_a_year(institution):
    hashes = [asking.recipient_hash(KEY, f"{number}@example.org") for number in range(30)]
    do(institution, asking.note, hashes, "of-learners", ago(365))
    do(institution, asking.note, [ANN], "of-learners", ago(364))
    table = table_of(Askings)
    with reading(institution) as session:
        kept = session.connection().execute(select(table.c.recipient)).scalars().all()
    assert kept[:30] != hashes
    assert set(table.c.keys()) == {"id", "recipient", "survey", "asked_on"}
    assert do(institution, asking.forget_old, TODAY) == 30
    with reading(institution) as session:
        assert session.connection().execute(select(table.c.recipient)).scalars().all() == [ANN]
        assert asking.asked_for(session, [ANN, BOB], "of-learners") == {ANN}
        assert asking.asked_for(session, [ANN, BOB], "of-employers") == set()


# --- how many have answered -------------------------------------------------------------------------------------------


def test_who_answered_today_is_told_apart_from_who_did_before(institution):
    people = [Person(f"{name}@example.org") for name in ("Ann", "bob", "eve")] + [Person()]
    made = do(institution, make, "of-learners", people, key=KEY)
    do(institution, note_asked, [invitation.id for invitation, _ in made], ago(9))
    for (invitation, _), day in zip(made, (ago(1), TODAY, None, ago(1)), strict=True):
        if day is not None:
            assert do(institution, use, invitation.id, "of-learners", day)
    with reading(institution) as session:
        assert asking.answered(session, "of-learners", TODAY) == (1, 1)
        assert asking.answered(session, "of-employers", TODAY) == (0, 0)


# --- addresses left for one message -----------------------------------------------------------------------------------


def keep(engine, address="Ann@example.org", purpose=FOLLOW_UP, due_on=TODAY, credential="data-badge"):
    do(engine, asking.keep_address, purpose, address, "de", credential, due_on)


def kept(engine):
    with reading(engine) as session:
        return session.connection().execute(select(func.count()).select_from(table_of(KeptAddresses))).scalar_one()


def test_an_address_is_due_on_its_day_and_then_forgotten(institution):
    keep(institution)
    with reading(institution) as session:
        assert asking.due_addresses(session, ago(1)) == []
        (due,) = asking.due_addresses(session, TODAY)
    assert (due.address, due.purpose, due.language, due.credential) == (
        "Ann@example.org",
        FOLLOW_UP,
        "de",
        "data-badge",
    )
    assert do(institution, asking.forget_address, due.id)
    assert not do(institution, asking.forget_address, due.id)
    assert kept(institution) == 0


def test_the_same_address_left_twice_for_the_same_is_kept_once(institution):
    keep(institution)
    keep(institution, " ann@EXAMPLE.org ", due_on=ago(3))
    assert kept(institution) == 1
    keep(institution, purpose=REFERRAL)
    keep(institution, credential="sql-course")
    assert kept(institution) == 3
    with reading(institution) as session:
        assert {each.due_on for each in asking.due_addresses(session, TODAY)} == {TODAY}


def test_an_address_that_could_not_be_written_to_goes_all_the_same(institution):
    keep(institution, due_on=TODAY - KEPT_PAST_DUE)
    keep(institution, "bob@example.org", due_on=TODAY - KEPT_PAST_DUE - timedelta(days=1))
    assert do(institution, asking.forget_overdue, TODAY) == 1
    assert kept(institution) == 1


def test_no_day_on_which_an_address_was_left_is_kept():
    assert set(table_of(KeptAddresses).c.keys()) == {
        "id",
        "purpose",
        "address",
        "language",
        "credential",
        "due_on",
        "is_sample",
    }


# --- whose turn it is -------------------------------------------------------------------------------------------------


def test_what_a_contact_was_asked_about_is_known_by_its_last_day(institution):
    with transaction(institution) as session:
        save(session, [Organisation(slug="acme", name="Acme")])
        save(session, [Contact(slug="acme-ann", organisation="acme", name="Ann")])
        asking.note_about(session, "acme-ann", ["data-badge", "sql-course", "data-badge"], ago(30))
        asking.note_about(session, "acme-ann", ["sql-course"], TODAY)
        asking.note_about(session, "acme-ann", [], TODAY)
    with reading(institution) as session:
        assert asking.asked_about(session, "acme-ann") == {"data-badge": ago(30), "sql-course": TODAY}
        assert asking.asked_about(session, "nobody") == {}
