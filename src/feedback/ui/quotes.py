"""Comments in people's own words: masked, text as text, the words a topic was read from marked."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from html import escape
from typing import Any

import streamlit as st
from pandas import DataFrame, Series

from feedback.findings.comments_by_language import name_of as in_words
from feedback.findings.evidence import Choice
from feedback.policy import TEACH
from feedback.store.database import reading
from feedback.ui import page, shell, visitor

A_PAGE = 12
NOT_YET = "not yet"
"""What the finding says of a comment nobody has reviewed."""
NOT_REVIEWED = "Not reviewed yet: only a program has masked it"
READS = {"neg": "critical", "pos": "appreciative", "neu": "mixed or unclear", "": "not scored"}


def show(choice: Choice, *, topic: str = "", most: int = A_PAGE) -> None:
    """A page of comments, those the filters leave, with a way to the next, and the whole list as a file. topic: shown
    first, as long as nobody chooses otherwise."""
    answer = shell.answer("comments", choice)
    page.heading(answer.question)
    page.block("p", answer.sentence, "said")
    if told := kept_back_in_words(_kept_back(shell.version(), choice)):
        page.quiet(told)
    if answer.rows.empty:
        return
    rows = filtered(answer.rows, *_filters(answer.rows, choice, topic))
    if rows.empty:
        page.quiet("None of the comments listed is like that. Take a filter away.")
        return
    if len(rows) < len(answer.rows):
        page.quiet(f"{len(rows):,} of the {len(answer.rows):,} comments listed.")
    pages = max(1, -(-len(rows) // most))
    number = min(st.session_state.get(f"page:{choice}", 0), pages - 1)
    _page_of(rows.iloc[number * most : (number + 1) * most])
    back, where, forward = st.columns([1, 2, 1], vertical_alignment="center")
    if back.button("Earlier page", disabled=number == 0, key=f"back:{choice}", width="stretch"):
        st.session_state[f"page:{choice}"] = number - 1
        st.rerun()
    with where:
        page.block("p", f"Page {number + 1:,} of {pages:,}", "quiet centred")
    if forward.button("Next page", disabled=number >= pages - 1, key=f"next:{choice}", width="stretch"):
        st.session_state[f"page:{choice}"] = number + 1
        st.rerun()
    fold = st.expander("File and how we know", key="fold:comments", on_change="rerun")
    if fold.open:
        from feedback.ui import downloads

        with fold:
            downloads.offer("comments", choice, what="these comments")
            page.quiet(answer.caution)


def _page_of(rows: DataFrame) -> None:
    """These comments; with a way to checking each of those the visitor may check."""
    held, may = shell.institution(), {}
    for slug in {str(each) for each in rows["credential"]}:
        may[slug] = visitor.may(TEACH, *([held.subject(slug)] if slug else []))
    if not any(may.values()):
        st.html("".join(quote(row) for _, row in rows.iterrows()))
        return
    for at, (_, row) in enumerate(rows.iterrows()):
        with st.container(key=f"listed-quote-{at}", gap=None):
            st.html(quote(row))
            if may[str(row["credential"])] and st.button(
                "Check this reading",
                key=f"check:{at}",
                type="tertiary",
                help="Opens this comment where its tone, its topics and their words can be set right",
            ):
                from feedback.ui import checking  # here: it brings models, which most visits never need

                places = (str(row[name]) for name in ("credential", "audience", "asked", "text"))
                checking.ask_for(checking.Asked(*places))


def _filters(rows: DataFrame, choice: Choice, topic: str) -> tuple[str, Sequence[str], str]:
    """What is to be shown of the list: a topic, how it is meant, a language; each from what is there."""
    names = shell.topics()
    topics = sorted({each[0] for spans in rows["spans"] for each in spans}, key=lambda each: names.get(each, each))
    languages = sorted(set(rows["language"].dropna().astype(str)) - {""})
    again = partial(st.session_state.pop, f"page:{choice}", None)
    with st.container(horizontal=True):
        about = st.selectbox(
            "About",
            ["", *topics],
            index=topics.index(topic) + 1 if topic in topics else 0,
            format_func=lambda each: names.get(each, each) if each else "Anything",
            key=f"about:{choice}:{topic}",
            on_change=again,
        )
        spoken = st.selectbox(
            "Written in",
            ["", *languages],
            format_func=lambda each: in_words(each) if each else "Any language",
            key=f"languages:{choice}",
            on_change=again,
        )
    left = filtered(rows, about or "", (), spoken or "")
    number = {tone: len(filtered(left, about or "", (tone,), "")) for tone in READS}
    meant = st.pills(
        "Show",
        [tone for tone in READS if tone in set(rows["meant"])],
        format_func=lambda tone: f"{READS[tone]} ({number[tone]:,})",
        selection_mode="multi",
        key=f"tones:{choice}",
        on_change=again,
        label_visibility="collapsed",
    )
    return about or "", meant or (), spoken or ""


def filtered(rows: DataFrame, topic: str, meant: Collection[str], language: str) -> DataFrame:
    """Listed comments about a topic, meant so, in a language; empty filters let everything through. Of a topic the tone
    is that of its own words where they have one, so that praise of one thing is not lost in a complaint of another."""
    keep = Series(True, index=rows.index)
    if language:
        keep &= rows["language"].astype(str) == language
    if topic or meant:
        alike = [_is_about(row, topic, meant) for row in rows.to_dict("records")]
        keep &= Series(alike, index=rows.index, dtype=bool)
    return rows[keep]


def _is_about(row: Mapping[str, Any], topic: str, meant: Collection[str]) -> bool:
    tones = [tone for named, _, _, tone in row["spans"] if named == topic]
    if topic and not tones:
        return False
    return not meant or row["meant"] in meant or bool({tone for tone in tones if tone} & set(meant))


@st.cache_resource(max_entries=200, show_spinner=False)
def _kept_back(version: int, choice: Choice) -> Mapping[str, int]:
    from feedback.store import moderation

    held = shell.everything()
    of_programme = [one.slug for one in held.credentials if one.programme == choice.programme]
    with reading(shell.engine()) as session:
        return moderation.kept_back(
            session,
            shell.instruments(),
            credential=choice.credential,
            credentials=of_programme if choice.programme else None,
            audience=choice.audience,
        )


def kept_back_in_words(numbers: Mapping[str, int]) -> str:
    """How many comments moderators keep back, and why, as it is told to readers; "" for fewer than five.

    >>> kept_back_in_words({"": 10, "insult": 5})
    'About 10 more comments are kept back by moderators (about 5: insults somebody).'
    """
    from feedback.store.moderation import REASONS

    if not numbers[""]:
        return ""
    why = "; ".join(f"about {number:,}: {REASONS[reason]}" for reason, number in numbers.items() if reason)
    return f"About {numbers['']:,} more comments are kept back by moderators{f' ({why})' if why else ''}."


def quote(row: DataFrame) -> str:
    """One comment of the list: its words, and what is known of it."""
    names = shell.topics()
    topics = list(dict.fromkeys(names.get(topic, topic) for topic, *_ in row["spans"]))
    about = " · ".join([str(row["title"]), f"{row['audience']}", READS[row["meant"]], *topics])
    if row.get("review") == NOT_YET:
        about += f" · {NOT_REVIEWED}"
    meant = row["meant"] or "none"
    return (
        f'<figure class="quote {escape(meant)}"><blockquote dir="auto"{in_language(row.get("language"))}>'
        f"{marked(row['text'], row['spans'])}</blockquote>"
        f"<figcaption>{escape(about)}<br>In answer to: {escape(str(row['asked']))}</figcaption></figure>"
    )


def in_language(language: object) -> str:
    """The language of a text as an attribute; "" where it is not known.

    >>> in_language("de"), in_language(None), in_language("not known")
    (' lang="de"', '', '')
    """
    return f' lang="{language}"' if isinstance(language, str) and re.fullmatch("[a-z]{2,3}", language) else ""


def marked(text: str, spans: tuple[tuple[str, int, int, str], ...]) -> str:
    """The text, escaped, with the spans of its topics marked. Spans that overlap an earlier one are left out.

    >>> marked("too <many> slides", (("materials", 11, 17, "neg"),))
    'too &lt;many&gt; <mark>slides</mark>'
    """
    parts: list[str] = []
    at = 0
    for _, start, end, _ in sorted(spans, key=lambda span: (span[1], -span[2])):
        if start < at or end > len(text):
            continue
        parts += [escape(text[at:start]), f"<mark>{escape(text[start:end])}</mark>"]
        at = end
    return "".join([*parts, escape(text[at:])])
