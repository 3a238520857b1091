"""What to do with each credential of the portfolio: demand, crowding and recognition side by side, what they suggest,
and what is known beside them.

Put together from numbers that other findings show of single credentials and runs, by the same rules; so nothing is told
here that does not follow from what stands there. What is suggested follows from the rows that passed the gate.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from pandas import DataFrame, Series, concat, notna, to_numeric

from feedback.analysis.market import demand_and_supply
from feedback.analysis.people import EMPLOYER, EXPERT, LEARNER, count_people
from feedback.analysis.portfolio import mean_of_bands
from feedback.analysis.ratings import only, share_of_people, wilson
from feedback.analysis.recognition import STEP_VARIANCE
from feedback.analysis.reviews import DISTINCT as DISTINCTIVENESS
from feedback.analysis.reviews import MARKED, marks_of, newest_rounds
from feedback.analysis.runs import WORTH as OVERALL
from feedback.analysis.skills import NEED as SKILL_NEED
from feedback.analysis.skills import NEED_3Y, skill_ratings
from feedback.analysis.value import rank_items
from feedback.analysis.witnesses import HIGHEST
from feedback.disclosure import Limits, may_show, showable
from feedback.findings.evidence import MEASURES as MEASURES_OF_REGARD
from feedback.findings.evidence import Choice, Evidence, Measure, measure_of, rated_by_employers
from feedback.findings.learners import shares_of_each
from feedback.findings.scope import at_the_end, in_scope
from feedback.findings.value import WIDE, by_rater

RECOGNITION, NEED, LATER, ALIKE, DISTINCT, WORTH, COMPLETED, PASSED, SCORE, PLACES, ASKED, SHARED = (
    "recognition", "need", "later", "alike", "distinct", "worth", "completed", "passed", "score", "places", "asked",
    "shared",
)  # fmt: skip
"""What a row says of a credential; see `work_portfolio`."""
INSTITUTION = "institution"
"""Whose figures those of runs are."""
CONCERN, MANY = "concern", "too_many_alike"
NEWEST = 3
"""So many of its newest runs say how a credential goes; as many before them, how it went."""
MEASURES = ("share", "low", "high", "number", "before")
KEYS = ("wanted", "offered", "weeks")
COLUMNS = ["credential", "aspect", "audience", "people", "organisations", "largest_share", *MEASURES, "item"]


def work_portfolio(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential and thing known of it (aspect), also where nobody answered.

    share, low, high, from 0 to 1: where employers put it on the scale of regard (kindness of raters taken out), how
    many of them need its skills, or in three years the one of its skills most of them will need (item), how many
    hesitate because too many look alike; the experts' marks on how much it differs (lowest to highest); the learners
    for whom it was worth it; of its newest runs (a run without a first day is none) who completed, who passed, and the
    tests' results (as their bands allow). number, before: enrolled a run, of the newest and of those before them;
    enquiries for each place taken; and of badges issued the share that is shared. wanted, offered: its place in the
    market; weeks, and the words stage, unusual ("yes" where so many weeks want a reason), weeks_reason and topics: as
    the catalogue says. measure: of what employers' regard is.
    """
    answers = in_scope(evidence.answers, evidence, choice)
    measure = _measure(evidence, choice, limits)
    parts = [
        _recognition(evidence, choice, measure, limits),
        *_needs(answers, evidence, limits),
        _alike(answers, evidence, limits),
        _distinct(answers, limits),
        _worth(answers),
        *_of_runs(in_scope(evidence.runs, evidence, choice), limits),
    ]
    found = concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    slugs = in_scope(DataFrame({"credential": list(evidence.titles)}), evidence, choice)["credential"]
    every = DataFrame(
        [(slug, aspect, who) for slug in slugs for aspect, who in ASPECTS.items()],
        columns=["credential", "aspect", "audience"],
    )
    rows = every.merge(found.reindex(columns=COLUMNS).drop(columns="audience"), on=["credential", "aspect"], how="left")
    employed = (rows["audience"] == EMPLOYER).to_numpy()
    houses = rows["organisations"].astype("Int64")
    rows = rows.assign(
        people=rows["people"].fillna(0).astype("int64"),
        organisations=houses.mask(employed & houses.isna(), 0).where(employed),
        largest_share=rows["largest_share"].astype(float).mask(employed & rows["largest_share"].isna(), 1.0),
        item=rows["item"].astype(object).fillna("").astype(str),
        label=rows["credential"].map(evidence.titles).astype(str),
        measure=measure.construct,
        **{name: rows[name].astype(float) for name in MEASURES},
    )
    return _with_facts(rows, evidence).sort_values(["label", "credential"], kind="stable", ignore_index=True)


