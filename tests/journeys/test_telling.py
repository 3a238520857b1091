"""A lead tells what was done about what learners said; anybody reads it, on any screen; taken back, it is gone."""

import urllib.request
from collections.abc import Iterator
from contextlib import closing
from urllib.error import HTTPError

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from feedback.policy import Grant
from feedback.settings import data_folder
from feedback.store.action import Measure
from feedback.store.database import open_database
from feedback.survey.instrument import read_instruments
from tests.collect.institution import light_form
from tests.collect.serving import served_here
from tests.journeys.conftest import App, press, settle, signed_in, url_of, visitor
from tests.people import account_of
from tests.store.telling import act_on
from tests.worker.working import answer, set_up

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("answering")]

WORDS = "You asked for clearer goals. They now stand on the first page."


@pytest.fixture
def told(app) -> Iterator[tuple[App, str, str]]:
    """Twelve learners who missed clear goals, published, and an action about it: the app, its id, and the address at
    which the plain pages of this database are served (the app's own stay with the first database it was asked about).
    """
    engine = open_database(url_of(app.database))
    instruments = read_instruments(data_folder() / "instruments")
    set_up(engine, instruments)
    for _ in range(12):
        answer(engine, instruments, "learner", goals=2, overall=3)
    lead = account_of(engine, Grant("lead"), name="Lea")
    action = act_on(engine, lead, measure=Measure("question", "learner", "goals"))
    app.feedback("worker", "--once")
    with served_here(light_form(engine)) as port:
        yield App(app.address, app.database, signed_in(app.database, name="Lea")), action.id, f"http://127.0.0.1:{port}"
    engine.dispose()


def status(address: str) -> int:
    """What a plain address answers somebody without an account."""
    try:
        with closing(urllib.request.urlopen(address, timeout=20)) as found:
            return found.status
    except HTTPError as error:
        return error.code


def test_what_was_done_is_told_read_by_anybody_and_taken_back(told, browser, visit):
    app, action, plain = told
    page = visit(f"actions?action={action}", of=app)
    expect(page.get_by_role("button", name="See how it would stand")).to_be_disabled()
    page.get_by_label("What do learners read? (English)").fill(WORDS)
    page.keyboard.press("Tab")
    settle(page)
    press(page, "See how it would stand …")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Of 12 learners 100% did not rate it well")
    assert status(f"{plain}/p/data-badge") == 404
    dialog.get_by_role("button", name="Tell everybody").click()
    expect(page.locator(".done").first).to_contain_text("It is public now.")
    settle(page)

    reader = visitor(browser, width=320, dark=True)
    public = reader.new_page()
    public.goto(f"{plain}/p/data-badge?language=ar")
    expect(public.locator("html")).to_have_attribute("dir", "rtl")
    expect(public.locator(".did")).to_have_text(WORDS)
    assert public.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "wider than the screen"
    assert not reader.cookies()
    assert not Axe().run(public).response["violations"]
    public.get_by_role("link", name="English").click()
    expect(public.locator("h1")).to_have_text("What became of what you said?")
    expect(public.get_by_text("How far it is")).to_be_visible()
    reader.close()

    press(page, "Take it back")
    expect(page.locator(".done").first).to_contain_text("It is public no more.")
    settle(page)
    expect(page.get_by_label("What do learners read? (English)")).to_have_value(WORDS)
    page.wait_for_timeout(2500)
    assert status(f"{plain}/p/data-badge") == 404


def test_a_card_is_switched_on_handed_out_and_switched_off(told, browser, visit):
    app, _, plain = told
    page = visit("credential?credential=data-badge", of=app)
    page.get_by_text("A card for everybody: how employers see it").click()
    press(page, "Let everybody see the card")
    expect(page.get_by_text("Anybody can see it.")).to_be_visible()
    app.feedback("worker", "--once")
    snippets = page.locator("code")
    expect(snippets.filter(has_text="/p/data-badge/card.svg?language=en").first).to_be_visible()
    expect(snippets.filter(has_text="<iframe src=").first).to_be_visible()

    for dark in (False, True):
        reader = visitor(browser, width=390, dark=dark)
        card = reader.new_page()
        card.goto(f"{plain}/p/data-badge/card?language=en")
        expect(card.locator(".card")).to_contain_text("Not enough employers have answered yet.")
        assert not Axe().run(card).response["violations"]
        reader.close()
    press(page, "Show the card no more")
    settle(page)
    for _ in range(30):  # it is held for two seconds
        page.wait_for_timeout(500)
        if status(f"{plain}/p/data-badge/card") == 404:
            break
    assert status(f"{plain}/p/data-badge/card") == 404
