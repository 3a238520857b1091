"""Telling learners and employers what became of what they said: the words, what stands beside them, the page for
everybody, and the message to those who asked to hear of it."""

from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any

import streamlit as st
from sqlmodel import Session

from feedback.exchange.links import page_address
from feedback.findings.words import count
from feedback.policy import ACT, Actor, Subject
from feedback.store import told
from feedback.store.action import DROPPED, Action
from feedback.store.database import reading
from feedback.store.told import EMPLOYERS, LEARNERS, READERS, Telling
from feedback.survey.text import TELLING
from feedback.survey.told import effect_in_words, found_in_words, state_in_words
from feedback.survey.wording import languages, word
from feedback.ui import governing, page, shell, visitor
from feedback.ui.fields import day
from feedback.ui.inviting import can_send, reached_at

ASKED = {LEARNERS: "learner", EMPLOYERS: "employer"}
"""Of whom a reader is one."""
LABELS = {LEARNERS: "What do learners read?", EMPLOYERS: "What do employers read?"}
HOUSE = "en"
STEP = 5
"""Learners' addresses are told in steps of so many: how many leave one must not tell how many have answered."""
PUBLIC = (
    "From then on anybody can read it, without an account; whoever answered finds it by their code, too. You can take "
    "it back at any time. What somebody has read or saved by then stays with them."
)


def show(one: Action) -> None:
    """What is told of an action, and how it comes to be; for whoever may act on its credential."""
    subject = shell.everything().subject(one.credential)
    if not visitor.may(ACT, subject):
        _for_readers(one)
        return
    page.heading("What do learners and employers hear of it?")
    with reading(shell.engine()) as session:
        telling = told.read_telling(session, one.id)
    if one.told_on is not None and telling is not None:
        _told(one, telling)
    else:
        _write(one, telling)


def _for_readers(one: Action) -> None:
    """For whoever may only read: that it is public, and where."""
    if one.told_on is not None:
        page.quiet(f"Learners and employers were told of it on {day(one.told_on)}.")
        page.way(page_address("", one.credential), "What anybody can read")


# --- before -----------------------------------------------------------------------------------------------------------


def _write(one: Action, telling: Telling | None) -> None:
    """The words, in each language somebody wants to write them in, and the button that shows how it would stand."""
    page.quiet(
        "Say in a sentence or two what you heard and what you do about it. Quote nobody, and leave numbers out: those "
        "that may be told stand beside your words. Leave empty whom you do not want to tell."
    )
    first = {LEARNERS: one.words_learners, EMPLOYERS: one.words_employers}
    known = telling.words if telling is not None else {}
    words: dict[str, dict[str, str]] = {reader: {} for reader in READERS}
    with st.container(key=f"field-entry-telling-{one.id}"):
        for reader in READERS:
            said = known.get(reader, {}).get(HOUSE, first[reader])
            label = f"{LABELS[reader]} ({word('name', HOUSE)})"
            words[reader][HOUSE] = st.text_area(label, said, key=f"telling:{one.id}:{reader}:{HOUSE}")
        others = [language for language in languages() if language != HOUSE]
        with st.expander("In other languages (whoever reads one of them sees it in theirs)"):
            for reader in READERS:
                for language in others:
                    label = f"{LABELS[reader]} ({word('name', language)})"
                    said = known.get(reader, {}).get(language, "")
                    words[reader][language] = st.text_area(label, said, key=f"telling:{one.id}:{reader}:{language}")
    if any(may_name(said) for said in words.values()):
        page.block("p", "This may name somebody, or hold an address or a long number. Please look at it again.", "hint")
    empty = not any(text.strip() for said in words.values() for text in said.values())
    if st.button("See how it would stand …", key=f"telling:look:{one.id}", disabled=empty):
        _preview(one, words)
    if empty:
        page.quiet("Write something for learners or for employers first.")


def may_name(said: Mapping[str, str]) -> bool:
    """Whether words, by language, may name somebody, or hold an address or a long number."""
    return any(TELLING.search(text) for text in said.values())


