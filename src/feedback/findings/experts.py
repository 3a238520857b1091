"""What experts say: each criterion's marks side by side, where they differ too far, and the verdict."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pandas import DataFrame, concat

from feedback.analysis.ratings import only
from feedback.analysis.reviews import CRITERION, DISTINCT, VERDICT, VERDICTS, marks_of, newest_rounds, weighted_kappa
from feedback.charts.marks import reviewers_marks
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.comments import states_of
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import MOST_ROWS, STATES, in_scope
from feedback.findings.words import count, listed
from feedback.findings.work import Finding

MEASURES = (
    "marks", "low", "high", "gap", "note", "agreement", "month", "told", "evidence", "sure", "effort", "stage", "tied",
)  # fmt: skip
SURE, GIVEN, CHANGE, EFFORT = "criterion_sure", "criterion_evidence", "change", "change_effort"
STAGE, INDEPENDENCE, TIE = "review_stage", "independence", "tie"
"""Constructs read here beside the marks, and the option of who has a tie to what is reviewed."""
ORDER = {VERDICT: 0, CRITERION: 1, DISTINCT: 2, CHANGE: 3}


def work_experts(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential and criterion, and one for the verdict: the reviewers' marks, of the newest round in which
    enough of them have handed in, or of the survey chosen; and one a change they ask for, in their words.

    evidence: how many say where a criterion can be seen. sure: how sure they are. effort: how much work a change would
    be. stage, tied: of the whole review, at which stage it was made, and how many declared a tie. Reviews are counted
    without saying which answers are of one reviewer, so a tie stands beside the review and not beside a mark.
    """
    answers = in_scope(evidence.answers, evidence, choice)
    reviews = newest_rounds(only(answers, survey=choice.survey) if choice.survey else answers, limits.reviewers)
    found = marks_of(reviews)
    both = found[(found["construct"] == CRITERION) & (found["people"] >= limits.reviewers)]
    kappa = {slug: weighted_kappa(each["marks"]) for slug, each in both.groupby("credential")}
    places = {question: evidence.place(question, "", "expert") for question in set(found["question"])}
    found = found.assign(
        audience="expert",
        agreement=found["credential"].map(kappa).astype(float),
        title=found["credential"].map(evidence.titles).astype(str),
        name=[evidence.named(question, "", "expert") for question in found["question"]],
        told=[
            _told(construct, marks, evidence)
            for construct, marks in zip(found["construct"], found["marks"], strict=True)
        ],
        evidence=_beside(found, reviews, GIVEN, "_evidence"),
        sure=_beside(found, reviews, SURE, "_sure", evidence),
        effort="",
    )
    found = concat([found, _changes(reviews, evidence, choice, limits)], ignore_index=True) if len(found) else found
    found = found.assign(
        stage=found["credential"].map(_stages(reviews, evidence)).astype(object).fillna("").astype(str),
        tied=found["credential"].map(_ties(reviews)).astype(object).fillna("").astype(str),
        order=found["construct"].map(ORDER).astype("float64"),
        asked=found["question"].map(places).fillna(len(evidence.questions)).astype("float64"),
    )
    found = found.sort_values(["title", "credential", "order", "asked", "question"], ignore_index=True)
    return found.drop(columns=["order", "asked"])


def _beside(
    found: DataFrame, reviews: DataFrame, construct: str, ending: str, evidence: Evidence | None = None
) -> list[str]:
    """What was answered beside each criterion, in words: of how many reviewers, or, with the names of its scale, each
    step. The question beside a criterion has its id with an ending."""
    asked = only(reviews, construct=construct)
    said = []
    for slug, question, people in zip(found["credential"], found["question"], found["people"], strict=True):
        rows = asked[(asked["credential"] == slug) & (asked["question"].astype(str) == question + ending)]
        if evidence is None:
            said.append(f"{rows['people'].sum()} of {people}" if len(rows) else "")
            continue
        steps = {(str(scale), step.value): step.label for scale, each in evidence.scales.items() for step in each}
        said.append(
            _counted([steps.get((str(row.scale), row.number), f"{row.number:g}") for row in _each(rows, evidence)])
        )
    return said


def _each(rows: DataFrame, evidence: Evidence) -> Iterator[Any]:
    """The rows, each as often as people stand behind it, in the order of the steps or options."""
    rows = rows.astype({"question": "str", "item": "str"})
    places = [evidence.place(*each, "expert") or 0 for each in zip(rows["question"], rows["item"], strict=True)]
    ordered = rows.assign(place=places).sort_values(["number", "place"])
    return ordered.loc[ordered.index.repeat(ordered["people"])].itertuples()


def _counted(words: Sequence[str]) -> str:
    """Words with how often they were said, where that is more than once."""
    return ", ".join(word if times == 1 else f"{word} ({times}×)" for word, times in Counter(words).items())


