"""Surveys: what is open and until when, how many answered, whom it reaches; opening, extending and closing one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from types import MappingProxyType
from zoneinfo import ZoneInfo

import streamlit as st

from feedback.errors import FeedbackError
from feedback.exchange import links
from feedback.findings.evidence import Choice
from feedback.policy import ASK, KEEP, READ
from feedback.store import audit, rounds, surveys
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.opening import last_second, window
from feedback.store.standing import STEP, Standing, in_words, read_standings
from feedback.store.surveys import CLOSED, OPEN, OPENS_LATER, STAYS_CLOSED, Survey
from feedback.survey.text import say
from feedback.ui import fields, handing, held, inviting, marks, noting, opening, page, panel, shell, visitor
from feedback.ui.forms import literal
from feedback.ui.opening import PAGE, TOLD

SOON = timedelta(days=7)
MOST_CLOSED = 30
"""So many closed surveys are listed at first, those that closed last."""
FRESH = "60s"
"""So long are counts shown before they are counted again."""
MODES: Mapping[str, str] = MappingProxyType(
    {"invitation": "by invitation", "link": "open link", "kiosk": "kiosk, one device for many"}
)
COUNTED = "What the forms counted is shown anew once a day, in steps of five."
WHOLE_DAY = ((0, 0, 0), (23, 59, 59))


@dataclass(frozen=True)
class Seen:
    """The surveys as they stand at a moment of the database's clock, and their numbers by slug."""

    every: Sequence[Survey]
    moment: datetime
    standings: Mapping[str, Standing]

    def state(self, survey: Survey) -> str:
        """How a survey stands: opens later, open or closed."""
        return surveys.state_of(survey, self.moment)


def show() -> None:
    """The page, as its address says: every survey, one of them, or a new one."""
    held.keep_address()
    if st.query_params.get("new"):
        opening.new()
    elif slug := st.query_params.get("of", ""):
        _one(slug)
    else:
        _every()


def tell() -> None:
    """What was just done, once, at the top of the page."""
    if told := st.session_state.pop(TOLD, ""):
        page.block("p", told, "done", role="status")


def _seen() -> Seen:
    with reading(shell.engine()) as session:
        every, moment = surveys.read_surveys(session), now(session)
    every = [survey for survey in every if visitor.may(ASK, *shell.subjects(survey.credentials))]
    turn = st.session_state.get(inviting.TURN, 0)  # what was just done here shows at once
    return Seen(every, moment, _standings(turn, shell.version(), tuple(survey.slug for survey in every)))


@st.cache_resource(max_entries=4, ttl=FRESH, show_spinner=False)
def _standings(turn: int, version: int, slugs: tuple[str, ...]) -> Mapping[str, Standing]:
    with reading(shell.engine()) as session:
        return read_standings(session, slugs)


# --- all of them ------------------------------------------------------------------------------------------------------


def _every() -> None:
    page.title("What are we asking, and until when?")
    marks.sample()
    tell()
    seen = _seen()
    own = [survey for survey in seen.every if not survey.is_sample]
    invented = [survey for survey in seen.every if survey.is_sample]
    page.lead(in_a_sentence([survey for survey in own if seen.state(survey) == OPEN], seen.moment))
    if not own:
        page.empty(
            "You have opened no survey yet. A survey asks one questionnaire about credentials of your catalogue:",
            "Open one: choose the questionnaire, the credentials, and who may answer.",
            "By invitation everybody gets a link of their own, which takes one answer: the surest count.",
            "As an open link it has one address, or one code to print, for everybody.",
        )
    with st.container(key="add-survey"):
        st.page_link(PAGE, label="+ Open a survey", query_params={"new": "1"})
    for title, those in grouped(own, seen.moment).items():
        page.heading(title)
        if title == "Closed" and len(those) > MOST_CLOSED:
            those = those if st.toggle(f"Show all {len(those):,}", key="all-closed") else those[:MOST_CLOSED]
        _list(those, seen, f"entries-surveys-{title}")
    if invented:
        fold = st.expander(f"The surveys of the sample: {len(invented):,}", key="fold:sample", on_change="rerun")
        if fold.open:
            with fold:
                _list(invented, seen, "entries-surveys-sample")
    if visitor.may(READ):
        panel.show("funnel")
        page.quiet(COUNTED)


def in_a_sentence(taking: Sequence[Survey], moment: datetime) -> str:
    """How many surveys take answers, and which closes next.

    >>> in_a_sentence([], datetime(2026, 3, 1))
    'No survey of yours takes answers now.'
    """
    if not taking:
        return "No survey of yours takes answers now."
    number = "One survey takes" if len(taking) == 1 else f"{len(taking):,} surveys take"
    closing = [survey for survey in taking if survey.closes is not None]
    if not closing:
        return f"{number} answers now, without an end."
    first = min(closing, key=lambda survey: survey.closes or moment)
    which = "it closes" if len(taking) == 1 else "the next to close does so"
    return f"{number} answers now; {which} {in_days(first, moment)}."


