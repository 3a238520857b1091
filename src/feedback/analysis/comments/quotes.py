"""Quotes that speak for a group of comments: typical and different from each other, masked, never the rarest voice."""

from collections import Counter

import pandas as pd

from feedback.analysis.comments.redaction import mask
from feedback.analysis.comments.sentences import splitter
from feedback.analysis.comments.words import places, stem, word_lists

LONGEST = 280
"""Code points of a quote; of a longer comment its most typical sentence is shown."""

FEWEST_WORDS = 4
"""Fewer words with a meaning, and it tells nothing."""


def quotes(texts: pd.Series, language: str, *, number: int = 3, minimum: int = 5, company: int = 3) -> list[str]:
    """Choose at most `number` masked quotes out of a group of comments in one language, the most typical first.

    minimum: with fewer comments nothing is quoted (who may be shown at all is for the gate to say, by people).
    company: most of what a quote says must be said by at least this many comments, so that nobody is quoted for being
    the only one to say it. The choice depends on the words only, not on the order of the comments or when they came.
    """
    said = {text.strip() for text in texts if isinstance(text, str) and text.strip()}
    whole = {text: _meanings(text, language) for text in sorted(said)}
    spread = Counter(meaning for meanings in whole.values() for meaning in meanings)
    if len(whole) < minimum:
        return []
    candidates = {}
    for text, meanings in whole.items():
        quote = text if len(text) <= LONGEST else _typical_sentence(text, language, spread)
        meanings = meanings if quote == text else _meanings(quote, language)
        shared = [meaning for meaning in meanings if spread[meaning] >= company]
        if len(quote) <= LONGEST and len(meanings) >= FEWEST_WORDS and 2 * len(shared) >= len(meanings):
            candidates[quote] = (meanings, _typicality(meanings, spread, len(whole)))
    chosen: list[str] = []
    while candidates and len(chosen) < number:
        best = max(
            candidates,
            key=lambda quote: (
                candidates[quote][1] * (1 - max((_likeness(quote, other, language) for other in chosen), default=0.0)),
                quote,
            ),
        )
        chosen.append(best)
        candidates = {
            quote: known
            for quote, known in candidates.items()
            if _likeness(quote, best, language) < 0.6 and quote != best
        }
    return [mask(quote) for quote in chosen]


def _meanings(text: str, language: str) -> frozenset[str]:
    stop_words = word_lists(language).stop_words
    return frozenset(
        stem(word, language) for word, _, _ in places(text) if word not in stop_words and not word.isdigit()
    )


def _typicality(meanings: frozenset[str], spread: Counter[str], count: int) -> float:
    """Mean share of comments that say each of its meanings, 0 to 1: long comments win nothing by length."""
    return sum(spread[meaning] for meaning in sorted(meanings)) / (count * len(meanings)) if meanings else 0.0


def _typical_sentence(text: str, language: str, spread: Counter[str]) -> str:
    sentences = [text[start:end] for start, end in splitter(language).spans(text)]
    return max(sentences, key=lambda said: (_typicality(_meanings(said, language), spread, 1), said), default="")


def _likeness(one: str, other: str, language: str) -> float:
    """Share of meanings two quotes have in common, 0 to 1 (Jaccard)."""
    first, second = _meanings(one, language), _meanings(other, language)
    return len(first & second) / max(len(first | second), 1)
