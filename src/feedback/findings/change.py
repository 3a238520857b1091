"""What should change: where learners and employers say that something falls short, most certain first."""

import numpy as np
from pandas import DataFrame

from feedback.analysis.changes import ANY_TOPIC, what_falls_short
from feedback.charts.intervals import ranked
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.cells import said_alike
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES, at_the_end, in_scope, notes
from feedback.findings.voices import falling_told
from feedback.findings.words import between, people_of, percent
from feedback.findings.work import Finding

MEASURES = ("falling", "share", "low", "high")
MOST_ROWS = 12
QUESTION = "question"
TOPIC, ALIGNMENT = "topic", "alignment"
"""The sources in which being there at all is an answer."""

SOURCES = {
    "question": "rated low by learners",
    "topic": "asked for in comments",
    "skill": "needed, but performed below the middle",
    "alignment": "declared, but not covered",
}
"""What each source of a line means, in words."""


def work_change(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a thing that falls short, for one credential or over all: its share of people, with doubt."""
    answers = at_the_end(in_scope(evidence.answers, evidence, choice))
    topics = at_the_end(in_scope(evidence.topics, evidence, choice))
    found = what_falls_short(answers, topics)
    # That one of these stands here says that somebody named it, so it takes as many who did as are shown at all.
    named = found["source"].isin([TOPIC, ALIGNMENT])
    told = falling_told(topics[topics["topic"] != ANY_TOPIC], limits)
    place = zip(found["credential"], found["id"], found["audience"], strict=True)
    given_away = (found["source"] == TOPIC) & np.array([each not in told for each in place], dtype=bool)
    rated = answers[answers["kind"].isin(["scale", "grid"]) & (answers["audience"] == "learner")]
    alike = said_alike(rated, ["credential", "question", "item"], evidence, limits)
    asked = zip(found["credential"], found["id"], found["item"], strict=True)
    given_away |= (found["source"] == QUESTION) & np.array([each in alike for each in asked], dtype=bool)
    found = found[~(named & (found["falling"] < limits.minimum_group)) & ~given_away].reset_index(drop=True)
    names = [_named(*line, evidence) for line in zip(found["source"], found["id"], found["item"], strict=True)]
    titles = found["credential"].map(evidence.titles).astype(str)
    label = names if choice.credential else [f"{name} · {title}" for name, title in zip(names, titles, strict=True)]
    return found.assign(name=names, title=titles, label=label)


def _named(source: str, ident: str, item: str, evidence: Evidence) -> str:
    if source == "topic":
        return evidence.topic_names.get(ident, ident)
    if source in ("skill", "alignment"):
        return evidence.skills.get(ident, ident)
    if item in evidence.skills:
        return f"{evidence.skills[item]} (own view)"
    return evidence.named(ident, item, "learner")


def say_change(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What falls short for the largest part, in a sentence."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return "Not enough people have answered yet to say for how many anything falls short."
    first = shown.iloc[0]
    where = "" if choice.credential else f" in {first['title']}"
    who = "employers" if first["audience"] == "employer" else "learners"
    said = {
        "question": f"of {who} do not agree that “{first['name']}”",
        "topic": f"of the {who} who commented ask for more on “{first['name']}”",
        "skill": f"of employers need “{first['name']}” and see it performed below the middle",
        "alignment": f"of learners say that “{first['name']}” was not covered",
    }[first["source"]]
    return (
        f"It falls short for most{where}: {percent(first['share'])} {said} "
        f"({between(first['low'], first['high'])}; {people_of(first['people'])})."
    )


def draw_change(rows: DataFrame, mode: Mode) -> dict:
    """The share of people for whom each thing falls short."""
    table = rows[rows["state"] != "withheld"].head(MOST_ROWS)
    table = table.assign(
        note=notes(table.drop(columns="organisations")), witness=table["audience"], estimate=table["share"]
    )
    return ranked(
        table[["label", "estimate", "low", "high", "state", "note", "witness"]],
        "share of those asked for whom this falls short",
        (0, 1),
        None,
        mode,
    )


def display_change(rows: DataFrame) -> DataFrame:
    """What falls short as a table for people."""
    return DataFrame(
        {
            "What": rows["name"],
            "Credential": rows["title"],
            "Why": rows["source"].map(SOURCES),
            "Said by": rows["audience"],
            "Falls short (%)": (100 * rows["share"]).round(),
            "Low (90%)": (100 * rows["low"]).round(),
            "High (90%)": (100 * rows["high"]).round(),
            "People asked": rows["people"],
            "Shown": rows["state"].map(STATES),
        }
    )


WHAT_TO_CHANGE = Finding(
    id="what_to_change",
    question="For how many does it fall short?",
    caution=(
        "Every line is the share of those asked for whom something falls short: learners who do not rate it "
        "positively, people who ask for it in a comment, employers who need a skill and see it performed below the "
        "middle. "
        "Lines are ordered by the lower end of the 90% interval, so that few answers alone put nothing first. "
        "It says what people are discontent with, not what causes their verdict. A person counts once for each "
        "credential they speak about; who left early or looks back after six months is not among them."
    ),
    work=work_change,
    audiences=("learner", "employer"),
    measures=MEASURES,
    say=say_change,
    display=display_change,
    draw=draw_change,
    listed=True,
)
