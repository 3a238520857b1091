"""S43-S51: headers, names and origins before every address, failures without words, and a set-up that is safe."""

import ast
import json
import logging
import os
import re
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from feedback import safety
from feedback.cli import examining
from feedback.errors import be_careful, number_of
from feedback.policy import OPERATOR, Grant
from feedback.safety import Facts, examine
from feedback.settings import settings
from feedback.store import accounts, audit, meta
from feedback.store.database import open_database, reading, transaction
from feedback.store.inserting import table_of
from feedback.store.surveys import Survey, open_survey
from feedback.store.tables import Surveys
from feedback.ui import frame, headers, mishaps, noting, shell
from feedback.web import is_loopback
from tests.attacks.streaming import ask_for, connected, drawn
from tests.command_line import runner
from tests.people import sign_in, with_role
from tests.test_rooms import FILES, ROOT

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
OWN = "https://feedback.example.org"
ADMIN = "admin@example.org"
"""Somebody who has an account where the app is served."""
KNOWN: dict[int, str] = {}
"""By port the cookie of somebody who is signed in there."""
PLACES: dict[int, Path] = {}
"""By port the folder of the database and of the log."""


async def page(request):
    return PlainTextResponse("page", headers={"Referrer-Policy": "its-own"} if request.url.path == "/own" else {})


async def stream(websocket):
    await websocket.accept()
    await websocket.send_text("in")
    await websocket.close()


def guarded(*, secure=False):
    app = Starlette(routes=[WebSocketRoute("/_stcore/stream", stream), Route("/{rest:path}", page)])
    names = {*headers.LOOPBACK, "feedback.example.org"}
    return TestClient(
        headers.Guard(app, names, {OWN}, secure=secure), base_url="http://localhost:8501", raise_server_exceptions=True
    )


# --- S44: who is answered ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8501", "[::1]:8501", "feedback.example.org."])
def test_s44_known_names_are_answered(host):
    assert guarded().get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "localhost.evil.example", "feedback.example.org@evil.example", "evil.example#localhost",
        "localhost/evil", "localhost:99999999", "", " ", "127.0.0.2", "x" * 300, "localhost:8501:1",
    ],
)  # fmt: skip
def test_s44_a_wrong_host_is_refused_and_told_nothing(host):
    answer = guarded().get("/", headers={"host": host})
    assert answer.status_code == 421
    assert host.strip() == "" or host not in answer.text
    assert "evil" not in str(answer.headers)
    assert guarded().get("/health/live", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    ("origin", "host", "opens"),
    [
        ("http://localhost:8501", "localhost:8501", True),
        (OWN, "127.0.0.1:8501", True),  # a proxy that passes its own name on
        (None, "localhost:8501", True),
        ("http://evil.example", "localhost:8501", False),
        ("http://localhost:9999", "localhost:8501", False),  # another program on this machine
        ("null", "localhost:8501", False),
        ("", "localhost:8501", False),
        ("http://localhost:8501.evil.example", "localhost:8501", False),
        ("https://feedback.example.org.evil.example", "localhost:8501", False),
        ("http://evil.example", "evil.example", False),
        ("http://evil.example", "localhost:8501@evil.example", False),
    ],
)
def test_s44_a_connection_is_taken_from_our_own_pages_only(origin, host, opens):
    sent = {"host": host} | ({} if origin is None else {"origin": origin})
    client = guarded()
    if opens:
        with client.websocket_connect("/_stcore/stream", headers=sent) as connection:
            assert connection.receive_text() == "in"
        return
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream", headers=sent):
        pass


def test_s44_every_answer_carries_the_headers_and_one_that_has_its_own_keeps_it():
    answer = guarded().get("/")
    assert {name: answer.headers[name] for name in WANTED} == WANTED
    assert guarded().get("/own").headers["Referrer-Policy"] == "its-own"
    refused = guarded().get("/", headers={"host": "evil.example"})
    assert {name: refused.headers[name] for name in WANTED} == WANTED
    assert "Strict-Transport-Security" not in answer.headers
    assert "Strict-Transport-Security" in guarded(secure=True).get("/").headers


