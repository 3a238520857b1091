"""Signing in and out, one's own account, and links that let somebody in once."""

import pytest

from feedback.collect import passwords
from feedback.collect.alone import answering_at
from feedback.collect.answering import Desk
from feedback.collect.login import page_in
from feedback.collect.place import Place
from feedback.policy import Grant
from feedback.store import accounts, audit
from feedback.store.accounts import COOKIE, PASSWORD_LINK, SAMPLE_LINK
from feedback.store.database import reading, transaction
from feedback.survey.wording import languages, word
from tests.collect.entering import PASSWORD, Browser, add, application, made_cheap
from tests.collect.institution import KEY, instruments

NEW = "four white storks"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    made_cheap(monkeypatch)


@pytest.fixture
def app(sqlite_engine):
    return application(sqlite_engine)


@pytest.fixture
def browser(app):
    with Browser(app) as found:
        yield found


def link_to(engine, account, purpose=PASSWORD_LINK):
    with transaction(engine) as session:
        return f"/enter/{accounts.add_link(session, account.id, purpose)}"


def actions(engine):
    with reading(engine) as session:
        return [(each.action, each.details.get("how", "")) for each in reversed(audit.read_events(session))]


def test_address_and_password_sign_in(sqlite_engine, browser):
    ann = add(sqlite_engine, "Ann", Grant("lead"))
    answer = browser.sign_in(" ANN@Example.org ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.actor(sqlite_engine).id == ann.id
    assert actions(sqlite_engine)[-1] == (audit.SIGNED_IN, "password")


def test_the_cookie_is_for_us_alone_and_lasts_twelve_hours(sqlite_engine, browser):
    add(sqlite_engine)
    kept = next(each for each in browser.sign_in().headers.get_list("set-cookie") if each.startswith(COOKIE))
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=43200"} <= set(kept.split("; "))
    assert "Secure" not in kept


def test_reached_by_https_every_cookie_is_secure(sqlite_engine):
    add(sqlite_engine)
    with Browser(application(sqlite_engine, "https://feedback.example"), address="https://feedback.example") as found:
        kept = [*found.get("/login").headers.get_list("set-cookie"), *found.sign_in().headers.get_list("set-cookie")]
    assert len(kept) >= 3
    assert all("Secure" in each for each in kept)


@pytest.mark.parametrize(
    ("email", "password"),
    [("ann@example.org", "wrong"), ("ann@example.org", ""), ("ben@example.org", PASSWORD), ("", ""), ("x" * 5000, "y")],
)
def test_what_does_not_fit_is_told_and_can_be_typed_again(sqlite_engine, browser, email, password):
    add(sqlite_engine)
    answer = browser.sign_in(email, password)
    assert answer.status_code == 403
    assert word("account.wrong", "en") in answer.text
    assert not browser.token()
    assert browser.sign_in().status_code == 303


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("/comments", "/comments"),
        ("/credential?credential=data-badge", "/credential?credential=data-badge"),
        ("", "/"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/comments\n", "/"),
        ("/nothing_there", "/"),
        ("/../comments", "/"),
        ("javascript:alert(1)", "/"),
        ("/%2F%2Fevil.example", "/"),
    ],
)
def test_one_goes_on_to_a_page_of_ours_and_nowhere_else(sqlite_engine, browser, wanted, found):
    add(sqlite_engine)
    assert page_in(wanted) == found
    assert browser.sign_in(next=wanted).headers["location"] == found
    assert browser.get("/login", params={"next": wanted}).headers["location"] == found


def test_signing_out_ends_the_session_and_not_only_the_cookie(sqlite_engine, browser):
    add(sqlite_engine)
    browser.sign_in()
    token = browser.token()
    assert browser.fill_in("/logout", {}, seen="/account").status_code == 303
    assert not browser.token()
    browser.cookies.set(COOKIE, token)
    assert not browser.actor(sqlite_engine).is_known
    assert actions(sqlite_engine)[-1][0] == audit.SIGNED_OUT


def test_one_account_page_says_who_is_signed_in_and_sends_others_to_sign_in(sqlite_engine, browser):
    add(sqlite_engine, "Ann")
    assert browser.get("/account").headers["location"] == "/login"
    browser.sign_in()
    assert "You are signed in as Ann." in browser.get("/account").text


def test_names_of_people_are_text(sqlite_engine, browser):
    with transaction(sqlite_engine) as session:
        ann = accounts.add_account(session, "<b>Ann</b>{{ 7*7 }}", "ann@example.org")
    page = browser.get(link_to(sqlite_engine, ann)).text
    assert "&lt;b&gt;Ann&lt;/b&gt;{{ 7*7 }}" in page
    assert "<b>Ann" not in page
    assert "&#34;&gt;&lt;i&gt;" in browser.sign_in('"><i>', "x").text


def test_signing_out_everywhere_ends_other_browsers_too(sqlite_engine, app, browser):
    add(sqlite_engine)
    browser.sign_in()
    with Browser(app) as other:
        other.sign_in()
        browser.fill_in("/account", {"everywhere": "yes"})
        assert not other.actor(sqlite_engine).is_known
        assert not browser.token()


