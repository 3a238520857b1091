"""Who reads which comment: what waits for a moderator, what was decided, and the original where it must be seen.

A moderator sees a comment as the program has masked it, with what was asked and of which credential; never the other
answers of whoever wrote it, nor scores. What is decided holds from that moment on, on every page and in every file.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from random import Random, SystemRandom
from types import MappingProxyType
from typing import Any

from orjson import loads
from sqlalchemy import ColumnElement, Select, Text, and_, cast, delete, exists, func, or_, select, true, update
from sqlmodel import Session

from feedback import policy
from feedback.errors import FeedbackError, Problem, Refused, suggest
from feedback.policy import Actor, Subject
from feedback.store import audit, meta
from feedback.store.clock import now
from feedback.store.comments import is_comment, out_of_batch
from feedback.store.inserting import insert, table_of
from feedback.store.masking import ADDRESS, AGAIN, INTERNAL, PUBLIC, SAFETY, SHOWN, WITHHELD, whole
from feedback.store.standing import STEP
from feedback.store.tables import CommentReadings, Credentials, Moderations, Responses, Waiting
from feedback.survey.questionnaire import Instrument

STATES: Mapping[str, str] = MappingProxyType(
    {
        PUBLIC: "may be quoted in public",
        INTERNAL: "for those who read the results",
        WITHHELD: "read by nobody but moderators",
        SAFETY: "somebody may be in danger: for moderators and administrators",
    }
)
"""What can be decided of a comment. Without a decision it is unreviewed; `AGAIN`: decided, and then read anew."""
FINE, DANGER = "fine", "safety"
REASONS: Mapping[str, str] = MappingProxyType(
    {
        FINE: "nothing against it",
        "names_somebody": "names somebody",
        "identifies_writer": "tells who wrote it",
        "insult": "insults somebody",
        "off_topic": "off the subject",
        "legal": "accuses, or breaks the law",
        DANGER: "somebody may be in danger",
    }
)
"""Why. Words that were blackened, or a comment that is kept back, have one of the middle five."""
LONGEST_NOTE = 500
MOST_LOOKED_AT = 50_000
"""So many waiting comments are looked through for those to be read first."""
_AT_ONCE = 2000


class Changed(FeedbackError):
    """A comment is no more as it was seen: somebody else decided, it was read anew, or it was taken back."""


@dataclass(frozen=True)
class Place:
    """Which comment. response is a key: never to be shown, nor written anywhere."""

    response: str
    question: str
    credential: str = ""

    @property
    def mark(self) -> str:
        """A name for it that leads nowhere."""
        return sha256("/".join((self.response, self.question, self.credential)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Decision:
    """What was decided: a state, a reason, a note of the moderator's, and [start, end) of what is blackened."""

    state: str
    reason: str = FINE
    note: str = ""
    masks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Comment:
    """A comment as a moderator sees it. text: as the program masked it. decision: what was decided, None for nothing
    yet. published: whether a release has taken it."""

    place: Place
    instrument: str
    language: str
    text: str
    decision: Decision | None = None
    published: bool = True


def draw(
    session: Session,
    actor: Actor,
    *,
    state: str = "",
    credential: str | None = None,
    language: str = "",
    first: Callable[[str], bool] = lambda text: False,
    most: int = 40,
    chance: Random | None = None,
) -> list[Comment]:
    """So many comments for a moderator, in random order; those to be read `first`, which it tells by the text, lead.

    state: those that were decided so; "" those that wait: undecided, or to be decided again. credential, language
    (detected): only of these; None, "" mean all there are within the moderator's scope. Comments that no release has
    taken yet tell when somebody answered: they wait, unless they are to be read first. Raises Forbidden.
    """
    readings, chance = table_of(CommentReadings), chance or SystemRandom()
    found = _chosen().where(_within(session, actor), _is_in(state)).order_by(readings.c.order).limit(MOST_LOOKED_AT)
    if credential is not None:
        found = found.where(readings.c.credential == credential)
    if language:
        found = found.where(readings.c.language == language)
    urgent: list[Any] = []
    others: list[Any] = []
    rows = session.connection().execute(found, execution_options={"stream_results": True})
    for part in rows.partitions(_AT_ONCE):
        for row in part:
            masked, published = row[5], bool(row[-1])
            if not state and first(masked):
                urgent.append(row)
            elif published and len(others) < 4 * most:
                others.append(row)
    chance.shuffle(urgent)
    chance.shuffle(others)
    return [_comment(row) for row in (urgent + others)[:most]]


