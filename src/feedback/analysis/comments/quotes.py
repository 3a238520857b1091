"""Quotes that speak for a group of comments: typical and different from each other, masked, never the rarest voice."""

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from feedback.analysis.comments.redaction import mask
from feedback.analysis.comments.sentences import splitter
from feedback.analysis.comments.words import places, stem, word_lists

LONGEST = 280
"""Code points of a quote; of a longer comment its most typical sentence is shown."""

ALIKE = 0.6
"""Of two quotes that have so much in common (Jaccard) one is enough."""

FEWEST_WORDS = 4
"""Fewer words with a meaning, and it tells nothing."""


def quotes(
    texts: pd.Series,
    language: str,
    *,
    number: int = 3,
    minimum: int = 5,
    company: int = 3,
    words: int = FEWEST_WORDS,
    asked: pd.Series | None = None,
) -> list[str]:
    """Choose at most `number` masked quotes out of a group of comments in one language, the most typical first.

    minimum: with fewer comments nothing is quoted (who may be shown at all is for the gate to say, by people).
    company: most of what a quote says must be said by at least this many comments, so that nobody is quoted for being
    the only one to say it. words: with fewer that mean something it is no quote. asked: what each text answers, with
    the same index; who answers it does so once, so there equal texts are of different people and each counts; without
    it equal texts count as one. The choice depends on the words only, not on the order or when they came.
    """
    said = Counter(_said(texts, asked))
    whole = {text: _meanings(text, language) for text in sorted({text for text, _ in said})}
    spread = _spread(said, whole)
    most = Counter[object]()
    for (_, cell), times in said.items():
        most[cell] += times if asked is not None else 1
    if max(most.values(), default=0) < minimum:
        return []
    candidates = {}
    for text, meanings in whole.items():
        quote = text if len(text) <= LONGEST else _typical_sentence(text, language, spread)
        meanings = meanings if quote == text else _meanings(quote, language)
        shared = [meaning for meaning in meanings if spread[meaning] >= company]
        if len(quote) <= LONGEST and len(meanings) >= words and 2 * len(shared) >= len(meanings):
            candidates[quote] = (meanings, _typicality(meanings, spread, max(most.values())))
    chosen: list[str] = []
    told: list[frozenset[str]] = []
    while candidates and len(chosen) < number:
        best = max(
            candidates,
            key=lambda quote: (
                candidates[quote][1] * (1 - max((_likeness(candidates[quote][0], said) for said in told), default=0.0)),
                quote,
            ),
        )
        chosen.append(best)
        told.append(candidates[best][0])
        candidates = {
            quote: known
            for quote, known in candidates.items()
            if quote != best and _likeness(known[0], told[-1]) < ALIKE
        }
    return [mask(quote) for quote in chosen]


def _said(texts: pd.Series, asked: pd.Series | None) -> list[tuple[str, object]]:
    """Each text with what it answers; where that is not known each once."""
    cells = [None] * len(texts) if asked is None else asked.tolist()
    found = [(text.strip(), cell) for text, cell in zip(texts, cells, strict=True) if isinstance(text, str)]
    kept = [each for each in found if each[0]]
    return kept if asked is not None else sorted(set(kept), key=lambda each: each[0])


def _spread(said: Mapping[tuple[str, object], int], whole: Mapping[str, frozenset[str]]) -> Counter[str]:
    """How many say each meaning, in answer to one thing asked where most say it."""
    counted: dict[object, Counter[str]] = {}
    for (text, cell), times in said.items():
        mine = counted.setdefault(cell, Counter())
        for meaning in whole[text]:
            mine[meaning] += times
    most = Counter[str]()
    for mine in counted.values():
        most |= mine
    return most


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


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of meanings two quotes have in common, 0 to 1 (Jaccard)."""
    return len(one & other) / max(len(one | other), 1)
