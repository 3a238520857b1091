"""The tables of asking: whom a link is for, forms begun, how far people get, what may be written to whom."""

from datetime import date

from sqlalchemy import LargeBinary
from sqlmodel import Field

from feedback.store.columns import Document
from feedback.store.tables.base import Table


class InstrumentVersions(Table, table=True):
    """A questionnaire as its file said it, one row a version: whoever began on it goes on with it.

    source, scales: the text of its file, and of the scales it names. digest: SHA-256 of both.
    """

    __tablename__ = "instrument_versions"
    instrument: str = Field(primary_key=True, max_length=80)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    source: str
    scales: str
    digest: str = Field(max_length=64)


class Invitations(Table, table=True):
    """Somebody is asked to answer a survey, once. Nothing of what they answer is here, nor anything that leads to it.

    used_on: the day it was used, "0000-00-00" while it was not: a row that grew would move within the file, and tell
    the order in which people answered. recipient: the address it was sent to, "" for none; emptied when the survey is
    over. contact: of an employer's invitation. about: the credentials chosen for this contact, else empty. asked: how
    many messages went out, the last on last_asked.
    """

    __tablename__ = "invitations"
    __table_args__ = {"sqlite_with_rowid": False}
    id: str = Field(primary_key=True, max_length=32)
    survey: str = Field(foreign_key="surveys.slug", ondelete="CASCADE", index=True, max_length=80)
    contact: str | None = Field(foreign_key="contacts.slug", ondelete="SET NULL", index=True, max_length=80)
    recipient: str = Field(max_length=320)
    language: str = Field(max_length=20)
    about: list[str] = Field(sa_type=Document)
    expires_on: date | None
    revoked_on: date | None
    used_on: str = Field(max_length=10)
    asked: int
    last_asked: date | None
    is_sample: bool = False


class InvitationLinks(Table, table=True):
    """The links of an invitation: a reminder brings another, and the first stays good. hash: HMAC-SHA256 of the token
    and its purpose under the key that lies outside the database; the token itself is kept nowhere."""

    __tablename__ = "invitation_links"
    __table_args__ = {"sqlite_with_rowid": False}
    hash: str = Field(primary_key=True, max_length=64)
    invitation: str = Field(foreign_key="invitations.id", ondelete="CASCADE", index=True, max_length=32)


class Drafts(Table, table=True):
    """A form begun and not sent: sealed with a key that only the link, or the browser's cookie, leads to.

    id follows from that key, too. Goes with the submission, or 30 days after saved_on.
    """

    __tablename__ = "drafts"
    __table_args__ = {"sqlite_with_rowid": False}
    id: str = Field(primary_key=True, max_length=32)
    survey: str = Field(foreign_key="surveys.slug", ondelete="CASCADE", index=True, max_length=80)
    invitation: str | None = Field(foreign_key="invitations.id", ondelete="CASCADE", index=True, max_length=32)
    saved_on: date
    sealed: bytes = Field(sa_type=LargeBinary)


class Funnel(Table, table=True):
    """How far people get, counted by survey and language, without a time and without a trace of who.

    mark: "opened", "started", "reached" (value: the step), "finished", "seconds" (value: how long it took, rounded up
    to ten), else value 0.
    """

    __tablename__ = "funnel"
    survey: str = Field(primary_key=True, foreign_key="surveys.slug", ondelete="CASCADE", max_length=80)
    language: str = Field(primary_key=True, max_length=20)
    mark: str = Field(primary_key=True, max_length=20)
    value: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    count: int


class ResponseFlags(Table, table=True):
    """A sign that a response may be worth little ("fast", "straight", "copied"): kept, shown, and never a reason to
    delete it in silence."""

    __tablename__ = "response_flags"
    __table_args__ = {"sqlite_with_rowid": False}
    response: str = Field(primary_key=True, foreign_key="responses.key", ondelete="CASCADE", max_length=32)
    flag: str = Field(primary_key=True, max_length=20)


class KeptAddresses(Table, table=True):
    """An address somebody left on purpose, on a form of its own, for one message: then it is deleted.

    purpose: "follow_up" (ask me again in six months), "referral" (ask this person at work) or "news" (tell me when
    something is changed). due_on: the day the message is due, some days before or after the round date, so that it does
    not tell on which day it was left; of news the last day it is kept.
    """

    __tablename__ = "kept_addresses"
    __table_args__ = {"sqlite_with_rowid": False}
    id: str = Field(primary_key=True, max_length=32)
    purpose: str = Field(max_length=20)
    address: str = Field(max_length=320)
    language: str = Field(max_length=20)
    credential: str = Field(foreign_key="credentials.slug", ondelete="CASCADE", index=True, max_length=80)
    due_on: date
    is_sample: bool = False


class Askings(Table, table=True):
    """That an address was written to: whoever was asked often enough is left in peace. recipient: HMAC-SHA256 of it."""

    __tablename__ = "askings"
    __table_args__ = {"sqlite_with_rowid": False}
    id: str = Field(primary_key=True, max_length=32)
    recipient: str = Field(index=True, max_length=64)
    survey: str = Field(foreign_key="surveys.slug", ondelete="CASCADE", index=True, max_length=80)
    asked_on: date


class Refusals(Table, table=True):
    """An address that asked not to be written to again. recipient: HMAC-SHA256 of it."""

    __tablename__ = "refusals"
    __table_args__ = {"sqlite_with_rowid": False}
    recipient: str = Field(primary_key=True, max_length=64)
    refused_on: date


class AskedAbout(Table, table=True):
    """That a contact was asked about a credential, so that next time it is another's turn."""

    __tablename__ = "asked_about"
    __table_args__ = {"sqlite_with_rowid": False}
    contact: str = Field(primary_key=True, foreign_key="contacts.slug", ondelete="CASCADE", max_length=80)
    credential: str = Field(primary_key=True, foreign_key="credentials.slug", ondelete="CASCADE", max_length=80)
    asked_on: date
