"""A1 to A12: what WCAG 2.2 AA asks, of every page of the app and of the light form beside it, in a real browser.

Every page is opened once for all of it. What a number asks besides, others hold: A2, A3 and A5 of the light form
test_light_form.py, A5 of catalogue and surveys test_catalogue.py and test_surveys.py.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from feedback.charts.theme import PALETTES, blend
from feedback.collect import passwords
from feedback.collect.drawing import step_page
from feedback.doors import PAGES
from feedback.policy import LEAD, OPERATOR, Grant
from feedback.store import accounts, endorsements
from feedback.store.database import open_database, transaction
from feedback.store.drafts import KEEP_DAYS
from tests.charts.test_theme import contrast
from tests.collect.forms import Page as Form
from tests.collect.institution import KEY, found_institution, light_form, open_form
from tests.collect.serving import served_here
from tests.collect.sheets import INSTRUMENTS, every_step
from tests.journeys.conftest import ROOT, App, Server, arrive, settle, signed_in, visitor
from tests.store.endorsing import says, there

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("reading")]

COURSE = "learn-safety-auditor"
"""A survey of the sample that everybody may answer, in four languages."""
FURTHER = (
    "surveys?new=1", f"surveys?survey={COURSE}", "catalogue?entity=credentials",
    "catalogue?entity=credentials&slug=safety-auditor", "catalogue?history=all", f"learner_survey?survey={COURSE}",
    "employer_rating?survey=employers-minute", "expert_review?survey=review-safety-auditor",
)  # fmt: skip
"""Pages that are another one when their address says more."""
PLACES = ("", *(name for name in PAGES if name != "home"), *FURTHER)
REFLOW = 320
"""Pixels: a screen of 1280 enlarged four times (1.4.10)."""
LEAST_TARGET = 24


@dataclass(frozen=True)
class Known:
    """A fault of Streamlit's own pages that is not ours to mend: axe's rule, the element as axe names it, and why."""

    rule: str
    target: str
    reason: str


KNOWN: tuple[Known, ...] = ()
"""None at present. What axe cannot see and Streamlit cannot do stands in docs/guide/accessibility.md."""


Mark = tuple[str, float, float]
"""A mark of a chart: what it says, its contrast with its ground, and the least it may have."""


@dataclass(frozen=True)
class Seen:
    """What was found of a page. faults: by "light" and "dark", as (rule, element). small, wide: elements too small to
    touch, or wider than the screen. charts: what each says, and its marks as (what it says, contrast, least). unnamed:
    controls without a name. regions: what tells how things stand and is not read aloud."""

    title: str
    language: str
    faults: dict[str, list[tuple[str, str]]]
    small: list[str]
    wide: list[str]
    charts: list[tuple[str, list[Mark]]]
    folds: int
    unnamed: list[str]
    regions: list[str]


# --- a page, looked at once ------------------------------------------------------------------------------------------

DRAWN = """() => !document.querySelector('[data-testid="stSkeleton"]')
  && [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')].every(each => each.querySelector('svg g'))"""
SMALL = """least => {
  const kinds = 'a[href], button, summary, select, textarea, input, [role=tab], [role=spinbutton]', found = [];
  const boxes = 'label, [data-testid=stMultiSelect] [role=group], [data-testid=stSelectbox] [role=group]';
  const inSentence = a => a.tagName === 'A' && a.textContent.trim() !== a.parentNode.textContent.trim();
  for (const each of document.querySelectorAll(kinds)) {
    const target = each.closest(boxes) || each, box = target.getBoundingClientRect();
    if (each.type === 'hidden' || !box.width || inSentence(each) || each.disabled) continue;
    if (!target.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (Math.min(box.width, box.height) < least - 0.1) found.push(
      `${Math.round(box.width)} x ${Math.round(box.height)}: ${each.outerHTML.slice(0, 150)}`);
  }
  return found;
}"""
WIDE = """() => {
  const own = each => {
    for (let up = each.parentElement; up && up.dataset.testid !== 'stMain'; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== 'visible') return true;
    return false;
  };
  const main = document.querySelector('[data-testid="stMain"]');
  const found = [...main.querySelectorAll('*')].filter(each => {
    const box = each.getBoundingClientRect();
    return box.width && box.right > innerWidth + 1 && !own(each);
  });
  if (Math.max(document.documentElement.scrollWidth, main.scrollWidth) > innerWidth) found.push(main);
  return found.map(each => each.outerHTML.slice(0, 150));
}"""
"""What is wider than the screen and does not scroll in a box of its own."""
CHARTS = """() => {
  const brush = document.createElement('canvas').getContext('2d');
  const plain = colour => { brush.fillStyle = '#000000'; brush.fillStyle = colour; return brush.fillStyle; };
  return [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')].map(chart => ({
    label: chart.getAttribute('aria-label') || '',
    ground: plain(chart.querySelector('svg').style.backgroundColor),
    marks: [...chart.querySelectorAll('[role="graphics-symbol"]:is(path, text)')].map(mark => {
      const style = getComputedStyle(mark), all = parseFloat(style.opacity);
      const paints = ['fill', 'stroke'].map(kind => [style[kind], all * parseFloat(style[`${kind}Opacity`])])
        .filter(([colour]) => !/none|^rgba.*, 0\\)$/.test(colour));
      return { text: mark.tagName === 'text', said: mark.getAttribute('aria-label') || '',
        paints: paints.map(([colour, opacity]) => [plain(colour), opacity]) };
    }),
  }));
}"""
UNNAMED = """() => [...document.querySelectorAll('input, textarea, select, [role=radiogroup], [role=combobox]')]
  .filter(each => each.type !== 'hidden' && each.checkVisibility() && !each.closest('[aria-hidden="true"]'))
  .filter(each => !(each.labels && each.labels.length) && !each.getAttribute('aria-labelledby'))
  .filter(each => !(each.getAttribute('aria-label') || '').trim()).map(each => each.outerHTML.slice(0, 150))"""
REGIONS = """() => [
  ...document.querySelectorAll('.slip, .slips-title, .done, .progress, [data-testid="stAlertContainer"]'),
].filter(each => !['alert', 'status'].includes(each.getAttribute('role'))).map(each => each.outerHTML.slice(0, 150))"""
"""What tells how things stand and would not be read aloud when it appears."""


@cache
def axe() -> Axe:
    return Axe()


def faults(page: Page, *only: str) -> list[tuple[str, str]]:
    """Everything axe finds, however slight, as its rule and the element. only: the rules to look by."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(only)} if only else {})
    found = axe().run(page, options=options).response["violations"]
    return [(rule["id"], ", ".join(map(str, node["target"]))) for rule in found for node in rule["nodes"]]


def unknown(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is not known of Streamlit."""
    return [each for each in found if each not in {(known.rule, known.target) for known in KNOWN}]


def still(page: Page) -> None:
    """Wait until everything is there, pictures too."""
    settle(page)
    page.wait_for_function(DRAWN, timeout=60_000)


def turn(page: Page, scheme: str) -> None:
    """Let the device turn light or dark while the page lies open."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "scheme => getComputedStyle(document.querySelector('[data-testid=\"stApp\"]')).colorScheme === scheme",
        arg=scheme,
    )
    page.wait_for_timeout(250)  # colours fade


def charts_of(page: Page) -> list[tuple[str, list[Mark]]]:
    """Each chart as what it says and its marks; of fill and stroke the one that stands out more counts."""
    charts = []
    for chart in page.evaluate(CHARTS):
        marks = []
        for mark in chart["marks"]:
            paints = [blend(colour.upper(), chart["ground"].upper(), opacity) for colour, opacity in mark["paints"]]
            best = max((contrast(paint, chart["ground"].upper()) for paint in paints), default=0.0)
            marks.append((mark["said"], best, 4.5 if mark["text"] else 3.0))
        charts.append((chart["label"], marks))
    return charts


@pytest.fixture(scope="module")
def sample(server: Server, settled: Path) -> App:
    cookie = signed_in(settled)
    server.show(settled)
    return App(server.address, settled, cookie)


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = visitor(browser)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def seen(context: BrowserContext, server: Server, sample: App) -> Iterator[Callable[[str], Seen]]:
    """Look a page of the sample institution over, once: light, then dark, then narrow."""
    page = context.new_page()

    @cache
    def look_over(place: str) -> Seen:
        server.show(sample.database)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
        arrive(page, sample, place)
        still(page)
        found = {"light": faults(page)}
        charts, title = charts_of(page), page.title()
        turn(page, "dark")
        found["dark"] = faults(page, "color-contrast")  # nothing but colours has changed
        page.set_viewport_size({"width": REFLOW, "height": 900})
        still(page)
        page.wait_for_timeout(300)  # the menu moves aside
        return Seen(
            title=title,
            language=page.locator("html").get_attribute("lang") or "",
            faults=found,
            small=page.evaluate(SMALL, LEAST_TARGET),
            wide=page.evaluate(WIDE),
            charts=charts,
            folds=page.get_by_text("Table, file and how we know").count(),
            unnamed=page.evaluate(UNNAMED),
            regions=page.evaluate(REGIONS),
        )

    yield look_over
    page.close()


# --- every page of the app -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", PLACES)
def test_a1_a7_axe_finds_nothing_on_any_page_in_light_and_in_dark(seen, place, scheme):
    assert unknown(seen(place).faults[scheme]) == []


@pytest.mark.parametrize("place", PLACES)
def test_a1_every_control_has_a_name(seen, place):
    assert seen(place).unnamed == []


@pytest.mark.parametrize("place", PLACES)
def test_a3_whatever_people_touch_is_24_pixels_large(seen, place):
    assert seen(place).small == []


@pytest.mark.parametrize("place", PLACES)
def test_a7_every_chart_says_what_it_shows_has_its_table_and_stands_out_from_its_ground(seen, place):
    found = seen(place)
    assert found.folds >= len(found.charts)
    for label, marks in found.charts:
        assert len(label.split()) >= 8, label
        assert marks
        assert [mark for mark in marks if mark[1] < mark[2] or not mark[0] or "colour: #" in mark[0]] == [], label


@pytest.mark.parametrize("place", PLACES)
def test_a8_every_page_fits_a_screen_of_320_pixels(seen, place):
    assert seen(place).wide == []


@pytest.mark.parametrize("place", PLACES)
def test_a10_every_page_says_its_name_and_its_language(seen, place):
    found = seen(place)
    assert found.language == "en"
    assert re.fullmatch(r"\w.* – Credential feedback", found.title)


def test_a10_no_two_pages_have_one_name(seen):
    titles = [seen("" if name == "home" else name).title for name in PAGES]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("place", PLACES)
def test_a11_what_tells_how_things_stand_is_read_aloud(seen, place):
    assert seen(place).regions == []


def test_every_known_fault_of_streamlit_still_occurs(seen):
    """One that does not is to be struck from the list."""
    met = {fault for place in PLACES for found in seen(place).faults.values() for fault in found}
    assert [each for each in KNOWN if (each.rule, each.target) not in met] == []
    assert all(each.reason for each in KNOWN)


@pytest.mark.parametrize("place", ["credential", "learners"])
def test_a7_charts_stand_out_from_a_dark_ground_too(browser, sample, server, place):
    server.show(sample.database)
    context = visitor(browser, dark=True)
    page = arrive(context.new_page(), sample, place)
    still(page)
    charts = charts_of(page)
    ground = page.evaluate(CHARTS)[0]["ground"]
    context.close()
    assert ground.upper() == PALETTES["dark"].ground
    assert [mark for _, marks in charts for mark in marks if mark[1] < mark[2]] == []


# --- by the keyboard -------------------------------------------------------------------------------------------------

ACTIVE = """() => {
  // Cells of a table are drawn on a canvas, which draws the ring of the one that has the focus itself.
  const has = document.activeElement, table = has.closest('canvas'), here = table ?? has;
  const box = here.getBoundingClientRect(), style = getComputedStyle(here);
  const seen = box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
  const ringed = table !== null || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2);
  return { tag: here.tagName, id: here.id, words: has.innerText || '', seen, ringed };
}"""
MOST_KEYS = 60


def tab_to(page: Page, *, tag: str = "", ident: str = "", words: str = "") -> None:
    """Press Tab until this has the focus. Whatever has it on the way is on the screen, with a ring."""
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        here = page.evaluate(ACTIVE)
        if here["tag"] == "BODY":
            continue
        assert here["seen"], here
        assert here["ringed"], here
        if tag in ("", here["tag"]) and ident in ("", here["id"]) and words in here["words"]:
            return
    raise AssertionError(f"the keyboard does not come to {tag}{ident} {words}")


PASSWORD = "three grey herons"


@pytest.mark.parametrize("width", [1280, REFLOW])
def test_a2_a6_the_keyboard_leads_from_signing_in_to_a_chart_its_table_and_its_file(browser, sample, server, width):
    server.show(sample.database)
    with transaction(engine := open_database(f"sqlite:///{sample.database}")) as session:
        email = f"kim{width}@example.org"
        account = accounts.add_account(session, "Kim", email, [Grant(LEAD)])
        accounts.keep_hash(session, account.id, passwords.hashed(PASSWORD))
    engine.dispose()
    context = visitor(browser, width=width)
    page = context.new_page()
    page.goto(f"{sample.address}/what_to_change")
    settle(page)
    tab_to(page, tag="A", words="Sign in with your address and password")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("img, canvas, iframe, audio").count() == 0, "a puzzle (3.3.8)"
    assert page.locator("#password").get_attribute("autocomplete") == "current-password"
    tab_to(page, ident="email")
    page.keyboard.type(email)
    tab_to(page, ident="password")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/what_to_change"), "not back where they came from"
    still(page)
    tab_to(page, words="Skip to main content")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('[data-testid=\"stMain\"]') !== null")
    tab_to(page, tag="SUMMARY", words="Table, file and how we know")
    chart = page.locator('[data-testid="stVegaLiteChart"]').first
    expect(chart).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator('[data-testid="stDataFrame"]').first).to_be_visible(timeout=30_000)
    settle(page)
    tab_to(page, tag="BUTTON", words="CSV")
    with page.expect_download():
        page.keyboard.press("Enter")
    assert unknown(faults(page)) == [], "with its table open"
    context.close()


# --- a form in the app -----------------------------------------------------------------------------------------------


@pytest.fixture
def asked(browser: Browser, sample: App, server: Server) -> Iterator[Page]:
    """The learners' form in the app, as somebody without an account opens it."""
    server.show(sample.database)
    context = visitor(browser, width=REFLOW)
    page = arrive(context.new_page(), App(sample.address, sample.database), f"learner_survey?survey={COURSE}")
    yield page
    context.close()


