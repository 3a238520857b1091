"""Comments in people's own words: masked, text as text, the words a topic was read from marked."""

from html import escape

import streamlit as st
from pandas import DataFrame

from feedback.findings.evidence import Choice
from feedback.ui import page, shell

A_PAGE = 12
READS = {"neg": "critical", "pos": "appreciative", "neu": "mixed or unclear", "": "not scored"}


def show(choice: Choice, *, most: int = A_PAGE) -> None:
    """A page of comments, with a way to the next, and the whole list as a file."""
    answer = shell.answer("comments", choice)
    page.heading(answer.question)
    page.block("p", answer.sentence, "said")
    if answer.rows.empty:
        return
    rows = answer.rows
    tones = [tone for tone in READS if tone in set(rows["meant"])]
    wanted = st.pills(
        "Show",
        tones,
        format_func=READS.__getitem__,
        selection_mode="multi",
        key=f"tones:{choice}",
        label_visibility="collapsed",
    )
    if wanted:
        rows = rows[rows["meant"].isin(wanted)]
    pages = max(1, -(-len(rows) // most))
    number = min(st.session_state.get(f"page:{choice}", 0), pages - 1)
    st.html("".join(_quote(row) for _, row in rows.iloc[number * most : (number + 1) * most].iterrows()))
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


def _quote(row: DataFrame) -> str:
    names = shell.topics()
    topics = list(dict.fromkeys(names.get(topic, topic) for topic, *_ in row["spans"]))
    about = " · ".join([str(row["title"]), f"{row['audience']}", READS[row["meant"]], *topics])
    meant = row["meant"] or "none"
    return (
        f'<figure class="quote {escape(meant)}"><blockquote dir="auto">{marked(row["text"], row["spans"])}</blockquote>'
        f"<figcaption>{escape(about)}<br>In answer to: {escape(str(row['asked']))}</figcaption></figure>"
    )


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
