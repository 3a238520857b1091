"""Answers to be read with care: boxes ticked in one straight line, and a credential known that does not exist.

A sign, not a verdict: it is said of groups, and nobody's answers are left out because of it.
"""

from pandas import DataFrame, concat

from feedback.analysis.ratings import share_of_people
from feedback.analysis.recognition import FOIL
from feedback.disclosure import Limits, showable
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES, in_scope
from feedback.findings.words import between, people_of, percent

STRAIGHT, OVERCLAIMED = "straight_lined", "overclaimed"
NAMES = {
    STRAIGHT: "The same answer on every row",
    OVERCLAIMED: "Knows a credential that does not exist",
}
MEASURES = ("hits", "share", "low", "high")


def work_flags(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a sign, audience and questionnaire: of how many people it was seen, of those in whom it could be."""
    answers = evidence.answers
    answered = answers[answers["status"] == "answered"]
    answered = answered[answered["positive"].notna()].astype({"credential": str, "question": str, "instrument": str})
    foils = answered[answered["credential"].str.startswith(FOIL) & (answered["construct"] == "awareness")]
    rows = answered[answered["construct"] == STRAIGHT]
    # A grid few answered of one credential must not move the total over all, or subtraction gives it away.
    rows = showable(in_scope(rows, evidence, choice), ["credential", "question"], limits=limits)
    marked = concat([foils.assign(flag=OVERCLAIMED, question=""), rows.assign(flag=STRAIGHT)], ignore_index=True)
    by = ["flag", "audience", "instrument", "question"]
    found = share_of_people(marked.astype({"audience": str, "positive": bool}), by, "positive")
    asked = found[["flag", "instrument", "question"]].itertuples(index=False, name=None)
    return found.assign(label=[_label(flag, instrument, question, evidence) for flag, instrument, question in asked])


def _label(flag: str, instrument: str, question: str, evidence: Evidence) -> str:
    """A sign in words, with the question it was seen at."""
    if not question:
        return NAMES[flag]
    return f"{NAMES[flag]} · {evidence.named(question.partition(':')[0], '', instrument)}"


def say_flags(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """The sign that was seen most."""
    shown = rows[rows["state"] != "withheld"].sort_values(["share", "label"], ascending=[False, True])
    if shown.empty:
        return "Not enough answers yet to say how carefully they were given."
    most = shown.iloc[0]
    if not most["hits"]:
        return f"Nothing stands out: no sign of careless answers among {people_of(most['people'])}."
    return (
        f"Most often: “{most['label']}”, {percent(most['share'])} of those asked "
        f"({between(most['low'], most['high'])}; {people_of(most['people'])})."
    )


def display_flags(rows: DataFrame) -> DataFrame:
    """The signs as a table for people."""
    return DataFrame(
        {
            "Sign": rows["label"],
            "Asked of": rows["audience"] + "s",
            "Questionnaire": rows["instrument"],
            "Seen in (%)": (100 * rows["share"].astype(float)).round(),
            "Low (90%)": (100 * rows["low"].astype(float)).round(),
            "High (90%)": (100 * rows["high"].astype(float)).round(),
            "People asked": rows["people"],
            "Shown": rows["state"].map(STATES),
        }
    )
