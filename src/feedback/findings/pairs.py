"""Which credentials employers choose when two stand side by side; and where the ladder agrees, both in one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from pandas import DataFrame, Series, concat, isna
from scipy.special import expit

from feedback.analysis.joined import AGREE, DIFFER, UNCLEAR, Joined, join
from feedback.analysis.pairs import choices_of, rank_pairs
from feedback.analysis.people import count_people
from feedback.analysis.recognition import STEP_VARIANCE
from feedback.analysis.value import rank_items
from feedback.charts.intervals import ranked
from feedback.charts.joined import together
from feedback.charts.theme import Mode
from feedback.disclosure import Limits, may_show, showable
from feedback.findings.answers import CHOSEN_OF, PREFERENCE
from feedback.findings.evidence import Choice, Evidence, Measure, measure_of, rated_by_employers
from feedback.findings.scope import STATES, few, with_everyone
from feedback.findings.value import READ, TIERS, by_rater, measure_named, tier_names
from feedback.findings.words import between_steps, chance, count, listed, people_of, percent
from feedback.findings.work import Finding

PLACES = ("estimate", "low", "high", "low50", "high50")
MEASURES = (
    *PLACES, "p_top", "tier", "component", "chosen", "chosen_low", "chosen_high", "rated", "as_rated", "narrower",
)  # fmt: skip
DIFFERING = (
    " The recognition ladder says otherwise, beyond chance: what employers choose and what they count are two things "
    "here, so read both."
)
LIGHT = " Light marks: what each way says alone, the ladder above the line, the choices below it."
APART = "stands elsewhere by choices"
"""What a row says instead of a place by both."""
NOT_HERE = "Pairs are put to employers across all programmes: choose all programmes to see which they choose."


@dataclass(frozen=True)
class _Ladder:
    """The rating beside the choices. found: item, effect (level less the mean level), sd. middle: the mean level."""

    measure: Measure
    found: DataFrame
    middle: float


def work_pairs(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential: the chance that it is chosen beside one in the middle, kindness not being at stake; where
    the ladder agrees, where it stands by both, in steps of the ladder.

    The model is fitted to choices between credentials that may be shown only. The choices are about no single
    credential, so there are some over the whole institution only.
    estimate to tier: what is drawn. chosen, chosen_low, chosen_high: the chance, by the choices alone. rated, as_rated:
    where the ladder alone puts it, and the choices alone, moved to the ladder. Where both are one picture, estimate is
    missing of what stands elsewhere by choices (see joined.ELSEWHERE), and p_top and tier of all: which can be told
    apart the ranking by the ladder says, which knows it jointly. The same in every row: beside, whether
    the ladder agrees ("agree", "differ", "unclear"), measure, the ladder's construct, and narrower (see joined.Joined).
    """
    if choice.programme or choice.credential:
        told = {"beside": UNCLEAR, "measure": ""}
        return with_everyone(nobody(MEASURES), evidence, choice, employers=True).assign(**told)
    choices = _choices(evidence, limits)
    found = rank_pairs(choices).rename(columns={"item": "credential"})
    for name, side in (("chosen", "effect"), ("chosen_low", "low"), ("chosen_high", "high")):
        found[name] = expit(found[side].astype(float))
    ladder = _ladder(evidence, limits)
    joined = join(ladder.found, found.rename(columns={"credential": "item"}))
    table = _in_one(found, joined, ladder) if joined.one is not None else _by_choices(found)
    table = table[["credential", "people", "organisations", "largest_share", *MEASURES]]
    table = table.sort_values(["estimate", "credential"], ascending=[False, True], ignore_index=True)
    told = {"beside": joined.verdict, "measure": ladder.measure.construct}
    return with_everyone(table, evidence, choice, employers=True).assign(**told)


def _choices(evidence: Evidence, limits: Limits) -> DataFrame:
    """The choices between credentials that may be shown."""
    made = evidence.answers[(evidence.answers["construct"] == f"{PREFERENCE}{CHOSEN_OF}").to_numpy(dtype=bool)]
    choices = choices_of(made[(made["status"] == "answered").to_numpy(dtype=bool)])
    return only_shown(choices, _sides, evidence, limits)


def _sides(choices: DataFrame) -> DataFrame:
    return concat([choices.assign(credential=choices[side]) for side in ("first", "second")])


def nobody(measures: Sequence[str]) -> DataFrame:
    """A table by credential without a row: these are not told of a part of the institution."""
    numbers = dict.fromkeys(("people", "organisations", "largest_share", *measures), float)
    return DataFrame(
        {"credential": Series(dtype=object)} | {name: Series(dtype=each) for name, each in numbers.items()}
    )


