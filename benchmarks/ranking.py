"""How good the ranking of credentials is: a simulation study with a known truth.

A scenario draws what credentials are worth, how kind employers are and what each answers, in whole steps of the scale,
many times; `rank_items` ranks the answers. Columns, over all replicates:

    tau, raw     Kendall's tau-b with the true order: of the effects, of the plain means; se: of their difference
    covered      share of 90% intervals that hold the true effect (on the scale of the answers, by the same scenario)
    gap          the largest difference, over tenths of P(top 5) that hold 400 credentials or more (one of fewer says
                 little: its se is above .025), of the mean chance given and how often it was so (equals share by lot)
    zero         share of replicates where REML finds no variance between credentials
    ms           CPU milliseconds a ranking

    python benchmarks/ranking.py [REPLICATES [SCENARIO ...]]    # 200 and all if not said: some five minutes

Self-selected ratings (employers rate what they like) are reported; no method repairs them. Where all credentials are
equal there is no order to find, so tau is not defined, and an interval around 0 holds the truth nearly always.
"""

import os
import sys
import time
from dataclasses import dataclass

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from pandas import DataFrame
from scipy.special import ndtr
from scipy.stats import kendalltau

from feedback.analysis.value import rank_items

TOP = 5
LEAST_IN_BIN = 400


@dataclass(frozen=True)
class Scenario:
    """What is drawn: `each` of the credentials rated by every employer, chosen by lot; the latent answer is middle +
    worth + leniency + noise (normal, these sds), rounded to whole steps from 1 to `steps`. levels: worth takes so many
    different values only, evenly spaced with the same sd (0: any value). liking: credentials are chosen with a chance
    that grows by exp(liking x the employer's latent answer)."""

    name: str
    credentials: int = 40
    employers: int = 60
    each: int = 3
    worth: float = 0.4
    leniency: float = 0.6
    noise: float = 0.8
    middle: float = 3.5
    steps: int = 5
    levels: int = 0
    liking: float = 0.0


SCENARIOS = (
    Scenario("base"),
    Scenario("few ratings", employers=40),
    Scenario("many ratings", employers=150, each=4),
    Scenario("strong leniency", leniency=1.0),
    Scenario("no leniency", leniency=0.0),
    Scenario("skewed scale", middle=4.4),
    Scenario("ties in answers", steps=3, middle=2.0),
    Scenario("ties in truth", levels=4),
    Scenario("no variance", worth=0.0),
    Scenario("self-selected", liking=1.5),
)


@dataclass(frozen=True)
class Measured:
    """What a scenario gave: see the head of this file. tau and raw: one value a replicate."""

    tau: np.ndarray
    raw: np.ndarray
    covered: float
    gap: float
    zero: float
    milliseconds: float

    @property
    def gain(self) -> float:
        """Mean tau of the effects above that of the plain means."""
        return float((self.tau - self.raw).mean())

    @property
    def error(self) -> float:
        """The standard error of the gain."""
        return float((self.tau - self.raw).std(ddof=1) / np.sqrt(len(self.tau)))


def study(scenario: Scenario, replicates: int, method: str = "auto", seed: int = 0) -> Measured:
    """Draw and rank so many times; the same seed gives the same answer."""
    draw = np.random.default_rng([seed, *scenario.name.encode()])
    taus, raws, held, chances, among, zeros, spent = [], [], [], [], [], [], 0.0
    for number in range(replicates):
        truth, ratings = drawn(scenario, draw)
        began = time.process_time()
        found = rank_items(ratings, top=TOP, seed=number, method=method)
        spent += time.process_time() - began
        real = truth[found["item"].to_numpy()]
        taus.append(tau(found["effect"], real))
        raws.append(tau(found["mean"], real))
        held.append((found["low"] <= real) & (real <= found["high"]))
        chances.append(found["p_top"])
        order = np.lexsort((draw.random(len(real)), -real))
        among.append(np.isin(np.arange(len(real)), order[:TOP]))
        zeros.append(found.attrs["variance_item"] == 0)
    return Measured(
        np.array(taus), np.array(raws), float(np.concatenate(held).mean()),
        gap(np.concatenate(chances), np.concatenate(among)), float(np.mean(zeros)), 1000 * spent / replicates,
    )  # fmt: skip


