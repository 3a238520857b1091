"""Opening a survey, and which are open now by the database's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from feedback.errors import FeedbackError
from feedback.store.database import reading, transaction
from feedback.store.surveys import Survey, add_credentials, open_survey, read_survey, read_surveys


def survey(slug="s", **more):
    opens = datetime.now(UTC) - timedelta(days=1)
    return Survey(**{"slug": slug, "instrument": "learner", "version": 2, "opens": opens} | more)


def test_a_survey_comes_back_as_it_was_opened(institution):
    opens = datetime(2026, 3, 1, 9, 30, tzinfo=ZoneInfo("Europe/Madrid"))
    opened = survey(
        mode="kiosk",
        languages=["en", "ar"],
        opens=opens,
        closes=opens + timedelta(days=14),
        zone="Europe/Madrid",
        credentials=["sql-course", "data-badge"],
        is_sample=True,
    )
    with transaction(institution) as session:
        open_survey(session, opened)
    with reading(institution) as session:
        found = read_survey(session, "s")
        assert found == opened
        assert found.opens.tzinfo == UTC
        assert found.credentials == ["sql-course", "data-badge"]
        assert read_survey(session, "elsewhere") is None


def test_a_slug_that_is_taken_is_refused(institution):
    with transaction(institution) as session:
        open_survey(session, survey(credentials=["data-badge"]))
    with pytest.raises(FeedbackError, match='There is a survey "s" already'), transaction(institution) as session:
        open_survey(session, survey(version=3))
    with reading(institution) as session:
        assert read_survey(session, "s").version == 2


def test_only_those_open_now_are_read(institution):
    now = datetime.now(UTC)  # not at import: the suite may have run for longer than the five minutes below
    with transaction(institution) as session:
        open_survey(session, survey("ended", closes=now - timedelta(minutes=5)))
        open_survey(session, survey("ends", closes=now + timedelta(minutes=5)))
        open_survey(session, survey("begins", opens=now + timedelta(minutes=5)))
        open_survey(session, survey("endless"))
    with reading(institution) as session:
        every = [each.slug for each in read_surveys(session)]
        open_now = [each.slug for each in read_surveys(session, only_open=True)]
    assert every == ["begins", "ended", "endless", "ends", "of-employers", "of-learners"]
    assert open_now == ["endless", "ends", "of-employers", "of-learners"]


def test_a_survey_may_come_to_be_about_more_credentials(institution):
    with transaction(institution) as session:
        open_survey(session, survey(credentials=["sql-course"]))
        add_credentials(session, "s", ["sql-course", "data-badge"])
        add_credentials(session, "s", [])
    with reading(institution) as session:
        assert read_survey(session, "s").credentials == ["sql-course", "data-badge"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"run": "spring"}, 'There is no run "spring"'),
        ({"credentials": ["data-badge", "sql-curse"]}, 'no credential "sql-curse".* Did you mean "sql-course"'),
    ],
)
def test_a_survey_about_what_is_not_in_the_catalogue_is_refused(institution, wrong, said):
    with pytest.raises(FeedbackError, match=said), transaction(institution) as session:
        open_survey(session, survey(**wrong))
    with reading(institution) as session:
        assert read_survey(session, "s") is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"slug": "Mine!"}, "not a slug"),
        ({"mode": "mail"}, 'mode "mail" is not known.*link, kiosk, invitation'),
        ({"zone": "Europe/Atlantis"}, 'time zone "Europe/Atlantis" is not known'),
        ({"zone": "../../etc/passwd"}, "is not known"),
        ({"closes": datetime.now(UTC) - timedelta(days=2)}, "not after it opens"),
        ({"opens": datetime(2026, 1, 1)}, "need a time zone"),
        ({"credentials": ["Data badge"]}, "is not a slug"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_a_survey_that_cannot_be_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        survey(**wrong)
