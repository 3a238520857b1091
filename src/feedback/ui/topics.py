"""What do we look for in comments? Topics to make, rename, change and retire; what a change does shows before it is
kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from feedback.errors import FeedbackError, Refused
from feedback.policy import TEACH
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.topics import Overtaken, OwnTopic, Words, id_of, save_topic
from feedback.survey.questionnaire import AUDIENCES
from feedback.survey.wording import languages
from feedback.ui import marks, page, quality_of_reading, shell, teaching, visitor
from feedback.ui.forms import literal
from feedback.ui.teaching import BY, WHAT_FOLLOWS, lines, spoken
from feedback.worker.topics import Known, known_topics, languages_known, shipped, shipped_ids

NEW = "new"
TOLD, DONE, OPENED = "topics:told", "topics:done", "topics:opened"
"""What is to be said once, what the last change can be undone to, and the topic that is open as it was when opened."""
PAGE = "pages/topics.py"
MOST_WORDS_SHOWN = 6
"""So many of a topic's words stand in the list."""


def show() -> None:
    """The page. Raises Forbidden."""
    visitor.demand(TEACH)
    with reading(shell.engine()) as session:
        known = known_topics(session)
    asked = st.query_params.get("topic", "")
    if asked == NEW:
        _edit(None)
        return
    found = next((each for each in known if each.topic.id == asked), None)
    if found is not None:
        _edit(found)
        return
    _list(known, missing=bool(asked))


def _list(known: Sequence[Known], *, missing: bool) -> None:
    _forget()
    page.title("What do we look for in comments?")
    marks.sample()
    if missing:
        page.block("p", "There is no such topic. Choose one below.", "slip", role="alert")
    _tell()
    sought = [each for each in known if each.topic.retired_on is None]
    own = sum(_is_own(each) for each in sought)
    yours = f", {own} of them set here" if own else ", all as they ship"
    page.lead(f"{len(sought)} topics{yours}. Each is found by its words, and learns from corrections.")
    quality_of_reading.anew()
    with st.container(key="add-topic"):
        st.page_link(PAGE, label="+ Make a topic", query_params={"topic": NEW})
    for audience in AUDIENCES:
        these = [each for each in sought if each.topic.audiences and each.topic.audiences[0] == audience]
        if these:
            page.heading(f"In comments of {BY[audience].lower()}{' and others' if audience != 'expert' else ''}")
            _ways(audience, these)
    gone = [each for each in known if each.topic.retired_on is not None]
    if gone:
        page.heading("Looked for no more")
        _ways("retired", gone)


def _ways(name: str, these: Sequence[Known]) -> None:
    with st.container(gap=None, key=f"entries-topics-{name}"):
        for each in these:
            st.page_link(PAGE, label=_label(each), query_params={"topic": each.topic.id}, width="stretch")


def _label(one: Known) -> str:
    said = list(one.topic.seeds.get("en", ())) or [word for words in one.topic.seeds.values() for word in words]
    more = len(said) - MOST_WORDS_SHOWN
    told = ", ".join(said[:MOST_WORDS_SHOWN]) + (f" and {more} more" if more > 0 else "")
    others = [BY[each].lower() for each in one.topic.audiences[1:]]
    also = f" · also {', '.join(others)}" if others else ""
    mark = (" · changed by you" if one.ships else " · yours") if _is_own(one) else ""
    return f"**{literal(one.topic.names['en'])}**  \n{literal(told)}{also}{mark}"


def _is_own(one: Known) -> bool:
    """Whether a topic is the institution's, or otherwise than it ships; one that was put back is not."""
    ships = shipped(one.topic.id)
    return ships is None or not (_reads_same(one.topic, ships) and one.topic.names == ships.names)


# --- one topic --------------------------------------------------------------------------------------------------------


