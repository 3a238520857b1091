"""What people are told before they answer, in a form, and the page where it is written."""

from collections.abc import Mapping
from html import escape

import streamlit as st

from feedback.errors import Refused
from feedback.policy import KEEP
from feedback.store import notices
from feedback.store.database import reading, transaction
from feedback.survey.notice import BASES, FIELDS, NEEDED, Notice, in_language, items
from feedback.survey.wording import FALLBACK, direction, languages, word, words
from feedback.ui import page, shell, visitor
from feedback.ui.filling import Form

TITLES: Mapping[str, str] = {
    "controller": "Who answers for it",
    "contact": "How to reach them",
    "dpo": "Data protection officer",
    "why": "What for",
    "basis": "On what legal ground",
    "who_reads": "Who reads what people write",
    "rights": "Their rights",
    "complaint": "Where they can complain",
    "help": "Who helps with the form",
    "minors": "What holds for whoever is under age",
}
HELP = {"basis": f"One of {', '.join(BASES)}, for which there are words in every language; or words of your own."}
TOLD = "notice:told"


def tell(survey: str, form: Form) -> None:
    """The notice of a survey before its first question: a line, and all of it folded. Nothing where none is set."""
    with reading(shell.engine()) as session:
        standing = notices.standing(session, survey)
    notice = in_language(standing, form.language)
    if notice is None:
        return
    form.notice = notice.version
    page.block("p", word("notice.line", form.language, controller=notice.text["controller"]), "quiet")
    page.block("p", word("notice.leave_out", form.language), "quiet")
    with st.expander(word("notice.more", form.language)):
        in_full(notice)


def in_full(notice: Notice) -> None:
    """A notice, item by item, in its own language."""
    rows = "".join(f'<dt>{escape(title)}</dt><dd dir="auto">{escape(text)}</dd>' for title, text in items(notice))
    way = direction(notice.language)
    st.html(f'<dl class="told" lang="{escape(notice.language)}" dir="{way}">{rows}</dl>')


def show() -> None:
    """What people are told now, and for whoever may: the form to say it anew."""
    with reading(shell.engine()) as session:
        standing, every = notices.standing(session), notices.versions(session)
    page.heading("What are people told before they answer?")
    if done := st.session_state.pop(TOLD, ""):
        page.block("p", done, "done", role="status")
    if not standing:
        page.block("p", "Nothing yet: forms do not say who answers for them, nor on what ground.", "notice")
    for language, notice in sorted(standing.items()):
        with st.expander(f"As forms show it: {words(language).get('name', language)}, version {notice.version}"):
            in_full(notice)
    if len(every) > len(standing):
        page.quiet(f"Older versions are kept, and each answer says which one was shown: {every[0][0]} so far.")
    if visitor.may(KEEP):
        _write(standing)


def _write(standing: Mapping[str, Notice]) -> None:
    with st.expander("Write it" if not standing else "Write it anew"):
        language = st.selectbox(
            "Language",
            languages(),
            format_func=lambda code: words(code).get("name", code),
            key="notice:language",
        )
        now = standing.get(language)
        with st.form("notice", border=False):
            given = {
                name: st.text_area(
                    f"{title}{'' if name in NEEDED else ' (may be left empty)'}",
                    now.text.get(name, "") if now else "",
                    help=HELP.get(name),
                    key=f"notice:{language}:{name}",
                    height=68,
                )
                for name, title in TITLES.items()
            }
            if st.form_submit_button("Tell people this from now on"):
                _keep(standing, language, given)


def _keep(standing: Mapping[str, Notice], language: str, given: Mapping[str, str]) -> None:
    """Keep a new version, with the other languages as they stand."""
    texts = {code: dict(notice.text) for code, notice in standing.items()}
    texts[language] = {name: given[name].strip() for name in FIELDS if given[name].strip()}
    by = visitor.demand(KEEP)
    try:
        with transaction(shell.engine()) as session:
            version = notices.set_notice(session, texts, by=by)
    except Refused as refused:
        for problem in refused.problems:
            page.block("p", str(problem), "slip", role="alert")
        if FALLBACK not in texts:
            page.quiet("Write it in English first.")
        return
    st.session_state[TOLD] = f"Version {version} stands; forms show it within seconds."
    st.rerun()
