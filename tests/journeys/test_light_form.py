"""The light form in a browser: by the keyboard alone, without script, for those who hear or enlarge it, and again after
the phone slept."""

import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine

from feedback.store.database import open_database
from feedback.survey.wording import word
from tests.collect.institution import found_institution, invite, open_form, responses, used
from tests.collect.serving import Server, served

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("light form")]

NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
LANGUAGES = ("en", "de", "ar")
MOST_KEYS, MOST_STEPS = 400, 30


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An institution all journeys here share, each with a survey of its own."""
    path = tmp_path_factory.mktemp("light") / "feedback.db"
    shutil.copy(sqlite_template, path)
    engine = open_database(f"sqlite:///{path}")
    found_institution(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def server(house: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(str(house.url), tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def surf(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Open an address as somebody who was never here. What a page wants from elsewhere, or complains of, fails."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def go(path: str, **screen: Any) -> Page:
        contexts.append(browser.new_context(**({"viewport": NARROW, "locale": "en-GB"} | screen)))
        page = contexts[-1].new_page()
        home = f"http://127.0.0.1:{server.port}"
        page.on("request", lambda sent: None if sent.url.startswith(home) else wrong.append(sent.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.goto(f"{home}{path}")
        return page

    yield go
    for context in contexts:
        context.close()
    assert wrong == []


def link(house: Engine, slug: str, **more: Any) -> str:
    """A personal link to a new survey of learners, in three languages."""
    survey = open_form(house, "learner", slug=slug, mode="invitation", languages=LANGUAGES, **more)
    return f"/s/{invite(house, survey, 1)[0]}"


# --- by the keyboard -------------------------------------------------------------------------------------------------

ACTIVE = """() => {
  const here = document.activeElement, box = here.getBoundingClientRect(), style = getComputedStyle(here);
  const hidden = box.width > 0 && !here.contains(document.elementFromPoint(
    box.left + box.width / 2, Math.min(box.top + box.height / 2, innerHeight - 1)));
  return {tag: here.tagName, type: here.type || '', name: here.name || '', value: here.value || '', hidden,
    outline: here.matches(':focus-visible') ? style.outlineStyle + ' ' + style.outlineWidth : 'none'};
}"""


def key(page: Page, *keys: str) -> dict[str, Any]:
    """Press keys; what has the focus then."""
    for each in keys:
        page.keyboard.press(each)
    return page.evaluate(ACTIVE)


def step_by_keyboard(page: Page, chance: random.Random) -> None:
    """Answer what is on the page and go on, with Tab, Space, arrows, letters and Enter alone."""
    answered: set[str] = set()
    for _ in range(MOST_KEYS):
        here = key(page, "Tab")
        if here["tag"] == "BODY":
            continue
        assert here["outline"] != "none", here
        if here["tag"] == "BUTTON" and here["name"] == "go" and here["value"] in ("next", "send"):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
        if here["name"] in answered:
            continue
        if here["type"] == "radio":
            key(page, "Space", *["ArrowDown"] * chance.randint(0, 2))
        elif here["type"] == "checkbox":
            key(page, "Space")
        elif here["tag"] == "TEXTAREA":
            page.keyboard.type("More labs.")
        elif here["type"] == "text":
            page.keyboard.type("3")
        else:
            continue
        answered.add(here["name"])
    raise AssertionError("no way on by the keyboard")


def test_a_learner_answers_by_the_keyboard_alone(house, surf):
    page, chance = surf(link(house, "keyboard")), random.Random(1)
    for _ in range(MOST_STEPS):
        if page.locator("#receipt").count():
            break
        step_by_keyboard(page, chance)
    expect(page.locator("#receipt")).to_have_text(re.compile(r"\w{4}(-\w{4}){3}"))
    assert responses(house, "keyboard") == used(house, "keyboard") == 1


def test_the_first_key_leads_past_what_stands_before_the_questions(house, surf):
    page = surf(link(house, "skip"))
    key(page, "Tab")
    expect(page.locator(":focus")).to_have_text(word("light.skip_link", "en"))
    key(page, "Enter")
    assert page.evaluate("location.hash") == "#main"


def test_a_slip_is_named_in_a_summary_that_has_the_focus_and_leads_to_its_field(house, surf):
    page = surf(link(house, "slip"))
    with page.expect_navigation():
        page.locator("button.first").click()
    summary = page.locator("#summary")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile(re.escape(word("light.error_prefix", "en"))))
    summary.locator("a").first.click()
    assert page.locator(":focus").get_attribute("name") == "q.worth"


# --- without script --------------------------------------------------------------------------------------------------


def test_without_script_every_step_is_answered_and_sent(house, surf):
    page = surf(link(house, "scriptless"), java_script_enabled=False)
    for _ in range(MOST_STEPS):
        if page.locator("#receipt").count():
            break
        for group in page.locator("[role=radiogroup]").all():
            group.locator("label").first.click()
        for area in page.locator("textarea").all():
            area.fill("More labs.")
        page.locator("button.first, button.second").last.click()
    expect(page.locator("#receipt")).to_be_visible()
    assert responses(house, "scriptless") == 1


# --- axe -------------------------------------------------------------------------------------------------------------


def check(page: Page, where: str, *screens: Any) -> None:
    """Nothing to mend at these widths, and nothing to scroll sideways."""
    for screen in screens or (NARROW, WIDE):
        page.set_viewport_size(screen)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found] == [], where
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), where


def answer_and_go_on(page: Page) -> None:
    """Choose the first of every group, and press the button that leads on."""
    for group in page.locator("[role=radiogroup]").all():
        group.locator("label").first.click()
    with page.expect_navigation():
        page.locator("button.first").click()


@pytest.mark.parametrize(("language", "scheme"), [*((each, "light") for each in LANGUAGES), ("en", "dark")])
def test_no_page_of_the_form_has_anything_to_mend(house, surf, language, scheme):
    """Every step, a step with slips, the thanks, the receipt's page, and a link that opens nothing."""
    slug = f"axe-{language}-{scheme}"
    page = surf(link(house, slug), locale=language, color_scheme=scheme)
    if language != "en":
        with page.expect_navigation():
            page.locator(f"button[name=language][value={language}]").click()
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    with page.expect_navigation():
        page.locator("button.first").click()
    check(page, "slips")
    for number in range(MOST_STEPS):
        if page.locator("#receipt").count():
            break
        if scheme == "light" or number == 0:
            check(page, f"step {number}", *([] if language == "en" else [NARROW, WIDE][: 1 + (number == 1)]))
        answer_and_go_on(page)
    check(page, "thanks")
    home = page.url.partition("/f/")[0]
    for path in ("/r", "/s/wrong", f"/c/{slug}"):
        page.goto(home + path)
        check(page, path, WIDE)


