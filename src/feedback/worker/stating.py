"""Sending an organisation its statement about a credential, with the link that confirms it and takes it back."""

from typing import Any

from sqlmodel import Session

from feedback.catalogue.values import Contact
from feedback.errors import FeedbackError
from feedback.exchange.links import statement_address
from feedback.policy import Actor
from feedback.store import asking, endorsements, outbox
from feedback.store.endorsements import Statement
from feedback.survey.wording import languages, word
from feedback.worker.asking import ELSEWHERE, NO_ADDRESS, Asking, in_a_line
from feedback.worker.mailing import sealed

KIND = "statement"
OF_THE_SAMPLE = "This organisation is invented, so nobody is written to."
REFUSED = "They asked not to be written to. Hand the link over, or choose somebody else."


def may_be_sent_to(contact: Contact) -> bool:
    """Whether somebody can be sent a statement at all: there is an address, and they did not refuse everything."""
    return bool(contact.email) and "none" not in contact.consents


def send_statement(session: Session, statement: Statement, contact: Contact, asking_as: Asking, by: Actor) -> None:
    """Put the message into the outbox, with a new link. Nothing is counted as asking: they asked for it.

    Raises FeedbackError where the statement does not wait any more, or nobody may be written to from here.
    """
    if statement.is_sample:
        raise FeedbackError(OF_THE_SAMPLE)
    if not asking_as.public_url:
        raise FeedbackError(NO_ADDRESS)
    if outbox.is_elsewhere(session):
        raise FeedbackError(ELSEWHERE)
    if contact.organisation != statement.organisation or not may_be_sent_to(contact):
        raise FeedbackError("Only somebody of the organisation, with an address, can be sent its statement.")
    recipient = (contact.email or "").strip()
    if asking.is_refused(session, asking.recipient_hash(asking_as.key, recipient)):
        raise FeedbackError(REFUSED)
    language = contact.language if contact.language in languages() else languages()[0]
    token = endorsements.make_link(session, statement, by, key=asking_as.key, how="mail")
    subject = word("statement.message_subject", language, title=in_a_line(statement.title))
    body = sealed(asking_as.key, text_of(statement, language, recipient, token, asking_as))
    once = f"{KIND}:{statement.id}:{endorsements.mark_of(token, asking_as.key)}"
    outbox.put(session, once, KIND, recipient, subject, body)


def text_of(statement: Statement, language: str, recipient: str, token: str, asking_as: Asking) -> str:
    """Why they are written to, the statement, the link, and how to get no more messages."""
    about: dict[str, Any] = {"organisation": in_a_line(statement.name), "credential": in_a_line(statement.title)}
    paragraphs = [
        word("message.hello", language),
        word("statement.message_why", language, **about),
        word("statement.says", language, **about),
        f"{word('statement.message_link', language)}\n{statement_address(asking_as.public_url, token)}",
        word("statement.message_else", language),
        f"{word('message.stop', language)}\n{asking.stop_address(asking_as.public_url, asking_as.key, recipient)}",
    ]
    return "\n\n".join(paragraphs) + "\n"
