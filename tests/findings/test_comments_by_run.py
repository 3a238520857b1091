"""What learners write about by run: shares of those who wrote, and nothing by which a hidden run would follow."""

from collections.abc import Collection
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, isna

from feedback.disclosure import Limits
from feedback.findings import comments_by_run
from feedback.findings.attacking import attack, attack_over_time
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.work import work_out
from tests.analysis.answers_table import together, topics_about
from tests.findings.evidence_of import Said, comments, evidence, runs_of

A = Choice(credential="a")
TOGETHER = ("topics", "comments", "what_to_change", "comments_by_run")
"""What tells of comments."""


def run(number: int, people: int, critical: int, appreciative: int = 0, *, survey: str = "") -> Said:
    """A run in which so many wrote, so many of them critically and so many appreciatively on the pace."""
    voices = [("negative", critical), ("positive", appreciative), (None, people - critical - appreciative)]
    tables = [
        topics_about("a", topics=[["pace"] if meant else []] * many, polarity=meant, first=1000 * number + 200 * at)
        for at, (meant, many) in enumerate(voices)
        if many
    ]
    return Said(together(*tables).assign(survey=survey or f"a-{number}"), comments("a", 0).listed)


def told(*runs: Said, choice: Choice = A, still_open: Collection[str] = ()) -> DataFrame:
    return work_out(FINDINGS["comments_by_run"], of(*runs, still_open=still_open), choice, Limits()).rows


def of(*runs: Said, still_open: Collection[str] = ()) -> Evidence:
    held = evidence(said=list(runs), runs=runs_of("a", *[(40, 30)] * len(runs)), a="A badge")
    return replace(held, settled={run: run not in still_open for run in held.settled})


def numbers(rows: DataFrame, topic: str = "pace") -> dict[str, tuple]:
    mine = rows[rows["topic"] == topic]
    return {
        row["run"]: (row["people"], None if isna(row["critical"]) else row["critical"])
        for row in mine.to_dict("records")
    }


def wrote(rows: DataFrame) -> dict[str, int]:
    return {run: people for run, (people, _) in numbers(rows, "").items()}


def test_each_run_tells_who_names_a_topic_of_those_who_wrote_and_how_many_are_critical():
    rows = told(run(1, 60, 12, 12), run(2, 60, 30, 12))
    assert numbers(rows) == {"a-1": (24, 12), "a-2": (42, 30)}
    assert wrote(rows) == {"a-1": 60, "a-2": 60}
    second = rows[(rows["topic"] == "pace") & (rows["run"] == "a-2")].iloc[0]
    assert (second["label"], second["run_label"], second["starts"][:4]) == ("Pace", "Run 2", "2022")
    assert second["named"] == pytest.approx(42 / 60)
    assert second["named_low"] < 42 / 60 < second["named_high"]
    assert second["share"] == pytest.approx(30 / 42)
    assert second["low"] < 30 / 42 < second["high"]


def test_critical_counts_who_says_both_as_what_should_change_does():
    said = run(2, 60, 30, 12)
    both = (said.topics["topic"] == "pace") & (said.topics["response"] % 5 == 0)
    said = replace(said, topics=said.topics.assign(critical=said.topics["critical"] | both,
                                                   appreciative=said.topics["appreciative"] | both))  # fmt: skip
    people = of(run(1, 60, 12, 12), said)
    by_run = work_out(FINDINGS["comments_by_run"], people, A, Limits()).rows
    falling = work_out(FINDINGS["what_to_change"], people, A, Limits()).rows.iloc[0]["falling"]
    assert falling > 42
    assert by_run[by_run["topic"] == "pace"]["critical"].sum() == falling


def test_the_difference_that_is_clear_is_said_and_one_that_is_not_is_none():
    said = work_out(FINDINGS["comments_by_run"], of(run(1, 60, 12), run(2, 60, 40)), A, Limits()).sentence
    assert said.startswith("In “Run 2” more of those who wrote name “Pace” than in “Run 1”: 67%")
    few = work_out(FINDINGS["comments_by_run"], of(run(1, 60, 20), run(2, 60, 2)), A, Limits()).sentence
    assert few.startswith("Not enough people name any one topic")
    alike = work_out(FINDINGS["comments_by_run"], of(run(1, 60, 20), run(2, 60, 22)), A, Limits()).sentence
    assert "does not clearly name any topic more often" in alike


def test_of_many_topics_one_that_would_be_clear_alone_is_named_no_more():
    one, two = run(1, 60, 18), run(2, 60, 29)
    assert "more of those who wrote" in work_out(FINDINGS["comments_by_run"], of(one, two), A, Limits()).sentence
    also = [
        replace(said, topics=said.topics.assign(topic=said.topics["topic"].replace("pace", f"other {at}")))
        for at in range(20)
        for said in (run(1, 60, 20), run(2, 60, 20))
    ]
    also = [replace(said, topics=said.topics[said.topics["topic"] != ""]) for said in also]
    people = evidence(said=[one, two, *also], runs=runs_of("a", (40, 30), (40, 30)), a="A badge")
    assert "does not clearly name any" in work_out(FINDINGS["comments_by_run"], people, A, Limits()).sentence


