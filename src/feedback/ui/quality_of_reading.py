"""How good the reading of comments is: beside people's word, people beside each other, and each reader by itself."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st
from pandas import DataFrame, isna

from feedback.errors import FeedbackError
from feedback.findings.words import count
from feedback.policy import READ, TEACH
from feedback.store.database import reading, transaction
from feedback.store.reader_models import SENTIMENT, Model, let_learn, read_off, use_model
from feedback.ui import page, shell, teaching, visitor
from feedback.ui.teaching import LEAST, spoken
from feedback.worker.checking import Found, Measured, Standing, present_models

TOO_FEW = "too few yet"
SOUNDS = {"neg": "critical", "neu": "mixed or unclear", "pos": "appreciative"}
KINDS = {"sentiment": "The tone of comments", "topic": "What comments are about"}
LOOK_EVERY = 3
"""Seconds between two looks at how far reading anew is."""
TOLD = "quality-of-reading:told"
LEARNED = "learned"
"""In place of a version's number: whatever is learned and measures better."""
HOW = (
    "Measured on comments that were drawn by chance alone, and of which somebody said all before they saw what was "
    "read; those drawn because the program is unsure there teach it, and are left out here, and these teach it "
    "nothing. Where two people differ, the comment is left out. Found: of the comments people say it of, the part the "
    "program says it of (recall). Right: of those the program says it of, the part people say it of (precision). "
    "Intervals: 90% (Wilson). F1 is the harmonic mean of the two, macro-F1 the mean of F1 over the tones that occur."
)
HOW_PEOPLE = (
    "Half of the comments another has checked so come first to the next person, and neither saw what was read before "
    "they had said their own. Alpha (Krippendorff) is 1 where people "
    "always say the same, 0 where they agree no more than by chance; its 90% interval by drawing comments anew. No "
    "program can be expected to agree more with people than they do with each other. From .8 on one may rely on it, "
    "below .67 the meaning of a topic wants to be made clearer."
)
HOW_READERS = (
    "By cross-validation: learned from a part of the comments, and tried on the rest. Macro-F1 and the part of the "
    "critical comments it finds: higher is better. How far off its certainty is (calibration error): lower is better. "
    "A model reads by itself only where it measures better than the word lists, of topics and their tone by more than "
    "the standard error of the gain; the last few are kept."
)


def show() -> None:
    """How good it is, how far people agree, and what is read by."""
    found = teaching.measured()
    page.lead(in_a_sentence(found))
    anew()
    page.heading("How often does it say what people say?")
    _sounds(found)
    _topics(found)
    page.heading("Do people agree with each other?")
    _people(found)
    page.heading("By what does the program read?")
    _readers()
    fold = st.expander("How we know", key="fold:quality-of-reading", on_change="rerun")
    if fold.open:
        with fold:
            for words in (HOW, HOW_PEOPLE, HOW_READERS):
                page.quiet(words)


def in_a_sentence(found: Measured) -> str:
    """The answer in a sentence or two."""
    if found.right.of < LEAST:
        need = f"from {LEAST} on, drawn by chance, we tell how often the program is right."
        if not found.checked:
            return f"Nobody can say yet: no comment has been checked; {need}"
        checked = "one comment has" if found.checked == 1 else f"{found.checked:,} comments have"
        return f"Nobody can say yet: {checked} been checked, {found.by_chance:,} of them drawn by chance; {need}"
    right = teaching.in_numbers(found.right)
    told = f"Of {found.right.of:,} comments drawn by chance and checked, it read the tone of {right} right."
    critical = found.tones.set_index("tone").loc["neg"]
    if critical["said"] >= LEAST:
        told += f" Of the critical ones it found {_part(critical, 'recall')}."
    return told


def _part(row: Any, what: str) -> str:
    """One of the shares of an accuracy table, in words."""
    return f"{row[what]:.0%} (likely between {row[f'{what}_low'] * 100:.0f} and {row[f'{what}_high']:.0%})"


# --- beside people ----------------------------------------------------------------------------------------------------


def _sounds(found: Measured) -> None:
    rows = [(SOUNDS[str(row["tone"])], row) for _, row in found.tones.iterrows()]
    _accuracy("Tone", rows)
    if found.right.of >= LEAST:
        page.quiet(f"Macro-F1: {found.macro_f1:.2f}.")