def test_a_changed_password_is_the_one_that_counts_and_ends_other_sessions(sqlite_engine, app, browser):
    ann = add(sqlite_engine)
    browser.sign_in()
    before = browser.token()
    with Browser(app) as other:
        other.sign_in()
        answer = browser.fill_in("/account", {"old": PASSWORD, "new": NEW, "again": NEW})
        assert answer.status_code == 200
        assert word("account.changed", "en") in answer.text
        assert not other.actor(sqlite_engine).is_known
        assert browser.actor(sqlite_engine).id == ann.id
        assert browser.token() != before
        assert other.sign_in().status_code == 403
        assert other.sign_in(password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"old": "wrong", "new": NEW, "again": NEW}, "wrong_old"),
        ({"old": "", "new": NEW, "again": NEW}, "wrong_old"),
        ({"old": PASSWORD, "new": NEW, "again": f"{NEW}s"}, "not_same"),
        ({"old": PASSWORD, "new": "eleven char", "again": "eleven char"}, "too_short"),
        ({"old": PASSWORD, "new": "déjà vu!" * 126, "again": "déjà vu!" * 126}, "too_long"),
        ({"old": PASSWORD, "new": "Password1234", "again": "Password1234"}, "too_common"),
        ({"old": PASSWORD, "new": "ann@example.org", "again": "ann@example.org"}, "too_common"),
    ],
)
def test_a_password_that_cannot_be_is_told_and_the_old_one_stays(sqlite_engine, browser, sent, said):
    add(sqlite_engine)
    browser.sign_in()
    answer = browser.fill_in("/account", sent)
    assert answer.status_code == 422
    assert word(f"account.{said}", "en", shortest=12, longest=1000) in answer.text
    assert sent["new"] not in answer.text
    with Browser(application(sqlite_engine)) as other:
        assert other.sign_in().status_code == 303


@pytest.mark.parametrize(
    "password", ["twelve chars", "déjà vu " * 125, "   spaces    count   ", "\N{BLACK HEART SUIT}" * 7 + "abcdefg"]
)
def test_any_text_of_twelve_to_a_thousand_characters_may_be_a_password(sqlite_engine, browser, password):
    ann = add(sqlite_engine, password="")
    assert browser.fill_in(link_to(sqlite_engine, ann), {"new": password, "again": password}).status_code == 303
    with Browser(application(sqlite_engine)) as other:
        assert other.sign_in(password=password).status_code == 303


def test_a_link_lets_somebody_choose_a_password_once_and_looking_uses_nothing_up(sqlite_engine, app, browser):
    ann = add(sqlite_engine, "Ann", password="")
    address = link_to(sqlite_engine, ann)
    for _ in range(3):
        assert "For Ann." in browser.get(address).text
        browser.head(address)
    assert browser.fill_in(address, {"new": "short", "again": "short"}).status_code == 422
    assert browser.fill_in(address, {"new": NEW, "again": NEW}).headers["location"] == "/"
    assert browser.actor(sqlite_engine).id == ann.id
    with Browser(app) as other:
        assert other.get(address).status_code == 404
        assert other.post(address, data={"new": NEW, "again": NEW}).status_code == 404
        assert other.sign_in(password=NEW).status_code == 303


def test_the_link_to_the_sample_signs_in_with_one_button(sqlite_engine, browser):
    with transaction(sqlite_engine) as session:
        account = accounts.add_account(
            session, "Sample administrator", "s@localhost", [Grant("administrator")], is_sample=True
        )
    address = link_to(sqlite_engine, account, SAMPLE_LINK)
    assert "As Sample administrator" in browser.get(address).text
    assert browser.fill_in(address, {}).status_code == 303
    assert browser.actor(sqlite_engine).how == "link"
    assert browser.get(address).status_code == 404
    assert 'name="old"' not in browser.get("/account").text
    add(sqlite_engine, "Ann", Grant("administrator"))
    assert not browser.actor(sqlite_engine).is_known


def test_links_that_lead_nowhere_are_answered_alike_and_not_for_ever(browser):
    answers = [browser.get(f"/enter/{token}") for token in ("x", "A" * 43, "é", "A" * 5000)]
    assert {each.status_code for each in answers} == {404}
    assert len({each.text for each in answers}) == 1
    assert [browser.get("/enter/x").status_code for _ in range(10)][-1] == 429


def test_a_password_hashed_with_less_care_is_hashed_anew(sqlite_engine, browser, monkeypatch):
    ann = add(sqlite_engine)
    with reading(sqlite_engine) as session:
        before = accounts.lock_of(session, ann.id).password
    monkeypatch.setattr(passwords, "_hasher", passwords.PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    assert browser.sign_in().status_code == 303
    with reading(sqlite_engine) as session:
        after = accounts.lock_of(session, ann.id).password
    assert before != after
    assert "t=2" in after


def test_these_addresses_are_not_where_the_form_is_served_alone(sqlite_engine):
    desk = Desk(Place(sqlite_engine, KEY, instruments()))
    with Browser(answering_at(desk)) as browser:
        for path in ("/login", "/account", "/logout", "/enter/x"):
            assert browser.get(path).status_code == 404
            assert 'type="password"' not in browser.get(path).text


@pytest.mark.parametrize("language", languages())
def test_the_pages_are_in_the_browsers_language(sqlite_engine, browser, language):
    ann = add(sqlite_engine)
    browser.headers["Accept-Language"] = language
    asked = browser.get("/login").text
    assert f'lang="{language}"' in asked
    assert word("account.email", language) in asked
    assert word("account.choose_title", language) in browser.get(link_to(sqlite_engine, ann)).text
    browser.sign_in()
    assert word("account.signed_in_as", language, name="Ann") in browser.get("/account").text


def test_no_script_runs_and_nothing_is_kept_of_the_pages(browser):
    answer = browser.get("/login")
    assert "<script" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "form-action 'self'" in answer.headers["content-security-policy"]
