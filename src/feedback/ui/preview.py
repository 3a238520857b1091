"""A questionnaire before anybody is asked: its questions, a trial that keeps nothing, its branches, its checks."""

from collections.abc import Iterator, Mapping
from html import escape

import streamlit as st
from pandas import DataFrame

from feedback.charts.theme import palette
from feedback.survey.effort import ASSUMPTIONS
from feedback.survey.flow import Colours, condition_words, graph, openings
from feedback.survey.instrument import Instrument, Question
from feedback.survey.lint import Finding, Report, lint
from feedback.survey.readability import LIMITS
from feedback.survey.routing import order_for
from feedback.survey.setting import Subject, choose_setting, pipes
from feedback.survey.submission import Submission
from feedback.survey.text import say
from feedback.survey.wording import direction, languages, word, words
from feedback.ui import page, shell, steps
from feedback.ui.filling import Form, Sitting
from feedback.ui.forms import literal, style

VIEWS = ("Questions", "Try it", "Branches", "Checks")
NAME = "preview"
"""What the controls of a trial go by, in place of a survey."""
KINDS = {
    "one": "one answer",
    "several": "several answers",
    "scale": "a scale",
    "grid": "a scale for each row",
    "number": "a number",
    "ranking": "an order",
    "best_worst": "the best and the worst",
    "pair": "one of two, several times",
    "short_text": "a line of text",
    "long_text": "free text",
}
EXAMPLES = (
    Subject(
        "example-a", "Example credential A", "Issuer A", "Programme", 11,
        (("skill-1", "First skill"), ("skill-2", "Second skill"), ("skill-3", "Third skill")),
        "A few sentences on what it certifies stand here.",
    ),
    Subject("example-b", "Example credential B", "Issuer B", "Programme", 10, (("skill-1", "First skill"),)),
    Subject("example-c", "Example credential C", "Issuer A", "Programme", 12),
    Subject("example-d", "Example credential D", "Issuer C", "Programme", 10),
)  # fmt: skip


def show() -> None:
    """The page: choose a questionnaire and how to look at it."""
    style()
    page.title("What will people be asked?")
    known = {name: each for name, each in shell.instruments().items() if not each.import_only}
    chosen = st.query_params.get("form", "")
    names = sorted(known, key=lambda name: (known[name].audience != "learner", known[name].audience, name != "learner"))
    with st.container(horizontal=True):
        name = st.selectbox(
            "Questionnaire",
            names,
            index=names.index(chosen) if chosen in names else 0,
            format_func=lambda each: f"{say(known[each].title, 'en')} ({each})",
            key="preview-form",
        )
        instrument = known[name]
        language = st.selectbox(
            "Language",
            instrument.languages,
            format_func=lambda code: words(code).get("name", code),
            key=f"preview-language:{name}",
        )
        role = _role(instrument)
    report = _report(name, instrument.version)
    page.lead(_lead(instrument, report, language))
    view = st.segmented_control(
        "What to look at", VIEWS, default=VIEWS[0], required=True, key="preview-view", label_visibility="collapsed"
    )
    if view == "Questions":
        _questions(instrument, language, role)
    elif view == "Try it":
        _trial(instrument, language)
    elif view == "Branches":
        _branches(instrument, language, role)
    else:
        _checks(instrument, report, language)


def _role(instrument: Instrument) -> str | None:
    """The role whose order is shown, where the questionnaire draws something earlier for some."""
    asks = instrument.role_question
    if asks is None or not instrument.early_roles:
        return None
    labels = {option.id: say(option.label, "en") for option in asks.options}
    chosen = st.selectbox(
        "Answered by",
        ["", *asks.option_ids],
        format_func=lambda one: labels.get(one, "Anybody"),
        key=f"preview-role:{instrument.id}",
    )
    return chosen or None


@st.cache_resource(max_entries=40, show_spinner=False)
def _report(name: str, version: int) -> Report:
    return lint(shell.instruments()[name], file=f"{name}.toml")


