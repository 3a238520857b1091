"""Masking what tells who wrote or who is meant: addresses, links, handles, numbers, names after a title.

A help for people who check, no promise: names without a title stay. Every quantifier is bounded, so that time grows
with the length of the text only.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from feedback.analysis.comments.words import plain, word_lists

_TITLES = (
    "dr", "prof", "mr", "mrs", "ms", "mx", "sr", "sra", "srta", "dra", "profa", "hr", "mme", "mlle",
    "professor", "professors", "doctor", "miss", "sir", "madam", "lecturer", "instructor", "tutor",
    "herr", "herrn", "frau", "professorin", "dozent", "dozentin",
    "señor", "señora", "señorita", "don", "doña", "profesor", "profesora", "doctora",
    "monsieur", "madame", "mademoiselle", "professeur", "professeure", "senhor", "senhora", "professora",
    "doutor", "doutora",
    "الدكتور", "الدكتورة", "دكتور", "دكتورة", "الأستاذ", "الأستاذة", "أستاذ", "أستاذة", "السيد", "السيدة",
)  # fmt: skip
_SHORT_TITLES = _TITLES[:14]
_BARE_TITLES = ("dr", "mr", "mrs", "ms", "mx")
_PLACEHOLDERS = {"mail": "[e-mail]", "link": "[link]", "handle": "[handle]", "phone": "[phone]", "number": "[number]"}

_PATTERN = re.compile(
    r"""
      (?P<mail>[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})
    | (?P<link>(?:https?://|www\.)[^\s<>"]{1,2000}
        |(?<![\w@.])[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.(?:com|org|net|edu|gov|io|eu|info|app|dev|ai)(?:/[^\s<>"]{0,500})?(?!\w))
    | (?<![\w@])(?P<handle>@\w[\w.]{1,50})
    | (?P<phone>(?<![\d])[+(]{0,2}\d(?:[ \u00a0().\-/]{0,3}\d){6,17}(?!\d))
    | (?P<number>\d{6,2000})
    | (?<!\w)(?P<title>(?:TITLES)(?!\w)(?:\.|))(?P<more>(?:[ \u00a0]{1,3}(?:TITLES)\b\.?){0,2})[ \u00a0]{0,3}
        (?P<name>(?:[^\W\d_]\.[ \u00a0]?){0,3}[^\W\d_][\w'’-]{1,40}(?:[ \u00a0]{1,2}[^\W\d_][\w'’-]{0,40}){0,2})
    """.replace("TITLES", "|".join(sorted(_TITLES, key=len, reverse=True))),
    re.VERBOSE | re.IGNORECASE,
)
_WORTH_LOOKING = re.compile(
    r"[@\d]|://|www\.|\.[a-z]{2}|(?<!\w)(?:TITLES)(?!\w)".replace("TITLES", "|".join(_TITLES)), re.I
)
_DATE_OR_YEARS = re.compile(
    r"(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d"
)


@dataclass(frozen=True)
class Redaction:
    """A span to mask (code points, end exclusive) and what to put there."""

    start: int
    end: int
    put: str


def redactions(text: str) -> list[Redaction]:
    """What to mask in a text, in order, not overlapping."""
    if not _WORTH_LOOKING.search(text):
        return []
    found: list[Redaction] = []
    at = 0
    while match := _PATTERN.search(text, at):
        kind = match.lastgroup or ""
        if kind == "name":
            span = _name(text, match)
            if span:
                found.append(Redaction(*span, "[name]"))
            at = span[1] if span else match.end("title")
        elif kind == "phone" and _DATE_OR_YEARS.fullmatch(match.group()):
            at = match.end()
        else:
            kind = "number" if match.group().isdigit() else kind
            found.append(Redaction(match.start(), match.end(), _PLACEHOLDERS[kind]))
            at = match.end()
    return found


def mask(text: str) -> str:
    """The text with e-mail addresses, links, handles, telephone and other long numbers, and titled names masked.

    >>> mask("Thanks to Dr. Jane Miller (jane@example.org, +44 20 7946 0000)!")
    'Thanks to Dr. [name] ([e-mail], [phone])!'
    >>> mask("Two of the 12 weeks in 2024 were too short.")
    'Two of the 12 weeks in 2024 were too short.'
    """
    parts, at = [], 0
    for redaction in redactions(text):
        parts += [text[at : redaction.start], redaction.put]
        at = redaction.end
    return "".join(parts) + text[at:]


def moved(text: str, spans: Sequence[tuple[str, int, int, str]]) -> tuple[tuple[str, int, int, str], ...]:
    """Where the spans of a text stand once it is masked; those that touch something masked are left out.

    spans: (topic, start, end, polarity); code points, end exclusive.

    >>> moved("mail a@example.org about labs", [("practice", 25, 29, "")])
    (('practice', 20, 24, ''),)
    """
    hidden = redactions(text)
    kept = []
    for topic, start, end, polarity in spans:
        if any(start < each.end and each.start < end for each in hidden):
            continue
        shift = sum(len(each.put) - (each.end - each.start) for each in hidden if each.end <= start)
        kept.append((topic, start + shift, end + shift, polarity))
    return tuple(kept)


def _name(text: str, match: re.Match[str]) -> tuple[int, int] | None:
    """Where the name after a title stands; None when what follows is no name ("the professor was", "Dr. The")."""
    title, dotted = plain(match["title"]).rstrip("."), match["title"].endswith(".")
    if match["title"] == "MS":
        return None  # "MS Teams" is no lady
    if dotted and title not in _SHORT_TITLES:
        return None  # "a good lecturer. The labs ...": the sentence ended
    start = end = match.start("name")
    for word in re.finditer(r"[\w'’-]+", match["name"]):
        first = start == end
        known = plain(word.group()) in _ordinary_words()
        sign = word.group()[:1]
        # a further word of a name has a capital; the first may lack one after "mr", or where a script has none (Arabic)
        unlikely = not sign.isupper() and not (first and (title in _BARE_TITLES or not sign.islower()))
        if unlikely or known:
            break
        end = match.start("name") + word.end()
    return (start, end) if end > start else None


@lru_cache(maxsize=1)
def _ordinary_words() -> frozenset[str]:
    """Words that are never taken for names, of every language we have lists for."""
    return frozenset().union(*(word_lists(language).stop_words for language in ("en", "es", "de", "fr", "pt", "ar")))
