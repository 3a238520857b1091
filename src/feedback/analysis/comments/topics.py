"""What a comment is about: an editable taxonomy of topics, tags that point at their words, and telling phrases."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import isnan
from pathlib import Path
from types import MappingProxyType
from typing import Any

from feedback.analysis.comments.judging import tone
from feedback.analysis.comments.sentences import clauses
from feedback.analysis.comments.sentiment import Signals, label, signals
from feedback.analysis.comments.words import Remembered, places, primary, spellings, stem
from feedback.analysis.people import EMPLOYER, EXPERT, LEARNER
from feedback.errors import Problem, Refused, suggest
from feedback.settings import data_folder

AUDIENCES = (LEARNER, EMPLOYER, EXPERT)
POLARITIES = MappingProxyType({"positive": "pos", "negative": "neg", "pos": "pos", "neg": "neg", "neu": "neu"})
EXACTLY = "="
"""What stands before a seed whose first word counts only as it is written."""
LONGEST_SEED = 4
"""Words of a seed or exclusion."""

CLAUSE_WEIGHT = 1.8
"""What the clause counts beside 1 for the whole comment when a tag's polarity is read: better than either alone."""

NEGATIVE_BELOW, POSITIVE_FROM = -0.04, 0.14
"""The cuts for that mean (tests/analysis/comments/test_measured.py holds how well it does)."""

_FILE_KEYS = ("audiences", "topics")
_TOPIC_KEYS = ("id", "names", "seeds", "exclusions", "audiences")
_ID_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


@dataclass(frozen=True)
class Topic:
    """One thing comments are about. `seeds` and `exclusions`: words or short phrases by language, whatever their
    endings; with = before it ("=dated") the first word counts only as it is written, since others may have its stem.

    An exclusion makes the words it covers count no longer as a seed of this topic ("hard skills" is not "hard").
    """

    id: str
    names: Mapping[str, str]
    seeds: Mapping[str, tuple[str, ...]]
    exclusions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    audiences: tuple[str, ...] = AUDIENCES

    def name(self, language: str) -> str:
        """Its name in a language, or else in English."""
        return self.names.get(primary(language), self.names["en"])


@dataclass(frozen=True)
class Tag:
    """A topic said in a text, and where: code points of the original text, end exclusive.

    polarity: "neg", "neu", "pos", or "" when not known (a language that is not scored).
    """

    topic: str
    start: int
    end: int
    polarity: str = ""


