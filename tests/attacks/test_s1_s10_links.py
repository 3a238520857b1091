"""S1 to S10: links that are guessed, worn out, passed on, looked into or sent to another door."""

import random
import statistics
import string
import time
from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock, Thread
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from feedback.collect import answering, asked, guards, routes
from feedback.store import invitations
from feedback.store.database import looking, reading, transaction
from feedback.store.tables import Outbox
from feedback.survey.wording import word
from tests.attacks.dumping import everything_in
from tests.collect.institution import (
    KEY,
    count,
    drafts,
    found_institution,
    invite,
    light_form,
    open_form,
    responses,
    used,
)
from tests.collect.serving import SECRET, collecting, served_here
from tests.collect.visitor import FORM_TYPE, Visitor

LETTERS = string.ascii_letters + string.digits + "-_"


@pytest.fixture
def unhurried(monkeypatch):
    """Nobody is told to wait."""
    for name, asks in (("MOST_WRONG_LINKS", routes), ("MOST_BY_NETWORK", routes), ("MOST_BY_LINK", answering)):
        monkeypatch.setattr(guards, name, 10**9)
        monkeypatch.setattr(asks, name, 10**9)


@pytest.fixture
def links(founded):
    """One link of each kind that opens nothing: never made, used, expired, revoked."""
    survey = open_form(founded, mode="invitation")
    [used_up] = invite(founded, survey, 1)
    with served_here(light_form(founded)) as port, Visitor(port) as visitor:
        assert visitor.answers(f"/s/{used_up}")
    [revoked] = invite(founded, survey, 1)
    with transaction(founded) as session:
        assert invitations.revoke(session, survey) == 1
    long_ago = datetime.now(UTC).date() - timedelta(days=2)
    [expired] = invite(founded, survey, 1, expires_on=long_ago)
    return {"wrong": invitations.new_token(), "used": used_up, "expired": expired, "revoked": revoked}


# --- S1: guessing ----------------------------------------------------------------------------------------------------


def test_s1_wrong_used_expired_and_revoked_links_are_answered_with_the_same_page(links, port):
    answers = {}
    for name, token in links.items():
        with Visitor(port) as visitor:
            answer = visitor.get(f"/s/{token}")
            kept = {header: value for header, value in answer.headers.items() if header != "date"}
            answers[name] = (answer.status, kept, answer.body)
    assert len({repr(each) for each in answers.values()}) == 1
    assert answers["wrong"][0] == 404
    assert word("light.link_gone_title", "en") in answers["wrong"][2].decode()


def test_s1_a_right_link_with_one_letter_changed_opens_nothing(house, slug):
    [token] = invite(house, open_form(house, slug=slug, mode="invitation"), 1)
    chance = random.Random(1)
    with looking(house) as connection:
        assert invitations.find(connection, token, key=KEY)
        for place, letter in enumerate(token):
            other = chance.choice(LETTERS.replace(letter, ""))
            assert invitations.find(connection, token[:place] + other + token[place + 1 :], key=KEY) is None


