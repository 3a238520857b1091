"""The questionnaires that come along beside the learner's and the employer's: what analysis and people rely on."""

import re
import tomllib

import pytest

from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments
from feedback.survey.setting import Subject, choose_setting
from feedback.survey.submission import Submission, check_answers

OURS = ("dropout", "six_months", "expert", "employer_pairs", "survey")
CRITERIA = (
    "purpose_clear", "audience_right", "skills_in_demand", "skills_validated", "competencies_aligned",
    "assessment_valid", "identity_integrity", "workload_realistic", "delivery_suits", "accessible_localised",
    "stackable", "up_to_date", "rights_licences", "governed",
)  # fmt: skip
BADGE = Subject("badge", "Data Badge", issuer="School", weeks=10, skills=(("charts", "Drawing charts"),))
LETTERS = {"ar": re.compile("[\u0600-\u06ff]"), "latin": re.compile("[A-Za-zÀ-ÿ]")}


@pytest.fixture(scope="module")
def instruments():
    return read_instruments(data_folder() / "instruments")


def constructs(instrument):
    return {question.construct for question in instrument.questions}


def checked(instrument, answers):
    return check_answers(
        instrument,
        answers,
        survey="any",
        version=instrument.version,
        language="en",
        setting=choose_setting(instrument, [BADGE], "seed", "en"),
    )