def _measure(evidence: Evidence, choice: Choice, limits: Limits) -> Measure:
    """How employers' regard was asked: `measure_of`, which has to look only where they were asked in two ways."""
    asked = set(only(evidence.answers, audience=EMPLOYER)["construct"].unique())
    there = [measure for measure in MEASURES_OF_REGARD if measure.construct in asked]
    return there[0] if len(there) == 1 else measure_of(evidence, choice, limits)


ASPECTS: Mapping[str, str] = {
    RECOGNITION: EMPLOYER, NEED: EMPLOYER, LATER: EMPLOYER, ALIKE: EMPLOYER, DISTINCT: EXPERT, WORTH: LEARNER,
    COMPLETED: INSTITUTION, PASSED: INSTITUTION, SCORE: INSTITUTION, PLACES: INSTITUTION, ASKED: INSTITUTION,
    SHARED: INSTITUTION,
}  # fmt: skip
"""Each thing known of a credential, and who says so."""


def _recognition(evidence: Evidence, choice: Choice, measure: Measure, limits: Limits) -> DataFrame:
    """Where employers put each credential, as "credential_value" has it, as a part of the scale."""
    everything = in_scope(rated_by_employers(evidence, measure), evidence, choice)
    behind = count_people(everything, ["credential"]).astype({"credential": "str"})
    found = rank_items(by_rater(showable(everything, ["credential"], limits=limits)), draws=1)
    sd = np.sqrt(np.maximum(found["level_sd"] ** 2, STEP_VARIANCE / np.maximum(found["n"], 1)))
    span = measure.high - measure.low
    ends = {"share": found["level"], "low": found["level"] - WIDE * sd, "high": found["level"] + WIDE * sd}
    table = DataFrame({name: ((each - measure.low) / span).clip(0, 1) for name, each in ends.items()})
    return behind.merge(table.assign(credential=found["item"].astype(str)), how="left").assign(aspect=RECOGNITION)


def _needs(answers: DataFrame, evidence: Evidence, limits: Limits) -> Iterator[DataFrame]:
    """How many employers need its skills, each rating of a skill that may be told counting once; and of its skills the
    one most will need in three years. One person rates several: the interval is that of those who rated the skill most
    of them did."""
    now, later = (_told_skills(answers, construct, limits) for construct in (SKILL_NEED, NEED_3Y))
    if len(now):
        by = now.groupby("credential")
        most = now.loc[by["people"].idxmax()].set_index("credential")
        share = (now["share"] * now["people"]).groupby(now["credential"]).sum() / by["people"].sum()
        low, high = wilson(share * most["people"], most["people"])
        yield most.assign(share=share, low=low, high=high, aspect=NEED).reset_index().drop(columns="item")
    if len(later):
        best = later.sort_values(["share", "item"], ascending=[False, True]).drop_duplicates("credential")
        names = [evidence.skills.get(skill, skill) for skill in best["item"]]
        yield best.assign(aspect=LATER, item=names)


def _told_skills(answers: DataFrame, construct: str, limits: Limits) -> DataFrame:
    """The shares of employers who need a skill, of those skills of which they may be told."""
    found = share_of_people(skill_ratings(answers, construct), ["credential", "item"], "positive").drop(columns="hits")
    told = may_show(found["people"], found["organisations"], found["largest_share"], limits)
    return found[told].astype({"credential": "str", "item": "str"}).reset_index(drop=True)


