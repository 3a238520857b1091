"""The codebook as a page: choose a questionnaire and a language, look for a word, read, take the file."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from feedback.exchange.codebook import answers_of, codebook
from feedback.exchange.codebook_files import question_html, write_codebook
from feedback.survey.text import say
from feedback.survey.wording import languages, words
from feedback.ui import downloads, page, shell

WAYS = {"Page": ("html", "text/html"), "CSV": ("csv", "text/csv"), "JSON": ("json", "application/json")}
A_PAGE = 12
ALL = ""


def show() -> None:
    """The whole page."""
    book = _book()
    asked = book["questionnaires"]
    page.lead(
        f"{sum(len(each['questions']) for each in asked):,} questions in {len(asked):,} questionnaires: each word for "
        "word, with the answers that can be given, how they are kept and what they count as."
    )
    downloads.buttons(
        "the codebook",
        {
            title: (f"codebook.{format}", mime, partial(write_codebook, shell.instruments().values(), format))
            for title, (format, mime) in WAYS.items()
        },
        key="codebook",
    )
    titles = {each["instrument"]: f"{say(each['title'], 'en')} ({each['instrument']})" for each in asked}
    left, right = st.columns([3, 2])
    instrument = left.selectbox("Questionnaire", [ALL, *titles], format_func=lambda one: titles.get(one, "All of them"))
    spoken = [code for code in languages() if any(code in each["languages"] for each in asked)]
    language = right.selectbox("Language", spoken, format_func=lambda code: words(code).get("name", code))
    sought = st.text_input(
        "Look for", placeholder="a word of a question, of an answer, an id or what it measures", key="codebook:sought"
    )
    _list(found(asked, sought, language, instrument), language, (instrument, language, sought))


def found(
    asked: list[Mapping[str, Any]], sought: str, language: str, instrument: str = ALL
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """The questions, each with its questionnaire, that hold every word looked for, in whatever case.

    Looked at are wording, help, answers and rows in the language, and ids, construct and kind.
    """
    wanted = sought.casefold().split()
    return [
        (each, question)
        for each in asked
        if instrument in (ALL, each["instrument"])
        for question in each["questions"]
        if all(word in _words_of(question, language) for word in wanted)
    ]


def _words_of(question: Mapping[str, Any], language: str) -> str:
    told = [
        *(say(question.get(name, {}), language) for name in ("wording", "help")),
        *(f"{value} {label}" for value, label, _ in answers_of(question, language)),
        *(f"{item['id']} {say(item['text'], language)}" for item in question.get("items", ())),
        *(str(question.get(name, "")) for name in ("question", "construct", "kind", "section", "record")),
    ]
    return " ".join(told).casefold()


def _list(questions: list[tuple[Mapping[str, Any], Mapping[str, Any]]], language: str, asked: object) -> None:
    """The questions found, a page at a time, under the titles of their questionnaires."""
    if not questions:
        page.empty("No question holds all these words.", "Try one word, or part of one, or another language.")
        return
    pages = -(-len(questions) // A_PAGE)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        page.quiet(f"{len(questions):,} {'question' if len(questions) == 1 else 'questions'}")
    number = int(right.number_input(f"Page, of {pages:,}", 1, pages, key=f"codebook:page:{asked}")) if pages > 1 else 1
    title = ""
    for each, question in questions[(number - 1) * A_PAGE : number * A_PAGE]:
        named = f"{say(each['title'], language)} · {each['instrument']}, version {each['version']}"
        if named != title:
            title = named
            page.heading(title)
        st.html(f'<article class="codebook">{question_html(question, language)}</article>')


@st.cache_resource(show_spinner=False)
def _book() -> dict[str, Any]:
    return codebook(shell.instruments().values())