def read_comment(session: Session, actor: Actor, place: Place) -> Comment | None:
    """One comment as it stands; None when it is no more, or not read yet. Raises Forbidden."""
    readings = table_of(CommentReadings)
    where = [readings.c[name] == getattr(place, name) for name in ADDRESS]
    row = session.connection().execute(_chosen().where(_within(session, actor), *where)).one_or_none()
    return None if row is None else _comment(row)


def count(session: Session, actor: Actor) -> dict[str, int]:
    """How many comments a moderator may decide about are in each state; "" those that wait. Raises Forbidden."""
    readings, decided = table_of(CommentReadings), table_of(Moderations)
    found = (
        select(func.coalesce(decided.c.state, ""), func.count())
        .select_from(readings)
        .join(table_of(Responses), table_of(Responses).c.key == readings.c.response)
        .outerjoin(decided, _same())
        .where(_within(session, actor), or_(decided.c.state.is_not(None), is_published()))
        .group_by(decided.c.state)
    )
    numbers = dict.fromkeys(("", *STATES), 0)
    for state, number in session.connection().execute(found):
        numbers["" if state == AGAIN else state] += number
    return numbers


def languages(session: Session, actor: Actor) -> list[str]:
    """The languages of the comments a moderator may decide about. Raises Forbidden."""
    readings = table_of(CommentReadings)
    found = select(readings.c.language).where(_within(session, actor)).distinct()
    return sorted(each for each in session.connection().execute(found).scalars() if each)


def decide(
    session: Session, actor: Actor, seen: Comment, decision: Decision | None, *, today: date | None = None
) -> Comment:
    """Decide of a comment as it was seen; None: leave it undecided again. Returns it as it is then.

    Raises Forbidden; Refused with all that is wrong in the decision; Changed when somebody else has decided otherwise
    meanwhile, when it was read anew, or when it is no more. Nothing of what was decided is lost: whoever comes second
    is told.
    """
    subject = subject_of(session, seen.place.credential)
    policy.demand(actor, policy.MODERATE, [subject])
    if decision is not None:
        decision = checked(seen.text, decision)
    is_sample = _hold(session, seen)
    before = _decision_of(session, seen.place)
    if before != seen.decision:
        raise Changed("Somebody else has decided about this comment meanwhile. Here is what they decided.")
    day = today or now(session).date()
    table = table_of(Moderations)
    where = [table.c[name] == getattr(seen.place, name) for name in ADDRESS]
    if decision is None:
        session.connection().execute(delete(table).where(*where))
    else:
        values = {
            "state": decision.state, "reason": decision.reason, "note": decision.note,
            "masks": [list(mask) for mask in decision.masks], "by": actor.id, "decided_on": day,
        }  # fmt: skip
        if before is None:
            row = {name: getattr(seen.place, name) for name in ADDRESS} | values | {"is_sample": is_sample}
            session.connection().execute(insert(session, Moderations), [row])
        else:
            session.connection().execute(update(table).where(*where).values(**values))
    told = {"state": "unreviewed", "reason": ""} if decision is None else _told(decision)
    was = "unreviewed" if before is None else before.state
    meta.bump(session)
    audit.record(session, actor, audit.MODERATED, subject, which=seen.place.mark, was=was, **told)
    return replace(seen, decision=decision)