def _alike(answers: DataFrame, evidence: Evidence, limits: Limits) -> DataFrame:
    """How many employers hesitate because too many look alike, as it stands among the single answers."""
    asked = only(answers, audience=EMPLOYER, construct=CONCERN)
    found = shares_of_each(asked, evidence, limits)
    return found[found["item"] == MANY].drop(columns="item").assign(aspect=ALIKE)


def _distinct(answers: DataFrame, limits: Limits) -> DataFrame:
    """The experts' marks on how much it differs from what others offer, as a part of their scale."""
    marks = marks_of(newest_rounds(only(answers, audience=EXPERT, construct=MARKED), limits.reviewers))
    marks = marks[marks["construct"] == DISTINCTIVENESS]
    share = np.array([np.mean(each) for each in marks["marks"]], dtype=float) / HIGHEST
    low, high = (marks[name].to_numpy(dtype=float) / HIGHEST for name in ("low", "high"))
    return marks[["credential", "people"]].assign(share=share, low=low, high=high, aspect=DISTINCT)


def _worth(answers: DataFrame) -> DataFrame:
    """The learners for whom it was worth it, as "worth" has them."""
    rated = at_the_end(only(answers, audience=LEARNER, construct=OVERALL, status="answered"))
    rated = rated[rated["positive"].notna()].astype({"positive": bool})
    found = share_of_people(rated, ["credential"], "positive").astype({"credential": "str"})
    return found[["credential", "people", "share", "low", "high"]].assign(aspect=WORTH)


def _of_runs(runs: DataFrame, limits: Limits) -> Iterator[DataFrame]:
    """The institution's figures of a credential's newest runs, of those alone that may be shown by themselves. Of a run
    without a first day nobody knows whether it is among the newest, so it is left out."""
    counts = ["enquiries", "enrolled", "started", "completed", "passed", "badges_issued", "badges_shared"]
    held = runs.assign(**{name: to_numeric(runs[name], errors="coerce").astype(float) for name in counts})
    held = held[held["starts"].notna() & (held["started"].fillna(held["enrolled"]) >= limits.minimum_group)]
    held = held.assign(credential=held["credential"].astype(str), starts=held["starts"].astype(str))
    held = held.sort_values("starts", ascending=False, kind="stable")
    age = held.groupby("credential").cumcount()
    new, old = held[age < NEWEST], held[(age >= NEWEST) & (age < 2 * NEWEST)]
    began = new["started"].fillna(new["enrolled"])
    for aspect, base, hits in (
        (COMPLETED, began, new["completed"]),
        (PASSED, new["completed"].where(new["completed"] >= limits.minimum_group), new["passed"]),
        (SHARED, new["badges_issued"].where(new["badges_issued"] >= limits.minimum_group), new["badges_shared"]),
    ):
        yield _shares(new["credential"], base, hits).assign(aspect=aspect)
    places, before = (each.groupby("credential")["enrolled"].mean() for each in (new, old))
    people = new.groupby("credential")["enrolled"].min()
    numbers = DataFrame({"number": places, "before": before.reindex(places.index), "people": people.fillna(0)})
    yield numbers.reset_index(names="credential").assign(aspect=PLACES)
    asked = new[(new["enquiries"] >= limits.minimum_group) & (new["enrolled"] >= limits.minimum_group)]
    summed = asked.groupby("credential")[["enquiries", "enrolled"]].sum()
    ratio = DataFrame({"number": summed["enquiries"] / summed["enrolled"], "people": summed["enrolled"]})
    yield ratio.reset_index(names="credential").assign(aspect=ASKED)
    rows = [
        (slug, people, mean / 100, low / 100, high / 100)
        for slug, each in new.groupby("credential")
        for mean, low, high, people in [mean_of_bands(_readable(each["test_results"], limits.minimum_group))]
    ]
    yield DataFrame(rows, columns=["credential", "people", "share", "low", "high"]).assign(aspect=SCORE)


