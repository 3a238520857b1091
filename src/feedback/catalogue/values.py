"""The values of the catalogue: what is rated, where it runs, and who employs its holders.

Each class is a checked, plain value; the tables of `store` inherit its fields. A slug (lower-case letters, digits and
hyphens, 1 to 80 of them) is the identity of everything here. A wrong field raises pydantic's ValidationError, whose
messages say what was found and what is allowed. None means "not known" unless the docstring says otherwise.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from pydantic import field_validator, model_validator
from sqlmodel import Field, SQLModel

from feedback.errors import suggest

# Sections of the International Standard Industrial Classification, revision 5 (United Nations, 2024).
SECTORS: Mapping[str, str] = MappingProxyType(
    {
        "A": "Agriculture, forestry and fishing",
        "B": "Mining and quarrying",
        "C": "Manufacturing",
        "D": "Electricity, gas and steam supply",
        "E": "Water supply, sewerage and waste management",
        "F": "Construction",
        "G": "Wholesale and retail trade",
        "H": "Transport and storage",
        "I": "Accommodation and food service",
        "J": "Publishing, broadcasting and content",
        "K": "Telecommunications, computing and information",
        "L": "Finance and insurance",
        "M": "Real estate",
        "N": "Professional, scientific and technical work",
        "O": "Administrative and support service",
        "P": "Public administration and defence",
        "Q": "Education",
        "R": "Health and social work",
        "S": "Arts, sports and recreation",
        "T": "Other services",
        "U": "Households as employers",
        "V": "Extraterritorial organisations",
    }
)
SIZE_BANDS = ("1-9", "10-49", "50-249", "250-999", "1000+")
CARRIERS = ("badge image", "certificate", "transcript")
DELIVERIES = ("digital", "in person", "hybrid", "mixed")
LIFECYCLE = ("idea", "design", "beta", "live", "revise", "retired")

_SLUG = re.compile(r"[a-z0-9-]{1,80}")
_LINE_ENDS = "\n\t"


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


def one_of(found: str, allowed: Sequence[str], what: str) -> str:
    """The word found, if it is one of those allowed; else ValueError, naming them all and the nearest."""
    if found not in allowed:
        raise ValueError(f'{what} "{found}" is not known.{suggest(found, allowed)} Known: {", ".join(allowed)}')
    return found


def _plain(text: str) -> str:
    """The text, composed (NFC) and stripped; ValueError for NUL, other control characters and lone surrogates."""
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in _LINE_ENDS:
            raise ValueError(f"the character U+{ord(character):04X} may not stand in a text; please take it out")
    return unicodedata.normalize("NFC", text).strip()


class Value(SQLModel):
    """What all values share: unknown fields are refused; texts hold no control characters and no outer space."""

    model_config = {"extra": "forbid"}

    @field_validator("*", mode="before")
    @classmethod
    def _texts_are_plain(cls, value: Any) -> Any:
        if isinstance(value, str):
            return _plain(value)
        if isinstance(value, list | tuple):
            return [_plain(item) if isinstance(item, str) else item for item in value]
        return value

    @field_validator("slug", "programme", "credential", "kind", check_fields=False)
    @classmethod
    def _slug_is_a_slug(cls, slug: str) -> str:
        if not is_slug(slug):
            raise ValueError(f'"{slug}" is not a slug: lower-case letters, digits and hyphens, 1 to 80 of them')
        return slug

    @field_validator("title", "name", "label", check_fields=False)
    @classmethod
    def _title_says_something(cls, title: str) -> str:
        if not 1 <= len(title) <= 300:
            raise ValueError(f"a name has 1 to 300 characters; this one has {len(title)}")
        return title


class Programme(Value):
    """A family of credentials with one lead; what roles are scoped to."""

    slug: str
    title: str


class CredentialKind(Value):
    """A kind of credential: one of the eight that come along, or one the organisation adds.

    names, meanings: the same by language code; a language missing there falls back to `name` and `meaning`.
    """

    slug: str
    name: str
    meaning: str = ""
    names: dict[str, str] = Field(default_factory=dict)
    meanings: dict[str, str] = Field(default_factory=dict)

    def name_in(self, language: str) -> str:
        """The kind's name in a language, else its own name."""
        return self.names.get(language, self.name)

    def meaning_in(self, language: str) -> str:
        """What the kind means, in a language if we have it."""
        return self.meanings.get(language, self.meaning)


class Skill(Value):
    """A skill a credential claims; uri: the same skill in ESCO, O*NET or another public list."""

    slug: str
    title: str
    uri: str | None = None

    @field_validator("uri")
    @classmethod
    def _uri_is_a_web_address(cls, uri: str | None) -> str | None:
        if uri and not re.fullmatch(r"(https?://|urn:)[^\s<>\"]{1,500}", uri):
            raise ValueError(
                f'"{uri[:60]}" is not an address: it begins with http://, https:// or urn:, without spaces'
            )
        return uri or None


