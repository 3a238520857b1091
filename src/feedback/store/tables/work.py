"""The tables of what is made of the answers, and of the work that waits, as they are today."""

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from feedback.store.columns import Document, Instant
from feedback.store.tables.base import Table


class Blocks(Table, table=True):
    """Counted answers in columns, for one instrument and credential: what every finding reads.

    part: "answers" (all months and roles together), "answers:2026-03" (by month and role), "topics", "topics:rated" or
    "products". data: an Arrow file (see store.blocks). people: distinct responses counted in it.
    digest: SHA-256 of what it says, the same however it came about. Holds published answers only; can be thrown away
    and made again from the responses.
    """

    __tablename__ = "blocks"
    instrument: str = Field(primary_key=True, max_length=80)
    credential: str = Field(primary_key=True, max_length=80)
    part: str = Field(primary_key=True, max_length=20)
    people: int
    data: bytes = Field(sa_type=LargeBinary)
    digest: str = Field(max_length=64)


class Releases(Table, table=True):
    """What was published when. number: from 1. reason: "enough", "closed", "import", "undo", "erasure", "rebuild".

    units: one entry for every instrument and credential that changed: {instrument, credential, people, digest}, people
    being all whose answers are published of it now. digest: SHA-256 over the units and the release before.
    """

    __tablename__ = "releases"
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    made_on: date
    reason: str = Field(max_length=20)
    units: list[dict[str, object]] = Field(sa_type=Document)
    digest: str = Field(max_length=64)


class Finished(Table, table=True):
    """A finding worked out and passed through the gate, ready to draw. Thrown away when its data version is old.

    choice: what was chosen, as text. mark: of all it was worked out from; while that stays the same it holds for later
    versions, too. document: see findings.finished.
    """

    __tablename__ = "finished"
    finding: str = Field(primary_key=True, max_length=80)
    choice: str = Field(primary_key=True, max_length=400)
    version: int
    mark: str = Field(max_length=64)
    document: dict[str, object] = Field(sa_type=Document)


class Jobs(Table, table=True):
    """Work for the worker. One of a kind and subject at a time.

    state: "ready", "running", "again" (running, and asked for once more meanwhile) or "parked" (three tries failed;
    shown, and in nobody's way). A running job is its worker's until lease_until; then anybody may take it. priority:
    lower first. attempts: tries begun.
    done, total: progress, 0 of None while nobody knows. error: what went wrong last, in words fit to show.
    """

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("kind", "subject"), Index(None, "state", "ready_at"))
    id: str = Field(primary_key=True, max_length=32)
    kind: str = Field(max_length=40)
    subject: str = Field(max_length=300)
    payload: dict[str, object] = Field(sa_type=Document)
    priority: int
    state: str = Field(max_length=20)
    attempts: int
    ready_at: datetime = Field(sa_type=Instant)
    worker: str | None = Field(max_length=80)
    lease_until: datetime | None = Field(sa_type=Instant)
    done: int
    total: int | None
    error: str


class Outbox(Table, table=True):
    """Messages that wait to be sent. once: whoever asks twice for the same message is sent one.

    kind: what it is for ("invitation", "reminder", ...). state: "waiting", "under way", "sent" or "failed". sent_on:
    the day.
    """

    __tablename__ = "outbox"
    id: str = Field(primary_key=True, max_length=32)
    once: str = Field(unique=True, max_length=200)
    kind: str = Field(max_length=40)
    recipient: str = Field(max_length=320)
    subject: str
    body: str
    state: str = Field(index=True, max_length=20)
    attempts: int
    ready_at: datetime = Field(sa_type=Instant)
    sent_on: date | None
    error: str


class Meta(Table, table=True):
    """Numbers about the whole: data_version, raised with every change that a page could show; the row publishing is
    locked by; and which rules and readers made what is kept."""

    __tablename__ = "meta"
    name: str = Field(primary_key=True, max_length=40)
    value: int
