"""Make a credential's runs over three years: when each began, how many came, and how they fared."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from feedback.catalogue.values import Credential, unusual_weeks
from feedback.survey.setting import draw

FIRST = 35  # months ago, the first run at the earliest
BANDS = ("0-39", "40-59", "60-69", "70-79", "80-89", "90-100")
SPREAD = 11.0  # of test results, in points of 100
MIDDLES = (64.5, 74.5, 84.5, 95.0)  # of the bands of those who passed
WOBBLE = 0.08  # by how much a run strays from what is usual


def months_before(today: date, months: int) -> date:
    """The first day of the month that many months before a day's; of one to come, for fewer than none.

    >>> months_before(date(2026, 2, 27), 3), months_before(date(2026, 11, 2), -2)
    (datetime.date(2025, 11, 1), datetime.date(2027, 1, 1))
    """
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, 1)


def runs_of(
    credential: Credential, cohorts: Mapping[str, Any], today: date, changed: date | None = None, gained: float = 0.0
) -> list[dict[str, Any]]:
    """The fields of each run, oldest first; what has not ended yet says nothing of who completed.

    cohorts: as data/sample/institution.toml explains. changed, gained: from runs of this day on, so much is added to
    the share who complete. The same day gives the same runs: what varies follows from a run's slug.
    """
    ago = list(range(cohorts["latest"], FIRST + 1, cohorts["every"]))[: cohorts.get("most")][::-1]
    runs = []
    for place, months in enumerate(ago):
        starts = months_before(today, months)
        share = cohorts["completed"] + (gained if changed and starts >= changed else 0.0)
        size = cohorts["enrolled"] / (1 + cohorts["growth"]) ** (len(ago) - 1 - place)
        delivery = cohorts["deliveries"][place * len(cohorts["deliveries"]) // len(ago)]
        runs.append(_run(credential, cohorts, place + 1, starts, size, share, delivery, today))
    return runs


def _run(
    credential: Credential,
    cohorts: Mapping[str, Any],
    number: int,
    starts: date,
    size: float,
    completing: float,
    delivery: str,
    today: date,
) -> dict[str, Any]:
    slug = f"{credential.slug}-{number}"
    weeks = cohorts.get("actual_weeks") or credential.planned_weeks or 0
    ends = starts + timedelta(weeks=weeks)
    enrolled = round(size * _wobble(slug, "enrolled"))
    started = round(enrolled * cohorts["started"])
    about: dict[str, Any] = {
        "slug": slug,
        "credential": credential.slug,
        "label": f"Started {starts:%Y-%m}",
        "starts": starts,
        "ends": ends,
        "delivery": delivery,
        "beta": credential.lifecycle == "beta",
        "planned_weeks": credential.planned_weeks,
        "views": round(enrolled * cohorts["views"] * _wobble(slug, "views")),
        "enquiries": round(enrolled * cohorts["enquiries"] * _wobble(slug, "enquiries")),
        "waiting_list": round(enrolled * 0.1 * _wobble(slug, "waiting")) if delivery != "digital" else 0,
        "enrolled": enrolled,
        "started": started,
    }
    if ends > today:
        return about
    completed = min(started, round(started * completing * _wobble(slug, "completed", 0.03)))
    passed = min(completed, round(completed * cohorts["passed"]))
    issued = passed if credential.carriers else 0
    return about | {
        "actual_weeks": weeks,
        "weeks_reason": credential.weeks_reason if unusual_weeks(weeks) else None,
        "completed": completed,
        "passed": passed,
        "test_results": _test_results(completed, passed, cohorts["score"]),
        "badges_issued": issued,
        "badges_claimed": round(issued * 0.74 * _wobble(slug, "claimed")),
        "badges_shared": round(issued * 0.31 * _wobble(slug, "shared")),
    }


def _wobble(slug: str, what: str, most: float = WOBBLE) -> float:
    """A factor around 1, always the same for a run."""
    return 1 + most * (draw(slug, what, 2001) / 1000 - 1)


def _test_results(completed: int, passed: int, score: float) -> dict[str, int]:
    """How many had a result in each band: those who passed around the score, the others below it."""
    near = np.exp(-((np.array(MIDDLES) - score) ** 2) / (2 * SPREAD**2))
    failed = shared_out(completed - passed, (0.3, 0.7))
    return dict(zip(BANDS, (*failed, *shared_out(passed, near.tolist())), strict=True))


def shared_out(total: int, weights: Sequence[float]) -> list[int]:
    """A whole number shared out by weight, by largest remainder.

    >>> shared_out(10, [1, 1, 2])
    [3, 2, 5]
    """
    wanted = np.array(weights) / np.sum(weights) * total
    whole = np.floor(wanted).astype(int)
    whole[np.argsort(whole - wanted, kind="stable")[: total - whole.sum()]] += 1
    return [int(number) for number in whole]
