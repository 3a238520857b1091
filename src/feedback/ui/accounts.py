"""Who may come in: the page that asks to sign in, who is vouched for by OIDC, and the list of accounts."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import streamlit as st

from feedback.policy import NOBODY, Actor
from feedback.store import accounts, audit
from feedback.store.database import DatabaseBusy, reading, transaction
from feedback.ui import database, page

AUTH = "auth"
"""The section of Streamlit's secrets in which OIDC is set up."""
_SIGNED_IN = "accounts:signed-in"


# --- signing in -------------------------------------------------------------------------------------------------------


def sign_in() -> None:
    """The page for whoever is not signed in: where to, and by whom they may be vouched for."""
    page.title("Please sign in")
    page.lead("What learners and employers said is for those who have an account here.")
    here = urlsplit(st.context.url or "").path
    page.way(f"/login?next={quote(here or '/')}", "Sign in with your address and password")
    for name, label in providers().items():
        if st.button(label, key=f"sign-in:{name}"):
            st.login(name or None)
    if vouched():
        page.block(
            "p",
            "You were vouched for, but no account here is yours, or it is more than 12 hours ago. Ask an administrator "
            "to make one for your address, or sign in again.",
            "slip",
            role="alert",
        )
        st.button("Sign in as somebody else", key="sign-in:other", on_click=st.logout)
    with reading(database.engine()) as session:
        if accounts.is_for_looking(session):
            page.quiet(
                "To look at the sample institution, open the line “Sign in once” that was printed where this was "
                "started; starting again prints a new one."
            )
    page.quiet("Were you given a survey's address? You need no account for it: open it as it was sent to you.")


def sign_out(who: Actor) -> None:
    """The way out. Whoever came by OIDC is signed out everywhere: their cookie is Streamlit's, and lives on."""
    if who.how != accounts.OIDC:
        page.way("/account", "Your account, and sign out")
    elif st.button("Sign out", key="sign-out"):
        with transaction(database.engine()) as session:
            accounts.end_sessions(session, who.id)
            audit.record(session, who, audit.SIGNED_OUT, f"account:{who.id}")
        st.logout()


def providers() -> Mapping[str, str]:
    """By whom people may be vouched for: the words on the button by the provider's name, "" for the only one."""
    try:
        section = st.secrets.get(AUTH) if st.secrets.load_if_toml_exists() else None
    except (FileNotFoundError, KeyError):
        return {}
    if not section:
        return {}
    named = [name for name, value in section.items() if isinstance(value, Mapping) and "client_id" in value]
    if "client_id" in section:
        return {"": "Sign in with your institution"}
    return {name: f"Sign in with {name}" for name in named}


def vouched() -> bool:
    """Whether somebody vouches for whoever looks at this."""
    return bool(providers()) and st.user.to_dict().get("is_logged_in") is True


def oidc_actor() -> Actor:
    """Who came by OIDC; NOBODY where it is not set up, where nobody vouches for them, or they have no account.

    That they came is recorded once for each time somebody vouched for them.
    """
    if not vouched():
        return NOBODY
    said = st.user.to_dict()
    issuer, subject, email = (str(said.get(name) or "") for name in ("iss", "sub", "email"))
    moment = _moment(said.get("iat"))
    if not (issuer and subject and moment):
        return NOBODY
    with reading(database.engine()) as session:
        known = accounts.actor_of_oidc(session, issuer, subject, moment)
        may_bind = not known.is_known and accounts.read_account(session, email) is not None
    if may_bind:
        verified = said.get("email_verified") in (True, "true")
        with transaction(database.engine()) as session:
            known = accounts.account_of_oidc(session, issuer, subject, email, verified, moment)
    if known.is_known:
        _signed_in(known, moment)
    return known


def _signed_in(who: Actor, moment: datetime) -> None:
    """Record that somebody came by OIDC, vouched for at that moment; where the database is busy, the next run does."""
    mark = (who.id, moment)
    if st.session_state.get(_SIGNED_IN) == mark:
        return
    vouched_at = moment.replace(microsecond=0).isoformat()
    try:
        with transaction(database.engine()) as session:
            before = audit.read_events(session, actors=[who.id], action=audit.SIGNED_IN, since=moment.date())
            if not any(each.details.get("vouched_at") == vouched_at for each in before):
                audit.record(
                    session, who, audit.SIGNED_IN, f"account:{who.id}", how=accounts.OIDC, vouched_at=vouched_at
                )
    except DatabaseBusy:
        logging.getLogger(__name__).warning("the database is busy, not recorded yet: %s signed in", who.id)
        return
    st.session_state[_SIGNED_IN] = mark


def _moment(seconds: object) -> datetime | None:
    """A moment as a token says it, in seconds since the epoch; None for what is none."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None
    except (ValueError, OverflowError, OSError):
        return None
