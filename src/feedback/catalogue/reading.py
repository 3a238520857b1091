"""Rows of a table into values of the catalogue, every cell checked and every slip told by line and column.

A row is its line number and its cells by our own column names (an entity's columns); a column the file does not have is
not in the row. For what the catalogue holds already, such columns keep their old value, and an empty cell clears it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError

from feedback.catalogue.contents import ENTITIES, Entity, called
from feedback.catalogue.hints import hints
from feedback.catalogue.rows import read_cell, read_number, shortened, split
from feedback.catalogue.values import Value, is_slug, make_slug, slug_for
from feedback.catalogue.values.base import short_digest
from feedback.errors import suggest

__all__ = [
    "CONTROL", "Batch", "Catalogue", "Names", "Row", "Tell", "folded", "read_number", "read_values", "shortened",
    "slug_for",
]  # fmt: skip

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

Row = tuple[int, Mapping[str, str]]
Tell = Callable[[int, str | None, str], None]
"""Takes a line, our name of a column (None: the whole line) and a sentence saying what was found and is allowed."""

Catalogue = Mapping[str, Sequence[Value]]
"""What the catalogue holds, by entity."""

Say = Callable[[str | None, str], None]
PATIENCE = 20_000  # comparisons of names, for suggestions; some three seconds at the worst
UNKNOWN = "unknown"  # stands in for a name already told to be unknown, so that it is told once


@dataclass(frozen=True)
class Batch:
    """What rows say. values: one a row. made: by entity, what they name that is new (or, for what is named as
    "slug: title", has a new title)."""

    values: tuple[Value, ...]
    made: Mapping[str, tuple[Value, ...]]


def read_values(entity: Entity, rows: Iterable[Row], known: Catalogue, tell: Tell, *, new_kinds: bool = False) -> Batch:
    """One value of an entity a row. Slips are told; the batch then lacks the rows that have any.

    What a cell refers to is named by slug or name. Some references make what is not there yet (a credential's programme
    and skills, which may be "slug: title", too; its kind only if `new_kinds`), others are slips. Without a slug, one of
    the same name is the same one where a name is enough (case and spaces aside), else the slug follows from the
    entity's identity. Two rows of one slug are a slip.
    """
    return _Reader(entity, known, tell, new_kinds).read(rows)


class _Reader:
    """Reads the rows of one table."""

    def __init__(self, entity: Entity, known: Catalogue, tell: Tell, new_kinds: bool) -> None:
        self._entity, self._known, self._tell, self._new_kinds = entity, known, tell, new_kinds
        self._hints = hints(entity.value)
        self._names: dict[str, Names] = {}
        self._old = {_slug(value): value for value in known.get(entity.name, ())}
        self._lines: dict[str, int] = {}

    def read(self, rows: Iterable[Row]) -> Batch:
        values = []
        for line, row in rows:
            slips: list[tuple[str | None, str]] = []
            value = self._value(line, row, slips)
            if value is not None and not slips:
                values.append(value)
            for column, message in slips:
                self._tell(line, column, message)
        return Batch(tuple(values), {name: self._made(name) for name, names in self._names.items() if names.added})

    def _value(self, line: int, row: Mapping[str, str], slips: list[tuple[str | None, str]]) -> Value | None:
        def say(column: str | None, message: str) -> None:
            slips.append((column, message))

        cells = _clean(row, say)
        given = self._fields(cells, say)
        slug = given.get("slug") or self._same(given) or self._entity.value.own_slug(given)
        wrong = {column for column, _ in slips}
        if slug in self._lines and not wrong.intersection(self._entity.identity):
            earlier = self._lines[slug]
            say("slug", f'"{slug}" is what line {earlier} is called already; give every row a slug of its own.')
        if slug:
            self._lines.setdefault(slug, line)
        before = self._old[slug].model_dump(exclude=set(cells)) if slug in self._old else {}
        return _checked(self._entity.value, {**before, **given, "slug": slug}, cells, slips)

    def _same(self, given: Mapping[str, Any]) -> str | None:
        """The slug of what has the same name, where that is enough."""
        name = given.get(self._entity.names) if self._entity.by_name else None
        return self._names_of(self._entity.name).find(name) if isinstance(name, str) else None

    def _fields(self, cells: Mapping[str, str], say: Say) -> dict[str, Any]:
        """The fields the cells speak of. Empty cells are left out, so that they are not known."""
        given: dict[str, Any] = {}
        for column, cell in cells.items():
            said = read_cell(self._hints[column], cell, partial(say, column)) if cell else None
            if said is not None:
                given[column] = said
        for column, entity in self._entity.value.referring(given).items():
            if column in given:
                given[column] = self._referred(column, entity, cells[column], say)
        return given

    def _referred(self, column: str, entity: str, cell: str, say: Say) -> str | list[str]:
        """The slug, or slugs, of what a cell names."""
        hint, names, one = self._hints[column], self._names_of(entity), ENTITIES[entity].one
        if hint.shape == "list" and hint.makes:
            return [names.entry(entry, one) for entry in split(cell)]
        found = [
            self._one(entry, entity, hint.makes, column, say) for entry in ([cell], split(cell))[hint.shape == "list"]
        ]
        return found if hint.shape == "list" else found[0]

    def _one(self, name: str, entity: str, makes: bool, column: str, say: Say) -> str:
        names, one = self._names_of(entity), ENTITIES[entity].one
        slug = names.find(name)
        if slug is None and (makes or (entity == "kinds" and self._new_kinds)):
            slug = names.add(name, slug_for(name, one))
        if slug is None:
            where = "is no kind here" if entity == "kinds" else "is not in the catalogue"
            every = f" Known: {', '.join(names.slugs)}." if entity == "kinds" else ""
            say(column, f'found "{shortened(name)}", which {where}.{names.near(name)}{every}')
        return slug or UNKNOWN

    def _names_of(self, entity: str) -> "Names":
        if entity not in self._names:
            known = self._known.get(entity, ())
            self._names[entity] = Names((_slug(value), called(ENTITIES[entity], value)) for value in known)
        return self._names[entity]

    def _made(self, entity: str) -> tuple[Value, ...]:
        """What was named that is new, or has a new name."""
        made, names = ENTITIES[entity], self._names[entity]
        old = {_slug(value): value for value in self._known.get(entity, ())}
        return tuple(
            old[slug].model_copy(update={made.names: name})
            if slug in old
            else made.value(**{"slug": slug, made.names: name})
            for slug, name in names.added.items()
        )


def folded(name: str) -> str:
    """A name as it is compared: without regard to case, width, spacing, hyphens, commas and underscores.

    >>> folded("Micro-credential") == folded(" micro  CREDENTIAL"), folded("C++") == folded("C#")
    (True, False)
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(re.sub(r"[-\u2010-\u2015_,]", " ", plain).split()) or plain


