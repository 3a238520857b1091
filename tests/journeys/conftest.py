"""A real app on a free port with a database of its own, and a real browser. Nothing leaves loopback."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium() -> str | None:
    """Where the system's Chromium is, if anywhere."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: CI must install it (.ci/run)")
        pytest.skip("no Chromium on this machine; install it to walk the journeys")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@dataclass
class App:
    """A running app: its address, its database, and its command line."""

    address: str
    environment: dict[str, str]

    def feedback(self, *words: str | Path) -> str:
        """Run the command line on this app's database; what it printed. Fails when it refuses."""
        done = subprocess.run(
            [sys.executable, "-m", "feedback", *map(str, words)],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=240,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def responses(self) -> int:
        """How many responses the database holds."""
        with closing(sqlite3.connect(self.environment["FEEDBACK_DATABASE_URL"].removeprefix("sqlite:///"))) as opened:
            return opened.execute("SELECT count(*) FROM responses").fetchone()[0]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An app with an empty database."""
    yield from serving(tmp_path)


def serving(folder: Path, *first: tuple[str, ...], worker: str = "separate") -> Iterator[App]:
    """Serve a new database in a folder, after running some commands on it.

    worker: "separate" leaves the cores to the browser; what has to be published is then, by `feedback worker --once`.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "FEEDBACK_DATABASE_URL": f"sqlite:///{folder / 'feedback.db'}",
        "OPENBLAS_NUM_THREADS": "1",
        "FEEDBACK_FINISH_CREDENTIALS": "0",
        "FEEDBACK_WORKER": worker,
    }
    running = App(f"http://127.0.0.1:{port}", environment)
    running.feedback("init")
    for words in first:
        running.feedback(*words)
    log = (folder / "server.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port),
         "--server.address", "127.0.0.1", "--server.headless", "true"],
        cwd=ROOT, env=environment, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        _wait(f"{running.address}/_stcore/health", server)
        yield running
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()


def _wait(url: str, server: subprocess.Popen, patience: float = 60) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        assert server.poll() is None, "the app stopped while starting"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the app did not start in time")


@pytest.fixture
def visit(browser: Browser, app: App) -> Iterator[Callable[..., Page]]:
    """Open a page of the app in a fresh visitor's browser and wait until it is drawn."""
    yield from visiting(browser, app)


def visiting(browser: Browser, app: App) -> Iterator[Callable[..., Page]]:
    """A function that opens pages of an app, each as a new visitor; closes them all at the end."""
    contexts = []

    def open_page(path: str = "", *, width: int = 1280, dark: bool = False, locale: str = "en-GB") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", locale=locale
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{app.address}/{path}")
        settle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()


STILL = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && app.dataset.testScriptState === 'notRunning' && !document.querySelector('[data-stale="true"]')
    && document.querySelectorAll('.progress').length <= 1 && document.querySelector('.page-title');
}"""


def settle(page: Page) -> None:
    """Wait until the script has run through and what it drew has replaced what stood there before."""
    page.wait_for_timeout(60)
    page.wait_for_function(STILL, timeout=60_000)
