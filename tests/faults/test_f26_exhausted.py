"""F26: no file can be opened any more, or every thread waits for the database. It is said, and it passes by itself."""

import resource
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from feedback.store.database import open_database
from tests.collect.institution import found_institution, invite, light_form, open_form, responses, times_kept, used
from tests.collect.serving import served, served_here
from tests.collect.visitor import Unanswered, Visitor

CROWD = 24
"""More than a process saves at a time."""


def test_f26_without_file_handles_those_inside_are_served_and_afterwards_all_are(sqlite_engine, tmp_path):
    found_institution(sqlite_engine)
    survey = open_form(sqlite_engine, mode="invitation")
    links = invite(sqlite_engine, survey, 2)
    with served(str(sqlite_engine.url), tmp_path) as server, Visitor(server.port) as inside:
        inside.get(f"/s/{links[0]}")
        fields, action = inside.to_the_last_step(), inside.action()
        taken = len(list(Path(f"/proc/{server.pid}/fd").iterdir()))
        before = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (taken, before[1]))
        outside = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(10)]
        inside.post(action, fields)
        if not inside.page.receipt:
            assert inside.answer.status >= 500
        assert _health(inside) in (200, "turned away")
        for each in outside:
            each.close()
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, before)
        inside.post(action, fields)
        with Visitor(server.port, seed=2) as another:
            receipts = [inside.page.receipt, another.answers(f"/s/{links[1]}")]
            assert another.ask("GET", "/health/ready").status == 200
    assert set(times_kept(sqlite_engine, receipts).values()) == {1}
    assert responses(sqlite_engine) == used(sqlite_engine) == 2


def _health(visitor: Visitor) -> int | str:
    """What the process says of itself. Where the kept connection has ended, nobody new is let in: that, too, is said at
    once, and not after a time."""
    try:
        return visitor.ask("GET", "/health/live").status
    except Unanswered:
        return "turned away"


@pytest.fixture
def held(engine, database_url):
    """A database whose table of answers somebody else holds, until the returned function is called."""
    if engine.dialect.name == "sqlite":
        other = open_database(database_url)
        connection = other.connect()
        connection.connection.driver_connection.execute("BEGIN IMMEDIATE")
    else:
        other = open_database(database_url, patience=60)
        connection = other.connect()
        connection.execute(text("LOCK TABLE responses, invitations, drafts IN ACCESS EXCLUSIVE MODE"))

    def let_go():
        connection.connection.driver_connection.execute("ROLLBACK")
        connection.close()
        other.dispose()

    return let_go


def test_f26_while_every_thread_waits_for_the_database_health_says_so_and_then_all_is_saved(
    engine, database_url, request
):
    found_institution(engine)
    survey = open_form(engine, mode="invitation")
    links = invite(engine, survey, CROWD)
    hasty = open_database(database_url, patience=1)
    with served_here(light_form(hasty)) as port, ThreadPoolExecutor(CROWD) as pool:
        crowd = [Visitor(port, seed=number) for number in range(CROWD)]
        ready = list(pool.map(lambda pair: begin(*pair), zip(crowd, links, strict=True)))
        let_go = request.getfixturevalue("held")
        sending = [pool.submit(one.post, action, fields) for one, (fields, action) in zip(crowd, ready, strict=True)]
        time.sleep(0.2)
        with closing(Visitor(port)) as watcher:
            assert watcher.ask("GET", "/health/live").status == 200
            assert watcher.ask("GET", "/health/ready").status == 503
        assert {each.result().status for each in sending} == {503}
        assert responses(engine) == 0 if engine.dialect.name == "sqlite" else True
        let_go()
        for one, (fields, action) in zip(crowd, ready, strict=True):
            one.post(action, fields)
        with closing(Visitor(port)) as watcher:
            assert watcher.ask("GET", "/health/ready").status == 200
        receipts = [one.page.receipt for one in crowd]
        for one in crowd:
            one.close()
    assert set(times_kept(engine, receipts).values()) == {1}
    assert responses(engine) == used(engine) == CROWD
    hasty.dispose()


def begin(visitor, link):
    """Somebody about to send everything."""
    visitor.get(f"/s/{link}")
    return visitor.to_the_last_step(), visitor.action()