class Names:
    """Finds slugs by slug or name, and makes slugs for new names.

    added: slug -> name of what is new, or known and named anew.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.added: dict[str, str] = {}
        self._names = dict(pairs)
        self._found = {folded(name): slug for slug, name in reversed(self._names.items())}
        self.slugs = tuple(self._names)
        self._patience = PATIENCE

    def find(self, text: str) -> str | None:
        """The slug of what is called so; None when nothing is."""
        return text if text in self._names else self._found.get(folded(text))

    def near(self, text: str) -> str:
        """The sentence that offers the slug most like a name not found; empty when none is.

        Each costs a look at every slug, so that only the first names get one, and none among very many slugs.
        """
        self._patience -= len(self.slugs)
        return suggest(make_slug(text[:100]) or text[:100], self.slugs) if self._patience >= 0 else ""

    def add(self, name: str, slug: str) -> str:
        """Note a new name, at most 300 long. The slug gets a suffix made from the name when another has taken it."""
        if slug in self._names:
            slug = f"{slug[:70]}-{short_digest(name)}"
        self.added[slug] = self._names[slug] = name[:300]
        self._found[folded(name)] = slug
        return slug

    def entry(self, text: str, what: str) -> str:
        """The slug of a name, of a slug known, or of "slug: name", which may be new or a new name for a known slug."""
        slug, colon, name = (part.strip() for part in text.partition(":"))
        if not (colon and name and is_slug(slug)):
            return self.find(text) or self.add(text, slug_for(text, what))
        if self._names.get(slug) != name:
            self.added[slug] = self._names[slug] = name[:300]
            self._found[folded(name)] = slug
        return slug


def _slug(value: Value) -> str:
    return value.slug  # type: ignore[attr-defined]


def _clean(row: Mapping[str, str], say: Say) -> dict[str, str]:
    cells = {}
    for column, cell in row.items():
        if bad := CONTROL.search(cell):
            say(column, f"found the control character U+{ord(bad[0]):04X}; please take it out.")
        cells[column] = "" if bad else cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    return cells


def _checked(
    value: type[Value], fields: Mapping[str, Any], cells: Mapping[str, str], slips: list[tuple[str | None, str]]
) -> Value | None:
    """The value, or None and what is wrong with it added to the slips: one of each column, those there are first."""
    told = {column for column, _ in slips}
    try:
        return value.model_validate(fields)
    except ValidationError as error:
        for wrong in error.errors():
            column = str(wrong["loc"][0]) if wrong["loc"] else None
            # The empty name a slug would be made from is told itself.
            if column not in told and not (column == "slug" and not fields["slug"]):
                slips.append((column, _worded(wrong, cells.get(column or "", ""))))
        return None


def _worded(wrong: Any, cell: str) -> str:
    """A message of pydantic's in our words."""
    bounds, kind = wrong.get("ctx", {}), wrong["type"]
    if kind == "value_error":
        return shortened(str(bounds["error"]).rstrip("."), 500) + "."
    if kind == "missing" or (not cell and wrong.get("input") is None):
        return "is empty; it is needed."
    if kind.startswith(("greater", "less")):
        words = {"gt": "above", "ge": "of at least", "lt": "below", "le": "of at most"}
        name = next(name for name in words if name in bounds)
        return f'found "{shortened(cell)}"; a number {words[name]} {bounds[name]:,.15g} is needed.'
    return f'found "{shortened(cell)}"; {wrong["msg"]}.'
