"""Reading ease: easy texts score above hard ones in each language that has a formula; the others get none."""

import pytest

from feedback.survey.readability import FEWEST_WORDS, longest_sentence, readability

EASY = {
    "en": "The cat sat on the mat. We like it. Was it fun? You can skip it.",
    "de": "Der Kurs war gut. Wir mögen ihn. War er lang? Das ist egal.",
    "es": "El gato es gris. Me gusta el pan. Fue largo. Hay sol.",
}
HARD = {
    "en": "Institutional accreditation necessitates comprehensive documentation of pedagogical methodologies.",
    "de": "Qualitätssicherungsmaßnahmen erfordern umfangreiche Dokumentationsverpflichtungen jeder Behörde.",
    "es": "La acreditación institucional necesita documentación exhaustiva de metodologías pedagógicas contemporáneas.",
}


@pytest.mark.parametrize("language", sorted(EASY))
def test_an_easy_text_scores_above_a_hard_one(language):
    easy = readability([EASY[language]] * 20, language)
    hard = readability([HARD[language]] * 20, language)
    assert easy.ease is not None
    assert hard.ease is not None
    assert easy.ease > 60 > 30 > hard.ease


def test_too_few_words_and_languages_without_a_formula_get_no_score():
    assert readability([EASY["en"]], "en").ease is None
    arabic = readability(["كان الدرس واضحًا. أعجبني كثيرًا."] * FEWEST_WORDS, "ar")
    assert arabic.ease is None
    assert arabic.words > FEWEST_WORDS
    assert arabic.words_a_sentence > 1


def test_nothing_to_read_is_no_words():
    assert readability(["", "…"], "en").words == 0


def test_the_longest_sentence_is_counted_in_words():
    assert longest_sentence("One two. One two three four! Five.") == 4
    assert longest_sentence("One two three?! Four 5.5 six... Seven: eight") == 3
    assert longest_sentence("") == 0
