"""What all values of the catalogue share: the rules their fields follow, and how a name becomes a slug.

A field says what it is by `field(...)`: its title and description, and what it allows (see `field`). The checks here,
the columns of files (`feedback.catalogue.rows`) and the forms (`feedback.catalogue.hints`) all follow from that.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

from pydantic import ValidationInfo, field_validator
from pydantic_core import PydanticUndefined
from sqlmodel import Field, SQLModel

from feedback.errors import suggest

NEEDED = PydanticUndefined
"""The default of a field that has none: it must be given."""
LONGEST_NAME, LONGEST_TEXT, LONGEST_LONG_TEXT = 300, 500, 10_000  # characters
MOST_ENTRIES = 500  # of a list
SEPARATOR = "|"  # between the entries of a list in a file; so no entry may hold it

_SLUG = re.compile(r"[a-z0-9-]{1,80}")
_ADDRESS = re.compile(r"(https?://|urn:)[^\s<>\"]{1,500}")
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LABEL = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
# The plain form of a mail address (RFC 5321, dot-string at domain), in letters of any script (RFC 6531).
_MAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")
LONGEST_MAIL = 254  # characters
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NAMES = ("title", "name", "label")
_LINE_ENDS = "\n\t"
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def field(
    title: str,
    description: str,
    default: Any = None,
    *,
    choices: Sequence[str] = (),
    refers: str = "",
    makes: bool = False,
    long: bool = False,
    **limits: Any,
) -> Any:
    """A field and what it says of itself.

    default: None for what may be not known; NEEDED for what must be given; `list` or `dict` for an empty one.
    choices: the only words allowed. refers: the entity (see contents.ENTITIES) whose slugs it holds. makes: a file may
    name one that is not there yet, which makes it. long: text of several lines. limits: gt, ge, lt, le.
    """
    about = {"choices": tuple(choices), "refers": refers, "makes": makes, "long": long}
    told: dict[str, Any] = {"title": title, "description": description, "schema_extra": {"json_schema_extra": about}}
    if default in (list, dict):
        return Field(default_factory=default, **told, **limits)
    return Field(default=default, **told, **limits)


def about_field(value: type[SQLModel], name: str) -> Mapping[str, Any]:
    """What `field` was told of a field besides its title: choices, refers, makes, long; empty for other fields."""
    return _about_fields(value)[name]


@lru_cache
def _about_fields(value: type[SQLModel]) -> dict[str, Mapping[str, Any]]:
    told = {name: field.json_schema_extra for name, field in value.model_fields.items()}
    return {name: about if isinstance(about, dict) else {} for name, about in told.items()}


def is_slug(text: str) -> bool:
    """Whether the text may name something: lower-case letters, digits and hyphens, 1 to 80 of them.

    >>> is_slug("data-badge-2"), is_slug("Data badge"), is_slug("")
    (True, False, False)
    """
    return _SLUG.fullmatch(text) is not None


def make_slug(name: str, otherwise: str = "") -> str:
    """A slug that resembles the name, at most 70 long (room for a suffix); `otherwise` when no Latin letter is left.

    >>> make_slug("Müller & Söhne GmbH")
    'muller-sohne-gmbh'
    >>> make_slug("شركة", otherwise="organisation")
    'organisation'
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:70].strip("-") or otherwise


def slug_for(name: str, what: str) -> str:
    """A slug for a name, always the same; names without a Latin letter or digit get one made from their digest.

    >>> slug_for("Data badge", "credential"), slug_for("数据", "credential")
    ('data-badge', 'credential-5440f742')
    """
    return make_slug(name) or f"{what}-{short_digest(name)}"


def joined_slug(*parts: object) -> str:
    """The slug of what is known by its parts; other parts, another slug.

    >>> joined_slug("data-badge", "sql"), joined_slug("data", "badge-sql")
    ('data-badge-sql-d0d41e53', 'data-badge-sql-8b22469c')
    """
    texts = ["" if part is None else str(part) for part in parts]
    stem = make_slug(" ".join(text[:40] for text in texts))
    return f"{stem}-{short_digest(chr(0).join(texts))}".lstrip("-")