def drawn(scenario: Scenario, draw: np.random.Generator) -> tuple[np.ndarray, DataFrame]:
    """The true effects (one a credential) and the ratings."""
    worth = draw.normal(0, 1, scenario.credentials)
    if scenario.levels:
        values = np.arange(scenario.levels) - (scenario.levels - 1) / 2
        worth = draw.choice(values / values.std(), scenario.credentials)
    worth = worth * scenario.worth
    kind = draw.normal(0, scenario.leniency, scenario.employers)
    latent = scenario.middle + worth + kind[:, None] + draw.normal(0, scenario.noise, (scenario.employers, len(worth)))
    lots = scenario.liking * latent + draw.gumbel(size=latent.shape)
    item = np.argsort(-lots, axis=1)[:, : scenario.each]
    score = np.clip(np.rint(np.take_along_axis(latent, item, axis=1)), 1, scenario.steps)
    rater = np.repeat(np.arange(scenario.employers), scenario.each)
    return true_effects(scenario, worth), DataFrame({"item": item.ravel(), "rater": rater, "score": score.ravel()})


def true_effects(scenario: Scenario, worth: np.ndarray) -> np.ndarray:
    """What all employers would answer on average about each credential, less that of a credential drawn by lot."""
    spread = np.hypot(scenario.leniency, scenario.noise)
    cuts = np.arange(1, scenario.steps) + 0.5

    def answer(latent: np.ndarray) -> np.ndarray:
        return 1 + ndtr((scenario.middle + latent[:, None] - cuts) / spread).sum(axis=1)

    if scenario.levels:
        values = np.arange(scenario.levels) - (scenario.levels - 1) / 2
        return answer(worth) - answer(values / values.std() * scenario.worth).mean()
    points, weights = np.polynomial.hermite_e.hermegauss(31)
    true = answer(worth) - weights @ answer(points * scenario.worth) / weights.sum()
    return np.round(true, 12)  # where all are equal, 0 and not what rounding leaves of it


def tau(given: np.ndarray, real: np.ndarray) -> float:
    """Kendall's tau-b; 0 where all are given as equal, NaN where all are equal."""
    if np.ptp(real) == 0:
        return float("nan")
    return float(kendalltau(given, real).statistic) if np.ptp(given) > 0 else 0.0


def gap(chance: np.ndarray, happened: np.ndarray) -> float:
    """The largest difference between chances given and how often it was so, over tenths with enough cases."""
    tenth = np.minimum((chance * 10).astype(int), 9)
    differences = [
        abs(chance[tenth == each].mean() - happened[tenth == each].mean())
        for each in range(10)
        if (tenth == each).sum() >= LEAST_IN_BIN
    ]
    return float(max(differences))


def main() -> None:
    """Print the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print(f"{replicates} replicates; {SCENARIOS[0]}\nothers differ by what their line in this file says\n")
    columns = ("method", "tau", "raw", "gain", "se", "covered", "gap", "zero", "ms")
    print(f"{'':<17}" + "".join(f"{name:>9}" for name in columns))
    wanted = sys.argv[2:] or [scenario.name for scenario in SCENARIOS]
    for scenario in (each for each in SCENARIOS if each.name in wanted):
        for method in ("auto", "reml"):
            found = study(scenario, replicates, method)
            numbers = (
                found.tau.mean(),
                found.raw.mean(),
                found.gain,
                found.error,
                found.covered,
                found.gap,
                found.zero,
            )
            said = "".join(f"{number:9.3f}" for number in numbers)
            print(f"{scenario.name:<17}{method:>9}{said}{found.milliseconds:9.1f}", flush=True)


if __name__ == "__main__":
    main()
