"""Terms of comments as numbers (TF-IDF) for learning: stems of words and pairs of them; in languages without a stemmer
also their letters, in pieces."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from feedback.analysis.comments.words import STEMMERS, places, stem

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MOST_TERMS = 60_000
PIECES = (2, 3, 4)
"""Letters in a piece of a word."""
SIGNS = "!?"
FEW = 150
"""With fewer comments than this a term said once counts, too."""


@dataclass(frozen=True, eq=False)
class Terms:
    """The terms a model knows: `names`, one a column, and `weights`, their inverse document frequency."""

    language: str
    names: tuple[str, ...]
    weights: np.ndarray

    @cached_property
    def columns(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.names)}

    def matrix(self, texts: Iterable[str], usual: float | None = None) -> "csr_array":
        """A row a text, a column a term, each row of length 1 (or 0 when it has no known term). usual: the length of a
        usual text; then only one up to this has length 1, and one four times as long 2: who says much says more.
        """
        from scipy.sparse import csr_array

        values: list[float] = []
        columns: list[int] = []
        ends = [0]
        for text in texts:
            counts = Counter(
                column for term in terms_of(text, self.language) if (column := self.columns.get(term)) is not None
            )
            at = np.fromiter(counts.keys(), dtype=np.intp, count=len(counts))
            row = (1 + np.log(np.fromiter(counts.values(), dtype=float, count=len(counts)))) * self.weights[at]
            length = np.sqrt(row @ row)
            length = np.sqrt(length * min(length, usual or length))
            values += (row / length if length else row).tolist()
            columns += at.tolist()
            ends.append(len(columns))
        return csr_array((values, columns, ends), shape=(len(ends) - 1, len(self.names)))

    def are_pieces(self, texts: Iterable[str]) -> np.ndarray:
        """Which of the terms are pieces of words only, in the texts they were learned from (one bool a column)."""
        if self.language in STEMMERS:
            return np.zeros(len(self.names), dtype=bool)
        whole = {word for text in texts for word, _, _ in places(text)} | set(SIGNS)
        return np.array([" " not in name and name not in whole for name in self.names], dtype=bool)


def learn_terms(texts: Sequence[str], language: str, people: Sequence[int] | None = None, least: int = 1) -> Terms:
    """The terms of these texts, at most MOST_TERMS, the commonest; at least two texts must say one (one, when few).

    people: who wrote each; then at least so many of them (least) must say it, too.
    """
    spread: Counter[str] = Counter()
    users: dict[str, set[int]] = {}
    for text, person in zip(texts, people if people is not None else range(len(texts)), strict=True):
        said = set(terms_of(text, language))
        spread.update(said)
        if people is not None:
            for term in said:
                users.setdefault(term, set()).add(person)
    fewest = 1 if len(texts) < FEW else 2
    enough = {term for term, count in spread.items() if count >= fewest}
    if people is not None:
        enough = {term for term in enough if len(users[term]) >= least}
    kept = sorted(enough, key=lambda term: (-spread[term], term))
    names = tuple(sorted(kept[:MOST_TERMS]))
    weights = np.log((1 + len(texts)) / (1 + np.array([spread[name] for name in names], dtype=float))) + 1
    return Terms(language, names, weights)


def terms_of(text: str, language: str) -> list[str]:
    """The terms of a text.

    >>> terms_of("Clear labs!", "en")
    ['clear', 'lab', '!', 'clear lab']
    """
    words = [stem(word, language) for word, _, _ in places(text)]
    terms = [*words, *(sign for sign in SIGNS if sign in text), *(f"{one} {other}" for one, other in pairwise(words))]
    if language not in STEMMERS:
        for word in words:
            framed = f"_{word[:40]}_"
            terms += [framed[at : at + size] for size in PIECES for at in range(len(framed) - size + 1)]
    return terms


def telling(said: "csr_array", about: np.ndarray) -> np.ndarray:
    """How much each term tells of what some texts are about, whatever it tells: the distance of its log-odds from 0,
    on average 1. A term of all texts tells nothing, one of these alone most.

    said: a row a text, a column a term. about: whether each text is about it.
    Source: Wang and Manning (2012), Baselines and bigrams: simple, good sentiment and topic classification.
    """
    often = [1 + np.asarray((said[np.flatnonzero(which)] > 0).sum(axis=0), dtype=float) for which in (about, ~about)]
    told: np.ndarray = np.abs(np.log(often[0] / often[0].sum()) - np.log(often[1] / often[1].sum()))
    return told / told.mean() if len(told) and told.any() else np.ones(len(told))


def reweighed(rows: "csr_array", told: np.ndarray) -> "csr_array":
    """A copy of the rows with each column times its number."""
    from scipy.sparse import csr_array

    places = rows.indices.astype(np.int32), rows.indptr.astype(np.int32)  # the narrow ones, for every solver
    return csr_array((rows.data * told[rows.indices], *places), shape=rows.shape)


def of_length_one(rows: "csr_array") -> "csr_array":
    """A copy of the rows, each of length 1 (or 0 where it was)."""
    from scipy.sparse import csr_array

    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    each = np.repeat(np.where(lengths > 0, lengths, 1.0), np.diff(rows.indptr))
    return csr_array((rows.data / each, rows.indices, rows.indptr), shape=rows.shape)