def checked(text: str, decision: Decision) -> Decision:
    """A decision with its masks whole and its note bare. Raises Refused with every problem."""
    problems = []
    if decision.state not in (*STATES, AGAIN):
        known = ", ".join(STATES)
        said = f"{decision.state!r} is not known.{suggest(decision.state, STATES)} Known: {known}."
        problems.append(Problem("state", said))
    if decision.reason not in REASONS:
        known = ", ".join(REASONS)
        said = f"{decision.reason!r} is not known.{suggest(decision.reason, REASONS)} Known: {known}."
        problems.append(Problem("reason", said))
    if decision.state == WITHHELD and decision.reason in (FINE, DANGER):
        problems.append(Problem("reason", "Say why nobody may read this comment: choose one of the reasons."))
    if (decision.state == SAFETY) != (decision.reason == DANGER):
        problems.append(Problem("reason", "“Somebody may be in danger” goes with the list for that, and only with it."))
    if len(decision.note) > LONGEST_NOTE:
        problems.append(Problem("note", f"has {len(decision.note)} signs; at most {LONGEST_NOTE} are kept."))
    masks: tuple[tuple[int, int], ...] = ()
    try:
        masks = whole(text, decision.masks)
    except ValueError as error:
        problems.append(Problem("masks", f"{error}."))
    if problems:
        raise Refused(problems)
    return replace(decision, note=decision.note.strip(), masks=masks)


def original(session: Session, instruments: Mapping[str, Instrument], actor: Actor, seen: Comment) -> str:
    """A comment as it was written, before anything was masked; who looked is recorded in the same transaction.

    Raises Forbidden, and Changed when it is no more.
    """
    subject = subject_of(session, seen.place.credential)
    policy.demand(actor, policy.MODERATE, [subject])
    responses = table_of(Responses)
    found = select(cast(responses.c.answers, Text)).where(responses.c.key == seen.place.response)
    answers = session.connection().execute(found).scalar_one_or_none()
    asked = instruments[seen.instrument]
    question = asked.by_id.get(seen.place.question)
    said = loads(answers).get(seen.place.question) if answers and question and is_comment(question) else None
    if isinstance(said, Mapping):
        said = said.get(seen.place.credential)
    if not isinstance(said, str):
        raise Changed("This comment is no more: it was taken back, or its time is over.")
    audit.record(session, actor, audit.SHOWED_ORIGINAL, subject, which=seen.place.mark)
    return said


def alarms(session: Session, actor: Actor, *, most: int = 200) -> list[Comment]:
    """The comments by which somebody may be in danger, for moderators within their scope, and for whoever keeps the
    answers of the institution; who looked is recorded. Raises Forbidden."""
    readings, decided = table_of(CommentReadings), table_of(Moderations)
    where = _to_be_warned(session, actor)
    found = _chosen().where(where, decided.c.state == SAFETY).order_by(readings.c.order).limit(most)
    comments = [_comment(row) for row in session.connection().execute(found)]
    if comments:
        audit.record(session, actor, audit.SAW_ALARMS, "comments", number=len(comments))
    return comments


