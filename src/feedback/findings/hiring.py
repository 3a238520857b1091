"""What employers say a credential has led to in hiring, what it is worth in pay, at which level it stands, and which
part of trust fails.

The same answers are counted as in the findings on scales and on single answers, by the same rules: so nothing is told
here that does not follow from what stands there.
"""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from pandas import DataFrame, Series, concat

from feedback.analysis.people import count_people
from feedback.analysis.ratings import only, wilson
from feedback.charts.bars import shares
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.answers import LAST, work_answers
from feedback.findings.cells import ends_of
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.learners import shares_told
from feedback.findings.learning import work_employer_scales
from feedback.findings.scope import MOST_ROWS, STATES, at_the_end, in_scope, notes, that_may_add
from feedback.findings.words import between, listed, people_of, percent
from feedback.findings.work import Finding

MEASURES = ("hits", "share", "low", "high")
KEYS = ("place", "steps")
EFFECT, PAY, FITS, DEPTH, FORMAT, WEEKS, TRUST = (
    "effect", "pay", "entry_level", "depth", "delivery_trust", "weeks_ideal", "trust",
)  # fmt: skip
"""Constructs read here, in the order in which they are told."""
HEADS = {
    EFFECT: "Hiring, in the last 12 months",
    PAY: "What it adds to starting pay",
    FITS: "Level of work it fits",
    DEPTH: "What it covers",
    FORMAT: "Trust, if it were taught so",
    WEEKS: "Weeks it should take",
    TRUST: "Trust",
}
DRAWN = (EFFECT, PAY, FITS)
"""What is in the picture; the rest is drawn among the scales."""
ON_SCALES = (EFFECT, DEPTH, FORMAT, TRUST)
NOBODY = ": none"
"""How the answer of who says it helped nobody ends."""
NOTHING = "none"
"""The option of who adds nothing to pay."""
COLUMNS = ["construct", "question", "item", "label", "people", "organisations", "largest_share", *MEASURES, "steps"]


