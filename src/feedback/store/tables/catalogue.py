"""The tables of the catalogue as they are today: what is rated, where it runs, who employs its holders."""

from sqlmodel import Field

from feedback.catalogue.values import (
    CredentialFields,
    CredentialKind,
    Organisation,
    Programme,
    Run,
    Skill,
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


class Skills(Table, Skill, table=True):
    """Skills that credentials claim."""

    __tablename__ = "skills"
    slug: str = Field(primary_key=True, max_length=80)
    is_sample: bool = False


class Organisations(Table, Organisation, table=True):
    """Employers. name_key: the name case-folded, whitespace collapsed; what an organisation is found by."""

    __tablename__ = "organisations"
    slug: str = Field(primary_key=True, max_length=80)
    name_key: str = Field(index=True)
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
    is_sample: bool = False