def only_shown(
    made: DataFrame, each: Callable[[DataFrame], DataFrame], evidence: Evidence, limits: Limits
) -> DataFrame:
    """Of comparisons those between credentials that may be shown, counted without the others, so that a hidden one
    moves no number.

    each: comparisons -> the same rows, one for each `credential` compared, by the same index.
    """
    made, allowed = made.reset_index(drop=True), set(evidence.titles)
    while True:
        compared = each(made)
        made = made.drop(index=compared.index[~compared["credential"].isin(allowed)])
        behind = count_people(each(made), ["credential"])
        may = may_show(behind["people"], behind["organisations"], behind["largest_share"], limits)
        if may.all():
            return made
        allowed = set(behind.loc[may, "credential"])


def _ladder(evidence: Evidence, limits: Limits) -> _Ladder:
    """Where the ladder puts the credentials; also of programmes, since choices are made across them."""
    measure = measure_of(evidence, Choice(), limits)
    rated = showable(rated_by_employers(evidence, measure), ["credential"], limits=limits)
    found = rank_items(by_rater(rated), draws=1)
    sd = np.sqrt(np.maximum(found["level_sd"] ** 2, STEP_VARIANCE / np.maximum(found["n"], 1)))
    middle = float(found["level"].mean()) if len(found) else 0.0
    return _Ladder(measure, found.assign(effect=found["level"] - middle, sd=sd)[["item", "effect", "sd"]], middle)


def _by_choices(found: DataFrame) -> DataFrame:
    """What the choices say by themselves."""
    drawn = {name: expit(found["effect" if name == "estimate" else name].astype(float)) for name in PLACES}
    return found.assign(**drawn, rated=np.nan, as_rated=np.nan, narrower=np.nan)


def _in_one(found: DataFrame, joined: Joined, ladder: _Ladder) -> DataFrame:
    """What choices and ladder say together; a credential the ladder knows nothing of stands by the choices alone, and
    one that stands elsewhere by choices has the places by each and none by both."""
    assert joined.one is not None
    one = joined.one.rename(columns={"item": "credential", "effect": "estimate"})
    alone = joined.side.rename(columns={"item": "credential", "first": "rated", "moved": "as_rated"})
    columns = ["credential", "rated", "as_rated"]
    both = one[["credential", *PLACES]].merge(alone[columns], on="credential", how="outer")
    for name in (*PLACES, "rated", "as_rated"):
        both[name] = (ladder.middle + both[name]).clip(ladder.measure.low, ladder.measure.high)
    kept = found.drop(columns=[*PLACES[1:], "p_top", "tier", "component"])
    told = {"p_top": np.nan, "tier": np.nan, "component": 1, "narrower": joined.narrower}
    return kept.merge(both, on="credential", how="left").assign(**told)


