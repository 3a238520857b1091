"""What the rating would be without those who name a topic critically."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, concat

from feedback.analysis.comments.impact import COLUMNS, lifts


def rated(credential: str, *given: tuple[float, int]) -> DataFrame:
    rows = [(credential, rating, people) for rating, people in given]
    return DataFrame(rows, columns=["credential", "rating", "people"])


def about(topic: str, table: DataFrame) -> DataFrame:
    return table.assign(topic=topic)


def test_of_one_topic_it_is_what_leaving_its_critics_out_gives():
    everybody = rated("sql", (1, 4), (2, 6), (4, 30), (5, 20))
    found = lifts(about("pace", rated("sql", (1, 2), (2, 4))), everybody).iloc[0]
    with_all = np.average(everybody["rating"], weights=everybody["people"])
    without = np.average([1, 2, 4, 5], weights=[2, 2, 30, 20])
    assert found["lift"] == pytest.approx(without - with_all)
    assert (found["critics"], found["raters"]) == (6, 60)
    assert found["below_low"] < found["below"] < found["below_high"]


def test_a_hard_course_with_many_critics_does_not_count_against_a_topic():
    everybody = concat([rated("hard", (1, 10), (2, 10)), rated("easy", (4, 10), (5, 10))])
    critics = about("pace", concat([rated("hard", (1, 5), (2, 5)), rated("easy", (4, 1), (5, 1))]))
    assert abs(lifts(critics, everybody)["below"].iloc[0]) < 1e-9


def test_topics_of_few_critics_are_drawn_to_the_others():
    everybody = rated("sql", (1, 30), (3, 40), (5, 60))
    critics = concat(
        [about("few", rated("sql", (1, 2))), about("many", rated("sql", (3, 30))), about("more", rated("sql", (3, 40)))]
    )
    found = lifts(critics, everybody).set_index("topic")
    alone = lifts(about("few", rated("sql", (1, 2))), everybody)["below"].iloc[0]
    assert found.loc["many", "below"] < found.loc["few", "below"] < alone


def test_where_nobody_differs_or_nobody_is_left_nothing_is_told():
    same = rated("sql", (4, 20))
    assert lifts(about("pace", rated("sql", (4, 5))), same).empty
    assert lifts(about("pace", rated("sql", (1, 5), (5, 5))), rated("sql", (1, 5), (5, 5))).empty
    assert lifts(about("pace", rated("sql")), rated("sql", (1, 5), (5, 5))).columns.tolist() == list(COLUMNS)


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(6)))
def test_the_order_of_the_rows_changes_nothing(order):
    everybody = concat([rated("a", (1, 9), (3, 8), (5, 7)), rated("b", (2, 9), (3, 8), (4, 7))], ignore_index=True)
    critics = concat([about("x", rated("a", (1, 5))), about("y", rated("b", (2, 5)))], ignore_index=True)
    first, second = lifts(critics, everybody), lifts(critics[::-1], everybody.iloc[list(order)])
    assert np.allclose(first[["below", "lift"]], second[["below", "lift"]])
