"""Workers as processes of their own, to be killed.

What they need is loaded once: this file, run as a program, is the process all of them are forked from.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import NoReturn

LEASE = timedelta(seconds=1)
KILL = "kill"
OF_SERVERS = "SECRET_OF_SERVERS"
"""Where the key of databases that are no files is handed over."""


def main() -> None:
    """Read lines: a database's address starts a worker on it, KILL ends them all; each is answered when it is done."""
    from pandas import DataFrame

    from feedback.analysis.comments.reading import read
    from feedback.findings.contents import FINDINGS
    from feedback.findings.evidence import Choice
    from feedback.settings import data_folder
    from feedback.survey.instrument import read_instruments
    from feedback.worker import finishing
    from feedback.worker import reading as reading_step

    assert FINDINGS  # and with them charts and models
    read(DataFrame({"text": ["The labs were great."]}))  # and the lexicons
    reading_step.BATCH = 3  # many pieces, many moments to be killed at
    finishing.choices = lambda _evidence: [("topics", Choice()), ("worth", Choice())]
    instruments = dict(read_instruments(data_folder() / "instruments"))
    workers: list[int] = []
    for line in sys.stdin:
        if line.strip() == KILL:
            _kill(workers)
        else:
            workers.append(_start(line.strip(), instruments))
        sys.stdout.write(line)
        sys.stdout.flush()
    _kill(workers)


def _start(url: str, instruments: dict) -> int:
    """The id of a worker that has begun."""
    begun, begins = os.pipe()
    worker = os.fork()
    if not worker:
        _work(url, instruments, begins)
    os.close(begins)
    assert os.read(begun, 1), "a worker ended before it began"
    os.close(begun)
    return worker


def _work(url: str, instruments: dict, begins: int) -> NoReturn:
    from feedback.store.database import open_database
    from feedback.worker.loop import Worker

    if url.startswith("postgresql"):  # no file beside the database holds its key
        os.environ["FEEDBACK_SECRET"] = os.environ[OF_SERVERS]
    try:
        worker = Worker(open_database(url), instruments, lease=LEASE, idle=0.1)
        os.write(begins, b".")
        worker.run()
    finally:
        os._exit(1)


def _kill(workers: list[int]) -> None:
    """Kill them first, wait for them then: none may go on for a moment because another is waited for."""
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    for worker in workers:
        os.waitpid(worker, 0)
    workers.clear()


@cache
def _forge() -> subprocess.Popen:
    """The process they are forked from; it ends when we do."""
    from tests.conftest import SECRET  # here: what is forked knows no tests

    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", OF_SERVERS: SECRET}
    environment.pop("FEEDBACK_SECRET", None)  # of whichever test came first
    command = [sys.executable, str(Path(__file__))]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def _tell(line: str) -> None:
    forge = _forge()
    assert forge.stdin
    assert forge.stdout
    forge.stdin.write(f"{line}\n")
    forge.stdin.flush()
    assert forge.stdout.readline().strip() == line


@contextmanager
def worker_processes(url: str, number: int) -> Iterator[None]:
    """Workers that have begun; killed (SIGKILL) at the end, at whatever they are."""
    try:
        for _ in range(number):
            _tell(url)
        yield
    finally:
        _tell(KILL)


if __name__ == "__main__":
    main()
