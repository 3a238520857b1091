"""`feedback actions` on the command line."""

import json
from datetime import date

import pytest
from sqlalchemy import update

from feedback.catalogue.values import Credential, Programme
from feedback.policy import Grant
from feedback.store.accounts import add_account, read_accounts
from feedback.store.action import DOING, Measure, Wanted
from feedback.store.actions import add_action, change_state
from feedback.store.catalogue import save
from feedback.store.database import transaction
from feedback.store.inserting import table_of
from feedback.store.tables import Actions
from tests.command_line import runner

FAR = date(2099, 1, 1)


@pytest.fixture
def run(monkeypatch, capsys, sqlite_engine):
    with transaction(sqlite_engine) as session:
        save(session, [Programme(slug=slug, title=slug) for slug in ("data", "art")])
        save(session, [Credential(slug="sql", title="SQL", programme="data", kind="badge")])
        save(session, [Credential(slug="ink", title="Ink", programme="art", kind="badge")])
        lea = add_account(session, "Lea", "lea@example.org", [Grant("lead")])
        add_account(session, "Owen", "owen@example.org", [Grant("owner", "programme:art")])
        measured = {"measure": Measure("question", "learner", "pace"), "expected": 0.5}
        add_action(session, lea.actor, Wanted("sql", "Tutors look in", "question", "pace", lea.id, FAR, **measured))
        begun = add_action(session, lea.actor, Wanted("ink", "Inks", "other", "", lea.id, date(2098, 1, 1)))
        change_state(session, lea.actor, begun.id, DOING)
    return runner(monkeypatch, capsys, sqlite_engine.url.render_as_string(hide_password=False))


def test_actions_are_listed_those_due_first_first(run):
    waits = "Not measured yet: waits for the next run."
    assert run("actions").out.splitlines() == [
        "Inks (ink): doing, due on 1 January 2098, seen to by Lea.",
        f"Tutors look in (sql): planned, due on 1 January 2099, seen to by Lea. {waits}",
    ]
    told = json.loads(run("actions", "--json", "sql").out)["actions"]
    assert [(each["title"], each["expected"], each["verified"], each["late"]) for each in told] == [
        ("Tutors look in", 0.5, True, False)
    ]
    assert told[0]["measure"] == {"kind": "question", "audience": "learner", "id": "pace", "item": ""}


def test_a_state_and_a_credential_choose_and_what_is_not_known_is_refused(run):
    assert run("actions", "--state", "doing").out.startswith("Inks")
    assert len(run("actions", "--state", "open").out.splitlines()) == 2
    assert run("actions", "--state", "done").out.strip() == "No action is like that."
    wrong = run("actions", "--state", "splendid")
    assert (wrong.code, "Known: planned, doing" in wrong.err) == (1, True)
    wrong = run("actions", "sqll")
    assert (wrong.code, 'Did you mean "sql"?' in wrong.err) == (1, True)


def test_an_action_of_something_new_says_where_and_who_may_not_read_there_does_not_see_it(run, sqlite_engine):
    with transaction(sqlite_engine) as session:
        lea = next(each for each in read_accounts(session) if each.name == "Lea")
        for programme in ("", "art", "data"):
            about = Wanted("", f"Look into {programme or 'all'}", "new", "", lea.id, FAR, programme=programme)
            add_action(session, lea.actor, about)
    told = run("actions").out
    assert "Look into all (new): planned" in told
    assert "Look into art (new in art): planned" in told
    theirs = run("--as", "owen@example.org", "actions").out
    assert [line.partition(" (")[0] for line in theirs.splitlines()] == ["Inks", "Look into art"]


def test_an_account_sees_its_own_part_only(run):
    assert "Tutors" not in run("--as", "owen@example.org", "actions").out
    refused = run("--as", "owen@example.org", "actions", "sql")
    assert (refused.code, "There is nothing of that name here" in refused.err) == (1, True)


def test_an_action_that_was_changed_past_the_program_ends_with_a_reason_here_and_in_the_examination(run, sqlite_engine):
    with transaction(sqlite_engine) as session:
        session.connection().execute(update(table_of(Actions)).values(expected=0.1))
    done = run("actions", "--json")
    assert done.code == 1
    assert [each["verified"] for each in json.loads(done.out)["actions"]] == [False, False]
    assert "is not as it was made" in done.err
    assert "is not as it was made" in run("doctor").out
