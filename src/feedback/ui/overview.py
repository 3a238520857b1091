"""The overview: the two answers, what is being done about the second, and the ways on. It loads no tables."""

import re

from feedback.exchange.acted import all_in_words
from feedback.findings.evidence import Choice
from feedback.store import actions
from feedback.store.action import Action
from feedback.store.database import reading
from feedback.ui import acting, choices, governing, page, panel, shell, visitor, ways

ANSWERS = (("credential_value", "credential_value"), ("priorities", "what_to_change"))
"""The findings that answer the page's question, each with the page that shows what stands behind it."""
FURTHER = ("where_valued", "skills", "comments", "portfolio", "credential", "committee")
CHANGE = re.compile(r"Change this first.*? of 100 points \([^()]*\), say [a-z, ]+\.", re.DOTALL)
"""How what is said of the changes begins: the first, by how much, and who says so."""


def show() -> None:
    """Both answers, each with the way to what stands behind it; actions; the ranking; and where to look closer."""
    choice = Choice() if visitor.who().sees_all else choices.place()
    for finding, name in ANSWERS:
        page.lead(headline(shell.answer(finding, choice).sentence))
        ways.on(name)
    page.heading("What is being done about it?")
    page.block("p", all_in_words(_readable(), governing.today()), "said")
    ways.on("actions")
    page.heading("How much employers value each")
    panel.show("credential_value", choice, sentence=False)
    page.heading("Look closer")
    ways.show(*FURTHER)


def headline(sentence: str) -> str:
    """Of what is said of the first change its name and its gain; what else is said of it stands on its own page.

    >>> headline("Change this first in A: B. It would gain 5 of 100 points (likely between 3 and 8), say experts. C.")
    'Change this first in A: B. It would gain 5 of 100 points (likely between 3 and 8), say experts.'
    >>> headline("Not enough people have answered yet to say what should change.")
    'Not enough people have answered yet to say what should change.'
    """
    found = CHANGE.match(sentence)
    return found[0] if found else sentence


def _readable() -> list[Action]:
    """The actions of what the visitor may read of."""
    there = acting.places()
    with reading(shell.engine()) as session:
        return [each for each in actions.read_actions(session) if acting.place_of(each) in there]
