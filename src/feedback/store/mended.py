"""What people said of a comment against its reading, laid over it: where they agree it holds at once, in lists and in
what is counted; where they differ the reader's word stands."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from orjson import loads
from sqlalchemy import Text, and_, cast, select, update
from sqlmodel import Session

from feedback.store.inserting import table_of
from feedback.store.masking import ADDRESS, blackened, carried
from feedback.store.tables import CommentReadings, Corrections

SCORES: Mapping[str, float] = MappingProxyType({"neg": -1.0, "neu": 0.0, "pos": 1.0})
"""What a person may say of how a comment sounds, and the sentiment that stands for it."""
POLARITIES = (*SCORES, "")
"""How a topic is spoken of; "" where that is not known."""
Address = tuple[str, str, str]
Tag = Mapping[str, Any]
_CHUNK = 1000


@dataclass(frozen=True)
class Said:
    """What somebody said of a comment. sentiment: "neg", "neu", "pos"; None: nothing of it. topics: what it is about,
    as tags of a reading; absent: topics it is not about. whole: they looked at all of it: absent are all others they
    were offered then, so that nothing is said of a topic made later; where none is named, it is about nothing else."""

    sentiment: str | None = None
    topics: tuple[Tag, ...] = ()
    absent: tuple[str, ...] = ()
    whole: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The topics it is about."""
        return frozenset(str(tag["topic"]) for tag in self.topics)

    def on(self, topic: str) -> bool | None:
        """Whether they said that it is about a topic; None where they said nothing of that."""
        if topic in self.names:
            return True
        return False if topic in self.absent or (self.whole and not self.absent) else None


def agreed(said: Sequence[Said]) -> Said:
    """What holds of what several said of one comment: what at least one said, and nobody otherwise. The words are those
    of the first who named the topic; how it is spoken of is left open where they differ.

    >>> pace = {"topic": "pace", "start": 0, "end": 4, "polarity": "neg"}
    >>> held = agreed([Said("neg", (pace,)), Said("pos", (), ("labs",))])
    >>> held.sentiment, sorted(held.names), held.absent, held.whole
    (None, ['pace'], ('labs',), False)
    """
    tones = {each.sentiment for each in said} - {None}
    names = list(dict.fromkeys(name for each in said for name in (*sorted(each.names), *each.absent)))
    verdicts = {name: {each.on(name) for each in said} - {None} for name in names}
    topics: list[Tag] = []
    for name in names:
        if verdicts[name] == {True}:
            tags = [[tag for tag in each.topics if tag["topic"] == name] for each in said]
            spoken = {str(tag["polarity"]) for each in tags for tag in each}
            first = next(each for each in tags if each)
            topics += [{**tag, "polarity": tag["polarity"] if len(spoken) == 1 else ""} for tag in first]
    absent = tuple(name for name in names if verdicts[name] == {False})
    whole = any(each.whole for each in said) and all(len(each) == 1 for each in verdicts.values())
    return Said(tones.pop() if len(tones) == 1 else None, tuple(topics), absent, whole)


def laid_over(tags: Sequence[Tag], said: Said) -> list[dict[str, Any]]:
    """The topics of a comment, as read, with what was said of it; these are marked (`said`), since how somebody says
    that a topic is spoken of goes before what the question asked for.

    >>> laid_over([{"topic": "labs", "start": 9, "end": 13, "polarity": "pos"}], Said(absent=("labs",)))
    []
    """
    kept = [dict(tag) for tag in tags if said.on(str(tag["topic"])) is None]
    return sorted([*kept, *({**tag, "said": True} for tag in said.topics)], key=lambda tag: (tag["start"], tag["end"]))


def blackened_said(said: Said, text: str, masks: Sequence[Sequence[int]]) -> Said:
    """What was said, with its places in the text as a moderator's masks leave it; topics that touch a mask go."""
    _, topics = blackened(text, said.topics, masks)
    return replace(said, topics=tuple(topics))


def said_of(session: Session, keys: Iterable[str]) -> dict[Address, Said]:
    """What holds of what people said of the comments of these responses."""
    table, found = table_of(Corrections), dict[Address, list[Said]]()
    columns = (table.c.sentiment, cast(table.c.topics, Text), cast(table.c.absent, Text), table.c.whole)
    listed = sorted(set(keys))
    for start in range(0, len(listed), _CHUNK):
        some = table.c.response.in_(listed[start : start + _CHUNK])
        wanted = select(*_columns(ADDRESS), *columns).where(some)
        rows: Iterable[Any] = session.connection().execute(wanted.order_by(table.c.said_on, table.c.by))
        for response, question, credential, tone, topics, absent, whole in rows:
            each = Said(tone, tuple(loads(topics)), tuple(loads(absent)), bool(whole))
            found.setdefault((response, question, credential), []).append(each)
    return {place: agreed(said) for place, said in found.items()}


def is_anything_said(session: Session) -> bool:
    """Whether anybody said anything of any comment."""
    return session.connection().execute(select(table_of(Corrections).c.response).limit(1)).first() is not None


def carry(session: Session, rows: Collection[Mapping[str, Any]]) -> int:
    """Move what was said along with comments that are masked otherwise from now on: call it before new readings are
    kept. rows: readings, with response, question, credential and masked.

    A topic goes to wherever its words stand; one whose words are masked now is forgotten, and its comment no longer
    counts as looked at wholly. Returns how many corrections changed.
    """
    table, readings, connection = table_of(Corrections), table_of(CommentReadings), session.connection()
    after = {tuple(row[name] for name in ADDRESS): str(row["masked"]) for row in rows}
    keys = sorted({place[0] for place in after})
    said = (
        select(*_columns((*ADDRESS, "by")), cast(table.c.topics, Text), readings.c.masked)
        .join(readings, and_(*(table.c[name] == readings.c[name] for name in ADDRESS)))
        .where(table.c.response.in_(keys))
    )
    there: Sequence[Any] = connection.execute(said).all()
    changed = 0
    for response, question, credential, by, topics, masked in there:
        place = response, question, credential
        if after.get(place, masked) == masked:
            continue
        before = loads(topics)
        moved = [new for tag in before if (new := _moved(tag, masked, after[place]))]
        at = dict(zip((*ADDRESS, "by"), (*place, by), strict=True))
        where = [table.c[name] == value for name, value in at.items()]
        values: dict[str, Any] = {"topics": moved} | ({} if len(moved) == len(before) else {"whole": False})
        connection.execute(update(table).where(*where).values(**values))
        changed += 1
    return changed


def _moved(tag: Tag, before: str, after: str) -> dict[str, Any] | None:
    """A tag on another masked text of the same comment; None where its words are not there."""
    if (int(tag["start"]), int(tag["end"])) == (0, len(before)):
        return {**tag, "start": 0, "end": len(after)}
    places = carried(before, [(int(tag["start"]), int(tag["end"]))], after)
    if not places:
        return None
    start, end = min(places, key=lambda place: abs(place[0] - int(tag["start"])))
    return {**tag, "start": start, "end": end}


def _columns(names: Sequence[str]) -> list[Any]:
    table = table_of(Corrections)
    return [table.c[name] for name in names]
