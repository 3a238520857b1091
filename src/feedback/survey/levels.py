"""Which answers to a questionnaire can go together with its overall answer: whatever lies on a scale, as whole numbers
of which more is better. What of them is counted together is in store.products."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from feedback.survey.questionnaire import Instrument, Question, Scale

OVERALL = "overall"
"""The construct of the question how good the whole was."""
WHOLE = "*"
"""What the level of the overall answer is called, which no question can be."""
PARTS = 12
"""The mean of the rows of a grid is counted in so many parts of a step, to the nearest: exact for two, three or four
rows."""
ROW = "/"
"""Between a question and its row."""


@dataclass(frozen=True)
class Level:
    """One thing that was rated. name: the question, or "question/row"; WHOLE for the overall answer. row: the row that
    is meant; "" for a question that has none, None for a grid whose rows differ by credential: then the mean of those
    rated counts. levels: from a step to a whole number from 0, the best being the highest. parts: a level is counted so
    many times (1, or PARTS)."""

    name: str
    question: str
    row: str | None
    levels: Mapping[float, int]
    parts: int = 1


@lru_cache(maxsize=256)
def levels_of(instrument: Instrument) -> tuple[Level, ...]:
    """What can go together with the overall answer to a questionnaire, the overall answer itself last; nothing where it
    asks for none, or for nothing else. Of several overall answers the first is meant."""
    rated = [each for each in instrument.questions if each.scale and each.kind in ("scale", "grid") and not each.record]
    overall = next((each for each in rated if each.construct == OVERALL and each.kind == "scale"), None)
    if overall is None:
        return ()
    found = [one for each in rated if each.construct != OVERALL for one in _of(each)]
    return (*found, *(replace(one, name=WHOLE) for one in _of(overall))) if found else ()


def _of(question: Question) -> tuple[Level, ...]:
    if question.scale is None:
        return ()
    levels = steps_as_levels(question.scale)
    if question.kind == "scale":
        return (Level(question.id, question.id, "", levels),)
    if not question.item_ids:
        return (Level(question.id, question.id, None, levels, PARTS),)
    return tuple(Level(f"{question.id}{ROW}{row}", question.id, row, levels) for row in question.item_ids)


def steps_as_levels(scale: Scale) -> dict[float, int]:
    """The steps of a scale as whole numbers from 0, more being better. Where the good end is in the middle ("too slow"
    to "too fast"), by how near they lie to it."""
    if scale.kind == "bipolar" and scale.highest not in scale.positive:
        ends = scale.lowest + scale.highest
        return {float(step): scale.highest - scale.lowest - abs(2 * step - ends) for step in scale.steps}
    return {float(step): step - scale.lowest for step in scale.steps}
