"""The way through a form: language, steps, slips beside their questions, one transaction, the receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

import streamlit as st
from sqlalchemy.exc import DBAPIError

from feedback.errors import FeedbackError
from feedback.store.database import transaction
from feedback.store.responses import GRACE_MINUTES, Saved, SurveyClosed, new_secret, save_submission
from feedback.store.surveys import Survey
from feedback.survey.instrument import Instrument
from feedback.survey.respondent import organisation_named, respondent_of
from feedback.survey.routing import Asked, asked
from feedback.survey.setting import Setting, Subject, choose_setting, pipes
from feedback.survey.submission import Slip, Submission, check_answers
from feedback.survey.text import say
from feedback.survey.wording import direction, slip_text, word, words
from feedback.ui import marks, page, shell
from feedback.ui.forms import Drawing, ask, literal

AWARENESS = "awareness"
"""The construct of the question whether somebody knows a credential."""
OWN_KEYS = ("form", "language", "pick", "back", "next", "send")
"""What a form keeps in the session besides its questions: "form:SLUG" and so on."""
MOST_LISTED = 8
"""So many slips are listed together; the others stand beside their questions only."""


@dataclass
class Form:
    """One form being filled in: kept in the session, drawn again from here at every step."""

    survey: str
    version: int
    secret: str = field(default_factory=new_secret)
    language: str = "en"
    subject: str = ""
    step: int = 0
    turn: int = 0
    answers: dict[str, Any] = field(default_factory=dict)
    slips: tuple[Slip, ...] = ()
    failed: str = ""
    receipt: str = ""
    foil: bool = False


def collect(audience: str) -> None:
    """The page of an audience: the survey named in the address, or the open ones to choose from."""
    slug = st.query_params.get("survey", "")
    survey = shell.survey(slug) if slug else None
    if survey is None or shell.instruments()[survey.instrument].audience != audience:
        _choose(audience, not_found=bool(slug))
        return
    _form(survey, shell.instruments()[survey.instrument])


def _choose(audience: str, *, not_found: bool) -> None:
    titles = shell.institution().titles()
    questions = {"learner": "Which course did you finish?", "employer": "Rate credentials as an employer"}
    page.title(questions.get(audience, "Which survey?"))
    marks.sample()
    if not_found:
        st.warning(literal(word("survey.not_found", "en")))
    surveys = shell.open_surveys(audience)
    if not surveys:
        page.empty(
            "No survey is open for this audience yet.",
            "Bring your credentials in: feedback import catalogue FILE.csv",
            f"Open a survey: feedback open {audience} --credential SLUG",
        )
        return
    page.quiet("These are the forms as respondents see them. Share the address of the one that fits.")
    for survey in sorted(surveys, key=lambda each: each.slug):
        names = ", ".join(titles.get(slug, slug) for slug in survey.credentials[:3])
        more = len(survey.credentials) - 3
        label = f"{names}{f' and {more} more' if more > 0 else ''}"
        st.page_link(
            f"pages/{'employer_rating' if audience == 'employer' else 'learner_survey'}.py",
            label=literal(label),
            icon=":material/edit_note:",
            query_params={"survey": survey.slug},
        )


def _form(survey: Survey, instrument: Instrument) -> None:
    key = f"form:{survey.slug}"
    begun = key in st.session_state
    form: Form = (
        st.session_state[key] if begun else Form(survey.slug, instrument.version, language=_first_language(survey))
    )
    _choose_language(survey, form)  # before the rest is drawn: its direction follows from it
    with st.container(key="respond-rtl" if direction(form.language) == "rtl" else "respond"):
        _head(survey, instrument, form)
        page.to_top(form.turn)
        if form.receipt:
            _thanks(survey, form)
            return
        refused = _refused(survey, instrument, datetime.now(UTC), begun=begun)
        if refused:
            st.warning(literal(word(refused, form.language)))
            return
        st.session_state[key] = form
        candidates = _subjects(survey)
        if not candidates:
            st.warning(literal(word("survey.not_found", form.language)))
            return
        if instrument.subjects == "one" and len(candidates) > 1:
            candidates = _pick(candidates, form)
            if not candidates:
                return
        setting = choose_setting(instrument, candidates, form.secret, form.language)
        form.foil = setting.foil is not None
        _steps(survey, instrument, form, setting)


def _refused(survey: Survey, instrument: Instrument, moment: datetime, *, begun: bool) -> str:
    """The key of the words why the survey takes no answers; "" when it does. Who has begun may finish for a while."""
    grace = timedelta(minutes=GRACE_MINUTES if begun else 0)
    if moment < survey.opens or (survey.closes is not None and moment >= survey.closes + grace):
        return "survey.closed"
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


def _head(survey: Survey, instrument: Instrument, form: Form) -> None:
    language = form.language
    if survey.is_sample:
        page.block("p", word("survey.sample_mark", language), "sample-mark")
    page.block("h1", say(instrument.title, language), "page-title")
    if form.step == 0 and not form.receipt:
        for text in (instrument.introduction, instrument.anonymity, instrument.readers):
            if text:
                page.block("p", say(text, language), "quiet")


@st.cache_data(max_entries=64, show_spinner=False)
def _subjects_of(slugs: tuple[str, ...], version: int) -> list[Subject]:
    held = shell.institution()
    return [
        Subject(
            slug=credential.slug,
            title=credential.title,
            issuer=credential.issuer,
            programme=held.programmes.get(credential.programme, ""),
            weeks=credential.planned_weeks,
            skills=tuple((skill, held.skills.get(skill, skill)) for skill in credential.skills),
            facts=credential.description,
        )
        for credential in held.credentials
        if credential.slug in slugs
    ]


def _subjects(survey: Survey) -> list[Subject]:
    return _subjects_of(tuple(survey.credentials), shell.version())


def _pick(candidates: Sequence[Subject], form: Form) -> list[Subject]:
    titles = {each.slug: each.title for each in candidates}
    chosen = st.radio(
        literal(word("survey.choose", form.language)),
        list(titles),
        index=list(titles).index(form.subject) if form.subject in titles else None,
        format_func=lambda slug: literal(titles[slug]),
        key=f"pick:{form.survey}",
        width="stretch",
    )
    form.subject = chosen or ""
    return [each for each in candidates if each.slug == chosen]


def _steps(survey: Survey, instrument: Instrument, form: Form, setting: Setting) -> None:
    """Draw one step, then go where the buttons say. A step is a section, for one credential where it repeats."""
    language = form.language
    steps = _grouped(asked(instrument, form.answers, setting))
    form.step = min(form.step, len(steps) - 1)
    here = steps[form.step]
    page.block("p", _progress(instrument, form, _expected(instrument, form, setting)), "progress", role="status")
    if form.slips:
        _slips_together(_slip_lines(instrument, form, setting, here), len(form.slips), language)
    if form.failed:
        st.error(literal(form.failed))
    _section(here, instrument, form, setting)
    back, forward = st.columns(2)
    last = form.step == len(steps) - 1
    if form.step and back.button(word("form.back", language), key=f"back:{form.survey}", width="stretch"):
        form.slips = ()
        form.step -= 1
        form.turn += 1
        st.rerun()
    label = word("form.send" if last else "form.next", language)
    if forward.button(label, key=f"{'send' if last else 'next'}:{form.survey}", type="primary", width="stretch"):
        _forward(survey, instrument, form, setting, here, last)
        form.turn += 1
        st.rerun()
    if _grouped(asked(instrument, form.answers, setting)) != steps:  # an answer has opened or closed a question
        st.rerun()


def _forward(
    survey: Survey, instrument: Instrument, form: Form, setting: Setting, here: Sequence[Asked], last: bool
) -> None:
    """Check this step (at the end everything), then go on, send, or come back with what to mend."""
    checked = check_answers(
        instrument, form.answers, survey=survey.slug, version=form.version, language=form.language, setting=setting
    )
    if isinstance(checked, Submission):
        form.slips = ()
        if last:
            _send(survey, instrument, form, checked)
        else:
            form.step += 1
        return
    form.slips = checked if last else _slips_here(checked, here, asked(instrument, form.answers, setting))
    if not form.slips:
        form.step += 1
        return
    if last:
        steps = _grouped(asked(instrument, form.answers, setting))
        wrong = {(slip.question, slip.subject) for slip in form.slips}
        form.step = next(
            (
                number
                for number, step in enumerate(steps)
                if any((each.question.id, each.slug) in wrong for each in step)
            ),
            form.step,
        )


def _slips_here(slips: Sequence[Slip], here: Sequence[Asked], everywhere: Sequence[Asked]) -> tuple[Slip, ...]:
    """Of all slips, those that stop this step: of its questions, and of the form as a whole.

    Other steps have their turn, and that nothing is answered yet matters at the end only.
    """
    places = {(each.question.id, each.slug) for each in here}
    later = {(each.question.id, each.slug) for each in everywhere} - places
    return tuple(
        slip for slip in slips if (slip.question, slip.subject) not in later and slip.code != "nothing_answered"
    )


def _send(survey: Survey, instrument: Instrument, form: Form, submission: Submission) -> None:
    """Keep the answers in one transaction. Everything it needs is read before; nothing of Streamlit in between."""
    secret, language, engine = form.secret, form.language, shell.engine()
    try:
        saved = _save(engine, submission, instrument, secret)
    except SurveyClosed:
        form.failed = word("survey.closed", language)
        return
    except (DBAPIError, FeedbackError, OSError):
        form.failed = word("form.not_saved", language)
        return
    form.failed, form.receipt, form.answers = "", saved.receipt, {}
    shell.read_arrived()


def _save(engine: Any, submission: Submission, instrument: Instrument, secret: str) -> Saved:
    who = respondent_of(instrument, submission)
    with transaction(engine) as session:
        return save_submission(session, submission, secret=secret, organisation=organisation_named(who), role=who.role)


def _grouped(places: Sequence[Asked]) -> list[list[Asked]]:
    """Questions in steps: one a section, and one a credential where a section repeats.

    Sections that repeat one after the other stay together by credential, so that nobody jumps between titles. Whether
    people know the credentials is asked of all of them in one step, before anything is told of any.
    """
    steps: dict[tuple[int, str, str], list[Asked]] = {}
    run, repeated, opening = 0, False, ""
    subjects: dict[str, int] = {}
    for place in places:
        together = place.question.construct == AWARENESS
        slug = "" if place.subject is None or together else place.subject.slug
        if bool(slug) != repeated or (not slug and place.section.id != opening):
            run, repeated = run + 1, bool(slug)
        opening = place.section.id
        subjects.setdefault(slug, len(subjects))
        steps.setdefault((run, slug, place.section.id), []).append(place)
    order = {key: number for number, key in enumerate(steps)}
    return [steps[key] for key in sorted(steps, key=lambda key: (key[0], subjects[key[1]], order[key]))]


def _unaware(instrument: Instrument, form: Form, slug: str) -> bool:
    """Whether somebody said they had not heard of a credential: then its facts are told."""
    for question in instrument.questions:
        if question.construct == AWARENESS:
            held = form.answers.get(question.id)
            said = held.get(slug) if isinstance(held, dict) else held
            return said is not None and said not in question.positive
    return False


def _progress(instrument: Instrument, form: Form, steps: int) -> str:
    left = round((instrument.minutes or steps / 3) * (steps - form.step) / steps)
    return word("form.progress", form.language, done=form.step + 1, all=steps, minutes=max(1, left))


def _expected(instrument: Instrument, form: Form, setting: Setting) -> int:
    """How many steps there will be if the credentials not yet asked about turn out to be known."""
    likely = dict(form.answers)
    for question in instrument.questions:
        if question.construct == AWARENESS and question.positive:
            known = {subject.slug: question.positive[0] for subject in setting.subjects}
            likely[question.id] = known | dict(likely.get(question.id) or {})
    return len(_grouped(asked(instrument, likely, setting)))


def _slip_lines(instrument: Instrument, form: Form, setting: Setting, here: Sequence[Asked]) -> list[str]:
    """What to mend, each thing once: questions of this step by their wording, what stands nowhere here in words."""
    places = {(each.question.id, each.slug): each for each in asked(instrument, form.answers, setting)}
    drawn = {(each.question.id, each.slug) for each in here}
    lines = []
    for slip in form.slips:
        place, said = places.get((slip.question, slip.subject)), slip_text(slip, form.language)
        if place is None:
            lines.append(said)
        else:
            wording = _wording(place, setting, form.language)
            lines.append(wording if (slip.question, slip.subject) in drawn else f"{wording} {said}")
    return list(dict.fromkeys(lines))


def _slips_together(lines: Sequence[str], count: int, language: str) -> None:
    """The slips in one place, read aloud at once; each stands beside its question, too."""
    title = escape(word("form.errors_title", language, count=count))
    items = "".join(f"<li>{escape(each)}</li>" for each in lines[:MOST_LISTED])
    st.html(f'<div class="slips-title" role="alert" dir="{direction(language)}">{title}<ul>{items}</ul></div>')


def _wording(place: Asked, setting: Setting, language: str) -> str:
    """A question as it is put: about its own credential, elsewhere about the sitting's first."""
    about = place.subject or (setting.subjects[0] if setting.subjects else None)
    return say(place.question.text, language, **_piped(about, language))


