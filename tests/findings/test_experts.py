"""What reviews say beside their marks: evidence, how sure, stage, ties, and the changes asked for."""

from dataclasses import replace

import pandas as pd
import pytest
from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import QUOTING, Choice, Evidence, Step
from feedback.findings.frozen import NOT_KEPT, WRITTEN, texts_of
from feedback.findings.work import work_out
from feedback.ui.acting import COUNTING, TOLD_IN_WORDS
from tests.analysis.answers_table import answers_about, together
from tests.findings.evidence_of import comments, evidence, reviews
from tests.findings.test_rising import AUDIO, of, run
from tests.findings.test_themes import BADGE, TOO_FAST, badge
from tests.findings.test_themes import said as said_of

LABS = "There should be more labs with a tutor."
NAMES = {
    "expert:stage/beta": "It is on trial",
    "expert:change_1": "Which change comes first?",
    "expert:change_1_effort/small": "Days",
    "expert:change_1_effort/large": "Months",
}
SURE = (Step(0, "A little", -1), Step(1, "Fairly", 0), Step(2, "Very", 1))


def beside(question: str, construct: str, items: list[str], *, survey: str = "survey") -> DataFrame:
    """What each reviewer answered: an option, or that there was an answer ("")."""
    asked = answers_about("a", ratings=[1] * len(items), question=question, audience="expert", first=600)
    kind = "one" if any(items) else "short_text"
    return asked.assign(
        construct=construct, kind=kind, item=items, number=float("nan"), positive=None, scale="", survey=survey
    )


def reviewed(*more: DataFrame) -> DataFrame:
    """The table of two reviews of one credential, with what stands beside their marks."""
    marks = reviews("a", [[3, 0], [2, 3]], ["ready", "not_ready"])
    sure = answers_about(
        "a", ratings=[1, 2], question="purpose_clear_sure", construct="criterion_sure", audience="expert", first=600
    ).assign(scale="sure3")
    given = [
        sure,
        beside("purpose_clear_evidence", "criterion_evidence", [""]),
        beside("stage", "review_stage", ["beta", "beta"]),
        beside("independence", "independence", ["independent", "tie"]),
        beside("change_1", "change", ["", ""]),
        beside("change_1_effort", "change_effort", ["small", "large"]),
        *more,
    ]
    held = evidence(together(marks, *(each.astype(marks.dtypes.to_dict()) for each in given)), a="A badge")
    said = {"audience": "expert", "instrument": "expert", "credential": "a", "question": "change_1", "topics": []}
    words = DataFrame([said | {"construct": "change", "text": text} for text in ("Add a test.", "Cut a module.")])
    held = replace(held, questions=held.questions | NAMES, scales=held.scales | {"sure3": SURE})
    return replace(held, comments=pd.concat([held.comments, words], ignore_index=True))


def rows_of(*more: DataFrame) -> DataFrame:
    return work_out(FINDINGS["experts"], reviewed(*more), Choice(), Limits()).table.set_index("Criterion")


def test_beside_the_marks_stands_how_many_gave_evidence_and_how_sure_they_are():
    rows = rows_of()
    assert rows.loc["The purpose is clear", "Evidence given"] == "1 of 2"
    assert rows.loc["The purpose is clear", "How sure"] == "Fairly, Very"
    assert rows.loc["Employers confirmed the skills", "Evidence given"] == ""


def test_a_declared_tie_and_the_stage_stand_beside_the_review():
    answer = work_out(FINDINGS["experts"], reviewed(), Choice(), Limits())
    assert set(answer.table["Declared a tie"]) == {"1 of 2"}
    assert set(answer.table["Stage"]) == {"It is on trial (2×)"}
    assert "A tie to it was declared by 1 of 2." in answer.sentence


def test_changes_are_listed_with_their_effort():
    change = rows_of().loc["Which change comes first?"]
    assert change["Change asked for"] == "Add a test. / Cut a module."
    assert change["Marks"] == ""
    assert change["Effort"] == "Days, Months"


