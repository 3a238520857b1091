"""Everything the catalogue knows, in one list: imports, exports, pages, tables and history walk it.

To add to the catalogue: a value class in `values`, a table in `store.tables.catalogue`, and an entry here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from feedback.catalogue.values import (
    Alignment,
    Contact,
    Credential,
    CredentialKind,
    MarketEvidence,
    Module,
    Occupation,
    Organisation,
    Pathway,
    Programme,
    Reviewer,
    Run,
    Skill,
    Stack,
    Value,
)


@dataclass(frozen=True)
class Entity:
    """Something the catalogue knows.

    name: what commands call it, and other entities refer to it by. value: its class. one, many: what people call one
    of it, and several. meaning: one sentence. identity: the fields its slug follows from where a file gives none.
    names: the field people know one by. by_name: whether one of the same name is the same one. personal: whether it
    holds data about a person, whose history goes with them.
    """

    name: str
    value: type[Value]
    one: str
    many: str
    meaning: str
    identity: tuple[str, ...]
    names: str
    by_name: bool = True
    personal: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a file, in order: one a field."""
        return tuple(self.value.model_fields)


def _named(name: str, value: type[Value], one: str, many: str, meaning: str, names: str = "title") -> Entity:
    """What is known by its name alone."""
    return Entity(name, value, one, many, meaning, (names,), names)


def _joined(
    name: str, value: type[Value], one: str, many: str, meaning: str, identity: str, names: str = "slug", **more: bool
) -> Entity:
    """What is known by several fields together."""
    return Entity(name, value, one, many, meaning, tuple(identity.split()), names, by_name=False, **more)


# Those referred to before those that refer, so that a file of each can be brought in, and each row kept, in this order.
ENTITIES: Mapping[str, Entity] = MappingProxyType(
    {
        entity.name: entity
        for entity in (
            _named(
                "kinds", CredentialKind, "kind", "Kinds",
                "Kinds of credential: the eight that come along and any you add.", "name",
            ),
            _named("programmes", Programme, "programme", "Programmes", "Families of credentials with one lead."),
            _joined(
                "modules", Module, "module", "Modules",
                "Parts of a programme's teaching, where skills are taught.", "programme title", "title",
            ),
            _named("skills", Skill, "skill", "Skills", "What credentials claim their holders can do."),
            _named("occupations", Occupation, "occupation", "Occupations", "Roles that employers fill."),
            _named(
                "credentials", Credential, "credential", "Credentials",
                "What is rated, with its purpose, its rules and whom it is for.",
            ),
            _joined(
                "runs", Run, "run", "Runs", "Deliveries of a credential, with their numbers.",
                "credential label", "label",
            ),
            _joined(
                "stacks", Stack, "stack", "Stacks",
                "Which credential counts towards which credential or degree.", "credential target",
            ),
            _named("pathways", Pathway, "pathway", "Pathways", "Credentials in the order they are best taken."),
            _joined(
                "alignments", Alignment, "alignment", "Alignments",
                "Which module teaches and assesses which skill of which credential.", "credential skill module",
            ),
            _joined(
                "market-evidence", MarketEvidence, "market evidence entry", "Market evidence",
                "Dated, sourced figures: what is wanted, and how many others offer it.", "measure on source",
            ),
            _named(
                "organisations", Organisation, "organisation", "Organisations",
                "Employers and others who may judge.", "name",
            ),
            _joined(
                "contacts", Contact, "contact", "Contacts", "People at organisations who may be asked.",
                "organisation name", "name", personal=True,
            ),
            _joined(
                "reviewers", Reviewer, "reviewer", "Reviewers", "Independent experts who review.",
                "name", "name", personal=True,
            ),
        )
    }
)  # fmt: skip


def entity_of(value: type[Value]) -> Entity | None:
    """The entity whose values are of this class; None for a class that is not in the catalogue."""
    return next((entity for entity in ENTITIES.values() if entity.value is value), None)


def called(entity: Entity, value: Value) -> str:
    """What people call a value of the entity."""
    return str(getattr(value, entity.names))
