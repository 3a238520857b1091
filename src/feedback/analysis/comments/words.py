"""Words of a text with their places, their stems, and the short word lists kept in data/languages/."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from feedback.errors import Problem, Refused, suggest
from feedback.settings import data_folder

STEMMERS = MappingProxyType(
    {
        "ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
        "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "pt": "portuguese", "ro": "romanian",
        "ru": "russian", "sv": "swedish",
    }
)  # fmt: skip
"""The Snowball stemmer of a language; they need no data. A language without one is matched on whole words."""

LONGEST_WORD = 40
"""Longer runs of letters are no words of ours (a pasted key, a cat on the keyboard) and are not stemmed."""

_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0640"  # combining accents; Arabic vowel signs and the stretching tatweel
_WORD = re.compile(rf"[\w{_MARKS}]+(?:['’][\w{_MARKS}]+)?")
_ASCII_WORD = re.compile(r"\w+(?:'\w+)?", re.ASCII)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_KEYS = ("language", "name", "stop_words", "abbreviations", "clause_words", "requests", "judging")
_LISTS = _KEYS[2:6]
JUDGING = ("negations", "best", "good", "bad", "worst", "turns", "nothing")
"""What `judging` holds, a list of words or phrases each."""
STRENGTHS = ("strengthens", "weakens")
"""What it may hold beside: words that strengthen or weaken the next."""


@dataclass(frozen=True)
class WordLists:
    """What a language's file holds. `stop_words` serve labels only: before sentiment nothing is ever removed.

    requests: how somebody asks for a change. judging: what praises and blames, by the names of JUDGING, all or none,
    and of STRENGTHS.
    """

    language: str = ""
    name: str = ""
    stop_words: frozenset[str] = frozenset()
    abbreviations: frozenset[str] = frozenset()
    clause_words: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    judging: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Remembered(dict[str, Any]):
    """A function of a word that remembers what it gave for so many words; then it begins anew. Of what is longer than
    LONGEST_WORD it remembers nothing: somebody's wall of letters is met once.

    >>> lengths = Remembered(len)
    >>> lengths["labs"], lengths["la" * 30], list(lengths)
    (4, 60, ['labs'])
    """

    def __init__(self, make: Callable[[str], Any], most: int = 100_000) -> None:
        super().__init__()
        self._make, self._most = make, most

    def __missing__(self, word: str) -> Any:
        made = self._make(word)
        if len(word) <= LONGEST_WORD:
            if len(self) >= self._most:
                self.clear()
            self[word] = made
        return made


def primary(language: str | None) -> str:
    """The main language of a tag, lower case; "" for none.

    >>> primary("pt-BR"), primary("EN_us"), primary(None), primary("und")
    ('pt', 'en', '', '')
    """
    if not isinstance(language, str):
        return ""
    return _primary(language)


@lru_cache(maxsize=1000)
def _primary(language: str) -> str:
    code = re.split(r"[-_]", language.strip().lower(), maxsplit=1)[0]
    return "" if code == "und" else code


def plain(word: str) -> str:
    """A word as we compare it: composed (NFC), lower case, with a straight apostrophe.

    >>> plain("Teacher’s")
    "teacher's"
    """
    if not word.isascii():
        word = unicodedata.normalize("NFC", word).replace("’", "'").replace("\u0640", "")
    return word.lower()


def places(text: str) -> list[tuple[str, int, int]]:
    """Every word of a text, compared as `plain`, with start and end (code points of the text, end exclusive).

    >>> places("Clear, well-paced")
    [('clear', 0, 5), ('well', 7, 11), ('paced', 12, 17)]
    """
    if text.isascii():
        return [(found[0], found.start(), found.end()) for found in _ASCII_WORD.finditer(text.lower())]
    return [(plain(found[0]), found.start(), found.end()) for found in _WORD.finditer(text)]


def said_in(text: str) -> list[str]:
    """Every word of a text, as `places` has them, without its place.

    >>> said_in("Clear, well-paced")
    ['clear', 'well', 'paced']
    """
    return _ASCII_WORD.findall(text.lower()) if text.isascii() else [plain(word) for word in _WORD.findall(text)]


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """The Snowball stem of a word given as `plain`; the word itself for a language without a stemmer.

    >>> stem("assessments", "en") == stem("assessment", "en")
    True
    """
    if len(word) > LONGEST_WORD or language not in STEMMERS:
        return word
    # NLTK's Arabic stemmer keeps flags between words, so a new one each time; the cache makes it cheap.
    stemmer = _new_stemmer(language) if language == "ar" else _stemmer(language)
    try:
        return str(stemmer.stem(word)) or word
    except (IndexError, UnboundLocalError):  # NLTK's stemmers stumble over a few odd words: then the word is its stem
        return word


def spellings(word: str, language: str) -> frozenset[str]:
    """The stems a word may have as people type it: with its accents, without them, or with ae for ä.

    >>> sorted(spellings("übung", "de")) == sorted({stem("übung", "de"), stem("uebung", "de"), stem("ubung", "de")})
    True
    """
    word = plain(word)
    if word.isascii() or language == "ar":
        return frozenset({stem(word, language)})
    bare = "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
    forms = {word, bare} | ({word.translate(_UMLAUTS)} if language == "de" else set())
    return frozenset(stem(form, language) for form in forms)


def word_lists(language: str | None) -> WordLists:
    """The word lists of a language; empty ones for a language without a file. Raises Refused for a broken file."""
    return _shipped_lists().get(primary(language), WordLists())


def read_word_lists(folder: Path) -> Mapping[str, WordLists]:
    """Read every language file (`*.toml`) of a folder: language code -> lists. Raises Refused with every problem."""
    problems: list[Problem] = []
    found: dict[str, WordLists] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(Problem(path.name, f"cannot be read as TOML: {error}."))
            continue
        wrong = [
            *(
                Problem(path.name, f'"{key}" is not known.{suggest(key, _KEYS)} Known: {", ".join(_KEYS)}.')
                for key in content
                if key not in _KEYS
            ),
            *(
                Problem(path.name, f"{key} must be a list of words.")
                for key in _LISTS
                if not _is_words(content.get(key, []))
            ),
            *_wrong_judging(path.name, content.get("judging", {})),
        ]
        if content.get("language") != path.stem:
            said = content.get("language")
            wrong.append(Problem(path.name, f'language is {said!r}; it must be "{path.stem}", as the file is named.'))
        problems += wrong
        if not wrong:
            found[path.stem] = WordLists(
                language=path.stem,
                name=str(content.get("name", path.stem)),
                stop_words=frozenset(map(plain, content.get("stop_words", []))),
                abbreviations=frozenset(word.lower().rstrip(".") for word in content.get("abbreviations", [])),
                clause_words=tuple(map(plain, content.get("clause_words", []))),
                requests=tuple(map(plain, content.get("requests", []))),
                judging={key: tuple(map(plain, words)) for key, words in content.get("judging", {}).items()},
            )
    if problems:
        raise Refused(problems)
    return MappingProxyType(found)


def _wrong_judging(where: str, found: object) -> list[Problem]:
    if not isinstance(found, dict):
        return [Problem(where, "judging must be a table of lists of words.")]
    said, known = f"{where}, judging", (*JUDGING, *STRENGTHS)
    return [
        *(Problem(said, f'"{key}" is not known.{suggest(key, known)}') for key in found if key not in known),
        *(
            Problem(said, f"{key} must be a list of words.")
            for key in known
            if found and not _is_words(found.get(key, [] if key in STRENGTHS else None))
        ),
    ]


def _is_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) and word.strip() for word in value)


@lru_cache(maxsize=1)
def _shipped_lists() -> Mapping[str, WordLists]:
    return read_word_lists(data_folder() / "languages")


@lru_cache(maxsize=len(STEMMERS))
def _stemmer(language: str) -> Any:
    return _new_stemmer(language)


def _new_stemmer(language: str) -> Any:
    from nltk.stem.snowball import SnowballStemmer  # here, because NLTK takes seconds to load

    return SnowballStemmer(STEMMERS[language])
