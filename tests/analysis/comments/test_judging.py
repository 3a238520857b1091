"""Words that praise and blame, by their places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.comments.judging import judged, tone
from feedback.analysis.comments.words import places


def said(text, language="en"):
    return [(text[one.start :].split()[0], one.value) for one in judged(text, places(text), language)]


def mood(text):
    return tone(judged(text, places(text), "en"))


@pytest.mark.parametrize(
    "text",
    ["The test was hard", "too long", "Avoid this course", "not helpful", "the slides are outdated"],
)  # fmt: skip
def test_what_learners_blame_is_blame(text):
    assert mood(text) < 0


@pytest.mark.parametrize(
    "text", ["very knowledgeable", "easy to follow", "The test was not hard", "well organised", "would recommend it"]
)
def test_what_learners_praise_is_praise(text):
    assert mood(text) > 0


@pytest.mark.parametrize(
    "text", ["We learned hard skills", "problem solving and risk management", "At least 3 hours", ""]
)
def test_what_only_sounds_so_is_neither(text):
    assert mood(text) == 0


def test_a_negation_does_not_reach_across_a_full_stop():
    assert said("I did not go. Great labs")[-1] == ("Great", 1.5)


def test_a_phrase_counts_instead_of_its_words():
    assert said("waste of time") == [("waste", -2.5)]


def test_a_language_without_a_list_judges_nothing():
    assert judged("Molto bene", places("Molto bene"), "it") == []


def test_in_other_languages_a_word_stands_for_its_forms_and_the_word_before_strengthens():
    text = "Klare Folien, sehr klare Beispiele"
    assert [one.value for one in judged(text, places(text), "de")] == [1.5, 1.875]


@given(st.text())
def test_any_text_has_a_tone_between_blame_and_praise(text):
    assert -1 <= mood(text) <= 1
