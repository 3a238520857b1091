"""One ranked list of what should change: expected gain, chance of a place, and whether it hangs on the weights."""

from math import pi, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from feedback.analysis.priorities import DRIVERS, EMPLOYERS, EQUAL, WEIGHTINGS, rank_changes, stability
from feedback.findings import words


def line(ident: str, importance: float, gap: float, reach: float = 1.0, **more: object) -> dict[str, object]:
    given = {"source": "learner", "importance_sd": 0.02, "gap_sd": 0.02} | more
    return {"id": ident, "importance": importance, "gap": gap, "reach": reach, **given}


LINES = DataFrame(
    [
        line("tests", 0.4, 0.3),
        line("pace", 0.1, 0.5),
        line("skill", 0.3, 0.3, 0.5),
        line("language", 0.05, 0.1),
        line("fee", 0.02, 0.05),
    ]
)


def test_gain_is_importance_times_gap_times_reach():
    found = rank_changes(LINES).set_index("change")
    assert found.index.tolist() == ["tests", "pace", "skill", "language", "fee"]
    assert found["gain"].to_numpy() == pytest.approx([0.12, 0.05, 0.045, 0.005, 0.001], abs=0.001)
    assert ((found["low"] < found["gain"]) & (found["gain"] < found["high"])).all()


def test_chances_are_shares_of_as_many_places_as_there_are():
    found = rank_changes(LINES, top=3)
    assert found["p_top"].sum() == pytest.approx(3)
    assert found["p_top"].iloc[0] > 0.99
    assert rank_changes(LINES.head(2))["p_top"].tolist() == [1, 1]


def test_lines_that_gain_nothing_share_the_places_left():
    past = DataFrame([line(name, 0.2, -0.5, gap_sd=0.0) for name in "abcd"])
    found = rank_changes(past)
    assert found["p_top"].to_numpy() == pytest.approx(0.75)
    assert (found[["gain", "low", "high"]] == 0).all(axis=None)


def test_doubt_about_a_gap_that_is_closed_still_leaves_something_to_gain():
    found = rank_changes(DataFrame([line("sure", 0.2, 0.0, gap_sd=0.0), line("unsure", 0.2, 0.0, gap_sd=0.1)]))
    assert found.set_index("change")["gain"].to_dict() == pytest.approx({"unsure": 0.02 / sqrt(2 * pi), "sure": 0})


def test_the_mean_of_the_draws_is_the_expected_gain():
    one = DataFrame([line("a", 0.2, 0.05, importance_sd=0.1, gap_sd=0.1), line("b", 0.0, 0.3), line("c", 0.3, 0.2)])
    many = rank_changes(one, draws=40_000).set_index("change")
    assert (many.loc["b", ["gain", "low", "high"]] == 0).all()
    alone = rank_changes(one.assign(importance_sd=0.0, gap_sd=0.0), draws=10).set_index("change")
    assert alone["low"].to_dict() == pytest.approx({"a": 0.01, "b": 0, "c": 0.06})


def test_witnesses_of_the_same_thing_are_one_line_that_is_surer_and_no_larger():
    apart = DataFrame([line(name, 0.3, 0.2, gap_sd=0.1, source=name) for name in ("learner", "employer", "expert")])
    found = rank_changes(apart.assign(change="feedback")).iloc[0]
    one = rank_changes(apart.head(1)).iloc[0]
    assert (found["change"], found["sources"], found["lines"]) == ("feedback", "employer, expert, learner", 3)
    assert found["gain"] == pytest.approx(one["gain"])
    assert found["high"] - found["low"] < 0.7 * (one["high"] - one["low"])


@settings(max_examples=10)
@given(st.permutations(range(5)))
def test_the_order_of_lines_changes_nothing(order):
    before = LINES.copy(deep=True)
    pd.testing.assert_frame_equal(rank_changes(LINES.iloc[order], draws=50), rank_changes(LINES, draws=50))
    assert stability(LINES.iloc[order]) == stability(LINES)
    assert before.equals(LINES)


def test_no_lines_make_an_empty_list():
    assert rank_changes(LINES.head(0)).empty


@pytest.mark.parametrize(
    ("column", "value"),
    [("importance", np.nan), ("importance", -0.1), ("gap_sd", -1.0), ("reach", 1.2), ("gap", np.inf)],
)
def test_a_number_that_cannot_be_is_refused_by_name(column, value):
    with pytest.raises(ValueError, match=f"'pace': {column} is"):
        rank_changes(LINES.assign(**{column: LINES[column].where(LINES["id"] != "pace", value)}))


def test_the_list_is_stable_where_all_weightings_put_the_same_first():
    clear = DataFrame([line("a", 0.5, 0.6), line("b", 0.3, 0.2), line("c", 0.1, 0.1)])
    found = stability(clear.assign(employers=[0.9, 0.5, np.nan]), top=2)
    assert found.tops == dict.fromkeys((EQUAL, DRIVERS, EMPLOYERS), ("a", "b"))


def test_a_list_that_hangs_on_the_weights_says_so():
    found = stability(LINES.assign(employers=[0.1, 0.1, 3.0, 0.1, 0.1]), top=1)
    assert found.tops == {EQUAL: ("pace",), DRIVERS: ("tests",), EMPLOYERS: ("skill",)}


@pytest.mark.parametrize("lines", [LINES, LINES.assign(employers=np.nan)], ids=["no column", "nobody asked"])
def test_employers_who_weighed_nothing_are_no_weighting(lines):
    assert set(stability(lines).tops) == {EQUAL, DRIVERS}


def test_every_weighting_has_words():
    assert set(words.WEIGHTINGS) == set(WEIGHTINGS)


def test_a_place_that_hangs_on_five_answers_does_not_survive():
    found = rank_changes(LINES.assign(loss=[0.05, 0.05, 0.29, 0.0, 0.0]), top=3).set_index("change")
    assert found["survives"].to_dict() == {
        **{"tests": True, "pace": True},
        **{"skill": False, "language": False, "fee": False},
    }
    assert rank_changes(LINES.head(2).assign(loss=1.0))["survives"].tolist() == [True, True]
    assert "survives" not in rank_changes(LINES)
