"""Where sentences and clauses begin and end. Nothing is downloaded: abbreviations are those of data/languages/ and
those that Punkt learns from our own text.

Source: Kiss and Strunk (2006), Unsupervised multilingual sentence boundary detection, as built into NLTK.
"""

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from feedback.analysis.comments.words import places, primary, word_lists
from feedback.settings import data_folder

_LINES = "\r\n\u2028\u2029"
_WIDE = "。！？"
_BREAK = re.compile(rf"[{_LINES}{_WIDE}.!?؟…]++[\"'”’»)\]]{{0,3}}+")
"""Where a sentence may end."""
_BEFORE = 24
"""Code points looked at before a full stop, for the word it belongs to."""
_BREAKING = frozenset(_LINES + _WIDE)
"""These end one wherever they stand."""
_CLAUSE_SIGNS = re.compile(r"[;؛—–]|\s-\s")


class Splitter:
    """Finds the sentences of a text in one language.

    >>> [text[start:end] for text in ["Dr. Ito was clear. More labs!"] for start, end in splitter("en").spans(text)]
    ['Dr. Ito was clear.', 'More labs!']
    """

    def __init__(self, language: str, texts: Iterable[str]) -> None:
        """Learn from texts (any number, also none) of that language; its known abbreviations are added."""
        self.language = language
        self._abbreviations = frozenset(word_lists(language).abbreviations) | _learned(texts)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Start and end of each sentence (code points, end exclusive), without space around it; a new line ends one.

        An empty or blank text has none.
        """
        found, start = [], 0
        for sign in _BREAK.finditer(text):
            end = sign.end()
            if self._ends(text, sign.start(), end):
                found.append(trimmed(text, start, end))
                start = end
        if start < len(text):
            found.append(trimmed(text, start, len(text)))
        return [(start, end) for start, end in found if start < end]

    def _ends(self, text: str, start: int, end: int) -> bool:
        """Whether signs end the sentence: a new line does, no full stop after an abbreviation or initial, no dots in
        mid-sentence, and no sign inside a word, but where the space was forgotten ("clear.The")."""
        sign, following = text[start:end], text[end : end + 1]
        if sign != "." and not _BREAKING.isdisjoint(sign):
            return True
        if following and not following.isspace():
            before, after = text[max(start - 2, 0) : start], text[end : end + 2]
            return len(before) == 2 and before.islower() and before.isalpha() and after.istitle() and after.isalpha()
        if sign[0] not in ".…":
            return True
        if sign[0] == "…" or sign.startswith(".."):
            return not text[end : end + _BEFORE].lstrip()[:1].islower()
        words = text[max(start - _BEFORE, 0) : start].split()
        word = words[-1].lstrip("([\"'").lower() if words and not text[start - 1].isspace() else ""
        return word not in self._abbreviations and not (len(word) == 1 and word.isalpha())


def _learned(texts: Iterable[str]) -> frozenset[str]:
    """The abbreviations that stand in texts (lower case, without the last full stop)."""
    if not (said := "\n".join(texts)):
        return frozenset()
    from nltk.tokenize.punkt import PunktTrainer  # loads slowly

    trainer = PunktTrainer()
    trainer.train(said, finalize=True)
    return frozenset(trainer.get_params().abbrev_types)


def splitter(language: str | None, texts: Iterable[str] | None = None) -> Splitter:
    """The sentence splitter of a language, trained on `texts`, or else (once) on our own phrases in that language."""
    language = primary(language)
    return _own_splitter(language) if texts is None else Splitter(language, texts)


def clauses(
    text: str, language: str | None, found: Sequence[tuple[str, int, int]] | None = None
) -> list[tuple[int, int]]:
    """The parts of a text that may be of different minds: sentences, cut at semicolons, dashes and words like "but".

    Spans as `Splitter.spans`: in order, not overlapping, each with the word that opens it. found: the words of the
    text, as `places` gives them, where they are known.

    >>> text = "Great labs, but the test was unfair."
    >>> [text[start:end] for start, end in clauses(text, "en")]
    ['Great labs,', 'but the test was unfair.']
    """
    language = primary(language)
    turns = _turning(places(text) if found is None else found, language)
    if not text.isascii() or ";" in text or "-" in text:
        turns += [sign.start() for sign in _CLAUSE_SIGNS.finditer(text)]
        turns.sort()
    if not turns:
        return splitter(language).spans(text)
    parts: list[tuple[int, int]] = []
    for start, end in splitter(language).spans(text):
        within = turns[bisect_right(turns, start) : bisect_left(turns, end)]
        if within:
            parts += [trimmed(text, first, last) for first, last in pairwise((start, *within, end))]
        else:
            parts.append((start, end))
    return [(start, end) for start, end in parts if start < end]


def _turning(found: Sequence[tuple[str, int, int]], language: str) -> list[int]:
    """Where words like "but" begin."""
    turns = _turns(language)
    return [
        start
        for at, (word, start, _) in enumerate(found)
        if word in turns
        and any(
            not more or tuple(said for said, _, _ in found[at + 1 : at + 1 + len(more)]) == more for more in turns[word]
        )
    ]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without the space at its ends.

    >>> trimmed("  a b ", 0, 6)
    (2, 5)
    """
    part = text[start:end]
    begins = part.lstrip()
    return start + len(part) - len(begins), start + len(part.rstrip()) if begins else start


@lru_cache(maxsize=16)
def _own_splitter(language: str) -> Splitter:
    return Splitter(language, _own_texts(language))


def _own_texts(language: str) -> list[str]:
    """Our own sentences in a language: those of the sample institution. None where the file was taken away."""
    path = data_folder() / "sample" / "phrases.toml"
    if not path.is_file():
        return []
    blocks = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        text for name in ("openings", "phrases") for block in blocks.get(name, []) if block["language"] == language
        for text in block["text"]
    ]  # fmt: skip


@lru_cache(maxsize=16)
def _turns(language: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """The first word of what turns a sentence -> the further words it may have."""
    turns: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in word_lists(language).clause_words:
        first, *further = [word for word, _, _ in places(phrase)]
        turns[first] = (*turns.get(first, ()), tuple(further))
    return turns
