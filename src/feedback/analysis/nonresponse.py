"""What those who did not answer could change: an interval for everybody asked, and what it takes for granted."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from scipy.special import ndtri, stdtrit

from feedback.analysis.ratings import wilson

RHOS = (0.05, 0.1, 0.2)
"""How closely answering may go with what is answered: hardly, somewhat, clearly (a correlation)."""
ADEQUATE, INDICATIVE, TOO_FEW = "adequate", "indicative", "too few"
FEWEST = 5
SHARE = 0.8
"""The share `label` reckons with. Source: Nulty (2008), Assessment & Evaluation in Higher Education 33, 301-314."""
ADEQUATE_RULE, INDICATIVE_RULE = (0.10, 0.95), (0.10, 0.80)
"""Margin and confidence that the number of answers must allow for a share of SHARE."""


@dataclass(frozen=True)
class Response:
    """What a mean of some of the people asked says of all of them. Scores in their own unit.

    answered, asked: people. low, high: 90% interval of the mean of all, if those who answered are like the rest; None
    with fewer than two answers while others are silent. bias: by rho, how far the mean would be off if answering went
    with the score that closely. tipping: the mean the silent would need for the mean of all to be the threshold; None
    where nobody is silent or no threshold was given. possible: whether the scale allows that; None where tipping is.
    label: adequate, indicative or too few.
    """

    answered: int
    asked: int
    mean: float
    low: float | None
    high: float | None
    bias: dict[float, float]
    tipping: float | None
    possible: bool | None
    label: str


def response(
    mean: float,
    sd: float,
    answered: int,
    asked: int,
    *,
    threshold: float | None = None,
    scale: tuple[float, float] | None = None,
    rhos: Sequence[float] = RHOS,
) -> Response:
    """Everything that is said of non-response, for a mean of scores (a share is a mean of 0 and 1).

    mean, sd (of a sample): of those who answered; sd is not looked at with one answer. scale: its lowest and highest
    value. ValueError where more answered than were asked, nobody did, or mean or sd are no numbers.
    """
    _check(mean, sd if answered > 1 else 0.0, answered, asked)
    sd = sd if answered > 1 else 0.0
    between = finite_interval(mean, sd, answered, asked)
    tipping = None if threshold is None else tipping_point(mean, answered, asked, threshold)
    possible = None
    if tipping is not None:
        possible = scale is None or scale[0] <= tipping <= scale[1]
    return Response(
        answered=answered,
        asked=asked,
        mean=mean,
        low=between[0] if between else None,
        high=between[1] if between else None,
        bias={rho: selection_bias(rho, sd, answered, asked) for rho in rhos},
        tipping=tipping,
        possible=possible,
        label=label(answered, asked),
    )


def finite_interval(
    mean: float, sd: float, answered: int, asked: int, level: float = 0.90
) -> tuple[float, float] | None:
    """Where the mean of all who were asked lies, if those who answered are a random part of them: the t interval with
    the finite population correction. No width where all answered; None with one answer of several.

    Source: Cochran (1977), Sampling Techniques, section 2.8.

    >>> finite_interval(4.0, 1.0, 10, 10)
    (4.0, 4.0)
    """
    _check(mean, sd, answered, asked)
    if answered == asked:
        return mean, mean
    if answered < 2:
        return None
    half = float(stdtrit(answered - 1, (1 + level) / 2)) * sd * sqrt((1 - answered / asked) / answered)
    return mean - half, mean + half


def finite_share(positive: float, answered: int, asked: int) -> tuple[float, float]:
    """The same for a share, 90%: Wilson's interval, each answer worth as many as the finite population makes it. It has
    a width where all of some agree, and none where all answered.

    positive: how many of those who answered, 0 to all of them.

    >>> low, high = finite_share(30, 40, 60)
    >>> round(low, 2), round(high, 2), finite_share(10, 20, 20)
    (0.68, 0.81, (0.5, 0.5))
    """
    share = positive / answered
    _check(share, 0.0, answered, asked)
    if answered == asked:
        return share, share
    worth = answered * (asked - 1) / (asked - answered)
    low, high = wilson(share * worth, worth)
    return float(low), float(high)


def selection_bias(rho: float, sd: float, answered: int, asked: int) -> float:
    """How far the mean is off, where answering and the score go together: rho * sqrt((1 - f) / f) * sd, f the share who
    answered, rho the correlation (-1 to 1) of the score with having answered. The larger the class, the less it helps.

    Source: Meng (2018), Annals of Applied Statistics 12, 685-726.

    >>> round(selection_bias(0.1, 0.9, 30, 100), 3)
    0.137
    """
    if not -1 <= rho <= 1:
        raise ValueError(f"rho is {rho!r}; a correlation is from -1 to 1")
    _check(0.0, sd, answered, asked)
    return rho * sqrt((asked - answered) / answered) * sd


def tipping_point(mean: float, answered: int, asked: int, threshold: float) -> float | None:
    """What those who are silent would have to think, on average, for the mean of all to be the threshold. None where
    nobody is silent. A value the scale does not have says: they cannot overturn it.

    >>> tipping_point(4.0, 50, 100, 3.5)
    3.0
    """
    _check(mean, 0.0, answered, asked)
    if answered == asked:
        return None
    return (asked * threshold - answered * mean) / (asked - answered)


def needed(asked: int, margin: float, confidence: float, share: float = SHARE) -> int:
    """How many of the people asked have to answer for the interval of a share to be so narrow. A whole number, at the
    least 1, at the most `asked`.

    Source: Cochran (1977), Sampling Techniques, section 4.4: n0 / (1 + (n0 - 1) / N), n0 = z^2 p (1 - p) / e^2.

    >>> needed(20, 0.10, 0.80), needed(20, 0.03, 0.95)
    (12, 20)
    """
    first = float(ndtri((1 + confidence) / 2)) ** 2 * share * (1 - share) / margin**2
    return min(asked, max(1, ceil(first / (1 + (first - 1) / asked) - 1e-9)))


def label(answered: int, asked: int) -> str:
    """Whether the number of answers carries a result for everybody asked.

    "too few": fewer than 5, or than a share of 80% needs to be known within 10 points with 80% confidence. "adequate":
    as many as it takes for 95%. Between them "indicative". What nobody should colour is "too few".

    >>> label(4, 4), label(11, 20), label(12, 20), label(16, 20)
    ('too few', 'too few', 'indicative', 'adequate')
    """
    if answered < max(FEWEST, needed(asked, *INDICATIVE_RULE)):
        return TOO_FEW
    return ADEQUATE if answered >= needed(asked, *ADEQUATE_RULE) else INDICATIVE


def _check(mean: float, sd: float, answered: int, asked: int) -> None:
    if not 0 < answered <= asked:
        raise ValueError(f"{answered} answered of {asked} asked; allowed are 1 to all of them")
    if not (float("-inf") < mean < float("inf") and 0 <= sd < float("inf")):
        raise ValueError(f"mean {mean!r} and sd {sd!r} must be numbers, the sd not below 0")
