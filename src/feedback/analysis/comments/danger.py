"""Hints for whoever moderates: words by which somebody may be in danger, and words that may be names. Hints only."""

import re
import tomllib
from functools import lru_cache

from feedback.analysis.comments.words import places, plain
from feedback.settings import data_folder

_PLACEHOLDER = re.compile(r"\[[a-z-]{1,20}\]")
_OPENING = " \t\"'“„«(¿¡-"
_ENDS = ".!?:;\n"


def danger_words(text: str) -> tuple[str, ...]:
    """The words of a text, in lower case, by which somebody may be in danger, each once, in any of our languages.

    >>> danger_words("He threatened me, and I feel unsafe. The pace was fine.")
    ('threatened', 'unsafe')
    """
    return tuple(dict.fromkeys(found.group().strip() for found in _dangers().finditer(plain(text))))


def may_be_names(text: str, language: str) -> list[tuple[int, int]]:
    """Words with a capital inside a sentence: start and end of each. None in German, where every noun has one, nor in
    a text of capitals.

    >>> may_be_names("Without Maria the labs of [name] were dull. Great", "en")
    [(8, 13)]
    """
    if language == "de" or text.isupper():
        return []
    hidden = [found.span() for found in _PLACEHOLDER.finditer(text)]
    found = []
    for _, start, end in places(text):
        word = text[start:end]
        before = text[:start].rstrip(_OPENING)
        begins = not before.strip() or before[-1] in _ENDS
        is_name = word[:1].isupper() and word[1:].islower() and len(word) > 2
        if is_name and not begins and not any(a <= start < b for a, b in hidden):
            found.append((start, end))
    return found


@lru_cache(maxsize=1)
def _dangers() -> re.Pattern[str]:
    """All words of data/danger.toml as one pattern: what is common stands outside of it, or it would be slow."""
    lists = tomllib.loads((data_folder() / "danger.toml").read_text(encoding="utf-8"))
    arabic = "|".join(re.escape(plain(word)) for word in lists.pop("ar"))
    words = dict.fromkeys(plain(word) for words in lists.values() for word in words)
    exact = "|".join(re.escape(word) for word in words if not word.endswith("*"))
    begun = "|".join(re.escape(word.rstrip("*")) for word in words if word.endswith("*"))
    # In Arabic "and", "by" and "the" are joined to the word that follows, and "me" to the one before.
    joined = rf"[\u0621-\u064a]{{0,3}}(?:{arabic})\w{{0,4}}"
    return re.compile(rf"(?<!\w)(?:(?:{exact})(?!\w)|(?:{begun})\w{{0,20}}|{joined})")
