"""People and the reader of comments: comments drawn to be checked, what people say of them, and how often both agree.

What is shown here is what its reader may read elsewhere: published comments of groups that are large enough, masked by
the program and by whoever reviewed them, without scores of others and without anything else a person said.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random, SystemRandom
from typing import Any

from orjson import loads
from pandas import DataFrame
from sqlalchemy import ColumnElement, Text, and_, cast, delete, false, func, or_, select
from sqlmodel import Session

from feedback import policy
from feedback.errors import Problem, Refused, suggest
from feedback.limits import STANDARD, Limits
from feedback.policy import Actor, Subject
from feedback.store import audit, blocks, meta
from feedback.store.clock import now
from feedback.store.comments import CountVoices, heard, published_pairs, replace_voices
from feedback.store.inserting import insert, table_of
from feedback.store.masking import ADDRESS, SHOWN, behind, blackened
from feedback.store.mended import POLARITIES, SCORES, Said, Tag, blackened_said
from feedback.store.moderation import Changed, Place, is_published, subject_of
from feedback.store.tables import CommentReadings, Corrections, Credentials, Moderations, Responses
from feedback.survey.questionnaire import EMPLOYER, EXPERT, Instrument

Instruments = Mapping[str, Instrument]
MOST_TAGS, MOST_OFFERED = 40, 1000
"""Of a comment: places of topics, and topics somebody was offered who looked at all of it."""
MOST_LOOKED_AT = 5000
"""So many comments, taken by chance, are looked through for those that teach most."""
AT_RANDOM = 0.5
"""This part of the comments drawn is drawn by chance alone: what is measured on it is true of all."""
_GONE = "This comment is no more as it was shown: it was read anew, masked otherwise, or taken back. Please look again."
PAIRS = ("comment", "person", "language", "sentiment", "topics", "said", "about", "not_about", "whole", "at_random")


@dataclass(frozen=True)
class Seen:
    """A comment as it is checked. text: with everything masked; tags and places lie in it. sentiment: as read, -1 to 1;
    None: not scored. topics: as read. said: what the one who looks has said of it before. at_random: drawn by chance
    alone, and to be judged before its reading is seen; hand it back with what is said so, or nothing is measured."""

    place: Place
    instrument: str
    language: str
    text: str
    sentiment: float | None
    topics: tuple[Tag, ...]
    said: Said | None = None
    at_random: bool = False


def draw_to_check(
    session: Session,
    instruments: Instruments,
    actor: Actor,
    *,
    doubt: Callable[[float | None], float],
    limits: Limits = STANDARD,
    credential: str | None = None,
    language: str = "",
    most: int = 20,
    shown: Collection[Place] = (),
    chance: Random | None = None,
) -> list[Seen]:
    """So many comments for somebody to check, in random order: half of them drawn by chance alone, of these first some
    that another has checked so, which tells how far two people agree; the others where the reader is least sure, and
    where it names a topic that is seldom named.

    doubt: how unsure a sentiment is, from 0 on. credential, language (detected): only of these. limits: from so many
    people on comments show. shown: of these they saw the reading, so that none is drawn by chance. What they have
    checked before is left out. Raises Forbidden.
    """
    chance = chance or SystemRandom()
    found = _rows(session, instruments, actor, limits, credential, language)
    mine, others = _checked(session, actor)
    number = round(most * AT_RANDOM)
    readings = table_of(CommentReadings)
    keys = sorted({place[0] for place in others - mine.keys()})
    once = chance.sample(keys, min(len(keys), most))
    seen_once = _rows(session, instruments, actor, limits, credential, language, [readings.c.response.in_(once)])
    again = [row for row in seen_once if _address(row) in others and _address(row) not in mine]
    again = [row for row in again if row.place not in shown]
    free = [row for row in found if _address(row) not in mine]
    by_chance = chance.sample(again, min(len(again), number // 2))
    rest = [row for row in free if _address(row) not in others]
    unseen = [row for row in rest if row.place not in shown]
    by_chance += chance.sample(unseen, min(len(unseen), number - len(by_chance)))
    taken = {_address(row) for row in by_chance}
    rest = [row for row in rest if _address(row) not in taken]
    often = Counter(str(tag["topic"]) for row in rest for tag in row.topics)

    def worth(row: Any) -> float:
        rare = max((1 / often[str(tag["topic"])] ** 0.5 for tag in row.topics), default=0.0)
        return doubt(row.sentiment) + rare + chance.random() / 100

    teaching = sorted(rest, key=worth, reverse=True)[: most - len(by_chance)]
    drawn = [_seen(row, at_random=True) for row in by_chance] + [_seen(row) for row in teaching]
    chance.shuffle(drawn)
    return drawn


def read_seen(
    session: Session, instruments: Instruments, actor: Actor, place: Place, *, limits: Limits = STANDARD
) -> Seen | None:
    """One comment as it may be checked, with what the actor said of it, at_random as they said it; None when it is not
    for them, or no more. Raises Forbidden."""
    readings = table_of(CommentReadings)
    at = [readings.c[name] == getattr(place, name) for name in ADDRESS]
    rows = _rows(session, instruments, actor, limits, place.credential, "", at)
    if not rows:
        return None
    mine, _ = _checked(session, actor, place)
    said, at_random = mine.get((place.response, place.question, place.credential), (None, False))
    if said is not None:
        said = blackened_said(said, rows[0].masked, rows[0].masks)
    return replace(_seen(rows[0], at_random=at_random), said=said)


def find_seen(
    session: Session,
    instruments: Instruments,
    actor: Actor,
    text: str,
    *,
    credential: str,
    questions: Collection[tuple[str, str]],
    limits: Limits = STANDARD,
) -> Seen | None:
    """The comment that reads so, as it may be shown, in answer to one of these questions (instrument and question)
    about a credential ("" none), with what the actor said of it; None where there is none for them to check. Of
    several that read alike any: nobody can tell them apart. Raises Forbidden."""
    readings, decided = table_of(CommentReadings), table_of(Moderations)
    where = [
        readings.c.credential == credential,
        or_(readings.c.masked == text, decided.c.state.in_(SHOWN)),
        readings.c.question.in_(sorted({question for _, question in questions})),
    ]
    for row in _rows(session, instruments, actor, limits, credential, "", where):
        if (row.instrument, row.place.question) in questions and _seen(row).text == text:
            return read_seen(session, instruments, actor, row.place, limits=limits)
    return None


def correct(
    session: Session,
    instruments: Instruments,
    actor: Actor,
    seen: Seen,
    said: Said,
    *,
    count_voices: CountVoices,
    limits: Limits = STANDARD,
) -> Seen:
    """Keep what somebody says of a comment as it was seen, in place of what they said before; `Said()`: nothing.

    It holds at once, in lists and in what is counted, unless somebody else says otherwise. Returns the comment with it.
    Raises Forbidden; Refused with all that is wrong; moderation.Changed when the comment is no more as it was seen.
    """
    subject = subject_of(session, seen.place.credential)
    policy.demand(actor, policy.TEACH, [subject])
    said = checked(seen.text, said)
    meta.lock_published(session)
    responses, connection = table_of(Responses), session.connection()
    lock = select(responses.c.is_sample).where(responses.c.key == seen.place.response)
    is_sample = connection.execute(lock.with_for_update(read=True, key_share=True)).scalar_one_or_none()
    readings = table_of(CommentReadings)
    at = [readings.c[name] == getattr(seen.place, name) for name in ADDRESS]
    rows = _rows(session, instruments, actor, limits, seen.place.credential, "", at)
    if is_sample is None or not rows or _seen(rows[0]).text != seen.text:
        raise Changed(_GONE)
    place = {name: getattr(seen.place, name) for name in ADDRESS}
    pairs = published_pairs(session, [{**place, "instrument": seen.instrument}], instruments)
    before = heard(session, instruments, count_voices, pairs=pairs)
    _keep(session, actor, place, _in_masked(said, rows[0]), at_random=seen.at_random, is_sample=bool(is_sample))
    if pairs:
        after = heard(session, instruments, count_voices, pairs=pairs)
        replace_voices(session, instruments, count_voices, before, after)
    meta.bump(session, meta.READINGS)
    meta.bump(session)
    audit.record(
        session, actor, audit.CORRECTED, subject,
        which=seen.place.mark, sentiment=said.sentiment, topics=sorted(said.names),
        absent=[topic for topic in said.absent if not said.whole or topic in _ids(rows[0].topics)],
    )  # fmt: skip
    return replace(seen, said=said)


def checked(text: str, said: Said) -> Said:
    """What is said, its topics in the order of the text and each place once. Raises Refused with every problem."""
    problems = []
    if said.sentiment is not None and said.sentiment not in SCORES:
        known = ", ".join(SCORES)
        hint = suggest(said.sentiment, SCORES)
        problems.append(Problem("sentiment", f"{said.sentiment!r} is not known.{hint} Known: {known}."))
    if len(said.topics) > MOST_TAGS or len(said.absent) > (MOST_OFFERED if said.whole else MOST_TAGS):
        problems.append(Problem("topics", f"There are more than {MOST_TAGS}; that is the most of a comment."))
    for tag in said.topics:
        if not 0 <= int(tag["start"]) < int(tag["end"]) <= len(text):
            place = f"from {tag['start']} to {tag['end']}"
            problems.append(Problem(str(tag["topic"]), f"{place} lies not in a text of {len(text)} signs."))
        if tag["polarity"] not in POLARITIES:
            problems.append(Problem(str(tag["topic"]), f"{tag['polarity']!r} is not one of neg, neu, pos or nothing."))
    if both := sorted(said.names & set(said.absent)):
        problems.append(Problem(", ".join(both), "cannot be in the comment and absent from it."))
    if problems:
        raise Refused(problems)
    tags = {(str(tag["topic"]), int(tag["start"]), int(tag["end"])): str(tag["polarity"]) for tag in said.topics}
    topics = tuple(
        {"topic": topic, "start": start, "end": end, "polarity": tags[topic, start, end]}
        for topic, start, end in sorted(tags, key=lambda tag: (tag[1], tag[2], tag[0]))
    )
    return Said(said.sentiment, topics, tuple(dict.fromkeys(said.absent)), said.whole)


def read_pairs(session: Session, actor: Actor, *, analyser: str = "") -> DataFrame:
    """What the reader read and what people said, one row a comment and person: for measuring both, which is for all who
    read results. Raises Forbidden.

    Columns: comment and person (numbers that lead nowhere), language, sentiment (read; missing: not scored), topics
    (ids, as read), said ("neg", "neu", "pos" or missing), about and not_about (ids), whole (all of it was looked at),
    at_random (drawn by chance: only of these what is measured is true of all). analyser: only comments as this one has
    read them; "" as whoever has.
    """
    if not policy.can_somewhere(actor, policy.READ):
        policy.demand(actor, policy.READ)
    readings, said = table_of(CommentReadings), table_of(Corrections)
    wanted = (
        select(
            *(said.c[name] for name in ADDRESS), said.c.by, readings.c.language, readings.c.sentiment,
            cast(readings.c.topics, Text), said.c.sentiment, cast(said.c.topics, Text), cast(said.c.absent, Text),
            said.c.whole, said.c.at_random,
        )
        .join(readings, and_(*(said.c[name] == readings.c[name] for name in ADDRESS)))
        .order_by(readings.c.order, readings.c.response, readings.c.question, readings.c.credential, said.c.by)
    )  # fmt: skip
    if analyser:
        wanted = wanted.where(readings.c.analyser == analyser)
    comments, people = dict[tuple, int](), dict[str, int]()
    rows = []
    for *place, by, language, sentiment, read, tone, about, absent, whole, at_random in session.connection().execute(
        wanted
    ):
        comment = comments.setdefault(tuple(place), len(comments))
        person = people.setdefault(by, len(people))
        both = _ids(loads(read)), tone, _ids(loads(about)), tuple(loads(absent))
        rows.append((comment, person, language, sentiment, *both, bool(whole), bool(at_random)))
    return DataFrame(rows, columns=list(PAIRS)).astype({"sentiment": float, "whole": bool, "at_random": bool})


def languages(session: Session, instruments: Instruments, actor: Actor, limits: Limits = STANDARD) -> list[str]:
    """The languages found in the comments somebody may check, sorted. Raises Forbidden."""
    readings, responses, decided = table_of(CommentReadings), table_of(Responses), table_of(Moderations)
    found = (
        select(readings.c.language)
        .distinct()
        .join(responses, responses.c.key == readings.c.response)
        .outerjoin(decided, and_(*(decided.c[name] == readings.c[name] for name in ADDRESS)))
        .where(is_published(), readings.c.instrument.in_(list(instruments)), readings.c.language.is_not(None))
        .where(_may_check(session, instruments, actor, limits))
    )
    return sorted(each for each in session.connection().execute(found).scalars() if each)


def _in_masked(said: Said, row: "_Row") -> Said:
    """What was said, with its places in the text as the program masked it; what touches a mask is left out, and then it
    was not all. Topics read where a moderator's masks are nobody saw: they stay as they were read."""
    shown, seen = blackened(row.masked, row.topics, row.masks)
    tags = []
    for tag in said.topics:
        place = int(tag["start"]), int(tag["end"])
        found = (0, len(row.masked)) if place == (0, len(shown)) else behind(place, row.masks)
        if found is not None:
            tags.append({**tag, "start": found[0], "end": found[1]})
    whole = said.whole and len(tags) == len(said.topics)
    if not said.whole:
        return replace(said, topics=tuple(tags))
    hidden = [dict(tag) for tag in row.topics if str(tag["topic"]) not in _ids(seen)]
    hidden = [tag for tag in hidden if str(tag["topic"]) not in said.names]
    absent = tuple(topic for topic in said.absent if topic not in _ids(hidden))
    return replace(said, topics=(*tags, *hidden), absent=absent, whole=whole)


