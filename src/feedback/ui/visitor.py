"""Who looks at a page, and what they may: looked up once a run, so that whoever was signed out is refused at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

from feedback import policy
from feedback.policy import WHOLE, Actor, Subject
from feedback.store.accounts import COOKIE, actor_of
from feedback.store.database import looking
from feedback.ui import database

_WHO: ContextVar[Actor | None] = ContextVar("who", default=None)


@contextmanager
def entered() -> Iterator[Actor]:
    """All that is drawn in here is drawn for one visitor, who is looked up once."""
    found = find()
    token = _WHO.set(found)
    try:
        yield found
    finally:
        _WHO.reset(token)


def who() -> Actor:
    """The visitor; NOBODY when nobody is signed in. What a widget calls back is outside a run, and looks anew."""
    known = _WHO.get()
    return find() if known is None else known


def may(action: str, *subjects: Subject) -> bool:
    """Whether the visitor may do this about each of the subjects (none: the whole institution)."""
    actor = who()
    return all(policy.can(actor, action, subject) for subject in subjects or (WHOLE,))


def may_somewhere(action: str) -> bool:
    """Whether there is anything about which the visitor may do this."""
    return policy.can_somewhere(who(), action)


def demand(action: str, *subjects: Subject) -> Actor:
    """The visitor, who may do this about each of the subjects (none: the whole institution). Raises Forbidden."""
    actor = who()
    policy.demand(actor, action, subjects or (WHOLE,))
    return actor


def demand_somewhere(action: str) -> Actor:
    """The visitor, who may do this about something. Raises Forbidden."""
    actor = who()
    if not policy.can_somewhere(actor, action):
        policy.demand(actor, action)
    return actor


def find() -> Actor:
    """Whose session the browser's cookie is; else who vouches for them, where that is set up."""
    token = st.context.cookies.get(COOKIE, "")
    if token:
        with looking(database.engine()) as connection:
            found = actor_of(connection, token)
        if found.is_known:
            return found
    from feedback.ui import accounts

    return accounts.oidc_actor()
