"""How a comment sounds: VADER and TextBlob for English; every other language is not scored, which is not neutral.

A signal, never a verdict: the rating a person gave stays the headline. Both lexicons come inside their wheels.
Sources: Hutto and Gilbert (2014), VADER; De Smedt and Daelemans (2012), Pattern, as carried by TextBlob.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import isnan, nan
from threading import Lock

import numpy as np
import pandas as pd

SCORED_LANGUAGES = ("en",)

TEXTBLOB_WEIGHT = 1.5
"""TextBlob's scale is the narrower one; at this weight it tells as much as VADER (AUC .94 together, .90-.91 alone)."""

NEGATIVE_BELOW = 0.16
POSITIVE_FROM = 0.34
"""The cuts of `label`, one setting for every source, set for at least 7 in 10 negative comments found: people are kind
in words, and the usual cut at 0 finds only 6 in 10. tests/analysis/comments/test_measured.py holds the figures."""

LONGEST = 8_000
"""Code points scored. Both libraries need quadratic time on a long text, and a comment has at most 4,000."""

_loading = Lock()


def score(texts: Sequence[str | None] | pd.Series, languages: Sequence[str]) -> pd.DataFrame:
    """Score each text: columns `vader`, `textblob`, `sentiment`, all -1 (worst) to 1 (best), NaN when not scored.

    texts and languages have the same length. Only English is scored; a missing text never is. The index is that of
    `texts` when it is a Series.
    """
    analysers = _analysers()
    rows = [
        _scores(text, *analysers) if isinstance(text, str) and text.strip() and language in SCORED_LANGUAGES else None
        for text, language in zip(texts, languages, strict=True)
    ]
    both = np.array([(nan, nan) if row is None else row for row in rows], dtype=float).reshape(len(rows), 2)
    index = texts.index if isinstance(texts, pd.Series) else None
    return pd.DataFrame(
        {"vader": both[:, 0], "textblob": both[:, 1], "sentiment": combine(both[:, 0], both[:, 1])}, index=index
    )


@lru_cache(maxsize=20_000)  # clauses repeat: "but it was too long"
def sentiment_of(text: str, language: str) -> float:
    """The combined sentiment of one text or clause, -1 to 1; NaN when its language is not scored or it is empty.

    >>> sentiment_of("The lectures were great.", "en") > 0.5
    True
    >>> sentiment_of("Las clases fueron geniales.", "es")
    nan
    """
    if language not in SCORED_LANGUAGES or not text.strip():
        return nan
    vader, textblob = _scores(text, *_analysers())
    return float(combine(np.array([vader]), np.array([textblob]))[0])


def combine(vader: np.ndarray, textblob: np.ndarray) -> np.ndarray:
    """The weighted mean of the two readings, -1 to 1; NaN where either is.

    >>> combine(np.array([0.8, 0.0, nan]), np.array([0.4, 0.0, nan])).round(2).tolist()
    [0.56, 0.0, nan]
    """
    return (vader + TEXTBLOB_WEIGHT * textblob) / (1 + TEXTBLOB_WEIGHT)


def label(sentiment: float, low: float = NEGATIVE_BELOW, high: float = POSITIVE_FROM) -> str:
    """ "neg" below `low`, "pos" from `high` on, "neu" (mixed or unclear) between; "" when not scored.

    Exactly 0 is "neu" whatever the cuts: neither lexicon knew a word of it.

    >>> [label(value) for value in (-0.4, 0.1, 0.2, 0.6, 0.0, nan)]
    ['neg', 'neg', 'neu', 'pos', 'neu', '']
    """
    if isnan(sentiment):
        return ""
    if sentiment == 0:
        return "neu"
    return "neg" if sentiment < low else "pos" if sentiment >= high else "neu"


def labels(sentiment: pd.Series, low: float = NEGATIVE_BELOW, high: float = POSITIVE_FROM) -> pd.Series:
    """`label` of a whole column, with the same index."""
    return sentiment.astype(float).map(lambda value: label(value, low, high)).astype(object)


def _scores(text: str, vader: Callable[[str], float], textblob: Callable[[str], float]) -> tuple[float, float]:
    text = text[:LONGEST]
    return vader(text), textblob(text)


@lru_cache(maxsize=1)
def _analysers() -> tuple[Callable[[str], float], Callable[[str], float]]:
    """Both lexicons, loaded once: a new VADER analyser for each comment is forty times slower."""
    with _loading:  # Pattern's lexicon fills itself on first use, which two threads must not watch half done
        from textblob.en import sentiment as pattern
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        analyser = SentimentIntensityAnalyzer()
        pattern("good")

    def vader(text: str) -> float:
        return float(analyser.polarity_scores(text)["compound"])

    def textblob(text: str) -> float:
        return float(pattern(text)[0])

    return vader, textblob
