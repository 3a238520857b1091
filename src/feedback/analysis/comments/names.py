"""Names of people in a text: after a title or what somebody is to us, given, signed with, or on a list that is known.

Words are looked at one after the other, each a few times at most: time grows with the length of the text only.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from feedback.analysis.comments.words import places, plain, word_lists
from feedback.errors import Problem, Refused
from feedback.settings import data_folder

Word = tuple[str, int, int]
"""As `places` gives it."""
MOST_PARTS = 4
"""So many parts of a name are masked together, particles not counted."""
SHORTEST_ALONE = 3
"""A part of a known name that has fewer letters is masked only beside another part."""
_AFTER_TITLE = re.compile(r"(?:\.-?)?[ \u00a0\t]{0,3}\n?")
_BETWEEN_PARTS = re.compile(r"[ \u00a0]{1,2}|-|\.-?[ \u00a0]{0,2}")
_AFTER_SIGN_OFF = re.compile(r"[\s,،.!;:–—-]{1,6}")
_ARTICLES = frozenset(("der", "den"))
"""Inside a name ("van der Berg"), but not at its beginning ("Herr der Lage")."""
_OWN = ("my", "our", "mein", "meine", "unser", "unsere", "mi", "nuestro", "nuestra")
_GENERIC_BOXES = frozenset(
    ("info", "office", "contact", "kontakt", "contacto", "mail", "hello", "jobs", "team", "support", "admin", "service")
)


@dataclass(frozen=True)
class Roster:
    """People whose names are masked wherever they stand, by parts of their names without accents, in lower case.

    pairs: two parts that are masked side by side, in either order; alone: parts that are masked by themselves when
    written with a capital (or in a script that has none); whole: words masked however they are written.
    """

    pairs: frozenset[tuple[str, str]] = frozenset()
    alone: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.pairs or self.alone or self.whole)


NOBODY = Roster()


def known_people(names: Iterable[str], addresses: Iterable[str] = ()) -> Roster:
    """A roster of people's names and of the names that lie in mail addresses.

    Of a name each part is masked alone, too, unless it is an ordinary word. Of an address ("anna.berg@example.org")
    only the parts side by side and the whole of what stands before the @: whoever answers is on such a list, and many.

    >>> roster = known_people(["Dr. Anna Berg"], ["kim.solano@example.org"])
    >>> sorted(roster.alone), ("kim", "solano") in roster.pairs
    (['anna', 'berg'], True)
    """
    pairs: set[tuple[str, str]] = set()
    alone: set[str] = set()
    whole: set[str] = set()
    for name in names:
        for parts in _spellings(name):
            kept = [part for part in parts if part not in _titles_without_accents()]
            pairs |= _pairs(kept)
            if len(kept) == 1 or not any(part in _never_names_without_accents() for part in kept):  # no "HR Manager"
                alone |= {part for part in kept if len(part) >= SHORTEST_ALONE} - _never_names_without_accents()
    for address in addresses:
        box = address.partition("@")[0].partition("+")[0]
        for parts in _spellings(re.sub(r"[\d._-]+", " ", box)):
            pairs |= _pairs(parts)
            if len(parts) == 1 and len(parts[0]) > SHORTEST_ALONE and parts[0] not in _never_names_without_accents():
                whole |= set(parts) - _GENERIC_BOXES
    return Roster(frozenset(pairs), frozenset(alone), frozenset(whole))


def read_names(path: Path) -> list[str]:
    """The names of a file: one a line, in UTF-8; empty lines and those after a # are left out. Raises Refused."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not in UTF-8"
        raise Refused([Problem(path.name, f"cannot be read: {reason}. It must hold one name a line.")]) from error
    return [name for line in lines if (name := line.partition("#")[0].strip())]


def names_in(text: str, roster: Roster = NOBODY, found: Sequence[Word] | None = None) -> Iterator[tuple[int, int]]:
    """Where names stand in a text (code points, end exclusive); they may overlap. found: its words, where known."""
    cues, words = _cues().all, places(text) if found is None else found
    for at in [at for at, (word, _, _) in enumerate(words) if word in cues]:
        if span := _after_cue(text, words, at):
            yield span
    if roster:
        yield from _known(text, words, roster)


