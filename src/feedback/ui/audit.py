"""Who did what: the list for those who look after it, with what was done, never with what anybody answered."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st
from pandas import DataFrame

from feedback.policy import AUDIT, Actor
from feedback.store import audit
from feedback.store.audit import VERBS, Event, Head
from feedback.store.database import reading
from feedback.ui import page, shell, visitor

MOST_SHOWN = 200
MOST_VERIFIED = 5000
"""So many of the newest entries are looked at for the page; feedback doctor looks at all."""
MOST_IN_A_FILE = 100_000
COLUMNS = ("Number", "When (UTC)", "Who", "What", "About", "Details")
EXPLAINED = (
    "Nothing in it is ever changed or taken away; each entry is sealed with the one before. What learners and "
    "employers do is not in it. Of the worker, and of whoever was not signed in, only the day is kept."
)


def show() -> None:
    """The page."""
    visitor.demand(AUDIT)
    page.title("Who did what?")
    with reading(shell.engine()) as session:
        newest, names, there = audit.head(session), audit.names(session), audit.actors_in(session)
    page.lead(in_a_sentence(newest, _problems(newest)))
    page.quiet(EXPLAINED)
    if not newest.number:
        page.empty("Nothing is recorded yet.", "Sign in, open a survey or take a file, and it stands here.")
        return
    chosen = _choose(names, there)
    with reading(shell.engine()) as session:
        found = audit.read_events(session, **chosen, most=MOST_SHOWN + 1)
    _table(found[:MOST_SHOWN], names)
    if len(found) > MOST_SHOWN:
        page.quiet(f"The newest {MOST_SHOWN:,} of them are shown; the file has more.")
    if found:
        st.download_button(
            "Download them (CSV)",
            partial(_written, visitor.who(), chosen, names),
            file_name="who-did-what.csv",
            mime="text/csv",
            key="file:audit",
            on_click="ignore",
        )
    with st.expander("How is it seen that nothing is missing?"):
        page.quiet("Note the newest entry somewhere else. Whether it is still there: feedback audit --holds")
        st.code(str(newest), language=None, wrap_lines=True)


def in_a_sentence(newest: Head, problems: Sequence[str]) -> str:
    """How many entries there are, and whether the list is whole."""
    if problems:
        return f"The list is broken: {problems[0].removeprefix('audit: ')} Whoever runs this app must look into it."
    if not newest.number:
        return "Nobody has done anything yet that is recorded."
    looked = f", as far as its newest {MOST_VERIFIED:,} go" if newest.number > MOST_VERIFIED else ""
    return f"{newest.number:,} {'entry' if newest.number == 1 else 'entries'}, and the list is whole{looked}."


def table(events: Sequence[Event], names: Mapping[str, str]) -> DataFrame:
    """The entries as a table for people."""
    rows = [
        (each.number, each.when, names.get(each.actor, each.actor), each.words, audit.what(each, names), each.more)
        for each in events
    ]
    return DataFrame(rows, columns=list(COLUMNS))


@st.cache_data(max_entries=4, ttl="60s", show_spinner=False)
def _problems(newest: Head) -> list[str]:
    """What is wrong with the list up to its newest entry."""
    with reading(shell.engine()) as session:
        return audit.verify(session, newest=MOST_VERIFIED)


def _choose(names: Mapping[str, str], there: Sequence[str]) -> dict[str, Any]:
    """What is asked for, as audit.read_events takes it."""
    with st.container(horizontal=True):
        who = st.selectbox("Who", [None, *there], format_func=lambda one: _name(one, names), key="audit:who")
        what = st.selectbox("What", ["", *VERBS], format_func=lambda one: VERBS.get(one, "All"), key="audit:what")
        about = st.text_input("About", key="audit:about", placeholder="survey:spring", max_chars=100)
    with st.container(horizontal=True):
        since = st.date_input("From", None, format="YYYY-MM-DD", key="audit:since")
        until = st.date_input("To", None, format="YYYY-MM-DD", key="audit:until")
    return {
        "actors": None if who is None else [who],
        "action": what,
        "about": about.strip(),
        "since": since if isinstance(since, date) else None,
        "until": until if isinstance(until, date) else None,
    }


def _name(actor: str | None, names: Mapping[str, str]) -> str:
    return "Everybody" if actor is None else names.get(actor, actor)


def _table(events: Sequence[Event], names: Mapping[str, str]) -> None:
    if not events:
        page.quiet("Nothing of that is recorded.")
        return
    st.dataframe(table(events, names), hide_index=True, width="stretch", alt="What was done, the newest first")


def _written(by: Actor, chosen: Mapping[str, Any], names: Mapping[str, str]) -> bytes:
    from feedback.exchange.tables import csv_bytes
    from feedback.ui import downloads

    downloads.taken(by, (), (AUDIT,), "audit", format="csv")
    with reading(shell.engine()) as session:
        found = audit.read_events(session, **chosen, most=MOST_IN_A_FILE)
    return csv_bytes(table(found, names))
