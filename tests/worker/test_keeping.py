"""The worker lets what has been kept long enough go, once a day."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from feedback.store import meta
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.meta import set_number
from feedback.store.tables import Responses, Surveys
from feedback.worker.keeping import KEEP, days_due
from feedback.worker.loop import ANSWERS
from feedback.worker.publishing import REBUILD
from tests.worker.working import BAD, five, shown, topics, work


def texts(engine):
    with reading(engine) as session:
        return {row.answers["change"] for row in session.connection().execute(table_of(Responses).select())}


def close_long_ago(engine):
    closed = datetime.now(UTC) - timedelta(days=3 * 366)
    table = table_of(Surveys)
    with transaction(engine) as session:
        passed = {"closes": closed, "opens": closed - timedelta(days=30)}
        session.connection().execute(update(table).where(table.c.slug == "learner").values(passed))
        set_number(session, "retention_since", closed.date().toordinal())


def test_comments_that_are_due_go_with_all_that_was_counted_of_them(institution, instruments):
    five(institution, instruments, worth=4, change=BAD)
    work(institution, instruments)
    assert not topics(institution, instruments).empty
    close_long_ago(institution)
    said = work(institution, instruments, kinds=(KEEP, REBUILD))
    assert "Erased by schedule: of 1 survey." in said
    assert texts(institution) == {""}
    assert shown(institution, instruments).empty
    assert topics(institution, instruments).empty


def test_it_looks_once_a_day(institution, instruments):
    with reading(institution) as session:
        today = now(session).date()
        assert days_due(session) == [str(today)]
    work(institution, instruments, times=1, kinds=(KEEP,))
    with reading(institution) as session:
        assert days_due(session) == []
    with transaction(institution) as session:
        set_number(session, "kept_on", today.toordinal() - 1)
    with reading(institution) as session:
        assert days_due(session) == [str(today)]


def test_the_first_look_erases_nothing_and_begins_the_clock(institution, instruments):
    five(institution, instruments, worth=4, change=BAD)
    close_long_ago(institution)
    with transaction(institution) as session:
        session.connection().exec_driver_sql("DELETE FROM meta WHERE name = 'retention_since'")
    work(institution, instruments, times=1, kinds=(KEEP,))
    assert texts(institution) == {BAD}
    with reading(institution) as session:
        assert meta.number(session, "retention_since") == now(session).date().toordinal()


def test_it_is_not_among_what_makes_answers_readable():
    assert KEEP not in ANSWERS
