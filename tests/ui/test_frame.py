"""The frame: what is loaded when, and what no page runs before."""

import subprocess
import sys
from threading import Event, Thread

import pytest

from feedback.errors import Refused
from feedback.settings import settings
from feedback.ui import frame, shell


@pytest.fixture
def started(monkeypatch):
    """The frame as a server that starts has it: nothing is loaded yet, and no worker is started by tests."""
    monkeypatch.setattr(frame, "start_embedded", lambda: None)
    monkeypatch.setattr(frame, "LET_IT_ANSWER", 0)
    monkeypatch.setattr(frame, "PAGE_FIRST", 0)
    monkeypatch.setattr(frame.PagesManager, "uses_pages_directory", None)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_starting_the_server_reads_no_pandas_and_no_database_library():
    source = (
        "import sys\n"
        "from feedback.ui import frame\n"
        "print([name for name in ('pandas', 'numpy', 'pyarrow', 'sqlalchemy', 'scipy', 'altair', 'nltk')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_the_overview_needs_is_loaded_without_tables():
    source = (
        "import sys\n"
        "from feedback.ui import frame, marks, overview, page, panel, shell\n"
        "print([name for name in ('pandas', 'numpy', 'pyarrow', 'scipy', 'altair', 'nltk') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_pages_need_is_loaded_beside_the_server_and_then_the_worker_starts(monkeypatch, started):
    done, worker = [], Event()
    monkeypatch.setattr(shell, "warm_up", lambda: done.append("warm"))
    monkeypatch.setattr(frame, "start_embedded", lambda: (done.append("worker"), worker.set()))
    usual = sys.getswitchinterval()
    frame.prepare()
    assert worker.wait(60)
    assert done == ["warm", "worker"]
    assert sys.getswitchinterval() == usual
    assert frame.PagesManager.uses_pages_directory is False


def test_no_page_runs_before_everything_is_loaded(monkeypatch, started):
    order, later = [], []

    def drawn():
        with pytest.raises(ZeroDivisionError):
            frame.draw()

    monkeypatch.setattr(frame, "_in", lambda seconds, work: later.append(work))
    monkeypatch.setattr(shell, "warm_up", lambda: None)
    monkeypatch.setattr(frame.st, "set_page_config", lambda **_: order.append("drawn") or 1 / 0)
    frame.prepare()
    page = Thread(target=drawn)
    page.start()
    order.append("loading")
    later[0]()
    page.join(60)
    assert order == ["loading", "drawn"]


def test_a_wrong_setting_stops_the_server_before_it_begins(monkeypatch, started):
    monkeypatch.setenv("FEEDBACK_MINIMUM_GROUP", "1")
    with pytest.raises(Refused, match="FEEDBACK_MINIMUM_GROUP"):
        frame.prepare()
    assert frame._loaded.is_set()
