"""Percent positive, its interval, and who stands behind it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from scipy.stats import norm

from feedback.analysis.people import count_people
from feedback.analysis.ratings import percent_positive, share_of_people, wilson
from tests.analysis.answers_table import answers_about, as_stored, no_answers, together


def test_the_interval_of_eight_in_ten_is_what_wilsons_formula_gives_by_hand():
    # z = 1.644854, z2 = 2.705543: middle (8 + 1.352772) / 12.705543 = .736118,
    # half sqrt(2.705543 * (1.6 + .676386)) / 12.705543 = .195325
    low, high = wilson(8, 10)
    assert low == pytest.approx(0.540793, abs=1e-5)
    assert high == pytest.approx(0.931443, abs=1e-5)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_ends_are_the_shares_at_which_the_score_test_just_gives_way(drawn: tuple[int, int]):
    hits, n = drawn
    low, high = wilson(hits, n)
    z = norm.ppf(0.95)

    def distance(share: float) -> float:
        return (hits / n - share) ** 2 * n - z**2 * share * (1 - share)

    assert 0 <= low <= hits / n <= high <= 1
    assert high - low > 0
    assert distance(low) == pytest.approx(0, abs=1e-8)
    assert distance(high) == pytest.approx(0, abs=1e-8)


def test_of_nobody_there_is_no_interval():
    low, high = wilson([0, 1], [0, 1])
    assert np.isnan([low[0], high[0]]).all()
    assert np.isfinite([low[1], high[1]]).all()


def test_ratings_of_one_credential_give_share_mean_and_spread():
    answers = answers_about("data-badge", ratings=[5, 5, 4, 2, "does_not_apply"])
    found = percent_positive(answers, ["credential", "question"]).iloc[0]
    assert (found["n"], found["positive"], found["share"], found["mean"]) == (4, 3, 0.75, 4.0)
    assert found["counts"] == {"2": 1, "4": 1, "5": 2}
    assert found["aside"] == 1
    assert (found["low"], found["high"]) == pytest.approx(tuple(map(float, wilson(3, 4))))


def test_people_who_rate_two_rows_of_a_grid_count_once():
    answers = together(
        answers_about("data-badge", ratings=[5, 4], question="teaching", item="clear"),
        answers_about("data-badge", ratings=[1, 5], question="teaching", item="feedback"),
    )
    found = percent_positive(answers, ["credential", "question"]).iloc[0]
    assert (found["n"], found["positive"], found["share"], found["mean"]) == (2, 1.5, 0.75, 3.75)
    assert found["counts"] == {"1": 1, "4": 1, "5": 2}


def test_a_cell_everybody_set_aside_has_no_share():
    found = percent_positive(answers_about("data-badge", ratings=["does_not_apply"] * 3), ["credential"]).iloc[0]
    assert (found["n"], found["aside"], found["counts"]) == (0, 3, {})
    assert found[["share", "low", "high", "mean"]].isna().all()


def test_a_mean_over_two_scales_is_no_mean():
    answers = together(
        answers_about("data-badge", ratings=[5, 5]), answers_about("data-badge", ratings=[4, 4], scale="pace7", first=2)
    )
    found = percent_positive(answers, ["credential"]).iloc[0]
    assert (found["n"], found["share"]) == (4, 1.0)
    assert np.isnan(found["mean"])


def test_nobody_and_one_are_answered_too():
    assert percent_positive(no_answers(), ["credential"]).empty
    one = percent_positive(answers_about("data-badge", ratings=[3]), ["credential"]).iloc[0]
    assert (one["n"], one["share"], one["low"]) == (1, 0, 0)


def test_employers_are_counted_by_organisation_and_learners_are_not():
    answers = together(
        answers_about(
            "data-badge", ratings=[5, 4, 4, 2], audience="employer", organisations=["ash", "ash", "oak", None]
        ),
        answers_about("data-badge", ratings=[5, 5], first=10),
    )
    learners, employers = (
        percent_positive(answers, ["audience"]).set_index("audience").loc[who] for who in ("learner", "employer")
    )
    assert (employers["n"], employers["organisations"], employers["largest_share"]) == (4, 2, 0.5)
    assert learners["n"] == 2
    assert learners[["organisations", "largest_share"]].isna().all()


def test_employers_who_name_no_organisation_may_all_be_of_one():
    answers = answers_about(
        "data-badge", ratings=[5] * 5, audience="employer", organisations=["ash", "oak", None, None, None]
    )
    found = count_people(answers, ["credential"]).iloc[0]
    assert (found["organisations"], found["largest_share"]) == (2, 0.6)


def test_categories_no_row_holds_do_not_come_out():
    both = together(answers_about("data-badge", ratings=[5]), answers_about("secret-badge", ratings=[5], first=1))
    answers = as_stored(both)
    found = percent_positive(answers[answers["credential"] == "data-badge"], ["credential"])
    assert found["credential"].tolist() == ["data-badge"]
    assert found["credential"].dtype != "category"


def test_the_table_handed_in_is_not_changed():
    answers = answers_about("data-badge", ratings=[5, 1, "does_not_apply"])
    before = answers.copy(deep=True)
    percent_positive(answers, ["credential"])
    assert answers.equals(before)


def test_of_several_questions_the_people_are_as_many_as_there_are_at_the_least():
    answers = together(
        answers_about("data-badge", ratings=[5, 4, 4]),
        answers_about("data-badge", ratings=[1, 5], question="proof"),  # may be two of the three
        answers_about("data-badge", ratings=[5], question="proof", first=9).assign(survey="another"),  # is a fourth
    )
    assert count_people(answers, ["credential"])["people"].tolist() == [4]
    assert count_people(answers, ["credential", "question"])["people"].tolist() == [3, 3]


def test_who_speaks_about_two_credentials_counts_once_for_each():
    answers = together(answers_about("a", ratings=[5, 4]), answers_about("b", ratings=[1, 2]))
    assert percent_positive(answers, ["question"])["n"].tolist() == [4]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.integers(1, 9)), min_size=1, max_size=30))
def test_a_share_of_people_is_the_mean_over_the_people(rows: list[tuple[str, bool, int]]):
    parts = DataFrame(rows, columns=["credential", "hit", "people"])
    found = share_of_people(parts, ["credential"], "hit").set_index("credential")
    for credential, cell in parts.groupby("credential"):
        each = cell["hit"].repeat(cell["people"])
        assert found.loc[credential, "people"] == len(each)
        assert found.loc[credential, "share"] == pytest.approx(each.mean())
