"""F24: thousands come and go, some with far too much: the memory a server needs stays what it was."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.collect.institution import found_institution, open_form
from tests.collect.serving import ROOT, served, settings_for
from tests.collect.visitor import FORM_TYPE, Unanswered, Visitor

ROUNDS, AT_A_TIME = 40, 25
"""So often so many sit down before the app and leave."""
TOO_MUCH = b"q.comment=" + b"x" * (4 << 20)


def used_by(pid: int) -> int:
    """The bytes of memory a process has at present (VmRSS of proc_pid_status(5))."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024


def come_and_go(port: int, survey: str, visitors: int) -> None:
    """Each opens the form and goes a step; every fiftieth sends what is far too long; none comes back."""
    for number in range(visitors):
        with Visitor(port, seed=number) as visitor:
            visitor.get(f"/f/{survey}")
            visitor.step()
            if number % 50 == 0:
                with suppress(Unanswered):  # hung up on while still sending
                    assert visitor.ask("POST", visitor.action(), TOO_MUCH, {"Content-Type": FORM_TYPE}).status == 413


@pytest.mark.parametrize(
    "visitors", [300, pytest.param(5000, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])], ids=str
)
def test_f24_after_thousands_of_requests_the_memory_is_what_it_was(sqlite_engine, tmp_path, visitors):
    found_institution(sqlite_engine)
    survey = open_form(sqlite_engine, "learner")
    with served(str(sqlite_engine.url), tmp_path) as server:
        come_and_go(server.port, survey, 150)
        before = used_by(server.pid)
        come_and_go(server.port, survey, visitors)
        assert used_by(server.pid) < 1.2 * before


@contextmanager
def app(url: str, log: Path) -> Iterator[tuple[int, int]]:
    """The app itself, in a process of its own: its port and its id."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options = {"port": str(port), "address": "127.0.0.1", "headless": "true"}
    given = [part for name, value in options.items() for part in (f"--server.{name}", value)]
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *given],
            cwd=ROOT, env=os.environ | settings_for(url), stdout=written, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            while socket.socket().connect_ex(("127.0.0.1", port)):
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(30)


def sit_down(port: int, until: ExitStack) -> None:
    """Somebody who opens the app, waits until its first page is there, and stays until the end of the others."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.sync.client import connect

    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    made = until.enter_context(connect(address, subprotocols=["streamlit"], max_size=None))
    wanted = BackMsg()
    wanted.rerun_script.query_string = ""
    made.send(wanted.SerializeToString())
    said = ForwardMsg()
    while said.WhichOneof("type") != "script_finished":
        said.ParseFromString(made.recv(timeout=60))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_f24_sessions_of_the_app_that_were_closed_leave_no_memory_behind(sqlite_engine, tmp_path):
    found_institution(sqlite_engine)
    with app(str(sqlite_engine.url), tmp_path / "app.log") as (port, pid):
        used = []
        for _ in range(ROUNDS):
            with ExitStack() as people:
                for _ in range(AT_A_TIME):
                    sit_down(port, people)
            used.append(used_by(pid))
        assert used[-1] < 1.2 * used[ROUNDS // 4]
