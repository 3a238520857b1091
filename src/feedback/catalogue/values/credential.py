"""The credential itself, its kind, and how much of it is described."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import field_validator, model_validator

from feedback.catalogue.values.base import NEEDED, Value, field, language_code, web_address
from feedback.catalogue.values.choices import (
    CARRIERS,
    INTENSITIES,
    ISSUER_TYPES,
    LIFECYCLE,
    SECTORS,
    SIGNED,
    SPECIALISATIONS,
)

SHORTEST_USUAL_WEEKS, LONGEST_USUAL_WEEKS = 10, 12
PURPOSE = ("purpose_skill", "specialisation", "applied_evidence", "purpose_audience", "stakeholders")
"""The fields of the purpose sheet."""


class Programme(Value):
    """A family of credentials with one lead; what roles are scoped to."""

    slug: str = field("Short name", "Lower-case letters, digits and hyphens; what it is known by.", NEEDED)
    title: str = field("Title", "What the programme is called.", NEEDED)
    discipline: str | None = field("Discipline", "The field of study, to compare disciplines.")
    description: str | None = field("Description", "What the programme is about.", long=True)


class CredentialKind(Value):
    """A kind of credential: one of the eight that come along, or one the organisation adds.

    names, meanings: the same by language code; a language missing there falls back to `name` and `meaning`.
    """

    slug: str = field("Short name", "Lower-case letters, digits and hyphens; what it is known by.", NEEDED)
    name: str = field("Name", "What the kind is called.", NEEDED)
    meaning: str = field("Meaning", "What makes a credential one of this kind.", "", long=True)
    names: dict[str, str] = field("Names", "The name by language code, as es: Insignia.", dict)
    meanings: dict[str, str] = field("Meanings", "The meaning by language code.", dict, long=True)

    def name_in(self, language: str) -> str:
        """The kind's name in a language, else its own name."""
        return self.names.get(language, self.name)

    def meaning_in(self, language: str) -> str:
        """What the kind means, in a language if we have it."""
        return self.meanings.get(language, self.meaning)

    @field_validator("names", "meanings")
    @classmethod
    def _by_language(cls, texts: dict[str, str]) -> dict[str, str]:
        return {language_code(language): text for language, text in texts.items()}