def test_of_several_credentials_or_without_a_run_nothing_is_told():
    two = replace(of(run(1, 60, 20), run(2, 60, 30)), titles={"a": "A badge", "b": "B badge"})
    found = work_out(FINDINGS["comments_by_run"], two, Choice(), Limits())
    assert found.rows.empty
    assert found.sentence.endswith("choose a credential above.")
    assert not work_out(FINDINGS["comments_by_run"], two, A, Limits()).rows.empty
    assert told(run(1, 60, 20, survey="by hand")).empty


@pytest.mark.parametrize(("few", "runs"), [(4, set()), (5, {"a-1", "a-2", "a-3"}), (0, {"a-1", "a-2"})])
def test_a_topic_few_name_in_one_run_is_told_of_none(few, runs):
    rows = told(run(1, 60, 30), run(2, 60, 20), run(3, 60, few))
    assert set(numbers(rows)) == runs
    assert set(wrote(rows)) == {"a-1", "a-2", "a-3"}


@pytest.mark.parametrize(
    "runs",
    [
        [run(1, 30, 8, 6), run(2, 30, 1, 2)],
        [run(1, 30, 8, 6), run(2, 30, 2, 1)],
        [run(1, 30, 10, 10), run(2, 30, 2, 2)],
        [run(1, 60, 30, 20), run(2, 60, 20, 3)],
    ],
)
def test_how_many_name_a_topic_in_a_run_does_not_follow_from_the_whole_and_the_other_run(runs):
    assert numbers(told(*runs)) == {}
    assert not attack(of(*runs), Limits(), choices=[A], findings=TOGETHER).solved


@pytest.mark.parametrize("runs", [[run(1, 30, 12), run(2, 3, 0)], [run(1, 30, 12), run(2, 9, 0), run(3, 4, 0)]])
def test_how_many_wrote_in_a_run_of_few_does_not_follow_from_all_who_wrote(runs):
    assert told(*runs).empty
    assert not attack(of(*runs), Limits(), choices=[A], findings=TOGETHER).solved


@pytest.mark.parametrize(
    ("runs", "cell"),
    [
        ([run(1, 30, 12), run(2, 3, 0)], "a, learners,  topic, run a-2: all who wrote"),
        ([run(1, 30, 8, 6), run(2, 30, 1, 2)], "a, learners,  topic pace, run a-2: all who name it"),
    ],
)
def test_the_attack_sees_a_run_of_few_that_is_told(monkeypatch, runs, cell):
    """It is not blind: told without looking, a few are found."""
    monkeypatch.setattr(comments_by_run, "_none_is_few", lambda *_: True)
    monkeypatch.setattr(comments_by_run, "give_away", lambda tellings, _: [False] * len(tellings))
    found = attack(of(*runs), Limits(), choices=[A], findings=TOGETHER).solved
    assert cell in {each.cell for each in found}


def test_for_how_many_a_topic_falls_short_is_left_out_where_few_of_one_run_say_so():
    assert numbers(told(run(1, 60, 12, 12), run(2, 60, 3, 12))) == {"a-1": (24, None), "a-2": (15, None)}
    assert numbers(told(run(1, 60, 12, 12), run(2, 60, 12, 3))) == {}
    neither = [run(1, 60, 12, 12), run(2, 60, 0, 12)]
    assert numbers(told(*neither)) == {"a-1": (24, 12), "a-2": (12, 0)}


def test_a_run_to_which_something_may_still_come_is_not_told_and_is_one_of_the_others():
    runs = run(1, 60, 30, 20), run(2, 60, 20, 10), run(3, 20, 8, 6)
    assert numbers(told(*runs, still_open=["a-3"])) == {"a-1": (50, 30), "a-2": (30, 20)}
    assert numbers(told(*runs, still_open=["a-2", "a-3"])) == {"a-1": (50, 30)}
    assert told(*runs[:2], run(3, 4, 0), still_open=["a-3"]).empty
    assert told(*runs, still_open=["a-1", "a-2", "a-3"]).empty


def test_one_who_comes_late_to_a_run_is_not_seen_between_two_looks():
    before, after = [run(1, 30, 12), run(2, 30, 10)], [run(1, 34, 12), run(2, 31, 11)]
    both = ["a-1", "a-2"]
    of_both = {"choices": [A], "findings": ("comments", "comments_by_run")}
    assert not attack_over_time(of(*before, still_open=both), of(*after, still_open=both), Limits(), **of_both)
    assert not attack_over_time(of(*before, still_open=both), of(*after), Limits(), **of_both)
    seen = attack_over_time(of(*before), of(*after), Limits(), **of_both)  # were they told while they are open
    assert "came: a, learners,  topic, run a-2: all who wrote" in {each.cell for each in seen}


voices = st.integers(0, 14)


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.integers(28, 31), voices, voices, st.booleans()), min_size=2, max_size=3))
def test_what_is_hidden_of_a_run_cannot_be_worked_out(named):
    runs = [run(at, max(wrote, critical + liked), critical, liked)
            for at, (wrote, critical, liked, _) in enumerate(named, start=1)]  # fmt: skip
    still_open = {f"a-{at}" for at, each in enumerate(named, start=1) if each[3]}
    assert not attack(of(*runs, still_open=still_open), Limits(), choices=[A], findings=TOGETHER).solved
