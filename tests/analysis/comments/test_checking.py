"""How good the reading is: agreement of people, precision and recall on comments drawn by chance."""

from math import isnan

import pytest
from pandas import DataFrame

from feedback.analysis.comments.checking import agreement, doubt, macro_f1, tone_accuracy, topic_accuracy

COLUMNS = ("comment", "person", "sentiment", "topics", "said", "about", "not_about", "whole", "at_random")


def pairs(*rows):
    """Rows of comment, person, sentiment read, topics read, said, about; looked at wholly and drawn by chance."""
    return DataFrame([(*row, (), True, True) for row in rows], columns=list(COLUMNS))


def test_nothing_checked_says_nothing():
    assert agreement(pairs())["comments"].tolist() == [0]
    assert topic_accuracy(pairs()).empty
    assert isnan(macro_f1(topic_accuracy(pairs())))
    assert tone_accuracy(pairs())[["comments", "read", "said", "both"]].eq(0).all(axis=None)


def test_two_people_who_say_the_same_agree_and_one_alone_says_nothing():
    found = agreement(
        pairs(
            (0, 0, 0.5, (), "neg", ("pace",)),
            (0, 1, 0.5, (), "neg", ("pace",)),
            (1, 0, 0.5, (), "pos", ()),
            (1, 1, 0.5, (), "pos", ()),
            (2, 0, 0.5, (), "neu", ("labs",)),
        )
    ).set_index("topic")
    assert found.loc["", ["comments", "same", "alpha"]].tolist() == [2, 1.0, 1.0]
    assert found.loc["pace", ["comments", "same", "alpha"]].tolist() == [2, 1.0, 1.0]
    assert found.loc["labs", "comments"] == 2
    assert found[["low", "high"]].isna().all(axis=None)


def test_what_people_say_otherwise_lowers_agreement():
    found = agreement(
        pairs(*((number, person, 0.5, (), tone, ()) for number in range(6) for person, tone in
                enumerate(("neg", "pos" if number % 2 else "neg"))))
    )  # fmt: skip
    assert found.loc[0, "same"] == 0.5
    assert found.loc[0, "low"] <= found.loc[0, "alpha"] <= found.loc[0, "high"] <= 1
    assert found.loc[0, "alpha"] < 0.5


def test_precision_and_recall_are_of_comments_drawn_by_chance_and_looked_at_wholly():
    table = pairs(
        (0, 0, 0.5, ("pace",), "pos", ("pace",)),
        (1, 0, 0.5, ("pace",), "pos", ()),
        (2, 0, 0.5, (), "pos", ("pace", "labs")),
        (3, 0, 0.5, (), "pos", ()),
        (4, 0, 0.5, ("pace",), "pos", ()),
        (5, 0, 0.5, ("pace",), "pos", ()),
    )
    table.loc[4, "at_random"] = False
    table.loc[5, "whole"] = False
    found = topic_accuracy(table).set_index("topic")
    pace = found.loc["pace"]
    assert pace[["comments", "read", "said", "both", "precision", "recall"]].tolist() == [4, 2, 2, 1, 0.5, 0.5]
    assert 0 < pace["precision_low"] < 0.5 < pace["precision_high"] < 1
    assert found.loc["labs", "recall"] == 0
    assert isnan(found.loc["labs", "precision"])
    assert macro_f1(topic_accuracy(table)) == pytest.approx(0.25)


def test_where_people_differ_on_a_topic_the_comment_does_not_count_for_it():
    found = topic_accuracy(
        pairs((0, 0, 0.5, ("pace",), "pos", ("pace",)), (0, 1, 0.5, ("pace",), "neg", ()))
    ).set_index("topic")
    assert found.loc["pace", "comments"] == 0
    assert tone_accuracy(pairs((0, 0, 0.5, (), "pos", ()), (0, 1, 0.5, (), "neg", ())))["comments"].sum() == 0


def test_how_comments_sound_is_measured_by_its_three_words_and_not_scored_is_none_of_them():
    found = tone_accuracy(
        pairs(
            (0, 0, -0.8, (), "neg", ()),
            (1, 0, 0.9, (), "neg", ()),
            (2, 0, 0.9, (), "pos", ()),
            (3, 0, float("nan"), (), "pos", ()),
        )
    ).set_index("tone")
    assert found.loc["neg", ["read", "said", "both", "precision", "recall"]].tolist() == [1, 2, 1, 1.0, 0.5]
    assert found.loc["pos", ["read", "said", "both", "precision", "recall"]].tolist() == [2, 2, 1, 0.5, 0.5]
    assert found.loc["neu", ["read", "said"]].tolist() == [0, 0]


def test_what_lies_between_the_cuts_is_in_doubt():
    assert doubt(0.15) > doubt(0.5) > doubt(0.9) == 0
    assert doubt(float("nan")) == 1


def test_a_topic_made_after_somebody_looked_is_no_mistake_of_the_reader():
    table = pairs(
        (0, 0, 0.5, ("new",), "pos", ()), (1, 0, 0.5, ("new",), "pos", ()), (2, 0, 0.5, ("new",), "pos", ("new",))
    )
    table["not_about"] = [("labs",), ("labs", "new"), ("labs",)]
    found = topic_accuracy(table).set_index("topic")
    assert found.loc["new", ["comments", "read", "both"]].tolist() == [2, 2, 1]
    twice = pairs((0, 0, 0.5, (), "pos", ("new",)), (0, 1, 0.5, (), "pos", ())).assign(not_about=[("labs",), ("labs",)])
    assert agreement(twice)["topic"].tolist() == [""]