def test_s44_only_what_says_for_itself_that_others_may_show_it_is_not_forbidden_to_them():
    async def card(_request):
        return PlainTextResponse("card", headers={"Content-Security-Policy": "default-src 'none'; frame-ancestors *"})

    async def page(_request):
        return PlainTextResponse("page", headers={"Content-Security-Policy": "frame-ancestors 'none'"})

    app = Starlette(routes=[Route("/card", card), Route("/page", page)])
    client = TestClient(headers.Guard(app, {"localhost"}, set(), secure=False), base_url="http://localhost:8501")
    assert "X-Frame-Options" not in client.get("/card").headers
    assert client.get("/card").headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/page").headers["X-Frame-Options"] == "DENY"


def test_s44_the_policy_lets_nothing_of_others_in():
    told = guarded().get("/").headers["Content-Security-Policy"]
    policy = dict(part.strip().split(" ", 1) for part in told.split(";"))
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert policy["base-uri"] == policy["form-action"] == policy["default-src"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert policy["connect-src"] == "'self' ws://localhost:8501"
    assert not any(wild in told for wild in ("*", "http:", "https:", "unsafe-eval"))
    tls = guarded(secure=True).get("/", headers={"host": "feedback.example.org"}).headers["Content-Security-Policy"]
    assert "wss://feedback.example.org;" in tls


def test_s44_the_scripts_the_policy_lets_run_are_those_in_the_page_and_no_more():
    import streamlit

    index = (ROOT.__class__(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    inline = index.split("<script>")[1:]
    assert len(inline) == 1
    assert headers._hash(inline[0].split("</script>")[0]) in headers.sent("", secure=False)["Content-Security-Policy"]
    shell = [path for path in FILES if "unsafe_allow_javascript" in path.read_text(encoding="utf-8")]
    assert [path.name for path in shell] == ["page.py"]


@pytest.mark.parametrize(
    "path",
    ["agent/interact", "agent/openapi.json", "agent/mcp", "metrics", "metrics/", "script-health-check"],
)
def test_s47_addresses_nobody_needs_are_not_there(path):
    assert guarded().get(f"/_stcore/{path}").status_code == 404
    assert guarded().get(f"/page/_stcore/{path}").status_code == 404
    assert guarded().get("/_stcore/host-config").status_code == 200


# --- the real server --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory, sqlite_template):
    """The port of the app as `feedback serve` runs it, on this machine alone."""
    path = tmp_path_factory.mktemp("served") / "feedback.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    with transaction(engine) as session:
        meta.bump(session)  # something was published once, so no sample is loaded
        accounts.add_account(session, "Admin", ADMIN, [Grant("administrator")])
    known = sign_in(engine)
    engine.dispose()
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"FEEDBACK_DATABASE_URL": f"sqlite:///{path}", "FEEDBACK_WORKER": "separate", "FEEDBACK_PUBLIC_URL": ""}
    command = [sys.executable, "-m", "feedback", "serve", "--port", str(port)]
    log = (path.parent / "log").open("w", encoding="utf-8")
    with log, subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log) as process:
        until = time.monotonic() + 60
        while time.monotonic() < until and ask(port, "/_stcore/health")[0] != 200:
            time.sleep(0.2)
        KNOWN[port], PLACES[port] = known, path.parent
        yield port
        process.terminate()


def ask(port, path, **sent):
    """The status, headers and body of an answer."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=sent)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()
    except OSError:
        return 0, {}, b""


def shake_hands(port, **sent):
    """The status line of a raw handshake."""
    lines = {
        "Host": f"127.0.0.1:{port}", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", **sent,
    }  # fmt: skip
    written = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(f"GET /_stcore/stream HTTP/1.1\r\n{written}\r\n".encode())
        return int(connection.recv(64).split()[1])


def page_of(port, page="", cookie="", **sent):
    """All that the app sends to a browser that comes to a page, until it is drawn."""
    with connected(port, cookie, **sent) as connection:
        ask_for(connection, page)
        return drawn(connection)[0]


def test_s44_the_served_app_sends_the_headers_with_pages_files_and_forms(served):
    for path in ("/", "/static/nothing.js", "/_stcore/host-config", "/media/nothing", "/r", "/health/live"):
        _, found, _ = ask(served, path)
        assert {name: found.get(name) for name in WANTED if name.startswith("X-")} == {
            "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
        }, path  # fmt: skip
        assert "frame-ancestors 'none'" in found.get("Content-Security-Policy", ""), path


def test_s44_a_raw_handshake_from_elsewhere_or_by_another_name_is_refused(served):
    own = f"http://127.0.0.1:{served}"
    assert shake_hands(served, Origin=own) == 101
    assert shake_hands(served, Origin="http://evil.example") == 403
    assert shake_hands(served, Origin="http://localhost:1") == 403
    assert shake_hands(served, Origin="null") == 403
    assert shake_hands(served, Host="evil.example", Origin="http://evil.example") == 403
    assert ask(served, "/", Host="evil.example")[0] == 421


def test_s47_what_streamlit_tells_of_itself_holds_nothing_secret(served):
    for path in ("/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/agent/mcp", "/x/_stcore/agent/mcp"):
        assert ask(served, path)[0] == 404, path
    status, _, body = ask(served, "/_stcore/host-config")
    assert status == 200
    assert set(json.loads(body)) <= {
        "allowedOrigins", "useExternalAuthToken", "enableCustomParentMessages", "enforceDownloadInNewTab", "metricsUrl",
        "blockErrorDialogs", "resourceCrossOriginMode", "mapboxToken", "disableFullscreenMode",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["0" * 56 + ".csv", "../app.py", "%2e%2e/app.py", "..%2fpyproject.toml"])
def test_s47_a_media_file_is_not_fetched_without_its_name(served, path):
    assert ask(served, f"/media/{path}")[0] in (400, 404)


def test_s45_an_upload_straight_to_its_address_is_refused_without_a_session(served):
    for session in ("unknown", "0" * 36):
        url = f"http://127.0.0.1:{served}/_stcore/upload_file/{session}/file"
        sent = {"Content-Type": "multipart/form-data; boundary=x"}
        body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.exe"\r\n\r\nMZ\r\n--x--\r\n'
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(url, body, sent, method="PUT"), timeout=30)
        assert refused.value.code in (400, 403, 404)


def test_s45_an_upload_to_somebody_else_s_session_is_ignored_and_ids_next_to_it_open_nothing(served):
    with connected(served, KNOWN[served]) as connection:
        ask_for(connection)
        before, session = drawn(connection)
        beside = f"{session[:-1]}{'0' if session[-1] != '0' else '1'}"
        assert [put(served, each, "file") for each in (beside, session.upper(), f"{session}%20", "%2e%2e")] == [400] * 4
        assert put(served, session, "file") == 204  # it lies there, and no page has asked for it
        ask_for(connection)
        after, _ = drawn(connection)
    assert uuid.UUID(session).version == 4
    for shown in (before, after):
        assert b"Signed in as Ann" in shown
        assert b"planted" not in shown
    assert b"planted" not in ask(served, f"/_stcore/upload_file/{session}/file")[2]
    assert put(served, session, "file") == 400  # it is over


def put(port, session, name):
    """What somebody is told who puts a file into a session, with a form token of their own."""
    _, headers, _ = ask(port, "/_stcore/host-config")
    _, health, _ = ask(port, "/_stcore/health")
    cookies = [each.split(";")[0] for found in (headers, health) for each in found.get_all("Set-Cookie") or ()]
    token = next((each.partition("=")[2] for each in cookies if each.startswith("_streamlit_xsrf=")), "")
    assert token
    sent = {"Content-Type": "multipart/form-data; boundary=x", "X-Xsrftoken": token, "Cookie": "; ".join(cookies)}
    body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="planted.csv"\r\n\r\nplanted\r\n--x--\r\n'
    url = f"http://127.0.0.1:{port}/_stcore/upload_file/{session}/{name}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, sent, method="PUT"), timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_s46_identity_headers_make_nobody_known(served):
    names = ("X-Forwarded-User", "X-Forwarded-Email", "X-Auth-Request-Email", "X-Streamlit-User", "Remote-User", "From")
    sent = {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Host": "evil.example"} | dict.fromkeys(names, ADMIN)
    status, _, body = ask(served, "/", **sent)
    assert status == 200
    assert b"evil" not in body
    shown = page_of(served, **sent)
    assert b"Please sign in" in shown
    assert b"Signed in as" not in shown
    known = page_of(served, cookie=KNOWN[served], **sent)
    assert b"Signed in as Ann" in known  # so what is told above would have told of somebody
    assert examining.options().get("server.trustedUserHeaders") is None


# --- S43: closed doors ------------------------------------------------------------------------------------------------


def test_s43_who_tries_a_closed_door_is_recorded_once_a_day_and_told_what_a_missing_page_tells(
    sqlite_engine, monkeypatch
):
    said = []
    monkeypatch.setattr(shell, "engine", lambda: sqlite_engine)
    monkeypatch.setattr(frame.page, "block", lambda _tag, words, *_, **__: said.append(words))
    monkeypatch.setattr(frame.page, "empty", lambda *words: said.append(words))
    monkeypatch.setattr(noting.visitor, "who", lambda: with_role("lead"))
    for name in ("audit", "audit", "no-such-page"):
        frame._nothing_here(name)
    assert said[0:2] == said[2:4] == said[4:6]
    with reading(sqlite_engine) as session:
        found = [(event.actor, event.action, event.about) for event in audit.read_events(session)[::-1]]
    assert found == [("one-lead", "refused", "page:audit"), ("one-lead", "refused", "page:unknown")]


# --- S49: failures ----------------------------------------------------------------------------------------------------

SECRET = "a learner wrote\nWARNING forged line; token=abc"


def failure():
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(SECRET) from error
    except ValueError as error:
        return error


def test_s49_the_log_has_the_number_the_kind_and_the_place_and_no_words(caplog, monkeypatch):
    monkeypatch.setattr(logging, "_logRecordFactory", logging.LogRecord)  # put back afterwards
    be_careful()
    logger = logging.getLogger("streamlit.error_util")
    error = failure()
    logger.propagate = True
    with caplog.at_level(logging.ERROR, logger="streamlit.error_util"):
        logger.error("Uncaught app execution", exc_info=error)
    assert len(set(caplog.text.splitlines())) == 1
    line = caplog.text.splitlines()[0]
    assert number_of(error) in line
    assert "builtins.ValueError from builtins.KeyError" in line
    assert "test_s43_s51_setup.py" in line
    assert "learner" not in line
    assert "token" not in line


def test_s49_a_page_that_fails_as_it_is_served_tells_a_number_and_the_log_has_it_and_no_words(served):
    engine = open_database(f"sqlite:///{PLACES[served] / 'feedback.db'}")
    table = table_of(Surveys)
    with transaction(engine) as session:
        asked = {"instrument": "learner", "version": 1, "mode": "link", "credentials": [], "languages": ["en"]}
        open_survey(session, Survey(slug="broken", opens=datetime(2026, 1, 1, tzinfo=UTC), **asked))
        session.connection().execute(update(table).values(instrument=SECRET))
    shown = page_of(served, "learner_survey", KNOWN[served]).decode(errors="replace")
    ask(served, "/%0D%0AWARNING%20forged%20line", **{"X-Forwarded-For": "WARNING forged line"})
    with transaction(engine) as session:
        session.connection().execute(delete(table))
    engine.dispose()
    [number] = re.findall(rf"{mishaps.SORRY} ([0-9a-f]{{8}})\.", unescape(shown))
    log = (PLACES[served] / "log").read_text(encoding="utf-8")
    assert re.search(rf"mishap {number}: builtins.KeyError at .*\.py:\d+ ", log)
    for said in (shown, log):
        assert "a learner wrote" not in said
        assert "token=abc" not in said
        assert "KeyError" not in shown
        assert "Traceback" not in said
    assert not [line for line in log.splitlines() if line.lstrip().startswith("WARNING forged")]


def test_s49_what_others_wrote_makes_no_line_of_its_own_in_the_log(caplog, monkeypatch):
    monkeypatch.setattr(logging, "_logRecordFactory", logging.LogRecord)  # put back afterwards
    be_careful()
    forged = "spring\r\nWARNING forged\x1b[2J\u2028line\x85"
    with caplog.at_level(logging.WARNING):
        logging.getLogger("somebody").warning("looked at %s, %d times", forged, 2)
        logging.getLogger("somebody").warning("looked at %(about)s", {"about": forged})
        logging.getLogger("somebody").warning("looked at " + forged)
    for record in caplog.records:
        assert len(record.getMessage().splitlines()) == 1
        assert record.getMessage().isprintable()
        assert record.getMessage().startswith("looked at spring\\r\\nWARNING forged\\x1b[2J")


def test_s49_the_reader_is_told_a_number_and_nothing_else(monkeypatch):
    told = []
    monkeypatch.setattr(mishaps.page, "block", lambda *given, **_: told.append(given[1]))
    error = failure()
    assert mishaps.tell(error) is True
    assert told == [f"{mishaps.SORRY} {number_of(error)}."]


def test_s49_streamlit_shows_no_details_and_prints_no_words():
    options = examining.options()
    assert options["client.showErrorDetails"] == "none"
    assert options["logger.enableRich"] is False


# --- S50 --------------------------------------------------------------------------------------------------------------


def test_s50_nothing_is_loaded_that_could_run():
    """No pickle, marshal, shelve or YAML anywhere, no eval, and NumPy and pandas read no objects."""
    wrong = []
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            modules = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            wrong += [f"{path}: {name}" for name in modules if name.split(".")[0] in DANGEROUS]
            if isinstance(node, ast.ImportFrom) and node.module == "joblib":  # to count side by side, not to load
                assert {name.name for name in node.names} <= {"Parallel", "delayed"}
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", "")
                wrong += [f"{path}: {called}"] * (called in ("eval", "exec", "compile", "__import__"))
                wrong += [f"{path}: read_pickle"] * (getattr(node.func, "attr", "") in ("read_pickle", "to_pickle"))
                allowed = [
                    word
                    for word in node.keywords
                    if word.arg == "allow_pickle" and getattr(word.value, "value", True) is not False
                ]
                wrong += [f"{path}: allow_pickle"] * bool(allowed)
    assert wrong == []


DANGEROUS = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "yaml", "jsonpickle"}


# --- S51: the set-up --------------------------------------------------------------------------------------------------

GOOD = Facts(host="0.0.0.0", public_url="https://feedback.example.org", is_postgresql=True, has_secret=True)


def ids(facts):
    return [each.id for each in examine(facts) if each.is_unsafe]


def test_s51_a_good_set_up_may_be_served_to_others():
    assert examine(GOOD) == []
    assert GOOD.is_public


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"public_url": ""}, "no_public_url"),
        ({"public_url": "http://feedback.example.org"}, "no_https"),
        ({"has_secret": False}, "no_secret"),
        ({"administrator": False}, "no_administrator"),
        ({"sample": True}, "sample_data"),
        ({"sample_accounts": True}, "sample_account"),
        ({"readable": ["feedback.key"]}, "readable_file"),
        ({"schema": "newer"}, "newer_schema"),
        ({"chain": ["audit: entry 3 is not as it was made."]}, "broken_chain"),
        ({"options": {"server.trustedUserHeaders": {"X-User": "email"}}}, "option_trustedUserHeaders"),
        ({"options": {"server.enableXsrfProtection": False}}, "option_enableXsrfProtection"),
        ({"options": {"server.enableCORS": False}}, "option_enableCORS"),
        ({"options": {"global.developmentMode": True}}, "option_developmentMode"),
        ({"options": {"client.showErrorDetails": "full"}}, "option_showErrorDetails"),
        ({"options": {"server.enableAgentApi": True}}, "option_enableAgentApi"),
    ],
)
def test_s51_what_is_unsafe_is_named_and_says_what_to_do(changed, told):
    assert ids(replace(GOOD, **changed)) == [told]
    assert all(len(each.words) > 30 for each in examine(replace(GOOD, **changed)))


def test_s51_on_this_machine_alone_it_is_told_and_keeps_nobody_from_trying():
    alone = Facts(sample=True, administrator=False, readable=["feedback.db"], options={"server.enableCORS": False})
    assert ids(alone) == []
    assert [each.id for each in examine(alone)] == ["no_administrator", "readable_file", "option_enableCORS"]
    assert ids(replace(alone, schema="newer")) == ["newer_schema"]
    assert not replace(alone, public_url="http://localhost:8501").is_public
    assert replace(alone, public_url="https://feedback.example.org").is_public


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "LOCALHOST.", "::1", "[::1]"])
def test_s51_this_machine_is_known_by_its_names(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "localhost.example.org", "127.0.0.1.example.org"])
def test_s51_no_other_name_is_this_machine(host):
    assert not is_loopback(host)


def test_s51_the_options_of_the_project_are_those_that_guard(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    found = examining.options()
    assert {name: found[name] for name in found if found[name] != safety.EXPECTED[name]} == {}
    assert set(safety.EXPECTED) - set(found) <= {
        "server.trustedUserHeaders", "server.scriptHealthCheckEnabled", "global.developmentMode",
    }  # fmt: skip
    assert set(safety.WHY) == set(safety.EXPECTED)


def test_s51_an_option_from_the_environment_is_seen(monkeypatch):
    monkeypatch.setenv("STREAMLIT_SERVER_ENABLE_CORS", "false")
    monkeypatch.setenv("STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION", "False")
    monkeypatch.setenv("STREAMLIT_CLIENT_SHOW_ERROR_DETAILS", "full")
    found = examining.options()
    assert found["server.enableCORS"] is found["server.enableXsrfProtection"] is False
    assert found["client.showErrorDetails"] == "full"


@pytest.fixture
def run(monkeypatch, capsys, database_url):
    """Commands on a database, as at an address that others reach."""
    monkeypatch.setenv("FEEDBACK_PUBLIC_URL", OWN)
    monkeypatch.setenv("FEEDBACK_SECRET", "s" * 40)
    monkeypatch.setenv("HOST", "0.0.0.0")
    settings.cache_clear()
    if database_url.startswith("sqlite"):
        os.chmod(database_url.removeprefix("sqlite:///"), stat.S_IRUSR | stat.S_IWUSR)
    yield runner(monkeypatch, capsys, database_url)
    settings.cache_clear()


def test_s51_serve_refuses_until_there_is_an_administrator_and_loads_no_sample(run, database_url, monkeypatch):
    monkeypatch.setattr("feedback.cli.serving._run_streamlit", lambda *_: None)
    monkeypatch.setattr("feedback.cli.serving._say_when_it_answers", lambda *_: None)
    monkeypatch.setattr("os.chdir", lambda _: None)
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    refused = run("serve", "--host", "0.0.0.0", "--port", port)
    assert refused.code == 1
    assert "unsafe (no_administrator)" in refused.err
    assert "sample" not in refused.out + refused.err
    assert "no_administrator" in [each["id"] for each in json.loads(run("doctor", "--json").out)["dangers"]]
    engine = open_database(database_url)
    with transaction(engine) as session:
        made = accounts.add_account(session, "Ann", "ann@example.org", [Grant("administrator")])
        audit.record(session, OPERATOR, audit.CHANGED, f"account:{made.id}")
    engine.dispose()
    assert json.loads(run("doctor", "--json").out)["wrong"] == []
    assert run("serve", "--host", "0.0.0.0", "--port", port).code == 0
    assert run("sample", "--size", 0).code == 0
    refused = run("serve", "--host", "0.0.0.0", "--port", port)
    assert "unsafe (sample_data)" in refused.err


def test_s51_accounts_are_made_where_people_make_them_and_nowhere_else():
    """Passwords written into code are the linter's to find (S105 to S107)."""
    made = [path.name for path in FILES if "add_account(" in path.read_text(encoding="utf-8")]
    assert set(made) <= {"accounts.py", "admitting.py", "sample.py"}