def wordings(value, where=""):
    """Every wording by language in a file: (where, {language: text})."""
    if isinstance(value, dict):
        if value and value.keys() <= {"en", "es", "de", "ar"}:
            yield where, value
        else:
            for key, inner in value.items():
                yield from wordings(inner, f"{where}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from wordings(inner, f"{where}/{inner.get('id', number) if isinstance(inner, dict) else number}")


@pytest.mark.parametrize("name", OURS)
def test_every_text_is_in_four_languages_in_their_letters_and_no_two_languages_say_the_same(name):
    file = tomllib.loads((data_folder() / "instruments" / f"{name}.toml").read_text("utf-8"))
    found = dict(wordings(file))
    assert len(found) > 8
    for where, text in found.items():
        assert set(text) == {"en", "es", "de", "ar"}, where
        for language, wording in text.items():
            assert wording == wording.strip(), where
            assert LETTERS["ar" if language == "ar" else "latin"].search(wording), (where, language)
    said = [text for where, text in found.items() if where.endswith("/text")]
    assert all(len(set(text.values())) == 4 for text in said)


@pytest.mark.parametrize("name", OURS)
def test_people_are_told_who_reads_what_anonymous_means_and_how_long_it_takes(name, instruments):
    instrument = instruments[name]
    assert instrument.introduction
    assert instrument.readers
    assert instrument.anonymity
    assert instrument.minutes


def test_what_those_who_left_or_came_back_say_never_enters_the_averages_of_those_who_finished(instruments):
    finished = constructs(instruments["learner"])
    for name in ("dropout", "six_months"):
        assert instruments[name].audience == "learner"
        assert not constructs(instruments[name]) & finished
    assert constructs(instruments["survey"]) & finished == {"about_survey"}  # read by survey owners alone, in both


def test_one_who_left_is_asked_three_things_and_owes_none(instruments):
    dropout = instruments["dropout"]
    assert [question.construct for question in dropout.questions] == ["dropout_reason", "dropout_week", "improvement"]
    assert not any(question.required for question in dropout.questions)
    assert dropout.by_id["reason"].option_ids == (
        "time", "too_hard", "too_easy", "cost", "content", "personal", "language", "technical",
    )  # fmt: skip
    assert dropout.by_id["change"].polarity == "negative"
    assert isinstance(checked(dropout, {"reason": ["cost", "time"], "week": 3}), Submission)


def test_after_six_months_no_effect_stands_before_every_effect(instruments):
    later = instruments["six_months"]
    assert constructs(later) == {
        "used_at_work", "employer_noticed", "outcome_interview", "outcome_promotion", "outcome_pay", "outcome_other",
        "would_take_next",
    }  # fmt: skip
    pay = later.by_id["pay"]
    assert pay.option_ids[0] == "none"
    assert set(pay.positive) == set(pay.option_ids[1:])
    assert pay.option_ids == instruments["employer"].by_id["pay"].option_ids[:5]


def test_the_expert_judges_fourteen_criteria_by_anchors_of_their_own(instruments):
    expert = instruments["expert"]
    criteria = [question for question in expert.questions if question.construct == "criterion"]
    assert tuple(question.id for question in criteria) == CRITERIA
    anchors = [step.label["en"] for question in criteria for step in question.scale.values]
    assert len(set(anchors)) == len(anchors) == 14 * 4
    for question in criteria:
        assert question.required
        assert question.steps == (0, 1, 2, 3)
        assert [question.scale.score(step) for step in (0, 3)] == [0, 1]
        assert question.aside_ids == ("not_seen",)
        assert expert.by_id[f"{question.id}_evidence"].kind == "short_text"
        assert expert.by_id[f"{question.id}_sure"].steps == (1, 2, 3)


def test_a_review_needs_a_statement_of_independence_every_criterion_and_a_verdict(instruments):
    expert = instruments["expert"]
    review = {"independence": "independent", "stage": "beta", "verdict": "ready"}
    whole = review | dict.fromkeys(CRITERIA, 2) | {"change_1": "Publish the marking guide.", "change_1_effort": "small"}
    assert isinstance(checked(expert, whole), Submission)
    for needed in (*review, *CRITERIA):
        slips = checked(expert, {name: answer for name, answer in whole.items() if name != needed})
        assert [(slip.question, slip.code) for slip in slips] == [(needed, "missing")]
    tied = checked(expert, whole | {"independence": "tie"})
    assert [(slip.question, slip.code) for slip in tied] == [("ties", "missing")]


def test_a_reviewer_who_has_not_seen_it_is_not_asked_for_evidence(instruments):
    expert = instruments["expert"]
    review = {"independence": "independent", "stage": "yearly", "verdict": "not_ready"} | dict.fromkeys(CRITERIA, 0)
    kept = checked(expert, review | {"governed": "not_seen", "governed_sure": 3, "up_to_date_sure": 3})
    assert isinstance(kept, Submission)
    assert "governed_sure" not in kept.answers
    assert kept.answers["up_to_date_sure"] == 3


def test_the_sixty_seconds_hold_nothing_but_who_answers_and_pairs(instruments):
    pairs = instruments["employer_pairs"]
    assert [question.kind for question in pairs.questions if not question.record] == ["pair"]
    assert pairs.questions[-1].construct == instruments["employer"].by_id["pairs"].construct
    assert pairs.minutes <= 1


def test_comments_on_a_survey_are_for_its_owners_alone(instruments):
    texts = [question for question in instruments["survey"].questions if "text" in question.kind]
    assert texts
    assert all(question.owner_only for question in texts)


def test_what_excludes_the_rest_is_chosen_alone(instruments):
    alone = {
        (name, question.id): question.exclusive_ids
        for name, instrument in instruments.items()
        for question in instrument.questions
        if question.exclusive_ids
    }
    assert alone == {
        ("learner", "shown"): ("nowhere_yet",),
        ("learner", "localisation"): ("no",),
        ("employer", "relevant_roles"): ("none",),
        ("employer", "concerns"): ("none",),
        ("employer", "again"): ("none",),
        ("six_months", "employer_noticed"): ("no",),
        ("six_months", "other_good"): ("none",),
        ("survey", "missing"): ("nothing",),
    }


def test_recruiters_come_to_the_effect_first_and_internship_managers_to_how_holders_perform(instruments):
    employer = instruments["employer"]
    sections = {section.id: section.first_for for section in employer.sections if section.first_for}
    assert sections == {"skills": ("internship_manager",), "effect": ("recruiter",)}
    assert employer.by_id["skill_performance"].first_for == ("internship_manager",)


CORE = {
    "learner": {
        "overall", "goals", "assessment", "workload_length", "workload_pace", "readiness", "skill_gain",
        "recognition_confidence", "keep", "change",
    },
    "employer": {
        "awareness", "recognition", "relevance", "skill_need", "skill_performance", "change", "endorsement", "consent",
        "organisation", "role", "sector", "size_band", "country",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CORE)
def test_the_core_is_asked_of_everybody_and_all_else_of_some(name, instruments):
    instrument = instruments[name]
    always = {question.construct for question in instrument.questions if question.block is None}
    opened = {"assessment_missing", "weeks_wanted", "barrier", "recognition_who"}
    assert always - opened == CORE[name]
    assert len(instrument.blocks) > instrument.blocks_asked == 2
