"""Rows of a table into values of the catalogue, every cell checked and every slip told by line and column.

A row is its line number and its cells by our own column names (see the *_COLUMNS); a column the file does not have is
not in the row. For what the catalogue holds already, such columns keep their old value, and an empty cell clears it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, TypeVar

from pydantic import ValidationError

from feedback.catalogue.values import (
    Credential,
    CredentialKind,
    Organisation,
    Programme,
    Run,
    Skill,
    is_slug,
    make_slug,
)
from feedback.errors import suggest

CREDENTIAL_COLUMNS = (
    *("slug", "title", "kind", "programme", "issuer", "level", "audience", "carriers", "skills", "planned_weeks"),
    *("hours", "fee", "currency", "languages", "lifecycle", "description", "sectors"),
)
RUN_COLUMNS = (
    *("slug", "credential", "label", "starts", "ends", "delivery", "beta", "planned_weeks", "actual_weeks"),
    *("enrolled", "started", "completed", "passed"),
)
ORGANISATION_COLUMNS = ("slug", "name", "sector", "size_band", "country")

LISTS = ("carriers", "skills", "languages", "sectors")
NUMBERS = ("planned_weeks", "actual_weeks", "hours", "fee")
COUNTS = ("enrolled", "started", "completed", "passed")
DATES = ("starts", "ends")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
YES, NO = ("yes", "true", "1"), ("no", "false", "0")

Row = tuple[int, Mapping[str, str]]
Tell = Callable[[int, str | None, str], None]
"""Takes a line, our name of a column (None: the whole line) and a sentence saying what was found and is allowed."""

Say = Callable[[str | None, str], None]
PATIENCE = 20_000  # comparisons of names, for suggestions; some three seconds at the worst
UNKNOWN = "unknown"  # stands in for a name already told to be unknown, so that it is told once

Kept = TypeVar("Kept", Credential, Run, Organisation)


@dataclass(frozen=True)
class CatalogueBatch:
    """Values of the catalogue: what it holds already, or what rows say. Of programmes, kinds and skills the rows'
    batch has only those that are new (or, for a skill given as "slug: title", have a new title)."""

    credentials: tuple[Credential, ...] = ()
    runs: tuple[Run, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    programmes: tuple[Programme, ...] = ()
    kinds: tuple[CredentialKind, ...] = ()
    skills: tuple[Skill, ...] = ()


def read_credentials(
    rows: Iterable[Row], known: CatalogueBatch, tell: Tell, *, new_kinds: bool = False
) -> CatalogueBatch:
    """One credential a row. Slips are told; the batch then lacks the rows that have any.

    kind: a kind's slug or name; an unknown one is a slip unless `new_kinds`, which adds it. programme: slug or title;
    a new one is made. carriers, languages and sectors are separated by "|"; so are skills, each a title, the slug
    of a known skill or "slug: title". Without a slug the title makes one; two rows of one slug are a slip.
    """
    kinds = Names((kind.slug, kind.name) for kind in known.kinds)
    programmes = Names((programme.slug, programme.title) for programme in known.programmes)
    skills = Names((skill.slug, skill.title) for skill in known.skills)

    def named(cells: Mapping[str, str], say: Say) -> dict[str, Any]:
        given: dict[str, Any] = {}
        if kind := cells.get("kind"):
            given["kind"] = kinds.find(kind) or (kinds.add(kind, slug_for(kind, "kind")) if new_kinds else UNKNOWN)
            if given["kind"] is UNKNOWN:
                near, known_kinds = kinds.near(kind), ", ".join(kinds.slugs)
                say("kind", f'found "{shortened(kind)}", which is no kind here.{near} Known: {known_kinds}.')
        if programme := cells.get("programme"):
            given["programme"] = programmes.find(programme) or programmes.add(
                programme, slug_for(programme, "programme")
            )
        if "skills" in cells:
            given["skills"] = [skills.entry(entry, "skill") for entry in _split(cells["skills"])]
        return given

    credentials = _read(Credential, rows, known.credentials, tell, named, lambda cells: cells.get("title", ""))
    old_skills = {skill.slug: skill for skill in known.skills}
    return CatalogueBatch(
        credentials=credentials,
        programmes=tuple(Programme(slug=slug, title=title) for slug, title in programmes.added.items()),
        kinds=tuple(CredentialKind(slug=slug, name=name) for slug, name in kinds.added.items()),
        skills=tuple(
            Skill(slug=slug, title=title, uri=old_skills[slug].uri if slug in old_skills else None)
            for slug, title in skills.added.items()
        ),
    )


def read_runs(rows: Iterable[Row], known: CatalogueBatch, tell: Tell) -> CatalogueBatch:
    """One run a row. credential: the slug or title of a known one. Without a slug, credential and label make one.

    Dates are written 2025-03-31; beta is yes or no.
    """
    names = Names((credential.slug, credential.title) for credential in known.credentials)

    def named(cells: Mapping[str, str], say: Say) -> dict[str, Any]:
        found = cells.get("credential", "")
        if found and names.find(found) is None:
            say("credential", f'found "{shortened(found)}", which is not in the catalogue.{names.near(found)}')
        return {"credential": names.find(found) or UNKNOWN} if found else {}

    def name(cells: Mapping[str, str]) -> str:
        credential = names.find(cells.get("credential", "")) or ""
        return f"{credential[:40]} {cells['label']}" if cells.get("label") else ""

    return CatalogueBatch(runs=_read(Run, rows, known.runs, tell, named, name))


def read_organisations(rows: Iterable[Row], known: CatalogueBatch, tell: Tell) -> CatalogueBatch:
    """One organisation a row: its name, and (if known) sector (ISIC letter A-V), size band and country (two letters).

    Without a slug, one of the same name (case and spaces aside) is the same organisation, else the name makes the slug.
    """
    names = Names((organisation.slug, organisation.name) for organisation in known.organisations)

    def named(cells: Mapping[str, str], say: Say) -> dict[str, Any]:
        same = names.find(cells.get("name", ""))
        return {"slug": same} if same and not cells.get("slug") else {}

    def name(cells: Mapping[str, str]) -> str:
        return cells.get("name", "")

    return CatalogueBatch(organisations=_read(Organisation, rows, known.organisations, tell, named, name))


def read_number(text: str) -> float | None:
    """A plain decimal number, with a point or (one or two places) a comma; None for anything else.

    >>> read_number(" 4.5 "), read_number("4,5"), read_number("1,250"), read_number("nan"), read_number("1e3")
    (4.5, 4.5, None, None, None)
    """
    if re.fullmatch(r"\s*[+-]?[0-9]{1,12}(\.[0-9]{1,12}|,[0-9]{1,2})?\s*", text):
        return float(text.replace(",", "."))
    return None


def shortened(text: str, length: int = 60) -> str:
    """Text for use in a message: on one line, printable, at most `length` characters.

    >>> shortened("six\\nseven")
    'six seven'
    """
    plain = "".join(char if char.isprintable() else " " for char in text[: length + 1])
    return plain if len(plain) <= length else plain[: length - 1] + "…"


def slug_for(name: str, what: str) -> str:
    """A slug for a name, always the same; names without a Latin letter or digit get one made from their digest.

    >>> slug_for("Data badge", "credential"), slug_for("数据", "credential")
    ('data-badge', 'credential-5440f742')
    """
    return make_slug(name) or f"{what}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


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
            slug = f"{slug[:70]}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
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


def _read(
    value: type[Kept],
    rows: Iterable[Row],
    known: Iterable[Kept],
    tell: Tell,
    named: Callable[[Mapping[str, str], Say], dict[str, Any]],
    name: Callable[[Mapping[str, str]], str],
) -> tuple[Kept, ...]:
    """Values of one class, one a row. named: the cells that name other values; name: what makes a missing slug."""
    old = {each.slug: each for each in known}
    lines: dict[str, int] = {}
    read: list[Kept] = []
    for line, row in rows:
        slips: list[tuple[str | None, str]] = []

        def say(column: str | None, message: str, slips: list[tuple[str | None, str]] = slips) -> None:
            slips.append((column, message))

        cells = _clean(row, say)
        given = {**_plain_fields(cells, say), **named(cells, say)}
        slug = given.get("slug") or (slug_for(name(cells), value.__name__.lower()) if name(cells) else "")
        if slug and slug in lines:
            say("slug", f'"{slug}" is what line {lines[slug]} is called already; give every row a slug of its own.')
        lines.setdefault(slug, line)
        before = old[slug].model_dump(exclude=set(cells)) if slug in old else {}
        made = _checked(value, {**before, **given, "slug": slug}, cells, say)
        if made is not None and not slips:
            read.append(made)
        for column, message in slips:
            tell(line, column, message)
    return tuple(read)


def _clean(row: Mapping[str, str], say: Say) -> dict[str, str]:
    cells = {}
    for column, cell in row.items():
        if bad := CONTROL.search(cell):
            say(column, f"found the control character U+{ord(bad[0]):04X}; please take it out.")
        cells[column] = "" if bad else cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    return cells


def _plain_fields(cells: Mapping[str, str], say: Say) -> dict[str, Any]:
    """The cells that mean themselves, as what they are. Empty ones are left out, so that they are not known."""
    given: dict[str, Any] = {}
    for column, cell in cells.items():
        if not cell:
            continue
        if column in LISTS:
            given[column] = _split(cell)
        elif column in NUMBERS or column in COUNTS:
            number = read_number(cell)
            if number is None or (column in COUNTS and number % 1):
                what = "a whole number" if column in COUNTS else "a number"
                say(column, f'found "{shortened(cell)}"; {what} is needed, such as 12.')
            else:
                given[column] = int(number) if column in COUNTS else number
        elif column in DATES:
            given[column] = _date(column, cell, say)
        elif column == "beta":
            if cell.casefold() not in YES + NO:
                say(column, f'found "{shortened(cell)}"; yes or no is needed.')
            given[column] = cell.casefold() in YES
        else:
            given[column] = cell
    return given


def _date(column: str, cell: str, say: Say) -> date | None:
    try:
        return date.fromisoformat(cell if len(cell) == 10 else "")
    except ValueError:
        say(column, f'found "{shortened(cell)}"; a day is needed, written as 2025-03-31.')
        return None


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]


def _checked(value: type[Kept], fields: Mapping[str, Any], cells: Mapping[str, str], say: Say) -> Kept | None:
    """The value, or None and what is wrong with it told."""
    try:
        return value.model_validate(fields)
    except ValidationError as error:
        for wrong in error.errors():
            column = str(wrong["loc"][0]) if wrong["loc"] else None
            if column == "slug" and not fields["slug"]:
                continue  # the empty name it would be made from is told itself
            say(column, _worded(wrong, cells.get(column or "", "")))
        return None


def _worded(wrong: Any, cell: str) -> str:
    """A message of pydantic's in our words."""
    bounds, kind = wrong.get("ctx", {}), wrong["type"]
    if kind == "value_error":
        return shortened(str(bounds["error"]).rstrip("."), 500) + "."
    if kind == "missing":
        return "is empty; it is needed."
    if kind.startswith(("greater", "less")):
        words = {"gt": "above", "ge": "of at least", "lt": "below", "le": "of at most"}
        name = next(name for name in words if name in bounds)
        return f'found "{shortened(cell)}"; a number {words[name]} {bounds[name]:,.15g} is needed.'
    return f'found "{shortened(cell)}"; {wrong["msg"]}.'
