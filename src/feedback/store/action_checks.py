"""What is wrong with an action as it is asked for, or changed: where, by whom, by when, and what it is to bring."""

from datetime import date
from functools import partial
from math import isfinite
from typing import Protocol

from sqlalchemy import select
from sqlmodel import Session

from feedback import policy
from feedback.errors import Problem
from feedback.policy import Subject
from feedback.store.accounts import Account, read_accounts
from feedback.store.action import AUDIENCES, KINDS, NEW, QUESTION, SOURCES, Measure, Wanted, subject_at
from feedback.store.committee import subject_of, unknown
from feedback.store.inserting import table_of
from feedback.store.tables import Programmes, Runs, Surveys, SurveyTargets

CHANGED_SINCE = "somebody changed it since you looked; see how it stands now, and say it again if it is still meant."
_LONGEST_ID = 300
MOST_STEPS = 100.0
"""So many steps have the longest scales there are, where it is not kept how many the scale has."""


class Place(Protocol):
    """What is of a credential, or without one of a programme, or of the institution."""

    @property
    def credential(self) -> str: ...
    @property
    def programme(self) -> str: ...


def place_of(session: Session, one: Place) -> Subject:
    """What an action is about, as the policy knows it."""
    return subject_at(one.credential, one.programme, partial(subject_of, session))


def problems_of_place(session: Session, wanted: Wanted) -> list[Problem]:
    """That what it is about is not there."""
    if wanted.credential:
        return unknown(session, wanted.credential)
    table = table_of(Programmes)
    known = session.connection().execute(select(table.c.slug).where(table.c.slug == wanted.programme)).first()
    if not wanted.programme or known:
        return []
    return [Problem("programme", f'"{wanted.programme[:80]}" is not in the catalogue.')]


def owners_for(session: Session, credential: str, programme: str = "") -> list[Account]:
    """The accounts that may see to an action on a credential, or without one on a programme or the institution, by
    name."""
    subject = subject_at(credential, programme, partial(subject_of, session))
    every = [each for each in read_accounts(session) if policy.can(each.actor, policy.ACT, subject)]
    return sorted(every, key=lambda each: (each.name.casefold(), each.id))


def problems_of(session: Session, wanted: Wanted, today: date) -> list[Problem]:
    """What is wrong with where an action comes from, who sees to it, and by when."""
    problems = []
    if wanted.source not in SOURCES:
        problems.append(Problem("source", f'"{wanted.source[:40]}" is not known. Known: {", ".join(SOURCES)}.'))
    if wanted.source == NEW and wanted.credential:
        said = "is of something there is not yet, and this is a credential there is; choose where it is to be new."
        problems.append(Problem("source", said))
    if len(wanted.about) > _LONGEST_ID or not wanted.about.isprintable():
        problems.append(Problem("about", "is no line that can be named."))
    problems += problems_of_owner(session, wanted, wanted.owner)
    return [*problems, *problems_of_day(wanted.due, today)]


def problems_of_seen(where: str, was: object, held: object) -> list[Problem]:
    """That somebody changed it since it was seen."""
    return [] if was is None or was == held else [Problem(where, CHANGED_SINCE)]


def problems_of_owner(session: Session, place: Place, owner: str) -> list[Problem]:
    """That whoever is to see to it may not act there."""
    if owner in {each.id for each in owners_for(session, place.credential, place.programme)}:
        return []
    said = "is somebody who may not act there" if owner else "is nobody"
    return [Problem("owner", f"{said}; choose whoever sees to it.")]


def problems_of_day(due: date, today: date) -> list[Problem]:
    """That the day by which it is to be done is past."""
    return [Problem("due", f"{due} is past. Name today or a later day.")] if due < today else []


def problems_of_measure(session: Session, wanted: Wanted, today: date) -> list[Problem]:
    """What is wrong with what is to be looked at again."""
    measure, expected = wanted.measure, wanted.expected
    if measure is None:
        said = "nothing is looked at again, so no change can be expected; choose what is."
        return [Problem("expected", said)] if expected is not None or wanted.by_run else []
    problems = []
    if not wanted.credential:
        problems.append(Problem("measure", "is of no credential yet; nobody has been asked about it."))
    if measure.kind not in KINDS:
        problems.append(Problem("measure", f'"{measure.kind[:40]}" is not known. Known: {", ".join(KINDS)}.'))
    if measure.audience not in AUDIENCES or not measure.id or len(measure.id) + len(measure.item) > _LONGEST_ID:
        problems.append(Problem("measure", "is nothing that was asked."))
    return [*problems, *_problems_of_expected(wanted, measure), *_problems_of_run(session, wanted, today)]


def _problems_of_expected(wanted: Wanted, measure: Measure) -> list[Problem]:
    """What is wrong with what is expected, which is told in the unit of the measure and lies within its reach."""
    most, unit = _reach(wanted, measure)
    expected = wanted.expected
    if expected is None:
        return [Problem("expected", "is empty; say beforehand how much better it is to get.")]
    if isfinite(expected) and 0 < expected <= most:
        return []
    shown, least = (expected, most) if measure.kind == QUESTION else (100 * expected, 100 * most)
    return [Problem("expected", f"is {shown:g} {unit}; say by how much it gets better, above 0 to {least:g}.")]


def _reach(wanted: Wanted, measure: Measure) -> tuple[float, str]:
    """By how much it could get better at most, and in which unit that is told."""
    if measure.kind == QUESTION:
        return float(wanted.baseline.get("reach", MOST_STEPS)), "steps of the scale"
    return max(0.01, round(float(wanted.baseline.get("share", 1.0)), 2)), "points of 100"


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
