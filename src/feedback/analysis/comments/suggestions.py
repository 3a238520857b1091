"""Suggestions: sentences of comments that ask for a change, grouped with their like and counted, so that an action can
be made of them. How each language asks stands in data/languages/ (`requests`)."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from math import log
from types import MappingProxyType

from feedback.analysis.comments.sentences import splitter
from feedback.analysis.comments.words import places, primary, stem, word_lists

LONGEST = 400
"""Code points of a suggestion; what is longer is a story."""
LEAST_ALIKE = 0.35
"""So much of what two suggestions say must be the same for one group (Dice, 0 to 1; words said often count less)."""
MOST_GROUPED = 5_000
"""Suggestions grouped at once, taken by a hash of their text; more take long, and tell no more."""

NOTHING: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset({"nothing"}),
        "de": frozenset({"nichts"}),
        "es": frozenset({"nada"}),
        "fr": frozenset({"rien"}),
        "pt": frozenset({"nada"}),
        "ar": frozenset({"شيء"}),
    }
)
"""Words with which a clause asks for no change: "nothing should be changed"."""
_APART = re.compile(r"[,;:.!?()–—]|\b(?:but|aber|doch|sondern|pero|sino|mais|mas|porém)\b|\s-\s", re.IGNORECASE)
"""What parts a clause from the next."""


_Asked = tuple[int, int]


@dataclass(frozen=True)
class Suggestion:
    """A sentence that asks for a change. comment: the place of the comment in what was given; start, end: code points
    of its text, end exclusive; cue: the words by which it asks, in lower case."""

    comment: int
    text: str
    start: int
    end: int
    cue: str


@dataclass(frozen=True)
class SuggestionGroup:
    """Suggestions that ask for much the same. comments: how many comments hold one; typical: the one most like what
    most of them say; words: what that is, the commonest first."""

    typical: Suggestion
    comments: int
    members: tuple[Suggestion, ...]
    words: tuple[str, ...]


def suggestions_in(text: str, language: str, comment: int = 0) -> list[Suggestion]:
    """The sentences of one text that ask for a change, in its order. None in a language without requests.

    >>> [one.text for one in suggestions_in("Great labs. Please record the lectures!", "en")]
    ['Please record the lectures!']
    """
    cues, nothing = _cues(primary(language)), NOTHING.get(primary(language), frozenset())
    said = places(text) if cues else []
    asked = _asked(said, cues)
    if not asked:
        return []
    found = []
    for start, end in splitter(language).spans(text):
        first, behind = bisect_left(said, start, key=_beginning), bisect_left(said, end, key=_beginning)
        if end - start <= LONGEST and (cue := _cue(text[start:end], start, said[first:behind], first, asked, nothing)):
            found.append(Suggestion(comment, text[start:end], start, end, cue))
    return found


def _beginning(word: tuple[str, int, int]) -> int:
    return word[1]


def group_suggestions(found: Iterable[Suggestion], language: str) -> list[SuggestionGroup]:
    """Suggestions of one language grouped with their like, those of most comments first.

    Each joins the group it is most like, or begins one; words by which one begins to ask, and stop words, do not count.
    The grouping depends on what is said, not on the order it came in.
    """
    given = sorted(found, key=lambda one: (_mixed(one.text), one.text, one.comment, one.start))[:MOST_GROUPED]
    said = [_meanings(one, language) for one in given]
    spread: dict[str, int] = {}
    for words in said:
        for word in words:
            spread[word] = spread.get(word, 0) + 1
    weights = {word: log(1 + len(said) / count) for word, count in spread.items()}
    groups: list[list[int]] = []
    begun: dict[str, list[int]] = {}  # word -> the groups whose first member says it
    order = sorted(range(len(given)), key=lambda at: (-sum(spread[word] for word in said[at]), at))
    for at in order:
        near = {group for word in said[at] for group in begun.get(word, ())}
        alike = {group: _alike(said[at], said[groups[group][0]], weights) for group in near}
        best = max(sorted(alike), key=lambda group: alike[group], default=None)
        if best is not None and alike[best] >= LEAST_ALIKE:
            groups[best].append(at)
            continue
        for word in said[at]:
            begun.setdefault(word, []).append(len(groups))
        groups.append([at])
    made = [_group([given[at] for at in group], [said[at] for at in group], weights) for group in groups]
    return sorted(made, key=lambda group: (-group.comments, group.typical.text))


def _mixed(text: str) -> bytes:
    """Where a text stands among others: by chance, and always there."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()


