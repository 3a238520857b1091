"""Inviting people from a survey's page: links as files, shown once, or as messages; reminders; taking links back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from urllib.parse import urlsplit

import streamlit as st

from feedback.errors import FeedbackError, Problem, Refused
from feedback.exchange import inviting
from feedback.exchange.links import MOST, MOST_CARDS, Asked, Link, is_marked
from feedback.policy import ASK
from feedback.settings import secret_key, settings
from feedback.store import audit, invitations, rounds
from feedback.store.database import reading, transaction
from feedback.store.standing import Standing, in_steps, in_words
from feedback.store.surveys import Survey
from feedback.survey.questionnaire import Instrument
from feedback.ui import handing, page, shell, visitor
from feedback.ui.noting import note
from feedback.ui.opening import TOLD

NO_ADDRESS = (
    "FEEDBACK_PUBLIC_URL is not set, so this is the address you came by; others may need another. Set it before you "
    "share anything."
)
NO_MAIL = (
    "No mail is sent from here yet (FEEDBACK_SMTP_URL and FEEDBACK_PUBLIC_URL are to be set): the links come as a file "
    "for a mail merge of your own."
)
WAYS: Mapping[str, str] = MappingProxyType(
    {
        "number": "A number of links, for nobody in particular",
        "file": "The people in a file of yours",
        "catalogue": "The contacts in your catalogue",
    }
)
TURN = "surveys:turn"
"""How often something was done here that changes the numbers."""
MOST_TOLD = 12
"""So many problems of a file are told at once."""
NOBODY: tuple[Asked, ...] = ()


@dataclass(frozen=True)
class Made:
    """Links that were just made, held for whoever made them and nobody else. expires_on: see sheets."""

    links: Sequence[Link]
    marked: bool
    with_cards: bool
    left_out: int
    expires_on: date | None


def reached_at() -> tuple[str, bool]:
    """The address people reach the app at, and whether it was set; else the one the reader came by."""
    if settings().public_url:
        return settings().public_url, True
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}" if here.netloc else "", False


def can_send() -> bool:
    """Whether messages can leave: there is a mail server, and links in them lead somewhere."""
    return bool(settings().smtp_url.get_secret_value() and settings().public_url)


def show(survey: Survey, standing: Standing, *, is_over: bool, is_round: bool) -> None:
    """Who is invited, and how more are; reminders and links to take back. Of a round of review: reminders only."""
    page.heading("Who is invited?")
    page.block("p", in_a_sentence(standing), "said")
    if is_round:
        page.quiet(f"Of this survey: {rounds.BY_THE_COMMITTEE}")
        if not is_over and standing.made > standing.revoked:
            _remind(survey)
        return
    if is_over:
        page.quiet("It is closed, so its links open nothing. It has to be opened again before more people are invited.")
        return
    instrument = handing.instrument_of(survey)
    if instrument is None:
        page.quiet(f"Its questionnaire, “{survey.instrument}”, is not there any more, so nobody else can be asked.")
        return
    _more(survey, instrument)
    if standing.made > standing.revoked:
        _remind(survey)
        _take_back(survey)


def in_a_sentence(standing: Standing) -> str:
    """How many were invited and have answered.

    >>> in_a_sentence(Standing(made=30, used=15, revoked=5))
    '30 links were made; about 15 were used, and about 5 were taken back.'
    """
    if not standing.made:
        return "Nobody yet. Make links below: each takes one answer, and nothing joins it with what is said."
    made = "One link was made" if standing.made == 1 else f"{standing.made:,} links were made"
    back = f", and {in_words(standing.revoked)} were taken back"
    return f"{made}; {in_words(standing.used)} were used{back if standing.revoked else ''}."


# --- inviting more ----------------------------------------------------------------------------------------------------


def _more(survey: Survey, instrument: Instrument) -> None:
    with st.container(key=f"field-entry-invite-{survey.slug}"):
        _whom(survey, instrument)


def _whom(survey: Survey, instrument: Instrument) -> None:
    has_contacts = instrument.audience == inviting.EMPLOYER and visitor.may(ASK)
    ways = [name for name in WAYS if name != "catalogue" or has_contacts]
    wanted = st.query_params.get("whom", "")  # a link from elsewhere may say whom
    first = ways.index(wanted) if wanted in ways else 0
    way = st.radio("Whom do you invite?", ways, first, format_func=WAYS.__getitem__, key=f"whom:{survey.slug}")
    people, number, marked = NOBODY, 0, False
    problems: Sequence[Problem] = ()
    if way == "number":
        number = int(st.number_input("How many links?", 1, MOST, 30, key=f"count:{survey.slug}"))
        page.block("p", "For a class: print them as cards and hand them out at random.", "help")
    elif way == "file":
        people, problems, marked = _from_file(survey, instrument)
    else:
        people, problems = _from_catalogue(survey)
        marked = True
    for problem in problems[:MOST_TOLD]:
        page.block("p", str(problem), "slip", role="alert")
    if len(problems) > MOST_TOLD:
        page.quiet(f"And {len(problems) - MOST_TOLD:,} more.")
    if problems:
        page.quiet("Nobody is invited yet. Mend the file, then choose it again.")
    expires = st.date_input(
        "Last day the links work (empty: as long as the survey)",
        None,
        min_value="today",
        format="YYYY-MM-DD",
        key=f"expires:{survey.slug}",
    )
    if not can_send() and way != "number":
        page.quiet(NO_MAIL)
    if problems or not (number or people):
        return
    _buttons(survey, instrument, people, number, marked, expires)


def _from_file(survey: Survey, instrument: Instrument) -> tuple[tuple[Asked, ...], tuple[Problem, ...], bool]:
    """Whom an uploaded file names, what is wrong with it, and whether it was marked as UTF-8."""
    sent = st.file_uploader("Contacts (CSV)", type=["csv"], key=f"file:{survey.slug}")
    page.block(
        "p",
        "One person a line. The columns email, language, contact and organisation are understood where there are any; "
        "every other is handed through to the file of links.",
        "help",
    )
    if sent is None:
        return NOBODY, (), False
    with TemporaryDirectory(prefix="feedback-") as folder:  # for its owner alone, and gone at once
        path = Path(folder) / Path(sent.name).name
        path.write_bytes(sent.getvalue())
        try:
            with reading(shell.engine()) as session:
                people = tuple(inviting.read_people(session, survey, instrument, path))
        except Refused as refused:
            return NOBODY, refused.problems, False
        return people, (), is_marked(path)


def _from_catalogue(survey: Survey) -> tuple[tuple[Asked, ...], tuple[Problem, ...]]:
    try:
        with reading(shell.engine()) as session:
            return tuple(inviting.people_of_catalogue(session, survey)), ()
    except Refused:
        page.empty(
            "Nobody in your catalogue can be invited: no contact with an address is left who is not invited yet.",
            "Add contacts in the catalogue, or bring them in: feedback import contacts FILE.csv",
        )
        return NOBODY, ()


def _buttons(
    survey: Survey,
    instrument: Instrument,
    people: tuple[Asked, ...],
    number: int,
    marked: bool,
    expires: date | None,
) -> None:
    """What can be done with them: a file of links, or messages."""
    with_address = sum(bool(one.email) for one in people)
    if people:
        page.block("p", f"{_many(len(people), 'person', 'people')}, {with_address:,} with an address.", "said")
    with st.container(horizontal=True):
        if can_send() and people and with_address == len(people):
            _send_button(survey, instrument, people, expires)
        many = _many(number or len(people), "link", "links")
        if st.button(
            f"Make {many}", key=f"make:{survey.slug}", type="secondary" if people and can_send() else "primary"
        ):
            _make(survey, instrument, people or (Asked(),) * number, marked, expires, with_cards=bool(number))
            st.rerun()


def _make(
    survey: Survey,
    instrument: Instrument,
    people: Sequence[Asked],
    marked: bool,
    expires: date | None,
    *,
    with_cards: bool,
) -> None:
    """Invite them, and hold their links until their files are fetched."""
    visitor.demand(ASK, *shell.subjects(survey.credentials))
    key = secret_key(settings())
    with transaction(shell.engine()) as session:
        often, days = settings().asks_a_year, settings().days_between_asks
        willing = inviting.willing(session, survey, people, key=key, asks_a_year=often, days_between=days)
        made = inviting.invite(
            session, survey, instrument, willing, key=key, public_url=reached_at()[0], expires_on=expires
        )
        audit.record(session, visitor.who(), audit.INVITED, f"survey:{survey.slug}", links=len(made))
    cards = with_cards and len(made) <= MOST_CARDS
    st.session_state[_place(survey)] = Made(made, marked, cards, len(people) - len(made), expires)
    _count_again()


def offer_made(survey: Survey) -> None:
    """The files of links just made: to be fetched now, for there is no other time."""
    made: Made | None = st.session_state.get(_place(survey))
    if made is None:
        return
    number = _many(len(made.links), "link is", "links are")
    why = "since they asked not to be written to, or were written to often or lately"
    left = f" Left out, {why}: {made.left_out:,}." if made.left_out else ""
    with st.container(border=True, key=f"made:{survey.slug}"):
        page.block("p", f"{number} made. Download the file now: it is the only copy.{left}", "done", role="status")
        page.quiet(
            "We keep no link, only what recognises it. Once you leave this page nobody can bring these back; keep the "
            "file as you would keep keys, and delete it when the survey is over."
        )
        if not settings().public_url:
            page.quiet(NO_ADDRESS)
        with st.container(horizontal=True):
            handing.offer_links(survey, made.links, marked=made.marked)
            if made.with_cards:
                handing.offer_cards(survey, made.links, made.expires_on)
            if st.button("I have them, forget the links here", type="tertiary", key=f"forget:{survey.slug}"):
                del st.session_state[_place(survey)]
                st.rerun()


def _place(survey: Survey) -> str:
    return f"surveys:made:{survey.slug}"


# --- messages ---------------------------------------------------------------------------------------------------------


def _send_button(survey: Survey, instrument: Instrument, people: tuple[Asked, ...], expires: date | None) -> None:
    from feedback.worker.asking import asking_of, invite_people, may_write

    asking = asking_of(settings())
    would = may_write(shell.engine(), survey.slug, inviting.persons(people, {}), asking)
    label = f"Send {_many(would.sent, 'invitation', 'invitations')}"
    if not st.button(label, type="primary", disabled=not would.sent, key=f"send:{survey.slug}"):
        return
    with reading(shell.engine()) as session:
        about = inviting.chosen_for(session, survey, instrument, (one.contact for one in people if one.contact))
    visitor.demand(ASK, *shell.subjects(survey.credentials))
    try:
        done = invite_people(
            shell.engine(),
            survey.slug,
            inviting.persons(people, about),
            shell.instruments(),
            asking,
            expires_on=expires,
        )
    except FeedbackError as error:
        page.block("p", str(error), "slip", role="alert")
        return
    note(audit.INVITED, f"survey:{survey.slug}", messages=done.sent)
    st.session_state[TOLD] = (
        f"{_many(done.sent, 'message leaves', 'messages leave')} shortly. {_left(done.resting, done.refused)}".strip()
    )
    _count_again()
    st.rerun()


def _left(resting: int, refused: int) -> str:
    """Who is not written to, and why; "" for nobody."""
    lately = f"{resting:,} were written to lately or are invited already" if resting else ""
    never = f"{refused:,} asked not to be written to" if refused else ""
    told = " and ".join(filter(None, (lately, never)))
    return f"Left in peace: {told}." if told else ""


def _remind(survey: Survey) -> None:
    page.heading("Has somebody forgotten?")
    if not can_send():
        page.quiet("Reminders leave from here once mail can be sent (FEEDBACK_SMTP_URL, FEEDBACK_PUBLIC_URL).")
        return
    page.quiet(
        "Reminders reach only those invited by message who have not answered, at most twice, and nobody who was "
        "written to lately. One goes out by itself two days before the survey closes."
    )
    if st.button("Remind those who have not answered …", key=f"remind:{survey.slug}"):
        _confirm_reminder(survey)


@st.dialog("Remind them now?")
def _confirm_reminder(survey: Survey) -> None:
    page.block(
        "p", "Everybody invited by message who has not answered gets one more, with a link of their own.", "said"
    )
    if st.button("Yes, send the reminders", type="primary", key="remind-now"):
        from feedback.worker.asking import asking_of, remind_survey

        try:
            done = remind_survey(shell.engine(), survey.slug, shell.instruments(), asking_of(settings()))
        except FeedbackError as error:
            page.block("p", str(error), "slip", role="alert")
            return
        # Exact numbers of those reached would say how many, and soon who, have answered.
        note(audit.REMINDED, f"survey:{survey.slug}", messages=in_words(in_steps(done.sent)))
        st.session_state[TOLD] = f"{in_words(in_steps(done.sent)).capitalize()} reminders leave shortly."
        st.rerun()


# --- taking back ------------------------------------------------------------------------------------------------------


def _take_back(survey: Survey) -> None:
    with st.expander("Did links get into the wrong hands?"):
        page.quiet("Links nobody has used can be taken back, all of them here, one by one with: feedback revoke.")
        if st.button("Take back every unused link …", key=f"revoke:{survey.slug}"):
            _confirm_revoking(survey)


@st.dialog("Take back every unused link?")
def _confirm_revoking(survey: Survey) -> None:
    page.block(
        "p",
        "Whoever holds one and has not answered can answer no more by it. Answers given stay. This is final.",
        "said",
    )
    if st.button("Yes, take them back", type="primary", key="revoke-now"):
        visitor.demand(ASK, *shell.subjects(survey.credentials))
        with transaction(shell.engine()) as session:
            number = invitations.revoke(session, survey.slug)
            links = in_words(in_steps(number))
            audit.record(session, visitor.who(), audit.REVOKED, f"survey:{survey.slug}", links=links)
        st.session_state[TOLD] = f"{in_words(in_steps(number)).capitalize()} links are taken back."
        st.session_state.pop(_place(survey), None)
        _count_again()
        st.rerun()


def _count_again() -> None:
    """Numbers on the page follow what was just done here."""
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _many(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
