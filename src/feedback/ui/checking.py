"""Is what was read in the comments right? One comment at a time, with one key for everything that can be said of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from types import MappingProxyType
from typing import Literal

import streamlit as st

from feedback import policy
from feedback.policy import TEACH, Actor
from feedback.store import corrections
from feedback.store.corrections import Seen
from feedback.store.database import reading
from feedback.store.mended import Said
from feedback.ui import marks, page, quality_of_reading, shell, teaching, visitor
from feedback.ui.forms import literal
from feedback.ui.quotes import in_language
from feedback.ui.round_of_checking import (
    ASKED,
    AT,
    DONE,
    DRAFT,
    DRAWN,
    KEPT,
    LOOKED,
    QUEUE,
    TOLD,
    TURN,
    UNDO,
    go,
    keep,
    look_again,
    showed,
    undo,
)
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

VIEWS = {"check": "Check comments", "quality": "How good is it?"}
ROUND = 20
"""Comments drawn at once."""
EVERY = "*"
UNSEEN = (
    "What the program read shows once your own word is kept: this comment was drawn to measure it. Say its tone, and "
    "what it is about."
)
A_PART = 100
"""So many words to choose from at once."""
Change = Callable[[Draft], Draft]
RIGHT, SKIP, BACK = "Y", "N", "B"
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
        undo(actor)
        return
    at = st.session_state[AT]
    if said := look_again(actor, queue[at]):
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
                shown=state.get(LOOKED, ()),
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
    else:
        showed(seen)
    page.block("p", "What is its tone, by its own words?", "path-title")
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
            stands = seen.said if same and seen.at_random else None  # whatever topics were made since
            keep(actor, seen, stands or draft.said)
        if st.button("Skip", key="checking:skip", shortcut=SKIP):
            go(at + 1)
        if st.button("Back", key="checking:back", shortcut=BACK, disabled=at == 0):
            go(at - 1)
        undo(actor)


def _compare(actor: Actor, seen: Seen, at: int) -> None:
    """What was read in a comment, now that the visitor's word is kept, beside that word."""
    showed(seen)
    _text(seen, as_read(seen), shell.topics())
    page.block("p", beside(seen.said or Said(), as_read(seen), shell.topics()), "said", role="status")
    page.quiet(
        "Your word is kept, and counts as you gave it before you saw this. If you change it now, it teaches and no "
        "longer measures."
    )
    with st.container(key="checking-go", horizontal=True):
        if st.button("Next comment", type="primary", key="checking:on", shortcut=RIGHT):
            go(at + 1)
        if st.button("Change it", key="checking:change", shortcut=UNDO):
            go(at)


def _press(label: str, letter: str, chosen: bool, name: str, change: Change) -> None:
    """A button that says one thing of the comment. It changes whatever was said by then: keys may come fast."""
    kind: Literal["primary", "secondary"] = "primary" if chosen else "secondary"
    st.button(label, key=f"checking:{name}", type=kind, shortcut=letter or None, on_click=_change, args=(change,))


def _change(change: Change) -> None:
    place, draft = st.session_state[DRAFT]
    st.session_state[DRAFT] = place, change(draft)


def _point(seen: Seen, draft: Draft, name: str, key: str) -> None:
    """The words of the chosen topic, one press each, and the tone in which it is spoken of."""
    topic, tags = draft.chosen, draft.of(draft.chosen)
    page.block("p", f"In what tone is “{name}” spoken of?", "path-title")
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
    told = f"Tone: {escape(sound.lower())}{'. As a whole about ' + ', '.join(of_all) if of_all else ''}"
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
