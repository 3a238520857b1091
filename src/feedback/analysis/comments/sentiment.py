"""How a comment sounds: VADER, TextBlob and our own words for courses, in English; in languages with a list of such
words by these alone, where one occurs; in every other it is not scored, which is not neutral.

A signal, never a verdict: the rating a person gave stays the headline. Both lexicons come inside their wheels.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import isnan, nan
from typing import NamedTuple

import numpy as np
import pandas as pd

from feedback.analysis.comments.judging import Judged, judged, tone
from feedback.analysis.comments.lexicons import heard
from feedback.analysis.comments.words import places, primary, word_lists

HEARD_BY_BOTH = ("en",)
"""Languages of VADER and TextBlob."""

TONE_WEIGHT = 2.6
"""What our own words count beside 1 for VADER and 1 for TextBlob. Anything from 1.6 to 3.6 does nearly as well
(benchmarks/comments.py)."""

NEGATIVE_BELOW = 0.07
POSITIVE_FROM = 0.27
"""The cuts of `label`, one setting for every source, set for at least 7 in 10 negative comments found: people are kind
in words, and the usual cut at 0 finds only 6 in 10. tests/analysis/comments/test_measured.py holds the figures."""

ALONE_WEIGHT = 1.6
"""What our own words count where they are all there is, so that the same cuts hold: one plain word of praise is enough
for "pos". Of English comments that say one of ours, these alone read .59 to .67 macro-F1 (benchmarks/comments.py)."""

LONGEST = 8_000
"""Code points scored: a comment has at most 4,000."""


class Signals(NamedTuple):
    """What is read from one text: vader, textblob and tone, -1 to 1; the shares of words that VADER knows as praise and
    as blame, and TextBlob's subjectivity, 0 to 1 (what libraries say is NaN in languages they do not know); how many
    words there are; and those of ours that judge."""

    vader: float
    textblob: float
    tone: float
    praise: float
    blame: float
    subjectivity: float
    words: int
    judged: tuple[Judged, ...]

    @property
    def sentiment(self) -> float:
        """All of them combined, -1 to 1. By our words alone it is NaN where none of them occurs."""
        if isnan(self.vader):
            return max(-1.0, min(ALONE_WEIGHT * self.tone, 1.0)) if self.judged else nan
        return combine(self.vader, self.textblob, self.tone)


def score(texts: Sequence[str | None] | pd.Series, languages: Sequence[str]) -> pd.DataFrame:
    """Score each text: columns `vader`, `textblob`, `sentiment`, all -1 (worst) to 1 (best), NaN when not scored.

    texts and languages have the same length. vader and textblob know English only; a missing text is never scored. The
    index is that of `texts` when it is a Series.
    """
    found = [signals(text, language) for text, language in zip(texts, languages, strict=True)]
    rows = [(nan, nan, nan) if one is None else (one.vader, one.textblob, one.sentiment) for one in found]
    index = texts.index if isinstance(texts, pd.Series) else None
    return pd.DataFrame(
        np.array(rows, dtype=float).reshape(len(rows), 3), columns=["vader", "textblob", "sentiment"], index=index
    )


def signals(text: object, language: str, found: Sequence[tuple[str, int, int]] | None = None) -> Signals | None:
    """The signals of one text; None when there is none or its language is not scored. found: its words, as `places`
    gives them, where they are known."""
    if not isinstance(text, str) or not word_lists(language).judging or not text.strip():
        return None
    text = text[:LONGEST]
    words = places(text) if found is None else found
    if primary(language) not in HEARD_BY_BOTH:
        own = tuple(judged(text, words, language))
        return Signals(nan, nan, tone(own), nan, nan, nan, len(words), own)
    (by_vader, by_textblob), own = heard(text), tuple(judged(text, words, language))
    return Signals(
        by_vader.compound,
        by_textblob.polarity,
        tone(own),
        by_vader.positive,
        by_vader.negative,
        by_textblob.subjectivity,
        len(words),
        own,
    )


@lru_cache(maxsize=20_000)
def sentiment_of(text: str, language: str) -> float:
    """The combined sentiment of one text, -1 to 1; NaN when nothing in it is known.

    >>> sentiment_of("The lectures were great.", "en") > 0.3
    True
    >>> sentiment_of("Las clases fueron geniales.", "es") > 0.3, sentiment_of("Los lunes y martes.", "es")
    (True, nan)
    """
    found = signals(text, language)
    return nan if found is None else found.sentiment


def combine(vader: float, textblob: float, tone: float) -> float:
    """The weighted mean of the three readings, -1 to 1; NaN where one is.

    >>> round(combine(0.8, 0.4, 0.3), 3)
    0.43
    """
    return (vader + textblob + TONE_WEIGHT * tone) / (2 + TONE_WEIGHT)


def label(sentiment: float, low: float = NEGATIVE_BELOW, high: float = POSITIVE_FROM) -> str:
    """ "neg" below `low`, "pos" from `high` on, "neu" (mixed or unclear) between; "" when not scored.

    Exactly 0 is "neu" whatever the cuts: no word of it is known.

    >>> [label(value) for value in (-0.4, 0.05, 0.2, 0.6, 0.0, nan)]
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
