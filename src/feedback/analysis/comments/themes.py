"""Themes: what comments say that no topic knows of. Non-negative matrix factorisation of the words; only themes that
come back when some of the comments are left out."""

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.stats import poisson

from feedback.analysis.comments.lexicons import valences
from feedback.analysis.comments.rising import meaningful
from feedback.analysis.comments.sentences import splitter
from feedback.analysis.comments.words import places, word_lists

MOST_THEMES, FEWEST = 8, 2
"""Numbers of themes that are tried."""
LEAST_TEXTS = 40
"""With fewer texts there are no themes to be told."""
MOST_TEXTS, MOST_TERMS = 2000, 800
"""More tell no more, and take longer."""
RESAMPLES, KEPT = 6, 0.8
"""So often the themes are looked for again, each time in this share of the texts."""
STABLE = 0.75
"""A theme that is at least so like itself in the resamples, on average (cosine of its words, 0 to 1), is one."""
TELLING, LEAST_WEIGHT = 8, 0.2
"""So many terms tell a theme at most, each weighing at least this part of the first."""
TOGETHER = 2
"""So many of these a text must say to belong to the theme it is most like."""
CHANCE = 0.01
"""That words are said together so often must be less likely than this, though any pair of words could have been."""
TOO_COMMON = 0.5
"""What more than this share of the texts says tells none from another."""
WORDS = 4
"""So many words name a theme at most."""


@dataclass(frozen=True)
class Theme:
    """words: what tells it, as people write it, in the order in which its most typical text says it; members: places of
    the texts that belong to it, the most typical first; stability: how like itself it was in resamples, STABLE to 1."""

    words: tuple[str, ...]
    members: tuple[int, ...]
    stability: float


@dataclass(frozen=True)
class _Texts:
    """matrix: one row a text, TF-IDF of its terms, of length 1; terms: the columns as people write them."""

    texts: Sequence[str]
    matrix: csr_array
    terms: tuple[str, ...]


def untold(text: str, spans: Sequence[tuple[int, int]], language: str) -> str:
    """What of a text no topic was found in: its sentences without a span; "" where each has one.

    >>> untold("Too fast. The badge took weeks to arrive.", [(0, 8)], "en")
    'The badge took weeks to arrive.'
    """
    if not spans:
        return text
    apart = [
        text[start:end]
        for start, end in splitter(language).spans(text)
        if not any(first < end and start < last for first, last in spans)
    ]
    return " ".join(apart)


