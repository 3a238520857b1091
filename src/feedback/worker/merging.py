"""What of learners, employers and experts speaks of the same thing: read from data/changes.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from feedback.errors import FeedbackError, suggest
from feedback.settings import data_folder
from feedback.survey.text import Text, say

WITNESSES = {"questions": "question", "topics": "topic", "concerns": "concern", "criteria": "criterion"}
"""What a change may name, and what each of it is called in `Evidence.changes`."""


@dataclass(frozen=True)
class Changes:
    """places: from what a witness speaks of ("topic:pace") to the id of the change. names: of the changes."""

    places: Mapping[str, str]
    names: Mapping[str, Text]


@lru_cache(maxsize=4)
def read_changes(path: Path) -> Changes:
    """What a file says speaks of the same thing. Raises FeedbackError for a field it does not know, a change without an
    English name, and what stands under two changes."""
    places: dict[str, str] = {}
    names: dict[str, Text] = {}
    for each in tomllib.loads(path.read_text(encoding="utf-8")).get("changes", []):
        ident, name = each.get("id", ""), each.get("names", {})
        strange = sorted(each.keys() - {"id", "names", *WITNESSES})
        if strange:
            known = ["id", "names", *WITNESSES]
            raise FeedbackError(
                f'{path.name}, change "{ident}": "{strange[0]}" is not known.{suggest(strange[0], known)}'
            )
        if not ident or not name.get("en"):
            raise FeedbackError(f'{path.name}, change "{ident}": it needs an id, and a name in English (names.en).')
        names[ident] = name
        for field, kind in WITNESSES.items():
            for one in each.get(field, []):
                place = f"{kind}:{one}"
                if places.setdefault(place, ident) != ident:
                    both = f'"{places[place]}" and "{ident}"'
                    raise FeedbackError(f'{path.name}: "{place}" stands under {both}: keep one.')
    return Changes(places, names)


def spoken_of() -> Mapping[str, str]:
    """What the institution's file says speaks of the same thing (`Evidence.changes`)."""
    return read_changes(data_folder() / "changes.toml").places


def names_of_changes(language: str) -> dict[str, str]:
    """The name of each change in a language, in English where it has none."""
    return {ident: say(text, language) for ident, text in read_changes(data_folder() / "changes.toml").names.items()}
