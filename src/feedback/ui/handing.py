"""The files a survey's page hands out: links for mail merge, cards and posters to print. None holds an answer."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Literal

import streamlit as st

from feedback.exchange.inviting import poster_of, sheet_of
from feedback.exchange.links import Link, links_csv
from feedback.policy import ASK
from feedback.store import surveys
from feedback.store.database import reading
from feedback.store.surveys import Survey
from feedback.survey.questionnaire import Instrument
from feedback.ui import downloads, shell, visitor


def instrument_of(survey: Survey) -> Instrument | None:
    """The questionnaire a survey asks by, in its own version; None where it is not to be had any more."""
    with reading(shell.engine()) as session:
        return surveys.instrument_of(session, survey, shell.instruments())


def offer_links(survey: Survey, made: Sequence[Link], *, marked: bool) -> None:
    """A file of links: what people wrote in it is no formula."""
    name = f"{survey.slug}-links.csv"
    _offer(
        survey,
        "Download the links (CSV)",
        name,
        "text/csv",
        lambda: links_csv(made, marked=marked),
        kind="primary",
    )


def offer_cards(survey: Survey, made: Sequence[Link], until: date | None) -> None:
    """The same links as codes on cards."""
    if instrument := instrument_of(survey):
        write = partial(cards, survey, instrument, made, until)
        _offer(survey, "Download cards to print", f"{survey.slug}-cards.html", "text/html", write)


def offer_poster(survey: Survey, base: str) -> None:
    """The address of an open survey as a code to hang up."""
    if instrument := instrument_of(survey):
        write = partial(poster, survey, instrument, base)
        _offer(survey, "Download a poster to print", f"{survey.slug}-poster.html", "text/html", write)


def cards(survey: Survey, instrument: Instrument, made: Sequence[Link], until: date | None) -> bytes:
    """A page of cards; all that stands on it is text, escaped."""
    with reading(shell.engine()) as session:
        return sheet_of(session, survey, instrument, made, until).encode()


def poster(survey: Survey, instrument: Instrument, base: str) -> bytes:
    """A page with one code; all that stands on it is text, escaped."""
    with reading(shell.engine()) as session:
        return poster_of(session, survey, instrument, base).encode()


def _offer(
    survey: Survey,
    label: str,
    name: str,
    mime: str,
    write: Callable[[], bytes],
    *,
    kind: Literal["primary", "secondary"] = "secondary",
) -> None:
    """A button that hands a file out. It is written when somebody asks for it, who must still be allowed to ask."""
    take = partial(downloads.taken, visitor.who(), shell.subjects(survey.credentials), (ASK,), f"survey:{survey.slug}")

    def written() -> bytes:
        take(file=name)
        return write()

    st.download_button(label, written, file_name=name, mime=mime, type=kind, on_click="ignore", key=f"hand:{name}")
