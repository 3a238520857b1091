"""Answers to be read with care: in one straight line, too fast, alike, or knowing a credential that does not exist.

A sign, not a verdict: it is said of groups, and nobody's answers are left out because of it.
"""

import numpy as np
from pandas import DataFrame, concat

from feedback.analysis.people import count_people
from feedback.analysis.ratings import share_of_people, wilson
from feedback.analysis.recognition import FOIL
from feedback.disclosure import Limits, showable
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES, in_scope
from feedback.findings.words import between, people_of, percent

STRAIGHT, OVERCLAIMED = "straight_lined", "overclaimed"
FAST, COPIED = "fast", "copied"
"""Signs that are kept beside a response."""
NAMES = {
    STRAIGHT: "The same answer on every row",
    OVERCLAIMED: "Knows a credential that does not exist",
    FAST: "Sent sooner than it can be read",
    COPIED: "Alike others of the same month",
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
    found = concat([found, _kept(evidence, choice, limits)], ignore_index=True)
    asked = found[["flag", "instrument", "question"]].itertuples(index=False, name=None)
    return found.assign(label=[_label(flag, instrument, question, evidence) for flag, instrument, question in asked])


def _kept(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """The signs kept beside responses: of how many who said something of a credential, questionnaire by questionnaire.

    One nobody has shown yet stands there with 0, once enough have answered: its first sight would tell of somebody.
    Reviewers sign what they say; they are not watched.
    """
    by = ["audience", "instrument"]
    answers = evidence.answers
    asked = answers["instrument"].isin(evidence.forms) & (answers["audience"] != "expert")
    said = in_scope(answers[asked.to_numpy(dtype=bool)], evidence, choice)
    said = showable(said.astype(dict.fromkeys(by, "str")), [*by, "credential"], limits=limits)
    counted = said[[*by, "credential"]].drop_duplicates()
    seen = in_scope(evidence.flagged, evidence, choice).merge(counted, on=[*by, "credential"])
    often = seen.groupby([*by, "flag"])["people"].sum().rename("hits").reset_index()
    behind = count_people(said, by)
    found = concat([behind.assign(flag=flag, question="") for flag in (FAST, COPIED)], ignore_index=True)
    found = found.merge(often, on=[*by, "flag"], how="left")
    hits = np.minimum(found["hits"].fillna(0).astype(float), found["people"].astype(float))
    low, high = wilson(hits, found["people"])
    return found.assign(hits=hits, share=hits / found["people"], low=low, high=high)


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
