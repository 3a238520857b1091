"""What is wanted and covered by none of our credentials: where a new one may be worth launching."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from pandas import DataFrame, concat

from feedback.analysis.market import HALF, demand_and_supply
from feedback.analysis.portfolio import NOT_YET, RETIRED, change_in_demand
from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.portfolio import speaks_of, subjects_of
from feedback.findings.scope import STATES
from feedback.findings.skills import work_uncovered
from feedback.findings.words import among_others, between, count, listed, percent
from feedback.findings.work import Finding

MEASURES = ("share", "low", "high")
KEYS = ("wanted", "offered", "rank", "growth")
LAUNCH, CROWDED, HARDLY, UNKNOWN = "launch", "wanted, and crowded", "hardly wanted", "not known enough"
"""What is suggested of something no credential covers."""
ORDER = (LAUNCH, CROWDED, UNKNOWN, HARDLY)
NOT_HERE = "What no credential covers is a question to all of them: choose all credentials."
OTHER = "one of another programme"
CLOSED = frozenset({RETIRED, *NOT_YET} - {"beta"})
"""Stages of a credential that nobody can take; one on trial can be taken."""
DOUBLED = 2.0
"""From so many times what it was on, a demand is said to have grown."""


def work_white_space(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a skill of the catalogue or of the market, or a topic of the market, that no credential on offer covers:
    "uncovered" with its topics, and with growth: the newest figure of its demand as a multiple of the oldest.

    by: the credentials in design, or retired, that claim it or are about it (those chosen by name). A topic is covered
    where one on offer has it among its subjects or in its title: over the whole institution, whatever is chosen. What
    employers said of a skill counts also where they were asked about it for a credential in design.
    """
    if choice.credential:
        rows = work_uncovered(evidence, choice, limits).head(0)
        return rows.assign(by="", about="", growth=np.nan, audience="employer")
    rows = concat([_skills(evidence, choice, limits), _topics(evidence, choice)], ignore_index=True)
    growth = change_in_demand(evidence.market)
    known = [growth.get(skill, growth.get(label)) for skill, label in zip(rows["skill"], rows["label"], strict=True)]
    rows = rows.assign(
        growth=np.array([np.nan if each is None else each + 1 for each in known], dtype=float),
        audience="employer",
        people=rows["people"].fillna(0).astype("int64"),
        organisations=rows["organisations"].astype("Int64").fillna(0),
        largest_share=rows["largest_share"].astype(float).fillna(1.0),
        **{name: rows[name].astype(float) for name in (*MEASURES, "wanted", "offered")},
        **{name: rows[name].astype(object).fillna("").astype(str) for name in ("place", "on", "source", "by")},
    )
    rows = rows.sort_values(["wanted", "label"], ascending=[False, True], ignore_index=True)
    return rows.assign(rank=np.arange(len(rows), dtype=float))