def say_pairs(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Which credential employers choose, in a sentence."""
    if choice.programme or choice.credential:
        return NOT_HERE
    shown = rows[(rows["state"] != "withheld") & rows["estimate"].notna()]
    if len(shown) < 2:
        return "Not enough employers have chosen between two credentials yet to say which they prefer."
    best = shown.iloc[0]
    who = people_of(best["people"], best["organisations"])
    if best["beside"] == AGREE:
        measure = measure_named(rows)
        return (
            f"Chosen and rated, {best['label']} comes first: {best['estimate']:.1f} on a scale of {measure.low:g} to "
            f"{measure.high:g} ({between_steps(best['low'], best['high'])}; {who} chose).{_both_agree(rows)}"
        )
    beside = f"{DIFFERING if best['beside'] == DIFFER else ''}{apart(shown)}"
    if shown["tier"].nunique() == 1:
        number = count(len(shown), "credential", "credentials")
        return f"Put side by side, we cannot tell {number} apart yet.{beside}"
    top = list(shown.loc[shown["tier"] == shown["tier"].min(), "label"])[1:]
    also = f"; {listed(top[:3])} cannot be told apart from it" if 0 < len(top) <= 3 else ""
    more = f"; {len(top)} more cannot be told apart from it" if len(top) > 3 else ""
    return (
        f"Side by side, employers choose {best['label']} most: {percent(best['estimate'])} of the time before one in "
        f"the middle (likely between {percent(best['low'])} and {percent(best['high'])}; {who}){also}{more}.{beside}"
    )


def _both_agree(rows: DataFrame) -> str:
    """That both ways of asking agree, where they do not, and what it gains."""
    gained = rows.loc[rows["estimate"].notna(), "narrower"].iloc[0]
    less = "" if isna(gained) or round(100 * gained) < 1 else f": together likely ranges are {percent(gained)} narrower"
    than = " than by rating alone" if less else ""
    names = list(rows.loc[_elsewhere(rows), "label"])
    stand = "stands" if len(names) == 1 else "stand"
    but = f" But {listed(names)} {stand} elsewhere by choices: both places are shown, side by side." if names else ""
    return (
        f" Both ways of asking agree, by choice and on the scale{less}{than}.{but} "
        "Which can be told apart, the tiers of the ranking say."
    )


def _elsewhere(rows: DataFrame) -> Series:
    """True where the choices put a credential elsewhere than the ladder, so that it has no place by both."""
    agree = (rows["state"] != "withheld") & (rows["beside"] == AGREE)
    return agree & rows["estimate"].isna() & rows["as_rated"].notna()


def apart(shown: DataFrame) -> str:
    """Which credentials no choice joins with the others."""
    alone = list(shown.loc[shown["component"] > 1, "label"])
    if not alone:
        return ""
    said = listed(alone[:3]) if len(alone) <= 3 else count(len(alone), "credential", "credentials")
    return f" No choice joins {said} with the others: they are compared on trust that both groups are alike."


def draw_pairs(rows: DataFrame, mode: Mode) -> dict | None:
    """Credentials by how often they are chosen, in tiers; where the ladder agrees, by both, without tiers, with what
    each says alone behind it. Nothing where none may be told."""
    if not (rows["state"] != "withheld").any():
        return None
    table = few(rows)
    table = table.assign(tier=tier_names(table))
    several = table["tier"].replace("", None).nunique() > 1
    foot = f"{TIERS if several else ''}{READ}"
    columns = ["label", *PLACES, "state", "note", "tier"]
    if rows["beside"].iloc[0] == AGREE:
        measure = measure_named(rows)
        instead = np.where(_elsewhere(table), APART, "")
        table = table.assign(above=table["rated"], below=table["as_rated"], instead=instead)
        return together(
            table[[*columns, "above", "below", "instead"]],
            f"{measure.low:g} {measure.ends[0]} … {measure.high:g} {measure.ends[1]}",
            (measure.low, measure.high),
            ("the ladder", "choices"),
            "employer",
            mode,
            foot=f"{foot}{LIGHT}",
        )
    return ranked(
        table[columns],
        "Chosen before a credential in the middle",
        (0.0, 1.0),
        "employer",
        mode,
        foot=foot,
        percent=True,
    )


def display_pairs(rows: DataFrame) -> DataFrame:
    """The ranking as a table for people; where the ladder agrees, with where both put each."""
    agree = len(rows) > 0 and rows["beside"].iloc[0] == AGREE
    both = {
        "Both in one": rows["estimate"].astype(float).round(2),
        "Low (90%)": rows["low"].astype(float).round(2),
        "High (90%)": rows["high"].astype(float).round(2),
        "Rated alone": rows["rated"].astype(float).round(2),
        "Chosen alone, on that scale": rows["as_rated"].astype(float).round(2),
    }
    alone = {
        "In the top three": [chance(p) if p == p else "" for p in rows["p_top"].astype(float)],
        "Tier": rows["tier"].astype("Int64"),
    }
    chosen = {"": "chosen", ", low (90%)": "chosen_low", ", high (90%)": "chosen_high"}
    return DataFrame(
        {
            "Credential": rows["label"],
            **(both if agree else {}),
            **{f"Chosen (%){end}": (100 * rows[name].astype("Float64")).round() for end, name in chosen.items()},
            **({} if agree else alone),
            "People": rows["people"],
            "Organisations": rows["organisations"],
            "Shown": rows["state"].map(STATES),
        }
    )


PAIRS = Finding(
    id="pairs",
    question="Which do they choose, side by side?",
    caution=(
        "The chance that a credential is chosen before one in the middle, from choices between two of them "
        "(Bradley and Terry, 1952; ties as Davidson, 1970), drawn toward one half where few have chosen. Choices "
        "of one organisation that are alike count for fewer. Whether this agrees with the recognition ladder is "
        "tested with the doubt of both (York, 1966). Only where it does, both make one picture in steps of the "
        "ladder, each weighted by what it knows, with what each says alone beside it. It has no tiers, since what "
        "the ladder knows of its credentials jointly is not in it; and what stands elsewhere by choices, beyond "
        "2.5 standard errors, has a place by each and none by both. Pairs are put to employers across the whole "
        "institution, so they cannot be told by programme. Thick bar: 50%, thin line: 90%."
    ),
    work=work_pairs,
    audiences=("employer",),
    measures=MEASURES,
    say=say_pairs,
    display=display_pairs,
    draw=draw_pairs,
    interval=("chosen_low", "chosen_high"),
)
