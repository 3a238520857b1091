"""Sentences and clauses."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.comments.sentences import clauses, splitter


def sentences(text, language="en"):
    return [text[start:end] for start, end in splitter(language).spans(text)]


def test_abbreviations_end_no_sentence():
    assert sentences("Dr. Ito was clear, e.g. on taxes. More labs, slides etc. would help. Thanks!") == [
        "Dr. Ito was clear, e.g. on taxes.",
        "More labs, slides etc. would help.",
        "Thanks!",
    ]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "La Dra. Ruiz explica bien. Falta práctica.", ["La Dra. Ruiz explica bien.", "Falta práctica."]),
        ("de", "Es gab z.B. keine Folien. Schade!", ["Es gab z.B. keine Folien.", "Schade!"]),
        ("ar", "هل كانت المدة طويلة؟ نعم. شكرا", ["هل كانت المدة طويلة؟", "نعم.", "شكرا"]),
        ("vi", "Tốt lắm. Cảm ơn.", ["Tốt lắm.", "Cảm ơn."]),
    ],
)
def test_each_language_splits_at_its_own_signs(language, text, expected):
    assert sentences(text, language) == expected


def test_a_new_line_ends_a_sentence():
    assert sentences("good labs\nbad test\r\n\n  more time  ") == ["good labs", "bad test", "more time"]


def test_an_empty_text_has_no_sentence():
    assert sentences("") == sentences(" \n ") == []


def test_a_splitter_learns_from_texts_handed_in():
    texts = [f"The mod. {number} was fine. It was long." for number in range(60)]
    learned = splitter("en", texts).spans("We did mod. 7 today. Good.")
    assert len(learned) == 2


def test_clauses_are_cut_where_the_mind_may_change():
    text = "Great labs; the test was unfair, but the tutor helped. However, it is long - too long"
    assert [text[start:end] for start, end in clauses(text, "en")] == [
        "Great labs",
        "; the test was unfair,",
        "but the tutor helped.",
        "However, it is long",
        "- too long",
    ]


@given(st.text(), st.sampled_from(["en", "es", "de", "ar", "zz", None]))
def test_clauses_are_in_order_without_overlap_and_miss_no_letter(text, language):
    found = clauses(text, language)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(found))
    covered = set().union(*(range(start, end) for start, end in found))
    assert all(place in covered for place, sign in enumerate(text) if sign.isalnum())


def test_a_long_line_of_signs_is_one_text_to_the_end():
    text = "." * 4_000 + " a" * 30_000
    assert clauses(text, "en")[-1][1] == len(text)
