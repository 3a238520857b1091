"""What was changed in the catalogue, by whom and when; and how to take a batch of changes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from sqlalchemy import Row, select, update
from sqlmodel import Session

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.values import Value
from feedback.errors import Problem, Refused
from feedback.store import catalogue, meta
from feedback.store.catalogue import Place
from feedback.store.clock import now
from feedback.store.inserting import table_of
from feedback.store.tables import Changes, Imports


@dataclass(frozen=True)
class Change:
    """One value, added (before None), changed or removed (after None). by: who, "" when nobody says.

    before, after: the value's fields, days as texts. Both None: it was about a person who is removed.
    """

    number: int
    entity: str
    slug: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    day: date
    batch: str
    by: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that were changed; all those that say something for what was added or removed."""
        before, after = self.before or {}, self.after or {}
        return tuple(name for name in {**before, **after} if (before.get(name) or None) != (after.get(name) or None))


@dataclass(frozen=True)
class Undone:
    """What an undo did. batch: the name of the undo itself, which can be undone, too."""

    batch: str
    removed: int
    restored: int


def read_changes(
    session: Session, entity: str | None = None, slug: str | None = None, *, batch: str | None = None, most: int = 1000
) -> list[Change]:
    """What was changed, the newest first: of an entity, of one value of it, or in one batch; by default of all."""
    table = table_of(Changes)
    asked = {"entity": entity, "slug": slug, "batch": batch}
    conditions = [table.c[name] == value for name, value in asked.items() if value is not None]
    newest = select(table).where(*conditions).order_by(table.c.number.desc()).limit(most)
    return [
        Change(row.number, row.entity, row.slug, row.before, row.after, row.day, row.batch, row.by)
        for row in session.connection().execute(newest)
    ]


def undo(session: Session, batch: str, *, by: str = "") -> Undone:
    """Bring everything a batch changed back to what it was before, and say so in the history.

    Refused as a whole, with every reason, when something of it was changed since, or is needed by something else;
    and when there is no such batch, or nothing left of it to undo.
    """
    steps = _steps(session, batch)
    found = catalogue.rows_at(session, list(steps))
    problems = [
        Problem(f'{ENTITIES[place[0]].one} "{place[1]}"', f"was changed since {_when(session, place, batch)}.")
        for place, step in steps.items()
        if found.get(place, (None,))[0] != step.after
    ]
    back = {place: step.before for place, step in steps.items() if step.before is not None}
    gone = [place for place, step in steps.items() if step.before is None]
    problems += catalogue.dangling(session, back, gone)
    problems += catalogue.needed(session, gone, back)
    if problems:
        raise Refused(problems)
    name = catalogue.new_batch()
    catalogue.record(session, [(place, found.get(place), step.before) for place, step in steps.items()], name, by)
    for is_sample in (False, True):
        catalogue.write(
            session, [value for place, value in back.items() if steps[place].was_sample is is_sample], is_sample
        )
    catalogue.take_away(session, gone)
    imports = table_of(Imports)
    session.connection().execute(update(imports).where(imports.c.id == batch).values(undone_on=now(session).date()))
    meta.bump(session)
    return Undone(name, removed=len(gone), restored=len(back))


@dataclass(frozen=True)
class _Step:
    """What a batch made of one value, from its first change of it to its last."""

    before: Value | None
    after: Value | None
    was_sample: bool


def _steps(session: Session, batch: str) -> dict[Place, _Step]:
    table = table_of(Changes)
    rows = list(session.connection().execute(select(table).where(table.c.batch == batch).order_by(table.c.number)))
    if not rows:
        raise Refused([Problem(f'batch "{batch}"', "is not known. The list of imports and the history name them.")])
    first: dict[Place, Row[Any]] = {}
    last: dict[Place, Row[Any]] = {}
    for row in rows:
        place = (row.entity, row.slug)
        first.setdefault(place, row)
        last[place] = row
    steps = {
        place: _Step(_value(place[0], row.before), _value(place[0], last[place].after), row.was_sample)
        for place, row in first.items()
        if row.before is not None or last[place].after is not None
    }
    if not steps:
        raise Refused([Problem(f'batch "{batch}"', "has nothing left to undo: what it was about is gone for good.")])
    return steps


def _value(entity: str, document: Mapping[str, Any] | None) -> Value | None:
    """A value from the history. It was checked when it was new; a field added since is as if nobody had said it."""
    if document is None:
        return None
    kept = ENTITIES[entity].value
    fields = {name: told for name, told in document.items() if name in kept.model_fields}
    for name, told in fields.items():
        if told is not None and date in (
            kept.model_fields[name].annotation,
            *get_args(kept.model_fields[name].annotation),
        ):
            fields[name] = date.fromisoformat(told)
    return kept.model_construct(**fields)


def _when(session: Session, place: Place, batch: str) -> str:
    """On which day, and in which batch, a value was changed after a batch had changed it."""
    for change in read_changes(session, *place, most=1):
        if change.batch != batch:
            return f"on {change.day} (batch {change.batch})"
    return "by somebody's answer or with the sample"
