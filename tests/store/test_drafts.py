"""Drafts: kept sealed, in place of the one before, and gone with the answer or with time."""

from datetime import date, timedelta

import pytest

from feedback.store import drafts, invitations
from feedback.store.database import reading, transaction
from feedback.store.drafts import DraftChanged
from feedback.store.invitations import Person

DAY = date(2026, 3, 31)
KEY = b"k" * 32


@pytest.fixture
def invitation(institution):
    with transaction(institution) as session:
        [(made, _)] = invitations.make(session, "of-learners", [Person()], key=KEY)
    return made.id


def save(engine, name="d", invitation=None, sealed=b"sealed", day=DAY, before=None):
    with transaction(engine) as session:
        return drafts.save(session, name, "of-learners", invitation, sealed, day, before=before)


def kept(engine, *names):
    with reading(engine) as session:
        return [name for name in names if drafts.read(session, name) is not None]


def test_a_draft_comes_back_as_it_was_sealed(institution):
    sealed = bytes(range(256)) * 100
    assert save(institution, sealed=sealed)
    with reading(institution) as session:
        assert drafts.read(session, "d") == sealed
        assert drafts.read(session.connection(), "d") == sealed
        assert drafts.read(session, "none") is None


def test_the_last_draft_is_the_one(institution, invitation):
    save(institution, "d", invitation, b"first", DAY - timedelta(days=40))
    save(institution, "d", invitation, b"second", DAY, before=b"first")
    with transaction(institution) as session:
        assert drafts.forget_old(session, DAY) == 0
        assert drafts.read(session, "d") == b"second"


@pytest.mark.parametrize("before", [None, b"older", b"newest"])
def test_what_was_kept_meanwhile_is_not_replaced_unread(institution, before):
    save(institution, sealed=b"older")
    save(institution, sealed=b"newer", before=b"older")
    with pytest.raises(DraftChanged):
        save(institution, sealed=b"late", before=before)
    with reading(institution) as session:
        assert drafts.read(session, "d") == b"newer"


def test_a_draft_that_went_meanwhile_does_not_come_back(institution):
    save(institution, sealed=b"first")
    with transaction(institution) as session:
        drafts.delete(session, "d", None)
    with pytest.raises(DraftChanged):
        save(institution, sealed=b"second", before=b"first")
    assert kept(institution, "d") == []


def test_a_draft_goes_with_the_others_of_its_invitation(institution, invitation):
    for name, mine in (("here", invitation), ("phone", invitation), ("open", None), ("other", None)):
        save(institution, name, mine)
    with transaction(institution) as session:
        drafts.delete(session, "here", invitation)
    assert kept(institution, "here", "phone", "open", "other") == ["open", "other"]
    with transaction(institution) as session:
        drafts.delete(session, "open", None)
        drafts.delete(session, "none", None)
    assert kept(institution, "open", "other") == ["other"]


def test_no_draft_is_kept_once_the_answer_was_sent(institution, invitation):
    with transaction(institution) as session:
        assert invitations.use(session, invitation, "of-learners", DAY)
    assert not save(institution, "late", invitation)
    assert not save(institution, "late", "none")
    assert kept(institution, "late") == []


def test_drafts_go_after_thirty_days_and_those_of_used_invitations_at_once(institution, invitation):
    save(institution, "old", day=DAY - timedelta(days=30))
    save(institution, "young", day=DAY - timedelta(days=29))
    save(institution, "left", invitation)
    with transaction(institution) as session:
        assert invitations.use(session, invitation, "of-learners", DAY)
        assert drafts.forget_old(session, DAY) == 2
        assert drafts.forget_old(session, DAY) == 0
    assert kept(institution, "old", "young", "left") == ["young"]
