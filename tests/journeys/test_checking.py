"""Somebody checks comments by keys, on a phone by thumb; and makes a topic of what people say."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError, expect

from feedback.policy import Grant
from feedback.store.database import open_database, reading
from feedback.store.topics import read_topics
from tests.attacks.dumping import rows_of
from tests.journeys.conftest import App, arrive, settle, signed_in, url_of, visitor
from tests.ui.test_moderation import publish_comments

pytestmark = pytest.mark.journey
HOSTILE = "The pace <img src=x onerror=alert(1)> was too fast"
TEXTS = (HOSTILE, *(f"The mentors were kind, number {number}" for number in "abcdefghijk"))


@pytest.fixture
def checked(app):
    """What learners wrote is published; a lead is signed in."""
    engine = open_database(url_of(app.database))
    publish_comments(engine, TEXTS)
    yield App(app.address, app.database, signed_in(app.database, Grant("lead"), name="lead")), engine
    engine.dispose()


def press_key(page, key: str, shows) -> None:
    """Press a key as somebody who stands on the page, and again if the page did not listen yet."""
    settle(page)
    page.locator(".page-title").click()
    for _ in range(3):
        page.keyboard.press(key)
        with suppress(TimeoutError, AssertionError):
            shows()
            break
    settle(page)


def test_a_lead_checks_by_keys_undoes_and_makes_a_topic_that_is_tried_first(browser, checked):
    app, engine = checked
    context = visitor(browser)
    page = context.new_page()
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    arrive(page, app, "checking")
    text, lead = page.locator("figure.quote blockquote"), page.locator(".lead")
    expect(lead).to_contain_text("12 comments are left")
    for left in range(11, -1, -1):
        if "onerror" in text.inner_text():
            break
        words = f"{left} comments are left" if left > 1 else "One comment is left"
        press_key(page, "n", lambda words=words: expect(lead).to_contain_text(words, timeout=10_000))
    expect(text).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("figure.quote img").count() == 0
    press_key(page, "1", lambda: expect(page.locator(".sounds")).to_contain_text("critical", timeout=10_000))
    press_key(page, "m", lambda: expect(page.locator(".sounds")).to_contain_text("Materials", timeout=10_000))
    page.get_by_role("button", name="pace", exact=True).click()
    chosen = page.locator("figure.quote mark.chosen")
    expect(chosen).to_have_text("pace")
    press_key(page, "Shift+ArrowRight", lambda: expect(chosen).to_have_text(re.compile("^pace .+"), timeout=10_000))
    press_key(page, "ArrowLeft", lambda: expect(chosen).to_have_text("The pace", timeout=10_000))
    press_key(page, "y", lambda: expect(page.get_by_text(re.compile("^(Right as it is|Keep what)"))).to_have_count(0))
    if page.get_by_role("button", name="Next comment").count():  # drawn to measure the reader
        expect(page.locator(".said")).to_contain_text(re.compile("^You"))
        press_key(page, "y", lambda: expect(text).not_to_contain_text("onerror", timeout=10_000))
    (kept,) = rows_of(engine)["corrections"]
    assert kept["sentiment"] == "neg"
    assert '"topic":"materials","start":0,"end":8,' in str(kept["topics"]).replace(" ", "")
    press_key(page, "u", lambda: expect(text).to_contain_text("onerror", timeout=10_000))
    assert rows_of(engine)["corrections"] == []

    arrive(page, app, "topics?topic=new")
    page.get_by_label("In English (shown").fill("Mentors")
    page.get_by_label("In English (shown").press("Tab")
    settle(page)
    page.get_by_label("Words in English").fill("mentor")
    page.get_by_label("Words in English").press("Tab")
    expect(page.get_by_text("its words would name it in 11.")).to_be_visible()
    page.get_by_role("button", name="Make the topic").click()
    expect(page.get_by_text("“Mentors” is kept.")).to_be_visible()
    expect(page.get_by_role("button", name="Undo the last change")).to_be_visible()
    with reading(engine) as session:
        assert [each.id for each in read_topics(session)] == ["mentors"]
    context.close()


def test_on_a_phone_the_way_on_is_always_in_reach_of_the_thumb(browser, checked):
    app, engine = checked
    context = visitor(browser, width=390)
    page = arrive(context.new_page(), app, "checking")
    page.get_by_role("button", name="Appreciative").click()
    right = page.get_by_role("button", name=re.compile("^(Right as it is|Keep what)"))
    expect(right).to_be_enabled()
    box = right.bounding_box()
    assert box["y"] + box["height"] <= 900
    assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    right.click()
    following = page.get_by_role("button", name="Next comment")
    lead = page.locator(".lead")
    expect(following.or_(lead.filter(has_text="11 comments are left"))).to_be_visible()
    if following.count():
        following.click()
    expect(lead).to_contain_text("11 comments are left")
    assert len(rows_of(engine)["corrections"]) == 1
    context.close()
