"""The form that opens a survey: all that is wrong is told at once, beside what it is about, and nothing is lost."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from feedback.policy import ASK
from feedback.settings import data_folder
from feedback.store import audit, opening
from feedback.store.database import reading, transaction
from feedback.survey.instrument import read_instrument_texts
from feedback.survey.questionnaire import EMPLOYER, Instrument
from feedback.survey.text import say
from feedback.survey.wording import words
from feedback.ui import held, marks, page, shell, visitor
from feedback.ui.forms import literal

PAGE = "pages/surveys.py"
TOLD = "surveys:told"
"""Where the session keeps what is to be told on the next page."""
PROBLEMS = "surveys:problems"
SENT = "surveys:sent"
"""How often opening was refused: each time the reader is brought to the top, where it is told."""
FIELDS = ("instrument", "credential", "run", "mode", "language", "opens", "closes", "zone")
WAYS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "invitation": (
            "By invitation",
            "A link for each person, which takes one answer. The surest count, and reminders only reach those who have "
            "not answered.",
        ),
        "link": (
            "Open link",
            "One address for everybody. A browser that has answered is told so and may begin anew: not one person, one "
            "vote.",
        ),
        "kiosk": (
            "Kiosk",
            "One device that many use in turn; after each answer the form begins again.",
        ),
    }
)
"""Who may answer, by mode: its name and what it means."""


def new() -> None:
    """The page that opens a survey."""
    st.page_link(PAGE, label="← All surveys")
    page.title("Open a survey")
    marks.sample()
    if not shell.institution().credentials:
        marks.first_steps()
        return
    page.to_top(st.session_state.get(SENT, 0))
    _begin(st.query_params.get("credential", ""))
    problems: Mapping[str, Sequence[str]] = st.session_state.get(PROBLEMS, {})
    _slips(problems)
    with st.container(key="field-entry-new-survey"):
        wanted = _asked(problems)
    if st.button("Open this survey", type="primary", key="new:send"):
        _open(wanted)
        st.rerun()


def _begin(about: str) -> None:
    """Where the way here names a credential that wants employers' answers, the form begins with what asks for them."""
    if about not in shell.institution().titles() or st.session_state.get(_key("begun")) == about:
        return
    employers = [name for name, each in shell.instruments().items() if _asks_employers(each)]
    chosen: dict[str, Any] = {"begun": about, "about": [about], "mode": "invitation"}
    if len(employers) == 1:
        chosen["instrument"] = employers[0]
    st.session_state.update({_key(name): value for name, value in chosen.items()})


def _asks_employers(instrument: Instrument) -> bool:
    return instrument.audience == EMPLOYER and not instrument.import_only and instrument.pairs_question is None


def _key(name: str) -> str:
    return f"new:{name}"


def _slips(problems: Mapping[str, Sequence[str]]) -> None:
    count = sum(map(len, problems.values()))
    if count:
        said = "One thing to look at" if count == 1 else f"{count} things to look at"
        page.block("p", f"{said}. Nothing is opened yet, and nothing you chose is lost.", "slips-title", role="alert")
    for problem in problems.get("", ()):
        page.block("p", problem, "slip")


def _asked(problems: Mapping[str, Sequence[str]]) -> opening.Wanted | None:
    """The controls, each under what is wrong with it; the survey they ask for, None while something is missing."""
    known = {name: each for name, each in shell.instruments().items() if not each.import_only}

    def wrong(name: str) -> None:
        for problem in problems.get(name, ()):
            page.block("p", problem, "slip", role="alert")

    page.heading("What is asked, and about what?")
    wrong("instrument")
    instrument = _questionnaire(known)
    wrong("credential")
    titles = shell.institution().titles()
    credentials = st.multiselect(
        "Credentials", list(titles), format_func=titles.__getitem__, placeholder="Choose one or more", key=_key("about")
    )
    _help("About one, the answers are its own. Of several, a learner says which one; an employer sees up to three.")
    wrong("run")
    run = _run(credentials)
    page.heading("Who may answer?")
    wrong("mode")
    mode = st.radio(
        "Who may answer",
        list(WAYS),
        format_func=lambda name: WAYS[name][0],
        captions=[meaning for _, meaning in WAYS.values()],
        key=_key("mode"),
        label_visibility="collapsed",
    )
    wrong("language")
    languages = _languages(instrument)
    page.heading("From when until when?")
    first, last = st.columns(2)
    with first:
        wrong("opens")
        opens = st.date_input("First day (empty: now)", None, format="YYYY-MM-DD", key=_key("opens"))
    with last:
        wrong("closes")
        closes = st.date_input("Last day (empty: no end)", None, format="YYYY-MM-DD", key=_key("closes"))
    wrong("zone")
    zone = _zone()
    if instrument is None:
        return None
    return opening.Wanted(
        instrument=instrument,
        credentials=credentials,
        run=run or None,
        mode=mode,
        opens=opens,
        closes=closes,
        zone=zone,
        languages=languages,
    )


