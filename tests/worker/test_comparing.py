"""Once a day answers that are alike are flagged, after they are published; and new counts of forms are shown."""

from datetime import date

import pytest

from feedback.store import funnel, meta
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.flags import flagged
from feedback.worker.comparing import COMPARE, days_due
from feedback.worker.loop import ANSWERS
from tests.worker.working import answer, five, work

COPY = "The tasks were far too easy for anybody who has ever used a spreadsheet at work before."
OWN = "I would have liked more time with the teacher and fewer slides about what everybody knows."
EVERYTHING = (*ANSWERS, COMPARE)


def signs(engine, instruments):
    with reading(engine) as session:
        return [tuple(row)[2:] for row in flagged(session, instruments).itertuples(index=False)]


def version(engine):
    with reading(engine) as session:
        return meta.data_version(session)


def a_day_passes(engine):
    """As if the last comparison had been the day before."""
    with transaction(engine) as session:
        meta.set_number(session, "compared_on", now(session).date().toordinal() - 1)


def compare(engine, instruments):
    work(engine, instruments, times=1, kinds=(COMPARE,))


def test_copies_are_flagged_once_their_answers_are_published_and_others_are_not(institution, instruments):
    for text in (COPY, COPY.upper(), COPY, OWN, "Good."):
        answer(institution, instruments, worth=4, change=text)
    compare(institution, instruments)
    work(institution, instruments, times=1)
    assert signs(institution, instruments) == []
    a_day_passes(institution)
    before = version(institution)
    compare(institution, instruments)
    assert signs(institution, instruments) == [("data-badge", "copied", 3)]
    assert version(institution) == before + 1


def test_answers_that_wait_are_not_looked_at(institution, instruments):
    for _ in range(4):
        answer(institution, instruments, worth=4, change=COPY)
    work(institution, instruments, times=1, kinds=EVERYTHING)
    assert signs(institution, instruments) == []


def test_it_is_due_once_a_day_and_changes_nothing_where_nothing_is_new(institution, instruments):
    five(institution, instruments, worth=4)
    work(institution, instruments, times=1, kinds=EVERYTHING)
    before = version(institution)
    with reading(institution) as session:
        assert days_due(session) == []
    a_day_passes(institution)
    with reading(institution) as session:
        assert [date.fromisoformat(day) for day in days_due(session)] == [now(session).date()]
    compare(institution, instruments)
    assert version(institution) == before


@pytest.mark.parametrize(("opened", "again"), [(7, 1), (0, 0)])
def test_counts_of_forms_are_shown_anew_where_nobody_sent_one(institution, instruments, opened, again):
    compare(institution, instruments)
    before = version(institution)
    with transaction(institution) as session:
        funnel.add(session, {("learner", "en", "opened", 0): opened})
    a_day_passes(institution)
    compare(institution, instruments)
    assert version(institution) == before + again
