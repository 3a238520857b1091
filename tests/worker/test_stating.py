"""An organisation is sent its statement: one sealed message with a link, never to who asked for no more."""

import re
from dataclasses import replace

import pytest

from feedback.catalogue.values import Contact
from feedback.errors import FeedbackError
from feedback.policy import Actor
from feedback.store import asking, endorsements, outbox
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.endorsements import SENT, WAITING
from feedback.worker import stating
from feedback.worker.mailing import opened
from feedback.worker.work import Asking
from tests.collect.institution import found_institution, open_form
from tests.store.endorsing import says, there

KEY = b"k" * 32
HERE = Asking(KEY, "https://feedback.example.org/")
LEAD = Actor("lead", "Lea")
ANN = Contact(organisation="acme", name="Ann", email="ann@acme.example", language="de")
LINK = re.compile(r"https://feedback\.example\.org/e/([\w-]{32})\n")


@pytest.fixture
def asked(engine):
    """An institution, and a statement that waits."""
    found_institution(engine)
    open_form(engine, "employer")
    says(engine, "employer", "data-badge", name="Acme")
    return engine


def send(engine, *, contact=ANN, to=HERE, **more):
    with transaction(engine) as session:
        stating.send_statement(session, replace(there(engine)[0], **more), contact, to, LEAD)


def messages(engine):
    with reading(engine) as session:
        return outbox.due(session)


def test_the_message_holds_statement_and_link_and_lies_sealed(asked):
    send(asked)
    (message,) = messages(asked)
    assert (message.kind, message.recipient) == (stating.KIND, "ann@acme.example")
    assert message.body.startswith("sealed ")
    text = opened(KEY, message.body)
    (token,) = LINK.findall(text)
    assert token not in repr(message)
    assert "steht öffentlich hinter „Data badge“" in text
    assert "https://feedback.example.org/u/" in text
    with reading(asked) as session:
        assert endorsements.find(session, token, key=KEY) is not None
    assert there(asked)[0].state == SENT


def test_what_a_name_holds_breaks_no_line_of_the_message(asked):
    send(asked, name="Acme\r\nBcc: eve@example.org", title="Data\nbadge")
    (message,) = messages(asked)
    assert "\n" not in message.subject
    assert "Acme Bcc: eve@example.org steht" in opened(KEY, message.body)


def test_sent_twice_there_are_two_messages_and_the_second_link_counts(asked):
    send(asked)
    send(asked)
    tokens = [LINK.findall(opened(KEY, each.body))[0] for each in messages(asked)]
    with reading(asked) as session:
        assert sum(endorsements.find(session, token, key=KEY) is not None for token in tokens) == 1


def test_nobody_is_sent_what_they_may_not_be_sent(asked):
    elsewhere = ANN.model_copy(update={"organisation": "bell"})
    nothing, none = (ANN.model_copy(update=each) for each in ({"email": None}, {"consents": ["none"]}))
    for refused in (
        {"contact": elsewhere},
        {"contact": nothing},
        {"contact": none},
        {"to": replace(HERE, public_url="")},
        {"is_sample": True},
    ):
        with pytest.raises(FeedbackError):
            send(asked, **refused)
    with transaction(asked) as session:
        asking.refuse(session, asking.recipient_hash(KEY, "ANN@acme.example"), now(session).date())
    with pytest.raises(FeedbackError, match="asked not to be written to"):
        send(asked)
    assert messages(asked) == []
    assert there(asked)[0].state == WAITING