def _keep(
    session: Session, actor: Actor, place: Mapping[str, str], said: Said, *, at_random: bool, is_sample: bool
) -> None:
    table = table_of(Corrections)
    at = {**place, "by": actor.id}
    if said == Said():
        where = [table.c[name] == value for name, value in at.items()]
        session.connection().execute(delete(table).where(*where))
        return
    values = {
        "sentiment": said.sentiment, "topics": [dict(tag) for tag in said.topics], "absent": list(said.absent),
        "whole": said.whole, "at_random": at_random and said.whole, "said_on": now(session).date(),
        "is_sample": is_sample,
    }  # fmt: skip
    statement = insert(session, Corrections).values(at | values)
    session.connection().execute(statement.on_conflict_do_update(index_elements=[*ADDRESS, "by"], set_=values))


def _checked(
    session: Session, actor: Actor, place: Place | None = None
) -> tuple[dict[tuple, tuple[Said, bool]], set[tuple]]:
    """What the actor said, by comment, each with whether it was drawn by chance; and the comments that others checked
    so."""
    table = table_of(Corrections)
    columns = (table.c.sentiment, cast(table.c.topics, Text), cast(table.c.absent, Text), table.c.whole)
    wanted = select(*(table.c[name] for name in ADDRESS), table.c.by, table.c.at_random, *columns)
    if place is not None:
        wanted = wanted.where(*(table.c[name] == getattr(place, name) for name in ADDRESS))
    mine, others = dict[tuple, tuple[Said, bool]](), set[tuple]()
    for *named, by, at_random, tone, topics, absent, whole in session.connection().execute(wanted):
        if by == actor.id:
            said = Said(tone, tuple(loads(topics)), tuple(loads(absent)), bool(whole))
            mine[tuple(named)] = said, bool(at_random)
        elif at_random:
            others.add(tuple(named))
    return mine, others


