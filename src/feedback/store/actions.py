"""Actions: making them, seeing them through, and noting what became of them.

What an action was made with is never changed: the measure, where it stood, what is expected of it, by which run, and
the findings it rests on. A wrong action is dropped and a new one made; nothing is erased in silence.
"""

import secrets
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session

from feedback import policy
from feedback.catalogue.values.base import LONGEST_LONG_TEXT, LONGEST_NAME
from feedback.errors import Problem, Refused
from feedback.policy import WORKER, Actor
from feedback.store import audit, meta
from feedback.store.action import (
    DROPPED,
    KINDS,
    PLANNED,
    SOURCES,
    STATES,
    VERDICTS,
    Action,
    Measure,
    Step,
    Wanted,
    sealed,
)
from feedback.store.action_checks import (
    CHANGED_SINCE,
    owners_for,
    place_of,
    problems_of,
    problems_of_day,
    problems_of_measure,
    problems_of_owner,
    problems_of_place,
    problems_of_seen,
)
from feedback.store.clock import now
from feedback.store.committee import digest_of, kept_text
from feedback.store.inserting import insert, table_of
from feedback.store.tables import Actions, ActionSteps, AuditEvents, Tellings

__all__ = [
    "CHANGED_SINCE",
    "KINDS",
    "SOURCES",
    "STATES",
    "VERDICTS",
    "Action",
    "Measure",
    "Step",
    "Wanted",
    "add_action",
    "change_due",
    "change_owner",
    "change_state",
    "keep_action",
    "keep_step",
    "note_effect",
    "note_looked",
    "owners_for",
    "read_action",
    "read_actions",
    "read_steps",
    "set_words",
    "tell",
    "untell",
    "verify",
]
_T, _S = table_of(Actions), table_of(ActionSteps)


# --- making -----------------------------------------------------------------------------------------------------------


def add_action(session: Session, by: Actor, wanted: Wanted) -> Action:
    """Make an action, with all it rests on, planned.

    Raises Forbidden for whoever may not act on the credential, and Refused with every problem: a source, measure or run
    that is not known, an expectation that is none, an owner who may not act there, a day that is past.
    """
    subject = place_of(session, wanted)
    policy.demand(by, policy.ACT, [subject])
    problems = problems_of_place(session, wanted)
    title = kept_text("title", " ".join(wanted.title.split()), LONGEST_NAME, problems)
    today = now(session).date()
    problems += [*problems_of(session, wanted, today), *problems_of_measure(session, wanted, today)]
    if problems:
        raise Refused(problems)
    made = sealed(_as_planned(wanted, _new_id(session), title, by.id, today), wanted.seen, wanted.release)
    keep_action(session, made)
    _step(session, by, made, "made")
    audit.record(session, by, audit.ACTION_MADE, subject, id=made.id, digest=made.digest, due=made.due)
    meta.bump(session)
    return made


def _as_planned(wanted: Wanted, name: str, title: str, by: str, today: date) -> Action:
    return Action(
        id=name,
        credential=wanted.credential,
        programme="" if wanted.credential else wanted.programme,
        title=title,
        source=wanted.source,
        about=wanted.about,
        measure=wanted.measure,
        baseline=dict(wanted.baseline),
        expected=None if wanted.expected is None else float(wanted.expected),
        by_run=wanted.by_run,
        evidence={},
        digest="",
        owner=wanted.owner,
        due=wanted.due,
        state=PLANNED,
        words_learners="",
        words_employers="",
        told_on=None,
        effect=None,
        by=by,
        made_on=today,
    )


def keep_action(session: Session, action: Action) -> None:
    """Keep an action as it is."""
    row = vars(action) | {"measure": vars(action.measure) if action.measure else None}
    row |= {"credential": action.credential or None, "programme": action.programme or None}
    session.connection().execute(insert(session, Actions), [row])


# --- seeing through ---------------------------------------------------------------------------------------------------


def change_state(
    session: Session, by: Actor, action_id: str, state: str, reason: str = "", *, was: str | None = None
) -> Action:
    """Say how an action stands. reason: why; needed to drop it, and to take up again what was done or dropped. was: how
    it stood for whoever says so; None where nobody looked.

    Nothing changes where it stands so already. Raises Refused where it stands otherwise than it was seen.
    """
    one = _allowed(session, by, action_id)
    if state == one.state:
        return one
    problems = problems_of_seen("state", was, one.state)
    if state not in STATES:
        problems.append(Problem("state", f'"{state[:40]}" is not known. Known: {", ".join(STATES)}.'))
    words = _maybe_text("reason", reason, problems)
    if not words and (state == DROPPED or not one.is_open):
        problems.append(Problem("reason", "is empty; say why, so that whoever reads this later knows."))
    if problems:
        raise Refused(problems)
    return _changed(session, by, one, "state", words, state=state)


