"""What is due for review: until when employers have been heard on each skill, and the calendar of it all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pandas import DataFrame, concat

from feedback.analysis.people import count_people
from feedback.analysis.staleness import (
    BETA,
    DESIGN,
    DUE,
    NEVER,
    OVERDUE,
    SOON,
    STATES,
    VALID_MONTHS,
    WANTED,
    YEARLY,
    YEARLY_MONTHS,
    due_after,
    last_day,
    last_review,
    state_of,
)
from feedback.analysis.staleness import (
    FRESH as FRESH,
)
from feedback.disclosure import Limits, may_show
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import in_scope
from feedback.findings.words import count
from feedback.findings.work import Finding

MEASURES = ("month",)
CREDENTIAL, SKILL = "credential", "skill"
AWAITED: Mapping[str, str] = {
    DESIGN: "Expert review of the design",
    BETA: "Expert review of the trial, before it goes live",
    YEARLY: "Yearly expert review",
}
"""What a credential waits for, by the stage of the review it wants."""
VALIDATION, REVISION = "Employers asked whether they need it", "A look at its entry, as the catalogue says"
"""What a skill waits for."""
SAID: Mapping[str, tuple] = {
    CREDENTIAL: (
        "credential",
        "credentials",
        ("wants a review now", "want a review now"),
        ("was never reviewed", "were never reviewed"),
        ("is due within 60 days", "are due within 60 days"),
    ),
    SKILL: (
        "skill",
        "skills",
        ("is stale", "are stale"),
        ("was never validated by enough employers", "were never validated by enough employers"),
        ("goes stale within 60 days", "go stale within 60 days"),
    ),
}
"""By kind its noun, and what is said of one and of many that are due, were never looked at, and are due soon."""


# --- until when employers were heard ----------------------------------------------------------------------------------


def work_validation(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a skill of a credential that enough employers have said how far they need: month, the latest from which
    on enough of them have. Later answers, which are too few by themselves, move nothing."""
    asked = in_scope(evidence.needs, evidence, choice).astype({"skill": "str", "month": "str"})
    by = ["credential", "skill"]
    asked = asked.assign(cell=asked.groupby(by).ngroup())
    named, found = asked.drop_duplicates("cell").set_index("cell")[by], []
    for month in sorted(set(asked["month"]), reverse=True):
        since = asked.loc[asked["month"] >= month, ["cell", "audience", "organisation", "people"]]
        counted = count_people(since, ["cell"])
        enough = may_show(counted["people"], counted["organisations"], counted["largest_share"], limits)
        found.append(counted[enough].assign(month=month))
        asked = asked[~asked["cell"].isin(found[-1]["cell"])]
    heard = concat(found, ignore_index=True) if found else count_people(asked, ["cell"]).assign(month=asked["month"])
    heard = heard.join(named, on="cell").drop(columns="cell")
    heard = heard.assign(
        audience="employer",
        skill_name=heard["skill"].map(lambda slug: evidence.skills.get(slug, slug)).astype(str),
        title=heard["credential"].map(evidence.titles).astype(str),
    )
    return heard.sort_values(["month", "title", "skill_name"], ignore_index=True)


