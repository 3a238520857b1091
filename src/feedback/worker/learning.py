"""Learning from what the institution already has: ratings beside comments, and what people said of readings. A model
that was learned reads from then on only where it measures better than what reads now."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isnan
from statistics import fmean
from types import MappingProxyType

from pandas import DataFrame
from sqlmodel import Session

from feedback.analysis.comments import learned_polarity, learned_topics, learning
from feedback.analysis.comments.learned_polarity import PolarityModel
from feedback.analysis.comments.topics import POLARITIES, Tag, Taxonomy
from feedback.errors import Refused
from feedback.store import jobs, meta, reader_models, teaching
from feedback.store.clock import now
from feedback.store.database import reading
from feedback.store.reader_models import SENTIMENT, TOPIC, Model
from feedback.worker import reader
from feedback.worker.work import Failed, Work, explain

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
    """What was learned. data: the model. quality: as it is kept and shown. score: how well comments it was not shown
    are read with it (macro-F1, 0 to 1); before: how well with what ships."""

    data: bytes
    quality: Mapping[str, object]
    score: float
    before: float


Teacher = Callable[[DataFrame, str, int, Taxonomy], Lesson | None]
"""Takes comments of a language as store.teaching gives them, the language, how many people must have used a word for it
to be learned, and the topics there are; None where they teach nothing."""


def teach_sentiment(rows: DataFrame, language: str, least: int, _taxonomy: Taxonomy) -> Lesson | None:
    """How comments sound, from what people said of them or the rating beside them."""
    try:
        model = learning.learn_sentiment(
            rows["text"].tolist(), rows["label"].tolist(), language, people=rows["person"].tolist(), least=least
        )
    except Refused:
        return None
    quality, before = model.quality, model.quality.lexicon_macro_f1
    return Lesson(learning.packed(model), _known(asdict(quality)), quality.macro_f1, 0.0 if isnan(before) else before)


def teach_topics(rows: DataFrame, language: str, least: int, taxonomy: Taxonomy) -> Lesson | None:
    """What comments are about and how they speak of it, from those somebody has looked at wholly.

    A topic for which the seeds are better stays with them, and polarity with the rule where that is; so the score is
    the mean, over the topics that were tried and polarity, of whatever reads then.
    """
    said = [{str(tag["topic"]) for tag in tags} for tags in rows["topics"]]
    rows, said = _offered(rows.reset_index(drop=True), said)
    polarity = teach_polarity(rows, language, least)
    try:
        model = learned_topics.learn_topics(
            rows["text"].tolist(), said, language, taxonomy, people=rows["person"].tolist(), least=least
        )
    except Refused:
        if polarity is None:
            return None
        model = learned_topics.without_topics(language, taxonomy, polarity)
    topics = {topic: _known(asdict(one)) | {"reads": one.is_better} for topic, one in model.quality.items()}
    scores = [(one.f1 if one.is_better else one.seeds_f1, one.seeds_f1) for one in model.quality.values()]
    quality: dict[str, object] = {"topics": topics}
    if polarity is not None:
        how, rule = polarity.quality, polarity.quality.rule_f1
        quality["polarity"] = _known(asdict(how)) | {"reads": how.is_better}
        scores.append((how.macro_f1 if how.is_better else rule, 0.0 if isnan(rule) else rule))
    return Lesson(
        learned_topics.packed(replace(model, polarity=polarity)),
        quality,
        fmean(score for score, _ in scores),
        fmean(before for _, before in scores),
    )


def teach_polarity(rows: DataFrame, language: str, least: int) -> PolarityModel | None:
    """How topics are spoken of, from tags to which people gave it where the question does not; None of too few.

    It knows only words of the tags' clauses, and topics, that so many people used (least).
    """
    some = rows[~rows["polarity"].isin(list(POLARITIES))] if "polarity" in rows else rows
    some = some.reset_index(drop=True)
    tags = [
        [Tag(str(tag["topic"]), int(tag["start"]), int(tag["end"]), str(tag["polarity"])) for tag in each]
        for each in some["topics"]
    ]
    found = [one for one in learned_polarity.spoken(some["text"].tolist(), tags, language) if one.said]
    return learned_polarity.learn_polarity(found, language, people=some["person"].tolist(), least=least)


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

    What was kept before it was stopped is not learned again. Whoever reads next reads with what measured best. What
    cannot be learned keeps nothing else from being: it is tried again with the job, and with the next after its last
    try. Raises Failed, in the end, with what could not be.
    """
    failed: list[str] = []
    with reading(work.engine) as session:
        seen, much = meta.number(session, meta.READINGS) or 0, teaching.how_much(session)
        table = teaching.teaching(session, work.instruments)
        known = reader_models.read_models(session, reader.ANALYSER)
        taxonomy = reader.taxonomy_of(session)
    for kind, language, rows in _lots(table):
        of_it = [model for model in known if (model.kind, model.language) == (kind, language)]
        if not _is_new(of_it, rows):
            continue
        try:
            lesson = TEACHERS[kind](rows, language, work.limits.minimum_group, taxonomy)
        except Exception as error:
            failed.append(f"To read {kind} in comments ({language}) could not be learned. {explain(error)}")
            work.say(failed[-1])
            continue
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
    if failed and work.job.attempts < jobs.TRIES:  # parked it would bar all that is learned later
        raise Failed(" ".join(failed))


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
