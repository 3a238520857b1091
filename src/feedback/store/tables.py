"""The tables as they are today; `migrations/` holds the steps that brought them here.

They hang on a registry of their own: hot reload imports this file again, and SQLModel's shared registry would then
say "already defined" (sqlmodel issue 350). Rows of the sample institution carry `is_sample`.
"""

from datetime import date, datetime

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from feedback.catalogue.values import (
    CredentialFields,
    CredentialKind,
    Organisation,
    Programme,
    Run,
    Skill,
)
from feedback.store.columns import Document, Instant

# Names for constraints, so that a later step can find them on both databases (SQLite's batch mode needs them).
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """What all tables share: our own registry."""


metadata = Table.metadata


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


class Surveys(Table, table=True):
    """An instrument's version, opened for an audience. zone: name of a time zone, as Europe/Madrid."""

    __tablename__ = "surveys"
    slug: str = Field(primary_key=True, max_length=80)
    instrument: str = Field(max_length=80)
    version: int
    mode: str = Field(max_length=20)
    languages: list[str] = Field(sa_type=Document)
    opens: datetime = Field(sa_type=Instant)
    closes: datetime | None = Field(sa_type=Instant)
    zone: str = Field(max_length=64)
    run: str | None = Field(foreign_key="runs.slug", index=True, max_length=80)
    is_sample: bool = False


class SurveyTargets(Table, table=True):
    """Which credentials a survey is about, in order (position from 0)."""

    __tablename__ = "survey_targets"
    survey: str = Field(primary_key=True, foreign_key="surveys.slug", ondelete="CASCADE", max_length=80)
    credential: str = Field(primary_key=True, foreign_key="credentials.slug", index=True, max_length=80)
    position: int


class Responses(Table, table=True):
    """A submission as it was given: one document under a random key; no author, address, or time of day.

    WITHOUT ROWID on SQLite, so that the file holds no order of arrival; whoever reads orders by key.
    receipt_hash: SHA-256 of the receipt; None for what was imported.
    """

    __tablename__ = "responses"
    __table_args__ = {"sqlite_with_rowid": False}
    key: str = Field(primary_key=True, max_length=32)
    survey: str = Field(foreign_key="surveys.slug", index=True, max_length=80)
    instrument: str = Field(max_length=80)
    version: int
    language: str = Field(max_length=20)
    month: str = Field(max_length=7)
    about: list[str] = Field(sa_type=Document)
    answers: dict[str, object] = Field(sa_type=Document)
    organisation: str | None = Field(foreign_key="organisations.slug", index=True, max_length=80)
    role: str | None = Field(max_length=80)
    receipt_hash: str | None = Field(unique=True, max_length=64)
    is_sample: bool = False


class Endorsements(Table, table=True):
    """What an employer said when asked to stand behind a credential: theirs to give and to take back.

    Holds no response key, and never adds to recognition. answer: the option chosen; withdrawn_on: None while it stands.
    """

    __tablename__ = "endorsements"
    __table_args__ = {"sqlite_with_rowid": False}
    id: str = Field(primary_key=True, max_length=32)
    survey: str = Field(foreign_key="surveys.slug", index=True, max_length=80)
    credential: str = Field(foreign_key="credentials.slug", index=True, max_length=80)
    organisation: str | None = Field(foreign_key="organisations.slug", index=True, max_length=80)
    role: str | None = Field(max_length=80)
    answer: str = Field(max_length=80)
    given_on: date
    withdrawn_on: date | None
    is_sample: bool = False


class CommentReadings(Table, table=True):
    """What an analyser read in one comment; can be thrown away and made again. credential "" when the comment has none.

    sentiment, vader, textblob: -1 to 1, None when not scored. topics: list of {topic, start, end, polarity}.
    """

    __tablename__ = "comment_readings"
    __table_args__ = {"sqlite_with_rowid": False}
    response: str = Field(primary_key=True, foreign_key="responses.key", ondelete="CASCADE", max_length=32)
    question: str = Field(primary_key=True, max_length=80)
    credential: str = Field(primary_key=True, max_length=90)
    analyser: str = Field(max_length=80)
    language: str | None = Field(max_length=20)
    vader: float | None
    textblob: float | None
    sentiment: float | None
    topics: list[dict[str, object]] = Field(sa_type=Document)


class Imports(Table, table=True):
    """A file that was brought in: what, when (the day), and how much of it was new. file: its name without folders."""

    __tablename__ = "imports"
    id: str = Field(primary_key=True, max_length=32)
    kind: str = Field(max_length=40)
    file: str
    digest: str = Field(index=True, max_length=64)
    rows: int
    new_rows: int
    imported_on: date
    is_sample: bool = False


class Meta(Table, table=True):
    """Numbers about the whole: data_version, raised with every change that a page could show."""

    __tablename__ = "meta"
    name: str = Field(primary_key=True, max_length=40)
    value: int
