"""Whoever keeps the catalogue adds an entry, mends a slip, sees the history, takes a change back, and removes it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import ROOT, press, settle

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("answering")]

CATALOGUE = ROOT / "data" / "sample" / "catalogue.csv"


def follow(page: Page, link: str) -> None:
    """Follow a link of the page whose words begin so."""
    settle(page)
    page.locator('[data-testid="stMain"]').get_by_role("link", name=re.compile(f"^{re.escape(link)}")).first.click()
    settle(page)


def write(page: Page, label: str, text: str) -> None:
    """Type into a field."""
    page.get_by_label(label, exact=True).fill(text)
    page.keyboard.press("Tab")


def test_an_entry_is_added_mended_followed_taken_back_and_removed(app, visit):
    app.feedback("import", "catalogue", CATALOGUE)
    page = visit("catalogue")
    expect(page.locator(".lead")).to_contain_text("credentials of")
    follow(page, "Skills")
    follow(page, "+ Add a skill")
    write(page, "Title (required)", "Reading a circuit diagram")
    write(page, "Address", "not an address")
    press(page, "Add this skill")
    expect(page.locator(".slips-title")).to_contain_text("One thing to look at")
    expect(page.locator(".slip")).to_contain_text("is not an address")
    expect(page.get_by_label("Title (required)", exact=True)).to_have_value("Reading a circuit diagram")
    write(page, "Address", "https://example.org/skills/circuits")
    press(page, "Add this skill")
    expect(page.locator(".page-title")).to_have_text("Reading a circuit diagram")
    expect(page.locator(".done")).to_contain_text("is added")
    assert "slug=reading-a-circuit-diagram" in page.url

    write(page, "Title (required)", "Reading circuit diagrams")
    press(page, "Save")
    expect(page.locator(".done")).to_have_text("Saved: Title.")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0, "it is told where one looks"

    history = visit("catalogue?history=all")
    expect(history.get_by_text("brought in, and 2 changes made on these pages")).to_be_visible()
    history.get_by_text("Skill “Reading circuit diagrams” changed: Title").click()
    expect(history.locator(".changes del").first).to_have_text("Reading a circuit diagram")
    expect(history.locator(".changes ins").first).to_have_text("Reading circuit diagrams")
    history.get_by_role("button", name="Take this back").locator("visible=true").first.click()
    press(history, "Yes, take it back")
    expect(history.locator(".done")).to_contain_text("Taken back: 0 entries removed, 1 as before")

    page = visit("catalogue?entity=skills&slug=reading-a-circuit-diagram")
    expect(page.locator(".page-title")).to_have_text("Reading a circuit diagram")
    page.get_by_role("tab", name="History and removal").click()
    press(page, "Remove this skill")
    press(page, "Yes, remove this skill")
    expect(page.locator(".done")).to_contain_text("is removed")
    expect(page.locator(".page-title")).to_have_text("Skills")


def test_a_whole_file_is_taken_back(app, visit):
    app.feedback("import", "catalogue", CATALOGUE)
    page = visit("catalogue?history=all")
    page.get_by_text("catalogue.csv").first.click()
    settle(page)  # a button pressed while it opens may be drawn anew, and its dialog lost
    page.get_by_role("button", name="Take this back").locator("visible=true").first.click()
    settle(page)
    press(page, "Yes, take it back")
    expect(page.locator(".done")).to_contain_text("Taken back", timeout=30_000)
    expect(visit("catalogue").get_by_text("This institution is empty")).to_be_visible()


def test_what_is_needed_stays_and_the_reason_is_told(app, visit):
    app.feedback("import", "catalogue", CATALOGUE)
    page = visit("catalogue?entity=skills&slug=solar-mounting")
    page.get_by_role("tab", name="History and removal").click()
    press(page, "Remove this skill")
    press(page, "Yes, remove this skill")
    expect(page.locator(".slip")).to_contain_text('is needed by credential "rooftop-solar-installer"')


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_what_belongs_to_a_credential_is_led_to_and_fits_the_screen(app, visit, width, dark):
    app.feedback("import", "catalogue", CATALOGUE)
    page = visit("catalogue?entity=credentials&slug=rooftop-solar-installer", width=width, dark=dark)
    expect(page.locator(".standing")).to_contain_text("Purpose sheet: 0 of 5 answered")
    page.get_by_role("tab", name="What belongs to it").click()
    follow(page, "+ Add a run")
    expect(page.get_by_label("Credential (required)", exact=True)).to_have_value("Rooftop Solar Installer")
    write(page, "Label (required)", "Spring")
    write(page, "Actual weeks", "20")
    press(page, "Add this run")
    expect(page.locator(".done")).to_contain_text("is added")
    page.goto(f"{app.address}/catalogue?entity=credentials&slug=rooftop-solar-installer")
    settle(page)
    page.get_by_role("tab", name="What belongs to it").click()
    expect(page.get_by_text("no reason is told: Spring")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "wider than the screen"
    for path in ("catalogue", "catalogue?entity=credentials", "catalogue?entity=contacts", "catalogue?history=all"):
        page.goto(f"{app.address}/{path}")
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_an_entry_is_added_by_keyboard_alone(app, visit):
    page = visit("catalogue?entity=programmes&new=1")
    page.get_by_label("Title (required)", exact=True).focus()
    page.keyboard.type("Trades")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Add this programme":
            break
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_contain_text("is added", timeout=30_000)