def _skills(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """The skills that no credential claims, or those alone that are not on offer: in design still, or retired."""
    closed = _closed(evidence)
    claimed: dict[str, list[str]] = {}
    for slug, skills in evidence.claims.items():
        for skill in skills:
            claimed.setdefault(skill, []).append(slug)
    on_offer = {slug: skills for slug, skills in evidence.claims.items() if slug not in closed}
    named = {skill: skill for skill in claimed} | dict(evidence.skills)
    rows = work_uncovered(replace(evidence, claims=on_offer, skills=named), choice, limits)
    by = [_named(claimed.get(skill, ()), evidence, choice) for skill in rows["skill"]]
    return rows.assign(by=by, about="skill")


def _topics(evidence: Evidence, choice: Choice) -> DataFrame:
    """The market's topics that no credential is about, or those alone that are not on offer."""
    market = demand_and_supply(evidence.market)
    market = market[market["topic"] != ""]
    closed = _closed(evidence)
    offers = zip(evidence.offers["credential"].astype(str), evidence.offers["topics"], strict=True)
    subjects = {slug: subjects_of(topics) for slug, topics in offers}
    about = [
        [
            slug
            for slug in dict.fromkeys([*evidence.titles, *subjects])
            if topic.casefold() in subjects.get(slug, ()) or speaks_of(topic, evidence.titles.get(slug, ""))
        ]
        for topic in market["topic"]
    ]
    missing = [closed.issuperset(slugs) for slugs in about]
    by = [_named(slugs, evidence, choice) for slugs, told in zip(about, missing, strict=True) if told]
    found = market[np.array(missing, dtype=bool)]
    return found.drop(columns="topic").assign(label=found["topic"], by=by, about="topic")


def _closed(evidence: Evidence) -> set[str]:
    """The credentials that are not on offer; one of which no stage is known counts as on offer."""
    offers = evidence.offers
    return set(offers.loc[offers["lifecycle"].isin(CLOSED), "credential"].astype(str))


def _named(slugs: Iterable[str], evidence: Evidence, choice: Choice) -> str:
    """Credentials by title, those of other programmes than the chosen one without it."""
    chosen = {slug for slug in evidence.titles if choice.programme in ("", evidence.programmes.get(slug))}
    return ", ".join(dict.fromkeys(evidence.titles[slug] if slug in chosen else OTHER for slug in slugs))


def suggestion(row: Any) -> str:
    """What is suggested of a gated row, as far as is known: one of ORDER. How often others offer it may be missing."""
    needed = row["state"] != "withheld" and row["low"] == row["low"] and row["low"] >= HALF
    wanted = needed or row["wanted"] >= HALF
    if wanted:
        return CROWDED if row["offered"] >= HALF else LAUNCH
    return HARDLY if row["wanted"] < HALF else UNKNOWN


def say_white_space(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What may be worth a credential of its own, and why."""
    if choice.credential:
        return NOT_HERE
    if rows.empty:
        return "Every skill in the catalogue, and every topic of the market's figures, is covered by a credential."
    table = rows.sort_values("rank").to_dict("records")
    found = [row for row in table if suggestion(row) == LAUNCH]
    number = f"{count(len(rows), 'skill or topic is', 'skills and topics are')} covered by no credential on offer"
    if all(suggestion(row) == UNKNOWN for row in table):
        return f"Not enough is known yet of who wants them: {number}."
    if not found:
        return f"{number}; of none is it known that it is wanted, and rarely offered."
    first = found[0]
    rest = [f"“{row['label']}”" for row in found[1:]]
    also = f" So may {listed(rest[:3])}." if rest else ""
    said = "; ".join(_reasons(first))
    known = "" if first["offered"] == first["offered"] else ", as far as is known"
    return f"“{first['label']}” may be worth a credential of its own{known}: {said}.{also} {number}."


def _reasons(row: Any) -> Iterator[str]:
    """Why something is or is not worth a credential, part by part."""
    if row["state"] != "withheld" and row["share"] == row["share"]:
        yield f"{percent(row['share'])} of employers asked need it ({between(row['low'], row['high'])})"
    if row["wanted"] == row["wanted"]:
        yield f"the market wants it {among_others(row['wanted'])}"
    if row["offered"] == row["offered"]:
        yield f"it is offered {among_others(row['offered'])}"
    elif suggestion(row) == LAUNCH:
        yield "how many others offer it is not known"
    if row["growth"] >= DOUBLED:
        yield f"its demand is {row['growth']:.0f} times what it was at the first figure"
    if row["by"]:
        yield f"not on offer yet, or no more: {row['by']}"


def _changes(row: Any) -> str:
    """What would have to be known for another suggestion."""
    missing = []
    if row["state"] == "withheld" and row["about"] == "skill":
        way = "" if row["by"] else " (claim it in a credential that is in design)"
        missing.append(f"ask employers how far they need it{way}")
    if row["wanted"] != row["wanted"]:
        missing.append("bring in a figure of its demand")
    if row["offered"] != row["offered"]:
        missing.append("bring in how many others offer it")
    said = "; ".join(missing)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def display_white_space(rows: DataFrame) -> DataFrame:
    """What no credential covers as a table for people, candidates for a launch first."""
    table = sorted(rows.to_dict("records"), key=lambda row: (ORDER.index(suggestion(row)), row["rank"]))
    whole = DataFrame(table, columns=rows.columns)
    said = ["; ".join(_reasons(row)) for row in table]
    return DataFrame(
        {
            "Skill or topic": whole["label"],
            "Suggestion": [suggestion(row) for row in table],
            "Why": [f"{each[0].upper()}{each[1:]}." if each else "" for each in said],
            "What would change it": [_changes(row) for row in table],
            "Wanted more than (% of the others)": (100 * whole["wanted"].astype(float)).round(),
            "Offered more often than (% of the others)": (100 * whole["offered"].astype(float)).round(),
            "Demand, times the first figure": whole["growth"].astype(float).round(1),
            "Newest figure of": whole["on"],
            "Source": whole["source"],
            "Employers who need it (%)": (100 * whole["share"].astype(float)).round(),
            "People": whole["people"].astype("Float64").astype("Int64"),
            "Organisations": whole["organisations"].astype("Float64").astype("Int64"),
            "Shown": whole["state"].map(STATES),
        }
    )


CAUTION = (
    "Skills of the catalogue, and skills and topics of the market's figures, that no credential on offer claims or is "
    "about (a topic in whole words of a title, or among the subjects). Launch: wanted by the market more than half of "
    "the others, or surely needed by half of the employers, and, as far as is known, not offered more often than half "
    "of them. The market's figures are about nobody who answered, and each source "
    "counts something else: only places among the others of one source are compared. Employers are asked about skills "
    "of a credential, in design or on offer, so most of what is missing they were never asked about; what they write "
    "of skills they cannot find stands among the comments, and is not counted here."
)
"""How we know."""


WHITE_SPACE = Finding(
    id="white_space",
    question="What is wanted that none of our credentials covers?",
    caution=CAUTION,
    work=work_white_space,
    audiences=("employer",),
    measures=MEASURES,
    say=say_white_space,
    display=display_white_space,
    keys=KEYS,
)
