"""Both English lexicons in one pass each over the words, with the scores of the libraries to the last digit, faster.

The libraries look at every word many times; here each spelling is looked up once and kept. Words, values and rules are
those of vaderSentiment (MIT) and of Pattern as TextBlob carries it (BSD; its word list is in the public domain), read
from the installed packages; tests/analysis/comments/test_lexicons.py compares.
Sources: Hutto and Gilbert (2014), VADER; De Smedt and Daelemans (2012), Pattern.
"""

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import fabs, sqrt
from threading import Lock
from typing import Any, NamedTuple

from feedback.analysis.comments.words import Remembered

_loading = Lock()


class Vader(NamedTuple):
    """What VADER says of a text: compound -1 to 1, rounded to 4 digits; positive and negative: shares, 0 to 1."""

    compound: float
    positive: float
    negative: float


class Pattern(NamedTuple):
    """What Pattern says of a text: polarity -1 to 1, subjectivity 0 to 1."""

    polarity: float
    subjectivity: float


NOTHING = (Vader(0.0, 0.0, 0.0), Pattern(0.0, 0.0))
"""What both say of a text without a word."""


class _Token(NamedTuple):
    """A word as VADER sees it. valence: None when it is not in the lexicon; tells: it has to be looked at."""

    lower: str
    valence: float | None
    is_upper: bool
    booster: float
    is_booster: bool
    negates: bool
    tells: bool


@dataclass(frozen=True)
class _VaderRules:
    """What vaderSentiment holds, made ready."""

    emojis: Mapping[str, str]
    lexicon: Mapping[str, float]
    special: Mapping[str, float]
    boosters: Mapping[str, float]
    tells_special: frozenset[str]
    capitals: float
    turned: float


def vader(text: str) -> Vader:
    """VADER's reading of a text, equal to SentimentIntensityAnalyzer().polarity_scores.

    >>> vader("The labs were great, but the test was terribly unfair!").compound
    -0.8313
    """
    rules, tokens = _vader()
    text = _without_emojis(text, rules.emojis).strip()
    words = [tokens[word] for word in text.split()]
    if not words:
        return NOTHING[0]
    telling = [(at, word) for at, word in enumerate(words) if word.tells]
    has_special = any(word.lower in rules.tells_special for _, word in telling)
    shouts = 0 < len([word for word in words if word.is_upper]) < len(words)
    last = len(words) - 1
    but = None
    places, values = [], []
    for at, word in telling:
        if but is None and word.lower == "but":
            but = at
        if (
            word.valence is None
            or word.is_booster
            or (word.lower == "kind" and at < last and words[at + 1].lower == "of")
        ):
            continue
        value = _valence(rules, words, at, shouts=shouts, has_special=has_special)
        if value:
            places.append(at)
            values.append(value)
    if but is not None:
        _weigh_but(values, places, but)
    return _summed(values, len(words), text)


def pattern(text: str) -> Pattern:
    """Pattern's reading of a text, equal to TextBlob(text).sentiment.

    >>> round(pattern("The labs were really great!").polarity, 3)
    1.0
    """
    found = _assessed(_pattern_words(text))
    if not found:
        return NOTHING[1]
    count = len(found)
    polarity = sum(one[0] * -0.5 if one[3] < 0 else one[0] for one in found)
    return Pattern(polarity / count, sum(one[1] for one in found) / count)


def valences() -> Mapping[str, float]:
    """The words of VADER's lexicon, each -4 to 4."""
    return _vader()[0].lexicon


def boosters() -> Mapping[str, float]:
    """The words by which VADER strengthens (above 0) or weakens what follows."""
    return _vader()[0].boosters


def _valence(rules: _VaderRules, words: list[_Token], at: int, *, shouts: bool, has_special: bool) -> float:
    """What a word of the lexicon weighs where it stands."""
    word = words[at]
    known = value = word.valence or 0.0
    if word.lower == "no" and at < len(words) - 1 and words[at + 1].valence is not None:
        value = 0.0
    if at and (
        words[at - 1].lower == "no"
        or (at > 1 and words[at - 2].lower == "no")
        or (at > 2 and words[at - 3].lower == "no" and words[at - 1].lower in ("or", "nor"))
    ):
        value = known * rules.turned
    if word.is_upper and shouts:
        value = value + rules.capitals if value > 0 else value - rules.capitals
    for back in (1, 2, 3):
        if at < back:
            break
        before = words[at - back]
        if before.valence is not None:
            continue
        if before.booster:
            value += _boost(rules, before, value, back, shouts=shouts)
        value = _negate(rules, words, at, back, value)
        if back == 3 and has_special:
            value = _special(rules, words, at, value)
    if at and words[at - 1].lower == "least" and (at == 1 or words[at - 2].lower not in ("at", "very")):
        value *= rules.turned
    return value