def test_a5_a11_a_slip_in_the_app_is_told_aloud_leads_to_its_question_and_what_was_given_stays(asked):
    radio = asked.get_by_role("radiogroup").nth(2)
    radio.locator("label").first.click()
    settle(asked)
    asked.get_by_role("button", name="Next").click()
    summary = asked.locator(".slips-title[role=alert]")
    expect(summary).to_be_visible()
    settle(asked)
    assert asked.evaluate("document.activeElement.dataset.testid") == "stMain", "the keyboard goes on from the foot"
    slip = asked.locator(".slip[role=alert]")
    expect(slip).to_have_count(1)
    summary.locator("a").click()
    expect(slip).to_be_in_viewport()
    assert asked.url.endswith(f"#{slip.get_attribute('id')}")
    expect(asked.locator("input[type=radio]:checked")).to_have_count(1)
    assert unknown(faults(asked)) == []
    assert asked.evaluate(WIDE) == []


def test_a10_a_form_in_the_app_says_its_language_and_is_mirrored_for_arabic(asked):
    for language, name in (("de", "Deutsch"), ("ar", "العربية")):
        asked.get_by_role("radio", name=name).click()
        expect(asked.locator("html")).to_have_attribute("lang", language)
        settle(asked)
    row = asked.locator('[data-testid="stRadioOption"]').first
    row.wait_for()
    ring, words = row.locator("> div > div").first.bounding_box(), row.locator("p").first.bounding_box()
    assert ring is not None
    assert words is not None
    assert ring["x"] >= words["x"] + words["width"], "the circle stands to the right of its words"
    assert unknown(faults(asked)) == []
    assert asked.evaluate(WIDE) == []