class CredentialFields(Value):
    """The fields of a credential that fit in one row; its skills are listed apart."""

    slug: str = field("Short name", "Lower-case letters, digits and hyphens; what it is known by.", NEEDED)
    title: str = field("Title", "What the credential is called.", NEEDED)
    kind: str = field("Kind", "Which kind of credential it is.", NEEDED, refers="kinds")
    programme: str = field("Programme", "The programme it belongs to.", NEEDED, refers="programmes", makes=True)
    issuer: str = field("Issuer", "Who awards it.", "")
    issuer_type: str | None = field("Type of issuer", "What the issuer is.", choices=ISSUER_TYPES)
    backing_body: str | None = field("Backing body", "Who stands behind it besides the issuer.")
    carriers: list[str] = field("Evidence", "How it is handed over, apart from its kind.", list, choices=CARRIERS)
    description: str = field("Description", "What it is, in a few sentences.", "", long=True)
    level: str | None = field("Level", "How advanced it is, in your own scheme, as EQF 5 or entry.")
    audience: str | None = field("Audience", "Whom it is made for.")
    for_working_people: bool | None = field("For people at work", "Whether it is made for people who work.")
    planned_weeks: float | None = field("Planned weeks", "Weeks from start to end; 10 to 12 is typical.", gt=0, le=520)
    weeks_reason: str | None = field("Why these weeks", "Why it takes fewer than 10 weeks, or more than 12.", long=True)
    intensity: str | None = field("Intensity", "How much of a week it takes.", choices=INTENSITIES)
    hours: float | None = field("Hours", "A learner's hours in all.", gt=0, le=20000)
    fee: float | None = field("Fee", "What a learner pays; 0 is free of charge.", ge=0, le=1e9)
    currency: str | None = field("Currency", "The fee's currency, as EUR.")
    languages: list[str] = field("Languages", "Codes of the languages it is given in, as en or pt-BR.", list)
    lifecycle: str = field("Stage", "How far it is: from an idea to retired.", "live", choices=LIFECYCLE)
    review_due: date | None = field("Review due", "The day by which it is to be looked at again.")
    standard: str | None = field("Standard", "The standard or framework it follows.")
    assessment: str | None = field("Assessment", "How proficiency is confirmed before it is awarded.", long=True)
    project_component: str | None = field("Project", "The project learners do, if they do one.", long=True)
    portfolio_evidence: str | None = field(
        "For the portfolio", "What a learner has to show for it afterwards.", long=True
    )
    market_driven: bool | None = field("Market-driven", "Whether its content follows what the market asks for.")
    verification_url: str | None = field("Verification link", "Where anybody can check that one is genuine.")
    signed: str | None = field("Signed", "Whether it carries a digital signature.", choices=SIGNED)
    licence: str | None = field("Licence", "Under which licence its material stands.")
    rights: str | None = field("Rights", "Who holds the rights, and what others may do.", long=True)
    regulation: str | None = field("Regulation", "Rules of law that bear on it.", long=True)
    supplements: list[str] = field("Supplements", "Degrees it is taken alongside.", list)
    topics: list[str] = field("Subjects", "What it is about, to see how varied a portfolio is.", list)
    sectors: list[str] = field("Sectors", "Branches it aims at, by ISIC letter.", list, choices=tuple(SECTORS))
    occupations: list[str] = field("Occupations", "Roles it leads to.", list, refers="occupations", makes=True)
    purpose_skill: str | None = field("Purpose: skill", "The skill, or bundle of skills, it is for.", long=True)
    specialisation: str | None = field("Purpose: depth", "How specialised it is.", choices=SPECIALISATIONS)
    applied_evidence: str | None = field("Purpose: proof", "How a learner shows the skill applied.", long=True)
    purpose_audience: str | None = field("Purpose: audience", "Who needs it, and for what.", long=True)
    stakeholders: list[str] = field("Purpose: consulted", "Who was asked before it was made.", list)

    @field_validator("languages")
    @classmethod
    def _languages_are_codes(cls, languages: list[str]) -> list[str]:
        return [language_code(language) for language in languages]

    @field_validator("verification_url")
    @classmethod
    def _link_is_a_web_address(cls, address: str | None) -> str | None:
        return web_address(address)

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

    skills: list[str] = field("Skills", "The skills it claims, in order.", list, refers="skills", makes=True)


@dataclass(frozen=True)
class Completeness:
    """How much of something is described. share: 0 to 1; missing: names of the fields that say nothing."""

    share: float
    missing: tuple[str, ...]


def unusual_weeks(weeks: float | None) -> bool:
    """Whether a time to completion is outside what is typical, so that one would like to know why.

    >>> unusual_weeks(10), unusual_weeks(12.5), unusual_weeks(None)
    (False, True, False)
    """
    return weeks is not None and not SHORTEST_USUAL_WEEKS <= weeks <= LONGEST_USUAL_WEEKS


def completeness(credential: Credential, fields: Sequence[str] | None = None) -> Completeness:
    """How much of a credential is described: of its fields (PURPOSE: its purpose sheet), by default of all.

    A reason for the weeks counts only where they are unusual, a currency only where there is a fee.

    >>> completeness(Credential(slug="c", title="C", kind="badge", programme="p"), PURPOSE).share
    0.0
    """
    asked = [name for name in fields or type(credential).model_fields if _applies(credential, name)]
    missing = tuple(name for name in asked if getattr(credential, name) in (None, "", []))
    return Completeness(1 - len(missing) / len(asked) if asked else 1.0, missing)


def _applies(credential: Credential, name: str) -> bool:
    if name == "weeks_reason":
        return unusual_weeks(credential.planned_weeks)
    return bool(credential.fee) if name == "currency" else True
