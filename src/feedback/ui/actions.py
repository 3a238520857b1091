"""What is being changed, and did it work: the board of actions, the list, and who sees to what."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import streamlit as st

from feedback.exchange import acted
from feedback.findings.evidence import Choice
from feedback.policy import ACT, EXPORT, READ, Actor, Subject
from feedback.store import actions
from feedback.store.action import DOING, DONE, DROPPED, OPEN, PLANNED, STATES, Action
from feedback.store.database import reading
from feedback.ui import acting, following, governing, held, making, marks, page, panel, shell, visitor
from feedback.ui.acting import PAGE
from feedback.ui.forms import literal

BOARD, LIST = "Board", "List"
ALL, NOBODY = "", "-"
MOST = 12
"""So many actions of a state stand on the board at once."""


def show() -> None:
    """The page, as its address says. Raises Forbidden for who may read of nothing."""
    visitor.demand_somewhere(READ)
    held.keep_address()
    asked = st.query_params
    if name := asked.get("action", ""):
        following.one(name)
    elif asked.get("new") in ("action", making.BLANK):
        making.new()
    else:
        _everything()


def _everything() -> None:
    page.title("What is being changed, and did it work?")
    marks.sample()
    governing.tell()
    governing.slips()
    titles, today = acting.places(), governing.today()
    with reading(shell.engine()) as session:
        every = [each for each in actions.read_actions(session) if acting.place_of(each) in titles]
    page.lead(acted.all_in_words(every, today))
    if acting.places(ACT):
        with st.container(key="add-action"):
            st.page_link(PAGE, label="+ Make an action", query_params={"new": making.BLANK})
    if not every:
        page.empty(
            "Nothing is being changed yet. An action begins with what people said:",
            "Open “What should change” and press “Make this an action” beside a line.",
            "Say what you will do, by when, and what it is to bring: that is fixed from then on.",
            "When the next run is over, the same question is looked at again, and you see whether it worked.",
        )
        return
    names = governing.owner_names()
    those = _chosen(every, titles, names)
    view = st.segmented_control(
        "View", (BOARD, LIST), default=BOARD, required=True, key="actions:view", label_visibility="collapsed",
        persist_state="session",
    )  # fmt: skip
    if not those:
        page.quiet("No action is like that. Choose another credential or owner.")
    elif view == LIST:
        _list(those, titles, names, today)
    else:
        _board(those, titles, names, today)
    _file(those, titles, names, today)
    _effects(those)


def _effects(those: Sequence[Action]) -> None:
    """What became of those that are measured, of what may be read at once: of all, or of the one credential."""
    slugs = {each.credential for each in those if each.credential}
    chosen = st.query_params.get("credential", ALL)
    if any(each.measure for each in those) and (chosen in slugs or visitor.may(READ)):
        panel.show("effects", Choice(credential=chosen if chosen in slugs else ALL))


def _chosen(every: Sequence[Action], titles: Mapping[str, str], names: Mapping[str, str]) -> list[Action]:
    """The actions of the credential and the owner that are chosen; there is nothing to choose where all are alike."""
    credentials = {place: titles[place] for place in dict.fromkeys(acting.place_of(each) for each in every)}
    people = {each.owner or NOBODY: governing.owner_of(each, names) for each in every}
    left, right = st.columns(2)
    with left:
        slug = _one_of("Of what", credentials, "Everything", "credential")
    with right:
        owner = _one_of("Owner", people, "Everybody", "owner")
    return [each for each in every if slug in (ALL, acting.place_of(each)) and owner in (ALL, each.owner or NOBODY)]


def _one_of(label: str, options: Mapping[str, str], everything: str, name: str) -> str:
    """One of several, or all; the address remembers it, so that a link opens the same."""
    those = [ALL, *sorted(options, key=lambda one: options[one].casefold())]
    chosen = st.query_params.get(name, ALL)
    key = f"actions:{name}"
    return st.selectbox(
        label,
        those,
        those.index(chosen) if chosen in those else 0,
        format_func=lambda one: options.get(one, everything),
        key=key,
        on_change=partial(_remember, name, key),
    )


def _remember(name: str, key: str) -> None:
    if chosen := st.session_state[key]:
        st.query_params[name] = chosen
    else:
        st.query_params.pop(name, None)


# --- the board --------------------------------------------------------------------------------------------------------


def _board(those: Sequence[Action], titles: Mapping[str, str], names: Mapping[str, str], today: date) -> None:
    """A column a state; on a small screen one under the other. What was dropped is folded away."""
    for place, state in zip(st.columns(3), (PLANNED, DOING, DONE), strict=True):
        with place:
            here = [each for each in those if each.state == state]
            page.block("h2", f"{STATES[state]} ({len(here)})", "board-title")
            _cards(here if state in OPEN else here[::-1], state, titles, names, today)
    dropped = [each for each in those if each.state == DROPPED]
    if dropped:
        with st.expander(f"Dropped ({len(dropped)})"):
            _cards(dropped[::-1], DROPPED, titles, names, today)


def _cards(
    here: Sequence[Action], state: str, titles: Mapping[str, str], names: Mapping[str, str], today: date
) -> None:
    if not here:
        page.quiet("None.")
    more = f"actions:all:{state}"
    most = len(here) if st.session_state.get(more) else MOST
    with st.container(gap="small", key=f"cards-{state}"):
        for each in here[:most]:
            st.page_link(
                PAGE, label=_card(each, titles, names, today), query_params={"action": each.id}, width="stretch"
            )
    if len(here) > most and st.button(f"Show {len(here) - most} more", key=f"{more}:button"):
        st.session_state[more] = True
        st.rerun()


def _card(one: Action, titles: Mapping[str, str], names: Mapping[str, str], today: date) -> str:
    """What stands on a card: the action, of what, who, by when or what became of it."""
    lines = [titles[acting.place_of(one)], governing.owner_of(one, names)]
    told = [literal(line) for line in lines if line]
    if one.is_open:
        due = literal(acted.due_in_words(one, today, brief=True))
        told.append(f"*{due}*" if one.is_late(today) else due)
    if one.effect or not one.is_open:
        told.append(literal(acted.verdict_in_words(one)))
    told = [line for line in told if line]
    return "  \n".join([f"**{literal(one.title)}**", *told])


# --- the list ---------------------------------------------------------------------------------------------------------


def _list(those: Sequence[Action], titles: Mapping[str, str], names: Mapping[str, str], today: date) -> None:
    """All of a state, or of every one, those due first first."""
    there = {state: f"{STATES[state]}" for state in STATES if any(each.state == state for each in those)}
    state = _one_of("State", there, "Every state", "state")
    with st.container(gap=None, key="entries-actions"):
        for each in those:
            if state in (ALL, each.state):
                label = _label(each, titles, names, today)
                st.page_link(PAGE, label=label, query_params={"action": each.id}, width="stretch")


def _label(one: Action, titles: Mapping[str, str], names: Mapping[str, str], today: date) -> str:
    told = [
        STATES.get(one.state, one.state),
        acted.due_in_words(one, today),
        titles[acting.place_of(one)],
        governing.owner_of(one, names),
        acted.effect_in_words(one),
        "" if one.is_as_made else "does not match its digest",
    ]
    return f"**{literal(one.title)}**  \n{literal(' · '.join(filter(None, told)))}"


def _file(those: Sequence[Action], titles: Mapping[str, str], names: Mapping[str, str], today: date) -> None:
    """The list of what the visitor may take away, as a file."""
    allowed = [each for each in those if visitor.may(EXPORT, acting.subject(acting.place_of(each)))]
    if allowed:
        rows = [
            acted.row_of(each, titles[acting.place_of(each)], governing.owner_of(each, names), today)
            for each in allowed
        ]
        about = [acting.subject(place) for place in sorted({acting.place_of(each) for each in allowed})]
        st.download_button(
            "Download these actions (CSV)",
            partial(_written, visitor.who(), about, rows),
            file_name="actions.csv",
            mime="text/csv",
            key="actions:file",
            on_click="ignore",
        )


def _written(by: Actor, about: Sequence[Subject], rows: Sequence[Sequence[object]]) -> bytes:
    from pandas import DataFrame

    from feedback.exchange.tables import csv_bytes
    from feedback.ui import downloads

    downloads.taken(by, about, (EXPORT,), "file:actions", rows=len(rows), format="csv")
    return csv_bytes(DataFrame(rows, columns=list(acted.COLUMNS), dtype=object))
