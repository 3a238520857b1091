"""Statements handed to the driver: the same values in and out, and the same errors, as by SQLAlchemy's own way."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import bindparam, delete, func, select, type_coerce, update
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from feedback.store.columns import Instant
from feedback.store.database import looking, open_database, reading, transaction
from feedback.store.inserting import insert_new, table_of
from feedback.store.prepared import Prepared
from feedback.store.tables import Drafts, Invitations, Responses, Surveys

RESPONSES, INVITATIONS, DRAFTS = table_of(Responses), table_of(Invitations), table_of(Drafts)
RESPONSE = {
    "key": "k" * 32,
    "survey": "of-learners",
    "instrument": "learner",
    "version": 3,
    "language": "ar",
    "month": "2026-03",
    "about": ["data-badge"],
    "answers": {"worth": 5, "keep": "más % :x 'y' \"z\" الأمثلة", "none": None, "rate": 0.25, "kept": [True, False]},
    "organisation": None,
    "role": None,
    "receipt_hash": None,
    "batch": None,
    "notice": None,
    "is_sample": True,
}


def by(column):
    """All of a row, found by one column."""
    return select(column.table).where(column == bindparam("wanted"))


def test_what_is_put_in_comes_out_as_by_sqlalchemy(institution):
    put, found = Prepared(lambda dialect: insert_new(dialect, Responses)), by(RESPONSES.c.key)
    with transaction(institution) as session:
        connection = session.connection()
        assert put.change(connection, RESPONSE) == 1
        assert put.change(connection, RESPONSE) == 0
        row = Prepared(found).first(connection, {"wanted": RESPONSE["key"]})
        assert row == tuple(connection.execute(found, {"wanted": RESPONSE["key"]}).one())
    assert dict(zip(RESPONSES.c.keys(), row, strict=True)) == RESPONSE


def test_days_moments_bytes_and_constants_are_converted(institution):
    draft = {"id": "d", "survey": "of-learners", "invitation": None, "saved_on": date(2026, 3, 1), "sealed": b"\0\xff'"}
    opened, present = table_of(Surveys).c.opens, type_coerce(func.current_timestamp(), Instant)
    moment = select(opened, present).where(table_of(Surveys).c.slug == "of-learners")
    is_older = DRAFTS.c.id == "d", DRAFTS.c.saved_on < bindparam("day")
    dated = update(DRAFTS).where(*is_older).values(saved_on=bindparam("day"))
    with transaction(institution) as session:
        connection = session.connection()
        Prepared(lambda dialect: insert_new(dialect, Drafts)).change(connection, draft)
        assert Prepared(by(DRAFTS.c.id)).first(connection, {"wanted": "d"}) == tuple(draft.values())
        assert Prepared(dated).change(connection, {"day": date(2026, 3, 1)}) == 0
        assert Prepared(dated).change(connection, {"day": date(2026, 3, 2)}) == 1
        opens, now = Prepared(moment).first(connection, {})
        assert (opens, now.tzinfo) == (connection.execute(moment).one()[0], UTC)
        assert abs(now - datetime.now(UTC)).total_seconds() < 3600
        assert Prepared(delete(DRAFTS).where(DRAFTS.c.id == bindparam("id"))).change(connection, {"id": "d"}) == 1


def test_nothing_found_is_none(institution):
    with looking(institution) as connection:
        assert Prepared(by(INVITATIONS.c.id)).first(connection, {"wanted": "none"}) is None


def test_errors_are_sqlalchemys_and_hold_nothing_of_what_was_sent(institution):
    secret = RESPONSE | {"survey": "no-such-survey", "answers": {"keep": "my name is in here"}}
    put = Prepared(lambda dialect: insert_new(dialect, Responses))
    with pytest.raises(IntegrityError) as refused, transaction(institution) as session:
        put.change(session.connection(), secret)
    assert "my name is in here" not in str(refused.value)
    with reading(institution) as session, pytest.raises((OperationalError, ProgrammingError)):
        Prepared(select(func.no_such_function(bindparam("x")))).first(session.connection(), {"x": "y"})
    with pytest.raises(KeyError), reading(institution) as session:
        Prepared(by(INVITATIONS.c.id)).first(session.connection(), {"wnated": "x"})


def test_each_kind_of_database_has_its_own_words(institution, tmp_path):
    """One Prepared serves an institution on PostgreSQL and a file beside it in the same process."""
    found = Prepared(by(table_of(Surveys).c.slug))
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    try:
        with looking(institution) as connection:
            assert found.first(connection, {"wanted": "of-learners"})
        with looking(other) as connection, pytest.raises(OperationalError):
            found.first(connection, {"wanted": "of-learners"})  # it has no tables
        with looking(institution) as connection:
            assert found.first(connection, {"wanted": "of-learners"})
    finally:
        other.dispose()