def _help(text: str) -> None:
    page.block("p", text, "help")


def _questionnaire(known: Mapping[str, Instrument]) -> Instrument | None:
    def named(name: str) -> str:
        each = known[name]
        minutes = f", about {each.minutes:g} min" if each.minutes else ""
        return literal(f"{say(each.title, 'en')} ({each.audience}{minutes})")

    chosen = st.selectbox(
        "Questionnaire", sorted(known), index=None, format_func=named, placeholder="Choose one", key=_key("instrument")
    )
    if chosen:
        st.page_link("pages/form_preview.py", label="Look at it first")
    return known.get(chosen or "")


def _run(credentials: Sequence[str]) -> str:
    """A delivery of one of the credentials, where they have any."""
    runs: Sequence[Any] = [each for each in held.entries("runs") if getattr(each, "credential", "") in credentials]
    if not runs:
        return ""
    names = {"": "Any, or none in particular", **{each.slug: each.label for each in runs}}
    return str(st.selectbox("Run", list(names), format_func=names.__getitem__, key=_key("run")))


def _languages(instrument: Instrument | None) -> Sequence[str]:
    """Those it is offered in: all there are, unless some are taken out. The first is the one for whoever names none."""
    offered = instrument.languages if instrument else ()
    chosen = st.multiselect(
        "Languages (empty: all there are)",
        offered,
        format_func=lambda code: words(code).get("name", code),
        placeholder="All" if instrument else "Choose the questionnaire first",
        disabled=instrument is None,
        key=_key(f"languages:{instrument.id if instrument else ''}"),
    )
    return [code for code in offered if code in chosen]


def _zone() -> str:
    zones = ["UTC", *sorted(available_timezones() - {"UTC"})]
    here = st.context.timezone
    zone = st.selectbox("Time zone", zones, index=zones.index(here) if here in zones else 0, key=_key("zone"))
    _help("A day begins and ends by this zone, summer time included. People see the last day in it.")
    return str(zone)


def _open(wanted: opening.Wanted | None) -> None:
    """Open the survey and go to its page; or note what is in the way."""
    if wanted is None:
        problems = {"instrument": ["Choose a questionnaire."]}
        if not st.session_state.get(_key("about")):
            problems["credential"] = ["Choose the credential it asks about."]
        _refused(problems)
        return
    with reading(shell.engine()) as session:
        found = opening.problems_of(session, wanted)
    if found:
        told: dict[str, list[str]] = {}
        for problem in found:
            message = f"{problem.message[0].upper()}{problem.message[1:]}"
            told.setdefault(problem.where if problem.where in FIELDS else "", []).append(message)
        _refused(told)
        return
    visitor.demand(ASK, *shell.subjects(wanted.credentials))
    texts = read_instrument_texts(data_folder() / "instruments")
    with transaction(shell.engine()) as session:
        survey = opening.open_wanted(session, wanted, texts)
        audit.record(session, visitor.who(), audit.OPENED, f"survey:{survey.slug}", mode=survey.mode)
    for key in [key for key in st.session_state if str(key).startswith("new:")]:
        del st.session_state[key]
    st.session_state.pop(PROBLEMS, None)
    next_step = {
        "invitation": "Now make the invitations.",
        "link": "Share its address.",
        "kiosk": "Open its address on the device.",
    }[survey.mode]
    st.session_state[TOLD] = f"The survey is set up. {next_step}"
    st.query_params.from_dict({"of": survey.slug})


def _refused(problems: Mapping[str, Sequence[str]]) -> None:
    st.session_state[PROBLEMS] = problems
    st.session_state[SENT] = st.session_state.get(SENT, 0) + 1
