"""`feedback audit`, what commands record, and what `feedback doctor` says of the list."""

import json

import pytest
from sqlalchemy import text

from feedback.policy import Actor, Grant
from feedback.settings import settings
from feedback.store import accounts, audit
from feedback.store.database import open_database, reading, transaction
from tests.collect.institution import found_institution, open_form
from tests.command_line import runner


@pytest.fixture
def url(database_url):
    engine = open_database(database_url)
    found_institution(engine)
    open_form(engine)
    engine.dispose()
    return database_url


@pytest.fixture
def run(monkeypatch, capsys, url):
    monkeypatch.setenv("FEEDBACK_SECRET", "s" * 40)
    settings.cache_clear()
    yield runner(monkeypatch, capsys, url)
    settings.cache_clear()


def did(url):
    """What was recorded, the oldest first."""
    engine = open_database(url)
    with reading(engine) as session:
        found = [(event.actor, event.action, event.about) for event in audit.read_events(session)[::-1]]
    engine.dispose()
    return found


def write(url, statement=None, **recorded):
    engine = open_database(url)
    with transaction(engine) as session:
        if statement:
            session.connection().execute(text(statement))
        else:
            made = accounts.add_account(session, "Ann", "ann@example.org", [Grant("auditor"), Grant("lead")])
            audit.record(session, Actor(made.id, "Ann"), audit.EXPORTED, "finding:market", **recorded)
    engine.dispose()


def slug_of(run):
    return json.loads(run("surveys", "--json").out)["surveys"][0]["survey"]


def test_what_commands_do_is_recorded_and_told(run, url, tmp_path):
    survey = slug_of(run)
    assert run("extend", survey, "--closes", "2099-01-01").code == 0
    assert run("close", survey).code == 0
    assert run("export", "credentials", "--format", "csv", "--output", tmp_path / "c.csv").code == 0
    assert run("export", "codebook", "--format", "csv", "--output", tmp_path / "book.csv").code == 0
    assert run("rebuild").code == 0
    assert did(url) == [
        ("operator", audit.EXTENDED, f"survey:{survey}"),
        ("operator", audit.CLOSED, f"survey:{survey}"),
        ("operator", audit.EXPORTED, "file:credentials"),
        ("operator", audit.REBUILT, "institution"),
    ]
    told = run("audit")
    assert told.code == 0
    lines = told.out.splitlines()
    assert "the command line  set another last day  survey:" in lines[0]
    assert lines[0].startswith("1  ")
    assert "closes: 2099-01-01T23:59:59" in lines[0]
    assert lines[-1].startswith("newest: 4:")


def test_what_was_refused_is_not_recorded_as_done(run, url):
    assert run("close", "no-such-survey").code == 1
    assert run("erase", "R0W3-114Y-69AE-N0S4").code == 1
    assert did(url) == []


def test_a_list_is_asked_for_by_who_about_what_and_since_when(run, url):
    write(url, rows=3)
    survey = slug_of(run)
    assert run("close", survey).code == 0

    def numbers(*options):
        return [each["action"] for each in json.loads(run("audit", *options, "--json").out)["events"]]

    assert numbers()[-2:] == [audit.EXPORTED, audit.CLOSED]
    assert numbers("--who", "ANN") == [audit.EXPORTED]
    assert numbers("--who", "nobody-at-all") == []
    assert numbers("--about", "survey:") == [audit.CLOSED]
    assert numbers("--most", 1) == [audit.CLOSED]
    assert numbers("--since", "2099-01-01") == []
    told = json.loads(run("audit", "--who", "ann@example.org", "--json").out)
    assert told["events"][0]["name"] == "Ann (ann@example.org)"
    assert told["events"][0]["details"] == {"rows": 3}
    assert "Nothing of that is recorded." in run("audit", "--about", "xyz").out


def test_whoever_acts_for_an_account_is_recorded_as_that(run, url):
    write(url)
    assert run("--as", "ann@example.org", "close", slug_of(run)).code == 0
    assert did(url)[-1][:2] == (did(url)[-2][0], audit.CLOSED)
    assert run("--as", "ann@example.org", "audit").code == 0
    assert run("--as", "ann@example.org", "audit", "--acknowledge").code == 1
    assert run("--as", "ann@example.org", "surveys").code == 0
    assert [about for *_, action, about in did(url) if action == audit.SAW] == ["command:audit", "command:surveys"]


def test_an_entry_noted_elsewhere_is_looked_for(run, url):
    write(url)
    noted = run("audit").out.splitlines()[-1].removeprefix("newest: ")
    write_more = run("close", slug_of(run))
    assert write_more.code == 0
    assert run("audit", "--holds", noted).code == 0
    assert run("audit", "--holds", noted.replace(noted[-1], "0" if noted[-1] != "0" else "1")).code == 1
    assert run("audit", "--holds", "7").code == 1


def test_s52_doctor_finds_an_edited_entry_and_goes_on_once_somebody_took_note(run, url):
    write(url)
    whole = json.loads(run("doctor", "--json").out)
    assert whole["checks"]["audit"].startswith("4 entries, the newest 4:")
    assert [each for each in whole["dangers"] if each["id"] == "broken_chain"] == []
    write(url, "UPDATE audit_events SET about = 'finding:comments' WHERE number = 2")
    told = run("doctor")
    assert "entry 2 is not as it was made" in told.out
    assert "feedback audit --acknowledge" in told.out
    assert run("audit", "--acknowledge").code == 0
    assert "broken_chain" not in run("doctor").out
    assert "took note that this list is broken" in run("audit").out
    assert run("audit", "--acknowledge").out.startswith("The list is whole.")
