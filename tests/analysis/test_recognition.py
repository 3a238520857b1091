"""Awareness and the recognition index among those aware."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.recognition import awareness, overclaiming, recognition_index, without_overclaiming
from tests.analysis.answers_table import answers_about, awareness_of, no_answers, with_joint
from tests.analysis.answers_table import together as put_together

HOUSES = ["ash", "oak", "elm", "fir", "yew"]


def together(*tables):
    """The answers with the steps of those aware beside them."""
    return with_joint(put_together(*tables))


def steps_of(credential, steps, organisations=None, first=0):
    return answers_about(
        credential, ratings=steps, audience="employer", question="ladder", construct="recognition", scale="ladder5",
        organisations=organisations, first=first,
    )  # fmt: skip


def test_the_index_is_the_mean_step_among_those_aware():
    answers = together(
        awareness_of("data-badge", said=["name", "holder", "certifies", "name", "never"], organisations=HOUSES),
        steps_of("data-badge", [1, 2, 3, 4, 4], HOUSES),  # the last one had never heard of it
    )
    found = recognition_index(answers).iloc[0]
    assert (found["asked"], found["aware"], found["awareness"]) == (5, 4, 0.8)
    assert (found["n"], found["index"], found["counts"]) == (4, 2.5, {"1": 1, "2": 1, "3": 1, "4": 1})
    # sd sqrt(5/3) = 1.290994, t(.95, 3) = 2.353363: half = 2.353363 * 1.290994 / 2 = 1.519091
    assert (found["low"], found["high"]) == pytest.approx((0.980909, 4.0), abs=1e-5)


def test_the_counts_of_a_row_are_those_of_its_weaker_number():
    answers = together(
        awareness_of("data-badge", said=["name", "name", "never", "never", "never"], organisations=HOUSES),
        steps_of("data-badge", [1, 2], HOUSES[:2]),
    )
    found = recognition_index(answers).iloc[0]
    assert (found["people"], found["organisations"], found["largest_share"]) == (2, 2, 0.5)
    told = awareness(answers).iloc[0]
    assert (told["people"], told["organisations"], told["largest_share"]) == (5, 5, 0.2)


def test_five_equal_steps_are_not_taken_for_certainty():
    answers = together(awareness_of("data-badge", said=["name"] * 5), steps_of("data-badge", [2] * 5))
    found = recognition_index(answers).iloc[0]
    # sd at least sqrt(1/12) = .288675, t(.95, 4) = 2.131847: half = 2.131847 * .288675 / sqrt(5) = .275220
    assert (found["low"], found["high"]) == pytest.approx((1.72478, 2.27522), abs=1e-5)


def test_one_step_has_no_interval_and_none_has_no_index():
    one = together(awareness_of("data-badge", said=["name"]), steps_of("data-badge", [3]))
    found = recognition_index(one).iloc[0]
    assert found["index"] == 3
    assert np.isnan([found["low"], found["high"]]).all()
    none = recognition_index(awareness_of("data-badge", said=["never", "never"])).iloc[0]
    assert (none["asked"], none["aware"], none["n"], none["people"]) == (2, 0, 0, 0)
    assert np.isnan([none["index"], none["low"], none["high"]]).all()
    assert recognition_index(no_answers()).empty


def test_a_step_without_an_awareness_answer_does_not_count():
    answers = together(awareness_of("data-badge", said=["name"]), steps_of("data-badge", [4, 4], first=0))
    assert recognition_index(answers)["n"].tolist() == [1]


def test_the_best_recognised_comes_first_and_foils_are_left_out():
    answers = together(
        awareness_of("a", said=["name"] * 2), steps_of("a", [1, 1]),
        awareness_of("b", said=["name"] * 2, first=2), steps_of("b", [3, 4], first=2),
        awareness_of("c", said=["never"], first=4),
        awareness_of("foil:x", said=["name"], first=5), steps_of("foil:x", [4], first=5),
    )  # fmt: skip
    assert recognition_index(answers)["credential"].tolist() == ["b", "a", "c"]


def test_what_the_instrument_calls_aware_goes_before_the_word_never():
    answers = awareness_of("data-badge", said=["dont_know", "holder"])
    answers = answers.assign(positive=(answers["item"] == "holder").astype("boolean"))
    assert awareness(answers)["aware"].tolist() == [1]


def test_learners_belief_in_recognition_is_not_recognition():
    answers = together(
        awareness_of("data-badge", said=["name", "name"]),
        answers_about("data-badge", ratings=[5, 5], construct="recognition"),
    )
    assert recognition_index(answers)["n"].tolist() == [0]


def test_overclaiming_is_the_share_who_know_a_title_that_does_not_exist():
    answers = together(
        awareness_of("foil:one", said=["name", "never", "never"], organisations=HOUSES[:3]),
        awareness_of("foil:two", said=["never", "never"], organisations=HOUSES[3:], first=3),
        awareness_of("data-badge", said=["name"] * 5, organisations=HOUSES, first=5),
    )
    found = overclaiming(answers).iloc[0]
    assert (found["people"], found["claimed"], found["share"], found["organisations"]) == (5, 1, 0.2, 5)
    assert overclaiming(awareness_of("data-badge", said=["name"])).empty


def test_what_remains_without_overclaiming_is_what_guessing_cannot_explain():
    # 60% claim to know it, 20% know whatever they are shown: (.6 - .2) / (1 - .2) = .5
    known, low, high = without_overclaiming(np.array([6000]), np.array([10000]), 2000, 10000)
    assert known[0] == pytest.approx(0.5, abs=0.002)
    assert 0.48 < low[0] < known[0] < high[0] < 0.52


def test_a_title_known_no_more_than_one_that_does_not_exist_may_be_known_to_nobody():
    known, low, high = without_overclaiming(np.array([2]), np.array([20]), 10, 100)
    assert low[0] == 0
    assert known[0] < 0.05 < high[0] < 0.3


@given(asked=st.integers(1, 200), part=st.floats(0, 1), shown=st.integers(1, 200), claims=st.floats(0, 1))
def test_a_correction_never_raises_what_was_claimed_beyond_its_doubt(asked, part, shown, claims):
    aware, claimed = round(part * asked), round(claims * shown)
    known, low, high = (each[0] for each in without_overclaiming(np.array([aware]), np.array([asked]), claimed, shown))
    assert 0 <= low <= known <= high <= 1
    assert known <= (aware + 0.5) / (asked + 1) + 0.06


def test_nothing_is_corrected_by_nobody():
    with pytest.raises(ValueError, match="made-up title"):
        without_overclaiming(np.array([1]), np.array([2]), 0, 0)
