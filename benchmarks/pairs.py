"""What it gains to choose the next pair of the sixty-second mode: how well the order is found, by how many answers.

People come one after the other and are put some pairs each; what is known is published anew after every `wait` people.
Two ways to choose: at random of all pairs, and by `survey.pairs`, which goes by the places published and by what this
person said. The order is found in both cases by `analysis.pairs`, where there is a ladder with the places by it as what
is known before. tau (Kendall) is between the order found and the true one. Told are: tau of random pairs; how much tau
is above it, with its standard error; and the part of the random answers that can be done without to reach their tau,
interpolated between releases, on average of the second half of them, with its standard error (jackknife).

Wherever worth lies, an answer about two equals tells 1/4, one about a pair at random the mean of p (1 - p): "bound" is
the part of the answers nobody can save more than, if all that counts is how much each tells.

    python benchmarks/pairs.py                          # 24 replicates a scenario
    python benchmarks/pairs.py 200 1000                 # replicates, and the first seed
    python benchmarks/pairs.py 200 1000 "base" "ties"   # and some scenarios only
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
from pandas import DataFrame
from scipy.stats import kendalltau

from feedback.analysis.pairs import fit_pairs
from feedback.survey.kinds import SAME
from feedback.survey.pairs import Places, next_pair

REPLICATES = 24
FIT = 1.0
"""While people answer, a fixed spread does; in the end it is worked out as everywhere."""


@dataclass(frozen=True)
class Scenario:
    """items, worth: how many credentials, and the standard deviation of their worth (log-odds). taste: that of what a
    person sees in each beyond that. even: within so much (log-odds) a person says "much the same". people, each: how
    many come, and how many pairs each is put. wait: so many come before what is known is published anew. ladder: the
    part (0-1) of the differences that the ladder's answers have settled before; 0 where there are none."""

    name: str
    items: int = 20
    worth: float = 1.0
    taste: float = 0.0
    even: float = 0.0
    people: int = 60
    each: int = 10
    wait: int = 10
    ladder: float = 0.0


SCENARIOS = (
    Scenario("base"),
    Scenario("close in worth", worth=0.5),
    Scenario("far apart", worth=2.0),
    Scenario("tastes differ", taste=1.0),
    Scenario("ties", even=0.5),
    Scenario("seldom released", wait=30),
    Scenario("few people", people=20),
    Scenario("after a ladder", ladder=0.7),
    Scenario("far apart, after one", worth=2.0, ladder=0.7),
    Scenario("fifty credentials", items=50, people=150, wait=25),
)


@dataclass(frozen=True)
class Known:
    """What is known of all: worth (n,) and its covariance (n, n)."""

    worth: np.ndarray
    covariance: np.ndarray


Pair = tuple[int, int]
Choose = Callable[[Places, dict[Pair, float], int, np.random.Generator], Pair]


def by_chance(published: Places, said: dict[Pair, float], items: int, random: np.random.Generator) -> Pair:
    """Any pair the person was not put."""
    while True:
        one, other = sorted(int(place) for place in random.choice(items, 2, replace=False))
        if (one, other) not in said:
            return one, other


@cache
def every_pair(items: int) -> tuple[str, ...]:
    """The ids of all pairs of so many."""
    return tuple(f"{one:03}|{other:03}" for one, other in combinations(range(items), 2))


def by_survey(published: Places, said: dict[Pair, float], items: int, random: np.random.Generator) -> Pair:
    """By `survey.pairs`."""
    chosen = {
        f"{one:03}|{other:03}": SAME if outcome == 0.5 else f"{one if outcome else other:03}"
        for (one, other), outcome in said.items()
    }
    found = next_pair(every_pair(items), chosen, published, str(random.integers(1 << 30)))
    assert found is not None
    return int(found[:3]), int(found[4:])


def run(scenario: Scenario, choose: Choose, seed: int) -> Iterator[float]:
    """tau each time what is known is worked out anew."""
    random = np.random.default_rng([seed, 0])
    fixed = np.random.default_rng([seed, 1])
    worth = fixed.normal(0, scenario.worth, scenario.items)
    before = ladder_of(scenario, worth, fixed)
    rows: list[tuple[int, int, float]] = []
    published = places(before) if scenario.ladder else {}
    for person in range(scenario.people):
        eyes = worth + random.normal(0, scenario.taste, scenario.items)
        said: dict[Pair, float] = {}
        for _ in range(scenario.each):
            one, other = choose(published, said, scenario.items, random)
            ahead = eyes[one] - eyes[other] + random.logistic()
            said[one, other] = 0.5 if abs(ahead) < scenario.even else float(ahead > 0)
        rows += [(*pair, outcome) for pair, outcome in said.items()]
        if (person + 1) % scenario.wait == 0:
            known = fitted(rows, before)
            published = places(known)
            yield float(kendalltau(known.worth, worth).statistic)


