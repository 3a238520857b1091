"""The worker beside the app: a child process that the app starts, watches, and takes with it when it ends."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from threading import Lock, Thread

from feedback.settings import settings

EMBEDDED = "embedded"
BETWEEN_STARTS = 10
"""Seconds: a child that ends is started again, at most this often."""
_started = Lock()


def start_embedded() -> bool:
    """Start the worker as a child of this process, once, unless it is run separately (FEEDBACK_WORKER). Returns at
    once; whether it was this call that started it.

    The child ends with us, however we end: it reads our end of a pipe, which closes with us. No port is opened.
    """
    if settings().worker != EMBEDDED or not _started.acquire(blocking=False):
        return False  # the lock is never given back: one a process
    Thread(target=_keep_running, args=(command(),), name="worker", daemon=True).start()
    return True


def command() -> list[str]:
    """What is started."""
    return [sys.executable, "-m", "feedback", "worker", "--embedded"]


def _keep_running(arguments: Sequence[str]) -> None:
    # One thread for linear algebra: more are slower here, and the pages need the other core.
    environment = {"OPENBLAS_NUM_THREADS": "1"} | os.environ | {"FEEDBACK_DATABASE_URL": settings().database_url}
    while True:
        begun = time.monotonic()
        child = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment)
        child.wait()
        time.sleep(max(0.0, BETWEEN_STARTS - (time.monotonic() - begun)))
