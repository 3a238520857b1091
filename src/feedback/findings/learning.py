"""What learners say: was it worth it, and how each question was answered."""

from collections.abc import Sequence

import numpy as np
from pandas import DataFrame, Series, isna

from feedback.analysis.ratings import only, percent_positive
from feedback.charts.intervals import ranked
from feedback.charts.scales import diverging
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.cells import asides_told, distributions, ends_of, steps_told
from feedback.findings.evidence import Choice, Evidence, Step
from feedback.findings.scope import STATES, at_the_end, few, in_scope, spread, that_may_add, with_everyone
from feedback.findings.totals import ASIDE, SHARES, STEPS, given_away
from feedback.findings.words import between, listed, people_of, percent
from feedback.findings.work import Finding

WORTH_MEASURES = ("positive", "share", "low", "high")
MEASURES = (*WORTH_MEASURES, "counts", "aside")


def work_worth(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential: the share of learners for whom it was worth it."""
    asked = at_the_end(in_scope(evidence.answers, evidence, choice))
    rated = only(asked, audience="learner", construct="overall")
    found = percent_positive(rated, ["credential"]).rename(columns={"n": "people"})
    best_first = found.sort_values(["share", "credential"], ascending=[False, True], ignore_index=True)
    return with_everyone(best_first.drop(columns=["counts", "aside", "mean"]), evidence, choice, employers=False)


def say_worth(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """For how many learners it was worth it."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return "Not enough learners have answered yet to say whether it was worth their time."
    best, worst = shown.iloc[0], shown.iloc[-1]
    said = (
        f"{percent(best['share'])} of learners say {best['label']} was worth it "
        f"({between(best['low'], best['high'])}; {people_of(best['people'])})"
    )
    if len(shown) == 1:
        return f"{said}."
    return f"{said}; of {worst['label']}, {percent(worst['share'])} say so ({between(worst['low'], worst['high'])})."


def draw_worth(rows: DataFrame, mode: Mode) -> dict:
    """Share of learners for whom it was worth it, by credential."""
    table = few(rows.drop(columns="organisations"))
    return ranked(
        table.rename(columns={"share": "estimate"})[["label", "estimate", "low", "high", "state", "note"]],
        "share of learners who say it was worth it",
        (0, 1),
        "learner",
        mode,
    )


def display_worth(rows: DataFrame) -> DataFrame:
    """Worth as a table for people."""
    return DataFrame(
        {
            "Credential": rows["label"],
            "Worth it (%)": (100 * rows["share"]).round(),
            "Low (90%)": (100 * rows["low"]).round(),
            "High (90%)": (100 * rows["high"]).round(),
            "People": rows["people"],
            "Shown": rows["state"].map(STATES),
        }
    )


OWN_PLACE = (
    "overall",
    "skill_gain",
    "recognition",
    "recognition_among_aware",
    "employer_value",
    "skill_need",
    "skill_need_3y",
    "skill_performance",
    "skill_shortfall",
)
"""Constructs that have a finding of their own."""


def work_scales(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a question on a scale: how learners answered it, least positive first."""
    return _scales_of("learner", evidence, choice, limits)


def work_employer_scales(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a question on a scale: how employers answered it (trust, effect, level), least positive first."""
    return _scales_of("employer", evidence, choice, limits)


def _scales_of(audience: str, evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    by = ["credential", "question", "item"]
    asked = at_the_end(in_scope(evidence.answers, evidence, choice))
    asked = only(asked, audience=audience, kind=("scale", "grid"))
    asked = asked[~asked["construct"].isin(OWN_PLACE)]
    rated = that_may_add(asked, asked["positive"].notna(), by, limits)
    cell = ["question", "item", "scale"]
    found = percent_positive(rated, cell).rename(columns={"n": "people"}).drop(columns="mean")
    given = distributions(steps_told(rated[rated["positive"].notna()], cell, evidence, limits), cell)
    hidden = given_away(rated, cell, evidence, limits)
    given = {each: parts for each, parts in given.items() if (each, STEPS) not in hidden}
    aside = {each for each in asides_told(rated, cell, limits) if (each, ASIDE) not in hidden}
    cells = list(found[cell].astype(str).itertuples(index=False, name=None))
    untold = Series([(each, SHARES) in hidden for each in cells], dtype=bool)
    found = found.assign(
        people=found["people"].mask(untold, 0),
        counts=Series([given.get(each, {}) for each in cells], dtype=object),
        aside=found["aside"].where(Series([each in aside for each in cells], dtype=bool)).astype("Int64"),
    )
    names = [
        evidence.named(question, item, audience)
        for question, item in zip(found["question"], found["item"], strict=True)
    ]
    headings = [
        evidence.named(question, "", audience) if item else ""
        for question, item in zip(found["question"], found["item"], strict=True)
    ]
    steps = [evidence.scales.get(str(scale), ()) for scale in found["scale"]]
    found = found.assign(label=names, heading=headings, steps=steps)
    return found.sort_values(["share", "label"], ignore_index=True)


def say_scales(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """The best and the worst rated question."""
    shown = rows[(rows["state"] != "withheld") & rows["share"].notna()]
    if shown.empty:
        return "Not enough people have answered yet to show how each question was answered."
    worst, best = shown.iloc[0], shown.iloc[-1]
    return (
        f"Least positive: “{_in_full(worst)}”, {percent(worst['share'])} "
        f"({between(worst['low'], worst['high'])}; {people_of(worst['people'], worst['organisations'])}). "
        f"Most positive: “{_in_full(best)}”, {percent(best['share'])}."
    )


def _in_full(row: Series) -> str:
    """A question in words; the row of a grid with the question it belongs to."""
    return f"{row['heading']} · {row['label']}" if row["heading"] else str(row["label"])


def draw_scales(rows: DataFrame, mode: Mode) -> dict:
    """Every question as a diverging bar."""
    return diverging(scale_steps(rows), mode)


def scale_steps(rows: DataFrame) -> DataFrame:
    """The gated rows spread out, one row a step of a scale, as the diverging bar wants them: those of one scale
    together, and within it those of one heading; first those without, then in the order of the first of them."""
    spread: list[dict] = []
    places = {by: rows.groupby(by, sort=False, observed=True).ngroup() for by in ("scale", "heading")}
    places["heading"] = places["heading"].mask(rows["heading"] == "", -1)
    for _, row in rows.iloc[np.lexsort((places["heading"], places["scale"]))].iterrows():
        withheld = row["state"] == "withheld"
        common = {
            "label": row["label"],
            "heading": row["heading"],
            "state": row["state"],
            "percent": None if withheld else percent(row["share"]),
            "n": None if withheld else int(row["people"]),
            "aside": None if withheld or isna(row["aside"]) else int(row["aside"]),
        }
        pieces = _pieces(row["counts"], row["steps"]) if not withheld and row["counts"] else {}
        for step in row["steps"]:
            times, told = pieces.get(step.value, (0 if pieces else None, step.label))
            spread.append(
                common
                | {"value": step.value, "value_label": step.label, "count": times, "side": step.side, "told": told}
            )
    return DataFrame(spread)


def _pieces(counts: dict[str, int], steps: Sequence[Step]) -> dict[float, tuple[int, str]]:
    """By the step at whose place a piece is drawn, of joined ones the one nearest to the middle: people, and the steps
    in words."""
    found = {}
    middle = (steps[0].value + steps[-1].value) / 2
    for name, people in counts.items():
        low, high = ends_of(name)
        within = [step for step in steps if low <= step.value <= high]
        place = min(within, key=lambda step: (abs(step.side), abs(step.value - middle)))
        found[place.value] = people, listed([step.label for step in within], "or")
    return found


def display_scales(rows: DataFrame) -> DataFrame:
    """Questions as a table for people."""
    return DataFrame(
        {
            "Question": [_in_full(row) for _, row in rows.iterrows()],
            "Positive (%)": (100 * rows["share"]).round(),
            "Low (90%)": (100 * rows["low"]).round(),
            "High (90%)": (100 * rows["high"]).round(),
            "Steps given": [spread(counts) for counts in rows["counts"]],
            "People": rows["people"],
            "Set aside": rows["aside"],
            "Shown": rows["state"].map(STATES),
        }
    )


WORTH = Finding(
    id="worth",
    question="Was it worth the learners' time?",
    caution="Share of learners who agree that it was worth the time it took, with its 90% Wilson interval.",
    work=work_worth,
    audiences=("learner",),
    measures=WORTH_MEASURES,
    say=say_worth,
    display=display_worth,
    draw=draw_worth,
)

LEARNER_SCALES = Finding(
    id="learner_scales",
    question="How did learners answer each question?",
    caution=(
        "Each bar is the distribution of answers around the middle; the percentage is the share of positive "
        "answers (the top two; of “how long” and “how fast” the middle). “Does not apply” stands apart. "
        "Neighbouring steps are joined where single ones stand for too few."
    ),
    work=work_scales,
    audiences=("learner",),
    measures=MEASURES,
    say=say_scales,
    display=display_scales,
    draw=draw_scales,
    keys=("steps",),
)

EMPLOYER_SCALES = Finding(
    id="employer_scales",
    question="What do employers trust, and what has it led to?",
    caution=(
        "Each bar is the distribution of employers' answers around the middle; the percentage is the share of "
        "positive answers (of “how deep” the middle; of what it led to, at least one in the last 12 months). "
        "“Don't know” stands apart. Neighbouring steps are joined where single ones stand for too few."
    ),
    work=work_employer_scales,
    audiences=("employer",),
    measures=MEASURES,
    say=say_scales,
    display=display_scales,
    draw=draw_scales,
    keys=("steps",),
)