def _boost(rules: _VaderRules, before: _Token, value: float, back: int, *, shouts: bool) -> float:
    scalar = -before.booster if value < 0 else before.booster
    if before.is_upper and shouts:
        scalar = scalar + rules.capitals if value > 0 else scalar - rules.capitals
    return scalar * (1, 0.95, 0.9)[back - 1]


def _negate(rules: _VaderRules, words: list[_Token], at: int, back: int, value: float) -> float:
    before = words[at - back]
    if back == 1:
        return value * rules.turned if before.negates else value
    next_to = words[at - 1].lower
    if back == 2:
        if before.lower == "never" and next_to in ("so", "this"):
            return value * 1.25
        if before.lower == "without" and next_to == "doubt":
            return value
    else:
        between = words[at - 2].lower
        # As the library has it: "so" or "this" next to the word is enough.
        if (before.lower == "never" and between in ("so", "this")) or next_to in ("so", "this"):
            return value * 1.25
        if before.lower == "without" and "doubt" in (between, next_to):
            return value
    return value * rules.turned if before.negates else value


def _special(rules: _VaderRules, words: list[_Token], at: int, value: float) -> float:
    """Idioms around the word, and boosters of two words."""
    three, two, one, own = (words[at - back].lower for back in (3, 2, 1, 0))
    for said in (f"{one} {own}", f"{two} {one} {own}", f"{two} {one}", f"{three} {two} {one}", f"{three} {two}"):
        if said in rules.special:
            value = rules.special[said]
            break
    for further in (1, 2):
        if at + further < len(words):
            said = " ".join(word.lower for word in words[at : at + further + 1])
            value = rules.special.get(said, value)
    for said in (f"{three} {two} {one}", f"{three} {two}", f"{two} {one}"):
        if said in rules.boosters:
            value += rules.boosters[said]
    return value


def _weigh_but(values: list[float], places: list[int], but: int) -> None:
    """Halve what is before "but", and raise what follows. Of equal values the library changes the first."""
    for at in range(len(values)):
        first = values.index(values[at])
        values[first] *= 0.5 if places[first] < but else 1.5


def _summed(values: list[float], count: int, text: str) -> Vader:
    total = float(sum(values))
    questions = text.count("?")
    emphasis = min(text.count("!"), 4) * 0.292 + (0 if questions < 2 else questions * 0.18 if questions < 4 else 0.96)
    total = total + emphasis if total > 0 else total - emphasis if total < 0 else total
    positive = negative = 0.0
    for value in values:
        if value > 0:
            positive += value + 1
        else:
            negative += value - 1
    if positive > fabs(negative):
        positive += emphasis
    elif positive < fabs(negative):
        negative -= emphasis
    whole = positive + fabs(negative) + (count - len(values))
    compound = max(-1.0, min(total / sqrt(total * total + 15), 1.0))
    return Vader(round(compound, 4), round(fabs(positive / whole), 3), round(fabs(negative / whole), 3))


def _without_emojis(text: str, emojis: Mapping[str, str]) -> str:
    """The text with each emoji replaced by what it shows."""
    if text.isascii() or emojis.keys().isdisjoint(text):
        return text
    written, after_space = [], True
    for sign in text:
        if sign in emojis:
            written += [emojis[sign]] if after_space else [" ", emojis[sign]]
            after_space = False
        else:
            written.append(sign)
            after_space = sign == " "
    return "".join(written)


@lru_cache(maxsize=1)
def _vader() -> tuple[_VaderRules, Remembered]:
    with _loading:
        from vaderSentiment import vaderSentiment as library  # noqa: N813

        analyser = library.SentimentIntensityAnalyzer()
    negations = frozenset(library.NEGATE)
    boosters, special = library.BOOSTER_DICT, library.SPECIAL_CASES
    idioms = [said for said in (*special, *boosters) if " " in said]
    rules = _VaderRules(
        emojis={sign: said for sign, said in analyser.emojis.items() if len(sign) == 1},
        lexicon=analyser.lexicon,
        special=special,
        boosters=boosters,
        tells_special=frozenset(max(said.split(), key=len) for said in idioms),
        capitals=library.C_INCR,
        turned=library.N_SCALAR,
    )

    def token(written: str) -> _Token:
        bare = written.strip(string.punctuation)
        word = written if len(bare) <= 2 else bare
        lower = word.lower()
        return _Token(
            lower,
            rules.lexicon.get(lower),
            word.isupper(),
            boosters.get(lower, 0.0),
            lower in boosters,
            lower in negations or "n't" in lower,
            lower in rules.lexicon or lower in rules.tells_special or lower == "but",
        )

    return rules, Remembered(token)