def kept_back(
    session: Session,
    instruments: Mapping[str, Instrument],
    *,
    credential: str = "",
    credentials: Collection[str] | None = None,
    audience: str = "",
) -> dict[str, int]:
    """How many published comments moderators keep back, in steps: rounded down to a whole five; by reason, and "" for
    all. credential, audience: only of these, "" means all; credentials: only of these."""
    readings, responses, decided = table_of(CommentReadings), table_of(Responses), table_of(Moderations)
    meant = [name for name, each in instruments.items() if not audience or each.audience == audience]
    where = [readings.c.instrument.in_(meant), decided.c.state.not_in(SHOWN), is_published()]
    if credential:
        where.append(readings.c.credential == credential)
    if credentials is not None:
        where.append(readings.c.credential.in_(list(credentials)))
    found = (
        select(decided.c.reason, func.count())
        .select_from(decided)
        .join(readings, _same())
        .join(responses, responses.c.key == readings.c.response)
        .where(*where)
        .group_by(decided.c.reason)
        .order_by(decided.c.reason)
    )
    exact = {str(reason): int(number) for reason, number in session.connection().execute(found)}
    told = {reason: number // STEP * STEP for reason, number in exact.items() if reason not in (FINE, DANGER)}
    return {"": sum(exact.values()) // STEP * STEP} | {reason: number for reason, number in told.items() if number}


def _told(decision: Decision) -> dict[str, Any]:
    """What is recorded of a decision: no word of the comment, nor of the note."""
    return {"state": decision.state, "reason": decision.reason, "masks": len(decision.masks)}


def _chosen() -> Select:
    """Comments that were read, with what was decided of them, and whether a release has taken them."""
    readings, responses, decided = table_of(CommentReadings), table_of(Responses), table_of(Moderations)
    return (
        select(
            *(readings.c[name] for name in (*ADDRESS, "instrument", "language", "masked")),
            decided.c.state, decided.c.reason, decided.c.note, cast(decided.c.masks, Text),
            is_published().label("published"),
        )
        .join(responses, responses.c.key == readings.c.response)
        .outerjoin(decided, _same())
    )  # fmt: skip


def _comment(row: Any) -> Comment:
    response, question, credential, instrument, language, text, state, reason, note, masks, published = row
    decision = None if state is None else Decision(state, reason, note, _masks(loads(masks)))
    place = Place(response, question, credential)
    return Comment(place, instrument, language or "", text, decision, bool(published))


def _masks(kept: Collection[Collection[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in kept)


def _same() -> ColumnElement[bool]:
    readings, decided = table_of(CommentReadings), table_of(Moderations)
    return and_(*(decided.c[name] == readings.c[name] for name in ADDRESS))


def is_published() -> ColumnElement[bool]:
    """Of readings joined with responses: that a release has taken them."""
    readings, waiting = table_of(CommentReadings), table_of(Waiting)
    waits = exists().where(
        waiting.c.instrument == readings.c.instrument,
        waiting.c.credential == readings.c.credential,
        waiting.c.response == readings.c.response,
    )
    return and_(out_of_batch(), ~waits)


def _is_in(state: str) -> ColumnElement[bool]:
    decided = table_of(Moderations)
    return decided.c.state == state if state else or_(decided.c.state.is_(None), decided.c.state == AGAIN)


def subject_of(session: Session, credential: str) -> Subject:
    """A credential as what an action is about; a comment about none is of the whole institution."""
    if not credential:
        return policy.WHOLE
    table = table_of(Credentials)
    found = select(table.c.programme).where(table.c.slug == credential)
    return Subject(session.connection().execute(found).scalar_one_or_none() or "", credential)


def _within(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Of readings: those about which somebody may decide. Raises Forbidden when there are none such."""
    readings = table_of(CommentReadings)
    if policy.can(actor, policy.MODERATE):
        return true()
    if not policy.can_somewhere(actor, policy.MODERATE):
        policy.demand(actor, policy.MODERATE)
    table = table_of(Credentials)
    every = session.connection().execute(select(table.c.slug, table.c.programme))
    own = [slug for slug, programme in every if policy.can(actor, policy.MODERATE, Subject(programme, slug))]
    return readings.c.credential.in_(own)


def _to_be_warned(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Of readings: all, for whoever keeps the answers of the institution; else as for moderators."""
    return true() if policy.can(actor, policy.KEEP) else _within(session, actor)


def _hold(session: Session, seen: Comment) -> bool:
    """Hold a comment until the transaction ends. Returns whether it is of the sample. Raises Changed when it is no more
    as it was seen."""
    responses, readings, connection = table_of(Responses), table_of(CommentReadings), session.connection()
    lock = select(responses.c.is_sample).where(responses.c.key == seen.place.response)
    is_sample = connection.execute(lock.with_for_update(read=True, key_share=True)).scalar_one_or_none()
    where = [readings.c[name] == getattr(seen.place, name) for name in ADDRESS]
    text = connection.execute(select(readings.c.masked).where(*where).with_for_update()).scalar_one_or_none()
    if is_sample is None or text is None:
        raise Changed("This comment is no more: it was taken back, or its time is over.")
    if text != seen.text:
        raise Changed("This comment was read anew meanwhile, and is masked otherwise now. Please look again.")
    return bool(is_sample)


def _decision_of(session: Session, place: Place) -> Decision | None:
    table = table_of(Moderations)
    where = [table.c[name] == getattr(place, name) for name in ADDRESS]
    found = select(table.c.state, table.c.reason, table.c.note, cast(table.c.masks, Text)).where(*where)
    row = session.connection().execute(found.with_for_update()).one_or_none()
    return None if row is None else Decision(row[0], row[1], row[2], _masks(loads(row[3])))
