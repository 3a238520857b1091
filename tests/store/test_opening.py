"""Opening a survey as it is asked for: everything checked at once, days by its own zone, a name nobody has."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.errors import Refused
from feedback.store.clock import is_zone
from feedback.store.database import reading, transaction
from feedback.store.opening import (
    Wanted,
    day_in,
    first_second,
    last_second,
    open_wanted,
    problems_of,
    window,
)
from feedback.store.surveys import OPEN, OPENS_LATER, read_surveys, state_of
from tests.store.conftest import EMPLOYER, LEARNER

ZONES = ("UTC", "Europe/Madrid", "America/Havana", "Africa/Cairo", "Pacific/Kiritimati", "Asia/Kolkata", "Pacific/Apia")
"""Of them some have days that begin at one o'clock, and one has lost a day."""
FAR = date(2036, 7, 1)


def opened(institution, **more):
    with transaction(institution) as session:
        return open_wanted(session, Wanted(**{"instrument": LEARNER, "credentials": ["data-badge"]} | more), {})


def wrong(institution, **more) -> dict[str, str]:
    with reading(institution) as session:
        wanted = Wanted(**{"instrument": LEARNER, "credentials": ["data-badge"]} | more)
        return {each.where: each.message for each in problems_of(session, wanted)}


def test_a_survey_takes_what_its_questionnaire_offers_and_is_open_at_once(institution):
    survey = opened(institution)
    assert (survey.slug, survey.mode, survey.languages, survey.closes) == (
        "learner-data-badge",
        "link",
        ["en", "es"],
        None,
    )
    with reading(institution) as session:
        assert survey in read_surveys(session, only_open=True)


def test_surveys_about_the_same_are_numbered_and_about_several_bear_the_name_of_none(institution):
    names = [opened(institution).slug for _ in range(3)]
    assert names == ["learner-data-badge", "learner-data-badge-2", "learner-data-badge-3"]
    assert opened(institution, instrument=EMPLOYER, credentials=["data-badge", "sql-course"]).slug == "employer"


def test_its_first_and_last_day_are_whole_in_its_zone(institution):
    survey = opened(institution, opens=FAR, closes=FAR, zone="Europe/Madrid")
    assert survey.opens == datetime(2036, 6, 30, 22, tzinfo=UTC)
    assert survey.closes == datetime(2036, 7, 1, 21, 59, 59, tzinfo=UTC)
    assert window(survey) == {"opens": FAR, "closes": FAR}
    assert state_of(survey, survey.opens - timedelta(seconds=1)) == OPENS_LATER
    assert state_of(survey, survey.closes - timedelta(seconds=1)) == OPEN


def test_a_survey_that_opens_today_is_open_now(institution):
    today = datetime.now(UTC).date()
    survey = opened(institution, opens=today, closes=today + timedelta(days=1))
    assert survey.opens > datetime.combine(today, time(), UTC) - timedelta(days=1)
    with reading(institution) as session:
        assert survey in read_surveys(session, only_open=True)


def test_everything_wrong_is_found_at_once(institution):
    found = wrong(
        institution, credentials=["data-bagde"], run="none", mode="post", languages=["tlh"], zone="Mars/Olympus"
    )
    assert found.keys() == {"credential", "run", "mode", "language", "zone"}
    assert 'Did you mean "data-badge"?' in found["credential"]
    past = date(2020, 1, 1)
    assert wrong(institution, opens=past, closes=past).keys() == {"opens", "closes"}
    assert wrong(institution, opens=FAR, closes=FAR - timedelta(days=1)).keys() == {"closes"}
    assert "none is named" in wrong(institution, credentials=[])["credential"]
    assert wrong(institution) == {}


def test_what_is_wrong_opens_nothing(institution):
    with reading(institution) as session:
        before = read_surveys(session)
    with pytest.raises(Refused):
        opened(institution, mode="post")
    with reading(institution) as session:
        assert read_surveys(session) == before


@given(st.dates(date(1980, 1, 1), date(2060, 1, 1)), st.sampled_from(ZONES))
def test_a_day_is_all_its_seconds_and_no_other_whatever_the_clocks_do(day, zone):
    first, last = first_second(day, zone), last_second(day, zone)
    if (zone, day) == ("Pacific/Apia", date(2011, 12, 30)):
        return  # there was no such day
    assert first < last
    assert day_in(last, zone) == day
    assert day_in(last + timedelta(seconds=1), zone) > day
    assert day_in(first + timedelta(hours=1), zone) == day
    assert last.astimezone(ZoneInfo(zone)).time() == time(23, 59, 59)


@pytest.mark.parametrize(("name", "known"), [("UTC", True), ("Europe/Madrid", True), ("", False), ("../etc", False)])
def test_only_zones_there_are_are_known(name, known):
    assert is_zone(name) == known