class _Word(NamedTuple):
    """A word as Pattern sees it. polarity: None when it is not in the lexicon; smile: that of a smiley or None;
    is_plain: it says nothing and changes nothing by itself."""

    polarity: float | None
    subjectivity: float
    intensity: float
    modifies: bool
    ends_ly: bool
    negates: bool
    length: int
    bare_length: int
    is_shout: bool
    is_irony: bool
    smile: float | None
    is_plain: bool


def _assessed(words: list[_Word]) -> list[list[float]]:
    """The parts of a text that were judged: polarity, subjectivity, intensity, sign each."""
    found: list[list[float]] = []
    modifier: _Word | None = None
    negated = False
    for word in words:
        if word.is_plain and not negated and modifier is None:
            continue
        if word.polarity is not None:
            if modifier is None:
                found.append([word.polarity, word.subjectivity, word.intensity, 1])
            else:
                last = found[-1]
                last[0] = max(-1.0, min(word.polarity * last[2], 1.0))
                last[1] = max(-1.0, min(word.subjectivity * last[2], 1.0))
                last[2] = word.intensity
            if negated:
                found[-1][2] = 1.0 / found[-1][2]
                found[-1][3] = -1
            modifier = word if word.modifies else None
            negated = word.negates
            continue
        if word.negates:
            negated = True
        elif negated and word.bare_length > 1:
            negated = False
        if negated and modifier is not None and modifier.ends_ly:
            found[-1][3] = -1
            negated = False
        elif modifier is not None and word.length > 2:
            modifier = None
        if word.is_shout and found:
            found[-1][0] = max(-1.0, min(found[-1][0] * 1.25, 1.0))
        if word.is_irony:
            found.append([0.0, 1.0, 1.0, 1])
        if word.smile is not None:
            found.append([word.smile, 1.0, 1.0, 1])
    return found


def _pattern_words(text: str) -> list[_Word]:
    """The words of a text, cut as Pattern cuts them."""
    cut, known, parser = _pattern()
    if _SMILING.search(text):
        # What was cut may have to be put together again, over spaces too: the library knows how.
        return [known[word.lower()] for word in " ".join(parser.find_tokens(text)).split()]
    if "'" in text:
        text = text.replace("n't", " n't").replace("'", " ' ")
    spaced = _QUOTES.sub(r" \g<0> ", text) if not text.isascii() or '"' in text else text
    return [word for written in spaced.split() for word in cut[written]]


@lru_cache(maxsize=1)
def _pattern() -> tuple[Remembered, Remembered, Any]:
    """What a written word is cut into, what a word is to Pattern, and Pattern's parser."""
    with _loading:  # the lexicon fills itself on first use, which two threads must not watch half done
        from textblob import _text as library
        from textblob.en import parser, sentiment

        sentiment("good")
    smiles: dict[str, float] = {}
    for (_, polarity), faces in library.EMOTICONS.items():
        for face in faces:
            smiles.setdefault(face.lower(), polarity)

    def word(lower: str) -> _Word:
        senses: dict[str | None, Any] = dict.get(sentiment, lower) or {}
        polarity, subjectivity, intensity = senses[None] if senses else (None, 0.0, 1.0)
        is_mark = lower in ("!", "(!)") or lower in sentiment.negations
        may_smile = not lower.isalpha() and len(lower) <= 5 and lower not in library.PUNCTUATION
        return _Word(
            polarity,
            subjectivity,
            intensity,
            modifies=any(tag in senses for tag in sentiment.modifiers),
            ends_ly=sentiment.modifier(lower),
            negates=lower in sentiment.negations,
            length=len(lower),
            bare_length=len(lower.strip("'")),
            is_shout=lower == "!",
            is_irony=lower == "(!)",
            smile=smiles.get(lower) if may_smile else None,
            is_plain=polarity is None and not is_mark and not (may_smile and lower in smiles),
        )

    known = Remembered(word)

    def cut(written: str) -> tuple[_Word, ...]:
        if written.isalpha():
            parts = [written]
        elif written[:-1].isalpha() and written[-1] in ",!?":
            parts = [written[:-1], written[-1]]
        else:
            parts = " ".join(parser.find_tokens(written)).split()
        return tuple(known[part.lower()] for part in parts)

    return Remembered(cut), known, parser


_QUOTES = re.compile('[“”‘’"]')
_SMILING = re.compile(
    r"[:;=>*]\s*+(?:[^\sA-Za-z]|[A-Za-z]\b)|[<♥°]|8\s*+-?\s*+[)D]|[xX]\s*+-?\s*+D|o\s*+[_.]\s*+O|\(\s*+!"
)
"""Where a smiley or a sign of irony may stand."""
