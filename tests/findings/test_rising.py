"""What rose since the last run: of enough people, in steps, and never what few said before."""

from dataclasses import replace

import pytest
from pandas import DataFrame, concat

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.work import work_out
from tests.analysis.answers_table import topics_about
from tests.findings.evidence_of import Said, evidence, runs_of

AUDIO = "The audio of the recorded sessions was hard to follow."
OTHER = "The second exercise asked for more than we had learned."


def run(number: int, people: int, named: int, *, topic: str = "pace", credential: str = "a") -> Said:
    """A run in which so many wrote, so many of them on a topic."""
    topics = [[topic]] * named + [[]] * (people - named)
    counted = topics_about(credential, topics=topics, first=1000 * number).assign(survey=f"{credential}-{number}")
    texts = [AUDIO] * named + [OTHER] * (people - named)
    listed = DataFrame(
        {
            "audience": "learner", "instrument": "learner", "credential": credential, "question": "change",
            "construct": "change", "polarity": "negative", "month": "2026-01", "organisation": None, "language": "en",
            "text": texts, "vader": -0.5, "textblob": -0.5, "sentiment": -0.5, "topics": [[]] * people,
            "state": "internal", "survey": f"{credential}-{number}",
        }
    )  # fmt: skip
    return Said(counted.assign(month=f"202{number}-05"), listed)


def of(*runs: Said) -> Evidence:
    return evidence(said=list(runs), runs=runs_of("a", (40, 30), (40, 30), (40, 30)), a="A badge")


def told(*runs: Said, limits: Limits = Limits()) -> DataFrame:
    return work_out(FINDINGS["rising"], of(*runs), Choice(), limits).rows


def test_a_topic_and_a_word_that_rose_since_the_last_run_are_told():
    rows = told(run(1, 40, 6), run(2, 40, 6), run(3, 40, 27))
    topic = rows[rows["kind"] == "topic"].iloc[0]
    assert (topic["id"], topic["label"], topic["people"]) == ("pace", "Pace", 25)
    assert topic["times"] > 3
    word = rows[(rows["kind"] == "word") & (rows["label"] == "audio")].iloc[0]
    assert word["quotes"] == (AUDIO,)
    assert not rows["seldom"].any()


def test_numbers_of_people_come_in_steps_of_five():
    assert {27 // 5 * 5} == set(told(run(1, 40, 6), run(2, 40, 27))["people"])


def test_what_few_said_before_is_not_told_in_numbers():
    rows = told(run(1, 40, 3), run(2, 40, 20))
    assert rows["seldom"].all()
    assert rows["times"].isna().all()
    assert "hardly named before" in work_out(
        FINDINGS["rising"], of(run(1, 40, 3), run(2, 40, 20)), Choice(), Limits()
    ).table["Than before"].tolist()  # fmt: skip


def test_a_run_without_a_first_day_goes_by_when_its_comments_came():
    held = of(run(1, 40, 6), run(2, 40, 6), run(3, 40, 27))
    for undated in ("a-3", "a-1"):
        runs = held.runs.assign(starts=held.runs["starts"].where(held.runs["slug"] != undated, None))
        rows = work_out(FINDINGS["rising"], replace(held, runs=runs), Choice(), Limits()).rows
        assert "pace" in set(rows["id"])


def test_what_was_said_as_often_did_not_rise():
    assert told(run(1, 40, 20), run(2, 40, 20)).empty


def test_what_fell_is_not_told():
    assert "Pace" not in told(run(1, 40, 30), run(2, 40, 3))["label"].tolist()


def test_of_one_run_nothing_is_told():
    answer = work_out(FINDINGS["rising"], of(run(1, 40, 30)), Choice(), Limits())
    assert answer.rows.empty
    assert "It takes two runs" in answer.sentence


def test_a_run_too_few_wrote_in_is_no_run_to_compare_with():
    assert told(run(1, 40, 6), run(2, 4, 4)).empty
    later = told(run(1, 40, 6), run(2, 40, 27), run(3, 4, 4))
    assert "Pace" in later["label"].tolist()


@pytest.mark.parametrize("few", [0, 2])
def test_what_few_named_of_another_credential_moves_nothing(few):
    mine = [run(1, 40, 6), run(2, 40, 27)]
    other = [run(1, 20, few, credential="b"), run(2, 20, few, credential="b")]
    both = replace(of(*mine, *other), titles={"a": "A badge", "b": "B badge"})
    topics = work_out(FINDINGS["rising"], both, Choice(), Limits()).rows
    assert topics[topics["kind"] == "topic"]["people"].tolist() == [25]


def test_a_survey_of_no_run_stands_for_one_by_its_months():
    without = evidence(said=[run(1, 40, 6), run(2, 40, 27)], a="A badge")
    rows = work_out(FINDINGS["rising"], without, Choice(), Limits()).rows
    assert "Pace" in rows["label"].tolist()


def test_comments_that_do_not_say_by_which_survey_they_came_make_no_word():
    held = of(run(1, 40, 6), run(2, 40, 27))
    rows = work_out(
        FINDINGS["rising"], replace(held, comments=held.comments.drop(columns="survey")), Choice(), Limits()
    ).rows
    assert set(rows["kind"]) == {"topic"}


def test_the_order_of_the_rows_changes_nothing():
    held = of(run(1, 40, 6), run(2, 40, 27))
    turned = replace(held, topics=held.topics.iloc[::-1], comments=held.comments.iloc[::-1])
    first, second = (work_out(FINDINGS["rising"], each, Choice(), Limits()).rows for each in (held, turned))
    assert concat([first, second]).drop_duplicates().shape == first.shape
