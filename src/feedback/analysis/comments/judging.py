"""Which words of a comment praise and which blame, and where they stand: our own words for courses and credentials
(data/languages/), and VADER's for whatever else English has. So each clause can be heard by itself. In other languages
a listed word stands for its inflections.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from feedback.analysis.comments.inflections import bare, forms
from feedback.analysis.comments.lexicons import boosters, valences
from feedback.analysis.comments.words import Remembered, places, primary, word_lists

WEIGHTS = {"best": 2.5, "good": 1.5, "bad": -1.5, "worst": -2.5, "turns": 0.0, "nothing": 0.0}
STRENGTHS = (("strengthens", 1.0), ("weakens", -1.0))
GENERAL = 0.7
"""What a word of VADER's lexicon (-4 to 4) counts beside ours: it was made for talk of all kinds."""
BOOSTED, DAMPENED = 1.25, 0.75
"""After "very" or "extremely", and after "somewhat" or "slightly"."""
PRAISE_TURNED, BLAME_TURNED = -0.8, -0.4
"""After a word of negation: "not good" is blame, "not bad" faint praise."""
REACH = 3
"""So many words further a negation reaches."""
DOUBT = 2
"""As if so many words without any judgement stood beside: two words are surer than one."""
STRONGEST = 2.0


_STOPS = re.compile(r"[.!?;:]")
"""What a negation does not reach across."""


class Judged(NamedTuple):
    """A word or phrase that judges: where it begins (code points), and how (-4 to 4, below 0 is blame)."""

    start: int
    value: float


def judged(text: str, found: Sequence[tuple[str, int, int]], language: str) -> list[Judged]:
    """The words of a text that judge, in its order. found: as `places` gives it. None in a language without a list.

    >>> text = "Very clear, but the test was unfair and not helpful"
    >>> [one.value for one in judged(text, places(text), "en")]
    [1.875, -2.5, -2.5]
    """
    language = primary(language)
    words, strengths = _words(language)
    if words is None:
        return []
    result: list[Judged] = []
    free, negated = 0, -REACH - 1
    for at, word in [(at, known) for at, (said, _, _) in enumerate(found) if (known := words[said]) is not None]:
        value, length, turnable = word.value, 1, True
        if word.phrases and at + 1 < len(found):
            for phrase in word.phrases.get(bare(found[at + 1][0], language), ()):
                if phrase.follows(found, at + 2, language):
                    value, length, turnable = phrase.value, 2 + len(phrase.further), phrase.turnable
                    break
        if value and at >= free and not (word.negates and length == 1):
            if at and (strength := strengths.get(bare(found[at - 1][0], language))):
                value *= BOOSTED if strength > 0 else DAMPENED
            if turnable and at - negated <= REACH and not _STOPS.search(text, found[negated][2], found[at][1]):
                value *= PRAISE_TURNED if value > 0 else BLAME_TURNED
            result.append(Judged(found[at][1], value))
        if length > 1 or value:
            free = max(free, at + length)
        if word.negates and length == 1:
            negated = at
    return result


def tone(found: Iterable[Judged]) -> float:
    """How it sounds taken together, -1 (blame) to 1 (praise); 0 where nothing judges.

    >>> tone([]), tone([Judged(0, 2.5), Judged(9, 2.5)]), tone([Judged(0, -1.5)])
    (0.0, 0.625, -0.25)
    """
    values = [one.value for one in found]
    return max(-1.0, min(sum(values) / (len(values) + DOUBT) / STRONGEST, 1.0))


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What follows a phrase's first two words, each in its forms; what it judges; whether a negation before it turns
    it: not one that holds a negation itself ("not bad")."""

    further: tuple[frozenset[str], ...]
    value: float
    turnable: bool

    def follows(self, found: Sequence[tuple[str, int, int]], at: int, language: str) -> bool:
        """Whether it goes on at this word."""
        if not self.further:
            return True
        there = found[at : at + len(self.further)]
        return len(there) == len(self.further) and all(
            bare(said, language) in allowed for (said, _, _), allowed in zip(there, self.further, strict=True)
        )


@dataclass(frozen=True, slots=True)
class _Word:
    """What a word judges by itself, and the phrases it begins by their second word, the longest first."""

    value: float
    phrases: Mapping[str, Sequence[_Phrase]]
    negates: bool


@lru_cache(maxsize=16)
def _words(language: str) -> tuple[Mapping[str, _Word | None] | None, Mapping[str, float]]:
    """What each word of a language is to us (None: nothing), or None for a language without a list; and the words that
    strengthen (above 0) or weaken what follows."""
    lists = word_lists(language).judging
    if not lists:
        return None, {}
    negations = frozenset(bare(word, language) for word in lists["negations"])
    alone: dict[str, float] = {}
    phrases: dict[str, dict[str, list[_Phrase]]] = {}
    for name, weight in WEIGHTS.items():
        for said in lists[name] if name != "turns" or language == "en" else ():  # it quiets the general lexicon only
            first, *further = [forms(word, language) for word, _, _ in places(said)]
            if not further:
                alone |= dict.fromkeys(first, weight)
                continue
            turnable = not any(one in negations or one.endswith("n't") for part in (first, *further) for one in part)
            phrase = _Phrase(tuple(further[1:]), weight, turnable)
            for begun, second in product(first, further[0]):
                phrases.setdefault(begun, {}).setdefault(second, []).insert(0, phrase)  # the last list wins
    for each in (each for by_second in phrases.values() for each in by_second.values()):
        each.sort(key=lambda phrase: -len(phrase.further))
    general, strengths = (valences(), boosters()) if language == "en" else ({}, {})
    own = {bare(word, language): weight for name, weight in STRENGTHS for word in lists.get(name, ())}

    def known(word: str) -> _Word | None:
        word = bare(word, language)
        value = alone[word] if word in alone else GENERAL * general.get(word, 0.0)
        begun = phrases.get(word, {})
        negates = word in negations or word.endswith("n't")
        return _Word(value, begun, negates) if value or begun or negates else None

    return Remembered(known), {**strengths, **own}
