"""What was answered at one time and at another: means by run, or by survey where it is of none, turned so that more is
better; and which of them may be told beside everything else that is."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from statistics import median
from typing import Any

import numpy as np
from pandas import DataFrame, Series

from feedback.analysis.differencing import Fact, Telling, give_away
from feedback.analysis.people import count_people
from feedback.analysis.runs import WORTH
from feedback.disclosure import Limits, may_show
from feedback.findings.cells import said_alike, steps_told
from feedback.findings.evidence import Choice, Evidence, Step
from feedback.findings.runs import work_runs

LINE = ["credential", "instrument", "question", "item"]
"""What makes a question, or a row of one, asked about a credential."""
RATED = ("scale", "grid")
DECIMALS = 1
"""Means and differences are told with so many decimals; nothing finer leaves this room."""
LEAST_STEP = 0.5 * 10**-DECIMALS
Line = tuple[str, str, str, str]


@dataclass(frozen=True)
class Ends:
    """A scale turned so that more is better. middle: the lowest and the highest of the middle steps where the good end
    lies in the middle (None elsewhere); then a step counts by how far it is off, below 0. span: from worst to best."""

    span: float
    middle: tuple[int, int] | None = None

    def turned(self, step: float) -> float:
        """What an answer counts."""
        return step if self.middle is None else -self.off(step)

    def off(self, step: float) -> float:
        """How many steps an answer is from the middle; 0 within it."""
        low, high = self.middle or (step, step)
        return max(0.0, low - step, step - high)


def ends_of_scales(evidence: Evidence) -> Mapping[str, Ends]:
    """Each scale, turned."""
    return {str(name): ends for name, steps in evidence.scales.items() if (ends := ends_of_scale(steps)) is not None}


def ends_of_scale(steps: Sequence[Step]) -> Ends | None:
    """A scale, turned; None of one without steps. The good end lies in the middle where several steps do (as
    `cells.joined` reads it)."""
    values = [float(step.value) for step in steps]
    inner = [float(step.value) for step in steps if step.side == 0]
    if not values:
        return None
    middle = (floor(median(inner)), ceil(median(inner))) if len(inner) > 1 else None
    ends = Ends(max(values) - min(values), middle)
    return Ends(max(map(ends.off, values)), middle) if middle else ends


def placed(table: DataFrame, evidence: Evidence) -> DataFrame:
    """The table with `occasion`: the run a survey is of, or the survey itself; and `is_run`."""
    survey = table["survey"].astype(object)
    run = survey.map(dict(evidence.survey_runs)).astype(object)
    return table.assign(occasion=run.where(run.notna(), survey).astype(str), is_run=run.notna().to_numpy(dtype=bool))


def rated_at(answers: DataFrame, evidence: Evidence) -> DataFrame:
    """The rating answers of a counted table with their occasion and what each counts (`value`)."""
    rates = answers["kind"].isin(RATED) & (answers["status"] == "answered")
    rated = answers[(rates & answers["number"].notna() & answers["positive"].notna()).to_numpy(dtype=bool)]
    rated = placed(rated, evidence).astype(dict.fromkeys([*LINE, "audience", "construct", "scale"], "str"))
    ends = ends_of_scales(evidence)
    plain = Ends(0.0)
    pairs = rated[["scale", "number"]].drop_duplicates().itertuples(index=False, name=None)
    value = {(scale, step): ends.get(scale, plain).turned(float(step)) for scale, step in pairs}
    counted = [value[pair] for pair in zip(rated["scale"], rated["number"], strict=True)]
    return rated.assign(value=np.array(counted, dtype=float))


def lines_at(rated: DataFrame, evidence: Evidence) -> DataFrame:
    """One row a line and occasion, of what `rated_at` gives.

    Columns: LINE, occasion, is_run, audience, construct, scale, version, family (lines that may be drawn together),
    people, organisations, largest_share, mean, sd (of a sample; NaN for one person).
    """
    by = [*LINE, "occasion"]
    counted = count_people(rated, by)
    weighed = rated.assign(
        total=rated["value"] * rated["people"], squares=rated["value"] ** 2 * rated["people"], number=rated["people"]
    )
    named = weighed.groupby(by, as_index=False).agg(
        **{name: (name, "first") for name in ("is_run", "audience", "construct", "scale")},
        oldest=("version", "min"),
        newest=("version", "max"),
        **{name: (name, "sum") for name in ("total", "squares", "number")},
    )
    both = named.merge(counted, on=by)
    n, total = both["number"].to_numpy(dtype=float), both["total"].to_numpy(dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = (both["squares"].to_numpy(dtype=float) - total**2 / n) / (n - 1)
        mean = total / n
    ends = ends_of_scales(evidence)
    shapes = [ends.get(scale, Ends(0.0)) for scale in both["scale"]]
    family = [f"{each.span:g} {each.middle or ''}" for each in shapes]
    oldest, newest = both["oldest"].astype(str), both["newest"].astype(str)
    return both.assign(
        version=oldest.where(oldest == newest, oldest + "+" + newest),
        mean=mean,
        sd=np.sqrt(np.maximum(variance, 0.0)),
        family=Series(family, index=both.index, dtype=object),
    ).drop(columns=["total", "squares", "number", "oldest", "newest"])


def paired(lines: DataFrame, pairs: Mapping[str, tuple[str, str]]) -> DataFrame:
    """Each line of a credential at two occasions side by side, columns of the first with `_before`; also lines asked at
    one of them only, with nobody at the other. pairs: by credential the two occasions.

    version and version_before are those of the questionnaire at that time, also where nobody answered the line.
    """
    held = ["people", "organisations", "largest_share", "mean", "sd"]
    fixed = ["audience", "construct", "scale", "family"]
    when = lines["credential"].map(lambda slug: pairs.get(slug, ("", "")))
    first, last = (lines[(lines["occasion"] == when.str[which]).to_numpy(dtype=bool)] for which in (0, 1))
    asked = lines[lines["credential"].isin(pairs)].drop_duplicates(LINE)[[*LINE, *fixed]]
    both = asked.merge(first[[*LINE, *held]].rename(columns={name: f"{name}_before" for name in held}), "left", on=LINE)
    both = both.merge(last[[*LINE, *held]], "left", on=LINE)
    form = ["credential", "instrument"]
    asked_in = list(zip(both["credential"], both["instrument"], strict=True))
    for at, table in (("_before", first), ("", last)):
        version = {key: versions_of(each["version"]) for key, each in table.groupby(form)}
        both[f"version{at}"] = [version.get(key, "") for key in asked_in]
        both[f"people{at}"] = both[f"people{at}"].fillna(0).astype(np.int64)
    where = [pairs[slug] for slug in both["credential"]]
    return both.assign(occasion_before=[each[0] for each in where], occasion=[each[1] for each in where])


def versions_of(each: Iterable[str]) -> str:
    """All versions in which anything was asked at a time.

    >>> versions_of(["1", "1+2"]), versions_of(["2", "2"])
    ('1+2', '2')
    """
    return "+".join(sorted({version for found in each for version in str(found).split("+")}))


def both_may(both: DataFrame, limits: Limits) -> np.ndarray:
    """Which lines may be looked at: asked in one version, of groups both times that may be shown."""
    may = (both["version_before"] == both["version"]).to_numpy(dtype=bool, copy=True)
    for at in ("_before", ""):
        people, houses, largest = (both[f"{name}{at}"] for name in ("people", "organisations", "largest_share"))
        may &= may_show(people, houses, largest, limits)
    return may


# --- which means may be told -----------------------------------------------------------------------------------------


def means_given_away(
    lines: DataFrame, rated: DataFrame, evidence: Evidence, choice: Choice, limits: Limits
) -> set[Line]:
    """The lines whose two means and numbers of people, beside what is told of the credential and of its runs, would say
    how few gave an answer, or answered at all in a run, or that all of a small group gave the same.

    lines: those that are to be told, as `paired` gives them, learners' alone. rated: of whom they come.
    """
    if lines.empty:
        return set()
    told = _steps(rated, evidence, limits)
    alike = said_alike(rated, LINE, evidence, limits)
    runs = _shares_of_runs(evidence, choice, limits) if (lines["construct"] == WORTH).any() else {}
    ends = ends_of_scales(evidence)
    given = _given(rated)
    rows = lines.to_dict("records")
    tellings = []
    for row in rows:
        line: Line = tuple(row[name] for name in LINE)
        people, positive = _parts(given[line], row, evidence, apart=row["construct"] == WORTH)
        end = ends.get(row["scale"], Ends(0.0))
        good = positive | {
            float(step.value) for step in evidence.scales.get(row["scale"], ()) if step.side == (0 if end.middle else 1)
        }
        known = list(
            _known(people, good, told.get(line, ()), line not in alike, runs if row["construct"] == WORTH else {})
        )
        more = [fact for when in ("_before", "") for fact in mean_facts(people, row, when, end)]
        tellings.append(_telling(known, more, people, limits.minimum_group))
    away = give_away(tellings, limits.minimum_group)
    return {tuple(row[name] for name in LINE) for row, gives in zip(rows, away, strict=True) if gives}


Given = list[tuple[str, float, bool, int]]
"""Of a line: at which occasion which step was given, whether it is a good one, and by how many."""


def _given(rated: DataFrame) -> dict[Line, Given]:
    """What was answered, line by line."""
    found: dict[Line, Given] = {}
    names = [*LINE, "occasion", "number", "positive", "people"]
    for *line, occasion, step, good, people in zip(*(rated[name].tolist() for name in names), strict=True):
        found.setdefault(tuple(line), []).append((occasion, float(step), bool(good), int(people)))
    return found


Part = tuple[str, float]
"""Who gave a step in a run."""


def _parts(
    given: Given, row: Mapping[str, Any], evidence: Evidence, *, apart: bool
) -> tuple[dict[Part, int], set[float]]:
    """How many gave which step at which occasion, also those nobody gave; and the good ones among those given. apart:
    whether other occasions are told of, too; else they are one."""
    steps = {float(step.value) for step in evidence.scales.get(row["scale"], ())} | {step for _, step, _, _ in given}
    both = {row["occasion_before"], row["occasion"]}
    if not apart:
        given = [(place if place in both else "", *each) for place, *each in given]  # type: ignore[misc]
    places = both | {place for place, *_ in given}
    people: dict[Part, int] = {(place, step): 0 for place in sorted(places) for step in sorted(steps)}
    for place, step, _, number in given:
        people[place, step] += number
    return people, {step for _, step, good, _ in given if good}


def _known(
    people: Mapping[Part, int],
    good: Collection[float],
    steps: Collection[tuple[float, float]],
    shares: bool,
    runs: Mapping[str, tuple[int, int]],
) -> Iterator[Fact]:
    """What is told elsewhere: of the credential how many answered, how many of them well, and steps; of its runs, where
    it is the verdict, the same two."""
    wanted = [lambda _step: True] if shares else []
    for test in [*wanted, *([good.__contains__] if shares else [])]:
        yield _fact(people, lambda part, test=test: test(part[1]))
    for low, high in steps:
        yield _fact(people, lambda part, low=low, high=high: low <= part[1] <= high)
    for run in runs:
        if any(part[0] == run for part in people):
            yield _fact(people, lambda part, run=run: part[0] == run)
            yield _fact(people, lambda part, run=run: part[0] == run and part[1] in good)


def _fact(people: Mapping[Part, int], wanted: Any) -> Fact:
    parts = frozenset(part for part in people if wanted(part))
    return Fact("", parts, sum(people[part] for part in parts))


def mean_facts(people: Mapping[Part, int], row: Mapping[str, Any], when: str, ends: Ends) -> Iterator[Fact]:
    """How many answered at an occasion, and what their mean, told with DECIMALS, says of the sum they gave."""
    place = row[f"occasion{when}"]
    parts = frozenset(part for part in people if part[0] == place)
    number = sum(people[part] for part in parts)
    yield Fact("", parts, number)
    least = 0.0 if ends.middle else min(step for _, step in people)
    counts = {part: round(abs(ends.turned(part[1]) - least)) for part in parts}
    low, more = sum_told(float(row[f"mean{when}"]) - least, number)
    yield Fact("", parts, low, more, tuple(sorted(counts.items())))


def sum_told(mean: float, number: int) -> tuple[int, int]:
    """The least sum a mean that is told rounded may come from, of so many whole numbers, and how much more it may be;
    of a mean below 0 how far below.

    >>> sum_told(3.44, 10), sum_told(-1.0, 4)
    ((34, 0), (4, 0))
    """
    told = abs(round(mean, DECIMALS))
    low, high = ceil(number * (told - LEAST_STEP) - 1e-9), floor(number * (told + LEAST_STEP) + 1e-9)
    return max(low, 0), max(high, 0) - max(low, 0)


def _telling(known: list[Fact], more: list[Fact], people: Mapping[Part, int], minimum: int) -> Telling:
    """The new numbers beside those that are told anyway, and what must not follow from both."""
    cells: dict[str, list[Part]] = {}
    for part in people:
        for name in (f"step {part[1]}", f"run {part[0]}", f"run {part[0]} step {part[1]}"):
            cells.setdefault(name, []).append(part)
    alike = _alike(people, minimum)
    return Telling(known, more, cells | alike, people, also=tuple(alike))


def _alike(people: Mapping[Part, int], minimum: int) -> dict[str, list[Part]]:
    """Of each run in which all of a small group said the same, what none of them said."""
    found = {}
    for run in {part[0] for part in people}:
        parts = [part for part in people if part[0] == run]
        given = [part for part in parts if people[part]]
        if len(given) == 1 and minimum <= people[given[0]] < 2 * minimum:
            found[f"run {run}: none said otherwise"] = [part for part in parts if not people[part]]
    return found


def _steps(rated: DataFrame, evidence: Evidence, limits: Limits) -> dict[Line, list[tuple[float, float]]]:
    told: dict[Line, list[tuple[float, float]]] = {}
    steps = steps_told(rated, LINE, evidence, limits)
    for *line, low, high in steps[[*LINE, "low", "high"]].itertuples(index=False, name=None):
        told.setdefault(tuple(map(str, line)), []).append((float(low), float(high)))  # type: ignore[arg-type]
    return told


def _shares_of_runs(evidence: Evidence, choice: Choice, limits: Limits) -> dict[str, tuple[int, int]]:
    """By run how many gave their verdict and how many a good one, where the finding on runs tells it."""
    if evidence.runs.empty:
        return {}
    rows = work_runs(evidence, choice, limits)
    rows = rows[(rows["measure"] == "worth it") & (rows["people"] >= limits.minimum_group)]
    return {slug: (int(n), int(hits)) for slug, n, hits in rows[["slug", "people", "hits"]].itertuples(index=False)}
