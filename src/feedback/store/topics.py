"""The institution's own topics, and its edits of those that ship: they go before the files of the program."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from types import EllipsisType
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session

from feedback import policy
from feedback.errors import FeedbackError, Problem, Refused
from feedback.policy import Actor
from feedback.store import audit, meta
from feedback.store.clock import now
from feedback.store.inserting import insert, table_of
from feedback.store.tables import Topics
from feedback.survey.questionnaire import AUDIENCES

LONGEST_ID, LONGEST_NAME, LONGEST_PHRASE = 60, 80, 60
MOST_WORDS, MOST_PHRASES = 4, 200
"""Words of a phrase, and phrases of a topic in a language."""
_ID = re.compile(r"[a-z][a-z0-9_]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")

Words = Mapping[str, tuple[str, ...]]


class Overtaken(FeedbackError):
    """A topic is no more as it was when somebody began to change it."""


@dataclass(frozen=True)
class OwnTopic:
    """A topic as the institution wants it. id: its meaning, never given to another. names: by language, "en" at least.
    seeds, exclusions: by language, words or phrases of up to four words. audiences: whose comments may be about it.
    retired_on: the day from which it is looked for no more; None while it is."""

    id: str
    names: Mapping[str, str]
    seeds: Words
    exclusions: Words = field(default_factory=dict)
    audiences: tuple[str, ...] = AUDIENCES
    retired_on: date | None = None


def read_topics(session: Session) -> list[OwnTopic]:
    """All of them, retired ones too, by id."""
    return [_topic_of(row) for row in session.connection().execute(_wanted().order_by(table_of(Topics).c.id))]


def save_topic(
    session: Session, actor: Actor, topic: OwnTopic, *, instead_of: OwnTopic | EllipsisType | None = ...
) -> OwnTopic:
    """Keep a topic, new or changed; one that ships is replaced by it under its id. Returns it as it is kept.

    instead_of: the topic as it was kept when the change of it began; None: it was not kept; ...: whatever it is now.
    Comments are read anew afterwards, by the worker. Raises Forbidden, Refused with all that is wrong with it, and
    Overtaken where somebody else has changed it meanwhile.
    """
    policy.demand(actor, policy.TEACH)
    topic = checked(topic)
    if not isinstance(instead_of, EllipsisType):
        row = session.connection().execute(_wanted().where(table_of(Topics).c.id == topic.id).with_for_update()).first()
        if (None if row is None else _topic_of(row)) != instead_of:
            raise Overtaken("Somebody else has changed this topic meanwhile. Nothing of yours was kept.")
    day = now(session).date()
    kept = {
        "names": dict(topic.names),
        "seeds": {language: list(words) for language, words in topic.seeds.items()},
        "exclusions": {language: list(words) for language, words in topic.exclusions.items()},
        "audiences": list(topic.audiences),
        "retired_on": topic.retired_on,
        "by": actor.id,
        "set_on": day,
    }
    statement = insert(session, Topics).values(id=topic.id, **kept)
    session.connection().execute(statement.on_conflict_do_update(index_elements=["id"], set_=kept))
    meta.bump(session)
    retired = topic.retired_on is not None
    number = sum(map(len, topic.seeds.values()))
    audit.record(session, actor, audit.TOPIC_SET, f"topic:{topic.id}", retired=retired, phrases=number)
    return topic


def make_topic(
    session: Session,
    actor: Actor,
    name: str,
    phrases: Iterable[str],
    *,
    language: str = "en",
    audiences: Iterable[str] = AUDIENCES,
    taken: Collection[str] = (),
) -> OwnTopic:
    """A topic of a theme that was found, in one step: what its words are, and what it is to be called.

    language: of both. taken: the ids of the topics that ship. Raises as save_topic, and Refused where there is a topic
    of that name.
    """
    ident = id_of(name)
    if ident in taken or any(each.id == ident for each in read_topics(session)):
        said = f"is taken by another topic ({ident}), maybe a retired one. Choose another name, or change that topic."
        raise Refused([Problem("name", said)])
    names = {"en": name.strip(), language: name.strip()}
    return save_topic(session, actor, OwnTopic(ident, names, {language: tuple(phrases)}, {}, tuple(audiences)))


def retire(session: Session, actor: Actor, topic: OwnTopic, *, again: bool = False) -> OwnTopic:
    """Look for a topic no more from today on; again: from now on again. What was counted of it goes with the next
    reading. Raises as save_topic."""
    day = None if again else now(session).date()
    return save_topic(session, actor, replace(topic, retired_on=day))


def id_of(name: str) -> str:
    """An id made of a name; of one without a letter from a to z a mark that says nothing.

    >>> id_of("Career  help & advice")
    'career_help_advice'
    """
    plain = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
    if not re.search("[a-z]", plain):
        return f"topic_{sha256(name.strip().encode()).hexdigest()[:8]}"
    return re.sub(r"^(?=[0-9])", "t_", plain)[:LONGEST_ID].rstrip("_")


def checked(topic: OwnTopic) -> OwnTopic:
    """A topic with its words bare, each once. Raises Refused with every problem."""
    problems = []
    if not _ID.fullmatch(topic.id) or len(topic.id) > LONGEST_ID:
        said = f"{topic.id!r} must be of lower-case letters (a to z), digits and underscores, at most {LONGEST_ID}."
        problems.append(Problem("id", said))
    names = {language: str(name).strip() for language, name in topic.names.items()}
    if not names.get("en"):
        problems.append(Problem("names", "there must be a name in English (en), at least."))
    problems += [
        Problem(f"names, {language}", f"has {len(name)} signs; 1 to {LONGEST_NAME} are allowed.")
        for language, name in names.items()
        if not 0 < len(name) <= LONGEST_NAME and (name or language != "en")
    ]
    lists = {"seeds": _bare(topic.seeds), "exclusions": _bare(topic.exclusions)}
    if not any(lists["seeds"].values()):
        problems.append(Problem("seeds", "there must be a word for at least one language."))
    for what, words in lists.items():
        problems += _wrong(what, words)
    if not topic.audiences or not set(topic.audiences) <= set(AUDIENCES):
        said = f"found {', '.join(topic.audiences) or 'none'}; allowed: {', '.join(AUDIENCES)}."
        problems.append(Problem("audiences", said))
    if problems:
        raise Refused(problems)
    audiences = tuple(dict.fromkeys(topic.audiences))
    return replace(topic, names=names, seeds=lists["seeds"], exclusions=lists["exclusions"], audiences=audiences)


def _wrong(what: str, words: Words) -> list[Problem]:
    problems = []
    for language, phrases in words.items():
        where = f"{what}, {language}"
        if not _LANGUAGE.fullmatch(language):
            problems.append(Problem(where, "a language is two or three small letters, as en."))
        if len(phrases) > MOST_PHRASES:
            problems.append(Problem(where, f"has {len(phrases)} phrases; at most {MOST_PHRASES} are allowed."))
        problems += [
            Problem(where, f"“{phrase}” must have 1 to {MOST_WORDS} words, and at most {LONGEST_PHRASE} signs.")
            for phrase in phrases
            if len(phrase) > LONGEST_PHRASE or len(phrase.split()) > MOST_WORDS or not re.search(r"\w", phrase)
        ]
    return problems


def _bare(words: Words) -> Words:
    """Phrases with single spaces, each once; languages with none are left out."""
    bare = {
        language: tuple(dict.fromkeys(" ".join(str(each).split()) for each in phrases))
        for language, phrases in words.items()
    }
    return {language: phrases for language, phrases in bare.items() if phrases}


def _wanted() -> Select:
    table = table_of(Topics)
    return select(*(table.c[name] for name in ("id", "names", "seeds", "exclusions", "audiences", "retired_on")))


def _topic_of(row: Any) -> OwnTopic:
    ident, names, seeds, exclusions, audiences, retired = row
    return OwnTopic(ident, names, _words(seeds), _words(exclusions), tuple(audiences), retired)


def _words(kept: Mapping[str, list[str]]) -> Words:
    return {language: tuple(phrases) for language, phrases in kept.items()}
