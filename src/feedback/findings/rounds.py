"""How far expert reviewers agree: round by round, and over all rounds of a stage."""

from pandas import DataFrame, Series

from feedback.analysis.agreement import ENOUGH_CRITERIA, agreement
from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES, in_scope
from feedback.findings.words import count
from feedback.findings.work import Finding

MEASURES = ("month", "rounds", "criteria", "apart", "apart_names", "gaps", "kappa")
STAGE_NAMES = {"design": "Design", "beta": "Trial", "yearly": "Yearly", "": "Not named alike"}


def work_agreement(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a round that is complete, and one a stage: weighted kappa over the criteria, and those to be talked over
    (apart: their questions, apart_names: in words)."""
    found = agreement(in_scope(evidence.answers, evidence, choice), limits.reviewers)
    return found.assign(
        audience="expert",
        people=found["people"].astype("int64"),
        kappa=found["kappa"].astype("float64"),
        apart_names=Series(
            [[evidence.named(question, "", "expert") for question in each] for each in found["apart"]],
            index=found.index,
            dtype=object,
        ),
        gaps=Series([len(each) for each in found["apart"]], index=found.index, dtype="int64"),
        title=found["credential"].map(evidence.titles).fillna("All rounds of this stage").astype(str),
        name=found["stage"].map(STAGE_NAMES).astype(str),
        note=[_note(*each) for each in zip(found["criteria"], found["kappa"], strict=True)],
    )


def _note(criteria: int, kappa: float) -> str:
    if kappa != kappa:
        return "cannot be said: no criterion was judged by two, or all marks are the same"
    return f"too few criteria to say (fewer than {ENOUGH_CRITERIA})" if criteria < ENOUGH_CRITERIA else ""


def say_agreement(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """How many rounds there were, and how far reviewers agreed in them."""
    shown = rows[rows["state"] != "withheld"]
    rounds = shown[shown["survey"] != ""]
    if rounds.empty:
        return "Not enough reviews yet: no round of review has been handed in by two experts."
    said = count(len(rounds), "round of expert review is", "rounds of expert review are")
    gaps = int(rounds["gaps"].sum())
    talk = "" if not gaps else f" {count(gaps, 'criterion was', 'criteria were')} marked two or more apart."
    known = rounds["kappa"].dropna()
    if known.empty:
        return f"{said} complete; how far they agree cannot be told yet.{talk}"
    lowest, highest = known.min(), known.max()
    within = f"{lowest:.2f}" if len(known) == 1 else f"from {lowest:.2f} to {highest:.2f}"
    return f"{said} complete; the reviewers' weighted kappa is {within} (1 is full agreement, 0 chance).{talk}"


def display_agreement(rows: DataFrame) -> DataFrame:
    """Rounds as a table for people, each stage with its rounds."""
    return DataFrame(
        {
            "Stage": rows["name"],
            "Credential": rows["title"],
            "Rounds": rows["rounds"],
            "Last review": rows["month"],
            "Reviews": rows["people"],
            "Criteria judged by two": rows["criteria"],
            "Weighted kappa": rows["kappa"].astype(float).round(2),
            "To be talked over": rows["gaps"],
            "Note": [
                note if state != "withheld" else "" for note, state in zip(rows["note"], rows["state"], strict=True)
            ],
            "Shown": rows["state"].map(STATES),
        }
    )


AGREEMENT = Finding(
    id="agreement",
    question="How far do the expert reviewers agree?",
    caution=(
        "Weighted kappa with quadratic weights over the criteria two reviewers have judged, chance reckoned from "
        "all their marks together (Scott, 1955; Cohen, 1968), round by round and over all rounds of a stage. A "
        "round is one survey of experts about one credential, and shows once two have handed in. Of fewer than ten "
        "criteria it says little; of marks that are all the same, nothing. Marks two or more apart are talked "
        "over, and never averaged into what learners and employers say."
    ),
    work=work_agreement,
    audiences=("expert",),
    measures=MEASURES,
    say=say_agreement,
    display=display_agreement,
)
