"""The overview: the two answers, what is being done about the second, and the ways on. It loads no tables."""

from collections.abc import Sequence
from datetime import date

from feedback.findings.evidence import Choice
from feedback.policy import READ, Subject
from feedback.store import actions
from feedback.store.action import Action
from feedback.store.database import reading
from feedback.ui import choices, governing, page, panel, shell, visitor, ways

ANSWERS = (("credential_value", "credential_value"), ("priorities", "what_to_change"))
"""The findings that answer the page's question, each with the page that shows what stands behind it."""
FURTHER = ("where_valued", "skills", "comments", "portfolio", "credential", "committee")
WORKED = "worked"
"""The verdict on an action that brought what was expected of it."""


def show() -> None:
    """Both answers, each with the way to what stands behind it; actions; the ranking; and where to look closer."""
    choice = Choice() if visitor.who().sees_all else choices.place()
    for finding, name in ANSWERS:
        page.lead(shell.answer(finding, choice).sentence)
        ways.on(name)
    page.heading("What is being done about it?")
    page.block("p", in_a_sentence(_readable(), governing.today()), "said")
    ways.on("actions")
    page.heading("How much employers value each")
    panel.show("credential_value", choice, sentence=False)
    page.heading("Look closer")
    ways.show(*FURTHER)


def in_a_sentence(every: Sequence[Action], today: date) -> str:
    """How many actions are open and late, and how many did what was expected of them."""
    if not every:
        return "Nothing yet: no change has been made an action."
    left = [each for each in every if each.is_open]
    late = sum(each.is_late(today) for each in left)
    many = f"{len(left):,} {'action is' if len(left) == 1 else 'actions are'}"
    said = f"{many} open{f', {late} of them late' if late else ''}."
    measured = [each.effect["verdict"] for each in every if each.effect]
    if measured:
        said += f" Of {len(measured)} whose run is over, {measured.count(WORKED)} did what was expected."
    return said


def _readable() -> list[Action]:
    """The actions of what the visitor may read of."""
    with reading(shell.engine()) as session:
        return [each for each in actions.read_actions(session) if visitor.may(READ, _subject(each))]


def _subject(one: Action) -> Subject:
    return shell.everything().subject(one.credential) if one.credential else Subject(one.programme)