def _readable(results: Series, least: int) -> list[Mapping[str, int]]:
    """The test results of runs of which enough people have any."""
    return [each for each in results if isinstance(each, dict) and sum(each.values()) >= least]


def _shares(credential: Series, base: Series, hits: Series) -> DataFrame:
    """How many of the base did it, by credential, where both numbers of a run are known."""
    known = DataFrame({"credential": credential, "people": base, "hits": hits}).dropna()
    summed = known.groupby("credential", as_index=False)[["people", "hits"]].sum()
    low, high = wilson(summed["hits"], summed["people"])
    return summed.assign(share=summed["hits"] / summed["people"], low=low, high=high)


def _with_facts(rows: DataFrame, evidence: Evidence) -> DataFrame:
    """The rows with what the catalogue and the market say of each credential; about nobody who answered."""
    places = places_in_market(evidence)
    facts = evidence.offers.set_index(evidence.offers["credential"].astype(str))
    words = {
        name: rows["credential"].map(facts[column].to_dict()).astype(object).where(lambda each: each.notna(), "")
        for name, column in (("stage", "lifecycle"), ("weeks_reason", "weeks_reason"), ("topics", "topics"))
    }
    weeks = to_numeric(rows["credential"].map(facts["planned_weeks"].to_dict()), errors="coerce")
    unusual = rows["credential"].map(facts["unusual_weeks"].to_dict()).astype(object).map({True: "yes", False: ""})
    return rows.assign(
        wanted=rows["credential"].map({slug: place[0] for slug, place in places.items()}).astype(float),
        offered=rows["credential"].map({slug: place[1] for slug, place in places.items()}).astype(float),
        weeks=weeks.astype(float),
        unusual=unusual.astype(object).fillna("").astype(str),
        **{name: each.astype(str) for name, each in words.items()},
    )


def places_in_market(evidence: Evidence) -> dict[str, tuple[float, float]]:
    """Where each credential stands in the market: how much its skills and subjects are wanted, and how often offered,
    on average of those there are figures of (0-1, see market.demand_and_supply; NaN for none)."""
    market = demand_and_supply(evidence.market)
    by_skill, by_topic = (_by_name(market, name) for name in ("skill", "topic"))
    topics = dict(zip(evidence.offers["credential"], evidence.offers["topics"], strict=True))
    found = {}
    for slug, title in evidence.titles.items():
        subjects = subjects_of(topics.get(slug))
        own = [by_skill[skill] for skill in evidence.claims.get(slug, ()) if skill in by_skill]
        own += [place for topic, place in by_topic.items() if topic in subjects or speaks_of(topic, title)]
        found[slug] = _mean([place[0] for place in own]), _mean([place[1] for place in own])
    return found


def subjects_of(topics: Any) -> set[str]:
    """The subjects of a credential, folded, from the text the catalogue has of them; none where that is missing.

    >>> sorted(subjects_of("Data| Care")), subjects_of(None)
    (['care', 'data'], set())
    """
    return {each.strip().casefold() for each in str(topics).split("|")} - {""} if notna(topics) else set()


def speaks_of(topic: str, title: str) -> bool:
    """Whether a title names a topic: in whole words, whatever their case.

    >>> speaks_of("AI", "Using AI at work"), speaks_of("AI", "Retail"), speaks_of("C++", "C++ for games")
    (True, False, True)
    """
    words, text = topic.strip().casefold(), title.casefold()
    return words != "" and words in text and bool(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text))


def _by_name(market: DataFrame, column: str) -> dict[str, tuple[float, float]]:
    named = market[market[column] != ""]
    keys = named[column] if column == "skill" else named[column].str.casefold()
    return {key: pair for key, *pair in zip(keys, named["wanted"], named["offered"], strict=True)}  # type: ignore[misc]


def _mean(numbers: list[float]) -> float:
    known = [number for number in numbers if number == number]
    return float(np.mean(known)) if known else np.nan
