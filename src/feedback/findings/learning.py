"""What learners say: was it worth it, and how each question was answered."""

from pandas import DataFrame

from feedback.analysis.ratings import only, percent_positive
from feedback.charts.intervals import ranked
from feedback.charts.scales import diverging
from feedback.charts.theme import Mode
from feedback.disclosure import Limits, showable
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES, at_the_end, few, in_scope, spread, with_everyone
from feedback.findings.words import between, people_of, percent

MEASURES = ("positive", "share", "low", "high", "mean", "counts", "aside")


def work_worth(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential: the share of learners for whom it was worth it."""
    asked = at_the_end(in_scope(evidence.answers, evidence, choice))
    rated = only(asked, audience="learner", construct="overall")
    found = percent_positive(rated, ["credential"]).rename(columns={"n": "people"})
    best_first = found.sort_values(["share", "credential"], ascending=[False, True], ignore_index=True)
    return with_everyone(best_first, evidence, choice, employers=False)


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
    asked = asked[~asked["construct"].isin(OWN_PLACE)].astype(dict.fromkeys(by, object))
    # A question few answered of one credential must not move the total over all, or subtraction gives it away.
    seen = showable(asked[asked["positive"].notna()], by, limits=limits)
    rated = asked.merge(seen[by].drop_duplicates(), on=by)
    found = percent_positive(rated, ["question", "item", "scale"]).rename(columns={"n": "people"})
    names = [
        evidence.named(question, item, audience)
        for question, item in zip(found["question"], found["item"], strict=True)
    ]
    steps = [evidence.scales.get(str(scale), ()) for scale in found["scale"]]
    return found.assign(label=names, steps=steps).sort_values(["share", "label"], ignore_index=True)


def say_scales(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """The best and the worst rated question."""
    shown = rows[(rows["state"] != "withheld") & rows["share"].notna()]
    if shown.empty:
        return "Not enough people have answered yet to show how each question was answered."
    worst, best = shown.iloc[0], shown.iloc[-1]
    return (
        f"Least positive: “{worst['label']}”, {percent(worst['share'])} "
        f"({between(worst['low'], worst['high'])}; {people_of(worst['people'], worst['organisations'])}). "
        f"Most positive: “{best['label']}”, {percent(best['share'])}."
    )


def draw_scales(rows: DataFrame, mode: Mode) -> dict:
    """Every question as a diverging bar."""
    return diverging(scale_steps(rows), mode)


def scale_steps(rows: DataFrame) -> DataFrame:
    """The gated rows spread out, one row a step of a scale, as the diverging bar wants them."""
    spread: list[dict] = []
    for _, row in rows.iterrows():
        withheld = row["state"] == "withheld"
        common = {
            "label": row["label"],
            "state": row["state"],
            "percent": None if withheld else percent(row["share"]),
            "n": None if withheld else int(row["people"]),
            "aside": None if withheld else int(row["aside"]),
        }
        for step in row["steps"]:
            times = None if withheld else row["counts"].get(f"{step.value:g}", 0)
            spread.append(common | {"value": step.value, "value_label": step.label, "count": times, "side": step.side})
    return DataFrame(spread)


def display_scales(rows: DataFrame) -> DataFrame:
    """Questions as a table for people."""
    return DataFrame(
        {
            "Question": rows["label"],
            "Positive (%)": (100 * rows["share"]).round(),
            "Low (90%)": (100 * rows["low"]).round(),
            "High (90%)": (100 * rows["high"]).round(),
            "Steps given": [spread(counts) for counts in rows["counts"]],
            "People": rows["people"],
            "Set aside": rows["aside"],
            "Shown": rows["state"].map(STATES),
        }
    )
