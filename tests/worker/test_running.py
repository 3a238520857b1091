"""The worker as a command, and as the child of the app."""

import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from feedback.settings import settings
from feedback.worker import embedded
from tests.command_line import runner


@pytest.fixture
def run(sqlite_engine, monkeypatch, capsys):
    sqlite_engine.dispose()
    return runner(monkeypatch, capsys, str(sqlite_engine.url))


def test_once_does_what_is_due_and_says_so(run):
    ran = run("worker", "--once")
    assert (ran.code, ran.err) == (0, "")
    assert "Left: 0 that wait for their time or run elsewhere, 0 parked." in ran.out
    assert '"parked": 0' in run("worker", "--once", "--json").out


def test_the_command_refuses_what_cannot_be(run, monkeypatch, tmp_path):
    monkeypatch.setenv("FEEDBACK_SMTP_URL", "smtp://ann:secret@mail.example.org")
    monkeypatch.setenv("FEEDBACK_MAIL_FROM", "feedback@example.org")
    ran = run("worker", "--once")
    assert ran.code == 1
    assert "in the open" in ran.err
    assert "secret" not in ran.err
    monkeypatch.delenv("FEEDBACK_SMTP_URL")
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert run("worker", "--once").code == 3


def child(url, monkeypatch, *options):
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", url)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-m", "feedback", "worker", *options], **pipes)


def test_a_worker_ends_cleanly_when_it_is_told_to(sqlite_engine, monkeypatch):
    with child(str(sqlite_engine.url), monkeypatch) as worker:
        assert "looks for work" in worker.stdout.readline()
        worker.terminate()
        assert worker.wait() == 0
        assert worker.stderr.read() == ""


def test_an_embedded_worker_ends_with_the_app_that_started_it(sqlite_engine, monkeypatch):
    with child(str(sqlite_engine.url), monkeypatch, "--embedded") as worker:
        worker.stdin.close()
        assert worker.wait() == 0


@pytest.fixture
def starts(monkeypatch):
    """What would be started, in place of the child: each ends at once."""
    started, enough = [], threading.Event()

    class Child:
        def __init__(self, arguments, **_how):
            started.append(arguments)
            if len(started) >= 3:
                enough.set()
                threading.Event().wait()  # runs on; the thread that watches it is a daemon

        def wait(self):
            return 1

    monkeypatch.setattr(embedded.subprocess, "Popen", Child)
    monkeypatch.setattr(embedded, "_started", threading.Lock())
    monkeypatch.setattr(embedded, "BETWEEN_STARTS", 0)
    settings.cache_clear()
    yield SimpleNamespace(started=started, enough=enough)
    settings.cache_clear()


def test_the_app_starts_one_worker_and_starts_it_again_when_it_ends(starts):
    assert embedded.start_embedded()
    assert not embedded.start_embedded()
    assert starts.enough.wait(60)
    assert starts.started[0][1:] == ["-m", "feedback", "worker", "--embedded"]


def test_a_worker_run_separately_is_not_started(starts, monkeypatch):
    monkeypatch.setenv("FEEDBACK_WORKER", "separate")
    assert not embedded.start_embedded()
    assert starts.started == []
