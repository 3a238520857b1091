"""What experts say of a credential: each criterion's marks side by side, and how far the reviewers agree."""

from collections.abc import Iterable, Sequence

import numpy as np
from pandas import DataFrame, Series

from feedback.analysis.people import EXPERT, count_people
from feedback.analysis.ratings import only

CRITERION, VERDICT, DISTINCT = "criterion", "verdict", "distinctiveness"
MARKED = (CRITERION, VERDICT, DISTINCT)
"""The constructs read here."""
GAP = 2
"""From two marks so far apart, a moderation note is opened."""
VERDICTS = ("not_ready", "ready_with_changes", "ready")
"""The options of the overall verdict, worst first; their places are 0, 1 and 2."""
ROUND = ("credential", "survey", "month")
MARKS = ("credential", "construct", "question", "month", "marks", "people", "low", "high", "gap", "note")


def newest_rounds(answers: DataFrame, reviewers: int) -> DataFrame:
    """Experts' answers, to all questions, of the newest round of each credential in which enough have handed in.

    answers: counted answers. A round is a survey; it is as new as its last review. reviewers: how many are enough. A
    round still waiting for them leaves the one before in its place.
    """
    asked = only(answers, audience=EXPERT, status="answered").astype(dict.fromkeys(ROUND, "str"))
    behind = count_people(only(asked, construct=MARKED), ["credential", "survey"])
    last = asked.groupby(["credential", "survey"], as_index=False)["month"].max()
    rounds = behind.merge(last, on=["credential", "survey"])
    rounds = rounds[rounds["people"] >= reviewers].sort_values(["month", "survey"], kind="stable")
    newest = rounds.drop_duplicates("credential", keep="last")[["credential", "survey"]]
    return asked.merge(newest, on=["credential", "survey"])


def marks_of(answers: DataFrame) -> DataFrame:
    """Every criterion, and the verdict, with the marks it got.

    answers: as `newest_rounds` returns them. A verdict counts as its place among VERDICTS.
    Returns one row a credential, construct and question: credential, construct, question, month (of the last review),
    people (reviewers who gave a mark), marks (list of numbers, lowest first), low, high, gap (0 or more), note (True
    where they lie GAP or more apart). Sorted by credential, then by question.
    """
    answers = only(answers, construct=MARKED)
    place = {option: float(at) for at, option in enumerate(VERDICTS)}
    chosen = answers["item"].astype(object).map(place)
    given = answers.assign(mark=answers["number"].astype(float).fillna(chosen.astype(float)))
    given = given[given["mark"].notna()].astype({"construct": "str", "question": "str"})
    if given.empty:
        return DataFrame({name: Series(dtype=object) for name in MARKS})
    by = ["credential", "construct", "question"]
    summed = given.groupby([*by, "mark"], as_index=False)["people"].sum().sort_values([*by, "mark"])
    marks = summed["mark"].repeat(summed["people"]).groupby([summed[name] for name in by]).agg(list)
    last = given.groupby(by)["month"].max()
    found = DataFrame({"month": last, "marks": marks}).reset_index()
    ends = np.array([(min(each), max(each)) for each in found["marks"]], dtype=float).reshape(-1, 2)
    return found.assign(
        people=Series([len(each) for each in found["marks"]], dtype="int64"),
        low=ends[:, 0],
        high=ends[:, 1],
        gap=ends[:, 1] - ends[:, 0],
        note=ends[:, 1] - ends[:, 0] >= GAP,
    )


def weighted_kappa(marks: Iterable[Sequence[float]]) -> float:
    """How far reviewers agree over the criteria beyond chance: weighted kappa, quadratic weights.

    marks: for each criterion the marks it got, from two reviewers or more; a criterion with one mark says nothing.
    Who gave which is not asked: reviewers differ from credential to credential and neither is the first, so chance is
    reckoned from all marks together.
    Returns at most 1 (full agreement), 0 for what chance gives, below 0 for less; NaN with no pair or all marks equal.
    Source: Scott (1955), Public Opinion Quarterly 19, 321-325; weights: Cohen (1968), Psychological Bulletin 70,
    213-220.

    >>> round(weighted_kappa([[0, 0], [1, 2], [3, 3], [2, 2]]), 2)
    0.9
    """
    paired = [np.asarray(each, dtype=float) for each in marks if len(each) > 1]
    if not paired:
        return float("nan")
    apart = [np.square(each[:, None] - each[None, :]).sum() / (len(each) * (len(each) - 1)) for each in paired]
    every = np.concatenate(paired)
    by_chance = 2 * every.var()
    return float(1 - np.mean(apart) / by_chance) if by_chance > 0 else float("nan")
