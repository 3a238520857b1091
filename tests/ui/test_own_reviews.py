"""The page on which an expert with an account sees what they are asked to review, and opens their form."""

import shutil
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from feedback.catalogue.values import Credential, Programme, Reviewer
from feedback.policy import Grant
from feedback.settings import data_folder, project_folder, secret_key, settings
from feedback.store import invitations, rounds
from feedback.store.accounts import add_account
from feedback.store.catalogue import save
from feedback.store.clock import now
from feedback.store.database import open_database, reading, transaction
from feedback.survey.instrument import read_instrument_texts
from tests.ui.drawing import drawn, forget, html, press

DECLARED = {"independence": "I have no tie.", "independence_on": "2026-01-01"}


@pytest.fixture
def database(sqlite_template, tmp_path, monkeypatch, comes):
    """A round that is planned, and Una, one of its two reviewers, who comes."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("FEEDBACK_PUBLIC_URL", "https://feedback.example.org")
    forget()
    engine = open_database(f"sqlite:///{path}")
    with transaction(engine) as session:
        made = [
            Programme(slug="data", title="Data"),
            Credential(slug="sql", title="SQL [x](y)", programme="data", kind="badge"),
            Reviewer(slug="r1", name="Una", email="una@example.org", **DECLARED),
            Reviewer(slug="r2", name="Ole", email="ole@example.org", **DECLARED),
        ]
        save(session, made)
        cora = add_account(session, "Cora", "cora@example.org", [Grant("committee")]).actor
        comes(add_account(session, "Una", "una@example.org", [Grant("reviewer", "credential:sql")]).actor)
        rounds.plan(session, cora, "sql", "design", now(session).date() + timedelta(days=30), ["r1", "r2"])
    yield engine, cora
    engine.dispose()
    forget()


def visit() -> AppTest:
    app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=60)
    app.switch_page("pages/your_reviews.py")
    return drawn(app.run())


def test_a_reviewer_sees_a_round_from_planned_to_handed_in_and_opens_the_form(database):
    engine, cora = database
    page = visit()
    assert "SQL [x](y)" in html(page)
    assert "Review of the design · planned, due on" in html(page)
    assert not [each for each in page.button if each.key.startswith("own-review")]
    texts = read_instrument_texts(data_folder() / "instruments")
    with transaction(engine) as session:
        [one] = rounds.read_rounds(session)
        survey = rounds.open_round(session, cora, one.id, texts["expert"][0], texts)
        people = [invitations.Person("una@example.org"), invitations.Person("ole@example.org")]
        (hers, _), _ = invitations.make(session, survey.slug, people, key=secret_key(settings()))
    page = press(visit(), f"own-review:{one.id}")
    [link] = page.get("link_button")
    assert link.proto.url.startswith("https://feedback.example.org/s/")
    with transaction(engine) as session:
        found = invitations.find(session, link.proto.url.rpartition("/")[2], key=secret_key(settings()))
        assert found == hers
        invitations.use(session, hers.id, survey.slug, now(session).date())
    page = visit()
    assert "No form waits for you: you have handed it in" in html(page)
    with reading(engine) as session:
        assert rounds.handed_in(session, rounds.read_rounds(session)[0]) == 1


def test_whoever_reviews_nothing_yet_is_told_how_they_are_known(database, comes):
    engine, _ = database
    with transaction(engine) as session:
        comes(add_account(session, "Eve", "eve@example.org", [Grant("reviewer")]).actor)
    page = visit()
    assert "No review asks you yet." in html(page)
    assert "SQL" not in html(page)
