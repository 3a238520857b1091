"""Decisions on the committee's page: what was decided, on what it rested, and who stands apart."""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import streamlit as st

from feedback.findings.evidence import Choice
from feedback.policy import DECIDE
from feedback.store import committee, rounds
from feedback.store.accounts import Account
from feedback.store.committee import OUTCOMES, Conflict, Decision, Seen, Wanted
from feedback.store.database import reading
from feedback.ui import acting, governing, marks, page, shell, visitor
from feedback.ui.forms import literal
from feedback.ui.governing import PAGE, day, listed

RESTS_ON = ("recognition", "skills", "worth", "what_to_change", "experts", "agreement")
"""The findings a decision about a credential rests on, as they were shown when it was made."""
BEFORE: Mapping[str, str] = MappingProxyType(
    {"approve_design": "design", "approve_beta": "beta", "approve_live": "beta"}
)
"""The review that comes before an approval."""


def every() -> None:
    """All decisions the visitor may read of, the newest first."""
    titles = governing.titles()
    with reading(shell.engine()) as session:
        those = [each for each in committee.read_decisions(session) if each.credential in titles]
    page.heading("What has the committee decided?")
    if governing.titles(DECIDE):
        with st.container(key="add-decision"):
            st.page_link(PAGE, label="+ Write a decision down", query_params={"new": "decision"})
    if not those:
        page.empty(
            "Nothing has been decided yet. A decision keeps what the committee saw when it made it:",
            "Whoever has an interest in the credential declares it, and takes no part.",
            "Write the decision down with who was present. The findings are frozen with it.",
            "It cannot be changed. A mistake is put right by a new one that names the old.",
        )
        return
    replaced = {each.corrects for each in those}
    with st.container(gap=None, key="entries-decisions"):
        for each in those:
            st.page_link(
                PAGE,
                label=_label(each, titles, corrected=each.id in replaced),
                query_params={"decision": each.id},
                width="stretch",
            )


def _label(one: Decision, titles: Mapping[str, str], *, corrected: bool) -> str:
    told = [
        OUTCOMES.get(one.outcome, one.outcome),
        day(one.day),
        "corrected since" if corrected else "",
        "" if one.is_as_made else "does not match its digest",
        "sample" if one.is_sample else "",
    ]
    return f"**{literal(titles[one.credential])}**  \n{literal(' · '.join(filter(None, told)))}"


# --- one decision -----------------------------------------------------------------------------------------------------


def one(name: str) -> None:
    """A decision as it was made, and whether it still is."""
    governing.back()
    titles = governing.titles()
    with reading(shell.engine()) as session:
        those = [each for each in committee.read_decisions(session) if each.credential in titles]
    found = next((each for each in those if each.id == name), None)
    if found is None:
        page.title("There is no such decision")
        page.empty("It may have been taken away with the sample.")
        return
    page.title(f"{titles[found.credential]}: {OUTCOMES.get(found.outcome, found.outcome).lower()}")
    marks.sample()
    governing.tell()
    page.lead(found.words)
    if found.is_as_made:
        page.block("p", "Verified: it is as it was made, word for word.", "done")
    else:
        said = "Does not match: it, or what it rests on, was changed after it was made. Ask whoever keeps the database."
        page.block("p", said, "slip", role="alert")
    _related(found, those)
    governing.facts(
        {
            "Decided": day(found.day),
            "Present": listed(found.names("present")),
            "Stood apart": listed(found.names("apart")),
            "Release": f"{found.release}" if found.release is not None else "none yet",
        }
    )
    page.quiet(f"Digest (SHA-256): {found.digest}")
    if found.outcome == "change":
        about = Choice(credential=found.credential)
        line = f"decision:{found.id}"
        acting.offer(found.credential, "review", line, found.words[:300], finding="experts", choice=about, key=found.id)
    page.heading("What did it rest on?")
    page.quiet("As it was shown when the decision was made. What is known today may differ.")
    for seen in found.seen:
        _seen(seen)
    if governing.may_decide(found.credential):
        again = {"new": "decision", "credential": found.credential, "corrects": found.id}
        st.page_link(PAGE, label="Put it right by a new decision", query_params=again)


def _related(found: Decision, those: Sequence[Decision]) -> None:
    """The decision it corrects, and the one that corrects it."""
    for each in those:
        if each.corrects == found.id:
            st.page_link(PAGE, label=f"Corrected on {day(each.day)}", query_params={"decision": each.id})
        if found.corrects == each.id:
            st.page_link(PAGE, label=f"Corrects the one of {day(each.day)}", query_params={"decision": each.id})


def _seen(seen: Seen) -> None:
    page.block("p", seen.question, "path-title")
    page.block("p", seen.sentence, "said")
    if seen.rows:
        with st.expander("The table as it was, and how we knew"):
            governing.grid(seen.columns, seen.rows, seen.question)
            page.quiet(seen.caution)