def _group(
    members: Sequence[Suggestion], said: Sequence[frozenset[str]], weights: Mapping[str, float]
) -> SuggestionGroup:
    spread: dict[str, int] = {}
    for words in said:
        for word in words:
            spread[word] = spread.get(word, 0) + 1
    common = frozenset(word for word, count in spread.items() if 2 * count >= len(members))
    likeness = [_alike(words, common, weights) for words in said]
    typical = max(range(len(members)), key=lambda at: (likeness[at], -len(members[at].text), members[at].text))
    commonest = tuple(sorted(common, key=lambda word: (-spread[word], word)))
    comments = len({one.comment for one in members})
    ordered = tuple(sorted(members, key=lambda one: (one.comment, one.start)))
    return SuggestionGroup(members[typical], comments, ordered, commonest)


def _meanings(suggestion: Suggestion, language: str) -> frozenset[str]:
    """The stems of what is asked for."""
    asking, stop_words = _cues(primary(language)), word_lists(language).stop_words
    words = [word for word, _, _ in places(suggestion.text) if word not in stop_words and word not in asking]
    return frozenset(stem(word, primary(language)) for word in words if not word.isdigit())


def _alike(one: frozenset[str], other: frozenset[str], weights: Mapping[str, float]) -> float:
    """Dice's measure, by the weights of the words; 0 to 1."""
    both = sum(weights[word] for word in one) + sum(weights[word] for word in other)
    return 2 * sum(weights[word] for word in one & other) / both if both else 0.0


def _asked(said: Sequence[tuple[str, int, int]], cues: Mapping[str, tuple[tuple[str, ...], ...]]) -> list[_Asked]:
    """Where the words of a text may ask for a change: the place among its words, and how many further words ask; in
    order, the longest first."""
    return [
        (at, len(further))
        for at, begun in [(at, cues[word]) for at, (word, _, _) in enumerate(said) if word in cues]
        for further in begun
        if tuple([word for word, _, _ in said[at + 1 : at + 1 + len(further)]]) == further
    ]


def _cue(
    sentence: str,
    start: int,
    said: Sequence[tuple[str, int, int]],
    first: int,
    asked: Sequence[_Asked],
    nothing: Collection[str] = (),
) -> str:
    """The longest words, from the left, by which a sentence asks; "" when it does not, or asks in a clause that says
    that nothing is to be changed. start, first: where it begins in its text and among the words of that; said: its own
    words; asked: where the text asks."""
    refused = -1
    for at, further in asked:
        own = at - first
        if not 0 <= own < len(said) - further or own == refused or len(said) <= 1 + further:
            continue
        if not _refuses(sentence, said[own][1] - start, nothing):
            return " ".join(word for word, _, _ in said[own : own + 1 + further])
        refused = own
    return ""


def _refuses(sentence: str, at: int, nothing: Collection[str]) -> bool:
    """Whether the clause around a place says that nothing is to be done."""
    cuts = [0, *(place for found in _APART.finditer(sentence) for place in found.span()), len(sentence)]
    start, end = max(cut for cut in cuts if cut <= at), min(cut for cut in cuts if cut > at)
    return any(word in nothing for word, _, _ in places(sentence[start:end]))


@lru_cache(maxsize=16)
def _cues(language: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """First word of a request -> its further words, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in word_lists(language).requests:
        first, *further = [word for word, _, _ in places(phrase)]
        found.setdefault(first, []).append(tuple(further))
    return {first: tuple(sorted(rest, key=lambda one: (-len(one), one))) for first, rest in found.items()}
