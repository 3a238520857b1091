"""What is due, and what was decided: the committee's calendar, reviews, decisions, interests and rules."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

import streamlit as st

from feedback.findings.calendar import CREDENTIAL, DUE, FRESH, OVERDUE, SKILL, Clock, newest, urgent
from feedback.findings.evidence import Choice
from feedback.policy import EXPORT, READ, WHOLE, Actor, Subject
from feedback.store.database import reading
from feedback.ui import deciding, governing, held, marks, packs, page, reviewing, ruling, shell, visitor
from feedback.ui.forms import literal
from feedback.ui.governing import PAGE, day
from feedback.worker.governing import gather_calendar

CALENDAR, REVIEWS, DECISIONS, INTERESTS, RULES = "What is due", "Reviews", "Decisions", "Interests", "Rules"
PARTS = (CALENDAR, REVIEWS, DECISIONS, INTERESTS, RULES)
STATES: Mapping[str, str] = MappingProxyType(
    {
        "overdue": "Overdue",
        "due": "Due now",
        "never": "Never yet",
        "due soon": "Due soon",
        "fresh": "Fresh",
    }
)
"""How something stands, in words."""
COLUMNS = ("What", "It is", "Stands", "Waits for", "Last", "Due", "Changed since")
MOST = 40
"""So many lines of the calendar are listed at once."""


def show() -> None:
    """The page, as its address says. Raises Forbidden for who may read of nothing."""
    visitor.demand_somewhere(READ)
    held.keep_address()
    asked = st.query_params
    if name := asked.get("round", ""):
        reviewing.one(name)
    elif name := asked.get("decision", ""):
        deciding.one(name)
    elif "rules" in asked:
        ruling.of(asked["rules"])
    elif asked.get("new") == "round":
        reviewing.new()
    elif asked.get("new") == "decision":
        deciding.new()
    elif asked.get("new") == "rule":
        ruling.new()
    else:
        _everything()


def _everything() -> None:
    page.title("What is due, and what was decided?")
    marks.sample()
    governing.tell()
    governing.slips()
    clocks = _clocks()
    page.lead(urgent(clocks))
    if packs.may_make():
        page.jumps({packs.PLACE: "Make the pack for the meeting"})
    part = st.segmented_control(
        "Part", PARTS, default=CALENDAR, required=True, key="committee:part", label_visibility="collapsed",
        persist_state="session",
    )  # fmt: skip
    if part == REVIEWS:
        reviewing.every()
    elif part == DECISIONS:
        deciding.every()
    elif part == INTERESTS:
        deciding.interests()
    elif part == RULES:
        ruling.every()
    else:
        _calendar(clocks)


def _clocks() -> list[Clock]:
    """How everything stands that the visitor may read of; of answers only what the gate lets through."""
    credentials = [each.slug for each in shell.institution().credentials]
    choices = [Choice()] if visitor.may(READ) else [Choice(credential=slug) for slug in credentials]
    heard: dict[str, str] = {}
    for choice in choices:
        for skill, month in newest(shell.answer("skill_validation", choice).shown).items():
            heard[skill] = max(month, heard.get(skill, ""))
    with reading(shell.engine()) as session:
        return gather_calendar(session, heard, governing.today(), credentials)


def _calendar(clocks: Sequence[Clock]) -> None:
    wanting = [clock for clock in clocks if clock.state != FRESH]
    fresh = [clock for clock in clocks if clock.state == FRESH]
    for title, kind in (("Credentials to review", CREDENTIAL), ("Skills to look at", SKILL)):
        those = [clock for clock in wanting if clock.kind == kind]
        if those:
            page.heading(title)
            _lines(those, title)
    if fresh:
        with st.expander(f"What is fresh: {len(fresh):,}"):
            _lines(fresh, "What is fresh")
    if clocks:
        _file(clocks)
    page.quiet(
        "A credential wants a review of its design before it is tried, one of its trial before it goes live, and one a "
        "year from then on; a day set in the catalogue counts when it comes first. A skill is stale when enough "
        "employers have not been heard on it for 12 months; only published answers count, by month."
    )


def _lines(clocks: Sequence[Clock], words: str) -> None:
    more = f"committee:all:{words}"
    most = len(clocks) if st.session_state.get(more) else MOST
    with st.container(gap=None, key=f"entries-{words}".replace(" ", "-")):
        for clock in clocks[:most]:
            _line(clock)
    if len(clocks) > most:
        st.button(f"Show {len(clocks) - most:,} more", key=f"button:{more}", on_click=partial(_show_all, more))


def _line(clock: Clock) -> None:
    """A line that leads to what is to be done: planning a review, or the catalogue's entry."""
    told = " · ".join(filter(None, (in_words(clock), clock.awaits, _last(clock))))
    label = f"**{literal(clock.title)}**  \n{literal(told)}"
    entity = "credentials" if clock.kind == CREDENTIAL else "skills"
    if entity == "credentials" and clock.state != FRESH and governing.may_decide(clock.slug):
        st.page_link(PAGE, label=label, query_params={"new": "round", "credential": clock.slug}, width="stretch")
    else:
        st.page_link(held.PAGE, label=label, query_params={"entity": entity, "slug": clock.slug}, width="stretch")


def in_words(clock: Clock) -> str:
    """How something stands, and since or until when."""
    said, on = STATES[clock.state], day(clock.due_on)
    if not on:
        return said
    return f"{said}, since {on}" if clock.state in (OVERDUE, DUE) else f"{said}, due on {on}"


def _show_all(more: str) -> None:
    st.session_state[more] = True


def _last(clock: Clock) -> str:
    """When it was last looked at, and that it was changed since; of a skill the month. "" for never."""
    if clock.last is None:
        return ""
    if clock.kind != CREDENTIAL:
        return f"enough employers heard since {clock.last:%B %Y}"
    changed = f", and changed on {day(clock.changed)}" if clock.changed else ""
    return f"last reviewed on {day(clock.last)}{changed}"


def _file(clocks: Sequence[Clock]) -> None:
    """The calendar of what the visitor may take away, as a file."""
    allowed = [clock for clock in clocks if visitor.may(EXPORT, _subject(clock))]
    if allowed:
        st.download_button(
            "Download the calendar (CSV)",
            partial(_written, visitor.who(), {_subject(clock) for clock in allowed}, allowed),
            file_name="review-calendar.csv",
            mime="text/csv",
            key="committee:file",
            on_click="ignore",
        )


def _subject(clock: Clock) -> Subject:
    """What a line is about: its credential, or all, where it is a skill."""
    return WHOLE if clock.kind == SKILL else shell.institution().subject(clock.slug)


def _written(by: Actor, subjects: Iterable[Subject], clocks: Sequence[Clock]) -> bytes:
    from pandas import DataFrame

    from feedback.exchange.tables import csv_bytes
    from feedback.ui import downloads

    downloads.taken(by, subjects, (EXPORT,), "file:calendar", rows=len(clocks), format="csv")
    rows = [
        (clock.title, clock.kind, STATES[clock.state], clock.awaits, clock.last, clock.due_on, clock.changed)
        for clock in clocks
    ]
    return csv_bytes(DataFrame(rows, columns=list(COLUMNS), dtype=object))
