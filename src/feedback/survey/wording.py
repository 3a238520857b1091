"""The words of the interface, in each language there is a file for: data/locales/<language>.toml."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from feedback.errors import Problem, Refused
from feedback.settings import data_folder
from feedback.survey.checked_toml import Table, read_toml
from feedback.survey.submission import Slip
from feedback.survey.text import PIPE, fill

FALLBACK = "en"
DIRECTIONS = ("ltr", "rtl")


def locales_folder() -> Path:
    """Where the languages of the interface are kept."""
    return data_folder() / "locales"


def languages(folder: Path | None = None) -> tuple[str, ...]:
    """The languages there is a file for, English first, then by code."""
    found = [path.stem for path in (folder or locales_folder()).glob("*.toml")]
    return tuple(sorted(found, key=lambda code: (code != FALLBACK, code)))


def words(language: str, folder: Path | None = None) -> Mapping[str, str]:
    """Every wording of a language by its key, "form.next" for `next` in table `form`; read-only.

    What the language lacks is in English; an unknown language is English throughout. Raises Refused when a file is
    broken.
    """
    return _words(language, folder)


def word(key: str, language: str, folder: Path | None = None, **values: object) -> str:
    """One wording, with each {name} given put in literally. A key nobody has worded is shown as it is.

    Keys of a count may come in two forms: with `count` = 1, "<key>_one" is taken where there is such a key, else
    "<key>_other".
    """
    known = words(language, folder)
    if "count" in values:
        key = _form(key, values["count"], known)
    return fill(known.get(key, key), values)


def direction(language: str, folder: Path | None = None) -> str:
    """ "ltr" or "rtl": how the language is written."""
    return words(language, folder).get("direction", "ltr")


def slip_text(slip: Slip, language: str, folder: Path | None = None) -> str:
    """A slip in kind words. A code nobody has worded falls back to the words for an answer that cannot be read."""
    known = words(language, folder)
    wording = known.get(f"slips.{slip.code}") or known.get("slips.wrong_type") or slip.code
    return fill(wording, slip.values)


def read_words(path: Path) -> Mapping[str, str]:
    """The wordings of one file: texts, or tables of texts one level deep. Raises Refused with every problem."""
    top = Table(read_toml(path), path.name)
    found: dict[str, str] = {}
    for key, value in top.raw.items():
        if isinstance(value, str):
            found[key] = value
        elif isinstance(value, dict):
            for inner, wording in value.items():
                if isinstance(wording, str):
                    found[f"{key}.{inner}"] = wording
                else:
                    top.note(f"{key}.{inner} must be a text; found {wording!r}.")
        else:
            top.note(f"{key} must be a text or a table of texts; found {value!r}.")
    if found.get("direction", "ltr") not in DIRECTIONS:
        top.note(f'direction must be "ltr" or "rtl"; found "{found["direction"]}".')
    if top.problems:
        raise Refused(top.problems)
    return MappingProxyType(found)


def gaps(folder: Path | None = None) -> tuple[Problem, ...]:
    """Where a language lacks a wording English has, has one English lacks, or names other {values} in it."""
    place = folder or locales_folder()
    english = read_words(place / f"{FALLBACK}.toml")
    problems = []
    for language in languages(place)[1:]:
        own, where = read_words(place / f"{language}.toml"), f"{language}.toml"
        for key in sorted(english.keys() | own.keys()):
            if key not in own:
                problems.append(Problem(where, f'"{key}" is not worded.'))
            elif key not in english:
                problems.append(Problem(where, f'"{key}" is worded here but not in {FALLBACK}.toml.'))
            elif set(PIPE.findall(own[key])) - set(PIPE.findall(english[key])):
                problems.append(Problem(where, f'"{key}" names a {{value}} that {FALLBACK}.toml does not.'))
    return tuple(problems)


def _form(key: str, count: object, known: Mapping[str, str]) -> str:
    chosen = f"{key}_{'one' if count == 1 else 'other'}"
    return chosen if chosen in known else key


@lru_cache(maxsize=64)
def _words(language: str, place: Path | None) -> Mapping[str, str]:
    folder = place or locales_folder()
    path = folder / f"{language}.toml"
    own = read_words(path) if language in languages(folder) else MappingProxyType({})
    if language == FALLBACK or FALLBACK not in languages(folder):
        return own
    return MappingProxyType({**_words(FALLBACK, place), **own})
