"""Opening a survey, and which are open now by the database's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from feedback.errors import FeedbackError
from feedback.policy import OPERATOR, ROLES
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.meta import data_version
from feedback.store.surveys import (
    Survey,
    add_credentials,
    close,
    extend,
    open_survey,
    read_survey,
    read_surveys,
    state_of,
)
from tests.people import with_role


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


def stands(engine, slug="s"):
    with reading(engine) as session:
        return state_of(read_survey(session, slug), now(session))


def test_a_survey_opens_and_closes_with_the_moments_it_names():
    opens = datetime(2026, 3, 1, 9, tzinfo=UTC)
    asked, least = survey(opens=opens, closes=opens + timedelta(days=1)), timedelta(microseconds=1)
    assert state_of(asked, opens - least) == "opens later"
    assert state_of(asked, opens) == state_of(asked, asked.closes - least) == "open"
    assert state_of(asked, asked.closes) == "closed"
    assert state_of(survey(opens=opens), datetime(2999, 1, 1, tzinfo=UTC)) == "open"


def test_a_moment_is_the_same_in_every_zone():
    closes = datetime(2026, 3, 29, 23, 59, tzinfo=ZoneInfo("Pacific/Auckland"))
    asked = survey(opens=datetime(2026, 3, 1, tzinfo=UTC), closes=closes, zone="Pacific/Auckland")
    honolulu = datetime(2026, 3, 29, 0, 58, tzinfo=ZoneInfo("Pacific/Honolulu"))
    assert state_of(asked, honolulu) == "open"
    assert state_of(asked, honolulu + timedelta(minutes=1)) == "closed"


def test_a_survey_closes_now_to_the_second_and_only_once(institution):
    with transaction(institution) as session:
        open_survey(session, survey())
        version = data_version(session)
    with transaction(institution) as session:
        close(session, "s")
        closed = read_survey(session, "s").closes
        assert abs(now(session) - closed) < timedelta(seconds=2)
        assert closed.microsecond == 0
        assert data_version(session) == version + 1
    assert stands(institution) == "closed"
    with transaction(institution) as session:
        extend(session, "s", now(session) + timedelta(hours=1), by=OPERATOR)
        extend(session, "s", None, by=OPERATOR)
        close(session, "s")
        close(session, "s")
        assert data_version(session) == version + 4


def test_what_closed_long_ago_keeps_its_close(institution):
    closes = datetime(2026, 2, 1, tzinfo=UTC)
    with transaction(institution) as session:
        open_survey(session, survey(opens=datetime(2026, 1, 1, tzinfo=UTC), closes=closes))
        close(session, "s")
        assert read_survey(session, "s").closes == closes


def test_a_survey_that_opened_this_moment_closes_after_it(institution):
    with transaction(institution) as session:
        opened = survey(opens=now(session))
        open_survey(session, opened)
        close(session, "s")
        Survey.model_validate(read_survey(session, "s").model_dump())


def test_a_closed_survey_opens_again_when_it_is_extended(institution):
    with transaction(institution) as session:
        open_survey(session, survey(closes=now(session) - timedelta(hours=1)))
    assert stands(institution) == "closed"
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    with transaction(institution) as session:
        extend(session, "s", later.astimezone(ZoneInfo("Asia/Kolkata")), by=OPERATOR)
        assert read_survey(session, "s").closes == later
    assert stands(institution) == "open"


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"administrator"}))
def test_who_does_not_set_how_long_answers_are_kept_opens_nothing_again(institution, role):
    """Whoever may ask would else start the time anew in which comments are kept, however often."""
    with transaction(institution) as session:
        open_survey(session, survey(closes=now(session) + timedelta(days=1)))
        extend(session, "s", now(session) + timedelta(days=2), by=with_role(role))
        close(session, "s")
        closed = read_survey(session, "s").closes
    with transaction(institution) as session:
        for closes in (None, now(session) + timedelta(days=1)):
            with pytest.raises(FeedbackError, match="Only an administrator can open it again"):
                extend(session, "s", closes, by=with_role(role))
        assert read_survey(session, "s").closes == closed
        extend(session, "s", None, by=with_role("administrator"))


@pytest.mark.parametrize(
    ("closes", "said"),
    [
        (datetime(2026, 1, 2, tzinfo=UTC), "cannot close at 2026-01-02 00:00 UTC: choose a moment later than now"),
        (datetime(2999, 1, 2), "has no time zone"),
    ],
)
def test_a_close_that_cannot_be_is_refused(institution, closes, said):
    with transaction(institution) as session:
        open_survey(session, survey(opens=datetime(2025, 1, 1, tzinfo=UTC)))
    with pytest.raises(FeedbackError, match=said), transaction(institution) as session:
        extend(session, "s", closes, by=OPERATOR)
    assert stands(institution) == "open"


def test_a_survey_does_not_close_before_it_opens(institution):
    opens = datetime(2999, 1, 1, tzinfo=UTC)
    with transaction(institution) as session:
        open_survey(session, survey(opens=opens))
    with pytest.raises(FeedbackError, match="when it opens, 2999-01-01"), transaction(institution) as session:
        extend(session, "s", opens, by=OPERATOR)
    with pytest.raises(FeedbackError, match="opens only at 2999-01-01"), transaction(institution) as session:
        close(session, "s")
    assert stands(institution) == "opens later"


@pytest.mark.parametrize("change", [close, lambda session, slug: extend(session, slug, None, by=OPERATOR)])
def test_a_survey_that_is_not_there_is_neither_closed_nor_extended(institution, change):
    said = r'no survey "of-learner"\. Did you mean "of-learners"'
    with pytest.raises(FeedbackError, match=said), transaction(institution) as session:
        change(session, "of-learner")
