"""A lead looks closer at a topic, reads what is said of it, and goes on to the single comments."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError, expect

from tests.journeys.conftest import settle

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("reading")]


def test_a_topic_is_looked_at_closer_and_its_comments_are_read_on_a_phone(look):
    page = look("comments", width=390)
    topics = page.get_by_role("combobox", name="Topic")
    topics.scroll_into_view_if_needed()
    wanted = page.get_by_role("option", name=re.compile("^Recognition and proof")).first
    for _ in range(6):  # a list that is open closes when the page still moves: then one opens it again
        settle(page)
        topics.click()
        with suppress(TimeoutError):
            wanted.click(timeout=5_000)
            break
    settle(page)
    assert "topic=Recognition" in page.url
    expect(page.get_by_text(re.compile("^Recognition and proof.* people name it"))).to_be_visible()
    expect(page.get_by_text("What is criticised")).to_be_visible()
    expect(page.get_by_text(re.compile("^From [0-9,]+ comments in [A-Z].* learners$")).first).to_be_visible()
    expect(page.get_by_text("What do people write about that no topic knows of?")).to_be_visible()
    expect(page.get_by_text("What is said more often than before?")).to_be_visible()
    expect(page.get_by_text(re.compile("^[0-9,]+ of the [0-9,]+ comments listed"))).to_be_visible()
    page.get_by_role("button", name=re.compile(r"^critical \([0-9,]+\)$")).click()
    settle(page)
    quoted = page.locator("figure.quote figcaption")
    assert quoted.count() > 1
    assert all("Recognition and proof" in each for each in quoted.all_inner_texts())
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "wider than the screen"
    assert page.get_by_test_id("stException").count() == 0
