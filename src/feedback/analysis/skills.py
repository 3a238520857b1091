"""Which skills employers need, and how the holders of a credential perform in them."""

from pandas import DataFrame

from feedback.analysis.people import EMPLOYER, weakest
from feedback.analysis.ratings import only, share_of_people

NEED, PERFORMANCE = "skill_need", "skill_performance"
"""The constructs read here, asked of employers; the item of an answer is the skill."""


def need_and_performance(answers: DataFrame) -> DataFrame:
    """For each skill of each credential: how many employers need it, how many find holders perform well, and the gap.

    answers: counted answers. "not required here" and "have not seen" are set aside: they rate nothing, and are counted
    beside.
    Returns one row a credential and skill that at least one employer rated on both sides of the gap (not necessarily
    the same employer): credential, skill, people, organisations, largest_share (of the weaker side: what the gate goes
    by), need (share 0-1 who rate the need among the top values), n_need, need_low, need_high (Wilson, 90%),
    need_aside, performance, n_performance, performance_low, performance_high, performance_aside, gap (need minus
    performance, -1 to 1, above 0 where need is not met). The gap is a difference of two shown shares and not of
    pairs: a paired one over slightly fewer employers would give single answers away by subtraction.
    Sorted by gap, largest first, then by name. A need without performance is in ratings.percent_positive.
    """
    need, performance = _side(answers, NEED), _side(answers, PERFORMANCE)
    both = need[["credential", "skill"]].merge(performance[["credential", "skill"]])
    need, performance = both.merge(need), both.merge(performance)
    counts = ["credential", "skill", "people", "organisations", "largest_share"]
    table = weakest(need[counts], performance[counts]).assign(
        need=need["share"],
        n_need=need["people"],
        need_low=need["low"],
        need_high=need["high"],
        need_aside=need["aside"],
        performance=performance["share"],
        n_performance=performance["people"],
        performance_low=performance["low"],
        performance_high=performance["high"],
        performance_aside=performance["aside"],
        gap=need["share"] - performance["share"],
    )
    return table.sort_values(["gap", "credential", "skill"], ascending=[False, True, True], ignore_index=True)


def skill_ratings(answers: DataFrame, construct: str) -> DataFrame:
    """Employers' ratings of skills by one construct: the counted answers with a known `positive`."""
    rated = only(answers, audience=EMPLOYER, construct=construct, status="answered")
    rated = rated[rated["positive"].notna()]
    return rated.astype({"positive": bool, "credential": "str", "item": "str"})


def _side(answers: DataFrame, construct: str) -> DataFrame:
    by = ["credential", "item"]
    asked = only(answers, audience=EMPLOYER, construct=construct)
    aside = asked[asked["status"] != "answered"].astype({"credential": "str", "item": "str"})
    aside = aside.groupby(by)["people"].sum().rename("aside").reset_index()
    found = share_of_people(skill_ratings(answers, construct), by, "positive").merge(aside, on=by, how="left")
    return found.assign(aside=found["aside"].fillna(0).astype(int)).rename(columns={"item": "skill"})
