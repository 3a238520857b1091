"""A delivery of a credential: when and how, for how many, and with which results."""

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from pydantic import field_validator, model_validator

from feedback.catalogue.values.base import NEEDED, Value, field, slug_for
from feedback.catalogue.values.choices import DELIVERIES

MOST_PEOPLE = 2_000_000_000
_BAND = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)-(\d{1,6}(?:\.\d{1,3})?)")
_NARROWING = ("enrolled", "started", "completed", "passed")


def _people(title: str, description: str) -> Any:
    return field(title, description, ge=0, le=MOST_PEOPLE)


class Run(Value):
    """One delivery of a credential to one cohort. Counts are of people: enrolled >= started >= completed >= passed.

    test_results: how many had a result in each band, as {"0-49": 3, "50-100": 12}; bands rise and do not overlap.
    """

    slug: str = field("Short name", "Lower-case letters, digits and hyphens; what it is known by.", NEEDED)
    credential: str = field("Credential", "What is delivered.", NEEDED, refers="credentials")
    label: str = field("Label", "What the run is called, as Spring 2026.", NEEDED)
    starts: date | None = field("Starts", "The first day.")
    ends: date | None = field("Ends", "The last day.")
    delivery: str = field("Delivery", "How it is delivered.", "digital", choices=DELIVERIES)
    beta: bool = field("Beta", "Whether it is a trial, before the credential goes live.", False)
    planned_weeks: float | None = field("Planned weeks", "Weeks it was to take.", gt=0, le=520)
    actual_weeks: float | None = field("Actual weeks", "Weeks it took.", gt=0, le=520)
    weeks_reason: str | None = field("Why these weeks", "Why it took fewer than 10 weeks, or more than 12.", long=True)
    views: int | None = _people("Views", "How often its page was looked at.")
    enquiries: int | None = _people("Enquiries", "How many asked about it.")
    waiting_list: int | None = _people("Waiting list", "How many waited for a place.")
    enrolled: int | None = _people("Enrolled", "How many opted in.")
    started: int | None = _people("Started", "How many of them began.")
    completed: int | None = _people("Completed", "How many of them finished.")
    passed: int | None = _people("Passed", "How many of them passed.")
    test_results: dict[str, int] = field("Test results", "How many had a result in each band, as 0-49: 3.", dict)
    badges_issued: int | None = _people("Badges issued", "How many badges or certificates were issued.")
    badges_claimed: int | None = _people("Badges claimed", "How many of them were accepted by those they are for.")
    badges_shared: int | None = _people("Badges shared", "How many of them were shown to others.")

    @classmethod
    def own_slug(cls, fields: Mapping[str, Any]) -> str:
        """Credential and label."""
        label = str(fields.get("label") or "")
        return slug_for(f"{str(fields.get('credential') or '')[:40]} {label}", "run") if label else ""

    @field_validator("test_results")
    @classmethod
    def _bands_rise(cls, results: dict[str, int]) -> dict[str, int]:
        last = -1.0
        for band, people in results.items():
            found = _BAND.fullmatch(band)
            if not found:
                raise ValueError(f'the band "{band[:40]}" is not written as 50-59')
            low, high = float(found[1]), float(found[2])
            if not last < low <= high:
                raise ValueError(f'the band "{band}" does not lie above the one before it; bands rise without overlap')
            if not 0 <= people <= MOST_PEOPLE:
                raise ValueError(f'the band "{band}" has {people}; a number of people is needed')
            last = high
        return results

    @model_validator(mode="after")
    def _dates_and_counts_agree(self) -> "Run":
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError(f"it ends on {self.ends}, before it starts on {self.starts}")
        known = [(name, count) for name in _NARROWING if (count := getattr(self, name)) is not None]
        for (wider, more), (narrower, fewer) in pairwise(known):
            if fewer > more:
                raise ValueError(f"{narrower} is {fewer}, more than {wider} ({more})")
        for name in ("badges_claimed", "badges_shared"):
            some, every = getattr(self, name), self.badges_issued
            if some is not None and every is not None and some > every:
                raise ValueError(f"{name} is {some}, more than badges_issued ({every})")
        tested = sum(self.test_results.values())
        if self.started is not None and tested > self.started:
            raise ValueError(f"test_results count {tested}, more than started ({self.started})")
        return self
