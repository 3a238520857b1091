"""The tables of trust: accounts and what they may, what was done, how long answers are kept, who reads which comment,
and what the committee decides, as they are today."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from feedback.store.columns import Document, Instant
from feedback.store.tables.base import Table


class Accounts(Table, table=True):
    """Somebody who may sign in. email: case-folded, what they sign in by. password: Argon2id, "" for none.

    issuer, subject: who vouches for them by OIDC, "" before they first came that way. ended_before: sessions that began
    earlier count no more. disabled_on: None while they may come in.
    """

    __tablename__ = "accounts"
    id: str = Field(primary_key=True, max_length=32)
    name: str = Field(max_length=300)
    email: str = Field(unique=True, max_length=320)
    password: str = Field(max_length=300)
    issuer: str = Field(max_length=300)
    subject: str = Field(max_length=300)
    ended_before: datetime = Field(sa_type=Instant)
    made_on: date
    disabled_on: date | None
    is_sample: bool = False


class Grants(Table, table=True):
    """A role somebody has. scope: "" the whole institution, "programme:SLUG" or "credential:SLUG"."""

    __tablename__ = "grants"
    account: str = Field(primary_key=True, foreign_key="accounts.id", ondelete="CASCADE", max_length=32)
    role: str = Field(primary_key=True, max_length=20)
    scope: str = Field(primary_key=True, max_length=100)


class Sessions(Table, table=True):
    """A browser that is signed in. hash: SHA-256 of the id in its cookie, which is kept nowhere. how: "password" or
    "link"."""

    __tablename__ = "sessions"
    __table_args__ = {"sqlite_with_rowid": False}
    hash: str = Field(primary_key=True, max_length=64)
    account: str = Field(foreign_key="accounts.id", ondelete="CASCADE", index=True, max_length=32)
    how: str = Field(max_length=20)
    begun: datetime = Field(sa_type=Instant)
    ends: datetime = Field(sa_type=Instant)


class SignInLinks(Table, table=True):
    """A link that signs somebody in once, or lets them choose a password. hash: SHA-256 of its token and purpose.

    purpose: "sample" or "password". Goes when it is used.
    """

    __tablename__ = "sign_in_links"
    __table_args__ = {"sqlite_with_rowid": False}
    hash: str = Field(primary_key=True, max_length=64)
    account: str = Field(foreign_key="accounts.id", ondelete="CASCADE", index=True, max_length=32)
    purpose: str = Field(max_length=20)
    ends: datetime = Field(sa_type=Instant)


class AuditEvents(Table, table=True):
    """What somebody did, in order (number, from 1). Only ever added to.

    actor: an account's id, "operator", "worker", or "" for nobody known. action: a word, as "export". about: what it
    was about, as "credential:data-badge". details: what else is to be known, never an answer, a token or a password.
    digest: HMAC-SHA256, under the key outside the database, of the digest before and all of this row.
    """

    __tablename__ = "audit_events"
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant)
    actor: str = Field(index=True, max_length=80)
    action: str = Field(max_length=40)
    about: str = Field(max_length=300)
    details: dict[str, object] = Field(sa_type=Document)
    digest: str = Field(max_length=64)


class Moderations(Table, table=True):
    """What was decided of a comment. credential "" when the comment has none, as in its reading.

    state: "public", "internal", "withheld" or "safety". reason: a word of a list, as "names_somebody". note: the
    moderator's own words. masks: list of [start, end) in the masked text, what the moderator blackened. by: account.
    """

    __tablename__ = "moderations"
    __table_args__ = {"sqlite_with_rowid": False}
    response: str = Field(primary_key=True, foreign_key="responses.key", ondelete="CASCADE", max_length=32)
    question: str = Field(primary_key=True, max_length=80)
    credential: str = Field(primary_key=True, max_length=90)
    state: str = Field(index=True, max_length=20)
    reason: str = Field(max_length=40)
    note: str
    masks: list[list[int]] = Field(sa_type=Document)
    by: str = Field(max_length=80)
    decided_on: date
    is_sample: bool = False


class Notices(Table, table=True):
    """What people are told before they answer: the notice of a survey ("" for all that have none of their own) in a
    language, one row a version. text: the fields of the notice. digest: SHA-256 of it. since: its first day."""

    __tablename__ = "notices"
    survey: str = Field(primary_key=True, max_length=80)
    language: str = Field(primary_key=True, max_length=20)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    text: dict[str, str] = Field(sa_type=Document)
    digest: str = Field(max_length=64)
    since: date


class Terms(Table, table=True):
    """How long the answers of a survey ("" for all that have no terms of their own) are kept after it closes.

    comments_months: what people wrote. answers_months: what they chose; None: for good, counted and without a name.
    """

    __tablename__ = "terms"
    survey: str = Field(primary_key=True, max_length=80)
    comments_months: int
    answers_months: int | None
    set_on: date
    by: str = Field(max_length=80)


class Holds(Table, table=True):
    """A survey of which nothing may be erased by schedule while the hold lasts. lifted_on: None while it lasts."""

    __tablename__ = "holds"
    id: str = Field(primary_key=True, max_length=32)
    survey: str = Field(foreign_key="surveys.slug", ondelete="CASCADE", index=True, max_length=80)
    reason: str
    by: str = Field(max_length=80)
    set_on: date
    lifted_on: date | None


class Decisions(Table, table=True):
    """What the committee decided about a credential, with the findings it saw, as they stood.

    outcome: a word of a list, as "change". evidence: the findings as shown, frozen. digest: SHA-256 of the evidence.
    present, apart: the accounts that decided, and those that stood aside for a conflict of interest.
    """

    __tablename__ = "decisions"
    id: str = Field(primary_key=True, max_length=32)
    credential: str = Field(foreign_key="credentials.slug", index=True, max_length=80)
    day: date
    outcome: str = Field(max_length=40)
    words: str
    evidence: dict[str, object] = Field(sa_type=Document)
    digest: str = Field(max_length=64)
    present: list[str] = Field(sa_type=Document)
    apart: list[str] = Field(sa_type=Document)
    by: str = Field(max_length=80)
    is_sample: bool = False


class Conflicts(Table, table=True):
    """Somebody has an interest in a credential, and takes no part in what is decided of it. ended_on: None while so."""

    __tablename__ = "conflicts"
    account: str = Field(primary_key=True, foreign_key="accounts.id", ondelete="CASCADE", max_length=32)
    credential: str = Field(primary_key=True, foreign_key="credentials.slug", ondelete="CASCADE", max_length=80)
    statement: str
    declared_on: date
    ended_on: date | None


class Policies(Table, table=True):
    """A rule that holds for a credential ("" for all): assessment, identity, appeals, data, ... title, text in words.

    version: from 1, one row each. since: its first day. review_due: when it is to be looked at again.
    """

    __tablename__ = "policies"
    slug: str = Field(primary_key=True, max_length=80)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    credential: str = Field(index=True, max_length=80)
    area: str = Field(max_length=40)
    title: str = Field(max_length=300)
    text: str
    since: date
    review_due: date | None
    by: str = Field(max_length=80)
    is_sample: bool = False


class ReviewRounds(Table, table=True):
    """One round of expert review of a credential. stage: "design", "beta" or "yearly". survey: what asks the reviewers,
    None before it is opened. closed_on: None while it goes on."""

    __tablename__ = "review_rounds"
    id: str = Field(primary_key=True, max_length=32)
    credential: str = Field(foreign_key="credentials.slug", index=True, max_length=80)
    stage: str = Field(max_length=20)
    due_on: date
    survey: str | None = Field(foreign_key="surveys.slug", ondelete="SET NULL", index=True, max_length=80)
    reviewers: list[str] = Field(sa_type=Document)
    opened_on: date | None
    closed_on: date | None
    is_sample: bool = False


class ModerationNotes(Table, table=True):
    """How two reviewers who lie far apart on a criterion were brought together, or why not."""

    __tablename__ = "moderation_notes"
    __table_args__ = (Index(None, "round", "criterion"),)
    id: str = Field(primary_key=True, max_length=32)
    round: str = Field(foreign_key="review_rounds.id", ondelete="CASCADE", max_length=32)
    criterion: str = Field(max_length=80)
    note: str
    by: str = Field(max_length=80)
    made_on: date
    is_sample: bool = False
