"""What four witnesses say of a skill, side by side: learners, tests, employers and experts; and where two of them
differ by more than chance may do.

Each has a share of its own, and none is averaged into another: learners who say they can do it on their own or teach
it, those who passed of those who completed, employers who see holders do it well, and the experts' mark as a part of
its scale. Tests and experts judge a credential as a whole, never one skill of it: they stand beside what learners and
employers say of all its skills, and nowhere else.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from pandas import DataFrame, concat, to_numeric
from scipy.special import ndtr

from feedback.analysis.people import EMPLOYER, EXPERT, LEARNER
from feedback.analysis.ratings import only, share_of_people, wilson
from feedback.analysis.reviews import CRITERION, marks_of
from feedback.analysis.skills import PERFORMANCE

TEST = "test"
WITNESSES = (LEARNER, TEST, EMPLOYER, EXPERT)
"""Who speaks, in the order in which they are told."""
GAIN = "skill_gain"
"""The construct by which learners say how far they can do something; the item of an answer is the skill."""
LEADS_TO = "competencies_aligned"
"""The experts' criterion on whether what is taught leads to the skills."""
HIGHEST = 3.0
"""The best mark of a criterion; the worst is 0."""
WHOLE = ""
"""Where a skill stands else: the credential as a whole."""
LEVEL = 0.05
"""So large a part of the differences told of witnesses may be chance."""
COLUMNS = (
    "credential", "skill", "witness", "people", "organisations", "largest_share", "hits", "share", "low", "high",
)  # fmt: skip
_BEHIND = ("organisations", "largest_share")


class Apart(NamedTuple):
    """Two witnesses of a skill that differ beyond chance: the one with the lower share, the other, and p (Holm)."""

    lower: str
    higher: str
    p: float


def views_of_skills(answers: DataFrame) -> DataFrame:
    """What learners and employers say of each skill of a credential.

    answers: counted answers of learners at the end and of employers. "not covered" and "have not seen" are set aside.
    Returns one row a credential, skill and witness that anybody rated (COLUMNS): people, organisations and
    largest_share (see people.count_people), hits (who rated it well), share (0-1), low, high (Wilson, 90%).
    """
    asked = ((LEARNER, GAIN), (EMPLOYER, PERFORMANCE))
    parts = [
        only(answers, audience=who, construct=construct, status="answered").assign(witness=who)
        for who, construct in asked
    ]
    rated = concat(parts, ignore_index=True)
    rated = rated[rated["positive"].notna()].astype({"positive": bool, "credential": "str", "item": "str"})
    found = share_of_people(rated, ["credential", "item", "witness"], "positive")
    return found.rename(columns={"item": "skill"})[list(COLUMNS)]


def views_of_the_whole(views: DataFrame) -> DataFrame:
    """What learners and employers say of all skills of a credential together: nothing but the rows given, joined.

    views: as `views_of_skills` returns them, only those that may be told, so that what is joined tells nothing else.
    Each rating counts once. One person rates several skills, so the interval is that of as many people as rated the
    skill that most of them did, and the row has the organisations behind that skill. Returns rows with WHOLE for skill.
    """
    if views.empty:
        return views
    views = views.reset_index(drop=True)
    by = views.groupby(["credential", "witness"])
    most = views.loc[by["people"].idxmax()].set_index(["credential", "witness"])
    share = by["hits"].sum() / by["people"].sum()
    found = most.assign(share=share, hits=share * most["people"], skill=WHOLE)
    found["low"], found["high"] = wilson(found["hits"], found["people"])
    return found.reset_index()[list(COLUMNS)]


def views_of_tests(runs: DataFrame, least: int) -> DataFrame:
    """How many passed of those who completed a credential's runs, by the institution's own figures.

    runs: credential, completed, passed (counts, may be missing). least: a run fewer have completed is left out.
    Returns one row a credential with such runs; people: who completed.
    """
    counts = runs[["completed", "passed"]].apply(to_numeric, errors="coerce").astype(float)
    held = counts.assign(credential=runs["credential"].astype(str))
    held = held[(held["completed"] >= least) & held["passed"].notna()]
    summed = held.groupby("credential", as_index=False)[["completed", "passed"]].sum()
    low, high = wilson(summed["passed"], summed["completed"])
    return _rows(summed, TEST, summed["completed"], summed["passed"], summed["passed"] / summed["completed"], low, high)