@dataclass(frozen=True)
class _Row:
    """A comment that may be checked. topics: in the text the program masked; masks: of a moderator."""

    place: Place
    instrument: str
    language: str
    masked: str
    sentiment: float | None
    topics: tuple[Tag, ...]
    masks: tuple[tuple[int, int], ...]


def _rows(
    session: Session,
    instruments: Instruments,
    actor: Actor,
    limits: Limits,
    credential: str | None,
    language: str,
    where: Collection[ColumnElement[bool]] = (),
) -> list[_Row]:
    """Comments somebody may check, in random order, so many as are looked at at most."""
    readings, responses, decided = table_of(CommentReadings), table_of(Responses), table_of(Moderations)
    found = (
        select(
            *(readings.c[name] for name in (*ADDRESS, "instrument", "language", "masked", "sentiment")),
            cast(readings.c.topics, Text), cast(decided.c.masks, Text),
        )
        .join(responses, responses.c.key == readings.c.response)
        .outerjoin(decided, and_(*(decided.c[name] == readings.c[name] for name in ADDRESS)))
        .where(is_published(), readings.c.instrument.in_(list(instruments)), *where)
    )  # fmt: skip
    found = found.where(_may_check(session, instruments, actor, limits))
    if credential is not None:
        found = found.where(readings.c.credential == credential)
    if language:
        found = found.where(readings.c.language == language)
    if not where:
        found = found.order_by(func.random()).limit(MOST_LOOKED_AT)
    rows = session.connection().execute(found)
    return [
        _Row(Place(*place), name, spoken or "", masked, sentiment, tuple(loads(topics)), _masks(masks))
        for *place, name, spoken, masked, sentiment, topics, masks in rows
    ]


