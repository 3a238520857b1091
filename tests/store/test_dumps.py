"""A database as one file and back: the same to the row, in no order, and nothing else is let in."""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from feedback.analysis.comments.voices import count_voices
from feedback.errors import FeedbackError, Refused
from feedback.policy import Grant
from feedback.store import accounts, dumps, jobs, outbox
from feedback.store.clock import now
from feedback.store.database import open_database, reading, transaction
from feedback.store.dumps import Measured, dump, load, measure, stands_empty
from feedback.store.erased import read_erased
from feedback.store.migrate import check, downgrade, migrate, schema_state
from feedback.store.receipts import LEAVING, WITHDRAW, fate
from feedback.store.releases import erase, erase_hashed
from feedback.store.responses import new_secret, receipt, receipt_hash
from tests.attacks.dumping import rows_of
from tests.store.releasing import save_all
from tests.store.test_shuffling import fill


@pytest.fixture
def engine(engine, backing_up):
    """A fresh, migrated database that can be backed up."""
    return engine


@pytest.fixture
def filled(institution, instruments, said, employer_said):
    """A database with something in most tables."""
    fill(institution, instruments, said, employer_said)
    return institution


def contents(engine):
    with reading(engine) as session:
        return measure(session.connection())


def same(rows):
    """Rows whatever their order, but for where messages are sent from."""
    return {name: sorted(map(repr, each)) for name, each in rows.items() if name != "meta"}


def test_what_is_restored_is_what_was_there_to_the_row(filled, elsewhere, tmp_path):
    held = dump(filled, tmp_path / "dump")
    assert held == contents(filled)
    assert held.tables["responses"].rows > 5
    assert stands_empty(elsewhere)
    assert load(elsewhere, tmp_path / "dump", held) == dumps.Loaded(older=False, held=0)
    assert same(rows_of(elsewhere)) == same(rows_of(filled))
    check(elsewhere)
    assert not stands_empty(elsewhere)


def test_the_digest_of_a_table_knows_no_order_and_every_row_counts(engine):
    def put(*names):
        with transaction(engine) as session:
            session.connection().execute(text("DELETE FROM refusals"))
            for name in names:
                row = {"name": name, "day": date(2026, 1, 1)}
                session.connection().execute(text("INSERT INTO refusals VALUES (:name, :day)"), row)
        return contents(engine).tables["refusals"]

    first = put("a", "b", "c")
    assert put("c", "a", "b") == first
    assert put("a", "b", "d") != first
    assert put("a", "b").rows == 2
    assert put() == Measured(0, "0" * 64)


def test_a_new_database_stands_empty_and_one_with_an_answer_does_not(engine, elsewhere):
    assert stands_empty(elsewhere)
    assert stands_empty(engine)
    with transaction(engine) as session:
        session.connection().execute(text("INSERT INTO refusals VALUES ('a', '2026-01-01')"))
    assert not stands_empty(engine)


def test_tables_of_somebody_else_are_never_replaced(elsewhere):
    with transaction(elsewhere) as session:
        session.connection().execute(text("CREATE TABLE payroll (name text)"))
    with pytest.raises(Refused, match=r"not ours \(payroll\)"):
        stands_empty(elsewhere)


def test_what_is_not_what_was_backed_up_is_refused_by_table(filled, elsewhere, tmp_path):
    held = dump(filled, tmp_path / "dump")
    wrong = replace(held, tables=dict(held.tables) | {"responses": Measured(3, "0" * 64), "payroll": Measured(1, "")})
    with pytest.raises(Refused) as refused:
        load(elsewhere, tmp_path / "dump", wrong)
    assert [problem.where for problem in refused.value.problems] == ["table payroll", "table responses"]
    assert schema_state(elsewhere) == "empty"
    assert not rows_there(elsewhere)


def rows_there(engine):
    with engine.connect() as connection:
        return measure(connection).tables


def test_an_older_database_is_dumped_as_it_is_and_restored_to_todays_tables(filled, elsewhere, tmp_path):
    downgrade(filled, "0005")
    held = dump(filled, tmp_path / "dump")
    assert held.revision == "0005"
    assert load(elsewhere, tmp_path / "dump", held).older
    check(elsewhere)
    migrate(filled)
    assert same(rows_of(elsewhere)) == same(rows_of(filled))


