"""One action: how it stands, what is expected of it, what became of it, what it rests on, and what happened to it."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Literal

import streamlit as st
from sqlmodel import Session

from feedback.errors import Problem
from feedback.exchange import acted
from feedback.policy import ACT, Actor
from feedback.store import actions, catalogue, surveys
from feedback.store.action import DOING, DONE, DROPPED, PLANNED, SOURCES, STATES, Action, Step
from feedback.store.clock import now
from feedback.store.database import reading
from feedback.ui import acting, governing, making, marks, page, shell, telling, visitor
from feedback.ui.fields import day

COMMITTEE = "pages/committee.py"
HANDS = "action:hands:drawn"
"""Where the session keeps for what the form of owner and day was drawn last."""
PUBLIC = "It is public: how it stands changes there at once, for everybody."
MOVES: Mapping[str, tuple[tuple[str, str], ...]] = {
    PLANNED: ((DOING, "Begin it"), (DONE, "It is done"), (DROPPED, "Drop it")),
    DOING: ((DONE, "It is done"), (PLANNED, "Back to planned"), (DROPPED, "Drop it")),
    DONE: ((DOING, "Take it up again"),),
    DROPPED: ((PLANNED, "Take it up again"),),
}
"""Where an action can go from each state, and what the button says; the first is what comes next."""
HAPPENED: Mapping[str, str] = {
    "made": "Made",
    "state": "",
    "owner": "Given to somebody else",
    "due": "Another day set",
    "words": "Words for learners and employers changed",
    "told": "Made public",
    "untold": "Taken back from the public",
    "measured": "Measured",
}
"""What a step was, in words; a step of state is called by the state."""


def one(name: str) -> None:
    """An action, and what can be done with it."""
    making.back()
    titles = acting.places()
    with reading(shell.engine()) as session:
        found = actions.read_action(session, name)
        steps = actions.read_steps(session, name)
    if found is None or acting.place_of(found) not in titles:
        page.title("There is no such action")
        page.empty("It may have been taken away with the sample.")
        return
    page.title(found.title)
    marks.sample()
    governing.tell()
    governing.slips()
    names = governing.owner_names()
    page.lead(_standing(found, steps, names))
    page.block("p", titles[acting.place_of(found)], "subject")
    if not found.is_as_made:
        said = "Does not match: what it was made with was changed since. Ask whoever keeps the database."
        page.block("p", said, "slip", role="alert")
    mine = visitor.may(ACT, acting.subject(acting.place_of(found)))
    if mine:
        _moves(found)
    _worked(found)
    if found.credential:
        telling.show(found)
    _rests_on(found)
    _happened(steps, names)
    if mine:
        _other_hands(found, len(steps))


def _standing(one: Action, steps: Sequence[Step], names: Mapping[str, str]) -> str:
    """How it stands, who sees to it, and by when, or since when it is over."""
    state = STATES.get(one.state, one.state)
    since = [step.day for step in steps if step.what == "state"]
    on = f" on {day(since[-1])}" if since and not one.is_open else ""
    owner, due = governing.owner_of(one, names), acted.due_in_words(one, governing.today())
    return f"{state}{on}, {due}. {owner} {'sees' if one.is_open else 'saw'} to it."


# --- what it is to bring, and brought ---------------------------------------------------------------------------------


def _worked(one: Action) -> None:
    page.heading("Did it work?")
    if one.measure is None:
        new = "There is nothing to look at again yet: once it has run, make an action of it that says what is expected."
        page.quiet("Nothing is looked at again, so this cannot be told." if one.credential else new)
        return
    said = acted.effect_in_words(one)
    page.block("p", f"{said[0].upper()}{said[1:]}.", "said")
    if again := acted.again_in_words(one, is_known=not one.is_looked_at_again or _is_known(one)):
        page.quiet(again)
    for earlier in acted.earlier_in_words(one):
        page.quiet(f"Before that: {earlier}.")
    governing.facts(
        {
            "Looked at": acted.measure_in_words(one),
            "Expected": acted.expected_in_words(one),
            "When made, over all runs": acted.stood_in_words(one),
            "Against": f"“{label}”" if (label := one.baseline.get("label")) else "",
        }
    )
    page.quiet("Written down when the action was made, and not changed since.")


def _is_known(one: Action) -> bool:
    """Whether what it was looked at in is asked still."""
    from feedback.worker.looks import asked_of, is_known  # here: it brings tables, which only this needs

    with reading(shell.engine()) as session:
        runs = {each.slug: each for each in catalogue.read_runs(session)}
        asked = asked_of(one, shell.instruments(), surveys.read_surveys(session), runs, now(session))
    return is_known(one, asked)


def _rests_on(one: Action) -> None:
    page.heading("What does it rest on?")
    comes = SOURCES.get(one.source, one.source)
    below = f"Below is what was shown on {day(one.made_on)}; what is known today may differ."
    page.quiet(f"It comes from {comes}. {below if one.seen else 'Nothing that was shown was frozen with it.'}")
    kind, _, name = one.about.partition(":")
    if one.source == "review" and kind in ("decision", "round"):
        words = "The decision it comes from" if kind == "decision" else "The review it comes from"
        st.page_link(COMMITTEE, label=words, query_params={kind: name.partition(":")[0]})
    for seen in one.seen:
        making.tell_seen(seen)
    if one.is_as_made:
        page.quiet(f"Verified: it is as it was made. Digest (SHA-256): {one.digest}")


# --- what happened, and what can be done ------------------------------------------------------------------------------


def _happened(steps: Sequence[Step], names: Mapping[str, str]) -> None:
    page.heading("What happened?")
    if not steps:
        page.quiet("Nothing is noted.")
        return
    with st.container(gap="xsmall", key="action-steps"):
        for step in reversed(steps):
            what = HAPPENED.get(step.what, step.what) or STATES.get(step.state, step.state)
            by = names.get(step.by, "")
            page.block("p", " · ".join(filter(None, (what, day(step.day), by))), "quiet")
            if step.words:
                page.block("p", step.words, "said")


def _moves(one: Action) -> None:
    """The buttons that move it on. What needs a reason asks for one."""
    with st.container(horizontal=True, key="action-moves"):
        for place, (state, label) in enumerate(MOVES[one.state]):
            kind: Literal["primary", "secondary"] = "primary" if place == 0 and one.is_open else "secondary"
            needs = state == DROPPED or not one.is_open
            said = f"{label} …" if needs else label
            if st.button(said, key=f"action:to:{state}", type=kind):
                if needs:
                    _why(one, state, label)
                else:
                    _move(one, state, "")


@st.dialog("Say why")
def _why(one: Action, state: str, label: str) -> None:
    if one.told_on is not None:
        page.block("p", PUBLIC, "hint")
    reason = st.text_area("Why? Whoever reads this later will want to know.", key=f"action:why:{one.id}:{state}")
    if st.button(label, type="primary", key="action:why:now"):
        _move(one, state, reason)


def _move(one: Action, state: str, reason: str) -> None:
    def work(session: Session, by: Actor) -> Action:
        return actions.change_state(session, by, one.id, state, reason, was=one.state)

    governing.do(work, f"The action stands as {STATES[state].lower()} now.", action=one.id)
    st.rerun()


def _other_hands(one: Action, steps: int) -> None:
    """The form that gives it to somebody else, or sets another day. steps: how many it has been through.

    What stands in it begins anew whenever somebody changed the action, and nothing is kept of what was chosen before.
    """
    drawn = f"{one.id}:{one.owner}:{one.due}:{steps}"
    before = st.session_state.get(HANDS, drawn)
    st.session_state[HANDS] = drawn
    with st.expander("Another owner, or another day"), st.container(key="field-entry-hands"):
        names = making.owners(acting.place_of(one))
        turn = f"{drawn}:{governing.done()}"
        owner = governing.choose("Who sees to it?", names, f"action:give:{turn}", one.owner)
        today = governing.today()
        due = st.date_input(
            "By when?", max(one.due, today), min_value=today, format="YYYY-MM-DD", key=f"action:later:{turn}"
        )
        reason = st.text_area("Why? (may stay empty)", key=f"action:reason:{turn}")
        if st.button("Keep this", key="action:hands"):
            if before == drawn:
                governing.do(partial(_hand, one, owner, due, reason), "It is kept.", action=one.id)
            else:
                governing.refuse([Problem("owner", actions.CHANGED_SINCE)])
            st.rerun()


def _hand(one: Action, owner: str, due: date, reason: str, session: Any, by: Any) -> Action:
    changed = one
    if owner != one.owner:
        changed = actions.change_owner(session, by, one.id, owner, reason, was=one.owner)
    if due != max(one.due, governing.today()):
        changed = actions.change_due(session, by, one.id, due, reason, was=one.due)
    return changed
