"""Evidence of two or more runs built in the open, and actions that are looked at again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
from pandas import DataFrame

from feedback.findings.evidence import ACTIONS, Evidence, Step
from tests.analysis.answers_table import answers_about, together
from tests.findings.evidence_of import STEPS, Said, comments, evidence, runs_of

WATCHED = {"learner": ("overall", "goals", "pace")}
PACE = tuple(Step(value, f"pace {value}", 0 if 3 <= value <= 5 else (value > 5) - (value < 3)) for value in range(1, 8))
OVERALL = {"worth": "overall"}
Asked = Mapping[str, Sequence[int]]


def run(credential: str, number: int, asked: Asked, *, version: int = 1, first: int | None = None) -> DataFrame:
    """What learners of the nth run answered, question by question ("pace" on the scale with its good end in the
    middle); other people in each run."""
    at = 1000 * number if first is None else first
    tables = [
        answers_about(
            credential,
            ratings=list(ratings),
            question=question,
            construct=OVERALL.get(question, question),
            scale="pace7" if question == "pace" else "agree5",
            first=at,
        )
        for question, ratings in asked.items()
    ]
    return together(*tables).assign(survey=f"{credential}-{number}", version=version)


def over_runs(*asked: Asked, credential: str = "data-badge", versions: Sequence[int] = (), **more) -> Evidence:
    """A credential whose runs were answered so, one after the other, as the store counts it."""
    numbers = versions or [1] * len(asked)
    each = [run(credential, at, of, version=numbers[at - 1]) for at, of in enumerate(asked, 1)]
    return of_runs(*each, **{credential.replace("-", "_"): "Data badge"}, **more)


def of_runs(*answers: DataFrame, actions: DataFrame | None = None, watched: Mapping = WATCHED, said=None, **titles):
    """Evidence of answers to runs, each credential with nine runs in time."""
    runs = pd.concat([runs_of(slug.replace("_", "-"), *[(40, 30)] * 9) for slug in titles], ignore_index=True)
    made = evidence(*answers, runs=runs, sums=True, said=said, **titles)
    scales = {"agree5": STEPS, "pace7": PACE}
    known = {} if actions is None else {"actions": actions}
    return replace(made, scales=scales, watched=watched, **known)


def written(credential: str, number: int, people: int, critical: int, *, topic: str = "pace"):
    """Learners of the nth run who wrote a comment; so many are critical of a topic, the others of another one."""
    hit = comments(credential, critical, topic=topic, first=1000 * number)
    rest = comments(credential, people - critical, topic="other", first=1000 * number + critical)
    tables = [each.topics.assign(survey=f"{credential}-{number}") for each in (hit, rest)]
    return Said(pd.concat(tables, ignore_index=True), hit.listed.iloc[:0])


def action(
    *,
    about: str = "goals",
    kind: str = "question",
    expected: float | None = 0.5,
    before: str = "data-badge-1",
    by: str = "data-badge-2",
    stage: str = "ready",
    **more,
) -> dict:
    """An action with a measure, as the worker hands it over."""
    made = {
        "id": "one", "credential": "data-badge", "audience": "learner", "title": "Say the goals first", "state": "done",
        "kind": kind, "about": about, "item": "", "expected": expected, "before": before, "before_label": before,
        "by": by, "by_label": by, "stage": stage,
    }  # fmt: skip
    return {**dict.fromkeys(ACTIONS), **made, **more}


def actions(*rows: dict) -> DataFrame:
    """Actions as Evidence has them."""
    return DataFrame(list(rows), columns=list(ACTIONS)).astype(object)
