"""Attacks on the way in: planted and old sessions, forms of others, guessed passwords, spoofed headers."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Lock

import pytest
from sqlalchemy import event

from feedback.collect import passwords
from feedback.collect.login import FORM_COOKIE
from feedback.collect.passwords import AT_ONCE, LIMITS, WAITING, TooBusy, Tries
from feedback.policy import Grant
from feedback.store import accounts, audit
from feedback.store.accounts import COOKIE, SAMPLE_LINK
from feedback.store.database import open_database, reading, transaction
from tests.collect.entering import PASSWORD, Browser, add, application, made_cheap

MOST = LIMITS[0][0]


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    made_cheap(monkeypatch)


@pytest.fixture
def app(engine):
    return application(engine)


@pytest.fixture
def browser(app):
    with Browser(app) as found:
        yield found


def change(engine, work, *given):
    with transaction(engine) as session:
        return work(session, *given)


# --- S40 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("planted", ["A" * 43, "x", "", "' OR ''='"])
def test_s40_an_id_planted_before_signing_in_is_not_taken_up(engine, browser, planted):
    ann = add(engine)
    browser.cookies.set(COOKIE, planted)
    browser.sign_in()
    got = [each.value for each in browser.cookies.jar if each.name == COOKIE and each.value != planted]
    assert len(got) == 1
    browser.cookies.clear()
    browser.cookies.set(COOKIE, planted)
    assert not browser.actor(engine).is_known
    browser.cookies.set(COOKIE, got[0])
    assert browser.actor(engine).id == ann.id


def test_s40_signing_in_gives_a_new_id_and_the_old_one_is_dead(engine, app, browser):
    add(engine)
    ben = add(engine, "Ben")
    browser.sign_in()
    old = browser.token()
    with Browser(app) as asking:
        page = asking.get("/login")
        form, seal = asking.cookies[FORM_COOKIE], page.text.split('name="form" value="')[1][:64]
    browser.cookies.delete(FORM_COOKIE)
    browser.cookies.set(FORM_COOKIE, form)
    answer = browser.post("/login", data={"form": seal, "email": "ben@example.org", "password": PASSWORD})
    assert answer.status_code == 303
    assert browser.token() != old
    assert browser.actor(engine).id == ben.id
    with reading(engine) as session:
        assert not accounts.actor_of(session.connection(), old).is_known


@pytest.mark.parametrize("path", ["/login", "/logout", "/account"])
def test_s40_a_form_of_another_site_is_refused(engine, app, browser, path):
    add(engine)
    fields = {"email": "ann@example.org", "password": PASSWORD, "everywhere": "yes"}
    if path != "/login":
        browser.sign_in()
    before = browser.actor(engine)
    with Browser(app) as evil:  # it has a page of ours, too, but not the cookie of this browser
        theirs = evil.get("/login").text.split('name="form" value="')[1][:64]
    for seal in ("", "0" * 64, theirs, "é"):
        answer = browser.post(path, data={**fields, "form": seal})
        assert answer.status_code == 403
        assert COOKIE not in answer.headers.get("set-cookie", "")
    for site in ("cross-site", "same-site"):
        seen = "/login" if path == "/login" else "/account"
        assert browser.fill_in(path, fields, seen=seen, headers={"Sec-Fetch-Site": site}).status_code == 403
    assert browser.actor(engine) == before


def test_s40_signing_out_from_elsewhere_does_not_even_take_the_cookie(engine, app):
    add(engine)
    with Browser(app) as browser:
        assert "set-cookie" not in browser.post("/logout", data={"form": "x"}).headers


def test_s40_a_used_link_and_a_sent_form_are_worth_nothing_again(engine, app, browser):
    ann = add(engine, password="")
    link = f"/enter/{change(engine, accounts.add_link, ann.id, 'password')}"
    fields = {"new": PASSWORD, "again": PASSWORD}
    seal = browser.get(link).text.split('name="form" value="')[1][:64]
    assert browser.post(link, data={"form": seal, **fields}).status_code == 303
    for again in (browser, Browser(app)):
        assert again.post(link, data={"form": seal, **fields}).status_code == 404


def test_s40_two_who_use_a_link_at_once_do_not_both_get_in(engine):
    ann = add(engine)
    token = change(engine, accounts.add_link, ann.id, SAMPLE_LINK)
    with ThreadPoolExecutor(4) as several:
        used = list(several.map(lambda _: change(engine, accounts.use_link, token), range(4)))
    assert sum(each is not None for each in used) == 1


def test_s40_a_token_of_oidc_from_before_signing_out_is_not_taken_again(engine):
    ann = add(engine)
    issued = datetime.now(UTC) - timedelta(minutes=1)
    come = ("https://id.example", "s1", "ann@example.org", True, issued)
    assert change(engine, accounts.account_of_oidc, *come).id == ann.id
    change(engine, accounts.end_sessions, ann.id)
    assert not change(engine, accounts.account_of_oidc, *come).is_known


# --- S41 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["sign out", "everywhere", "password", "disabled", "sessions ended"])
def test_s41_what_ends_a_session_ends_it_at_once_in_every_process(engine, app, browser, how):
    ann = add(engine)
    browser.sign_in()
    token = browser.token()
    elsewhere = open_database(engine.url.render_as_string(hide_password=False))
    with Browser(application(elsewhere)) as other, Browser(app) as third:
        other.cookies.set(COOKIE, token)
        assert "Ann" in other.get("/account").text
        third.sign_in()
        if how == "sign out":
            browser.fill_in("/logout", {}, seen="/account")
        elif how == "everywhere":
            third.fill_in("/account", {"everywhere": "yes"})
        elif how == "password":
            third.fill_in("/account", {"old": PASSWORD, "new": "four white storks", "again": "four white storks"})
        else:
            change(engine, accounts.disable if how == "disabled" else accounts.end_sessions, ann.id)
        assert other.get("/account").headers["location"] == "/login"
        assert not other.actor(elsewhere).is_known
    elsewhere.dispose()


def test_s41_a_role_that_is_taken_is_gone_at_the_next_look_in_every_process(engine, browser):
    ann = add(engine, "Ann", Grant("auditor"), Grant("moderator"))
    browser.sign_in()
    elsewhere = open_database(engine.url.render_as_string(hide_password=False))
    change(engine, accounts.take, ann.id, Grant("auditor"))
    assert browser.actor(elsewhere).grants == (Grant("moderator"),)
    elsewhere.dispose()


def test_s41_a_password_checked_before_it_was_changed_opens_nothing_after(engine, browser, monkeypatch):
    ann = add(engine)
    fits = passwords.fits

    def slowly(kept, password):
        found = fits(kept, password)
        change(engine, accounts.keep_password, ann.id, passwords.hashed("four white storks"))
        return found

    monkeypatch.setattr(passwords, "fits", slowly)
    assert browser.sign_in().status_code == 403
    assert not browser.token()


# --- S46 --------------------------------------------------------------------------------------------------------------

SPOOFED = {
    "X-Forwarded-For": "127.0.0.1",
    "Forwarded": "for=127.0.0.1",
    "X-Real-Ip": "127.0.0.1",
    "Via": "1.1 proxy",
    "X-Forwarded-Host": "localhost",
    "CF-Connecting-IP": "127.0.0.1",
}
IDENTITIES = {"X-Forwarded-User": "ann@example.org", "X-Auth-Request-Email": "ann@example.org", "Remote-User": "ann"}


@pytest.mark.parametrize("name", IDENTITIES)
def test_s46_a_header_that_says_who_somebody_is_is_ignored(engine, browser, name):
    add(engine, "Ann", Grant("administrator"))
    assert browser.get("/account", headers={name: IDENTITIES[name]}).headers["location"] == "/login"


def test_s46_spoofed_addresses_do_not_get_round_the_limit(engine, browser):
    statuses = []
    for number in range(MOST + 1):
        fields = {"email": f"nobody{number}@example.org", "password": "wrong"}
        spoofed = {"X-Forwarded-For": f"10.0.{number}.1", "X-Real-Ip": f"10.1.{number}.1"}
        statuses.append(browser.fill_in("/login", fields, headers=spoofed).status_code)
    assert statuses == [403] * MOST + [429]


def test_s46_of_two_who_take_turns_each_has_their_own_tries_whatever_address_they_say(engine, app):
    add(engine)
    told = {"10.0.0.1": [], "10.1.0.1": []}
    with Browser(app, "10.0.0.1") as one, Browser(app, "10.1.0.1") as other:
        for number in range(MOST + 1):
            for browser, at, said in ((one, "10.0.0.1", f"10.2.{number}.1"), (other, "10.1.0.1", "10.0.0.1")):
                fields = {"email": f"nobody{number}@{at}.example", "password": "wrong"}
                told[at].append(browser.fill_in("/login", fields, headers={"X-Forwarded-For": said}).status_code)
    assert list(told.values()) == [[403] * MOST + [429]] * 2
    with Browser(app, "10.3.0.1") as third:
        assert third.sign_in().status_code == 303


@pytest.fixture
def sample_link(engine):
    with transaction(engine) as session:
        account = accounts.add_account(session, "Sample", "s@localhost", [Grant("administrator")], is_sample=True)
        return f"/enter/{accounts.add_link(session, account.id, SAMPLE_LINK)}"


@pytest.mark.parametrize("name", SPOOFED)
def test_s46_the_link_to_the_sample_is_refused_where_anything_handed_it_on(engine, app, sample_link, name):
    with Browser(app) as browser:
        for answer in (
            browser.get(sample_link, headers={name: SPOOFED[name]}),
            browser.fill_in(sample_link, {}, headers={name: SPOOFED[name]}),
        ):
            assert answer.status_code == 404
        assert browser.fill_in(sample_link, {}).status_code == 303


@pytest.mark.parametrize(
    ("at", "address"),
    [
        ("10.0.0.7", "http://127.0.0.1:8501"),
        ("127.0.0.1", "http://feedback.example"),
        ("127.0.0.1", "http://127.0.0.1.evil.example"),
        ("127.0.0.1", "http://localhost.evil.example"),
        ("not an address", "http://localhost"),
    ],
)
def test_s46_the_link_to_the_sample_is_refused_from_elsewhere_and_under_another_name(app, sample_link, at, address):
    with Browser(app, at, address) as browser:
        assert browser.get(sample_link).status_code == 404
        assert browser.fill_in(sample_link, {}).status_code == 404


@pytest.mark.parametrize("address", ["http://localhost:8501", "http://127.0.0.1:8501", "http://[::1]:8501"])
def test_s46_the_link_to_the_sample_works_under_every_name_of_this_machine(app, sample_link, address):
    with Browser(app, "::1" if "[" in address else "127.0.0.1", address) as browser:
        assert browser.fill_in(sample_link, {}).status_code == 303


# --- S48 --------------------------------------------------------------------------------------------------------------


def test_s48_ten_tries_a_minute_for_an_account_wherever_they_come_from(engine, app):
    add(engine)
    statuses = []
    for number in range(MOST + 1):
        with Browser(app, f"10.{number}.0.1") as guesser:
            statuses.append(guesser.sign_in(password=f"wrong {number}").status_code)
    assert statuses == [403] * MOST + [429]
    with reading(engine) as session:
        found = [(each.action, each.actor, each.about) for each in audit.read_events(session)]
    assert found[0] == (audit.SIGN_IN_FAILED, "", "institution")


def test_s48_one_password_for_many_accounts_is_stopped_by_the_network(engine, browser):
    statuses = [browser.sign_in(f"user{number}@example.org", PASSWORD).status_code for number in range(MOST + 5)]
    assert Counter(statuses) == {403: MOST, 429: 5}


def test_s48_an_unknown_account_is_stopped_like_a_known_one(engine, app):
    add(engine)
    said = {}
    for email in ("ann@example.org", "nobody@example.org"):
        answers = []
        for number in range(MOST + 2):
            with Browser(app, f"10.{number}.{len(said)}.1") as guesser:
                answers.append(guesser.sign_in(email, "wrong").status_code)
        said[email] = answers
    assert said["ann@example.org"] == said["nobody@example.org"]


def test_s48_who_signs_in_rightly_does_not_use_the_tries_up(engine, app):
    add(engine)
    for _ in range(2 * MOST):
        with Browser(app) as browser:
            assert browser.sign_in().status_code == 303


def test_s48_nobody_is_locked_out_for_good(monkeypatch):
    tries, clock = Tries(), [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    assert [tries.too_many("account ann", "network 1") for _ in range(MOST + 1)] == [False] * MOST + [True]
    clock[0] += 60
    assert not tries.too_many("account ann")
    for _ in range(100):
        tries.too_many("account ann")
    clock[0] += 60
    assert tries.too_many("account ann")
    clock[0] += 3600
    assert not tries.too_many("account ann")


def test_s48_what_is_remembered_of_tries_is_bounded(monkeypatch):
    monkeypatch.setattr(passwords, "MOST_KEPT", 100)
    tries = Tries()
    for number in range(1000):
        tries.too_many(f"account {number}")
    assert len(tries._counts) <= 102


def test_s48_unknown_wrong_disabled_and_without_a_password_look_alike_and_take_the_same_work(engine, app, monkeypatch):
    add(engine)
    add(engine, "Ben", password="")
    gone = add(engine, "Cat")
    change(engine, accounts.disable, gone.id)
    looked, asked = [], []

    class Counting(passwords.PasswordHasher):
        def verify(self, hash, password):
            looked.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting(time_cost=1, memory_cost=64, parallelism=1))
    event.listen(engine, "before_cursor_execute", lambda _c, _cu, statement, *_: asked.append(statement))
    answers, work, statements = set(), [], set()
    for email in ("nobody@example.org", "ann@example.org", "ben@example.org", "cat@example.org"):
        for password in ("not the password", PASSWORD):
            if (email, password) == ("ann@example.org", PASSWORD):
                continue
            with Browser(app, f"10.{len(work)}.0.1") as guesser:
                seal = guesser.get("/login").text.split('name="form" value="')[1][:64]
                before = len(looked)
                asked.clear()
                answer = guesser.post("/login", data={"form": seal, "email": email, "password": password})
                work.append(len(looked) - before)
                statements.add(tuple(asked))
                told = answer.text.replace(email, "").replace(seal, "")
                answers.add((answer.status_code, told, tuple(sorted(answer.headers))))
    assert len(answers) == 1
    assert set(work) == {1}
    assert len(statements) == 1
    assert len({each.split("$")[3] for each in looked}) == 1


@pytest.mark.parametrize("field", ["password", "email"])
def test_s48_a_megabyte_is_refused_before_anything_is_hashed(engine, browser, monkeypatch, field):
    ann = add(engine)
    monkeypatch.setattr(passwords, "_hasher", None)
    sent = {"email": "ann@example.org", "password": "x", field: "x" * 1_000_000}
    assert browser.fill_in("/login", sent).status_code == 413
    link = f"/enter/{change(engine, accounts.add_link, ann.id, 'password')}"
    assert browser.fill_in(link, {"new": "x" * 1_000_000, "again": "x" * 1_000_000}).status_code == 413


def test_s48_a_password_longer_than_a_thousand_characters_is_not_hashed(engine, browser, monkeypatch):
    add(engine)
    monkeypatch.setattr(passwords, "_hasher", None)
    assert browser.sign_in(password="x" * 1001).status_code == 403
    assert browser.sign_in("nobody@example.org", "x" * 1001).status_code == 403


def test_s48_no_more_than_two_are_hashed_at_once_and_few_wait(monkeypatch):
    lock, now, most = Lock(), [0], [0]

    class Slow:
        def hash(self, password):
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            time.sleep(0.05)
            with lock:
                now[0] -= 1
            return "hashed"

    monkeypatch.setattr(passwords, "_hasher", Slow())

    def one(_):
        try:
            return passwords.hashed("x")
        except TooBusy:
            return "too busy"

    with ThreadPoolExecutor(40) as many:
        came = Counter(many.map(one, range(40)))
    assert most[0] == AT_ONCE
    assert came["hashed"] >= AT_ONCE + WAITING
    assert came["too busy"] > 0


def test_s48_who_finds_it_too_busy_comes_back_and_their_password_is_in_no_page(engine, browser, monkeypatch):
    add(engine)

    def busy(*_):
        raise TooBusy("Too many sign in.")

    monkeypatch.setattr(passwords, "fits", busy)
    answer = browser.sign_in()
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert PASSWORD not in answer.text


def test_s48_neither_is_it_when_we_make_a_mistake(engine, browser, monkeypatch, caplog):
    add(engine)

    def broken(*_):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(passwords, "fits", broken)
    answer = browser.sign_in()
    assert answer.status_code == 500
    assert PASSWORD not in answer.text
    assert PASSWORD not in caplog.text
    assert "ann@example.org" not in caplog.text


def test_s48_passwords_cost_what_the_rfc_asks_for(monkeypatch):
    monkeypatch.undo()
    hashed = passwords.hashed(PASSWORD)
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.fits(hashed, PASSWORD)
    assert not passwords.fits(hashed, "wrong")
    assert not passwords.fits("", PASSWORD)
    assert not passwords.fits("not a hash", PASSWORD)
