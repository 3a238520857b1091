"""The light form in a browser: by the keyboard alone, without script, for those who hear or enlarge it, and again after
the phone slept."""

import random
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine

from feedback.collect.drawing import step_page
from feedback.store.database import open_database
from feedback.survey.questionnaire import ALL_PAIRS, Question
from feedback.survey.submission import Slip
from feedback.survey.wording import word
from tests.collect.institution import found_institution, invite, open_form, responses, used
from tests.collect.serving import Server, served
from tests.collect.sheets import EXPERT, INSTRUMENTS, PAIRS, SUBJECTS, every_step, fullest, sheet_of

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("light form")]

NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
LANGUAGES = ("en", "de", "ar")
MOST_KEYS, MOST_STEPS, MOST_FORMS = 400, 30, 8
DROPOUT = INSTRUMENTS["dropout"]


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


def link(house: Engine, slug: str, instrument: str = "learner") -> str:
    """A personal link to a new survey in three languages."""
    survey = open_form(house, instrument, slug=slug, mode="invitation", languages=LANGUAGES)
    return f"/s/{invite(house, survey, 1)[0]}"


# --- by the keyboard -------------------------------------------------------------------------------------------------

ACTIVE = """() => {
  const here = document.activeElement, box = here.getBoundingClientRect();
  const ringed = here.closest('.rows label') || here, style = getComputedStyle(ringed);
  const hidden = box.width > 0 && !here.contains(document.elementFromPoint(
    box.left + box.width / 2, Math.min(box.top + box.height / 2, innerHeight - 1)));
  return {tag: here.tagName, type: here.type || '', name: here.name || '', value: here.value || '', hidden,
    outline: ringed.matches(':focus-visible, :has(:focus-visible)') ? style.outlineStyle : 'none',
    width: parseFloat(style.outlineWidth)};
}"""
"""What has the focus; the outline is its own, or that of the whole row of an option."""
LEAST_OUTLINE = 2


def key(page: Page, *keys: str) -> dict[str, Any]:
    """Press keys; what has the focus then."""
    for each in keys:
        page.keyboard.press(each)
    return page.evaluate(ACTIVE)


def step_by_keyboard(page: Page, chance: random.Random) -> set[str]:
    """Answer what is on the page and go on, with Tab, Space, arrows, letters and Enter alone. Returns the types of what
    was answered."""
    answered: set[str] = set()
    types: set[str] = set()
    for _ in range(MOST_KEYS):
        here = key(page, "Tab")
        if here["tag"] == "BODY":
            continue
        assert here["outline"] != "none", here
        assert here["width"] >= LEAST_OUTLINE, here
        assert not here["hidden"], here
        if here["tag"] == "BUTTON" and here["name"] == "go" and here["value"] in ("next", "send"):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return types
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
        elif here["tag"] == "SELECT":
            assert key(page, "ArrowDown")["value"], "no option was chosen"
        else:
            continue
        answered.add(here["name"])
        types.add(here["type"])
    raise AssertionError("no way on by the keyboard")


@pytest.mark.parametrize(
    ("instrument", "types"),
    [
        ("learner", {"radio", "checkbox", "text", "textarea"}),
        ("employer", {"radio", "checkbox", "select-one", "text", "textarea"}),
        ("expert", {"radio", "text", "textarea"}),
    ],
)
def test_everybody_can_answer_by_the_keyboard_alone(house, surf, instrument, types):
    slug, met, chance = f"keyboard-{instrument}", set(), random.Random(1)
    survey = open_form(house, instrument, slug=slug, mode="invitation", languages=LANGUAGES)
    for number, code in enumerate(invite(house, survey, MOST_FORMS), start=1):
        page = surf(f"/s/{code}", reduced_motion="reduce")
        for _ in range(MOST_STEPS):
            if page.locator("#receipt").count():
                break
            met |= step_by_keyboard(page, chance)
        expect(page.locator("#receipt")).to_have_text(re.compile(r"\w{4}(-\w{4}){3}"))
        assert responses(house, slug) == used(house, slug) == number
        if met == types:  # who is asked which part is drawn by lot
            return
    raise AssertionError(f"of {sorted(types)} only {sorted(met)} were asked in {number} forms")


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


