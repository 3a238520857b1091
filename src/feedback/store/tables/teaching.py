"""The tables of what teaches the reader of comments: what people said of its readings, the institution's own topics,
the models learned, and readings that wait until all are of one version, as they are today."""

from datetime import date

from sqlalchemy import LargeBinary
from sqlmodel import Field

from feedback.store.columns import Document
from feedback.store.tables.base import Table


class Corrections(Table, table=True):
    """What somebody said of a comment against its reading. credential "" when the comment has none, as in its reading.

    by: account. sentiment: "neg", "neu", "pos"; None where they said nothing of it. topics: what it is about, a list of
    {topic, start, end, polarity} as in a reading, the places in `masked` of the reading. absent: ids of topics it is
    not about. whole: they looked at all of it, so that it is about nothing else. at_random: the comment was drawn by
    chance alone, to measure the reader. Holds no word of the comment.
    """

    __tablename__ = "corrections"
    __table_args__ = {"sqlite_with_rowid": False}
    response: str = Field(primary_key=True, foreign_key="responses.key", ondelete="CASCADE", max_length=32)
    question: str = Field(primary_key=True, max_length=80)
    credential: str = Field(primary_key=True, max_length=90)
    by: str = Field(primary_key=True, max_length=80)
    sentiment: str | None = Field(max_length=3)
    topics: list[dict[str, object]] = Field(sa_type=Document)
    absent: list[str] = Field(sa_type=Document)
    whole: bool
    at_random: bool
    said_on: date
    is_sample: bool = False


class NextReadings(Table, table=True):
    """What a new version of the reader read in comments that are shown as another read them: it waits until all are
    read, and then takes the place of what is shown (see CommentReadings, whose columns it has)."""

    __tablename__ = "next_readings"
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
    instrument: str = Field(max_length=80)
    masked: str
    order: int


class Topics(Table, table=True):
    """A topic of the institution's own, or its edit of one that ships under the same id. The id is the meaning, and is
    never given to another.

    names: by language, "en" at least. seeds, exclusions: by language a list of words or short phrases. audiences: whose
    comments may be about it. retired_on: the day from which it is looked for no more; None while it is.
    """

    __tablename__ = "topics"
    id: str = Field(primary_key=True, max_length=60)
    names: dict[str, str] = Field(sa_type=Document)
    seeds: dict[str, list[str]] = Field(sa_type=Document)
    exclusions: dict[str, list[str]] = Field(sa_type=Document)
    audiences: list[str] = Field(sa_type=Document)
    retired_on: date | None
    by: str = Field(max_length=80)
    set_on: date


class ReaderModels(Table, table=True):
    """A model learned from the institution's own comments. kind: "sentiment" or "topic". sha256: of the bytes.

    quality: how well it does, measured by cross-validation. learned_from: so many comments. analyser: the program's
    version of the reader it was learned with. number: rises with every model of a kind and language; the last few are
    kept. in_use: whether it reads.
    """

    __tablename__ = "reader_models"
    kind: str = Field(primary_key=True, max_length=20)
    language: str = Field(primary_key=True, max_length=20)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    data: bytes = Field(sa_type=LargeBinary)
    sha256: str = Field(max_length=64)
    quality: dict[str, object] = Field(sa_type=Document)
    learned_from: int
    analyser: str = Field(max_length=80)
    learned_on: date
    in_use: bool
