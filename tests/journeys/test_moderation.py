"""A moderator works through the queue by keys, and a lead sees at once what was decided, and nothing else."""

from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError, expect

from feedback.policy import Grant
from feedback.store.database import open_database
from tests.journeys.conftest import App, arrive, settle, signed_in, url_of, visitor
from tests.ui.test_moderation import publish_comments

NAMED = "Truly, Maria explained <img src=x onerror=alert(1)> and ![x](http://attacker.example/x) well"
UNSAFE = "He threatened me and I feel unsafe"
TEXTS = (NAMED, UNSAFE, *(f"Plain words about the labs, number {number}" for number in "abcdefghij"))


@pytest.fixture
def asked(app):
    """What learners wrote is published; a moderator and a lead are signed in."""
    engine = open_database(url_of(app.database))
    publish_comments(engine, TEXTS)
    engine.dispose()
    return {
        role: App(app.address, app.database, signed_in(app.database, Grant(role), name=role))
        for role in ("moderator", "lead", "committee")
    }


def test_a_moderator_decides_by_keys_and_readers_see_it_at_once(browser, asked):
    context, requests = visitor(browser), []
    page = context.new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    arrive(page, asked["moderator"], "moderation")
    text = page.locator("figure.quote blockquote")
    expect(text).to_have_text(UNSAFE)
    press_key(page, "d")
    while "Maria" not in text.inner_text():
        press_key(page, "n")
    expect(text).to_contain_text("<img src=x onerror=alert(1)>")
    page.get_by_role("button", name="Maria", exact=True).click()
    settle(page)
    note = page.get_by_label("A note for moderators")
    note.press_sequentially("wpdlu")
    note.press("Tab")
    settle(page)
    expect(text).to_contain_text("Maria")
    press_key(page, "p")
    expect(text).not_to_contain_text("Maria")
    expect(page.locator(".quiet").first).to_contain_text("1 for everybody, 1 of danger")
    assert not any("attacker" in url for url in requests)
    assert page.locator("figure.quote img").count() == 0
    context.close()

    read = {role: read_by(browser, asked[role]) for role in ("lead", "committee")}
    assert all(
        "Truly, [masked] explained <img" in told and "Maria" not in told and UNSAFE not in told
        for told in read.values()
    )
    assert "Not reviewed yet: only a program has masked it" in read["lead"]
    assert "Plain words" not in read["committee"]


def press_key(page, key: str) -> None:
    """Press a key as somebody who stands on the page, and wait for what it does; again, if the page did not listen
    yet."""
    settle(page)
    before = page.locator("figure.quote blockquote").inner_text()
    page.locator(".page-title").click()
    for _ in range(3):
        page.keyboard.press(key)
        with suppress(TimeoutError):
            page.wait_for_function(
                "before => document.querySelector('figure.quote blockquote')?.innerText != before",
                arg=before,
                timeout=10_000,
            )
            break
    settle(page)


def read_by(browser, app: App) -> str:
    """All comments that somebody reads on the page of comments."""
    context = visitor(browser)
    page = arrive(context.new_page(), app, "comments")
    told = page.locator("[data-testid='stMain']").inner_text()
    context.close()
    return told


def test_the_page_is_for_moderators_only_and_leads_are_told_nothing_of_it(browser, asked):
    context = visitor(browser)
    page = arrive(context.new_page(), asked["lead"], "moderation")
    expect(page.locator(".page-title")).to_have_text("There is nothing of that name here")
    assert page.get_by_role("link", name="Comments to review").count() == 0
    context.close()