def ladder_of(scenario: Scenario, worth: np.ndarray, random: np.random.Generator) -> Known:
    """What is known before the first pair: nothing, or what a ladder has settled."""
    known = scenario.ladder or FIT**2 / (FIT**2 + 1e12)
    seen = worth + random.normal(0, scenario.worth * np.sqrt(1 / known - 1), scenario.items)
    spread = scenario.worth if scenario.ladder else FIT
    return Known(known * seen if scenario.ladder else 0 * seen, np.eye(scenario.items) * spread**2 * (1 - known))


def fitted(rows: list[tuple[int, int, float]], before: Known) -> Known:
    """What all choices say, together with what was known before."""
    found = fit_pairs(DataFrame(rows, columns=["first", "second", "outcome"]), spread=FIT)
    put, size = found.items.to_numpy(), len(before.worth)
    inside = np.ix_(put, put)
    told = np.linalg.inv(found.covariance + np.full_like(found.covariance, FIT**2 / len(put)))
    precision, moved = np.linalg.inv(before.covariance), np.zeros(size)
    moved[put] = told @ found.effects
    total = precision.copy()
    total[inside] += told - np.eye(len(put)) / FIT**2
    covariance = np.linalg.inv(total)
    return Known(covariance @ (moved + precision @ before.worth), covariance)


def places(known: Known) -> Places:
    """What is published of it: each place, and its standard deviation."""
    doubt = np.sqrt(np.diag(known.covariance))
    return {f"{at:03}": (float(known.worth[at]), float(doubt[at])) for at in range(len(doubt))}


def saved(often: np.ndarray, random: np.ndarray, other: np.ndarray) -> float:
    """The part of the random answers the other way can do without for the tau they reach, on average of the second half
    of the releases; below 0 where it needs more. More than all there were counts as all there were."""
    late = slice(len(often) // 2 - 1, None)
    times, reached = np.append(0, often), np.maximum.accumulate(np.append(0.0, other))
    return float((1 - np.interp(random[late], reached, times) / often[late]).mean())


def doubt_of_saved(often: np.ndarray, random: np.ndarray, other: np.ndarray) -> float:
    """Its standard error, by leaving out one replicate after the other."""
    count = len(random)
    less = [
        saved(often, np.delete(random, at, axis=0).mean(axis=0), np.delete(other, at, axis=0).mean(axis=0))
        for at in range(count)
    ]
    return float(np.sqrt((count - 1) * np.var(less)))


def bound(scenario: Scenario, draws: int = 100_000) -> float:
    """What can be saved at the most, by how much an answer tells."""
    apart = np.random.default_rng(0).normal(0, scenario.worth * np.sqrt(2), draws)
    chance = 1 / (1 + np.exp(-apart))
    return float(1 - 4 * (chance * (1 - chance)).mean())


def cost(items: int = 50, times: int = 100) -> float:
    """Milliseconds of CPU for one choice, the twentieth of a person."""
    pairs = every_pair(items)
    chosen, published = dict.fromkeys(pairs[:19], SAME), {f"{at:03}": (at / 10, 0.3) for at in range(items)}
    before = time.process_time()
    for at in range(times):
        next_pair(pairs, chosen, published, str(at))
    return 1000 * (time.process_time() - before) / times


def main() -> None:
    """Print the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    print(f"{replicates} replicates; one choice among 50 credentials: {cost():.2f} ms of CPU", flush=True)
    print(f"{'scenario':<22}{'answers':>8}{'bound':>7}{'random':>8}{'gain in tau':>16}{'answers saved':>16}")
    for scenario in [each for each in SCENARIOS if each.name in sys.argv[3:] or len(sys.argv) < 4]:
        often = scenario.each * np.arange(scenario.wait, scenario.people + 1, scenario.wait)
        random, other = (taus(scenario, choose, first, replicates) for choose in (by_chance, by_survey))
        gain = other[:, -1] - random[:, -1]
        error = gain.std(ddof=1) / np.sqrt(replicates) if replicates > 1 else np.nan
        part = saved(often, random.mean(axis=0), other.mean(axis=0))
        told = f"{part:.0%} ±{doubt_of_saved(often, random, other):.0%}"
        print(
            f"{scenario.name:<22}{often[-1]:>8}{bound(scenario):>7.0%}{random[:, -1].mean():8.3f}"
            f"{gain.mean():+9.3f} ±{error:.3f}{told:>16}",
            flush=True,
        )


def taus(scenario: Scenario, choose: Choose, first: int, replicates: int) -> np.ndarray:
    """Replicates x the times what is known is worked out."""
    return np.array([list(run(scenario, choose, seed)) for seed in range(first, first + replicates)])


if __name__ == "__main__":
    main()
