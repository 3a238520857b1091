"""Whether employers agree on a credential: one mind, several, or two camps; and whether their sector is why."""

from collections.abc import Collection

import numpy as np
from pandas import DataFrame, Series

from feedback.analysis.people import count_people
from feedback.analysis.reliability import AGREE, rwg
from feedback.analysis.reliability import disagreement as by_group
from feedback.disclosure import Limits
from feedback.findings.cells import steps_told
from feedback.findings.evidence import Choice, Evidence, Measure, measure_of, rated_by_employers
from feedback.findings.groups import told_cells
from feedback.findings.scope import STATES, in_scope, with_everyone
from feedback.findings.splits import SECTOR
from feedback.findings.words import count, listed, people_of, percent
from feedback.findings.work import Finding

ONE_MIND, SEVERAL, TWO = "agree", "differ", "two camps"
"""What is said of employers' ratings of one credential."""
NEAR = 0.25
"""This part of a scale at either end belongs to that end: of five steps two."""
CAMP = 0.3
"""A camp is at least this part of those who rated, and more than twice what stands between the two."""
ROUNDING = 1e-9
NAMED = 0.1
"""A sector whose mean is no further than this (steps) from the mean of sectors rates neither higher nor lower."""
UNKNOWN, NONE, SPLIT = "too few of each sector", "not their sector", "their sector"
HIGHER, LOWER = "higher", "lower"
"""Whether it is told why they differ."""
MEASURES = ("verdict", "agreement", "low_end", "high_end", "why", "sectors")


