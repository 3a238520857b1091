"""The tables of the catalogue as they are today: what is rated, where it runs, who judges it, and what was changed."""

from datetime import date

from sqlalchemy import Index
from sqlmodel import Field

from feedback.catalogue.values import (
    Alignment,
    Contact,
    CredentialFields,
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
)
from feedback.store.columns import Document
from feedback.store.tables.base import Table


class Programmes(Table, Programme, table=True):
    """Programmes, by slug."""

    __tablename__ = "programmes"
    slug: str = Field(primary_key=True, max_length=80)
    is_sample: bool = False


class CredentialKinds(Table, CredentialKind, table=True):
    """Kinds of credential: the eight that come along, and the organisation's own."""

    __tablename__ = "credential_kinds"
    slug: str = Field(primary_key=True, max_length=80)
    names: dict[str, str] = Field(sa_type=Document)
    meanings: dict[str, str] = Field(sa_type=Document)
    is_sample: bool = False


class Modules(Table, Module, table=True):
    """Parts of a programme's teaching."""

    __tablename__ = "modules"
    slug: str = Field(primary_key=True, max_length=80)
    programme: str = Field(foreign_key="programmes.slug", index=True, max_length=80)
    is_sample: bool = False


class Skills(Table, Skill, table=True):
    """Skills that credentials claim."""

    __tablename__ = "skills"
    slug: str = Field(primary_key=True, max_length=80)
    alternatives: list[str] = Field(sa_type=Document)
    is_sample: bool = False


class Occupations(Table, Occupation, table=True):
    """Roles employers fill."""

    __tablename__ = "occupations"
    slug: str = Field(primary_key=True, max_length=80)
    is_sample: bool = False


class Organisations(Table, Organisation, table=True):
    """Employers. name_key: the name case-folded, whitespace collapsed; what an organisation is found by."""

    __tablename__ = "organisations"
    slug: str = Field(primary_key=True, max_length=80)
    name_key: str = Field(index=True)
    occupations: list[str] = Field(sa_type=Document)
    is_sample: bool = False


class Credentials(Table, CredentialFields, table=True):
    """Credentials; their skills are rows of credential_skills."""

    __tablename__ = "credentials"
    slug: str = Field(primary_key=True, max_length=80)
    kind: str = Field(foreign_key="credential_kinds.slug", max_length=80)
    programme: str = Field(foreign_key="programmes.slug", index=True, max_length=80)
    carriers: list[str] = Field(sa_type=Document)
    languages: list[str] = Field(sa_type=Document)
    sectors: list[str] = Field(sa_type=Document)
    supplements: list[str] = Field(sa_type=Document)
    topics: list[str] = Field(sa_type=Document)
    occupations: list[str] = Field(sa_type=Document)
    stakeholders: list[str] = Field(sa_type=Document)
    is_sample: bool = False


class CredentialSkills(Table, table=True):
    """Which skills a credential claims, in the order it names them (position from 0)."""

    __tablename__ = "credential_skills"
    credential: str = Field(primary_key=True, foreign_key="credentials.slug", ondelete="CASCADE", max_length=80)
    skill: str = Field(primary_key=True, foreign_key="skills.slug", index=True, max_length=80)
    position: int


class Runs(Table, Run, table=True):
    """Deliveries of credentials."""

    __tablename__ = "runs"
    slug: str = Field(primary_key=True, max_length=80)
    credential: str = Field(foreign_key="credentials.slug", index=True, max_length=80)
    test_results: dict[str, int] = Field(sa_type=Document)
    is_sample: bool = False


class Stacks(Table, Stack, table=True):
    """What credentials count towards. target_credential: the target where it is one, else None."""

    __tablename__ = "stacks"
    slug: str = Field(primary_key=True, max_length=80)
    credential: str = Field(foreign_key="credentials.slug", index=True, max_length=80)
    target_credential: str | None = Field(foreign_key="credentials.slug", index=True, max_length=80)
    is_sample: bool = False


class Pathways(Table, Pathway, table=True):
    """Credentials in the order they are best taken."""

    __tablename__ = "pathways"
    slug: str = Field(primary_key=True, max_length=80)
    programme: str = Field(foreign_key="programmes.slug", index=True, max_length=80)
    steps: list[str] = Field(sa_type=Document)
    is_sample: bool = False


class Alignments(Table, Alignment, table=True):
    """Which module teaches and assesses which skill of which credential."""

    __tablename__ = "alignments"
    slug: str = Field(primary_key=True, max_length=80)
    credential: str = Field(foreign_key="credentials.slug", index=True, max_length=80)
    skill: str = Field(foreign_key="skills.slug", index=True, max_length=80)
    module: str = Field(foreign_key="modules.slug", index=True, max_length=80)
    is_sample: bool = False


class MarketEvidences(Table, MarketEvidence, table=True):
    """Dated, sourced figures of demand and supply."""

    __tablename__ = "market_evidence"
    slug: str = Field(primary_key=True, max_length=80)
    skill: str | None = Field(foreign_key="skills.slug", index=True, max_length=80)
    is_sample: bool = False


class Contacts(Table, Contact, table=True):
    """People at organisations who may be asked."""

    __tablename__ = "contacts"
    slug: str = Field(primary_key=True, max_length=80)
    organisation: str = Field(foreign_key="organisations.slug", index=True, max_length=80)
    consents: list[str] = Field(sa_type=Document)
    is_sample: bool = False


class Reviewers(Table, Reviewer, table=True):
    """Independent experts who review."""

    __tablename__ = "reviewers"
    slug: str = Field(primary_key=True, max_length=80)
    fields: list[str] = Field(sa_type=Document)
    is_sample: bool = False


class Changes(Table, table=True):
    """What was changed in the catalogue, in order (number). batch: what was changed together, and is undone together.

    before, after: the value as a document; None where it was not there. was_sample: what was before was the sample's.
    by: who did it, "" when nobody says. A removed person's history is emptied: then both are None.
    """

    __tablename__ = "changes"
    __table_args__ = (Index(None, "entity", "slug"),)
    number: int | None = Field(default=None, primary_key=True)
    entity: str = Field(max_length=40)
    slug: str = Field(max_length=80)
    before: dict[str, object] | None = Field(sa_type=Document)
    after: dict[str, object] | None = Field(sa_type=Document)
    was_sample: bool
    day: date
    batch: str = Field(index=True, max_length=32)
    by: str
