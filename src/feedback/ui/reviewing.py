"""Rounds of expert review on the committee's page: planning, opening, closing, and bringing reviewers together."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

import streamlit as st

from feedback.catalogue.values import Reviewer
from feedback.errors import FeedbackError, Problem
from feedback.exchange import inviting
from feedback.exchange.links import Asked, Link
from feedback.findings.evidence import Choice
from feedback.policy import DECIDE, READ
from feedback.settings import data_folder, secret_key, settings
from feedback.store import catalogue, rounds
from feedback.store.database import reading
from feedback.store.rounds import CLOSED, OPEN, PLANNED, REVIEWERS, STAGES, Round
from feedback.survey.instrument import read_instrument_texts
from feedback.ui import acting, governing, marks, page, panel, shell, visitor
from feedback.ui.forms import literal
from feedback.ui.governing import PAGE, day, listed
from feedback.ui.inviting import NO_ADDRESS, can_send, reached_at

EXPERT = "expert"
STAGE_NAMES: Mapping[str, str] = MappingProxyType(
    {"design": "Review of the design", "beta": "Review of the trial", "yearly": "Yearly review"}
)
WANTED: Mapping[str, str] = MappingProxyType({"idea": "design", "design": "design", "beta": "beta"})
"""The stage a credential is at by its life; every other is reviewed yearly."""
IN = timedelta(days=30)
"""So long reviewers have, unless another day is chosen."""
LINKS = "committee:links"
"""Where the session keeps links that were just made: reviewer and address, by round."""


def every() -> None:
    """All rounds the visitor may read of, those that go on first."""
    titles = governing.titles()
    with reading(shell.engine()) as session:
        those = [each for each in rounds.read_rounds(session) if each.credential in titles]
    page.heading("Which reviews go on, and which are over?")
    if governing.titles(DECIDE):
        with st.container(key="add-round"):
            st.page_link(PAGE, label="+ Plan a review", query_params={"new": "round"})
    if not those:
        page.empty(
            "No review is planned yet. A round has two reviewers, who judge alone:",
            "Keep the reviewers in the catalogue, each with what they declare about their independence.",
            "Plan a round here, for a credential that is due.",
            "Open it: both get a link of their own. Once both have handed in, their marks stand side by side.",
        )
    known = {each.slug: each.name for each in _reviewers()}
    with st.container(gap=None, key="entries-rounds"):
        for each in those:
            st.page_link(PAGE, label=_label(each, titles, known), query_params={"round": each.id}, width="stretch")
    if visitor.may(READ):
        panel.show("agreement")


def _label(one: Round, titles: Mapping[str, str], known: Mapping[str, str]) -> str:
    who = listed([known[slug] for slug in one.reviewers if slug in known])
    told = [STAGE_NAMES.get(one.stage, one.stage), in_words(one), who, "sample" if one.is_sample else ""]
    return f"**{literal(titles[one.credential])}**  \n{literal(' · '.join(filter(None, told)))}"


def in_words(one: Round) -> str:
    """How a round stands."""
    if one.state == CLOSED:
        return f"closed on {day(one.closed_on)}"
    return f"open, due on {day(one.due_on)}" if one.state == OPEN else f"planned, due on {day(one.due_on)}"


# --- planning ---------------------------------------------------------------------------------------------------------


def new() -> None:
    """The form that plans a round. Raises Forbidden for who may decide of nothing."""
    visitor.demand_somewhere(DECIDE)
    governing.back()
    page.title("Plan an expert review")
    marks.sample()
    governing.slips()
    with st.container(key="field-entry-round"):
        slug = governing.choose(
            "Credential", governing.titles(DECIDE), "round:of", st.query_params.get("credential", "")
        )
        life = next((each.lifecycle for each in shell.institution().credentials if each.slug == slug), "")
        stage = st.radio(
            "Stage",
            STAGES,
            STAGES.index(WANTED.get(life, "yearly")),
            format_func=STAGE_NAMES.__getitem__,
            key=f"round:stage:{slug}",
        )
        today = governing.today()
        due_on = st.date_input("Due", today + IN, min_value=today, format="YYYY-MM-DD", key="round:due")
        known = {each.slug: each for each in _reviewers()}
        chosen = st.multiselect(
            "Reviewers",
            list(known),
            format_func=lambda name: f"{known[name].name}, {known[name].affiliation or 'no affiliation'}",
            max_selections=REVIEWERS,
            placeholder="Choose two",
            key="round:reviewers",
        )
        page.block("p", "Two, each from outside: nobody who works for the issuer or a body behind it.", "help")
        for name in chosen:
            _statement(known[name])
    if st.button("Plan this review", type="primary", key="round:plan"):
        told = "The review is planned. Open it when both can begin."
        if made := governing.do(lambda session, by: rounds.plan(session, by, slug, stage, due_on, chosen), told):
            st.query_params.from_dict({"round": made.id})
        st.rerun()


def _statement(one: Reviewer) -> None:
    said = f"“{one.independence}” ({day(one.independence_on)})" if one.independence else "has declared nothing yet."
    page.block("p", f"{one.name}: {said}", "quiet")


# --- one round --------------------------------------------------------------------------------------------------------


def one(name: str) -> None:
    """A round: how it stands, what can be done, and what the reviewers found."""
    governing.back()
    with reading(shell.engine()) as session:
        found = next((each for each in rounds.read_rounds(session) if each.id == name), None)
        there = rounds.handed_in(session, found) if found else 0
    titles = governing.titles()
    if found is None or found.credential not in titles:
        page.title("There is no such review")
        page.empty("It may have been called off, or taken away with the sample.")
        return
    page.title(f"{STAGE_NAMES.get(found.stage, found.stage)}: {titles[found.credential]}")
    marks.sample()
    governing.tell()
    governing.slips()
    words = in_words(found)
    handed = f"; {there} of {REVIEWERS} have handed in" if found.state == OPEN else ""
    page.lead(f"{words[0].upper()}{words[1:]}{handed}.")
    known = {each.slug: each for each in _reviewers()}
    for slug in found.reviewers:
        if slug in known:
            _statement(known[slug])
    if found.state != CLOSED and governing.may_decide(found.credential):
        _act(found, there, known)
    if found.survey:
        _found(found)


def _act(found: Round, there: int, known: Mapping[str, Reviewer]) -> None:
    """What can be done with a round that is not closed."""
    _links(found)
    with st.container(horizontal=True):
        if found.state == PLANNED:
            if st.button("Open it and invite both", type="primary", key="round:open"):
                _open(found, [known[slug] for slug in found.reviewers if slug in known])
                st.rerun()
        elif st.button("Close it", type="primary", disabled=there < REVIEWERS, key="round:close"):
            work = partial(_close, found.id)
            governing.do(work, "The review is closed. What both found stands below.", round=found.id)
            st.rerun()
        if st.button("Call it off …", key="round:off"):
            _confirm(found)
    _later(found)
    if found.state == OPEN and there < REVIEWERS:
        page.quiet("It can be closed once both have handed in: until then nobody sees what the other found.")


def _later(found: Round) -> None:
    """The form that gives the reviewers longer."""
    with st.expander("Do they need longer?"), st.container(key="field-entry-later"):
        next_day = max(found.due_on, governing.today()) + timedelta(days=1)
        due_on = st.date_input(
            "Due", next_day, min_value=next_day, format="YYYY-MM-DD", key=f"round:later:{found.due_on}"
        )
        if st.button("Put it off", key="round:put-off"):
            work = partial(_put_off, found.id, due_on)
            governing.do(work, f"The review is due on {day(due_on)} now.", round=found.id)
            st.rerun()


def _put_off(name: str, due_on: date, session: Any, by: Any) -> None:
    rounds.put_off(session, by, name, due_on)


@st.dialog("Call this review off?")
def _confirm(found: Round) -> None:
    page.block("p", "Links nobody has used open nothing any more. Reviews that were handed in stay.", "said")
    if st.button("Yes, call it off", type="primary", key="round:off-now"):
        governing.do(lambda session, by: rounds.call_off(session, by, found.id), "The review is called off.")
        st.rerun()


def _close(name: str, session: Any, by: Any) -> None:
    rounds.close_round(session, by, name)


def _open(found: Round, reviewers: Sequence[Reviewer]) -> None:
    """Open the survey of a round. Where mail is sent and both have an address, they are written to; else the links are
    told once."""
    texts = read_instrument_texts(data_folder() / "instruments")
    instrument = shell.instruments()[EXPERT]
    by_mail = can_send() and all(each.email for each in reviewers)
    people = [Asked(email=each.email or "") for each in reviewers]

    def work(session: Any, by: Any) -> tuple[str, list[Link]]:
        survey = rounds.open_round(session, by, found.id, instrument, texts)
        if by_mail:
            return survey.slug, []
        key, base = secret_key(settings()), reached_at()[0]
        made = inviting.invite(session, survey, instrument, people, key=key, public_url=base, for_round=True)
        return survey.slug, made

    told = "The review is open; both are written to." if by_mail else "The review is open. Hand the links out below."
    made = governing.do(work, told, round=found.id)
    if made is None:
        return
    survey, links = made
    if by_mail:
        from feedback.worker.asking import asking_of, invite_people

        persons = inviting.persons(people, {})
        try:
            invite_people(shell.engine(), survey, persons, shell.instruments(), asking_of(settings()), for_round=True)
        except FeedbackError as error:
            said = f"The review is open, but nobody is written to: {error} Call it off, and plan it anew."
            governing.refuse([Problem("", said)])
    else:
        told_links = [(each.name, link.address) for each, link in zip(reviewers, links, strict=True)]
        st.session_state[LINKS] = {found.id: told_links}


def _links(found: Round) -> None:
    """Links that were just made: to be handed out now, for there is no other time."""
    made = st.session_state.get(LINKS, {}).get(found.id)
    if not made:
        return
    with st.container(border=True, key="round:links"):
        page.block("p", "Send each of them their link now: it is the only copy, and takes one review.", "done")
        page.quiet("If one gets lost, call the review off and plan it anew; with an account a reviewer needs none.")
        for name, address in made:
            page.quiet(name)
            st.code(address, language=None, wrap_lines=True)
        if not settings().public_url:
            page.quiet(NO_ADDRESS)
        if st.button("I have them, forget the links here", type="tertiary", key="round:forget"):
            del st.session_state[LINKS]
            st.rerun()


# --- what they found --------------------------------------------------------------------------------------------------


def _found(found: Round) -> None:
    """The marks of a round side by side, how far they agree, and what is to be talked over."""
    choice = Choice(credential=found.credential, survey=found.survey or "")
    shown = shell.answer("agreement", Choice(credential=found.credential)).shown
    rows = shown[shown["survey"] == found.survey] if len(shown) else shown
    if rows.empty:
        page.quiet("Nothing shows before two have handed in and their reviews are published.")
        return
    panel.show("experts", choice)
    row = rows.iloc[0]
    if row["note"]:
        page.quiet(f"Of weighted kappa: {row['note']}.")
    _gaps(found, dict(zip(row["apart"], row["apart_names"], strict=True)))


def _gaps(found: Round, apart: Mapping[str, str]) -> None:
    """Each criterion they marked two or more apart, with how it was settled."""
    page.heading("How were the gaps settled?")
    if not apart:
        page.quiet("No criterion was marked two or more apart.")
        return
    page.quiet("Both marks stay as they are. Write down what the reviewers said when they talked it over, or why not.")
    with reading(shell.engine()) as session:
        notes = [each for each in rounds.read_notes(session) if each.round == found.id]
    names = governing.names()
    for criterion, name in apart.items():
        page.block("p", name, "path-title")
        there = [each for each in notes if each.criterion == criterion]
        for note in there:
            who = f"{names[note.by]}, " if note.by in names else ""
            page.block("p", note.note, "said")
            page.quiet(f"{who}{day(note.made_on)}")
        if not there:
            page.block("p", "Not settled yet.", "hint")
        if there:
            line, about = (
                f"round:{found.id}:{criterion}",
                Choice(credential=found.credential, survey=found.survey or ""),
            )
            acting.offer(found.credential, "review", line, name, finding="experts", choice=about, key=criterion)
        if governing.may_decide(found.credential):
            _note(found, criterion)


def _note(found: Round, criterion: str) -> None:
    key = f"note:{found.id}:{criterion}:{governing.done()}"
    with st.expander("Write a note"), st.container(key=f"field-entry-{key}"):
        text = st.text_area("How was it settled, or why not?", key=key)
        if st.button("Keep this note", key=f"{key}:button"):
            work = partial(_keep, found.id, criterion, text)
            governing.do(work, "The note is kept.", round=found.id)
            st.rerun()


def _keep(name: str, criterion: str, text: str, session: Any, by: Any) -> None:
    rounds.add_note(session, by, name, criterion, text)


def _reviewers() -> list[Reviewer]:
    """The catalogue's reviewers, by name; nobody for who may decide of nothing."""
    if not visitor.may_somewhere(DECIDE):
        return []
    with reading(shell.engine()) as session:
        found = [each for each in catalogue.read(session, "reviewers") if isinstance(each, Reviewer)]
    return sorted(found, key=lambda each: each.name.casefold())