def work_hiring(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row an answer: the share of employers who gave it, in the order of the questions; "none" before the rest.

    Columns: construct, about (in words), question, item, label, people (who answered the question), organisations,
    largest_share, hits (who gave this answer), share, low, high (Wilson, 90%), steps (those of the scale that make the
    answer; none where an option does), place.
    """
    employers = only(at_the_end(in_scope(evidence.answers, evidence, choice)), audience="employer")
    parts = [
        _rated(employers, evidence, choice, limits),
        _chosen(employers, evidence, limits),
        _weeks(employers, evidence, choice, limits),
    ]
    rows = concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    rank = rows["construct"].map({construct: at for at, construct in enumerate(HEADS)})
    rows = rows.iloc[np.argsort(rank.to_numpy(dtype=float), kind="stable")].reset_index(drop=True)
    return rows.assign(about=rows["construct"].map(HEADS).astype(str), place=range(len(rows)))


def _rated(employers: DataFrame, evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """The questions on scales: of each what stands on either side of it, as far as it is told among the scales."""
    asked = only(employers, construct=ON_SCALES)
    found = work_employer_scales(replace(evidence, answers=asked), choice, limits)
    known = asked[["question", "construct"]].astype(str).drop_duplicates().set_index("question")["construct"]
    order = [
        evidence.place(question, item, "employer") or 0
        for question, item in zip(found["question"].astype(str), found["item"].astype(str), strict=True)
    ]
    rows = [part for _, row in found.iloc[np.argsort(order, kind="stable")].iterrows() for part in _sides(row, known)]
    table = DataFrame(rows, columns=COLUMNS)
    low, high = wilson(table["hits"].astype(float), table["people"].astype(float))
    return table.assign(share=table["hits"].astype(float) / table["people"].astype(float), low=low, high=high)


def _sides(row: Series, known: Series) -> list[dict]:
    """The answers to one question on a scale, with nobody behind those that are not told."""
    construct = str(known[str(row["question"])])
    every = {step.value for step in row["steps"]}
    below = {step.value for step in row["steps"] if step.side < 0}
    above = {step.value for step in row["steps"] if step.side > 0}
    people, good = int(row["people"]), float(row["positive"])
    name = row["label"]
    answers: dict[str, list[tuple[str, Collection[float], float | None]]] = {
        EFFECT: [
            (f"{name}{NOBODY}", every - above, people - good),
            (f"{name}: at least one", above, good),
        ],
        DEPTH: [
            ("Too narrow", below, _told(row["counts"], below)),
            ("About right, or a little off", every - below - above, good),
            ("Too deep", above, _told(row["counts"], above)),
        ],
        FORMAT: [
            (f"{name}: less", below, _told(row["counts"], below)),
            (f"{name}: more", above, good),
        ],
        TRUST: [(name, above, good)],
    }
    common = {name: row[name] for name in ("question", "item", "organisations", "largest_share")}
    return [
        common
        | {
            "construct": construct,
            "label": label,
            "people": people if hits is not None else 0,
            "hits": hits if hits is not None else 0.0,
            "steps": tuple(sorted(steps)),
        }
        for label, steps, hits in answers[construct]
    ]


def _told(counts: dict[str, int], steps: Collection[float]) -> float | None:
    """How many gave one of these steps; None where that does not follow from the steps that are told.

    >>> _told({"1 to 2": 7, "3": 5, "4 to 5": 9}, {1, 2}), _told({"1 to 3": 7, "4 to 5": 9}, {1, 2}), _told({}, {1, 2})
    (7.0, None, None)
    """
    parts = [(ends_of(name), people) for name, people in counts.items()]
    across = any(low <= max(steps) and high >= min(steps) and not {low, high} <= set(steps) for (low, high), _ in parts)
    if not parts or across:
        return None
    return float(sum(people for (low, _), people in parts if low in steps))


def _chosen(employers: DataFrame, evidence: Evidence, limits: Limits) -> DataFrame:
    """Pay and level: the share of each option, in the order of the form."""
    tables = [
        shares_told(only(employers, construct=construct), evidence, limits).assign(construct=construct)
        for construct in (PAY, FITS)
    ]
    table = concat(tables, ignore_index=True)
    return table.assign(steps=[()] * len(table))[COLUMNS]


def _weeks(employers: DataFrame, evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """The range of weeks the middle answer lies in, of one credential; nothing where another range may hold it, since
    some ranges are not told."""
    asked = only(employers, construct=WEEKS, status="answered")
    asked = that_may_add(asked, asked["status"] == "answered", ["credential", "question"], limits)
    nothing = DataFrame(columns=COLUMNS)
    if not choice.credential or asked.empty:
        return nothing
    ranges = work_answers(replace(evidence, answers=asked), choice, limits)
    ranges = ranges[(ranges["place"] != LAST) & (ranges["people"] > 0)].sort_values("place")
    base = count_people(asked, ["question"]).iloc[0]
    everybody, told = int(base["people"]), ranges["people"].to_numpy(dtype=int)
    hidden = everybody - told.sum()
    before = np.cumsum(told) - told
    after = told.sum() - before - told
    middle = (2 * (before + hidden) < everybody) & (2 * (after + hidden) < everybody)
    low, high = wilson(told, np.full(len(told), everybody))
    table = ranges.assign(
        construct=WEEKS,
        item="",
        label=ranges["answer"],
        hits=told.astype(float),
        share=told / everybody,
        low=low,
        high=high,
        people=everybody,
        organisations=base["organisations"],
        largest_share=base["largest_share"],
        steps=[()] * len(ranges),
    )
    return table.loc[middle, COLUMNS]


def say_hiring(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What it led to, what it adds to pay, and which part of trust fails."""
    shown = rows[rows["state"] != "withheld"].sort_values("place")
    said = [_say_effect(shown), _say_pay(shown), _say_trust(shown[shown["construct"] == TRUST])]
    if not any(said):
        return "Not enough employers have answered yet to say what it has led to."
    return " ".join(filter(None, said))


def _say_effect(shown: DataFrame) -> str:
    """How many say of each stage that it helped nobody, and how many that it helped somebody."""
    told = shown[shown["construct"] == EFFECT]
    if told.empty:
        return ""
    most = told.iloc[told["people"].astype(int).argmax()]
    none = told[told["label"].str.endswith(NOBODY)]
    each = [
        f"“{name.removesuffix(NOBODY)}”: none {percent(share)}, at least one {percent(1 - share)}"
        for name, share in zip(none["label"], none["share"].astype(float), strict=True)
    ]
    asked = people_of(most["people"], most["organisations"])
    return f"In the last 12 months, of up to {asked}: {'; '.join(each)}."


def _say_pay(shown: DataFrame) -> str:
    told = shown[shown["construct"] == PAY]
    none = told[told["item"] == NOTHING]
    rest = told[told["item"] != NOTHING].sort_values("share", ascending=False, kind="stable")
    both = concat([none, rest.head(1)])
    if both.empty:
        return ""
    each = [
        f"“{row['label']}”, {percent(row['share'])} ({between(row['low'], row['high'])})" for _, row in both.iterrows()
    ]
    base = people_of(both.iloc[0]["people"], both.iloc[0]["organisations"])
    return f"What it adds to starting pay: {'; '.join(each)}; {base}."


def _say_trust(told: DataFrame) -> str:
    """The parts of trust that lie below all others by more than chance may do."""
    if len(told) < 2:
        return ""
    fails = failing(told)
    if fails.empty:
        return "No part of trust stands out below the others by more than chance may do."
    each = [
        f"“{row['label']}”, {percent(row['share'])} agree ({between(row['low'], row['high'])})"
        for _, row in fails.iterrows()
    ]
    return f"Of trust, what fails is {listed(each)}: below all other parts by more than chance may do."


def failing(told: DataFrame) -> DataFrame:
    """The fewest rows, at most half of them, whose intervals all lie below those of all the others; none where there
    are no such rows. told: label, share, low and high."""
    lowest_first = told.sort_values(["share", "label"])
    for number in range(1, len(told) // 2 + 1):
        if lowest_first["high"].iloc[:number].max() < lowest_first["low"].iloc[number:].min():
            return lowest_first.head(number)
    return told.head(0)


def draw_hiring(rows: DataFrame, mode: Mode) -> dict | None:
    """Hiring, pay and level, where something is told of them: an answer a row, "none" before the rest."""
    known = rows.loc[rows["state"] != "withheld", "construct"]
    table = rows[rows["construct"].isin(DRAWN) & rows["construct"].isin(known)].sort_values("place").head(MOST_ROWS)
    if table.empty:
        return None
    table = table.assign(note=notes(table), tier=table["about"])
    return shares(
        table[["label", "share", "low", "high", "state", "note", "tier"]], "share of employers", "employer", mode
    )


def display_hiring(rows: DataFrame) -> DataFrame:
    """The shares as a table for people, in the order of the questions."""
    rows = rows.sort_values("place", ignore_index=True)
    return DataFrame(
        {
            "About": rows["about"],
            "Answer": rows["label"],
            "Share (%)": (100 * rows["share"].astype(float)).round(),
            "Low (90%)": (100 * rows["low"].astype(float)).round(),
            "High (90%)": (100 * rows["high"].astype(float)).round(),
            "People asked": rows["people"],
            "Organisations": rows["organisations"],
            "Shown": rows["state"].map(STATES),
        }
    )


HIRING = Finding(
    id="hiring",
    question="What has it led to in hiring, and what is it worth in pay?",
    caution=(
        "Of the employers who answered, who may be those for whom it went better. They report what they did; that "
        "somebody was hired or paid more does not show that the credential was the cause. “Don't know” is set "
        "aside, and “none” stands as what it is: an answer. Shares with 90% Wilson intervals, from the same counts "
        "as the scales and the single answers: an answer too few gave is not told, nor others that would give it "
        "away. A part of trust is said to fail where its interval lies below those of all the others; of weeks the "
        "range stands that holds the middle answer, of one credential, where that is sure. The picture has hiring, "
        "pay and level of work; the rest is in the table."
    ),
    work=work_hiring,
    audiences=("employer",),
    measures=MEASURES,
    say=say_hiring,
    display=display_hiring,
    draw=draw_hiring,
    keys=KEYS,
)
