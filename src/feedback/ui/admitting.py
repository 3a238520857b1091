"""The page of accounts: who may come in, what they may, and how somebody is let in or kept out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import streamlit as st
from pandas import DataFrame
from sqlmodel import Session

from feedback.errors import Refused
from feedback.policy import ADMIT, CREDENTIAL, PROGRAMME, ROLES, Actor, Grant, can
from feedback.store import accounts
from feedback.store.accounts import PASSWORD_LINK, Account
from feedback.store.database import reading, transaction
from feedback.ui import page, shell, visitor
from feedback.ui.inviting import NO_ADDRESS, reached_at

WRONG, DONE, LINK, TURN = (f"accounts:{name}" for name in ("wrong", "done", "new-link", "turn"))
"""Where a visit keeps what is to be said once: problems, what was done, a link just made; and how often the form for
somebody new was sent."""
EVERYWHERE = "The whole institution"
Made = TypeVar("Made")
ROLE_MEANS: Mapping[str, str] = {
    "lead": "reads results and comments not reviewed yet, opens surveys, brings files in",
    "owner": "the same without bringing files in",
    "committee": "reads results, decides for the committee",
    "reviewer": "reviews as an expert, reads no results",
    "moderator": "decides who reads which comment",
    "administrator": "makes accounts and gives roles, sees to the machine",
    "auditor": "reads results, and who did what",
}
NO_ROLE = "Somebody without a role can sign in and sees nothing."


@dataclass(frozen=True)
class NewLink:
    """A link just made, held for whoever made it and nobody else."""

    name: str
    address: str


def show() -> None:
    """The page. Raises Forbidden for who may admit nobody."""
    visitor.demand(ADMIT)
    with reading(shell.engine()) as session:
        everybody = accounts.read_accounts(session)
    page.title("Who may come in?")
    page.lead(in_a_sentence(everybody))
    _told()
    if any(each.is_sample for each in everybody):
        page.quiet(
            "The sample's administrator counts until a real administrator is there, and goes with the sample. Make an "
            "account for yourself before you take the sample away."
        )
    places = scopes()
    st.dataframe(
        DataFrame(listed(everybody, places)), hide_index=True, width="stretch", alt="Accounts, their roles and state"
    )
    _add(places)
    if everybody:
        _change(everybody, places)


def in_a_sentence(everybody: Sequence[Account]) -> str:
    """How many may come in, and how many of them give roles.

    >>> ann = Account("1", "Ann", "ann@example.org", (Grant("administrator"),))
    >>> in_a_sentence([ann, Account("2", "Ben", "ben@example.org")])
    '2 people may come in; one of them gives roles.'
    """
    active = [each for each in everybody if each.actor.is_known]
    admitting = sum(Grant("administrator") in each.grants for each in active)
    people = "One person may" if len(active) == 1 else f"{len(active)} people may"
    giving = {0: "nobody gives roles", 1: "one of them gives roles"}.get(admitting, f"{admitting} of them give roles")
    return f"{people} come in; {giving}."


def scopes() -> dict[str, str]:
    """What a role can be given for: its name by its scope."""
    held = shell.everything()
    programmes = {f"{PROGRAMME}{slug}": f"Programme: {title}" for slug, title in sorted(held.programmes.items())}
    credentials = {f"{CREDENTIAL}{slug}": title for slug, title in held.titles().items()}
    return {"": EVERYWHERE, **programmes, **credentials}


def said(grant: Grant, places: Mapping[str, str]) -> str:
    """A role in words, with what it is for.

    >>> said(Grant("lead", "programme:data"), {"programme:data": "Programme: Data"}), said(Grant("auditor"), {})
    ('Programme lead (Programme: Data)', 'Auditor')
    """
    role = ROLES.get(grant.role, grant.role)
    return f"{role} ({places.get(grant.scope, grant.scope)})" if grant.scope else role


def listed(everybody: Sequence[Account], places: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows of the table of accounts."""
    return [
        {
            "Name": each.name,
            "Address": each.email,
            "Now": state(each),
            "Roles": ", ".join(said(grant, places) for grant in each.grants) or "none",
        }
        for each in everybody
    ]


def state(account: Account) -> str:
    """How an account stands, in words."""
    if account.is_disabled:
        return "disabled"
    if account.is_sample:
        return "the sample's own, and lets nobody in any more" if account.is_over else "the sample's own"
    ways = [way for way, holds in (("password", account.has_password), ("OIDC", account.is_vouched)) if holds]
    return f"signs in by {' and '.join(ways)}" if ways else "has not chosen a password yet"


# --- somebody new -----------------------------------------------------------------------------------------------------


def _add(places: Mapping[str, str]) -> None:
    page.heading("Let somebody in")
    turn = st.session_state.get(TURN, 0)
    with st.container(key="field-entry-accounts-new"):
        name = st.text_input("Name", key=f"accounts:name:{turn}", max_chars=accounts.LONGEST_NAME)
        email = st.text_input("E-mail address", key=f"accounts:email:{turn}", max_chars=accounts.LONGEST_EMAIL)
        grant = _choose("accounts:new", places, turn)
    page.quiet("You get a link to hand to them, with which they choose a password. No message is sent.")
    if st.button("Make the account", type="primary", key="accounts:add"):

        def work(session: Session, by: Actor) -> NewLink:
            made = accounts.add_account(session, name, email, [grant] if grant else [], by=by)
            return NewLink(made.name, _address(accounts.add_link(session, made.id, PASSWORD_LINK, by=by)))

        link = _do(work, "The account is made.")
        if link:
            st.session_state[LINK], st.session_state[TURN] = link, turn + 1
        st.rerun()


