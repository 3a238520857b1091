"""Is what was read in the comments right? One comment at a time, with one key for everything that can be said of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from types import MappingProxyType
from typing import Any, Literal

import streamlit as st

from feedback import policy
from feedback.errors import Refused
from feedback.policy import TEACH, Actor
from feedback.store import corrections
from feedback.store.corrections import Seen
from feedback.store.database import DatabaseBusy, reading, transaction
from feedback.store.mended import Said
from feedback.store.moderation import Changed
from feedback.ui import marks, page, quality_of_reading, shell, teaching, visitor
from feedback.ui.forms import literal
from feedback.ui.quotes import in_language
from feedback.ui.saying import (
    SOUNDS,
    SPOKEN,
    Draft,
    as_read,
    as_said,
    beside,
    is_unseen,
    is_whole,
    keys_for,
    label,
    marked,
    pointed,
    spoken_of,
    stepped,
    turned,
    words_of,
)
from feedback.worker import checking as worker
from feedback.worker.moderating import hints_of
from feedback.worker.topics import Offered, offered

QUEUE, AT, DONE, DRAWN, TOLD, DRAFT, TURN, KEPT, ASKED = (
    f"checking:{name}" for name in ("queue", "at", "done", "drawn", "told", "draft", "turn", "kept", "asked")
)
"""Where a round is kept: its comments, which of them shows, what can be undone, what it was drawn for, what is to be
said once, what was said so far of the comment that shows, a number that makes the controls anew, the comment of which
the reading shows because their word was just kept, and one that another page asks to have checked."""
VIEWS = {"check": "Check comments", "quality": "How good is it?"}
ROUND = 20
"""Comments drawn at once."""
EVERY = "*"
UNSEEN = (
    "What the program read shows once your own word is kept: this comment was drawn to measure it. Say how it sounds, "
    "and what it is about."
)
A_PART = 100
"""So many words to choose from at once."""
Change = Callable[[Draft], Draft]
RIGHT, SKIP, BACK, UNDO = "Y", "N", "B", "U"
STEPS: Mapping[str, tuple[str, str, int, bool]] = MappingProxyType(
    {
        "earlier": ("A word earlier", "Left", -1, False),
        "later": ("A word later", "Right", 1, False),
        "more": ("One word more", "Shift+Right", 1, True),
        "less": ("One word less", "Shift+Left", -1, True),
    }
)
"""Ways to move the words of a topic: what is on the button, its key, by how much, and whether only their end moves."""
TURNED = {"Left": "Right", "Right": "Left", "Shift+Left": "Shift+Right", "Shift+Right": "Shift+Left"}
FROM_THE_RIGHT = frozenset({"ar", "fa", "he", "ur"})
"""Languages written from right to left: there the arrow to the left leads on."""
GONE = "The comment you wanted to check is not here any more, or not for you to check. Here are others."


@dataclass(frozen=True)
class Drawn:
    """What a round is drawn for: a credential (None: all), a language ("": all), within whose scopes."""

    credential: str | None
    language: str
    scopes: frozenset[str]


def show() -> None:
    """The page, of whose scope everything on it is. Raises Forbidden."""
    actor = visitor.demand_somewhere(TEACH)
    page.title("Is what was read in the comments right?")
    marks.sample()
    asked = st.query_params.get("view", "")
    view = st.segmented_control(
        "Show",
        list(VIEWS),
        format_func=VIEWS.__getitem__,
        default=asked if asked in VIEWS else "check",
        key="checking:view",
        label_visibility="collapsed",
        required=True,
        on_change=lambda: st.query_params.update(view=st.session_state["checking:view"]),
    )
    if view == "quality":
        quality_of_reading.show()
    else:
        _check(actor)


def _check(actor: Actor) -> None:
    lead = st.empty()
    queue = _round(actor, _choose(actor))
    if told := st.session_state.pop(TOLD, ""):
        page.block("p", told, "notice", role="alert")
    if not queue:
        with lead:
            page.lead("Nothing waits to be checked.")
        _nothing()
        _undo(actor)
        return
    at = st.session_state[AT]
    if said := _look_again(actor, queue[at]):
        st.session_state[TOLD] = said
        st.rerun()
    with lead:
        page.lead(_left(len(queue) - at))
    if st.session_state.get(KEPT) == queue[at].place:
        _compare(actor, queue[at], at)
    else:
        _one(actor, queue[at], at)


def _left(number: int) -> str:
    comments = "One comment is" if number == 1 else f"{number:,} comments are"
    return f"{comments} left of this round. The key of each button stands on it."


@st.cache_data(ttl=600, max_entries=50, show_spinner=False)
def _languages(scopes: frozenset[str], _actor: Actor) -> list[str]:
    with reading(shell.engine()) as session:
        return corrections.languages(session, shell.instruments(), _actor, shell.limits())


@st.cache_resource(max_entries=2, show_spinner=False)
def _offered(version: int) -> Sequence[Offered]:
    with reading(shell.engine()) as session:
        return offered(session)


def _choose(actor: Actor) -> Drawn:
    """What the round is drawn for; all that somebody may check is what everybody begins with."""
    held, scopes = shell.institution(), policy.scopes(actor, TEACH)
    titles = {slug: title for slug, title in held.titles().items() if visitor.may(TEACH, held.subject(slug))}
    none = {"": "About none of them"} if visitor.may(TEACH) else {}
    named = {EVERY: "All credentials"} | titles | none
    asked = st.query_params.get("credential", "")
    with st.container(horizontal=True):
        credential = st.selectbox(
            "Credential",
            list(named),
            index=list(named).index(asked) if asked in titles else 0,
            format_func=named.__getitem__,
            key="checking:credential",
        )
        language = st.selectbox(
            "Language",
            ["", *_languages(scopes, actor)],
            format_func=lambda one: teaching.spoken(one) if one else "Any language",
            key="checking:language",
        )
    return Drawn(None if credential == EVERY else credential, language, scopes)


def _round(actor: Actor, drawn: Drawn) -> list[Seen]:
    """The comments of this round; another is drawn when it is through, or drawn for something else."""
    state = st.session_state
    if asked := state.pop(ASKED, None):
        found = _asked_for(actor, asked)
        if found is None:
            state[TOLD] = GONE
        else:
            state[QUEUE], state[AT], state[DONE], state[DRAWN] = [found], 0, [], drawn
            for name in (DRAFT, KEPT):
                state.pop(name, None)
    if state.get(DRAWN) != drawn or state[AT] >= len(state[QUEUE]):
        if state.get(DRAWN) != drawn:
            state[DONE] = []
        with reading(shell.engine()) as session:
            state[QUEUE] = worker.draw_to_check(
                session,
                shell.instruments(),
                actor,
                limits=shell.limits(),
                credential=drawn.credential,
                language=drawn.language,
                most=ROUND,
            )
        state[DRAWN], state[AT] = drawn, 0
        state.pop(DRAFT, None)
    return state[QUEUE]


@dataclass(frozen=True)
class Asked:
    """A comment of a list, told by what stands there: about which credential ("" none), who was asked, what, and the
    text."""

    credential: str
    audience: str
    question: str
    text: str


def ask_for(asked: Asked) -> None:
    """Go to the page of checking, at this comment."""
    st.session_state[ASKED] = asked
    st.switch_page("pages/checking.py", query_params={"credential": asked.credential} if asked.credential else None)


def _asked_for(actor: Actor, asked: Asked) -> Seen | None:
    """The comment another page asks for, where it is for the visitor to check."""
    questions = [
        (instrument.id, question.id)
        for instrument in shell.instruments().values()
        if instrument.audience == asked.audience
        for question in instrument.questions
        if _questions().get(f"{instrument.id}:{question.id}", question.id) == asked.question
    ]
    with reading(shell.engine()) as session:
        return corrections.find_seen(
            session, shell.instruments(), actor, asked.text, credential=asked.credential, questions=questions,
            limits=shell.limits(),
        )  # fmt: skip


def _nothing() -> None:
    page.empty(
        "You have checked all there is, or nothing is published here yet.",
        "Comments come here once enough people have answered for their answers to be published.",
        "Choose another credential or language above.",
        "See under “How good is it?” what the checking has shown so far.",
    )


# --- one comment ------------------------------------------------------------------------------------------------------


def _one(actor: Actor, seen: Seen, at: int) -> None:
    """A comment with how it was read, and all that can be said of it."""
    state, key = st.session_state, f"{seen.place.mark}:{st.session_state.get(TURN, 0)}"
    if DRAFT not in state or state[DRAFT][0] != seen.place:
        state[DRAFT] = seen.place, as_said(seen)
    draft: Draft = state[DRAFT][1]
    asked = shell.instruments()[seen.instrument]
    topics = [each for each in _offered(shell.version()) if asked.audience in each.audiences]
    draft = replace(draft, offered=tuple(each.id for each in topics))
    names = {**shell.topics(), **{each.id: each.name for each in topics}}
    _text(seen, draft, names)
    if is_unseen(seen):
        page.quiet(UNSEEN)
    page.block("p", "How does it sound, by its own words?", "path-title")
    with st.container(key="checking-sounds", horizontal=True):
        for sound, (words, letter) in SOUNDS.items():
            _press(words, letter, draft.sentiment == sound, f"sounds:{sound}", partial(replace, sentiment=sound))
    page.block("p", "What is it about?", "path-title")
    letters = keys_for([each.name for each in topics])
    with st.container(key="checking-topics", horizontal=True):
        for each, letter in zip(topics, letters, strict=True):
            words = f"✓ {literal(each.name)}" if draft.of(each.id) else literal(each.name)
            _press(
                words,
                letter,
                draft.chosen == each.id,
                f"topic:{each.id}",
                partial(turned, topic=each.id, text=seen.text),
            )
    if draft.chosen:
        _point(seen, draft, names.get(draft.chosen, draft.chosen), key)
    else:
        page.quiet(
            "A topic's key adds it, and asks for its words; the key of one that is there opens it, to change it."
        )
    with st.container(key="checking-go", horizontal=True):
        same = draft.said == replace(as_said(seen), offered=draft.offered).said
        words = "Keep what I say" if is_unseen(seen) else "Right as it is" if same else "Keep what I changed"
        wanting = draft.sentiment is None
        if st.button(words, type="primary", key="checking:right", shortcut=RIGHT, disabled=wanting):
            _keep(actor, seen, draft.said)
        if st.button("Skip", key="checking:skip", shortcut=SKIP):
            _go(at + 1)
        if st.button("Back", key="checking:back", shortcut=BACK, disabled=at == 0):
            _go(at - 1)
        _undo(actor)


def _compare(actor: Actor, seen: Seen, at: int) -> None:
    """What was read in a comment, now that the visitor's word is kept, beside that word."""
    _text(seen, as_read(seen), shell.topics())
    page.block("p", beside(seen.said or Said(), as_read(seen), shell.topics()), "said", role="status")
    page.quiet("Your word is kept, and counts as you gave it before you saw this.")
    with st.container(key="checking-go", horizontal=True):
        if st.button("Next comment", type="primary", key="checking:on", shortcut=RIGHT):
            _go(at + 1)
        _undo(actor)


