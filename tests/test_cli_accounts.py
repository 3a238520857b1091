"""`feedback account`: who may come in, from the first administrator on."""

import json

import pytest

from feedback.catalogue.values import Credential, Programme
from feedback.policy import Grant
from feedback.store import accounts, audit, catalogue
from feedback.store.database import reading, transaction
from tests.command_line import runner

ANN = ("Ann", "ann@example.org")


@pytest.fixture
def run(monkeypatch, capsys, sqlite_engine):
    with transaction(sqlite_engine) as session:
        catalogue.save(session, [Programme(slug="data", title="Data")])
        catalogue.save(session, [Credential(slug="sql-course", title="SQL", kind="badge", programme="data")])
    return runner(monkeypatch, capsys, sqlite_engine.url.render_as_string(hide_password=False))


def account(engine, email="ann@example.org"):
    with reading(engine) as session:
        return accounts.read_account(session, email)


def test_the_first_administrator_is_made_with_a_link_and_no_password(run, sqlite_engine):
    assert "Nobody yet" in run("account", "list").out
    ran = run("account", "add", *ANN, "--role", "administrator")
    address = ran.out.strip().splitlines()[-1]
    assert (ran.code, address.startswith("/enter/")) == (0, True)
    assert "FEEDBACK_PUBLIC_URL is not set" in ran.err
    made = account(sqlite_engine)
    assert (made.grants, made.has_password) == ((Grant("administrator"),), False)
    with reading(sqlite_engine) as session:
        assert accounts.read_link(session, address.removeprefix("/enter/")).account == made.id


def test_the_link_is_whole_where_our_address_is_known(run, monkeypatch):
    monkeypatch.setenv("FEEDBACK_PUBLIC_URL", "https://feedback.example/")
    ran = run("account", "add", *ANN, "--json")
    assert json.loads(ran.out)["address"].startswith("https://feedback.example/enter/")
    assert ran.err == ""


def test_roles_are_written_with_their_scope(run, sqlite_engine):
    run("account", "add", *ANN, "--role", "lead:data", "--role", "owner:credential:sql-course")
    assert set(account(sqlite_engine).grants) == {
        Grant("lead", "programme:data"),
        Grant("owner", "credential:sql-course"),
    }
    assert run("account", "give", ANN[1], "auditor", "lead").code == 0
    assert run("account", "take", ANN[1], "lead:programme:data").code == 0
    assert "auditor, lead, owner:credential:sql-course" in run("account", "list").out


def test_everything_wrong_is_told_at_once_and_nothing_is_made(run, sqlite_engine):
    ran = run("account", "add", "", "ann", "--role", "leed", "--role", "lead:none")
    assert ran.code == 1
    for said in ("name: ", "e-mail: 'ann' is no address", 'Did you mean "lead"', 'no programme "none"'):
        assert said in ran.err
    assert account(sqlite_engine, "ann") is None


def test_who_is_not_there_is_refused_with_the_nearest_there_is(run):
    run("account", "add", *ANN)
    for words in (["disable"], ["enable"], ["link"], ["sign-out"], ["give", "lead"], ["take", "lead"]):
        command, *roles = words
        ran = run("account", command, "anne@example.org", *roles)
        assert ran.code == 1
        assert 'Did you mean "ann@example.org"?' in ran.err


def test_a_role_nobody_has_is_not_taken(run):
    run("account", "add", *ANN, "--role", "auditor")
    ran = run("account", "take", ANN[1], "lead")
    assert (ran.code, "Ann has no lead. Theirs: auditor." in ran.err) == (1, True)


def test_the_last_administrator_cannot_go(run):
    run("account", "add", *ANN, "--role", "administrator")
    for words in (["disable", ANN[1]], ["take", ANN[1], "administrator"]):
        ran = run("account", *words)
        assert (ran.code, "only administrator" in ran.err) == (1, True)


def test_a_disabled_account_gets_no_link_until_it_is_let_in_again(run):
    run("account", "add", *ANN)
    assert "Nobody comes in" in run("account", "disable", ANN[1]).out
    assert "(disabled, has not chosen" in run("account", "list").out
    assert run("account", "link", ANN[1]).code == 1
    run("account", "enable", ANN[1])
    assert run("account", "link", ANN[1]).code == 0


def test_signing_out_ends_every_session(run, sqlite_engine):
    run("account", "add", *ANN)
    with transaction(sqlite_engine) as session:
        token = accounts.begin_session(session, account(sqlite_engine).id, "password")
    assert run("account", "sign-out", ANN[1]).out == "Ann is signed out everywhere.\n"
    with reading(sqlite_engine) as session:
        assert not accounts.actor_of(session.connection(), token).is_known
        assert audit.read_events(session)[0].action == audit.SESSIONS_ENDED


def test_who_acts_for_somebody_without_the_role_changes_nothing(run, sqlite_engine):
    run("account", "add", *ANN, "--role", "lead")
    for words in (["list"], ["give", ANN[1], "administrator"], ["add", "Ben", "ben@example.org"]):
        assert run("--as", ANN[1], "account", *words).code == 1
    assert account(sqlite_engine).grants == (Grant("lead"),)
    assert account(sqlite_engine, "ben@example.org") is None
