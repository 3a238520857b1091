"""How good the reading of comments is, in a line; and a topic made of words, wherever words are found that want one."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from feedback.errors import FeedbackError, Refused
from feedback.findings.evidence import Choice
from feedback.findings.words import count
from feedback.policy import READ, TEACH, WORKER
from feedback.store.database import reading, transaction
from feedback.store.topics import OwnTopic
from feedback.store.topics import make_topic as keep_topic
from feedback.survey.questionnaire import AUDIENCES
from feedback.survey.wording import languages, words
from feedback.ui import page, quotes, shell, visitor

if TYPE_CHECKING:
    from feedback.worker.checking import Found, Measured, Share, Standing
    from feedback.worker.topics import Learned, Spans, Trial

CHECK, TOPICS = "pages/checking.py", "pages/topics.py"
LEAST = 10
"""Of fewer comments, checked and drawn by chance, nothing is told: one more would turn it over."""
MADE = "teaching:made"
"""Where the name of a topic that was just made waits to be told, once."""
OTHERS = {"fr": "Français", "pt": "Português"}
"""Languages comments are read in, and the app is not worded in."""
BY = {"learner": "Learners", "employer": "Employers", "expert": "Experts"}


def quality_line(choice: Choice = Choice()) -> None:
    """One quiet line on how good the reading of the comments is, with the way to checking some for whoever may."""
    visitor.demand_somewhere(READ)
    page.quiet(in_a_line(_right(shell.version()), learned_from()))
    if visitor.may_somewhere(TEACH):
        about = {"credential": choice.credential} if choice.credential else None
        st.page_link(CHECK, label="Check some comments yourself", query_params=about)


@st.cache_resource(max_entries=2, show_spinner=False)
def _right(version: int) -> "Share":
    from feedback.worker.checking import heard_right  # here and below: it brings models, which most visits never need

    with reading(shell.engine()) as session:
        return heard_right(session, WORKER)


@st.cache_resource(max_entries=2, show_spinner=False)
def _measured(version: int) -> "Measured":
    from feedback.worker.checking import measure

    with reading(shell.engine()) as session:
        return measure(session, WORKER)


def measured() -> "Measured":
    """How good the reading is, by what people said of it: over all comments, without a word of any."""
    return _measured(shell.version())


@st.cache_resource(max_entries=2, show_spinner=False)
def _topics_found(version: int) -> "Found":
    from feedback.worker.checking import topics_found

    with reading(shell.engine()) as session:
        return topics_found(session, WORKER)


def topics_found() -> "Found":
    """How well each topic is found: over all comments, without a word of any."""
    return _topics_found(shell.version())


@st.cache_resource(max_entries=2, show_spinner=False)
def _learned_from(version: int) -> Sequence[tuple[str, int]]:
    from feedback.worker.checking import present_models

    with reading(shell.engine()) as session:
        models = present_models(session)
    return [(each.language, each.learned_from) for each in models if each.in_use and each.kind == "sentiment"]


def learned_from() -> Sequence[tuple[str, int]]:
    """The languages in which the tone of comments is read by what was learned here, and from so many comments."""
    return _learned_from(shell.version())


def in_a_line(right: "Share", learned: Sequence[tuple[str, int]] = ()) -> str:
    """How good the reading is, in a sentence or two. right: comments whose tone is read right, of those checked;
    learned: see `learned_from`."""
    told = "The tone of comments and what they are about is read by a program"
    if learned:
        of = ", ".join(f"{spoken(language)} from {number:,} comments" for language, number in learned)
        told += f", which learned here ({of})"
    if right.of < LEAST:
        return (
            f"{told}. How often it is right nobody can say yet: {_checked(right.of)}, and {LEAST} are needed at least."
        )
    return (
        f"{told}. Of {right.of:,} comments drawn by chance that people checked, it read the tone of "
        f"{in_numbers(right)} right."
    )


def _checked(number: int) -> str:
    if number == 1:
        return "one comment drawn by chance is checked"
    return f"{number:,} comments drawn by chance are checked"


def in_numbers(share: "Share") -> str:
    """A share with its interval, in words.

    >>> from feedback.worker.checking import Share
    >>> in_numbers(Share(40, 30, 0.62, 0.85))
    '30 (75%; likely between 62 and 85%)'
    """
    return f"{share.hits:,} ({share.hits / share.of:.0%}; likely between {share.low * 100:.0f} and {share.high:.0%})"


def spoken(language: str) -> str:
    """The name of a language in itself; its code where we have no name.

    >>> spoken("de"), spoken("fr"), spoken("nl")
    ('Deutsch', 'Français', 'nl')
    """
    return words(language).get("name", language) if language in languages() else OTHERS.get(language, language)


# --- a topic of words -----------------------------------------------------------------------------------------------


def make_topic(
    name: str,
    seeds: Sequence[str],
    *,
    language: str = "en",
    audiences: Collection[str] = AUDIENCES,
    key: str,
) -> None:
    """The button "Make it a topic" beside words that want one, which opens a form filled in; nothing for whoever may
    set no topics. seeds: the words it is to be found by, in `language`. key: another one for each button of a page.
    A page that has it calls `tell_made` where it says what was done."""
    if not visitor.may(TEACH):
        return
    if st.button("Make it a topic", key=f"make-topic:{key}", type="tertiary", icon=":material/new_label:"):
        _make(name, tuple(seeds), language, tuple(audiences), key)


@st.dialog("Make it a topic", width="medium")
def _make(name: str, seeds: Sequence[str], language: str, audiences: Sequence[str], key: str) -> None:
    """What it is to be called, and by which words it is found; what that would find shows before it is kept."""
    called = st.text_input("What is it to be called?", name, key=f"topic-name:{key}")
    told = st.text_area(
        f"Words or short phrases that speak of it, one a line ({spoken(language)})",
        "\n".join(seeds),
        key=f"topic-words:{key}",
        height=144,
    )
    of = st.pills(
        "Look for it in comments of",
        AUDIENCES,
        format_func=BY.__getitem__,
        selection_mode="multi",
        default=[each for each in AUDIENCES if each in audiences],
        key=f"topic-audiences:{key}",
    )
    wanted = OwnTopic("new", {"en": called or "new"}, {language: tuple(lines(told))}, {}, tuple(of))
    tell_trial(trial(wanted, None))
    page.quiet(WHAT_FOLLOWS)
    if st.button("Make the topic", type="primary", key=f"topic-make:{key}"):
        from feedback.worker.topics import shipped_ids

        try:
            actor = visitor.demand(TEACH)
            with transaction(shell.engine()) as session:
                made = keep_topic(
                    session, actor, called, lines(told), language=language, audiences=of, taken=shipped_ids()
                )
        except Refused as refused:
            for problem in refused.problems:
                page.block("p", f"{problem.where}: {problem.message}", "slip", role="alert")
        except FeedbackError as error:
            page.block("p", str(error), "slip", role="alert")
        else:
            st.session_state[MADE] = made.names["en"]
            st.rerun()


WHAT_FOLLOWS = (
    "All comments are read anew with it, in the background. Until that is done every page shows what was read before."
)


def tell_made() -> None:
    """Say once that a topic was made, on whichever page it was."""
    if name := st.session_state.pop(MADE, ""):
        page.block("p", f"“{name}” is a topic now. {WHAT_FOLLOWS}", "done", role="status")
        st.page_link(TOPICS, label="See all topics, change it or take it back")


def lines(told: str | None) -> list[str]:
    """The lines of a text that hold anything.

    >>> lines("career advice\\n\\n  jobs ")
    ['career advice', 'jobs']
    """
    return [line.strip() for line in (told or "").splitlines() if line.strip()]


def trial(wanted: OwnTopic, present: OwnTopic | None) -> "Trial":
    """What a topic would do to the comments that are listed for the visitor; by its words alone where a model that was
    learned cannot be read."""
    from feedback.worker.reader import reader_of
    from feedback.worker.topics import try_topic

    with reading(shell.engine()) as session:
        try:
            reader = reader_of(session)
        except FeedbackError:  # a model that cannot be read: its job says so, and the words can be tried without it
            reader = None
    return try_topic(shell.answer("comments").rows, wanted, present, reader)


def tell_trial(found: "Trial") -> None:
    """What a topic would do, in words, with comments it would bring."""
    page.block("p", trial_in_words(found), "said", role="status")
    _examples(found.examples)
    if found.learned is not None:
        page.block("p", learned_in_words(found.learned), "said", role="status")
        _examples(found.learned.examples)


def _examples(found: "Sequence[tuple[str, Spans]]") -> None:
    for text, spans in found:
        st.html(f'<figure class="quote"><blockquote dir="auto">{quotes.marked(text, spans)}</blockquote></figure>')


def learned_in_words(found: "Learned") -> str:
    """What would be found by what was learned here.

    >>> from feedback.worker.topics import Learned
    >>> learned_in_words(Learned(("en",), 14, 15, 6, 0, ())).rpartition(": ")[2]
    'that would name it in 15 instead of 14. In 6 of these none of its words stands.'
    """
    languages = " and ".join(spoken(each) for each in found.languages)
    told = (
        f"In {languages} it is read by what was learned here from corrections, to which its words are one hint among "
        f"others: that would name it in {found.then:,}"
    )
    told += ", as it does now." if found.now == found.then else f" instead of {found.now:,}."
    beyond = f"In {found.beyond:,} of these none of its words stands" if found.beyond else ""
    others = count(found.against, "other", "others")
    against = f"in {others} they stand, and it is not named" if found.against else ""
    also = "; ".join(filter(None, (beyond, against)))
    return f"{told} {also[0].upper()}{also[1:]}." if also else told


def trial_in_words(found: "Trial") -> str:
    """What a change of a topic would do.

    >>> from feedback.worker.topics import Trial
    >>> trial_in_words(Trial(200, 0, 12, 12, 0, ()))
    'Of the 200 comments listed, its words would name it in 12.'
    >>> trial_in_words(Trial(200, 10, 12, 5, 3, ()))
    'Of the 200 comments listed, its words would name it in 12 instead of 10: 5 more, and 3 no longer.'
    >>> trial_in_words(Trial(0, 0, 0, 0, 0, ()))
    'No comments are listed yet, so what it would do cannot be tried.'
    """
    if not found.listed:
        return "No comments are listed yet, so what it would do cannot be tried."
    told = f"Of the {found.listed:,} comments listed, its words would name it in {found.then:,}"
    if not found.more and not found.fewer:
        return f"{told}{', as they do now' if found.now else ''}."
    if not found.now:
        return f"{told}."
    return f"{told} instead of {found.now:,}: {found.more:,} more, and {found.fewer:,} no longer."


def read_standing() -> "Standing":
    """Whether everything is being read anew."""
    from feedback.worker.checking import standing

    with reading(shell.engine()) as session:
        return standing(session)
