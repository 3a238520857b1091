"""The plain pages of signing in, in a browser: from a link to a password and out again, and axe finds nothing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

from feedback.policy import Grant
from feedback.store import accounts
from feedback.store.accounts import COOKIE, PASSWORD_LINK, SAMPLE_LINK
from feedback.store.database import transaction
from feedback.survey.wording import word
from tests.collect.entering import PASSWORD, application, made_cheap
from tests.collect.serving import served_here
from tests.journeys.test_light_form import NARROW, WIDE, check

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("light form")]


@pytest.fixture
def home(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    made_cheap(monkeypatch)
    with served_here(application(sqlite_engine)) as port:
        yield f"http://127.0.0.1:{port}"


def link_for(engine: Engine, purpose: str, *, is_sample: bool = False) -> str:
    with transaction(engine) as session:
        account = accounts.add_account(session, "Ann", "ann@example.org", [Grant("lead")], is_sample=is_sample)
        return f"/enter/{accounts.add_link(session, account.id, purpose)}"


def opened(browser: Browser, scheme: str, language: str) -> Page:
    return browser.new_context(viewport=NARROW, color_scheme=scheme, locale=language).new_page()


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "ar"), ("light", "de")])
def test_from_a_link_to_a_password_and_out_again_with_nothing_to_mend(browser, sqlite_engine, home, scheme, language):
    page = opened(browser, scheme, language)
    page.goto(home + link_for(sqlite_engine, PASSWORD_LINK))
    check(page, "choosing", (NARROW, WIDE))
    page.fill("#new", "short")
    page.fill("#again", "short")
    page.click("button.first")
    check(page, "choosing again", (NARROW, WIDE))
    page.fill("#new", PASSWORD)
    page.fill("#again", PASSWORD)
    page.click("button.first")
    (cookie,) = [each for each in page.context.cookies() if each["name"] == COOKIE]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    page.goto(f"{home}/account")
    check(page, "account", (NARROW, WIDE))
    page.click("form[action='/logout'] button")
    check(page, "signing in", (NARROW, WIDE))
    page.fill("#email", "ann@example.org")
    page.fill("#password", "wrong")
    page.click("button.first")
    assert page.locator("#slip").inner_text() == word("account.wrong", language)
    check(page, "wrong", (NARROW, WIDE))
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.press("#password", "Enter")
    page.goto(f"{home}/account")
    assert word("account.signed_in_as", language, name="Ann") in page.locator("main").inner_text()
    page.context.close()


def test_one_button_leads_to_the_sample_and_a_used_link_says_so(browser, sqlite_engine, home):
    page = opened(browser, "light", "en")
    address = home + link_for(sqlite_engine, SAMPLE_LINK, is_sample=True)
    page.goto(address)
    check(page, "once", (NARROW, WIDE))
    with page.expect_navigation():
        page.locator("button.first").press("Enter")
    page.goto(address)
    assert word("account.link_gone_title", "en") in page.locator("h1").inner_text()
    check(page, "gone", (NARROW, WIDE))
    page.context.close()
