"""Reading a TOML file so that everything wrong with it is said at once: where, what was found, what is allowed."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from feedback.errors import Problem, Refused, suggest
from feedback.survey.text import PIPE, Text

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
OPTION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+-]{0,59}")  # so that codes may be ids: "A" to "V", "1000+"
PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises Refused with line and column when it is not there or not TOML."""
    return toml_of(read_text(path), path.name)


def read_text(path: Path) -> str:
    """The text of a file. Raises Refused when it is not there, or is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError:
        raise Refused([Problem(path.name, f"the file could not be read. Looked in {path.parent.name}/.")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Refused(
            [Problem(f"{path.name}, line {line}", "the file is not UTF-8. Please save it as UTF-8.")]
        ) from None


def toml_of(text: str, name: str) -> dict[str, Any]:
    """The tables of a TOML text. name: what its problems are said of. Raises Refused with line and column."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = PLACE.search(str(error))
        where = f", line {found[1]}, column {found[2]}" if found and found[1] else ", at the end" if found else ""
        raise Refused([Problem(name + where, f"{PLACE.sub('', str(error)).rstrip()}.")]) from None
    except RecursionError:
        raise Refused([Problem(name, "tables are nested too deeply.")]) from None


def not_known(what: str, word: object, known: Iterable[str]) -> str:
    """The sentence that refuses a word and says what is allowed.

    >>> not_known("kind", "agrement", ["choice", "agreement"])
    'kind "agrement" is not known. Did you mean "agreement"? Known: agreement, choice.'
    """
    allowed = sorted(known)
    return f'{what} "{word}" is not known.{suggest(str(word), allowed)} Known: {", ".join(allowed) or "none"}.'


@dataclass
class Table:
    """One table of a file while it is read. Each method gives a value of the right type, or its default after noting
    the problem; a table that belongs to it notes into the same list."""

    raw: dict[str, Any]
    where: str
    problems: list[Problem] = field(default_factory=list)
    languages: tuple[str, ...] = ()

    def note(self, message: str) -> None:
        """Note a problem that stands here."""
        self.problems.append(Problem(self.where, message))

    def only(self, known: Iterable[str], *, of: str = "") -> None:
        """Refuse every key not known. `of`: whose keys they are, for the message."""
        allowed = sorted(known)
        for key in self.raw:
            if key not in allowed:
                self.note(f'key "{key}" is not known{of}.{suggest(key, allowed)} Known: {", ".join(allowed)}.')

    def word(self, key: str, *, known: Iterable[str] = (), default: str | None = None) -> str:
        """A text, one of `known` when given; needed when there is no default."""
        value = self.raw.get(key, default)
        if value is None:
            self.note(f"{key} is missing.")
        elif not isinstance(value, str) or not value.strip():
            self.note(f"{key} must be a text; found {value!r}.")
        elif known and value not in known:
            self.note(not_known(key, value, known))
        else:
            return value
        return default or ""

    def maybe_word(self, key: str, known: Iterable[str] = ()) -> str | None:
        """A text, or None when the key is not there."""
        return self.word(key, known=known) or None if key in self.raw else None

    def id(self, taken: set[str], shape: re.Pattern[str] = ID) -> str:
        """The id of this table, not taken before: small letters, digits, hyphens, underscores (an option's: capitals
        and "+", too)."""
        value = self.word("id")
        if value and not shape.fullmatch(value):
            letters = (
                'letters, digits, "_", "-" and "+"' if shape is OPTION_ID else 'small letters, digits, "_" and "-"'
            )
            self.note(f'id "{value}" is not allowed. Use up to 60 {letters}.')
        elif value and value in taken:
            self.note(f'id "{value}" is used twice. Every id here must be its own.')
        taken.add(value)
        return value

    def number(self, key: str, default: float | None = None, *, lowest: float, highest: float) -> float | None:
        """A number within bounds."""
        value = self.raw.get(key, default)
        if value is None or value == default:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
            self.note(f"{key} must be a number from {lowest:g} to {highest:g}; found {value!r}.")
            return default
        return value

    def whole(self, key: str, default: int | None = None, *, lowest: int, highest: int) -> int | None:
        """A whole number within bounds."""
        value = self.raw.get(key, default)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest):
            return value
        self.note(f"{key} must be a whole number from {lowest} to {highest}; found {value!r}.")
        return default

    def flag(self, key: str) -> bool:
        """True or false; false when not said."""
        value = self.raw.get(key, False)
        if not isinstance(value, bool):
            self.note(f"{key} must be true or false; found {value!r}.")
            return False
        return value

    def words(self, key: str, *, known: Iterable[str] = (), what: str = "") -> tuple[str, ...] | None:
        """A list of texts, each once and each of `known` when given; None when the key is not there."""
        value = self.raw.get(key)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.note(f"{key} must be a list of texts; found {value!r}.")
            return ()
        allowed = list(known)
        for one in value:
            if allowed and one not in allowed:
                self.note(not_known(what or key, one, allowed))
        if len(set(value)) < len(value):
            self.note(f"{key} names the same twice: {', '.join(value)}.")
        return tuple(dict.fromkeys(one for one in value if not allowed or one in allowed))

    def text(self, key: str, *, pipes: Iterable[str] = ()) -> Text:
        """A wording in each of the file's languages; {name} in it must be one of `pipes`."""
        value = self.raw.get(key)
        if value is None:
            self.note(f"{key} is missing.")
            return {}
        if not isinstance(value, dict):
            example = ", ".join(f'{language} = "..."' for language in self.languages)
            self.note(f"{key} must be worded by language: {{ {example} }}; found {value!r}.")
            return {}
        missing = [one for one in self.languages if not (isinstance(value.get(one), str) and value[one].strip())]
        if missing:
            self.note(f"{key} lacks {', '.join(missing)}. Languages of this file: {', '.join(self.languages)}.")
        for language in value:
            if language not in self.languages:
                self.note(f"{key}: {not_known('language', language, self.languages)}")
        for language, wording in value.items():
            for pipe in PIPE.findall(wording) if isinstance(wording, str) else ():
                if pipe not in pipes:
                    self.note(
                        f"{key}, {language}: {not_known('piped', '{' + pipe + '}', ['{' + p + '}' for p in pipes])}"
                    )
        return {language: wording for language, wording in value.items() if isinstance(wording, str)}

    def maybe_text(self, key: str, *, pipes: Iterable[str] = ()) -> Text | None:
        """A wording, or None when the key is not there."""
        return self.text(key, pipes=pipes) if key in self.raw else None

    def table(self, key: str, name: str) -> "Table | None":
        """A table within this one, None when the key is not there."""
        value = self.raw.get(key)
        if value is not None and not isinstance(value, dict):
            self.note(f"{key} must be a table; found {value!r}.")
        return self._within(value, name) if isinstance(value, dict) else None

    def tables(self, key: str, name: str, *, needed: bool = False) -> "list[Table]":
        """The tables of a list, each named by its id (or its number when it has none)."""
        value = self.raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.note(f"{key} must be a list of tables; found {value!r}.")
            return []
        if needed and not value:
            self.note(f"{key} is missing. At least one is needed.")
        return [
            self._within(one, f'{name} "{one["id"]}"' if isinstance(one.get("id"), str) else f"{name} {number}")
            for number, one in enumerate(value, start=1)
        ]

    def _within(self, raw: dict[str, Any], name: str) -> "Table":
        return Table(raw, f"{self.where}, {name}", self.problems, self.languages)
