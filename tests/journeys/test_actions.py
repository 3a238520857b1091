"""A lead makes an action of a line, with what it is to bring, and sees it through, on the board and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import press, served, settle

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("reading")]

WHAT = "Every task comes with a worked example"


def follow(page: Page, link: str | re.Pattern[str]) -> None:
    """Press a link in the page, and wait until what it leads to is drawn."""
    page.get_by_test_id("stMain").get_by_role("link", name=link).first.click()
    settle(page)


def column(page: Page, head: str):
    """A column of the board, by how its head begins."""
    return page.get_by_test_id("stColumn").filter(has=page.locator(".board-title").filter(has_text=re.compile(head)))


def test_a_line_becomes_an_action_that_is_seen_through(server, settled, visit, tmp_path_factory):
    app = served(server, settled, tmp_path_factory.mktemp("acting"))
    page = visit("what_to_change?credential=safety-auditor", of=app)
    page.get_by_test_id("stExpander").filter(has_text=re.compile("points$")).first.locator("summary").click()
    settle(page)
    page.get_by_role("button", name="Make this an action").first.click()
    expect(page.locator(".page-title")).to_have_text("What is to change, and what is it to bring?")
    settle(page)
    title = page.get_by_label("What is to change?")
    expect(title, "the line's words stand in it").not_to_have_value("")
    assert title.input_value() not in page.url
    title.fill(WHAT)
    title.press("Enter")
    settle(page)
    expect(page.get_by_text(re.compile("Now it falls short for [0-9]+%"))).to_be_visible()
    press(page, "Make this action")

    expect(page.locator(".page-title")).to_have_text(WHAT)
    expect(page.get_by_text("The action is made.")).to_be_visible()
    expect(page.get_by_text(re.compile("better .*by the next run"))).to_be_visible()
    expect(page.get_by_text(re.compile("Verified: it is as it was made"))).to_be_visible()
    press(page, "Begin it")
    expect(page.locator(".lead").first).to_have_text(re.compile("^Under way"))
    press(page, "It is done")
    expect(page.locator(".lead").first).to_have_text(re.compile("^Done"))

    page.get_by_role("button", name="Take it up again …").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("textbox").fill("One tutor has not begun.")
    dialog.get_by_role("button", name="Take it up again").click()
    expect(page.locator(".lead").first).to_have_text(re.compile("^Under way"))
    expect(page.get_by_text("One tutor has not begun.")).to_be_visible()
    press(page, "It is done")

    follow(page, "← All actions")
    expect(column(page, "^Done").get_by_role("link", name=re.compile(WHAT))).to_be_visible()
    expect(column(page, "^Planned").get_by_role("link", name=re.compile(WHAT))).to_have_count(0)
    assert page.get_by_test_id("stException").count() == 0

    phone = visit("actions?credential=safety-auditor", of=app, width=390)
    expect(phone.get_by_role("link", name=re.compile(WHAT))).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "wider than the screen"
