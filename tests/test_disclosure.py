"""The gate: what it lets through, from both sides of every boundary, and that what it hides moves nothing it shows."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from pandas.testing import assert_frame_equal

from feedback.analysis.changes import what_falls_short
from feedback.analysis.people import count_people
from feedback.analysis.ratings import percent_positive
from feedback.analysis.recognition import awareness, recognition_index
from feedback.analysis.skills import need_and_performance
from feedback.analysis.value import rank_items
from feedback.disclosure import Limits, pass_published, showable, withhold
from feedback.errors import FeedbackError, Refused
from tests.analysis.answers_table import answers_about, as_stored, awareness_of, together, topics_about, with_joint

HOUSES = ["ash", "oak", "elm", "fir", "yew", "box", "bay"]


def rated(ratings, organisations=None, **more) -> DataFrame:
    audience = "employer" if organisations else "learner"
    answers = answers_about("data-badge", ratings=ratings, audience=audience, organisations=organisations, **more)
    return percent_positive(answers, ["credential", "audience"])


def gated(table: DataFrame, **more) -> DataFrame:
    return withhold(table, people="n", measures=["share", "low", "high", "mean", "counts"], **more)


NUMBERS = ["n", "organisations", "largest_share", "positive", "share", "low", "high", "mean", "counts", "aside"]


def test_a_group_of_four_is_withheld():
    found = gated(rated([5, 5, 4, 4]))
    assert found["state"].tolist() == ["withheld"]
    assert found[NUMBERS].isna().all(axis=None)
    assert found["credential"].tolist() == ["data-badge"]


def test_a_group_of_five_is_shown_early():
    found = gated(rated([5, 5, 4, 4, 1]))
    assert found["state"].tolist() == ["early"]
    assert found[["n", "share"]].to_numpy().tolist() == [[5, 0.8]]


def test_five_ratings_of_four_people_are_withheld():
    answers = together(
        answers_about("data-badge", ratings=[5, 5, 5, 5]), answers_about("data-badge", ratings=[5], question="proof")
    )
    assert gated(percent_positive(answers, ["credential"]))["state"].tolist() == ["withheld"]


@pytest.mark.parametrize(
    ("organisations", "state"),
    [
        (["ash", "ash", "oak", "oak", "elm"], "early"),
        (["ash", "ash", "ash", "oak", "oak"], "withheld"),
        (["ash", "ash", "oak", "oak", None], "withheld"),
        (["ash", "ash", "ash", "oak", "elm", "fir"], "early"),
        (["ash", "ash", "ash", "ash", "oak", "elm", "fir"], "withheld"),
        (["ash", "oak", "elm", "fir"], "withheld"),
        ([None] * 6, "withheld"),
    ],
    ids=["three", "two", "two and unknown", "exactly half", "over half", "four people", "all unknown"],
)
def test_employers_are_shown_from_three_organisations_none_of_them_over_half(organisations: list, state: str):
    found = gated(rated([5] * len(organisations), organisations))
    assert found["state"].tolist() == [state]


def test_learners_need_no_organisations():
    found = gated(pd.concat([rated([5] * 6), rated([5] * 6, ["ash"] * 6)], ignore_index=True))
    assert found.set_index("audience")["state"].to_dict() == {"learner": "early", "employer": "withheld"}


@pytest.mark.parametrize(("people", "state"), [(24, "early"), (25, "shown")])
def test_from_twenty_five_people_on_a_number_is_no_longer_early(people: int, state: str):
    assert gated(rated([5, 1] * 12 + [5] * (people - 24)))["state"].tolist() == [state]


@pytest.mark.parametrize(("people", "state"), [(10, "early"), (11, "shown")])
def test_an_interval_of_twenty_points_is_no_longer_early(people: int, state: str):
    # All positive: Wilson's low end is n / (n + 2.7055), so the interval is 21 points wide for 10 and 20 for 11.
    assert gated(rated([5] * people))["state"].tolist() == [state]


def test_an_interval_is_measured_on_its_own_scale():
    table = DataFrame({"credential": ["a"], "people": [6], "index": [2.0], "low": [1.7], "high": [2.4]})
    assert withhold(table, measures=["index"])["state"].tolist() == ["early"]
    assert withhold(table, measures=["index"], span=4)["state"].tolist() == ["shown"]


def test_another_minimum_is_kept():
    table = rated([5] * 7)
    assert gated(table, minimum_group=8)["state"].tolist() == ["withheld"]
    assert gated(table, minimum_group=7)["state"].tolist() == ["early"]
    assert gated(rated([5] * 3), limits=Limits(minimum_group=3))["state"].tolist() == ["early"]
    employers = rated([5] * 6, ["ash", "oak", "elm"] * 2)
    assert gated(employers, limits=Limits(minimum_organisations=4))["state"].tolist() == ["withheld"]


def test_limits_looser_than_the_promise_are_refused_all_at_once():
    with pytest.raises(Refused) as refused:
        Limits(minimum_group=2, minimum_organisations=1, largest_share=0.6, reviewers=1)
    assert [problem.where for problem in refused.value.problems] == [
        "limit minimum_group", "limit minimum_organisations", "limit largest_share", "limit reviewers",
    ]  # fmt: skip
    with pytest.raises(Refused, match="3 people is the least"):
        gated(rated([5] * 7), minimum_group=2)


def test_what_the_gate_was_told_nothing_about_does_not_pass():
    table = DataFrame(
        {
            "credential": ["a"],
            "people": [2],
            "share": [1.0],
            "extra": [7],
            "sure": [True],
            "list": [["said"]],
            "year": [4],
        }
    )
    found = withhold(table, measures=["share"], keys=["year"])
    assert found[["people", "share", "extra", "sure", "list"]].isna().all(axis=None)
    assert found[["credential", "year"]].to_numpy().tolist() == [["a", 4]]


def test_words_that_say_something_of_people_are_named_as_measures():
    table = DataFrame({"credential": ["a", "b"], "people": [2, 6], "quote": ["Too long.", "Good."]})
    found = withhold(table, measures=["quote"])
    assert found["quote"].isna().tolist() == [False, True]
    assert found["credential"].tolist() == ["b", "a"]


def test_withheld_rows_stand_last_in_the_order_of_their_names():
    table = DataFrame({"credential": list("dcba"), "people": [4, 6, 3, 9], "share": [0.9, 0.8, 0.7, 0.6]})
    found = withhold(table, measures=["share"])
    assert found["credential"].tolist() == ["c", "a", "b", "d"]
    assert found["state"].tolist() == ["early", "early", "withheld", "withheld"]
    assert withhold(table, measures=["share"], drop=True)["credential"].tolist() == ["c", "a"]


def test_a_table_without_words_is_gated_too():
    found = withhold(DataFrame({"people": [4, 5], "share": [0.9, 0.8]}), measures=["share"])
    assert found["state"].tolist() == ["early", "withheld"]


def test_the_table_handed_in_is_not_changed():
    table = rated([5, 5, 4, 4])
    before = table.copy(deep=True)
    gated(table)
    assert_frame_equal(table, before)


def test_what_hangs_on_a_table_does_not_pass():
    table = rated([5] * 6)
    table.attrs["intercept"] = 3.1
    assert gated(table).attrs == {}
    assert table.attrs == {"intercept": 3.1}


def test_an_empty_table_stays_empty():
    found = gated(rated([]))
    assert found.empty
    assert "state" in found


def test_a_missing_number_of_people_is_none():
    table = DataFrame({"credential": ["a"], "people": [np.nan], "share": [0.5]})
    assert withhold(table, measures=["share"])["state"].tolist() == ["withheld"]


def test_employers_without_their_organisations_are_not_let_through():
    table = DataFrame({"credential": ["a"], "audience": ["employer"], "people": [9], "share": [0.5]})
    with pytest.raises(FeedbackError, match="without organisations"):
        withhold(table, measures=["share"])
    unknown = table.assign(organisations=pd.array([None], dtype="Int64"), largest_share=np.nan)
    assert withhold(unknown, measures=["share"])["state"].tolist() == ["withheld"]
    with pytest.raises(FeedbackError, match="share of the largest"):
        withhold(table.assign(organisations=5), measures=["share"])


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(FeedbackError, match="shar"):
        withhold(DataFrame({"people": [5], "share": [1.0]}), measures=["shar"])


def test_showable_keeps_whole_cells_and_tells_audiences_apart():
    answers = together(
        answers_about("a", ratings=[5] * 5),
        answers_about("b", ratings=[5] * 4, first=10),
        answers_about("b", ratings=[5] * 5, audience="employer", organisations=HOUSES[:5], first=20),
        answers_about("c", ratings=[5] * 5, audience="employer", organisations=["ash"] * 3 + ["oak", "elm"], first=30),
    )
    found = showable(answers, ["credential"])
    assert found.groupby(["credential", "audience"], observed=True).size().to_dict() == {
        ("a", "learner"): 5,
        ("b", "employer"): 5,
    }
    assert len(showable(answers, ["credential"], limits=Limits(minimum_group=4))) == 14
    assert showable(answers.iloc[:0], ["credential"]).empty


def test_a_row_of_a_counted_table_stands_for_its_people():
    answers = answers_about("a", ratings=[5, 1]).assign(people=[4, 1])
    assert len(showable(answers, ["credential"])) == 2
    assert showable(answers.assign(people=[3, 1]), ["credential"]).empty


def test_answers_to_two_questions_may_be_of_the_same_people():
    answers = together(answers_about("a", ratings=[5] * 4), answers_about("a", ratings=[5] * 4, question="proof"))
    assert showable(answers, ["credential"]).empty


@pytest.mark.parametrize(("reviewers", "state"), [(1, "withheld"), (2, "shown")])
def test_experts_show_once_two_have_handed_in(reviewers: int, state: str):
    table = DataFrame({"credential": ["a"], "audience": ["expert"], "people": [reviewers], "mark": [3.0]})
    found = withhold(table, measures=["mark"])
    assert found["state"].tolist() == [state]
    assert found["mark"].isna().tolist() == [state == "withheld"]
    answers = answers_about("a", ratings=[3] * reviewers, audience="expert")
    assert len(showable(answers, ["credential"])) == (reviewers if state == "shown" else 0)
    assert withhold(table, measures=["mark"], limits=Limits(reviewers=3))["state"].tolist() == ["withheld"]


def test_two_learners_beside_two_experts_stay_hidden():
    answers = together(
        answers_about("a", ratings=[3, 3], audience="expert"), answers_about("a", ratings=[5, 5], first=5)
    )
    assert set(showable(answers, ["credential"])["audience"]) == {"expert"}


def test_what_is_about_nobody_passes_and_what_counts_people_does_not():
    figures = DataFrame({"skill": ["sql"], "demand": [120.0]})
    assert pass_published(figures)["state"].tolist() == ["shown"]
    with pytest.raises(FeedbackError, match="about people"):
        pass_published(figures.assign(people=3))


people_somewhere = st.tuples(
    st.sampled_from("ab"),
    st.sampled_from(["learner", "employer"]),
    st.sampled_from([*HOUSES[:3], None]),
    st.integers(1, 4),
    st.sampled_from(["worth", "proof"]),
    st.sampled_from(["", "clear"]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(people_somewhere, max_size=25), st.booleans())
def test_both_doors_count_alike(rows: list[tuple], one_choice: bool):
    columns = ["credential", "audience", "organisation", "people", "question", "item"]
    answers = DataFrame(rows, columns=columns).assign(kind="one" if one_choice else "several")
    kept = showable(answers, ["credential"], limits=Limits(minimum_group=3, minimum_organisations=2))
    counted = count_people(answers, ["credential", "audience"]).assign(share=0.5)
    passed = withhold(counted, measures=["share"], limits=Limits(minimum_group=3, minimum_organisations=2), drop=True)
    cells = kept[["credential", "audience"]].drop_duplicates().sort_values(["credential", "audience"])
    assert cells.to_numpy().tolist() == passed[["credential", "audience"]].to_numpy().tolist()


# What is hidden moves nothing that is shown: two institutions that differ only in cells below the minimum look alike.

learner_cell = st.lists(st.sampled_from([1, 2, 3, 4, 5, "does_not_apply"]), min_size=1, max_size=4)
employer_cell = st.one_of(
    st.lists(st.tuples(st.sampled_from(HOUSES), st.integers(0, 4)), min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from(HOUSES[:2]), st.integers(0, 4)), min_size=5, max_size=8),
    st.lists(st.integers(0, 4), min_size=7, max_size=9).map(
        lambda steps: [(house, step) for house, step in zip(["ash"] * 5 + HOUSES[1:], steps, strict=False)]
    ),
)
"""Hidden for each of the three reasons: too few people; two organisations; one with over half (5 of 7 to 9)."""
OPEN_HOUSES = [HOUSES[n % 7] for n in range(12)]


@lru_cache
def open_answers() -> DataFrame:
    """Two credentials that may be shown."""
    return together(
        *[answers_about(c, ratings=[5, 4, 2, 5, 3, 1, 4], first=n) for c, n in (("a", 0), ("b", 10))],
        *[employers(c, [(h, (n + k) % 5) for n, h in enumerate(OPEN_HOUSES)], 100) for k, c in enumerate("ab")],
    )


def institution(hidden: DataFrame, front: bool) -> DataFrame:
    """The answers that may be shown, and the hidden ones before or after them."""
    return as_stored(with_joint(together(*([hidden, open_answers()] if front else [open_answers(), hidden]))))


def employers(credential: str, cell: list[tuple[str, int]], first: int) -> DataFrame:
    houses, steps = [house for house, _ in cell], [step for _, step in cell]
    asked = {"audience": "employer", "organisations": houses, "first": first}
    return together(
        awareness_of(credential, said=["name" if n % 5 else "never" for n in steps], organisations=houses, first=first),
        answers_about(
            credential, ratings=steps, question="ladder", construct="recognition", scale="ladder5", **asked
        ),
        answers_about(credential, ratings=steps, question="skill_need", item="sql", scale="need5", **asked),
        answers_about(
            credential, ratings=steps[::-1], question="skill_performance", item="sql", scale="perform5", **asked
        ),
    )  # fmt: skip


def ranked(answers: DataFrame) -> DataFrame:
    steps = showable(answers[answers["construct"] == "recognition"], ["credential"])
    steps = steps[["credential", "response", "number", "audience", "organisation", "people"]]
    ratings = steps.rename(columns={"credential": "item", "response": "rater", "number": "score"})
    found = rank_items(ratings.astype({"item": "str"}), draws=200)
    return withhold(found, people="n", measures=["effect"])


LOOKS: dict[str, Callable[[DataFrame], DataFrame]] = {
    "percent positive": lambda answers: gated(
        percent_positive(
            answers[answers["construct"] != "recognition_among_aware"], ["credential", "audience", "question", "item"]
        )
    ),
    "awareness": lambda answers: withhold(awareness(answers), measures=["share"]),
    "recognition": lambda answers: withhold(recognition_index(answers), measures=["index"], span=4),
    "ranking": ranked,
    "skills": lambda answers: withhold(need_and_performance(answers), measures=["gap"]),
    "changes": lambda answers: withhold(
        what_falls_short(answers, topics_about("a", topics=[])), measures=["share"], drop=True
    ),
}

hidden_sets = st.tuples(learner_cell, employer_cell, st.integers(100, 115), st.booleans())


def institution_with(drawn: tuple) -> DataFrame:
    """`first` from 100 to 111 makes some of the hidden people the same as those who answered about the others."""
    learners, houses, first, front = drawn
    hidden = together(answers_about("z", ratings=learners, first=300), employers("z", houses, first))
    # a person works in one organisation
    home = dict(zip(range(100, 112), OPEN_HOUSES, strict=True))
    clash = any(home.get(first + n, house) != house for n, (house, _) in enumerate(houses))
    return institution(hidden if not clash else hidden.assign(response=hidden["response"] + 1000), front)


@pytest.mark.parametrize("look", LOOKS)
@settings(max_examples=6, deadline=None)
@given(one=hidden_sets, other=hidden_sets)
def test_what_is_hidden_moves_nothing_that_is_shown(look: str, one: tuple, other: tuple):
    first, second = LOOKS[look](institution_with(one)), LOOKS[look](institution_with(other))
    assert (first["state"] != "withheld").sum() >= 2
    if look in ("recognition", "awareness", "skills", "percent positive"):
        assert "withheld" in first["state"].tolist()
    assert_frame_equal(first, second)


@settings(max_examples=6, deadline=None)
@given(people=st.integers(1, 8), ratings=st.lists(st.integers(1, 5), min_size=8, max_size=8))
def test_nothing_of_a_hidden_cell_is_in_the_file_made_of_it(people: int, ratings: list[int]):
    file = gated(rated(ratings[:people])).to_csv(index=False)
    row = file.splitlines()[1]
    assert (row == "data-badge,learner" + "," * len(NUMBERS) + ",withheld") == (people < 5)


def test_pages_anybody_may_read_ask_for_ten_people_and_for_more_where_more_are_asked_for_inside():
    public = Limits().for_public()
    assert (public.minimum_group, public.comments) == (10, ("public",))
    assert Limits(minimum_group=12).for_public().minimum_group == 12
    assert Limits(public_minimum=25).for_public().minimum_group == 25
    assert gated(rated([5, 4, 4] * 3), limits=public)["state"].tolist() == ["withheld"]
    assert gated(rated([5, 4, 4, 5, 5] * 2), limits=public)["state"].tolist() == ["early"]


def test_comments_that_were_withheld_are_no_state_that_can_be_asked_for():
    with pytest.raises(Refused, match="comments"):
        Limits(comments=("withheld",))
