"""From kept answers to the rows of the answers table, and what an instrument says of each of its questions."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from feedback.survey.kinds import KINDS, Part
from feedback.survey.questionnaire import Instrument


class AnswerPart(NamedTuple):
    """One row of the answers table, as far as a response and its instrument know. subject: the credential, "" when
    about none; a foil is "foil:<id>". The other fields are those of `kinds.Part`."""

    question: str
    subject: str
    item: str
    status: str
    number: float | None
    text: str | None
    score: float | None
    positive: bool | None


class Described(NamedTuple):
    """What an instrument says of one question, for joining with its rows. scale, polarity, record: "" when none."""

    question: str
    construct: str
    kind: str
    scale: str
    audience: str
    section: str
    repeated: bool
    polarity: str
    owner_only: bool
    record: str


def parts_of(instrument: Instrument) -> Callable[[Mapping[str, Any], Sequence[str]], list[AnswerPart]]:
    """The function that takes the answers of one stored response to rows; made once, called for every response.

    It takes (answers, about). An answer outside a repeated section is about the only credential of an instrument
    about one, else about none (""). Answers of questions the instrument does not have are left out.
    """
    readers = {
        question.id: (question.id in instrument.repeated, KINDS[question.kind].parts(question))
        for question in instrument.questions
        if not question.record
    }
    about_one = instrument.subjects == "one"

    def rows(answers: Mapping[str, Any], about: Sequence[str] = ()) -> list[AnswerPart]:
        own = about[0] if about_one and about else ""
        found = []
        for question, value in answers.items():
            repeated, read = readers.get(question, (False, _nothing))
            for subject, answer in value.items() if repeated else ((own, value),):
                for part in read(answer):
                    found.append(AnswerPart(question, subject, *part))
        return found

    return rows


def _nothing(answer: object) -> tuple[Part, ...]:
    return ()


def describe_constructs(instrument: Instrument) -> tuple[Described, ...]:
    """What each question measures and how, in drawing order."""
    return tuple(
        Described(
            question=question.id,
            construct=question.construct,
            kind=question.kind,
            scale=question.scale.id if question.scale else "",
            audience=instrument.audience,
            section=question.section,
            repeated=question.id in instrument.repeated,
            polarity=question.polarity or "",
            owner_only=question.owner_only,
            record=question.record or "",
        )
        for question in instrument.questions
    )