def work_disagreement(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential: whether employers agree on it, of twice the minimum of people or more.

    Whether they do is said in a word. How far, and whether there are two camps, follows from the steps that are told
    elsewhere, and is not known where they are not. Sectors are compared over the cells of the map that are told.
    """
    measure = measure_of(evidence, choice, limits)
    rated = in_scope(rated_by_employers(evidence, measure), evidence, choice)
    counted = count_people(rated, ["credential"])
    enough = counted["people"] >= 2 * limits.minimum_group
    found = counted.assign(people=counted["people"].where(enough, 0)).set_index("credential")
    spread = Series({slug: agreed(each, measure) for slug, each in rated.groupby("credential")}, dtype=float)
    verdict = np.where(spread.reindex(found.index) >= AGREE, ONE_MIND, SEVERAL)
    found["verdict"] = np.where(found["people"] > 0, verdict, "")
    found[["agreement", "low_end", "high_end"]] = np.nan
    told = steps_told(rated, ["credential"], evidence, limits)
    for slug, parts in told.groupby("credential"):
        found.loc[slug, ["agreement", "low_end", "high_end"]] = as_told(parts, measure)
    between = 1 - found["low_end"] - found["high_end"]
    ends = found[["low_end", "high_end"]].min(axis=1)
    found.loc[(ends >= CAMP) & (ends > 2 * between + ROUNDING), "verdict"] = TWO
    shown = found.index[(found["people"] > 0) & (found["verdict"] != ONE_MIND)]
    found = found.join(_by_sector(rated, list(shown), evidence, choice, limits, measure)).reset_index()
    whole = with_everyone(found, evidence, choice, employers=True)
    words = {name: whole[name].astype(object).fillna("") for name in ("verdict", "why", "sectors")}
    order = {TWO: 0, SEVERAL: 1, ONE_MIND: 2}
    whole = whole.assign(audience="employer", measure=measure.construct, **words)
    return whole.sort_values(
        ["verdict", "label"], key=lambda column: column.map(order).fillna(3) if column.name == "verdict" else column,
        ignore_index=True,
    )  # fmt: skip


def agreed(rated: DataFrame, measure: Measure) -> float:
    """rwg of counted ratings of one credential; NaN for fewer than two."""
    number, people = (rated[name].to_numpy(dtype=float) for name in ("number", "people"))
    total = people.sum()
    if total < 2:
        return float("nan")
    mean = (number * people).sum() / total
    return rwg(float((people * (number - mean) ** 2).sum() / (total - 1)), steps_of(measure))


def as_told(parts: DataFrame, measure: Measure) -> tuple[float, float, float]:
    """rwg, and the shares near the low and the high end, of a distribution as it is told: low and high of each part,
    people. NaN: rwg where steps are joined; the shares where a part lies across an end's border."""
    low, high, people = (parts[name].to_numpy(dtype=float) for name in ("low", "high", "people"))
    none = float("nan")
    agreement = agreed(parts.assign(number=low), measure) if (low == high).all() else none
    reach = NEAR * (measure.high - measure.low)
    below, above = measure.low + reach, measure.high - reach
    across = ((low <= below) & (high > below)) | ((high >= above) & (low < above))
    if across.any():
        return agreement, none, none
    total = people.sum()
    return agreement, float(people[high <= below].sum() / total), float(people[low >= above].sum() / total)


def steps_of(measure: Measure) -> int:
    """How many steps a measure has."""
    return int(measure.high - measure.low) + 1


def _by_sector(
    rated: DataFrame,
    differing: Collection[str],
    evidence: Evidence,
    choice: Choice,
    limits: Limits,
    measure: Measure,
) -> DataFrame:
    """Of the credentials on which they differ: whether their sector is why, and which sectors rate higher or lower."""
    if not differing:
        return DataFrame(columns=["why", "sectors"], dtype=object)
    told = told_cells(evidence, choice, measure, SECTOR, limits)
    group = rated["sector"].astype(object).map(SECTOR.group_of).fillna("")
    ratings = rated.assign(group=group.astype(str)).merge(told[["credential", "group"]], on=["credential", "group"])
    columns = ["credential", "number", "group", "people", "organisation"]
    ratings = ratings.loc[ratings["credential"].isin(list(differing)), columns]
    ratings = ratings.rename(columns={"credential": "item", "number": "score"})
    found = by_group(ratings, "group", steps_of(measure)).set_index("item")
    means = ratings.assign(score=ratings["score"] * ratings["people"]).groupby(["item", "group"])
    sums = means[["score", "people"]].sum()
    level = (sums["score"] / sums["people"]).astype(float)
    rows = {}
    for slug in differing:
        if slug not in found.index or not found.loc[slug, "parts"] > 1:
            rows[slug] = (UNKNOWN, "")
        elif found.loc[slug, "split"]:
            rows[slug] = (SPLIT, _named(level[slug]))
        else:
            rows[slug] = (NONE, "")
    return DataFrame.from_dict(rows, orient="index", columns=["why", "sectors"])


def _named(level: Series) -> str:
    """Which sectors rate it higher than they do on average, and which lower; who is near that average is not named."""
    off = level - level.mean()
    return "; ".join(
        f"{name}: {listed(sorted(level.index[which]))}"
        for name, which in ((HIGHER, off > NAMED), (LOWER, off < -NAMED))
        if which.any()
    )


def say_disagreement(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Whether employers agree on it; of several, on which they do not."""
    shown = rows[(rows["state"] != "withheld") & rows["verdict"].isin([ONE_MIND, SEVERAL, TWO])]
    if shown.empty:
        return "Not enough employers have answered yet to say whether they agree."
    if len(shown) == 1:
        return _in_words(shown.iloc[0])
    apart = shown[shown["verdict"] != ONE_MIND]
    if apart.empty:
        return f"Employers agree on each of {count(len(shown), 'credential', 'credentials')} with enough answers."
    named = list(apart["label"])
    said = listed(named) if len(named) <= 3 else f"{', '.join(named[:3])} and {len(named) - 3} more"
    camps = list(apart.loc[apart["verdict"] == TWO, "label"])
    of_two = f" On {listed(camps[:3])} they stand in two camps." if camps else ""
    split = list(apart.loc[apart["why"] == SPLIT, "label"])
    why = f" On {listed(split[:3])} their sector is why." if split else ""
    agree = len(shown) - len(apart)
    return f"Employers agree on {agree} of {len(shown)} credentials, and differ on {said}.{of_two}{why}"


def _in_words(row: Series) -> str:
    who = people_of(row["people"], row["organisations"])
    if row["verdict"] == ONE_MIND:
        return f"Employers agree on {row['label']} ({who}): its average speaks for most of them."
    if row["verdict"] == TWO:
        ends = f"{percent(row['low_end'])} rate it low and {percent(row['high_end'])} high, and few between"
        said = f"Employers stand in two camps on {row['label']}: {ends} ({who})."
    else:
        said = f"Employers differ on {row['label']} ({who}): its average speaks for few of them."
    which = f" ({row['sectors']})" if row["sectors"] else ""
    return f"{said} {WHY[row['why']]}{which}."


WHY = {
    UNKNOWN: "Too few of each sector have answered to say whether that is why",
    NONE: "Their sectors are not why, as far as can be told",
    SPLIT: "Their sector is why, beyond chance",
}


def display_disagreement(rows: DataFrame) -> DataFrame:
    """Agreement as a table for people."""
    return DataFrame(
        {
            "Credential": rows["label"],
            "Employers": rows["verdict"].astype(object).fillna(""),
            "Agreement (0 to 1)": rows["agreement"].astype(float).round(2),
            "Near the low end (%)": (100 * rows["low_end"].astype(float)).round(),
            "Near the high end (%)": (100 * rows["high_end"].astype(float)).round(),
            "Why": rows["why"].astype(object).fillna(""),
            "By sector": rows["sectors"].astype(object).fillna(""),
            "People": rows["people"],
            "Organisations": rows["organisations"],
            "Shown": rows["state"].map(STATES),
        }
    )


DISAGREEMENT = Finding(
    id="disagreement",
    question="Do employers agree on it?",
    caution=(
        "Of credentials rated by twice the minimum of people or more. They agree where their ratings are no more "
        "than half as spread as if each had answered at random (rwg of .5 or more; James, Demaree and Wolf, 1984; "
        "LeBreton and Senter, 2008). Two camps: at least three in ten near either end of the scale, and less than "
        "half as many between. How far they agree, and how many stand at the ends, is told where the steps they "
        "gave are. Where they differ, sectors are compared over the cells of the map that are shown: their sector "
        "is why if it explains more of the ratings than sectors shuffled over the organisations do, with p below "
        ".05 (Benjamini and Hochberg over the credentials)."
    ),
    work=work_disagreement,
    audiences=("employer",),
    measures=MEASURES,
    say=say_disagreement,
    display=display_disagreement,
)
