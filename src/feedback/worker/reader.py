"""The reader of comments as it is at this moment: the program's version, the institution's own topics, and the models
it has learned here. The one place that says what its version is, so that a change in any of them is a new one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from zlib import crc32

from sqlmodel import Session

from feedback.analysis.comments import learned_topics, learning
from feedback.analysis.comments.learned_topics import TopicModel
from feedback.analysis.comments.learning import SentimentModel
from feedback.analysis.comments.reading import ANALYSER
from feedback.analysis.comments.topics import Taxonomy, Topic, shipped_taxonomy
from feedback.errors import FeedbackError
from feedback.store import reader_models, topics
from feedback.store.reader_models import SENTIMENT, TOPIC, Model
from feedback.store.topics import OwnTopic
from feedback.worker.work import Failed


@dataclass(frozen=True)
class Reader:
    """What reads comments. version: kept with every reading. sentiment, topics: what was learned, by language."""

    version: str
    taxonomy: Taxonomy
    sentiment: Mapping[str, SentimentModel]
    topics: Mapping[str, TopicModel]

    def meant(self, tags: list[dict], audience: str) -> list[dict]:
        """The tags of topics that comments of an audience may be about; a learned one may be retired by now."""
        if not self.topics:
            return tags
        known = self.taxonomy.topics
        return [tag for tag in tags if tag["topic"] in known and audience in known[tag["topic"]].audiences]


def version_of(session: Session) -> str:
    """The version of the present reader: the program's own, and, where there are topics or models of the institution's,
    a mark of these."""
    return _version(ANALYSER, reader_models.models_in_use(session, ANALYSER), topics.read_topics(session))


def reader_of(session: Session) -> Reader:
    """The present reader, ready to read. Raises Failed for a model that is not as it was kept."""
    models = reader_models.models_in_use(session, ANALYSER)
    own = topics.read_topics(session)
    try:
        sentiment = {
            each.language: _sentiment(reader_models.bytes_of(session, each), each.sha256)
            for each in models
            if each.kind == SENTIMENT
        }
        learned = {
            each.language: _topics(reader_models.bytes_of(session, each), each.sha256)
            for each in models
            if each.kind == TOPIC
        }
    except FeedbackError as error:
        raise Failed(str(error)) from error
    return Reader(_version(ANALYSER, models, own), _taxonomy(_wording(own)), sentiment, learned)


def taxonomy_of(session: Session) -> Taxonomy:
    """The topics that ship with the institution's edits over them, without those it retired."""
    return _taxonomy(_wording(topics.read_topics(session)))


def topic_names(session: Session, language: str) -> dict[str, str]:
    """The name of each topic in a language, in English where it has none, by its id; retired ones too, since they may
    still be counted."""
    names = {topic.id: topic.names for topic in shipped_taxonomy().topics.values()}
    names |= {topic.id: topic.names for topic in topics.read_topics(session)}
    return {ident: known.get(language, known["en"]) for ident, known in names.items()}


def number_of(version: str) -> int:
    """A version as a number."""
    return crc32(version.encode()) & 0x7FFFFFFF


def _words(kept: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {language: tuple(phrases) for language, phrases in kept.items()}


def _version(program: str, models: Sequence[Model], own: Sequence[OwnTopic]) -> str:
    """The program's version alone where nothing else reads, else with eight digits more."""
    if not models and not json.loads(_wording(own)):
        return program
    learned = sorted((model.kind, model.language, model.sha256) for model in models)
    return f"{program}.{sha256(json.dumps([learned, _wording(own)]).encode()).hexdigest()[:8]}"


def _wording(own: Sequence[OwnTopic]) -> str:
    """What of topics bears on how comments read, as text: their names do not, nor one with the words it ships with."""
    ships = shipped_taxonomy().topics
    return json.dumps(
        [
            [each.id, each.retired_on is not None, each.seeds, each.exclusions, each.audiences]
            for each in sorted(own, key=lambda each: each.id)
            if each.id not in ships or not _reads_as(each, ships[each.id])
        ],
        sort_keys=True,
    )


def _reads_as(own: OwnTopic, ships: Topic) -> bool:
    """Whether comments read by an own topic as by the one that ships under its id."""
    kept = [own.seeds, own.exclusions], frozenset(own.audiences)
    shipped = [ships.seeds, ships.exclusions], frozenset(ships.audiences)
    same = [{code: tuple(said) for code, said in each.items() if said} for each in kept[0]] == [
        {code: tuple(said) for code, said in each.items() if said} for each in shipped[0]
    ]
    return own.retired_on is None and same and kept[1] == shipped[1]


_sentiment = lru_cache(maxsize=8)(learning.unpacked)
_topics = lru_cache(maxsize=8)(learned_topics.unpacked)


@lru_cache(maxsize=4)
def _taxonomy(wording: str) -> Taxonomy:
    """The taxonomy with own topics over those that ship; made once, since its matching is made ready."""
    found = dict(shipped_taxonomy().topics)
    for ident, is_retired, seeds, exclusions, audiences in json.loads(wording):
        found.pop(ident, None)
        if not is_retired:
            found[ident] = Topic(ident, {"en": ident}, _words(seeds), _words(exclusions), tuple(audiences))
    return Taxonomy(found.values()) if json.loads(wording) else shipped_taxonomy()
