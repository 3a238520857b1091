"""What the first page costs: from `feedback serve` on a settled database to the overview drawn in a browser.

Seconds on the wall from starting the command, with a browser that is open already and has nothing of ours kept, and the
CPU seconds of the server until the picture stands (its worker left out). Absolute figures depend on the machine, and on
what else it does. Without a browser the server alone is measured.

    python benchmarks/start.py            # on a small sample made for it
    python benchmarks/start.py FILE.db    # on a copy of a database
"""

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

TIMES = 3
PATIENCE = 120
STEPS = ("answers", "title", "picture")
DRAWN = {"title": ".page-title", "picture": "[data-testid=stVegaLiteChart] :is(canvas, svg)"}
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def main() -> None:
    """Print the table."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with tempfile.TemporaryDirectory() as folder, browser(chromium) as opened:
        database = Path(folder) / "bench.db"
        if len(sys.argv) > 1:
            shutil.copy(sys.argv[1], database)
        else:
            settle(database)
        print(f"{'seconds':<12}" + "".join(f"{name:>12}" for name in (*STEPS, "server CPU")))
        for turn in range(TIMES):
            print(f"start {turn + 1:<6}" + "".join(f"{seconds:12.2f}" for seconds in start(database, opened)))


@contextmanager
def browser(chromium: str | None) -> Iterator[Browser | None]:
    """An open browser, or None where there is none to open."""
    if chromium is None:
        yield None
        return
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


def settle(database: Path) -> None:
    """A small sample of which everything is worked out."""
    for words in (("init",), ("sample", "--size", "300"), ("worker", "--once")):
        subprocess.run([*COMMAND, *words], env=environment(database), check=True, capture_output=True)


COMMAND = (sys.executable, "-m", "feedback")


def environment(database: Path) -> dict[str, str]:
    """As `make run` has it."""
    return os.environ | {
        "FEEDBACK_DATABASE_URL": f"sqlite:///{database}", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
    }  # fmt: skip


def start(database: Path, opened: Browser | None) -> list[float]:
    """Start once: seconds until each step, and the server's CPU seconds until the last. NaN without a browser."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    before, began = used(), time.perf_counter()
    server = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port)], env=environment(database), stdout=subprocess.DEVNULL
    )
    try:
        wait_for(server, port, began)
        seconds = [time.perf_counter() - began]
        if opened is not None:
            page = opened.new_context().new_page()
            page.goto(f"http://127.0.0.1:{port}")
            for name in STEPS[1:]:
                page.locator(DRAWN[name]).first.wait_for(timeout=1000 * PATIENCE)
                seconds.append(time.perf_counter() - began)
            page.context.close()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()
    return [*seconds, *[float("nan")] * (len(STEPS) - len(seconds)), used() - before]


def used() -> float:
    """CPU seconds of all processes we started that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def wait_for(server: subprocess.Popen, port: int, began: float) -> None:
    """Wait until the server answers; that its port is open is not enough."""
    while server.poll() is None and time.perf_counter() - began < PATIENCE:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=PATIENCE).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise SystemExit("the server does not answer")


if __name__ == "__main__":
    main()
