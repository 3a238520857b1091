"""Take the pictures of the README: a sample in a database of its own, a browser, then all of it is gone."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from feedback.policy import Grant
from feedback.store import accounts
from feedback.store.database import open_database, transaction

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SAMPLE = ROOT / "data" / "sample"
STILL = """() => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === 'notRunning'
  && document.querySelector('.page-title') && !document.querySelector('[data-stale="true"]')
  || document.querySelector('form#form')"""
"""Of a page of the app, and of the light form."""
PICTURES = (
    ("sample", "", "overview", 1280, 940, "light"),
    ("sample", "f/learn-heat-pumps", "learner", 390, 844, "light"),
    ("sample", "what_to_change", "changes", 1280, 940, "light"),
    ("own", "credential_value", "value", 1280, 760, "light"),
    ("own", "comments", "comments", 1280, 1180, "dark"),
)


def main() -> None:
    """Take every picture into docs/pictures/."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("There is no Chromium to take pictures with.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for institution in ("sample", "own"):
            served = Served(Path(folder) / institution, institution)
            with served as address:
                cookie = {"name": accounts.COOKIE, "value": served.signed_in(), "url": address}
                for held, path, name, width, height, mode in PICTURES:
                    if held == institution:
                        screen = {"width": width, "height": height}
                        context = browser.new_context(viewport=screen, color_scheme=mode)
                        context.add_cookies([cookie])
                        page = context.new_page()
                        picture(page, f"{address}/{path}", HERE / "pictures" / f"{name}.png")
        browser.close()


def picture(page: Page, url: str, target: Path) -> None:
    """Open a page, wait until it stands still, keep its picture."""
    target.parent.mkdir(exist_ok=True)
    page.goto(url)
    page.wait_for_function(STILL, timeout=90_000)
    page.wait_for_timeout(1500)
    page.screenshot(path=target)


class Served:
    """The app with an institution of its own: the sample, or the files of the walk-through."""

    def __init__(self, folder: Path, institution: str) -> None:
        folder.mkdir()
        self.environment = os.environ | {"FEEDBACK_DATABASE_URL": f"sqlite:///{folder / 'feedback.db'}"}
        self.institution = institution

    def __enter__(self) -> str:
        self.feedback("init")
        if self.institution == "sample":
            self.feedback("sample")
            self.feedback("worker", "--once")
        else:
            self.feedback("import", "catalogue", "catalogue.csv")
            self.feedback("import", "organisations", "organisations.csv")
            for kind, name in (("comments", "course_comments"), ("ratings", "employer_ratings")):
                self.feedback("import", kind, f"{name}.csv", "--map", f"{name}.map.toml")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
        self.server = subprocess.Popen(
            [*command, "--server.address", "127.0.0.1"], cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL
        )
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self.server.terminate()
        self.server.wait(20)

    def signed_in(self) -> str:
        """The cookie of somebody who leads the institution."""
        engine = open_database(self.environment["FEEDBACK_DATABASE_URL"])
        with transaction(engine) as session:
            lead = accounts.add_account(session, "Ann", "ann@example.org", [Grant("lead"), Grant("administrator")])
            cookie = accounts.begin_session(session, lead.id, "password")
        engine.dispose()
        return cookie

    def feedback(self, *words: str) -> None:
        """Run the command line in the folder of the sample files."""
        subprocess.run([sys.executable, "-m", "feedback", *words], cwd=SAMPLE, env=self.environment, check=True)


if __name__ == "__main__":
    main()
