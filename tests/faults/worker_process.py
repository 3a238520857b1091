"""Workers as processes of their own, to be killed: `python worker_process.py URL LEASE_SECONDS`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

READY = "at work"


def main(url: str, lease: str) -> None:
    """Work until killed; says when it begins."""
    from feedback.findings.evidence import Choice
    from feedback.settings import data_folder
    from feedback.store.database import open_database
    from feedback.survey.instrument import read_instruments
    from feedback.worker import finishing
    from feedback.worker import reading as reading_step
    from feedback.worker.loop import Worker

    reading_step.BATCH = 3  # many pieces, many moments to be killed at
    finishing.choices = lambda _evidence: [("topics", Choice()), ("worth", Choice())]  # type: ignore[assignment]
    instruments = dict(read_instruments(data_folder() / "instruments"))
    worker = Worker(open_database(url), instruments, lease=timedelta(seconds=float(lease)), idle=0.1)
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    worker.run()


@contextmanager
def worker_processes(url: str, number: int, lease: float = 1) -> Iterator[list[subprocess.Popen]]:
    """Workers that have begun; killed (SIGKILL) at the end, at whatever they are."""
    arguments = [sys.executable, str(Path(__file__)), url, str(lease)]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    workers = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(number)]
    try:
        for worker in workers:
            assert worker.stdout
            assert worker.stdout.readline().strip() == READY
        yield workers
    finally:
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.communicate()


if __name__ == "__main__":
    main(*sys.argv[1:])