@st.dialog("How it would stand")
def _preview(one: Action, words: Mapping[str, Mapping[str, str]]) -> None:
    """What anybody would read, or why it may not be told; the button that tells it."""
    found, refused = found_for(one, words)
    if refused:
        page.block("p", "This cannot be told yet.", "slip", role="alert")
        page.block("p", refused, "said")
        return
    for reader in READERS:
        for language, text in words.get(reader, {}).items():
            if text.strip():
                page.block("p", f"{word(f'public.{reader}', HOUSE)} ({word('name', language)})", "part-title")
                page.block("p", text, "said", direction="auto")
    beside = found_in_words(found, HOUSE)
    governing.facts(
        {
            word("public.found", HOUSE): beside or "Nothing is told in numbers.",
            word("public.state", HOUSE): state_in_words(one.state, HOUSE),
            "Where": page_address(reached_at()[0], one.credential),
        }
    )
    if may_name(found.get("label", {})):
        page.block("p", "What it is about is named by your topics, and may name somebody. Please look again.", "hint")
    if one.state == DROPPED:
        page.block("p", "The action was dropped: it will say that it is not going ahead.", "hint")
    page.quiet(PUBLIC)
    if st.button("Tell everybody", type="primary", key=f"telling:tell:{one.id}"):
        work = partial(_publish, one.id, words, found)
        governing.do(work, "It is public now.", action=one.id)
        st.rerun()


def _publish(
    name: str, words: Mapping[str, Mapping[str, str]], found: Mapping[str, Any], session: Session, by: Actor
) -> Action:
    return told.publish(session, by, name, words, found, least=shell.limits().for_public().minimum_group)


def found_for(one: Action, words: Mapping[str, Mapping[str, str]]) -> tuple[Mapping[str, Any], str]:
    """What may be told in public of what an action rests on, with its names in every language; and why it may not be
    told, "" where it may."""
    from feedback.worker.telling import labels_of  # here and below: it brings tables, which only who tells needs

    spoken_to = [reader for reader in READERS if any(text.strip() for text in words.get(reader, {}).values())]
    measure = (one.measure.kind, one.measure.audience, one.measure.id, one.measure.item) if one.measure else None
    with reading(shell.engine()) as session:
        before = told.found_before(session, one.credential)
        labels = labels_of(session, shell.instruments(), one.measure)
    audiences = tuple(ASKED[reader] for reader in spoken_to)
    answer = shell.may_be_told(one.credential, one.source, measure, audiences, before)
    return ({**answer.told, **labels} if answer.told else {}), answer.refused


# --- after ------------------------------------------------------------------------------------------------------------


def _told(one: Action, telling: Telling) -> None:
    page.block("p", f"Public since {governing.day(one.told_on)}.", "done")
    page.way(page_address("", one.credential), "See what anybody reads")
    for reader in READERS:
        for language, text in telling.words.get(reader, {}).items():
            page.block("p", f"{word(f'public.{reader}', HOUSE)} ({word('name', language)})", "part-title")
            page.block("p", text, "said", direction="auto")
    governing.facts(
        {
            word("public.found", HOUSE): found_in_words(telling.found, HOUSE),
            word("public.state", HOUSE): state_in_words(one.state, HOUSE),
            word("public.effect", HOUSE): " ".join(effect_in_words(telling.effect, HOUSE)) or _not_yet(one, telling),
        }
    )
    _writing(one, telling)
    if st.button("Take it back", key=f"telling:back:{one.id}"):
        governing.do(partial(_take_back, one.id), "It is public no more. You can tell it again.", action=one.id)
        st.rerun()


def _not_yet(one: Action, telling: Telling) -> str:
    """Why nothing is told of what came of it; "" where nothing is looked at again."""
    if one.measure is None:
        return ""
    if one.effect is None:
        return "Not measured yet; it will stand there by itself."
    return "Measured, but by too few people for a public page." if telling.effect == {} else "It will stand there soon."


def _take_back(name: str, session: Session, by: Actor) -> Action:
    return told.take_back(session, by, name)


def _writing(one: Action, telling: Telling) -> None:
    """The message to those who asked to hear of it, once."""
    if one.is_sample:
        page.quiet("This institution is invented, so nobody is written to.")
        return
    if telling.written_on is not None:
        page.quiet(f"Those who asked to hear of it were written to on {day(telling.written_on)}, once and for good.")
        return
    if telling.write_from is not None:
        page.quiet("Those who asked to hear of it are being written to.")
        return
    asked = who_hears(one, telling)
    if not asked:
        page.quiet("Nobody has asked to be written to about this credential, so it stands on the page only.")
        return
    page.quiet(f"{asked} A message cannot be taken back, and goes out once.")
    if not can_send():
        page.quiet("No mail is sent from here yet (FEEDBACK_SMTP_URL and FEEDBACK_PUBLIC_URL are to be set).")
    elif st.button("Write to them", key=f"telling:write:{one.id}"):
        governing.do(partial(_ask_to_write, one.id), "The messages leave shortly.", action=one.id)
        st.rerun()


