"""MAP.toml: which column of somebody's file is what. Without a map the usual names are tried."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from feedback.catalogue.contents import ENTITIES, Entity
from feedback.catalogue.reading import shortened
from feedback.catalogue.values import is_slug
from feedback.errors import Problem, Refused, suggest
from feedback.survey.checked_toml import Table, read_toml

MOST_NAMED = 30  # columns listed in a message
LONGEST_PREFIX = 30
MONTH = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))(?:-\d\d)?")
"""A month, or a day of which the month is kept."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
AUDIENCES = ("learner", "employer")


@dataclass(frozen=True)
class Key:
    """A key of a map. means: "column" (names one), "text", "flag", "scale", "words" (a table text = text).

    usual: column names tried when no map names one. needed: without such a column nothing can be read, unless the
    key `or_else` stands for it: a text gives the same for all rows, a column tells what is meant.
    """

    name: str
    means: str
    usual: tuple[str, ...] = ()
    needed: bool = False
    or_else: str = ""


_MISSING = (
    Key("create_missing", "flag"),
    Key("credential_prefix", "text"),
    Key("kind", "text"),
    Key("programme", "text"),
    Key("month", "column", ("month",)),
    Key("month_default", "text"),
    Key("scale", "scale"),
)
_RATINGS = (
    Key("item", "column", ("item", "credential"), needed=True),
    Key("rater", "column", ("rater", "organisation", "employer"), needed=True),
    Key("score", "column", ("score", "rating"), needed=True),
    Key("item_title", "text"),
    Key("rater_title", "text"),
    Key("rater_prefix", "text"),
)
_COMMENTS = (
    Key("text", "column", ("text", "comment"), needed=True),
    Key("rating", "column", ("rating", "score")),
    Key("language", "column", ("language", "lang")),
    Key("language_default", "text"),
    Key("language_values", "words"),
    Key("audience", "column", ("audience",)),
    Key("credential", "column", ("credential", "item", "course"), needed=True, or_else="credential_default"),
    Key("credential_default", "text"),
    Key("credential_title", "text"),
    Key("organisation", "column", ("organisation", "employer", "rater")),
)


ALSO_CALLED: Mapping[str, str] = MappingProxyType({"catalogue": "credentials", "market": "market-evidence"})
"""Other names of entities, as kinds of import."""


def entity_named(kind: str) -> Entity | None:
    """The entity that a kind of import brings; None for answers."""
    return ENTITIES.get(ALSO_CALLED.get(kind, kind))


def _columns_of(entity: Entity) -> tuple[Key, ...]:
    """One key a column. What an entity is known by is needed, unless a column of slugs says which ones are meant."""
    flags = (Key("new_kinds", "flag"),) if "kinds" in entity.value.referring({}).values() else ()
    columns = (
        Key(name, "column", (name,), needed=name in entity.identity, or_else="slug" if name in entity.identity else "")
        for name in entity.columns
    )
    return (*columns, *flags)


KEYS: Mapping[str, tuple[Key, ...]] = MappingProxyType(
    {
        **{other: _columns_of(ENTITIES[name]) for other, name in ALSO_CALLED.items()},
        **{name: _columns_of(entity) for name, entity in ENTITIES.items()},
        "ratings": (*_RATINGS, *_MISSING),
        "comments": (*_COMMENTS, *_MISSING),
    }
)


@dataclass(frozen=True)
class ColumnMap:
    """What a map says, checked for itself; `bound` checks it against a file's columns.

    columns: our name -> the file's column. texts, flags: by key. scale: the lowest and highest score there can be.
    words: what a language is called in the file -> its code ("" for not known).
    """

    kind: str
    file: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)
    scale: tuple[float, float] = (1.0, 5.0)
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bound:
    """A map that fits a file. places: our name -> number of the column; names: our name -> what the file calls it.

    unread: the file's columns that nothing is taken from.
    """

    map: ColumnMap
    places: Mapping[str, int]
    names: Mapping[str, str]
    unread: tuple[str, ...]

    def text(self, key: str, default: str = "") -> str:
        """A text the map gives, else the default."""
        return self.map.texts.get(key, default)


