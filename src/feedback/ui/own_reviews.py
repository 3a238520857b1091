"""The reviews an expert with an account is asked for: how each round stands, and the way to its form."""

from functools import partial
from typing import Any

import streamlit as st

from feedback.exchange.links import invitation_address
from feedback.policy import REVIEW
from feedback.settings import secret_key, settings
from feedback.store import rounds
from feedback.store.database import reading
from feedback.store.rounds import OPEN, Round
from feedback.ui import governing, marks, page, shell, visitor
from feedback.ui.inviting import reached_at
from feedback.ui.reviewing import STAGE_NAMES, in_words


def show() -> None:
    """The page. Raises Forbidden for who reviews nothing."""
    visitor.demand_somewhere(REVIEW)
    page.title("Which reviews are you asked for?")
    marks.sample()
    governing.slips()
    with reading(shell.engine()) as session:
        mine = rounds.own_rounds(session, visitor.who())
    if not mine:
        page.empty(
            "No review asks you yet.",
            "You are known by your account's address: it must be that of your entry among the catalogue's reviewers.",
            "The committee chooses two reviewers for each round; once it is planned, it stands here.",
        )
        return
    titles = shell.everything().titles()
    for each, waits in mine:
        _one(each, titles[each.credential], waits=waits)


def _one(each: Round, title: str, *, waits: bool) -> None:
    with st.container(border=True, key=f"own-review-{each.id}"):
        page.block("p", title, "path-title")
        page.quiet(" · ".join(filter(None, (STAGE_NAMES[each.stage], in_words(each), "sample" * each.is_sample))))
        if each.state == OPEN and not waits:
            page.block("p", "No form waits for you: you have handed it in, or its link was taken back.", "said")
        if waits and st.button("Open my form", type="primary", key=f"own-review:{each.id}"):
            _form(each)


def _form(each: Round) -> None:
    """A link to the form, told in this run only."""
    token = governing.do(partial(_link, each.id), "")
    if token is None:
        st.rerun()
    page.block(
        "p", "This link is yours alone, and takes one review. What was begun by another opens by that one.", "help"
    )
    st.link_button("To the form", invitation_address(reached_at()[0], token))


def _link(name: str, session: Any, by: Any) -> str:
    return rounds.own_link(session, by, name, key=secret_key(settings()))
