"""F11: PostgreSQL is down, has no room for more connections, or cuts them. The process lives and says so; nobody is
thanked for what was not kept, and the first answer after it is back is kept at once."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from feedback.store.database import open_database
from tests.collect.institution import found_institution, invite, light_form, open_form, responses, times_kept, used
from tests.collect.serving import served, served_here
from tests.collect.visitor import Visitor
from tests.faults.gate import gate_before
from tests.faults.test_f8_disk import check_not_saved, try_again


@pytest.fixture
def url(new_postgresql, postgresql_template):
    """A migrated database on PostgreSQL, with an institution."""
    made = new_postgresql(postgresql_template)
    opened = open_database(made)
    found_institution(opened)
    opened.dispose()
    return made


@pytest.fixture
def engine(url):
    opened = open_database(url)
    yield opened
    opened.dispose()


def begun(visitor, engine):
    """Somebody who is about to send the answers to an invitation."""
    survey = open_form(engine, mode="invitation")
    visitor.get(f"/s/{invite(engine, survey, 1)[0]}")
    return visitor.to_the_last_step(), visitor.action()


def status(visitor, path):
    seen, at = visitor.answer, visitor.at
    answer = visitor.ask("GET", path)
    visitor.answer, visitor.at = seen, at
    return answer.status


def test_f11_down_and_up_again(url, engine, tmp_path):
    with gate_before(make_url(url)) as gate, served(gate.url, tmp_path) as server, Visitor(server.port) as visitor:
        fields, action = begun(visitor, engine)
        assert status(visitor, "/health/ready") == 200
        gate.shut()
        visitor.post(action, fields)
        check_not_saved(visitor)
        assert status(visitor, "/health/ready") == 503
        assert status(visitor, "/health/live") == 200
        visitor.get(action)
        assert visitor.answer.status == 503
        visitor.post(action, fields)
        check_not_saved(visitor)
        assert responses(engine) == used(engine) == 0
        gate.open()
        try_again(visitor)
        assert times_kept(engine, [visitor.page.receipt]) == {visitor.page.receipt: 1}
        assert used(engine) == 1
        assert status(visitor, "/health/ready") == 200


def test_f11_down_before_it_starts(url, tmp_path):
    with gate_before(make_url(url)) as gate:
        gate.shut()
        with served(gate.url, tmp_path) as server:
            assert server.wait() != 0
    said = (tmp_path / "server.log").read_text()
    assert "cannot be reached" in said
    assert not make_url(url).password or str(make_url(url).password) not in said


def test_f11_connections_that_were_cut_are_made_anew(url, engine):
    server_side = open_database(url)
    with served_here(light_form(server_side)) as port, Visitor(port) as visitor:
        fields, action = begun(visitor, engine)
        with engine.connect() as connection:
            cut = text(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert connection.execute(cut).scalar_one() >= 1
        visitor.post(action, fields)
        assert visitor.page.receipt
    assert responses(engine) == used(engine) == 1
    server_side.dispose()


@pytest.fixture
def lodger(postgresql_server, url):
    """The database's address for somebody who is let in only so often as the returned function says."""
    name = f"lodger_{make_url(url).database[-12:]}"
    owner = create_engine(url, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text("CREATE ROLE " + name + " LOGIN"))
        connection.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO " + name))
        connection.execute(text("GRANT ALL ON SCHEMA public TO " + name))

    def let_in(most: int) -> None:
        with owner.connect() as connection:
            connection.execute(text(f"ALTER ROLE {name} CONNECTION LIMIT {most:d}"))

    yield make_url(url).set(username=name).render_as_string(hide_password=False), let_in
    with owner.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = :name"), {"name": name}
        )
        connection.execute(text("DROP OWNED BY " + name))
        connection.execute(text("DROP ROLE " + name))
    owner.dispose()


def test_f11_no_room_for_more_connections(lodger, engine):
    address, let_in = lodger
    theirs = open_database(address)
    with served_here(light_form(theirs)) as port, Visitor(port) as visitor:
        fields, action = begun(visitor, engine)
        let_in(0)
        theirs.dispose()  # as a proxy that closes what is idle
        visitor.post(action, fields)
        check_not_saved(visitor)
        assert status(visitor, "/health/ready") == 503
        assert status(visitor, "/health/live") == 200
        let_in(-1)
        try_again(visitor)
        assert times_kept(engine, [visitor.page.receipt]) == {visitor.page.receipt: 1}
    theirs.dispose()
