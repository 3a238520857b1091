"""What pages record of whoever looks: before they look, of what they are shown, and no word that they typed."""

import shutil
from datetime import UTC, datetime

import pytest
import streamlit as st

from feedback.catalogue.values import Credential, Programme
from feedback.findings.evidence import Choice
from feedback.policy import Forbidden
from feedback.store import audit, catalogue
from feedback.store.committee import Decision, keep_decision
from feedback.store.database import open_database, reading, transaction
from feedback.store.rounds import Round, keep_round
from feedback.store.surveys import Survey, open_survey
from feedback.ui import frame, noting, shell
from tests.people import ANN, with_role


@pytest.fixture
def engine(sqlite_engine, monkeypatch):
    """A catalogue of two programmes with a credential each, and a visitor who has just opened the app."""
    with transaction(sqlite_engine) as session:
        for programme, slug in (("data", "sql"), ("crafts", "welding")):
            made = Credential(slug=slug, title=slug.upper(), kind="badge", programme=programme)
            catalogue.save(session, [Programme(slug=programme, title=programme), made])
    st.cache_resource.clear()
    monkeypatch.setattr(shell, "engine", lambda: sqlite_engine)
    monkeypatch.setattr(noting.st, "session_state", {})
    yield sqlite_engine
    st.cache_resource.clear()


def recorded(engine, action=audit.SAW):
    with reading(engine) as session:
        return [event.about for event in audit.read_events(session, action=action)[::-1]]


def test_a_page_is_recorded_as_seen_once_a_day_and_by_each_who_looks(engine, comes, monkeypatch):
    for _ in range(2):
        noting.saw("comments", {"credential": "sql"})
    noting.saw("comments")
    monkeypatch.setattr(noting.st, "session_state", {})
    noting.saw("comments")
    comes(with_role("lead"))
    noting.saw("comments")
    with reading(engine) as session:
        found = [(event.actor, event.about) for event in audit.read_events(session)[::-1]]
    assert found == [
        (ANN.id, "page:comments credential:sql"), (ANN.id, "page:comments"), ("one-lead", "page:comments"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"about": "programme:data"}, "programme:data"),
        ({"about": "credential:sql"}, "credential:sql"),
        ({"about": "sql is rubbish"}, "about:unknown"),
        ({"credential": "I do not like Ben"}, "credential:unknown"),
        ({"programme": "I do not like Ben"}, "programme:unknown"),
        ({"of": "I do not like Ben"}, "survey:unknown"),
        ({"of": "no-such-survey"}, "survey:unknown"),
        ({"rules": "sql"}, "rules:sql"),
        ({"rules": ""}, ""),
        ({"rules": "I do not like Ben"}, "rules:unknown"),
        ({"decision": "I do not like Ben"}, "decision:unknown"),
        ({"round": "I do not like Ben"}, "round:unknown"),
        ({"entity": "credentials", "slug": "sql"}, "credentials:sql"),
        ({"entity": "credentials", "slug": "I do not like Ben"}, "credentials:unknown"),
        ({"entity": "contacts"}, "entity:contacts"),
        ({"measure": "I do not like Ben"}, ""),
    ],
)
def test_of_what_an_address_asks_for_names_are_kept_that_are_there(engine, asked, said):
    noting.saw("catalogue", asked)
    assert recorded(engine) == [f"page:catalogue {said}".strip()]


@pytest.mark.parametrize(
    ("asked", "mine", "theirs"),
    [
        ({"about": "credential:welding"}, "credential:welding", "credential:unknown"),
        ({"of": "learn"}, "survey:learn", "survey:unknown"),
        ({"rules": "welding"}, "rules:welding", "rules:unknown"),
        ({"decision": "d" * 32}, f"decision:{'d' * 32}", "decision:unknown"),
        ({"round": "1" * 32}, f"round:{'1' * 32}", "round:unknown"),
        ({"entity": "credentials", "slug": "welding"}, "credentials:welding", "credentials:unknown"),
    ],
)
def test_what_is_outside_one_s_own_part_was_not_looked_at(engine, comes, asked, mine, theirs):
    version, opens = shell.instruments()["learner"].version, datetime.now(UTC)
    about = {"version": version, "credentials": ["welding"], "languages": ["en"], "mode": "link", "opens": opens}
    with transaction(engine) as session:
        open_survey(session, Survey(slug="learn", instrument="learner", **about))
        keep_round(session, Round("1" * 32, "welding", "yearly", opens.date(), None, ["r1", "r2"], None, None))
        made = Decision("d" * 32, "welding", opens.date(), "kept", "It stays.", {}, "0" * 64, [], [], "ann")
        keep_decision(session, made)
    noting.saw("surveys", asked)
    comes(with_role("lead", "programme:data"))
    noting.saw("surveys", asked)
    assert recorded(engine) == [f"page:surveys {mine}", f"page:surveys {theirs}"]


def test_what_a_page_shows_of_is_recorded_whoever_chose_it(engine, comes, monkeypatch):
    monkeypatch.setattr(shell, "_worked_out", lambda *_: None)
    shell.answer("comments", Choice(credential="sql"))
    assert recorded(engine) == []  # no page
    comes(with_role("lead", "programme:data"))
    noting.saw("comments")
    for _ in range(2):
        shell.answer("comments", Choice(credential="sql"))
        shell.answer("comments", Choice(programme="data"))
    with pytest.raises(Forbidden):
        shell.answer("comments")
    assert recorded(engine) == ["page:comments", "page:comments credential:sql", "page:comments programme:data"]


def test_a_page_that_is_left_before_it_is_drawn_was_looked_at(engine):
    class Left:
        url_path = "comments"

        def run(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        frame._open(Left(), frame.door_of("comments"), ANN)
    assert recorded(engine) == ["page:comments"]


def test_nobody_writes_sentences_into_the_list_by_what_is_refused(engine):
    for name in ("credential:I do not like Ben", "credential:welding", "survey:hello", "contacts:hello", "measure:x"):
        noting.refused(name)
    assert recorded(engine, audit.REFUSED) == [
        "credential:unknown", "credential:welding", "survey:unknown", "contacts:unknown", "measure:unknown",
    ]  # fmt: skip


def test_so_many_refusals_of_a_person_and_day_are_recorded_and_the_last_says_so(engine, comes, monkeypatch):
    monkeypatch.setattr(noting, "MOST_REFUSALS", 3)
    for number in range(5):
        noting.refused(f"kind{number}:x")
    comes(with_role("lead"))
    noting.refused("kind9:x")
    with reading(engine) as session:
        events = audit.read_events(session, action=audit.REFUSED)[::-1]
    assert [(event.about, event.details) for event in events] == [
        ("kind0:unknown", {}), ("kind1:unknown", {}), ("kind2:unknown", {"last_today": True}), ("kind9:unknown", {}),
    ]  # fmt: skip


def test_a_busy_database_keeps_nobody_from_reading_and_the_next_run_records_it(
    sqlite_template, tmp_path, monkeypatch, caplog
):
    path = shutil.copy(sqlite_template, tmp_path / "busy.db")
    engine, other = (open_database(f"sqlite:///{path}", patience=0) for _ in range(2))
    monkeypatch.setattr(shell, "engine", lambda: engine)
    monkeypatch.setattr(noting.st, "session_state", {})
    with transaction(other):
        noting.saw("comments")
    assert "ann page:comments" in caplog.text
    noting.saw("home")
    assert recorded(engine) == ["page:comments", "page:home"]
    engine.dispose()
    other.dispose()