def _edit(found: Known | None) -> None:
    """A topic to be made or changed."""
    st.page_link(PAGE, label="← All topics")
    page.title("A new topic" if found is None else f"Topic: {found.topic.names['en']}")
    marks.sample()
    _tell()
    present = found.topic if found else None
    ident = present.id if present else NEW
    if st.session_state.get(OPENED, ("", None))[0] != ident:
        st.session_state[OPENED] = ident, found.kept if found else None
    if present is not None and present.retired_on is None:
        page.quiet(quality_of_reading.topic_in_words(teaching.measured(), present.id))
    if present is not None and present.retired_on is not None:
        page.block("p", "It is looked for no more; what was counted of it goes with the next reading.", "notice")
    wanted = _fields(present, ident)
    if wanted is None:
        return
    _try(wanted, present)
    with st.container(horizontal=True):
        words = "Make the topic" if found is None else "Keep the change"
        if st.button(words, type="primary", key=f"topic-keep:{ident}"):
            _keep(wanted, found)
        if found is not None:
            _retire(found)


def _fields(present: OwnTopic | None, ident: str) -> OwnTopic | None:
    """What the topic is called and found by, language by language; None while a new one has no name."""
    own = {*present.seeds, *present.names} if present else set()
    known = sorted({*languages(), *languages_known(), *own}, key=lambda code: (code != "en", code))
    names = dict(present.names) if present else {}
    page.block("p", "What is it called?", "path-title")
    called: dict[str, str] = {}
    columns = st.columns(2)
    for at, code in enumerate(known):
        with columns[at % 2]:
            called[code] = st.text_input(
                f"In {spoken(code)}" if code != "en" else "In English (shown where a language has none)",
                names.get(code, ""),
                key=f"topic:{ident}:name:{code}",
                max_chars=80,
            ).strip()
    of = st.pills(
        "Look for it in comments of",
        AUDIENCES,
        format_func=BY.__getitem__,
        selection_mode="multi",
        default=list(present.audiences) if present else [AUDIENCES[0]],
        key=f"topic:{ident}:audiences",
    )
    page.block("p", "By which words is it found?", "path-title")
    page.quiet(
        "Words, or phrases of up to four, one a line; their endings do not matter (“test” finds “tested”). With = "
        "before it a word counts only as it is written: “=dated” finds no “date”. Exclusions are phrases in which a "
        "word does not count: “practice exam” is not practice."
    )
    language = st.segmented_control(
        "Language",
        known,
        format_func=spoken,
        default=known[0],
        required=True,
        key=f"topic:{ident}:language",
    )
    seeds = _words("seeds", "Words", present.seeds if present else {}, known, language, ident)
    exclusions = _words("exclusions", "Exclusions", present.exclusions if present else {}, known, language, ident)
    if present is None and not called["en"]:
        page.quiet("Give it an English name first; what its words would find shows here.")
        return None
    return OwnTopic(
        present.id if present else id_of(called["en"]),
        {code: name for code, name in {**names, **called}.items() if name},
        seeds,
        exclusions,
        tuple(each for each in AUDIENCES if each in of),
        present.retired_on if present else None,
    )


def _words(what: str, label: str, there: Words, known: Sequence[str], language: str, ident: str) -> Words:
    """The words of every language, of which one shows; what was written in another is kept meanwhile."""
    held = st.session_state.setdefault(
        f"topic:{ident}:{what}", {code: "\n".join(there.get(code, ())) for code in known}
    )
    held[language] = st.text_area(
        f"{label} in {spoken(language)}",
        held[language],
        key=f"topic:{ident}:{what}:{language}",
        height=180 if what == "seeds" else 96,
    )
    return {code: tuple(lines(text)) for code, text in held.items() if lines(text)}


def _try(wanted: OwnTopic, present: OwnTopic | None) -> None:
    """What the change would do; of names alone nothing."""
    page.block("p", "What would that do?", "path-title")
    if present is not None and _reads_same(wanted, present):
        same = wanted.names == present.names
        page.quiet("Nothing has been changed yet." if same else "The names only: no comment is read otherwise by that.")
        return
    teaching.tell_trial(teaching.trial(wanted, present))
    page.quiet(WHAT_FOLLOWS)