# --- a new one --------------------------------------------------------------------------------------------------------


def new() -> None:
    """The form that writes a decision down. Raises Forbidden for who may decide of nothing."""
    visitor.demand_somewhere(DECIDE)
    governing.back()
    page.title("Write a decision down")
    marks.sample()
    governing.slips()
    asked = st.query_params
    corrects = asked.get("corrects", "")
    with st.container(key="field-entry-decision"):
        titles = governing.titles(DECIDE)
        slug = governing.choose("Credential", titles, "decision:of", asked.get("credential", ""))
        if not slug:
            page.quiet("Choose the credential that is decided about.")
            return
        members, apart, late = _who(slug)
        outcome = st.radio(
            "What was decided?", list(OUTCOMES), format_func=OUTCOMES.__getitem__, key="decision:outcome"
        )
        if BEFORE.get(outcome) and BEFORE[outcome] not in late:
            page.block(
                "p", "No review of that stage is closed yet. Say in the decision why it is made without.", "hint"
            )
        words = st.text_area("In words", key="decision:words", placeholder="What is decided, why, and until when")
        names = {each.id: each.name for each in members if each.id not in apart}
        present = st.multiselect(
            "Who was present and decided?",
            list(names),
            format_func=names.__getitem__,
            placeholder="Choose one or more",
            key=f"decision:present:{slug}",
        )
        if aside := [each.name for each in members if each.id in apart]:
            said = "has an interest and stands" if len(aside) == 1 else "have an interest and stand"
            page.block("p", f"{listed(aside)} {said} apart.", "hint")
    page.heading("What does it rest on?")
    page.quiet("These findings are frozen with the decision, as they stand now.")
    seen = [acting.frozen(name, Choice(credential=slug)) for name in RESTS_ON]
    for each in seen:
        _seen(each)
    page.quiet("A decision cannot be changed or removed. A mistake is put right by a new one.")
    if st.button("Record this decision", type="primary", key="decision:record"):
        wanted = Wanted(slug, outcome, words, present, seen, shell.last_release()[0], corrects)
        made = governing.do(lambda session, by: committee.decide(session, by, wanted), "The decision is recorded.")
        if made:
            st.query_params.from_dict({"decision": made.id})
        st.rerun()


def _who(slug: str) -> tuple[list[Account], set[str], set[str]]:
    """Who may decide about a credential, the ids of those who stand apart, and the stages of its closed reviews."""
    with reading(shell.engine()) as session:
        members = committee.members_of(session, committee.subject_of(session, slug))
        apart = committee.interested(session, slug)
        return members, apart, set(rounds.last_reviews(session).get(slug, ()))


# --- interests --------------------------------------------------------------------------------------------------------


def interests() -> None:
    """Who has an interest in which credential, and the form that declares one's own."""
    page.heading("Who stands apart?")
    page.quiet(
        "Whoever has an interest in a credential declares it here. Until "
        f"{committee.COUNTS_FOR.days} days after it is over they can neither be present at its decisions, nor write "
        "one down, nor see to its reviews, and are listed apart. What they say is read by those who decide."
    )
    titles, names, me = governing.titles(), governing.names(), visitor.who().id
    with reading(shell.engine()) as session:
        those = [each for each in committee.read_conflicts(session) if each.credential in titles]
    for each in those:
        _interest(each, titles[each.credential], names.get(each.account, "Somebody"), mine=each.account == me)
    if not those:
        page.quiet("Nobody has declared an interest.")
    if me in names:
        _declare(titles)


def _interest(one: Conflict, title: str, name: str, *, mine: bool) -> None:
    page.block("p", f"{name}: {title}", "path-title")
    if mine or governing.may_decide(one.credential):
        page.block("p", one.statement, "said")
    page.quiet(f"Declared on {day(one.declared_on)}")
    if mine and st.button("It is over", key=f"interest:over:{one.credential}"):
        work = partial(_end, one.credential)
        governing.do(work, f"Your interest is noted as over. It counts for {committee.COUNTS_FOR.days} days more.")
        st.rerun()


def _end(slug: str, session: Any, by: Any) -> None:
    committee.end_conflict(session, by, slug)


def _declare(titles: Mapping[str, str]) -> None:
    key = f"interest:{governing.done()}"
    with st.expander("Declare an interest of yours"), st.container(key=f"field-entry-{key}"):
        slug = governing.choose("Credential", titles, f"{key}:of")
        text = st.text_area("What is your interest?", key=f"{key}:text", placeholder="As: I teach a module of it.")
        if st.button("Declare it", key=f"{key}:button", disabled=not slug):
            work = partial(_say, slug, text)
            governing.do(work, "Your interest is noted. You take no part in decisions about it.")
            st.rerun()


def _say(slug: str, text: str, session: Any, by: Any) -> None:
    committee.declare(session, by, slug, text)
