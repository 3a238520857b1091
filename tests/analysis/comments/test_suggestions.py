"""Sentences that ask for a change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.comments import suggestions
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


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Nothing should be changed."),
        ("de", "Nichts sollte geändert werden."),
        ("es", "No hay que cambiar nada."),
        ("pt", "Nada a melhorar."),
        ("fr", "Rien à améliorer."),
        ("de", "Ich lerne lieber allein, und weniger schnell."),
        ("es", "Es lo de menos."),
        ("pt", "O curso tem tudo o que se precisa saber."),
        ("fr", "Tout ce qu'il faut pour apprendre."),
    ],
)
def test_a_refusal_of_change_and_a_word_that_often_asks_nothing_are_no_wish(language, text):
    assert suggestions_in(text, language) == []


def test_a_wish_in_another_clause_than_a_refusal_is_one():
    for text in ("Nothing bad, but please record the lectures.", "Nothing to add but the labs should be longer"):
        assert len(suggestions_in(text, "en")) == 1


def test_of_too_many_suggestions_those_at_the_end_of_the_alphabet_are_grouped_too(monkeypatch):
    monkeypatch.setattr(suggestions, "MOST_GROUPED", 40)
    said = [f"{letter}{number}: please record lectures" for letter in "az" for number in range(60)]
    found = [one for at, text in enumerate(said) for one in suggestions_in(text, "en", at)]
    taken = [one.text for group in group_suggestions(found, "en") for one in group.members]
    assert len(taken) == 40
    assert {text[0] for text in taken} == {"a", "z"}