def _masks(kept: str | None) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in loads(kept)) if kept else ()


def _seen(row: _Row, *, at_random: bool = False) -> Seen:
    text, topics = blackened(row.masked, row.topics, row.masks)
    return Seen(row.place, row.instrument, row.language, text, row.sentiment, tuple(topics), at_random=at_random)


def _address(row: _Row) -> tuple[str, str, str]:
    return row.place.response, row.place.question, row.place.credential


def _may_check(session: Session, instruments: Instruments, actor: Actor, limits: Limits) -> ColumnElement[bool]:
    """Of readings joined with moderations: those somebody may check. Of a group that is too small nobody may, but for
    moderators, who read every comment. Raises Forbidden when they may nowhere."""
    if not policy.can_somewhere(actor, policy.TEACH):
        policy.demand(actor, policy.TEACH)
    readings, decided, table = table_of(CommentReadings), table_of(Moderations), table_of(Credentials)
    every = {"": policy.WHOLE} | {
        slug: Subject(programme or "", slug)
        for slug, programme in session.connection().execute(select(table.c.slug, table.c.programme))
    }
    reviewed, unreviewed = decided.c.state.in_(SHOWN), decided.c.state.is_(None)
    several = [reviewed & false()]
    for (name, slug), (people, enough) in _behind(session, instruments, limits).items():
        subject = every.get(slug)
        if subject is None or not policy.can(actor, policy.TEACH, subject):
            continue
        unit = and_(readings.c.instrument == name, readings.c.credential == slug)
        if policy.can(actor, policy.MODERATE, subject):
            several.append(unit & or_(reviewed, unreviewed))
        elif enough:
            program = policy.can(actor, policy.UNREVIEWED, subject) and people >= limits.unreviewed_minimum
            several.append(unit & (or_(reviewed, unreviewed) if program else reviewed))
    return or_(*several)


def _behind(session: Session, instruments: Instruments, limits: Limits) -> dict[tuple[str, str], tuple[int, bool]]:
    """Of each instrument and credential: how many people commented, published, and whether they are enough."""
    houses: dict[tuple[str, str], Counter[str | None]] = {}
    for name, slug, house, people in blocks.who_wrote(session):
        if name in instruments:
            houses.setdefault((name, slug), Counter())[house] += people
    return {unit: (each.total(), _enough(instruments[unit[0]], each, limits)) for unit, each in houses.items()}


def _enough(instrument: Instrument, houses: Counter[str | None], limits: Limits) -> bool:
    people = houses.total()
    if instrument.audience == EXPERT:
        return people >= limits.reviewers
    if instrument.audience != EMPLOYER:
        return people >= limits.minimum_group
    several = len(houses.keys() - {None}) >= limits.minimum_organisations
    largest = max(houses.values(), default=0)
    return people >= limits.minimum_group and several and largest <= limits.largest_share * people


def _ids(tags: Sequence[Tag]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(tag["topic"]) for tag in tags))
