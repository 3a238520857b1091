"""Actions: making them, seeing them through, and noting what became of them.

What an action was made with is never changed: the measure, where it stood, what is expected of it, by which run, and
the findings it rests on. A wrong action is dropped and a new one made; nothing is erased in silence.
"""

import secrets
from collections.abc import Collection, Mapping
from datetime import date
from math import isfinite
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session

from feedback import policy
from feedback.catalogue.values.base import LONGEST_LONG_TEXT, LONGEST_NAME
from feedback.errors import Problem, Refused
from feedback.policy import WORKER, Actor
from feedback.store import audit, meta
from feedback.store.accounts import Account, read_accounts
from feedback.store.action import (
    AUDIENCES,
    DROPPED,
    KINDS,
    PLANNED,
    QUESTION,
    SOURCES,
    STATES,
    VERDICTS,
    Action,
    Measure,
    Step,
    Wanted,
    sealed,
)
from feedback.store.clock import now
from feedback.store.committee import digest_of, kept_text, subject_of, unknown
from feedback.store.inserting import insert, table_of
from feedback.store.tables import Actions, ActionSteps, AuditEvents, Runs, Surveys, SurveyTargets

__all__ = [
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
    "owners_for",
    "read_action",
    "read_actions",
    "read_steps",
    "set_words",
    "tell",
    "untell",
    "verify",
]
CHANGED_SINCE = "somebody changed it since you looked; see how it stands now, and say it again if it is still meant."
_LONGEST_ID = 300
_T, _S = table_of(Actions), table_of(ActionSteps)


# --- making -----------------------------------------------------------------------------------------------------------


def add_action(session: Session, by: Actor, wanted: Wanted) -> Action:
    """Make an action, with all it rests on, planned.

    Raises Forbidden for whoever may not act on the credential, and Refused with every problem: a source, measure or run
    that is not known, an expectation that is none, an owner who may not act there, a day that is past.
    """
    subject = subject_of(session, wanted.credential)
    policy.demand(by, policy.ACT, [subject])
    problems = unknown(session, wanted.credential)
    title = kept_text("title", " ".join(wanted.title.split()), LONGEST_NAME, problems)
    today = now(session).date()
    problems += [*_problems_of(session, wanted, today), *_problems_of_measure(session, wanted, today)]
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
    session.connection().execute(insert(session, Actions), [row])


def owners_for(session: Session, credential: str) -> list[Account]:
    """The accounts that may see to an action on a credential, by name."""
    subject = subject_of(session, credential)
    every = [each for each in read_accounts(session) if policy.can(each.actor, policy.ACT, subject)]
    return sorted(every, key=lambda each: (each.name.casefold(), each.id))


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
    problems = _problems_of_seen("state", was, one.state)
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
    problems = [*_problems_of_seen("owner", was, one.owner), *_problems_of_owner(session, one.credential, owner)]
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
    problems = [*_problems_of_seen("due", was, one.due), *_problems_of_day(due, now(session).date())]
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
    """Note that what is written for learners or employers is public from today. Raises Refused where nothing is."""
    one = _allowed(session, by, action_id)
    if one.told_on is not None:
        return one
    if not one.words_learners and not one.words_employers:
        raise Refused([Problem("words", "nothing is written yet for learners or employers.")])
    return _changed(session, by, one, "told", "", told_on=now(session).date())


def untell(session: Session, by: Actor, action_id: str) -> Action:
    """Note that it is public no more. Nothing changes where it is not."""
    one = _allowed(session, by, action_id)
    return one if one.told_on is None else _changed(session, by, one, "untold", "", told_on=None)


def note_effect(session: Session, action_id: str, effect: Mapping[str, Any]) -> bool:
    """Keep what became of an action, once, as the worker measured it. False, and nothing changes, where it was measured
    before, is not there or is not measured at all. Raises Refused for a verdict that is none of VERDICTS."""
    if effect.get("verdict") not in VERDICTS:
        said = f'"{str(effect.get("verdict"))[:40]}" is not known. Known: {", ".join(VERDICTS)}.'
        raise Refused([Problem("verdict", said)])
    one = read_action(session, action_id)
    if one is None or one.measure is None or one.effect is not None:
        return False
    mine = update(_T).where(_T.c.id == action_id, _T.c.effect.is_(None))
    if not session.connection().execute(mine.values(effect=dict(effect))).rowcount:
        return False
    _step(session, WORKER, one, "measured")
    about = {"id": one.id, "verdict": str(effect["verdict"]), "effect": digest_of(effect)}
    audit.record(session, WORKER, audit.ACTION_MEASURED, subject_of(session, one.credential), **about)
    meta.bump(session)
    return True


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
    problems = [f"action {each.id} on {each.credential} of {each.made_on} is not as it was made." for each in wrong]
    table = table_of(AuditEvents)
    rows = session.connection().execute(select(table.c.details).where(table.c.action == audit.ACTION_MADE)).scalars()
    noted = {str(details["id"]): str(details["digest"]) for details in rows}
    for name, each in there.items():
        if not each.is_sample and noted.get(name) != each.digest:
            problems.append(f"action {name} on {each.credential} of {each.made_on} is not the one the audit knows of.")
    problems += [f"action {name} is missing: the audit knows of it." for name in noted if name not in there]
    return problems


# --- pieces -----------------------------------------------------------------------------------------------------------


