"""Whoever sees to an action is reminded before it is due and when it is late, once each; and nobody else ever."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from feedback.exchange.mail import Server
from feedback.policy import OPERATOR, Grant
from feedback.store import outbox
from feedback.store.accounts import add_account, disable, take
from feedback.store.action import DOING, DONE, Wanted, sealed
from feedback.store.actions import add_action, change_due, change_owner, change_state, keep_action
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.tables import Actions, Outbox
from feedback.survey.wording import languages, word
from feedback.worker import acting
from feedback.worker.acting import AFTER, BEFORE, LATE, SOON, day_in_words, days_due, remind_owners
from feedback.worker.loop import KINDS, Worker
from feedback.worker.work import Asking
from tests.faults.mail_server import mail_server

HERE = "https://feedback.example.org/"


@pytest.fixture
def house(institution):
    """An institution with a lead, and her action; the day, and a way to let it be due so many days from today."""
    with transaction(institution) as session:
        lea = add_account(session, "Lea", "lea@example.org", [Grant("lead")])
        today = now(session).date()
        wanted = Wanted("data-badge", "Tutors look in\nx", "other", "", lea.id, today)
        made = add_action(session, lea.actor, wanted)

    def due(days: int) -> None:
        with transaction(institution) as session:
            session.connection().execute(update(table_of(Actions)).values(due=today + timedelta(days=days)))

    return institution, lea, made, today, due


def reminded(engine, today) -> list[str]:
    """The kinds of the messages asked for on a day."""
    table = table_of(Outbox)
    with transaction(engine) as session:
        before = set(session.connection().execute(table.select()).scalars())
        remind_owners(session, today, HERE)
        rows = session.connection().execute(table.select()).mappings()
        return [row["kind"] for row in rows if row["id"] not in before]


@pytest.mark.parametrize(
    ("days", "kinds"),
    [
        (BEFORE.days + 1, []),
        (BEFORE.days, [SOON]),
        (0, [SOON]),
        (-1, [LATE]),
        (-AFTER.days, [LATE]),
        (-AFTER.days - 1, []),
    ],
)
def test_a_message_is_asked_for_a_week_before_and_when_it_is_late_and_once_each(house, days, kinds):
    engine, _, _, today, due = house
    due(days)
    assert reminded(engine, today) == kinds
    assert reminded(engine, today) == []


def test_it_says_what_is_due_and_where_and_holds_no_line_of_its_own(house):
    engine, lea, made, today, due = house
    due(3)
    reminded(engine, today)
    with reading(engine) as session:
        [message] = outbox.due(session)
    assert (message.recipient, message.subject) == (lea.email, "Due soon: Tutors look in x")
    address = f"{HERE}actions?action={made.id}"
    for said in ("Hello Lea,", "An action you see to is due on", "Tutors look in x\n(Data badge)", address):
        assert said in message.body


def test_what_is_late_says_since_when(house):
    engine, _, _, today, due = house
    due(-2)
    reminded(engine, today)
    with reading(engine) as session:
        [message] = outbox.due(session)
    assert message.subject.startswith("Late: ")
    assert "An action you see to is late. It was due on" in message.body


@pytest.mark.parametrize(("language", "said"), [("de", "ist am {day} fällig"), ("ar", "يحين موعده في {day}")])
def test_it_is_written_in_the_language_that_is_set_for_those_with_an_account(house, language, said):
    engine, _, _, today, due = house
    due(3)
    with transaction(engine) as session:
        assert remind_owners(session, today, HERE, language) == 1
        [message] = outbox.due(session)
    assert said.format(day=day_in_words(today + timedelta(days=3), language)) in message.body
    assert (today + timedelta(days=3)).isoformat() not in message.body
    assert "Tutors look in x\n(Data badge)" in message.body
    assert "action you see to" not in message.body
    assert message.subject == word("acting.soon_subject", language, title="Tutors look in x")


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [
        ("en", "1 January 2026", "31 December 2026"),
        ("de", "1. Januar 2026", "31. Dezember 2026"),
        ("es", "1 de enero de 2026", "31 de diciembre de 2026"),
        ("ar", "1 يناير 2026م", "31 ديسمبر 2026م"),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(language, first, last):
    assert day_in_words(date(2026, 1, 1), language) == first
    assert day_in_words(date(2026, 12, 31), language) == last
    assert len({day_in_words(date(2026, month, 1), language) for month in range(1, 13)}) == 12


@pytest.mark.parametrize("language", languages())
def test_every_language_names_twelve_months(language):
    assert len(set(word("acting.months", language).split())) == 12


def test_an_action_of_something_new_says_where(house):
    engine, lea, _, today, _ = house
    with transaction(engine) as session:
        add_action(session, lea.actor, Wanted("", "Look into SQL", "new", "", lea.id, today, programme="data"))
    assert reminded(engine, today) == [SOON, SOON]
    with reading(engine) as session:
        assert any("Look into SQL\n(Data: something new)" in each.body for each in outbox.due(session))


def test_another_day_counts_anew(house):
    engine, lea, made, today, due = house
    due(1)
    assert reminded(engine, today) == [SOON]
    with transaction(engine) as session:
        change_due(session, lea.actor, made.id, today + timedelta(days=5))
    assert reminded(engine, today) == [SOON]


def test_whoever_it_is_given_to_is_reminded_of_it_too(house):
    engine, lea, made, today, due = house
    due(1)
    assert reminded(engine, today) == [SOON]
    with transaction(engine) as session:
        mia = add_account(session, "Mia", "mia@example.org", [Grant("owner", "credential:data-badge")])
        change_owner(session, lea.actor, made.id, mia.id)
    assert reminded(engine, today) == [SOON]
    assert reminded(engine, today) == []
    with reading(engine) as session:
        assert {each.recipient for each in outbox.due(session)} == {lea.email, mia.email}


def test_nobody_is_reminded_of_what_is_over(house):
    engine, lea, made, today, _ = house
    with transaction(engine) as session:
        change_state(session, lea.actor, made.id, DONE)
    assert reminded(engine, today) == []
    with transaction(engine) as session:
        change_state(session, lea.actor, made.id, DOING, "Not yet.")
    assert reminded(engine, today) == [SOON]


def test_nobody_is_reminded_who_may_come_in_or_act_there_no_more_nor_of_the_sample(house):
    engine, lea, made, today, _ = house
    with transaction(engine) as session:
        keep_action(session, sealed(replace(made, id="f" * 32, is_sample=True)))
        mia = add_account(session, "Mia", "mia@example.org", [Grant("owner", "credential:data-badge")])
        change_owner(session, OPERATOR, made.id, mia.id)
        take(session, mia.id, Grant("owner", "credential:data-badge"))
    assert reminded(engine, today) == []
    with transaction(engine) as session:
        session.connection().execute(update(table_of(Actions)).values(owner="gone"))
    assert reminded(engine, today) == []
    with transaction(engine) as session:
        session.connection().execute(update(table_of(Actions)).values(owner=lea.id))
        add_account(session, "Ada", "ada@example.org", [Grant("administrator")])
        disable(session, lea.id)
    assert reminded(engine, today) == []


def test_the_worker_reminds_once_a_day_where_mail_is_sent(house, instruments, monkeypatch):
    engine, *_ = house
    monkeypatch.setattr(acting, "HOUR", 0)
    asking = Asking(b"k" * 32, HERE)
    with mail_server() as server:
        mail = Server("smtp", "127.0.0.1", server.port, "", "", "feedback@example.org")
        worker = Worker(engine, instruments, kinds=("act", "outbox"), mail=mail, asking=asking)
        worker.tick()
        worker.tick()
        with reading(engine) as session:
            assert days_due(session) == []
        [(recipient, content)] = server.taken
    assert recipient == "lea@example.org"
    assert b"Subject: Due soon: Tutors look in x" in content


def test_without_a_mail_server_nothing_piles_up(house, instruments, monkeypatch):
    engine, *_ = house
    monkeypatch.setattr(acting, "HOUR", 0)
    Worker(engine, instruments, kinds=("act",)).tick()
    with reading(engine) as session:
        assert outbox.counts(session) == {}
        assert days_due(session) == []
    assert "act" in KINDS