@dataclass(frozen=True)
class _Cues:
    """The words of data/masking.toml by which names are found, each as `plain`."""

    short: frozenset[str]
    bare: frozenset[str]
    titles: frozenset[str]
    roles: frozenset[str]
    joiners: frozenset[str]
    says_name: frozenset[str]
    givers: Mapping[str, tuple[tuple[str, ...], ...]]
    sign_offs: frozenset[str]
    particles: frozenset[str]
    eponyms: frozenset[str]
    never: frozenset[str]
    arabic: frozenset[str]
    doubtful: frozenset[str]
    letters: frozenset[str]
    joined: frozenset[str]
    given: frozenset[str]
    all: frozenset[str]


@lru_cache(maxsize=1)
def masking_words() -> Mapping[str, Any]:
    """The words by which personal data is found, as data/masking.toml has them."""
    return tomllib.loads((data_folder() / "masking.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _cues() -> _Cues:
    said = masking_words()
    arabic = said["arabic"]
    titles = frozenset(map(plain, arabic["titles"]))
    # "and", "for", "by" are one letter joined to the word; "for the" swallows the article's first letter
    joined = {before + word for before in "ولبفك" for word in titles} | {
        before + "لل" + word[2:] for before in ("", "و") for word in titles if word.startswith("ال")
    }
    givers: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in said["givers"]:
        words = tuple(map(plain, phrase))
        givers[words[-1]] = (*givers.get(words[-1], ()), words)
    own = {name: frozenset(map(plain, said[name])) for name in (
        "short_titles", "bare_titles", "titles", "roles", "joiners", "says_name", "sign_offs", "particles", "eponyms",
    )}  # fmt: skip
    letters = frozenset(map(plain, arabic["short"]))
    ordinary = frozenset().union(
        *(word_lists(language).stop_words for language in ("en", "es", "de", "fr", "pt", "ar"))
    )
    everything = own["short_titles"] | own["titles"] | own["roles"] | own["sign_offs"] | titles | joined | letters
    return _Cues(
        short=own["short_titles"],
        bare=own["bare_titles"],
        titles=own["titles"],
        roles=own["roles"],
        joiners=own["joiners"],
        says_name=own["says_name"],
        givers=givers,
        sign_offs=own["sign_offs"],
        particles=own["particles"],
        eponyms=own["eponyms"],
        never=ordinary | frozenset(map(plain, (*said["never_names"], *arabic["never_names"]))),
        arabic=titles | joined,
        doubtful=frozenset(map(plain, arabic["doubtful"])),
        letters=letters,
        joined=frozenset(map(plain, arabic["joined"])),
        given=frozenset(map(plain, arabic["given"])),
        all=everything | frozenset(givers),
    )


def _after_cue(text: str, words: Sequence[Word], at: int) -> tuple[int, int] | None:
    """Where the name stands that follows the word at `at`; None when what follows is none."""
    cues, word = _cues(), words[at][0]
    if any(_ends_here(words, at, phrase) for phrase in cues.givers.get(word, ())):
        return _name_from(text, words, at + 1, _AFTER_TITLE)
    if word in cues.sign_offs and (span := _signature(text, words, at)):
        return span
    if word in cues.letters:
        return _after_letter(text, words, at)
    if word in cues.arabic:
        bare = word[1:] if word[1:] in cues.doubtful else word
        return _arabic_name(text, words, at + 1, only_given=bare in cues.doubtful)
    if word in cues.short or word in cues.titles:
        return _after_title(text, words, at)
    return _after_role(text, words, at) if word in cues.roles else None


def _ends_here(words: Sequence[Word], at: int, phrase: tuple[str, ...]) -> bool:
    return at + 1 >= len(phrase) and all(
        words[at - len(phrase) + 1 + place][0] == part for place, part in enumerate(phrase)
    )


def _after_title(text: str, words: Sequence[Word], at: int) -> tuple[int, int] | None:
    cues, (word, start, end) = _cues(), words[at]
    written = text[start:end]
    is_dotted = text[end : end + 1] == "."
    if word in ("med", "ing", "dipl", "fr") and not is_dotted:
        return None  # these are words, too
    is_small_lady = word == "ms" and written.islower() and not text[:start].rstrip()[-1:].isdigit()
    if word in ("ms", "hr", "sr", "mx", "miss") and not (is_dotted or written.istitle() or is_small_lady):
        return None  # "MS Teams" is no lady, "200 ms" no "Ms", HR no "Herr"; "we miss Python"
    if is_dotted and word not in cues.short:
        return None  # "a good professor. The labs ...": the sentence ended
    following = words[at + 1][0] if at + 1 < len(words) else ""
    if following in cues.short or following in cues.titles:
        return None  # "Herr Professor Müller": the next title has its turn
    if written.isupper() and word not in cues.short and len(written) > 2:
        return None  # somebody shouts: every word has a capital
    return _name_from(text, words, at + 1, _AFTER_TITLE, small=word in cues.bare)


def _after_role(text: str, words: Sequence[Word], at: int) -> tuple[int, int] | None:
    cues, (word, start, end) = _cues(), words[at]
    if (word == "ta") != text[start:end].isupper():
        return None  # somebody shouts, or thanks ("ta")
    after = at + 1
    while after < min(at + 3, len(words)) and words[after][0] in cues.joiners:
        after += 1
    if after > at + 1:
        return _name_from(text, words, after, _AFTER_TITLE) if words[after - 1][0] in cues.says_name else None
    owned = at > 0 and words[at - 1][0] in _OWN
    if owned and text[end : end + 2] == ", ":
        return _name_from(text, words, after, re.compile(", "))
    if text[end : end + 1] == ".":
        return None
    return _name_from(text, words, after, _AFTER_TITLE)


def _after_letter(text: str, words: Sequence[Word], at: int) -> tuple[int, int] | None:
    """ "د. أحمد", "أ. سارة": a title of one letter with its full stop; a list counts with the same letters."""
    word, _, end = words[at]
    if text[end : end + 1] != "." or at + 1 == len(words):
        return None
    following = words[at + 1][0]
    if following in _cues().letters:
        return None
    is_doctor = word == "د" or (at > 0 and words[at - 1][0] in _cues().letters)
    return _arabic_name(text, words, at + 1, only_given=not is_doctor or following.startswith("ال"))


def _signature(text: str, words: Sequence[Word], at: int) -> tuple[int, int] | None:
    """A name between the last greeting of a text and its end."""
    rest = len(words) - at - 1
    if not 1 <= rest <= 3 or not _AFTER_SIGN_OFF.fullmatch(text[words[at][2] : words[at + 1][1]]):
        return None
    if any(word in _cues().never for word, _, _ in words[at + 1 :]):
        return None
    if any(text[start].islower() or text[start].isdigit() for _, start, _ in words[at + 1 :]):
        return None
    return words[at + 1][1], words[-1][2]


def _name_from(
    text: str, words: Sequence[Word], first: int, gap: re.Pattern[str], *, small: bool = False
) -> tuple[int, int] | None:
    """The name that begins with the word at `first`, as far as its parts have capitals.

    gap: what may stand before it. small: its first part may lack the capital.
    """
    if first >= len(words) or not gap.fullmatch(text[words[first - 1][2] : words[first][1]]):
        return None
    cues, at, parts, end = _cues(), first, 0, -1
    while at < len(words) and parts < MOST_PARTS:
        word, start, stop = words[at]
        between = text[words[at - 1][2] : start]
        hyphened = at > first and between == "-"
        if at > first and not _BETWEEN_PARTS.fullmatch(between):
            break
        if at > first and between.startswith(".") and words[at - 1][2] - words[at - 1][1] > 2:
            break  # the sentence ended
        written = text[start:stop]
        is_initial = len(written) == 1 and written.isupper() and text[stop : stop + 1] == "."
        is_particle = word in cues.particles and (at > first or word not in _ARTICLES)
        if is_particle and not is_initial and _goes_on(text, words, at):
            at += 1
            continue
        if _is_arabic(written):
            span = _arabic_name(text, words, at, only_given=False) if at == first else None
            return span
        if not hyphened and not is_initial:
            if word.removesuffix("'s") in cues.never or word in cues.eponyms or not written[0].isalpha():
                break
            if not written[0].isupper() and not (small and at == first):
                break
        if word.endswith(("'s", "’s")):
            return words[first][1], stop - 2
        parts, end, at = parts + 1, stop, at + 1
    if end < 0:
        return None
    is_thing = at < len(words) and words[at][0] in cues.eponyms and text[end : words[at][1]] == " "
    return None if is_thing else (words[first][1], end)


def _goes_on(text: str, words: Sequence[Word], at: int) -> bool:
    """Whether after a particle ("van", "de la") a part of a name follows."""
    for after in range(at + 1, min(at + 3, len(words))):
        word, start, _ = words[after]
        if text[words[after - 1][2] : start].strip(" -\u00a0"):
            return False
        if word not in _cues().particles:
            return text[start].isupper() and word not in _cues().never
    return False


def _is_arabic(word: str) -> bool:
    return "\u0620" <= word[0] <= "\u064a"


def _arabic_name(text: str, words: Sequence[Word], first: int, *, only_given: bool) -> tuple[int, int] | None:
    """A name in Arabic script, where no capital tells: its first word may be any but an ordinary one (only_given: must
    be a given name we know), further ones given names, those after "ibn" and the like, and those with an article."""
    cues = _cues()
    if first >= len(words) or not _AFTER_TITLE.fullmatch(text[words[first - 1][2] : words[first][1]]):
        return None
    word, start, end = words[first]
    known = word in cues.given or word in cues.joined or word.replace(" ", "") in cues.given
    if word in cues.arabic or word in cues.never or not word[0].isalpha() or (only_given and not known):
        return None
    if not known and _is_arabic(word) and (word[0] in "يت" or word.endswith(("ا", "ًا"))) and len(word) > 3:
        return None  # a verb ("explains"), or how somebody was
    if not _is_arabic(word):
        return _name_from(text, words, first, _AFTER_TITLE)
    after_joined = word in cues.joined
    for word, begin, stop in words[first + 1 : first + MOST_PARTS]:
        if text[end:begin] not in (" ", "\u00a0", "-"):
            break
        further = after_joined or word in cues.given or word in cues.joined or word.startswith("ال")
        if not further or word in cues.never or word in cues.arabic:
            break
        after_joined, end = word in cues.joined, stop
    return start, end


def _known(text: str, words: Sequence[Word], roster: Roster) -> Iterator[tuple[int, int]]:
    """Where people of the roster are named."""
    before = ""
    for at, (word, start, end) in enumerate(words):
        bare = word.removesuffix("'s")
        stop = end - (len(word) - len(bare))
        part = _without_accents(bare)
        if part not in roster.alone and part[0] in "ولبفك" and part[1:] in roster.alone:
            part, start = part[1:], start + 1  # "for", "and", "by" are one letter joined to the name
        is_pair = before and ((before, part) in roster.pairs or (part, before) in roster.pairs)
        if is_pair and not text[words[at - 1][2] : start].strip(" ,.-_\u00a0"):
            yield words[at - 1][1], stop
        if part in roster.whole or (part in roster.alone and not text[start].islower()):
            yield start, stop
        before = part


def _pairs(parts: list[str]) -> set[tuple[str, str]]:
    """Each part with the next, and the first, or its initial, with the last."""
    if len(parts) < 2:
        return set()
    found = {*pairwise(parts), (parts[0], parts[-1]), (parts[0][0], parts[-1])}
    return {pair for pair in found if len(pair[1]) > 1}


def _spellings(name: str) -> list[list[str]]:
    """The parts of a name as people type them: without accents, or with ae for ä."""
    umlauts = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
    lowered = unicodedata.normalize("NFC", name).lower()
    spelled = "".join(umlauts.get(sign, sign) for sign in lowered)
    return [[_without_accents(word) for word, _, _ in places(each)] for each in dict.fromkeys((lowered, spelled))]


@lru_cache(maxsize=20_000)
def _without_accents(word: str) -> str:
    if word.isascii():
        return word
    bare = (sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
    return "".join(bare).replace("ß", "ss")


@lru_cache(maxsize=1)
def _titles_without_accents() -> frozenset[str]:
    cues = _cues()
    return frozenset(map(_without_accents, cues.short | cues.titles | cues.arabic | cues.letters | cues.particles))


@lru_cache(maxsize=1)
def _never_names_without_accents() -> frozenset[str]:
    return frozenset(map(_without_accents, _cues().never))