# --- large enough to touch -------------------------------------------------------------------------------------------

TOO_SMALL = """least => {
  document.querySelectorAll('details').forEach(each => { each.open = true; });
  const inSentence = a => a.tagName === 'A' && a.textContent.trim() !== a.parentNode.textContent.trim();
  const found = [];
  for (const each of document.querySelectorAll('a[href], button, summary, select, textarea, input')) {
    const target = each.closest('.rows label') || each, box = target.getBoundingClientRect();
    if (each.type === 'hidden' || each.tabIndex < 0 || inSentence(each) || !target.checkVisibility()) continue;
    if (each.matches('.skip:not(:focus)')) continue;
    if (Math.min(box.width, box.height) < least - 0.1) found.push(
      `${Math.round(box.width)} x ${Math.round(box.height)}: ${target.outerHTML.slice(0, 100)}`);
  }
  return found;
}"""
"""What people touch that is too small, folded parts opened. A link in the middle of a sentence may be as high as its
line (WCAG 2.2, 2.5.5)."""
LEAST_TARGET = 44
CONTROLS = {
    "radio": "fieldset.q[role=radiogroup] input[type=radio]",
    "checkboxes": "fieldset.q > .rows input[type=checkbox]",
    "grid": ".grid .row input[type=radio]",
    "parts": ".part input[type=radio]",
    "ranking": ".place select",
    "select": ".q > select",
    "line": ".q > input[type=text]:not(.number)",
    "number": ".q > input.number",
    "number, else": ".number ~ .rows input[type=checkbox]",
    "area": ".q > textarea",
    "choose": ".pair button",
    "take back": "button.quiet",
    "slips": ".summary a",
    "languages": ".languages button",
    "kiosk": "#idle button",
    "folded": "details summary",
}
"""Of each kind of control what people touch."""
THERE = "controls => Object.keys(controls).filter(name => document.querySelector(controls[name]))"


def drawn_pages(chance: random.Random) -> Iterator[str]:
    """Every step of every questionnaire, of one with a ranking, and what is chosen before, in one of the languages
    each; every other one with every question to be mended."""
    ranked = replace(DROPOUT, questions=tuple(_ranked(each) for each in DROPOUT.questions))
    for instrument in (*INSTRUMENTS.values(), ranked):
        for number, (here, sheet) in enumerate(every_step(instrument, chance.choice(LANGUAGES))):
            slips = tuple(Slip(each.question.id, each.slug, None, "missing") for each in here) if number % 2 else ()
            yield step_page(replace(sheet, slips=slips, mode="kiosk", draft="/f/s/draft", new="/f/s/new"))
    reviewers = {"ann": "Ann", "bob": "Bob"}
    yield step_page(sheet_of(EXPERT, reviewers=reviewers, reviewer="", candidates=SUBJECTS))
    pairs = next(each.id for each in PAIRS.questions if each.options_from == ALL_PAIRS)
    slugs = sorted(each.slug for each in sheet_of(PAIRS).setting.subjects)[:2]
    answers = fullest(PAIRS) | {pairs: {"|".join(slugs): slugs[0]}}
    yield from (step_page(sheet_of(PAIRS, answers, step)) for step in range(2))


def _ranked(question: Question) -> Question:
    """A ranking of what is chosen from elsewhere, a number that has something beside it."""
    if question.kind == "number":
        return replace(question, aside=DROPOUT.questions[0].options[:1])
    return replace(question, kind="ranking") if question.kind == "several" else question


