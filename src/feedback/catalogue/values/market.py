"""What the market says, with its source and its day; and the people and organisations outside who say it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import field_validator, model_validator

from feedback.catalogue.values.base import (
    NEEDED,
    Value,
    email_address,
    field,
    joined_slug,
    language_code,
    short_digest,
    slug_for,
    web_address,
)
from feedback.catalogue.values.choices import (
    CONSENTS,
    CONTACT_ROLES,
    MEASURES,
    ORGANISATION_TYPES,
    SECTORS,
    SIZE_BANDS,
)


class MarketEvidence(Value):
    """A figure from outside: how much a skill or topic is wanted (demand), or how many others offer it (supply)."""

    slug: str = field("Short name", "Follows from what is measured, the source and the day.", NEEDED)
    skill: str | None = field("Skill", "The skill it is about, if it is one of ours.", refers="skills")
    topic: str | None = field("Topic", "What it is about otherwise.")
    measure: str = field("Measure", "Whether it tells of demand or of supply.", NEEDED, choices=MEASURES)
    value: float = field("Value", "The figure.", NEEDED, ge=0, lt=1e12)
    unit: str | None = field("Unit", "What the figure counts, as vacancies or providers.")
    on: date = field("Day", "The day the figure is of.", NEEDED)
    source: str = field("Source", "Who says so.", NEEDED)
    url: str | None = field("Address", "Where the source can be read.")
    region: str | None = field("Region", "For which region it holds.")
    note: str | None = field("Note", "Anything worth knowing.", long=True)

    @classmethod
    def own_slug(cls, fields: Mapping[str, Any]) -> str:
        """What is measured, where, by whom and when; not the figure, which may be put right."""
        subject = fields.get("skill") or fields.get("topic")
        parts = ("measure", "on", "source", "unit", "region")
        return joined_slug(subject, *(fields.get(part) for part in parts))

    @model_validator(mode="before")
    @classmethod
    def _slug_follows(cls, fields: Any) -> Any:
        return _with_slug(cls, fields)

    @field_validator("source")
    @classmethod
    def _source_is_told(cls, source: str) -> str:
        if not source:
            raise ValueError("is empty; a figure without a source is worth nothing")
        return source

    @field_validator("url")
    @classmethod
    def _url_is_a_web_address(cls, url: str | None) -> str | None:
        return web_address(url)

    @model_validator(mode="after")
    def _is_about_something(self) -> "MarketEvidence":
        if not self.skill and not self.topic:
            raise ValueError("a skill or a topic is needed: what the figure is about")
        return self


class Organisation(Value):
    """An employer. sector: ISIC section letter; size_band: one of SIZE_BANDS; country: two letters (ISO 3166);
    occupations: slugs of the roles it fills."""

    slug: str = field("Short name", "Lower-case letters, digits and hyphens; what it is known by.", NEEDED)
    name: str = field("Name", "What the organisation is called.", NEEDED)
    type: str | None = field("Type", "What kind of organisation it is.", choices=ORGANISATION_TYPES)
    sector: str | None = field("Sector", "Its branch, by ISIC letter.", choices=tuple(SECTORS))
    size_band: str | None = field("Size", "How many people work there.", choices=SIZE_BANDS)
    occupations: list[str] = field("Occupations", "Roles it fills.", list, refers="occupations", makes=True)
    country: str | None = field("Country", "Two capital letters, as ES or DE.")
    partner: bool | None = field("Partner", "Whether it has agreed to work with us.")
    note: str | None = field("Note", "Anything worth knowing.", long=True)

    @field_validator("country")
    @classmethod
    def _country_has_two_letters(cls, country: str | None) -> str | None:
        if country and not re.fullmatch("[A-Z]{2}", country):
            raise ValueError(f'country "{country}" is not a code of two capital letters, as ES or DE')
        return country or None


class Contact(Value):
    """Somebody at an organisation who may be asked. consents: what they have agreed to, and nothing else; empty while
    they have not said, ["none"] when they agree to nothing. "panel" is to be asked again."""

    slug: str = field("Short name", "Follows from organisation and mail address; holds no name.", NEEDED)
    organisation: str = field("Organisation", "Where they work.", NEEDED, refers="organisations")
    name: str = field("Name", "What they are called.", NEEDED)
    email: str | None = field("Mail", "Their mail address.")
    role: str | None = field("Role", "What they are to us.", choices=CONTACT_ROLES)
    language: str | None = field("Language", "The code of the language they are written to in.")
    consents: list[str] = field("Consents", "What they have agreed to.", list, choices=CONSENTS)
    last_asked: date | None = field("Last asked", "The day they were last asked for something.")
    note: str | None = field("Note", "Anything worth knowing.", long=True)

    @classmethod
    def own_slug(cls, fields: Mapping[str, Any]) -> str:
        """Organisation and a digest of the address, else of the name."""
        who = str(fields.get("email") or fields.get("name") or "").strip().casefold()
        return slug_for(f"{str(fields.get('organisation') or '')[:60]} {short_digest(who)}", "contact") if who else ""

    @model_validator(mode="before")
    @classmethod
    def _slug_follows(cls, fields: Any) -> Any:
        return _with_slug(cls, fields)

    @field_validator("email")
    @classmethod
    def _email_is_an_address(cls, email: str | None) -> str | None:
        return email_address(email)

    @field_validator("language")
    @classmethod
    def _language_is_a_code(cls, language: str | None) -> str | None:
        return language_code(language) if language else None

    @field_validator("consents")
    @classmethod
    def _none_stands_alone(cls, consents: list[str]) -> list[str]:
        if "none" in consents and len(consents) > 1:
            raise ValueError("none stands alone: whoever agrees to nothing agrees to nothing else")
        return consents

    @property
    def may_be_asked_again(self) -> bool:
        """Whether they agree to being asked again, or have not said."""
        return not self.consents or "panel" in self.consents


class Reviewer(Value):
    """An expert outside who reviews. independence: what they declared about it, on the day independence_on."""

    slug: str = field("Short name", "Follows from the mail address; holds no name.", NEEDED)
    name: str = field("Name", "What they are called.", NEEDED)
    email: str | None = field("Mail", "Their mail address.")
    affiliation: str | None = field("Affiliation", "Where they work.")
    fields: list[str] = field("Fields", "What they are expert in.", list)
    independence: str | None = field("Independence", "What they declare about their independence.", long=True)
    independence_on: date | None = field("Declared on", "The day they declared it.")
    active: bool = field("Active", "Whether they may be asked for a review.", True)

    @classmethod
    def own_slug(cls, fields: Mapping[str, Any]) -> str:
        """A digest of the address, else of the name."""
        who = str(fields.get("email") or fields.get("name") or "").strip().casefold()
        return f"reviewer-{short_digest(who)}" if who else ""

    @model_validator(mode="before")
    @classmethod
    def _slug_follows(cls, fields: Any) -> Any:
        return _with_slug(cls, fields)

    @field_validator("email")
    @classmethod
    def _email_is_an_address(cls, email: str | None) -> str | None:
        return email_address(email)

    @model_validator(mode="after")
    def _a_statement_has_its_day(self) -> "Reviewer":
        if bool(self.independence) != bool(self.independence_on):
            raise ValueError("a statement of independence and the day it was made (independence_on) go together")
        return self


def _with_slug(value: type[Value], fields: Any) -> Any:
    if isinstance(fields, Mapping) and not fields.get("slug"):
        return {**fields, "slug": value.own_slug(fields)}
    return fields
