"""Reaching the database, and one action as one transaction."""

import threading
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from feedback.store import meta
from feedback.store.database import (
    DatabaseBusy,
    DatabaseUnreachable,
    lean_transaction,
    looking,
    open_database,
    reading,
    transaction,
)
from feedback.store.meta import bump, data_version


def test_sqlite_is_set_to_keep_what_it_says_it_kept(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'new' / 'folder' / 'feedback.db'}")
    with engine.connect() as connection:
        found = {
            name: connection.execute(text("PRAGMA " + name)).scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous", "secure_delete")
        }
    engine.dispose()
    assert found == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "synchronous": 2,  # FULL
        "secure_delete": 1,
    }


def test_postgresql_has_limits_and_counts_in_utc(request):
    url = request.getfixturevalue("new_postgresql")("template0")
    engine = open_database(url.replace("postgresql+psycopg", "postgresql"))
    with engine.connect() as connection:
        found = [
            connection.execute(text("SHOW " + name)).scalar_one()
            for name in ("statement_timeout", "lock_timeout", "timezone")
        ]
    assert found == ["15s", "3s", "UTC"]
    assert engine.dialect.driver == "psycopg"
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://somebody:hush@127.0.0.1:1/nowhere", "cannot be reached"),
        ("sqlite:////proc/no/such/folder/feedback.db", "cannot be reached"),
        ("mysql://somebody:hush@127.0.0.1/nowhere", "not known. Known: sqlite, postgresql"),
        ("feedback.db", "cannot be read; write sqlite:///path"),
    ],
)
def test_a_database_out_of_reach_is_said_without_its_password(url, reason):
    with pytest.raises(DatabaseUnreachable) as refused:
        open_database(url)
    assert reason in str(refused.value)
    assert "hush" not in str(refused.value)


def fail_after(do, what):
    do(what)
    raise ZeroDivisionError


def test_what_happens_in_a_transaction_happens_wholly_or_not_at_all(engine):
    with pytest.raises(ZeroDivisionError), transaction(engine) as session:
        fail_after(bump, session)
    with reading(engine) as session:
        assert data_version(session) == 0
    with transaction(engine) as session:
        bump(session)
        bump(session)
    with reading(engine) as session:
        assert data_version(session) == 2


def test_a_table_made_in_a_transaction_that_fails_is_gone(engine):
    with pytest.raises(ZeroDivisionError), transaction(engine) as session:
        fail_after(session.connection().execute, text("CREATE TABLE half (id INTEGER)"))
    with reading(engine) as session, pytest.raises(DBAPIError):
        session.connection().execute(text("SELECT * FROM half"))


def test_reading_sees_one_moment_whatever_is_written_meanwhile(engine):
    with reading(engine) as session:
        assert data_version(session) == 0
        with transaction(engine) as other:
            bump(other)
        assert data_version(session) == 0
    with reading(engine) as session:
        assert data_version(session) == 1


def test_reading_cannot_write_and_writing_after_it_can(engine):
    with pytest.raises(DBAPIError), reading(engine) as session:
        bump(session)
    with transaction(engine) as session:
        bump(session)
    with reading(engine) as session:
        assert data_version(session) == 1


def test_who_waits_too_long_is_told_that_nothing_was_saved(engine):
    failures = []

    def wait() -> None:
        try:
            with transaction(engine) as other:
                bump(other)
        except DatabaseBusy as busy:
            failures.append(str(busy))

    started = time.monotonic()
    with transaction(engine) as session:
        bump(session)
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join(timeout=20)
    assert failures == ["The database is busy, so nothing was saved. Please try again in a moment."]
    assert time.monotonic() - started > 2  # it did wait for a while


def test_the_databases_clock_is_in_utc_and_near_ours(engine):
    from feedback.store.clock import now

    with reading(engine) as session:
        moment = now(session)
    assert moment.tzinfo == UTC
    assert abs((moment - datetime.now(UTC)).total_seconds()) < 5


def test_what_may_be_lost_in_a_power_cut_is_not_waited_for_and_all_else_is(sqlite_engine):
    def synchronous(session):
        return session.connection().exec_driver_sql("PRAGMA synchronous").scalar_one()

    full, normal = 2, 1
    for _ in range(2):
        with lean_transaction(sqlite_engine, lasting=False) as session:
            assert synchronous(session) == normal
        with lean_transaction(sqlite_engine) as session:
            assert synchronous(session) == full
        with lean_transaction(sqlite_engine, lasting=False) as session:
            assert synchronous(session) == normal
        with transaction(sqlite_engine) as session:
            assert synchronous(session) == full


def test_a_lean_transaction_keeps_all_or_nothing_and_waits_no_longer_than_another(engine):
    with lean_transaction(engine) as session:
        meta.set_number(session, "kept", 1)

    def stopped():
        with lean_transaction(engine) as session:
            meta.set_number(session, "kept", 2)
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        stopped()
    with reading(engine) as session:
        assert meta.number(session, "kept") == 1


def test_a_look_sees_what_is_there_now_and_holds_nothing(engine):
    with looking(engine) as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM meta WHERE name = 'seen'").scalar_one()
        with transaction(engine) as session:
            meta.set_number(session, "seen", 1)
        after = connection.exec_driver_sql("SELECT count(*) FROM meta WHERE name = 'seen'").scalar_one()
    assert (before, after) == (0, 1)


def test_an_error_tells_no_parameter_of_its_statement(engine):
    with pytest.raises(DBAPIError) as failed, transaction(engine) as session:
        session.connection().execute(text("INSERT INTO nowhere VALUES (:said)"), {"said": "MY SECRET ANSWER"})
    assert "MY SECRET ANSWER" not in str(failed.value)
