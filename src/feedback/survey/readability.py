"""How hard a questionnaire is to read, with the formula made for its language, and what the formula cannot say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_WORDS_A_SENTENCE = 28
FEWEST_WORDS = 100
"""Below so many words in all, a formula says nothing."""
LIMITS = (
    "Made for running prose: on short questions these formulas are rough, so they are taken over the whole text. "
    "Syllables are counted by groups of vowels. Under 50 is hard for many readers."
)
HARD = 50.0
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_END = re.compile(r"[.!?؟:;](?:\s|$)|\n")
_VOWELS = {
    "en": re.compile(r"[aeiouy]+"),
    "es": re.compile(r"[aeiouáéíóúü]+"),
    "de": re.compile(r"[aeiouäöüy]+"),
}


@dataclass(frozen=True)
class Readability:
    """Of one language: how many words, words a sentence, letters a word, and ease (about 0 hard to 100 easy; None where
    no formula of ours fits the language, or there are too few words)."""

    language: str
    words: int
    words_a_sentence: float
    letters_a_word: float
    ease: float | None
    formula: str


def readability(texts: Sequence[str], language: str) -> Readability:
    """The reading ease of some texts, each at least a sentence.

    Sources: Flesch (1948) for English; Amstad (1978) for German; Fernández Huerta (1959) for Spanish. For other
    languages, Arabic among them, only lengths are given: we know of no formula that holds without vowel marks.
    """
    sentences = [sentence for text in texts for sentence in _END.split(text) if _WORD.search(sentence)]
    words = [word.lower() for sentence in sentences for word in _WORD.findall(sentence)]
    if not words:
        return Readability(language, 0, 0.0, 0.0, None, "")
    a_sentence = len(words) / len(sentences)
    a_word = sum(map(len, words)) / len(words)
    ease, formula = None, ""
    if language in _VOWELS and len(words) >= FEWEST_WORDS:
        ease, formula = _ease(language, a_sentence, sum(_syllables(word, language) for word in words) / len(words))
    return Readability(language, len(words), round(a_sentence, 1), round(a_word, 1), ease, formula)


def longest_sentence(text: str) -> int:
    """How many words the longest sentence of a text has."""
    return max((len(_WORD.findall(sentence)) for sentence in _END.split(text)), default=0)


def _ease(language: str, words_a_sentence: float, syllables_a_word: float) -> tuple[float, str]:
    if language == "de":
        return round(180 - words_a_sentence - 58.5 * syllables_a_word, 1), "Amstad"
    if language == "es":
        return round(206.84 - 60 * syllables_a_word - 1.02 * words_a_sentence, 1), "Fernández Huerta"
    return round(206.835 - 1.015 * words_a_sentence - 84.6 * syllables_a_word, 1), "Flesch"


def _syllables(word: str, language: str) -> int:
    count = len(_VOWELS[language].findall(word))
    if language == "en" and word.endswith("e") and not word.endswith(("le", "ee")) and count > 1:
        count -= 1
    return max(1, count)
