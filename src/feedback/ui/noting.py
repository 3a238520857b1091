"""What the visitor did, into the audit, where it has no transaction of its own. Of what they typed only names are kept
that there are: nobody writes sentences into the list by an address."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

import streamlit as st
from sqlmodel import Session

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.values import is_slug
from feedback.doors import PAGES
from feedback.policy import ASK, CREDENTIAL, PROGRAMME, READ, WHOLE, Actor, Subject
from feedback.store import audit, catalogue
from feedback.store.action import Action
from feedback.store.actions import read_actions
from feedback.store.clock import now
from feedback.store.committee import Decision, read_decisions
from feedback.store.database import DatabaseBusy, reading, transaction
from feedback.store.rounds import Round, read_rounds
from feedback.ui import held, shell, visitor

UNKNOWN = "unknown"
"""What stands for a name that is not there."""
MOST_REFUSALS = 50
"""So many refusals of one person are recorded a day; the last says that it is."""
JUDGED: Mapping[str, Callable[[Session], Sequence[Action | Decision | Round]]] = MappingProxyType(
    {"action": read_actions, "decision": read_decisions, "round": read_rounds}
)
"""What is about a credential and has a name of its own."""
_PAGE, _SEEN, _OWED = "noting:page", "noting:seen", "noting:owed"


def note(action: str, about: str, *, by: Actor | None = None, **details: object) -> None:
    """Record it. by: None for the visitor; a file is written after its page was drawn, and knows for whom."""
    with transaction(shell.engine()) as session:
        audit.record(session, by or visitor.who(), action, about, **details)


def refused(about: str) -> None:
    """Record, once a day, that the visitor tried what is not there for them. Where the database is busy, it is not.

    about: a kind and a name, as "credential:sql".
    """
    kind, _, name = about.partition(":")
    who, about = visitor.who(), _named(kind, name, theirs=False)
    try:
        with transaction(shell.engine()) as session:
            today = now(session).date()
            told = audit.read_events(
                session, actors=[who.id], action=audit.REFUSED, since=today, until=today, most=MOST_REFUSALS
            )
            more = {"last_today": True} if len(told) == MOST_REFUSALS - 1 else {}
            if len(told) < MOST_REFUSALS:
                audit.record_once(session, who, audit.REFUSED, about, **more)
    except DatabaseBusy:
        return


def saw(name: str, asked: Mapping[str, str] | None = None) -> None:
    """Record, once a day, that the visitor looks at a page, and of what by its address; what could not be recorded
    before is, too. asked: what the address asks for."""
    st.session_state[_PAGE] = name
    about = " ".join([f"page:{name}", *_asked_for(asked or {})])
    _owe([about])
    _settle()


def saw_of(subjects: Iterable[Subject]) -> None:
    """Record, once a day, that the page the visitor looks at shows them what is about this; nothing outside a page."""
    name = st.session_state.get(_PAGE)
    if not name:
        return
    waits = bool(st.session_state.get(_OWED))
    _owe(f"page:{name}" if each == WHOLE else f"page:{name} {each}" for each in subjects)
    if not waits:
        _settle()


def _owe(abouts: Iterable[str]) -> None:
    """Put down what is to be recorded and was not yet today."""
    seen, owed = st.session_state.setdefault(_SEEN, set()), st.session_state.setdefault(_OWED, {})
    who, today = visitor.who(), datetime.now(UTC).date()
    owed.update({mark: who for about in abouts if (mark := (who.id, today, about)) not in seen})


def _settle() -> None:
    """Record what was put down. Where the database is busy it stays so, for the next run, and the log says it."""
    seen, owed = st.session_state[_SEEN], st.session_state[_OWED]
    if not owed:
        return
    try:
        with transaction(shell.engine()) as session:
            for (*_, about), who in owed.items():
                audit.record_once(session, who, audit.SAW, about)
    except DatabaseBusy:
        told = "; ".join(f"{account} {about}" for account, _, about in owed)
        logging.getLogger(__name__).warning("the database is busy, looked at and not recorded yet: %s", told)
        return
    seen.update(owed)
    owed.clear()


def _asked_for(asked: Mapping[str, str]) -> list[str]:
    """What an address asks for, by names that are there for the visitor."""
    kinds = {key: key for key in ("credential", "programme", "about", "rules", *JUDGED)} | {"of": "survey"}
    if (entity := asked.get("entity", "")) in ENTITIES:
        kinds["slug"] = entity
    wanted = {kind: asked.get(key, "") for key, kind in kinds.items()}
    found = [_named(kind, name, theirs=True) for kind, name in wanted.items() if name]
    return found if "slug" not in kinds or asked.get("slug") else [*found, f"entity:{entity}"]


def _named(kind: str, name: str, *, theirs: bool) -> str:
    """Kind and name as they are recorded. theirs: a name counts only where the visitor may see what it is of."""
    if kind == "about":
        kind, name = next(
            ((one[:-1], name.removeprefix(one)) for one in (PROGRAMME, CREDENTIAL) if name.startswith(one)), (kind, "")
        )
    return f"{kind}:{name if _is_there(kind, name, theirs) else UNKNOWN}"


def _is_there(kind: str, name: str, theirs: bool) -> bool:
    institution = shell.institution() if theirs else shell.everything()
    if kind == "page":
        return name in PAGES
    if kind in JUDGED:
        found = _judged(kind, name)
        if found is not None and not found.credential:
            return not theirs or visitor.may(READ, Subject(getattr(found, "programme", "")))
        name = found.credential if found is not None else ""
    if kind in ("credential", "rules", *JUDGED):
        return any(one.slug == name for one in institution.credentials)
    if kind == "programme":
        return name in institution.programmes
    if not is_slug(name):
        return False
    if kind == "survey":
        survey = shell.survey(name)
        return survey is not None and (not theirs or visitor.may(ASK, *shell.subjects(survey.credentials)))
    if kind not in ENTITIES:
        return False
    with reading(shell.engine()) as session:
        entry = catalogue.find(session, kind, name)
    return entry is not None and (not theirs or held.may_see(ENTITIES[kind], entry))


def _judged(kind: str, name: str) -> Action | Decision | Round | None:
    """An action, a decision or a round of review by its id; None where there is none."""
    with reading(shell.engine()) as session:
        return next((each for each in JUDGED[kind](session) if each.id == name), None)