def read_map(path: Path | None, kind: str) -> ColumnMap:
    """Read the map of one kind of import; no path, an empty map. Raises Refused with every problem in it."""
    if path is None:
        return ColumnMap(kind)
    top = Table(read_toml(path), path.name)
    keys = {key.name: key for key in KEYS[kind]}
    top.only(keys, of=f" in a map of {kind}")
    columns, texts, flags = {}, {}, {}
    scale, words = (1.0, 5.0), {}
    for name, key in keys.items():
        if name not in top.raw:
            continue
        if key.means == "column":
            columns[name] = top.word(name)
        elif key.means == "text":
            texts[name] = top.word(name)
        elif key.means == "flag":
            flags[name] = top.flag(name)
        elif key.means == "scale":
            scale = _scale(top)
        else:
            words = _words(top, name)
    if columns.get("audience") in AUDIENCES:
        texts["audience"] = columns.pop("audience")
    _check_texts(top, texts)
    if top.problems:
        raise Refused(top.problems)
    return ColumnMap(kind, path.name, columns, texts, flags, scale, words)


def bind(column_map: ColumnMap, columns: Sequence[str], file: str) -> Bound:
    """Find each column of the map in a file's columns. Raises Refused with every one that is missing.

    A column the map does not name is looked for under its usual names. For the catalogue, an unread column whose name
    is almost one of ours is refused: it would be lost without a word.
    """
    problems: list[Problem] = []
    found: dict[str, str] = {}
    taken = set(column_map.columns.values())
    available = _available(columns)
    for key in KEYS[column_map.kind]:
        if key.means != "column":
            continue
        named = column_map.columns.get(key.name)
        if named is not None:
            if named in columns:
                found[key.name] = named
            else:
                message = (
                    f'names the column "{named}", which {file} does not have.{suggest(named, columns)} {available}'
                )
                problems.append(Problem(f'{column_map.file}, key "{key.name}"', message))
            continue
        usual = next((name for name in key.usual if name in columns and name not in taken), None)
        if usual is not None:
            found[key.name] = usual
        elif key.needed and not (key.or_else and (key.or_else in column_map.texts or key.or_else in found)):
            problems.append(Problem(file, _not_found(key, column_map, columns)))
    unread = tuple(column for column in columns if column not in found.values())
    if entity_named(column_map.kind):
        ours = [key.name for key in KEYS[column_map.kind] if key.means == "column" and key.name not in found]
        for column in unread:
            if near := get_close_matches(column.casefold(), ours, n=1, cutoff=0.8):
                problems.append(
                    Problem(f"{file}, line 1", f'column "{shortened(column)}" is not known. Did you mean "{near[0]}"?')
                )
    if problems:
        raise Refused(problems)
    return Bound(column_map, {name: columns.index(column) for name, column in found.items()}, found, unread)


def _not_found(key: Key, column_map: ColumnMap, columns: Sequence[str]) -> str:
    tried = " or ".join(f'"{name}"' for name in key.usual)
    where = column_map.file or "a map (--map MAP.toml)"
    instead = f', or give one for all rows by {key.or_else} = "..."' if key.or_else not in ("", "slug") else ""
    return (
        f"has no column called {tried}. {_available(columns)} "
        f'Say in {where} which one it is: {key.name} = "..."{instead}.'
    )


def _check_texts(top: Table, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        if name.endswith("_title") and "{value}" not in text:
            top.note(f'{name} must hold {{value}}, as "Course {{value}}"; found "{text}".')
        elif name.endswith("_prefix") and not (is_slug(text) and len(text) <= LONGEST_PREFIX):
            top.note(f'{name} is up to {LONGEST_PREFIX} lower-case letters, digits and hyphens; found "{text}".')
        elif name == "month_default" and not MONTH.fullmatch(text):
            top.note(f'{name} is a month written as 2025-03; found "{text}".')
        elif name == "language_default" and not LANGUAGE.fullmatch(text):
            top.note(f'{name} is a language code such as en or pt-BR; found "{text}".')


def _available(columns: Sequence[str]) -> str:
    more = f" and {len(columns) - MOST_NAMED} more" if len(columns) > MOST_NAMED else ""
    return f"Its columns: {', '.join(shortened(column) for column in columns[:MOST_NAMED])}{more}."


def _scale(top: Table) -> tuple[float, float]:
    value = top.raw["scale"]
    numbers = isinstance(value, list) and all(
        isinstance(end, int | float) and not isinstance(end, bool) and abs(end) <= 1e6 for end in value
    )
    if not numbers or len(value) != 2 or not value[0] < value[1]:
        top.note(f"scale must be the lowest and the highest score, as [1, 5]; found {value!r}.")
        return 1.0, 5.0
    return float(value[0]), float(value[1])


def _words(top: Table, name: str) -> dict[str, str]:
    value = top.raw[name]
    if not isinstance(value, dict) or not all(isinstance(word, str) for word in value.values()):
        top.note(f'{name} must be a table of texts, as {{ English = "en", und = "" }}; found {value!r}.')
        return {}
    return dict(value)
