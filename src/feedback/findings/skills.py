"""Skill by skill: what four witnesses say, whether employers have confirmed the need, and what no credential covers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from pandas import DataFrame, Series, concat, notna

from feedback.analysis.market import demand_and_supply
from feedback.analysis.people import EMPLOYER, EXPERT, LEARNER
from feedback.analysis.ratings import HALF, only, share_of_people
from feedback.analysis.reviews import newest_rounds
from feedback.analysis.skills import NEED, NEED_3Y, PERFORMANCE, skill_ratings
from feedback.analysis.validation import (
    CONTESTED,
    RULE,
    STALE,
    UNVALIDATED,
    VALIDATED,
    heard_state,
    holds_until,
    state_on,
)
from feedback.analysis.witnesses import (
    GAIN,
    TEST,
    WHOLE,
    WITNESSES,
    Apart,
    apart,
    views_of_experts,
    views_of_skills,
    views_of_tests,
    views_of_the_whole,
)
from feedback.charts.theme import Mode
from feedback.charts.witnesses import strips
from feedback.disclosure import Limits, may_show
from feedback.findings.calendar import work_validation
from feedback.findings.cells import said_alike
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES, at_the_end, in_scope, that_may_add
from feedback.findings.words import between, count, listed, people_of, percent
from feedback.findings.work import Finding

MEASURES = ("hits", "share", "low", "high")
SHORTFALL = "skill_shortfall"
"""The construct of who needs a skill and sees it performed below the middle, both said by the same employer."""
MOST_STRIPS = 12
"""As many strips as a picture holds; the rest stand in the table."""
THE_WHOLE = "All its skills together"
CELL = ["credential", "skill"]
SHARES = {
    LEARNER: "of learners can do it on their own",
    TEST: "of those tested passed",
    EMPLOYER: "of employers see it done well",
}
"""What the share of each witness says, in words."""
NAMES = {LEARNER: "learners", TEST: "tests", EMPLOYER: "employers", EXPERT: "experts"}


# --- four witnesses ---------------------------------------------------------------------------------------------------


def work_witnesses(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential, skill and witness, and of the credential as a whole one for each of the four: a share.

    The row of learners, tests, employers or experts shows or is withheld by itself. Shares are those of single cells,
    as they stand under "skills" and "what_to_change"; what is said of the whole follows from those that show.
    """
    answers = at_the_end(in_scope(evidence.answers, evidence, choice))
    views = views_of_skills(answers)
    views = views[_may_be_told(views, answers, evidence, limits)]
    reviews = newest_rounds(in_scope(evidence.answers, evidence, choice), limits.reviewers)
    found = concat(
        [
            views,
            views_of_the_whole(views),
            views_of_tests(in_scope(evidence.runs, evidence, choice), limits.minimum_group),
            views_of_experts(reviews),
        ],
        ignore_index=True,
    )
    every = _every_skill(evidence, choice, views)
    wanted = [(slug, skill, who) for slug, skill in every for who in (LEARNER, EMPLOYER)]
    wanted += [(slug, WHOLE, who) for slug in dict(every) for who in WITNESSES]
    rows = DataFrame(wanted, columns=[*CELL, "witness"]).astype("str").merge(found, on=[*CELL, "witness"], how="left")
    return _named(_as_counted(rows, rows["witness"]), evidence, choice)


def _may_be_told(views: DataFrame, answers: DataFrame, evidence: Evidence, limits: Limits) -> np.ndarray:
    """Which shares may be told: of enough people, and of learners, as under "what_to_change", not where all of a small
    group said one and the same thing."""
    rated = only(answers, audience=LEARNER, construct=GAIN, status="answered")
    alike = said_alike(rated, ["credential", "item", "audience"], evidence, limits)
    same = [cell in alike for cell in views[[*CELL, "witness"]].itertuples(index=False, name=None)]
    return may_show(views["people"], views["organisations"], views["largest_share"], limits) & ~np.array(same, bool)


def _every_skill(evidence: Evidence, choice: Choice, shown: DataFrame) -> list[tuple[str, str]]:
    """The skills a credential claims, heard of or not, so that being listed tells nothing; and those that are shown."""
    claimed = DataFrame(
        [(slug, skill) for slug, skills in evidence.claims.items() for skill in skills], columns=CELL, dtype=object
    )
    listed_so_far = concat([in_scope(claimed, evidence, choice), shown[CELL]]).astype("str").drop_duplicates()
    return list(listed_so_far.itertuples(index=False, name=None))


def _as_counted(rows: DataFrame, audience: Series) -> DataFrame:
    """The rows with nobody behind those nobody is known of, and organisations behind those of employers only."""
    employed = audience == EMPLOYER
    return rows.assign(
        audience=audience,
        people=rows["people"].fillna(0).astype("int64"),
        organisations=rows["organisations"].astype("Int64").mask(employed & rows["organisations"].isna(), 0),
        largest_share=rows["largest_share"].astype(float).mask(employed & rows["largest_share"].isna(), 1.0),
        **{name: rows[name].astype(float) for name in MEASURES if name in rows},
    )


def _named(rows: DataFrame, evidence: Evidence, choice: Choice) -> DataFrame:
    names = rows["skill"].map({**evidence.skills, WHOLE: THE_WHOLE}).astype(object).fillna(rows["skill"]).astype(str)
    titles = rows["credential"].map(evidence.titles).astype(str)
    labels = names if choice.credential else names + " · " + titles
    found = rows.assign(skill_name=names, title=titles, label=labels, whole=np.where(rows["skill"] == WHOLE, "1", ""))
    return found.sort_values(["title", "whole", "skill_name", *CELL], ascending=[True, False, True, True, True])


def in_strips(rows: DataFrame) -> DataFrame:
    """The gated rows, one a credential and skill: label, title, skill_name, skill, and by witness its share, `_low`,
    `_high`, `_people`, `_state` ("" where nobody is asked); apart: the pairs that differ beyond chance (see
    witnesses.apart); far: how far the two furthest of those lie apart. Those that differ come first, then the
    credential as a whole, then those most are known of."""
    by_place: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in rows.to_dict("records"):
        by_place.setdefault((row["credential"], row["skill"]), {})[row["witness"]] = row
    shown = [{who: row for who, row in asked.items() if row["state"] != "withheld"} for asked in by_place.values()]
    pairs = apart(*({who: (row["hits"], row["people"]) for who, row in one.items()} for one in shown))
    found = DataFrame([_strip(*each) for each in zip(by_place.values(), shown, pairs, strict=True)])
    if found.empty:
        return found
    found["rest"] = found["skill"] != WHOLE
    ordered = ["far", "rest", "known", "title", "skill_name"]
    return found.sort_values(ordered, ascending=[False, True, False, True, True], ignore_index=True)


def _strip(
    asked: Mapping[str, dict[str, Any]], shown: Mapping[str, dict[str, Any]], pairs: Sequence[Apart]
) -> dict[str, Any]:
    """One strip, of the rows of its witnesses, of those that are shown, and of the pairs that differ."""
    first = next(iter(asked.values()))
    strip = {name: first[name] for name in (*CELL, "label", "title", "skill_name")}
    strip |= {"apart": pairs, "known": len(shown)}
    strip["far"] = max([shown[pair.higher]["share"] - shown[pair.lower]["share"] for pair in pairs], default=0.0)
    for who in WITNESSES:
        row = asked.get(who, {})
        strip |= {who: row.get("share", np.nan), f"{who}_state": row.get("state", "")}
        strip |= {f"{who}_{name}": row.get(name, np.nan) for name in ("low", "high", "people")}
    return strip


