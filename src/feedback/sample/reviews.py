"""What the sample's reviewers answered: each follows its entry in the institution's file, mark by mark."""

from collections.abc import Sequence
from typing import Any

from feedback.sample.institution import Review
from feedback.survey.questionnaire import Instrument
from feedback.survey.setting import draw

NOT_SEEN = -1
MARK, EVIDENCE, SURE = "criterion", "criterion_evidence", "criterion_sure"
CHANGE, EFFORT, VERDICT, STAGE, INDEPENDENCE = "change", "change_effort", "verdict", "review_stage", "independence"
DISTINCT = "distinctiveness"


def review_answers(review: Review, instrument: Instrument, evidence: Sequence[str]) -> dict[str, Any]:
    """The raw answers of one review. What a question measures decides what is said; evidence: the lines to choose from.

    Evidence and how sure belong to the criterion asked before them; a criterion not seen has neither.
    """
    answers: dict[str, Any] = {}
    seed = f"{review.credential} {review.reviewer}"
    mark, changes = 0, iter(review.changes)
    change: tuple[str, str] | None = None
    for question in instrument.questions:
        if question.construct == MARK:
            mark = review.marks.get(question.id, review.usual)
            answers[question.id] = mark if mark != NOT_SEEN else question.aside_ids[0]
        elif question.construct == EVIDENCE and mark != NOT_SEEN:
            line = evidence[draw(seed, question.id, len(evidence))]
            answers[question.id] = line.format(page=2 + draw(seed, f"page {question.id}", 60))
        elif question.construct == SURE and mark != NOT_SEEN:
            answers[question.id] = question.steps[1 + draw(seed, question.id, len(question.steps) - 1)]
        elif question.construct == CHANGE:
            change = next(changes, None)
            answers |= {question.id: change[0]} if change else {}
        elif question.construct == EFFORT and change:
            answers[question.id] = change[1]
        elif question.construct in (INDEPENDENCE, STAGE, VERDICT, DISTINCT):
            answers[question.id] = _said(review, question.construct, question.positive)
    return answers


def _said(review: Review, construct: str, positive: Sequence[int | str]) -> int | str:
    said: dict[str, int | str] = {STAGE: review.stage, VERDICT: review.verdict, DISTINCT: review.distinct}
    return said[construct] if construct in said else positive[0]  # independent, as all of them are
