import pytest

from feedback.sample.institution import Review
from feedback.sample.reviews import review_answers
from feedback.survey.setting import Subject, choose_setting
from feedback.survey.submission import Submission, check_answers

REVIEW = Review(
    "badge", "reviewer", 3, "beta", 2, {"governed": -1, "stackable": 0}, "not_ready", 1, (("Start.", "small"),)
)


@pytest.fixture(scope="module")
def expert(instruments):
    return instruments["expert"]


def test_marks_are_what_is_usual_but_where_the_review_says_otherwise(expert):
    answers = review_answers(REVIEW, expert, ["Page {page}"])
    assert answers["purpose_clear"] == 2
    assert answers["stackable"] == 0
    assert answers["purpose_clear_evidence"].startswith("Page ")


def test_what_was_not_seen_has_no_evidence_and_nobody_is_sure_of_it(expert):
    answers = review_answers(REVIEW, expert, ["Page {page}"])
    assert answers["governed"] == "not_seen"
    assert not {"governed_evidence", "governed_sure"} & set(answers)


def test_each_change_has_its_effort_and_there_are_no_more_than_the_review_names(expert):
    answers = review_answers(REVIEW, expert, ["Page {page}"])
    assert (answers["change_1"], answers["change_1_effort"]) == ("Start.", "small")
    assert "change_2" not in answers


def test_every_review_of_the_institution_passes_the_form(institution, expert):
    for review in institution.reviews:
        subject = Subject(review.credential, review.credential)
        setting = choose_setting(expert, [subject], "seed", "en")
        answers = review_answers(review, expert, ["Page {page}"])
        checked = check_answers(expert, answers, survey="any", version=expert.version, language="en", setting=setting)
        assert isinstance(checked, Submission), checked
        assert checked.answers == answers
