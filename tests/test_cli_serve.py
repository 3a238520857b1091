"""`feedback serve`: one process that says where it is once it is there, and ends when it is asked to."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete

from feedback.catalogue.values import Programme
from feedback.cli import serving
from feedback.policy import Grant
from feedback.settings import settings
from feedback.store import accounts, catalogue, meta, sample
from feedback.store.database import open_database, reading, transaction
from feedback.store.inserting import table_of
from feedback.store.tables import Accounts

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def port() -> int:
    """A port nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environment(sqlite_template, tmp_path) -> dict[str, str]:
    """A database in which something was published once, though nothing is in it: so no sample is loaded."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'feedback.db')}"
    engine = open_database(url)
    with transaction(engine) as session:
        meta.bump(session)
    engine.dispose()
    return os.environ | {"FEEDBACK_DATABASE_URL": url, "FEEDBACK_WORKER": "separate", "FEEDBACK_PUBLIC_URL": ""}


def command(port: int) -> list[str]:
    return [sys.executable, "-m", "feedback", "serve", "--port", str(port)]


@pytest.fixture
def server(port, environment, tmp_path) -> Iterator[subprocess.Popen[str]]:
    """It serves, started in another folder than the project's, and has said so."""
    process = subprocess.Popen(
        command(port), cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.communicate()


def test_it_says_its_address_once_it_answers_and_ends_in_order(server, port):
    assert server.stdout.readline() == f"Open http://127.0.0.1:{port}   (stop with Ctrl+C)\n"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=60) as answer:
        assert answer.read() == b"ok"
    server.send_signal(signal.SIGINT)
    out, err = server.communicate(timeout=60)
    assert (server.returncode, out.strip()) == (0, ""), err
    assert "Traceback" not in err


def test_a_port_that_is_taken_is_refused_in_words(port, environment, tmp_path):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        done = subprocess.run(command(port), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"port {port}: is taken by another program" in done.stderr


@pytest.fixture
def offered(sqlite_engine, monkeypatch, capsys):
    """What `feedback serve` prints to whoever sits at the machine, with a sample in the database."""
    with transaction(sqlite_engine) as session:
        catalogue.save(session, [Programme(slug="p", title="P")], is_sample=True)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", sqlite_engine.url.render_as_string(hide_password=False))

    def offer(listens: str = "127.0.0.1", address: str = "http://127.0.0.1:8501") -> str:
        settings.cache_clear()
        serving._offer_the_sample(listens, address)
        settings.cache_clear()
        return capsys.readouterr().out

    return offer


def test_who_sits_at_the_machine_gets_one_link_to_look_at_the_sample(offered, sqlite_engine):
    links = [offered().removeprefix("Sign in once: http://127.0.0.1:8501/enter/").strip() for _ in range(2)]
    with reading(sqlite_engine) as session:
        assert accounts.read_link(session, links[0]) is None
        found = accounts.read_link(session, links[1])
        (account,) = accounts.read_accounts(session)
    assert (found.account, found.purpose, account.is_sample) == (account.id, "sample", True)
    assert {each.role for each in account.grants} == set(accounts.SAMPLE_ROLES)
    assert not any(each.scope for each in account.grants)


@pytest.mark.parametrize(
    ("listens", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:8501"),
        ("::", "http://127.0.0.1:8501"),
        ("10.0.0.7", "http://10.0.0.7:8501"),
        ("127.0.0.1", "https://feedback.example"),
        ("127.0.0.1", "http://localhost.evil.example"),
    ],
)
def test_no_link_is_made_where_others_reach_us(offered, sqlite_engine, listens, address):
    assert offered(listens, address) == ""
    with reading(sqlite_engine) as session:
        assert accounts.read_accounts(session) == ()


def test_no_link_is_made_behind_a_proxy(offered, monkeypatch):
    monkeypatch.setenv("FEEDBACK_TRUSTED_PROXY", "127.0.0.1")
    assert offered() == ""


def test_no_link_is_made_once_somebody_real_gives_roles(offered, sqlite_engine):
    with transaction(sqlite_engine) as session:
        ann = accounts.add_account(session, "Ann", "ann@example.org", [Grant("lead")])
    assert offered()
    with transaction(sqlite_engine) as session:
        accounts.give(session, ann.id, Grant("administrator"))
    assert offered() == ""


def test_no_link_is_made_without_the_sample(offered, sqlite_engine):
    with transaction(sqlite_engine) as session:
        sample.remove_sample(session)
    assert offered() == ""


def test_a_disabled_account_of_the_sample_stays_shut(offered, sqlite_engine):
    offered()
    with transaction(sqlite_engine) as session:
        (account,) = accounts.read_accounts(session)
        ann = accounts.add_account(session, "Ann", "ann@example.org", [Grant("administrator")])
        accounts.disable(session, account.id)
        accounts.add_account(session, "Ben", "ben@example.org", [Grant("administrator", "programme:p")])
    with transaction(sqlite_engine) as session:
        session.connection().execute(delete(table_of(Accounts)).where(table_of(Accounts).c.id == ann.id))
    assert offered() == ""