def views_of_experts(reviews: DataFrame) -> DataFrame:
    """The experts' mark on whether a credential's modules lead to its skills, as a part of the scale (0-1).

    reviews: as reviews.newest_rounds returns them. share: the mean of their marks; low, high: the lowest and the
    highest, no interval: two or three who sign what they say are no sample, so nothing is reckoned from their number.
    """
    marks = marks_of(only(reviews, construct=CRITERION, question=LEADS_TO))
    share = np.array([np.mean(each) for each in marks["marks"]], dtype=float) / HIGHEST
    low, high = (marks[name].to_numpy(dtype=float) / HIGHEST for name in ("low", "high"))
    return _rows(marks, EXPERT, marks["people"], np.nan, share, low, high)


def _rows(
    of: DataFrame, witness: str, people: object, hits: object, share: object, low: object, high: object
) -> DataFrame:
    none = dict.fromkeys(_BEHIND, np.nan)
    found = of[["credential"]].assign(skill=WHOLE, witness=witness, people=people, hits=hits, **none)
    found = found.assign(share=share, low=low, high=high).astype({"people": "int64"})
    return found[list(COLUMNS)]


def apart(*strips: Mapping[str, tuple[float, float]]) -> list[list[Apart]]:
    """Of each skill the pairs of witnesses whose shares differ by more than chance may do, the surest first.

    strips: of each skill that is shown together with the others, by witness how many rated it well, of how many people
    (at least one). Experts are in no pair, whatever they say, and neither is a witness whose numbers are missing. The
    rule: the chi-squared test of two shares with N - 1 in place of N, two-sided (Campbell, 2007, Statistics in Medicine
    26, 3661-3675), corrected for the number of pairs of a skill (Holm, 1979, Scandinavian Journal of Statistics 6,
    65-70). Of all skills with a pair those are chosen that Benjamini and Hochberg choose at LEVEL by their surest pair,
    and within these p has to be below LEVEL times the part that was chosen (Benjamini and Bogomolov, 2014, Journal of
    the Royal Statistical Society B 76, 297-318), so that of all that is told no more than LEVEL is chance, on average.
    Learners and those tested are partly the same people, who tend the same way; so the test errs to the side of chance
    there.
    """
    tested = [_by_holm(said) for said in strips]
    surest = sorted(pairs[0].p for pairs in tested if pairs)
    chosen = max((place for place, p in enumerate(surest, 1) if p * len(surest) <= LEVEL * place), default=0)
    return [[pair for pair in pairs if pair.p * len(surest) <= LEVEL * chosen] for pairs in tested]


def _by_holm(said: Mapping[str, tuple[float, float]]) -> list[Apart]:
    """All pairs of one skill, the surest first, each with the chance that Holm's correction leaves it."""
    known = [(who, *said[who]) for who in WITNESSES if who in said and who != EXPERT and said[who][0] == said[who][0]]
    tested = sorted(_tested(known), key=lambda pair: pair.p)
    found, worst = [], 0.0
    for place, pair in enumerate(tested):
        worst = max(worst, min(1.0, pair.p * (len(tested) - place)))
        found.append(pair._replace(p=worst))
    return found


def _tested(said: Sequence[tuple[str, float, float]]) -> Iterator[Apart]:
    for one, other in combinations(said, 2):
        lower, higher = sorted((one, other), key=lambda each: each[1] / each[2])
        yield Apart(lower[0], higher[0], chance_of(*lower[1:], *higher[1:]))


def chance_of(hits: float, people: float, other_hits: float, other_people: float) -> float:
    """How likely two shares differ at least so far if they were one: the N - 1 chi-squared test, two-sided.

    hits of people, at least one of each; need not be whole. 1 where all or none of both are hits.

    >>> round(chance_of(7, 10, 3, 10), 3), chance_of(5, 5, 8, 8)
    (0.081, 1.0)
    """
    total = people + other_people
    pooled = (hits + other_hits) / total
    spread = pooled * (1 - pooled) * (1 / people + 1 / other_people)
    if spread <= 0:
        return 1.0
    z = (hits / people - other_hits / other_people) / np.sqrt(spread) * np.sqrt((total - 1) / total)
    return float(2 * ndtr(-abs(z)))
