import pytest
from starlette.requests import Request

from feedback.collect.health import is_from_here
from feedback.store.database import open_database
from tests.collect.institution import drafts, light_form, open_form, responses
from tests.collect.serving import served_here
from tests.collect.visitor import Visitor

PROXIES = (
    "Forwarded", "X-Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server",
    "X-Forwarded-Port", "X-Forwarded-Prefix", "Via", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP",
)  # fmt: skip
"""What proxies add to what they hand on."""


def test_it_says_that_it_lives_and_is_ready(visitor):
    assert visitor.get("/health/live").status == 200
    assert visitor.get("/health/ready").status == 200


def test_it_is_not_ready_while_the_database_is_away_but_alive(founded, visitor, monkeypatch):
    from feedback.collect import health

    def away(_engine, **_how):
        raise OSError("gone")

    monkeypatch.setattr(health, "lean_transaction", away)
    assert visitor.get("/health/ready").status == 503
    assert visitor.get("/health/live").status == 200


def test_it_is_not_ready_where_the_database_may_only_be_read(founded, visitor):
    survey = open_form(founded)
    only_read = open_database(as_reader(founded))
    with served_here(light_form(only_read)) as port, Visitor(port) as reader:
        assert reader.get(f"/f/{survey}").status == 200
        assert reader.get("/health/ready").status == 503
        assert reader.get("/health/live").status == 200
    only_read.dispose()
    assert visitor.get("/health/ready").status == 200


def as_reader(engine):
    """The address of a database for somebody who may not write in it."""
    url = engine.url
    if engine.dialect.name == "sqlite":
        return f"sqlite:///file:{url.database}?mode=ro&uri=true"
    return url.update_query_dict({"options": "-c role=pg_read_all_data"}).render_as_string(hide_password=False)


def test_to_ask_whether_it_is_ready_changes_nothing(founded, visitor):
    survey = open_form(founded, "learner")
    visitor.get(f"/f/{survey}")
    visitor.step()
    assert visitor.ask("GET", "/health/ready").status == 200
    assert drafts(founded) == 1
    assert responses(founded) == 0


def test_it_counts_what_happens_and_tells_this_machine(founded, visitor):
    survey = open_form(founded)
    visitor.answers(f"/f/{survey}")
    visitor.get("/s/" + "x" * 32)
    told = visitor.get("/metrics").text
    assert "feedback_submissions_total 1\n" in told
    assert "feedback_links_wrong_total 1\n" in told
    assert survey not in told


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("192.0.2.1", False),
        ("testclient", False),
        (None, False),
    ],
)
def test_numbers_are_for_this_machine(host, is_here):
    assert is_from_here(asked_by(host)) == is_here


@pytest.mark.parametrize("proxy", PROXIES)
def test_what_came_through_a_proxy_came_from_elsewhere(proxy):
    assert not is_from_here(asked_by("127.0.0.1", proxy))


def asked_by(host, *headers):
    """A request from an address (None: nobody knows which) with such headers."""
    held = [(b"host", b"localhost"), *((name.lower().encode(), b"127.0.0.1") for name in headers)]
    return Request({"type": "http", "client": host and (host, 1), "headers": held})
