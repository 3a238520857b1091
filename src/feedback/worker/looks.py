"""When an action is looked at: which runs it is about, whether they are over, and whether it was begun by then."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from feedback.analysis.skills import NEED
from feedback.catalogue.values import Run
from feedback.findings.scope import ABOUT_SURVEYS, DROPOUT
from feedback.findings.scope import LATER as MONTHS_LATER
from feedback.store import releases
from feedback.store.action import (
    AGAIN,
    DOING,
    DONE,
    LATER,
    NOT_BEGUN,
    QUESTION,
    SKILL,
    TOPIC,
    Action,
    Measure,
    Step,
    state_on,
)
from feedback.store.surveys import Survey
from feedback.survey.questionnaire import Instrument

LOOKED_FOR = timedelta(days=180)
"""So long after a run is over an action is looked at again in it, when more of its answers are published."""
Published = Callable[[str, int | None], bool]
"""Whether anything of a credential was published after a release."""


@dataclass(frozen=True)
class Occasion:
    """A time at which people were asked: a run, or a survey of none. begins: its first day. closed: whether all its
    surveys are; closed_on: the last day of these, None while one has none."""

    slug: str
    label: str
    begins: date
    closed: bool
    closed_on: date | None = None


@dataclass(frozen=True)
class Look:
    """What is to be looked at now. before, by: the times that are compared. later: how many runs after the one it was
    to show in `by` is. again: whether `by` was looked at before, in vain."""

    before: Occasion | None
    by: Occasion
    later: int = 0
    again: bool = False


def asked_of(
    action: Action,
    instruments: Mapping[str, Instrument],
    opened: Iterable[Survey],
    runs: Mapping[str, Run],
    now: datetime,
) -> list[Occasion]:
    """The times at which what an action measures was asked of its credential; nothing where it measures nothing."""
    return times_of(action.measure, action.credential, instruments, opened, runs, now) if action.measure else []


def times_of(
    measure: Measure,
    credential: str,
    instruments: Mapping[str, Instrument],
    opened: Iterable[Survey],
    runs: Mapping[str, Run],
    now: datetime,
) -> list[Occasion]:
    """The times at which something was asked of a credential: its runs, or the surveys of none where there is none."""
    asked = [each for each in opened if _asks(each, instruments.get(each.instrument), measure, credential)]
    return occasions([each for each in asked if each.run] or asked, runs, now)


def occasions(asked: Sequence[Survey], runs: Mapping[str, Run], moment: datetime) -> list[Occasion]:
    """The times at which these surveys asked, in order."""
    by_slug: dict[str, list[Survey]] = {}
    for survey in asked:
        by_slug.setdefault(survey.run or survey.slug, []).append(survey)
    found = []
    for slug, own in by_slug.items():
        run = runs.get(slug)
        begins = run.starts if run and run.starts else min(each.opens for each in own).date()
        ends = [each.closes for each in own if each.closes is not None]
        over = max(ends).date() if len(ends) == len(own) else None
        closed = over is not None and max(ends) <= moment
        found.append(Occasion(slug, run.label if run else slug, begins, closed, over))
    return sorted(found, key=lambda each: (each.begins, each.slug))


def _asks(survey: Survey, asked: Instrument | None, measure: Measure, credential: str) -> bool:
    """Whether a survey asks of a credential what is measured, at the end of a course."""
    if asked is None or asked.id in (DROPOUT, MONTHS_LATER, ABOUT_SURVEYS) or credential not in survey.credentials:
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


def is_known(action: Action, asked: Sequence[Occasion]) -> bool:
    """Whether the first and the last time it was looked at are among those at which people are asked today: only then
    is it known which come next, so only then it is looked at again."""
    seen = [str(each.get("run")) for each in (*action.earlier, action.effect or {})]
    return {seen[0], seen[-1]} <= {each.slug for each in asked}


def look_due(action: Action, asked: Sequence[Occasion], today: date, published: Published) -> Look | None:
    """What is to be looked at now of an action; None where nothing is.

    At first the run it was to show in, once that is over. While nothing can be said of it (see store.action.AGAIN), the
    next runs as they are over, of those that begin after the first no more than LATER; until then the same run, as more
    of its answers are published, for LOOKED_FOR after its end. What could be told is never looked at again.
    """
    before, by = compared(action, asked)
    if action.effect is None:
        ready = by is not None and by.closed and (before is None or before.closed)
        return Look(before, by) if by is not None and ready else None
    found, known = action.effect, {each.slug: each for each in asked}
    seen = [known.get(str(each.get("run"))) for each in (*action.earlier, found)]
    first, last = seen[0], seen[-1]
    if found.get("why") not in AGAIN or "later" not in found or first is None or last is None:
        return None
    before = known.get(str(found.get("baseline_run"))) or before
    ahead = [each for each in asked if asked.index(each) > asked.index(first)][:LATER]
    for at, each in enumerate(ahead, start=1):
        if each.closed and asked.index(each) > asked.index(last):
            return Look(before, each, at)
    in_time = last.closed_on is not None and today <= last.closed_on + LOOKED_FOR
    if found["why"] != NOT_BEGUN and in_time and published(action.credential, found.get("release")):
        return Look(before, last, int(found["later"]), again=True)
    return None


def is_begun(action: Action, steps: Sequence[Step], by: Occasion) -> bool:
    """Whether somebody had begun an action, or done it, when a run was over."""
    state = state_on(by.closed_on, action, steps) if by.closed_on else action.state
    return state in (DOING, DONE)


def published_since(session: Session) -> Published:
    """Whether anything of a credential was published after a release; never where no release is known."""
    held: list[releases.Release] = []

    def published(credential: str, release: int | None) -> bool:
        if release is None:
            return False
        if not held:
            held.extend(releases.read_releases(session))
        newer = (each for each in held if each.number > release)
        return any(unit["credential"] == credential for each in newer for unit in each.units)

    return published
