"""Topics as people edit them: those that ship with the institution's own over them, and what a change of one would do
to the comments there are, before it is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pandas import DataFrame
from sqlmodel import Session

from feedback.analysis.comments.topics import Tag, Taxonomy, Topic, shipped_taxonomy
from feedback.store.topics import OwnTopic, read_topics

if TYPE_CHECKING:
    from feedback.worker.reader import Reader

EXAMPLES = 3
"""So many comments that a change would bring to a topic are shown."""
Spans = tuple[tuple[str, int, int, str], ...]


@dataclass(frozen=True)
class Known:
    """A topic there is. kept: as the institution keeps it; None: it is as it ships."""

    topic: OwnTopic
    kept: OwnTopic | None
    ships: bool


@dataclass(frozen=True)
class Learned:
    """What a topic is named in where it is read by what was learned here, with its words as one hint among others.
    languages: in which it is; now, then: how many of the comments in them name it before and after the change; beyond:
    of these then, how many do not say its words; against: how many say its words and yet are not about it.
    examples: texts beyond, with the words that told most."""

    languages: tuple[str, ...]
    now: int
    then: int
    beyond: int
    against: int
    examples: tuple[tuple[str, Spans], ...]


@dataclass(frozen=True)
class Trial:
    """What a change of a topic's words would do, by its words alone. listed: comments looked through; now, then: how
    many of them name it; more, fewer: how many begin or cease to. examples: texts that begin to, with where. learned:
    what would be found by what was learned; None where nothing was of this topic."""

    listed: int
    now: int
    then: int
    more: int
    fewer: int
    examples: tuple[tuple[str, Spans], ...]
    learned: Learned | None = None


def known_topics(session: Session) -> list[Known]:
    """Every topic there is, retired ones too, by its English name."""
    own = {each.id: each for each in read_topics(session)}
    ships = {ident: as_own(topic) for ident, topic in shipped_taxonomy().topics.items()}
    found = [Known(own.get(ident, topic), own.get(ident), ships=True) for ident, topic in ships.items()]
    found += [Known(topic, topic, ships=False) for ident, topic in own.items() if ident not in ships]
    return sorted(found, key=lambda each: each.topic.names["en"].casefold())


def shipped(ident: str) -> OwnTopic | None:
    """A topic as it ships; None where none of this id does."""
    found = shipped_taxonomy().topics.get(ident)
    return None if found is None else as_own(found)


def shipped_ids() -> frozenset[str]:
    """The ids of the topics that ship, which no other may have."""
    return frozenset(shipped_taxonomy().topics)


def languages_known() -> frozenset[str]:
    """The languages for which the topics that ship have words."""
    return frozenset(code for topic in shipped_taxonomy().topics.values() for code, said in topic.seeds.items() if said)


def as_own(topic: Topic) -> OwnTopic:
    """A topic that ships, as one that can be edited."""
    return OwnTopic(topic.id, dict(topic.names), dict(topic.seeds), dict(topic.exclusions), tuple(topic.audiences))


def try_topic(comments: DataFrame, wanted: OwnTopic, present: OwnTopic | None, reader: "Reader | None" = None) -> Trial:
    """What would become of a topic's tags. comments: text (as it may be shown), language and audience. present: the
    topic as it is; None: there is none yet. A retired one names nothing. reader: the present one, which may have
    learned the topic; None: nothing was learned."""
    now, then = (_tags(comments, topic) for topic in (present, wanted))
    more = [at for at, (before, after) in enumerate(zip(now, then, strict=True)) if after and not before]
    fewer = sum(bool(before) and not after for before, after in zip(now, then, strict=True))
    texts = comments["text"].tolist()
    shortest = sorted(more, key=lambda at: (len(texts[at]), texts[at]))[:EXAMPLES]
    spans = [tuple((tag.topic, tag.start, tag.end, "") for tag in then[at]) for at in shortest]
    examples = tuple((texts[at], where) for at, where in zip(shortest, spans, strict=True))
    learned = None if reader is None or wanted.retired_on else _learned(comments, wanted, present, reader)
    return Trial(len(texts), sum(map(bool, now)), sum(map(bool, then)), len(more), fewer, examples, learned)


def _learned(comments: DataFrame, wanted: OwnTopic, present: OwnTopic | None, reader: "Reader") -> Learned | None:
    """What the models that have learned the topic name it in."""
    models = {code: model for code, model in reader.topics.items() if wanted.id in model.used}
    if not models:
        return None
    others = [topic for ident, topic in reader.taxonomy.topics.items() if ident != wanted.id]
    before, after = (
        Taxonomy([*others, _of_own(each)] if each is not None and each.retired_on is None else others)
        for each in (present, wanted)
    )
    now = then = beyond = against = 0
    examples: list[tuple[str, Spans]] = []
    for code, model in sorted(models.items()):
        meant = (comments["language"].astype(str) == code) & comments["audience"].isin(wanted.audiences)
        texts = comments.loc[meant.to_numpy(dtype=bool), "text"].tolist()
        seeded = [after.tag(text, code, "pos") for text in texts]
        named = [wanted.id in said for said in model.said(texts, seeded)]
        says = [any(tag.topic == wanted.id for tag in tags) for tags in seeded]
        was = [before.tag(text, code, "pos") for text in texts]
        now += sum(wanted.id in said for said in model.said(texts, was))
        then += sum(named)
        against += sum(word and not name for word, name in zip(says, named, strict=True))
        new = [at for at, (word, name) in enumerate(zip(says, named, strict=True)) if name and not word]
        beyond += len(new)
        for at in sorted(new, key=lambda at: (len(texts[at]), texts[at]))[:EXAMPLES]:
            tags = [tag for tag in model.tag(texts[at], seeded[at], "pos") if tag.topic == wanted.id]
            examples.append((texts[at], tuple((tag.topic, tag.start, tag.end, "") for tag in tags)))
    examples = sorted(examples, key=lambda each: (len(each[0]), each[0]))[:EXAMPLES]
    return Learned(tuple(sorted(models)), now, then, beyond, against, tuple(examples))


def _of_own(topic: OwnTopic) -> Topic:
    return Topic(topic.id, topic.names, topic.seeds, topic.exclusions, topic.audiences)


def _tags(comments: DataFrame, topic: OwnTopic | None) -> list[Sequence[Tag]]:
    if topic is None or topic.retired_on is not None:
        return [() for _ in range(len(comments))]
    alone = Taxonomy([_of_own(topic)])
    rows = zip(comments["text"], comments["language"], comments["audience"], strict=True)
    # how a tag is meant bears on nothing here; given, it needs not be read
    return [alone.tag(text, language or "", "pos", audience) for text, language, audience in rows]


@dataclass(frozen=True)
class Offered:
    """A topic that is looked for, with its English name, and in whose comments."""

    id: str
    name: str
    audiences: tuple[str, ...]


def offered(session: Session) -> list[Offered]:
    """The topics that are looked for now, by name."""
    known = [each.topic for each in known_topics(session) if each.topic.retired_on is None]
    return [Offered(each.id, each.names["en"], tuple(each.audiences)) for each in known]