@pytest.mark.soak
@pytest.mark.parametrize("name", ["employer", "expert", "dropout", "six_months", "survey"])
def test_no_step_of_the_other_questionnaires_has_anything_to_mend(house, surf, name):
    page = surf(f"/f/{open_form(house, name, slug=f'axe-{name}'.replace('_', '-'))}")
    for number in range(MOST_STEPS):
        if page.locator("#receipt").count():
            break
        check(page, f"step {number}")
        for line in page.locator("input[type=text]").all():
            line.fill("Otter & Sons" if line.get_attribute("inputmode") is None else "3")
        for one in page.locator("select").all():
            one.select_option(index=1)
        answer_and_go_on(page)
    expect(page.locator("#receipt")).to_be_visible()


# --- again -----------------------------------------------------------------------------------------------------------


def to_the_words(page: Page) -> Any:
    """Walk to the step that takes words."""
    while not page.locator("textarea").count():
        answer_and_go_on(page)
    return page.locator("textarea").first


def test_what_was_typed_is_saved_without_being_asked_and_is_there_after_a_reload_and_on_another_device(house, surf):
    address = link(house, "again")
    page = surf(address)
    area = to_the_words(page)
    area.fill("I was called away in the middle of")
    expect(page.locator("#saved")).to_have_text(word("light.saved", "en"), timeout=15_000)
    page.reload()
    expect(page.locator("textarea").first).to_have_value("I was called away in the middle of")
    elsewhere = surf(address, viewport=WIDE)
    expect(elsewhere.locator("textarea").first).to_have_value("I was called away in the middle of")
    expect(elsewhere.get_by_text(word("light.resume", "en"))).to_be_visible()
    while not elsewhere.locator("#receipt").count():
        with elsewhere.expect_navigation():
            elsewhere.locator("button.first").click()
    assert responses(house, "again") == 1
    page.goto(page.url.partition("?")[0])
    expect(page.get_by_text(word("light.answered_elsewhere", "en"))).to_be_visible()


def test_f5_a_double_click_on_send_keeps_one_answer(house, surf):
    page = surf(link(house, "twice"))
    to_the_words(page)
    while page.locator("button[value=send]").count() == 0:
        with page.expect_navigation():
            page.locator("button.first").click()
    page.locator("button.first").dblclick()
    expect(page.locator("#receipt")).to_be_visible(timeout=20_000)
    assert responses(house, "twice") == used(house, "twice") == 1
