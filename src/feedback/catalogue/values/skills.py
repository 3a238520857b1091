"""What a credential teaches and leads to: skills, modules, occupations, stacks and pathways."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import field_validator, model_validator

from feedback.catalogue.values.base import NEEDED, Value, field, is_slug, joined_slug, plain, slug_for, web_address
from feedback.catalogue.values.choices import OCCUPATION_SCHEMES, TARGET_KINDS


class Skill(Value):
    """A skill a credential claims; uri: the same skill in ESCO, O*NET or another public list."""

    slug: str = field("Short name", "Lower-case letters, digits and hyphens; what it is known by.", NEEDED)
    title: str = field("Title", "What the skill is called.", NEEDED)
    uri: str | None = field("Address", "The same skill in ESCO, O*NET or another public list.")
    alternatives: list[str] = field("Also called", "What others call the same skill.", list)
    competency: str | None = field("Competency", "The broader competency it is part of.")
    description: str | None = field("Description", "What somebody with this skill can do.", long=True)
    valid_from: date | None = field("Valid from", "The day since which it stands as it is.")
    review_due: date | None = field("Review due", "The day by which it is to be looked at again.")

    @field_validator("uri")
    @classmethod
    def _uri_is_a_web_address(cls, uri: str | None) -> str | None:
        return web_address(uri)


class Occupation(Value):
    """A role employers fill, with its code in ESCO or O*NET, or your own."""

    slug: str = field("Short name", "Lower-case letters, digits and hyphens; what it is known by.", NEEDED)
    title: str = field("Title", "What the occupation is called.", NEEDED)
    scheme: str | None = field("Scheme", "The list its code is from.", choices=OCCUPATION_SCHEMES)
    code: str | None = field("Code", "Its code there, as 15-2051.00.")
    uri: str | None = field("Address", "The same occupation in a public list.")

    @field_validator("uri")
    @classmethod
    def _uri_is_a_web_address(cls, uri: str | None) -> str | None:
        return web_address(uri)


class Module(Value):
    """A part of a programme's teaching; which skills it teaches and assesses is told by alignments."""

    slug: str = field("Short name", "Lower-case letters, digits and hyphens; what it is known by.", NEEDED)
    programme: str = field("Programme", "The programme it belongs to.", NEEDED, refers="programmes", makes=True)
    title: str = field("Title", "What the module is called.", NEEDED)
    description: str | None = field("Description", "What the module is about.", long=True)

    @classmethod
    def own_slug(cls, fields: Mapping[str, Any]) -> str:
        """Programme and title: several programmes may have an introduction."""
        title = str(fields.get("title") or "")
        return slug_for(f"{str(fields.get('programme') or '')[:40]} {title}", "module") if title else ""


class Joined(Value):
    """What is known by its parts: whoever makes one gives no slug, and a slug given must be the one the parts make."""

    @model_validator(mode="before")
    @classmethod
    def _slug_follows_from_the_parts(cls, fields: Any) -> Any:
        if isinstance(fields, Mapping) and not fields.get("slug"):
            return {**fields, "slug": cls.own_slug(fields)}
        return fields

    @model_validator(mode="after")
    def _slug_fits_the_parts(self) -> "Joined":
        own = self.own_slug(self.model_dump())
        if getattr(self, "slug", own) != own:
            raise ValueError(f'its short name follows from its parts and is "{own}"; leave it empty for a new one')
        return self


class Alignment(Joined):
    """That a module teaches, or assesses, or both, a skill that a credential claims."""

    slug: str = field("Short name", "Follows from credential, skill and module.", NEEDED)
    credential: str = field("Credential", "The credential that claims the skill.", NEEDED, refers="credentials")
    skill: str = field("Skill", "The skill.", NEEDED, refers="skills")
    module: str = field("Module", "Where it is taught or assessed.", NEEDED, refers="modules")
    teaches: bool = field("Teaches", "Whether the module teaches the skill.", True)
    assesses: bool = field("Assesses", "Whether the module assesses the skill.", False)
    note: str | None = field("Note", "Anything worth knowing.", long=True)

    @classmethod
    def own_slug(cls, fields: Mapping[str, Any]) -> str:
        """Credential, skill and module."""
        return joined_slug(*(fields.get(name) or "" for name in ("credential", "skill", "module")))


class Stack(Joined):
    """That a credential counts towards another credential or a degree. target: a credential's slug, or a degree."""

    slug: str = field("Short name", "Follows from credential and target.", NEEDED)
    credential: str = field("Credential", "The credential that counts.", NEEDED, refers="credentials")
    target_kind: str = field("Towards a", "What it counts towards.", "credential", choices=TARGET_KINDS)
    target: str = field("Target", "The credential's short name, or what the degree is called.", NEEDED)
    note: str | None = field("Note", "How much it counts, or under which condition.", long=True)

    @classmethod
    def own_slug(cls, fields: Mapping[str, Any]) -> str:
        """Credential, what kind of target, and target."""
        kind = fields.get("target_kind") or "credential"
        return joined_slug(*(_stripped(part) for part in (fields.get("credential"), fields.get("target"), kind)))

    @classmethod
    def referring(cls, fields: Mapping[str, Any]) -> dict[str, str]:
        """The credential, and the target where it is one."""
        towards_one = (fields.get("target_kind") or "credential") == "credential"
        return super().referring(fields) | ({"target": "credentials"} if towards_one else {})

    @model_validator(mode="after")
    def _target_is_something_else(self) -> "Stack":
        if not self.target:
            raise ValueError("a target is needed: a credential's short name, or what a degree is called")
        if self.target_kind == "credential":
            if not is_slug(self.target):
                raise ValueError(f'the target "{self.target}" is no credential; for a degree, say so in target_kind')
            if self.target == self.credential:
                raise ValueError("a credential does not count towards itself")
        return self


class Pathway(Value):
    """Credentials in the order in which they are best taken. steps: their slugs, none twice."""

    slug: str = field("Short name", "Lower-case letters, digits and hyphens; what it is known by.", NEEDED)
    title: str = field("Title", "What the pathway is called.", NEEDED)
    programme: str = field("Programme", "The programme it belongs to.", NEEDED, refers="programmes", makes=True)
    description: str | None = field("Description", "Where it leads.", long=True)
    steps: list[str] = field("Steps", "Its credentials, first to last.", list, refers="credentials")


def _stripped(part: Any) -> str:
    try:
        return plain(str(part or ""))
    except ValueError:
        return ""  # it is refused where it stands
