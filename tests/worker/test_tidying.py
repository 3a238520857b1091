"""Once a day the worker lets go what nobody needs any more."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from feedback.store import accounts, drafts, invitations
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.invitations import Person
from feedback.store.tables import Meta, Sessions, Surveys
from feedback.worker.loop import Worker
from feedback.worker.tidying import TIDY, days_due
from tests.worker.working import all_jobs

KEY = b"k" * 32


def tidy(engine):
    said = []
    return Worker(engine, {}, kinds=[TIDY], say=said.append).tick(), said


def let_a_day_pass(engine):
    table = table_of(Meta)
    with transaction(engine) as session:
        session.connection().execute(update(table).where(table.c.name == "tidied_on").values(value=table.c.value - 1))


def test_drafts_and_addresses_nobody_needs_go_and_the_others_stay(institution):
    closes = datetime.now(UTC) - timedelta(days=31)
    with transaction(institution) as session:
        day = now(session).date()
        for survey in ("learner", "employer"):
            invitations.make(session, survey, [Person("one@example.org")], key=KEY)
        drafts.save(session, "old", "learner", None, b"sealed", day - timedelta(days=30))
        drafts.save(session, "young", "learner", None, b"sealed", day)
        table = table_of(Surveys)
        over = update(table).where(table.c.slug == "learner")
        session.connection().execute(over.values(opens=closes - timedelta(days=1), closes=closes))
    done, said = tidy(institution)
    assert done == 1
    assert said == ["Let old drafts go, and the addresses of surveys that are over."]
    with reading(institution) as session:
        assert [each.recipient for each in invitations.unanswered(session, "learner")] == [""]
        assert [each.recipient for each in invitations.unanswered(session, "employer")] == ["one@example.org"]
        assert drafts.read(session, "old") is None
        assert drafts.read(session, "young") == b"sealed"
    assert all_jobs(institution) == []


def test_it_is_done_once_a_day(institution):
    assert tidy(institution)[0] == 1
    assert tidy(institution)[0] == 0
    with reading(institution) as session:
        assert days_due(session) == []
    let_a_day_pass(institution)
    assert tidy(institution) == (1, [])


def test_links_and_sessions_that_ended_go(institution, monkeypatch):
    with transaction(institution) as session:
        ann = accounts.add_account(session, "Ann", "ann@example.org")
        accounts.begin_session(session, ann.id, "password")
        later = now(session) + timedelta(hours=13)
    tidy(institution)
    assert rows_of(institution, Sessions) == 1
    monkeypatch.setattr(accounts, "now", lambda _: later)
    let_a_day_pass(institution)
    tidy(institution)
    assert rows_of(institution, Sessions) == 0


def rows_of(engine, model):
    with reading(engine) as session:
        return session.connection().execute(select(func.count()).select_from(table_of(model))).scalar_one()
