"""An employer with a minute to spare chooses between pairs in a browser; stopping keeps what was chosen."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import ROOT, settle

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("answering")]

CATALOGUE = ROOT / "data" / "sample" / "catalogue.csv"
CHOICES = '[class*="st-key-pair-"] button'


def test_a_minute_of_pairs_on_a_phone_is_one_response(app, visit):
    app.feedback("import", "catalogue", CATALOGUE)
    slugs = [line.split(",")[0] for line in CATALOGUE.read_text(encoding="utf-8").splitlines()[1:5]]
    named = [word for slug in slugs for word in ("--credential", slug)]
    page = visit(app.form("employer", "--mode", "pairs", *named), width=390)
    page.get_by_label(re.compile("Which organisation")).fill("Brookline Mills")
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="Next", exact=True).click()
    settle(page)
    put = []
    for number in range(1, 4):
        expect(page.locator(CHOICES)).to_have_count(2)
        pair = sorted(page.locator(CHOICES).all_inner_texts())
        assert pair not in put
        put.append(pair)
        size = page.locator(CHOICES).first.bounding_box()
        assert size
        assert size["height"] >= 44
        page.wait_for_timeout(450)  # nobody decides sooner: it would count as a double click
        page.locator(CHOICES).first.click()
        settle(page)
        expect(page.get_by_text(re.compile(rf"^{number} choices? so far"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Send my answers").click()
    expect(page.locator("#receipt")).to_be_visible(timeout=20_000)
    assert app.responses() == 1


def test_pairs_of_one_credential_are_refused(app):
    app.feedback("import", "catalogue", CATALOGUE)
    slug = CATALOGUE.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    with pytest.raises(AssertionError, match="name two credentials or more"):
        app.feedback("open", "employer", "--mode", "pairs", "--credential", slug)
