"""Masking what tells who wrote or who is meant: addresses, links, handles, numbers that are somebody's, names.

A help for people who check, no promise: see docs/decisions/0013-what-is-masked.md for what it finds. No pattern can try
one place twice over: quantifiers are possessive or short, so that time grows with the length of the text only.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from feedback.analysis.comments.names import NOBODY, Roster, Word, masking_words, names_in
from feedback.analysis.comments.words import places, plain

MAIL, LINK, HANDLE, IBAN, PHONE, NUMBER, NAME = (
    "[e-mail]", "[link]", "[handle]", "[iban]", "[phone]", "[number]", "[name]",
)  # fmt: skip
FEWEST_DIGITS, LONGEST_PHONE, LONGEST_CARD, LONGEST_GROUP = 7, 15, 19, 12
"""Of a telephone number with its country (E.164) and of a card; a longer number is no telephone number."""

_MAIL = re.compile(
    r"(?<![\w.+%'-])@?[\w.+%'-]++@[\w-]++(?:\.[\w-]++)++|(?<![\w.+%'-])[^\W\d][\w.+%-]{2,63}+@[^\W\d][\w-]{2,63}+(?!\w)"
)
_SPELLED_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]++ ?"
    r"(?:[\[({]{1,2} ?(?:at|ät|@|arroba) ?[\])}]{1,2}| at (?=[\w-]{1,63}+ (?:dot|punkt|punto) )| arroba ) ?"
    r"[\w-]++(?: ?(?:[\[({]{1,2} ?(?:dot|punkt|punto|\.) ?[\])}]{1,2}| dot | punkt | punto |\.) ?[\w-]{1,63}+){1,4}+",
    re.IGNORECASE,
)
_SPELLED_OPENLY = (" dot ", " punkt ", " punto ", " arroba ")
_SPELLED = (
    *_SPELLED_OPENLY, "(at)", "[at]", "{at}", "(ät)", "[ät]", "{ät}", "(@)", "[@]", "(arroba)", "[arroba]", "( at",
    "[ at", "((at", "[[at",
)  # fmt: skip
_INSIDE = re.compile(r"\.[A-Za-z]{2}")
_WEB = re.compile(r"(?:https?|ftp)://[^\s<>\"]{1,2000}+|(?<!\w)www\.[^\s<>\"]{1,2000}+", re.IGNORECASE)
_HOST = re.compile(r"(?<![\w@.-])[\w-]++(?:\.[\w-]++)++(?:/[^\s<>\"]{0,500}+)?", re.IGNORECASE)
_ENDINGS = frozenset(("com", "org", "net", "edu", "gov", "io", "eu", "info", "app", "dev", "ai"))
"""A word before one of these and a full stop is the name of a site."""
_COUNTRIES = frozenset(
    (
        "de",
        "es",
        "uk",
        "at",
        "ch",
        "fr",
        "it",
        "nl",
        "us",
        "ca",
        "sa",
        "ae",
        "eg",
        "ma",
        "jo",
        "lb",
        "qa",
        "kw",
        "me",
        "ly",
        "be",
        "gl",
        "tv",
        "cat",
        "mx",
        "ar",
        "co",
        "cl",
        "pe",
        "ac",
    )
)
"""So it is with these only where more tells: two full stops, a hyphen, or a path. "bueno.es" ends a sentence."""
_NO_SITES = re.compile(r"(?:asp|vb|ml|ado|c#|f#)\.net|[\w-]{1,63}\.io", re.IGNORECASE)
_HANDLE = re.compile(
    r"(?<![\w@.*-])@(?![\d_]*+(?!\w))(?=[^\W\d]|_)\w{1,51}+(?:\.\w{1,50}+)*+|(?<![\w#@])[^\W\d]\w{2,31}+#\d{4}(?!\w)"
)
_NO_HANDLES = frozenset(
    (
        "@home",
        "@work",
        "@uni",
        "@school",
        "@university",
        "@all",
        "@everyone",
        "@here",
        "@least",
        "@the",
        "@night",
        "@noon",
        "@hochschule",
    )
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?(?!\w)", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w.,])[+(]{0,2}+\d(?:[ \u00a0().\-–/]{0,3}+\d)*+\)?|(?<!\d)\d{6,}+")
_CODE = re.compile(r"(?<![\w.-])(?:[A-Za-z]{1,4}-?\d{6,20}[A-Za-z]?|\d{6,20}-?[A-Za-z])(?!\w)")
_NATIONAL = re.compile(r"(?<!\w)[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D](?!\w)|(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])")
_SHORT_ID = re.compile(r"\d{1,4}(?:[ .]\d{2,4}){1,5}+(?!\w)|(?=[A-Za-z/-]{0,6}\d[\w/-]{0,20}\d)[\w/-]{3,24}+")
_DIGIT = re.compile(r"\d")
_GROUP = re.compile(r"\d+")
_THOUSANDS = re.compile(r"\d{1,3}(?:[. \u00a0]\d{3})+")
_FRACTION = re.compile(r"\d{1,2}\.\d+")
_BEGINS = re.compile(r"\(?\+?0\d|\(\d\d")
_SHAPES = frozenset(
    {(3, 3, 4), (3, 4), (1, 3, 3, 4), (3, 3, 3), (3, 2, 2, 2), (3, 2, 3), (4, 4), (2, 4, 4), (4, 3, 3), (2, 3, 2, 2)}
)
"""How many digits stand together in telephone numbers that begin with neither + nor 0."""
_TIMES = re.compile(r"\d{1,2}[.]\d\d ?[-–/] ?\d{1,2}[.]\d\d")
_DAY = (
    r"(?:\d{1,2}[./-] ?\d{1,2}[./-] ?(?:\d{4}|\d\d)|(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}"
    r"|(?:19|20)\d\d(?:/\d\d)?|\d{1,2}\.\d{1,2}\.?)"
)
_DATES = re.compile(rf"\(?{_DAY}(?: ?[-–/ ] ?{_DAY})*\)?")
_PLAIN_DIGITS = {0x660 + digit: str(digit) for digit in range(10)} | {0x6F0 + digit: str(digit) for digit in range(10)}


Span = tuple[str, int, int, str]


@dataclass(frozen=True)
class Redaction:
    """A span to mask (code points, end exclusive) and what to put there."""

    start: int
    end: int
    put: str


def redactions(text: str, roster: Roster = NOBODY, found: Sequence[Word] | None = None) -> list[Redaction]:
    """What to mask in a text, in order, not overlapping. roster: people who are masked wherever they are named. found:
    the words of the text, as `places` gives them, where they are known."""
    found = places(text) if found is None else found
    hidden = [*_addresses(text), *(_numbers(text, found) if _DIGIT.search(text) else ())]
    hidden += [Redaction(start, end, NAME) for start, end in names_in(text, roster, found)]
    return _apart(hidden) if hidden else []


def mask(text: str, roster: Roster = NOBODY) -> str:
    """The text with mail addresses, links, handles, account, telephone and other numbers of people, and names masked.

    >>> mask("Thanks to Dr. Jane Miller (jane@example.org, +44 20 7946 0000)!")
    'Thanks to Dr. [name] ([e-mail], [phone])!'
    >>> mask("Two of the 12 weeks in 2024 were too short.")
    'Two of the 12 weeks in 2024 were too short.'
    """
    return masked(text, redactions(text, roster))


def masked(text: str, hidden: Sequence[Redaction]) -> str:
    """The text without what `redactions` found in it."""
    if not hidden:
        return text
    parts, at = [], 0
    for redaction in hidden:
        parts += [text[at : redaction.start], redaction.put]
        at = redaction.end
    return "".join(parts) + text[at:]


def moved(spans: Iterable[Span], hidden: Sequence[Redaction]) -> tuple[Span, ...]:
    """Where the spans of a text stand once it is masked; those that touch something masked are left out.

    spans: (topic, start, end, polarity); code points, end exclusive. hidden: what `redactions` found in the text.

    >>> moved([("practice", 25, 29, "")], redactions("mail a@example.org about labs"))
    (('practice', 20, 24, ''),)
    """
    if not hidden:
        return tuple(spans)
    kept = []
    for topic, start, end, polarity in spans:
        if any(start < each.end and each.start < end for each in hidden):
            continue
        shift = sum(len(each.put) - (each.end - each.start) for each in hidden if each.end <= start)
        kept.append((topic, start + shift, end + shift, polarity))
    return tuple(kept)


def _apart(found: list[Redaction]) -> list[Redaction]:
    """In order; those that overlap are one, called as the one that begins first."""
    apart: list[Redaction] = []
    for each in sorted(found, key=lambda one: (one.start, -one.end)):
        if apart and each.start < apart[-1].end:
            last = apart.pop()
            each = Redaction(last.start, max(last.end, each.end), last.put)
        apart.append(each)
    return apart


def _addresses(text: str) -> Iterator[Redaction]:
    """Mail addresses, links and handles."""
    if "@" in text:
        for match in _MAIL.finditer(text):
            yield Redaction(match.start(), match.end(), MAIL)
        for match in _HANDLE.finditer(text):
            if match.group().lower() not in _NO_HANDLES and match.group().startswith("@"):
                yield Redaction(match.start(), match.end(), HANDLE)
    if "#" in text:
        for match in _HANDLE.finditer(text):
            if "#" in match.group():
                yield Redaction(match.start(), match.end(), HANDLE)
    lowered = text.lower()
    spelled = _SPELLED if "(" in text or "[" in text or "{" in text else _SPELLED_OPENLY
    if any(sign in lowered for sign in spelled):
        for match in _SPELLED_MAIL.finditer(text):
            yield Redaction(match.start(), match.end(), MAIL)
    if "://" in text or "www." in lowered:
        for match in _WEB.finditer(text):
            yield Redaction(match.start(), match.start() + len(match.group().rstrip(".,;:!?)'\"»”")), LINK)
    if _INSIDE.search(text):
        for match in _HOST.finditer(text):
            if _is_site(match.group()):
                yield Redaction(match.start(), match.end(), LINK)


def _is_site(found: str) -> bool:
    """Whether words joined by full stops are the name of a site, not two sentences or a product ("ASP.NET")."""
    host, slash, path = found.partition("/")
    names = host.split(".")
    ending = names[-1]
    if (not path and _NO_SITES.fullmatch(host)) or not (ending.islower() or host.isupper()):
        return False
    ending = ending.lower()
    more = bool(slash) or len(names) > 2 or "-" in host
    return (ending in _ENDINGS or (more and ending in _COUNTRIES)) and any(sign.isalpha() for sign in names[0])


def _numbers(text: str, found: Sequence[Word]) -> Iterator[Redaction]:
    """Account, telephone, identity, card and other numbers that are somebody's."""
    if len(_DIGIT.findall(text)) >= FEWEST_DIGITS - 1:  # fewer are nobody's, but after a word that says whose
        yield from _long_numbers(text)
    yield from _short_numbers(text, found)


