"""Batches of a file's comments read by several processes."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from types import ModuleType

import pytest

from feedback.cli import reading_files
from feedback.cli.reading_files import AHEAD, read_in_turn
from feedback.errors import FeedbackError, Refused
from tests.file_readers import END, REFUSE, Shouting


def batches(count, taken=None):
    for number in range(count):
        if taken is not None:
            taken.append(number)
        yield [[str(number), f"a{number}"], [str(number), f"b{number}"]]


def test_order_stays_and_no_more_is_taken_ahead_than_said():
    taken, given = [], 0
    for batch, added in read_in_turn(batches(20, taken), 1, Shouting(), jobs=2):
        assert batch == [[str(given), f"a{given}"], [str(given), f"b{given}"]]
        assert added == [(f"A{given}",), (f"B{given}",)]
        given += 1
        assert len(taken) - given <= AHEAD * 2
    assert given == 20


def test_the_program_that_runs_is_not_run_again(monkeypatch, tmp_path):
    """Where a page of Streamlit's is tested, that page stands in the place of the program."""
    page = ModuleType("__main__")
    page.__file__ = str(tmp_path / "page.py")
    (tmp_path / "page.py").write_text("raise SystemExit(1)", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "__main__", page)
    assert [added for _, added in read_in_turn(batches(1), 1, Shouting(), jobs=2)] == [[("A0",), ("B0",)]]
    assert sys.modules["__main__"] is page


def test_a_process_that_ends_is_told_in_words_and_what_one_refuses_is_refused():
    for said, raised, words in ((END, FeedbackError, "Try fewer --jobs"), (REFUSE, Refused, "a comment: is refused")):
        with pytest.raises(raised, match=words):
            list(read_in_turn([[["fine"]], [[said]]], 0, Shouting(), jobs=2))


def test_whoever_stops_does_not_wait_for_what_was_not_begun(monkeypatch, tmp_path):
    monkeypatch.setattr(reading_files, "AHEAD", 30)
    with closing(read_in_turn(batches(61), 1, Shouting(0.02, tmp_path), jobs=2)) as in_turn:
        next(in_turn)
        begun = len(list(tmp_path.iterdir()))
    assert len(list(tmp_path.iterdir())) <= begun + 2 < 61


STOPPED = """
import signal
import sys
import time

from feedback.cli.reading_files import read_in_turn
from tests.file_readers import Shouting

def batches():
    for number in range(int(sys.argv[1])):
        yield [[str(number)]]
    print("waits", flush=True)
    time.sleep(60)

signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs this may have it ignored
try:
    list(read_in_turn(batches(), 0, Shouting(), jobs=2))
except KeyboardInterrupt:
    print("stopped")
"""


@pytest.mark.skipif(os.name == "nt", reason="no groups of processes")
@pytest.mark.parametrize(("count", "later"), [(2, 0.15), (20, 0.2)], ids=["while they start", "while they wait"])
def test_ctrl_c_ends_all_processes_without_a_word_from_them(count, later):
    with subprocess.Popen(
        [sys.executable, "-c", STOPPED, str(count)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True},
    ) as running:
        assert running.stdout.readline() == "waits\n"
        time.sleep(later)
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (out, err) == ("stopped\n", "")
