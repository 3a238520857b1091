"""The tables of what is told to everybody: what became of an action, and a credential's card, as they are today."""

from datetime import date

from sqlmodel import Field

from feedback.store.columns import Document
from feedback.store.tables.base import Table


class Tellings(Table, table=True):
    """What is told in public of an action, beside its own words. It shows while the action's told_on is set.

    words: {"learners": {language: text}, "employers": {language: text}}, each as whoever wrote it put it. found: what
    was found, at the limits of public pages, frozen when it was told. earlier: what was told of that before, the oldest
    first, so that nothing is told next to it from which a few could be known. effect: what came of it, once both sides
    of it pass the same limits; NULL until then. write_from: the day it was asked that those who want to hear be
    written to; written_on: the day that was done, once and for good. by: the account that told it last.
    """

    __tablename__ = "tellings"
    action: str = Field(primary_key=True, foreign_key="actions.id", ondelete="CASCADE", max_length=32)
    words: dict[str, dict[str, str]] = Field(sa_type=Document)
    found: dict[str, object] = Field(sa_type=Document)
    earlier: list[dict[str, object]] = Field(sa_type=Document)
    effect: dict[str, object] | None = Field(sa_type=Document)
    write_from: date | None
    written_on: date | None
    by: str = Field(max_length=80)


class PublicCards(Table, table=True):
    """A credential whose card anybody may see, or could. since: NULL while it is switched off. by: the account that
    switched it on. document: what it says, as the worker finished it at the limits of public pages; NULL until then.
    last: what it told last, also while it says nothing; the next one is held against it. NULL before the first."""

    __tablename__ = "public_cards"
    credential: str = Field(primary_key=True, foreign_key="credentials.slug", ondelete="CASCADE", max_length=80)
    since: date | None
    by: str = Field(max_length=80)
    document: dict[str, object] | None = Field(sa_type=Document)
    last: dict[str, object] | None = Field(sa_type=Document)
