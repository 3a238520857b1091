"""Draws a form step by step: slips beside their questions, buttons that say what happens, nothing typed is lost."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import islice

import streamlit as st

from feedback.survey.instrument import Instrument
from feedback.survey.questionnaire import ALL_PAIRS
from feedback.survey.routing import Asked
from feedback.survey.setting import Subject
from feedback.survey.steps import (
    MOST_LISTED,
    apart,
    before,
    expected,
    first_wrong,
    keep,
    one_subject,
    piped,
    progress_words,
    section_title,
    side_by_side,
    slip_lines,
    slips_here,
    unaware,
    wording_of,
)
from feedback.survey.submission import Slip, Submission, check_answers
from feedback.survey.text import say
from feedback.survey.wording import direction, slip_text, word
from feedback.ui import minute, page
from feedback.ui.filling import Form, Sitting
from feedback.ui.forms import Drawing, ask, literal


def draw(sitting: Sitting) -> None:
    """Draw one step, then go where the buttons say. A step is a section, for one credential where it repeats."""
    form, language = sitting.form, sitting.form.language
    steps = sitting.steps()
    form.step = min(form.step, len(steps) - 1)
    here = steps[form.step]
    count = expected(sitting.instrument, form.answers, sitting.setting, steps)
    page.block("p", progress_words(sitting.instrument, form.step, count, language), "progress", role="status")
    if form.slips:
        lines = slip_lines(form.slips, here, sitting.asked(), sitting.setting, language)
        _slips_together(lines, here, len(form.slips), language)
    if form.failed:
        st.error(literal(form.failed))
    _section(here, sitting)
    back, forward = st.columns(2)
    last = form.step == len(steps) - 1
    if form.step and back.button(word("form.back", language), key=f"back:{sitting.survey}", width="stretch"):
        form.slips = ()
        form.step -= 1
        form.turn += 1
        st.rerun()
    label = word("form.send" if last else "form.next", language)
    name = f"{'send' if last else 'next'}:{sitting.survey}"
    choosing = minute.is_open(here, sitting)  # then the pair's own buttons are the ones to press
    if forward.button(label, key=name, type="secondary" if choosing else "primary", width="stretch"):
        _forward(sitting, here, last)
        form.turn += 1
        st.rerun()
    if sitting.steps() != steps:  # an answer has opened or closed a question
        st.rerun()


def _forward(sitting: Sitting, here: Sequence[Asked], last: bool) -> None:
    """Check this step (at the end everything), then go on, send, or come back with what to mend."""
    form = sitting.form
    checked = check_answers(
        sitting.instrument,
        form.answers,
        survey=sitting.survey,
        version=form.version,
        language=form.language,
        setting=sitting.setting,
    )
    if isinstance(checked, Submission):
        form.slips = ()
        if last:
            sitting.send(checked)
        else:
            form.step += 1
        return
    form.slips = checked if last else slips_here(checked, here, sitting.asked())
    if not form.slips:
        form.step += 1
        return
    if last:
        form.step = first_wrong(form.slips, sitting.steps(), form.step)


def _slips_together(lines: Mapping[str, Slip], here: Sequence[Asked], count: int, language: str) -> None:
    """The slips in one place, read aloud at once; each stands beside its question, too, and the way leads there."""
    title = escape(word("form.errors_title", language, count=count))
    places = {(each.question.id, each.slug) for each in here}
    items = "".join(
        f'<li><a href="#{escape(_ident(slip))}">{escape(line)}</a></li>'
        if (slip.question, slip.subject) in places
        else f"<li>{escape(line)}</li>"
        for line, slip in islice(lines.items(), MOST_LISTED)
    )
    st.html(f'<div class="slips-title" role="alert" dir="{direction(language)}">{title}<ul>{items}</ul></div>')


def _ident(slip: Slip) -> str:
    """What the slips of a question are called in the page."""
    return f"slip-{slip.question}-{slip.subject or ''}"


def _section(here: Sequence[Asked], sitting: Sitting) -> None:
    form, language, subject = sitting.form, sitting.form.language, one_subject(here)
    title = section_title(here, language)
    if title:
        page.block("h2", title, "section-title")
    if subject is not None:
        _subject(subject, sitting.instrument, form, language)
    for place, beside in side_by_side(here, sitting.instrument):
        if place.question.options_from == ALL_PAIRS:
            minute.draw(place, sitting)
        elif beside is not None:
            _side_by_side(place, beside, sitting)
        else:
            _question(place, sitting)


def _subject(subject: Subject, instrument: Instrument, form: Form, language: str) -> None:
    names = (subject.title, subject.issuer) if subject.issuer else (subject.title,)
    page.block("p", " · ".join(apart(name, language) for name in names), "subject")
    if subject.facts and unaware(instrument, form.answers, subject.slug):
        facts = apart(subject.facts, language)
        page.block("p", f"{word('form.facts_title', language)}: {facts}", "facts-card")


def _side_by_side(place: Asked, beside: Sequence[Asked], sitting: Sitting) -> None:
    """A criterion with what it rests on beside it; below it on a narrow screen."""
    with st.container(key=f"criterion-{sitting.survey}-{place.question.id}"):
        left, right = st.columns([3, 2], gap="large")
        with left:
            _question(place, sitting)
        with right:
            for each in beside:
                _question(each, sitting)


def _question(place: Asked, sitting: Sitting) -> None:
    form, question, subject = sitting.form, place.question, place.subject
    text = wording_of(place, sitting.setting, form.language)
    label = f"{text} {word('form.required', form.language)}" if place.required else text
    own = [slip for slip in form.slips if (slip.question, slip.subject) == (question.id, place.slug)]
    for number, said in enumerate(dict.fromkeys(slip_text(slip, form.language) for slip in own)):
        page.block("p", said, "slip", role="alert", ident=_ident(own[0]) if not number else "")
    so_far = before(form.answers, place)
    # In another language it is another control, which starts from what was answered: its options have other names.
    key = f"{sitting.survey}:{question.id}:{subject.slug if subject else ''}:{form.language}"
    given = ask(Drawing(place, sitting.setting, form.language, so_far, key, label), sitting.instrument)
    if question.help:
        page.block("p", say(question.help, form.language, **piped(subject, form.language)), "help")
    if question.kind == "several" and question.maximum is not None:
        page.block("p", word("form.choose_at_most", form.language, maximum=f"{question.maximum:g}"), "help")
    if given != so_far:
        keep(form.answers, place, given)
