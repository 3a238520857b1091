"""Shows a finding: its sentence, its chart, its table with a download, and how we know."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from feedback.charts.opening import OPENED, opened_by
from feedback.findings.evidence import Choice
from feedback.findings.finished import Shown
from feedback.ui import page, shell, ways

CREDENTIAL = "pages/credential.py"


def show(finding: str, choice: Choice = Choice(), *, as_lead: bool = False, sentence: bool = True) -> None:
    """One finding, drawn in the one form: question, answer, picture, then table, file and method folded away.

    as_lead: the page's title asks its question, so its sentence is the page's first line, and what its picture opens
    stands under it in a list, too. sentence: whether to say it.
    """
    answer = shell.answer(finding, choice)
    if as_lead:
        page.lead(answer.sentence)
    elif sentence:
        page.heading(answer.question, ident=place(finding))
        page.block("p", answer.sentence, "said")
    spec = shell.chart(finding, choice)
    if spec is not None:
        _picture(finding, spec, answer.alt, listed=as_lead)
    # Where there is no picture the table is what there is to see.
    _fold(finding, choice, answer, open_at_first=spec is None)


def place(finding: str) -> str:
    """By what `page.jumps` leads to a finding that stands on the page with its question."""
    return f"part-{finding}"


def brief(finding: str, choice: Choice) -> None:
    """One finding as a part of a larger question: its question and answer, and all else folded away."""
    answer = shell.answer(finding, choice)
    page.block("h3", answer.question, "part-title")
    page.block("p", answer.sentence, "said")
    _fold(finding, choice, answer, with_picture=True)


def _fold(
    finding: str, choice: Choice, answer: Shown, *, open_at_first: bool = False, with_picture: bool = False
) -> None:
    """What is folded away is made when it is opened: the table costs more than all the rest."""
    if not answer.has_table:
        return
    fold = st.expander("Table, file and how we know", open_at_first, key=f"fold:{finding}", on_change="rerun")
    if not fold.open:
        return
    from feedback.ui import downloads

    with fold:
        spec = shell.chart(finding, choice) if with_picture else None
        if spec is not None:
            st.vega_lite_chart(spec=spec, theme=None, width="stretch", alt=answer.alt)
        st.dataframe(answer.table, hide_index=True, width="stretch", alt=answer.alt)
        downloads.offer(finding, choice)
        page.quiet(answer.caution)


def _picture(finding: str, spec: dict[str, Any], alt: str, *, listed: bool) -> None:
    """The picture; one whose rows are credentials opens the one that is pressed, or chosen from the list under it."""
    opens = opened_by(spec)
    if not opens:
        st.vega_lite_chart(spec=spec, theme=None, width="stretch", alt=alt)
        return
    key = f"picture:{finding}"
    pressed = partial(_open_pressed, key, opens)
    st.vega_lite_chart(spec=spec, theme=None, width="stretch", alt=alt, key=key, on_select=pressed)
    if listed:
        _list(finding, opens)


def _list(finding: str, opens: Sequence[str]) -> None:
    """The same way for whoever uses no pointer: the credentials of the picture, in its order."""
    titles, key = shell.institution().titles(), f"open:{finding}"
    st.selectbox(
        "Open a credential",
        [slug for slug in opens if slug in titles],
        index=None,
        format_func=lambda slug: titles.get(slug, slug),
        placeholder="Press one above, or choose here",
        key=key,
        on_change=lambda: _open(st.session_state.get(key), opens),
    )


def _open_pressed(key: str, opens: Sequence[str]) -> None:
    pressed = st.session_state[key]["selection"].get(OPENED) or []
    _open(pressed[0].get("credential") if pressed else None, opens)


def _open(slug: object, opens: Sequence[str]) -> None:
    """Go to a credential's page, and draw this one no more; nothing happens for what the picture does not hold."""
    if isinstance(slug, str) and slug in opens:
        st.switch_page(CREDENTIAL, query_params={**ways.kept(), "credential": slug})
