"""The one way a file leaves a page: a finding that passed the gate, or what the questionnaires say."""

from collections.abc import Callable, Mapping
from functools import partial
from html import escape

import streamlit as st

from feedback.exchange.tables import FORMATS, write_table
from feedback.findings import files
from feedback.findings.evidence import Choice
from feedback.findings.finished import Shown
from feedback.ui import shell

OFFERED = ("csv", "xlsx", "parquet", "json")
"""The kinds of file that are offered; SPSS is written by the command line, where its package is installed."""


def offer(finding: str, choice: Choice = Choice(), *, what: str = "this table") -> None:
    """A finding's table as a file of each kind. Nothing is written before somebody asks for it.

    It takes the finding's name and works it out through the gate itself, so that no other table can be handed out here.
    """
    answer = shell.answer(finding, choice)
    number, release = shell.last_release()
    about = files.about(answer, choice, release, shell.institution().is_sample)
    buttons(
        what,
        {
            FORMATS[name].title: (
                files.file_name(finding, choice, number, name),
                FORMATS[name].mime,
                partial(_written, answer, name, about, finding),
            )
            for name in OFFERED
        },
        key=f"{finding}:{choice}",
    )


def buttons(what: str, ways: Mapping[str, tuple[str, str, Callable[[], bytes]]], *, key: str) -> None:
    """A quiet row: download what, as which kind of file. ways: title -> file name, mime type, what writes it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall", key=f"downloads:{key}"):
        st.html(f'<p class="quiet">{escape(f"Download {what} as")}</p>', width="content")
        for title, (name, mime, write) in ways.items():
            st.download_button(
                title, write, file_name=name, mime=mime, type="tertiary", on_click="ignore", key=f"file:{key}:{title}"
            )


def _written(answer: Shown, format: str, about: Mapping[str, str], name: str) -> bytes:
    return write_table(answer.table, format, about, name)
