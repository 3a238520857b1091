"""Signing in through Streamlit, who is vouched for by OIDC, and the page of accounts."""

from datetime import UTC, datetime, timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from feedback.catalogue.values import Credential, Programme
from feedback.policy import NOBODY, Forbidden, Grant
from feedback.store import accounts as kept
from feedback.store import audit, catalogue
from feedback.store.database import reading, transaction
from feedback.ui import accounts, admitting, database, shell
from tests.people import ANN, with_role

ISSUER = "https://id.example.org"


class FakeUser:
    """What Streamlit tells of whoever is vouched for."""

    def __init__(self, **said):
        self.said = said

    def to_dict(self):
        return dict(self.said)


def said(**more):
    now = int(datetime.now(UTC).timestamp())
    usual = {"is_logged_in": True, "iss": ISSUER, "sub": "s1", "email": "ann@example.org", "email_verified": True}
    return FakeUser(**usual | {"iat": now} | more)


@pytest.fixture
def engine_here(monkeypatch, sqlite_engine):
    monkeypatch.setattr(database, "engine", lambda: sqlite_engine)
    monkeypatch.setattr(shell, "engine", lambda: sqlite_engine)
    return sqlite_engine


@pytest.fixture
def comes_by_oidc(monkeypatch, engine_here):
    """Let somebody come whom a provider vouches for; Ann has an account here."""
    with transaction(engine_here) as session:
        ann = kept.add_account(session, "Ann", "ann@example.org", [Grant("auditor")])
    monkeypatch.setattr(accounts, "providers", lambda: {"": "Sign in with your institution"})

    def come(**more):
        monkeypatch.setattr(st, "user", said(**more))
        return accounts.oidc_actor()

    come.ann = ann
    return come


def test_where_oidc_is_not_set_up_nobody_comes_by_it(monkeypatch):
    monkeypatch.setattr(st, "user", said())
    assert accounts.providers() == {}
    assert accounts.oidc_actor() == NOBODY


def test_whoever_is_vouched_for_is_their_account(comes_by_oidc):
    found = comes_by_oidc()
    assert (found.id, found.how, found.grants) == (comes_by_oidc.ann.id, "oidc", (Grant("auditor"),))
    assert comes_by_oidc(email="another@example.org", email_verified=False).id == comes_by_oidc.ann.id


def test_whoever_comes_by_oidc_signs_in_once_for_each_token_and_signs_out(comes_by_oidc, engine_here, monkeypatch):
    earlier = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())
    for _ in range(2):
        comes_by_oidc(iat=earlier)
    comes_by_oidc(iat=earlier + 60)
    monkeypatch.setattr(accounts.st, "session_state", {})
    who = comes_by_oidc(iat=earlier)
    monkeypatch.setattr(accounts.st, "button", lambda *_, **__: True)
    monkeypatch.setattr(accounts.st, "logout", lambda: None)
    accounts.sign_out(who)
    with reading(engine_here) as session:
        events = audit.read_events(session, about=f"account:{who.id}", actors=[who.id])[::-1]
    done = [event.action for event in events if event.action in (audit.SIGNED_IN, audit.SIGNED_OUT)]
    assert done == [audit.SIGNED_IN, audit.SIGNED_IN, audit.SIGNED_OUT]
    with reading(engine_here) as session:
        assert audit.read_events(session, action=audit.SIGNED_IN)[0].details["how"] == "oidc"


@pytest.mark.parametrize(
    "wrong",
    [
        {"is_logged_in": False},
        {"is_logged_in": "yes"},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": 1.5},
        {"email": "ben@example.org"},
        {"email": None},
        {"sub": ""},
        {"iss": None},
        {"iat": None},
        {"iat": "now"},
        {"iat": float("nan")},
        {"iat": 1e30},
        {"iat": -1e30},
    ],
)
def test_who_is_not_vouched_for_in_full_is_nobody(comes_by_oidc, wrong):
    assert comes_by_oidc(**wrong) == NOBODY


def test_who_was_signed_out_or_disabled_is_nobody_at_once(comes_by_oidc, engine_here):
    before = {"iat": int((datetime.now(UTC) - timedelta(minutes=1)).timestamp())}
    assert comes_by_oidc(**before).is_known
    with transaction(engine_here) as session:
        kept.end_sessions(session, comes_by_oidc.ann.id)
    assert comes_by_oidc(**before) == NOBODY
    with transaction(engine_here) as session:
        kept.disable(session, comes_by_oidc.ann.id)
    assert comes_by_oidc(iat=int(datetime.now(UTC).timestamp()) + 5) == NOBODY


