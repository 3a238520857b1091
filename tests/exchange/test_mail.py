"""Mail: addresses, headers nobody can break, and what exactly came of a message."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feedback.catalogue.values.base import is_mail_address
from feedback.errors import FeedbackError
from feedback.exchange.mail import (
    NotKnown,
    NotSent,
    Rejected,
    Server,
    Unreachable,
    read_server,
    send,
    write_message,
)
from tests.faults.mail_server import HANG, RESET, mail_server

SENDER = "feedback@example.org"


def message(body="Three questions.\r\n.\r\nThank you.", recipient="ann@example.org"):
    return write_message(SENDER, recipient, "Three minutes?", body, "abc123")


def at(server):
    return Server("smtp", "127.0.0.1", server.port, "", "", SENDER)


@pytest.mark.parametrize(
    ("url", "scheme", "port", "user", "password"),
    [
        ("smtp://localhost", "smtp", 25, "", ""),
        ("smtp://ann:secret@localhost:1025", "smtp", 1025, "ann", "secret"),
        ("smtps://ann%40example.org:p%3Ass@mail.example.org", "smtps", 465, "ann@example.org", "p:ss"),
        ("smtp+starttls://mail.example.org", "smtp+starttls", 587, "", ""),
    ],
)
def test_the_address_of_a_server_is_read(url, scheme, port, user, password):
    server = read_server(url, SENDER)
    assert (server.scheme, server.port, server.user, server.password) == (scheme, port, user, password)
    assert not password or password not in repr(server)


@pytest.mark.parametrize(
    "url",
    ["http://mail.example.org", "smtp://", "smtps://ann:secret@mail:port", "smtp://ann:secret@mail.example.org"],
)
def test_another_address_is_refused_without_telling_the_password(url):
    with pytest.raises(FeedbackError) as refused:
        read_server(url, SENDER)
    assert "secret" not in str(refused.value)


def test_a_sender_must_be_an_address():
    with pytest.raises(FeedbackError, match=r"as feedback@example\.org"):
        read_server("smtp://localhost", "Feedback")


@pytest.mark.parametrize("sign", ["\r", "\n", "\r\n", "\x85", "\u2028", "\x00", "\x0b"])
def test_no_header_can_be_broken(sign):
    with pytest.raises(Rejected):
        write_message(SENDER, f"ann@example.org{sign}Bcc: bob@example.org", "Hello", "x", "1")
    with pytest.raises(Rejected):
        write_message(SENDER, "ann@example.org", f"Hello{sign}Bcc: bob@example.org", "x", "1")


def test_an_encoded_word_that_would_decode_to_a_line_break_is_refused():
    with pytest.raises(Rejected):
        write_message(SENDER, "ann@example.org", "=?utf-8?q?Hi=0d=0aBcc=3a_bob=40example=2eorg?=", "x", "1")


def test_a_message_may_carry_the_address_to_stop_at_in_one_line_however_long():
    stop = "https://feedback.a-long-name-of-an-institution.example.org/somewhere/u/" + "a" * 64
    written = write_message(SENDER, "ann@example.org", "Hi", "x", "1", unsubscribe=stop).as_bytes()
    assert f"\r\nList-Unsubscribe: <{stop}>\r\n".encode() in written
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in written


def test_one_click_is_offered_over_https_only_and_no_address_breaks_the_header():
    written = write_message(SENDER, "ann@example.org", "Hi", "x", "1", unsubscribe="http://localhost/u/a")
    assert "List-Unsubscribe" in written
    assert "List-Unsubscribe-Post" not in written
    assert "List-Unsubscribe" not in message()
    for sign in ("\r\nBcc: bob@example.org", " ", "\u2028", "é"):
        with pytest.raises(Rejected):
            write_message(SENDER, "ann@example.org", "Hi", "x", "1", unsubscribe=f"https://example.org/{sign}")


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=200))
def test_whatever_is_written_has_one_recipient_or_is_refused(recipient, subject, body):
    try:
        written = write_message(SENDER, recipient, subject, body, "1")
    except Rejected:
        return
    assert [address.addr_spec for address in written["To"].addresses] == [recipient]
    assert written.keys().count("To") == 1
    assert "Bcc" not in written


SIGNS = st.characters(categories=("L", "N")) | st.sampled_from("!#$%&'*+/=?^_`{|}~-.")
PART = st.text(SIGNS, min_size=1, max_size=12)


@given(st.emails() | st.builds("{}@{}.{}".format, PART, PART, PART))
def test_every_address_that_is_taken_can_be_written_to(address):
    assume(is_mail_address(address))
    written = write_message(SENDER, address, "Hello", "x", "1")
    assert [each.addr_spec for each in written["To"].addresses] == [address]


def test_a_message_arrives_once_with_its_lines_of_dots_and_no_name_of_this_machine():
    with mail_server() as server:
        send(at(server), message("One.\n.\n..\nMás."))
        ((recipient, content),) = server.taken
    assert recipient == "ann@example.org"
    assert b"Message-ID: <abc123@example.org>" in content
    assert content.count(b"\r\n..\r\n") == 1
    assert b"\r\n...\r\n" in content


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        ({"connect": "421 busy"}, Unreachable),
        ({"connect": "554 no"}, Unreachable),
        ({"connect": HANG}, Unreachable),
        ({"connect": RESET}, Unreachable),
        ({"mail": "421 closing"}, Unreachable),
        ({"mail": "451 later"}, NotSent),
        ({"mail": "550 no"}, Rejected),
        ({"rcpt": "450 later"}, NotSent),
        ({"rcpt": "550 no such mailbox"}, Rejected),
        ({"rcpt": HANG}, NotSent),
        ({"rcpt": RESET}, NotSent),
        ({"data": "451 later"}, NotSent),
        ({"data": "554 no"}, Rejected),
        ({"data": RESET}, NotSent),
        ({"content": "421 closing"}, Unreachable),
        ({"content": "452 full"}, NotSent),
        ({"content": "554 spam"}, Rejected),
        ({"content": HANG}, NotKnown),
        ({"content": RESET}, NotKnown),
    ],
)
def test_what_came_of_a_message_is_told_apart(behaviour, outcome):
    with mail_server(behaviour) as server:
        with pytest.raises(FeedbackError) as told:
            send(at(server), message(), seconds=0.5)
        assert len(server.taken) == (outcome is NotKnown)
    assert type(told.value) is outcome
    assert "ann" not in str(told.value)


def test_a_server_that_is_not_there_is_unreachable():
    with mail_server() as server:
        gone = at(server)
    with pytest.raises(Unreachable):
        send(gone, message(), seconds=2)
