"""Which language a comment is written in: py3langid among the languages we may meet, the form's language as prior.

The library's model (BSD) is walked for many comments at once, a byte of each at every step: ten times as fast, and the
same answers (tests/analysis/comments/test_language.py).
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from feedback.analysis.comments.words import primary, said_in

LANGUAGES = (
    "ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ro", "ru", "tr", "uk", "vi", "zh",
)  # fmt: skip
"""The languages told apart. Fewer are told apart better: 97% at four words among 19, 90% among all of py3langid's."""

FEWEST_WORDS = 3
"""Shorter comments are too short to tell ("Super!", "ok") and count as the form's language."""

SURE = 0.60
"""Below this probability the form's language stands. A choice between .5 and .8 changes little (see the tests)."""

ENOUGH = 160
"""Code points read of a comment: more do not change the answer, only the time."""

AT_ONCE = 500
"""Comments walked at once."""

_BEGINNING = 60
"""Code points that hold the fewest words of nearly every comment."""
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
    found = [
        primary(prior) if isinstance(text, str) and text.strip() else ""
        for text, prior in zip(texts, given, strict=True)
    ]
    asked = [
        (at, text[:ENOUGH])
        for at, (text, prior) in enumerate(zip(texts, found, strict=True))
        if isinstance(text, str) and text.strip() and (not prior or prior in LANGUAGES)  # else the form knows better
    ]
    told = [(at, text, words) for at, text in asked if not _is_short(words := _first_words(text)) or not text.isascii()]
    for (at, _, words), (language, probability) in zip(told, classify([text for _, text, _ in told]), strict=True):
        is_told = not _is_short(words) or (language in _WITHOUT_SPACES and sum(map(len, words)) >= FEWEST_WORDS)
        if is_told and probability >= SURE:
            found[at] = language
    return found


def classify(texts: Sequence[str]) -> list[tuple[str, float]]:
    """The likeliest of LANGUAGES for each text, and its probability (0 to 1), as py3langid gives them.

    >>> [(language, probability > 0.9) for language, probability in classify(["La clase fue muy útil y clara."])]
    [('es', True)]
    """
    model = _model()
    found: list[tuple[str, float]] = []
    for begin in range(0, len(texts), AT_ONCE):
        encoded = [_encoded(text) for text in texts[begin : begin + AT_ONCE]]
        scores = _scores(model, encoded)
        scores /= np.sqrt([max(len(text), 1) for text in encoded])[:, None]  # keeps it calibrated across lengths
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        best = chances.argmax(axis=1)
        sure = chances[np.arange(len(best)), best]
        found += [(model.languages[at], float(one)) for at, one in zip(best, sure, strict=True)]
    return found


@dataclass(frozen=True)
class _Model:
    """py3langid's model. moves: the next state, by row (of a state) x 256 + byte; rows: the first place of a state's
    row; feature: the feature a state stands for, or -1; weights: a row a feature, a column a language; prior: by
    language."""

    languages: tuple[str, ...]
    moves: np.ndarray
    rows: np.ndarray
    feature: np.ndarray
    weights: np.ndarray
    prior: np.ndarray


def _scores(model: _Model, texts: Sequence[bytes]) -> np.ndarray:
    """Naive Bayes: a row a text, a column a language; zeros for a text in which nothing is known."""
    from scipy.sparse import csr_array  # here, because SciPy takes time to load

    order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
    lengths = np.array([len(texts[at]) for at in order])
    longest = int(lengths.max(initial=0))
    signs = np.frombuffer(b"".join(texts[at].ljust(longest, b"\0") for at in order), dtype=np.uint8)
    signs = signs.reshape(len(order), longest)
    states = np.zeros(len(order), dtype=np.int64)
    who, what = [], []
    for step in range(longest):
        walking = int(np.searchsorted(-lengths, -step))  # those longer than the step
        states = model.moves[model.rows[states[:walking]] + signs[:walking, step]]
        features = model.feature[states]
        known = np.flatnonzero(features >= 0)
        who.append(known)
        what.append(features[known])
    if not who or not sum(map(len, who)):
        return np.zeros((len(texts), len(model.languages)))
    width = len(model.weights)
    keys, counts = np.unique(np.concatenate(who) * width + np.concatenate(what), return_counts=True)
    seen = csr_array((np.log1p(counts), (keys // width, keys % width)), shape=(len(order), width))
    scores = seen @ model.weights + model.prior
    scores[np.diff(seen.indptr) == 0] = 0
    given = np.empty_like(scores)
    given[order] = scores
    return given


def _first_words(text: str) -> list[str]:
    """The words of the beginning of a text, numbers left out; of all of it when these are few."""
    for part in (text[:_BEGINNING], text):
        words = [word for word in said_in(part) if not word.isdigit()]
        if len(words) > FEWEST_WORDS:
            break
    return words


def _is_short(words: Sequence[str]) -> bool:
    return len(words) < FEWEST_WORDS


def _encoded(text: str) -> bytes:
    return unicodedata.normalize("NFC", text.lower() if text.isupper() else text).encode("utf-8", "surrogatepass")


@lru_cache(maxsize=1)
def _model() -> _Model:
    """py3langid's model, loaded once, our own instance: nobody else's settings are changed."""
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_modelpath(Path(MODEL_DIR) / MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return _Model(
        languages=tuple(identifier.nb_classes),
        moves=np.asarray(identifier.tk_nextmove),
        rows=np.asarray(identifier.tk_row, dtype=np.int64) << 8,
        feature=np.asarray(identifier.tk_output, dtype=np.int64),
        weights=np.asarray(identifier.nb_ptc, dtype=np.float64),
        prior=np.asarray(identifier.nb_pc, dtype=np.float64),
    )
