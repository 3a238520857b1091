"""Where a pathway loses people: step by step, who stays to the end of each, and how many may have gone on."""

import numpy as np
from pandas import DataFrame, concat, to_numeric

from feedback.analysis.ratings import only, wilson
from feedback.charts.intervals import ranked
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.learners import shares_of_each
from feedback.findings.scope import MOST_ROWS, STATES, at_the_end, in_scope
from feedback.findings.words import between, people_of, percent
from feedback.findings.work import Finding

MEASURES = ("hits", "share", "low", "high", "most")
KEYS = ("step", "steps")
THROUGH, ONWARD = "through", "onward"
"""What a row is about: who completed of those who started a step; learners at its end who plan the next one here."""
NEXT, NEXT_HERE = "stacking", "next_module"
"""The construct of what comes next for a learner, and the option of the next one here."""
COLUMNS = [
    "pathway",
    "path",
    "step",
    "steps",
    "credential",
    "about",
    "audience",
    "people",
    *MEASURES,
    "question",
    "item",
]


def work_pathways(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """Two rows a step of a pathway: the share who completed it of those who started, over all its runs that may be
    shown by themselves; and the share of its learners who plan to take the next one here.

    most: of those who completed it, the largest part that can have gone on: as many as enrolled in any run of the next
    step, of whom nobody knows where they come from. Missing where the next step is not among the credentials chosen,
    and where of one of its runs it is not known, or not told, how many enrolled.
    """
    steps = evidence.pathways.assign(credential=evidence.pathways["credential"].astype(str))
    known = steps[steps["credential"].isin(evidence.titles)].rename(columns={"title": "path"})
    known = known.assign(steps=known.groupby("pathway")["step"].transform("max"))
    known = in_scope(known, evidence, choice).sort_values(["path", "pathway", "step"], ignore_index=True)
    counts = _counts(in_scope(evidence.runs, evidence, choice))
    went = _completed(counts, limits).merge(_enrolled(counts, limits), on="credential", how="outer")
    planned = _planned(in_scope(evidence.answers, evidence, choice), evidence, limits)
    rows = concat(
        [
            known.merge(went, on="credential", how="left").assign(about=THROUGH, audience="institution"),
            known.merge(planned, on="credential", how="left").assign(about=ONWARD, audience="learner"),
        ],
        ignore_index=True,
    ).reindex(columns=[*COLUMNS, "enrolled", "instrument"])
    by = rows.groupby(["pathway", "about"])
    after = by["enrolled"].shift(-1).astype(float).where(by["step"].shift(-1) == rows["step"] + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        most = (after / rows["hits"].astype(float)).clip(upper=1.0)
    names = rows["credential"].map(evidence.titles).astype(str)
    order = rows.assign(
        most=most.where(rows["about"] == THROUGH),
        people=rows["people"].fillna(0).astype("int64"),
        title=names,
        label=[evidence.named(*each) if each[0] else "" for each in _asked(rows)],
        step=rows["step"].astype("int64"),
        steps=rows["steps"].astype("int64"),
        **{name: rows[name].astype(object).fillna("").astype(str) for name in ("question", "item", "instrument")},
        **{name: rows[name].astype(float) for name in MEASURES if name != "most"},
    ).drop(columns="enrolled")
    return order.sort_values(
        ["path", "pathway", "step", "about"], ascending=[True, True, True, False], ignore_index=True
    )


def _asked(rows: DataFrame) -> list[tuple[str, str, str]]:
    told = rows[["question", "item", "instrument"]].astype(object).fillna("").astype(str)
    return list(told.itertuples(index=False, name=None))


def _counts(runs: DataFrame) -> DataFrame:
    """The counts of each run as numbers, with people: who started, else who enrolled."""
    table = DataFrame({name: to_numeric(runs[name], errors="coerce").astype(float) for name in _COUNTS})
    return table.assign(credential=runs["credential"].astype(str), people=table["started"].fillna(table["enrolled"]))


def _enrolled(counts: DataFrame, limits: Limits) -> DataFrame:
    """How many enrolled in any run of a credential (else how many started it), also in those still going; missing where
    of one run that is not known, or it may not be shown."""
    came = counts["enrolled"].fillna(counts["started"])
    told = (came >= limits.minimum_group) & (counts["people"] >= limits.minimum_group)
    by = counts.assign(enrolled=came.where(told)).groupby("credential")["enrolled"]
    return by.sum().where(by.count() == by.size()).reset_index()


def _completed(counts: DataFrame, limits: Limits) -> DataFrame:
    """Who completed of those who started, by credential, over the runs that may be shown."""
    told = counts[(counts["people"] >= limits.minimum_group) & counts["completed"].notna()]
    summed = told.groupby("credential", as_index=False)[["people", "completed"]].sum()
    low, high = wilson(summed["completed"], summed["people"])
    return summed.assign(hits=summed["completed"], share=summed["completed"] / summed["people"], low=low, high=high)


_COUNTS = ("enrolled", "started", "completed")


def _planned(answers: DataFrame, evidence: Evidence, limits: Limits) -> DataFrame:
    """The learners of each credential who plan to take the next one here."""
    found = shares_of_each(only(at_the_end(answers), audience="learner", construct=NEXT), evidence, limits)
    named = ["credential", "instrument", "question", "item", "people", "hits", "share", "low", "high"]
    return found.loc[found["item"] == NEXT_HERE, named]


def say_pathways(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """At which step most are lost, and between which two."""
    if rows.empty:
        return (
            "It is on no pathway." if choice.credential else "Not enough is known: no pathway is in the catalogue yet."
        )
    through = rows[(rows["about"] == THROUGH) & (rows["state"] != "withheld")]
    if through.empty:
        return "Not enough people have started one run of any step of a pathway to say who stays."
    worst = through.sort_values(["high", "path", "step"], kind="stable").iloc[0]
    said = (
        f"Most are lost in step {worst['step']} of “{worst['path']}”, {worst['title']}: "
        f"{percent(1 - worst['share'])} of those who start it do not complete it "
        f"({between(1 - worst['high'], 1 - worst['low'])}; {people_of(worst['people'])})."
    )
    gaps = through[through["most"] < 1]
    if len(gaps):
        gap = gaps.sort_values(["most", "path", "step"], kind="stable").iloc[0]
        after = rows[(rows["pathway"] == gap["pathway"]) & (rows["step"] == gap["step"] + 1)].iloc[0]
        said += (
            f" Between two steps, fewest from {gap['title']} to {after['title']}: at most {percent(gap['most'])} of "
            "those who completed the one can have taken the other."
        )
    return f"{said} Nobody's way is followed, so how many truly go on is not known."


def draw_pathways(rows: DataFrame, mode: Mode) -> dict | None:
    """Who stays to the end of each step, pathway by pathway; nothing where none may be told."""
    through = rows[rows["about"] == THROUGH].head(MOST_ROWS)
    if (through["state"] == "withheld").all():
        return None
    table = DataFrame(
        {
            "label": [f"{step}. {title}" for step, title in zip(through["step"], through["title"], strict=True)],
            "estimate": through["share"],
            "low": through["low"],
            "high": through["high"],
            "state": through["state"],
            "note": [f"at most {percent(most)} went on" if most < 1 else "" for most in through["most"].astype(float)],
            "tier": through["path"],
            "credential": through["credential"],
        }
    )
    ordered = table.assign(_path=through["pathway"], _step=through["step"]).sort_values(["_path", "_step"])
    foot = "Share who completed of those who started, over all runs shown. Line: 90% sure to lie within."
    title = "completed, of those who started the step"
    return ranked(ordered.drop(columns=["_path", "_step"]), title, (0, 1), None, mode, foot=foot)


def display_pathways(rows: DataFrame) -> DataFrame:
    """The steps as a table for people."""
    rows = rows.sort_values(
        ["path", "pathway", "step", "about"], ascending=[True, True, True, False], ignore_index=True
    )
    of = [f"{step} of {steps}" for step, steps in zip(rows["step"], rows["steps"], strict=True)]
    return DataFrame(
        {
            "Pathway": rows["path"],
            "Step": of,
            "Credential": rows["title"],
            "What": rows["about"].map({THROUGH: "completed, of those who started", ONWARD: "plan the next one here"}),
            "Share (%)": (100 * rows["share"].astype(float)).round(),
            "Low (90%)": (100 * rows["low"].astype(float)).round(),
            "High (90%)": (100 * rows["high"].astype(float)).round(),
            "Went on, at most (%)": (100 * rows["most"].astype(float)).round(),
            "People": rows["people"],
            "Shown": rows["state"].map(STATES),
        }
    )


CAUTION = (
    "Completed: of those who started any run of a step that may be shown, by the institution's figures. What learners "
    "plan is what they say at the end of a step, and not what they do. Answers are anonymous, and nobody is followed "
    "from one credential to the next; so of those who completed a step at most as many can have gone on as enrolled in "
    "the next (in all its runs, also those still going; nothing is said where of one of them that is not known, or too "
    "few to be told), and fewer did wherever some began there. To know more, learners would have to be asked at "
    "enrolment which of our credentials they hold. 90% Wilson intervals. What a step is worth in a combination stands "
    "under “Which do they want in a combination?”."
)
"""How we know."""


PATHWAYS = Finding(
    id="pathways",
    question="At which step of a pathway are people lost?",
    caution=CAUTION,
    work=work_pathways,
    audiences=("learner",),
    measures=MEASURES,
    say=say_pathways,
    display=display_pathways,
    draw=draw_pathways,
    keys=KEYS,
)