def _long_numbers(text: str) -> Iterator[Redaction]:
    for match in _IBAN.finditer(text):
        if sum(sign.isdigit() for sign in match.group()) >= 8 and 15 <= sum(map(str.isalnum, match.group())) <= 34:
            yield Redaction(match.start(), match.end(), IBAN)
    for pattern in (_CODE, _NATIONAL):
        for match in pattern.finditer(text):
            yield Redaction(match.start(), match.end(), NUMBER)
    for match in _DIGITS.finditer(text):
        put = _number(text, match.start(), match.end())
        if put:
            shown = match.group().rstrip(")") if match.group().count(")") > match.group().count("(") else match.group()
            yield Redaction(match.start(), match.start() + len(shown), put)


def _number(text: str, start: int, end: int) -> str:
    """What to put for a run of digits and signs between them; "" for one that is nobody's."""
    said = text[start:end].translate(_PLAIN_DIGITS).strip(" \u00a0")
    groups = _GROUP.findall(said)
    shape, digits = tuple(map(len, groups)), sum(map(len, groups))
    if digits < FEWEST_DIGITS - (len(groups) == 1) or len(set("".join(groups))) == 1:
        return ""
    if text[max(0, start - 2) : start] == "&#" or _counts(text, start, end):
        return ""
    if said.isdigit():
        if said.endswith("000") or _is_recent(said):
            return ""
        return PHONE if said[0] == "0" and FEWEST_DIGITS < digits <= LONGEST_PHONE else NUMBER
    if max(shape) >= LONGEST_GROUP or digits > LONGEST_CARD:
        return NUMBER if max(shape) >= LONGEST_GROUP else ""
    is_mobile = shape == (3, 3, 3) and said[0] in "679"
    if all(map(_is_year, groups)) or any(
        nothing.fullmatch(said) for nothing in (_DATES, _TIMES, _FRACTION, *(() if is_mobile else (_THOUSANDS,)))
    ):
        return ""
    if digits > LONGEST_PHONE or shape[:3] == (4, 4, 4):
        return NUMBER if set(shape[:3]) <= {4, 6, 5} else ""
    if said[0] == "+" or (_BEGINS.match(said) and (max(shape) > 2 or digits >= 10) and not _is_year(groups[0])):
        return PHONE
    return (
        PHONE
        if (shape in _SHAPES and "/" not in said)
        or (max(shape) >= 5 and said.count(".") < 2)
        or _names_a_phone(text, start)
        else ""
    )


