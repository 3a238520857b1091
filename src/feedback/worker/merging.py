"""What of learners, employers and experts speaks of the same thing, and what is compared between runs, as the
institution's files say (data/changes.toml, data/watched.toml). A slip in one of them takes nothing else away."""

import logging
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pandas import DataFrame
from sqlmodel import Session

from feedback.analysis.comments.topics import shipped_taxonomy
from feedback.errors import Problem, suggest
from feedback.findings.evidence import NAMED_CHANGES
from feedback.settings import data_folder
from feedback.store.comments import read_comments
from feedback.survey.instrument import read_instruments
from feedback.survey.questionnaire import EMPLOYER, EXPERT, LEARNER, Instrument
from feedback.survey.text import Text, say

logger = logging.getLogger(__name__)
WITNESSES = {"questions": "question", "topics": "topic", "concerns": "concern", "criteria": "criterion"}
"""What a change may name, and what each of it is called in `Evidence.changes`."""
RATED = ("scale", "grid")
"""The kinds of questions whose answers may fall short, or be compared between runs."""
CONCERN, CRITERION, CHANGE = "concern", "criterion", "change"
"""The constructs of the question what makes employers hesitate, of those that experts mark, and of the changes they
name."""
MOST_NAMED = 20_000
"""So many texts of experts are looked through."""

MEANT = {
    "questions": 'what learners rate ("question" or "question/row")',
    "topics": "the topics of comments",
    "concerns": 'what makes employers hesitate ("question/option")',
    "criteria": "what experts mark",
}
"""What each of the lists may name, in words."""


UNREADABLE = (tomllib.TOMLDecodeError, UnicodeDecodeError)
"""A file that is no TOML, or no text in UTF-8."""
FILES = ("changes.toml", "watched.toml")
"""The files of meaning an institution edits: what speaks of the same thing, and what is compared between runs."""


@dataclass(frozen=True)
class Changes:
    """places: from what a witness speaks of ("topic:pace") to the id of the change. names: of the changes. wrong: what
    of the file cannot be used, which is in neither."""

    places: Mapping[str, str]
    names: Mapping[str, Text]
    wrong: tuple[Problem, ...] = ()


def read_changes(path: Path) -> Changes:
    """What a file says speaks of the same thing. What is not as it must be (a field it does not know, a change without
    an English name, a list that is none, what stands under two changes) is left out, and said in `wrong`."""
    try:
        text, document = _read(path)
    except UNREADABLE as error:
        return Changes({}, {}, (_unreadable(path, error),))
    places: dict[str, str] = {}
    names: dict[str, Text] = {}
    wrong: list[Problem] = []
    entries = document.get("changes", [])
    if not isinstance(entries, list):
        found = "changes is no list: each change begins with a line [[changes]], in two brackets."
        return Changes({}, {}, (Problem(_place(path, text, "changes"), found),))
    for each in entries:
        if not isinstance(each, dict):
            found = f"{each!r} is no change: each begins with a line [[changes]], in two brackets."
            wrong.append(Problem(_place(path, text, "changes"), found))
            continue
        ident, name = each.get("id", ""), each.get("names", {})
        if not isinstance(ident, str):
            found = f'id is {ident!r}; it is a word: id = "pace".'
            wrong.append(Problem(_place(path, text, "id"), found))
            continue
        if not isinstance(name, dict) or not all(isinstance(one, str) for one in name.values()):
            found = f'names is {name!r}; it is a name in each language: names = {{ en = "..." }}.'
            wrong.append(Problem(_where(path, text, ident, "names"), found))
            continue
        known = ["id", "names", *WITNESSES]
        for strange in sorted(each.keys() - set(known)):
            found = f'"{strange}" is not known.{suggest(strange, known)} Known: {", ".join(known)}.'
            wrong.append(Problem(_where(path, text, ident, strange), found))
        if not ident or not name.get("en"):
            found = "it needs an id, and a name in English (names.en)."
            wrong.append(Problem(_where(path, text, ident, ident), found))
            continue
        names[ident] = name
        for field, kind in WITNESSES.items():
            listed = each.get(field, [])
            if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
                found = f'{field} is {listed!r}; it is a list: {field} = ["id", ...].'
                wrong.append(Problem(_where(path, text, ident, field), found))
                continue
            for one in listed:
                place = f"{kind}:{one}"
                if places.setdefault(place, ident) != ident:
                    found = f'"{one}" stands under "{places[place]}" and "{ident}": keep one. Now the first counts.'
                    wrong.append(Problem(_where(path, text, ident, one, field), found))
    return Changes(places, names, tuple(wrong))


