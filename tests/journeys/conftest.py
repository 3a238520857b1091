"""A real app with a database of its own for each test, and a real browser. Nothing leaves loopback.

One app is served and one browser opened for all journeys of a process: the app is turned from database to database.
"""

import fcntl
import json
import os
import shutil
import signal
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
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from feedback.policy import Grant
from feedback.store.accounts import COOKIE
from feedback.store.database import open_database
from tests.command_line import run_once
from tests.people import sign_in

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "FEEDBACK_FINISH_CREDENTIALS": "0", "FEEDBACK_WORKER": "separate"}
"""The worker leaves the cores to the browser: what is to be published is, by the command line."""
SAMPLE_SIZE = 2000
PATIENT = 30_000
"""Milliseconds a page may take to show what is expected: two cores serve two browsers, and how fast it is is not what
journeys ask."""
expect.set_options(timeout=PATIENT)
WAITED_IN_VAIN = (r"Locator expected", r"Page expected", r"TimeoutError")
"""What Playwright says when something did not come, as against an answer that was wrong."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In CI a journey that waited in vain is walked once more, and counted as rerun (docs/decisions/0024)."""
    if os.environ.get("CI"):
        for item in items:
            if item.get_closest_marker("journey"):
                item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=list(WAITED_IN_VAIN)))


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


class Server:
    """The app, served from the first time it is to show a database."""

    def __init__(self, folder: Path) -> None:
        self.address = ""
        self._place, self._log = folder / "turn-to", folder / "server.log"
        self._process: subprocess.Popen | None = None
        self._shown: Path | None = None

    def show(self, database: Path) -> None:
        """Serve this database, and hold nothing of the last one."""
        if self._process is None or self._process.poll() is not None:
            self._start(database)
        elif database != self._shown:
            self._turn(database)
        self._shown = database

    def stop(self) -> None:
        """End the app."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _start(self, database: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(Path(__file__).parent / "turning.py"), str(self._place),
                 "run", str(ROOT / "app.py"), "--server.port", str(port), "--server.address", "127.0.0.1",
                 "--server.headless", "true"],
                cwd=ROOT, env=os.environ | ENVIRONMENT | {"FEEDBACK_DATABASE_URL": url_of(database)},
                stdout=log, stderr=log,
            )  # fmt: skip
        self._wait(self._answers)

    def _turn(self, database: Path) -> None:
        self._place.write_text(url_of(database), encoding="utf-8")
        assert self._process
        self._process.send_signal(signal.SIGUSR1)
        self._wait(lambda: not self._place.exists())

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def _wait(self, until: Callable[[], bool], patience: float = 90) -> None:
        end = time.monotonic() + patience
        while not until():
            assert self._process
            assert self._process.poll() is None, f"the app stopped: {self._log.read_text()[-2000:]}"
            assert time.monotonic() < end, f"the app is not ready in {patience} s: {self._log.read_text()[-2000:]}"
            time.sleep(0.1)


def url_of(database: Path) -> str:
    """The address of a database that is a file."""
    return f"sqlite:///{database}"


@dataclass(frozen=True)
class App:
    """A running app: its address, its database, its command line, and the cookie of somebody with every role."""

    address: str
    database: Path
    cookie: str = ""

    def feedback(self, *words: str | Path) -> str:
        """Run the command line on this app's database; what it printed. Fails when it refuses."""
        return feedback(self.database, *words)

    def form(self, *words: str | Path) -> str:
        """Open a survey (`feedback open WORDS`) and give the page that asks it, as a path."""
        return json.loads(self.feedback("open", *words, "--json"))["page"].rpartition("/")[2]

    def responses(self) -> int:
        """How many responses the database holds."""
        with closing(sqlite3.connect(self.database)) as opened:
            return opened.execute("SELECT count(*) FROM responses").fetchone()[0]


def feedback(database: Path, *words: str | Path) -> str:
    """Run the command line on a database; what it printed. Fails when it refuses."""
    done = run_once(ENVIRONMENT | {"FEEDBACK_DATABASE_URL": url_of(database)}, *words)
    assert done.code == 0, done.out + done.err
    return done.out


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The one app of this process, to be shown a database."""
    serving = Server(tmp_path_factory.mktemp("server"))
    yield serving
    serving.stop()


@pytest.fixture
def app(server: Server, sqlite_template: Path, tmp_path: Path) -> App:
    """The app on an empty database."""
    return served(server, sqlite_template, tmp_path)


@pytest.fixture(scope="session")
def settled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the sample institution, of which everything is published and worked out."""

    def make(path: Path) -> None:
        shutil.copy(sqlite_template, path)
        feedback(path, "sample", "--size", str(SAMPLE_SIZE))
        feedback(path, "worker", "--once")

    return made_once(tmp_path_factory, "sample", make)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """This process's own copy of a database that is made once for all workers of a run: who comes while it is made
    waits for it."""
    base = factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"shared-{name}"
    shared.mkdir(exist_ok=True)
    made, path = shared / "made", factory.mktemp(name) / "feedback.db"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for half_made in shared.glob("feedback.*"):
                half_made.unlink()
            make(shared / "feedback.db")
            made.touch()
    for part in shared.glob("feedback.*"):
        shutil.copy(part, path.parent / part.name)
    return path


