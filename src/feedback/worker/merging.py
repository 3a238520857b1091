"""What of learners, employers and experts speaks of the same thing: read from data/changes.toml."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from feedback.analysis.comments.topics import shipped_taxonomy
from feedback.errors import FeedbackError, suggest
from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments
from feedback.survey.questionnaire import EMPLOYER, EXPERT, LEARNER, Instrument
from feedback.survey.text import Text, say

WITNESSES = {"questions": "question", "topics": "topic", "concerns": "concern", "criteria": "criterion"}
"""What a change may name, and what each of it is called in `Evidence.changes`."""
RATED = ("scale", "grid")
"""The kinds of questions whose answers may fall short, or be compared between runs."""
CONCERN, CRITERION = "concern", "criterion"
"""The constructs of the question what makes employers hesitate, and of those that experts mark."""

MEANT = {
    "questions": 'what learners rate ("question" or "question/row")',
    "topics": "the topics of comments",
    "concerns": 'what makes employers hesitate ("question/option")',
    "criteria": "what experts mark",
}
"""What each of the lists may name, in words."""


@dataclass(frozen=True)
class Changes:
    """places: from what a witness speaks of ("topic:pace") to the id of the change. names: of the changes."""

    places: Mapping[str, str]
    names: Mapping[str, Text]


@lru_cache(maxsize=4)
def read_changes(path: Path) -> Changes:
    """What a file says speaks of the same thing. Raises FeedbackError for a field it does not know, a change without an
    English name, a list that is none, and what stands under two changes."""
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
            named = each.get(field, [])
            if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
                raise FeedbackError(
                    f'{path.name}, change "{ident}": {field} is {named!r}; it is a list: {field} = ["id", ...].'
                )
            for one in named:
                place = f"{kind}:{one}"
                if places.setdefault(place, ident) != ident:
                    both = f'"{places[place]}" and "{ident}"'
                    raise FeedbackError(f'{path.name}: "{place}" stands under {both}: keep one.')
    return Changes(places, names)


def spoken_of(topics: Collection[str] = ()) -> Mapping[str, str]:
    """What the institution's file says speaks of the same thing (`Evidence.changes`).

    topics: ids of topics there are beside those that ship. Raises FeedbackError for what no questionnaire asks, and for
    a topic that is none.
    """
    path = data_folder() / "changes.toml"
    places = read_changes(path).places
    known = _known(data_folder() / "instruments") | {f"topic:{topic}" for topic in topics}
    for place in places.keys() - known:
        kind, _, name = place.partition(":")
        field = next(each for each, one in WITNESSES.items() if one == kind)
        alike = [each.partition(":")[2] for each in sorted(known) if each.startswith(f"{kind}:")]
        raise FeedbackError(
            f'{path.name}, change "{places[place]}", {field}: "{name}" is not known.{suggest(name, alike)} Known are '
            f"{MEANT[field]}."
        )
    return places


@lru_cache(maxsize=4)
def _known(folder: Path) -> frozenset[str]:
    """All that a change may name: of the questionnaires of a folder, and the topics that ship."""
    asked = read_instruments(folder).values()
    topics = {f"topic:{topic}" for topic in shipped_taxonomy().topics}
    return frozenset(topics.union(*(_asked_by(each) for each in asked)))


def _asked_by(instrument: Instrument) -> set[str]:
    """What of a questionnaire a change may name."""
    found = set()
    for question in instrument.questions:
        if instrument.audience == LEARNER and question.kind in RATED:
            found |= {f"question:{question.id}", *(f"question:{question.id}/{row}" for row in question.item_ids)}
        if instrument.audience == EMPLOYER and question.construct == CONCERN:
            found |= {f"concern:{question.id}/{option}" for option in question.option_ids}
        if instrument.audience == EXPERT and question.construct == CRITERION:
            found.add(f"criterion:{question.id}")
    return found


def constructs_rated(folder: Path, audience: str) -> list[str]:
    """What an audience is asked to rate in the questionnaires of a folder, each once."""
    asked = (each for each in read_instruments(folder).values() if each.audience == audience)
    return sorted({question.construct for each in asked for question in each.questions if question.kind in RATED})


def names_of_changes(language: str) -> dict[str, str]:
    """The name of each change in a language, in English where it has none."""
    return {ident: say(text, language) for ident, text in read_changes(data_folder() / "changes.toml").names.items()}
