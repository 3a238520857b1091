"""How good the list of what should change is, and how honest the word "changed": simulations with a known truth.

Courses of ten items and an overall answer. Latent: items = sqrt(.6) x one halo factor + sqrt(.4) x their own part, sd
.9, around a mean drawn for each course and item (sd .4 around 3.9); overall = the items' deviations times true weights
(.45 .35 .25 .15 .10 .05 and four of 0; a course may have its own: each plus a normal deviation, sd .15) + noise of sd
.6, brought to sd .9 around 3.9. All is answered in whole steps from 1 to 5. n people answer each of 40 courses. The
true gain of an item is its true weight (not below 0) times how far its true mean of answers falls short of 5.

    drivers     Kendall's tau of importance with the true weights: a course alone, pooled with the weight chosen by
                cross-validation, all courses as one; the weights chosen; share of 90% intervals that hold the
                importance in the whole population of the course: pooled (Wishart), and of a course alone (people drawn)
    priority    share of the true top three of a course found, and what these gain of what the true ones would: by gap
                alone, own importance x gap, the list by exact means; of lines with P(top 3) above .8, how many are
                right. The page reckons the gap from the steps that are told, since exact means would tell single
                answers: "shown of it" is the list of one course, "shown over all" the one over all of them
    changed     400 lines, a fifth of them moved by .4 either way, n from 8 to 40 each time, true means of sd .3 around
                3.6: flags, the false share of them, the share of moves found; of all lines, and of 20 named beforehand
                of which half moved; coverage of the 90% interval of the difference
    lists       13 credentials of eight lines, of which three changed by .8 in half of theirs, n from 12 to 60: by one
                list, drawn together over all (as on the pages), and by a list each, drawn together within it
    worst       the worst tenth of lines looked at again, nothing having changed: how much they "improve"
    action      one line acted on (the worst of ten), nine untouched, drift of all of mean .2, of each of sd .1: how
                often "worked" by true effect (0, .4, .8; promised .4), and how often "did not"; told and not told how
                far lines of the same people go together

    python benchmarks/change.py [REPLICATES]      # 20 if not said: some three minutes of CPU
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from pandas import DataFrame, concat
from scipy.special import ndtr
from scipy.stats import kendalltau

from feedback.analysis.drivers import Sums, drivers, johnson, pooled_drivers, sums_of
from feedback.analysis.priorities import rank_changes
from feedback.analysis.progress import CHANGED, DID_NOT, WORKED, effect_of, what_changed
from feedback.analysis.shrinkage import draw_together, usual_errors
from feedback.analysis.steps import Told, how_short
from feedback.disclosure import Limits
from feedback.findings.cells import joined
from feedback.findings.far import with_gaps
from feedback.findings.lines import QUESTION, Line

WEIGHTS = np.array([0.45, 0.35, 0.25, 0.15, 0.1, 0.05, 0, 0, 0, 0])
ITEMS = [f"item {number}" for number in range(len(WEIGHTS))]
HALO, NOISE, SD, MIDDLE, BETWEEN = 0.6, 0.6, 0.9, 3.9, 0.4
STEPS, SIDES, LIMITS = (1.0, 2.0, 3.0, 4.0, 5.0), (-1, -1, 0, 1, 1), Limits()
COURSES, MANY, TOP, SURE = 40, 40_000, 3, 0.8


@dataclass(frozen=True)
class Course:
    """A course as it truly is: the weights of its items, and where on the scale each lies (latent)."""

    weights: np.ndarray
    middles: np.ndarray

    def answers(self, people: int, chance: np.random.Generator) -> np.ndarray:
        """What so many people answer: ten items and the overall answer, in whole steps from 1 to 5."""
        halo = chance.normal(size=(people, 1))
        items = np.sqrt(HALO) * halo + np.sqrt(1 - HALO) * chance.normal(size=(people, len(WEIGHTS)))
        overall = items @ self.weights + NOISE * chance.normal(size=people)
        overall /= np.sqrt(HALO * self.weights.sum() ** 2 + (1 - HALO) * (self.weights**2).sum() + NOISE**2)
        latent = np.column_stack([self.middles + SD * items, MIDDLE + SD * overall])
        return np.clip(np.rint(latent), 1, 5)


def course(differ: float, chance: np.random.Generator) -> Course:
    """A course drawn by lot."""
    return Course(WEIGHTS + differ * chance.normal(size=len(WEIGHTS)), chance.normal(MIDDLE, BETWEEN, len(WEIGHTS)))


def main() -> None:
    """Print the tables."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for differ in (0.0, 0.15):
        for people in (12, 30, 100):
            told = list_study(people, differ, replicates=max(2, replicates // 5))
            print(f"list, weights differ by {differ}, n = {people}: {said(told)}")
    for people in (30, 100, 300):
        print(f"drivers of one course, n = {people}: {said(interval_study(people, replicates=5 * replicates))}")
    print("changed, 400 lines:", said(changed_study(400, 0.2, 5 * replicates)))
    print("changed, 20 named:", said(changed_study(20, 0.5, 20 * replicates)))
    for together in (True, False):
        print(
            f"changed, {'one list' if together else 'a list each'}:",
            said(lists_study(together=together, replicates=10 * replicates)),
        )
    for people in (8, 20, 50):
        print(f"worst, n = {people}:", said(worst_study(people, replicates)))
    for halo in (0.0, HALO):
        print(f"action, n = 30, together {halo}:", said(action_study(30, halo, 20 * replicates)))


def said(figures: Mapping[str, float]) -> str:
    """Figures in a line."""
    return ", ".join(f"{name} {value:.2f}" for name, value in figures.items())


def list_study(people: int, differ: float, *, replicates: int, seed: int = 0, truths: int = 6) -> dict[str, float]:
    """Drivers and priorities of 40 courses. truths: of so many courses a replicate coverage is looked at."""
    chance = np.random.default_rng(seed)
    found: dict[str, list[float]] = {}
    for _ in range(replicates):
        courses = [course(differ, chance) for _ in range(COURSES)]
        answers = [each.answers(people, chance) for each in courses]
        names = [f"{number:02}" for number in range(COURSES)]
        parts = {name: _sums(told) for name, told in zip(names, answers, strict=True)}
        pooled = pooled_drivers(parts)
        assert pooled is not None
        found.setdefault("weight", []).append(pooled.weight)
        by_course = dict(list(pooled.table.groupby("credential")))
        common = by_course[""]["importance"].to_numpy()
        lines = _lines(answers, by_course, names)
        alone, over_all = _shown_lines(answers, by_course, names)
        for at, (each, told, name) in enumerate(zip(courses, answers, names, strict=True)):
            mine, own = by_course[name], johnson(_correlations(told))
            for of, importance in (("alone", own), ("pooled", mine["importance"]), ("as one", common)):
                found.setdefault(f"tau {of}", []).append(kendalltau(importance, each.weights).statistic)
            whole = each.answers(MANY, chance) if at < truths else None
            if whole is not None:
                truth = johnson(_correlations(whole))
                held = (mine["low"] <= truth) & (truth <= mine["high"])
                found.setdefault("covered", []).append(float(held.mean()))
            gain = np.maximum(each.weights, 0) * (5 - _mean_of_steps(each.middles))
            _score(found, gain, own, told, lines[name])
            _score_shown(found, gain, alone[name], "shown of it")
            _score_shown(found, gain, over_all[name], "shown over all")
    return {name: float(np.nanmean(values)) for name, values in found.items()}


def _sums(answers: np.ndarray) -> Sums:
    return sums_of(DataFrame(answers, columns=[*ITEMS, "overall"]))


def _correlations(answers: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.nan_to_num(np.corrcoef(answers.T))
    np.fill_diagonal(found, 1.0)
    return found


def _mean_of_steps(middles: np.ndarray) -> np.ndarray:
    """The mean answer in whole steps from 1 to 5 where the latent mean is this."""
    cuts = np.array([1.5, 2.5, 3.5, 4.5])
    return 1 + ndtr((middles[:, None] - cuts) / SD).sum(axis=1)


def _gaps(people: np.ndarray, means: np.ndarray, sds: np.ndarray, *, target: float, span: float) -> DataFrame:
    """How far means of one scale fall short of a target, as parts of the scale: gap, gap_sd, one row a mean.

    people, means, sds: of the answers behind each, two people or more. target: in the scale's own unit (its best step,
    or what the best of the programme reach: say which on the page); span: from its lowest to its highest step. The
    means are drawn together (shrinkage.draw_together), so that few answers alone make no large gap.
    """
    errors, _ = usual_errors(people, sds)
    drawn = draw_together(means, errors)
    return DataFrame({"gap": (target - drawn.mean) / span, "gap_sd": drawn.sd / span})


def _lines(answers: list[np.ndarray], by_course: Mapping[str, DataFrame], names: list[str]) -> dict[str, DataFrame]:
    """The lines of each course; the gaps of an item are drawn together over all courses."""
    means = np.array([told[:, :-1].mean(axis=0) for told in answers])
    sds = np.array([told[:, :-1].std(axis=0, ddof=1) for told in answers])
    n = np.full(len(answers), len(answers[0]))
    short = [_gaps(n, means[:, item], sds[:, item], target=5, span=4) for item in range(len(ITEMS))]
    found = {}
    for at, name in enumerate(names):
        mine = by_course[name]
        gap = [(each["gap"].iloc[at], each["gap_sd"].iloc[at]) for each in short]
        found[name] = DataFrame(
            {
                "id": ITEMS,
                "source": "learner",
                "importance": mine["share"].to_numpy(),
                "importance_sd": mine["share_sd"].to_numpy(),
                "gap": [one for one, _ in gap],
                "gap_sd": [sd for _, sd in gap],
                "reach": 1.0,
            }
        )
    return found


def _shown_lines(
    answers: list[np.ndarray], by_course: Mapping[str, DataFrame], names: list[str]
) -> tuple[dict[str, DataFrame], dict[str, DataFrame]]:
    """The lines of each course as the page has them: of how far answers fall short by the steps that are told, on the
    list of the course alone (by its own importance), and on the list over all (gaps drawn together, one importance)."""
    told = {
        (name, item): _told(table[:, at])
        for name, table in zip(names, answers, strict=True)
        for at, item in enumerate(ITEMS)
    }
    over_all = {(line.credential, line.id): line for line in with_gaps(_as_lines(told))}
    alone = {
        (line.credential, line.id): line
        for name in names
        for line in with_gaps(_as_lines({place: each for place, each in told.items() if place[0] == name}))
    }
    return (
        {name: _ranked(name, alone, by_course[name]) for name in names},
        {name: _ranked(name, over_all, by_course[""]) for name in names},
    )


def _told(answers: np.ndarray) -> Told:
    """What stands under "all answers" of one question: steps, neighbours joined where fewer than five gave one; or how
    many rated it well, and how many did not."""
    counts = [int((answers == step).sum()) for step in STEPS]

    def may(first: int, last: int) -> bool:
        people = sum(counts[first : last + 1])
        return not people or people >= LIMITS.minimum_group

    parts = joined(SIDES, may) if len(answers) >= 2 * LIMITS.minimum_group else []
    return {STEPS[first : last + 1]: sum(counts[first : last + 1]) for first, last in parts or [(0, 2), (3, 4)]}


def _as_lines(told: Mapping[tuple[str, str], Told]) -> list[Line]:
    """Lines as they are handed to `with_gaps`."""
    short = how_short(list(told.values()), {step: (5 - step) / 4 for step in STEPS})
    lines = []
    for ((name, item), parts), each in zip(told.items(), short, strict=True):
        share = sum(people for steps, people in parts.items() if max(steps) < 4) / each.people
        line = Line(name, QUESTION, item, "", "learner", each.people, None, None, share, 0, 1, item, "")
        lines.append(replace(line, short=each.mean, short_sd=each.sd))
    return lines


def _ranked(name: str, lines: Mapping[tuple[str, str], Line], importance: DataFrame) -> DataFrame:
    """The lines of one course as `rank_changes` takes them."""
    return DataFrame(
        {
            "id": ITEMS,
            "source": "learner",
            "importance": importance["share"].to_numpy(),
            "importance_sd": importance["share_sd"].to_numpy(),
            "gap": [lines[name, item].gap for item in ITEMS],
            "gap_sd": [lines[name, item].gap_sd for item in ITEMS],
            "reach": 1.0,
        }
    )


def _score_shown(found: dict[str, list[float]], gain: np.ndarray, lines: DataFrame, said: str) -> None:
    best = set(np.argsort(-gain)[:TOP].tolist())
    chosen = [ITEMS.index(change) for change in rank_changes(lines, draws=500)["change"]][:TOP]
    found.setdefault(f"top 3, {said}", []).append(len(best & set(chosen)) / TOP)
    found.setdefault(f"gained, {said}", []).append(gain[chosen].sum() / gain[list(best)].sum())


def _score(
    found: dict[str, list[float]], gain: np.ndarray, alone: np.ndarray, told: np.ndarray, lines: DataFrame
) -> None:
    best = set(np.argsort(-gain)[:TOP].tolist())
    short = 5 - told[:, :-1].mean(axis=0)
    ranked = rank_changes(lines, draws=500)
    place = [ITEMS.index(change) for change in ranked["change"]]
    orders = {"gap alone": np.argsort(-short), "own x gap": np.argsort(-alone * short), "list": np.array(place)}
    for name, order in orders.items():
        chosen = order[:TOP].tolist()
        found.setdefault(f"top 3, {name}", []).append(len(best & set(chosen)) / TOP)
        found.setdefault(f"gained, {name}", []).append(gain[chosen].sum() / gain[list(best)].sum())
    sure = [at for at, p in zip(place, ranked["p_top"], strict=True) if p > SURE]
    found.setdefault("named surely", []).append(len(sure))
    found.setdefault("of these right", []).extend(float(at in best) for at in sure)


def interval_study(people: int, *, replicates: int, seed: int = 0) -> dict[str, float]:
    """How many intervals of one course, people drawn, hold the importance in its whole population."""
    chance = np.random.default_rng(seed)
    held, wide = [], []
    for _ in range(replicates):
        each = course(0.0, chance)
        truth = johnson(_correlations(each.answers(MANY, chance)))
        answers = DataFrame(each.answers(people, chance), columns=[*ITEMS, "overall"])
        table = drivers(answers, "overall", ITEMS).table
        held.append(((table["low"] <= truth) & (truth <= table["high"])).mean())
        wide.append((table["high"] - table["low"]).mean())
    return {"covered": float(np.mean(held)), "width": float(np.mean(wide))}


def changed_study(count: int, moved: float, replicates: int, *, by: float = 0.4, seed: int = 0) -> dict[str, float]:
    """Flags of what_changed; the false share is of all flags of all replicates."""
    chance = np.random.default_rng(seed)
    flags, false, right, held, smallest = 0, 0, 0, [], []
    for _ in range(replicates):
        before = chance.normal(3.6, 0.3, count)
        move = np.where(np.arange(count) < moved * count, chance.choice([-by, by], count), 0.0)
        found = what_changed(run_twice(before, before + move, chance.integers(8, 41, (2, count)), chance))
        flagged = (found["state"] == CHANGED).to_numpy()
        flags += int(flagged.sum())
        false += int((flagged & (move == 0)).sum())
        right += int((flagged & (move != 0)).sum())
        truth = _mean_of_steps(before + move) - _mean_of_steps(before)
        held.append(((found["low"] <= truth) & (truth <= found["high"])).mean())
        smallest.append(found["smallest"].mean())
    return {
        "flags": flags / replicates,
        "false share": false / max(flags, 1),
        "moves found": right / (replicates * max(moved * count, 1)),
        "covered": float(np.mean(held)),
        "smallest that could be seen": float(np.mean(smallest)),
    }


def lists_study(
    *, together: bool, replicates: int, credentials: int = 13, lines: int = 8, seed: int = 0
) -> dict[str, float]:
    """Flags of an institution of whose credentials three changed in half of their lines, by .8. together: one list of
    all lines, drawn together, as the pages have it; else one a credential."""
    chance = np.random.default_rng(seed)
    flags, false, right, wrong_pages = 0, 0, 0, 0
    for _ in range(replicates):
        tables, moves = [], []
        for number in range(credentials):
            before = chance.normal(3.6, 0.3, lines)
            move = np.where((number < 3) & (np.arange(lines) < lines / 2), chance.choice([-0.8, 0.8]), 0.0)
            people = np.repeat(chance.integers(12, 61, (2, 1)), lines, axis=1)
            tables.append(run_twice(before, before + move, people, chance))
            moves.append(move)
        found = [what_changed(concat(tables))] if together else [what_changed(each) for each in tables]
        flagged = concat(found)["state"].eq(CHANGED).to_numpy()
        moved = np.concatenate(moves) != 0
        flags += int(flagged.sum())
        false += int((flagged & ~moved).sum())
        right += int((flagged & moved).sum())
        wrong_pages += int((flagged & ~moved).reshape(credentials, lines).any(axis=1).sum())
    return {
        "flags": flags / replicates,
        "false share": false / max(flags, 1),
        "moves found": right / (replicates * 3 * lines / 2),
        "pages with a false flag": wrong_pages / (replicates * credentials),
    }


def worst_study(people: int, replicates: int, *, count: int = 200, seed: int = 0) -> dict[str, float]:
    """By how much the worst tenth improve with no change."""
    chance = np.random.default_rng(seed)
    plain, drawn = [], []
    for _ in range(replicates):
        before = chance.normal(3.6, 0.3, count)
        found = what_changed(run_twice(before, before, np.full((2, count), people), chance))
        worst = found["mean_before"].argsort()[: count // 10]
        plain.append((found["mean"] - found["mean_before"]).iloc[worst].mean())
        drawn.append(found["difference"].iloc[worst].mean())
    return {"raw": float(np.mean(plain)), "from the shrunk baseline": float(np.mean(drawn))}


def action_study(people: int, together: float, replicates: int, *, seed: int = 0) -> dict[str, float]:
    """Verdicts on an action on the worst of ten lines of the same people, with a drift of all."""
    chance = np.random.default_rng(seed)
    found: dict[str, list[float]] = {}
    for _ in range(replicates):
        before = chance.normal(3.6, 0.3, 10)
        first = _same_people(before, people, chance)
        touched = int(np.argmin(first.mean(axis=0)))
        for effect in (0.0, 0.4, 0.8):
            now = before + chance.normal(0.2, 0.1, 10)
            now[touched] += effect
            lines = _twice(first, _same_people(now, people, chance))
            promised = np.diff(_mean_of_steps(np.array([now[touched] - effect, now[touched] - effect + 0.4])))[0]
            told = effect_of(lines, touched, expected=float(promised), together=together)
            found.setdefault(f"worked at {effect}", []).append(told.verdict == WORKED)
            found.setdefault(f"did not at {effect}", []).append(told.verdict == DID_NOT)
    return {name: float(np.mean(values)) for name, values in found.items()}


def _same_people(middles: np.ndarray, people: int, chance: np.random.Generator) -> np.ndarray:
    halo = np.sqrt(HALO) * chance.normal(size=(people, 1))
    latent = middles + SD * (halo + np.sqrt(1 - HALO) * chance.normal(size=(people, len(middles))))
    return np.clip(np.rint(latent), 1, 5)


def _twice(first: np.ndarray, second: np.ndarray) -> DataFrame:
    table: dict[str, object] = {"id": range(first.shape[1]), "version_before": 1, "version": 1}
    for when, told in (("_before", first), ("", second)):
        table |= {f"n{when}": len(told), f"mean{when}": told.mean(axis=0), f"sd{when}": told.std(axis=0, ddof=1)}
    return DataFrame(table)


def run_twice(before: np.ndarray, now: np.ndarray, people: np.ndarray, chance: np.random.Generator) -> DataFrame:
    """Lines answered by other people each time. people (2, lines)."""
    table: dict[str, object] = {"id": range(len(before)), "version_before": 1, "version": 1}
    for when, middles, n in (("_before", before, people[0]), ("", now, people[1])):
        told = [np.clip(np.rint(chance.normal(m, SD, k)), 1, 5) for m, k in zip(middles, n, strict=True)]
        table |= {f"n{when}": n, f"mean{when}": [each.mean() for each in told]}
        table[f"sd{when}"] = [each.std(ddof=1) for each in told]
    return DataFrame(table)


if __name__ == "__main__":
    main()
