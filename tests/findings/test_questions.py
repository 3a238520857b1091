"""Every question of every questionnaire is told somewhere, or there is a reason why not."""

import pytest

from feedback.findings.answers import KINDS
from feedback.findings.contents import FINDINGS
from feedback.settings import data_folder
from feedback.store.comments import is_comment
from feedback.survey.instrument import read_instruments

PROFILE = "tells findings who answered, and is never a line of its own: small cells would name people"
WORDS = "short words, counted by nobody: they may name somebody and are not masked"
REASONS = {
    "employer:role": PROFILE,
    "employer:organisation": PROFILE,
    "employer:sector": PROFILE,
    "employer:size_band": PROFILE,
    "employer:country": PROFILE,
    "employer_pairs:organisation": PROFILE,
    "employer:pay_if": WORDS,
    "employer:endorse": "kept apart from the answers, with a name, until somebody may show it",
    "expert:ties": "for whoever asked for the review alone; that there is a tie stands beside the marks",
    "learner:about_survey": "for whoever makes the questionnaire, never for a page",
    "survey:comment": "for whoever makes the questionnaire, never for a page",
}
"""Why a question is told nowhere."""
OWN = {
    "learner:worth": "worth",
    "learner:localisation": "localisation",
    "learner:language_wanted": "localisation",
    "learner:skills": "what_to_change",
    "employer:awareness": "recognition",
    "employer:ladder": "recognition",
    "employer:skill_need": "skills",
    "employer:skill_need_3y": "skills",
    "employer:skill_performance": "skills",
    "dropout:reason": "dropout",
    "imported_ratings:rating": "credential_value",
}
"""The finding a question has, where its kind does not say it."""
BY_CONSTRUCT = {
    "criterion": "experts",
    "criterion_evidence": "experts",
    "criterion_sure": "experts",
    "verdict": "experts",
    "distinctiveness": "experts",
    "independence": "experts",
    "review_stage": "experts",
    "change_effort": "experts",
}
"""Of experts, who answer alike of every criterion."""
LISTED = {
    "dropout": "week change",
    "employer": "hiring_decisions relevant_roles relevance trust effect pay level level_fits format weeks_ideal "
    "benefits concerns concerns_text change pairs bundle gap again",
    "employer_pairs": "pairs",
    "expert": "change_1 change_2 change_3",
    "imported_comments": "comment rating",
    "imported_employer_comments": "comment rating",
    "learner": "motive goals teaching assessment assessment_missing length pace weeks_wanted readiness barriers "
    "benefits_wanted benefits_seen proof fit recognition recognition_who shown next_step keep change",
    "six_months": "used_at_work employer_noticed interview promotion pay other_good next",
    "survey": "clear length minutes_felt missing",
}
"""Questions told by their kind: counted in "answers", long texts in "comments". A new one has to be written here."""
COUNTED = (*KINDS, "pair", "best_worst")
INSTRUMENTS = read_instruments(data_folder() / "instruments")
QUESTIONS = [(name, question) for name, each in INSTRUMENTS.items() for question in each.questions]


def finding_of(name, question):
    """The finding that tells of a question; "" where a reason stands why none does."""
    key = f"{name}:{question.id}"
    if key in REASONS:
        return ""
    own = OWN.get(key) or (BY_CONSTRUCT.get(question.construct) if name == "expert" else None)
    if own is None and question.id in LISTED.get(name, "").split():
        own = "answers" if question.kind in COUNTED else "comments"
    return own


@pytest.mark.parametrize(("name", "question"), QUESTIONS, ids=[f"{name}:{each.id}" for name, each in QUESTIONS])
def test_a_question_is_told_somewhere_or_there_is_a_reason_why_not(name, question):
    told = finding_of(name, question)
    assert told is not None, f"{name}:{question.id} needs its finding here, or the reason why it has none"
    if not told:
        return
    assert told in FINDINGS
    assert not question.record, "what is kept as a profile is counted nowhere"
    if told == "comments":
        assert is_comment(question)
    if told == "answers":
        assert question.kind in COUNTED
        assert not question.owner_only
        assert INSTRUMENTS[name].audience in FINDINGS["answers"].audiences


def test_every_entry_is_of_a_question_that_is_asked():
    known = {f"{name}:{question.id}" for name, question in QUESTIONS}
    listed = {f"{name}:{question}" for name, each in LISTED.items() for question in each.split()}
    assert {*REASONS, *OWN, *listed} <= known
