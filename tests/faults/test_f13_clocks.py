"""F13, F14: clocks that jump, servers that differ, days of 23 or 25 hours. Whether answers are taken is decided by the
database's clock, in UTC."""

import sys
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from feedback.settings import data_folder
from feedback.store.database import transaction
from feedback.store.opening import Wanted, open_wanted, window
from feedback.store.responses import GRACE_MINUTES
from feedback.store.surveys import CLOSED, OPEN, read_survey, state_of
from feedback.survey.instrument import read_instrument_texts
from tests.collect.institution import (
    CREDENTIALS,
    SHORT,
    instruments,
    invite,
    light_form,
    move_close,
    open_form,
    responses,
)
from tests.collect.serving import served_here
from tests.collect.visitor import Visitor


@pytest.fixture
def clock(monkeypatch):
    """Let the clock of the process, not the database's, go wrong by so much."""

    def wrong_by(shift: timedelta) -> None:
        class Wrong(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(tz) + shift

        for name, module in list(sys.modules.items()):
            if name.startswith(("feedback.collect", "feedback.store")) and vars(module).get("datetime") is datetime:
                monkeypatch.setattr(module, "datetime", Wrong)
        right = time.time
        monkeypatch.setattr(time, "time", lambda: right() + shift.total_seconds())

    return wrong_by


def begin(engine, visitor, mode="invitation"):
    survey = open_form(engine, mode=mode)
    visitor.get(f"/s/{invite(engine, survey, 1)[0]}" if mode == "invitation" else f"/f/{survey}")
    return survey, visitor.to_the_last_step(), visitor.action()


def opened_after(engine, survey, link):
    """What somebody sees who opens the form now, at a server that has not known the survey before."""
    with served_here(light_form(engine)) as port, Visitor(port) as late:
        return late.get(link)


@pytest.mark.parametrize("minutes", [GRACE_MINUTES - 1, GRACE_MINUTES + 1])
def test_f13_a_form_begun_before_the_close_is_taken_for_a_quarter_of_an_hour(founded, visitor, minutes):
    survey, fields, action = begin(founded, visitor)
    move_close(founded, survey, timedelta(minutes=-minutes))
    visitor.post(action, fields)
    in_time = minutes < GRACE_MINUTES
    assert bool(visitor.page.receipt) == in_time
    assert responses(founded) == in_time
    if not in_time:
        assert visitor.answer.status in (403, 409, 410)


def test_f13_after_the_close_nobody_begins(founded):
    survey = open_form(founded)
    move_close(founded, survey, timedelta(minutes=-1))
    answer = opened_after(founded, survey, f"/f/{survey}")
    assert answer.status in (403, 409, 410)
    assert answer.page.main() is None


@pytest.mark.parametrize("hours", [-2, 2])
def test_f13_a_process_whose_clock_has_jumped_takes_what_the_database_takes(founded, clock, hours):
    survey, late = open_form(founded, slug="open"), open_form(founded, slug="over")
    move_close(founded, survey, timedelta(hours=1))
    move_close(founded, late, timedelta(hours=-1))
    clock(timedelta(hours=hours))
    with served_here(light_form(founded)) as port, Visitor(port) as visitor:
        assert visitor.answers(f"/f/{survey}")
        assert visitor.get(f"/f/{late}").page.main() is None
    assert responses(founded) == responses(founded, survey) == 1


def test_f13_a_clock_that_jumps_in_the_middle_of_a_form_loses_nothing(founded, visitor, clock):
    survey, fields, action = begin(founded, visitor)
    clock(timedelta(hours=-2))
    visitor.post(action, fields)
    assert visitor.page.receipt
    assert responses(founded, survey) == 1


DAYS = {
    ("Pacific/Auckland", date(2126, 11, 30)): datetime(2126, 11, 30, 10, 59, 59, tzinfo=UTC),
    ("Pacific/Honolulu", date(2126, 11, 30)): datetime(2126, 12, 1, 9, 59, 59, tzinfo=UTC),
    # The days on which the clocks go forward and back (rules of today, as the zone database has them for 2036).
    ("Europe/Berlin", date(2036, 3, 30)): datetime(2036, 3, 30, 21, 59, 59, tzinfo=UTC),
    ("Europe/Berlin", date(2036, 10, 26)): datetime(2036, 10, 26, 22, 59, 59, tzinfo=UTC),
    ("UTC", date(2128, 2, 29)): datetime(2128, 2, 29, 23, 59, 59, tzinfo=UTC),
}
"""The last second of a day where the survey is at home, in UTC."""


@pytest.mark.parametrize(("zone", "day"), DAYS)
def test_f14_a_survey_closes_with_the_last_second_of_its_day_where_it_is_at_home(founded, zone, day):
    texts = read_instrument_texts(data_folder() / "instruments")
    wanted = Wanted(instruments()[SHORT], [CREDENTIALS[0]], closes=day, zone=zone)
    with transaction(founded) as session:
        opened = open_wanted(session, wanted, texts)
        kept = read_survey(session, opened.slug)
    assert kept.closes == DAYS[zone, day]
    assert state_of(kept, kept.closes - timedelta(seconds=1)) == OPEN
    assert state_of(kept, kept.closes) == CLOSED
    assert window(kept)["closes"] == day
