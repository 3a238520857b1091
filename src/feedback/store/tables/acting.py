"""The tables of what is done about what was found: actions, and what became of each, as they are today."""

from datetime import date

from sqlmodel import Field

from feedback.store.columns import Document
from feedback.store.tables.base import Table


class Actions(Table, table=True):
    """What is to change of a credential (NULL for something new, which is of a programme, or without one of the
    institution). What it was made with is never changed, and lies under the digest: credential,
    programme, title, source, about, measure, baseline, expected, by_run, evidence, by, made_on.

    source: a word of a list, as "topic". about: the id of the line it came from. measure: what is looked at again;
    NULL: nothing. expected: by how much it gets better. by_run: slug of the run whose answers are compared, "" the next
    that closes. evidence: the findings as shown, frozen. digest: SHA-256 of the evidence. owner: an account. state: a
    word of a list, as "planned". told_on: NULL while it is not public. effect: NULL until it was measured.
    """

    __tablename__ = "actions"
    id: str = Field(primary_key=True, max_length=32)
    credential: str | None = Field(foreign_key="credentials.slug", index=True, max_length=80)
    title: str = Field(max_length=300)
    source: str = Field(max_length=20)
    about: str = Field(max_length=300)
    measure: dict[str, str] | None = Field(sa_type=Document)
    baseline: dict[str, object] = Field(sa_type=Document)
    expected: float | None
    by_run: str = Field(max_length=120)
    evidence: dict[str, object] = Field(sa_type=Document)
    digest: str = Field(max_length=64)
    owner: str = Field(index=True, max_length=80)
    due: date
    state: str = Field(index=True, max_length=20)
    words_learners: str
    words_employers: str
    told_on: date | None
    effect: dict[str, object] | None = Field(sa_type=Document)
    by: str = Field(max_length=80)
    made_on: date
    is_sample: bool = False
    programme: str | None = Field(default=None, foreign_key="programmes.slug", max_length=80)


class ActionSteps(Table, table=True):
    """What happened to an action, in order (number, from 1). Only ever added to.

    what: a word of a list, as "state". state: where the action stood after it. words: why, as whoever did it said.
    """

    __tablename__ = "action_steps"
    action: str = Field(primary_key=True, foreign_key="actions.id", ondelete="CASCADE", max_length=32)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    day: date
    by: str = Field(max_length=80)
    what: str = Field(max_length=20)
    state: str = Field(max_length=20)
    words: str