def test_whatever_people_touch_is_44_pixels_large(surf):
    page, shown, seen, small = surf("/s/wrong"), "", set(), set()
    page.route("**/f/drawn", lambda route: route.fulfill(body=shown, content_type="text/html"))
    address = page.url.replace("/s/wrong", "/f/drawn")
    for drawn in drawn_pages(random.Random(3)):
        shown = drawn.replace('id="idle" role="alertdialog" aria-labelledby="idle-said" hidden', 'id="idle"')
        page.goto(address)
        assert page.evaluate("getComputedStyle(document.body).margin") == "0px", "the page has no style"
        small |= set(page.evaluate(TOO_SMALL, LEAST_TARGET))
        seen |= set(page.evaluate(THERE, CONTROLS))
    assert sorted(small) == []
    assert seen == set(CONTROLS)


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


def check(page: Page, where: str, screens: Sequence[Any]) -> None:
    """Nothing to mend at these widths, and nothing to scroll sideways."""
    for screen in screens:
        page.set_viewport_size(screen)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found] == [], where
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), where
        if screen == NARROW:
            assert page.evaluate(TOO_SMALL, LEAST_TARGET) == [], where


FILL = """() => {
  for (const group of document.querySelectorAll('[role=radiogroup]')) {
    const ways = [...group.querySelectorAll('input')];
    (group.matches('.part + .part') ? ways[ways.length - 1] : ways[0]).checked = true;
  }
  for (const line of document.querySelectorAll('input[type=text]')) line.value = line.inputMode ? '3' : 'Otter & Sons';
  for (const one of document.querySelectorAll('select')) one.selectedIndex = 1;
}"""
"""Choose the first of every group (of the two ends of one list, the first and the last), and fill in the lines."""


def answer_and_go_on(page: Page) -> None:
    """Answer what is on the page, and press the button that leads on."""
    page.evaluate(FILL)
    with page.expect_navigation():
        page.locator("button.first, button.second").last.click()


def begin_in(page: Page, language: str) -> None:
    """Change to a language, if need be."""
    if language != "en":
        with page.expect_navigation():
            page.locator(f"button[name=language][value={language}]").click()
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")


def check_every_step(page: Page, *turns: Sequence[Any]) -> None:
    """Answer until the receipt. turns: the screens the first step is checked at, those of the second, and so on, then
    from the first again."""
    for number in range(MOST_STEPS):
        if page.locator("#receipt").count():
            break
        check(page, f"step {number}", turns[number % len(turns)])
        answer_and_go_on(page)
    check(page, "thanks", (NARROW, WIDE))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_around_the_questions_has_anything_to_mend(house, surf, scheme):
    """A step with slips, the first step, the receipt's page, a link that opens nothing."""
    slug = f"axe-around-{scheme}"
    page = surf(link(house, slug), color_scheme=scheme)
    with page.expect_navigation():
        page.locator("button.first").click()
    check(page, "slips", (NARROW, WIDE))
    home = page.url.partition("/f/")[0]
    for path in (f"/f/{slug}", "/r", "/s/wrong", f"/c/{slug}"):
        page.goto(home + path)
        check(page, path, (NARROW, WIDE) if path == f"/f/{slug}" else (NARROW,))


TURNS = {"de": ((NARROW,), (WIDE,)), "ar": ((WIDE,), (NARROW,))}
"""At which screens the steps are checked, by turns: every step in both directions of writing, and at both widths."""


@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize("name", ["learner", "employer", "expert"])
def test_no_step_of_a_questionnaire_has_anything_to_mend(house, surf, name, language):
    page = surf(link(house, f"axe-{name}-{language}", name))
    begin_in(page, language)
    check_every_step(page, *TURNS[language])


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_no_step_of_any_questionnaire_has_anything_to_mend_at_either_width(house, surf, name, language):
    page = surf(link(house, f"axe-{name}-{language}-both".replace("_", "-"), name))
    begin_in(page, language)
    check_every_step(page, (NARROW, WIDE))


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