def test_messages_that_waited_are_sent_by_nobody_from_what_was_restored(institution, elsewhere, tmp_path):
    with transaction(institution) as session:
        assert outbox.is_at_home(session)
        outbox.put(session, "a", outbox.REMINDER, "ann@example.org", "Three minutes?", "A link.")
        outbox.put(session, "b", outbox.ONLY_ONCE[0], "bob@example.org", "How is it going?", "A link.")
    held = dump(institution, tmp_path / "dump")
    assert load(elsewhere, tmp_path / "dump", held).held == 2
    with transaction(elsewhere) as session:
        assert outbox.is_elsewhere(session)
        assert not outbox.is_at_home(session)
        assert not outbox.is_due(session)
        told = {(each.recipient, each.error) for each in outbox.read_failed(session)}
        assert told == {("ann@example.org", outbox.MAY_BE_SENT), ("", outbox.MAY_BE_SENT)}
        outbox.settle_here(session)
        assert not outbox.is_due(session)
    with transaction(institution) as session:
        assert outbox.is_at_home(session)
        assert outbox.counts(session) == {outbox.WAITING: 2}


def test_what_people_asked_for_since_holds_after_restoring(filled, instruments, said, tmp_path):
    """S53: an answer taken back, and a person who is not to be written to any more."""
    secret = new_secret()
    save_all(filled, said(worth=2, keep="Labs"), secret=secret)
    held = dump(filled, tmp_path / "dump")
    shutil.copy(tmp_path / "dump", tmp_path / "again")
    with transaction(filled) as session:
        assert erase(session, instruments, receipt(secret), count_voices)
        session.connection().execute(text("INSERT INTO refusals VALUES ('ann', '2026-01-01')"))
    assert load(filled, tmp_path / "dump", held).leaving == 1
    with transaction(filled) as session:
        assert fate(session, receipt(secret)).state == LEAVING
        assert session.connection().execute(text("SELECT recipient FROM refusals")).scalars().all() == ["ann"]
        [job] = [each for each in jobs.read_jobs(session) if each.kind == WITHDRAW]
        assert erase_hashed(session, instruments, job.subject, count_voices)
    load(filled, tmp_path / "again", held)
    with reading(filled) as session:
        assert fate(session, receipt(secret)).state == LEAVING
        assert receipt_hash(receipt(secret)) not in repr(read_erased(session))


def test_whoever_was_shut_out_since_is_so_after_restoring(filled, tmp_path):
    """A signed-in browser, a link, a disabled account, a role and a password that was changed come back for nobody."""
    with transaction(filled) as session:
        ann, ben = (
            accounts.add_account(session, name, f"{name}@example.org", [Grant("administrator"), Grant("moderator")])
            for name in ("ann", "ben")
        )
        accounts.keep_password(session, ann.id, "the old one")
        token = accounts.begin_session(session, ann.id, "password")
        link = accounts.add_link(session, ann.id, accounts.PASSWORD_LINK)
    held = dump(filled, tmp_path / "dump")
    with transaction(filled) as session:
        accounts.keep_password(session, ann.id, "the new one")
        accounts.take(session, ann.id, Grant("moderator"))
        accounts.give(session, ann.id, Grant("auditor"))
        accounts.disable(session, ben.id)
    loaded = load(filled, tmp_path / "dump", held)
    assert (loaded.disabled, loaded.taken) == (1, 1)
    with reading(filled) as session:
        assert not accounts.actor_of(session.connection(), token).is_known
        assert accounts.read_link(session, link) is None
        assert accounts.lock_of(session, ann.id).password == "the new one"
        assert not accounts.lock_of(session, ben.id).may_enter
        found = {each.name: each.grants for each in accounts.read_accounts(session)}
        assert found["ann"] == (Grant("administrator"),)
        moment = now(session)
    with transaction(filled) as session:
        known = {"issuer": "https://id.example.org", "subject": "s", "email": "ann@example.org", "email_verified": True}
        earlier = moment - timedelta(hours=1)
        assert not accounts.account_of_oidc(session, **known, issued_at=earlier).is_known


def test_in_an_empty_database_everybody_who_was_there_has_to_sign_in_anew(filled, elsewhere, tmp_path):
    with transaction(filled) as session:
        ann = accounts.add_account(session, "ann", "ann@example.org", [Grant("administrator")])
        token = accounts.begin_session(session, ann.id, "password")
    loaded = load(elsewhere, tmp_path / "dump", dump(filled, tmp_path / "dump"))
    assert (loaded.disabled, loaded.taken) == (0, 0)
    with reading(elsewhere) as session:
        assert not accounts.actor_of(session.connection(), token).is_known
        assert accounts.read_account(session, ann.id).actor.is_known


