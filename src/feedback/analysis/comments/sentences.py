"""Where sentences and clauses begin and end: Punkt trained on our own text, so that nothing is downloaded.

Source: Kiss and Strunk (2006), Unsupervised multilingual sentence boundary detection, as built into NLTK.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from feedback.analysis.comments.words import primary, word_lists
from feedback.settings import data_folder

LONGEST = 8_000
"""Code points of a line that Punkt reads; what is beyond belongs to the last sentence."""

_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_SENTENCE_ENDS = (".", "?", "!", "؟", "。", "！", "？")
_BREAK = re.compile(f"[{''.join(_SENTENCE_ENDS)}]")
_CLAUSE_SIGNS = r"[;؛—–]|\s-\s"


class Splitter:
    """Finds the sentences of a text in one language.

    >>> [text[start:end] for text in ["Dr. Ito was clear. More labs!"] for start, end in splitter("en").spans(text)]
    ['Dr. Ito was clear.', 'More labs!']
    """

    def __init__(self, language: str, texts: Iterable[str]) -> None:
        """Learn from texts (any number, also none) of that language; its known abbreviations are added."""
        from nltk.tokenize.punkt import PunktLanguageVars, PunktSentenceTokenizer, PunktTrainer  # loads slowly

        class Signs(PunktLanguageVars):
            sent_end_chars = _SENTENCE_ENDS

        signs = Signs()
        trainer = PunktTrainer(lang_vars=signs)
        trainer.train("\n".join(texts), finalize=True)
        learned = trainer.get_params()
        learned.abbrev_types |= set(word_lists(language).abbreviations)
        self.language = language
        self._punkt = PunktSentenceTokenizer(learned, lang_vars=signs)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Start and end of each sentence (code points, end exclusive), without space around it; a new line ends one.

        An empty or blank text has none.
        """
        found: list[tuple[int, int]] = []
        for line in _LINE.finditer(text):
            begin, words = line.start(), line.group()
            inner = list(self._punkt.span_tokenize(words[:LONGEST])) if _BREAK.search(words) else [(0, len(words))]
            if inner and len(words) > LONGEST:
                inner[-1] = (inner[-1][0], len(words))
            found += [trimmed(text, begin + start, begin + end) for start, end in inner]
        return [(start, end) for start, end in found if start < end]


def splitter(language: str | None, texts: Iterable[str] | None = None) -> Splitter:
    """The sentence splitter of a language, trained on `texts`, or else (once) on our own phrases in that language."""
    language = primary(language)
    return _own_splitter(language) if texts is None else Splitter(language, texts)


def clauses(text: str, language: str | None) -> list[tuple[int, int]]:
    """The parts of a text that may be of different minds: sentences, cut at semicolons, dashes and words like "but".

    Spans as `Splitter.spans`: in order, not overlapping, each with the word that opens it.

    >>> text = "Great labs, but the test was unfair."
    >>> [text[start:end] for start, end in clauses(text, "en")]
    ['Great labs,', 'but the test was unfair.']
    """
    language = primary(language)
    turns = _turns(language)
    found: list[tuple[int, int]] = []
    for start, end in splitter(language).spans(text):
        cuts = [start, *(turn.start() for turn in turns.finditer(text, start, end) if turn.start() > start), end]
        found += [trimmed(text, first, last) for first, last in pairwise(cuts)]
    return [(start, end) for start, end in found if start < end]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without the space at its ends.

    >>> trimmed("  a b ", 0, 6)
    (2, 5)
    """
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip()) if part.strip() else start


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
def _turns(language: str) -> re.Pattern[str]:
    words = sorted(word_lists(language).clause_words, key=len, reverse=True)
    spoken = rf"|\b(?:{'|'.join(map(re.escape, words))})\b" if words else ""
    return re.compile(_CLAUSE_SIGNS + spoken, re.IGNORECASE)
