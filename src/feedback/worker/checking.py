"""What the page on which comments are checked asks for: comments to be checked, what is said of them, and how good the
reading is by that."""

from collections.abc import Mapping
from dataclasses import dataclass

from pandas import DataFrame
from sqlmodel import Session

from feedback.analysis.comments.checking import agreement, doubt, tone_accuracy, topic_accuracy
from feedback.analysis.comments.voices import count_voices
from feedback.limits import STANDARD, Limits
from feedback.policy import Actor
from feedback.store import corrections
from feedback.store.corrections import Seen
from feedback.store.mended import Said
from feedback.survey.questionnaire import Instrument
from feedback.worker.reader import version_of


@dataclass(frozen=True)
class Measured:
    """How good the reading is. people: how far they agree; topics, tones: how often the reader says what they say, on
    comments drawn by chance (see analysis.comments.checking). checked: so many comments; by_chance: of these drawn so.
    """

    people: DataFrame
    topics: DataFrame
    tones: DataFrame
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
) -> list[Seen]:
    """Comments for somebody to check (see store.corrections.draw_to_check)."""
    return corrections.draw_to_check(
        session, instruments, actor, doubt=doubt, limits=limits, credential=credential, language=language, most=most
    )


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
    """How good the present reader is, by what people said. Raises Forbidden."""
    pairs = corrections.read_pairs(session, actor, analyser=version_of(session))
    by_chance = pairs[pairs["at_random"] & pairs["whole"]]
    return Measured(
        agreement(pairs),
        topic_accuracy(pairs),
        tone_accuracy(pairs),
        int(pairs["comment"].nunique()),
        int(by_chance["comment"].nunique()),
    )