def _lead(instrument: Instrument, report: Report, language: str) -> str:
    times = report.efforts[language]
    promised = f"{instrument.minutes:g} promised" if instrument.minutes else "none promised"
    errors, warnings = len(report.errors), len(report.findings) - len(report.errors)
    found = f"{_count(errors, 'error')} and {_count(warnings, 'warning')}" if report.findings else "nothing"
    return (
        f"About {_minutes(times.typical.seconds)} on a typical way ({promised}; from "
        f"{_minutes(times.shortest.seconds)} to {_minutes(times.longest.seconds)}). The checks found {found}."
    )


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _minutes(seconds: float) -> str:
    return f"{round(seconds)} s" if seconds < 90 else f"{seconds / 60:.0f} min"


# --- questions -------------------------------------------------------------------------------------------------------


def _questions(instrument: Instrument, language: str, role: str | None) -> None:
    page.quiet("In the order people meet them. Names of credentials stand in place of …")
    way = direction(language)
    for section, questions in order_for(instrument, role):
        title = say(section.title, language).replace("{credential}", "…")
        page.block("h2", title, "section-title", direction=way)
        notes = ["asked for each credential"] if section.repeated else []
        if section.show_if is not None:
            notes.append(f"only when {condition_words(section.show_if, instrument, language)}")
        if notes:
            page.quiet(_sentence("; ".join(notes)))
        items = "".join(_outlined(question, instrument, language) for question in questions)
        st.html(f'<ol class="outline" dir="{way}">{items}</ol>')


def _outlined(question: Question, instrument: Instrument, language: str) -> str:
    meta = [KINDS.get(question.kind, question.kind), *_notes(question, instrument, language)]
    answers = " · ".join(_answers(question, language))
    said = f'<p class="answers">{escape(answers)}</p>' if answers else ""
    text = say(question.text, language, **dict.fromkeys(pipes(EXAMPLES[0]), "…"))
    return (
        f'<li><p class="asks">{escape(text)}</p>'
        f'<p class="meta" dir="ltr">{escape(_sentence("; ".join(meta)))} ({escape(question.id)})</p>{said}</li>'
    )


def _notes(question: Question, instrument: Instrument, language: str) -> Iterator[str]:
    if question.required:
        yield "required"
    if question.maximum is not None and question.kind in ("several", "pair"):
        yield f"at most {question.maximum:g}"
    if question.block:
        yield f"asked of {instrument.blocks_asked} in {len(instrument.blocks)} people (block “{question.block}”)"
    if question.owner_only:
        yield "read by those who run the survey only"
    if question.show_if is not None:
        yield f"only when {condition_words(question.show_if, instrument, language)}"


def _answers(question: Question, language: str) -> Iterator[str]:
    yield from (say(item.text, language) for item in question.items)
    if question.scale:
        yield from (say(step.label, language) for step in question.scale.values)  # noqa: PD011
    for option in question.options:
        yield say(option.label, language) + (" (alone)" if option.exclusive else "")
    yield from (f"[{say(aside.label, language)}]" for aside in question.aside)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


# --- trial -----------------------------------------------------------------------------------------------------------


def _trial(instrument: Instrument, language: str) -> None:
    """The form as respondents have it, about examples; what is sent is shown and forgotten."""
    key = f"trial:{instrument.id}"
    form: Form = st.session_state.setdefault(key, Form(NAME, instrument.version))
    if form.version != instrument.version:
        form = st.session_state[key] = Form(NAME, instrument.version)
    form.language = language
    page.block("p", word("survey.preview", language), "preview-mark", direction=direction(language))
    setting = choose_setting(instrument, EXAMPLES, form.secret, language)
    with st.container(key="respond-rtl" if direction(language) == "rtl" else "respond"):
        page.to_top(form.turn)
        if form.receipt:
            page.block("h2", word("thanks.title", language), "section-title")
        else:
            steps.draw(Sitting(f"{NAME}-{instrument.id}", instrument, form, setting, lambda each: _sent(form, each)))
    if form.receipt:
        page.quiet("Nothing was kept. This is what would have been:")
        st.json(st.session_state.get(f"{key}:sent", {}))
    if st.button("Begin anew", key="preview-anew"):
        for name in [name for name in st.session_state if str(name).startswith(f"{NAME}-{instrument.id}:")]:
            del st.session_state[name]
        del st.session_state[key]
        st.rerun()