def _press(label: str, letter: str, chosen: bool, name: str, change: Change) -> None:
    """A button that says one thing of the comment. It changes whatever was said by then: keys may come fast."""
    kind: Literal["primary", "secondary"] = "primary" if chosen else "secondary"
    st.button(label, key=f"checking:{name}", type=kind, shortcut=letter or None, on_click=_change, args=(change,))


def _change(change: Change) -> None:
    place, draft = st.session_state[DRAFT]
    st.session_state[DRAFT] = place, change(draft)


def _point(seen: Seen, draft: Draft, name: str, key: str) -> None:
    """The words of the chosen topic, one press each, and how it is spoken of."""
    topic, tags = draft.chosen, draft.of(draft.chosen)
    page.block("p", f"How is “{name}” spoken of?", "path-title")
    polarity = str(tags[0]["polarity"] or "")
    with st.container(key="checking-spoken", horizontal=True):
        for way, (told, letter) in SPOKEN.items():
            _press(told, letter, polarity == way, f"spoken:{way}", partial(spoken_of, topic=topic, polarity=way))
    words = hints_of(seen.text, seen.language).words
    already = words_of(words, tags, seen.text)
    parts = [f"checking:words:{key}:{topic}:{number}" for number in range(-(-len(words) // A_PART))]
    for first, part in zip(range(0, len(words), A_PART), parts, strict=True):
        numbers = list(range(first, min(first + A_PART, len(words))))
        st.pills(
            f"Press the words that speak of “{literal(name)}”" if not first else f"… from word {first + 1}",
            numbers,
            format_func=lambda number: literal(seen.text[slice(*words[number])]),
            selection_mode="multi",
            default=[number for number in numbers if number in already],
            key=part,
            on_change=_pointed,
            args=(parts, words, len(seen.text)),
        )
    with st.container(key="checking-steps", horizontal=True):
        for way, (told, arrow, by, longer) in STEPS.items():
            arrow = TURNED[arrow] if seen.language in FROM_THE_RIGHT else arrow
            st.button(
                told,
                key=f"checking:step:{way}",
                shortcut=arrow,
                on_click=_stepped,
                args=(partial(stepped, by=by, words=words, text=seen.text, longer=longer),),
            )
    page.quiet(
        "Press words, or move them with the arrow keys (with Shift: their end); of several places the last moves. "
        "Without words the whole comment stands for it. The topic's key once more takes it away."
    )


def _stepped(change: Change) -> None:
    """The words moved by a key; the words to press are drawn anew with it."""
    _change(change)
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _pointed(parts: Sequence[str], words: Sequence[tuple[int, int]], length: int) -> None:
    place, draft = st.session_state[DRAFT]
    chosen = sorted(number for part in parts for number in st.session_state.get(part) or ())
    st.session_state[DRAFT] = place, pointed(draft, chosen, words, length)


# --- the text ---------------------------------------------------------------------------------------------------------


def _text(seen: Seen, draft: Draft, names: Mapping[str, str]) -> None:
    """The comment as it may be shown, its topics at their words, and what it was asked."""
    asked = shell.instruments()[seen.instrument]
    title = shell.institution().titles().get(seen.place.credential, "") or "about no one credential"
    question = _questions().get(f"{seen.instrument}:{seen.place.question}", seen.place.question)
    language = f" · {teaching.spoken(seen.language)}" if seen.language else ""
    about = f"{asked.audience.capitalize()} · {title}{language}"
    unsaid = "cannot tell" if seen.said else "not scored"
    sound = "not said yet" if draft.sentiment is None else SOUNDS[draft.sentiment][0] if draft.sentiment else unsaid
    tone = draft.sentiment or ""
    of_all = [label(tag, names) for tag in draft.tags if is_whole(tag, seen.text)]
    told = f"Sounds: {escape(sound.lower())}{'. As a whole about ' + ', '.join(of_all) if of_all else ''}"
    st.html(
        f'<figure class="quote checking {escape(tone)}"><blockquote dir="auto"{in_language(seen.language)}>'
        f"{marked(seen.text, [tag for tag in draft.tags if not is_whole(tag, seen.text)], names, draft.chosen)}"
        f'</blockquote><figcaption><span class="sounds">{told}</span><br>{escape(about)}<br>'
        f"In answer to: {escape(question)}</figcaption></figure>"
    )


@st.cache_resource(max_entries=1, show_spinner=False)
def _questions() -> Mapping[str, str]:
    from feedback.worker.gathering import question_names

    return question_names(shell.instruments().values())


# --- keeping ----------------------------------------------------------------------------------------------------------


def _keep(actor: Actor, seen: Seen, said: Said) -> None:
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
            _go(state[AT] + 1)
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
        st.session_state[TOLD] = _look_again(actor, seen) or str(error)
    return None


def _undo(actor: Actor) -> None:
    """Take back what was kept last in this round, and show that comment again."""
    done = st.session_state[DONE]
    if not st.button("Undo", key="checking:undo", shortcut=UNDO, disabled=not done):
        return
    after, before = done[-1]
    now = _corrected(actor, after, before or Said())
    if now is not None or _look_again(actor, after):
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
        _go(at, as_said(after))
    st.rerun()


def _go(at: int, draft: Draft | None = None) -> None:
    """Show another comment of the round. draft: what is said of it so far; None: as it was read."""
    state = st.session_state
    state[AT], state[TURN] = at, state.get(TURN, 0) + 1
    for name in (DRAFT, KEPT):
        state.pop(name, None)
    if draft is not None:
        state[DRAFT] = state[QUEUE][at].place, draft
    st.rerun()


def _look_again(actor: Actor, seen: Seen) -> str:
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
    return "This comment is masked otherwise since you saw it. Its sound stands as you said; please point again."


def _set_aside(place: Any, draft: Draft | None, now: Seen) -> None:
    """Begin anew with a comment that has changed, but for what was said of its sound."""
    fresh = as_said(now)
    if draft is not None and place == now.place:
        fresh = replace(fresh, sentiment=draft.sentiment)
    st.session_state[DRAFT] = now.place, fresh
