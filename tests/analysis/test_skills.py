"""Need against performance, skill by skill."""

import pytest

from feedback.analysis.skills import need_and_performance, need_in_three_years
from tests.analysis.answers_table import answers_about, no_answers, together

HOUSES = ["ash", "oak", "elm", "fir"]


def rated(construct, skill, ratings, organisations=HOUSES, first=0):
    scale = "perform5" if construct == "skill_performance" else "need5"
    return answers_about(
        "data-badge", ratings=ratings, audience="employer", question=construct, item=skill, scale=scale,
        organisations=organisations, first=first,
    )  # fmt: skip


def test_the_gap_is_need_less_performance():
    answers = together(
        rated("skill_need", "sql", [4, 3, 4, 1]), rated("skill_performance", "sql", [1, 3, 2, "not_seen"]),
        rated("skill_need", "ethics", [1, 0, "not_required", 3]), rated("skill_performance", "ethics", [4, 4, 4, 3]),
    )  # fmt: skip
    found = need_and_performance(answers)
    assert found["skill"].tolist() == ["sql", "ethics"]
    sql, ethics = found.iloc[0], found.iloc[1]
    assert (sql["people"], sql["need"]) == (3, 0.75)
    assert sql["performance"] == pytest.approx(1 / 3)
    assert sql["gap"] == pytest.approx(0.75 - 1 / 3)
    assert ethics["gap"] == pytest.approx(1 / 3 - 1)


def test_the_counts_of_a_row_are_those_of_its_weaker_side():
    answers = together(
        rated("skill_need", "sql", [4, 3, 4, 1]), rated("skill_performance", "sql", [1, 3], ["ash", "ash"])
    )
    found = need_and_performance(answers).iloc[0]
    assert (found["people"], found["organisations"], found["largest_share"]) == (2, 1, 1.0)


def test_a_skill_without_both_sides_and_an_empty_table_give_no_row():
    assert need_and_performance(rated("skill_need", "sql", [4, 3])).empty
    assert need_and_performance(no_answers()).empty


def test_learners_are_not_asked_what_employers_need():
    answers = together(rated("skill_need", "sql", [4]), rated("skill_performance", "sql", [4]))
    assert need_and_performance(answers.assign(audience="learner")).empty


def test_need_in_three_years_is_a_share_of_its_own():
    answers = together(rated("skill_need_3y", "sql", [4, 3, 0, "not_required"]), rated("skill_need", "sql", [0, 0, 0]))
    found = need_in_three_years(answers).iloc[0]
    assert (found["skill"], found["people"]) == ("sql", 3)
    assert found["need_3y"] == pytest.approx(2 / 3)
