"""`feedback calendar` and `feedback decisions` on the command line."""

import json

import pytest
from sqlalchemy import update

from feedback.catalogue.values import Credential, Programme, Skill
from feedback.policy import Grant
from feedback.store.accounts import add_account
from feedback.store.catalogue import save
from feedback.store.committee import Wanted, decide
from feedback.store.database import transaction
from feedback.store.inserting import table_of
from feedback.store.tables import Decisions
from tests.command_line import runner


@pytest.fixture
def run(monkeypatch, capsys, sqlite_engine):
    url = sqlite_engine.url.render_as_string(hide_password=False)
    about = {"kind": "badge", "skills": ["queries"]}
    with transaction(sqlite_engine) as session:
        save(
            session,
            [
                *(Programme(slug=slug, title=slug) for slug in ("data", "art")),
                Skill(slug="queries", title="Queries"),
                Credential(slug="sql", title="SQL", programme="data", **about),
                Credential(slug="ink", title="Ink", programme="art", lifecycle="retired", **about),
            ],
        )
        member = add_account(session, "Cora", "cora@example.org", [Grant("committee")]).actor
        add_account(session, "Owen", "owen@example.org", [Grant("owner", "programme:art")])
        decide(session, member, Wanted("sql", "keep", "It is fine.", [member.id]))
    return runner(monkeypatch, capsys, url)


def test_the_calendar_says_what_is_due_and_what_for(run):
    done = run("calendar")
    assert done.code == 0
    assert done.out.splitlines()[0].startswith("1 credential was never reviewed; 1 skill was never validated")
    assert "SQL: never yet. Yearly expert review." in done.out
    told = json.loads(run("calendar", "--json").out)
    assert [(each["slug"], each["state"]) for each in told["calendar"]] == [("sql", "never"), ("queries", "never")]


def test_decisions_are_told_as_verified_and_one_that_was_changed_ends_with_a_reason(run, sqlite_engine):
    assert "sql: keep. Verified. It is fine." in run("decisions").out
    assert "Nothing has been decided yet." in run("decisions", "ink").out
    refused = run("decisions", "sqll")
    assert (refused.code, 'Did you mean "sql"?' in refused.err) == (1, True)
    with transaction(sqlite_engine) as session:
        session.connection().execute(update(table_of(Decisions)).values(outcome="retire"))
    done = run("decisions", "sql", "--json")
    told = json.loads(done.out)
    assert (done.code, told["decisions"][0]["verified"]) == (1, False)
    assert "is not as it was made" in done.err
    assert "is not as it was made" in told["problems"][0]


def test_an_account_sees_its_own_part_only(run):
    assert "SQL" not in run("--as", "owen@example.org", "calendar").out
    assert json.loads(run("--as", "owen@example.org", "decisions", "--json").out)["decisions"] == []
    refused = run("--as", "owen@example.org", "decisions", "sql")
    assert (refused.code, "There is nothing of that name here" in refused.err) == (1, True)
