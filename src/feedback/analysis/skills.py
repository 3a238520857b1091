"""Which skills employers need, and how the holders of a credential perform in them."""

from pandas import DataFrame

from feedback.analysis.people import EMPLOYER, weakest
from feedback.analysis.ratings import only, share_of_people

NEED, NEED_3Y, PERFORMANCE = "skill_need", "skill_need_3y", "skill_performance"
"""The constructs read here, asked of employers; the item of an answer is the skill."""


def need_and_performance(answers: DataFrame) -> DataFrame:
    """For each skill of each credential: how many employers need it, how many find holders perform well, and the gap.

    answers: counted answers. "not required here" and "have not seen" are set aside: they rate nothing.
    Returns one row a credential and skill that at least one employer rated on both sides of the gap (not necessarily
    the same employer): credential, skill, people, organisations, largest_share (of the weaker side: what the gate goes
    by), need (share 0-1 who rate the need among the top values), need_low, need_high (Wilson, 90%), performance,
    performance_low, performance_high, gap (need minus performance, -1 to 1, above 0 where need is not met). The gap is
    a difference of two shown shares and not of pairs: a paired one over slightly fewer employers would give single
    answers away by subtraction.
    Sorted by gap, largest first, then by name. A need without performance is in ratings.percent_positive.
    """
    need, performance = _side(answers, NEED), _side(answers, PERFORMANCE)
    both = need[["credential", "skill"]].merge(performance[["credential", "skill"]])
    need, performance = both.merge(need), both.merge(performance)
    counts = ["credential", "skill", "people", "organisations", "largest_share"]
    table = weakest(need[counts], performance[counts]).assign(
        need=need["share"],
        need_low=need["low"],
        need_high=need["high"],
        performance=performance["share"],
        performance_low=performance["low"],
        performance_high=performance["high"],
        gap=need["share"] - performance["share"],
    )
    return table.sort_values(["gap", "credential", "skill"], ascending=[False, True, True], ignore_index=True)


def need_in_three_years(answers: DataFrame) -> DataFrame:
    """For each skill of each credential the share of employers who think they will need it in three years.

    Returns one row a credential and skill that at least one employer rated: credential, skill, people, organisations,
    largest_share, need_3y (share 0-1 who rate it among the top values), low, high (Wilson, 90%).
    """
    return _side(answers, NEED_3Y).rename(columns={"share": "need_3y"})


def skill_ratings(answers: DataFrame, construct: str) -> DataFrame:
    """Employers' ratings of skills by one construct: the counted answers with a known `positive`."""
    rated = only(answers, audience=EMPLOYER, construct=construct, status="answered")
    rated = rated[rated["positive"].notna()]
    return rated.astype({"positive": bool, "credential": "str", "item": "str"})


def _side(answers: DataFrame, construct: str) -> DataFrame:
    found = share_of_people(skill_ratings(answers, construct), ["credential", "item"], "positive")
    return found.rename(columns={"item": "skill"})
