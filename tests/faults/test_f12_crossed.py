"""F12: another transaction crosses our way (no serial order, a deadlock) at every statement of sending in turn. It is
tried again, three times at most, and one answer is kept, once."""

import psycopg
import pytest
from sqlalchemy import event

from feedback.store import submitting
from feedback.store.database import open_database
from tests.collect.institution import drafts, found_institution, invite, light_form, open_form, responses, used
from tests.collect.serving import served_here
from tests.collect.visitor import Visitor
from tests.faults.test_f8_disk import check_not_saved, try_again

CROSSED = {"40001": "no serial order", "40P01": "deadlock"}
"""SQLSTATEs of the PostgreSQL manual, appendix A."""


class Crossing:
    """Stands in the way of the statement of that place in each writing transaction, so many times, before it gets to
    the server. seen: the statements of the last one."""

    def __init__(self, engine, state: str) -> None:
        self.state, self.at, self.times = state, -1, 0
        self.seen: list[str] = []
        self.tries = 0
        self._writing: object = None
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "commit", self._end)
        event.listen(engine, "rollback", self._end)
        event.listen(engine, "connect", self._connect)
        engine.dispose()  # so that every connection is one of those we know

    def stand(self, at: int, times: int) -> None:
        self.at, self.times, self.tries = at, times, 0

    def _connect(self, connection, _record) -> None:
        crossing = self

        class Cursor(psycopg.Cursor):
            def execute(self, query, *given, **more):
                if crossing.stands_before(self.connection, query):
                    query, given = f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{crossing.state}'; END $$", ()
                return super().execute(query, *given, **more)

        connection.cursor_factory = Cursor

    def _begin(self, connection) -> None:
        if connection.get_execution_options().get("feedback_purpose") == "writing":
            self.seen, self._writing = [], connection.connection.driver_connection

    def _end(self, _connection) -> None:
        self._writing = None

    def stands_before(self, connection, query) -> bool:
        if connection is not self._writing:
            return False
        self.seen.append(str(query))
        if len(self.seen) - 1 != self.at or not self.times:
            return False
        self.times -= 1
        self.tries += 1
        return True


@pytest.fixture
def place(new_postgresql, postgresql_template, monkeypatch):
    monkeypatch.setattr(submitting, "sleep", lambda _seconds: None)
    engine = open_database(new_postgresql(postgresql_template))
    found_institution(engine)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("state", CROSSED)
def test_f12_crossed_at_every_statement_in_turn_one_answer_is_kept_once(place, state):
    survey = open_form(place, mode="invitation")
    crossing, kept = Crossing(place, state), 0
    with served_here(light_form(place)) as port:
        at, statements = 0, 1
        while at < statements:
            with Visitor(port, seed=at) as visitor:
                visitor.get(f"/s/{invite(place, survey, 1)[0]}")
                fields, action = visitor.to_the_last_step(), visitor.action()
                crossing.stand(at, 1)
                visitor.post(action, fields)
                assert crossing.tries == 1, f"statement {at} was not reached"
                assert visitor.page.receipt, crossing.seen
                kept, statements = kept + 1, max(statements, len(crossing.seen))
                assert responses(place) == used(place) == kept
                assert drafts(place) == 0
            at += 1
    assert statements >= 5


def test_f12_crossed_again_and_again_it_gives_up_after_three_tries_and_says_so(place):
    survey = open_form(place, mode="invitation")
    crossing = Crossing(place, "40001")
    with served_here(light_form(place)) as port, Visitor(port) as visitor:
        visitor.get(f"/s/{invite(place, survey, 1)[0]}")
        fields, action = visitor.to_the_last_step(), visitor.action()
        crossing.stand(1, 1000)
        visitor.post(action, fields)
        check_not_saved(visitor)
        assert crossing.tries == submitting.TRIES == 3
        crossing.stand(-1, 0)
        assert responses(place) == used(place) == 0
        try_again(visitor)
        assert visitor.page.receipt
    assert responses(place) == used(place) == 1
