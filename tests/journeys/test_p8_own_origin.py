"""P8: data stays where it is. A browser that walks the app and the light form asks nobody else for anything."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.collect.serving import served
from tests.journeys.conftest import App, arrive, signed_in, visitor

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("reading")]

WALK = ("", "comments", "credential?credential=safety-auditor", "data_quality", "surveys", "institution")
HOMES = ("http", "ws", "blob:http")


class Log:
    """Every address a page asks for, and where a cookie of it belongs."""

    def __init__(self, page: Page) -> None:
        self.addresses: list[str] = []
        page.on("request", lambda asked: self.addresses.append(asked.url))
        page.on("websocket", lambda asked: self.addresses.append(asked.url))

    def elsewhere(self, port: int) -> list[str]:
        """What was asked of anybody but this one server; what a page holds in itself (data:) is asked of nobody."""
        own = {f"{kind}://127.0.0.1:{port}" for kind in HOMES}
        asked = [each for each in self.addresses if not each.startswith("data:")]
        return [each for each in asked if _origin(each) not in own]


def _origin(address: str) -> str:
    """The scheme, host and port of an address.

    >>> _origin("blob:http://127.0.0.1:80/a"), _origin("ws://127.0.0.1:80/_stcore/stream")
    ('blob:http://127.0.0.1:80', 'ws://127.0.0.1:80')
    """
    inner = urlsplit(address.removeprefix("blob:"))
    return f"{'blob:' if address.startswith('blob:') else ''}{inner.scheme}://{inner.netloc}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = visitor(browser)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", WALK)
def test_p8_the_app_asks_its_own_server_only(server, settled, page, path):
    server.show(settled)
    log = Log(page)
    arrive(page, App(server.address, settled, signed_in(settled)), path)
    assert log.addresses
    assert log.elsewhere(urlsplit(server.address).port) == []
    assert {each["domain"] for each in page.context.cookies()} == {"127.0.0.1"}


def test_p8_the_light_form_asks_its_own_server_only(settled, page, tmp_path):
    log = Log(page)
    with served(f"sqlite:///{settled}", tmp_path) as light:
        page.goto(f"http://127.0.0.1:{light.port}/r")
        page.goto(f"http://127.0.0.1:{light.port}/login")
        page.goto(f"http://127.0.0.1:{light.port}/f/learn-safety-auditor")
        assert page.locator("form").count()
        page.locator("form .moves button").first.click()
        assert log.elsewhere(light.port) == []
    assert len(log.addresses) >= 4
