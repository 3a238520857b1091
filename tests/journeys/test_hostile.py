"""S25, S26, S27: an institution every text of which wants to be more, walked through in a browser: it stays text."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from feedback.doors import PAGES
from feedback.store.database import open_database
from tests.attacks.hostile import MARK, hostile_house, shown
from tests.collect.institution import instruments
from tests.collect.serving import served
from tests.journeys.conftest import App, arrive, feedback, settle, signed_in, until, visitor

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("hostile")]

ABOUT = "safety-auditor"
WALK = (
    "", "credential_value", "where_valued", "skills", "what_to_change", "comments", f"credential?credential={ABOUT}",
    "learners", "portfolio", "market", "answers", "data_quality", "codebook", "surveys", "surveys?new=1",
    "surveys?of=learn-safety-auditor", "institution", "form_preview", "catalogue",
    f"catalogue?entity=credentials&slug={ABOUT}", "catalogue?entity=skills",
    "catalogue?entity=organisations", "catalogue?entity=reviewers", "catalogue?entity=market-evidence",
    "catalogue?history=1", "learner_survey?survey=learn-safety-auditor", "employer_rating?survey=employers",
    "expert_review", "accounts", "audit", "your_reviews", "suggestions",
    "comments?credential=%3Cimg+src%3Dx+onerror%3Dalert(1)%3Epwned&audience=**pwned**",
)  # fmt: skip
SPEAKING = ("comments", "what_to_change", "suggestions")
"""Pages that show what people wrote, masked."""
ELSEWHERE = {
    "moderation": "tests/journeys/test_moderation.py",
    "checking": "tests/ui/test_checking.py",
    "topics": "tests/ui/test_topics.py",
    "actions": "tests/ui/test_actions.py",
    "committee": "tests/ui/test_committee.py",
    "retention": "tests/ui/test_retention.py",
}
"""Pages that are not walked, and where hostile texts are put on them instead."""
ALIVE = """() => {
  const found = [], tags = new Set(['IFRAME', 'OBJECT', 'EMBED', 'BASE']);
  const carries = /^(href|src|srcset|action|formaction|data|poster|srcdoc|xlink:href|background)$/i;
  for (const each of document.querySelectorAll('body, body *')) {
    if (tags.has(each.tagName)) found.push(each.outerHTML);
    if (each.tagName === 'SCRIPT' && each.textContent.includes('alert')) found.push(each.outerHTML);
    for (const {name, value} of each.attributes) {
      const runs = carries.test(name) && /javascript:|evil[.]invalid|pwned/i.test(value);
      if (/^on/i.test(name) || runs) found.push(`${each.tagName} ${name}=${value}`);
    }
  }
  const copy = document.body.cloneNode(true);
  copy.querySelectorAll('style, script, noscript, [data-testid=stVegaLiteChart]').forEach(each => each.remove());
  return {found, text: copy.textContent};
}"""
"""What stands in a page that could run or fetch; and its words, those in pictures left out."""


CHART = '[data-testid="stVegaLiteChart"]'
MARKS = ".mark-symbol path:visible"
FEW = 3
"""So many marks of a chart are pointed at."""


class Watch:
    """What a page does that it should not: dialogs, and wishes for anything that is not on this machine."""

    def __init__(self, page: Page) -> None:
        self.seen: list[str] = []
        page.on("dialog", lambda dialog: (self.seen.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda asked: self._fetched(asked.url))
        page.on("websocket", lambda asked: self._fetched(asked.url))
        page.on("popup", lambda other: self.seen.append(f"window: {other.url}"))

    def _fetched(self, address: str) -> None:
        if not address.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:http://127.0.0.1:")):
            self.seen.append(f"request: {address}")


def check(page: Page, watch: Watch, *, masked: bool = False) -> int:
    """Nothing on the page runs, and each hostile text stands there letter for letter. How many there were.

    masked: words of them may be masked, since they are somebody's name, too.
    """
    held = page.evaluate(ALIVE)
    assert not held["found"], held["found"][:3]
    text = " ".join(held["text"].replace("\u200b", "").split())
    known = shown()
    for each in known:
        text = text.replace(each, " ")
    text = "…".join(map(whole, text.split("…"), [known] * (text.count("…") + 1)))
    at = text.find(MARK)
    assert masked or at < 0, f"not letter for letter: …{text[max(0, at - 80) : at + 80]}…"
    assert watch.seen == []
    return held["text"].count(MARK)


def whole(text: str, known: Sequence[str]) -> str:
    """What stands before a sign of omission, without the beginning of a hostile text that was cut off there."""
    begun = (each[:length] for each in known for length in range(len(each), 0, -1) if text.endswith(each[:length]))
    return text.removesuffix(max(begun, key=len, default=""))


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of that institution, all of it worked out."""
    folder = tmp_path_factory.mktemp("hostile")
    path = folder / "feedback.db"
    shutil.copy(sqlite_template, path)
    engine = open_database(f"sqlite:///{path}")
    hostile_house(engine, instruments(), folder)
    engine.dispose()
    feedback(path, "worker", "--once")
    return path