# --- the light form --------------------------------------------------------------------------------------------------

SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; }
    * { word-spacing: .16em !important; }
    p { margin-block-end: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
"""Text spacing as people may set it (1.4.12)."""
CUT = """() => [...document.querySelectorAll('body *')].filter(each => {
  const style = getComputedStyle(each), hides = /hidden|clip|ellipsis/;
  if (!each.checkVisibility() || style.position === 'absolute' || !each.innerText) return false;
  const wide = hides.test(style.overflowX) && each.scrollWidth > each.clientWidth + 1;
  const high = hides.test(style.overflowY) && each.scrollHeight > each.clientHeight + 1;
  return wide || high || each.getBoundingClientRect().right > innerWidth + 1;
}).map(each => each.outerHTML.slice(0, 150))"""
"""Words that are cut off, or stand beside the screen."""


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a8_a10_a11_a12_the_light_form_stands_wider_spacing_on_a_narrow_screen(browser, sample, server, language):
    server.show(sample.database)
    context = visitor(browser, width=REFLOW, locale=language)
    page = context.new_page()
    page.goto(f"{sample.address}/f/{COURSE}")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    html = page.locator("html")
    assert (html.get_attribute("lang"), html.get_attribute("dir")) == (language, "rtl" if language == "ar" else "ltr")
    assert page.locator(".languages [lang]").count() == 4, "names of languages are said in their own"
    radio, label = page.locator("input[type=radio]").first, page.locator(".rows label").first
    ring, row = radio.bounding_box(), label.bounding_box()
    assert ring is not None
    assert row is not None
    assert (ring["x"] > row["x"] + row["width"] / 2) is (language == "ar"), "mirrored"
    assert page.locator("#saved[role=status]").count() == page.locator("#progress[role=status]").count() == 1
    assert page.locator(":checked").count() == 0
    assert page.evaluate(CUT) == []
    page.evaluate(SPACING)
    assert page.evaluate("getComputedStyle(document.querySelector('main p')).letterSpacing") != "normal"
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_a1_a4_a12_every_group_has_a_name_its_ends_are_words_and_nothing_is_chosen_before(name):
    """Of every step of every questionnaire. Nothing is dragged, and no control begins anywhere but empty."""
    for language in INSTRUMENTS[name].languages:
        for _, sheet in every_step(INSTRUMENTS[name], language):
            form = Form(text := step_page(replace(sheet, answers={})))
            groups = re.findall(r"<fieldset[^>]*>\s*<legend>(.*?)</legend>", text, re.DOTALL)
            assert len(groups) == text.count("<fieldset")
            assert all(re.search(r"\w", each) for each in groups)
            assert not re.search(r"<(?:input|option)[^>]*\s(?:checked|selected)\b", text)
            assert not re.search(r"type=\"range\"|draggable|ondrag", text)
            named = {held.get("for") for tag, held in form.tags if tag == "label"}
            typed = {
                held["id"]
                for tag, held in form.tags
                if tag in ("textarea", "select") or (tag == "input" and held.get("type") == "text")
            }
            assert typed <= named
    scales = [each.scale for each in INSTRUMENTS[name].questions if each.scale is not None]
    for scale in scales:
        for end in (scale.values[0], scale.values[-1]):
            assert all(re.search(r"[^\W\d_]{2}", said) for said in end.label.values()), scale.id


PUBLIC = ("p", "p/web-development", "p/web-development/card", "p/customer-service/card", "r", "f/employers-minute")
"""What anybody may read, and the light form that employers fill in."""


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", PUBLIC)
def test_a1_a3_a8_axe_finds_nothing_on_what_anybody_may_read_in_light_and_in_dark(
    browser, sample, server, path, language
):
    server.show(sample.database)
    context = visitor(browser, width=REFLOW, locale=language)
    plain(context, f"{sample.address}/{path}", language)
    context.close()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a1_a3_a8_axe_finds_nothing_where_an_organisation_confirms_its_statement(browser, sqlite_engine, language):
    found_institution(sqlite_engine)
    open_form(sqlite_engine, "employer")
    says(sqlite_engine, "employer", "data-badge")
    (one,) = there(sqlite_engine)
    with transaction(sqlite_engine) as session:
        token = endorsements.make_link(session, one, OPERATOR, key=KEY, how="mail")
    context = visitor(browser, width=REFLOW, locale=language)
    with served_here(light_form(sqlite_engine)) as port:
        plain(context, f"http://127.0.0.1:{port}/e/{token}", language)
    context.close()


def plain(context: BrowserContext, address: str, language: str) -> None:
    """Hold that a page without an account has no fault, light and dark, on a narrow screen."""
    page = context.new_page()
    page.emulate_media(color_scheme="light")
    page.goto(address, timeout=90_000)
    html = page.locator("html")
    assert (html.get_attribute("lang"), html.get_attribute("dir")) == (language, "rtl" if language == "ar" else "ltr")
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert faults(page, "color-contrast") == []
    small = page.evaluate(SMALL, LEAST_TARGET)
    assert [each for each in small if 'aria-hidden="true"' not in each] == []  # what Enter presses, seen by nobody
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# --- what the code holds ---------------------------------------------------------------------------------------------

SOURCES = sorted([*(ROOT / "src" / "feedback" / "ui").glob("*.py"), *(ROOT / "pages").glob("*.py")])
WEAK = {"slider", "select_slider"}
"""Controls that always say something, so that an untouched question looks answered."""


def called(path: Path) -> set[str]:
    """The names of st.… that a file uses."""
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {each.attr for each in tree if isinstance(each, ast.Attribute) and getattr(each.value, "id", "") == "st"}


def test_a12_no_page_has_a_slider():
    assert {path.name: found for path in SOURCES if (found := called(path) & WEAK)} == {}


def test_a12_no_question_of_a_form_in_the_app_has_an_answer_before_it_is_answered(asked):
    expect(asked.get_by_role("radiogroup").nth(1)).to_be_visible()
    assert asked.locator("input:checked").count() == 0


def test_a7_every_picture_is_drawn_where_its_words_and_its_table_are():
    pictures = {"vega_lite_chart", "altair_chart", "plotly_chart", "pyplot", "line_chart", "bar_chart", "image", "map"}
    assert {path.name for path in SOURCES if called(path) & pictures} == {"panel.py"}
    assert {path.name for path in SOURCES if "graphviz_chart" in called(path)} == {"preview.py"}
    assert "The same in words" in (ROOT / "src" / "feedback" / "ui" / "preview.py").read_text(encoding="utf-8")


def test_a9_whoever_stops_may_go_on_after_20_hours():
    assert KEEP_DAYS * 24 >= 20


def test_the_statement_of_accessibility_stands_among_the_guides_and_names_what_is_not_met():
    guide = ROOT / "docs" / "guide"
    assert "(accessibility.md)" in (guide / "README.md").read_text(encoding="utf-8")
    told = (guide / "accessibility.md").read_text(encoding="utf-8")
    assert [f"A{number}" for number in range(1, 13) if not re.search(rf"\bA{number}\b", told)] == []
    assert [each.rule for each in KNOWN if each.rule not in told] == []
