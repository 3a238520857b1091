"""F25: some send their requests byte by byte, or open connections and say nothing. Others are answered meanwhile.

How many such connections one address may hold is the business of the proxy in front: docs/guide/running.md.
"""

import os
import resource
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.collect.institution import found_institution, invite, open_form, times_kept
from tests.collect.serving import served
from tests.collect.visitor import Visitor
from tests.faults.killing import start

HALVES = (b"", b"GET / HT", b"GET /health/live HTTP/1.1\r\nHost: a\r\nX-Slow: ", b"POST /r HTTP/1.1\r\nHost: a\r\n"
          b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nreceipt=")  # fmt: skip
"""Nothing; half a line; half the headers; a body that never comes."""
SOAK = 5000


@contextmanager
def half_open(port: int, number: int) -> Iterator[None]:
    """So many connections, each with half a request; held by a process of their own."""
    told, tells = os.pipe()

    def hold() -> None:
        made = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(number)]
        for place, each in enumerate(made):
            each.sendall(HALVES[place % len(HALVES)])
        os.write(tells, b".")
        time.sleep(600)

    child = start(hold)
    os.close(tells)
    with os.fdopen(told) as begun:
        assert begun.read(1)
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@pytest.mark.parametrize("number", [200, pytest.param(SOAK, marks=pytest.mark.soak)], ids=str)
def test_f25_slow_and_silent_ones_keep_nobody_from_answering(sqlite_engine, tmp_path, number):
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < number + 200:
        pytest.skip(f"no process may have {number} connections here")
    found_institution(sqlite_engine)
    survey = open_form(sqlite_engine, mode="invitation")
    (link,) = invite(sqlite_engine, survey, 1)
    with (
        served(str(sqlite_engine.url), tmp_path) as server,
        half_open(server.port, number),
        Visitor(server.port) as visitor,
    ):
        receipt = visitor.answers(f"/s/{link}")
        assert visitor.ask("GET", "/health/ready").status == 200
    assert times_kept(sqlite_engine, [receipt]) == {receipt: 1}