class Taxonomy:
    """A set of topics, made ready for fast matching on word stems; never changed afterwards."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        """Make ready; two topics of the same id are an error of ours (ValueError)."""
        listed = list(topics)
        self.topics: Mapping[str, Topic] = MappingProxyType({topic.id: topic for topic in listed})
        if len(self.topics) != len(listed):
            raise ValueError("two topics have the same id")
        self._indexes: dict[tuple[str, str], Mapping[str, _Known | None] | None] = {}

    def tag(
        self,
        text: str,
        language: str,
        polarity: str | None = None,
        audience: str | None = None,
        heard: Signals | None = None,
        found: Sequence[tuple[str, int, int]] | None = None,
    ) -> list[Tag]:
        """The topics a text names, in its order; one tag a topic and clause, on the first words that named it there.

        polarity: what the question gave ("positive", "negative", "pos", "neg"; None when it gave none: then clause and
        comment are read, in English, and "" stands for every other language). audience: only topics meant for it;
        None: all. heard, found: the signals and the words (as `places`) of the text where they are known already. No
        seeds in a language, no tags.

        >>> topics = [Topic("tests", {"en": "Tests"}, {"en": ("test", "final exam")})]
        >>> Taxonomy(topics).tag("Great labs, but the tests were very unfair.", "en")
        [Tag(topic='tests', start=20, end=25, polarity='neg')]
        """
        language = primary(language)
        index = self._index(language, audience or "")
        if index is None:
            return []
        found = places(text) if found is None else found
        if not (hits := _hits(found, index, language)):
            return []
        return tagged(text, language, hits, POLARITIES.get(polarity or "", ""), heard, found)

    def _index(self, language: str, audience: str) -> "Mapping[str, _Known | None] | None":
        """What each word of a language may begin (None: nothing); None for a language without seeds."""
        key = (language, audience)
        if key not in self._indexes:
            meant = [topic for topic in self.topics.values() if not audience or audience in topic.audiences]
            by_stem = _compiled(meant, language)

            ready = {begun: _by_next(entries) for begun, entries in by_stem.items()}

            def known(word: str) -> _Known | None:
                found, exactly = stem(word, language), by_stem.get(f"{EXACTLY}{word}")
                return _by_next([*by_stem.get(found, ()), *exactly]) if exactly else ready.get(found)

            self._indexes[key] = Remembered(known) if by_stem else None
        return self._indexes[key]


def tagged(
    text: str,
    language: str,
    hits: Iterable[tuple[int, int, str]],
    polarity: str = "",
    heard: Signals | None = None,
    found: Sequence[tuple[str, int, int]] | None = None,
) -> list[Tag]:
    """Tags from where topics were found (start, end, topic; in the order of the text): one a topic and clause, each
    with its polarity: the one given, else read from its clause and the whole text, else ""."""
    parts = clauses(text, language, found) or [(0, len(text))]
    if heard is None and not polarity:
        heard = signals(text, language, found)
    tags: list[Tag] = []
    seen: set[tuple[str, int]] = set()
    polarities: dict[int, str] = {}
    at = 0
    for start, end, topic in hits:
        while at < len(parts) - 1 and parts[at][1] <= start:
            at += 1
        if (topic, at) in seen:
            continue
        seen.add((topic, at))
        if at not in polarities:
            polarities[at] = polarity or ("" if heard is None else polarity_within(heard, *parts[at]))
        tags.append(Tag(topic, start, end, polarities[at]))
    return tags


def polarity_within(heard: Signals, start: int, end: int) -> str:
    """What is said between two places of a text: "neg", "neu" or "pos"."""
    sentiment = heard.sentiment
    if isnan(sentiment):
        return ""
    clause = tone([one for one in heard.judged if start <= one[0] < end])
    return label((CLAUSE_WEIGHT * clause + sentiment) / (CLAUSE_WEIGHT + 1), NEGATIVE_BELOW, POSITIVE_FROM)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A seed or exclusion without its first stem: what may stand at each of its further words, and whose it is."""

    further: tuple[frozenset[str], ...]
    topic: str
    excluded: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """The seeds and exclusions that begin with a stem: those of one word, and, by the stem that follows, these and the
    longer ones that go on with it; all in the order they are tried."""

    alone: tuple[_Entry, ...]
    by_next: Mapping[str, tuple[_Entry, ...]]


def _compiled(topics: Sequence[Topic], language: str) -> dict[str, list[_Entry]]:
    """First stem of a seed, or its first word after EXACTLY -> the seeds that begin with it."""
    index: dict[str, list[_Entry]] = {}
    for topic in topics:
        for excluded, phrases in ((True, topic.exclusions), (False, topic.seeds)):
            for phrase in phrases.get(language, ()):
                words = [word for word, _, _ in places(phrase)]
                first, *rest = [spellings(word, language) for word in words]
                if phrase.lstrip().startswith(EXACTLY):
                    first = frozenset({f"{EXACTLY}{words[0]}"})
                for beginning in sorted(first):
                    index.setdefault(beginning, []).append(_Entry(tuple(rest), topic.id, excluded))
    return index


def _by_next(entries: Iterable[_Entry]) -> _Known:
    """Made ready: exclusions before seeds, longer before shorter."""
    ordered = sorted(entries, key=lambda entry: (not entry.excluded, -len(entry.further), entry.topic))
    following = {stem for entry in ordered if entry.further for stem in entry.further[0]}
    by_next = {
        stem: tuple(entry for entry in ordered if not entry.further or stem in entry.further[0]) for stem in following
    }
    return _Known(tuple(entry for entry in ordered if not entry.further), by_next)


def _hits(
    found: Sequence[tuple[str, int, int]], index: Mapping[str, "_Known | None"], language: str
) -> list[tuple[int, int, str]]:
    """Where seeds stand: (start, end, topic), in the order of the text; of overlapping ones of a topic, the first."""
    taken: dict[str, int] = {}  # topic -> the first word that is still free for it
    hits: list[tuple[int, int, str]] = []
    barred: set[tuple[str, int]] = set()
    for at, known in [(at, known) for at, (word, _, _) in enumerate(found) if (known := index[word]) is not None]:
        entries = known.alone
        if known.by_next and at + 1 < len(found):
            entries = known.by_next.get(stem(found[at + 1][0], language), entries)
        for entry in entries:
            behind = at + 1 + len(entry.further)
            if behind > at + 2 and (
                behind > len(found)
                or any(
                    stem(word, language) not in allowed
                    for (word, _, _), allowed in zip(found[at + 2 : behind], entry.further[1:], strict=True)
                )
            ):
                continue
            if entry.excluded:
                barred.update([(entry.topic, place) for place in range(at, behind)])
            elif taken.get(entry.topic, 0) <= at and not (
                barred and any((entry.topic, place) in barred for place in range(at, behind))
            ):
                taken[entry.topic] = behind
                hits.append((found[at][1], found[behind - 1][2], entry.topic))
    return hits