def _sent(form: Form, submission: Submission) -> None:
    form.receipt = "none"
    about = {"about": list(submission.about), "answers": submission.answers, "kept apart": submission.records}
    key = f"trial:{submission.instrument}:sent"
    st.session_state[key] = about


# --- branches --------------------------------------------------------------------------------------------------------


def _branches(instrument: Instrument, language: str, role: str | None) -> None:
    colours = palette(shell.mode())
    accent = colours.witness(instrument.audience)
    told = openings(instrument, language)
    if instrument.blocks:
        page.quiet(
            f"So that it stays short, nobody is asked everything: each sitting draws {instrument.blocks_asked} of the "
            f"{len(instrument.blocks)} blocks {', '.join(instrument.blocks)}."
        )
    if told:
        page.quiet(
            "Heavy boxes are parts of the form, from top to bottom. A line in colour opens what it leads to, when the "
            "condition of its letter holds; the letters are explained below."
        )
    else:
        page.quiet("Everybody is asked the same: no answer opens or closes a question.")
    drawn = Colours(colours.ink, colours.ground, colours.quiet, accent)
    with st.container(key="preview-graph"):
        st.graphviz_chart(graph(instrument, drawn, language=language, role=role), width="content")
    if told:
        page.heading("The same in words")
        items = "".join(
            f"<li><b>{escape(each.letter)}</b> When {escape(each.words)}: {escape(', '.join(each.opens))}.</li>"
            for each in told
        )
        st.html(f'<ul class="openings">{items}</ul>')


# --- checks ----------------------------------------------------------------------------------------------------------


def _checks(instrument: Instrument, report: Report, language: str) -> None:
    page.heading("How long it takes")
    times = report.efforts[language]
    rows = [
        {"Way": name, "Questions": round(path.questions), "Minutes": round(path.seconds / 60, 1)}
        for name, path in (("Shortest", times.shortest), ("Typical", times.typical), ("Longest", times.longest))
    ]
    st.dataframe(DataFrame(rows), hide_index=True, width="stretch", alt="Estimated time of three ways through the form")
    with st.expander("What these minutes assume"):
        for each in ASSUMPTIONS:
            st.markdown(f"- {literal(each)}")
    page.heading("What to look at")
    if report.findings:
        items = "".join(_found(finding) for finding in report.findings)
        st.html(f'<ul class="findings">{items}</ul>')
    else:
        page.block("p", "The checks found nothing.", "said")
    page.heading("Languages")
    st.dataframe(
        DataFrame(_languages(instrument, report)), hide_index=True, width="stretch", alt="Languages and how they read"
    )
    page.quiet(LIMITS)


def _found(finding: Finding) -> str:
    lead = "To mend" if finding.severity == "error" else "To look at"
    return (
        f'<li class="{escape(finding.severity)}"><b>{lead}: {escape(finding.where)}</b><br>'
        f"{escape(_sentence(finding.message.rstrip('.')))}</li>"
    )


def _languages(instrument: Instrument, report: Report) -> Iterator[Mapping[str, object]]:
    reading = {each.language: each for each in report.reading}
    for code in dict.fromkeys((*languages(), *instrument.languages)):
        each = reading.get(code)
        yield {
            "Language": words(code).get("name", code),
            "Worded": "complete" if each else "missing",
            "Words": each.words if each else None,
            "Words a sentence": each.words_a_sentence if each else None,
            "Ease, 0 to 100": f"{each.ease:.0f} ({each.formula})" if each and each.ease is not None else "no formula",
        }