def test_restored_in_its_own_place_it_sends_nothing_either(institution, tmp_path):
    with transaction(institution) as session:
        assert outbox.is_at_home(session)
    held = dump(institution, tmp_path / "dump")
    load(institution, tmp_path / "dump", held)
    with transaction(institution) as session:
        assert not outbox.is_at_home(session)


def test_while_others_have_it_open_nothing_is_replaced(filled, tmp_path, monkeypatch):
    monkeypatch.setattr(dumps, "_ALONE", 0)
    held = dump(filled, tmp_path / "dump")
    before = same(rows_of(filled))
    other = open_database(filled.url.render_as_string(hide_password=False))
    with reading(other) as session:
        session.connection().execute(text("SELECT * FROM meta")).all()
        with pytest.raises(Refused, match="Stop them first"):
            load(filled, tmp_path / "dump", held)
    other.dispose()
    assert same(rows_of(filled)) == before


@pytest.mark.parametrize(
    "what", ["CREATE VIEW seen AS SELECT * FROM meta", "CREATE TRIGGER t AFTER INSERT ON meta BEGIN SELECT 1; END"]
)
def test_a_file_that_would_run_something_is_refused_on_sqlite(sqlite_engine, tmp_path, what):
    held = dump(sqlite_engine, tmp_path / "dump")
    with closing(sqlite3.connect(tmp_path / "dump")) as changed:
        changed.execute(what)
    with pytest.raises(Refused, match="triggers or views"):
        load(sqlite_engine, tmp_path / "dump", held)


def test_a_broken_file_is_refused_on_sqlite_and_nothing_changes(sqlite_engine, tmp_path):
    held = dump(sqlite_engine, tmp_path / "dump")
    whole = (tmp_path / "dump").read_bytes()
    before = same(rows_of(sqlite_engine))
    for broken in (
        b"no database at all" * 100,
        whole[: len(whole) // 2],
        whole[:8192] + b"\xff" * 8192 + whole[16384:],
    ):
        (tmp_path / "dump").write_bytes(broken)
        with pytest.raises(Refused):
            load(sqlite_engine, tmp_path / "dump", held)
        assert same(rows_of(sqlite_engine)) == before


def test_deleted_answers_are_not_in_the_file_on_sqlite(sqlite_engine, tmp_path):
    with transaction(sqlite_engine) as session:
        session.connection().execute(text("INSERT INTO refusals VALUES ('shouted in room seven', '2026-01-01')"))
    with transaction(sqlite_engine) as session:
        session.connection().execute(text("DELETE FROM refusals"))
    dump(sqlite_engine, tmp_path / "dump")
    assert b"room seven" not in (tmp_path / "dump").read_bytes()


def test_without_postgresqls_programs_it_says_which_is_missing(engine, tmp_path, monkeypatch):
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite needs no other program")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="pg_dump: it is not found on the PATH"):
        dump(engine, tmp_path / "dump")
    with pytest.raises(Refused, match="pg_restore: it is not found on the PATH"):
        load(engine, tmp_path / "dump", contents(engine))


def test_the_password_is_on_no_command_line_and_in_no_message(engine, tmp_path, monkeypatch):
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no password")
    seen = tmp_path / "seen"
    program = tmp_path / "pg_dump"
    program.write_text(
        f'#!/bin/sh\necho "$@" > {seen}\necho "$PGPASSWORD $PGHOST" >> {seen}\necho no luck >&2\nexit 1\n'
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    secret = engine.url.set(password="s3cret").render_as_string(hide_password=False)
    asked = dumps._environment(open_database(secret)) if engine.url.password is None else dumps._environment(engine)
    assert asked["PGDATABASE"] == engine.url.database
    monkeypatch.setattr(dumps, "_environment", lambda _engine: os.environ | asked | {"PGPASSWORD": "s3cret"})
    with pytest.raises(FeedbackError, match="pg_dump did not succeed: no luck") as failed:
        dump(engine, tmp_path / "dump")
    called, environment = seen.read_text().splitlines()
    assert "s3cret" not in called + str(failed.value)
    assert environment.startswith("s3cret")
