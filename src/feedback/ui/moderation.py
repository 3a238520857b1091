"""Which comments may be read: one at a time, its words to blacken, and who may read it, each with one key."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from feedback import policy
from feedback.errors import Refused
from feedback.policy import Actor
from feedback.store import moderation
from feedback.store.database import DatabaseBusy, reading, transaction
from feedback.store.masking import AGAIN, INTERNAL, PUBLIC, SAFETY, WITHHELD
from feedback.store.moderation import DANGER, FINE, LONGEST_NOTE, REASONS, Changed, Comment, Decision
from feedback.ui import page, shell, visitor
from feedback.ui.forms import literal
from feedback.worker.moderating import Hints, draw_for, hints_of

QUEUE, AT, DONE, DRAWN, NUMBERS, SAID, ORIGINAL, TURN = (
    f"moderation:{name}" for name in ("queue", "at", "done", "drawn", "numbers", "said", "original", "turn")
)
"""Where a moderator's round is kept: its comments, which of them shows, what can be undone, what it was drawn for, how
many were in each state then, what is to be said once, the original that shows, and a number that makes the controls
anew."""
WHICH = {
    "": "that wait to be read",
    PUBLIC: "for everybody",
    INTERNAL: "for readers of the results",
    WITHHELD: "kept back",
    SAFETY: "of danger",
}
DANGER_MEANS = (
    "Somebody may be in danger. Do today what your institution has laid down for that: tell whoever is responsible for "
    "people's safety; where danger is near, call the emergency services. Nothing here tells who wrote a comment unless "
    "it says so itself, and nobody should try to find out from other answers."
)
EVERY = "*"
A_PART = 100
"""So many words to choose from at once."""
_MACHINE = re.compile(r"\[[a-z-]{1,20}\]")
_BLACK = "background:var(--ink);color:var(--ground);border:0;padding:0 2px"


@dataclass(frozen=True)
class Drawn:
    """What a round is drawn for: a state ("" what waits), a credential (None: all), a language ("": all), and within
    which scopes of whoever decides."""

    state: str
    credential: str | None
    language: str
    scopes: frozenset[str]


def show() -> None:
    """The page of a moderator, of whose scope everything on it is. Raises Forbidden."""
    actor = visitor.demand_somewhere(policy.MODERATE)
    page.title("Which comments may be read?")
    numbers = st.container()
    queue = _round(actor, _choose(actor))
    with numbers:
        _tell_numbers(st.session_state[NUMBERS])
    if said := st.session_state.pop(SAID, ""):
        page.block("p", said, "slip", role="alert")
    if not queue:
        _nothing()
        _undo(actor)
        return
    at = st.session_state[AT]
    if _look_again(actor, queue[at]):
        st.session_state[SAID] = "The comment that was here has changed meanwhile, or is no more. Please look again."
        st.rerun()
    _one(actor, queue[at], at, len(queue))


def alarms() -> None:
    """The comments by which somebody may be in danger, for whoever keeps the answers or moderates. Raises Forbidden."""
    actor = visitor.who()
    if not policy.can(actor, policy.KEEP):
        visitor.demand_somewhere(policy.MODERATE)
    page.heading("Do comments tell of somebody in danger?")
    page.quiet("Who looks here is recorded.")
    if not st.button("Show them", key="alarms"):
        return
    with transaction(shell.engine()) as session:
        found = moderation.alarms(session, actor)
    if not found:
        page.quiet("No comment was put on this list.")
        return
    page.block("p", DANGER_MEANS, "slip", role="alert")
    for comment in found:
        _text(comment, comment.decision.masks if comment.decision else ())


def _tell_numbers(numbers: Mapping[str, int]) -> None:
    waiting = numbers[""]
    page.lead("No comment waits to be read." if not waiting else f"{waiting:,} {_comments(waiting)} to be read.")
    told = [f"{number:,} {WHICH[state]}" for state, number in numbers.items() if state and number]
    if told:
        page.quiet(f"Decided: {', '.join(told)}.")


def _comments(number: int) -> str:
    return "comment waits" if number == 1 else "comments wait"


@st.cache_data(ttl=600, max_entries=50, show_spinner=False)
def _languages(scopes: frozenset[str], _actor: Actor) -> list[str]:
    with reading(shell.engine()) as session:
        return moderation.languages(session, _actor)


def _choose(actor: Actor) -> Drawn:
    """What the round is drawn for; the first is what everybody begins with."""
    held, scopes = shell.institution(), policy.scopes(actor, policy.MODERATE)
    titles = {slug: title for slug, title in held.titles().items() if visitor.may(policy.MODERATE, held.subject(slug))}
    none = {"": "About none of them"} if visitor.may(policy.MODERATE) else {}
    named = {EVERY: "All credentials"} | titles | none
    with st.container(horizontal=True):
        state = st.selectbox("Comments", list(WHICH), format_func=WHICH.__getitem__, key="moderation:which")
        credential = st.selectbox("Credential", list(named), format_func=named.__getitem__, key="moderation:credential")
        language = st.selectbox(
            "Language",
            ["", *_languages(scopes, actor)],
            format_func=lambda one: one or "Any language",
            key="moderation:language",
        )
    return Drawn(state, None if credential == EVERY else credential, language, scopes)


def _round(actor: Actor, drawn: Drawn) -> list[Comment]:
    """The comments of this round; another one is drawn when it is through, or drawn for something else."""
    state = st.session_state
    if state.get(DRAWN) != drawn or state[AT] >= len(state[QUEUE]):
        if state.get(DRAWN) != drawn:
            state[DONE] = []
        with reading(shell.engine()) as session:
            state[NUMBERS] = moderation.count(session, actor)
            state[QUEUE] = draw_for(
                session, actor, state=drawn.state, credential=drawn.credential, language=drawn.language
            )
        state[DRAWN], state[AT] = drawn, 0
        state.pop(ORIGINAL, None)
    return state[QUEUE]


def _nothing() -> None:
    if st.session_state[NUMBERS][""]:
        page.empty("None of this kind. Choose another above.")
        return
    page.empty(
        "None of this kind. Comments come here once enough people have answered for their answers to be published.",
        "Until a comment is decided about, leads read it as the program has masked it, marked as not reviewed.",
        "Look at what was decided before: choose another kind above.",
    )


def _one(actor: Actor, comment: Comment, at: int, number: int) -> None:
    """A comment, with all that can be done about it."""
    hints, turn = hints_of(comment.text, comment.language), st.session_state.get(TURN, 0)
    key = f"{comment.place.mark}:{turn}"
    before = comment.decision or Decision("")
    page.quiet(f"{at + 1:,} of the {number:,} drawn, in random order. {_about(comment)}")
    if before.state == AGAIN:
        page.block("p", f"Decided before ({REASONS[before.reason]}), and masked otherwise since.", "slip")
    if before.state == SAFETY:
        page.block("p", DANGER_MEANS, "slip", role="alert")
    if hints.dangers and before.state in ("", AGAIN):
        page.block("p", f"To be read first, for these words: {', '.join(hints.dangers)}.", "slip")
    place = st.empty()
    chosen = _words(comment, hints, key)
    masks = [hints.words[number] for number in chosen]
    with place:
        _text(comment, masks)
    reasons = [reason for reason in REASONS if reason not in (FINE, DANGER)]
    reason = st.pills(
        "Why",
        reasons,
        format_func=REASONS.__getitem__,
        default=before.reason if before.reason in reasons else None,
        key=f"reason:{key}",
    )
    note = st.text_input("A note for moderators", before.note, max_chars=LONGEST_NOTE, key=f"note:{key}")
    _decisions(actor, comment, Decision("", reason or "", note, tuple(masks)))
    _ways(actor, at)
    _original(actor, comment)


def _about(comment: Comment) -> str:
    asked = shell.instruments()[comment.instrument]
    credential = comment.place.credential
    title = shell.institution().titles().get(credential, credential) or "about no one credential"
    return f"{asked.audience.capitalize()} · {title}"


def _text(comment: Comment, masks: Sequence[tuple[int, int]]) -> None:
    """The comment: what the program masked underlined, what is to be blackened black."""
    spans = [(start, end, _BLACK) for start, end in masks]
    spans += [(*found.span(), "") for found in _MACHINE.finditer(comment.text)]
    parts, at = [], 0
    for start, end, look in sorted(spans):
        if start < at:
            continue
        style = f' style="{look}"' if look else ""
        parts += [escape(comment.text[at:start]), f"<mark{style}>{escape(comment.text[start:end])}</mark>"]
        at = end
    parts.append(escape(comment.text[at:]))
    asked = escape(_asked(comment))
    st.html(
        f'<figure class="quote"><blockquote dir="auto">{"".join(parts)}</blockquote>'
        f"<figcaption>In answer to: {asked}</figcaption></figure>"
    )


def _asked(comment: Comment) -> str:
    return _questions().get(f"{comment.instrument}:{comment.place.question}", comment.place.question)


@st.cache_resource(max_entries=1, show_spinner=False)
def _questions() -> Mapping[str, str]:
    from feedback.worker.gathering import question_names

    return question_names(shell.instruments().values())


def _words(comment: Comment, hints: Hints, key: str) -> list[int]:
    """The words to blacken, one click each; those that may be names with one click together."""
    blackened = comment.decision.masks if comment.decision else ()
    already = {
        number for number, (start, end) in enumerate(hints.words) if any(start < b and a < end for a, b in blackened)
    }
    parts = [f"words:{key}:{number}" for number in range(-(-len(hints.words) // A_PART))]
    if hints.names:
        names = ", ".join(dict.fromkeys(comment.text[slice(*hints.words[number])] for number in hints.names))
        if st.button(f"Blacken what may be names: {literal(names)}", key=f"names:{key}", shortcut="M"):
            for number in hints.names:
                part = parts[number // A_PART]
                st.session_state[part] = sorted({*st.session_state.get(part, ()), number})
    chosen: list[int] = []
    for first, part in zip(range(0, len(hints.words), A_PART), parts, strict=True):
        numbers = list(range(first, min(first + A_PART, len(hints.words))))
        if part not in st.session_state:
            st.session_state[part] = sorted(already & set(numbers))
        chosen += st.pills(
            "Blacken words" if not first else f"… from word {first + 1}",
            numbers,
            format_func=lambda number: literal(comment.text[slice(*hints.words[number])]),
            selection_mode="multi",
            key=part,
        )
    return sorted(chosen)


def _decisions(actor: Actor, comment: Comment, so_far: Decision) -> None:
    """Who may read it. The reason is what was chosen; for a comment that may be read there need not be one."""
    usual = so_far.reason or ("names_somebody" if so_far.masks else FINE)
    offered = (
        (PUBLIC, "Everybody may read it", "P", usual),
        (INTERNAL, "Readers of the results", "L", usual),
        (WITHHELD, "Keep it back", "W", so_far.reason or FINE),
        (SAFETY, "Somebody may be in danger", "D", DANGER),
    )
    with st.container(horizontal=True):
        for state, words, letter, reason in offered:
            if st.button(words, key=f"decide:{state}", shortcut=letter):
                _decide(actor, comment, Decision(state, reason, so_far.note, so_far.masks))


def _ways(actor: Actor, at: int) -> None:
    with st.container(horizontal=True):
        if st.button("Next", key="moderation:next", shortcut="N"):
            _go(at + 1)
        if st.button("Back", key="moderation:back", shortcut="B", disabled=at == 0):
            _go(at - 1)
        _undo(actor)


def _go(at: int) -> None:
    st.session_state[AT] = at
    st.session_state.pop(ORIGINAL, None)
    st.rerun()


def _decide(actor: Actor, comment: Comment, decision: Decision) -> None:
    after = _keep(actor, comment, decision)
    if after is not None:
        state = st.session_state
        state[QUEUE][state[AT]] = after
        state[DONE].append((after, comment.decision))
        _go(state[AT] + 1)
    st.rerun()


def _undo(actor: Actor) -> None:
    """Put the last decision of this round back as it was before."""
    done = st.session_state[DONE]
    if not st.button("Undo", key="moderation:undo", shortcut="U", disabled=not done):
        return
    after, before = done.pop()
    now = _keep(actor, after, before)
    if now is not None:
        queue, at = st.session_state[QUEUE], st.session_state[AT]
        there = [number for number, each in enumerate(queue) if each.place == after.place]
        if there:
            at = there[0]
            queue[at] = now
        else:
            queue.insert(at, now)
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
        _go(at)
    st.rerun()


def _keep(actor: Actor, seen: Comment, decision: Decision | None) -> Comment | None:
    """Keep a decision. None when it was not kept: why is said, and the comment shows as it is now."""
    try:
        with transaction(shell.engine()) as session:
            after = moderation.decide(session, actor, seen, decision)
        for comment, more in ((seen, -1), (after, 1)):
            st.session_state[NUMBERS][_counted_as(comment)] += more
        return after
    except Refused as error:
        st.session_state[SAID] = " ".join(problem.message for problem in error.problems)
    except DatabaseBusy as error:
        st.session_state[SAID] = str(error)
    except Changed as error:
        st.session_state[SAID] = str(error)
        _look_again(actor, seen)
    return None


def _counted_as(comment: Comment) -> str:
    state = comment.decision.state if comment.decision else ""
    return "" if state == AGAIN else state


def _look_again(actor: Actor, seen: Comment) -> bool:
    """Have a comment of the round as it is now; without it, where it is no more. Returns whether it has changed."""
    with reading(shell.engine()) as session:
        now = moderation.read_comment(session, actor, seen.place)
    if now == seen:
        return False
    state = st.session_state
    state.pop(ORIGINAL, None)
    state[QUEUE] = [now if each.place == seen.place else each for each in state[QUEUE]]
    state[QUEUE] = [each for each in state[QUEUE] if each is not None]
    state[TURN] = state.get(TURN, 0) + 1
    return True


def _original(actor: Actor, comment: Comment) -> None:
    """The comment as it was written, on demand; that somebody looked is recorded."""
    if st.button("Show the original", key="moderation:show"):
        try:
            with transaction(shell.engine()) as session:
                said = moderation.original(session, shell.instruments(), actor, comment)
        except Changed as error:
            said = str(error)
        st.session_state[ORIGINAL] = said
    page.quiet("As it was written, with what the program masked. That you looked is recorded, not what you read.")
    if ORIGINAL in st.session_state:
        page.block("blockquote", st.session_state[ORIGINAL], "said", direction="auto")
