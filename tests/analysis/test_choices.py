"""Shares of options, of those who answered the question."""

import pandas as pd
import pytest
from pandas import DataFrame

from feedback.analysis.choices import option_shares, with_options
from feedback.analysis.ratings import wilson
from tests.analysis.answers_table import chosen_about, counted, no_answers, together

CELL = ("instrument", "question")


def reasons(*chosen):
    return chosen_about("a", chosen=chosen, question="reason", instrument="dropout")


def test_a_share_is_of_those_who_answered_however_many_they_chose():
    answers = reasons(["time", "cost"], ["time"], ["cost"], ["time"])
    for table in (answers, counted(answers)):
        found = option_shares(table, []).set_index("item")
        assert found.loc["time", ["people", "hits", "share"]].tolist() == [4, 3, 0.75]
        assert found.loc["cost", ["people", "hits", "share"]].tolist() == [4, 2, 0.5]
        assert tuple(found.loc["cost", ["low", "high"]]) == pytest.approx(tuple(map(float, wilson(2, 4))))


def test_without_the_rows_of_who_answered_at_all_nothing_is_said():
    answers = reasons(["time", "cost"], ["time"])
    assert option_shares(answers[answers["item"] != ""], []).empty


def test_of_one_choice_those_who_chose_are_those_who_answered():
    answers = reasons(["time"], ["cost"], ["time"])
    one = answers[answers["item"] != ""].assign(kind="one")
    aside = one.iloc[:1].assign(item="", status="dont_know")
    found = option_shares(together(one, aside), []).set_index("item")
    assert found["people"].tolist() == [3, 3]
    assert found["hits"].to_dict() == {"cost": 1, "time": 2}


def test_an_option_nobody_chose_stands_there_with_none():
    offered = DataFrame(
        [("dropout", "reason", item) for item in ("language", "time")], columns=[*CELL, "item"], dtype="str"
    )
    found = with_options(option_shares(reasons(["time"], ["time"]), []), offered, CELL)
    assert found[["item", "hits", "share"]].to_numpy().tolist() == [["language", 0, 0], ["time", 2, 1]]
    assert found["people"].tolist() == [2, 2]


def test_nobody_asked_gives_no_row():
    assert option_shares(no_answers(), []).empty
    assert pd.api.types.is_integer_dtype(option_shares(reasons(["time"]), [])["people"])
