"""What lists tell, and what they keep to themselves."""

from datetime import UTC, datetime

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.values import Contact, Credential, Organisation, Programme, Skill
from feedback.policy import NOBODY, Forbidden, Grant
from feedback.store.accounts import take
from feedback.store.catalogue import save
from feedback.store.database import transaction
from feedback.store.imports import Import
from feedback.store.surveys import Survey, open_survey
from feedback.ui import held, shell, tables, visitor
from feedback.ui.history import told
from tests.people import account_of


def row(kind, rows, new, fewest=5):
    one = Import(kind=kind, file="a.csv", digest="0", rows=rows, new_rows=new)
    return told(one, rows, fewest), told(one, new, fewest)


@pytest.mark.parametrize("kind", ["comments", "ratings", "responses"])
def test_few_answers_of_a_file_are_not_counted_out(kind):
    few = "too few to show"
    assert row(kind, 4, 4) == (few, few)
    assert row(kind, 1200, 4) == ("1,200", few)
    assert row(kind, 5, 5) == ("5", "5")
    assert row(kind, 5, 5, fewest=6) == (few, few)


@pytest.mark.parametrize("kind", ["catalogue", "runs", "market-evidence", "contacts"])
def test_the_catalogue_is_nobodys_answer(kind):
    assert row(kind, 2, 0) == ("2", "0")


def drawn():
    from feedback.ui import tables

    tables.open_surveys()


def test_open_surveys_are_folded_by_questionnaire_and_say_which_are_of_the_sample(sqlite_engine, monkeypatch):
    opens = datetime(2026, 1, 1, tzinfo=UTC)
    with transaction(sqlite_engine) as session:
        save(session, [Programme(slug="data", title="Data")])
        save(session, [Credential(slug="sql", title="SQL", kind="badge", programme="data")])
        for slug, instrument, is_sample in (("a", "learner", True), ("b", "learner", False), ("c", "employer", False)):
            about = {"instrument": instrument, "version": 1, "opens": opens, "credentials": ["sql"]}
            open_survey(session, Survey(slug=slug, is_sample=is_sample, **about))
    monkeypatch.setattr(shell, "engine", lambda: sqlite_engine)
    st.cache_resource.clear()
    linked = []
    monkeypatch.setattr(
        st, "page_link", lambda _page, label, query_params: linked.append((query_params["survey"], label))
    )
    app = AppTest.from_function(drawn, default_timeout=30).run()
    assert not app.exception
    assert [fold.label.rpartition(" · ")[2] for fold in app.expander] == ["2 open, 1 of the sample", "1 open"]
    assert not linked
    app.session_state["fold:open:learner"] = True
    app.run()
    assert sorted(linked) == [("a", "SQL · en · sample"), ("b", "SQL · en")]
    st.cache_resource.clear()


@pytest.fixture
def kept(sqlite_engine, monkeypatch):
    """A catalogue of two programmes, with a contact; what is offered of an entity as a file: its label and writer."""
    with transaction(sqlite_engine) as session:
        for programme, slug in (("data", "sql"), ("crafts", "welding")):
            badge = Credential(slug=slug, title=slug.upper(), kind="badge", programme=programme)
            save(session, [Programme(slug=programme, title=programme), badge])
        mill = Organisation(slug="mill", name="The Mill")
        berta = Contact(organisation="mill", name="Berta", email="berta@example.org")
        save(session, [Skill(slug="queries", title="Queries"), mill, berta])
    monkeypatch.setattr(shell, "engine", lambda: sqlite_engine)
    st.cache_resource.clear()

    def offered(name):
        found = []
        monkeypatch.setattr(st, "download_button", lambda label, write, **_: found.append((label, write)))
        tables._file(ENTITIES[name], held.entries(name))
        return found

    yield offered
    st.cache_resource.clear()


def test_s43_a_file_of_the_catalogue_holds_what_may_be_taken_and_is_recorded(kept, comes, sqlite_engine, monkeypatch):
    comes(account_of(sqlite_engine, Grant("lead", "programme:data")))
    assert not kept("skills")
    assert not kept("organisations")
    ((label, write),) = kept("credentials")
    monkeypatch.setattr(visitor, "find", lambda: NOBODY)
    written = write().decode()
    assert label == "Download 1 credential (CSV)"
    assert "SQL" in written
    assert "WELDING" not in written


def test_s43_who_reads_all_and_takes_files_of_one_programme_is_offered_that_programme_only(kept, comes, sqlite_engine):
    comes(account_of(sqlite_engine, Grant("moderator"), Grant("committee", "programme:crafts")))
    assert len(held.entries("credentials")) == 2
    ((label, write),) = kept("credentials")
    assert label == "Download 1 credential (CSV)"
    assert "SQL" not in write().decode()


def test_s43_people_are_for_those_who_may_ask_in_the_whole_institution(kept, comes, sqlite_engine):
    comes(account_of(sqlite_engine, Grant("auditor"), Grant("lead", "programme:data"), name="Leo"))
    assert not held.entries("contacts")
    lead = account_of(sqlite_engine, Grant("lead"), Grant("committee"), name="Lea")
    comes(lead)
    ((_, write),) = kept("contacts")
    assert "Berta" in write().decode()
    with transaction(sqlite_engine) as session:
        take(session, lead.id, Grant("lead"))
    with pytest.raises(Forbidden):
        write()
