"""How far answers on a scale fall short of its best step, from what is told of them: how many gave which steps, small
ones taken together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from feedback.analysis.influence import REMOVED
from feedback.analysis.shrinkage import USUAL

Told = Mapping[tuple[float, ...], int]
"""What is told of one distribution: so many people gave one of these steps. Each step stands in one part."""
MEANS, WIDTHS, ROUNDS = 41, 20, 50
LEAST = 1e-6


@dataclass(frozen=True)
class Short:
    """How far the answers of some people fall short, 0 (all gave the best step) to 1 (all the worst).

    people: behind it. mean, sd: of how far each falls short. loss: how much smaller the mean would be without the five
    who fall furthest short; 1 where nobody is left.
    """

    people: int
    mean: float
    sd: float
    loss: float


def how_short(told: Sequence[Told], short: Mapping[float, float]) -> list[Short]:
    """How far each of several distributions on one scale falls short.

    told: of somebody each. short: by step of the scale how far it falls short of the best (0-1). Where steps are told
    together, people lie on them as people on this scale usually do (`usual_steps`): so what comes out follows from what
    is told, and opens nothing.

    >>> one = how_short([{(1, 2): 5, (3,): 5, (4,): 0}], {1: 1, 2: 2 / 3, 3: 1 / 3, 4: 0})[0]
    >>> one.people, 1 / 2 < one.mean < 2 / 3
    (10, True)
    """
    usual = usual_steps(told, sorted(short))
    known = {part: _of_part(part, usual, short) for part in {part for each in told for part in each}}
    found = []
    for each in told:
        parts = [(people, *known[part]) for part, people in each.items() if people]
        number = sum(people for people, *_ in parts)
        total = sum(people * mean for people, mean, _ in parts)
        square = sum(people * square for people, _, square in parts)
        spread = max(square - total**2 / number, 0.0) / max(number - 1, 1)
        found.append(Short(number, total / number, spread**0.5, _loss(parts, number, total)))
    return found


def usual_steps(told: Sequence[Told], steps: Sequence[float]) -> dict[float, float]:
    """The share of people who usually give each step of a scale, of what is told of several distributions taken
    together.

    It starts from the bell-shaped spread that fits best, which counts as ten people, and moves to what is told of steps
    by themselves (expectation and maximisation). Every step has a share above 0, and all add up to 1.
    """
    place = {step: at for at, step in enumerate(steps)}
    counts: dict[tuple[int, ...], int] = {}
    for each in told:
        for part, some in each.items():
            key = tuple(sorted(place[step] for step in part))
            counts[key] = counts.get(key, 0) + some
    within = np.zeros((len(counts), len(steps)))
    for row, part in enumerate(counts):
        within[row, list(part)] = 1.0
    people = np.array(list(counts.values()), dtype=float)
    start = _bell(within, people)
    share = start
    for _ in range(ROUNDS):
        given = within * share
        expected = (people / given.sum(axis=1)) @ given + USUAL * start
        share = expected / expected.sum()
    return dict(zip(steps, share.tolist(), strict=True))


def _bell(within: np.ndarray, people: np.ndarray) -> np.ndarray:
    """The normal spread over so many steps that makes what is told most likely, of means and widths on a grid."""
    count = within.shape[1]
    cuts = np.arange(1, count) - 0.5
    means, widths = np.linspace(-1, count, MEANS), np.geomspace(0.3, count, WIDTHS)
    below = ndtr((cuts - means[:, None, None]) / widths[:, None])
    ends = np.ones((*below.shape[:2], 1))
    shares = np.diff(np.concatenate([0 * ends, below, ends], axis=2), axis=2)
    shares = (shares + LEAST).reshape(-1, count) / (1 + count * LEAST)
    # One person more on each step: so that steps are not ruled out where hardly any are told by themselves.
    fit = np.log(shares @ within.T) @ people + np.log(shares).sum(axis=1)
    best = shares[int(np.argmax(fit))]
    return np.asarray(best, dtype=float)


def _of_part(steps: Sequence[float], usual: Mapping[float, float], short: Mapping[float, float]) -> tuple[float, float]:
    """How far people on these steps fall short on average, and the mean of its square."""
    whole = sum(usual[step] for step in steps)
    mean = sum(usual[step] * short[step] for step in steps) / whole
    return mean, sum(usual[step] * short[step] ** 2 for step in steps) / whole


def _loss(parts: Sequence[tuple[int, float, float]], number: int, total: float) -> float:
    if number <= REMOVED:
        return 1.0
    left, taken = REMOVED, 0.0
    for people, mean, _ in sorted(parts, key=lambda part: -part[1]):
        some = min(left, people)
        left, taken = left - some, taken + some * mean
    return total / number - (total - taken) / (number - REMOVED)