def themes_in(texts: Sequence[str], language: str, *, minimum: int = 5) -> list[Theme]:
    """The themes of texts in one language, those of most texts first; none below LEAST_TEXTS texts.

    minimum: a word counts, and names a theme, once so many texts say it, and a theme has so many members at the least.
    A theme is one that comes back in resamples (Greene, O'Callaghan and Cunningham, 2014, ECML PKDD), and whose words
    are said together beyond chance; of the numbers of themes that are tried that one is taken that gives most. The same
    texts give the same themes, in whatever order they come. Beyond MOST_TEXTS those count that a hash
    of their text puts first.
    """
    order = sorted(range(len(texts)), key=lambda at: (_mixed(texts[at]), texts[at], at))[:MOST_TEXTS]
    held = _matrix([texts[at] for at in order], language, minimum)
    if held is None:
        return []
    best: tuple[float, list[Theme]] = 0.0, []
    for number in range(FEWEST, min(MOST_THEMES, len(held.terms) // 2, held.matrix.shape[0] // (2 * minimum)) + 1):
        found = _factors(held.matrix, number)
        stability = _stability(held.matrix, found)
        themes = _themes(held, found, stability, order, minimum)
        best = max(best, (float(stability.mean()), themes), key=lambda one: (len(one[1]), round(one[0], 9)))
    return best[1]


def _mixed(text: str) -> bytes:
    """Where a text stands among others: by chance, and always there."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()


def _matrix(texts: Sequence[str], language: str, minimum: int) -> _Texts | None:
    """The texts as numbers; None where too few say anything."""
    judging = _judging(language)
    said: list[Counter[str]] = []
    spread: Counter[str] = Counter()
    written: dict[str, Counter[str]] = {}
    for text in texts:
        words = [pair for pair in meaningful(text, language) if pair[1] not in judging]
        pairs = [(f"{one} {other}", f"{first} {second}") for (one, first), (other, second) in pairwise(words)]
        counts: Counter[str] = Counter()
        for root, form in [*words, *pairs]:
            counts[root] += 1
            written.setdefault(root, Counter())[form] += 1
        spread.update(counts.keys())
        said.append(counts)
    speaking = sum(bool(counts) for counts in said)
    if speaking < LEAST_TEXTS:
        return None
    kept = [term for term, number in spread.items() if minimum <= number <= TOO_COMMON * speaking]
    kept = sorted(kept, key=lambda term: (-spread[term], term))[:MOST_TERMS]
    if len(kept) < 2 * FEWEST:
        return None
    place = {term: at for at, term in enumerate(kept)}
    weights = np.log(speaking / np.array([spread[term] for term in kept])) + 1
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for at, counts in enumerate(said):
        known = [(place[term], number) for term, number in counts.items() if term in place]
        row = np.array([weights[column] * (1 + np.log(number)) for column, number in known])
        length = float(np.sqrt(row @ row)) if len(row) else 0.0
        rows += [at] * len(known)
        columns += [column for column, _ in known]
        values += (row / length).tolist() if length else []
    forms = tuple(min(written[term], key=lambda form: (-written[term][form], form)) for term in kept)
    return _Texts(texts, csr_array((values, (rows, columns)), shape=(len(said), len(kept))), forms)


@lru_cache(maxsize=8)
def _judging(language: str) -> frozenset[str]:
    """Words that praise or blame: they tell how something was, and not what."""
    lists = word_lists(language).judging
    words = {word for name in ("best", "good", "bad", "worst") for word in lists.get(name, ())}
    return frozenset(words | (set(valences()) if language == "en" else set()))


def _factors(matrix: csr_array, number: int) -> np.ndarray:
    """The words of so many themes, one row each, of length 1."""
    from sklearn.decomposition import NMF  # here: it takes a second to load
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # near enough: what does not come back is left out
        found = NMF(number, init="nndsvd", tol=1e-3, max_iter=120, random_state=0).fit(matrix).components_
    length = np.sqrt((found**2).sum(axis=1, keepdims=True))
    return found / np.where(length > 0, length, 1)


def _stability(matrix: csr_array, found: np.ndarray) -> np.ndarray:
    """How like itself each theme is in resamples of the texts, on average: 0 to 1."""
    chance, size = np.random.default_rng(7), matrix.shape[0]
    alike = np.zeros(len(found))
    for _ in range(RESAMPLES):
        some = np.sort(chance.choice(size, int(KEPT * size), replace=False))
        likeness = found @ _factors(matrix[some], len(found)).T
        mine, theirs = linear_sum_assignment(-likeness)
        alike[mine] += likeness[mine, theirs]
    return alike / RESAMPLES


def _themes(held: _Texts, found: np.ndarray, stability: np.ndarray, order: Sequence[int], minimum: int) -> list[Theme]:
    likeness = np.asarray(held.matrix @ found.T)
    nearest = likeness.argmax(axis=1)
    said = (held.matrix > 0).toarray()
    themes = []
    for at, weights in enumerate(found):
        words = [
            one for one in np.argsort(-weights, kind="stable")[:TELLING] if weights[one] >= LEAST_WEIGHT * weights.max()
        ]
        words = [word for word, kept in zip(words, _in_company(said[:, words], said.shape[1]), strict=True) if kept]
        if stability[at] < STABLE or len(words) < TOGETHER:
            continue
        own = np.flatnonzero((nearest == at) & (said[:, words].sum(axis=1) >= TOGETHER))
        typical = own[np.argsort(-likeness[own, at], kind="stable")]
        names = _names(held, [one for one in words if said[own, one].sum() >= minimum])
        if len(own) >= minimum and len(names) >= TOGETHER:
            in_order = _as_said(names, held.texts[typical[0]])
            themes.append(Theme(in_order, tuple(order[place] for place in typical), float(stability[at])))
    return sorted(themes, key=lambda theme: (-len(theme.members), theme.words))


def _in_company(said: np.ndarray, terms: int) -> np.ndarray:
    """Which words are said together with another of them more often than chance would have it. said: a row a text, a
    column a word. terms: from among how many these were chosen."""
    number = said.sum(axis=0).astype(float)
    both = said.astype(float).T @ said
    chance = poisson.sf(both - 1, np.outer(number, number) / max(len(said), 1)) * terms**2 / 2
    np.fill_diagonal(chance, 1)
    return (chance < CHANCE).any(axis=0)


def _names(held: _Texts, terms: Sequence[int]) -> tuple[str, ...]:
    """The words that name a theme, those of pairs among them, the heaviest first."""
    return tuple(dict.fromkeys(word for at in terms for word in held.terms[at].split()))[:WORDS]


def _as_said(words: Sequence[str], text: str) -> tuple[str, ...]:
    """Words in the order in which a text says them; those it does not say come last."""
    said = {word: at for word, at, _ in reversed(places(text))}
    return tuple(sorted(words, key=lambda word: said.get(word, len(text))))
