"""Which language a comment is written in: py3langid among the languages we may meet, the form's language as prior."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from feedback.analysis.comments.words import places, primary

LANGUAGES = (
    "ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ro", "ru", "tr", "uk", "vi", "zh",
)  # fmt: skip
"""The languages told apart. Fewer are told apart better: 97% at four words among 19, 90% among all of py3langid's."""

FEWEST_WORDS = 3
"""Shorter comments are too short to tell ("Super!", "ok") and count as the form's language."""

SURE = 0.60
"""Below this probability the form's language stands. A choice between .5 and .8 changes little (see the tests)."""

ENOUGH = 300
"""Code points read of a comment: more do not change the answer, only the time."""

_WITHOUT_SPACES = ("ja", "zh")


def detect(texts: Sequence[str | None] | pd.Series, priors: Iterable[str | None] | str | None = None) -> list[str]:
    """The language of each text, as a two-letter code; "" where there is no text, or where nothing is known.

    texts: comments, None or NA where missing. priors: the language of the form each was written in (one for all, or
    one each; "" or None when not known). Very short or doubtful texts take the prior.

    >>> detect(["The exercises were close to my daily work.", "Muy bien", "  ", None], "es")
    ['en', 'es', '', '']
    """
    count = len(texts)
    given = [priors] * count if priors is None or isinstance(priors, str) else list(priors)
    if len(given) != count:
        raise ValueError(f"{count} texts but {len(given)} priors; there must be one for each text, or one for all.")
    return [_language(text, primary(prior)) for text, prior in zip(texts, given, strict=True)]


def _language(text: object, prior: str) -> str:
    if not isinstance(text, str) or not text.strip():
        return ""
    if prior and prior not in LANGUAGES:  # a language we cannot tell: the form knows better
        return prior
    beginning = text[:ENOUGH]
    words = [word for word, _, _ in places(beginning) if not word.isdigit()]
    few = len(words) < FEWEST_WORDS
    if few and beginning.isascii():
        return prior
    found, probability = _identifier().classify(beginning)
    if few and not (found in _WITHOUT_SPACES and sum(map(len, words)) >= FEWEST_WORDS):
        return prior
    return str(found) if probability >= SURE else prior


@lru_cache(maxsize=1)
def _identifier() -> Any:
    """py3langid's model, loaded once, our own instance: nobody else's settings are changed."""
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_modelpath(Path(MODEL_DIR) / MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier
