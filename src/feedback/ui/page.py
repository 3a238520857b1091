"""The pieces every page is made of: a question as title, its answer in a sentence, quiet words. Text is text."""

from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from feedback.charts.theme import Mode, palette
from feedback.survey.wording import languages

HERE = Path(__file__).parent
TO_TOP = (
    "(main => { main?.scrollTo(0, 0); main?.focus({ preventScroll: true }); })"
    "(document.querySelector('[data-testid=\"stMain\"]'))"
)
"""Scrolls to the top, and lets the keyboard go on from there."""
HOUSE = "en"
"""The language of every page but the forms."""


def scripts() -> tuple[str, ...]:
    """Every script of ours that may run in a page; headers.py allows them by their digests."""
    return (TO_TOP, *map(_speaking, languages()))


def _speaking(language: str) -> str:
    return f"document.documentElement.lang = '{language}'"


def block(tag: str, text: str, kind: str = "", *, role: str = "", direction: str = "", ident: str = "") -> None:
    """One element holding text, never markup: whatever people wrote stands as they wrote it."""
    given = {"class": kind, "role": role, "dir": direction, "id": ident}
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in given.items() if value)
    st.html(f"<{tag}{attributes}>{escape(text)}</{tag}>")


def style(mode: Mode) -> None:
    """The house style sheet in the reader's colours; drawn once a run.

    Where the device turns from light to dark while the page lies open, Streamlit turns its own colours without asking
    us: ours turn with them.
    """
    own, light, dark = (_colours(one) for one in (mode, "light", "dark"))
    fixed = "".join(f"--{name}:{value};" for name, value in own.items())
    turning = "".join(f"--{name}:light-dark({light[name]},{dark[name]});" for name in own)
    variables = f":root{{{fixed}}}@supports (color:light-dark(red,red)){{.stApp{{{turning}}}}}"
    # With an element before it the sheet stays in the page: alone, it would go where reruns may drop it.
    st.html(f'<div class="house"></div><style>{variables}{_rules()}</style>')


def _colours(mode: Mode) -> dict[str, str]:
    """The colours of the style sheet by their names there."""
    colours = palette(mode)
    return {
        "ink": colours.ink,
        "ground": colours.ground,
        "quiet": colours.quiet,
        "accent": colours.learner,
        "employers": colours.employer,
        "experts": colours.expert,
        "rule": colours.line,
        "positive": colours.positive,
        "negative": colours.negative,
    }


@cache
def _rules() -> str:
    """The rules of the style sheet, read once a process."""
    return "".join((HERE / name).read_text(encoding="utf-8") for name in ("style.css", "page.css"))


def title(question: str) -> None:
    """The page's title: the question it answers."""
    block("h1", question, "page-title")


def lead(sentence: str) -> None:
    """The answer in a sentence, large."""
    block("p", sentence, "lead")


def heading(text: str, *, ident: str = "") -> None:
    """A section's title, itself a sentence or a question. ident: by which `jumps` leads to it."""
    block("h2", text, "section-title", ident=ident)


def jumps(places: Mapping[str, str]) -> None:
    """Links to sections of this page, of a long one: the words of each by the section's ident."""
    items = "".join(f'<li><a href="#{escape(to)}">{escape(words)}</a></li>' for to, words in places.items())
    st.html(f'<nav class="jumps" aria-label="On this page"><ul>{items}</ul></nav>')


def quiet(text: str) -> None:
    """A quiet line: method, counts, cautions."""
    block("p", text, "quiet")


def way(address: str, words: str) -> None:
    """A link to one of our plain addresses, which leaves the app."""
    st.html(f'<p class="way"><a href="{escape(address)}" target="_self">{escape(words)}</a></p>')


def empty(text: str, *steps: str) -> None:
    """Nothing to show yet, and what to do next."""
    items = "".join(f"<li>{escape(step)}</li>" for step in steps)
    st.html(f'<div class="empty"><p>{escape(text)}</p>{f"<ol>{items}</ol>" if steps else ""}</div>')


def to_top(turn: int) -> None:
    """Bring the reader to the top of the page, once for every turn; nothing happens at turn 0.

    After "Next" people stand at the foot of a step; the next one, or what is to be mended in this one, begins above.
    """
    if turn:
        _run(TO_TOP, f'data-turn="{int(turn)}"')


def speak(language: str) -> None:
    """Say which language the page is in, one there is a wording for, to whoever reads it aloud."""
    _run(_speaking(language), f'data-language="{language}"')


def _run(script: str, marked: str) -> None:
    st.html(f'<div class="house" {marked}></div><script>{script}</script>', unsafe_allow_javascript=True)
