"""What became of actions: which runs each is about, and measuring it once, when the second of them has closed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pandas import DataFrame
from sqlmodel import Session

from feedback.analysis.skills import NEED
from feedback.catalogue.values import Run
from feedback.findings.evidence import ACTIONS, Choice
from feedback.findings.scope import ABOUT_SURVEYS, DROPOUT, LATER
from feedback.store import catalogue, imports, jobs, surveys
from feedback.store.action import DROPPED, QUESTION, SKILL, TOPIC, Action, Measure
from feedback.store.actions import note_effect, read_actions
from feedback.store.clock import now
from feedback.store.database import reading
from feedback.store.jobs import Job
from feedback.store.surveys import Survey
from feedback.survey.questionnaire import Instrument
from feedback.worker import publishing
from feedback.worker.work import Work

MEASURE = "measure"
"""The kind of job."""
WAITS, READY, MEASURED, UNMEASURED = "waits", "ready", "measured", "unmeasured"
"""Stages, as findings.effects reads them."""
TOLD = ("verdict", "why", "effect", "low", "high", "change", "drift", "untouched", "smallest")


@dataclass(frozen=True)
class Occasion:
    """A time at which people were asked: a run, or a survey of none. begins: its first day. closed: whether all its
    surveys are."""

    slug: str
    label: str
    begins: date
    closed: bool


def actions_measured(
    session: Session, instruments: Mapping[str, Instrument], opened: Iterable[Survey], runs: Iterable[Run]
) -> DataFrame:
    """Every action, with the runs it is about and what was found, as Evidence.actions has them. One that was dropped is
    there only if it was measured before."""
    kept = [each for each in read_actions(session) if each.state != DROPPED or (each.measure and each.effect)]
    if not kept:
        return DataFrame(columns=list(ACTIONS), dtype=object)
    moment, named = now(session), {run.slug: run for run in runs}
    opened = list(opened)
    rows = []
    for each in kept:
        if each.measure is None:
            rows.append(_unmeasured(each))
            continue
        asked = [one for one in opened if _asks(one, instruments.get(one.instrument), each.measure, each.credential)]
        of_runs = [one for one in asked if one.run]
        rows.append(_row(each, occasions(of_runs or asked, named, moment)))
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


def occasions(asked: Sequence[Survey], runs: Mapping[str, Run], moment: datetime) -> list[Occasion]:
    """The times at which these surveys asked, in order."""
    by_slug: dict[str, list[Survey]] = {}
    for survey in asked:
        by_slug.setdefault(survey.run or survey.slug, []).append(survey)
    found = []
    for slug, own in by_slug.items():
        run = runs.get(slug)
        begins = run.starts if run and run.starts else min(each.opens for each in own).date()
        closed = all(each.closes is not None and each.closes <= moment for each in own)
        found.append(Occasion(slug, run.label if run else slug, begins, closed))
    return sorted(found, key=lambda each: (each.begins, each.slug))


def _asks(survey: Survey, asked: Instrument | None, measure: Measure, credential: str) -> bool:
    """Whether a survey asks of a credential what is measured, at the end of a course."""
    if asked is None or asked.id in (DROPOUT, LATER, ABOUT_SURVEYS) or credential not in survey.credentials:
        return False
    answers_it = {
        QUESTION: lambda each: each.id == measure.id,
        SKILL: lambda each: each.construct == NEED,
        TOPIC: lambda each: each.kind in ("long_text", "short_text"),
    }[measure.kind]
    return asked.audience == measure.audience and any(map(answers_it, asked.questions))


def compared(action: Action, asked: Sequence[Occasion]) -> tuple[Occasion | None, Occasion | None]:
    """The time an action is compared with, and the one it is to show in; None where there is none yet.

    What it says itself counts, where people were asked then; else the last time that began before it was made, and the
    first since then that has closed (while none has, the first there is). What does not begin after the time it is
    compared with can show nothing.
    """
    known = {each.slug: each for each in asked}
    named = str(action.baseline.get("occasion") or "")
    earlier = [each for each in asked if each.begins < action.made_on]
    before = known.get(named) or (earlier[-1] if earlier else None)
    if action.by_run:
        by = known.get(action.by_run)
        return before, by if by is None or before is None or by.begins > before.begins else None
    later = [each for each in asked if each.begins >= action.made_on and each != before]
    return before, next((each for each in later if each.closed), later[0] if later else None)


def _row(action: Action, asked: Sequence[Occasion]) -> dict[str, Any]:
    assert action.measure is not None
    before, by = compared(action, asked)
    found = dict(action.effect or {})
    over = by is not None and by.closed and (before is None or before.closed)
    stage = MEASURED if action.effect else READY if over else WAITS
    row: dict[str, Any] = {
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
        "stage": stage,
        "measured_on": found.get("measured_on"),
    }
    if stage == MEASURED:
        row |= {"before": found["baseline_run"], "before_label": found["baseline_label"]}
        row |= {"by": found["run"], "by_label": found["run_label"]} | {name: found.get(name) for name in TOLD}
        row |= {"value_before": found.get("before"), "value_now": found.get("after")}
        row["people_before"], row["people_now"] = found.get("people") or (None, None)
        row["houses_before"], row["houses_now"] = found.get("organisations") or (None, None)
        row["largest"] = found.get("largest_share")
    return row


def actions_due(session: Session, work: Work, there: list[Job]) -> Collection[str]:
    """The actions to be measured now: their run's survey has closed, and nothing of their credential waits to be
    published, or to be read anew."""
    if not any(each.measure and not each.effect and each.state != DROPPED for each in read_actions(session)):
        return []
    found = actions_measured(session, work.instruments, surveys.read_surveys(session), catalogue.read_runs(session))
    ready = found[found["stage"] == READY]
    if ready.empty or publishing.is_reread(session, there) or imports.waiting_imports(session):
        return []
    moving = {unit.credential for unit in publishing.units_due(session, work, there)}
    return [str(name) for name, slug in zip(ready["id"], ready["credential"], strict=True) if slug not in moving]


def measure(work: Work) -> None:
    """Measure one action and keep what was found; nothing where it is not due any more. Once kept it stays."""
    from feedback.findings.contents import FINDINGS  # here: it brings charts and models
    from feedback.findings.work import work_out
    from feedback.worker.gathering import gather

    with reading(work.engine) as session:
        if work.job.subject not in actions_due(session, work, jobs.read_jobs(session)):
            return
        evidence = gather(session, work.instruments)
    mine = evidence.actions[evidence.actions["id"] == work.job.subject]
    choice = Choice(credential=str(mine["credential"].iloc[0]))
    rows = work_out(FINDINGS["effects"], evidence, choice, work.limits).rows
    found = rows[rows["id"] == work.job.subject].iloc[0].to_dict()
    with work.writing() as session:
        effect = effect_kept(found, now(session).date())
        if note_effect(session, work.job.subject, effect):
            work.say("Measured what an action brought.")
    work.pause()


def effect_kept(found: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What the finding tells of an action, as it is kept with it: nothing the gate withheld is in it."""
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
    }


def _number(found: Any) -> float | None:
    return None if found is None or found != found else float(found)


def _count(found: Any) -> int | None:
    number = _number(found)
    return None if number is None else int(number)
