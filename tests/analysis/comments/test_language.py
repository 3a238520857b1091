"""Which language a comment is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.comments.language import LANGUAGES, classify, detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The exercises were close to what I do at work.", "en"),
        ("Los ejercicios se parecían mucho a mi trabajo diario.", "es"),
        ("Die Übungen waren nah an meiner täglichen Arbeit.", "de"),
        ("كانت التمارين قريبة من عملي اليومي", "ar"),
        ("Les exercices étaient proches de mon travail quotidien.", "fr"),
        ("Os exercícios eram parecidos com o meu trabalho diário.", "pt"),
        ("练习很接近我的日常工作", "zh"),
    ],
)
@pytest.mark.parametrize("prior", ["en", "es", None])
def test_a_whole_sentence_is_known_whatever_the_form_was(text, language, prior):
    assert detect([text], [prior]) == [language]


def test_a_comment_under_three_words_takes_the_language_of_the_form():
    assert detect(["Muy bien", "Super!", "ok", "👍", "10/10"], "en") == ["en"] * 5
    assert detect(["Great"], "de") == ["de"]


def test_a_short_comment_without_a_form_is_not_known():
    assert detect(["ok", "Super"], None) == ["", ""]


def test_no_text_has_no_language():
    assert detect(["", "   \n", None], "en") == ["", "", ""]


def test_none_and_many_comments_are_read():
    assert detect([], "en") == []
    assert detect(["Very good course indeed, thank you all."] * 1000, "en") == ["en"] * 1000


def test_a_form_in_a_language_we_cannot_tell_knows_better():
    assert detect(["Πολύ καλό μάθημα και ωραίες ασκήσεις"], "el") == ["el"]


def test_regional_priors_are_shortened():
    assert detect(["ok"], "en-GB") == ["en"]


def test_priors_must_match_the_texts():
    with pytest.raises(ValueError, match="2 texts but 1 priors"):
        detect(["a", "b"], ["en"])


def test_many_at_once_are_told_apart_as_the_library_tells_one():
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    library = LanguageIdentifier.from_modelpath(f"{MODEL_DIR}/{MODEL_FILE}", norm_probs=True)
    library.set_languages(list(LANGUAGES))
    texts = [
        "",
        "a",
        "HELLO THERE, YOU",
        "Muy bien explicado",
        "练习很接近",
        "e\u0301te\u0301 \ud800",
        "x" * 300,
        "Die Übung",
        "12 34",
    ]
    for (language, probability), text in zip(classify(texts * 60), texts * 60, strict=True):
        expected, likely = library.classify(text)
        assert (language, probability) == (expected, pytest.approx(likely, abs=1e-5)), text


def test_asking_again_gives_the_same_answer_and_leaves_the_library_alone():
    import py3langid.langid as library

    first = detect(["Las clases fueron muy claras"], "en")
    assert detect(["Las clases fueron muy claras"], "en") == first == ["es"]
    assert library.IDENTIFIER is None


@given(st.text(), st.sampled_from(["en", "ar", "", None]))
def test_any_text_has_a_language_or_none(text, prior):
    assert detect([text], [prior])[0] in {*LANGUAGES, ""}
