"""How far people get with the forms, and how long these take: counted in steps of five, apart from all answers."""

from pandas import DataFrame, concat

from feedback.analysis.forms import BY, FINISHED, OPENED, STARTED, minutes, stages
from feedback.charts.intervals import ranked
from feedback.charts.progress import came_so_far
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import MOST_ROWS, STATES, spread
from feedback.findings.words import count, percent
from feedback.findings.work import Finding

MEASURES = ("share", "left")
TIMES = ("low50", "median", "high50", "counts")
NAMES = {OPENED: "Opened it", STARTED: "Began to answer", FINISHED: "Sent it"}
MUCH = 0.1
MOST_SURVEYS = 8
"""Of so many surveys a picture tells; of one it tells the steps."""
ENOUGH = 20
"""Where so many got and such a part of them leaves, it is named: counts in steps of five say little of fewer."""
SEEN = ["survey", "form", "witness"]
"""No column `audience`: forms are counted here, not people who answer, so there are no organisations behind them."""


def work_funnel(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a survey, stage and language (language "": all of them): how many forms came so far."""
    marks = _of_choice(evidence, choice)
    spoken = marks.groupby("survey")["language"].transform("nunique")
    whole = stages(marks, SEEN).assign(language="")
    by_language = stages(marks[spoken > 1], [*SEEN, "language"])
    found = concat([whole, by_language[list(whole)]], ignore_index=True)
    opened = found["people"].where((found["stage"] == OPENED) & (found["language"] == ""))
    most = opened.groupby(found["survey"]).transform("max").fillna(0)
    found = found.assign(_most=-most).sort_values(["_most", "survey", "language"], kind="stable", ignore_index=True)
    where = zip(found["stage"], found["step"], strict=True)
    return found.drop(columns="_most").assign(
        label=[NAMES.get(stage, f"Came to step {int(step) + 1}") for stage, step in where]
    )


def say_funnel(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """How many of the forms opened were sent, and where most people leave."""
    whole = rows[(rows["language"] == "") & (rows["state"] != "withheld")]
    opened, sent = (whole[whole["stage"] == stage] for stage in (OPENED, FINISHED))
    if opened.empty:
        return f"Not enough forms have been opened yet: {BY} are the least."
    number, back = int(opened["people"].sum()), int(sent["people"].sum())
    of = "" if len(opened) == 1 else f" of {count(len(opened), 'survey', 'surveys')}"
    said = f"Of about {number:,} forms{of} that were opened, {percent(min(back / number, 1))} were sent."
    leave = whole[(whole["stage"] != FINISHED) & (whole["left"] >= MUCH) & (whole["people"] >= ENOUGH)]
    leave = leave.sort_values("left", ascending=False, kind="stable")
    if leave.empty:
        return f"{said} Nowhere do many leave."
    worst = leave.iloc[0]
    where = f"{worst['label'][0].lower()}{worst['label'][1:]}"
    beside = "" if len(opened) == 1 else f" (survey {worst['survey']})"
    return f"{said} Most leave where they {_came(where)}: {percent(worst['left'])} of them get no further{beside}."


def _came(label: str) -> str:
    return {"opened it": "have opened it", "began to answer": "have begun"}.get(label, label.replace("came", "come"))


def draw_funnel(rows: DataFrame, mode: Mode) -> dict:
    """Of one survey the stages below each other; of several one row each, begun and sent."""
    whole = rows[rows["language"] == ""]
    opened = whole[whole["stage"] == OPENED]
    if len(opened) == 1:
        chosen = whole.assign(note=[f"{int(number)}+" for number in whole["people"]])
        return came_so_far(chosen.head(MOST_ROWS), "share of the forms opened", mode)
    sent, begun = (whole[whole["stage"] == stage].set_index("survey")["share"] for stage in (FINISHED, STARTED))
    table = opened.head(MOST_SURVEYS)
    table = table.assign(
        label=table["survey"],
        share=table["survey"].map(sent).fillna(0.0),
        before=table["survey"].map(begun),
        note=[f"{int(number)}+ opened" for number in table["people"]],
    )
    return came_so_far(table, "share of the forms opened", mode)


def display_funnel(rows: DataFrame) -> DataFrame:
    """Stages as a table for people."""
    return DataFrame(
        {
            "Survey": rows["survey"],
            "Form": rows["form"],
            "Language": rows["language"].replace("", "all"),
            "Stage": rows["label"],
            "Forms, at least": rows["people"],
            "Of those opened (%)": (100 * rows["share"].astype(float)).round(),
            "Left here (%)": (100 * rows["left"].astype(float)).round(),
            "Shown": rows["state"].map(STATES),
        }
    )


def work_minutes(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a questionnaire: how long it took those who sent it, beside what it promises."""
    marks = _of_choice(evidence, choice)
    found = minutes(marks, ["instrument", "form", "witness"])
    promised = marks.groupby("instrument")["minutes"].max()
    said = found["instrument"].map(promised)
    words = [f"about {number:g}" if number == number else "" for number in said.astype(float)]
    return found.assign(promised=words, label=found["form"]).sort_values("label", ignore_index=True)


def say_minutes(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """How long each takes, and whether one takes longer than it says."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return f"Not enough forms have been sent to say how long they take: {BY} of a questionnaire are the least."
    longer = [row for _, row in shown.iterrows() if row["promised"] and row["median"] > _number(row["promised"])]
    if not longer:
        first = shown.sort_values("people", ascending=False, kind="stable").iloc[0]
        return f"“{first['label']}” takes most people {_minutes(first['median'])} or less, as it says."
    worst = max(longer, key=lambda row: float(row["median"]) - _number(row["promised"]))
    return (
        f"“{worst['label']}” takes longer than it says: half of the people need more than "
        f"{_minutes(worst['median'])}, and it promises {worst['promised']}. Shorten it, or say so."
    )


def _number(promised: str) -> float:
    return float(promised.removeprefix("about "))


def _minutes(number: float) -> str:
    return "half a minute" if number == 0.5 else f"{number:g} minute{'' if number == 1 else 's'}"


def draw_minutes(rows: DataFrame, mode: Mode) -> dict:
    """The median and the middle half of the times, a questionnaire a row."""
    shown = rows[rows["state"] != "withheld"]
    table = shown.head(MOST_ROWS).rename(columns={"median": "estimate"})
    notes = [f"{int(row['people'])}+ sent" + (f", says {row['promised']}" if row["promised"] else "")
             for _, row in table.iterrows()]  # fmt: skip
    reach = (0.0, max(1.0, float(shown["high50"].max()) * 1.1))
    foot = "The mark: half took less, half more. The bar: the middle half of the people."
    return ranked(table.assign(note=notes), "minutes", reach, None, mode, percent=False, foot=foot)


def display_minutes(rows: DataFrame) -> DataFrame:
    """Times as a table for people."""
    return DataFrame(
        {
            "Questionnaire": rows["label"],
            "Promised (minutes)": rows["promised"],
            "Median (minutes)": rows["median"],
            "A quarter took less than": rows["low50"],
            "A quarter took more than": rows["high50"],
            "Minutes: forms, at least": [spread(counts) for counts in rows["counts"]],
            "Forms sent, at least": rows["people"],
            "Shown": rows["state"].map(STATES),
        }
    )


def _of_choice(evidence: Evidence, choice: Choice) -> DataFrame:
    """The counts of the surveys that a choice is about."""
    marks = evidence.funnel.rename(columns={"audience": "witness"})
    if choice.survey:
        marks = marks[marks["survey"] == choice.survey]
    if not (choice.credential or choice.programme):
        return marks
    wanted = {
        slug
        for slug in evidence.titles
        if choice.credential in ("", slug) and choice.programme in ("", evidence.programmes.get(slug))
    }
    return marks[marks["credentials"].map(lambda about: not wanted.isdisjoint(str(about).split("|"))).astype(bool)]


FUNNEL = Finding(
    id="funnel",
    question="How far do people get with the forms?",
    caution=(
        "Counted at the form, apart from all answers, without a time and without who: nothing joins these counts "
        "with what somebody said. Rounded down to a multiple of five, and nothing below five, so that nobody can "
        "watch one person come and go. Forms are counted, not people: who opens one on two devices counts twice, "
        "and some openings are those of programs that check links. Whoever has fewer questions comes to fewer "
        "steps, and has not left. A few counts are lost when a server stops hard."
    ),
    work=work_funnel,
    audiences=(),
    measures=MEASURES,
    forms=True,
    keys=("step",),
    listed=True,
    say=say_funnel,
    display=display_funnel,
    draw=draw_funnel,
)

MINUTES = Finding(
    id="minutes",
    question="How long do the forms take?",
    caution=(
        "Measured from opening a form to sending it, of those who sent it; whoever goes away and comes back after "
        "three hours or more is left out. Kept in steps of ten seconds, apart from all answers. Told to the half "
        "minute; numbers of forms are rounded down to a multiple of five."
    ),
    work=work_minutes,
    audiences=(),
    measures=TIMES,
    forms=True,
    say=say_minutes,
    display=display_minutes,
    draw=draw_minutes,
)
