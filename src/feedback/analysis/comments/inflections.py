"""The forms a listed word stands for, by simple endings: a stem would catch nouns, too ("organizado", "organización").

English lists every form itself. Words are compared without accents, as people often type them, and in French without
what is elided before them ("j'adore").
"""

import re
import unicodedata
from functools import lru_cache

_ELIDED = re.compile(r"(?:l|d|j|n|s|c|m|t|qu)['’](?=\w)")
_ROMANCE = {"o": ("o", "a", "os", "as"), "a": ("a", "as"), "e": ("e", "es"), "r": ("r", "ra", "res", "ras")}
_FRENCH = {
    "eux": ("eux", "euse", "euses"),
    "if": ("if", "ifs", "ive", "ives"),
    "el": ("el", "els", "elle", "elles"),
    "ul": ("ul", "uls", "ulle", "ulles"),
    "s": ("s", "se", "ses"),
    "e": ("e", "ee", "es", "ees"),  # of a listed "é" the accent is gone; "ee" of others says nothing
}


@lru_cache(maxsize=100_000)
def bare(word: str, language: str) -> str:
    """A word as it is compared: lower case as given by `plain`, without accents (English: as it is).

    >>> bare("útil", "es"), bare("j'adore", "fr"), bare("don't", "en")
    ('util', 'adore', "don't")
    """
    if language == "en":
        return word
    if language == "fr":
        word = _ELIDED.sub("", word, count=1) if _ELIDED.match(word) else word
    if word.isascii():
        return word
    return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))


def forms(word: str, language: str) -> frozenset[str]:
    """The forms a word stands for, as `bare`; itself alone in English and in languages whose endings are not known.

    >>> sorted(forms("claro", "es")), sorted(forms("klar", "de"))
    (['clara', 'claras', 'claro', 'claros'], ['klar', 'klare', 'klarem', 'klaren', 'klarer', 'klares'])
    >>> sorted(forms("ennuyeux", "fr")), forms("helpful", "en")
    (['ennuyeuse', 'ennuyeuses', 'ennuyeux'], frozenset({'helpful'}))
    """
    word = bare(word, language)
    if len(word) < 3:
        return frozenset({word})
    if language == "de":
        stem = word.removesuffix("e")
        return frozenset({word, *(stem + end for end in ("e", "en", "er", "es", "em"))})
    if language in ("es", "pt"):
        ends = _ROMANCE.get(word[-1])
        if ends:
            return frozenset({word, *(word[:-1] + end for end in ends)})
        plural = word + "es"
        if language == "pt" and word.endswith("l"):
            plural = word[:-2] + "eis" if word.endswith("il") else word[:-1] + "is"
        return frozenset({word, plural})
    if language == "fr":
        for ending, ends in _FRENCH.items():
            if word.endswith(ending):
                return frozenset({word, *(word.removesuffix(ending) + end for end in ends)})
        return frozenset({word, word + "s", word + "e", word + "es"})
    return frozenset({word})
