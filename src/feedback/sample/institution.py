"""Read the sample institution's file: its catalogue, its organisations, and the truths its answers follow."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from feedback.catalogue.values import Credential, Organisation, Programme, Run, Skill, Value
from feedback.errors import Problem, Refused

AnyValue = TypeVar("AnyValue", bound=Value)


@dataclass(frozen=True)
class Truth:
    """What people think of a credential; their answers scatter around it.

    employer_value: 0-4, the ladder rung of an average organisation. awareness: 0-1. learner_worth: 1-5, "worth the
    time" of a learner of average mood. offsets: by construct, added to these. praise, complaints: topic -> weight.
    most_*: no more answers than that, None for no limit. only_organisations: who alone knows it; empty for everyone.
    """

    weight: float
    employer_value: float
    awareness: float
    learner_worth: float
    learner_offsets: Mapping[str, float] = field(default_factory=dict)
    employer_offsets: Mapping[str, float] = field(default_factory=dict)
    learner_praise: Mapping[str, float] = field(default_factory=dict)
    learner_complaints: Mapping[str, float] = field(default_factory=dict)
    employer_praise: Mapping[str, float] = field(default_factory=dict)
    employer_complaints: Mapping[str, float] = field(default_factory=dict)
    most_learners: int | None = None
    most_employers: int | None = None
    only_organisations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Employer:
    """An organisation with the two things that shape its answers.

    contacts: how often its people answer, next to other organisations'. leniency: added to their rungs (of 0-4).
    """

    organisation: Organisation
    contacts: float
    leniency: float


@dataclass(frozen=True)
class Institution:
    """Everything the file says. languages: each one's share among learners; truths: by credential."""

    title: str
    employer_share: float
    comment_share: float
    languages: Mapping[str, float]
    programmes: tuple[Programme, ...]
    skills: tuple[Skill, ...]
    credentials: tuple[Credential, ...]
    runs: tuple[Run, ...]
    truths: Mapping[str, Truth]
    employers: tuple[Employer, ...]


def read_institution(path: Path, today: date) -> Institution:
    """The sample institution as of a day: its runs are dated backwards from it.

    Raises Refused naming the entry and the field that is wrong; tomllib.TOMLDecodeError, KeyError or TypeError when
    the file itself is broken (it comes with the program, nobody else writes it).
    """
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    shares = raw["shares"]
    credentials, runs, truths = [], [], {}
    for row in raw["credentials"]:
        about = {"currency": raw["currency"], **row}
        truth, cohorts = about.pop("truth"), about.pop("runs")
        credential = _value(path, Credential, about)
        credentials.append(credential)
        truths[credential.slug] = Truth(**truth | {"only_organisations": tuple(truth.get("only_organisations", ()))})
        runs += [_value(path, Run, _run(credential, n, cohort, today)) for n, cohort in enumerate(cohorts, 1)]
    return Institution(
        title=raw["title"],
        employer_share=shares["employers"],
        comment_share=shares["comments"],
        languages=MappingProxyType(shares["languages"]),
        programmes=tuple(_value(path, Programme, row) for row in raw["programmes"]),
        skills=tuple(_value(path, Skill, {"slug": slug, "title": title}) for slug, title in raw["skills"].items()),
        credentials=tuple(credentials),
        runs=tuple(runs),
        truths=MappingProxyType(truths),
        employers=tuple(_employer(path, row) for row in raw["organisations"]),
    )


def months_before(today: date, months: int) -> date:
    """The first day of the month that many months before a day's.

    >>> months_before(date(2026, 2, 27), 3)
    datetime.date(2025, 11, 1)
    """
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _value(path: Path, kind: type[AnyValue], fields: Mapping[str, Any]) -> AnyValue:
    try:
        return kind(**fields)
    except ValidationError as error:
        where = f"{path.name}, {kind.__name__.lower()} {fields.get('slug', '')}"
        raise Refused(
            [Problem(f"{where}, {'.'.join(map(str, wrong['loc']))}", wrong["msg"]) for wrong in error.errors()]
        ) from error


def _run(credential: Credential, number: int, cohort: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A run's fields; it ends after its actual weeks, or after the planned ones while it is still going on."""
    starts = months_before(today, cohort["months_ago"])
    weeks = cohort.get("actual_weeks") or credential.planned_weeks or 0
    return {
        "slug": f"{credential.slug}-{number}",
        "credential": credential.slug,
        "label": f"Started {starts:%Y-%m}",
        "starts": starts,
        "ends": starts + timedelta(weeks=weeks),
        "planned_weeks": credential.planned_weeks,
        **{field: value for field, value in cohort.items() if field != "months_ago"},
    }


def _employer(path: Path, row: Mapping[str, Any]) -> Employer:
    about = dict(row)
    contacts, leniency = about.pop("contacts"), about.pop("leniency")
    return Employer(_value(path, Organisation, about), contacts, leniency)
