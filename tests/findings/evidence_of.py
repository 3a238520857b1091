"""Evidence built in the open: five employers of three organisations, some learners, a few comments."""

import pandas as pd
from pandas import DataFrame

from feedback.findings.evidence import Evidence, Step
from tests.analysis.answers_table import answers_about, awareness_of, comments_about, no_answers, together

HOUSES = ["ash", "oak", "elm", "fir", "yew", "ivy", "may", "fig"]
STEPS = tuple(Step(value, f"step {value}", (value > 3) - (value < 3)) for value in range(1, 6))


def employers(credential: str, steps: list[int], *, first: int = 0, houses: list[str] | None = None) -> DataFrame:
    """Employers aware of a credential, with their step of the ladder and their view of one skill."""
    names = houses or [HOUSES[place % len(HOUSES)] for place in range(len(steps))]
    given = {"audience": "employer", "organisations": names, "first": first}
    return together(
        awareness_of(credential, said=["certifies"] * len(steps), organisations=names, first=first),
        answers_about(credential, ratings=steps, question="ladder", construct="recognition", scale="ladder5", **given),
        answers_about(credential, ratings=[1 + step for step in steps], question="trust", item="genuine", **given),
        answers_about(
            credential, ratings=[4] * len(steps), question="skill_need", item="charts", scale="need5", **given
        ),
        answers_about(
            credential, ratings=[min(4, step) for step in steps], question="skill_performance", item="charts",
            scale="perform5", **given,
        ),
    )  # fmt: skip


def learners(credential: str, worth: list[int], *, first: int = 100) -> DataFrame:
    """Learners with their verdict and what they say of the assessment."""
    return together(
        answers_about(credential, ratings=worth, question="worth", construct="overall", first=first),
        answers_about(credential, ratings=worth, question="assessment", first=first),
    )


def comments(credential: str, count: int, *, topic: str = "pace", first: int = 100, text: str = "") -> DataFrame:
    """Comments of learners that ask for a change of one topic."""
    table = comments_about(credential, topics=[[topic]] * count, first=first)
    said = [text or f"Comment {place} on {credential}." for place in range(count)]
    return table.assign(text=said, language="en", vader=-0.5, textblob=-0.5, sentiment=-0.5, rating=float("nan"))


def evidence(*answers: DataFrame, said: list[DataFrame] | None = None, **titles: str) -> Evidence:
    """Evidence of these answers and comments; titles by slug with underscores for hyphens."""
    none = comments("none", 0)
    return Evidence(
        answers=together(*answers) if answers else no_answers(),
        comments=pd.concat([none, *(said or [])], ignore_index=True),
        titles={slug.replace("_", "-"): title for slug, title in titles.items()},
        programmes={},
        skills={"charts": "Drawing charts"},
        questions={"worth": "It was worth the time", "assessment": "The tests showed whether I can do it"},
        topics={"pace": "Pace"},
        scales={"agree5": STEPS},
    )
