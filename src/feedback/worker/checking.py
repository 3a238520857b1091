"""What the page on which comments are checked asks for: comments to be checked, what is said of them, and how good the
reading is by that."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import isnan

from pandas import DataFrame
from sqlmodel import Session

from feedback.analysis.comments.checking import agreement, doubt, macro_f1, tone_accuracy, topic_accuracy
from feedback.analysis.comments.sentiment import label
from feedback.analysis.comments.voices import count_voices
from feedback.analysis.ratings import wilson
from feedback.limits import STANDARD, Limits
from feedback.policy import Actor
from feedback.store import corrections, jobs
from feedback.store.corrections import Seen
from feedback.store.mended import Said
from feedback.store.moderation import Place
from feedback.store.reader_models import Model, read_models
from feedback.survey.questionnaire import Instrument
from feedback.worker.publishing import REREAD
from feedback.worker.reader import ANALYSER, version_of
from feedback.worker.reading import is_read_by_another


@dataclass(frozen=True)
class Share:
    """hits of so many, with the 90% interval of their part (0 to 1, Wilson; NaN of none)."""

    of: int
    hits: int
    low: float
    high: float


@dataclass(frozen=True)
class Measured:
    """How good the reading is. people: how far they agree; topics, tones: how often the reader says what they say, on
    comments drawn by chance (see analysis.comments.checking). macro_f1: of tones; NaN of none. right: of the
    comments whose sound people agree on, how many the reader hears so. checked: so many comments; by_chance: of these
    drawn so, and looked at wholly, each before its reading was seen.
    """

    people: DataFrame
    topics: DataFrame
    tones: DataFrame
    macro_f1: float
    right: Share
    checked: int
    by_chance: int


def draw_to_check(
    session: Session,
    instruments: Mapping[str, Instrument],
    actor: Actor,
    *,
    limits: Limits = STANDARD,
    credential: str | None = None,
    language: str = "",
    most: int = 20,
    shown: Collection[Place] = (),
) -> list[Seen]:
    """Comments for somebody to check (see store.corrections.draw_to_check)."""
    return corrections.draw_to_check(
        session, instruments, actor,
        doubt=doubt, limits=limits, credential=credential, language=language, most=most, shown=shown,
    )  # fmt: skip


def correct(
    session: Session,
    instruments: Mapping[str, Instrument],
    actor: Actor,
    seen: Seen,
    said: Said,
    limits: Limits = STANDARD,
) -> Seen:
    """Keep what somebody says of a comment (see store.corrections.correct)."""
    return corrections.correct(session, instruments, actor, seen, said, count_voices=count_voices, limits=limits)


def measure(session: Session, actor: Actor) -> Measured:
    """How good the reader is whose readings show now, by what people said. Raises Forbidden."""
    pairs = _pairs(session, actor)
    by_chance = pairs[pairs["at_random"] & pairs["whole"]]
    tones = tone_accuracy(pairs)
    return Measured(
        agreement(pairs),
        topic_accuracy(pairs),
        tones,
        macro_f1(tones),
        _right(tones),
        int(pairs["comment"].nunique()),
        int(by_chance["comment"].nunique()),
    )


@dataclass(frozen=True)
class Found:
    """Of `measure` what is told beside topics: how well each is found, and on how many comments that is measured."""

    topics: DataFrame
    by_chance: int


def topics_found(session: Session, actor: Actor) -> Found:
    """How well each topic is found, by what people said. Raises Forbidden."""
    pairs = _pairs(session, actor)
    by_chance = pairs[pairs["at_random"] & pairs["whole"]]
    return Found(topic_accuracy(pairs), int(by_chance["comment"].nunique()))


def heard_right(session: Session, actor: Actor) -> Share:
    """Of the comments drawn by chance whose sound people agree on, how many the reader hears so: of `measure` what a
    line tells. Raises Forbidden."""
    return _right(tone_accuracy(_pairs(session, actor)))


def _pairs(session: Session, actor: Actor) -> DataFrame:
    """What people said of the readings that show now: while a new version reads everything anew, these are wholly the
    last one's (see store.anew)."""
    shown = "" if is_read_by_another(session) else version_of(session)
    return corrections.read_pairs(session, actor, analyser=shown)


def _right(tones: DataFrame) -> Share:
    return share(int(tones["both"].sum()), int(tones["comments"].max()))


def share(hits: int, of: int) -> Share:
    """A part of so many with its interval."""
    low, high = wilson(hits, of)
    return Share(of, hits, float(low), float(high))


@dataclass(frozen=True)
class Standing:
    """Which reader reads. anew: another than the one whose readings show is to read everything; done: so many comments
    it has read; stopped: it failed and waits for somebody."""

    anew: bool
    done: int = 0
    stopped: bool = False


def standing(session: Session) -> Standing:
    """Whether everything is being read anew, and how far that is."""
    if not is_read_by_another(session):
        return Standing(anew=False)
    job = next((each for each in jobs.read_jobs(session) if each.kind == REREAD), None)
    return Standing(anew=True, done=job.done if job else 0, stopped=bool(job and job.state == jobs.PARKED))


def present_models(session: Session) -> list[Model]:
    """The models that could read now, learned with the program's present version: by kind and language, the newest
    first."""
    return read_models(session, ANALYSER)


def sound_of(sentiment: float | None) -> str:
    """The word for a sentiment: "neg", "neu", "pos"; "" where it was not scored.

    >>> sound_of(-0.8), sound_of(None)
    ('neg', '')
    """
    return "" if sentiment is None or isnan(sentiment) else label(sentiment)
