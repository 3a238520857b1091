"""Shows a finding: its sentence, its chart, its table with a download, and how we know."""

import streamlit as st

from feedback.findings.evidence import Choice
from feedback.ui import page, shell


def show(finding: str, choice: Choice = Choice(), *, as_lead: bool = False, sentence: bool = True) -> None:
    """One finding, drawn in the one form: question, answer, picture, then table, file and method folded away.

    as_lead: the page's title asks its question, so its sentence is the page's first line. sentence: whether to say it.
    """
    answer = shell.answer(finding, choice)
    if as_lead:
        page.lead(answer.sentence)
    elif sentence:
        page.heading(answer.question)
        page.block("p", answer.sentence, "said")
    spec = shell.chart(finding, choice)
    if spec is not None:
        st.vega_lite_chart(spec=spec, theme=None, width="stretch", alt=answer.alt)
    if not answer.has_table:
        return
    # What is folded away is made when it is opened: the table costs more than all the rest. Where there is no picture
    # the table is what there is to see.
    fold = st.expander("Table, file and how we know", spec is None, key=f"fold:{finding}", on_change="rerun")
    if fold.open:
        from feedback.ui import downloads

        with fold:
            st.dataframe(answer.table, hide_index=True, width="stretch", alt=answer.alt)
            downloads.offer(finding, choice)
            page.quiet(answer.caution)
