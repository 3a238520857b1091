"""The outbox: asked for once, sent at most once, tried five times, never from a copy. On both databases."""

import shutil
from datetime import timedelta

import pytest
from sqlalchemy import update

from feedback.store import outbox
from feedback.store.database import open_database, reading, transaction
from feedback.store.inserting import table_of
from feedback.store.outbox import (
    BACK_OFF,
    FAILED,
    KEEP,
    NOT_KNOWN,
    ONLY_ONCE,
    SENT,
    UNDER_WAY,
    WAITING,
    WAITS,
    WAITS_ONCE,
)
from feedback.store.tables import Outbox


def do(engine, work, *arguments, **named):
    with transaction(engine) as session:
        return work(session, *arguments, **named)


def put(engine, once="invitation 1", recipient="ann@example.org"):
    return do(engine, outbox.put, once, "invitation", recipient, "Three minutes?", "A link.")


def due(engine):
    return do(engine, outbox.due)


def rows(engine):
    with reading(engine) as session:
        return session.connection().execute(table_of(Outbox).select()).mappings().all()


def let_time_pass(engine):
    """Everything that waits for its next try, or is under way, has waited long enough."""
    table = table_of(Outbox)
    with transaction(engine) as session:
        past = outbox.now(session) - timedelta(minutes=1)
        session.connection().execute(update(table).values(ready_at=past))


def test_the_same_message_asked_for_twice_is_one(engine):
    assert put(engine)
    assert not put(engine)
    assert put(engine, "reminder 1")
    assert len(due(engine)) == 2


def test_a_message_sent_is_due_no_more_and_what_it_said_is_gone(engine):
    put(engine)
    (message,) = due(engine)
    assert do(engine, outbox.begin, message)
    assert due(engine) == []
    assert do(engine, outbox.sent, message)
    (row,) = rows(engine)
    assert (row["state"], row["body"], row["recipient"]) == (SENT, "", "ann@example.org")
    assert row["sent_on"] == row["ready_at"].date()
    assert (row["ready_at"].hour, row["ready_at"].minute, row["ready_at"].second) == (0, 0, 0)
    assert not put(engine)


def test_to_whom_something_was_sent_is_forgotten_after_a_while_and_what_waits_is_not(engine):
    for once in ("1", "2", "3"):
        put(engine, once)
    sent, failed, _ = due(engine)
    for message in (sent, failed):
        do(engine, outbox.begin, message)
    do(engine, outbox.sent, sent)
    do(engine, outbox.failed, failed, "no such mailbox (550)", for_good=True)
    with reading(engine) as session:
        today = outbox.now(session).date()
    assert do(engine, outbox.forget_old, today + KEEP) == 0
    assert do(engine, outbox.forget_old, today + KEEP + timedelta(days=1)) == 2
    assert [row["state"] for row in rows(engine)] == [WAITING]


@pytest.mark.parametrize(("kind", "days"), [("invitation", WAITS), *((kind, WAITS_ONCE) for kind in ONLY_ONCE)])
def test_what_could_not_leave_for_too_long_has_failed_and_says_no_more_to_whom(engine, kind, days):
    do(engine, outbox.put, "1", kind, "ann@example.org", "Three minutes?", "A link.")
    with reading(engine) as session:
        today = outbox.now(session).date()
    do(engine, outbox.forget_old, today + days)
    assert [row["state"] for row in rows(engine)] == [WAITING]
    do(engine, outbox.forget_old, today + days + timedelta(days=1))
    (row,) = rows(engine)
    assert (row["state"], row["recipient"], row["body"], row["error"]) == (FAILED, "", "", outbox.TOO_LATE)
    assert not do(engine, outbox.retry, row["id"])


def test_a_message_dropped_is_gone_unless_somebody_has_it(engine):
    put(engine)
    put(engine, "another")
    mine, theirs = due(engine)
    do(engine, outbox.begin, theirs)
    assert do(engine, outbox.drop, mine)
    assert not do(engine, outbox.drop, theirs)
    assert [row["state"] for row in rows(engine)] == [UNDER_WAY]


def test_two_workers_never_begin_the_same_message(engine):
    put(engine)
    (message,) = due(engine)
    assert do(engine, outbox.begin, message)
    assert not do(engine, outbox.begin, message)


def test_a_message_waits_longer_each_time_and_has_failed_after_five_tries(engine):
    put(engine)
    waits = []
    for _ in range(len(BACK_OFF)):
        (message,) = due(engine)
        do(engine, outbox.begin, message)
        do(engine, outbox.failed, message, "the server is away")
        (row,) = rows(engine)
        assert row["state"] == WAITING
        with reading(engine) as session:
            waits.append(row["ready_at"] - outbox.now(session))
        assert due(engine) == []
        let_time_pass(engine)
    assert waits == sorted(waits)
    (message,) = due(engine)
    do(engine, outbox.begin, message)
    do(engine, outbox.failed, message, "the server is away")
    (row,) = rows(engine)
    assert (row["state"], row["error"], row["attempts"]) == (FAILED, "the server is away", 5)
    with reading(engine) as session:
        assert outbox.counts(session) == {FAILED: 1}
        assert [message.once for message in outbox.read_failed(session)] == ["invitation 1"]


