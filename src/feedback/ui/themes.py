"""What comments say, closer: one topic with its quotes and its weight, what no topic knows of, and what rose."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import streamlit as st
from pandas import Series

from feedback.findings.evidence import Choice
from feedback.ui import acting, page, panel, quality_of_reading, quotes, shell, teaching

TOPIC = "topic"
"""The word in the address that holds the topic looked at."""
VOICES = {"neg": "What is criticised", "pos": "What is liked"}
NO_QUOTES = "Too few say much the same for a quote. The comments below can be shown for this topic alone."
SAID_BY = {"learner": "learners", "employer": "employers"}


def show_topic(choice: Choice) -> str:
    """One topic looked at closer, chosen from those in the picture: what it weighs, what tells it, and quotes by how
    they are meant. Returns the topic's id; "" while none is chosen."""
    weights = shell.answer("impact", choice).table
    if weights.empty:
        return ""
    ids = _ids(weights["Topic"])
    page.heading("Look closer at a topic")
    label = _chosen(list(ids))
    if not label:
        return ""
    topic, audience = ids[label]
    row = weights[weights["Topic"] == label].iloc[0]
    page.block("p", f"{label}: {row['In words']}", "said")
    if told := _told_by(choice, label):
        page.quiet(f"Told by “{told}”.")
    page.quiet(quality_of_reading.topic_in_words(teaching.topics_found(), topic))
    _voices(choice, topic, audience)
    who = audience or choice.audience or "learner"
    acting.offer(
        choice.credential, "topic", topic, f"{_plain(label)}: ", finding="quotes", choice=choice,
        measure=("topic", who, topic, ""), key=f"topic:{topic}:{audience}",
    )  # fmt: skip
    return topic


def show_weights(choice: Choice) -> None:
    """What each topic weighs, folded but for its answer."""
    if shell.answer("impact", choice).has_table:
        panel.brief("impact", choice)


def show_runs(choice: Choice) -> None:
    """What is written from run to run of the chosen credential, folded but for its answer; employers answer in none."""
    if choice.audience in ("", "learner"):
        panel.brief("comments_by_run", choice)


def show_themes(choice: Choice) -> None:
    """What no topic knows of, each with its quotes and the way to make a topic of it."""
    from feedback.findings.themes import phrases_of  # here: it brings what works themes out

    answer = shell.answer("themes", choice)
    page.heading(answer.question)
    page.block("p", answer.sentence, "said")
    teaching.tell_made()
    for at, row in enumerate(answer.rows.to_dict("records")):
        page.block("h3", f"“{row['label']}”", "part-title")
        page.quiet(theme_in_words(row))
        _quotes(row["quotes"], row["language"])
        by = [row["audience"]] if row["audience"] else ["learner"]
        teaching.make_topic(
            str(row["words"][0]).capitalize(), phrases_of(row["words"], row["quotes"]),
            language=row["language"], audiences=by, key=f"theme:{choice.credential}:{at}",
        )  # fmt: skip
    _method("themes", choice)


def show_rising(choice: Choice) -> None:
    """What is said more often than before."""
    answer = shell.answer("rising", choice)
    page.heading(answer.question)
    page.block("p", answer.sentence, "said")
    for at, row in enumerate(answer.rows.to_dict("records")):
        page.block("h3", str(row["label"]), "part-title")
        page.quiet(risen_in_words(row))
        _quotes(row["quotes"], row["language"])
        if row["kind"] == "word":
            teaching.make_topic(
                str(row["label"]).capitalize(), [str(row["label"])], language=row["language"],
                audiences=[row["audience"]], key=f"rising:{choice.credential}:{at}",
            )  # fmt: skip
    _method("rising", choice)


def theme_in_words(row: Mapping[str, Any]) -> str:
    """How many say it, who, and how it is meant.

    >>> theme_in_words({"comments": 12, "people": 9, "audience": "learner", "language": "en", "scored": 10,
    ...                 "critical": 6})
    '12 comments of at least 9 learners, in English; 6 of the 10 that are scored are critical'
    """
    who = SAID_BY.get(str(row["audience"]), "people")
    spoken = quotes.in_words(str(row["language"]))
    said = f"{int(row['comments']):,} comments of at least {int(row['people']):,} {who}, in {spoken}"
    if not row["scored"]:
        return f"{said}; not scored"
    return f"{said}; {int(row['critical']):,} of the {int(row['scored']):,} that are scored are critical"


