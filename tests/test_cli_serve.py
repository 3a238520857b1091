"""`feedback serve`: one process that says where it is once it is there, and ends when it is asked to."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from feedback.store import meta
from feedback.store.database import open_database, transaction

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def port() -> int:
    """A port nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environment(sqlite_template, tmp_path) -> dict[str, str]:
    """A database in which something was published once, though nothing is in it: so no sample is loaded."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'feedback.db')}"
    engine = open_database(url)
    with transaction(engine) as session:
        meta.bump(session)
    engine.dispose()
    return os.environ | {"FEEDBACK_DATABASE_URL": url, "FEEDBACK_WORKER": "separate", "FEEDBACK_PUBLIC_URL": ""}


def command(port: int) -> list[str]:
    return [sys.executable, "-m", "feedback", "serve", "--port", str(port)]


@pytest.fixture
def server(port, environment, tmp_path) -> Iterator[subprocess.Popen[str]]:
    """It serves, started in another folder than the project's, and has said so."""
    process = subprocess.Popen(
        command(port), cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.communicate()


def test_it_says_its_address_once_it_answers_and_ends_in_order(server, port):
    assert server.stdout.readline() == f"Open http://127.0.0.1:{port}   (stop with Ctrl+C)\n"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=60) as answer:
        assert answer.read() == b"ok"
    server.send_signal(signal.SIGINT)
    out, err = server.communicate(timeout=60)
    assert (server.returncode, out.strip()) == (0, ""), err
    assert "Traceback" not in err


def test_a_port_that_is_taken_is_refused_in_words(port, environment, tmp_path):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        done = subprocess.run(command(port), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"port {port}: is taken by another program" in done.stderr