@pytest.fixture(scope="module")
def stranger(browser: Browser) -> Iterator[BrowserContext]:
    context = visitor(browser)
    yield context
    context.close()


@pytest.fixture
def page(stranger: BrowserContext) -> Iterator[Page]:
    opened = stranger.new_page()
    yield opened
    opened.close()


def pointed_at(page: Page, mark: Locator) -> Locator:
    """What a mark of a chart says to somebody who points at it: again, where the chart was drawn anew meanwhile."""
    tip = page.locator("#vg-tooltip-element.visible")

    def point() -> None:
        mark.scroll_into_view_if_needed()
        box = mark.bounding_box()
        assert box
        page.mouse.move(box["x"] - 9, box["y"] - 9)
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)

    until(point, lambda: expect(tip).to_be_visible(timeout=2_000))
    return tip


def test_s25_s26_every_page_is_walked_or_tested_elsewhere():
    walked = {path.partition("?")[0] or "home" for path in WALK}
    assert walked | ELSEWHERE.keys() == PAGES.keys()
    for path in ELSEWHERE.values():
        assert "<img src=x" in (text := Path(path).read_text(encoding="utf-8")) or "<b>" in text, path


def test_s25_s26_every_page_of_the_app_shows_hostile_texts_as_texts(server, house, page):
    server.show(house)
    app, watch = App(server.address, house, signed_in(house)), Watch(page)
    met, wrong = 0, []
    for path in WALK:
        arrive(page, app, path)
        assert page.locator('[data-testid="stException"]').count() == 0, path
        page.evaluate("document.querySelectorAll('details:not([open]) > summary').forEach(each => each.click())")
        settle(page)
        try:
            met += check(page, watch, masked=any(name in path for name in SPEAKING))
        except AssertionError as failed:
            wrong.append(f"{path}: {failed}")
            watch.seen.clear()
    assert wrong == [], "\n".join(wrong)
    assert met > len(WALK) * 3, "hardly a hostile text was to be seen"


def test_s27_a_pointer_over_the_marks_of_charts_is_told_hostile_names_as_texts(server, house, page):
    server.show(house)
    app, watch = App(server.address, house, signed_in(house)), Watch(page)
    arrive(page, app, "credential_value")
    page.locator(MARKS).first.wait_for()
    charts, told = page.locator(CHART), []
    for chart in charts.all():
        for mark in chart.locator(MARKS).all()[:FEW]:
            tip = pointed_at(page, mark)
            told.append(tip.inner_text())
            inside = tip.evaluate("e => [...e.querySelectorAll('*')].map(each => each.tagName)")
            assert set(inside) <= {"TABLE", "TBODY", "TR", "TD", "H2"}, tip.inner_html()
            check(page, watch)
    assert charts.count() > 1
    assert sum(MARK in each for each in told) > charts.count(), told


def test_s25_the_light_form_shows_hostile_texts_as_texts(house, tmp_path, page):
    watch = Watch(page)
    with served(f"sqlite:///{house}", tmp_path) as light:
        page.goto(f"http://127.0.0.1:{light.port}/f/learn-{ABOUT}")
        met = check(page, watch)
        for _ in range(2):
            page.locator("form .moves button").first.click()
            met += check(page, watch)
    assert met
