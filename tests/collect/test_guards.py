import pytest
from starlette.requests import Request

from feedback.collect import guards
from feedback.collect.guards import MOST_BY_NETWORK, Rates, headers, network_of


def from_address(host):
    """A request from an address; None: nobody knows which."""
    return Request({"type": "http", "client": host and (host, 1), "headers": []})


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:aaaa:bbcc::1", "2001:db8:aaaa:bb00::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("testclient", ""),
        (None, ""),
    ],
)
def test_a_network_is_the_first_part_of_an_address(host, network):
    assert network_of(from_address(host)) == network


def test_so_many_in_a_minute_are_served_and_one_more_is_not(monkeypatch):
    moment = [1000.0]
    monkeypatch.setattr(guards.time, "monotonic", lambda: moment[0])
    rates = Rates()
    assert [rates.too_many("link", "a", 3) for _ in range(4)] == [False, False, False, True]
    assert not rates.too_many("link", "b", 3)
    assert not rates.too_many("network", "a", 3)
    moment[0] += 60
    assert not rates.too_many("link", "a", 3)


def test_three_hundred_people_behind_one_address_are_served_within_a_minute():
    rates, a_visit = Rates(), 30
    assert not any(rates.too_many("network", "192.0.2.0/24", MOST_BY_NETWORK) for _ in range(300 * a_visit))


def test_however_many_places_there_are_the_memory_stays_small(monkeypatch):
    monkeypatch.setattr(guards, "MOST_KEPT", 100)
    rates = Rates()
    for number in range(1000):
        rates.too_many("link", str(number), 3)
    assert len(rates._counts) <= 101


def test_every_page_forbids_scripts_frames_and_leaks():
    sent = headers("sha256-abc", secure=True)
    policy = sent["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-abc'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert sent["Referrer-Policy"] == "no-referrer"
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" in sent
    assert "Strict-Transport-Security" not in headers("sha256-abc", secure=False)
