"""The pieces every page is made of: a question as title, its answer in a sentence, quiet words. Text is text."""

from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from feedback.charts.theme import Palette

HERE = Path(__file__).parent


def block(tag: str, text: str, kind: str = "", *, role: str = "", direction: str = "", ident: str = "") -> None:
    """One element holding text, never markup: whatever people wrote stands as they wrote it."""
    given = {"class": kind, "role": role, "dir": direction, "id": ident}
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in given.items() if value)
    st.html(f"<{tag}{attributes}>{escape(text)}</{tag}>")


def style(colours: Palette) -> None:
    """The house style sheet in the reader's colours; drawn once a run."""
    named = {
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
    variables = "".join(f"--{name}:{value};" for name, value in named.items())
    # With an element before it the sheet stays in the page: alone, it would go where reruns may drop it.
    st.html(f'<div class="house"></div><style>:root{{{variables}}}{_rules()}</style>')


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


def heading(text: str) -> None:
    """A section's title, itself a sentence or a question."""
    block("h2", text, "section-title")


def quiet(text: str) -> None:
    """A quiet line: method, counts, cautions."""
    block("p", text, "quiet")


def empty(text: str, *steps: str) -> None:
    """Nothing to show yet, and what to do next."""
    items = "".join(f"<li>{escape(step)}</li>" for step in steps)
    st.html(f'<div class="empty"><p>{escape(text)}</p>{f"<ol>{items}</ol>" if steps else ""}</div>')


def to_top(turn: int) -> None:
    """Bring the reader to the top of the page, once for every turn; nothing happens at turn 0.

    After "Next" people stand at the foot of a step; the next one, or what is to be mended in this one, begins above.
    """
    if turn:
        script = "document.querySelector('[data-testid=\"stMain\"]')?.scrollTo(0, 0)"
        st.html(
            f'<div class="house" data-turn="{int(turn)}"></div><script>{script}</script>', unsafe_allow_javascript=True
        )