def served(server: Server, template: Path, folder: Path) -> App:
    """The app on a copy of a database that nobody has open."""
    path = folder / "feedback.db"
    shutil.copy(template, path)
    cookie = signed_in(path)
    server.show(path)
    return App(server.address, path, cookie)


def signed_in(database: Path, *grants: Grant, name: str = "Ann") -> str:
    """The cookie of somebody who is signed in (see people.sign_in)."""
    engine = open_database(url_of(database))
    cookie = sign_in(engine, *grants, name=name)
    engine.dispose()
    return cookie


@pytest.fixture(scope="session")
def reader(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """The browser of somebody who reads on, for each screen: what it has fetched it has."""
    known: dict[tuple[int, bool], BrowserContext] = {}

    def reader(*, width: int = 1280, dark: bool = False) -> BrowserContext:
        if (width, dark) not in known:
            known[width, dark] = visitor(browser, width=width, dark=dark)
        return known[width, dark]

    yield reader
    for context in known.values():
        context.close()


@pytest.fixture
def visit(browser: Browser, app: App) -> Iterator[Callable[..., Page]]:
    """Open a page of the app, each time as a new visitor, and wait until it is drawn."""
    contexts = []

    def open_page(path: str = "", *, of: App = app, **screen: Any) -> Page:
        contexts.append(visitor(browser, **screen))
        return arrive(contexts[-1].new_page(), of, path)

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def look(reader: Callable[..., BrowserContext], server: Server, settled: Path) -> Iterator[Callable[..., Page]]:
    """Open a page of the sample institution, which no test changes, and wait until it is drawn."""
    cookie = signed_in(settled)
    server.show(settled)
    app = App(server.address, settled, cookie)
    pages = []

    def open_page(path: str = "", **screen: Any) -> Page:
        pages.append(reader(**screen).new_page())
        return arrive(pages[-1], app, path)

    yield open_page
    for page in pages:
        page.close()


def visitor(browser: Browser, *, width: int = 1280, dark: bool = False, locale: str = "en-GB") -> BrowserContext:
    """A browser as of somebody who was never here."""
    size = {"width": width, "height": 900}
    return browser.new_context(viewport=size, color_scheme="dark" if dark else "light", locale=locale)


def arrive(page: Page, app: App, path: str) -> Page:
    """Go to a page of the app, signed in where the app knows a cookie, and wait until it is drawn."""
    if app.cookie:
        page.context.add_cookies([{"name": COOKIE, "value": app.cookie, "url": app.address}])
    page.goto(f"{app.address}/{path}")
    settle(page)
    return page


STILL = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && app.dataset.testScriptState === 'notRunning' && !document.querySelector('[data-stale="true"]')
    && document.querySelectorAll('.progress').length <= 1 && document.querySelector('.page-title');
}"""


def settle(page: Page) -> None:
    """Wait until the script has run through and what it drew has replaced what stood there before."""
    page.wait_for_timeout(60)
    page.wait_for_function(STILL, timeout=60_000)


def until(act: Callable[[], object], hold: Callable[[], object], *, times: int = 10) -> None:
    """Do something that a page which is drawn at that moment may not notice, as often as somebody would do it again.

    hold: fails while the page has not noticed; its last failure is the one told.
    """
    for _ in range(times - 1):
        act()
        try:
            hold()
        except (AssertionError, PlaywrightTimeoutError):
            continue
        return
    act()
    hold()


def press(page: Page, button: str) -> None:
    """Press a button once the page stands still."""
    settle(page)
    page.get_by_role("button", name=button, exact=True).click()
    settle(page)


def forward(page: Page) -> None:
    """Go to the next step and wait until it is there."""
    before = page.locator(".progress").inner_text()
    press(page, "Next")
    expect(page.locator(".progress").first).not_to_have_text(before)
    settle(page)