def _piped(subject: Subject | None, language: str) -> dict[str, str]:
    """What a wording names of its subject, for showing only: set apart where the words around run right to left."""
    return {name: _apart(value, language) for name, value in pipes(subject).items()}


def _apart(text: str, language: str) -> str:
    """Text of another language in a line, so that neither turns the other's order round."""
    return f"\u2068{text}\u2069" if text and direction(language) == "rtl" else text


def _section(here: Sequence[Asked], instrument: Instrument, form: Form, setting: Setting) -> None:
    language, section = form.language, here[0].section
    subject = here[0].subject if len({place.slug for place in here}) == 1 else None
    page.block("h2", say(section.title, language, **_piped(subject, language)), "section-title")
    if subject is not None:
        names = (subject.title, subject.issuer) if subject.issuer else (subject.title,)
        page.block("p", " · ".join(_apart(name, language) for name in names), "subject")
        if subject.facts and _unaware(instrument, form, subject.slug):
            facts = _apart(subject.facts, language)
            page.block("p", f"{word('form.facts_title', language)}: {facts}", "facts-card")
    for place in here:
        _question(place, instrument, form, setting)


def _question(place: Asked, instrument: Instrument, form: Form, setting: Setting) -> None:
    question, subject = place.question, place.subject
    text = _wording(place, setting, form.language)
    label = f"{text} {word('form.required', form.language)}" if place.required else text
    own = [slip for slip in form.slips if (slip.question, slip.subject) == (question.id, place.slug)]
    for said in dict.fromkeys(slip_text(slip, form.language) for slip in own):
        page.block("p", said, "slip", role="alert")
    before = _before(form.answers, place)
    # In another language it is another control, which starts from what was answered: its options have other names.
    key = f"{form.survey}:{question.id}:{subject.slug if subject else ''}:{form.language}"
    drawing = Drawing(place, setting, form.language, before, key, label)
    given = ask(drawing, instrument)
    if question.help:
        page.block("p", say(question.help, form.language, **_piped(subject, form.language)), "help")
    if question.kind == "several" and question.maximum is not None:
        page.block("p", word("form.choose_at_most", form.language, maximum=f"{question.maximum:g}"), "help")
    if given != before:
        _keep(form.answers, place, given)


def _before(answers: Mapping[str, Any], place: Asked) -> Any:
    held = answers.get(place.question.id)
    if place.subject is None:
        return held
    return held.get(place.subject.slug) if isinstance(held, dict) else None


def _keep(answers: dict[str, Any], place: Asked, given: Any) -> None:
    if place.subject is None:
        answers[place.question.id] = given
        if given is None:
            answers.pop(place.question.id)
        return
    held = answers.setdefault(place.question.id, {})
    held[place.subject.slug] = given
    if given is None:
        held.pop(place.subject.slug)
    if not held:
        answers.pop(place.question.id)


def _thanks(survey: Survey, form: Form) -> None:
    language = form.language
    page.block("h2", word("thanks.title", language), "section-title")
    page.block("p", word("thanks.receipt", language), "said")
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
