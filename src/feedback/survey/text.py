"""Wording in several languages, and the cleaning of what people type."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Text = Mapping[str, str]
"""One wording in each of its languages: {"en": "Why?", "de": "Warum?"}."""

LONGEST_TEXT = 4000
LONGEST_SHORT_TEXT = 200

PIPE = re.compile(r"\{(\w+)\}")

TELLING = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,64}\.|\d{6,}|(?:\+|00)\d[\d ]{6,}|\b(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau|Sr|Sra)\b\.? [A-Z]"
)
"""What in a comment may tell readers who wrote it, or about whom: addresses, long numbers, titled names."""


@dataclass(frozen=True)
class Wrong:
    """One thing wrong with an answer: `code` says what, `item` where in it ("" the whole), `values` what is allowed."""

    code: str
    item: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)


def say(text: Text, language: str, **pipes: object) -> str:
    """The wording in a language, English where it has none, with each {name} given in `pipes` put in its place.

    A value put in is text and nothing else: braces or percent signs in it mean nothing, and a {name} nobody
    gave stays as it is written. Empty when the wording has neither the language nor English.

    >>> say({"en": "Was {credential} worth it?", "de": "Hat es sich gelohnt?"}, "en", credential="{issuer} 100%")
    'Was {issuer} 100% worth it?'
    >>> say({"en": "Why?"}, "ar")
    'Why?'
    """
    wording = text.get(language) or text.get("en", "")
    return fill(wording, pipes)


def fill(wording: str, values: Mapping[str, object]) -> str:
    """Put each value in the place of its {name}, once and literally; other braces stay.

    >>> fill("at most {maximum} of {these}", {"maximum": 2})
    'at most 2 of {these}'
    """
    return PIPE.sub(lambda found: str(values[found[1]]) if found[1] in values else found[0], wording)


_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_STRIPPED = re.compile(
    # Control characters but tab and line feed; byte order mark; noncharacters of the basic plane.
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufdd0-\ufdef\ufffe\uffff"
    # Bidirectional embeddings, overrides and isolates (they can turn the words of others round), deprecated format
    # characters, interlinear annotation. The marks U+200E, U+200F, U+061C and the joiners U+200C, U+200D stay:
    # Arabic and Persian are written with them.
    "\u202a-\u202e\u2066-\u206f\ufff9-\ufffb]"
)
_REFUSED = re.compile("[\x00\ud800-\udfff]")


def clean_text(raw: object, most: int = LONGEST_TEXT) -> str | Wrong:
    """What somebody typed, fit to keep: composed (NFC), without control and bidirectional override characters, trimmed.

    raw: anything. most: how many code points may be left.
    Returns the text (may be empty), or what is wrong with it: "wrong_type", "bad_characters" (NUL or a lone
    surrogate: no store can keep these), "too_long". Cleaning twice changes nothing.

    >>> clean_text("  cafe\\u0301 \\u202etxt\\r\\nnext ")
    'café txt\\nnext'
    >>> clean_text("four", most=3)
    Wrong(code='too_long', item='', values={'maximum': 3, 'length': 4})
    """
    if not isinstance(raw, str):
        return Wrong("wrong_type")
    if len(raw) > 10 * most:  # spares the work below; nobody types this
        return Wrong("too_long", values={"maximum": most, "length": len(raw)})
    if _REFUSED.search(raw):
        return Wrong("bad_characters")
    text = unicodedata.normalize("NFC", _STRIPPED.sub("", _BREAKS.sub("\n", raw))).strip()
    if len(text) > most:
        return Wrong("too_long", values={"maximum": most, "length": len(text)})
    return text
