"""F22: the mail server is down, says 421, 450 or 550, hangs, or breaks off after all was handed over. Every message is
sent at most once, and none is lost without a word."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from feedback.exchange import mail
from feedback.exchange.mail import Server
from feedback.store import jobs, meta, outbox
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.outbox import BACK_OFF, FAILED, SENT, WAITING
from feedback.store.tables import Outbox
from feedback.worker.loop import Worker
from tests.faults.mail_server import HANG, RESET, mail_server

TRIES = len(BACK_OFF) + 1


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """A server that hangs is given up at once."""
    send = mail.send
    monkeypatch.setattr(mail, "send", lambda server, message: send(server, message, 0.5))


def worker(engine, port):
    server = Server("smtp", "127.0.0.1", port, "", "", "feedback@example.org")
    return Worker(engine, {}, mail=server, kinds=["outbox"])


def put(engine, *names):
    with transaction(engine) as session:
        for name in names:
            outbox.put(session, f"invitation {name}", "invitation", f"{name}@example.org", "Three minutes?", "A link.")


def let_time_pass(engine):
    table = table_of(Outbox)
    with transaction(engine) as session:
        past = outbox.now(session) - timedelta(minutes=10)
        session.connection().execute(update(table).values(ready_at=past))


def states(engine):
    table = table_of(Outbox)
    with reading(engine) as session:
        rows = session.connection().execute(table.select()).mappings()
        return {row["recipient"].split("@")[0]: (row["state"], row["attempts"]) for row in rows}


def test_f22_messages_go_out_once_each_to_one_recipient(engine):
    put(engine, "ann", "bob")
    put(engine, "ann")
    with mail_server() as server:
        worker(engine, server.port).tick()
        worker(engine, server.port).tick()
        assert sorted(recipient for recipient, _ in server.taken) == ["ann@example.org", "bob@example.org"]
    assert states(engine) == {"ann": (SENT, 1), "bob": (SENT, 1)}


@pytest.mark.parametrize("behaviour", [{"connect": "421 busy"}, {"connect": HANG}, {"connect": RESET}])
def test_f22_while_the_server_is_away_all_wait_and_one_of_them_asks(engine, behaviour):
    put(engine, "ann", "bob", "eve")
    with mail_server(behaviour) as server:
        worker(engine, server.port).tick()
        worker(engine, server.port).tick()
        assert server.connections == 1
        assert sorted(states(engine).values()) == [(WAITING, 0), (WAITING, 0), (WAITING, 1)]
        server.behaviour.clear()
        let_time_pass(engine)
        worker(engine, server.port).tick()
        assert len(server.taken) == 3


@pytest.mark.parametrize("behaviour", [{"rcpt": "450 later"}, {"content": "452 full"}, {"data": RESET}])
def test_f22_a_message_that_was_not_taken_is_tried_five_times_and_then_shown_as_failed(engine, behaviour):
    put(engine, "ann")
    with mail_server(behaviour) as server:
        for _ in range(TRIES + 2):
            worker(engine, server.port).tick()
            let_time_pass(engine)
        assert server.connections == TRIES
        assert server.taken == []
    assert states(engine) == {"ann": (FAILED, TRIES)}


def test_f22_a_recipient_the_server_does_not_know_stops_no_other(engine):
    put(engine, "ann", "bob")
    with transaction(engine) as session:
        outbox.put(session, "broken", "invitation", "no address", "Hello", "x")
    with mail_server({"rcpt": "550 no such mailbox"}) as server:
        worker(engine, server.port).tick()
        assert server.connections == 2
    assert set(states(engine).values()) == {(FAILED, 1)}
    with reading(engine) as session:
        assert outbox.counts(session) == {FAILED: 3}
        assert not any("ann" in message.error for message in outbox.read_failed(session))


@pytest.mark.parametrize("behaviour", [{"content": HANG}, {"content": RESET}])
def test_f22_a_message_that_may_have_been_sent_is_not_sent_again(engine, behaviour):
    put(engine, "ann")
    with mail_server(behaviour) as server:
        for _ in range(3):
            worker(engine, server.port).tick()
            let_time_pass(engine)
        assert len(server.taken) == 1
    assert states(engine) == {"ann": (FAILED, 1)}
    with reading(engine) as session:
        (message,) = outbox.read_failed(session)
    assert "Ask before it is sent again" in message.error


def test_f22_a_worker_lost_while_it_sends_leaves_a_message_that_is_not_sent_again(engine, monkeypatch):
    class KilledError(BaseException):
        """The worker is gone."""

    def lost(_server, _message):
        raise KilledError

    put(engine, "ann")
    with mail_server() as server:
        with monkeypatch.context() as patch:
            patch.setattr(mail, "send", lost)
            with pytest.raises(KilledError):
                worker(engine, server.port).tick()
        with transaction(engine) as session:  # its lease runs out
            table = table_of(jobs.Jobs)
            session.connection().execute(update(table).values(lease_until=jobs.now(session) - timedelta(hours=1)))
        let_time_pass(engine)
        worker(engine, server.port).tick()
        assert server.taken == []
    assert states(engine) == {"ann": (FAILED, 1)}


def test_f22_without_a_server_and_in_a_copy_messages_wait(engine):
    put(engine, "ann")
    Worker(engine, {}, mail=None, kinds=["outbox"]).tick()
    with transaction(engine) as session:
        meta.set_number(session, "outbox_place", 1)
    with mail_server() as server:
        worker(engine, server.port).tick()
        assert server.connections == 0
        assert states(engine) == {"ann": (WAITING, 0)}
        with transaction(engine) as session:
            outbox.settle_here(session)
        worker(engine, server.port).tick()
        assert states(engine) == {"ann": (SENT, 1)}
