"""A lead, before a meeting: which credentials employers value, where, and whom to ask of the others."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import served, settle

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("reading")]

BEST, BY_SECTOR, RARE = "Industrial Safety Auditor", "Data Storytelling for Decisions", "Inclusive Customer Service"
"""What is planted in the sample: see docs/guide/sample.md."""


def picture(page: Page) -> Locator:
    """The first picture of a page, drawn."""
    chart = page.get_by_test_id("stVegaLiteChart").first
    expect(chart.locator("svg")).to_be_visible()
    return chart


def top(chart: Locator, words: str | re.Pattern[str]) -> float:
    """How far down some words of a picture stand."""
    box = chart.locator("text").filter(has_text=words).first.bounding_box()
    assert box, words
    return box["y"]


def opened(page: Page, title: str) -> None:
    """The page of a credential is there; what stands further down on it is for other journeys."""
    expect(page.locator(".page-title")).to_have_text(title)
    expect(page).to_have_url(re.compile("/credential[?].*credential="))


def come_back(page: Page, title: str) -> None:
    page.go_back()
    expect(page.locator(".page-title")).to_have_text(title)
    settle(page)


def test_a_lead_finds_what_is_valued_where_and_whom_to_ask(server, settled, visit, tmp_path_factory):
    app = served(server, settled, tmp_path_factory.mktemp("lead"))
    app.feedback("open", "employer", "--credential", "customer-service", "--mode", "invitation")
    page = visit("credential_value", of=app)
    expect(page.locator(".lead")).to_contain_text(f"Employers value {BEST} most")
    chart = picture(page)
    assert top(chart, re.compile("^Tier 1")) < top(chart, BEST) < top(chart, re.compile("^Tier 2"))

    page.get_by_test_id("stMain").get_by_role("link", name="Where they are valued").click()
    expect(page.locator(".page-title")).to_have_text("Where are credentials worth more?")
    settle(page)
    said = page.locator(".lead").inner_text()
    assert f"{BY_SECTOR} in Information and finance" in said
    assert f"lower than elsewhere: {BY_SECTOR} in Public, education, health" in said

    higher = picture(page).locator(f'.opens_marks path[aria-label^="{BY_SECTOR}, Information and finance"]')
    higher.click()
    opened(page, BY_SECTOR)
    come_back(page, "Where are credentials worth more?")
    page.get_by_role("combobox", name="Open a credential").click()
    page.keyboard.type(BEST)
    page.get_by_role("option", name=BEST).click()
    opened(page, BEST)
    come_back(page, "Where are credentials worth more?")

    page.get_by_test_id("stMain").get_by_role("link", name="Credential value").click()
    expect(page.locator(".page-title")).to_have_text("Which credentials do employers value?")
    settle(page)
    expect(
        page.get_by_text(re.compile(f"{RARE}: not enough answers yet. Ask these [0-9]+ organisations"))
    ).to_be_visible()
    page.get_by_role("link", name="Invite them").click()
    settle(page)
    expect(page.get_by_role("heading", name="Who is invited?")).to_be_visible()
    assert page.get_by_test_id("stException").count() == 0