def changes_of(path: Path, topics: Collection[str] = ()) -> Changes:
    """The same of a file beside its questionnaires, without what none of them asks, nor a topic that is none: that is
    in `wrong`, too. topics: ids of topics there are beside those that ship."""
    found = read_changes(path)
    if not found.places:
        return found
    known = _known(path.parent / "instruments") | {f"topic:{topic}" for topic in topics}
    text, wrong = _read(path)[0], []
    for place in sorted(found.places.keys() - known):
        kind, _, name = place.partition(":")
        field = next(each for each, one in WITNESSES.items() if one == kind)
        allowed = sorted(each.partition(":")[2] for each in known if each.startswith(f"{kind}:"))
        said = (
            f'"{name}" is not known.{suggest(name, allowed)} Known are {MEANT[field]}: {", ".join(allowed)}. '
            "Until it is mended it is left out."
        )
        wrong.append(Problem(_where(path, text, found.places[place], name, field), said))
    kept = {place: ident for place, ident in found.places.items() if place in known}
    return Changes(kept, found.names, (*found.wrong, *wrong))


def spoken_of(topics: Collection[str] = ()) -> Mapping[str, str]:
    """What the institution's file says speaks of the same thing (`Evidence.changes`), without what it gets wrong.

    topics: ids of topics there are beside those that ship.
    """
    return _said(changes_of(data_folder() / "changes.toml", topics))


def _said(found: Changes) -> Mapping[str, str]:
    _complain(found.wrong)
    return found.places


@lru_cache(maxsize=8)
def _complain(wrong: tuple[Problem, ...]) -> None:
    """Say in the log what is left out, once."""
    for problem in wrong:
        logger.warning("%s", problem)


def watched() -> Mapping[str, tuple[str, ...]]:
    """The constructs looked at whenever a run is compared with the one before, by audience, as the institution's file
    says, without what it gets wrong."""
    found, wrong = watched_in(data_folder() / "watched.toml")
    _complain(wrong)
    return found


def watched_in(path: Path) -> tuple[Mapping[str, tuple[str, ...]], tuple[Problem, ...]]:
    """The same of a file beside its questionnaires, and what of it cannot be used: an audience that is not compared, a
    list that is none, and what no questionnaire asks the audience to rate."""
    try:
        text, entries = _read(path)
    except UNREADABLE as error:
        return MappingProxyType({}), (_unreadable(path, error),)
    wrong = []
    found = {}
    for audience, named in entries.items():
        place = _place(path, text, audience)
        if audience != LEARNER or not isinstance(named, list) or not all(isinstance(each, str) for each in named):
            said = f'{audience} = {named!r} is not known here. Known: {LEARNER} = ["construct", ...].'
            wrong.append(Problem(place, said))
            continue
        known = constructs_rated(path.parent / "instruments", audience)
        for each in sorted(set(named) - set(known)):
            said = f'"{each}" is not known.{suggest(each, known)} Known: {", ".join(known)}. '
            where = f"{_place(path, text, each)}, {audience}"
            wrong.append(Problem(where, f"{said}Until it is mended it is left out."))
        found[audience] = tuple(dict.fromkeys(each for each in named if each in known))
    return MappingProxyType(found), tuple(wrong)


def wrong_in(path: Path, topics: Collection[str] = ()) -> tuple[Problem, ...]:
    """What cannot be used of one of the FILES, by its name."""
    return watched_in(path)[1] if path.name == FILES[1] else changes_of(path, topics).wrong


def wrong_here(topics: Collection[str] = ()) -> list[Problem]:
    """What cannot be used of the institution's own files."""
    return [problem for name in FILES for problem in wrong_in(data_folder() / name, topics)]


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    """A file's text, and what it says; nothing where there is none. Raises UNREADABLE."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return text, tomllib.loads(text)


def _unreadable(path: Path, error: ValueError) -> Problem:
    why = "it is no UTF-8" if isinstance(error, UnicodeDecodeError) else error
    return Problem(path.name, f"it cannot be read as TOML: {why}. Until it is mended nothing of it is used.")


def _where(path: Path, text: str, change: str, word: str, field: str = "") -> str:
    """Where a word stands in a file: its line, the change it is of, and the list."""
    begin = text.find(f'"{change}"') if change else 0
    place = _place(path, text, word, max(begin, 0))
    return f'{place}, change "{change}"{f", {field}" if field else ""}'


def _place(path: Path, text: str, word: str, begin: int = 0) -> str:
    """The line of a file in which a word stands, from some place on."""
    quoted = text.find(f'"{word}"', begin)
    at = quoted if quoted >= 0 else text.find(word, begin)
    return f"{path.name}, line {text.count(chr(10), 0, at) + 1}" if word and at >= 0 else path.name


def changes_named(session: Session, instruments: Mapping[str, Instrument]) -> DataFrame:
    """The changes experts named, without their words (`Evidence.named_changes`); those kept back are left out."""
    of_experts = {name: each for name, each in instruments.items() if each.audience == EXPERT}
    said = read_comments(session, of_experts, most=MOST_NAMED)
    said = said[(said["construct"] == CHANGE).to_numpy(dtype=bool)]
    topics = ["|".join(dict.fromkeys(tag["topic"] for tag in tags)) for tags in said["topics"]]
    return DataFrame(said.assign(topics=topics), columns=list(NAMED_CHANGES)).astype("str").reset_index(drop=True)


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