def say_validation(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Of how many skills employers were heard, and on which of them longest ago."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return "Not enough employers have said yet which skills they need."
    first = shown.iloc[0]
    said = count(shown["skill"].nunique(), "skill", "skills")
    return (
        f"Employers have said how far they need {said}; longest ago {first['skill_name']} in {first['title']}, where "
        f"enough of them have since {first['month']}."
    )


def display_validation(rows: DataFrame) -> DataFrame:
    """Skills as a table for people, those heard of longest ago first."""
    columns = {"Skill": "skill_name", "Credential": "title", "Enough employers since": "month"}
    return DataFrame({name: rows[column] for name, column in columns.items()})


# --- the calendar -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """A credential or a skill as the calendar needs it. lifecycle: of a credential, "" of a skill.

    reviews: of a credential, the day the last round of each stage was closed. changed: the day its entry in the
    catalogue was last changed, None when it never was. review_due: the day somebody has set.
    """

    slug: str
    title: str
    lifecycle: str = ""
    review_due: date | None = None
    reviews: Mapping[str, date] | None = None
    changed: date | None = None


@dataclass(frozen=True)
class Clock:
    """How a credential or a skill stands on a day. kind: "credential" or "skill". awaits: what it waits for, in words.

    last: when it was last looked at, None for never, or not so that it may be told. due_on: None when it never was,
    and no day was set. state: one of STATES. changed: its entry was changed after `last`, on that day; else None.
    """

    kind: str
    slug: str
    title: str
    awaits: str
    stage: str
    last: date | None
    due_on: date | None
    state: str
    changed: date | None


def calendar(credentials: Iterable[Held], skills: Iterable[Held], heard: Mapping[str, str], today: date) -> list[Clock]:
    """How each of them stands, the most urgent first. Ideas without a day, and what is retired, are not in it.

    heard: by skill the month since which enough employers were heard on it, as it may be shown.
    """
    clocks = [clock for one in credentials if (clock := _of_credential(one, today))]
    clocks += [_of_skill(one, heard.get(one.slug), today) for one in skills]
    return sorted(clocks, key=_urgency)


def newest(shown: DataFrame) -> dict[str, str]:
    """By skill the newest month in which it was heard of enough, whatever the credential. shown: the finding's rows."""
    return shown.groupby("skill")["month"].max().to_dict() if len(shown) else {}


def urgent(clocks: Sequence[Clock]) -> str:
    """What is due, in a sentence.

    >>> urgent([])
    'There is nothing to review yet: the catalogue holds no credential that is being designed, tried or given.'
    """
    if not clocks:
        return (
            "There is nothing to review yet: the catalogue holds no credential that is being designed, tried or given."
        )
    told = "; ".join(filter(None, (_how_many(clocks, kind) for kind in SAID)))
    return f"{told}." if told else "Nothing is due for review in the next two months."


def _how_many(clocks: Sequence[Clock], kind: str) -> str:
    states = [clock.state for clock in clocks if clock.kind == kind]
    one, many, *said = SAID[kind]
    numbers = (states.count(OVERDUE) + states.count(DUE), states.count(NEVER), states.count(SOON))
    return ", ".join(
        f"{count(number, one, many)} {words[number > 1]}" for number, words in zip(numbers, said, strict=True) if number
    )


def _urgency(clock: Clock) -> tuple[int, bool, date, str, str]:
    return (STATES.index(clock.state), clock.kind != CREDENTIAL, clock.due_on or date.max, clock.title, clock.slug)


def _of_credential(one: Held, today: date) -> Clock | None:
    stage = WANTED.get(one.lifecycle, DESIGN if one.lifecycle == "idea" and one.review_due else "")
    if not stage:
        return None
    last = last_review(stage, one.reviews or {})
    due_on = due_after(last, YEARLY_MONTHS, one.review_due)
    return _clock(CREDENTIAL, one, AWAITED[stage], stage, last, due_on, today)


def _of_skill(one: Held, month: str | None, today: date) -> Clock:
    """Being heard on does not answer a day somebody has set for a skill: that stands until it is changed."""
    last = last_day(month) if month else None
    due_on = due_after(last, VALID_MONTHS)
    if one.review_due and (due_on is None or one.review_due < due_on):
        return _clock(SKILL, one, REVISION, "", last, one.review_due, today)
    return _clock(SKILL, one, VALIDATION, "", last, due_on, today)


def _clock(kind: str, one: Held, awaits: str, stage: str, last: date | None, due_on: date | None, today: date) -> Clock:
    changed = one.changed if one.changed and last and one.changed > last else None
    state = state_of(last, due_on, today)
    return Clock(kind, one.slug, one.title, awaits, stage, last, due_on, state, changed)


SKILL_VALIDATION = Finding(
    id="skill_validation",
    question="Until when have employers been heard on each skill?",
    caution=(
        "The latest month from which on enough employers, of enough organisations, have said how far they need the "
        "skill of a credential. Later answers that are too few by themselves move nothing, and how many there are "
        "is not told: beside all answers that would tell how few came before. What is not in the list was not "
        "heard of enough. Being asked validates a skill, be it needed or not; the answer itself stands under needs."
    ),
    work=work_validation,
    audiences=("employer",),
    measures=MEASURES,
    say=say_validation,
    display=display_validation,
    roles=True,
    listed=True,
)
