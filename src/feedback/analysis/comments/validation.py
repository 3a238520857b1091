"""Measuring what was learned on comments it was not learned from: how they are parted, and how sure a gain is."""

from collections.abc import Sequence
from math import sqrt

import numpy as np

Parts = list[tuple[np.ndarray, np.ndarray]]
"""Places to learn from and places to look at, a pair a fold."""


def folds_of(
    labels: Sequence[str] | np.ndarray, texts: Sequence[str], folds: int, people: Sequence[int] | None = None
) -> Parts:
    """Folds for cross-validation, each class spread over them as evenly as goes.

    Nobody is learned from and looked at at once, and no text either (however it is spaced or capitalised). people: who
    wrote each, where that is known. What many wrote would bring them all into one fold: such a text is parted, and what
    is learned to be tried on it is learned without it.
    """
    said = [" ".join(text.casefold().split()) for text in texts]
    names, codes = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
    totals = np.bincount(codes, minlength=len(names)).astype(float)
    spread, fold = np.zeros((folds, len(names))), np.empty(len(said), dtype=int)
    for group in sorted(_groups(said, people, max(len(said) // folds, 1)), key=lambda each: -len(each)):
        own = np.bincount(codes[group], minlength=len(names))
        fold[group] = chosen = int((spread @ (own / totals)).argmin())
        spread[chosen] += own
    parts: Parts = []
    for one in sorted(set(fold.tolist())):
        test = np.flatnonzero(fold == one)
        shown = {said[at] for at in test}
        parts.append((np.array([at for at in np.flatnonzero(fold != one) if said[at] not in shown], dtype=int), test))
    return parts


def _groups(said: Sequence[str], people: Sequence[int] | None, most: int) -> list[list[int]]:
    """Places that stay together, in the order of their first: all of a person, and of people with equal texts as many
    as make no more than most."""
    parent, size = list(range(len(said))), [1] * len(said)

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = at = parent[parent[at]]
        return at

    def join(one: int, other: int, limit: int) -> bool:
        first, second = sorted((root(one), root(other)))
        if first != second:
            if size[first] + size[second] > limit:
                return False
            parent[second] = first
            size[first] += size[second]
        return True

    by_person: dict[int, int] = {}
    for at, person in enumerate(people if people is not None else ()):
        join(by_person.setdefault(person, at), at, len(said))
    by_text: dict[str, int] = {}
    for at, text in enumerate(said):
        if not join(by_text.setdefault(text, at), at, most):
            by_text[text] = at
    groups: dict[int, list[int]] = {}
    for at in range(len(said)):
        groups.setdefault(root(at), []).append(at)
    return list(groups.values())


def error_of_gain(real: np.ndarray, read: np.ndarray, before: np.ndarray) -> float:
    """The standard error of how much higher the mean F1 of one reading is than of another, on the same texts.

    Each a row a text, a column a class or topic, True where it is so, or is read so. By the influence of each text.

    >>> real, right = np.array([[True], [False]] * 50), np.array([[True], [False]] * 50)
    >>> error_of_gain(real, right, right), round(error_of_gain(real, right, ~right[::-1] | right), 3)
    (0.0, 0.0)
    """
    moved = np.mean(_influence(real, read) - _influence(real, before), axis=1)
    return sqrt(float(moved @ moved))


def _influence(real: np.ndarray, read: np.ndarray) -> np.ndarray:
    """How much each text moves the F1 of each column: it is a quotient of two sums."""
    hits, either = 2.0 * (real & read), real.astype(float) + read
    total = np.maximum(either.sum(axis=0), 1.0)
    found: np.ndarray = (hits - hits.sum(axis=0) / total * either) / total
    return found
