"""The one way a file leaves a page: a finding that passed the gate, or what the questionnaires say."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from html import escape

import streamlit as st

from feedback import policy
from feedback.exchange.tables import FORMATS, write_table
from feedback.findings import files
from feedback.findings.evidence import QUOTING, Choice
from feedback.findings.finished import Shown
from feedback.policy import EXPORT, NOBODY, UNREVIEWED, WHOLE, Actor, Subject
from feedback.store import audit
from feedback.store.accounts import read_account
from feedback.store.database import transaction
from feedback.ui import shell, visitor

OFFERED = ("csv", "xlsx", "parquet", "json")
"""The kinds of file that are offered; SPSS is written by the command line, where its package is installed."""


def offer(finding: str, choice: Choice = Choice(), *, what: str = "this table") -> None:
    """A finding's table as a file of each kind. Nothing is written before somebody asks for it.

    It takes the finding's name and works it out through the gate itself, so that no other table can be handed out here.
    """
    subjects = shell.subjects_of(choice)
    if not visitor.may(EXPORT, *subjects):
        return
    quotes = finding in QUOTING and visitor.may(UNREVIEWED, *subjects)
    needs = (EXPORT, UNREVIEWED) if quotes else (EXPORT,)
    answer, take = shell.answer(finding, choice), partial(taken, visitor.who(), subjects, needs)
    number, release = shell.last_release()
    about = files.about(answer, choice, release, shell.institution().is_sample)
    buttons(
        what,
        {
            FORMATS[name].title: (
                files.file_name(finding, choice, number, name),
                FORMATS[name].mime,
                partial(_written, answer, name, about, finding, choice, take),
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


def taken(by: Actor, subjects: Iterable[Subject], needs: Iterable[str], about: str, **details: object) -> None:
    """Record that a file is taken. It is written outside any visit, by an address that stays good for as long as the
    page lies open: so what its taker may is read anew. Call it before anything is written.

    by: whom the page was drawn for. subjects: what the file is of; none is the institution. needs: what they must be
    allowed about each. Raises Forbidden for who has no account that may come in, or no such role any more.
    """
    subjects = tuple(subjects) or (WHOLE,)
    with transaction(shell.engine()) as session:
        account = read_account(session, by.id)
        for action in needs:
            policy.demand(account.actor if account else NOBODY, action, subjects)
        audit.record(session, by, audit.EXPORTED, about, **details)


def _written(
    answer: Shown, format: str, about: Mapping[str, str], name: str, choice: Choice, take: Callable[..., None]
) -> bytes:
    of = {field: value for field, value in vars(choice).items() if isinstance(value, str) and value}
    take(f"finding:{name}", format=format, **of)
    return write_table(answer.table, format, about, name)
