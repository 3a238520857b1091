"""What four witnesses say of a skill, and where two of them differ by more than chance may do."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, chi2_contingency

from feedback.analysis.reviews import newest_rounds
from feedback.analysis.witnesses import (
    EMPLOYER,
    EXPERT,
    LEADS_TO,
    LEARNER,
    TEST,
    WHOLE,
    apart,
    chance_of,
    views_of_experts,
    views_of_skills,
    views_of_tests,
    views_of_the_whole,
)
from tests.analysis.answers_table import answers_about, counted, together

HOUSES = ["ash", "oak", "elm", "fir", "yew", "ivy", "may", "fig"]


def able(credential, steps, *, skill="sql", first=0):
    return answers_about(
        credential, ratings=steps, question="skills", construct="skill_gain", item=skill, scale="confidence4",
        first=first,
    )  # fmt: skip


def seen(credential, steps, *, skill="sql", first=100):
    return answers_about(
        credential, ratings=steps, audience="employer", question="skill_performance", item=skill, scale="perform5",
        organisations=[HOUSES[place % 8] for place in range(len(steps))], first=first,
    )  # fmt: skip


def views(*tables):
    return views_of_skills(together(*tables)).set_index(["skill", "witness"])


def test_each_witness_has_a_share_of_those_who_rated():
    found = views(able("a", [4, 3, 1, 2, "not_covered"]), seen("a", [4, 0, 1, 2, "not_seen"]))
    assert found.loc[("sql", LEARNER), ["people", "hits", "share"]].tolist() == [4, 2, 0.5]
    assert found.loc[("sql", EMPLOYER), ["people", "hits", "share", "organisations"]].tolist() == [4, 1, 0.25, 4]


def test_other_questions_of_the_same_audience_are_not_heard():
    other = answers_about("a", ratings=[5], question="worth")
    need = seen("a", [4]).assign(construct="skill_need")
    assert views_of_skills(together(other, need)).empty


def test_counted_answers_say_the_same():
    answers = together(able("a", [4, 3, 1]), seen("a", [4, 0, 1]))
    pd.testing.assert_frame_equal(views_of_skills(answers), views_of_skills(counted(answers)))


def test_the_whole_is_its_skills_joined_with_as_many_people_as_rated_one_of_them():
    each = views_of_skills(
        together(able("a", [4] * 8 + [1] * 2), able("a", [4, 1, 1, 1, 1], skill="charts"), able("b", [1], first=50))
    )
    whole = views_of_the_whole(each).set_index("credential")
    assert whole.loc["a", "share"] == pytest.approx(9 / 15)
    assert (whole.loc["a", "people"], whole.loc["a", "hits"]) == (10, pytest.approx(6))
    assert set(whole["skill"]) == {WHOLE}
    assert whole.loc["a", "low"] < 0.6 < whole.loc["a", "high"]


def test_tests_count_the_runs_enough_people_have_completed():
    runs = pd.DataFrame(
        {"credential": ["a", "a", "a", "b"], "completed": [20, 10, 4, None], "passed": [15, 9, 0, 3]}, dtype=object
    )
    found = views_of_tests(runs, 5)
    assert found["credential"].tolist() == ["a"]
    assert found.loc[0, ["people", "hits", "share"]].tolist() == [30, 24, 0.8]


def test_experts_give_a_part_of_the_scale_and_the_reach_of_their_marks():
    marks = {"audience": "expert", "construct": "criterion", "scale": "mark4"}
    reviews = together(
        answers_about("a", ratings=[3, 1], question=LEADS_TO, **marks),
        answers_about("a", ratings=[0, 0], question="purpose_clear", **marks),
    )
    found = views_of_experts(newest_rounds(reviews, 2))
    assert found.loc[0, ["witness", "people"]].tolist() == [EXPERT, 2]
    assert found.loc[0, ["share", "low", "high"]].tolist() == pytest.approx([2 / 3, 1 / 3, 1])
    assert views_of_experts(newest_rounds(reviews, 3)).empty


def test_a_clear_difference_is_named_from_the_lower_to_the_higher():
    ((pair,),) = apart({LEARNER: (45, 50), EMPLOYER: (3, 12)})
    assert (pair.lower, pair.higher) == (EMPLOYER, LEARNER)
    assert pair.p < 0.001


def test_what_chance_may_do_is_no_disagreement():
    assert apart({LEARNER: (7, 10), EMPLOYER: (4, 10)}) == [[]]
    assert apart({LEARNER: (5, 5), EMPLOYER: (8, 8)}) == [[]]
    assert apart({LEARNER: (5, 5)}) == apart({}) == [[]]
    assert apart() == []


def test_more_pairs_ask_more_of_each():
    """The same difference between two is beyond chance alone, and not among three pairs."""
    two = {LEARNER: (16, 20), EMPLOYER: (9, 20)}
    assert 0.05 / 3 < chance_of(16, 20, 9, 20) < 0.05
    assert len(apart(two)[0]) == 1
    assert apart(two | {TEST: (13, 20)}) == [[]]


def test_more_skills_ask_more_of_each_and_one_that_has_no_pair_asks_nothing():
    """The same difference is beyond chance on one skill, and not where it is the only one on three."""
    one, nothing, nobody = (
        {LEARNER: (16, 20), EMPLOYER: (9, 20)},
        {LEARNER: (8, 20), EMPLOYER: (8, 20)},
        {LEARNER: (1, 9)},
    )
    assert [len(pairs) for pairs in apart(one, nobody, nobody)] == [1, 0, 0]
    assert [len(pairs) for pairs in apart(one, nothing, nothing)] == [0, 0, 0]
    assert [len(pairs) for pairs in apart(one, one, nothing)] == [1, 1, 0]


def test_of_skills_on_which_nobody_differs_one_list_in_twenty_names_any():
    """100 lists of 20 skills, each rated by two witnesses who see it alike."""
    drawn = np.random.default_rng(3).binomial(30, 0.6, size=(100, 20, 2)).tolist()
    lists = [apart(*({LEARNER: (one, 30), EMPLOYER: (other, 30)} for one, other in each)) for each in drawn]
    assert sum(any(pairs for pairs in each) for each in lists) <= 10


def test_experts_and_missing_numbers_are_in_no_pair():
    assert apart({LEARNER: (45, 50), EXPERT: (0, 3)}) == [[]]
    assert apart({LEARNER: (45, 50), EMPLOYER: (float("nan"), 12)}) == [[]]


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_the_chance_is_that_of_the_chi_squared_test_with_one_person_less(people, others, data):
    hits, other_hits = data.draw(st.integers(0, people)), data.draw(st.integers(0, others))
    found = chance_of(hits, people, other_hits, others)
    assert 0 <= found <= 1
    assert found == pytest.approx(chance_of(other_hits, others, hits, people))
    table = np.array([[hits, people - hits], [other_hits, others - other_hits]])
    if table.sum(axis=0).all():
        total = people + others
        whole = chi2_contingency(table, correction=False).statistic
        assert found == pytest.approx(chi2.sf(whole * (total - 1) / total, 1), abs=1e-9)