def _is_year(group: str) -> bool:
    return len(group) == 4 and group[:2] in ("19", "20")


def _counts(text: str, start: int, end: int) -> bool:
    """Whether a number counts something: money, rows, people, an ISBN."""
    before = re.search(r"([^\W\d]{1,12}|[€$£¥])[ \u00a0:-]{0,2}$", text[max(0, start - 16) : start])
    after = re.match(r"[ \u00a0]?([^\W\d]{1,12}|[€$£¥%])", text[end : end + 14])
    units = _word_sets()["units"]
    return any(each is not None and plain(each.group(1)) in units for each in (before, after))


def _is_recent(said: str) -> bool:
    """Whether six or eight digits are a day, a month or two years of this century after its first years: younger than
    anybody who answers."""
    if len(said) not in (6, 8) or not "2010" <= said[:4] < "2100":
        return False
    return 1 <= int(said[4:6]) <= 12 or _is_year(said[4:])


def _names_a_phone(text: str, start: int) -> bool:
    """Whether one of the few words before says that a telephone number comes."""
    near = text[max(0, start - 40) : start]
    return any(word in _word_sets()["phones"] for word, _, _ in places(near)[-4:])


def _short_numbers(text: str, words: Sequence[Word]) -> Iterator[Redaction]:
    """Numbers of three digits and more after words that say whose they are ("student number 4711")."""
    sets = _word_sets()
    if sets["id_marks"].isdisjoint([word for word, _, _ in words]):
        return
    for at, (word, _, end) in enumerate(words):
        pair = at > 0 and word in sets["id_seconds"] and words[at - 1][0] in sets["id_firsts"]
        if not pair and word not in sets["ids"]:
            continue
        for after in range(at + 1, min(at + 4, len(words))):
            said, start, stop = words[after]
            if len(text[end:start]) > 4:
                break
            match = _SHORT_ID.match(text, start)
            if match and said not in sets["between"]:
                yield Redaction(start, match.end(), NUMBER)
                break
            if said not in sets["between"]:
                break
            end = stop


@lru_cache(maxsize=1)
def _word_sets() -> dict[str, frozenset[str]]:
    sets = {name: frozenset(map(plain, words)) for name, words in masking_words()["numbers"].items()}
    return sets | {"id_marks": sets["ids"] | sets["id_seconds"]}
