"""F8, F9, F10: the disk is full, somebody else writes for too long, the file may only be read. Then "not saved" is
said, what was kept before stays, what was answered comes along, and pressing the button again saves it."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import event

from feedback.store.database import open_database
from feedback.survey.wording import word
from tests.collect.institution import found_institution, invite, light_form, open_form, responses, times_kept, used
from tests.collect.serving import Server, refused, served, served_here
from tests.collect.visitor import Visitor


def check_not_saved(visitor: Visitor) -> None:
    """The page says so, gives no receipt, and holds what was answered."""
    assert visitor.answer.status == 503
    assert visitor.page.receipt == ""
    assert word("light.not_saved", "en") in " ".join(visitor.page.source.split()) or "Not saved" in visitor.page.source


def try_again(visitor: Visitor) -> None:
    """Press the one button of the page that says "not saved"."""
    form = next(each for each in visitor.page.forms if each.method == "post")
    button = [(each.name, each.value) for each in form.buttons() if each.name][:1]
    visitor.post(form.action or visitor.at, [*form.as_it_stands(), *button])


@contextmanager
def no_more_pages(engine) -> Iterator[None]:
    """The file may not grow."""

    def limit(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine, "connect", limit)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)
        engine.dispose()


@pytest.fixture
def answered(sqlite_engine):
    """An institution that one person has answered already: the engine, the receipt, and the survey."""
    found_institution(sqlite_engine)
    survey = open_form(sqlite_engine, mode="invitation")
    with served_here(light_form(sqlite_engine)) as port, Visitor(port) as visitor:
        receipt = visitor.answers(f"/s/{invite(sqlite_engine, survey, 1)[0]}")
    return sqlite_engine, receipt, survey


ROOM = 100_000
"""Bytes for some more answers, not for many."""
LONG = "Every lesson ran late, and the slides came a week after. " * 60
"""What does not fit into what is left of a page."""


def with_long_words(fields):
    return [(name, LONG[:3900] if len(value) > 12 and " " in value else value) for name, value in fields]


def test_f8_a_full_disk_is_said_and_the_answers_are_saved_once_there_is_room(answered):
    engine, receipt, survey = answered
    links = invite(engine, survey, 2)
    with served_here(light_form(engine)) as port, Visitor(port, seed=2) as visitor:
        visitor.get(f"/s/{links[0]}")
        fields, action = with_long_words(visitor.to_the_last_step()), visitor.action()
        with no_more_pages(engine):
            visitor.post(action, fields)
            check_not_saved(visitor)
            assert times_kept(engine, [receipt]) == {receipt: 1}
            assert responses(engine) == used(engine) == 1
            try_again(visitor)
            check_not_saved(visitor)
        try_again(visitor)
        assert visitor.page.receipt
        assert responses(engine) == used(engine) == 2


def test_f8_where_the_file_may_grow_no_more_it_is_said_and_the_server_recovers(answered, tmp_path):
    """As on a disk that fills up: the system refuses to make files longer (setrlimit(2), RLIMIT_FSIZE)."""
    engine, receipt, survey = answered
    links, receipts = invite(engine, survey, 60), [receipt]
    with served(str(engine.url), tmp_path) as server:
        for number, link in enumerate(links):
            with Visitor(server.port, seed=number) as visitor:
                if number == 1:
                    may_grow(server, Path(f"{engine.url.database}-wal").stat().st_size + ROOM)
                visitor.get(f"/s/{link}")
                fields, action = with_long_words(visitor.to_the_last_step()), visitor.action()
                visitor.post(action, fields)
                if visitor.page.receipt:
                    receipts.append(visitor.page.receipt)
                    continue
                check_not_saved(visitor)
                assert set(times_kept(engine, receipts).values()) == {1}
                assert responses(engine) == used(engine) == len(receipts)
                may_grow(server, resource.RLIM_INFINITY)
                try_again(visitor)
                receipts.append(visitor.page.receipt)
                break
    assert 3 <= len(receipts) < len(links)
    assert set(times_kept(engine, receipts).values()) == {1}
    assert responses(engine) == used(engine) == len(receipts)
    with closing(sqlite3.connect(engine.url.database)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def may_grow(server: Server, limit: int) -> None:
    """Let no file of a server's grow beyond so many bytes."""
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


def test_f9_who_writes_for_too_long_is_not_waited_for_for_ever(answered):
    engine, _, survey = answered
    hasty = open_database(str(engine.url), patience=0)
    with served_here(light_form(hasty)) as port, Visitor(port, seed=3) as visitor:
        visitor.get(f"/s/{invite(engine, survey, 1)[0]}")
        fields, action = visitor.to_the_last_step(), visitor.action()
        with closing(sqlite3.connect(engine.url.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            visitor.post(action, fields)
            check_not_saved(visitor)
            assert responses(engine) == 1
            assert visitor.ask("GET", "/health/live").status == 200
            other.execute("ROLLBACK")
        visitor.post(action, fields)
        assert visitor.page.receipt
        assert responses(engine) == used(engine) == 2
    hasty.dispose()


def test_f9_who_waits_no_longer_than_the_others_write_is_saved(answered):
    engine, _, survey = answered
    with served_here(light_form(engine)) as port, Visitor(port, seed=3) as visitor:
        visitor.get(f"/s/{invite(engine, survey, 1)[0]}")
        fields, action = visitor.to_the_last_step(), visitor.action()
        other = sqlite3.connect(engine.url.database, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        Timer(0.5, lambda: (other.execute("ROLLBACK"), other.close())).start()
        visitor.post(action, fields)
        assert visitor.page.receipt


def test_f10_a_file_that_became_read_only_is_said_at_the_form(answered):
    engine, receipt, survey = answered
    link = invite(engine, survey, 1)[0]
    only_read = open_database(f"sqlite:///file:{engine.url.database}?mode=ro&uri=true")
    with (
        served_here(light_form(engine)) as may,
        served_here(light_form(only_read)) as must_not,
        Visitor(may, seed=4) as visitor,
    ):
        visitor.get(f"/s/{link}")
        fields, action = visitor.to_the_last_step(), visitor.action()
        visitor.ports = [must_not]
        visitor.post(action, fields)
        check_not_saved(visitor)
        visitor.ports = [may]
        try_again(visitor)
        assert visitor.page.receipt
    assert times_kept(engine, [receipt]) == {receipt: 1}
    only_read.dispose()


def test_f10_on_a_file_that_may_only_be_read_it_does_not_start_and_says_why(sqlite_engine):
    address = f"sqlite:///file:{sqlite_engine.url.database}?mode=ro&uri=true"
    ran = refused(address)
    assert ran.returncode in (1, 3)
    assert "read" in ran.stderr
    assert "Traceback" not in ran.stderr
