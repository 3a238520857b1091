"""The pages that collect answers: the survey of an address, its language, one transaction, the receipt."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import streamlit as st
from sqlalchemy.exc import DBAPIError

from feedback.errors import FeedbackError, Refused
from feedback.store import catalogue
from feedback.store.database import reading, transaction
from feedback.store.responses import GRACE_MINUTES, Saved, SurveyClosed, save_submission
from feedback.store.reviews import has_reviewed
from feedback.store.surveys import Survey
from feedback.survey.instrument import Instrument
from feedback.survey.local import with_local
from feedback.survey.questionnaire import EMPLOYER, EXPERT, LEARNER, PAGES
from feedback.survey.respondent import LONGEST_REVIEWER, organisation_named, respondent_of, reviewer_named
from feedback.survey.setting import Subject, choose_setting
from feedback.survey.steps import apart, introduced
from feedback.survey.subjects import subject_of
from feedback.survey.submission import Submission
from feedback.survey.text import say
from feedback.survey.wording import direction, word, words
from feedback.ui import held, marks, notices, page, shell, steps, visitor
from feedback.ui.filling import Form, Sitting
from feedback.ui.forms import literal, style

OWN_KEYS = ("form", "language", "pick", "who", "back", "next", "send")
"""What a form keeps in the session besides its questions: "form:SLUG" and so on."""
TITLES = {
    LEARNER: "Which survey of learners?",
    EMPLOYER: "Which survey of employers?",
    EXPERT: "Which expert review?",
}


def collect(audience: str) -> None:
    """The page of an audience: the survey named in the address, or the open ones to choose from."""
    style()
    held.keep_address()
    slug = st.query_params.get("survey", "")
    survey = shell.survey(slug) if slug else None
    asked = shell.instruments().get(survey.instrument) if survey is not None else None
    if survey is None or asked is None or asked.audience != audience:
        _choose(audience, not_found=bool(slug))
        return
    _form(survey, shell.questionnaire(survey))


def _choose(audience: str, *, not_found: bool) -> None:
    titles = shell.everything().titles()
    page.title(TITLES[audience])
    marks.sample()
    if not_found:
        st.warning(literal(word("survey.not_found", "en")))
    surveys = shell.open_surveys(audience)
    known = {name: each for name, each in shell.instruments().items() if each.audience == audience}
    if not surveys:
        names = " or ".join(sorted(name for name, each in known.items() if not each.import_only))
        page.empty(
            "No survey is open for this audience yet.",
            "Bring your credentials in: feedback import catalogue FILE.csv",
            f"Open a survey: feedback open {audience} --credential SLUG ({names})",
        )
        return
    page.quiet("These are the forms as this app shows them. Share the lighter ones, made for phones and bad lines:")
    st.page_link("pages/surveys.py", label="The address of each survey, its code to print, and invitations")
    ordered = sorted(surveys, key=lambda each: (each.instrument != audience, each.instrument, each.slug))
    for name, group in groupby(ordered, key=lambda each: each.instrument):
        page.heading(say(known[name].title, "en"))
        for survey in group:
            _link(survey, audience, titles)


def _link(survey: Survey, audience: str, titles: dict[str, str]) -> None:
    names = ", ".join(titles.get(slug, slug) for slug in survey.credentials[:3])
    more = len(survey.credentials) - 3
    st.page_link(
        f"pages/{PAGES[audience]}.py",
        label=literal(f"{names}{f' and {more} more' if more > 0 else ''}"),
        icon=":material/edit_note:",
        query_params={"survey": survey.slug},
    )


def _form(survey: Survey, core: Instrument) -> None:
    key = f"form:{survey.slug}"
    begun = key in st.session_state
    form: Form = st.session_state[key] if begun else Form(survey.slug, core.version, language=_first_language(survey))
    _choose_language(survey, form)  # before the rest is drawn: its direction follows from it
    with st.container(key="respond-rtl" if direction(form.language) == "rtl" else "respond"):
        page.to_top(form.turn)
        page.speak(form.language)
        instrument = _asked_by(survey, core)
        if form.receipt:
            _head(survey, core, form, ())
            _thanks(survey, form)
            return
        refused = _refused(survey, core, datetime.now(UTC), begun=begun)
        candidates = _subjects(survey)
        if not refused and (instrument is None or not candidates):
            refused = "slips.stale_version" if instrument is None else "survey.not_found"
        _head(survey, core, form, candidates if core.subjects == "one" else ())
        if refused or instrument is None:
            st.warning(literal(word(refused, form.language)))
            return
        st.session_state[key] = form
        if instrument.audience == EXPERT and not _reviewer(form):
            return
        if instrument.subjects == "one" and len(candidates) > 1:
            candidates = _pick(candidates, form, instrument)
            if not candidates:
                return
        if form.step == 0 and _reviewed_before(survey.slug, form, candidates[0]):
            _say_reviewed(form, candidates[0])
            return
        setting = choose_setting(instrument, candidates, form.secret, form.language)
        form.foil = setting.foil is not None
        steps.draw(Sitting(survey.slug, instrument, form, setting, lambda checked: _send(instrument, form, checked)))


def _asked_by(survey: Survey, core: Instrument) -> Instrument | None:
    """The questionnaire as this survey asks it: its core and its local questions; None when these no longer fit."""
    try:
        return with_local(core, survey.local_questions)
    except Refused:
        return None


def _refused(survey: Survey, instrument: Instrument, moment: datetime, *, begun: bool) -> str:
    """The key of the words why the survey takes no answers; "" when it does. Who has begun may finish for a while."""
    grace = timedelta(minutes=GRACE_MINUTES if begun else 0)
    if moment < survey.opens or (survey.closes is not None and moment >= survey.closes + grace):
        return "survey.closed"
    if survey.mode == "invitation":
        return "survey.by_invitation"
    return "" if survey.version == instrument.version else "slips.stale_version"


def _first_language(survey: Survey) -> str:
    wanted = (st.context.locale or "en").split("-")[0]
    return wanted if wanted in survey.languages else survey.languages[0]


def _choose_language(survey: Survey, form: Form) -> None:
    if len(survey.languages) > 1:
        form.language = st.segmented_control(
            word("form.language", form.language),
            survey.languages,
            default=form.language,
            required=True,
            format_func=lambda code: words(code).get("name", code),
            key=f"language:{survey.slug}",
            label_visibility="collapsed",
        )


def _head(survey: Survey, instrument: Instrument, form: Form, candidates: Sequence[Subject]) -> None:
    """Title and, at the beginning, what this is, what we keep, who reads it. candidates: what it may be about."""
    language = form.language
    if survey.is_sample:
        page.block("p", word("survey.sample_mark", language), "sample-mark")
    page.block("h1", say(instrument.title, language), "page-title")
    if form.step == 0 and not form.receipt:
        for text in (instrument.introduction, instrument.anonymity, instrument.readers):
            if text:
                page.block("p", say(text, language, **introduced(candidates, form.subject, language)), "quiet")
        notices.tell(survey.slug, form)


@st.cache_data(max_entries=64, show_spinner=False)
def _subjects_of(slugs: tuple[str, ...], version: int) -> list[Subject]:
    held = shell.everything()
    return [
        subject_of(credential, held.programmes, held.skills)
        for credential in held.credentials
        if credential.slug in slugs
    ]


def _subjects(survey: Survey) -> list[Subject]:
    return _subjects_of(tuple(survey.credentials), shell.version())


def _pick(candidates: Sequence[Subject], form: Form, instrument: Instrument) -> list[Subject]:
    """The credential somebody answers about, chosen at the first step and named from there on."""
    titles = {each.slug: each.title for each in candidates}
    if form.step and form.subject in titles:
        page.block("p", apart(titles[form.subject], form.language), "subject")
        return [each for each in candidates if each.slug == form.subject]
    asks = "review.which" if instrument.audience == EXPERT else "survey.choose"
    chosen = st.radio(
        literal(word(asks, form.language)),
        list(titles),
        index=list(titles).index(form.subject) if form.subject in titles else None,
        format_func=lambda slug: literal(titles[slug]),
        key=f"pick:{form.survey}",
        width="stretch",
    )
    form.subject = chosen or ""
    return [each for each in candidates if each.slug == chosen]


def _reviewer(form: Form) -> bool:
    """Who reviews: one of the active reviewers of the catalogue, or a short name where it has none."""
    language = form.language
    if form.step and form.reviewer:
        return True
    page.block("p", word("review.two", language), "said")
    names = _active_reviewers(shell.version()) if visitor.who().is_known else {}  # people, to nobody who only passes
    label, key = literal(word("review.who", language)), f"who:{form.survey}"
    if names:
        slugs = list(names)
        form.reviewer = (
            st.selectbox(
                label,
                slugs,
                index=slugs.index(form.reviewer) if form.reviewer in slugs else None,
                format_func=names.__getitem__,
                placeholder=word("form.none_chosen", language),
                key=key,
            )
            or ""
        )
        page.block("p", word("review.who_help", language), "help")
    else:
        given = st.text_input(label, form.reviewer, key=key, max_chars=LONGEST_REVIEWER)
        form.reviewer = reviewer_named(given, ())
        page.block("p", word("review.who_short", language), "help")
    return bool(form.reviewer)


@st.cache_data(max_entries=4, show_spinner=False)
def _active_reviewers(version: int) -> dict[str, str]:
    """Names of the reviewers who may be asked, by slug."""
    with reading(shell.engine()) as session:
        every = catalogue.read(session, "reviewers")
    return {each.slug: each.name for each in sorted(every, key=lambda each: each.name) if each.active}


def _reviewed_before(survey: str, form: Form, credential: Subject) -> bool:
    """Whether whoever reviews has reviewed this in this round: one person must not count as two reviewers."""
    if not form.reviewer:
        return False
    with reading(shell.engine()) as session:
        return has_reviewed(session, survey, form.reviewer, credential.slug, datetime.now(UTC))


def _say_reviewed(form: Form, credential: Subject) -> None:
    title = apart(credential.title, form.language)
    st.warning(literal(word("review.again", form.language, credential=title)))


def _send(instrument: Instrument, form: Form, submission: Submission) -> None:
    """Keep the answers in one transaction. Everything it needs is read before; nothing of Streamlit in between."""
    secret, language, engine = form.secret, form.language, shell.engine()
    try:
        saved = _save(engine, submission, instrument, secret, form.reviewer, form.notice)
    except SurveyClosed:
        form.failed = word("survey.closed", language)
        return
    except (DBAPIError, FeedbackError, OSError):
        form.failed = word("form.not_saved", language)
        return
    form.failed, form.receipt, form.answers = "", saved.receipt, {}


def _save(
    engine: Any,
    submission: Submission,
    instrument: Instrument,
    secret: str,
    reviewer: str = "",
    notice: int | None = None,
) -> Saved:
    """Keep a submission. The role of a review is its reviewer's slug, so that two reviewers can be told apart."""
    who = respondent_of(instrument, submission)
    role = reviewer if instrument.audience == EXPERT and reviewer else who.role
    with transaction(engine) as session:
        return save_submission(
            session, submission, secret=secret, organisation=organisation_named(who), role=role, notice=notice
        )


def _thanks(survey: Survey, form: Form) -> None:
    language = form.language
    page.block("h2", word("thanks.title", language), "section-title")
    page.block("p", word("thanks.receipt", language), "said", role="status")
    page.block("p", word("thanks.receipt_label", language), "quiet")
    page.block("p", form.receipt, "receipt", ident="receipt")
    if form.foil:
        page.block("p", word("thanks.foil_note", language), "quiet")
    if survey.mode == "kiosk" and st.button(word("thanks.another", language), type="primary"):
        for key in [key for key in st.session_state if _belongs(str(key), survey.slug)]:
            del st.session_state[key]
        st.rerun()


def _belongs(key: str, survey: str) -> bool:
    """Whether the session keeps this of exactly this survey: "form:SLUG" and its like, or "SLUG:question:...".

    >>> [_belongs(key, "learner") for key in ("form:learner", "learner:worth:", "form:learner-2", "learner-2:worth:")]
    [True, True, False, False]
    """
    parts = key.split(":")
    if len(parts) == 2:
        return parts[0] in OWN_KEYS and parts[1] == survey
    return len(parts) > 2 and parts[0] == survey