@lru_cache(maxsize=1)
def shipped_taxonomy() -> Taxonomy:
    """The taxonomy in data/topics/, read once. Raises Refused for a broken file."""
    return read_taxonomy(data_folder() / "topics")


def read_taxonomy(path: Path) -> Taxonomy:
    """Read a taxonomy: every `*.toml` of a folder, or one file. Raises Refused with every problem at once."""
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    problems: list[Problem] = []
    topics: dict[str, Topic] = {}
    if not files:
        problems.append(Problem(str(path), "holds no topics; there must be at least one .toml file."))
    for file in files:
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(Problem(file.name, f"cannot be read as TOML: {error}."))
            continue
        problems += _strangers(file.name, content, _FILE_KEYS)
        problems += _wrong_audiences(file.name, content)
        listed = content.get("topics", [])
        if not isinstance(listed, list) or not listed:
            problems.append(Problem(file.name, "there must be at least one [[topics]]."))
            continue
        for number, raw in enumerate(listed, start=1):
            where = f'{file.name}, topic "{raw["id"]}"' if "id" in raw else f"{file.name}, topic {number}"
            wrong = _wrong(where, raw)
            if raw.get("id") in topics:
                wrong.append(Problem(where, "this id is taken by another topic; every id must differ."))
            problems += wrong
            if not wrong:
                lists = {
                    key: {language: tuple(words) for language, words in raw.get(key, {}).items()}
                    for key in ("seeds", "exclusions")
                }
                audiences = raw.get("audiences", content.get("audiences", AUDIENCES))
                topics[raw["id"]] = Topic(raw["id"], raw["names"], **lists, audiences=tuple(audiences))
    if problems:
        raise Refused(problems)
    return Taxonomy(topics.values())


def _wrong(where: str, raw: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with one [[topics]] entry."""
    wrong = _strangers(where, raw, _TOPIC_KEYS) + _wrong_audiences(where, raw)
    own_id, names, seeds = raw.get("id"), raw.get("names"), raw.get("seeds")
    if not isinstance(own_id, str) or not own_id or not set(own_id) <= _ID_SIGNS:
        wrong.append(Problem(where, f"id is {own_id!r}. Allowed: lower-case letters, digits and underscores."))
    if not isinstance(names, dict) or not isinstance(names.get("en"), str) or not _are_words(list(names.values())):
        wrong.append(
            Problem(where, f"names is {names!r}; it must hold a name for each language, English (en) at least.")
        )
    if not isinstance(seeds, dict) or not any(seeds.values()):
        wrong.append(Problem(where, "seeds are missing; there must be words for at least one language."))
    for key in ("seeds", "exclusions"):
        lists = raw.get(key, {})
        if not isinstance(lists, dict):
            wrong.append(Problem(where, f"{key} must hold a list of words for each language."))
            continue
        for language, phrases in lists.items():
            if primary(language) != language or not _are_words(phrases):
                wrong.append(
                    Problem(
                        where, f"{key}, {language}: found {phrases!r}; allowed is a list of words by language code."
                    )
                )
                continue
            wrong += [
                Problem(where, f'{key}, {language}: "{phrase}" has {count} words. Allowed: 1 to {LONGEST_SEED}.')
                for phrase in phrases
                if not 1 <= (count := len(places(phrase))) <= LONGEST_SEED
            ]
    return wrong


def _wrong_audiences(where: str, found: Mapping[str, Any]) -> list[Problem]:
    """Whom a file or a topic is for: audiences may be left out; a topic's own go before its file's."""
    audiences = found.get("audiences", [])
    if _are_words(audiences) and set(audiences) <= set(AUDIENCES):
        return []
    return [Problem(where, f"audiences is {audiences!r}. Allowed: {', '.join(AUDIENCES)}.")]


def _strangers(where: str, found: Mapping[str, Any], known: Sequence[str]) -> list[Problem]:
    return [
        Problem(where, f'"{key}" is not known.{suggest(key, known)} Known: {", ".join(known)}.')
        for key in found
        if key not in known
    ]


def _are_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) and word.strip() for word in value)
