"""Names for charts and tables, taken from the questionnaires: wordings of questions, steps of scales."""

from collections.abc import Iterable

from feedback.findings.evidence import Step
from feedback.survey.instrument import Instrument
from feedback.survey.questionnaire import Scale
from feedback.survey.text import say

THIS = "this credential"
PIPED = {"credential": THIS, "issuer": "the issuer", "programme": "the programme", "weeks": "the planned"}


def question_names(instruments: Iterable[Instrument], language: str = "en") -> dict[str, str]:
    """The wording of each question by its id, and of each row of a grid by "question/item"."""
    names: dict[str, str] = {}
    for instrument in instruments:
        for question in instrument.questions:
            names[question.id] = say(question.text, language, **PIPED).rstrip(".:").replace("“this credential”", THIS)
            for item in question.items:
                names[f"{question.id}/{item.id}"] = say(item.text, language, **PIPED).rstrip(".:")
    return names


def scale_steps(instruments: Iterable[Instrument], language: str = "en") -> dict[str, tuple[Step, ...]]:
    """The steps of every scale in use, each with its side of the middle."""
    scales = {
        question.scale.id: question.scale
        for instrument in instruments
        for question in instrument.questions
        if question.scale
    }
    return {
        ident: tuple(Step(step.value, say(step.label, language), side(scale, step.value)) for step in scale.values)
        for ident, scale in scales.items()
    }


def side(scale: Scale, value: float) -> int:
    """Where a step is drawn: -1 left, 0 in the middle, 1 right.

    A bipolar scale has its good end in the middle. Elsewhere the positive steps lie right, and of the others the one
    just below them is the middle when there are as many steps under it as positive ones.
    """
    if scale.kind == "bipolar":
        return 0 if value in scale.positive else (-1 if value < min(scale.positive) else 1)
    if value in scale.positive:
        return 1
    others = sorted(step.value for step in scale.values if step.value not in scale.positive)
    return 0 if len(others) == len(scale.positive) + 1 and value == others[-1] else -1