@pytest.mark.parametrize("guesses", [1000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_s1_none_of_many_guesses_opens_a_form(founded, guesses):
    invite(founded, open_form(founded, mode="invitation"), 100)
    with looking(founded) as connection:
        found = [invitations.find(connection, invitations.new_token(), key=KEY) for _ in range(guesses)]
    assert found == [None] * guesses


def test_s1_after_ten_misses_a_minute_a_network_is_told_to_wait_and_right_links_still_open(founded, port, visitor):
    [good] = invite(founded, open_form(founded, mode="invitation"), 1)
    told = [visitor.get(f"/s/{invitations.new_token()}").status for _ in range(13)]
    assert told == [404] * 10 + [429] * 3
    with Visitor(port) as neighbour:
        assert neighbour.answers(f"/s/{good}")


# --- S2: time --------------------------------------------------------------------------------------------------------


def spread(times: dict[str, list[float]]) -> float:
    """How far apart the medians are."""
    medians = [statistics.median(each) for each in times.values()]
    return max(medians) - min(medians)


def chance_of(times: dict[str, list[float]], rounds: int, seed: int) -> float:
    """How likely medians so far apart are when names are dealt out by chance, within each round of calls
    (permutation test; Good, 2005, Permutation, Parametric and Bootstrap Tests of Hypotheses)."""
    chance, seen = random.Random(seed), spread(times)
    calls = list(zip(*times.values(), strict=True))
    as_far = 0
    for _ in range(rounds):
        dealt = [chance.sample(call, len(call)) for call in calls]
        as_far += spread(dict(zip(times, map(list, zip(*dealt, strict=True)), strict=True))) >= seen
    return (as_far + 1) / (rounds + 1)


@pytest.mark.parametrize("known", [True, False])
def test_s2_the_time_it_takes_does_not_tell_wrong_used_expired_and_revoked_links_apart(
    links, port, unhurried, monkeypatch, known
):
    """Only where the difference stands out three times out of three is it one. known: whether somebody has asked for
    the survey just before."""
    if not known:
        monkeypatch.setattr(asked, "SECONDS", 0.0)
    chance = random.Random(2)
    for attempt in range(3):
        times: dict[str, list[float]] = {name: [] for name in links}
        with Visitor(port) as visitor:
            for _ in range(100):
                for name in chance.sample(sorted(links), len(links)):
                    path, begun = f"/s/{links[name]}", time.perf_counter()
                    visitor.ask("GET", path)
                    times[name].append(time.perf_counter() - begun)
        if chance_of(times, 1000, attempt) > 0.002:
            return
    raise AssertionError({name: statistics.median(each) for name, each in times.items()})


# --- S3: the database in hand ----------------------------------------------------------------------------------------


def test_s3_a_copy_of_the_database_holds_no_link_that_works_no_key_no_receipt_and_no_draft_to_read(founded, port):
    survey = open_form(founded, "learner", mode="invitation")
    sent, begun = invite(founded, survey, 2)
    secret_words = "zebra crossing at dawn"
    with Visitor(port, seed=3) as visitor, Visitor(port) as other:
        receipt = visitor.answers(f"/s/{sent}")
        other.get(f"/s/{begun}")
        while not any(each.kind == "textarea" for each in other.form.controls):
            other.step()
        area = next(each.name for each in other.form.controls if each.kind == "textarea")
        other.ask_as_script(f"{other.action()}/draft", [*other.form.as_it_stands(), (area, secret_words)])
        cookies = [*visitor.cookies.values(), *other.cookies.values()]
    assert drafts(founded) == 1
    dump = everything_in(founded)
    for what in (sent, begun, SECRET, KEY.hex(), receipt, receipt.replace("-", ""), secret_words, *cookies):
        assert what.encode() not in dump
    assert invitations.link_hash(KEY, sent).encode() in dump
    assert invitations.link_hash(b"", sent).encode() not in dump


# --- S4: replay ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [20, pytest.param(50, marks=pytest.mark.soak)])
def test_s4_one_link_passed_on_to_many_who_all_send_at_once_keeps_one_answer(founded, port, people, unhurried):
    survey = open_form(founded, mode="invitation")
    [token] = invite(founded, survey, 1)
    one_by_one, begin, told = Lock(), Barrier(people, timeout=60), []

    def answer(seed):
        with Visitor(port, seed=seed) as visitor:
            with one_by_one:  # who fill in one form at once are asked to try again; here the sending is tried
                visitor.get(f"/s/{token}")
                fields, action = visitor.to_the_last_step(), visitor.action()
            begin.wait()
            visitor.post(action, fields)
            told.append((visitor.page.receipt, visitor.answer.status))

    everybody = [Thread(target=answer, args=(seed,)) for seed in range(people)]
    for each in everybody:
        each.start()
    for each in everybody:
        each.join()
    assert len(told) == people
    # Whoever came to a form begun by another goes on with that one: the same form, and the same receipt.
    assert len({receipt for receipt, _ in told if receipt}) == 1
    assert {status for receipt, status in told if not receipt} <= {404, 409}
    assert responses(founded) == used(founded) == 1


def test_s4_a_used_link_opens_nothing_in_another_browser(links, port):
    with Visitor(port) as visitor:
        visitor.get(f"/s/{links['used']}")
        assert visitor.answer.status == 404
        assert visitor.cookies == {}


# --- S5: no trace ----------------------------------------------------------------------------------------------------


def test_s5_the_token_is_in_no_address_title_page_header_or_metric_after_the_first_step(house, house_port, slug):
    [token] = invite(house, open_form(house, slug=slug, mode="invitation"), 1)
    with Visitor(house_port) as visitor:
        first = visitor.ask("GET", f"/s/{token}")
        assert first.status == 303
        assert first.headers["location"] == f"/f/{slug}"
        assert first.headers["referrer-policy"] == "no-referrer"
        assert all("httponly" in line.lower() and "samesite" in line.lower() for line in first.cookies)
        seen = [first, visitor.get(f"/f/{slug}"), visitor.step(), visitor.ask("GET", "/metrics")]
        seen += [visitor.get(f"/s/{token[:-1]}"), visitor.get(f"/s/{token}"), visitor.get(f"/s/{token}/")]
        for answer in seen:
            assert token[:12].encode() not in answer.body
            assert all(token[:12] not in value for value in answer.headers.values())
            assert answer.headers.get("referrer-policy", "no-referrer") == "no-referrer"


def test_s5_the_token_is_in_no_line_the_server_writes_not_even_when_something_breaks(sqlite_engine, tmp_path):
    found_institution(sqlite_engine)
    survey = open_form(sqlite_engine, mode="invitation")
    tokens = invite(sqlite_engine, survey, 2)
    with collecting(str(sqlite_engine.url)) as (port, lines), Visitor(port) as visitor:
        receipt = visitor.answers(f"/s/{tokens[0]}")
        assert "uvicorn" not in visitor.answer.headers.get("server", "")
        visitor.get(f"/s/{tokens[0]}")
        with transaction(sqlite_engine) as session:
            session.connection().execute(text("ALTER TABLE invitation_links RENAME TO gone"))
        assert visitor.get(f"/s/{tokens[1]}").status in (500, 503)
    written = "".join(lines)
    for what in (*tokens, receipt, SECRET):
        assert what not in written
    assert all(invitations.link_hash(KEY, token) not in written for token in tokens)


# --- S6, S7: passed on, looked at ------------------------------------------------------------------------------------


def test_s6_the_form_says_that_its_link_is_personal_and_the_receipt_goes_to_nobody_but_the_screen(
    house, house_port, slug
):
    survey = open_form(house, slug=slug, mode="invitation")
    with Visitor(house_port) as visitor:
        visitor.get(f"/s/{invite(house, survey, 1)[0]}")
        assert word("light.personal_link", "en") in visitor.answer.text
        assert visitor.walk()
    assert count(house, Outbox) == 0


def test_s7_a_mail_scanner_that_opens_the_link_does_not_use_it_up(founded, port):
    survey = open_form(founded, mode="invitation")
    [token] = invite(founded, survey, 1)
    for method in ("GET", "HEAD", "GET", "HEAD"):
        with Visitor(port, headers={"User-Agent": "scanner"}) as scanner:
            answer = scanner.ask(method, f"/s/{token}")
            assert answer.status == 303
            assert scanner.ask(method, answer.headers["location"]).status == 200
    assert used(founded) == drafts(founded) == 0
    with Visitor(port) as visitor:
        assert visitor.answers(f"/s/{token}")


# --- S8: open links --------------------------------------------------------------------------------------------------


def test_s8_an_open_link_says_what_it_cannot_know_and_marks_the_browser_only(house, house_port, slug):
    survey = open_form(house, slug=slug)
    with Visitor(house_port) as visitor:
        visitor.get(f"/f/{survey}")
        assert word("light.open_link", "en") in visitor.answer.text
        assert visitor.walk()
        again = visitor.get(f"/f/{survey}")
        assert again.page.main() is None
        assert word("light.already_sent", "en") in again.text
    with Visitor(house_port) as another:
        assert another.answers(f"/f/{survey}")
    assert responses(house, slug) == 2


def test_s8_who_floods_an_open_link_is_told_to_wait(house, house_port, slug):
    survey = open_form(house, slug=slug)
    with Visitor(house_port) as visitor:
        visitor.get(f"/f/{survey}")
        told = [visitor.ask("GET", f"/f/{survey}").status for _ in range(guards.MOST_BY_LINK + 5)]
        assert told[-1] == 429
        assert visitor.answer.headers["retry-after"] == "60"


def test_s8_three_hundred_people_behind_one_address_are_served_within_a_minute(sqlite_engine):
    found_institution(sqlite_engine)
    survey = open_form(sqlite_engine)
    with served_here(light_form(sqlite_engine)) as port, Visitor(port) as browsers:
        browsers.get(f"/f/{survey}")
        for _ in range(300):
            browsers.cookies.clear()
            assert browsers.ask("GET", f"/f/{survey}").status == 200
    assert guards.MOST_BY_NETWORK >= 300 * 30


# --- S9, S10: other doors, odd tokens --------------------------------------------------------------------------------


def test_s9_a_link_to_one_survey_opens_no_other_and_a_form_of_one_is_taken_by_no_other(founded, port):
    mine, other = (
        open_form(founded, mode="invitation", slug="mine"),
        open_form(founded, mode="invitation", slug="other"),
    )
    with Visitor(port) as visitor:
        visitor.get(f"/s/{invite(founded, mine, 1)[0]}")
        fields = visitor.to_the_last_step()
        [cookie] = [value for (_, name), value in visitor.cookies.items() if name == "form"]
        headers = {"Cookie": f"form={cookie}", "Content-Type": FORM_TYPE}
        visitor.cookies.clear()
        assert visitor.ask("GET", f"/f/{other}", headers=headers).page.main() is None
        for path in (f"/f/{other}", f"/f/{other}/draft"):
            assert visitor.ask("POST", path, urlencode(fields), headers).status in (403, 404, 409)
    assert responses(founded) == used(founded) == 0
    assert drafts(founded) == 1  # of the form begun by the right link


@pytest.mark.parametrize("purpose", ["refuse", "consent", "reset", "draft", ""])
def test_s9_a_link_made_for_another_purpose_opens_no_form(house, slug, purpose):
    [token] = invite(house, open_form(house, slug=slug, mode="invitation"), 1)
    hashes = {"hashed": invitations.link_hash(KEY, token, purpose), "answer": invitations.link_hash(KEY, token)}
    assert hashes["hashed"] != hashes["answer"]
    with transaction(house) as session:
        moved = text("UPDATE invitation_links SET hash = :hashed WHERE hash = :answer")
        assert session.connection().execute(moved, hashes).rowcount == 1
    with looking(house) as connection:
        assert invitations.find(connection, token, key=KEY) is None


def odd(token: str) -> dict[str, str]:
    return {
        "missing": "", "nothing": "NULL", "none": "None", "zero": "0", "null byte": "%00", "long": "a" * 60_000,
        "other case": token.swapcase(), "space before": f"%20{token}", "space behind": f"{token}%20",
        "line behind": f"{token}%0a", "percent": "%25" + token[1:], "slash": f"{token}/", "dots": f"../s/{token}x",
        "query": f"?token={token}", "full width": "%EF%BC%A1" * 32, "quote": f"{token}'--", "not text": "%ff%fe",
    }  # fmt: skip


@pytest.mark.parametrize("how", sorted(odd("x" * 32)))
def test_s10_a_token_that_is_missing_or_misshapen_opens_nothing(house, caller, slug, how, unhurried):
    [token] = invite(house, open_form(house, slug=slug, mode="invitation"), 1)
    answer = caller.ask("GET", f"/s/{odd(token)[how]}")
    # A slash behind it may be taken away: then it is the right link, and opens its form by its own address.
    assert answer.status in ({404, 307} if how == "slash" else {400, 404, 414, 429, 431})
    assert caller.cookies == {}


def test_s10_a_token_percent_encoded_is_the_same_token(house, caller, slug):
    [token] = invite(house, open_form(house, slug=slug, mode="invitation"), 1)
    assert caller.ask("GET", "/s/" + "".join(f"%{ord(letter):02x}" for letter in token)).status == 303


@pytest.mark.parametrize("hashed", [None, "twice"])
def test_s10_the_database_takes_no_link_without_a_hash_and_none_twice(founded, hashed):
    invite(founded, open_form(founded, mode="invitation"), 1)
    with reading(founded) as session:
        rows = session.connection().execute(text("SELECT hash, invitation FROM invitation_links")).one()
    row = {"hashed": rows.hash if hashed else None, "invitation": rows.invitation}
    with pytest.raises(DBAPIError), transaction(founded) as session:
        session.connection().execute(text("INSERT INTO invitation_links VALUES (:hashed, :invitation)"), row)