def _changes(reviews: DataFrame, evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a credential and change asked for: what was written, and how much work it would be.

    What was written is told where there was one round only: the list of comments does not say of which round one is,
    and those of a round that waits must not show. Nor does one in a state that `limits` do not name.
    """
    asked = only(evidence.answers, audience="expert").astype({"credential": "str"})
    once = asked.groupby("credential")["survey"].nunique()
    written = only(in_scope(evidence.comments, evidence, choice), audience="expert", construct=CHANGE)
    written = written[states_of(written).isin(limits.comments)]
    handed = only(reviews, construct=VERDICT).groupby("credential")["people"].sum()
    named = only(reviews, construct=CHANGE).astype({"question": "str"})
    rows = []
    for slug, question in named[["credential", "question"]].drop_duplicates().itertuples(index=False, name=None):
        texts = written[(written["credential"] == slug) & (written["question"].astype(str) == question)]["text"]
        work = only(reviews, construct=EFFORT, credential=slug, question=f"{question}_effort")
        rows.append(
            {
                "credential": slug,
                "construct": CHANGE,
                "question": question,
                "people": int(handed.get(slug, 0)),
                "marks": [],
                "audience": "expert",
                "title": evidence.titles.get(slug, slug),
                "name": evidence.named(question, "", "expert"),
                "told": " / ".join(sorted(map(str, texts))) if once.get(slug) == 1 else "",
                "evidence": "",
                "sure": "",
                "effort": _counted(
                    [evidence.named(f"{question}_effort", row.item, "expert") for row in _each(work, evidence)]
                ),
            }
        )
    return DataFrame(rows)


def _stages(reviews: DataFrame, evidence: Evidence) -> dict[str, str]:
    """At which stage each credential was reviewed, in words."""
    asked = only(reviews, construct=STAGE)
    return {
        str(slug): _counted([evidence.named(str(row.question), row.item, "expert") for row in _each(rows, evidence)])
        for slug, rows in asked.groupby("credential")
    }


def _ties(reviews: DataFrame) -> dict[str, str]:
    """Of how many reviewers of each credential a tie to it was declared: "1 of 2"."""
    asked = only(reviews, construct=INDEPENDENCE)
    declared = asked["people"].where((asked["item"] == TIE).to_numpy(dtype=bool), 0)
    return {
        str(slug): f"{declared[rows.index].sum()} of {rows['people'].sum()}"
        for slug, rows in asked.groupby("credential")
    }


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
    tied = shown.iloc[0]["tied"]
    tie = f" A tie to it was declared by {tied}." if tied and not tied.startswith("0 ") else ""
    asked = len(of(shown, CHANGE))
    changes = f" {count(asked, 'change is', 'changes are')} asked for, in the table." if asked else ""
    return f"{'; '.join(said)}.{agreed}{talk}{tie}{changes}"


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
        return reviewers_marks(drawn[columns], "mark of each reviewer (2×: two gave it)", (0, 3), mode)
    return reviewers_marks(
        drawn[columns], "verdict of each reviewer", (0, 2), mode, ends=("not ready", "ready as it is")
    )


def display_experts(rows: DataFrame) -> DataFrame:
    """Reviews as a table for people."""
    asked = rows["construct"] == CHANGE
    return DataFrame(
        {
            "Credential": rows["title"],
            "Criterion": rows["name"],
            "Marks": rows["told"].mask(asked, ""),
            "Change asked for": rows["told"].where(asked, ""),
            "Evidence given": rows["evidence"],
            "How sure": rows["sure"],
            "Effort": rows["effort"],
            "Gap": rows["gap"],
            "To be talked over": rows["note"].astype(object).map({True: "yes", False: "no"}).fillna(""),
            "Reviewers": rows["people"],
            "Declared a tie": rows["tied"],
            "Stage": rows["stage"],
            "Last review": rows["month"],
            "Shown": rows["state"].map(STATES),
        }
    )


EXPERTS = Finding(
    id="experts",
    question="What do the expert reviewers say?",
    caution=(
        "Two experts or more judge each criterion from 0 to 3 by written anchors, each alone: nothing shows before "
        "two have handed in. They sign what they say, so the minimum for anonymous groups is not for them. Marks "
        "two or more apart are to be talked over, not averaged. Agreement is weighted kappa with quadratic weights "
        "over the criteria. A declared tie stands beside the whole review: reviews are counted without saying "
        "which mark is whose. Changes show in the reviewers' words as long as there was one round. Experts are "
        "a third witness beside learners and employers and enter no score of theirs."
    ),
    work=work_experts,
    audiences=("expert",),
    measures=MEASURES,
    say=say_experts,
    display=display_experts,
    draw=draw_experts,
)