def change_owner(
    session: Session, by: Actor, action_id: str, owner: str, reason: str = "", *, was: str | None = None
) -> Action:
    """Give an action to somebody else, who may act on its credential. was: who was seen to see to it; None where nobody
    looked. Raises Refused where that is somebody else by now."""
    one = _allowed(session, by, action_id)
    if owner == one.owner:
        return one
    problems = [*problems_of_seen("owner", was, one.owner), *problems_of_owner(session, one, owner)]
    words = _maybe_text("reason", reason, problems)
    if problems:
        raise Refused(problems)
    return _changed(session, by, one, "owner", words, owner=owner)


def change_due(
    session: Session, by: Actor, action_id: str, due: date, reason: str = "", *, was: date | None = None
) -> Action:
    """Set another day by which an action is to be done: today or later. was: the day that was seen; None where nobody
    looked. Raises Refused where it is another by now."""
    one = _allowed(session, by, action_id)
    if due == one.due:
        return one
    problems = [*problems_of_seen("due", was, one.due), *problems_of_day(due, now(session).date())]
    words = _maybe_text("reason", reason, problems)
    if problems:
        raise Refused(problems)
    return _changed(session, by, one, "due", words, due=due)


def set_words(session: Session, by: Actor, action_id: str, learners: str, employers: str) -> Action:
    """Write down what learners and employers are to be told, "" for nothing. Raises Refused while it is public: it
    is taken back first."""
    one = _allowed(session, by, action_id)
    problems: list[Problem] = []
    if one.told_on is not None:
        problems.append(Problem("words", "they are public; take them back first, then change them."))
    new = {
        "words_learners": _maybe_text("words_learners", learners, problems),
        "words_employers": _maybe_text("words_employers", employers, problems),
    }
    if problems:
        raise Refused(problems)
    if new == {name: getattr(one, name) for name in new}:
        return one
    return _changed(session, by, one, "words", "", **new)


def tell(session: Session, by: Actor, action_id: str) -> Action:
    """Note that what is written for learners or employers is public from today. Raises Refused where nothing is, and of
    something new, which has no page."""
    one = _allowed(session, by, action_id)
    if one.told_on is not None:
        return one
    if not one.credential:
        raise Refused([Problem("credential", "is none yet, so there is no page on which it could be told.")])
    if not one.words_learners and not one.words_employers:
        raise Refused([Problem("words", "nothing is written yet for learners or employers.")])
    return _changed(session, by, one, "told", "", told_on=now(session).date())


def untell(session: Session, by: Actor, action_id: str) -> Action:
    """Note that it is public no more. Nothing changes where it is not."""
    one = _allowed(session, by, action_id)
    return one if one.told_on is None else _changed(session, by, one, "untold", "", told_on=None)


def note_effect(
    session: Session, action_id: str, effect: Mapping[str, Any], *, was: Mapping[str, Any] | None = None
) -> bool:
    """Keep what became of an action, as the worker measured it. was: what was kept before, of which nothing could be
    said; what is told in public of it is then worked out anew. False, and nothing changes, where something else is kept
    by now, where it is not there or is not measured at all. Raises Refused for a verdict that is none of VERDICTS."""
    if effect.get("verdict") not in VERDICTS:
        known = f"Known: {', '.join(VERDICTS)}."
        raise Refused([Problem("verdict", f'"{str(effect.get("verdict"))[:40]}" is not known. {known}')])
    row = session.connection().execute(select(_T).where(_T.c.id == action_id).with_for_update()).mappings().first()
    one = None if row is None else _action(row)
    if one is None or one.measure is None or one.effect != was:
        return False
    session.connection().execute(update(_T).where(_T.c.id == action_id).values(effect=dict(effect)))
    if was is not None:
        table = table_of(Tellings)
        session.connection().execute(update(table).where(table.c.action == action_id).values(effect=None))
    _step(session, WORKER, one, "measured")
    said = {name: value for name, value in effect.items() if name != "release"}  # which rises while nothing is said
    about = {"id": one.id, "verdict": str(effect["verdict"]), "effect": digest_of(said)}
    audit.record(session, WORKER, audit.ACTION_MEASURED, place_of(session, one), **about)
    meta.bump(session)
    return True


def note_looked(session: Session, action_id: str, was: Mapping[str, Any], release: int | None) -> None:
    """Keep up to which release an action was looked at in vain: what is kept of it says the same as before."""
    row = session.connection().execute(select(_T).where(_T.c.id == action_id).with_for_update()).mappings().first()
    if row is not None and row["effect"] == was:
        found = {**was, "release": release}
        session.connection().execute(update(_T).where(_T.c.id == action_id).values(effect=found))


