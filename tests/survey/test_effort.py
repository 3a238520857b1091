"""Estimated times: paths are ordered, branches count, and what is asked of several credentials counts for each."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from feedback.settings import data_folder
from feedback.survey.effort import FASTEST, SECONDS_A_RATING, branches, efforts, is_too_fast, items_in, seconds_of
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


# --- faster than reading takes ----------------------------------------------------------------------------------------


def test_less_than_two_seconds_an_item_is_too_fast():
    assert is_too_fast(39.9, 20)
    assert not is_too_fast(40, 20)


def test_of_few_items_and_of_a_time_that_cannot_be_nothing_is_said():
    assert is_too_fast(1, 5)
    assert not is_too_fast(1, 4)
    assert not is_too_fast(-1, 20)
    assert not is_too_fast(float("nan"), 20)


@given(some.floats(0, 1e6), some.floats(0, 1e6), some.integers(0, 200))
def test_whoever_takes_longer_is_never_too_fast_where_somebody_slower_is_not(one, other, items):
    assert is_too_fast(min(one, other), items) >= is_too_fast(max(one, other), items)


@pytest.mark.parametrize("name", sorted(name for name, each in INSTRUMENTS.items() if each.minutes))
def test_even_the_shortest_way_by_the_estimate_is_far_from_too_fast(name):
    shortest = efforts(INSTRUMENTS[name]).shortest
    assert shortest.seconds > 2 * FASTEST * shortest.questions


def test_rows_and_pairs_count_one_by_one_and_several_choices_once():
    answers = {"worth": 4, "teaching": {"clear": 5, "helped": 4}, "benefits": ["pay", "network"], "keep": "All of it."}
    assert items_in(answers) == 5
    assert (
        items_in({"known": {"data": "name", "foil:x": "never"}, "performance": {"data": {"sql": 3, "plots": 1}}}) == 4
    )
    assert items_in({}) == 0
