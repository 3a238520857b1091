"""Statements of organisations: public only once their link confirmed them, and only until it takes them back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback.errors import FeedbackError
from feedback.policy import OPERATOR, Actor, Subject
from feedback.store import audit, endorsements
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.dumps import dump, load
from feedback.store.endorsements import CONFIRMED, SENT, WAITING, Statement
from feedback.store.erased import erase_endorsements
from feedback.store.inserting import table_of
from feedback.store.invitations import ANSWER, link_hash, new_token
from feedback.store.tables import Endorsements
from tests.attacks.dumping import rows_of
from tests.store.endorsing import GIVEN, says, there

KEY = b"k" * 32
LEAD = Actor("lead", "Lea")


def tell(engine, **more):
    return says(engine, "of-employers", "data-badge", **more)


def link(engine, statement: Statement) -> str:
    with transaction(engine) as session:
        return endorsements.make_link(session, statement, LEAD, key=KEY, how="mail")


def confirmed(engine, *, named=False, **more) -> str:
    """A statement that is public; its token."""
    tell(engine, **more)
    token = link(engine, there(engine)[-1])
    with transaction(engine) as session:
        assert endorsements.confirm(session, token, key=KEY, named=named)
    return token


def today(engine):
    with reading(engine) as session:
        return now(session).date()


def test_a_statement_waits_is_sent_and_is_public_once_its_link_confirms_it(institution):
    tell(institution)
    (waiting,) = there(institution)
    assert (waiting.state, waiting.name, waiting.title, waiting.given_on) == (WAITING, "Acme", "Data badge", GIVEN)
    assert waiting.subject == Subject("data", "data-badge")
    token = link(institution, waiting)
    (sent,) = there(institution)
    assert (sent.state, sent.sent_on) == (SENT, today(institution))
    with transaction(institution) as session:
        assert endorsements.confirmed(session) == []
        assert endorsements.confirm(session, token, key=KEY, named=False)
        (public,) = endorsements.confirmed(session, "data-badge")
        assert endorsements.confirmed(session, "sql-course") == []
    assert (public.state, public.confirmed_on, public.named_on) == (CONFIRMED, today(institution), None)
    assert public.words == "Acme publicly stands behind “Data badge”."


@pytest.mark.parametrize("answer", ["no", "not_now", "in_principle"])
def test_whoever_did_not_ask_for_the_statement_is_never_named(institution, answer):
    tell(institution, answer=answer)
    assert there(institution) == []


def test_an_organisation_has_one_statement_about_a_credential_the_public_one_or_the_latest(institution):
    confirmed(institution)
    tell(institution, given_on=GIVEN + timedelta(days=9))
    tell(institution, name="Bell", given_on=GIVEN)
    tell(institution, name="Bell", given_on=GIVEN + timedelta(days=2))
    found = [(each.name, each.state, each.given_on) for each in there(institution)]
    assert found == [("Acme", CONFIRMED, GIVEN), ("Bell", WAITING, GIVEN + timedelta(days=2))]


def test_the_database_keeps_only_what_recognises_a_link(institution):
    token = confirmed(institution)
    assert token not in repr(rows_of(institution))
    with reading(institution) as session:
        kept = session.connection().execute(select(table_of(Endorsements).c.link)).scalar_one()
    assert kept == link_hash(KEY, token, endorsements.PURPOSE) != link_hash(KEY, token, ANSWER)


def test_a_wrong_link_opens_nothing_and_changes_nothing(institution):
    confirmed(institution)
    before = rows_of(institution)
    with transaction(institution) as session:
        for wrong in ("", "x", new_token(), "é" * 32):
            assert endorsements.find(session, wrong, key=KEY) is None
            assert not endorsements.confirm(session, wrong, key=KEY, named=True)
            assert not endorsements.take_back(session, wrong, key=KEY)
    assert rows_of(institution) == before


def test_a_statement_sent_again_has_a_new_link_and_the_earlier_opens_nothing(institution):
    tell(institution)
    first = link(institution, there(institution)[0])
    second = link(institution, there(institution)[0])
    with transaction(institution) as session:
        assert endorsements.find(session, first, key=KEY) is None
        assert endorsements.find(session, second, key=KEY) is not None


def test_of_a_public_statement_no_other_link_is_made(institution):
    token = confirmed(institution)
    with pytest.raises(FeedbackError, match="confirmed meanwhile"):
        link(institution, there(institution)[0])
    with reading(institution) as session:
        assert endorsements.find(session, token, key=KEY) is not None


def test_whether_it_is_named_as_recognising_can_be_changed_and_the_day_of_the_statement_stays(institution):
    token = confirmed(institution, named=True)
    assert there(institution)[0].named_on == today(institution)
    with transaction(institution) as session:
        assert endorsements.confirm(session, token, key=KEY, named=False)
    assert (there(institution)[0].named_on, there(institution)[0].confirmed_on) == (None, today(institution))


def test_the_same_link_takes_it_back_for_good(institution):
    token = confirmed(institution)
    with transaction(institution) as session:
        assert endorsements.take_back(session, token, key=KEY)
        assert not endorsements.take_back(session, token, key=KEY)
        assert not endorsements.confirm(session, token, key=KEY, named=True)
    assert there(institution) == []


def test_a_new_answer_after_it_was_taken_back_is_a_new_statement(institution):
    token = confirmed(institution)
    with transaction(institution) as session:
        endorsements.take_back(session, token, key=KEY)
    tell(institution, given_on=GIVEN + timedelta(days=30))
    assert [each.state for each in there(institution)] == [WAITING]


def test_sending_confirming_and_taking_back_are_in_the_audit_and_name_no_person(institution):
    token = confirmed(institution)
    with transaction(institution) as session:
        endorsements.confirm(session, token, key=KEY, named=False)  # changes nothing
        endorsements.take_back(session, token, key=KEY)
        events = audit.read_events(session)
    told = [(each.actor, each.action, each.about, dict(each.details)) for each in reversed(events)]
    about = "credential:data-badge"
    assert told == [
        ("lead", audit.STATEMENT_SENT, about, {"organisation": "acme", "how": "mail"}),
        ("", audit.STATEMENT_CONFIRMED, about, {"organisation": "acme", "named": False}),
        ("", audit.STATEMENT_REVOKED, about, {"organisation": "acme"}),
    ]


def test_what_was_taken_back_is_forgotten_after_a_month(institution):
    token = confirmed(institution)
    tell(institution, name="Bell")
    day = today(institution)
    with transaction(institution) as session:
        endorsements.take_back(session, token, key=KEY)
        assert endorsements.forget_taken_back(session, day + timedelta(days=30)) == 0
        assert endorsements.forget_taken_back(session, day + timedelta(days=31)) == 1
    assert [each.name for each in there(institution)] == ["Bell"]


@pytest.fixture
def backed_up(institution, backing_up, tmp_path):
    """A public statement and one that waits, in a backup; the database, its file and what it holds, and the token."""
    token = confirmed(institution)
    tell(institution, name="Bell")
    return institution, tmp_path / "dump", dump(institution, tmp_path / "dump"), token


def test_a_backup_does_not_bring_back_a_statement_that_was_taken_back(backed_up):
    engine, file, held, token = backed_up
    with transaction(engine) as session:
        endorsements.take_back(session, token, key=KEY)
    load(engine, file, held)
    assert [each.name for each in there(engine)] == ["Bell"]
    with reading(engine) as session:
        assert endorsements.find(session, token, key=KEY) is None
        assert len(endorsements.read_unsaid(session)) == 1


def test_a_backup_does_not_bring_back_what_was_erased(backed_up):
    engine, file, held, token = backed_up
    with transaction(engine) as session:
        assert erase_endorsements(session, "acme", by=OPERATOR) == 1
        assert erase_endorsements(session, "bell", by=OPERATOR) == 1
        assert endorsements.find(session, token, key=KEY) is None
    load(engine, file, held)
    assert there(engine) == []


def test_a_backup_brings_back_what_nobody_took_back(backed_up):
    engine, file, held, token = backed_up
    load(engine, file, held)
    assert [(each.name, each.state) for each in there(engine)] == [("Acme", CONFIRMED), ("Bell", WAITING)]
    with reading(engine) as session:
        assert endorsements.find(session, token, key=KEY) is not None