def risen_in_words(row: Mapping[str, Any]) -> str:
    """What rose, by how much, and who says it now.

    >>> risen_in_words({"kind": "topic", "times": 2.1, "seldom": False, "people": 15, "audience": "learner"})
    'A topic, named about 2.1 times as often as before; 15 learners or more name it now'
    """
    who = SAID_BY.get(str(row["audience"]), "people")
    often = "hardly ever before" if row["seldom"] else f"about {row['times']:.1f} times as often as before"
    kind = "A topic, named" if row["kind"] == "topic" else "A word, said"
    return f"{kind} {often}; {int(row['people']):,} {who} or more name it now"


def _ids(labels: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The topic and the audience ("" where one alone is told of) behind each label of a table."""
    named = {name: ident for ident, name in shell.topics().items()}
    found = {}
    for label in labels:
        name, _, who = label.partition(" · ")
        audience = who.removesuffix("s") if who.removesuffix("s") in SAID_BY else ""
        found[label] = (named.get(name, name), audience)
    return found


def _plain(label: str) -> str:
    return label.partition(" · ")[0]


def _chosen(labels: list[str]) -> str:
    """The topic chosen; the address remembers it, so that a link opens the same."""
    asked = st.query_params.get(TOPIC, "")
    alike = [label for label in labels if _plain(label) == _plain(asked)]
    asked = asked if asked in labels else next(iter(alike), "")  # the same topic, of another choice
    chosen = st.selectbox(
        "Topic",
        labels,
        index=labels.index(asked) if asked in labels else None,
        placeholder="Choose a topic of the picture",
        key=f"choice:{TOPIC}",
        on_change=_remember,
        label_visibility="collapsed",
    )
    return chosen or ""


def _remember() -> None:
    if chosen := st.session_state.get(f"choice:{TOPIC}"):
        st.query_params[TOPIC] = chosen
    else:
        st.query_params.pop(TOPIC, None)


def _told_by(choice: Choice, label: str) -> str:
    table = shell.answer("topics", choice).table
    rows = table[table["Topic"] == label] if "Told by" in table else table.iloc[:0]
    return str(rows["Told by"].iloc[0]) if len(rows) else ""


def _voices(choice: Choice, topic: str, audience: str) -> None:
    """Quotes on a topic, what is criticised beside what is liked; on a phone one above the other."""
    rows = shell.answer("quotes", choice).rows
    if len(rows):
        mine = (rows["topic"] == topic) & (rows["audience"].isin([audience] if audience else list(SAID_BY)))
        rows = rows[mine]
    if rows.empty:
        page.quiet(NO_QUOTES)
        return
    for place, (meant, heading) in zip(st.columns(2, gap="large"), VOICES.items(), strict=True):
        with place:
            page.block("h3", heading, "part-title")
            of_it = rows[rows["meant"] == meant] if len(rows) else rows
            if of_it.empty:
                page.quiet("Too few say much the same for a quote.")
            for _, row in of_it.iterrows():
                _quotes(row["quotes"], row["language"], meant, _of(row))


def _of(row: Series) -> str:
    spoken = quotes.in_words(str(row["language"]))
    who = SAID_BY[row["audience"]]
    return f"From {int(row['comments']):,} comments in {spoken}, of at least {int(row['people']):,} {who}"


def _quotes(told: Iterable[str], language: object, meant: str = "none", under: str = "") -> None:
    """Quotes as they stand everywhere, and what they are from."""
    figures = [
        f'<figure class="quote {escape(meant)}"><blockquote dir="auto"{quotes.in_language(language)}>{escape(said)}'
        "</blockquote></figure>"
        for said in told
    ]
    if figures:
        st.html("".join(figures))
    if under:
        page.quiet(under)


def _method(finding: str, choice: Choice) -> None:
    """The table, the file and how we know, folded."""
    answer = shell.answer(finding, choice)
    fold = st.expander("How we know", key=f"method:{finding}", on_change="rerun")
    if fold.open:
        from feedback.ui import downloads

        with fold:
            if answer.has_table:
                downloads.offer(finding, choice)
            page.quiet(answer.caution)
