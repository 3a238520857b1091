"""The words of the interface."""

from pathlib import Path

import pytest

from feedback.errors import Refused
from feedback.survey.submission import Slip
from feedback.survey.wording import direction, gaps, languages, read_words, slip_text, word, words

ENGLISH = """
direction = "ltr"
[form]
next = "Next"
left_one = "One left"
left_other = "{count} left"
[slips]
wrong_type = "We could not read this."
too_many = "At most {maximum}, please."
"""
ARABIC = """
direction = "rtl"
[form]
next = "التالي"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "en.toml").write_text(ENGLISH, encoding="utf-8")
    (tmp_path / "ar.toml").write_text(ARABIC, encoding="utf-8")
    return tmp_path


def test_languages_are_the_files_there_are_english_first(folder):
    assert languages(folder) == ("en", "ar")


def test_what_a_language_lacks_is_in_english(folder):
    assert words("ar", folder)["form.next"] == "التالي"
    assert words("ar", folder)["slips.wrong_type"] == "We could not read this."
    assert words("xx", folder) == words("en", folder)


def test_direction_is_the_languages_own(folder):
    assert [direction(language, folder) for language in ("en", "ar", "xx")] == ["ltr", "rtl", "ltr"]


def test_words_are_filled_in_literally_and_a_count_chooses_its_form(folder):
    assert word("form.left", "en", folder, count=1) == "One left"
    assert word("form.left", "en", folder, count="{0} %s") == "{0} %s left"
    assert word("form.unheard_of", "en", folder) == "form.unheard_of"


def test_a_slip_is_put_in_kind_words(folder):
    assert slip_text(Slip("q", None, None, "too_many", {"maximum": 2}), "en", folder) == "At most 2, please."
    assert slip_text(Slip("q", None, None, "unheard_of"), "ar", folder) == "We could not read this."


def test_gaps_between_languages_are_named(folder):
    (folder / "ar.toml").write_text(ARABIC + 'left_other = "{sum}"\nmore = "x"', encoding="utf-8")
    said = [str(gap) for gap in gaps(folder)]
    assert 'ar.toml: "slips.too_many" is not worded.' in said
    assert 'ar.toml: "form.more" is worded here but not in en.toml.' in said
    assert 'ar.toml: "form.left_other" names a {value} that en.toml does not.' in said


def test_a_file_that_holds_anything_but_texts_is_refused(folder):
    (folder / "de.toml").write_text('direction = "up"\nn = 5\n[a]\nb = [1]\n[a.c]\nd = "x"', encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_words(folder / "de.toml")
    assert [str(problem) for problem in refused.value.problems] == [
        "de.toml: n must be a text or a table of texts; found 5.",
        "de.toml: a.b must be a text; found [1].",
        "de.toml: a.c must be a text; found {'d': 'x'}.",
        'de.toml: direction must be "ltr" or "rtl"; found "up".',
    ]


def test_the_languages_of_the_project_lack_nothing():
    assert gaps() == ()
    assert set(languages()) >= {"en", "es", "de", "ar"}
    assert direction("ar") == "rtl"
