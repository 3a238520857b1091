"""An expert reviews a credential in a browser: independence first, anchors to read, evidence beside each criterion."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import ROOT, forward, settle

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("answering")]

CATALOGUE = ROOT / "data" / "sample" / "catalogue.csv"


def rate_everything(page: Page) -> set[str]:
    """Choose the second step of every criterion on this page; which they were."""
    groups = page.locator('[class*="st-key-criterion-"]')
    rated = set()
    for number in range(groups.count()):
        rated.add(re.findall(r"st-key-criterion-\S+", groups.nth(number).get_attribute("class") or "")[0])
        groups.nth(number).get_by_role("radiogroup").first.locator("label").nth(1).click()
        settle(page)
    return rated


def test_an_expert_reviews_and_gets_a_receipt(app, visit):
    app.feedback("import", "catalogue", CATALOGUE)
    slug = CATALOGUE.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    address = app.form("expert", "--credential", slug)
    assert address.startswith("expert_review?")
    page = visit(address)
    expect(page.get_by_text("Neither sees what the other wrote")).to_be_visible()
    expect(page.get_by_role("button", name="Next", exact=True)).to_have_count(0)  # first of all, who reviews
    page.get_by_label("Who is reviewing?").fill("AB")
    page.keyboard.press("Enter")
    settle(page)
    for answer in ("I am independent of", "It is on trial"):
        page.locator("label").filter(has_text=answer).first.click()
        settle(page)
    criteria = set()
    while not page.get_by_role("button", name="Send my answers").count():
        forward(page)
        criteria |= rate_everything(page)
    assert len(criteria) == 14
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("label").filter(has_text=re.compile("^Ready")).first.click()
    settle(page)
    page.get_by_role("button", name="Send my answers").click()
    expect(page.locator("#receipt")).to_be_visible(timeout=20_000)
    assert app.responses() == 1


def test_evidence_is_asked_beside_a_criterion_and_below_it_on_a_phone(app, visit):
    app.feedback("import", "catalogue", CATALOGUE)
    slug = CATALOGUE.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    address = app.form("expert", "--credential", slug)
    places = {}
    for width in (1280, 390):
        page = visit(address, width=width)
        page.get_by_label("Who is reviewing?").fill("AB")
        page.keyboard.press("Enter")
        settle(page)
        for answer in ("I am independent of", "It is on trial"):
            page.locator("label").filter(has_text=answer).first.click()
            settle(page)
        page.get_by_role("button", name="Next", exact=True).click()
        settle(page)
        criterion = page.locator('[class*="st-key-criterion-"]').first
        criterion.get_by_role("radiogroup").first.locator("label").nth(2).click()
        settle(page)
        anchors = criterion.get_by_role("radiogroup").first.bounding_box()
        evidence = criterion.locator("input[type=text]").first.bounding_box()
        assert anchors
        assert evidence
        places[width] = evidence["y"] < anchors["y"] + anchors["height"], evidence["x"] > anchors["x"] + 100
    assert places == {1280: (True, True), 390: (False, False)}
