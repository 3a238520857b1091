"""The sixty-second mode: one pair at a time, two large buttons, and stop whenever you like."""

import time
from collections.abc import Mapping, Sequence

import streamlit as st

from feedback.findings.evidence import Choice
from feedback.findings.finished import answer_of, choice_key
from feedback.store import finished
from feedback.store.database import reading
from feedback.survey.kinds import MOST_ASKED_PAIRS, SAME
from feedback.survey.pairs import next_pair
from feedback.survey.questionnaire import ALL_PAIRS
from feedback.survey.routing import Asked, offered
from feedback.survey.steps import apart, before, keep, wording_of
from feedback.survey.wording import slip_text, word
from feedback.ui import page, shell
from feedback.ui.filling import Form, Sitting
from feedback.ui.forms import literal

SECONDS = 60
RANKINGS = (("pairs", "Both in one"), ("credential_value", "Value"))
"""The findings that say which pairs are settled, the first of which is there counts, and the column of the place: only
what is published, through the gate, may steer what is asked."""
ENDS = ("Low (90%)", "High (90%)")
WIDE = 1.645
"""Half the width of a 90% interval, in standard deviations."""
SOONEST = 0.35
"""A choice sooner than this after the last one (seconds) is the second half of a double click."""


def is_open(here: Sequence[Asked], sitting: Sitting) -> bool:
    """Whether a pair is being put in this step, so that its buttons are the ones to press."""
    place = next((each for each in here if each.question.options_from == ALL_PAIRS), None)
    over = bool(sitting.form.begun) and time.time() - sitting.form.begun >= SECONDS
    return place is not None and not over and _next(place, sitting) is not None


def draw(place: Asked, sitting: Sitting) -> None:
    """Put the pair that tells most now; what was chosen is kept in the form at once."""
    form, language = sitting.form, sitting.form.language
    form.begun = form.begun or time.time()
    chosen = dict(before(form.answers, place) or {})
    page.block("p", wording_of(place, sitting.setting, language), "pair-question")
    for slip in form.slips:
        if slip.question == place.question.id:
            page.block("p", slip_text(slip, language), "slip", role="alert", ident=f"slip-{slip.question}-")
    _bar(form, len(chosen), language)
    pair = _next(place, sitting)
    if pair is None:
        page.block("p", word("form.pairs_done", language), "said")
    else:
        _buttons(pair, place, sitting, chosen)
    with st.container(key=f"undo-{sitting.survey}"):
        key = f"{sitting.survey}:{place.question.id}::undo"
        if chosen and st.button(word("form.take_back", language), key=key, type="tertiary"):
            chosen.popitem()
            keep(form.answers, place, chosen or None)
            st.rerun()


def _buttons(pair: str, place: Asked, sitting: Sitting, chosen: dict[str, str]) -> None:
    language = sitting.form.language
    titles = {each.slug: each.title for each in (*sitting.setting.subjects, *sitting.setting.others)}
    first, second = pair.split("|")
    answer = ""
    with st.container(key=f"pair-{sitting.survey}"):
        sides = st.columns(2)
        for side, slug in zip(sides, (first, second), strict=True):
            label = literal(apart(titles.get(slug, slug), language))
            if side.button(label, key=_key(place, sitting, pair, slug), width="stretch"):
                answer = slug
    if st.button(word("form.same", language), key=_key(place, sitting, pair, SAME), width="stretch"):
        answer = SAME
    if not answer:
        return
    moment = time.time()
    if moment - sitting.form.chosen_at >= SOONEST:
        sitting.form.chosen_at = moment
        keep(sitting.form.answers, place, {**chosen, pair: answer})
    st.rerun()


def _key(place: Asked, sitting: Sitting, pair: str, answer: str) -> str:
    return f"{sitting.survey}:{place.question.id}:{pair}:{answer}"


def _next(place: Asked, sitting: Sitting) -> str | None:
    """The next pair, None when as many as may be were put."""
    question = place.question
    chosen: Mapping[str, str] = before(sitting.form.answers, place) or {}
    if len(chosen) >= int(question.maximum or MOST_ASKED_PAIRS):
        return None
    published = _published(shell.version())
    every = (*sitting.setting.subjects, *sitting.setting.others)
    places = {each.slug: published[each.title] for each in every if each.title in published}
    return next_pair(offered(question, sitting.setting, place.subject).items, chosen, places, sitting.setting.seed)


@st.cache_data(max_entries=4, show_spinner=False)
def _published(version: int) -> dict[str, tuple[float, float]]:
    """Where credentials stand in the published ranking, by title, with its standard deviation: by choices and ladder
    where they agree, else by the ladder. Empty until the worker has worked it out: nobody with a minute waits for
    that."""
    for finding, column in RANKINGS:
        with reading(shell.engine()) as session:
            document = finished.read(session, finding, choice_key(Choice(), shell.limits()), version)
        table = answer_of(document).table if document is not None else None
        if table is not None and column in table:
            known = table.dropna(subset=[column, *ENDS])
            unsure = (known[ENDS[1]] - known[ENDS[0]]) / (2 * WIDE)
            return dict(zip(known["Credential"], zip(known[column], unsure, strict=True), strict=True))
    return {}


def _bar(form: Form, count: int, language: str) -> None:
    """How much of the minute has gone, in a bar that runs by itself, and in words."""
    gone = min(SECONDS, max(0.0, time.time() - form.begun))
    style = f"width:{100 * gone / SECONDS:.0f}%;animation-duration:{SECONDS - gone:.0f}s"
    st.html(f'<div class="minute" aria-hidden="true"><span style="{style}"></span></div>')
    over = gone >= SECONDS
    said = [word("form.pairs", language, count=count)] if count else []
    page.block("p", " · ".join([*said, word("form.minute_over" if over else "form.minute", language)]), "help")
