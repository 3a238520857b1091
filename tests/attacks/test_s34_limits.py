"""S34, S44, S46, S49: bodies too large, frames, forwarded headers nobody vouches for, errors that tell too much."""

import logging
import shutil
import socket
import time
from contextlib import closing, suppress
from http.client import HTTPConnection
from urllib.parse import quote_plus, urlencode

import pytest
from sqlalchemy.exc import IntegrityError

from feedback.collect import guards, routes
from feedback.collect.answering import MOST_FIELDS
from feedback.store import invitations
from feedback.store.database import open_database
from feedback.survey import local
from feedback.survey.text import LONGEST_SHORT_TEXT, LONGEST_TEXT
from tests.collect.institution import found_institution, invite, light_form, open_form, responses
from tests.collect.serving import collecting, served, served_here
from tests.collect.sheets import INSTRUMENTS, every_step
from tests.collect.visitor import FORM_TYPE, Visitor

MEGABYTE = 1024 * 1024
REST = 48 * 1024
"""Room in a body for all that is no text of theirs."""
FORWARDED = (
    "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Forwarded-Port",
    "X-Forwarded-Prefix", "X-Real-IP", "Via", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP",
)  # fmt: skip


def pour(port: int, path: str, size: int, *, told: bool) -> tuple[bytes, int]:
    """Send so many bytes, telling beforehand how many or not (chunked), until the server has had enough: what it
    answered, and how much it let us send."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM_TYPE}\r\n"
    head += f"Content-Length: {size}\r\n\r\n" if told else "Transfer-Encoding: chunked\r\n\r\n"
    piece = b"q=" + b"a" * 65534
    chunk = piece if told else f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    sent, answer = 0, b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head.encode())
        try:
            while sent < size:
                connection.sendall(chunk)
                sent += len(piece)
                connection.settimeout(0.001)
                with suppress(TimeoutError, BlockingIOError):
                    answer += connection.recv(65536)
                connection.settimeout(20)
                if answer:
                    break
        except OSError:
            pass
        try:
            while not answer.startswith(b"HTTP") and (more := connection.recv(65536)):
                answer += more
        except OSError:
            pass
    return answer, sent


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("size", [MEGABYTE, 50 * MEGABYTE])
def test_s34_a_body_of_one_or_fifty_megabytes_is_refused_early_and_costs_no_memory(large, size, told):
    server, survey = large
    before, refused = server.memory(), []
    for path in (f"/f/{survey}", f"/f/{survey}/draft", "/r"):
        answer, sent = pour(server.port, path, size, told=told)
        refused.append(answer.split(b" ")[1:2])
        assert sent <= 8 * MEGABYTE or sent < size / 2
    assert refused == [[b"413"]] * 3
    assert server.memory() - before < 50 * MEGABYTE
    with Visitor(server.port) as other:
        assert other.get(f"/f/{survey}").status == 200


@pytest.fixture(scope="module")
def large(sqlite_template, tmp_path_factory):
    """A server in a process of its own, and an open form."""
    folder = tmp_path_factory.mktemp("large")
    shutil.copy(sqlite_template, folder / "feedback.db")
    url = f"sqlite:///{folder / 'feedback.db'}"
    engine = open_database(url)
    found_institution(engine)
    survey = open_form(engine, "learner")
    engine.dispose()
    with served(url, folder) as server:
        with Visitor(server.port) as first:
            first.get(f"/f/{survey}")
        yield server, survey


def test_s34_a_comment_longer_than_said_is_said_and_kept_in_the_form(house, caller, slug):
    survey = open_form(house, slug=slug)
    caller.get(f"/f/{survey}")
    area = caller.to_the_words()
    fields = [pair for pair in caller.to_the_last_step() if pair[0] not in (area, "go")]
    caller.post(caller.action(), [*fields, (area, "a" * 4001), ("go", "send")])
    assert caller.answer.status == 422
    assert next(each for each in caller.form.controls if each.name == area).value.strip() == "a" * 4001
    caller.post(caller.action(), [*fields, (area, "a" * 4000), ("go", "send")])
    assert caller.page.receipt
    assert responses(house, slug) == 1


def test_s34_comments_of_the_longest_length_are_taken_in_every_script(house, caller, slug):
    own = [{"id": f"local_{name}", "section": "local", "kind": "long_text", "text": {"en": "Why?"}} for name in "abc"]
    survey = open_form(house, slug=slug, own=own)
    caller.get(f"/f/{survey}")
    last = [pair for pair in caller.to_the_last_step() if pair[0] != "go"]
    areas = [each.name for each in caller.form.controls if each.kind == "textarea"]
    longest = [(area, letter * LONGEST_TEXT) for area, letter in zip(areas, "😀𝄞ع", strict=True)]
    fields = [pair for pair in last if pair[0] not in areas] + longest
    assert len(urlencode(fields)) > 100_000
    caller.post(caller.action(), [*fields, ("go", "send")])
    assert caller.page.receipt


def test_s34_the_longest_page_of_any_form_fits_into_a_body():
    letters = {"short_text": LONGEST_SHORT_TEXT, "long_text": LONGEST_TEXT}
    pages = [here for instrument in INSTRUMENTS.values() for here, _ in every_step(instrument, "ar")]
    texts = [sum(letters.get(each.question.kind, 0) for each in here) for here in pages]
    longest = max(*texts, local.MOST * LONGEST_TEXT)  # a survey's own questions have a page of their own
    assert longest * len(quote_plus("😀")) + REST <= guards.MOST_BYTES


def test_s34_as_many_fields_as_fit_into_a_body_take_no_long_time(house, caller, slug):
    survey = open_form(house, slug=slug)
    caller.get(f"/f/{survey}")
    began = time.process_time()
    for most in (MOST_FIELDS, 40_000):
        body = b"&".join(b"q%d=1" % number for number in range(most))[: guards.MOST_BYTES]
        assert caller.ask("POST", f"/f/{survey}", body, {"Content-Type": FORM_TYPE}).status in (400, 403)
    assert time.process_time() - began < 5


# --- S44: headers ----------------------------------------------------------------------------------------------------


def test_s44_every_page_forbids_frames_scripts_of_others_and_guessing(house, house_port, slug):
    survey = open_form(house, slug=slug, mode="invitation")
    [token] = invite(house, survey, 1)
    with Visitor(house_port) as visitor:
        pages = [visitor.ask("GET", f"/s/{token}"), visitor.ask("GET", f"/f/{survey}"), visitor.step()]
        pages += [visitor.ask("GET", path) for path in ("/s/wrong", "/f/none", "/r", "/c/none", "/u/none")]
        pages += [visitor.ask("POST", f"/f/{survey}", b"x", {"Content-Type": FORM_TYPE})]
        pages += [visitor.ask("POST", f"/f/{survey}", b"a" * (guards.MOST_BYTES + 1), {"Content-Type": FORM_TYPE})]
    for answer in pages:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"


def test_s44_behind_tls_cookies_are_secure_and_the_browser_is_told_to_stay(house, slug):
    survey = open_form(house, slug=slug)
    with served_here(light_form(house, public_url="https://feedback.example.org")) as port, Visitor(port) as visitor:
        answer = visitor.ask("GET", f"/f/{survey}")
        assert all("secure" in line.lower() for line in answer.cookies)
        assert answer.cookies
        assert "max-age" in answer.headers["strict-transport-security"]


# --- S46: who says where they come from ------------------------------------------------------------------------------


ONE, OTHER = "127.0.0.1", "127.9.0.1"
"""Two networks people come from."""


def miss(port, at, said):
    """What somebody is told to a wrong link. at: the address they come from; said: the one they say they come from."""
    headers = {"X-Forwarded-For": said, "Forwarded": f"for={said}", "X-Real-IP": said}
    with closing(HTTPConnection("127.0.0.1", port, timeout=30, source_address=(at, 0))) as connection:
        connection.request("GET", f"/s/{invitations.new_token()}", headers=headers)
        return connection.getresponse().status


def misses(port):
    """What two are told who take turns with thirteen wrong links each. One says every time to come from somewhere else,
    the other to be the one."""
    turns = [(miss(port, ONE, f"203.0.{number}.7"), miss(port, OTHER, ONE)) for number in range(13)]
    return [list(told) for told in zip(*turns, strict=True)]


@pytest.mark.parametrize("proxy", ["", ONE, pytest.param("192.0.2.1", marks=pytest.mark.soak)])
def test_s46_only_the_proxy_named_in_the_settings_is_believed_about_where_people_come_from(sqlite_engine, proxy):
    found_institution(sqlite_engine)
    stopped = [404] * 10 + [429] * 3
    with collecting(str(sqlite_engine.url), trusted_proxy=proxy) as (port, _):
        assert misses(port) == [[404] * 13 if proxy == ONE else stopped, stopped]


@pytest.mark.parametrize("header", FORWARDED)
def test_s46_metrics_are_told_on_this_machine_only(caller, header):
    assert caller.ask("GET", "/metrics").status == 200
    assert b"feedback_submissions_total" in caller.answer.body
    for value in ("127.0.0.1", "203.0.113.7", "for=127.0.0.1", ""):
        answer = caller.ask("GET", "/metrics", headers={header: value})
        assert answer.status in (403, 404)
        assert b"feedback_" not in answer.body


# --- S49: errors -----------------------------------------------------------------------------------------------------


def test_s49_an_error_of_ours_tells_visitors_a_number_and_the_log_neither_token_nor_answers(
    house, caplog, monkeypatch, slug
):
    survey = open_form(house, slug=slug, mode="invitation")
    [token] = invite(house, survey, 1)

    def broken(*_args, **_named):
        raise IntegrityError("INSERT", {}, ValueError("our own mistake"))

    with served_here(light_form(house)) as port, Visitor(port) as visitor:
        visitor.get(f"/s/{token}")
        fields, action = visitor.to_the_last_step(), visitor.action()
        words = [value for name, value in fields if " " in value]
        monkeypatch.setattr(routes.Desk, "take", broken)
        monkeypatch.setattr(routes.Desk, "open_link", broken)
        with caplog.at_level(logging.DEBUG):
            answers = [visitor.post(action, fields), visitor.get(f"/s/{token}\r\nforged: line".split("\r")[0])]
    for answer in answers:
        assert answer.status == 500
        assert "our own mistake" not in answer.text
        assert "Traceback" not in answer.text
        assert visitor.page.title
    assert caplog.text.count("sqlalchemy.exc.IntegrityError at ") == 2
    assert "our own mistake" not in caplog.text
    assert token not in caplog.text
    assert not any(each in caplog.text for each in words)
