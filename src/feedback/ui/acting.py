"""From any line one click to an action: the button that opens the form filled in, and what is frozen with it."""

from dataclasses import asdict, dataclass, field
from typing import Any

import streamlit as st

from feedback.exchange.acted import new_in_words
from feedback.findings.evidence import QUOTING, Choice
from feedback.policy import ACT, READ, Subject
from feedback.store import action as stored
from feedback.store.action import OTHER, Action, subject_at
from feedback.store.committee import Seen
from feedback.ui import shell, visitor

PAGE = "pages/actions.py"
DRAFT = "acting:draft"
"""Where the session keeps what the form is to be filled in with."""
COUNTING = frozenset({"topics", "experts"})
"""Findings with people's own words whose tables keep them apart, in columns that are not frozen."""
TOLD_IN_WORDS = (QUOTING | {"suggestions"}) - COUNTING
"""Findings that show what people wrote: of these only the question is frozen."""
NOT_KEPT = "What people wrote was shown here, in words that are not kept."


PROGRAMME = "programme:"
"""How the place of something new begins: of a programme, or of the whole institution. A credential's is its slug."""
NEW = stored.NEW


@dataclass(frozen=True)
class Draft:
    """What the form is filled in with: see `offer`."""

    credential: str = ""
    source: str = OTHER
    about: str = ""
    title: str = ""
    finding: str = ""
    choice: Choice = field(default_factory=Choice)
    measure: tuple[str, str, str, str] | None = None


def may_act(credential: str) -> bool:
    """Whether the visitor may make actions on a credential; "" for any at all."""
    return visitor.may(ACT, *shell.subjects([credential])) if credential else visitor.may_somewhere(ACT)


def place_of(one: Action) -> str:
    """What an action is of, as a place: a credential, or PROGRAMME and the programme's slug."""
    return one.credential or f"{PROGRAMME}{one.programme}"


def split(place: str) -> tuple[str, str]:
    """The credential and the programme of a place; two empty for the institution.

    >>> split("data-badge"), split("programme:data"), split("programme:")
    (('data-badge', ''), ('', 'data'), ('', ''))
    """
    return ("", place.removeprefix(PROGRAMME)) if place.startswith(PROGRAMME) else (place, "")


def subject(place: str) -> Subject:
    """A place as the policy knows it."""
    return subject_at(*split(place), shell.everything().subject)


def places(action: str = READ) -> dict[str, str]:
    """What the visitor may do this about, by place: credentials, and for something new programmes and the whole."""
    held = shell.institution()
    named = held.titles() | {f"{PROGRAMME}{slug}": new_in_words(name) for slug, name in held.programmes.items()}
    named |= {PROGRAMME: new_in_words("")}
    return {place: name for place, name in named.items() if visitor.may(action, subject(place))}


def offer(
    credential: str,
    source: str,
    about: str,
    title: str,
    *,
    finding: str,
    choice: Choice,
    measure: tuple[str, str, str, str] | None = None,
    key: str,
) -> None:
    """The button "Make this an action", which opens the form filled in; nothing for whoever may make none.

    credential: "" where the line is about several: then it is chosen in the form. source: one of
    store.action.SOURCES. about: the id of the line. title: its words, which can be changed in the form; of a suggestion
    they are not taken, since what people wrote can be taken back and an action cannot. finding, choice: what showed it,
    which is frozen with the action as it is shown then. measure: (kind, audience, id, item) of what is to be looked at
    again (kind: one of store.action.KINDS); None lets it be chosen in the form. key: another one for each button of a
    page.
    """
    if not may_act(credential):
        return
    if st.button("Make this an action", key=f"acting:{key}", type="tertiary", icon=":material/add_task:"):
        words = "" if source == "suggestion" else title
        keep(Draft(credential, source, about, words, finding, choice, measure))
        # The line's own words stay out of the address: they would stand in the browser's list and in logs.
        st.switch_page(PAGE, query_params={"new": "action"} | ({"credential": credential} if credential else {}))


def keep(draft: Draft) -> None:
    """Have the form filled in with this when it opens next."""
    st.session_state[DRAFT] = asdict(draft)


def draft() -> Draft:
    """What the form is to be filled in with; an empty one where it was opened by its address."""
    held: dict[str, Any] = dict(st.session_state.get(DRAFT, {}))
    if not held:
        return Draft(credential=st.query_params.get("credential", ""))
    measure = held.pop("measure")
    return Draft(**held | {"choice": Choice(**held["choice"]), "measure": tuple(measure) if measure else None})


def forget() -> None:
    """Have the form empty when it opens next."""
    st.session_state.pop(DRAFT, None)


def frozen(finding: str, choice: Choice) -> Seen:
    """A finding as it is shown now, through the gate; of one that shows what people wrote, that it did.

    Raises Forbidden for what the visitor may not read of.
    """
    from feedback.findings.frozen import texts_of  # here: it brings tables, which only the form needs

    answer = shell.answer(finding, choice)
    if finding in TOLD_IN_WORDS:
        return Seen(finding, answer.question, NOT_KEPT, answer.caution)
    columns, rows = texts_of(answer.table)
    return Seen(finding, answer.question, answer.sentence, answer.caution, columns, rows)