def _topics(found: Measured | Found) -> None:
    names = shell.topics()
    table = found.topics.sort_values(["said", "read", "topic"], ascending=[False, False, True])
    rows = [(names.get(str(row["topic"]), str(row["topic"])), row) for _, row in table.iterrows()]
    told = [(name, row) for name, row in rows if max(row["said"], row["read"]) >= LEAST]
    if told:
        _accuracy("Topic", told)
    if few := [name for name, row in rows if max(row["said"], row["read"]) < LEAST]:
        page.quiet(f"Of these topics too few comments are checked yet: {', '.join(few)}.")
    if not rows:
        page.quiet("Of topics nothing can be said before comments drawn by chance are checked.")


def show_topics() -> None:
    """How well each topic is found, beside what is told of topics: a table of those of which enough is checked."""
    visitor.demand_somewhere(READ)
    found = teaching.topics_found()
    page.quiet(topics_in_a_line(found))
    fold = st.expander("How well is each topic found?", key="fold:topics-found", on_change="rerun")
    if fold.open:
        with fold:
            _topics(found)
            page.quiet(HOW)


def topics_in_a_line(found: Found) -> str:
    """Of how many topics it can be said how well they are found, and what that is like."""
    told = found.topics[found.topics[["said", "read"]].min(axis=1) >= LEAST]
    if told.empty:
        return (
            f"How well each topic is found nobody can say yet: that takes {LEAST} checked comments that people say it "
            f"of, and {LEAST} that the program does; {count(found.by_chance, 'is', 'are')} checked so far."
        )
    of = "one topic" if len(told) == 1 else f"{len(told)} topics"
    worst = told.loc[(2 * told["both"] / (told["read"] + told["said"])).idxmin()]
    name = shell.topics().get(str(worst["topic"]), str(worst["topic"]))
    least = "It" if len(told) == 1 else f"Least well read is “{name}”: it"
    return (
        f"How well topics are found is known of {of}, from {found.by_chance:,} comments that people checked. {least} "
        f"is found in {worst['recall']:.0%} of the comments people say it of, and right in {worst['precision']:.0%}."
    )


