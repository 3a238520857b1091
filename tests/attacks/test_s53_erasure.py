"""S53: what is erased, by a receipt or by schedule, is gone from every table, from what is counted, read, decided and
worked out, from the next backup, and again from an older one that is restored. On both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from feedback.exchange.backups import restore_backup, write_backup
from feedback.policy import OPERATOR, WORKER
from feedback.settings import data_folder
from feedback.store import retention
from feedback.store.database import reading, transaction
from feedback.store.inserting import insert, table_of
from feedback.store.meta import set_number
from feedback.store.receipts import UNKNOWN, fate, withdraw
from feedback.store.responses import receipt_hash
from feedback.store.shuffling import clear_away
from feedback.store.tables import Finished, Moderations, ResponseFlags, Responses, Surveys
from feedback.survey.instrument import read_instruments
from feedback.worker.loop import run_once
from tests.attacks.dumping import everything_in
from tests.store.releasing import assert_whole
from tests.worker.conftest import few
from tests.worker.working import answer, set_up, shown, topics

__all__ = ["few"]
KEY = b"k" * 32
WORD = "Zyxgolem"
SAID = f"The {WORD} lab was terrible and the exam unfair."
OTHERS = "The labs were great and the teacher explained well."
INSTRUMENTS = dict(read_instruments(data_folder() / "instruments"))
LONG_AFTER = datetime(2040, 1, 1, tzinfo=UTC)


@pytest.fixture
def engine(engine, backing_up):
    """A fresh, migrated database that can be backed up."""
    return engine


@pytest.fixture
def receipts(engine, few):
    """The receipts of seven learners; the first wrote something only they would. It is read, decided of, published and
    worked out."""
    set_up(engine, INSTRUMENTS)
    kept = [answer(engine, INSTRUMENTS, worth=4, change=SAID)]
    kept += [answer(engine, INSTRUMENTS, worth=5, change=OTHERS) for _ in range(6)]
    run_once(engine, INSTRUMENTS)
    key = key_of(engine, kept[0])
    with transaction(engine) as session:
        place = {"response": key, "question": "change", "credential": "data-badge"}
        decided = {"state": "internal", "reason": "insult", "note": f"About the {WORD}", "masks": [[4, 12]]}
        more = {"by": "ann", "decided_on": datetime.now(UTC).date(), "is_sample": False}
        session.connection().execute(insert(session, Moderations).values(**place, **decided, **more))
        session.connection().execute(insert(session, ResponseFlags).values(response=key, flag="fast"))
        told = {"version": 0, "mark": "m", "document": {"quote": SAID}}
        session.connection().execute(insert(session, Finished).values(finding="quotes", choice="x", **told))
    assert WORD.encode() in everything_in(engine)
    return kept


def key_of(engine, receipt):
    table = table_of(Responses)
    with reading(engine) as session:
        found = select(table.c.key).where(table.c.receipt_hash == receipt_hash(receipt))
        return session.connection().execute(found).scalar_one()


def marks_of(engine, receipt) -> list[bytes]:
    """What would lead to an answer: its words, its key, its receipt."""
    return [WORD.encode(), key_of(engine, receipt).encode(), receipt_hash(receipt).encode()]


def left(engine, marks) -> list[bytes]:
    """What of it is found anywhere in the database; on SQLite in its files."""
    clear_away(engine)
    held = everything_in(engine)
    return [mark for mark in marks if mark in held]


def people(engine):
    table = table_of(Responses)
    with reading(engine) as session:
        return len(session.connection().execute(select(table.c.key)).all())


def test_s53_a_receipt_takes_an_answer_out_of_everything_and_the_counts_hold(engine, receipts):
    marks = marks_of(engine, receipts[0])
    before = topics(engine, INSTRUMENTS)
    with transaction(engine) as session:
        assert withdraw(session, receipts[0])
    run_once(engine, INSTRUMENTS)
    assert left(engine, marks) == []
    with reading(engine) as session:
        assert fate(session, receipts[0]).state == UNKNOWN
    assert people(engine) == 6
    assert_whole(engine, INSTRUMENTS)
    assert topics(engine, INSTRUMENTS).sum() < before.sum()
    assert not any(WORD in text for text in shown(engine, INSTRUMENTS)["text"])


def test_s53_the_next_backup_has_nothing_of_it_and_an_older_one_gives_it_back_for_a_moment_only(
    engine, elsewhere, receipts, tmp_path
):
    marks = marks_of(engine, receipts[0])
    older, _ = write_backup(engine, tmp_path / "older.zip", KEY)
    with transaction(engine) as session:
        withdraw(session, receipts[0])
    run_once(engine, INSTRUMENTS)
    newer, _ = write_backup(engine, tmp_path / "newer.zip", KEY)
    restore_backup(elsewhere, newer, KEY)
    assert left(elsewhere, marks) == []
    done = restore_backup(engine, older, KEY, replace=True)
    assert done.loaded.leaving == 1
    run_once(engine, INSTRUMENTS)
    assert left(engine, marks) == []
    assert people(engine) == 6


@pytest.fixture
def over(engine, receipts):
    """Their survey has closed so long ago that its comments are due."""
    table, closed = table_of(Surveys), datetime.now(UTC) - timedelta(days=3 * 366)
    with transaction(engine) as session:
        passed = {"closes": closed, "opens": closed - timedelta(days=30)}
        session.connection().execute(update(table).where(table.c.slug == "learner").values(passed))
        set_number(session, "retention_since", closed.date().toordinal())
        set_number(session, "kept_on", 1)
    return engine


def test_s53_the_schedule_takes_comments_out_of_everything_and_leaves_what_was_chosen(over, receipts):
    run_once(over, INSTRUMENTS)
    assert left(over, [WORD.encode()]) == []
    assert shown(over, INSTRUMENTS).empty
    assert people(over) == 7
    assert_whole(over, INSTRUMENTS)
    assert topics(over, INSTRUMENTS).empty


def test_s53_the_schedule_takes_answers_out_of_everything_when_that_is_set(over, receipts):
    marks = marks_of(over, receipts[0])
    with transaction(over) as session:
        retention.set_terms(session, "learner", 1, 12, by=OPERATOR, today=datetime(2026, 1, 1, tzinfo=UTC).date())
    retention.run(lambda: transaction(over), INSTRUMENTS, WORKER, moment=LONG_AFTER)
    run_once(over, INSTRUMENTS)
    assert left(over, marks) == []
    assert people(over) == 0
    assert_whole(over, INSTRUMENTS)


def test_s53_what_an_older_backup_brings_back_goes_again_with_the_next_day(over, receipts, tmp_path):
    older, _ = write_backup(over, tmp_path / "older.zip", KEY)
    run_once(over, INSTRUMENTS)
    restore_backup(over, older, KEY, replace=True)
    assert left(over, [WORD.encode()]) == [WORD.encode()]
    run_once(over, INSTRUMENTS)
    assert left(over, [WORD.encode()]) == []
