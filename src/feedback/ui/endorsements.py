"""Who stands behind a credential: statements that organisations confirmed, and those that wait for it."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from feedback.catalogue.values import Contact
from feedback.errors import FeedbackError
from feedback.exchange.badges import statements_json
from feedback.exchange.links import statement_address
from feedback.policy import ASK, EXPORT, READ, Actor, Subject
from feedback.settings import secret_key, settings
from feedback.store import catalogue, endorsements
from feedback.store.database import reading, transaction
from feedback.store.endorsements import CONFIRMED, SENT, Statement
from feedback.ui import downloads, page, shell, visitor
from feedback.ui.inviting import NO_ADDRESS, can_send, reached_at

APART = (
    "Each is what an organisation says of itself, under its name, confirmed by a link we gave it; it can take it back "
    "at any time. Statements are never added to what employers answered."
)
MADE = "endorsements:made"
TOLD = "endorsements:told"


def show(slug: str) -> None:
    """The statements about a credential; nothing where there is none. Whoever may ask employers sees those that wait,
    too, and can have them confirmed."""
    subject = shell.everything().subject(slug)
    visitor.demand(READ, subject)
    with reading(shell.engine()) as session:
        found = endorsements.read(session, slug)
    public = [each for each in found if each.state == CONFIRMED]
    waiting = [each for each in found if each.state != CONFIRMED] if visitor.may(ASK, subject) else []
    if not public and not waiting:
        return
    page.heading("Who publicly stands behind it?")
    page.block("p", in_a_sentence(len(public)), "said")
    _list(public)
    page.quiet(APART)
    if any(not each.is_sample for each in public):
        _offer(slug, subject)
    if waiting:
        _waiting(waiting)


def in_a_sentence(number: int) -> str:
    """How many organisations do.

    >>> in_a_sentence(0), in_a_sentence(1)
    ('No organisation has confirmed a statement yet.', 'One organisation does, and has confirmed it.')
    """
    if not number:
        return "No organisation has confirmed a statement yet."
    if number == 1:
        return "One organisation does, and has confirmed it."
    return f"{number:,} organisations do, and have confirmed it."


def _list(public: Sequence[Statement]) -> None:
    lines = "".join(
        f"<li><bdi>{escape(each.words)}</bdi> Confirmed on {each.confirmed_on:%Y-%m-%d}.</li>" for each in public
    )
    if lines:
        st.html(f"<ul>{lines}</ul>")


def _offer(slug: str, subject: Subject) -> None:
    if visitor.may(EXPORT, subject):
        by = visitor.who()
        name = f"endorsements_{slug}.json"
        ways = {"JSON (Open Badges 3.0, not signed)": (name, "application/json", lambda: _written(slug, subject, by))}
        downloads.buttons("these statements", ways, key=f"endorsements:{slug}")


def _written(slug: str, subject: Subject, by: Actor) -> bytes:
    downloads.taken(by, [subject], [EXPORT], "file:endorsements", format="json", credential=slug)
    with reading(shell.engine()) as session:
        return statements_json(endorsements.confirmed(session, slug), settings().public_url)


# --- those that wait --------------------------------------------------------------------------------------------------


def _waiting(waiting: Sequence[Statement]) -> None:
    with st.expander(f"Waiting to be confirmed: {len(waiting):,}", key="fold:endorsements"):
        page.quiet(
            "Somebody of these organisations asked for the statement. It is shown to nobody else until the "
            "organisation confirms it by the link we send."
        )
        if told := st.session_state.pop(TOLD, ""):
            page.block("p", told, "done", role="status")
        _made()
        labels = {each.id: _label(each) for each in waiting}
        chosen = st.selectbox(
            "Which statement?", list(labels), format_func=labels.__getitem__, key="endorsements:which"
        )
        one = next((each for each in waiting if each.id == chosen), None)
        if one is not None:
            _act(one)


def _label(each: Statement) -> str:
    return f"{each.name} (sent on {each.sent_on:%Y-%m-%d})" if each.state == SENT else each.name


def _act(one: Statement) -> None:
    if one.is_sample:
        page.quiet("This organisation is invented, so nobody is written to.")
        return
    contacts = _contacts(one) if can_send() and visitor.may(ASK) else {}
    if contacts:
        label = "To whom?"
        chosen = st.selectbox(
            label, list(contacts), format_func=lambda slug: contacts[slug].name, key="endorsements:to"
        )
        if st.button("Send the statement to confirm", type="primary", key="endorsements:send") and chosen:
            _send(one, contacts[chosen])
    elif can_send():
        page.quiet("No contact of this organisation with an address is in your catalogue: hand the link over instead.")
    else:
        page.quiet(
            "No mail is sent from here yet (FEEDBACK_SMTP_URL, FEEDBACK_PUBLIC_URL): hand the link over instead."
        )
    if st.button("Make a link to hand over", key="endorsements:link"):
        _hand_over(one)


def _contacts(one: Statement) -> dict[str, Contact]:
    from feedback.worker.stating import may_be_sent_to

    with reading(shell.engine()) as session:
        every = catalogue.read(session, "contacts")
    return {each.slug: each for each in every if each.organisation == one.organisation and may_be_sent_to(each)}


def _send(one: Statement, contact: Contact) -> None:
    from feedback.worker.asking import asking_of
    from feedback.worker.stating import send_statement

    visitor.demand(ASK)
    try:
        with transaction(shell.engine()) as session:
            send_statement(session, one, contact, asking_of(settings()), visitor.who())
    except FeedbackError as error:
        page.block("p", str(error), "slip", role="alert")
        return
    st.session_state[TOLD] = f"The statement of {one.name} leaves shortly."
    st.rerun()


def _hand_over(one: Statement) -> None:
    by = visitor.demand(ASK, one.subject)
    try:
        with transaction(shell.engine()) as session:
            token = endorsements.make_link(session, one, by, key=secret_key(settings()), how="handed over")
    except FeedbackError as error:
        page.block("p", str(error), "slip", role="alert")
        return
    st.session_state[MADE] = (one.name, statement_address(reached_at()[0], token))
    st.rerun()


def _made() -> None:
    """A link just made: shown until its maker lets it go, and kept nowhere."""
    if MADE not in st.session_state:
        return
    name, address = st.session_state[MADE]
    page.block("p", f"The link for {name}, made just now. Hand it to somebody entitled to speak for them.", "done")
    st.code(address, language=None)
    page.quiet("We keep no link, only what recognises it. Once you leave this page nobody can bring it back.")
    if not settings().public_url:
        page.quiet(NO_ADDRESS)
    if st.button("I have it, forget the link here", type="tertiary", key="endorsements:forget"):
        del st.session_state[MADE]
        st.rerun()
