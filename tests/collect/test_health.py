import pytest

from feedback.collect.health import FORWARDED
from tests.collect.institution import open_form


def test_it_says_that_it_lives_and_is_ready(visitor):
    assert visitor.get("/health/live").status == 200
    assert visitor.get("/health/ready").status == 200


def test_it_is_not_ready_while_the_database_is_away_but_alive(founded, visitor, monkeypatch):
    from feedback.collect import health

    def away(_engine):
        raise OSError("gone")

    monkeypatch.setattr(health, "answers", away)
    assert visitor.get("/health/ready").status == 503
    assert visitor.get("/health/live").status == 200


def test_it_counts_what_happens_and_tells_this_machine(founded, visitor):
    survey = open_form(founded)
    visitor.answers(f"/f/{survey}")
    visitor.get("/s/" + "x" * 32)
    told = visitor.get("/metrics").text
    assert "feedback_submissions_total 1\n" in told
    assert "feedback_links_wrong_total 1\n" in told
    assert survey not in told


@pytest.mark.parametrize("header", FORWARDED)
def test_what_came_through_a_proxy_is_told_no_numbers(visitor, header):
    assert visitor.ask("GET", "/metrics", headers={header: "127.0.0.1"}).status == 404
