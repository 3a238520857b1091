"""The words of forms and questionnaires: complete, alike in every language, and worded for every slip there can be."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from feedback.settings import data_folder, project_folder
from feedback.survey.text import PIPE
from feedback.survey.wording import read_words

LANGUAGES = ("en", "es", "de", "ar")
OTHERS = LANGUAGES[1:]
LONG = ("learner.toml", "employer.toml")
INSTRUMENTS = (*LONG, "dropout.toml", "six_months.toml", "survey.toml", "employer_pairs.toml", "expert.toml")
LETTERS = {"ar": re.compile(r"[\u0621-\u064a]"), "latin": re.compile(r"[A-Za-zÀ-ÿ0-9]")}
HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]")


def wordings(language: str) -> Mapping[str, str]:
    return read_words(data_folder() / "locales" / f"{language}.toml")


def texts_in(table: Any, languages: tuple[str, ...], where: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every table of wordings by language within a file, with its place."""
    if isinstance(table, list):
        for number, each in enumerate(table):
            name = each.get("id", number) if isinstance(each, dict) else number
            yield from texts_in(each, languages, f"{where}/{name}")
    elif isinstance(table, dict):
        if table and table.keys() <= {*languages, *LANGUAGES}:
            yield where, table
        else:
            for key, each in table.items():
                yield from texts_in(each, languages, f"{where}/{key}")


def questionnaire(name: str) -> dict[str, Any]:
    return tomllib.loads((data_folder() / "instruments" / name).read_text("utf-8"))


def sources(*folders: str) -> Iterator[str]:
    for folder in folders:
        for path in sorted(Path(project_folder(), folder).rglob("*.py")):
            yield path.read_text("utf-8")


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_words_what_english_words_with_the_same_values(language):
    english, own = wordings("en"), wordings(language)
    assert own.keys() == english.keys()
    assert {key: sorted(PIPE.findall(text)) for key, text in own.items()} == {
        key: sorted(PIPE.findall(text)) for key, text in english.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wording_is_neither_empty_nor_padded_nor_holds_hidden_characters(language):
    wrong = {
        key: text for key, text in wordings(language).items() if not text or text != text.strip() or HIDDEN.search(text)
    }
    assert wrong == {}


def test_arabic_is_written_from_right_to_left_and_the_others_from_left_to_right():
    directions = {language: wordings(language)["direction"] for language in LANGUAGES}
    assert directions == {"en": "ltr", "es": "ltr", "de": "ltr", "ar": "rtl"}


def test_every_arabic_wording_is_in_arabic_letters():
    latin = {key: text for key, text in wordings("ar").items() if not LETTERS["ar"].search(text)}
    assert latin == {"direction": "rtl"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slip_the_check_can_find_is_worded(language):
    source = "\n".join(sources("src/feedback/survey"))
    codes = set(re.findall(r'Wrong\(\s*"(\w+)"', source))
    codes |= set(re.findall(r'Slip\((?:[^"()]|""|\([^()]*\))*"([a-z_]+)"', source))
    assert {"missing", "not_a_form", "too_long"} <= codes
    assert sorted(code for code in codes if f"slips.{code}" not in wordings(language)) == []


def test_every_word_a_page_asks_for_is_there():
    english = wordings("en")
    source = "\n".join(sources("src/feedback/ui", "pages"))
    asked = set(re.findall(r'\bword\(\s*"([a-z_]+\.[a-z_]+)"', source))
    unknown = [key for key in asked if key not in english and f"{key}_other" not in english]
    assert sorted(unknown) == []


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_text_of_a_questionnaire_is_in_all_its_languages_and_names_the_same_values(name):
    file = questionnaire(name)
    languages = tuple(file["languages"])
    found = dict(texts_in(file, languages))
    assert len(found) > (50 if name in LONG else 8)
    assert {where: sorted(text) for where, text in found.items() if sorted(text) != sorted(languages)} == {}
    uneven = {
        where: text
        for where, text in found.items()
        if len({tuple(sorted(PIPE.findall(wording))) for wording in text.values()}) > 1
    }
    assert uneven == {}


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_text_of_a_questionnaire_is_in_the_letters_of_its_language(name):
    found = dict(texts_in(questionnaire(name), LANGUAGES))
    wrong = {
        (where, language): wording
        for where, text in found.items()
        for language, wording in text.items()
        if wording != wording.strip() or HIDDEN.search(wording) or not _in_own_letters(language, wording)
    }
    assert wrong == {}


def test_benefits_go_by_the_same_names_wherever_they_are_asked():
    lists = {
        (name, question["id"]): [option["id"] for option in question["options"]]
        for name in INSTRUMENTS
        for question in questionnaire(name)["questions"]
        if question["construct"] in {"benefit_wanted", "benefit_seen"}
    }
    assert len(lists) == 3
    assert {len(ids) for ids in lists.values()} == {8}
    assert len({tuple(ids) for ids in lists.values()}) == 1


def _in_own_letters(language: str, wording: str) -> bool:
    return bool(LETTERS["ar" if language == "ar" else "latin"].search(wording))
