"""What experts say: each criterion's marks side by side, where they differ too far, and the verdict."""

from pandas import DataFrame

from feedback.analysis.reviews import CRITERION, DISTINCT, VERDICT, VERDICTS, marks_of, newest_rounds, weighted_kappa
from feedback.charts.marks import reviewers_marks
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import MOST_ROWS, STATES, in_scope
from feedback.findings.words import count, listed

MEASURES = ("marks", "low", "high", "gap", "note", "agreement", "month", "told")
ORDER = {VERDICT: 0, CRITERION: 1, DISTINCT: 2}


def work_experts(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential and criterion, and one for the verdict: the reviewers' marks, of the newest round in which
    enough of them have handed in."""
    reviews = newest_rounds(in_scope(evidence.answers, evidence, choice), limits.reviewers)
    found = marks_of(reviews)
    both = found[(found["construct"] == CRITERION) & (found["people"] >= limits.reviewers)]
    kappa = {slug: weighted_kappa(each["marks"]) for slug, each in both.groupby("credential")}
    asked = list(evidence.questions)
    place = {name.removeprefix("expert:"): at for at, name in enumerate(asked)}
    found = found.assign(
        audience="expert",
        agreement=found["credential"].map(kappa).astype(float),
        title=found["credential"].map(evidence.titles).astype(str),
        name=[evidence.named(question, "", "expert") for question in found["question"]],
        told=[
            _told(construct, marks, evidence)
            for construct, marks in zip(found["construct"], found["marks"], strict=True)
        ],
        order=found["construct"].map(ORDER).astype("float64"),
        asked=found["question"].map(place).fillna(len(asked)).astype("float64"),
    )
    found = found.sort_values(["title", "credential", "order", "asked", "question"], ignore_index=True)
    return found.drop(columns=["order", "asked"])


def _told(construct: str, marks: list[float], evidence: Evidence) -> str:
    """The marks in words: a verdict as it is worded, a criterion's as numbers."""
    return " and ".join(verdict_words(mark, evidence) if construct == VERDICT else f"{mark:g}" for mark in marks)


def verdict_words(place: float, evidence: Evidence) -> str:
    """The verdict at a place, in words."""
    option = VERDICTS[int(place)]
    return evidence.named("verdict", option, "expert")


def say_experts(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What the reviewers conclude, how far they agree, and where they have to talk."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return "Not enough reviews yet: nothing shows before two experts have handed in, so that each judges alone."
    if shown["credential"].nunique() > 1:
        return _over_all(shown)
    said = [
        f"{count(shown['people'].max(), 'expert', 'experts')} reviewed {shown.iloc[0]['title']}",
        *[f"their verdict is {_together(row['marks'], evidence)}" for _, row in of(shown, VERDICT).iterrows()],
    ]
    criteria = of(shown, CRITERION)
    agreement = shown["agreement"].dropna()
    agreed = ""
    if len(agreement):
        over = count(len(criteria), "criterion", "criteria")
        agreed = f" Over {over} they {_agreement(agreement.iloc[0])}."
    notes = list(criteria.loc[criteria["note"].astype(bool), "name"])
    talk = f" To be talked over: {listed([f'“{name}”' for name in notes])}." if notes else ""
    return f"{'; '.join(said)}.{agreed}{talk}"


def of(rows: DataFrame, construct: str) -> DataFrame:
    """The rows of one construct."""
    return rows[rows["construct"] == construct]


def _over_all(shown: DataFrame) -> str:
    verdicts = of(shown, VERDICT)
    ready = verdicts[[min(marks) > 0 for marks in verdicts["marks"]]]
    notes = of(shown, CRITERION)["note"].astype(bool).sum()
    return (
        f"Experts have reviewed {count(shown['credential'].nunique(), 'credential', 'credentials')}: all of them call "
        f"{len(ready)} of {len(verdicts)} ready, as they are or with named changes; "
        f"{count(notes, 'criterion is', 'criteria are')} to be talked over."
    )


def _together(marks: list[float], evidence: Evidence) -> str:
    words = list(dict.fromkeys(verdict_words(mark, evidence) for mark in marks))
    return f"“{words[0]}”" if len(words) == 1 else f"divided: {listed([f'“{word}”' for word in words])}"


def _agreement(kappa: float) -> str:
    """Agreement in words; the cuts are those of Landis and Koch (1977), Biometrics 33, 159-174, middle ones joined."""
    cuts = ((0.8, "agree almost fully"), (0.6, "agree well"), (0.2, "agree in part"))
    words = next((said for cut, said in cuts if kappa > cut), "hardly agree")
    return f"{words} (weighted kappa {kappa:.2f})"


def draw_experts(rows: DataFrame, mode: Mode) -> dict:
    """Of one credential every criterion's marks; of several the verdicts."""
    one = rows["credential"].nunique() == 1
    table = rows[rows["construct"] == (CRITERION if one else VERDICT)].head(MOST_ROWS)
    drawn = table.assign(
        label=table["name"] if one else table["title"],
        apart=table["note"].fillna(False).astype(bool),
        note=["to be talked over" if note is True else "" for note in table["note"].astype(object)],
    )
    columns = ["label", "marks", "apart", "state", "note"]
    if one:
        return reviewers_marks(drawn[columns], "mark of each reviewer", (0, 3), mode)
    return reviewers_marks(
        drawn[columns], "verdict of each reviewer", (0, 2), mode, ends=("not ready", "ready as it is")
    )


def display_experts(rows: DataFrame) -> DataFrame:
    """Reviews as a table for people."""
    return DataFrame(
        {
            "Credential": rows["title"],
            "Criterion": rows["name"],
            "Marks": rows["told"],
            "Gap": rows["gap"],
            "To be talked over": rows["note"].astype(object).map({True: "yes", False: "no"}).fillna(""),
            "Reviewers": rows["people"],
            "Last review": rows["month"],
            "Shown": rows["state"].map(STATES),
        }
    )
