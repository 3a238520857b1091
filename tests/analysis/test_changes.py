"""What falls short, in one unit."""

import pandas as pd
import pytest

from feedback.analysis.changes import what_falls_short
from feedback.analysis.ratings import wilson
from tests.analysis.answers_table import answers_about, no_answers, together, topics_about, with_joint

NO_TOPICS = topics_about("data-badge", topics=[])
HOUSES = ["ash", "oak", "elm", "fir"]


def lines(answers, topics=NO_TOPICS, **choice):
    return what_falls_short(answers, topics, **choice).set_index(["source", "id", "item"])


def test_a_question_falls_short_for_those_who_rated_it_low():
    answers = answers_about("data-badge", ratings=[5, 3, 2, 4, "does_not_apply"], question="assessment")
    found = lines(answers).loc[("question", "assessment", "")]
    assert (found["people"], found["falling"], found["share"]) == (4, 2, 0.5)
    assert (found["low"], found["high"]) == pytest.approx(tuple(map(float, wilson(2, 4))))


def test_of_a_two_sided_scale_both_ends_fall_short():
    answers = answers_about("data-badge", ratings=[1, 4, 7, 5], question="pace", scale="pace7")
    assert lines(answers).loc[("question", "pace", ""), "falling"] == 2


def test_the_outcome_and_employers_opinions_are_no_lines():
    answers = together(
        answers_about("data-badge", ratings=[1, 1], question="worth", construct="overall"),
        answers_about("data-badge", ratings=[1, 1], question="trust", audience="employer", first=2),
    )
    assert what_falls_short(answers, NO_TOPICS).empty
    assert len(what_falls_short(answers, NO_TOPICS, outcomes=())) == 1


def test_a_topic_is_a_share_of_the_people_who_wrote():
    topics = pd.concat(
        [
            topics_about("data-badge", topics=[["workload"], ["workload", "tests"], []]),
            topics_about("data-badge", topics=[["tests"]], polarity="positive", first=3),
        ],
        ignore_index=True,
    )
    found = lines(no_answers(), topics)
    assert found.loc[("topic", "workload", ""), ["people", "falling", "share"]].tolist() == [4, 2, 0.5]
    assert found.loc[("topic", "tests", ""), ["people", "falling", "share"]].tolist() == [4, 1, 0.25]


@pytest.mark.parametrize(("clause", "counts"), [("neg", True), ("pos", False), ("neu", False)])
def test_only_a_topic_named_critically_falls_short(clause: str, counts: bool):
    topics = topics_about("data-badge", topics=[["workload"]], polarity=None, clause=clause)
    assert len(what_falls_short(no_answers(), topics)) == counts


def test_a_topic_named_in_both_voices_falls_short_once():
    topics = topics_about("data-badge", topics=[["workload"]] * 2)
    both = topics.assign(appreciative=topics["critical"])
    assert lines(no_answers(), both).loc[("topic", "workload", ""), "falling"] == 2


def test_employers_and_learners_comments_are_told_apart():
    topics = pd.concat(
        [
            topics_about("data-badge", topics=[["trust"]] * 2, audience="employer", organisations=HOUSES[:2]),
            topics_about("data-badge", topics=[["trust"]], first=5),
        ]
    )
    found = what_falls_short(no_answers(), topics).set_index("audience")
    assert found.loc["employer", ["people", "organisations", "largest_share"]].tolist() == [2, 2, 0.5]
    assert found.loc["learner", "people"] == 1
    assert pd.isna(found.loc["learner", "organisations"])


def needed(credential, need, performance, first=0):
    both = together(
        answers_about(
            credential, ratings=need, audience="employer", question="skill_need", item="sql", scale="need5",
            organisations=HOUSES, first=first,
        ),
        answers_about(
            credential, ratings=performance, audience="employer", question="skill_performance", item="sql",
            scale="perform5", organisations=HOUSES, first=first,
        ),
    )  # fmt: skip
    return with_joint(both)


def test_a_skill_falls_short_where_it_is_needed_and_holders_are_poor_at_it():
    answers = needed("data-badge", [4, 3, 1, 4], [0, 2, 0, "not_seen"])  # short; adequate; not needed; not seen
    found = lines(answers).loc[("skill", "sql", "")]
    assert found[["people", "organisations", "falling"]].tolist() == [3, 3, 1]


def test_all_credentials_together_pair_need_and_performance_within_each():
    answers = together(needed("a", [4, 4, 4, 4], [0, 0, 4, 4]), needed("b", [0, 0, 4, 4], [4, 4, 4, 4]))
    found = lines(answers, by_credential=False).loc[("skill", "sql", "")]
    # each of the four counts once for each of the two credentials; two fall short for one of them
    assert found[["credential", "people", "falling", "share"]].tolist() == ["", 8, 2, 0.25]


@pytest.mark.parametrize(("not_covered", "is_line"), [(1, False), (2, True)])
def test_from_a_fifth_on_a_skill_not_covered_is_a_line(not_covered: int, is_line: bool):
    ratings = ["not_covered"] * not_covered + [4] * (10 - not_covered - 1) + [1]
    answers = answers_about("data-badge", ratings=ratings, question="skills", item="sql", scale="confidence4")
    found = lines(answers)
    assert (("alignment", "sql", "") in found.index) == is_line
    assert found.loc[("question", "skills", "sql"), "people"] == 10 - not_covered
    if is_line:
        assert found.loc[("alignment", "sql", ""), ["people", "share"]].tolist() == [10, 0.2]


def test_few_answers_alone_put_nothing_first():
    answers = together(
        answers_about("data-badge", ratings=[1], question="proof"),
        answers_about("data-badge", ratings=[1] * 30 + [5] * 20, question="assessment", first=1),
    )
    assert what_falls_short(answers, NO_TOPICS)["id"].tolist() == ["assessment", "proof"]


def test_each_credential_has_its_lines_and_foils_none():
    answers = together(
        answers_about("a", ratings=[1], question="proof"),
        answers_about("b", ratings=[5], question="proof", first=1),
        answers_about("foil:x", ratings=[1], question="proof", first=2),
    )
    assert what_falls_short(answers, NO_TOPICS)[["credential", "share"]].to_numpy().tolist() == [["a", 1], ["b", 0]]
    assert what_falls_short(answers, NO_TOPICS, by_credential=False)["people"].tolist() == [2]


def test_nothing_asked_gives_an_empty_table_with_its_columns():
    found = what_falls_short(no_answers(), NO_TOPICS)
    assert found.empty
    assert {"credential", "source", "id", "people", "share", "low"} <= set(found)