def grouped(every: Sequence[Survey], moment: datetime) -> dict[str, list[Survey]]:
    """Surveys under what they want of their reader: what closes soon first, what is over last; none is empty."""
    far = datetime.max.replace(tzinfo=moment.tzinfo)
    ordered = sorted(every, key=lambda survey: (survey.closes or far, survey.slug))
    state = {survey.slug: surveys.state_of(survey, moment) for survey in ordered}
    taking = [survey for survey in ordered if state[survey.slug] == OPEN]
    soon = [survey for survey in taking if survey.closes is not None and survey.closes - moment < SOON]
    groups = {
        "Closes within a week": soon,
        "Open now": [survey for survey in taking if survey not in soon],
        "Opens later": [survey for survey in ordered if state[survey.slug] == OPENS_LATER],
        "Closed": [survey for survey in reversed(ordered) if state[survey.slug] == CLOSED],
    }
    return {title: those for title, those in groups.items() if those}


def _list(those: Sequence[Survey], seen: Seen, key: str) -> None:
    with st.container(gap=None, key=key.replace(" ", "-")):
        for survey in those:
            facts = [
                title_of(survey),
                MODES[survey.mode],
                window_in_words(survey, seen.moment),
                "" if seen.state(survey) == OPENS_LATER else answers_in_words(seen.standings[survey.slug]),
                *(["sample"] if survey.is_sample else []),
            ]
            label = f"**{literal(about(survey))}**  \n{literal(' · '.join(filter(None, facts)))}"
            st.page_link(PAGE, label=label, query_params={"of": survey.slug}, width="stretch")


# --- in words ---------------------------------------------------------------------------------------------------------


def title_of(survey: Survey) -> str:
    """The title of its questionnaire."""
    known = shell.instruments().get(survey.instrument)
    return say(known.title, "en") if known else survey.instrument


def about(survey: Survey) -> str:
    """What it asks about: its credential, or how many."""
    titles = held.titles("credentials")
    named = [titles.get(slug, slug) for slug in survey.credentials]
    if len(named) < 3:
        return " and ".join(named) or survey.slug
    return f"{named[0]} and {len(named) - 1} more credentials"


def window_in_words(survey: Survey, moment: datetime) -> str:
    """From when until when, by the survey's own zone; how much is left."""
    state = surveys.state_of(survey, moment)
    zone = "" if survey.zone == "UTC" else f" ({survey.zone})"
    if state == OPENS_LATER:
        until = f", closes at the end of {_moment(survey, survey.closes)}" if survey.closes else ""
        return f"opens on {_moment(survey, survey.opens)}{until}{zone}"
    if survey.closes is None:
        return "open without an end"
    if state == CLOSED:
        return f"closed since {_moment(survey, survey.closes)}{zone}"
    return f"open to {_moment(survey, survey.closes)}{zone}, closes {in_days(survey, moment)}"


def _moment(survey: Survey, moment: datetime) -> str:
    """A day in the survey's zone; with the time, where that is neither its first nor its last second."""
    local = moment.astimezone(ZoneInfo(survey.zone))
    whole = (local.hour, local.minute, local.second) in WHOLE_DAY
    return f"{fields.day(local.date())}{'' if whole else f'{local:, %H:%M}'}"


def in_days(survey: Survey, moment: datetime) -> str:
    """When an open survey closes, in days of its own zone."""
    assert survey.closes is not None
    zone = ZoneInfo(survey.zone)
    days = (survey.closes.astimezone(zone).date() - moment.astimezone(zone).date()).days
    return "today" if days == 0 else "tomorrow" if days == 1 else f"in {days:,} days"


def answers_in_words(standing: Standing) -> str:
    """How many answered, in steps.

    >>> answers_in_words(Standing(answers=15))
    'about 15 answers'
    """
    return f"{in_words(standing.answers)} answers"


# --- one of them ------------------------------------------------------------------------------------------------------


def _one(slug: str) -> None:
    st.page_link(PAGE, label="← All surveys")
    survey = shell.survey(slug)
    if survey is None or not visitor.may(ASK, *shell.subjects(survey.credentials)):
        noting.refused(f"survey:{slug}")
        page.title("No survey of that name")
        page.empty(f"There is no survey “{slug}”. It may have been taken away with the sample.")
        return
    seen = _seen()
    state, standing = seen.state(survey), seen.standings.get(slug, Standing())
    page.title(f"{title_of(survey)}: {about(survey)}")
    if survey.is_sample:
        marks.sample()
    tell()
    inviting.offer_made(survey)
    words = window_in_words(survey, seen.moment)
    so_far = f"; {answers_in_words(standing)}{'' if state == CLOSED else ' so far'}" if state != OPENS_LATER else ""
    page.lead(f"{words[0].upper()}{words[1:]}{so_far}.")
    page.quiet(f"Numbers of answers come in steps of {STEP}, so that nobody can be watched answering.")
    with reading(shell.engine()) as session:
        is_round = rounds.is_round(session, slug)
    if survey.mode == "invitation":
        inviting.show(survey, standing, is_over=state == CLOSED, is_round=is_round)
    elif state != CLOSED:
        _address(survey)
    if not is_round:
        _until(survey, state)
    if state != OPENS_LATER:
        panel.show("funnel", Choice(survey=survey.slug))
        page.quiet(COUNTED)
    _facts(survey)