def test_a_message_refused_for_good_is_tried_no_more_until_a_person_says_so(engine):
    put(engine)
    (message,) = due(engine)
    do(engine, outbox.begin, message)
    do(engine, outbox.failed, message, "no such mailbox (550)", for_good=True)
    let_time_pass(engine)
    assert due(engine) == []
    assert do(engine, outbox.retry, message.id)
    (again,) = due(engine)
    assert (again.attempts, again.body) == (0, "A link.")


@pytest.mark.parametrize("kind", ONLY_ONCE)
@pytest.mark.parametrize("end", ["sent", "refused", "tried", "lost"])
def test_of_a_message_to_an_address_left_for_it_nothing_stays_however_it_ends(engine, kind, end):
    do(engine, outbox.put, "1", kind, "ann@example.org", "Three minutes?", "A link.")
    for _ in range(len(BACK_OFF) + 1 if end == "tried" else 1):
        (message,) = due(engine)
        do(engine, outbox.begin, message)
        if end == "sent":
            do(engine, outbox.sent, message)
        elif end != "lost":
            do(engine, outbox.failed, message, "no", for_good=end == "refused")
        let_time_pass(engine)
    do(engine, outbox.close_lost)
    (row,) = rows(engine)
    assert (row["recipient"], row["body"]) == ("", "")
    assert row["state"] == (SENT if end == "sent" else FAILED)
    assert not do(engine, outbox.retry, row["id"])


def test_a_message_to_an_address_left_for_it_keeps_it_while_it_is_tried_again(engine):
    do(engine, outbox.put, "1", ONLY_ONCE[0], "ann@example.org", "Three minutes?", "A link.")
    (message,) = due(engine)
    do(engine, outbox.begin, message)
    do(engine, outbox.failed, message, "later")
    assert rows(engine)[0]["recipient"] == "ann@example.org"


def test_a_message_left_under_way_by_a_lost_worker_is_not_sent_again(engine):
    put(engine)
    (message,) = due(engine)
    do(engine, outbox.begin, message)
    assert do(engine, outbox.close_lost) == 0
    let_time_pass(engine)
    assert do(engine, outbox.is_due)
    assert do(engine, outbox.close_lost) == 1
    (row,) = rows(engine)
    assert (row["state"], row["error"]) == (FAILED, NOT_KNOWN)
    assert due(engine) == []
    assert not do(engine, outbox.is_due)


def test_what_came_of_a_message_is_noted_only_while_it_is_under_way(engine):
    put(engine)
    (message,) = due(engine)
    assert not do(engine, outbox.sent, message)
    do(engine, outbox.begin, message)
    assert rows(engine)[0]["state"] == UNDER_WAY
    let_time_pass(engine)
    do(engine, outbox.close_lost)
    assert not do(engine, outbox.sent, message)


def test_when_the_server_is_away_all_wait_and_none_has_lost_a_try(engine):
    put(engine)
    put(engine, "reminder 1")
    assert do(engine, outbox.postpone) == 2
    assert due(engine) == []
    let_time_pass(engine)
    assert [message.attempts for message in due(engine)] == [0, 0]


def test_the_first_database_to_send_is_at_home(engine):
    assert not do(engine, outbox.is_elsewhere)
    assert do(engine, outbox.is_at_home)
    assert do(engine, outbox.is_at_home)
    assert not do(engine, outbox.is_elsewhere)


def test_a_copy_of_the_database_sends_nothing_until_somebody_says_so(sqlite_engine, tmp_path):
    put(sqlite_engine)
    assert do(sqlite_engine, outbox.is_at_home)
    sqlite_engine.dispose()
    shutil.copy(sqlite_engine.url.database, tmp_path / "restored.db")
    copy = open_database(f"sqlite:///{tmp_path / 'restored.db'}")
    assert do(copy, outbox.is_elsewhere)
    assert not do(copy, outbox.is_at_home)
    do(copy, outbox.settle_here)
    assert do(copy, outbox.is_at_home)
    copy.dispose()


def test_a_copy_on_the_same_server_sends_nothing(new_postgresql, postgresql_template):
    original = open_database(new_postgresql(postgresql_template))
    assert do(original, outbox.is_at_home)
    original.dispose()
    copy = open_database(new_postgresql(original.url.database))
    assert not do(copy, outbox.is_at_home)
    copy.dispose()