def _ask_to_write(name: str, session: Session, by: Actor) -> bool:
    return told.ask_to_write(session, by, name)


def who_hears(one: Action, telling: Telling) -> str:
    """Who would be written to, in a sentence; "" where nobody asked for it, or nothing is written for them.

    Learners' addresses are told in steps of STEP only, rounded up.
    """
    from feedback.worker.telling import heard_by

    with reading(shell.engine()) as session:
        contacts, kept = heard_by(session, one.credential)
    parts = []
    if contacts and telling.words.get(EMPLOYERS):
        parts.append(count(len(contacts), "employer agreed", "employers agreed"))
    if kept and telling.words.get(LEARNERS):
        most = -(-len(kept) // STEP) * STEP
        parts.append(f"up to {most} learners left an address")
    return f"To be told of it, {' and '.join(parts)}." if parts else ""


# --- the card ---------------------------------------------------------------------------------------------------------


def card(slug: str) -> None:
    """The card of a credential, for whoever may act on it: whether anybody may see it, and how it stands elsewhere."""
    subject = shell.everything().subject(slug)
    if not visitor.may(ACT, subject):
        return
    with reading(shell.engine()) as session:
        cards = told.cards(session)
    with st.expander("A card for everybody: how employers see it", key="fold:public-card"):
        governing.tell()
        least = shell.limits().for_public().minimum_group
        page.quiet(
            "A plain label that says how many employers know this credential and how far they count it, with how sure "
            f"that is. It shows from {least} people on, and moves only when as many have answered anew. Below that it "
            "says that not enough have answered."
        )
        if slug in cards:
            _card_on(slug, subject, cards[slug])
        elif st.button("Let everybody see the card", key="card:on"):
            _switch(slug, on=True)


def _card_on(slug: str, subject: Subject, document: Mapping[str, Any] | None) -> None:
    address, is_set = reached_at()
    here = page_address(address, slug)
    page.block("p", "Anybody can see it.", "done")
    page.block("p", _says(document), "said")
    _picture(slug)
    page.way(page_address("", slug), "See the page")
    title = shell.everything().titles().get(slug, slug)
    language = st.selectbox(
        "In which language?", languages(), format_func=lambda code: word("name", code), key="card:language"
    )
    alt = word("public.alt", language, title=title)
    page.block("p", "To put it on a page of yours, as a picture:", "part-title")
    st.code(picture_snippet(here, language, alt), language=None, wrap_lines=True)
    page.block("p", "Or as a frame, whose words can be marked and read out:", "part-title")
    st.code(frame_snippet(here, language, alt), language=None, wrap_lines=True)
    if not is_set:
        page.quiet("FEEDBACK_PUBLIC_URL is not set, so this is the address you came by; others may need another.")
    if st.button("Show the card no more", key="card:off"):
        _switch(slug, on=False)


def _picture(slug: str) -> None:
    """The card as others see it: the app gives it out itself."""
    title = shell.everything().titles().get(slug, slug)
    where, alt = escape(page_address("", slug)), escape(word("public.alt", HOUSE, title=title))
    st.html(f'<img src="{where}/card.svg?language={HOUSE}" alt="{alt}" style="max-width:100%">')


def picture_snippet(here: str, language: str, alt: str) -> str:
    """What shows the card as a picture that leads to its page. here: the address of the page.

    >>> "&quot;" in picture_snippet("https://a.example/p/x", "en", 'The "best"')
    True
    """
    said, where = escape(alt), escape(here)
    return (
        f'<a href="{where}?language={language}"><img src="{where}/card.svg?language={language}" alt="{said}" '
        'width="440" height="320"></a>'
    )


def frame_snippet(here: str, language: str, title: str) -> str:
    """What shows the card as a page in a page."""
    said, where = escape(title), escape(here)
    return (
        f'<iframe src="{where}/card?language={language}" title="{said}" width="440" height="360" loading="lazy" '
        'style="border:0;max-width:100%"></iframe>'
    )


def _says(document: Mapping[str, Any] | None) -> str:
    """What the card says now, in a sentence."""
    if document is None:
        return "Its figures are being prepared."
    if document["state"] == "few":
        return "It says that not enough employers have answered yet."
    return f"It stands on {document['asked']} employers of {document['organisations']} organisations."


def _switch(slug: str, *, on: bool) -> None:
    def work(session: Session, by: Actor) -> bool:
        return told.switch_on(session, by, slug) if on else told.switch_off(session, by, slug)

    said = "Anybody can see the card now." if on else "The card is shown no more."
    governing.do(work, said, **st.query_params.to_dict())
    st.rerun()