def _address(survey: Survey) -> None:
    """The address everybody may answer at, its code, and what that means for the count."""
    page.heading("What do I share?")
    base, is_set = inviting.reached_at()
    address = links.open_address(base, survey.slug)
    st.code(address, language=None, wrap_lines=True)
    if not is_set:
        page.quiet(inviting.NO_ADDRESS)
    st.html(f'<img class="qr" alt="The address as a QR code" src="{escape(links.code_image(address))}">')
    handing.offer_poster(survey, base)
    if survey.mode == "kiosk":
        page.quiet("Open it on the device people share. After each answer the form begins again for the next person.")
    page.block(
        "p",
        "Anybody who has the address can answer. A browser that has answered is told so and may begin anew: this is "
        "not one person, one vote. Where every person must count once, open a survey by invitation.",
        "hint",
    )


def _until(survey: Survey, state: str) -> None:
    page.heading("Until when?")
    key = f"until:{survey.slug}"
    for problem in st.session_state.pop(f"{key}:problems", ()):
        page.block("p", problem, "slip", role="alert")
    is_over = state == CLOSED
    if is_over and not visitor.may(KEEP):
        page.quiet(STAYS_CLOSED)
        return
    now_until = None if is_over else window(survey)["closes"]
    with st.container(gap="xsmall", key=f"field-entry-{key}"):
        day = st.date_input(
            "Last day (empty: no end)", now_until, format="YYYY-MM-DD", key=f"{key}:again" if is_over else key
        )
        page.block("p", f"It takes answers to the last second of that day in {survey.zone}.", "help")
    with st.container(horizontal=True):
        again = "Open it again" if is_over else "Keep it open"
        label = f"{again} to {fields.day(day)}" if day else f"{again} without an end"
        if day == now_until and not is_over:
            st.button("Choose another day to change it", key=f"{key}:same", disabled=True)
        elif st.button(label, key=f"{key}:button"):
            _extend(survey, last_second(day, survey.zone) if day else None, f"{key}:problems")
            st.rerun()
        if state == OPEN and st.button("Close it now …", key=f"{key}:close"):
            _confirm_close(survey)


def _extend(survey: Survey, closes: datetime | None, problems: str) -> None:
    visitor.demand(ASK, *shell.subjects(survey.credentials))
    try:
        with transaction(shell.engine()) as session:
            surveys.extend(session, survey.slug, closes, by=visitor.who())
            until = closes.isoformat() if closes else None
            audit.record(session, visitor.who(), audit.EXTENDED, f"survey:{survey.slug}", closes=until)
    except FeedbackError as error:
        st.session_state[problems] = str(error).splitlines()
        return
    st.session_state[TOLD] = f"Open to {_moment(survey, closes)} now." if closes else "Open without an end now."


@st.dialog("Close this survey now?")
def _confirm_close(survey: Survey) -> None:
    page.block(
        "p",
        "Nobody can begin it any more, and links nobody has used open nothing. Forms begun are taken for 15 minutes. "
        f"Answers stay. {STAYS_CLOSED}",
        "said",
    )
    if st.button("Yes, close it now", type="primary", key="close-now"):
        visitor.demand(ASK, *shell.subjects(survey.credentials))
        try:
            with transaction(shell.engine()) as session:
                surveys.close(session, survey.slug)
                audit.record(session, visitor.who(), audit.CLOSED, f"survey:{survey.slug}")
        except FeedbackError as error:
            page.block("p", str(error), "slip", role="alert")
            return
        st.session_state[TOLD] = "Closed. Forms begun are taken for 15 minutes more."
        st.rerun()


def _facts(survey: Survey) -> None:
    """How it was set up, folded away."""
    titles = held.titles("credentials")
    facts = {
        "Called": survey.slug,
        "Asks": f"{title_of(survey)}, version {survey.version}",
        "About": ", ".join(titles.get(slug, slug) for slug in survey.credentials),
        "Run": held.titles("runs").get(survey.run or "", survey.run or ""),
        "Open to": MODES[survey.mode],
        "Languages": ", ".join(survey.languages),
        "Zone": survey.zone,
        "Own questions": f"{len(survey.local_questions)}" if survey.local_questions else "",
    }
    with st.expander("How it is set up"):
        rows = "".join(f"<div><dt>{name}</dt><dd>{escape(said)}</dd></div>" for name, said in facts.items() if said)
        st.html(f'<dl class="facts">{rows}</dl>')
