"""What the committee's pages share: their address, names, tables of texts, and doing one thing or saying why not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from html import escape
from typing import TypeVar

import streamlit as st
from sqlmodel import Session

from feedback.errors import FeedbackError, Problem, Refused
from feedback.policy import DECIDE, READ, Actor, Forbidden
from feedback.store.accounts import read_accounts
from feedback.store.action import Action
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.ui import fields, page, shell, visitor

PAGE = "pages/committee.py"
TOLD, PROBLEMS, TURN, DONE = (f"committee:{name}" for name in ("told", "problems", "turn", "done"))
"""Where the session keeps what was done, what is in the way, how often something was, and how often it was not."""
Made = TypeVar("Made")


def today() -> date:
    """The day, by the database's clock."""
    with reading(shell.engine()) as session:
        return now(session).date()


def back() -> None:
    """The way to the committee's first page."""
    st.page_link(PAGE, label="← What is due, and what was decided")


def tell() -> None:
    """What was just done, once."""
    if told := st.session_state.pop(TOLD, ""):
        page.block("p", told, "done", role="status")


def slips() -> None:
    """Why the last thing asked for was not done, once: all reasons."""
    problems: Sequence[Problem] = st.session_state.pop(PROBLEMS, ())
    if problems:
        page.to_top(st.session_state.get(TURN, 0))
        page.block("p", "Nothing is kept yet, and nothing you wrote is lost.", "slips-title", role="alert")
    for problem in problems:
        page.block("p", f"{problem.message[0].upper()}{problem.message[1:]}", "slip")


def do(work: Callable[[Session, Actor], Made], told: str, **address: str) -> Made | None:
    """Do it in one transaction for the visitor, and go to an address of the page, where it is told.

    None where it was refused: then the reasons wait for `slips`.
    """
    try:
        with transaction(shell.engine()) as session:
            made = work(session, visitor.who())
    except Forbidden:
        raise
    except Refused as error:
        refuse(error.problems)
        return None
    except FeedbackError as error:
        refuse([Problem("", str(error))])
        return None
    st.session_state[TOLD] = told
    st.session_state[DONE] = done() + 1
    st.query_params.from_dict(address)
    return made


def done() -> int:
    """How often something was done: in the keys of controls that are to be empty after it."""
    return st.session_state.get(DONE, 0)


def refuse(problems: Sequence[Problem]) -> None:
    """Keep what is in the way, for `slips`."""
    st.session_state[PROBLEMS] = problems
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def names() -> dict[str, str]:
    """What accounts are called, by id."""
    with reading(shell.engine()) as session:
        return {each.id: each.name for each in read_accounts(session)}


NOBODY_NOW = "Somebody without an account"
"""What stands for an account that is there no more."""


def owner_names() -> dict[str, str]:
    """What accounts are called, by id; those that may come in no more say so."""
    with reading(shell.engine()) as session:
        every = read_accounts(session)
    return {each.id: each.name if each.actor.is_known else f"{each.name} (may come in no more)" for each in every}


def owner_of(one: Action, names: Mapping[str, str]) -> str:
    """Who sees to an action, by names of accounts."""
    return names.get(one.owner, "Somebody of the sample" if one.is_sample else NOBODY_NOW)


def titles(action: str = READ) -> dict[str, str]:
    """The titles of the credentials about which the visitor may do this, by slug."""
    held = shell.institution()
    return {slug: title for slug, title in held.titles().items() if visitor.may(action, held.subject(slug))}


def may_decide(credential: str) -> bool:
    """Whether the visitor may decide about a credential."""
    return visitor.may(DECIDE, *shell.subjects([credential]))


def choose(label: str, options: Mapping[str, str], key: str, chosen: str = "") -> str:
    """One of several by its name; "" while none is chosen."""
    slugs = list(options)
    place = slugs.index(chosen) if chosen in options else None
    said = st.selectbox(label, slugs, place, format_func=options.__getitem__, placeholder="Choose one", key=key)
    return said or ""


def grid(heads: Sequence[str], rows: Iterable[Sequence[str]], words: str) -> None:
    """A table of texts that scrolls inside itself; the first cell of a row is its name."""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    st.html(
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(words)}"><table class="plain">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def facts(told: Mapping[str, str]) -> None:
    """Names and what is said of them; nothing where nothing is."""
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(said)}</dd></div>" for name, said in told.items() if said)
    st.html(f'<dl class="facts">{rows}</dl>')


def day(value: date | None) -> str:
    """A day in words, "" for none."""
    return fields.day(value) if value else ""


def listed(words: Sequence[str]) -> str:
    """Several in a row.

    >>> listed(["Ann", "Bea", "Cid"])
    'Ann, Bea and Cid'
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
