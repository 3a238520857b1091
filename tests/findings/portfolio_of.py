"""A portfolio built in the open: what the catalogue says of each credential, its runs, and a pathway."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from pandas import DataFrame

from feedback.findings.evidence import MARKET, OFFERS, PATHWAYS, Evidence
from tests.analysis.answers_table import answers_about, chosen_about, together
from tests.findings.evidence_of import HOUSES, employers, evidence, learners, runs_of

TITLES = {"a": "Alpha", "b": "Beta", "c": "Gamma", "d": "Delta", "e": "Epsilon", "f": "Zeta"}
DONE = {"a": 30, "b": 32, "c": 28, "d": 90, "e": 92, "f": 88}
"""Of a hundred who start each, so many complete it."""


def offers_of(*slugs: str, **facts: Any) -> DataFrame:
    """What the catalogue says of credentials: live ones of ten weeks, unless facts say something else of all."""
    usual = {
        "lifecycle": "live", "planned_weeks": 10.0, "weeks_reason": None, "hours": 50.0, "fee": 500.0,
        "currency": "EUR", "languages": "en", "topics": "data", "kind": "Badge", "level": None,
        "for_working_people": None, "discipline": None,
    } | facts  # fmt: skip
    usual["unusual_weeks"] = not 10 <= usual["planned_weeks"] <= 12
    return DataFrame([{"credential": slug, **usual} for slug in slugs], columns=list(OFFERS))


def pathway_of(*slugs: str, name: str = "way") -> DataFrame:
    """The steps of one pathway."""
    rows = [(name, f"The {name}", step, slug) for step, slug in enumerate(slugs, start=1)]
    return DataFrame(rows, columns=list(PATHWAYS))


def figures_of(*figures: tuple[str, str, float, str]) -> DataFrame:
    """Market figures: skill or topic (with a capital), measure, value, day."""
    rows = [
        (
            name if name[0].isupper() else None,
            None if name[0].isupper() else name,
            measure,
            value,
            "n",
            on,
            "Town",
            None,
        )
        for name, measure, value, on in figures
    ]
    return DataFrame(rows, columns=list(MARKET))


def rated(credential: str, steps: Sequence[int], *, needs: Sequence[int], first: int = 0) -> DataFrame:
    """Employers' steps on the ladder, and how far they need one skill of a credential, now."""
    houses = [HOUSES[place % len(HOUSES)] for place in range(len(needs))]
    need = answers_about(
        credential, ratings=list(needs), audience="employer", question="skill_need", item="charts", scale="need5",
        organisations=houses, first=first,
    )  # fmt: skip
    given = employers(credential, list(steps), first=first)
    return together(given[given["construct"] != "skill_need"], need)


def needed_later(credential: str, needs: Sequence[int], *, first: int = 0) -> DataFrame:
    """How far employers will need the skill in three years."""
    houses = [HOUSES[place % len(HOUSES)] for place in range(len(needs))]
    return answers_about(
        credential, ratings=list(needs), audience="employer", question="skill_need_3y", item="charts", scale="need5",
        organisations=houses, first=first,
    )  # fmt: skip


def paid(credential: str, more: int, nothing: int, *, first: int = 900) -> DataFrame:
    """Learners half a year on: whether it has added to their pay."""
    said = ["over_15"] * more + ["none"] * nothing
    told = answers_about(credential, ratings=[5 if each != "none" else 1 for each in said], question="pay", first=first)
    told = told.assign(kind="one", item=said, number=None, scale="", construct="outcome_pay", instrument="six_months")
    return told.astype(chosen_about(credential, chosen=[["x"]], question="x").dtypes.to_dict())


def seen(credential: str, chosen: Sequence[Sequence[str]], *, first: int = 100) -> DataFrame:
    """Learners at the end: which benefits they see."""
    return chosen_about(
        credential, chosen=chosen, question="benefits_seen", construct="benefit_seen", instrument="learner", first=first
    )


def several(*answers: DataFrame, **facts: Any) -> Evidence:
    """Six credentials of two disciplines, three of which far fewer complete; one pathway over three of them; learners
    of one half a year on."""
    runs = pd.concat([runs_of(slug, (100, done)) for slug, done in DONE.items()], ignore_index=True)
    offers = offers_of(*TITLES, **facts).assign(discipline=["Letters"] * 3 + ["Numbers"] * 3)
    given = answers or (
        learners("a", [5, 4, 4, 5, 2, 4]),
        paid("a", 9, 8),
        *(learners(slug, [4] * 12) for slug in "bd"),
    )
    held = evidence(*given, runs=runs, **TITLES)
    asked = {"six_months:pay": "What has it added?", "benefits_seen/value_for_money": "More back than it costs"}
    return replace(held, offers=offers, pathways=pathway_of("a", "b", "d"), questions={**held.questions, **asked})
