"""Estimated times: paths are ordered, branches count, and what is asked of several credentials counts for each."""

from dataclasses import replace

import pytest

from feedback.settings import data_folder
from feedback.survey.effort import SECONDS_A_RATING, branches, efforts, seconds_of
from feedback.survey.instrument import read_instruments

INSTRUMENTS = read_instruments(data_folder() / "instruments")


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_the_shortest_way_is_no_longer_than_a_typical_one_and_that_than_the_longest(name):
    every = efforts(INSTRUMENTS[name])
    assert 0 < every.shortest.seconds <= every.typical.seconds <= every.longest.seconds
    assert every.shortest.questions <= every.typical.questions <= every.longest.questions


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_a_typical_way_keeps_the_minutes_that_are_promised_in_every_language(name):
    instrument = INSTRUMENTS[name]
    for language in instrument.languages if instrument.minutes else ():
        assert efforts(instrument, language).typical.seconds <= 60 * instrument.minutes, language


def test_what_is_put_again_about_the_next_credential_costs_what_a_further_row_of_a_grid_costs(employer):
    trust, known = employer.by_id["trust"], employer.by_id["known"]
    assert seconds_of(trust, again=True) == seconds_of(known, again=True) == SECONDS_A_RATING
    assert seconds_of(trust) > SECONDS_A_RATING


def test_blocks_that_are_not_drawn_take_no_time():
    learner = INSTRUMENTS["learner"]
    whole = replace(learner, questions=tuple(replace(question, block=None) for question in learner.questions))
    assert efforts(whole).typical.questions > efforts(learner).typical.questions
    assert efforts(whole).typical.seconds > efforts(learner).typical.seconds + 30


def test_who_never_heard_of_a_credential_takes_the_shortest_way(employer):
    known = next(branch for branch in branches(employer) if "known" in branch.questions)
    fewest = min(known.shown, key=lambda each: len(each[0]))
    assert fewest[1]["known"] == "never"
    assert fewest[0] == {"role", "known"}
    assert known.whole


def test_every_question_belongs_to_one_group(employer):
    groups = [name for branch in branches(employer) for name in branch.questions]
    assert sorted(groups) == sorted(question.id for question in employer.questions)


def test_a_row_more_takes_a_rating_more(employer):
    grid = employer.by_id["performance"]
    trust = employer.by_id["trust"]
    assert seconds_of(grid) - seconds_of(trust) >= SECONDS_A_RATING


def test_an_open_question_that_is_left_empty_is_read_all_the_same(employer):
    change = employer.by_id["change"]
    assert 0 < seconds_of(change, share_of_open=0) < 5 < seconds_of(change, share_of_open=0.5) < seconds_of(change)
