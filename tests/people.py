"""People with accounts, as tests need them."""

from sqlalchemy import Engine

from feedback.policy import ROLES, Actor, Grant
from feedback.store import accounts
from feedback.store.database import transaction

EVERY_ROLE = tuple(Grant(role) for role in ROLES)
ANN = Actor("ann", "Ann", EVERY_ROLE, how="password")
"""Somebody who may do everything that can be done in the app."""


def account_of(engine: Engine, *grants: Grant, name: str = "Ann") -> Actor:
    """Somebody who has an account, made with these roles; without any it has every role."""
    with transaction(engine) as session:
        return accounts.add_account(session, name, f"{name.lower()}@example.org", grants or EVERY_ROLE).actor


def with_role(role: str, scope: str = "") -> Actor:
    """Somebody with one role."""
    return Actor(f"one-{role}", f"One {role}", (Grant(role, scope),), how="password")


def sign_in(engine: Engine, *grants: Grant, name: str = "Ann") -> str:
    """Sign somebody in, with an account made for that where there is none; the value of the cookie. Without grants it
    has every role."""
    with transaction(engine) as session:
        email = f"{name.lower()}@example.org"
        known = accounts.read_account(session, email)
        account = known or accounts.add_account(session, name, email, grants or EVERY_ROLE)
        return accounts.begin_session(session, account.id, "password")