def _choose(key: str, places: Mapping[str, str], turn: int = 0) -> Grant | None:
    """A role and what it is for; None while none is chosen."""
    role = st.selectbox(
        "Role", list(ROLES), None, format_func=_role, key=f"{key}:role:{turn}", placeholder="No role yet"
    )
    scope = st.selectbox("For", list(places), format_func=places.__getitem__, key=f"{key}:scope:{turn}")
    if role is None:
        page.quiet(NO_ROLE)
        return None
    if scope and can(Actor("x", grants=(Grant(role),)), ADMIT):
        page.quiet("For a part only, it gives no roles and sees to nothing: that is for the whole institution.")
    return Grant(role, scope)


def _role(role: str) -> str:
    return f"{ROLES[role]}: {ROLE_MEANS[role]}"


# --- somebody who is there --------------------------------------------------------------------------------------------


def _change(everybody: Sequence[Account], places: Mapping[str, str]) -> None:
    page.heading("Change what somebody may")
    by_id = {each.id: each for each in everybody}
    with st.container(key="field-entry-accounts-whom"):
        chosen = st.selectbox(
            "Whom?",
            list(by_id),
            None,
            format_func=lambda each: f"{by_id[each].name} ({by_id[each].email})",
            key="accounts:whom",
            placeholder="Choose somebody",
        )
    if chosen is None:
        return
    one = by_id[chosen]
    _roles(one, places)
    _ways(one)


def _roles(one: Account, places: Mapping[str, str]) -> None:
    for grant in one.grants:
        with st.container(horizontal=True, vertical_alignment="center"):
            page.block("p", said(grant, places), "said")
            if st.button("Take it away", key=f"accounts:take:{one.id}:{grant.role}:{grant.scope}"):
                _do(partial(_take, one.id, grant), "The role is taken away.")
                st.rerun()
    if not one.grants:
        page.quiet(NO_ROLE)
    with st.container(key="field-entry-accounts-give"):
        new = _choose(f"accounts:give:{one.id}", places)
    if new is not None and st.button("Give this role", key="accounts:give"):
        _do(lambda session, by: accounts.give(session, one.id, new, by=by), "The role is given. It counts at once.")
        st.rerun()


def _take(account: str, grant: Grant, session: Session, by: Actor) -> None:
    accounts.take(session, account, grant, by=by)


def _ways(one: Account) -> None:
    with st.container(horizontal=True):
        if one.is_disabled:
            if st.button("Let them in again", key="accounts:enable"):
                _do(lambda session, by: accounts.enable(session, one.id, by=by), "They may come in again.")
                st.rerun()
            return
        if not one.is_sample and st.button("New link to choose a password", key="accounts:link"):
            link = _do(
                lambda session, by: accounts.add_link(session, one.id, PASSWORD_LINK, by=by), "The link is made."
            )
            if link:
                st.session_state[LINK] = NewLink(one.name, _address(link))
            st.rerun()
        if st.button("Sign them out everywhere", key="accounts:sign-out"):
            _do(lambda session, by: accounts.end_sessions(session, one.id, by=by), "They are signed out everywhere.")
            st.rerun()
        if st.button("Let them in no more", key="accounts:disable"):
            _do(lambda session, by: accounts.disable(session, one.id, by=by), "They come in no more.")
            st.rerun()


# --- what goes for all ------------------------------------------------------------------------------------------------


def _do(work: Callable[[Session, Actor], Made], words: str) -> Made | None:
    """Change something as whoever looks at the page; None where it was refused, which the page then says."""
    by = visitor.demand(ADMIT)
    try:
        with transaction(shell.engine()) as session:
            made = work(session, by)
    except Refused as refused:
        st.session_state[WRONG] = [str(each) for each in refused.problems]
        return None
    st.session_state[DONE] = words
    return made


def _told() -> None:
    """What came of the last step, once; and a link, until it is handed on."""
    for problem in st.session_state.pop(WRONG, ()):
        page.block("p", problem, "slip", role="alert")
    done = st.session_state.pop(DONE, "")
    if done:
        page.block("p", done, "done", role="status")
    link: NewLink | None = st.session_state.get(LINK)
    if link is None:
        return
    with st.container(border=True, key="accounts:made"):
        page.block("p", f"For {link.name}, once, within 72 hours: a link to choose a password.", "said")
        st.code(link.address, language=None, wrap_lines=True)
        page.quiet("Copy it now and hand it to them alone: it is shown this once, and whoever has it signs in as them.")
        if not reached_at()[1]:
            page.quiet(NO_ADDRESS)
        if st.button("I have it, forget it here", type="tertiary", key="accounts:forget"):
            del st.session_state[LINK]
            st.rerun()


def _address(token: str) -> str:
    return f"{reached_at()[0].rstrip('/')}/enter/{token}"
