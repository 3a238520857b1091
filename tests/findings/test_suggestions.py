"""What people ask for: put together, counted in people at the least, and never of too few."""

import pandas as pd
import pytest

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from tests.findings.evidence_of import HOUSES, Said, evidence, reviewed

WISH = ("Please record the lectures", "The lectures should be recorded", "Please record all lectures on video")


def wishes(credential, number, state="internal", audience="learner", houses=None, questions=("change",)):
    """So many people who ask for one thing in turn of words; in answer to each of these questions."""
    said = reviewed(credential, number, state)
    listed = pd.concat(
        [
            said.listed.assign(question=question, text=[f"{WISH[place % 3]}." for place in range(number)])
            for question in questions
        ],
        ignore_index=True,
    )
    both = [table.assign(audience=audience) for table in (said.topics, listed)]
    if houses:
        both = [
            table.assign(organisation=[houses[place % len(houses)] for place in range(len(table))]) for table in both
        ]
    return Said(*both)


def found(*said, choice=Choice(), limits=Limits(), **titles):
    return work_out(FINDINGS["suggestions"], evidence(said=list(said), **(titles or {"a": "A badge"})), choice, limits)


def test_wishes_that_are_alike_are_one_with_its_typical_words_and_other_wordings():
    rows = found(wishes("a", 6)).rows
    (row,) = rows.to_dict("records")
    assert row["text"].rstrip(".") in WISH
    assert {each.rstrip(".") for each in row["others"]} == set(WISH) - {row["text"].rstrip(".")}
    assert (row["people"], row["comments"], row["credentials"], row["topic"]) == (6, 6, 1, "pace")


@pytest.mark.parametrize(("number", "rows"), [(4, 0), (5, 1)])
def test_a_wish_shows_from_the_smallest_group_on(number, rows):
    assert len(found(wishes("a", number)).rows) == rows


def test_who_asks_the_same_twice_counts_once():
    (row,) = found(wishes("a", 6, questions=("change", "keep"))).rows.to_dict("records")
    assert (row["people"], row["comments"]) == (6, 12)


def test_credentials_are_not_added_up_because_one_person_may_ask_it_of_both():
    assert found(wishes("a", 4), wishes("b", 4), a="A", b="B").rows.empty
    (row,) = found(wishes("a", 4), wishes("b", 7), a="A", b="B").rows.to_dict("records")
    assert (row["credential"], row["people"]) == ("b", 7)


def test_of_employers_enough_organisations_must_ask():
    assert found(wishes("a", 6, audience="employer", houses=HOUSES[:2])).rows.empty
    (row,) = found(wishes("a", 6, audience="employer", houses=HOUSES[:3])).rows.to_dict("records")
    assert row["organisations"] == 3


def test_who_may_read_only_what_was_reviewed_is_told_no_wish_that_was_not():
    assert len(found(wishes("a", 12, state="")).rows) == 1
    assert found(wishes("a", 12, state=""), limits=Limits().reviewed()).rows.empty
    assert found(wishes("a", 12), limits=Limits().for_public()).rows.empty


def test_what_is_said_to_a_question_for_what_to_keep_is_no_wish():
    kept = wishes("a", 8)
    assert found(Said(kept.topics, kept.listed.assign(polarity="positive"))).rows.empty
    assert len(found(Said(kept.topics, kept.listed.assign(polarity=None))).rows) == 1


def test_comments_that_ask_for_nothing_are_no_wish_and_it_is_said_so():
    shown = found(reviewed("a", 8, text="The labs were great."))
    assert shown.table.empty
    assert "Not enough people ask for the same yet" in shown.sentence


def test_the_sentence_says_what_most_ask_for():
    sentence = found(wishes("a", 6)).sentence
    assert sentence.startswith("1 thing is asked for by enough people to show.")
    assert "(at least 6 people of A badge)" in sentence
