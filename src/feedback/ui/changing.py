"""What stands behind each change of the list: who says it, of how many, in what words, and how sure it is."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st
from pandas import isna, notna

from feedback.findings.evidence import Choice
from feedback.findings.finished import Shown
from feedback.findings.words import WEIGHTINGS, between_points, chance, listed, percent, points
from feedback.policy import READ
from feedback.ui import acting, governing, page, quotes, shell, visitor
from feedback.ui.forms import literal

FINDING = "priorities"
FIRST = 8
"""So many changes stand in the list; the others are chosen by name."""
QUOTES = 3
"""So many comments stand with a change."""
ASKED = "Change asked for"
"""The column of the finding on experts that holds their words."""


def show(choice: Choice) -> None:
    """The changes in their order, each of which opens to its evidence; nothing where there are none."""
    rows = [row for _, row in shell.answer(FINDING, choice).shown.iterrows()]
    if not rows:
        return
    page.heading("What stands behind each")
    page.quiet(
        "A change gains what it falls short by, weighed by how closely it goes with the overall answer. Open one to "
        "see who says it, of how many, and how sure it is; make it an action from there."
    )
    for place, row in enumerate(rows[:FIRST]):
        fold = st.expander(literal(_title(row, choice)), key=f"change:{place}:{choice}", on_change="rerun")
        if fold.open:
            with fold:
                _evidence(row, choice, place)
    rest = rows[FIRST:]
    if not rest:
        return
    chosen = st.selectbox(
        f"Open one of the {len(rest):,} that follow",
        range(len(rest)),
        index=None,
        format_func=lambda place: _title(rest[place], choice),
        placeholder="Choose a change",
        key=f"change:more:{choice}",
    )
    if chosen is not None:
        _evidence(rest[chosen], choice, FIRST + chosen)


def _title(row: Mapping[str, Any], choice: Choice) -> str:
    name = str(row["name"]) if choice.credential else f"{row['name']} · {row['title']}"
    return f"{name}: {points(row['gain'])} points" if notna(row["gain"]) else name


def _evidence(row: Mapping[str, Any], choice: Choice, place: int) -> None:
    """What is known of one change: figures, who says it, quotes, what experts ask for, and the way to an action."""
    governing.facts(dict(figures(row)))
    st.html(said_by(row["lines"]))
    of = Choice(credential=str(row["credential"]))
    if visitor.may(READ, *shell.subjects_of(of)):
        _words(row, of)
    kind, audience, ident, item = (*str(row["measure"]).split("|"), "", "", "", "")[:4]
    acting.offer(
        str(row["credential"]),
        str(row["source"]) if row["source"] in ACTED_ON else "other",
        str(row["about"]),
        str(row["name"]),
        finding=FINDING,
        choice=choice,
        measure=(kind, audience, ident, item) if kind else None,
        key=f"{FINDING}:{place}",
    )


ACTED_ON = ("question", "topic", "skill", "alignment", "would_count", "expert")
"""Where a change comes from, as actions name it."""


def _words(row: Mapping[str, Any], of: Choice) -> None:
    """Comments that name it, and what experts ask for, of one credential."""
    topics = [topic for topic in str(row["topics"]).split("|") if topic]
    if topics:
        quoted = about(shell.answer("comments", of), topics)
        if quoted:
            page.block("h3", "In people's own words", "part-title")
            st.html("".join(quotes.quote(each) for each in quoted))
    if any(line["source"] == "expert" for line in row["lines"]):
        table = shell.answer("experts", of).table
        asked = [str(text) for text in table[ASKED] if text] if ASKED in table else []
        if asked:
            page.block("h3", "What experts ask for", "part-title")
            for text in asked:
                page.block("p", text, "said")


def about(answer: Shown, topics: Sequence[str]) -> list[Any]:
    """The listed comments that name one of the topics, critical ones first, in the order of the list; none twice."""
    rows = answer.shown
    if rows.empty:
        return []
    named = [bool({topic for topic, *_ in spans} & set(topics)) for spans in rows["spans"]]
    meant = rows[named].drop_duplicates("text")
    ordered = meant.iloc[(meant["meant"] != "neg").to_numpy().argsort(kind="stable")]
    return [row for _, row in ordered.head(QUOTES).iterrows()]


def figures(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures of a change, each with its heading; of one that is not weighed, that it is not."""
    if isna(row["gain"]):
        return [("Gain", "not weighed: of no topic known here, so it is listed after the others")]
    stays = "among them by expected gain" if row["survives"] else "not sure to be among them"
    ways = [WEIGHTINGS[way] for way in str(row["ways"]).split(", ") if way in WEIGHTINGS]
    return [
        ("Gain", f"{points(row['gain'])} of 100 points, {between_points(row['low'], row['high'])}"),
        ("Place", f"{chance(row['p_top'])} among the three that gain most"),
        ("Without the five that speak most for it", stays),
        ("First three", f"by expected gain, {_weighed(ways)}" if ways else "by none of the ways to weigh"),
        ("Falls short by", f"{round(100 * row['gap'])} of 100, where 0 is as good as can be"),
        ("Weighed by", f"{percent(row['importance'])} of all that goes with the overall answer{_taken(row['usual'])}"),
    ]


def _taken(part: float) -> str:
    """What is said of a weight nobody's answers gave, for a part of the lines (0-1)."""
    return "" if not part else ", taken as a usual question" if part == 1 else ", in part taken as a usual question"


def _weighed(ways: Sequence[str]) -> str:
    """By which of the weightings a change is among the first three."""
    if len(ways) == len(WEIGHTINGS):
        return "however it is weighed"
    return listed(ways)


def said_by(lines: Sequence[Mapping[str, Any]]) -> str:
    """Each line of a change as an item of a list, with the mark of who says it, and the steps that are told."""
    items = "".join(
        f'<li class="{escape(str(line["audience"]))}">{escape(str(line["words"]) + _steps(line))}</li>'
        for line in lines
    )
    return f'<ul class="evidence">{items}</ul>'


def _steps(line: Mapping[str, Any]) -> str:
    """How many gave which steps, those told together as one; nothing where none are told."""
    given: dict[str, int] = {}
    for _, low, high, people in line.get("steps") or ():
        step = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        given[step] = given.get(step, 0) + int(people)
    told = ", ".join(f"{step}: {people}" for step, people in given.items())
    return f" Steps given: {told}." if told else ""
