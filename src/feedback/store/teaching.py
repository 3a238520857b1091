"""What the institution has that can teach the reader: comments with what people said of them, or with the rating that
whoever wrote one gave beside it.

Comment and rating are joined here and nowhere else, by the worker, for a model that adds up over all; what leaves this
room says which comments are of one person by a number that lasts as long as the table, because what only few people say
must not be learned (see docs/decisions/0017).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from orjson import loads
from pandas import DataFrame
from sqlalchemy import Text, and_, cast, func, or_, select
from sqlmodel import Session

from feedback.store.comments import is_comment
from feedback.store.inserting import table_of
from feedback.store.masking import ADDRESS, SHOWN, blackened
from feedback.store.mended import Said, blackened_said, said_of
from feedback.store.moderation import is_published
from feedback.store.overall import overall, rating_in
from feedback.store.tables import CommentReadings, Corrections, Moderations, Responses
from feedback.survey.questionnaire import Instrument, Question, Scale

NEGATIVE, NEUTRAL, POSITIVE = "neg", "neu", "pos"
CORRECTED, RATED = "corrected", "rated"
"""Where a label comes from."""
COLUMNS = (
    "text", "language", "audience", "polarity", "person", "label", "source", "topics", "absent", "whole",
    "vader", "textblob",
)  # fmt: skip
_AGAINST = {"positive": NEGATIVE, "negative": POSITIVE}
_PAGE = 5000
MOST = 50_000
"""More comments than these teach nothing more."""


def teaching(session: Session, instruments: Mapping[str, Instrument], *, most: int = MOST) -> DataFrame:
    """Comments that can teach, one row each, in an order that means nothing: all of which somebody said something, and
    rated ones until there are so many (those with the lowest keys, which are as good as random).

    Columns: text (as it may be shown), language (detected), audience, polarity (what the question says: "positive",
    "negative" or missing), person (a number; the same for comments of one person), label ("neg", "neu", "pos", or
    missing where only topics were said), source ("corrected" or "rated"; missing without a label), topics (list of
    {topic, start, end, polarity} that people say are there), absent (ids they say are not), whole (they looked at all
    of it), vader and textblob (-1 to 1, missing where not known).

    What somebody said goes before the rating. A rating teaches only where the question does not say otherwise: what a
    satisfied person would change is no praise. Left out: what no release has published, what moderators keep back, the
    made-up sample, and comments drawn by chance to measure the reader, which must not know them.
    """
    rated = {name: asked for name, each in instruments.items() if (asked := overall(each)) is not None}
    rows, people = list[tuple[Any, ...]](), dict[str, int]()
    for page in chain(_pages(session, instruments, corrected=True), _pages(session, rated, corrected=False)):
        if len(rows) >= most:
            break
        said, drawn = said_of(session, (row[0] for row in page)), _drawn(session, [row[0] for row in page])
        for key, question, credential, name, language, masked, vader, textblob, masks, answers in page:
            asked = instruments[name].by_id.get(question)
            if (key, question, credential) in drawn or asked is None or not is_comment(asked):
                continue
            places = loads(masks) if masks else []
            text, _ = blackened(masked, (), places)
            of_it = blackened_said(said.get((key, question, credential), Said()), masked, places)
            given = rating_label(rated[name], loads(answers), credential) if name in rated else None
            label, source = _label(of_it, given, asked)
            if label is None and not (of_it.topics or of_it.absent or of_it.whole):
                continue
            person = people.setdefault(key, len(people))
            whose = instruments[name].audience, asked.polarity, person, label, source
            tags = [dict(tag) for tag in of_it.topics], list(of_it.absent), of_it.whole
            rows.append((text, language, *whose, *tags, vader, textblob))
    table = DataFrame(rows, columns=list(COLUMNS), dtype=object)
    return table.astype({"text": "str", "person": "int64", "whole": bool, "vader": float, "textblob": float})


def how_much(session: Session) -> int:
    """A number that rises with what can teach: comments read and corrections. Cheap: for whoever looks often."""
    connection = session.connection()
    counts = (select(func.count()).select_from(table_of(model)) for model in (CommentReadings, Corrections))
    return sum(connection.execute(each).scalar_one() for each in counts)


def rating_label(asked: Question, answers: Mapping[str, Any], credential: str) -> str | None:
    """How the rating beside a comment sounds: "neg", "neu", "pos"; None where there is none, or it says nothing."""
    given = rating_in(answers, asked, credential)
    return None if given is None or asked.scale is None else label_of(asked.scale, given)


def label_of(scale: Scale, rating: float) -> str | None:
    """The positive steps are "pos"; of the others the highest is "neu", with all nearer to it than to the next, and the
    rest "neg". None for scales with their good end in the middle, for ladders, and beyond the scale.

    >>> from feedback.survey.questionnaire import ScaleValue
    >>> agree = Scale("agree5", "unipolar", tuple(ScaleValue(step, {}) for step in range(1, 6)), (4, 5))
    >>> [label_of(agree, rating) for rating in (1, 2.5, 3, 3.5, 4, 6)]
    ['neg', 'neg', 'neu', 'neu', 'pos', None]
    """
    others = [step for step in scale.steps if step not in scale.positive]
    usual = scale.kind == "unipolar" and scale.positive and others and max(others) < min(scale.positive)
    if not usual or not scale.lowest <= rating <= scale.highest:
        return None
    if rating >= min(scale.positive):
        return POSITIVE
    return NEUTRAL if len(others) > 1 and rating > (others[-1] + others[-2]) / 2 else NEGATIVE


def _label(said: Said, rated: str | None, asked: Question) -> tuple[str | None, str | None]:
    if said.sentiment is not None:
        return said.sentiment, CORRECTED
    against = asked.polarity is not None and rated in (NEUTRAL, _AGAINST.get(asked.polarity))
    return (None, None) if rated is None or against else (rated, RATED)


def _pages(session: Session, instruments: Collection[str], *, corrected: bool) -> Iterator[Sequence[Any]]:
    """Comments of one's own that are published and shown, of these instruments, so many at a time. corrected: of those
    who wrote one of which something was said; otherwise of the others."""
    readings, responses, decided = table_of(CommentReadings), table_of(Responses), table_of(Moderations)
    of_corrected = readings.c.response.in_(select(table_of(Corrections).c.response))
    chosen = (readings.c.instrument.in_(list(instruments)), of_corrected if corrected else ~of_corrected)
    wanted = (
        select(
            *(readings.c[name] for name in (*ADDRESS, "instrument", "language", "masked", "vader", "textblob")),
            cast(decided.c.masks, Text), cast(responses.c.answers, Text),
        )
        .join(responses, responses.c.key == readings.c.response)
        .outerjoin(decided, and_(*(decided.c[name] == readings.c[name] for name in ADDRESS)))
        .where(is_published(), ~responses.c.is_sample, *chosen)
        .where(or_(decided.c.state.is_(None), decided.c.state.in_(SHOWN)))
        .order_by(readings.c.response, readings.c.question, readings.c.credential)
    )  # fmt: skip
    after = ""
    while True:
        keys = select(readings.c.response).where(readings.c.response > after, *chosen).distinct()
        last = (
            session.connection()
            .execute(select(func.max(keys.order_by(readings.c.response).limit(_PAGE).subquery().c.response)))
            .scalar()
        )
        if last is None:
            return
        yield session.connection().execute(wanted.where(readings.c.response > after, readings.c.response <= last)).all()
        after = last


def _drawn(session: Session, keys: Sequence[str]) -> set[tuple[str, str, str]]:
    """Of these responses, the comments drawn by chance to measure the reader."""
    table, found = table_of(Corrections), set[tuple[str, str, str]]()
    listed = sorted(set(keys))
    for start in range(0, len(listed), 1000):
        some = select(*(table.c[name] for name in ADDRESS)).where(
            table.c.at_random, table.c.response.in_(listed[start : start + 1000])
        )
        found |= {(row[0], row[1], row[2]) for row in session.connection().execute(some)}
    return found