# --- reading ----------------------------------------------------------------------------------------------------------


def read_actions(session: Session, *, credential: str | None = None, states: Collection[str] = ()) -> list[Action]:
    """The actions, of one credential or of all, in these states or in any, those due first first."""
    wanted = select(_T).order_by(_T.c.due, _T.c.made_on, _T.c.id)
    if credential is not None:
        wanted = wanted.where(_T.c.credential == credential)
    if states:
        wanted = wanted.where(_T.c.state.in_(states))
    return [_action(row) for row in session.connection().execute(wanted).mappings()]


def read_action(session: Session, action_id: str) -> Action | None:
    """An action by its id; None where there is none."""
    row = session.connection().execute(select(_T).where(_T.c.id == action_id)).mappings().first()
    return None if row is None else _action(row)


def read_steps(session: Session, action_id: str) -> list[Step]:
    """What happened to an action, in order."""
    wanted = select(_S).where(_S.c.action == action_id).order_by(_S.c.number)
    return [Step(**row) for row in session.connection().execute(wanted).mappings()]


def verify(session: Session) -> list[str]:
    """What is wrong with the actions, in words; nothing when all are as they were made and none is missing.

    Each is held against its own digest and against what the audit noted when it was made.
    """
    there = {each.id: each for each in read_actions(session)}
    wrong = [each for each in there.values() if not each.is_as_made]
    problems = [f"action {each.id}{_on(each)} of {each.made_on} is not as it was made." for each in wrong]
    table = table_of(AuditEvents)
    rows = session.connection().execute(select(table.c.details).where(table.c.action == audit.ACTION_MADE)).scalars()
    noted = {str(details["id"]): str(details["digest"]) for details in rows}
    for name, each in there.items():
        if not each.is_sample and noted.get(name) != each.digest:
            problems.append(f"action {name}{_on(each)} of {each.made_on} is not the one the audit knows of.")
    problems += [f"action {name} is missing: the audit knows of it." for name in noted if name not in there]
    return problems


def _on(one: Action) -> str:
    return f" on {one.credential}" if one.credential else ""


# --- pieces -----------------------------------------------------------------------------------------------------------


def _action(row: Mapping[Any, Any]) -> Action:
    held = dict(row)
    measure = Measure(**held["measure"]) if held["measure"] else None
    place = {"credential": held["credential"] or "", "programme": held["programme"] or ""}
    return Action(**held | place | {"measure": measure})


def _allowed(session: Session, by: Actor, action_id: str) -> Action:
    """The action, on whose credential they may act; who changes it at the same time waits. Raises Forbidden, also where
    there is none."""
    row = session.connection().execute(select(_T).where(_T.c.id == action_id).with_for_update()).mappings().first()
    one = None if row is None else _action(row)
    policy.demand(by, policy.ACT, [place_of(session, one)] if one else [])
    if one is None:
        raise policy.Forbidden("There is nothing of that name here for you.")
    return one


def _changed(session: Session, by: Actor, one: Action, what: str, words: str, **new: Any) -> Action:
    """Change what may be changed of an action, and note it."""
    session.connection().execute(update(_T).where(_T.c.id == one.id).values(**new))
    changed = Action(**vars(one) | new)
    _step(session, by, changed, what, words)
    verb = audit.ACTION_TOLD if what in ("told", "untold") else audit.ACTION_CHANGED
    told = {name: value for name, value in new.items() if name in ("state", "owner", "due", "told_on")}
    audit.record(session, by, verb, place_of(session, one), id=one.id, what=what, **told)
    if verb == audit.ACTION_TOLD or what == "state":
        meta.bump(session)
    return changed


def _step(session: Session, by: Actor, one: Action, what: str, words: str = "") -> None:
    last = session.connection().execute(select(func.max(_S.c.number)).where(_S.c.action == one.id)).scalar_one()
    step = Step(one.id, (last or 0) + 1, now(session).date(), by.id, what, one.state, words)
    keep_step(session, step)


def keep_step(session: Session, step: Step) -> None:
    """Keep a step as it is."""
    session.connection().execute(insert(session, ActionSteps), [vars(step)])


def _maybe_text(where: str, given: str, problems: list[Problem]) -> str:
    """A text that may be empty, as it is kept; what is wrong with it goes to the problems."""
    return kept_text(where, given, LONGEST_LONG_TEXT, problems) if given.strip() else ""


def _new_id(session: Session) -> str:
    """32 hex digits that sort by when it was made."""
    there = session.connection().execute(select(func.count()).select_from(_T)).scalar_one()
    return f"{int(now(session).timestamp()):010x}{there:06x}{secrets.token_hex(8)}"