def _accuracy(what: str, rows: Sequence[tuple[str, Any]]) -> None:
    """A table of what was found and what was right, each a mark on a line with its interval, and of how many."""
    lines = [
        f'<tr><th scope="row">{escape(name)}</th>{_share(row, "recall", "said")}{_share(row, "precision", "read")}</tr>'
        for name, row in rows
    ]
    head = f'<th scope="col">{what}</th><th scope="col">Found</th><th scope="col">Right</th>'
    st.html(
        f'<div class="scroll" tabindex="0"><table class="plain shares"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _share(row: Any, what: str, of: str) -> str:
    """A cell: the interval drawn, the share and of how many; words where it is of too few."""
    number = int(row[of])
    if number < LEAST:
        return f'<td class="none">{TOO_FEW}</td>'
    low, at, high = (float(row[name]) * 100 for name in (f"{what}_low", what, f"{what}_high"))
    return (
        f'<td><span class="share" aria-hidden="true"><i style="left:{low:.0f}%;width:{high - low:.0f}%"></i>'
        f'<b style="left:{at:.0f}%"></b></span><span class="share-words">{at:.0f}% ({low:.0f} to {high:.0f}%), '
        f"of {number:,}</span></td>"
    )


def _people(found: Measured) -> None:
    whole = found.people.iloc[0]
    page.block("p", agreed_in_words(int(whole["comments"]), whole), "said")
    rows = found.people.iloc[1:]
    rows = rows[rows["comments"] >= LEAST].sort_values(["alpha", "topic"])
    if rows.empty:
        return
    fold = st.expander("By topic, least agreed first", key="fold:agreement", on_change="rerun")
    if fold.open:
        with fold:
            _agreed(rows)


def _agreed(rows: DataFrame) -> None:
    names = shell.topics()
    lines = [
        f'<tr><th scope="row">{escape(names.get(str(row["topic"]), str(row["topic"])))}</th>'
        f'<td class="number">{int(row["comments"]):,}</td><td class="number">{row["same"]:.0%}</td>'
        f'<td class="number">{_alpha(row)}</td></tr>'
        for _, row in rows.iterrows()
    ]
    _table(("Topic", "Checked twice", "Said the same", "Alpha"), lines)


def _table(heads: Sequence[str], lines: Sequence[str]) -> None:
    """A table of ours: its first column words, the others numbers."""
    first, *others = heads
    head = "".join(f'<th scope="col" class="number">{each}</th>' for each in others)
    st.html(
        f'<div class="scroll" tabindex="0"><table class="plain"><thead><tr><th scope="col">{first}</th>{head}</tr>'
        f"</thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _alpha(row: Any) -> str:
    if isna(row["alpha"]):
        return "all the same"
    alpha, low, high = (f"{row[name]:.2f}".replace("-", "−") for name in ("alpha", "low", "high"))
    return alpha if isna(row["low"]) else f"{alpha} ({low} to {high})"


def agreed_in_words(number: int, row: Any) -> str:
    """How far people agree on the tone of comments. number: comments that two of them checked."""
    if number < LEAST:
        told = "No comment was" if not number else "One comment was" if number == 1 else f"{number:,} comments were"
        return (
            f"{told} checked by two people: too few yet to tell whether they agree; from {LEAST} on we do. "
            "Ask a second person to check some: those another has checked come to them first."
        )
    alpha = "" if isna(row["alpha"]) else f" Beyond chance that is an alpha of {_alpha(row)}."
    return f"On the tone of {number:,} comments, two people said the same of {row['same']:.0%}.{alpha}"


# --- readers ----------------------------------------------------------------------------------------------------------


def _readers() -> None:
    if said := st.session_state.pop(TOLD, ""):
        page.block("p", said, "done", role="status")
    with reading(shell.engine()) as session:
        models, off = present_models(session), read_off(session)
    places = sorted({*((each.kind, each.language) for each in models), *off})
    if not places:
        page.quiet(
            "Word lists and the topics' words, as they ship. Once 50 comments of a language have a rating beside them "
            "or are checked, a model is learned from them by itself, and reads where it measures better."
        )
    for place in places:
        these = [each for each in models if (each.kind, each.language) == place]
        page.block("h3", f"{KINDS[place[0]]}, {spoken(place[1])}", "part-title")
        used = next((each for each in these if each.in_use), None)
        page.quiet(reads_in_words(used, turned_off=place in off))
        if these:
            _versions(these)
        if visitor.may(TEACH):
            _offer(*place, these, used, turned_off=place in off)


def reads_in_words(used: Model | None, *, turned_off: bool) -> str:
    """By what the program reads a language now."""
    if used is not None:
        return f"Version {used.number} reads, learned on {_day(used)} from {used.learned_from:,} comments."
    why = "somebody has turned learning off" if turned_off else "none that was learned measures better"
    return f"The word lists read: {why}."


def _day(model: Model) -> str:
    return f"{model.learned_on:%d %B %Y}".lstrip("0")


def _versions(models: Sequence[Model]) -> None:
    kind = models[0].kind
    heads = ["Version", "Learned from", "Macro-F1", "Word lists"]
    heads += ["Critical found", "Certainty off by"] if kind == SENTIMENT else ["Topics learned", "Their tone (rule)"]
    lines = []
    for each in models:
        first, *rest = (f"{each.number}{', reads' if each.in_use else ''}", f"{each.learned_from:,}", *numbers_of(each))
        cells = "".join(f'<td class="number">{escape(cell)}</td>' for cell in rest)
        lines.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    _table(heads, lines)


def numbers_of(model: Model) -> list[str]:
    """What was measured of a model, as its line in the table has it."""
    quality: Mapping[str, Any] = model.quality
    scores = [_two(quality.get("score")), _two(quality.get("before"))]
    if model.kind == SENTIMENT:
        found = quality.get("recall_negative")
        return [*scores, "" if found is None else f"{found:.0%}", _two(quality.get("calibration_error"))]
    topics: Mapping[str, Mapping[str, float]] = quality.get("topics", {})
    better = sum(each.get("reads", each["f1"] > each["seeds_f1"]) for each in topics.values())
    spoken: Mapping[str, float | None] | None = quality.get("polarity")
    polarity = f"{_two(spoken['macro_f1'])} ({_two(spoken['rule_f1'])})" if spoken else "not learned"
    reads = spoken is not None and spoken.get("reads", (spoken["macro_f1"] or 0.0) > (spoken["rule_f1"] or 0.0))
    return [*scores, f"{better:.0f} of {len(topics)}", polarity if reads else f"{polarity}, the rule reads"]


def _two(value: Any) -> str:
    return "not known" if value is None else f"{value:.2f}"


def _offer(kind: str, language: str, models: Sequence[Model], used: Model | None, *, turned_off: bool) -> None:
    """Let another version read, or the word lists."""
    ways: dict[str, int | str | None] = {
        f"Let version {each.number} read": each.number for each in models if not each.in_use and is_usable(each)
    }
    if not turned_off:
        ways["Let the word lists read, whatever is learned"] = None
    elif used is None:
        ways["Let what is learned read where it measures better"] = LEARNED
    with st.container(horizontal=True):
        for words, number in ways.items():
            if st.button(words, key=f"use:{kind}:{language}:{number}"):
                _confirm(kind, language, number, words)


def is_usable(model: Model) -> bool:
    """Whether a version reads at least as well as the word lists; of others reading would only get worse."""
    score, before = model.quality.get("score"), model.quality.get("before")
    return isinstance(score, float) and score > (before if isinstance(before, float) else 0.0)


@st.dialog("Let the program read by another?")
def _confirm(kind: str, language: str, number: int | str | None, words: str) -> None:
    page.block("p", f"{KINDS[kind]}, {spoken(language)}: {words[0].lower()}{words[1:]}.", "said")
    if number == LEARNED:
        page.quiet("Nothing reads otherwise before something is learned that measures better than the word lists.")
    else:
        page.quiet(
            "All comments are then read anew in the background; until that is done every page shows what was read "
            "before, and no new answers are published. What people said of comments stays."
        )
    if number is None:
        page.quiet("Nothing that is learned later reads either, until somebody lets it here again.")
    if st.button("Yes, do that", type="primary", key="use-now"):
        try:
            actor = visitor.demand(TEACH)
            with transaction(shell.engine()) as session:
                if isinstance(number, str):
                    let_learn(session, actor, kind, language)
                else:
                    use_model(session, actor, kind, language, number)
        except FeedbackError as error:
            page.block("p", str(error), "slip", role="alert")
            return
        st.session_state[TOLD] = "Done. It can be taken back here: choose another."
        st.rerun()


# --- reading anew -----------------------------------------------------------------------------------------------------


def anew() -> None:
    """That everything is being read anew, as long as it is."""
    if teaching.read_standing().anew:
        st.fragment(_going_on, run_every=LOOK_EVERY)()


def _going_on() -> None:
    if not visitor.may_somewhere(TEACH):
        st.rerun()
    page.block("p", standing_in_words(teaching.read_standing()), "notice", role="status")


def standing_in_words(found: Standing) -> str:
    """How far reading anew is.

    >>> standing_in_words(Standing(anew=True, done=1500))
    'Comments are being read anew, 1,500 so far. Until all are, every page shows what was read before.'
    """
    if not found.anew:
        return "All comments are read as the program reads now."
    if found.stopped:
        return "Reading the comments anew has stopped. Whoever keeps the institution can try it again: Data quality."
    so_far = f", {found.done:,} so far" if found.done else ""
    return f"Comments are being read anew{so_far}. Until all are, every page shows what was read before."


def topics_table(found: Measured | Found) -> DataFrame:
    """How good the reading of each topic is, by id: what the page of topics says beside each."""
    return found.topics.set_index("topic")


def topic_in_words(found: Measured | Found, topic: str) -> str:
    """How good the reading of one topic is, in a line."""
    table = topics_table(found)
    if topic not in table.index or min(table.loc[topic, "said"], table.loc[topic, "read"]) < LEAST:
        return "Too few comments on it are checked yet to say how well it is found."
    row = table.loc[topic]
    return (
        f"Found: {_part(row, 'recall')} of {int(row['said']):,}. Right when it is said: {_part(row, 'precision')} of "
        f"{int(row['read']):,}."
    )
