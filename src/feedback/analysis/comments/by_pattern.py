"""Pattern's reading of a text, as TextBlob carries it, from its pieces, each cut and looked up once. The word list is
in the public domain, the program BSD; both are read from the installed package. Source: De Smedt and Daelemans (2012).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from feedback.analysis.comments.words import Remembered

JUDGES = 16
"""Why a piece is worth a look, beside those of by_vader: one of its words is not plain."""


class Pattern(NamedTuple):
    """What Pattern says of a text: polarity -1 to 1, subjectivity 0 to 1."""

    polarity: float
    subjectivity: float


@dataclass(frozen=True, slots=True)
class Word:
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


@dataclass(frozen=True)
class PatternRules:
    """What TextBlob holds of Pattern, made ready. cut: the words of a piece without spaces; words_of: those of a text
    in which signs must be put together first, each by itself."""

    cut: Callable[[str], tuple[Word, ...]]
    words_of: Callable[[str], list[tuple[Word, ...]]]


def by_pattern(cut: Sequence[tuple[Word, ...]], telling: Iterable[int] | None) -> Pattern:
    """What Pattern says of the words of each piece of a text. telling: where one is not plain; None: everywhere."""
    found = _assessed(cut, range(len(cut)) if telling is None else telling)
    if not found:
        return Pattern(0.0, 0.0)
    count = len(found)
    polarity = sum([one[0] * -0.5 if one[3] < 0 else one[0] for one in found])
    return Pattern(polarity / count, sum([one[1] for one in found]) / count)


def _assessed(cut: Sequence[tuple[Word, ...]], telling: Iterable[int]) -> list[list[float]]:
    """The parts of a text that were judged: polarity, subjectivity, intensity, sign each.

    cut: the words of each piece; telling: where one is not plain. What follows such a piece is looked at as long as a
    negation or a modifier is open; plain words change nothing else.
    """
    found: list[list[float]] = []
    modifier: Word | None = None
    negated = False
    behind = 0
    for begin in telling:
        if begin < behind:
            continue
        behind = begin
        while behind == begin or ((negated or modifier is not None) and behind < len(cut)):
            for word in cut[behind]:
                if word.polarity is not None:
                    _judge(found, word, modifier, negated=negated)
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
            behind += 1
    return found


def _judge(found: list[list[float]], word: Word, modifier: Word | None, *, negated: bool) -> None:
    """Add a word that judges, or join it to the one that modifies it."""
    polarity, subjectivity = word.polarity or 0.0, word.subjectivity
    if modifier is None:
        found.append([polarity, subjectivity, word.intensity, 1])
    else:
        last = found[-1]
        last[0] = max(-1.0, min(polarity * last[2], 1.0))
        last[1] = max(-1.0, min(subjectivity * last[2], 1.0))
        last[2] = word.intensity
    if negated:
        found[-1][2] = 1.0 / found[-1][2]
        found[-1][3] = -1


def read_pattern() -> PatternRules:
    """What TextBlob has installed."""
    from textblob import _text as library
    from textblob.en import parser, sentiment

    sentiment("good")  # the lexicon fills itself on first use
    smiles: dict[str, float] = {}
    for (_, polarity), faces in library.EMOTICONS.items():
        for face in faces:
            smiles.setdefault(face.lower(), polarity)

    def word(lower: str) -> Word:
        senses: dict[str | None, Any] = dict.get(sentiment, lower) or {}
        polarity, subjectivity, intensity = senses[None] if senses else (None, 0.0, 1.0)
        is_mark = lower in ("!", "(!)") or lower in sentiment.negations
        may_smile = not lower.isalpha() and len(lower) <= 5 and lower not in library.PUNCTUATION
        return Word(
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

    def cut(written: str) -> tuple[Word, ...]:
        if "'" in written:
            written = written.replace("n't", " n't").replace("'", " ' ")
        if not written.isascii() or '"' in written:
            written = _QUOTES.sub(r" \g<0> ", written)
        parts = [part for piece in written.split() for part in _simply_cut(piece, library) or found_in(piece)]
        return tuple([known[part.lower()] for part in parts])

    def found_in(text: str) -> list[str]:
        return " ".join(parser.find_tokens(text)).split()

    return PatternRules(cut, lambda text: [(known[part.lower()],) for part in found_in(text)])


def _simply_cut(piece: str, library: Any) -> tuple[str, ...] | None:
    """A piece without quotes as Pattern cuts it, where that is simple: a word, with one sign before or behind it."""
    if piece.isalpha():
        return (piece,)
    simple = _SIMPLE.fullmatch(piece)
    if simple is None:
        return None
    opening, body, sign = simple.groups()
    if sign == ")" and body[-1].isdigit():
        return None  # "8)" smiles
    last = (body, sign) if sign else (body,)
    if sign == ".":
        short = (library.RE_ABBR1, library.RE_ABBR2, library.RE_ABBR3)
        if f"{body}." in library.ABBREVIATIONS or any(rule.match(f"{body}.") for rule in short):
            last = (f"{body}.",)
    return (opening, *last) if opening else last


def may_smile(text: str) -> bool:
    """Whether a smiley or a sign of irony may stand in a text: what was cut there may have to be put together again,
    over spaces too, and the library knows how."""
    may = _SMILING_SIGN.search(text) or "8" in text or "D" in text or "O" in text or ("(" in text and "!" in text)
    return bool(may and _SMILING.search(text))


_QUOTES = re.compile('[“”‘’"]')
_SIMPLE = re.compile(r"([(\[]?)((?:[^\W_]+[-/&])*+[^\W_]+)([.,;:!?)\]]?)")
_SMILING_SIGN = re.compile("[:;=>*<♥°]")
"""One of these stands in nearly all of them: quicker to look for."""
_SMILING = re.compile(
    r"[:;=>*]\s*+(?:[^\sA-Za-z]|[A-Za-z]\b)|[<♥°]|8\s*+-?\s*+[)D]|[xX]\s*+-?\s*+D|o\s*+[_.]\s*+O|\(\s*+!"
)
"""Where a smiley or a sign of irony may stand."""