def test_the_buttons_are_of_the_providers_that_are_set_up(monkeypatch):
    section = {"redirect_uri": "x", "cookie_secret": "x", "campus": {"client_id": "a"}, "client_kwargs": {"x": 1}}

    class Secrets(dict):
        def load_if_toml_exists(self):
            return True

    monkeypatch.setattr(st, "secrets", Secrets(auth=section))
    assert accounts.providers() == {"campus": "Sign in with campus"}
    monkeypatch.setattr(st, "secrets", Secrets(auth={"client_id": "a"}))
    assert list(accounts.providers()) == [""]
    monkeypatch.setattr(st, "secrets", Secrets())
    assert accounts.providers() == {}


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(monkeypatch, engine_here):
    """The page, as Ann, who is an administrator in the database too, sees it."""
    with transaction(engine_here) as session:
        catalogue.save(session, [Programme(slug="data", title="Data")])
        catalogue.save(session, [Credential(slug="sql", title="SQL", kind="badge", programme="data")])
        kept.add_account(session, "Ada", "ada@example.org", [Grant("administrator")])
    monkeypatch.setattr(shell, "everything", lambda: shell._institution.__wrapped__(0))
    return AppTest.from_function(_draw, default_timeout=30)


def _draw():
    from feedback.ui import admitting

    admitting.show()


def account(engine, email):
    with reading(engine) as session:
        return kept.read_account(session, email)


def test_an_account_is_made_with_its_role_and_its_link_shown(page, engine_here):
    page.run()
    page.text_input(key="accounts:name:0").set_value("Ben")
    page.text_input(key="accounts:email:0").set_value("Ben@example.org")
    page.selectbox(key="accounts:new:role:0").set_value("lead")
    page.selectbox(key="accounts:new:scope:0").set_value("programme:data")
    page.button(key="accounts:add").click().run()
    assert not page.exception
    ben = account(engine_here, "ben@example.org")
    assert ben.grants == (Grant("lead", "programme:data"),)
    address = page.code[0].value
    with reading(engine_here) as session:
        assert kept.read_link(session, address.rpartition("/")[2]).account == ben.id
        made, given = audit.read_events(session)[2], audit.read_events(session)[1]
    assert (made.actor, made.action, given.action) == (ANN.id, audit.ACCOUNT_MADE, audit.ROLE_GIVEN)
    page.button(key="accounts:forget").click().run()
    assert not page.code


def test_what_is_wrong_with_it_is_said_and_nothing_is_made(page, engine_here):
    page.run()
    page.text_input(key="accounts:email:0").set_value("nobody")
    page.button(key="accounts:add").click().run()
    assert not page.exception
    assert not page.code
    assert account(engine_here, "nobody") is None
    assert page.text_input(key="accounts:email:0").value == "nobody"


def test_roles_are_given_and_taken_and_people_kept_out_and_let_in(page, engine_here):
    with transaction(engine_here) as session:
        ben = kept.add_account(session, "Ben", "ben@example.org", [Grant("auditor")])
    page.run()
    page.selectbox(key="accounts:whom").set_value(ben.id).run()
    page.selectbox(key=f"accounts:give:{ben.id}:role:0").set_value("moderator").run()
    page.button(key="accounts:give").click().run()
    page.button(key=f"accounts:take:{ben.id}:auditor:").click().run()
    assert account(engine_here, ben.id).grants == (Grant("moderator"),)
    page.button(key="accounts:link").click().run()
    assert "/enter/" in page.code[0].value
    page.button(key="accounts:sign-out").click().run()
    page.button(key="accounts:disable").click().run()
    assert account(engine_here, ben.id).is_disabled
    page.button(key="accounts:enable").click().run()
    assert not account(engine_here, ben.id).is_disabled
    assert not page.exception


def test_the_last_administrator_is_kept_and_the_page_says_why(page, engine_here):
    ada = account(engine_here, "ada@example.org")
    page.run()
    page.selectbox(key="accounts:whom").set_value(ada.id).run()
    page.button(key="accounts:disable").click().run()
    assert not page.exception
    assert not account(engine_here, ada.id).is_disabled


@pytest.mark.parametrize("role", ["lead", "owner", "committee", "reviewer", "moderator", "auditor"])
def test_nobody_but_administrators_sees_accounts(engine_here, comes, role):
    comes(with_role(role))
    with pytest.raises(Forbidden):
        admitting.show()


def test_an_administrator_for_a_part_gives_no_roles(engine_here, comes):
    comes(with_role("administrator", "programme:data"))
    with pytest.raises(Forbidden):
        admitting.show()


def test_how_an_account_stands_is_said_in_words():
    base = kept.Account("1", "Ann", "ann@example.org")
    said_of = [
        admitting.state(each)
        for each in (
            base,
            kept.Account("1", "A", "a", is_disabled=True, has_password=True),
            kept.Account("1", "A", "a", is_sample=True),
            kept.Account("1", "A", "a", has_password=True, is_vouched=True),
        )
    ]
    assert said_of == [
        "has not chosen a password yet", "disabled", "the sample's own", "signs in by password and OIDC",
    ]  # fmt: skip


def test_every_role_is_explained():
    from feedback.policy import ROLES

    assert set(admitting.ROLE_MEANS) == set(ROLES)
