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

from feedback.analysis.comments import learned_topics, learning
from feedback.analysis.comments.learned_topics import TopicModel
from feedback.analysis.comments.learning import SentimentModel
from feedback.analysis.comments.terms import Terms, terms_of
from feedback.analysis.comments.topics import Taxonomy
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
    """What comments are about, from those somebody has looked at wholly. A topic for which the seeds are better stays
    with them, so the score is the mean of the better of both over the topics that were tried."""
    said = [{str(tag["topic"]) for tag in tags} for tags in rows["topics"]]
    try:
        model = learned_topics.learn_topics(rows["text"].tolist(), said, language, taxonomy)
    except Refused:
        return None
    each = model.quality.values()
    quality = {topic: _known(asdict(one)) for topic, one in model.quality.items()}
    return Lesson(
        learned_topics.packed(of_several(model, rows, least)),
        {"topics": quality},
        fmean(max(one.f1, one.seeds_f1) for one in each),
        fmean(one.seeds_f1 for one in each),
    )


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
                quality={**lesson.quality, "score": lesson.score, "before": lesson.before},
                learned_from=len(rows), analyser=reader.ANALYSER, better=is_better(lesson, of_it),
            )  # fmt: skip
            work.got(session, len(rows))
        work.say(f"Learned to read {kind} in comments ({language}); in use: {'yes' if model.in_use else 'no'}.")
        work.pause()
    with work.writing() as session:
        today = now(session).date().toordinal()
        marks = {_SEEN: seen, _MUCH: much, _DAY: today, _BY: reader.number_of(reader.ANALYSER)}
        for name, value in marks.items():
            meta.set_number(session, name, value)


def is_better(lesson: Lesson, models: Sequence[Model]) -> bool:
    """Whether a model measures better than the lexicons on the same comments, and at least as well as the learned one
    that reads now did when it was learned."""
    used = [float(str(model.quality.get("score", 0))) for model in models if model.in_use]
    return lesson.score > lesson.before and all(lesson.score >= score for score in used)


def _is_new(models: Sequence[Model], rows: DataFrame) -> bool:
    """Whether there are enough comments, and enough more or fewer than when it was learned last."""
    last = max(models, key=lambda model: model.number, default=None)
    if len(rows) < ENOUGH or last is None:
        return len(rows) >= ENOUGH
    return len(rows) >= last.learned_from * MORE or len(rows) * MORE <= last.learned_from


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
