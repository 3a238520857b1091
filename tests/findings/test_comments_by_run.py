"""What learners write about by run: shares of those who wrote, and nothing by which a hidden run would follow."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.findings.attacking import attack
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.work import work_out
from tests.analysis.answers_table import together, topics_about
from tests.findings.evidence_of import Said, comments, evidence, runs_of

A = Choice(credential="a")


def run(number: int, people: int, critical: int, appreciative: int = 0, *, survey: str = "") -> Said:
    """A run in which so many wrote, so many of them critically and so many appreciatively on the pace."""
    voices = [("negative", critical), ("positive", appreciative), (None, people - critical - appreciative)]
    tables = [
        topics_about("a", topics=[["pace"] if meant else []] * many, polarity=meant, first=1000 * number + 200 * at)
        for at, (meant, many) in enumerate(voices)
        if many
    ]
    return Said(together(*tables).assign(survey=survey or f"a-{number}"), comments("a", 0).listed)


def told(*runs: Said, choice: Choice = A) -> DataFrame:
    return work_out(FINDINGS["comments_by_run"], of(*runs), choice, Limits()).rows


def of(*runs: Said) -> Evidence:
    return evidence(said=list(runs), runs=runs_of("a", *[(40, 30)] * len(runs)), a="A badge")


def numbers(rows: DataFrame, topic: str = "pace") -> dict[str, tuple]:
    mine = rows[rows["topic"] == topic]
    return {row["run"]: (row["people"], row["negative"], row["positive"]) for row in mine.to_dict("records")}


def test_each_run_tells_who_names_a_topic_of_those_who_wrote_and_how_many_are_critical():
    rows = told(run(1, 60, 12, 12), run(2, 60, 30, 12))
    assert numbers(rows) == {"a-1": (24, 12, 12), "a-2": (42, 30, 12)}
    second = rows[(rows["topic"] == "pace") & (rows["run"] == "a-2")].iloc[0]
    assert (second["label"], second["run_label"], second["starts"][:4]) == ("Pace", "Run 2", "2022")
    assert second["named"] == pytest.approx(42 / 60)
    assert second["named_low"] < 42 / 60 < second["named_high"]
    assert second["share"] == pytest.approx(30 / 42)
    assert second["low"] < 30 / 42 < second["high"]


def test_the_difference_that_is_clear_is_said_and_one_that_is_not_is_none():
    said = work_out(FINDINGS["comments_by_run"], of(run(1, 60, 12), run(2, 60, 40)), A, Limits()).sentence
    assert said.startswith("In “Run 2” more of those who wrote name “Pace” than in “Run 1”: 67%")
    alike = work_out(FINDINGS["comments_by_run"], of(run(1, 60, 20), run(2, 60, 22)), A, Limits()).sentence
    assert "no topic is clearly named more often" in alike


def test_of_several_credentials_or_without_a_run_nothing_is_told():
    two = replace(of(run(1, 60, 20), run(2, 60, 30)), titles={"a": "A badge", "b": "B badge"})
    found = work_out(FINDINGS["comments_by_run"], two, Choice(), Limits())
    assert found.rows.empty
    assert found.sentence.endswith("choose a credential above.")
    assert not work_out(FINDINGS["comments_by_run"], two, A, Limits()).rows.empty
    assert told(run(1, 60, 20, survey="by hand")).empty


@pytest.mark.parametrize(("few", "runs"), [(4, {"a-1"}), (5, {"a-1", "a-2", "a-3"}), (0, {"a-1", "a-2"})])
def test_a_run_of_too_few_is_hidden_and_another_with_it_where_it_would_follow(few, runs):
    rows = told(run(1, 60, 30), run(2, 60, 20), run(3, 60, few))
    assert set(numbers(rows)) == runs


def test_voices_of_a_run_that_would_give_those_of_another_away_are_left_out():
    rows = told(run(1, 60, 30, 20), run(2, 60, 20, 3))
    assert {place: people for place, (people, _, _) in numbers(rows).items()} == {"a-1": 50, "a-2": 23}
    assert rows[(rows["run"] == "a-2") & (rows["topic"] == "pace")]["positive"].isna().all()


@settings(max_examples=4, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), min_size=2, max_size=3))
def test_what_is_hidden_of_a_run_cannot_be_worked_out(named):
    people = of(*(run(at, 30, critical, liked) for at, (critical, liked) in enumerate(named, start=1)))
    assert not attack(people, Limits(), choices=[A], findings=("topics", "comments_by_run")).solved
