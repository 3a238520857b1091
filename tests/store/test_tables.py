"""The tables' own rules: they survive hot reload, and hold nothing that tells who answered or when."""

import importlib
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import DateTime, select
from sqlmodel import SQLModel

from feedback.store import tables
from feedback.store.columns import Instant
from feedback.store.tables import metadata


@pytest.fixture
def module_again() -> Iterator[None]:
    """Put the modules back as they were, whatever the test imported anew."""
    before = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "feedback"}
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "feedback"]:
        del sys.modules[name]
    sys.modules.update(before)


@pytest.mark.parametrize("evicted", ["feedback.store.tables", "feedback"])
def test_tables_survive_being_imported_again(sqlite_engine, module_again, evicted):
    for name in list(sys.modules):
        if name == evicted or name.startswith(evicted + "."):
            del sys.modules[name]
    again = importlib.import_module("feedback.store.tables")
    assert again is not tables
    assert again.metadata is not metadata
    assert set(again.metadata.tables) == set(metadata.tables)
    catalogue = importlib.reload(importlib.import_module("feedback.store.catalogue"))
    database = importlib.import_module("feedback.store.database")
    values = importlib.import_module("feedback.catalogue.values")
    with database.transaction(sqlite_engine) as session:
        catalogue.save(session, [values.Programme(slug="p", title="Again")])
        row = session.get(again.Programmes, "p")
        assert (row.title, row.is_sample) == ("Again", False)
    with database.reading(sqlite_engine) as session:
        assert session.connection().execute(select(tables.Programmes.title)).scalars().all() == ["Again"]


def test_the_shared_registry_stays_empty():
    assert not set(metadata.tables) & set(SQLModel.metadata.tables)


def test_nothing_finer_than_a_month_is_kept_of_a_response():
    columns = metadata.tables["responses"].c
    assert not any(isinstance(column.type, DateTime | Instant) for column in columns)
    assert columns["month"].type.length == len("2026-03")
    names = set(columns.keys()) | set(metadata.tables["comment_readings"].c.keys())
    assert not names & {"address", "browser", "user", "person", "created", "created_at", "submitted", "invitation"}


def test_no_table_but_readings_flags_moderations_corrections_and_what_waits_refers_to_a_response():
    """Flags are about the answers alone (how fast, how straight), and go with them; none of the three knows a time.
    Moderations and corrections know the day on which staff read a comment, which is not the day it came."""
    referring = {
        table.name
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "responses"
    }
    hanging = {"comment_readings", "next_readings", "response_flags", "waiting", "moderations", "corrections"}
    assert referring == hanging


ORDERLESS = {
    "responses", "comment_readings", "endorsements", "waiting", "response_flags",
    "invitations", "invitation_links", "drafts", "kept_addresses", "askings", "refusals", "asked_about",
    "moderations", "corrections", "next_readings", "sessions", "sign_in_links",
}  # fmt: skip


def test_nothing_leads_from_an_invitation_to_a_response_or_back():
    leads = {(table.name, key.column.table.name) for table in metadata.sorted_tables for key in table.foreign_keys}
    asking = {"invitations", "invitation_links", "drafts", "askings", "asked_about", "kept_addresses"}
    answering = {"responses", "waiting", "comment_readings", "response_flags", "endorsements"}
    assert not {pair for pair in leads if pair[0] in asking and pair[1] in answering}
    assert not {pair for pair in leads if pair[0] in answering and pair[1] in asking}
    for name in asking | answering:
        assert not any(isinstance(column.type, DateTime | Instant) for column in metadata.tables[name].c)


def test_no_number_counts_people_up():
    for name in ORDERLESS:
        table = metadata.tables[name]
        assert table.autoincrement_column is None
        assert table.dialect_options["sqlite"]["with_rowid"] is False


def test_every_constraint_has_a_name_so_that_a_later_step_can_find_it():
    unnamed = [
        (table.name, constraint)
        for table in metadata.sorted_tables
        for constraint in table.constraints
        if constraint.name is None and list(getattr(constraint, "columns", [1]))
    ]
    assert unnamed == []