class Organisation(Value):
    """An employer. sector: ISIC section letter; size_band: one of SIZE_BANDS; country: two letters (ISO 3166)."""

    slug: str
    name: str
    sector: str | None = None
    size_band: str | None = None
    country: str | None = None

    @field_validator("sector")
    @classmethod
    def _sector_is_known(cls, sector: str | None) -> str | None:
        return one_of(sector, tuple(SECTORS), "sector") if sector else None

    @field_validator("size_band")
    @classmethod
    def _size_band_is_known(cls, size_band: str | None) -> str | None:
        return one_of(size_band, SIZE_BANDS, "size band") if size_band else None

    @field_validator("country")
    @classmethod
    def _country_has_two_letters(cls, country: str | None) -> str | None:
        if country and not re.fullmatch("[A-Z]{2}", country):
            raise ValueError(f'country "{country}" is not a code of two capital letters, as ES or DE')
        return country or None


class CredentialFields(Value):
    """The fields of a credential that fit in one row; its skills are listed apart."""

    slug: str
    title: str
    kind: str
    programme: str
    issuer: str = ""
    carriers: list[str] = Field(default_factory=list)
    description: str = ""
    level: str | None = None
    audience: str | None = None
    planned_weeks: float | None = Field(default=None, gt=0, le=520)
    hours: float | None = Field(default=None, gt=0, le=20000)
    fee: float | None = Field(default=None, ge=0, le=1e9)
    currency: str | None = None
    languages: list[str] = Field(default_factory=list)
    lifecycle: str = "live"
    sectors: list[str] = Field(default_factory=list)

    @field_validator("carriers")
    @classmethod
    def _carriers_are_known(cls, carriers: list[str]) -> list[str]:
        return [one_of(carrier, CARRIERS, "carrier") for carrier in carriers]

    @field_validator("lifecycle")
    @classmethod
    def _lifecycle_is_known(cls, lifecycle: str) -> str:
        return one_of(lifecycle, LIFECYCLE, "lifecycle")

    @field_validator("sectors")
    @classmethod
    def _sectors_are_known(cls, sectors: list[str]) -> list[str]:
        return [one_of(sector, tuple(SECTORS), "sector") for sector in sectors]

    @field_validator("languages")
    @classmethod
    def _languages_are_codes(cls, languages: list[str]) -> list[str]:
        for language in languages:
            if not re.fullmatch("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", language):
                raise ValueError(f'language "{language}" is not a code such as en, es or pt-BR')
        return languages

    @field_validator("currency")
    @classmethod
    def _currency_has_three_letters(cls, currency: str | None) -> str | None:
        if currency and not re.fullmatch("[A-Z]{3}", currency):
            raise ValueError(f'currency "{currency}" is not a code of three capital letters, as EUR')
        return currency or None

    @model_validator(mode="after")
    def _fee_has_a_currency(self) -> "CredentialFields":
        if self.fee and not self.currency:
            raise ValueError("a fee needs its currency, as EUR")
        return self


class Credential(CredentialFields):
    """What is rated: a micro-credential, badge or certificate.

    carriers: how it is handed over (of CARRIERS), apart from its kind. planned_weeks and hours: a learner's time.
    fee 0 is free of charge, None not known. skills: slugs of the skills it claims, in order, none twice.
    sectors: ISIC letters of the branches it aims at.
    """

    skills: list[str] = Field(default_factory=list)

    @field_validator("skills")
    @classmethod
    def _skills_are_slugs(cls, skills: list[str]) -> list[str]:
        for skill in skills:
            if not is_slug(skill):
                raise ValueError(
                    f'skill "{skill}" is not a slug: lower-case letters, digits and hyphens, 1 to 80 of them'
                )
        return list(dict.fromkeys(skills))


class Run(Value):
    """One delivery of a credential to one cohort. Counts are of people: enrolled >= started >= completed >= passed."""

    slug: str
    credential: str
    label: str
    starts: date | None = None
    ends: date | None = None
    delivery: str = "digital"
    beta: bool = False
    planned_weeks: float | None = Field(default=None, gt=0, le=520)
    actual_weeks: float | None = Field(default=None, gt=0, le=520)
    enrolled: int | None = Field(default=None, ge=0, le=2_000_000_000)
    started: int | None = Field(default=None, ge=0, le=2_000_000_000)
    completed: int | None = Field(default=None, ge=0, le=2_000_000_000)
    passed: int | None = Field(default=None, ge=0, le=2_000_000_000)

    @field_validator("delivery")
    @classmethod
    def _delivery_is_known(cls, delivery: str) -> str:
        return one_of(delivery, DELIVERIES, "delivery")

    @model_validator(mode="after")
    def _dates_and_counts_agree(self) -> "Run":
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError(f"it ends on {self.ends}, before it starts on {self.starts}")
        known = [
            (name, count)
            for name in ("enrolled", "started", "completed", "passed")
            if (count := getattr(self, name)) is not None
        ]
        for (wider, more), (narrower, fewer) in pairwise(known):
            if fewer > more:
                raise ValueError(f"{narrower} is {fewer}, more than {wider} ({more})")
        return self
