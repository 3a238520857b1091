"""How far expert reviewers agree: in each round, and over all rounds of a stage."""

from collections.abc import Sequence

from pandas import DataFrame

from feedback.analysis.people import EXPERT, count_people
from feedback.analysis.ratings import only
from feedback.analysis.reviews import CRITERION, MARKED, marks_of, weighted_kappa

STAGE = "review_stage"
"""The construct that says at which stage a review was made."""
ENOUGH_CRITERIA = 10
"""Of fewer criteria that two have judged, agreement says little."""
COLUMNS = ("credential", "survey", "stage", "month", "rounds", "people", "criteria", "apart", "kappa")


def agreement(answers: DataFrame, reviewers: int) -> DataFrame:
    """Weighted kappa of each round of review that is complete, and of all of them of a stage together.

    answers: counted answers of experts. A round is a survey about a credential; reviewers: from so many on it is
    complete. Returns one row a round, and, with credential and survey "", one a stage: stage ("" where the reviewers
    do not name the same), month (of the last review), rounds, people (who handed in), criteria (that two have judged:
    what kappa rests on), apart (list of the questions whose marks are to be talked over), kappa (see
    reviews.weighted_kappa; missing where it says nothing). Rounds stand by stage, then by month, newest first; those of
    a stage after its own row.
    """
    asked = only(answers, audience=EXPERT, status="answered")
    asked = asked.astype(dict.fromkeys(("credential", "survey", "month", "construct", "item"), "str"))
    behind = count_people(only(asked, construct=MARKED), ["credential", "survey"])
    rounds, marked = [], []
    for place in behind[behind["people"] >= reviewers].itertuples():
        here = only(asked, credential=place.credential, survey=place.survey)
        marks = marks_of(here)
        pairs = marks[(marks["construct"] == CRITERION) & (marks["people"] >= reviewers)]
        row = _row(_stage(here), [pairs], [here["month"].max()], int(place.people))
        rounds.append(row | {"credential": place.credential, "survey": place.survey})
        marked.append(pairs)
    whole = []
    for stage in sorted({row["stage"] for row in rounds} - {""}):
        of_it = [place for place, row in enumerate(rounds) if row["stage"] == stage]
        people = sum(rounds[place]["people"] for place in of_it)
        months = [rounds[place]["month"] for place in of_it]
        row = _row(stage, [marked[place] for place in of_it], months, people)
        whole.append(row | {"credential": "", "survey": "", "rounds": len(of_it)})
    rounds.sort(key=lambda row: (row["month"], row["credential"], row["survey"]), reverse=True)
    found = DataFrame([*whole, *rounds], columns=list(COLUMNS))
    return found.sort_values("stage", kind="stable", ignore_index=True)


def _row(stage: str, pairs: Sequence[DataFrame], months: Sequence[str], people: int) -> dict:
    every = [marks for each in pairs for marks in each["marks"]]
    return {
        "stage": stage,
        "month": max(months),
        "rounds": 1,
        "people": people,
        "criteria": len(every),
        "apart": [question for each in pairs for question in each.loc[each["note"], "question"]],
        "kappa": weighted_kappa(every),
    }


def _stage(answers: DataFrame) -> str:
    """The stage that all reviewers of a round name; "" where they differ or none does."""
    named = set(only(answers, construct=STAGE)["item"])
    return named.pop() if len(named) == 1 else ""
