"""Words with their places, stems, and the word lists of each language."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.comments.words import STEMMERS, places, plain, primary, read_word_lists, stem, word_lists
from feedback.errors import Refused
from feedback.settings import data_folder


def test_every_language_file_is_read_and_has_words():
    lists = read_word_lists(data_folder() / "languages")
    assert set(lists) == {"ar", "de", "en", "es", "fr", "pt"}
    assert all(one.stop_words and one.abbreviations and one.clause_words for one in lists.values())


def test_words_that_turn_a_sentence_are_short_lists_and_keep_praise_and_blame():
    stop_words = word_lists("en").stop_words
    assert not stop_words & {"good", "great", "never", "bad", "work", "help", "hard"}


def test_a_language_without_a_file_has_empty_lists():
    assert word_lists("vi").stop_words == frozenset()
    assert word_lists(None).abbreviations == frozenset()


def test_regional_tags_count_as_their_language():
    assert word_lists("en-GB").language == "en"
    assert primary("PT_br") == "pt"


def test_a_broken_language_file_is_refused_with_every_problem(tmp_path):
    (tmp_path / "en.toml").write_text('language = "de"\nstop_word = ["a"]\nabbreviations = "dr"\n', encoding="utf-8")
    (tmp_path / "xx.toml").write_text("language = \n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_word_lists(tmp_path)
    said = str(refused.value)
    assert 'en.toml: "stop_word" is not known. Did you mean "stop_words"?' in said
    assert "abbreviations must be a list" in said
    assert 'it must be "en"' in said
    assert "xx.toml: cannot be read as TOML" in said


@given(st.text())
def test_words_stand_where_they_are_said_to_stand(text):
    found = places(text)
    assert all(plain(text[start:end]) == word for word, start, end in found)
    assert all(before[2] <= after[1] for before, after in itertools.pairwise(found))


@given(st.sampled_from(sorted(STEMMERS)), st.text(min_size=1, max_size=60))
def test_every_word_has_a_stem(language, word):
    assert stem(plain(word), language)


def test_stems_do_not_depend_on_what_was_stemmed_before():
    words = ["التقييم", "المدرسون", "يكتبون", "والمحاضرات", "كتاب"]
    forwards = [stem.__wrapped__(word, "ar") for word in words]
    backwards = [stem.__wrapped__(word, "ar") for word in reversed(words)]
    assert forwards == backwards[::-1]
