"""Sentences that ask for a change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.comments.suggestions import group_suggestions, suggestions_in


@pytest.mark.parametrize(
    ("language", "text", "asked"),
    [
        ("en", "Great labs. The slides should be shared. Thanks!", "The slides should be shared."),
        ("en", "Please record the lectures", "Please record the lectures"),
        ("de", "Gute Folien. Mehr Beispiele, es fehlt die Praxis.", "Mehr Beispiele, es fehlt die Praxis."),
        ("es", "Muy bien. Sería mejor tener más casos.", "Sería mejor tener más casos."),
        ("fr", "Très clair. Il faudrait plus d'exemples.", "Il faudrait plus d'exemples."),
        ("pt", "Gostei muito. Deveria haver mais exercícios.", "Deveria haver mais exercícios."),
        ("ar", "الدورة جيدة. نقترح إضافة أمثلة محلية.", "نقترح إضافة أمثلة محلية."),
    ],
)  # fmt: skip
def test_each_language_asks_in_its_own_words(language, text, asked):
    found = suggestions_in(text, language)
    assert [one.text for one in found] == [asked]
    assert text[found[0].start : found[0].end] == asked


@pytest.mark.parametrize("text", ["Great labs.", "The labs were clear and useful.", "", "please", "should"])
def test_what_asks_for_nothing_is_no_suggestion(text):
    assert suggestions_in(text, "en") == []


def test_a_language_without_requests_has_none():
    assert suggestions_in("Xin hãy thêm ví dụ", "vi") == []


SAID = (
    "Please record the lectures", "The lectures should be recorded", "I wish the lectures were recorded!",
    "More time for the final exam would be nice", "Please give more time for the exam", "Add vegetarian food",
)  # fmt: skip


def groups(said):
    found = [one for at, text in enumerate(said) for one in suggestions_in(text, "en", at)]
    return [(group.comments, {one.text for one in group.members}) for group in group_suggestions(found, "en")]


def test_suggestions_are_grouped_with_their_like_and_counted():
    assert groups(SAID) == [(3, set(SAID[:3])), (2, set(SAID[3:5])), (1, {SAID[5]})]


def test_a_comment_counts_once_however_often_it_asks():
    assert groups(["Please record lectures. Lectures should be recorded."])[0][0] == 1


def test_equal_comments_are_one_group():
    assert groups([SAID[0]] * 3_000) == [(3_000, {SAID[0]})]


def test_the_order_of_the_comments_does_not_matter():
    assert groups(SAID) == groups(SAID[::-1])


def test_none_at_all_is_fine():
    assert group_suggestions([], "en") == []


@given(st.lists(st.text(max_size=60), max_size=6))
def test_every_suggestion_is_in_one_group(said):
    found = [one for at, text in enumerate(said) for one in suggestions_in(f"Please {text}", "en", at)]
    assert sorted(one.text for group in group_suggestions(found, "en") for one in group.members) == sorted(
        one.text for one in found
    )