def test_a_change_of_a_round_that_waits_is_not_told():
    """The list of comments does not say of which round one is."""
    waiting = beside("change_1", "change", [""], survey="next")
    change = rows_of(waiting).loc["Which change comes first?"]
    assert change["Change asked for"] == ""
    assert change["Effort"] == "Days, Months"


def written_by_many() -> Evidence:
    """Two reviews, and learners who all wrote the same two phrases, each on a topic of its own."""
    held = reviewed()
    said = [
        comments("a", 30, topic="pace", text="Far too hurried indeed."),
        comments("a", 30, topic="labs", text="Splendid workshop rooms.", first=140),
    ]
    return replace(
        held,
        topics=pd.concat([held.topics, *(each.topics for each in said)], ignore_index=True),
        comments=pd.concat([held.comments, *(each.listed for each in said)], ignore_index=True),
    )


WORDS = ("hurried", "workshop", "Add a test.", "Cut a module.", TOO_FAST, BADGE, AUDIO, LABS)


def written(finding: str) -> Evidence:
    """Evidence of which a finding quotes; nobody has reviewed any of it."""
    if finding not in ("themes", "quotes", "rising", "suggestions"):
        return written_by_many()
    held = {
        "rising": of(run(1, 40, 6), run(2, 40, 6), run(3, 40, 27)),
        "suggestions": evidence(said=[said_of([LABS] * 12, credential="a")], a="A"),
    }.get(finding, evidence(said=[badge(20), said_of([TOO_FAST] * 8, topic="pace", credential="a")], a="A"))
    return replace(held, comments=held.comments.assign(state=""))


def found_in(finding: str, limits: Limits) -> list[str]:
    """The words of people that are anywhere in what a finding shows."""
    answer = work_out(FINDINGS[finding], written(finding), Choice(credential="a"), limits)
    shown = f"{answer.sentence} {answer.table.to_csv()} {answer.rows.to_csv()}"
    return [word for word in WORDS if word in shown]


@pytest.mark.parametrize("finding", sorted(QUOTING - {"comments_by_language"}))
def test_what_nobody_has_reviewed_is_quoted_by_no_finding_to_who_may_not_read_it(finding):
    assert found_in(finding, Limits())
    assert found_in(finding, Limits().reviewed()) == []


def test_what_nobody_has_reviewed_is_not_counted_by_language_for_who_may_not_read_it():
    held = written("themes")
    numbers = [
        work_out(FINDINGS["comments_by_language"], held, Choice(credential="a"), limits).rows["comments"].sum()
        for limits in (Limits(), Limits().reviewed())
    ]
    assert numbers[0] > 0 == numbers[1]


def test_a_change_that_somebody_has_reviewed_is_told():
    held = reviewed()
    state = ["internal" if text == "Add a test." else "" for text in held.comments["text"]]
    held = replace(held, comments=held.comments.assign(state=state))
    rows = work_out(FINDINGS["experts"], held, Choice(), Limits().reviewed()).table.set_index("Criterion")
    assert rows.loc["Which change comes first?", "Change asked for"] == "Add a test."


def test_of_what_shows_what_people_wrote_only_findings_with_columns_for_it_are_frozen():
    assert QUOTING - COUNTING <= TOLD_IN_WORDS
    columns = {name for finding in ("themes", "quotes", "suggestions") for name in shown_by(finding)}
    assert {"Quote 1", "Quote 2", "Quote 3", "Words", "What is asked for", "Also said as"} <= columns & WRITTEN


def shown_by(finding: str) -> list[str]:
    return list(work_out(FINDINGS[finding], written(finding), Choice(credential="a"), Limits()).table)


@pytest.mark.parametrize("finding", sorted(COUNTING))
def test_what_is_frozen_holds_nothing_that_people_wrote(finding):
    answer = work_out(FINDINGS[finding], written(finding), Choice(credential="a"), Limits())
    _, rows = texts_of(answer.table)
    kept = " ".join(cell for row in rows for cell in row) + answer.sentence
    assert NOT_KEPT in kept
    assert [word for word in WORDS if word in kept] == []
