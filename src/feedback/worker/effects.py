"""What became of actions: measuring each when the run it was to show in is over; anew while nothing can be said."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from pandas import DataFrame
from sqlmodel import Session

from feedback.catalogue.values import Run
from feedback.findings.evidence import ACTIONS, Choice, Evidence
from feedback.store import catalogue, imports, jobs, releases, surveys
from feedback.store.action import DROPPED, NOT_BEGUN, Action
from feedback.store.actions import note_effect, note_looked, read_actions, read_steps
from feedback.store.clock import now
from feedback.store.database import reading
from feedback.store.jobs import Job
from feedback.store.surveys import Survey
from feedback.survey.questionnaire import Instrument
from feedback.worker import publishing
from feedback.worker.looks import Look, Occasion, asked_of, compared, is_begun, look_due, published_since
from feedback.worker.work import Work

MEASURE = "measure"
"""The kind of job."""
WAITS, READY, MEASURED, UNMEASURED = "waits", "ready", "measured", "unmeasured"
"""Stages, as findings.effects reads them."""
TOLD = ("verdict", "why", "effect", "low", "high", "change", "drift", "untouched", "smallest")


def actions_measured(
    session: Session, instruments: Mapping[str, Instrument], opened: Iterable[Survey], runs: Iterable[Run]
) -> DataFrame:
    """Every action, with the runs it is about and what was found, as Evidence.actions has them. One that was dropped is
    there only if it was measured before."""
    kept = [each for each in read_actions(session) if each.state != DROPPED or (each.measure and each.effect)]
    if not kept:
        return DataFrame(columns=list(ACTIONS), dtype=object)
    moment, named, opened = now(session), {run.slug: run for run in runs}, list(opened)
    rows = []
    for each in kept:
        row = (
            _unmeasured(each)
            if each.measure is None
            else _row(each, asked_of(each, instruments, opened, named, moment))
        )
        if row["stage"] == READY and not is_begun(each, read_steps(session, each.id), row["over"]):
            row |= {"stage": MEASURED, "verdict": NOT_BEGUN, "why": ""}
        rows.append(row)
    return DataFrame(rows, columns=list(ACTIONS))


def _unmeasured(action: Action) -> dict[str, Any]:
    """An action of which nothing is looked at again: what it touches is no comparison for another."""
    about, _, item = action.about.partition("/")
    return {
        **dict.fromkeys(ACTIONS),
        "id": action.id,
        "credential": action.credential,
        "title": action.title,
        "state": action.state,
        "kind": action.source,
        "about": about,
        "item": item,
        "stage": UNMEASURED,
    }


def _row(action: Action, asked: Sequence[Occasion]) -> dict[str, Any]:
    """An action that measures something, as Evidence.actions has it; over: the time it is to show in."""
    before, by = compared(action, asked)
    over = by is not None and by.closed and (before is None or before.closed)
    row = _of(action, before, by) | {"stage": READY if over else WAITS, "over": by}
    if not action.effect:
        return row
    found = dict(action.effect)
    row |= {"stage": MEASURED, "measured_on": found.get("measured_on")} | {name: found.get(name) for name in TOLD}
    row |= {"before": found["baseline_run"], "before_label": found["baseline_label"]}
    row |= {"by": found["run"], "by_label": found["run_label"]}
    row |= {"value_before": found.get("before"), "value_now": found.get("after")}
    row["people_before"], row["people_now"] = found.get("people") or (None, None)
    row["houses_before"], row["houses_now"] = found.get("organisations") or (None, None)
    row["largest"] = found.get("largest_share")
    return row | ({"why": ""} if found.get("why") == NOT_BEGUN else {})


def _of(action: Action, before: Occasion | None, by: Occasion | None) -> dict[str, Any]:
    """What an action measures, and between which times."""
    assert action.measure is not None
    return {
        "id": action.id,
        "credential": action.credential,
        "audience": action.measure.audience,
        "title": action.title,
        "state": action.state,
        "kind": action.measure.kind,
        "about": action.measure.id,
        "item": action.measure.item,
        "expected": action.expected,
        "before": before.slug if before else "",
        "before_label": before.label if before else "",
        "by": by.slug if by else "",
        "by_label": by.label if by else "",
    }


def actions_due(session: Session, work: Work, there: list[Job]) -> Collection[str]:
    """The actions to be looked at now: the run they wait for is over, and nothing of their credential waits to be
    published, or to be read anew."""
    due = _looks(session, work)
    if not due or publishing.is_reread(session, there) or imports.waiting_imports(session):
        return []
    moving = {unit.credential for unit in publishing.units_due(session, work, there)}
    return [each.id for each, _ in due if each.credential not in moving]


def _looks(session: Session, work: Work, name: str | None = None) -> list[tuple[Action, Look]]:
    """The actions whose time has come, and what is to be looked at; of one only, where it is named."""
    may = [each for each in read_actions(session) if each.measure and each.state != DROPPED and _is_open(each)]
    those = [each for each in may if name in (None, each.id)]
    if not those:
        return []
    moment, opened = now(session), surveys.read_surveys(session)
    runs = {run.slug: run for run in catalogue.read_runs(session)}
    published, found = published_since(session), []
    for each in those:
        asked = asked_of(each, work.instruments, opened, runs, moment)
        look = look_due(each, asked, moment.date(), published)
        if look is not None:
            found.append((each, look))
    return found


def _is_open(action: Action) -> bool:
    """Whether an action was never measured, or nothing could be said of it."""
    return action.effect is None or action.effect.get("effect") is None


def measure(work: Work) -> None:
    """Look at one action and keep what was found; nothing where it is not due any more. What could be told stays."""
    with reading(work.engine) as session:
        if work.job.subject not in actions_due(session, work, jobs.read_jobs(session)):
            return
        [(action, look)] = _looks(session, work, work.job.subject)
        release = last_release(session)
        begun = is_begun(action, read_steps(session, action.id), look.by)
        found = _found(session, work, action, look) if begun else _not_begun(action, look)
    with work.writing() as session:
        effect = effect_kept(found, now(session).date(), action=action, look=look, release=release)
        was = action.effect
        if was is not None and look.again and (effect["verdict"], effect["why"]) == (was["verdict"], was["why"]):
            note_looked(session, action.id, was, release)
        elif note_effect(session, action.id, effect, was=was):
            work.say("Looked at what an action brought.")
    work.pause()


def last_release(session: Session) -> int:
    """The number of the last release; 0 before the first, so that whatever is published then is newer."""
    return next((each.number for each in releases.read_releases(session, 1)), 0)


def _found(session: Session, work: Work, action: Action, look: Look) -> Mapping[str, Any]:
    """What the finding says of an action, between the times that are looked at."""
    from feedback.findings.contents import FINDINGS  # here: it brings charts and models
    from feedback.findings.work import work_out
    from feedback.worker.gathering import gather

    evidence = _looking(gather(session, work.instruments), action, look)
    rows = work_out(FINDINGS["effects"], evidence, Choice(credential=action.credential), work.limits).rows
    found: dict[str, Any] = rows[rows["id"] == action.id].iloc[0].to_dict()
    return found


def _looking(evidence: Evidence, action: Action, look: Look) -> Evidence:
    """The evidence, in which an action is to be measured as it is looked at."""
    others = evidence.actions[evidence.actions["id"] != action.id].to_dict("records")
    mine = dict.fromkeys(ACTIONS) | _of(action, look.before, look.by) | {"stage": READY}
    return replace(evidence, actions=DataFrame([*others, mine], columns=list(ACTIONS)))


def _not_begun(action: Action, look: Look) -> Mapping[str, Any]:
    """What is kept of an action that nobody had begun: nothing was measured."""
    return _of(action, look.before, look.by) | {"verdict": NOT_BEGUN, "why": NOT_BEGUN}


def effect_kept(found: Mapping[str, Any], today: date, *, action: Action, look: Look, release: int) -> dict[str, Any]:
    """What the finding tells of an action, as it is kept with it: nothing the gate withheld is in it.

    earlier: what was said before, of runs of which nothing could be told, the oldest first. later: how many runs after
    the one it was to show in it is of. release: the last when it was looked at, 0 before the first.
    """
    numbers = {name: _number(found.get(name)) for name in TOLD if name not in ("verdict", "why")}
    told = numbers["effect"] is not None
    people = [_count(found.get(name)) for name in ("people_before", "people_now")]
    houses = [_count(found.get(name)) for name in ("houses_before", "houses_now")]
    return {
        "verdict": str(found["verdict"]),
        "why": str(found["why"]),
        **numbers,
        "untouched": _count(found.get("untouched")) or 0,
        "expected": _number(found["expected"]),
        "kind": str(found["kind"]),
        "audience": str(found["audience"]),
        "before": _number(found.get("value_before")),
        "after": _number(found.get("value_now")),
        "people": people if told else None,
        "organisations": houses if told and None not in houses else None,
        "largest_share": _number(found.get("largest")),
        "run": str(found["by"]),
        "run_label": str(found["by_label"]),
        "baseline_run": str(found["before"]),
        "baseline_label": str(found["before_label"]),
        "measured_on": today.isoformat(),
        "later": look.later,
        "release": release,
        "earlier": _earlier(action),
    }


KEPT_OF_EARLIER = ("verdict", "why", "run", "run_label", "measured_on")
"""What stays readable of what was said before."""


def _earlier(action: Action) -> list[dict[str, Any]]:
    if action.effect is None:
        return []
    return [*map(dict, action.earlier), {name: action.effect.get(name) for name in KEPT_OF_EARLIER}]


def _number(found: Any) -> float | None:
    return None if found is None or found != found else float(found)


def _count(found: Any) -> int | None:
    number = _number(found)
    return None if number is None else int(number)
