"""Local questions are counted for their own survey, told apart under one id, and shown through the gate."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from feedback.store.database import reading, transaction
from feedback.store.local import asked
from feedback.store.surveys import Survey, open_survey
from feedback.survey.submission import Submission
from feedback.worker.gathering import gather
from tests.store.releasing import assert_whole, publish_all, published, save_all, take_out

ROOM = {
    "id": "local_room",
    "section": "local",
    "kind": "scale",
    "scale": "agree5",
    "text": {"en": "The room was quiet."},
}
LUNCH = {
    "id": "local_room", "section": "local", "kind": "one", "text": {"en": "Which room did you eat in?"},
    "options": [{"id": "hall", "label": {"en": "Hall"}}, {"id": "yard", "label": {"en": "Yard"}}],
}  # fmt: skip


@pytest.fixture
def two(institution):
    """The institution with two more surveys of learners, whose local questions share an id."""
    with transaction(institution) as session:
        for slug, question in (("morning", ROOM), ("noon", LUNCH)):
            opens = datetime.now(UTC) - timedelta(days=1)
            about = {"instrument": "learner", "version": 1, "credentials": ["data-badge"]}
            open_survey(session, Survey(slug=slug, opens=opens, local_questions=[question], **about))
    return institution


def answered(survey, value, worth=4):
    return Submission("learner", 1, survey, "en", ("data-badge",), {"worth": worth, "local_room": value})


def test_answers_to_one_id_in_two_surveys_are_counted_apart(two, instruments):
    save_all(two, *[answered("morning", 5) for _ in range(6)], *[answered("noon", "yard") for _ in range(5)])
    publish_all(two, instruments)
    counted = published(two, instruments)
    own = counted[counted["question"].astype(str).str.startswith("local_")]
    found = own.groupby(["question", "kind"], observed=True)["people"].sum().to_dict()
    assert found == {("local_room@morning", "scale"): 6, ("local_room@noon", "one"): 5}
    assert_whole(two, instruments)


def test_an_answer_taken_back_leaves_nothing_of_its_local_question(two, instruments):
    (code,) = save_all(two, answered("morning", 5))
    publish_all(two, instruments)
    assert take_out(two, instruments, code)
    assert published(two, instruments).empty


def test_without_local_questions_the_instruments_are_themselves(institution, instruments):
    with reading(institution) as session:
        assert asked(session, instruments) == instruments


@pytest.mark.parametrize(("people", "shown"), [(4, False), (10, True)])
def test_they_are_shown_for_their_credential_where_enough_answered(two, instruments, people, shown):
    """Of fewer than ten it is not told who gave which answer: all may have given the same."""
    save_all(two, *[answered("morning", 5) for _ in range(people)], *[answered("of-learners", 1) for _ in range(3)])
    publish_all(two, instruments)
    with reading(two) as session:
        evidence = gather(session, instruments)
    table = work_out(FINDINGS["answers"], evidence, Choice(credential="data-badge"), Limits()).table
    own = table[table["Question"] == "The room was quiet"]
    assert bool(len(own)) == shown
    if shown:
        known = own[own["People"].notna()]
        assert [(answer[0], number) for answer, number in zip(known["Answer"], known["People"], strict=True)] == [
            ("5", people)
        ]
