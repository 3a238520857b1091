"""What do people ask for? Each wish in the words most typical of it, how many ask for it, and the way to an action."""

from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st
from pandas import isna

from feedback.findings.evidence import Choice
from feedback.findings.words import people_of
from feedback.ui import acting, choices, marks, page, shell, teaching
from feedback.ui.quotes import in_language

FINDING = "suggestions"
MOST = 12
"""So many wishes stand on the page at once."""


def show() -> None:
    """The page. Raises Forbidden."""
    page.title("What do people ask for?")
    marks.sample()
    with st.container(horizontal=True):
        choice = replace(choices.place(), audience=choices.audience())
    answer = shell.answer(FINDING, choice)
    page.lead(answer.sentence)
    rows = _chosen(answer.rows, choice)
    if rows.empty:
        page.empty(
            "What can be done meanwhile:",
            "Read single comments, as far as they may be shown, on the page of comments.",
            "Ask more people: the more answer, the more wishes have company.",
        )
        st.page_link("pages/comments.py", label="Read the comments")
        return
    key = f"suggestions:most:{choice}"
    most = st.session_state.get(key, MOST)
    for _, row in rows.head(most).iterrows():
        _wish(row, choice)
    if len(rows) > most and st.button(f"Show {min(MOST, len(rows) - most)} more", key="suggestions:more"):
        st.session_state[key] = most + MOST
        st.rerun()
    fold = st.expander("File and how we know", key="fold:suggestions", on_change="rerun")
    if fold.open:
        from feedback.ui import downloads

        with fold:
            downloads.offer(FINDING, choice, what="these wishes")
            page.quiet(answer.caution)
            teaching.quality_line(choice)


def _chosen(rows: Any, choice: Choice) -> Any:
    """The wishes about a topic, where one is chosen."""
    names = shell.topics()
    there = [topic for topic in dict.fromkeys(rows["topic"]) if topic]
    if len(there) < 2:
        return rows
    wanted = st.pills(
        "About",
        there,
        format_func=lambda topic: names.get(topic, topic),
        selection_mode="multi",
        key=f"suggestions:topics:{choice}",
    )
    return rows[rows["topic"].isin(wanted)] if wanted else rows


def _wish(row: Any, choice: Choice) -> None:
    """One wish: how many ask for it, in its most typical words, what else they say, and the button for an action."""
    with st.container(key=f"wish-{row['id']}", gap=None):
        others = "".join(f"<li>{escape(each)}</li>" for each in row["others"])
        wordings = f'<ul class="wordings"{in_language(row["language"])}>{others}</ul>' if others else ""
        st.html(
            f'<figure class="quote wish"><blockquote dir="auto"{in_language(row["language"])}>'
            f"{escape(row['text'])}</blockquote>{wordings}<figcaption>{escape(who_asks(row))}</figcaption></figure>"
        )
        audience = str(row["audience"])
        measure = ("topic", audience, str(row["topic"]), "") if row["topic"] else None
        acting.offer(
            str(row["credential"]),
            "suggestion",
            str(row["id"]),
            str(row["text"]),
            finding=FINDING,
            choice=choice,
            measure=measure,
            key=f"suggestion:{row['id']}",
        )


def who_asks(row: Any) -> str:
    """Who asks for it, of what, and in how many comments.

    >>> row = {"people": 7, "organisations": None, "title": "Data badge", "comments": 9, "credentials": 2}
    >>> who_asks({**row, "audience": "learner", "about": "Pace"})
    'At least 7 people · learners · Data badge · Pace · 9 comments on 2 credentials'
    """
    houses = None if isna(row["organisations"]) else row["organisations"]
    number = int(row["credentials"])
    where = f" on {number:,} credentials" if number > 1 else ""
    who = f"{row['audience']}s"
    told = [f"At least {people_of(row['people'], houses)}", who, row["title"], row["about"]]
    return " · ".join([*(str(each) for each in told if each), f"{int(row['comments']):,} comments{where}"])
