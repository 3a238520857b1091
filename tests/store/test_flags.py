"""Signs kept beside responses: they show with the answers and not before, and go with them."""

import pytest

from feedback.analysis.comments.voices import count_voices
from feedback.store.database import reading, transaction
from feedback.store.flags import COLUMNS, flagged, keep_flag, lots, sent_in, verdicts_of_flagged
from feedback.store.inserting import table_of
from feedback.store.releases import erase
from feedback.store.responses import new_secret, response_key, save_submission
from feedback.store.tables import ResponseFlags
from tests.store.releasing import bring, publish_all, stored

MONTH = "2026-03"


def keep(engine, submission, flag=None, month=MONTH):
    """Save a response, maybe with a flag; returns its receipt and key."""
    secret = new_secret()
    with transaction(engine) as session:
        saved = save_submission(session, submission, secret=secret, month=month)
        keep_flag(session, flag or "", [response_key(secret)] if flag else [])
    return saved.receipt, response_key(secret)


def shown(engine, instruments):
    with reading(engine) as session:
        return [tuple(row) for row in flagged(session, instruments).itertuples(index=False)]


def test_a_flag_shows_with_the_release_of_its_answers_and_not_before(institution, instruments, said):
    for number in range(5):
        keep(institution, said(worth=number + 1), "fast" if number < 2 else None)
    assert shown(institution, instruments) == []
    publish_all(institution, instruments, minimum_group=5)
    assert shown(institution, instruments) == [("learner", "learner", "data-badge", "fast", 2)]
    keep(institution, said(worth=1), "fast")
    assert shown(institution, instruments) == [("learner", "learner", "data-badge", "fast", 2)]


def test_whoever_speaks_of_two_credentials_counts_for_each(institution, instruments, employer_said):
    for _ in range(5):
        keep(institution, employer_said(awareness={"data-badge": "knows", "sql-course": "never"}), "copied")
    publish_all(institution, instruments)
    assert shown(institution, instruments) == [
        ("employer", "employer", credential, "copied", 5) for credential in ("data-badge", "sql-course")
    ]


def test_a_flag_is_kept_once_and_goes_with_the_response(institution, instruments, said):
    code, key = keep(institution, said(worth=5), "fast")
    with transaction(institution) as session:
        assert keep_flag(session, "fast", [key]) == 0
        assert keep_flag(session, "copied", [key]) == 1
    with transaction(institution) as session:
        assert erase(session, instruments, code, count_voices)
    with reading(institution) as session:
        assert session.connection().execute(table_of(ResponseFlags).select()).all() == []


def test_without_a_flag_the_table_is_empty_and_whole(institution, instruments):
    with transaction(institution) as session:
        assert tuple(flagged(session, instruments)) == COLUMNS
        assert keep_flag(session, "fast", []) == 0


# --- what may be compared --------------------------------------------------------------------------------------------


def test_only_published_answers_of_forms_are_compared_survey_by_survey_and_month_by_month(
    institution, instruments, said, employer_said
):
    for _ in range(3):
        keep(institution, said(worth=5))
    keep(institution, said(worth=5), month="2026-02")
    keep(institution, employer_said(awareness={"data-badge": "knows"}))
    publish_all(institution, instruments)
    bring(institution, [stored(number, {"worth": 5}) for number in range(1, 9)])
    keep(institution, said(worth=5))  # waits
    with reading(institution) as session:
        assert lots(session, instruments, [MONTH, "2026-02"], fewest=3) == [("of-learners", MONTH)]
        assert len(lots(session, instruments, [MONTH, "2026-02"], fewest=1)) == 3
        assert len(sent_in(session, instruments, "of-learners", MONTH)) == 3


def test_comments_are_told_from_boxes_and_what_is_for_owners_alone_is_neither(institution, instruments, said):
    _, key = keep(institution, said(worth=5, keep="The labs.", change="The room.", about_survey="Long."))
    publish_all(institution, instruments)
    with reading(institution) as session:
        comments, boxes = sent_in(session, instruments, "of-learners", MONTH)[key]
    assert sorted(comments) == ["The labs.", "The room."]
    assert boxes == {"worth": 5}


@pytest.mark.parametrize("text", ["So it is.", "Más, por favor."])
def test_comments_about_credentials_come_one_by_one(institution, instruments, employer_said, text):
    answers = {"awareness": {"data-badge": "knows"}, "change": {"data-badge": text, "sql-course": "No."}, "gap": "x"}
    _, key = keep(institution, employer_said(**answers))
    publish_all(institution, instruments)
    with reading(institution) as session:
        comments, boxes = sent_in(session, instruments, "of-employers", MONTH)[key]
    assert (sorted(comments), boxes) == (sorted([text, "No."]), {"awareness": {"data-badge": "knows"}})


def test_verdicts_of_flagged_employers_come_with_their_organisation_and_those_of_learners_with_none(
    institution, instruments, said, employer_said
):
    for number in range(5):
        keep(institution, said(worth=number + 1), "fast" if number > 2 else None)
        sent = employer_said(ladder={"data-badge": number % 3 + 1})
        keep(institution, sent, "copied" if number > 2 else None)
    publish_all(institution, instruments)
    with reading(institution) as session:
        found = verdicts_of_flagged(session, instruments)
    told = found.groupby(["audience", "flag"])["people"].sum().to_dict()
    assert told == {
        ("employer", "rated"): 2, ("employer", "rated_well"): 1, ("learner", "rated"): 2, ("learner", "rated_well"): 2,
    }  # fmt: skip
    assert found.loc[found["audience"] == "learner", "organisation"].isna().all()
