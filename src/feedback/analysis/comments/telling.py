"""Telling phrases: the pairs of words one group of comments says more than the others; they label, never decide."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pandas as pd

from feedback.analysis.comments.redaction import mask
from feedback.analysis.comments.words import places, word_lists

_PLACEHOLDER = re.compile(r"\[[a-z-]{1,20}\]")


def telling_phrases(
    texts: pd.Series, by: pd.Series, language: str, *, number: int = 5, minimum: int = 3
) -> pd.DataFrame:
    """The two-word phrases that tell a group of comments from the rest, best first.

    texts: comments in one language; by: the group each belongs to, with the same index (missing: left out).
    number: at most so many a group; minimum: said in at least so many of its comments (fewer could point at people).
    Returns columns group, phrase, comments (how many say it), score (log likelihood ratio that the two words belong
    together, at least 0); no rows when there is nothing telling. Comments are masked first, and stop words removed:
    here only. Source: Dunning (1993), Computational Linguistics 19, 61-74.
    """
    from nltk.collocations import BigramCollocationFinder  # here, because NLTK loads slowly

    stop_words = word_lists(language).stop_words
    rows: list[tuple[object, str, int, float]] = []
    said = [
        (group, _content_words(text, stop_words))
        for text, group in zip(texts, by.reindex(texts.index), strict=True)
        if isinstance(text, str) and not pd.isna(group)
    ]
    everywhere = _comments_with(words for _, words in said)
    for group in sorted({group for group, _ in said}, key=str):
        own = [words for label, words in said if label == group]
        finder = BigramCollocationFinder.from_documents(own)
        within = _comments_with(own)
        share = len(own) / len(said)
        scored = [
            (" ".join(pair), said_by, _together(finder, pair))
            for pair, said_by in within.items()
            if said_by >= minimum and said_by >= share * everywhere[pair] and "" not in pair
        ]
        best = sorted(scored, key=lambda row: (-row[2], row[0]))[:number]
        rows += [(group, *row) for row in best]
    return pd.DataFrame(rows, columns=["group", "phrase", "comments", "score"]).astype(
        {"phrase": object, "comments": "int64", "score": float}
    )


def _together(finder: Any, pair: tuple[str, str]) -> float:
    """The log likelihood ratio that two words belong together, at least 0."""
    from nltk.collocations import BigramAssocMeasures

    # Said twice on end ("late late"), a word stands in more pairs than there are; NLTK takes logarithms of less than 0.
    both, first, second, words = finder.ngram_fd[pair], *(finder.word_fd[word] for word in pair), finder.N
    words = max(words, first + second - both)
    return max(float(BigramAssocMeasures.likelihood_ratio(both, (first, second), words)), 0.0)


def _content_words(text: str, stop_words: frozenset[str]) -> list[str]:
    """Words in order, "" where a stop word, a number, a mask or a punctuation mark stood: no pair goes across these."""
    shown = _PLACEHOLDER.sub(" . ", mask(text))
    words: list[str] = []
    before = 0
    for word, start, end in places(shown):
        if shown[before:start].strip(" -\t\n"):
            words.append("")
        before = end
        words.append("" if word in stop_words or len(word) < 3 or not word[0].isalpha() else word)
    return words


def _comments_with(documents: Iterable[list[str]]) -> Counter[tuple[str, str]]:
    return Counter(pair for words in documents for pair in set(pairwise(words)))
