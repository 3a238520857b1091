"""VADER's reading of a text from its pieces, each looked up once: words, values and rules are those of vaderSentiment
(MIT), read from the installed package. Source: Hutto and Gilbert (2014).
"""

import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fabs, sqrt
from typing import Any, NamedTuple


class Vader(NamedTuple):
    """What VADER says of a text: compound -1 to 1, rounded to 4 digits; positive and negative: shares, 0 to 1."""

    compound: float
    positive: float
    negative: float


@dataclass(frozen=True, slots=True)
class Token:
    """A word as VADER sees it. valence: None when it is not in the lexicon."""

    lower: str
    valence: float | None
    is_upper: bool
    booster: float
    is_booster: bool
    negates: bool


VALUED, BENDS, SPECIAL, UPPER = 1, 2, 4, 8
"""What makes a piece worth a look: VADER has a valence for it or must see it ("but"); it bends what VADER says of the
three words after it; it may belong to an idiom; it is in capitals."""
_LOOKED_AT = VALUED | BENDS | SPECIAL | UPPER
_BENDING = frozenset(("no", "least", "so", "this", "never"))
"""Words that bend what VADER says of those after them, beside boosters and negations."""


@dataclass(frozen=True)
class VaderRules:
    """What vaderSentiment holds, made ready."""

    emojis: Mapping[str, str]
    lexicon: Mapping[str, float]
    special: Mapping[str, float]
    boosters: Mapping[str, float]
    tells_special: frozenset[str]
    capitals: float
    turned: float


def by_vader(rules: VaderRules, found: Sequence[tuple[Token, Any, int]], text: str) -> Vader:
    """What VADER says of the pieces of a text. Most words stand free of the few that bend those after them: they weigh
    what the lexicon says."""
    if not found:
        return Vader(0.0, 0.0, 0.0)
    telling = [(at, token, tells) for at, (token, _, tells) in enumerate(found) if tells & _LOOKED_AT]
    every = 0
    for _, _, tells in telling:
        every |= tells
    shouts = bool(every & UPPER) and sum([tells & UPPER for _, _, tells in telling]) < UPPER * len(found)
    has_special, last = bool(every & SPECIAL), len(found) - 1
    words: list[Token] | None = None
    but, bent = None, -9
    places, values = [], []
    for at, token, tells in telling:
        if tells & VALUED:
            value = token.valence
            if value is None:  # "but"
                but = at if but is None else but
            elif not token.is_booster and not (token.lower == "kind" and at < last and found[at + 1][0].lower == "of"):
                if at - bent <= 3 or has_special or (shouts and token.is_upper) or token.lower == "no":
                    words = [token for token, _, _ in found] if words is None else words
                    value = _valence(rules, words, at, shouts=shouts, has_special=has_special)
                if value:
                    places.append(at)
                    values.append(value)
        if tells & BENDS:
            bent = at
    if but is not None:
        _weigh_but(values, places, but)
    return _summed(values, len(found), text)


def _valence(rules: VaderRules, words: list[Token], at: int, *, shouts: bool, has_special: bool) -> float:
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


def _boost(rules: VaderRules, before: Token, value: float, back: int, *, shouts: bool) -> float:
    scalar = -before.booster if value < 0 else before.booster
    if before.is_upper and shouts:
        scalar = scalar + rules.capitals if value > 0 else scalar - rules.capitals
    return scalar * (1, 0.95, 0.9)[back - 1]


def _negate(rules: VaderRules, words: list[Token], at: int, back: int, value: float) -> float:
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


def _special(rules: VaderRules, words: list[Token], at: int, value: float) -> float:
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


def without_emojis(text: str, emojis: Mapping[str, str]) -> str:
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


def vader_rules() -> tuple[VaderRules, Callable[[str], Token]]:
    """What vaderSentiment holds, and what a written word is to it."""
    from vaderSentiment import vaderSentiment as library  # noqa: N813

    analyser = library.SentimentIntensityAnalyzer()
    negations = frozenset(library.NEGATE)
    boosters, special = library.BOOSTER_DICT, library.SPECIAL_CASES
    idioms = [said for said in (*special, *boosters) if " " in said]
    rules = VaderRules(
        emojis={sign: said for sign, said in analyser.emojis.items() if len(sign) == 1},
        lexicon=analyser.lexicon,
        special=special,
        boosters=boosters,
        tells_special=frozenset(max(said.split(), key=len) for said in idioms),
        capitals=library.C_INCR,
        turned=library.N_SCALAR,
    )

    def token(written: str) -> Token:
        bare = written.strip(string.punctuation)
        word = written if len(bare) <= 2 else bare
        lower = word.lower()
        return Token(
            lower,
            rules.lexicon.get(lower),
            word.isupper(),
            boosters.get(lower, 0.0),
            lower in boosters,
            lower in negations or "n't" in lower,
        )

    return rules, token


def vader_tells(rules: VaderRules, token: Token) -> int:
    """Why a word is worth a look, of VALUED, BENDS, SPECIAL and UPPER together; 0 when it is not."""
    valued = token.valence is not None or token.lower == "but"
    bends = token.booster or token.negates or token.lower in _BENDING
    special = token.lower in rules.tells_special
    told = ((VALUED, valued), (BENDS, bends), (SPECIAL, special), (UPPER, token.is_upper))
    return sum(why for why, is_so in told if is_so)
