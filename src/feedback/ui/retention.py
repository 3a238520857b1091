"""How long what people said is kept: the clock of each survey, holds, and what went when."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from html import escape

import streamlit as st
from sqlmodel import Session

from feedback.errors import Refused
from feedback.policy import KEEP, READ, Actor
from feedback.store import retention
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.retention import EVERY, Clock, Hold, Term
from feedback.ui import fields, marks, page, shell, visitor

MOST = 50
"""So many surveys are listed at first, those whose comments go next."""
TOLD = "retention:told"
WENT = {retention.COMMENTS: "Comments of", retention.ANSWERS: "All answers of"}


def show() -> None:
    """The page: what goes next, every clock, what went, and the ways to change it."""
    visitor.demand(READ)
    with reading(shell.engine()) as session:
        clocks, terms, today = retention.clocks(session), retention.read_terms(session), now(session).date()
        gone = retention.read_erased(session)
    marks.sample()
    page.lead(in_a_sentence(clocks))
    page.quiet(f"Where nothing else is set: {in_words(terms[EVERY])}")
    if done := st.session_state.pop(TOLD, ""):
        page.block("p", done, "done", role="status")
    _clocks([each for each in clocks if not each.survey.is_sample], today)
    if any(each.survey.is_sample for each in clocks):
        page.quiet("The surveys of the sample have no clock: it is invented, and goes as a whole.")
    page.heading("What went by schedule?")
    if not gone:
        page.quiet("Nothing yet.")
    for day, survey, what in gone:
        page.block("p", f"{fields.day(day)} · {WENT.get(what, what)} {survey}", "said")
    if visitor.may(KEEP):
        _change(clocks, terms)


def in_a_sentence(clocks: Sequence[Clock]) -> str:
    """What goes next.

    >>> in_a_sentence([])
    'Nothing goes by schedule: no survey has closed yet.'
    """
    own = [each for each in clocks if not each.survey.is_sample]
    nexts = sorted((each.comments_on, each.survey.slug) for each in own if each.comments_on and not each.hold)
    held = sum(each.hold is not None for each in own)
    holds = f" {held:,} {'survey is' if held == 1 else 'surveys are'} held." if held else ""
    if not nexts:
        return f"Nothing goes by schedule: no survey has closed yet.{holds}" if not held else holds.strip()
    day, survey = nexts[0]
    return f"The first comments to go are those of {survey}, on {fields.day(day)}.{holds}"


def in_words(term: Term) -> str:
    """How long is kept what.

    >>> in_words(Term(24, None))
    'comments go 24 months after the close; what was chosen stays, counted and without a name.'
    """
    comments = f"comments go {term.comments_months} months after the close"
    if term.answers_months is None:
        return f"{comments}; what was chosen stays, counted and without a name."
    return f"{comments}, and all answers after {term.answers_months}."


def _clocks(clocks: Sequence[Clock], today: date) -> None:
    """A table of text: survey, closed, comments go, answers go. Held ones say why."""
    page.heading("When does what go?")
    if not clocks:
        page.quiet("There is no survey of yours yet.")
        return
    ordered = sorted(clocks, key=lambda each: (each.comments_on is None, str(each.comments_on), each.survey.slug))
    if len(ordered) > MOST and not st.toggle(f"Show all {len(ordered):,}", key="all-clocks"):
        ordered = ordered[:MOST]
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Survey", "Closed", "Comments go", "Answers go"))
    st.html(f'<table class="clocks"><thead><tr>{head}</tr></thead><tbody>{"".join(map(_row, ordered))}</tbody></table>')
    page.quiet(f"By the database's clock it is {fields.day(today)}. A worker looks once a day.")


def _row(clock: Clock) -> str:
    if clock.closed_on is None:
        told = ("takes answers, or will", "not while it is open", "not while it is open")
    elif clock.hold is not None:
        told = (fields.day(clock.closed_on), _held(clock.hold), "held")
    else:
        comments, answers = (fields.day(day) if day else "never" for day in (clock.comments_on, clock.answers_on))
        told = (fields.day(clock.closed_on), comments, answers)
    cells = "".join(f"<td>{escape(each)}</td>" for each in told)
    return f'<tr><th scope="row">{escape(clock.survey.slug)}</th>{cells}</tr>'


def _held(hold: Hold) -> str:
    return f"held since {fields.day(hold.set_on)}: {hold.reason}"


# --- changing ---------------------------------------------------------------------------------------------------------


def _change(clocks: Sequence[Clock], terms: dict[str, Term]) -> None:
    page.heading("What should hold?")
    slugs = [each.survey.slug for each in clocks if not each.survey.is_sample]
    with st.expander("Keep for longer or shorter"):
        _terms(slugs, terms)
    with st.expander("Hold, or lift a hold"):
        _holds(clocks, slugs)


def _terms(slugs: Sequence[str], terms: dict[str, Term]) -> None:
    page.quiet(
        "It takes hold a week after it is set; until then it can be put right. Surveys people have answered never keep "
        "longer than people were told: to keep one for a reason, hold it."
    )
    survey = st.selectbox(
        "For", [EVERY, *slugs], format_func=lambda slug: slug or "all without terms of their own", key="terms:survey"
    )
    term = terms.get(survey, terms[EVERY])
    with st.form("terms", border=False):
        comments = st.number_input(
            "Comments go so many months after the close",
            1,
            retention.MOST_MONTHS,
            term.comments_months,
            key=f"terms:comments:{survey}",
        )
        answers = st.number_input(
            "All answers go so many months after the close (empty: never)",
            1,
            retention.MOST_MONTHS,
            term.answers_months,
            key=f"terms:answers:{survey}",
        )
        page.quiet("Where answers go, every number that counts them falls, from the next release on.")
        sent = st.form_submit_button("Set it")
    if sent:
        _do(
            lambda session, by: retention.set_terms(session, survey, int(comments), answers and int(answers), by=by),
            "Set. It takes hold in a week.",
        )


def _holds(clocks: Sequence[Clock], slugs: Sequence[str]) -> None:
    held = [each.survey.slug for each in clocks if each.hold is not None]
    free = [slug for slug in slugs if slug not in held]
    with st.form("hold", border=False):
        survey = st.selectbox("Hold", free, index=None, key="hold:survey")
        reason = st.text_input("Why nothing of it may be erased", key="hold:reason", max_chars=300)
        if st.form_submit_button("Hold it") and survey:
            _do(lambda session, by: retention.hold(session, survey, reason, by=by), f"Held: {survey}.")
    for slug in held:
        if st.button(f"Lift the hold of {slug}", key=f"lift:{slug}"):
            _do(partial(_lift, slug), f"No longer held: {slug}.")


def _lift(slug: str, session: Session, by: Actor) -> None:
    retention.lift(session, slug, by=by)


def _do(change: Callable[[Session, Actor], None], done: str) -> None:
    """Make one change for the visitor, and say so, or why not."""
    by = visitor.demand(KEEP)
    try:
        with transaction(shell.engine()) as session:
            change(session, by)
    except Refused as refused:
        for problem in refused.problems:
            page.block("p", str(problem), "slip", role="alert")
        return
    st.session_state[TOLD] = done
    st.rerun()
