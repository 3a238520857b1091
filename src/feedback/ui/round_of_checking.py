"""What was said in a round of checking: kept, taken back, and looked at again where a comment has changed meanwhile."""

from dataclasses import replace
from typing import Any

import streamlit as st

from feedback.errors import Refused
from feedback.policy import Actor
from feedback.store import corrections
from feedback.store.corrections import Seen
from feedback.store.database import DatabaseBusy, reading, transaction
from feedback.store.mended import Said
from feedback.store.moderation import Changed
from feedback.ui import shell
from feedback.ui.saying import Draft, as_said, is_unseen
from feedback.worker import checking as worker

QUEUE, AT, DONE, DRAWN, TOLD, DRAFT, TURN, KEPT, ASKED, LOOKED = (
    f"checking:{name}" for name in ("queue", "at", "done", "drawn", "told", "draft", "turn", "kept", "asked", "looked")
)
"""Where a round is kept: its comments, which of them shows, what can be undone, what it was drawn for, what is to be
said once, what was said so far of the comment that shows, a number that makes the controls anew, the comment of which
the reading shows because their word was just kept, one that another page asks to have checked, and those of which
the reading showed, which measure nothing any more."""
UNDO = "U"


def showed(seen: Seen) -> None:
    """Remember that the reading of a comment showed to the visitor."""
    st.session_state.setdefault(LOOKED, set()).add(seen.place)


def keep(actor: Actor, seen: Seen, said: Said) -> None:
    """Keep what was said, and go on, or show what was read where that was not to be seen; where it cannot be kept, say
    why, and lose nothing of it."""
    unseen = is_unseen(seen)
    if not unseen and said != seen.said:
        seen = replace(seen, at_random=False)  # said with the reading in sight: it teaches, and measures nothing
    after = _corrected(actor, seen, said)
    if after is not None:
        state = st.session_state
        state[QUEUE][state[AT]] = after
        state[DONE].append((after, seen.said))
        if not unseen:
            go(state[AT] + 1)
        state[KEPT] = after.place
    st.rerun()


def _corrected(actor: Actor, seen: Seen, said: Said) -> Seen | None:
    try:
        with transaction(shell.engine()) as session:
            return worker.correct(session, shell.instruments(), actor, seen, said, shell.limits())
    except Refused as error:
        st.session_state[TOLD] = " ".join(problem.message for problem in error.problems)
    except DatabaseBusy as error:
        st.session_state[TOLD] = f"{error} What you said still stands here: try again."
    except Changed as error:
        st.session_state[TOLD] = look_again(actor, seen) or str(error)
    return None


def undo(actor: Actor) -> None:
    """Take back what was kept last in this round, and show that comment again."""
    done = st.session_state[DONE]
    if not st.button("Undo", key="checking:undo", shortcut=UNDO, disabled=not done):
        return
    after, before = done[-1]
    now = _corrected(actor, after, before or Said())
    if now is not None or look_again(actor, after):
        done.pop()
    if now is not None:
        now = replace(now, said=before, at_random=after.at_random and before is not None)
        queue, at = st.session_state[QUEUE], st.session_state[AT]
        there = [number for number, each in enumerate(queue) if each.place == after.place]
        if there:
            at = there[0]
            queue[at] = now
        else:
            queue.insert(at, now)
        go(at, as_said(after))
    st.rerun()


def go(at: int, draft: Draft | None = None) -> None:
    """Show another comment of the round. draft: what is said of it so far; None: as it was read."""
    state = st.session_state
    state[AT], state[TURN] = at, state.get(TURN, 0) + 1
    for name in (DRAFT, KEPT):
        state.pop(name, None)
    if draft is not None:
        state[DRAFT] = state[QUEUE][at].place, draft
    st.rerun()


def look_again(actor: Actor, seen: Seen) -> str:
    """Have a comment of the round as it is now; without it, where it is no more. Returns what has changed, in words."""
    with reading(shell.engine()) as session:
        now = corrections.read_seen(session, shell.instruments(), actor, seen.place, limits=shell.limits())
    state = st.session_state
    if now is None:
        state[QUEUE] = [each for each in state[QUEUE] if each.place != seen.place]
        state.pop(DRAFT, None)
        return "The comment that was here is no more: it was taken back or kept back. All you kept before stands."
    if (now.text, now.topics, now.sentiment) == (seen.text, seen.topics, seen.sentiment):
        return ""
    now = replace(now, at_random=seen.at_random)
    state[QUEUE] = [now if each.place == seen.place else each for each in state[QUEUE]]
    state[TURN] = state.get(TURN, 0) + 1
    place, draft = state.get(DRAFT, (None, None))
    if now.text == seen.text and place == seen.place and draft != as_said(seen):
        return "This comment was read anew meanwhile. What you said of it so far still stands."
    _set_aside(place, draft, now)
    if now.text == seen.text:
        return "This comment was read anew meanwhile. Please look again."
    return "This comment is masked otherwise since you saw it. Its tone stands as you said; please point again."


def _set_aside(place: Any, draft: Draft | None, now: Seen) -> None:
    """Begin anew with a comment that has changed, but for what was said of its tone."""
    fresh = as_said(now)
    if draft is not None and place == now.place:
        fresh = replace(fresh, sentiment=draft.sentiment)
    st.session_state[DRAFT] = now.place, fresh