def short_digest(text: str) -> str:
    """Eight hex digits that follow from a text."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def one_of(found: str, allowed: Sequence[str], what: str) -> str:
    """The word found, if it is one of those allowed; else ValueError, naming them all and the nearest."""
    if found not in allowed:
        raise ValueError(f'{what} "{found}" is not known.{_near(found, tuple(allowed))} Known: {", ".join(allowed)}')
    return found


@lru_cache(1000)  # a file may make the same mistake in every line
def _near(found: str, allowed: tuple[str, ...]) -> str:
    return suggest(found[:100], allowed)


def web_address(found: str | None) -> str | None:
    """The address, or None for none; ValueError for what is no address."""
    if found and not _ADDRESS.fullmatch(found):
        raise ValueError(f'"{found[:60]}" is not an address: it begins with http://, https:// or urn:, without spaces')
    return found or None


def language_code(found: str) -> str:
    """The code of a language; ValueError for what is no code."""
    if not _LANGUAGE.fullmatch(found):
        raise ValueError(f'language "{found[:60]}" is not a code such as en, es or pt-BR')
    return found


def is_mail_address(text: str) -> bool:
    """Whether a text is one plain address that can be written to; nothing a header could be broken with.

    >>> [is_mail_address(text) for text in ("ann@example.org", "jörg@müller.example", "ann@example", "a@b.c, d@e.f")]
    [True, True, False, False]
    """
    return len(text) <= LONGEST_MAIL and "=?" not in text and _MAIL.fullmatch(text) is not None


def email_address(found: str | None) -> str | None:
    """The mail address, or None for none; ValueError for what is none."""
    if found and not is_mail_address(found):
        raise ValueError(f'"{found[:60]}" is not a mail address, as ann@example.org')
    return found or None


def plain(text: str) -> str:
    """The text, composed (NFC) and stripped.

    ValueError for NUL, other control characters, lone surrogates, and signs that turn the direction of writing round:
    they could show a name, and what stands after it, in another order than it is written in.
    """
    for character in text:
        if character in _TURNING:
            said = f"the sign U+{ord(character):04X}, which turns the direction of writing round,"
            raise ValueError(f"{said} may not stand in a text; please take it out")
        if unicodedata.category(character) in ("Cc", "Cs") and character not in _LINE_ENDS:
            raise ValueError(f"the character U+{ord(character):04X} may not stand in a text; please take it out")
    return unicodedata.normalize("NFC", text).strip()


class Value(SQLModel):
    """What all values share: unknown fields are refused; texts hold no control characters and no outer space.

    An empty text where nothing needs to be known is None.
    """

    model_config = {"extra": "forbid"}

    @classmethod
    def own_slug(cls, fields: Mapping[str, Any]) -> str:
        """The slug that follows from the other fields, for whoever gives none; "" when it cannot be told."""
        name = next((str(fields[name]) for name in _NAMES if fields.get(name)), "")
        return slug_for(name, cls.__name__.lower()) if name else ""

    @classmethod
    def referring(cls, fields: Mapping[str, Any]) -> dict[str, str]:
        """Which fields refer to which entity (see contents.ENTITIES), the other fields being as they are."""
        return {name: about["refers"] for name, about in _about_fields(cls).items() if about.get("refers")}

    def references(self) -> Iterator[tuple[str, str, str]]:
        """What the value refers to: field, entity and slug."""
        for name, entity in self.referring(self.__dict__).items():
            found = getattr(self, name)
            for slug in found if isinstance(found, list) else [found] if found else []:
                yield name, entity, slug

    @field_validator("*", mode="before")
    @classmethod
    def _texts_are_plain(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str):
            text = plain(value)
            return None if not text and cls.model_fields[str(info.field_name)].default is None else text
        if isinstance(value, list | tuple):
            return [plain(item) if isinstance(item, str) else item for item in value]
        if isinstance(value, dict):
            return {name: plain(item) if isinstance(item, str) else item for name, item in value.items()}
        return value

    @field_validator("slug", check_fields=False)
    @classmethod
    def _slug_is_a_slug(cls, slug: str) -> str:
        return _checked_slug(slug)

    @field_validator("*")
    @classmethod
    def _fields_hold_what_they_say(cls, value: Any, info: ValidationInfo) -> Any:
        name = str(info.field_name)
        about = about_field(cls, name)
        if not about or value is None:
            return value
        if isinstance(value, str):
            _check_text(name, value, about)
        elif isinstance(value, list):
            return _checked_list(name, value, about)
        elif isinstance(value, dict):
            _check_entries(list(value.values()))
        return value


def _check_text(name: str, text: str, about: Mapping[str, Any]) -> None:
    if about["choices"]:
        one_of(text, about["choices"], name.replace("_", " "))
    elif about["refers"]:
        _checked_slug(text)
    elif name in _NAMES:
        if not 1 <= len(text) <= LONGEST_NAME:
            raise ValueError(f"a name has 1 to {LONGEST_NAME} characters; this one has {len(text)}")
    elif len(text) > (most := LONGEST_LONG_TEXT if about["long"] else LONGEST_TEXT):
        raise ValueError(f"is {len(text):,} characters long; at most {most:,} are kept")


def _checked_list(name: str, items: list[Any], about: Mapping[str, Any]) -> list[Any]:
    """The entries, each once."""
    word = name.removesuffix("s").replace("_", " ")
    for item in items:
        if about["choices"]:
            one_of(item, about["choices"], word)
        elif about["refers"]:
            _checked_slug(item, word)
    _check_entries(items)
    return list(dict.fromkeys(items))


def _check_entries(items: list[Any]) -> None:
    if len(items) > MOST_ENTRIES:
        raise ValueError(f"has {len(items):,} entries; at most {MOST_ENTRIES} are kept")
    for item in items:
        if isinstance(item, str) and not 1 <= len(item) <= LONGEST_TEXT:
            raise ValueError(f"an entry has 1 to {LONGEST_TEXT} characters; one here has {len(item):,}")
        if isinstance(item, str) and SEPARATOR in item:
            raise ValueError(f'the entry "{item[:60]}" holds "{SEPARATOR}", which parts entries in files; take it out')


def _checked_slug(text: str, what: str = "") -> str:
    if not is_slug(text):
        named = f'{what} "{text}"' if what else f'"{text}"'
        raise ValueError(f"{named} is not a slug: lower-case letters, digits and hyphens, 1 to 80 of them")
    return text
