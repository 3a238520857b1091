"""Wording and the cleaning of what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from feedback.survey.text import LONGEST_TEXT, Wrong, clean_text, say


def test_a_language_without_a_wording_falls_back_to_english():
    assert say({"en": "Why?", "de": "Warum?"}, "ar") == "Why?"


def test_values_piped_in_are_never_read_as_formats_or_pipes():
    said = say({"en": "{credential} by {issuer}"}, "en", credential="{issuer} {0} %s {x.__class__}", issuer="\\1 {y}")
    assert said == "{issuer} {0} %s {x.__class__} by \\1 {y}"


def test_a_pipe_nobody_gave_stays_as_written():
    assert say({"en": "{credential} and {other}"}, "en", credential="A") == "A and {other}"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x07b\x1bc\x7f\x9f", "abc"),
        ("safe \u202egpj.exe\u202c", "safe gpj.exe"),
        ("\u2066isolated\u2069 \u206a", "isolated"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("tab\tstays", "tab\tstays"),
        ("e\u0301", "é"),
        ("می\u200cخواهم \u200f!", "می\u200cخواهم \u200f!"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("\ufeffmark\ufffe\ufdd0", "mark"),
        ("   \n ", ""),
    ],
)
def test_control_and_override_characters_go_and_the_rest_stays(typed: str, kept: str):
    assert clean_text(typed) == kept


@pytest.mark.parametrize("typed", ["nul \x00 inside", "half \ud83d a pair", "\udfff"])
def test_what_no_store_can_keep_is_refused(typed: str):
    assert clean_text(typed) == Wrong("bad_characters")


def test_length_is_counted_in_code_points_after_cleaning():
    assert clean_text(" " + "😀" * LONGEST_TEXT + "\u202e ") == "😀" * LONGEST_TEXT
    assert clean_text("é" * (LONGEST_TEXT + 1)) == Wrong(
        "too_long", values={"maximum": LONGEST_TEXT, "length": LONGEST_TEXT + 1}
    )


@pytest.mark.parametrize("raw", [None, 5, 1.5, True, ["a"], {"a": 1}, b"bytes"])
def test_what_is_no_text_is_said_to_be_of_the_wrong_type(raw: object):
    assert clean_text(raw) == Wrong("wrong_type")


@given(some.text(some.characters(codec=None, exclude_categories=())))
def test_cleaning_twice_changes_nothing(typed: str):
    once = clean_text(typed)
    if isinstance(once, str):
        assert clean_text(once) == once
        assert once.encode("utf-8").decode("utf-8") == once
    else:
        assert once.code == "bad_characters"