def _reads_same(one: OwnTopic, other: OwnTopic) -> bool:
    """Whether comments read the same by two ways to have a topic: their names do not matter."""

    def known_by(topic: OwnTopic) -> list[object]:
        words = [{code: tuple(said) for code, said in each.items()} for each in (topic.seeds, topic.exclusions)]
        return [*words, frozenset(topic.audiences), topic.retired_on is not None]

    return known_by(one) == known_by(other)


def _keep(wanted: OwnTopic, found: Known | None) -> None:
    before = found.topic if found else None
    if found is None and _is_taken(wanted.id):
        _slip(f"There is a topic of that name already ({wanted.id}). Choose another name, or change that one.")
        return
    kept = _saved(wanted, st.session_state[OPENED][1])
    if kept is not None:
        follows = "" if before is not None and _reads_same(wanted, before) else f" {WHAT_FOLLOWS}"
        _leave(f"“{kept.names['en']}” is kept.{follows}", kept, before)


def _is_taken(ident: str) -> bool:
    with reading(shell.engine()) as session:
        return ident in shipped_ids() or any(each.topic.id == ident for each in known_topics(session))


def _retire(found: Known) -> None:
    """Look for it no more, or again; put one that ships back as it ships."""
    topic, again = found.topic, found.topic.retired_on is not None
    if st.button("Look for it again" if again else "Look for it no more", key=f"topic-retire:{topic.id}"):
        kept = _saved(replace(topic, retired_on=None if again else _today()), found.kept)
        if kept is not None:
            said = "again" if again else "no more"
            _leave(f"“{topic.names['en']}” is looked for {said}. {WHAT_FOLLOWS}", kept, topic)
    ships = shipped(topic.id)
    if ships is None or again or (_reads_same(topic, ships) and topic.names == ships.names):
        return
    if st.button("Put it back as it ships", key=f"topic-ships:{topic.id}"):
        kept = _saved(ships, found.kept)
        if kept is not None:
            _leave(f"“{kept.names['en']}” is as it ships. {WHAT_FOLLOWS}", kept, topic)


def _today() -> date:
    """Today, as the database has it."""
    with reading(shell.engine()) as session:
        return now(session).date()


def _saved(wanted: OwnTopic, instead_of: OwnTopic | None) -> OwnTopic | None:
    """Keep a topic. None where it was not kept: why is said, and what was written still stands."""
    actor = visitor.demand(TEACH)
    try:
        with transaction(shell.engine()) as session:
            return save_topic(session, actor, wanted, instead_of=instead_of)
    except Refused as refused:
        for problem in refused.problems:
            _slip(f"{problem.where}: {problem.message}")
    except Overtaken as error:
        _slip(f"{error} What you wrote still stands here; go to all topics and open it anew to see theirs.")
    except FeedbackError as error:
        _slip(str(error))
    return None


def _slip(said: str) -> None:
    page.block("p", said, "slip", role="alert")


def _leave(said: str, kept: OwnTopic, before: OwnTopic | None) -> None:
    """Back to the list, where it is said what was done and how to undo it."""
    st.session_state[TOLD], st.session_state[DONE] = said, (kept, before)
    st.switch_page(PAGE)


def _forget() -> None:
    """Hold nothing of what was begun and not kept."""
    for key in [name for name in st.session_state if str(name).startswith(("topic:", OPENED))]:
        del st.session_state[key]


def _tell() -> None:
    """Say what was done, and offer to undo it."""
    teaching.tell_made()
    if said := st.session_state.pop(TOLD, ""):
        page.block("p", said, "done", role="status")
    if DONE not in st.session_state:
        return
    kept, before = st.session_state[DONE]
    if st.button("Undo the last change", key="topics:undo"):
        del st.session_state[DONE]
        undone = _saved(replace(kept, retired_on=_today()) if before is None else before, kept)
        if undone is not None:
            st.session_state[TOLD] = (
                f"“{undone.names['en']}” is {'looked for no more' if before is None else 'as it was before'}."
            )
            st.rerun()
