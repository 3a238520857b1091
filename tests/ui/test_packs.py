"""The committee pack on a page: offered to who may take files, made for who still may, and noted."""

import json

import pytest

from feedback.catalogue.values import Credential
from feedback.exchange.reports import written
from feedback.findings.evidence import Choice
from feedback.policy import NOBODY, Forbidden, Grant, Subject
from feedback.store import accounts, audit
from feedback.store.database import reading, transaction
from feedback.ui import downloads, packs, page, shell, visitor
from feedback.worker import packing
from tests.exchange.packs import pack
from tests.people import account_of, with_role

ABOUT = (Subject("data", "data-badge"),)


@pytest.fixture
def ann(sqlite_engine, comes):
    """Somebody with an account and every role, who comes."""
    made = account_of(sqlite_engine)
    comes(made)
    return made


@pytest.fixture
def offered(monkeypatch, sqlite_engine, ann):
    """What a credential's page offers: by title, (file name, mime, what writes it)."""
    found = {}
    asked = {}

    def gathered(engine, instruments, choice, by, limits, **named):
        asked.update(named, choice=choice, by=by, limits=limits)
        return pack()

    monkeypatch.setattr(packing, "gather_pack", gathered)
    monkeypatch.setattr(shell, "engine", lambda: sqlite_engine)
    monkeypatch.setattr(shell, "subjects_of", lambda choice: list(ABOUT))
    monkeypatch.setattr(shell, "last_release", lambda: (12, "12, made on 2026-03-01"))
    monkeypatch.setattr(downloads, "buttons", lambda what, ways, key: found.update(ways))
    packs.offer("data-badge")
    monkeypatch.setattr(visitor, "find", lambda: NOBODY)  # a file is written outside any visit, where no cookie is
    return found, asked


def test_a_credentials_page_offers_every_kind_of_file_by_a_name_that_says_what_it_is(offered):
    ways, _ = offered
    assert list(ways) == ["PDF", "Word", "Web page", "Evidence (JSON)"]
    assert ways["PDF"][:2] == ("pack_data-badge_release-12.pdf", "application/pdf")


def test_who_takes_it_is_noted_with_the_digest(offered, ann, sqlite_engine):
    ways, asked = offered
    content = ways["Evidence (JSON)"][2]()
    assert json.loads(content)["title"] == "Data badge"
    assert asked["choice"] == Choice(credential="data-badge")
    with reading(sqlite_engine) as session:
        (event,) = audit.read_events(session, action=audit.EXPORTED)
    assert (event.actor, event.about) == (ann.id, "file:report")
    assert event.details["digest"] == pack().digest
    assert event.details["credential"] == "data-badge"


def test_a_disabled_account_takes_nothing_from_a_page_that_lies_open(offered, ann, sqlite_engine):
    ways, asked = offered
    with transaction(sqlite_engine) as session:
        accounts.add_account(session, "Bea", "bea@example.org", [Grant("administrator")])
        accounts.disable(session, ann.id)
    with pytest.raises(Forbidden):
        ways["PDF"][2]()
    assert not asked


def test_who_may_take_no_files_is_offered_none(monkeypatch, sqlite_engine, comes):
    comes(account_of(sqlite_engine, Grant("moderator"), name="Mo"))
    monkeypatch.setattr(shell, "subjects_of", lambda choice: list(ABOUT))
    monkeypatch.setattr(downloads, "buttons", lambda *_, **__: pytest.fail("nothing is to be offered"))
    packs.offer("data-badge")


def test_comments_nobody_reviewed_stand_behind_it_only_for_who_may_read_them(offered, ann, sqlite_engine):
    ways, asked = offered
    assert ways["Evidence (JSON)"][2]()
    assert asked["quoting"] == asked["limits"]
    with transaction(sqlite_engine) as session:
        bea = accounts.add_account(session, "Bea", "bea@example.org", [Grant("committee")]).actor
    assert packs._made(bea, Choice(credential="data-badge"), ABOUT, "json")
    assert asked["quoting"] == asked["limits"].reviewed()


def test_a_kind_that_cannot_be_written_here_is_not_offered_and_the_page_says_why(monkeypatch):
    said = []
    monkeypatch.setattr(written, "find_spec", lambda name: None if name == "docx" else object())
    monkeypatch.setattr(page, "quiet", said.append)
    assert "docx" not in packs._there()
    packs._say_missing()
    assert said == ["Other kinds of file need packages that are not installed: pip install python-docx"]


def test_a_programme_is_offered_as_a_whole_to_who_may_take_all_of_it(monkeypatch, comes):
    held = shell.Institution(
        credentials=(Credential(slug="ink", title="Ink", kind="badge", programme="art"),
                     Credential(slug="sql", title="SQL", kind="badge", programme="data")),
        programmes={"art": "Art", "data": "Data", "bare": "Bare"}, kinds={}, skills={}, samples=frozenset(),
        is_sample=False,
    )  # fmt: skip
    monkeypatch.setattr(shell, "everything", lambda: held)
    comes(with_role("lead"))
    assert list(packs._programmes().values()) == ["Programme: Art", "Programme: Data"]
    comes(with_role("lead", "programme:art"))
    [(what, label)] = packs._programmes().items()
    assert (label, packs._choice(what)) == ("Programme: Art", Choice(programme="art"))
    comes(with_role("lead", "credential:ink"))
    assert packs._programmes() == {}
    assert (packs._choice(packs.ALL), packs._choice("ink")) == (Choice(), Choice(credential="ink"))
