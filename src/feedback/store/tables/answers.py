"""The tables of what was asked and answered as they are today."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from feedback.store.columns import Document, Instant
from feedback.store.tables.base import Table


class Surveys(Table, table=True):
    """An instrument's version, opened for an audience. zone: name of a time zone, as Europe/Madrid.

    local_questions: up to three questions of the programme's own beside the locked core, as an instrument's file would
    say them.
    """

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
    local_questions: list[dict[str, object]] = Field(sa_type=Document)
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
    receipt_hash: SHA-256 of the receipt; None for what was imported. batch: the import that brought it, else None.
    notice: the version of the notice they were shown, in their language; None where none was.
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
    batch: str | None = Field(index=True, max_length=32)
    notice: int | None = None
    is_sample: bool = False


class Waiting(Table, table=True):
    """Answers that no release has published yet: one row a response and credential it is about.

    credential: "" for what a response about several credentials says of none. A row goes with the release that
    publishes it. Answers brought in bulk wait as a whole (see Imports.waiting) and have no rows here.
    """

    __tablename__ = "waiting"
    __table_args__ = {"sqlite_with_rowid": False}
    instrument: str = Field(primary_key=True, max_length=80)
    credential: str = Field(primary_key=True, max_length=80)
    response: str = Field(primary_key=True, foreign_key="responses.key", ondelete="CASCADE", index=True, max_length=32)


class Endorsements(Table, table=True):
    """What an employer said when asked to stand behind a credential: theirs to give and to take back.

    Holds no response key, and never adds to recognition. answer: the option chosen; withdrawn_on: None while it stands.
    Of those who asked for the statement (see store.endorsements): link: HMAC-SHA256 of the link that confirms it and
    takes it back; sent_on: the day it was made; confirmed_on: the day from which it is public; named_on: the day the
    organisation agreed to be named as one that recognises the credential.
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
    link: str | None = Field(default=None, unique=True, index=True, max_length=64)
    sent_on: date | None = None
    confirmed_on: date | None = None
    named_on: date | None = None
    is_sample: bool = False


class CommentReadings(Table, table=True):
    """What an analyser read in one comment; can be thrown away and made again. credential "" when the comment has none.

    sentiment, vader, textblob: -1 to 1, None when not scored. topics: list of {topic, start, end, polarity}, the places
    in `masked`, which is the comment as it may be shown. order: a number without meaning, to draw some by.
    """

    __tablename__ = "comment_readings"
    __table_args__ = (Index(None, "credential", "order"), {"sqlite_with_rowid": False})
    response: str = Field(primary_key=True, foreign_key="responses.key", ondelete="CASCADE", max_length=32)
    question: str = Field(primary_key=True, max_length=80)
    credential: str = Field(primary_key=True, max_length=90)
    analyser: str = Field(max_length=80)
    language: str | None = Field(max_length=20)
    vader: float | None
    textblob: float | None
    sentiment: float | None
    topics: list[dict[str, object]] = Field(sa_type=Document)
    instrument: str = Field(max_length=80)
    masked: str
    order: int


class Imports(Table, table=True):
    """A file that was brought in: what, when (the day), and how much of it was new. file: its name without folders.

    waiting: its answers are kept, and no release has published them yet. undone_on: the day it was taken back.
    """

    __tablename__ = "imports"
    id: str = Field(primary_key=True, max_length=32)
    kind: str = Field(max_length=40)
    file: str
    digest: str = Field(index=True, max_length=64)
    rows: int
    new_rows: int
    imported_on: date
    waiting: bool
    undone_on: date | None
    is_sample: bool = False
