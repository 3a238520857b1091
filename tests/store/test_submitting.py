"""The one transaction that takes a form."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from feedback.analysis.comments.voices import count_voices
from feedback.store import drafts, invitations, jobs
from feedback.store.database import DatabaseBusy, looking, reading, transaction
from feedback.store.inserting import table_of
from feedback.store.invitations import NOT_YET, Person
from feedback.store.receipts import LEAVING, PUBLISHED, UNKNOWN, WAITING, WITHDRAW, fate, withdraw
from feedback.store.releases import publish
from feedback.store.responses import new_secret
from feedback.store.submitting import LinkUsed, Opened, look, patiently, receipt_if_kept, submit
from feedback.store.surveys import close
from feedback.store.tables import Drafts, Invitations, ResponseFlags, Responses

KEY, TODAY, DRAFT = b"k" * 32, date(2026, 11, 22), "d" * 32


@pytest.fixture
def invited(institution):
    """The id of an invitation to the learners' survey, with a draft begun."""
    with transaction(institution) as session:
        ((invitation, _),) = invitations.make(session, "of-learners", [Person()], key=KEY)
        drafts.save(session, DRAFT, "of-learners", invitation.id, b"sealed", TODAY)
    return invitation.id


def send(engine, submission, secret, invitation, **more):
    return patiently(
        engine,
        lambda session: submit(
            session, submission, secret=secret, draft=DRAFT, today=TODAY, invitation=invitation, **more
        ),
    )


def rows(engine, model):
    with reading(engine) as session:
        return session.connection().execute(select(table_of(model))).mappings().all()


def test_the_link_is_used_the_answers_are_kept_and_the_draft_goes(institution, said, invited):
    send(institution, said(worth=5), new_secret(), invited, flags=["fast"])
    assert [row["used_on"] for row in rows(institution, Invitations)] == ["2026-11-22"]
    assert len(rows(institution, Responses)) == 1
    assert rows(institution, Drafts) == []
    assert [row["flag"] for row in rows(institution, ResponseFlags)] == ["fast"]


def test_the_same_form_again_gives_the_same_receipt_also_when_the_survey_has_closed(institution, said, invited):
    secret = new_secret()
    first = send(institution, said(worth=5), secret, invited)
    with transaction(institution) as session:
        close(session, "of-learners")
    again = send(institution, said(worth=5), secret, invited, grace_minutes=0)
    assert (again.receipt, again.repeated) == (first.receipt, True)
    with reading(institution) as session:
        assert receipt_if_kept(session, secret) == first.receipt
        assert receipt_if_kept(session, new_secret()) is None


def test_another_form_by_a_used_link_is_refused_and_leaves_nothing(institution, said, invited):
    send(institution, said(worth=5), new_secret(), invited)
    with pytest.raises(LinkUsed):
        send(institution, said(worth=1), new_secret(), invited)
    assert len(rows(institution, Responses)) == 1


@pytest.mark.parametrize("stopped", ["use", "delete"])
def test_whatever_stops_it_half_way_nothing_of_it_is_kept(institution, said, invited, monkeypatch, stopped):
    def broken(*_given, **_more):
        raise RuntimeError("stopped here")

    monkeypatch.setattr(invitations if stopped == "use" else drafts, stopped, broken)
    with pytest.raises(RuntimeError):
        send(institution, said(worth=5), new_secret(), invited)
    assert rows(institution, Responses) == []
    assert [row["used_on"] for row in rows(institution, Invitations)] == [NOT_YET]
    assert len(rows(institution, Drafts)) == 1


def test_a_look_tells_the_draft_and_whether_the_link_was_used(institution, said, invited):
    with looking(institution) as connection:
        assert look(connection, DRAFT, invited, TODAY) == Opened(b"sealed")
        assert look(connection, "e" * 32, invited, TODAY) == Opened(None)
        assert look(connection, DRAFT, "0" * 32, TODAY) == Opened(None, ended=True)
        assert look(connection, DRAFT, None, TODAY) == Opened(b"sealed")
    send(institution, said(worth=5), new_secret(), invited)
    with transaction(institution) as session:
        invitations.revoke(session, "of-learners")
    with looking(institution) as connection:
        assert look(connection, DRAFT, invited, TODAY) == Opened(None, used=True)


def test_a_link_out_of_date_or_taken_back_has_ended_and_was_not_used(institution):
    with transaction(institution) as session:
        made = invitations.make(session, "of-learners", [Person()], key=KEY, expires_on=TODAY)[0][0].id
    with looking(institution) as connection:
        assert look(connection, DRAFT, made, TODAY) == Opened(None)
        assert look(connection, DRAFT, made, TODAY + timedelta(days=1)) == Opened(None, ended=True)
    with transaction(institution) as session:
        invitations.revoke(session, "of-learners")
    with looking(institution) as connection:
        assert look(connection, DRAFT, made, TODAY) == Opened(None, ended=True)


class Crossed(Exception):
    """What a driver says when two transactions stood in each other's way."""

    sqlstate = "40001"


def busy(times, sqlstate="40001"):
    """Work that others cross so many times before it is done."""
    tried = []

    def work(_session):
        tried.append(1)
        if len(tried) <= times:
            error = Crossed()
            error.sqlstate = sqlstate
            raise DatabaseBusy("busy") from OperationalError("", {}, error)
        return len(tried)

    return work


def test_what_others_crossed_is_tried_three_times(institution):
    assert patiently(institution, busy(2)) == 3
    with pytest.raises(DatabaseBusy):
        patiently(institution, busy(3))


def test_a_database_that_others_hold_is_not_waited_for_twice(institution):
    work = busy(1, sqlstate="55P03")
    with pytest.raises(DatabaseBusy):
        patiently(institution, work)


def test_a_receipt_tells_what_became_of_the_answer(institution, said, instruments):
    receipts = [
        patiently(
            institution, lambda session: submit(session, said(worth=4), secret=new_secret(), draft=DRAFT, today=TODAY)
        ).receipt
        for _ in range(5)
    ]
    with reading(institution) as session:
        assert {fate(session, code).state for code in receipts} == {WAITING}
        assert fate(session, "0000-0000-0000-0000").state == UNKNOWN
    with transaction(institution) as session:
        publish(session, instruments, count_voices)
    with reading(institution) as session:
        told = fate(session, receipts[0])
        assert (told.state, told.release) == (PUBLISHED, 1)
    with transaction(institution) as session:
        assert withdraw(session, receipts[0])
        assert withdraw(session, receipts[0])
        assert not withdraw(session, "0000-0000-0000-0000")
    with reading(institution) as session:
        assert [job.kind for job in jobs.read_jobs(session)] == [WITHDRAW]
        assert fate(session, receipts[0]).state == LEAVING
