"""How runs went: completion, and whether it was worth it."""

import numpy as np
import pytest
from pandas import DataFrame

from feedback.analysis.ratings import wilson
from feedback.analysis.runs import completion, worth_by_run
from tests.analysis.answers_table import answers_about, counted, no_answers, together


def runs(*rows) -> DataFrame:
    return DataFrame(rows, columns=["slug", "enrolled", "started", "completed", "passed"])


def test_completion_is_of_those_who_started():
    found = completion(runs(("spring", 30, 20, 16, 12))).iloc[0]
    assert found[["people", "hits", "share", "pass_share"]].tolist() == [20, 16, 0.8, 0.75]
    assert (found["low"], found["high"]) == pytest.approx(tuple(map(float, wilson(16, 20))))


def test_without_who_started_it_is_of_those_who_enrolled_and_without_either_not_known():
    found = completion(runs(("a", 30, None, 15, None), ("b", None, None, 15, None), ("c", 9, 9, None, None)))
    assert found["people"].tolist() == [30, 0, 9]
    assert found["share"].iloc[0] == 0.5
    assert np.isnan(found["share"].iloc[1:]).all()


def test_none_who_started_and_no_run_at_all_give_no_share():
    assert np.isnan(completion(runs(("a", 0, 0, 0, 0))).loc[0, "share"])
    assert completion(runs()).empty


def test_worth_is_told_by_the_run_of_the_survey():
    answers = together(
        answers_about("a", ratings=[5, 4, 1], construct="overall").assign(survey="first"),
        answers_about("a", ratings=[1, 1], construct="overall", first=5).assign(survey="second"),
        answers_about("a", ratings=[5], construct="overall", first=9).assign(survey="of no run"),
        answers_about("a", ratings=[5], audience="employer", construct="overall", first=10).assign(survey="first"),
    )
    for table in (answers, counted(answers)):
        found = worth_by_run(table, {"first": "spring", "second": "autumn"})
        assert found[["slug", "people", "hits"]].to_numpy().tolist() == [["autumn", 2, 0], ["spring", 3, 2]]
    assert worth_by_run(no_answers(), {}).empty
