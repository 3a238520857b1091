"""S31: two with different rights ask one process for the same pages, at the same time: each is shown their own only."""

import sqlite3
from contextlib import closing

import pytest

from feedback.policy import Grant
from tests.attacks.streaming import ask_for, connected, drawn
from tests.journeys.conftest import signed_in

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("reading")]

PAGES = (
    "",
    "credential_value",
    "where_valued",
    "skills",
    "what_to_change",
    "comments",
    "credential",
    "learners",
    "answers",
    "surveys",
    "catalogue",
)
RUNS = 200


def of_programmes(database):
    """The titles and slugs of the credentials of each programme, by its slug; those two that have most."""
    with closing(sqlite3.connect(database)) as opened:
        rows = opened.execute("SELECT programme, title, slug FROM credentials").fetchall()
    held = {programme: {(title, slug) for its, title, slug in rows if its == programme} for programme, *_ in rows}
    return dict(sorted(held.items(), key=lambda each: len(each[1]))[-2:])


def test_s31_two_leads_who_ask_at_once_are_shown_nothing_of_each_other_s(server, settled):
    held = of_programmes(settled)
    cookies = [signed_in(settled, Grant("lead", f"programme:{each}"), name=f"lead{n}") for n, each in enumerate(held)]
    foreign = [[title.encode() for title, _ in each] for each in reversed(held.values())]
    own = [[title.encode() for title, _ in each] for each in held.values()]
    asked = [f"credential={slug}" for each in held.values() for _, slug in sorted(each)[:1]]
    server.show(settled)
    port = int(server.address.rpartition(":")[2])
    met = [0, 0]
    with connected(port, cookies[0]) as one, connected(port, cookies[1]) as other:
        for turn in range(RUNS // 2):
            page, query = PAGES[turn % len(PAGES)], asked[turn // len(PAGES) % len(asked)]
            for connection in (one, other):
                ask_for(connection, page, query)
            for who, connection in enumerate((one, other)):
                shown, _ = drawn(connection)
                assert [title for title in foreign[who] if title in shown] == [], (who, page, query)
                met[who] += any(title in shown for title in own[who])
    assert min(met) > RUNS // 4, "hardly anything was shown"
