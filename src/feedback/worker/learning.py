"""Learning from what the institution already has: ratings beside comments, and what people said of readings. A model
that was learned reads from then on only where it measures better than what reads now."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isnan
from statistics import fmean
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from pandas import DataFrame
from sqlmodel import Session

from feedback.analysis.comments import learned_polarity, learned_topics, learning
from feedback.analysis.comments.learned_polarity import PolarityModel
from feedback.analysis.comments.learned_topics import TopicModel
from feedback.analysis.comments.learning import SentimentModel
from feedback.analysis.comments.terms import Terms, terms_of
from feedback.analysis.comments.topics import POLARITIES, Tag, Taxonomy
from feedback.errors import Refused
from feedback.store import meta, reader_models, teaching
from feedback.store.clock import now
from feedback.store.database import reading
from feedback.store.reader_models import SENTIMENT, TOPIC, Model
from feedback.worker import reader
from feedback.worker.work import Work

LEARN = "learn"
LEARN_PRIORITY = 68
"""Before everything is read anew, so that after an update it is read anew once."""
ENOUGH = 50
"""Comments with a label in a language, below which nothing is learned: fewer teach less than the lexicons know."""
MORE = 1.2
"""Something is learned anew once there are so many times the comments of the time before."""
OFFERED = 0.8
"""A topic is learned once it was offered on so large a part of the comments somebody looked at."""
_SEEN, _MUCH, _DAY, _BY = "learn_seen", "learn_much", "learn_day", "learn_by"


@dataclass(frozen=True)
class Lesson:
    """What was learned. data: the model. quality: as it is kept and shown. score: how well it does on comments it was
    not shown (macro-F1, 0 to 1); before: how well what ships does on the same."""

    data: bytes
    quality: Mapping[str, object]
    score: float
    before: float


Learned = TypeVar("Learned", SentimentModel, TopicModel)
Teacher = Callable[[DataFrame, str, int, Taxonomy], Lesson | None]
"""Takes comments of a language as store.teaching gives them, the language, how many people must have used a word for it
to be learned, and the topics there are; None where they teach nothing."""


def teach_sentiment(rows: DataFrame, language: str, least: int, _taxonomy: Taxonomy) -> Lesson | None:
    """How comments sound, from what people said of them or the rating beside them."""
    try:
        model = learning.learn_sentiment(rows["text"].tolist(), rows["label"].tolist(), language)
    except Refused:
        return None
    quality, before = model.quality, model.quality.lexicon_macro_f1
    data = learning.packed(of_several(model, rows, least))
    return Lesson(data, _known(asdict(quality)), quality.macro_f1, 0.0 if isnan(before) else before)


def teach_topics(rows: DataFrame, language: str, least: int, taxonomy: Taxonomy) -> Lesson | None:
    """What comments are about and how they speak of it, from those somebody has looked at wholly. A topic for which the
    seeds are better stays with them, so the score is the mean of the better of both over the topics that were tried."""
    said = [{str(tag["topic"]) for tag in tags} for tags in rows["topics"]]
    rows, said = _offered(rows.reset_index(drop=True), said)
    try:
        model = learned_topics.learn_topics(rows["text"].tolist(), said, language, taxonomy)
    except Refused:
        return None
    each = model.quality.values()
    quality = {topic: _known(asdict(one)) for topic, one in model.quality.items()}
    polarity = teach_polarity(rows, language, least)
    return Lesson(
        learned_topics.packed(replace(of_several(model, rows, least), polarity=polarity)),
        {"topics": quality} | ({"polarity": _known(asdict(polarity.quality))} if polarity else {}),
        fmean(max(one.f1, one.seeds_f1) for one in each),
        fmean(one.seeds_f1 for one in each),
    )


def teach_polarity(rows: DataFrame, language: str, least: int) -> PolarityModel | None:
    """How topics are spoken of, from tags to which people gave it where the question does not; None of too few.

    As `of_several`, but of what was learned from: words of the tags' clauses, and topics, that enough people used.
    """
    some = rows[~rows["polarity"].isin(list(POLARITIES))] if "polarity" in rows else rows
    some = some.reset_index(drop=True)
    tags = [
        [Tag(str(tag["topic"]), int(tag["start"]), int(tag["end"]), str(tag["polarity"])) for tag in each]
        for each in some["topics"]
    ]
    found = [one for one in learned_polarity.spoken(some["text"].tolist(), tags, language) if one.said]
    model = learned_polarity.learn_polarity(found, language)
    if model is None:
        return None
    people = some["person"].tolist()
    words, about = dict[str, set[int]](), dict[str, set[int]]()
    for one in found:
        about.setdefault(one.topic, set()).add(people[one.comment])
        for term in terms_of(one.clause, language):
            words.setdefault(term, set()).add(people[one.comment])
    return learned_polarity.without(
        model,
        {term for term, said in words.items() if len(said) < least},
        {topic for topic, said in about.items() if len(said) < least},
    )


def _offered(rows: DataFrame, said: Sequence[set[str]]) -> tuple[DataFrame, list[set[str]]]:
    """The comments on which every topic that is learned was offered to whoever looked, with what they are about. A
    topic made later is learned once it was offered on most of them, and read by its seeds until then."""
    told = [about | set(absent) if absent else None for about, absent in zip(said, rows["absent"], strict=True)]
    named = {topic for about in said for topic in about}
    asked = {topic: [known is None or topic in known for known in told] for topic in named}
    kept = {topic for topic, each in asked.items() if sum(each) >= OFFERED * len(rows)}
    some = [at for at in range(len(rows)) if all(asked[topic][at] for topic in kept)]
    return rows.iloc[some].reset_index(drop=True), [said[at] & kept for at in some]


TEACHERS: Mapping[str, Teacher] = MappingProxyType({SENTIMENT: teach_sentiment, TOPIC: teach_topics})


def of_several(model: Learned, rows: DataFrame, least: int) -> Learned:
    """A model without the terms that fewer people used than that: it must not know what one person alone said.

    rows: what it was learned from, with text and person. It reads as well as before: terms so rare tell little, and by
    macro-F1 on other comments nothing was lost (docs/decisions/0017).
    """
    users: dict[str, set[int]] = {}
    for text, person in zip(rows["text"], rows["person"], strict=True):
        for term in set(terms_of(text, model.language)):
            users.setdefault(term, set()).add(person)
    told = np.array([len(users.get(name, ())) >= least for name in model.terms.names], dtype=bool)
    names = tuple(name for name, kept in zip(model.terms.names, told, strict=True) if kept)
    others = np.ones(model.weights.shape[1] - len(told), dtype=bool)
    terms = Terms(model.language, names, model.terms.weights[told])
    return replace(model, terms=terms, weights=model.weights[:, np.concatenate([told, others])])


def lessons_due(session: Session) -> Collection[str]:
    """[""] when there is enough that could teach since the last time, or on a new day anything; a cheap look."""
    seen = meta.number(session, meta.READINGS) or 0
    by_another = meta.number(session, _BY) != reader.number_of(reader.ANALYSER)
    if seen == meta.number(session, _SEEN) and not by_another:
        return []
    much = teaching.how_much(session)
    if much < ENOUGH:
        return []
    enough = much >= (meta.number(session, _MUCH) or 0) * MORE
    new_day = now(session).date().toordinal() != meta.number(session, _DAY)
    return [""] if enough or new_day or by_another else []


def learn(work: Work) -> None:
    """Learn each kind of model in each language of which there is enough new, measure it, and keep it.

    What was kept before it was stopped is not learned again. Whoever reads next reads with what measured best.
    """
    with reading(work.engine) as session:
        seen, much = meta.number(session, meta.READINGS) or 0, teaching.how_much(session)
        table = teaching.teaching(session, work.instruments)
        known = reader_models.read_models(session, reader.ANALYSER)
        taxonomy = reader.taxonomy_of(session)
    for kind, language, rows in _lots(table):
        of_it = [model for model in known if (model.kind, model.language) == (kind, language)]
        if not _is_new(of_it, rows):
            continue
        lesson = TEACHERS[kind](rows, language, work.limits.minimum_group, taxonomy)
        if lesson is None:
            continue
        with work.writing() as session:
            model = reader_models.keep_model(
                session, kind, language, lesson.data,
                quality={
                    **lesson.quality, "score": lesson.score, "before": lesson.before, "corrected": corrected(rows),
                },
                learned_from=len(rows), analyser=reader.ANALYSER, better=is_better(lesson),
            )  # fmt: skip
            work.got(session, len(rows))
        work.say(f"Learned to read {kind} in comments ({language}); in use: {'yes' if model.in_use else 'no'}.")
        work.pause()
    with work.writing() as session:
        today = now(session).date().toordinal()
        marks = {_SEEN: seen, _MUCH: much, _DAY: today, _BY: reader.number_of(reader.ANALYSER)}
        for name, value in marks.items():
            meta.set_number(session, name, value)


def is_better(lesson: Lesson) -> bool:
    """Whether a model measures better than what ships on the same comments. What an earlier model scored was on others,
    and says nothing here: one that was lucky on few would bar all that learn from more."""
    return lesson.score > lesson.before


def _is_new(models: Sequence[Model], rows: DataFrame) -> bool:
    """Whether there are enough comments, and enough more or fewer of them, or of those that people corrected, than when
    it was learned last."""
    last = max(models, key=lambda model: model.number, default=None)
    if len(rows) < ENOUGH or last is None:
        return len(rows) >= ENOUGH
    before = int(str(last.quality.get("corrected", 0)))
    return _differs(len(rows), last.learned_from) or _differs(corrected(rows), before)


def _differs(number: int, before: int) -> bool:
    return number != before and (number >= before * MORE or number * MORE <= before)


def corrected(rows: DataFrame) -> int:
    """On how many comments somebody corrected how they sound, where their rows say so."""
    return int((rows["source"] == teaching.CORRECTED).sum()) if "source" in rows else 0


def _known(quality: Mapping[str, float]) -> dict[str, float | None]:
    """Numbers as they can be kept: None for those that are not known."""
    return {name: None if isnan(value) else value for name, value in quality.items()}


def _lots(table: DataFrame) -> Iterator[tuple[str, str, DataFrame]]:
    """What each model is learned from: kind, language, its comments."""
    for kind, chosen in ((SENTIMENT, table["label"].notna()), (TOPIC, table["whole"])):
        if kind in TEACHERS:
            for language, rows in table[chosen.astype(bool)].groupby("language", sort=True):
                if language:
                    yield kind, str(language), rows.reset_index(drop=True)