def say_witnesses(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """On how many skills two witnesses differ beyond chance, and where most."""
    shown = rows[rows["state"] != "withheld"]
    strips = in_strips(rows)
    skills = strips[strips["rest"] & (strips["known"] > 1)] if len(strips) else strips
    if shown.empty:
        return "Not enough people have said yet what they think of each skill."
    if skills.empty:
        return "No skill has been judged by two witnesses, so nothing can be compared yet."
    split = skills[skills["far"] > 0]
    known = count(len(skills), "skill", "skills")
    if split.empty:
        return f"On none of {known} do learners and employers differ by more than chance may do."
    first = split.iloc[0]
    pair: Apart = first["apart"][0]
    return (
        f"On {len(split)} of {known} learners and employers differ by more than chance may do, most on "
        f"“{first['label']}”: {percent(first[pair.higher])} {SHARES[pair.higher]} "
        f"({between(first[f'{pair.higher}_low'], first[f'{pair.higher}_high'])}), {percent(first[pair.lower])} "
        f"{SHARES[pair.lower]} ({between(first[f'{pair.lower}_low'], first[f'{pair.lower}_high'])})."
    )


def draw_witnesses(rows: DataFrame, mode: Mode) -> dict | None:
    """One strip a skill, the marks of its witnesses on one line, a bracket where two differ beyond chance."""
    table = in_strips(rows)
    one = rows["credential"].nunique() == 1
    table = table if one else table[table["known"] > 0]
    table = concat([table[~table["rest"]], table[table["rest"]]]) if one else table
    return strips(table.head(MOST_STRIPS), mode)


def display_witnesses(rows: DataFrame) -> DataFrame:
    """The four witnesses as a table for people, one row a strip."""
    table = in_strips(rows)
    if table.empty:
        return DataFrame({"Skill": [], "Credential": []})
    heads = {LEARNER: "Learners able (%)", TEST: "Tests passed (%)", EMPLOYER: "Employers see it done well (%)",
             EXPERT: "Experts' mark (% of its scale)"}  # fmt: skip
    people = {LEARNER: "Learners", TEST: "Tested", EMPLOYER: "Employers", EXPERT: "Reviewers"}
    return DataFrame(
        {
            "Skill": table["skill_name"],
            "Credential": table["title"],
            **{head: (100 * table[who].astype(float)).round() for who, head in heads.items()},
            "Differ beyond chance": [told_apart(pairs) for pairs in table["apart"]],
            **{head: table[f"{who}_people"].astype("Float64").astype("Int64") for who, head in people.items()},
            "Shown": [_shown(row) for row in table.to_dict("records")],
        }
    )


def told_apart(pairs: Sequence[Apart]) -> str:
    """The pairs in words.

    >>> told_apart([Apart("employer", "learner", 0.01)])
    'learners above employers'
    """
    return "; ".join(f"{NAMES[pair.higher]} above {NAMES[pair.lower]}" for pair in pairs)


def _shown(row: dict) -> str:
    """Whose part of a strip shows, in words."""
    few = [NAMES[who] for who in WITNESSES if row[f"{who}_state"] == "withheld"]
    if len(few) == sum(bool(row[f"{who}_state"]) for who in WITNESSES):
        return STATES["withheld"]
    return f"yes, without {listed(few)}: too few to show" if few else "yes"


# --- need, and whether it is confirmed --------------------------------------------------------------------------------

STATE_MEASURES = (
    "share", "low", "high", "need_3y", "performance", "shortfall", "rated_both", "month",
)  # fmt: skip


def work_state(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a skill of a credential: the share of employers who need it, with what was said beside it by enough, and
    month, since which enough have said so (as under "skill_validation"). shortfall: of those who rated both, the share
    who need it and see it performed below the middle, which leaves out who sees it in the middle; rated_both: how many
    these are. Both answers are paired within the employer, before anybody is counted."""
    answers = in_scope(evidence.answers, evidence, choice)
    sides = {name: told_of_skills(answers, name, limits) for name in (NEED, NEED_3Y, PERFORMANCE, SHORTFALL)}
    need = sides[NEED]
    rows = DataFrame(_every_skill(evidence, choice, need), columns=CELL).astype("str").merge(need, on=CELL, how="left")
    for name, construct in (("need_3y", NEED_3Y), ("performance", PERFORMANCE), ("shortfall", SHORTFALL)):
        named = {"share": name, "people": "rated_both"} if name == "shortfall" else {"share": name}
        rows = rows.merge(sides[construct][[*CELL, *named]].rename(columns=named), on=CELL, how="left")
    heard = work_validation(evidence, choice, limits)[[*CELL, "month"]].astype(dict.fromkeys(CELL, "str"))
    rows = _as_counted(rows.merge(heard, on=CELL, how="left"), Series(EMPLOYER, index=rows.index))
    return _named(rows, evidence, choice).drop(columns="whole").reset_index(drop=True)


def told_of_skills(answers: DataFrame, construct: str, limits: Limits) -> DataFrame:
    """The shares of employers by credential and skill that may be told. Several steps lie on each side of these, so a
    share at its end leaves open which of them each gave."""
    rated = skill_ratings(answers, construct)
    found = share_of_people(rated, ["credential", "item"], "positive").rename(columns={"item": "skill"})
    told = may_show(found["people"], found["organisations"], found["largest_share"], limits)
    return found[told].drop(columns="hits").astype(dict.fromkeys(CELL, "str"))


def say_state(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """How many skills employers have confirmed, and which they contest."""
    if rows.empty:
        return "Not enough is known yet: no credential claims a skill."
    by_state = Series([heard_state(low) for low in _lows(rows)], index=rows.index)
    confirmed, contested = ((by_state == state) for state in (VALIDATED, CONTESTED))
    if not (confirmed | contested).any():
        return f"Not enough employers have said yet how far they need any of {count(len(rows), 'skill', 'skills')}."
    names = [f"“{name}”" for name in rows.loc[contested, "label"]]
    doubt = listed(names[:3]) if len(names) <= 3 else count(len(names), "skill", "skills")
    unheard = (by_state == UNVALIDATED).sum()
    return (
        f"Employers confirm {int(confirmed.sum())} of {count(len(rows), 'skill', 'skills')} claimed"
        + (f"; they contest {doubt}" if names else "")
        + (f"; of {int(unheard)} too few have said how far they need it" if unheard else "")
        + "."
    )


def _lows(rows: DataFrame) -> Iterator[float | None]:
    """Of each row the lower end of the need; missing where it is withheld."""
    for low, state in zip(rows["low"], rows["state"], strict=True):
        yield None if state == "withheld" else low


def display_state(rows: DataFrame) -> DataFrame:
    """Skills as a table for people: how each stands, why, and until when."""
    lows = list(_lows(rows))
    return DataFrame(
        {
            "Skill": rows["skill_name"],
            "Credential": rows["title"],
            "State": [heard_state(low) for low in lows],
            "Why": [_why(low, high) for low, high in zip(lows, rows["high"], strict=True)],
            "Stale from": [str(holds_until(month) or "") if notna(month) else "" for month in rows["month"]],
            "Needed (%)": _percents(rows["share"]),
            "Low (90%)": _percents(rows["low"]),
            "High (90%)": _percents(rows["high"]),
            "Needed in three years (%)": _percents(rows["need_3y"]),
            "Performed well (%)": _percents(rows["performance"]),
            "Needed, and performed below the middle, by the same employers (%)": _percents(rows["shortfall"]),
            "People who rated both": rows["rated_both"].astype("Float64").astype("Int64"),
            "People": rows["people"],
            "Organisations": rows["organisations"],
            "Shown": rows["state"].map(STATES),
        }
    )


def _why(low: float | None, high: float | None) -> str:
    """By which part of the rule a skill stands as it does.

    >>> _why(0.61, 0.9), _why(0.3, 0.7), _why(None, None)
    ('surely half or more need it', 'employers disagree: the half lies within the interval', 'too few have said so')
    """
    if low is None or high is None or not notna(low):
        return "too few have said so"
    if low >= HALF:
        return "surely half or more need it"
    return "most do not need it" if high < HALF else "employers disagree: the half lies within the interval"


def _percents(shares: Series) -> Series:
    return (100 * shares.astype(float)).round()


def stale(rows: DataFrame, today: date) -> list[str]:
    """The skills whose state is stale on a day, by name. rows: what the finding shows."""
    standing = zip(rows["label"], rows["low"], rows["month"], strict=True)
    return [name for name, low, month in standing if state_on(low, month if notna(month) else None, today) == STALE]


def say_stale(rows: DataFrame, today: date) -> str:
    """Which skills are stale on a day, in a sentence. rows: what the finding shows."""
    if rows.empty:
        return "No skill is stale: none has been confirmed or contested yet."
    names = [f"“{name}”" for name in stale(rows, today)]
    if not names:
        return "No skill is stale today: on each of them enough employers have been heard within 12 months."
    said = listed(names) if len(names) <= 6 else count(len(names), "skill", "skills")
    return f"Stale today, since enough employers were last heard more than 12 months ago: {said}."


# --- what no credential covers ----------------------------------------------------------------------------------------

UNCOVERED_MEASURES = ("share", "low", "high")


def work_uncovered(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a skill of the catalogue, or of the market's figures, that no credential claims and no module is there
    for: how far employers need it where they were asked, as of one taken off a credential, and what the market says.

    wanted, offered: its place among the others of the market (0-1, see market.demand_and_supply), which is about
    nobody who answered. Each answer counts once for each credential it was about.
    """
    market = demand_and_supply(evidence.market)
    market = market[market["skill"] != ""]
    covered = {skill for skills in evidence.claims.values() for skill in skills}
    skills = [skill for skill in dict.fromkeys([*market["skill"], *evidence.skills]) if skill not in covered]
    asked = skill_ratings(in_scope(evidence.answers, evidence, choice), NEED)
    asked = that_may_add(asked, asked["positive"].notna(), ["credential", "item"], limits)
    need = share_of_people(asked[asked["item"].isin(skills)], ["item"], "positive").drop(columns="hits")
    rows = DataFrame({"skill": skills}, dtype=object).merge(need, left_on="skill", right_on="item", how="left")
    rows = rows.drop(columns="item").merge(market[["skill", "wanted", "offered", "place", "on", "source"]], how="left")
    names = [evidence.skills.get(skill, skill) for skill in rows["skill"]]
    words = {name: rows[name].astype(object).where(rows[name].notna(), "") for name in ("place", "on", "source")}
    rows = _as_counted(rows, Series(EMPLOYER, index=rows.index)).assign(label=names, **words)
    numbers = {name: rows[name].astype(float) for name in ("share", "low", "high", "wanted", "offered")}
    rows = rows.assign(**numbers).sort_values(["wanted", "label"], ascending=[False, True])
    return rows.assign(rank=np.arange(len(rows), dtype=float)).reset_index(drop=True)


UNCOVERED_KEYS = ("wanted", "offered", "rank")


def say_uncovered(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Which skills are wanted, and covered by no credential."""
    if rows.empty:
        return "Every skill in the catalogue, and in the market's figures, is covered by a credential."
    known = rows[rows["state"] != "withheld"].sort_values("low", ascending=False)
    needed = [f"{row.label} ({percent(row.share)}; {people_of(row.people, row.organisations)})" for row in _each(known)]
    wanted = [row.label for row in _each(rows[rows["wanted"] >= HALF].sort_values("rank"))]
    if not needed and not wanted:
        return f"Not enough is known yet of who needs {count(len(rows), 'skill', 'skills')} that no credential covers."
    said = f"{count(len(rows), 'skill is', 'skills are')} covered by no credential."
    if needed:
        said += f" Employers need {listed(needed[:3])}."
    if wanted:
        said += f" The market asks for {listed(wanted[:3])} more than for half of the others."
    return said


def _each(rows: DataFrame) -> Iterator:
    return rows.itertuples(index=False)


def display_uncovered(rows: DataFrame) -> DataFrame:
    """Skills no credential covers as a table for people, those most wanted first."""
    rows = rows.sort_values("rank", kind="stable")
    return DataFrame(
        {
            "Skill": rows["label"],
            "Wanted more than (% of the others)": _percents(rows["wanted"]),
            "Offered more often than (% of the others)": _percents(rows["offered"]),
            "In the market it is": rows["place"].replace("", "not known"),
            "Newest figure of": rows["on"],
            "Source": rows["source"],
            "Employers who need it (%)": _percents(rows["share"]),
            "People": rows["people"],
            "Organisations": rows["organisations"],
            "Shown": rows["state"].map(STATES),
        }
    )


WHERE_THEY_DISAGREE = Finding(
    id="witnesses",
    question="Where do learners, tests, employers and experts disagree on a skill?",
    caution=(
        "Learners: the share who can do it on their own or teach others, as they say. Employers: the share who see "
        "holders do it well or very well. Tests: who passed of those who completed, by the institution's own "
        "figures. Experts: the mean of their marks on whether the modules lead to the skills, as a part of the "
        "scale. Tests and experts judge a credential and no single skill, so they stand beside all its skills "
        "together, where each rating of learners and employers counts once. Each witness has a measure of its own, "
        "and an equal share is no equal ability. Beyond chance: two shares differ by the chi-squared test with "
        "N - 1, two-sided (Campbell, 2007), after Holm over the pairs of a skill and so that of all differences "
        "named here no more than one in twenty is chance, on average (Benjamini and Hochberg over the skills; "
        "Benjamini and Bogomolov, 2014). Two or three experts are no sample and are in no test. "
        "Intervals: 90% (Wilson). Where too few of a witness spoke it is missing, and the others stay."
    ),
    work=work_witnesses,
    measures=MEASURES,
    say=say_witnesses,
    display=display_witnesses,
    draw=draw_witnesses,
)

SKILL_STATE = Finding(
    id="skill_state",
    question="Which skills have employers confirmed?",
    caution=(
        f"{RULE} Shares are of the employers who rated a skill of a credential; “not required here” is set aside. "
        "“Needed, and performed below the middle” pairs two answers of one employer, and is a share of those who "
        "rated both; who sees a skill performed in the middle counts neither there nor as performed well. Each "
        "share shows once enough have said it."
    ),
    work=work_state,
    audiences=("employer",),
    measures=STATE_MEASURES,
    roles=True,
    say=say_state,
    display=display_state,
)

UNCOVERED = Finding(
    id="uncovered",
    question="Which skills are needed that no credential covers?",
    caution=(
        "Skills of the catalogue that no credential claims and no module is there for. The market's figures give "
        "each its place among the others of the same source (see what is wanted and rarely offered); they are "
        "about nobody who answered. Employers are asked about the skills of a credential, so they are heard here "
        "on those taken off one. What they write of skills they cannot find and nobody certifies stands among the "
        "comments, and is not counted: a word a few of them use would name them."
    ),
    work=work_uncovered,
    audiences=("employer",),
    measures=UNCOVERED_MEASURES,
    say=say_uncovered,
    display=display_uncovered,
    keys=UNCOVERED_KEYS,
)