def _action(row: Mapping[Any, Any]) -> Action:
    held = dict(row)
    return Action(**held | {"measure": Measure(**held["measure"]) if held["measure"] else None})


def _allowed(session: Session, by: Actor, action_id: str) -> Action:
    """The action, on whose credential they may act; who changes it at the same time waits. Raises Forbidden, also where
    there is none."""
    row = session.connection().execute(select(_T).where(_T.c.id == action_id).with_for_update()).mappings().first()
    one = None if row is None else _action(row)
    policy.demand(by, policy.ACT, [subject_of(session, one.credential)] if one else [])
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
    audit.record(session, by, verb, subject_of(session, one.credential), id=one.id, what=what, **told)
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


def _problems_of(session: Session, wanted: Wanted, today: date) -> list[Problem]:
    """What is wrong with where an action comes from, who sees to it, and by when."""
    problems = []
    if wanted.source not in SOURCES:
        problems.append(Problem("source", f'"{wanted.source[:40]}" is not known. Known: {", ".join(SOURCES)}.'))
    if len(wanted.about) > _LONGEST_ID or not wanted.about.isprintable():
        problems.append(Problem("about", "is no line that can be named."))
    problems += _problems_of_owner(session, wanted.credential, wanted.owner)
    return [*problems, *_problems_of_day(wanted.due, today)]


def _problems_of_seen(where: str, was: object, held: object) -> list[Problem]:
    """That somebody changed it since it was seen."""
    return [] if was is None or was == held else [Problem(where, CHANGED_SINCE)]


def _problems_of_owner(session: Session, credential: str, owner: str) -> list[Problem]:
    if owner in {each.id for each in owners_for(session, credential)}:
        return []
    said = "is somebody who may not act on this credential" if owner else "is nobody"
    return [Problem("owner", f"{said}; choose whoever sees to it.")]


def _problems_of_day(due: date, today: date) -> list[Problem]:
    return [Problem("due", f"{due} is past. Name today or a later day.")] if due < today else []


def _problems_of_measure(session: Session, wanted: Wanted, today: date) -> list[Problem]:
    """What is wrong with what is to be looked at again."""
    measure, expected = wanted.measure, wanted.expected
    if measure is None:
        said = "nothing is looked at again, so no change can be expected; choose what is."
        return [Problem("expected", said)] if expected is not None or wanted.by_run else []
    problems = []
    if measure.kind not in KINDS:
        problems.append(Problem("measure", f'"{measure.kind[:40]}" is not known. Known: {", ".join(KINDS)}.'))
    if measure.audience not in AUDIENCES or not measure.id or len(measure.id) + len(measure.item) > _LONGEST_ID:
        problems.append(Problem("measure", "is nothing that was asked."))
    most = 1.0 if measure.kind != QUESTION else 100.0
    if expected is None:
        problems.append(Problem("expected", "is empty; say beforehand how much better it is to get."))
    elif not isfinite(expected) or not 0 < expected <= most:
        problems.append(Problem("expected", f"is {expected:g}; say by how much it gets better, above 0 to {most:g}."))
    return [*problems, *_problems_of_run(session, wanted, today)]


def _problems_of_run(session: Session, wanted: Wanted, today: date) -> list[Problem]:
    """What is wrong with the run it is to show in: of one that is known already nothing can be expected."""
    if not wanted.by_run:
        return []
    begins, named = _occasions(session, wanted.credential), f'"{wanted.by_run[:80]}"'
    if wanted.by_run not in begins:
        return [Problem("by_run", f"{named} is no run of this credential.")]
    if wanted.by_run == wanted.baseline.get("occasion"):
        return [Problem("by_run", f"{named} is the run it is compared with; name a later one.")]
    first = begins[wanted.by_run]
    if first is None:
        return [Problem("by_run", f"{named} has no first day yet; give it one, or take the next run.")]
    return [] if first > today else [Problem("by_run", f"{named} has begun already; name one that begins later.")]


def _occasions(session: Session, credential: str) -> dict[str, date | None]:
    """The slugs of a credential's runs and surveys, and the day each begins; None where that is not known."""
    runs, targets, asked = table_of(Runs), table_of(SurveyTargets), table_of(Surveys)
    of_runs = select(runs.c.slug, runs.c.starts).where(runs.c.credential == credential)
    of_surveys = select(asked.c.slug, asked.c.run, asked.c.opens).join_from(
        asked, targets, targets.c.survey == asked.c.slug
    )
    connection = session.connection()
    begins: dict[str, date | None] = {}
    opened: dict[str, date] = {}
    for slug, run, opens in connection.execute(of_surveys.where(targets.c.credential == credential)):
        begins[slug] = opens.date()
        opened[run] = min(opens.date(), opened.get(run, date.max))
    return begins | {slug: starts or opened.get(slug) for slug, starts in connection.execute(of_runs)}


def _maybe_text(where: str, given: str, problems: list[Problem]) -> str:
    """A text that may be empty, as it is kept; what is wrong with it goes to the problems."""
    return kept_text(where, given, LONGEST_LONG_TEXT, problems) if given.strip() else ""


def _new_id(session: Session) -> str:
    """32 hex digits that sort by when it was made."""
    there = session.connection().execute(select(func.count()).select_from(_T)).scalar_one()
    return f"{int(now(session).timestamp()):010x}{there:06x}{secrets.token_hex(8)}"
