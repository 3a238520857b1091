"""`feedback export endorsements`: what organisations confirmed, as JSON, whole or of one credential."""

import json

import pytest

from feedback.policy import OPERATOR
from feedback.store import audit, endorsements
from feedback.store.database import reading, transaction
from tests.collect.institution import KEY, found_institution, open_form
from tests.command_line import runner
from tests.store.endorsing import says, there


@pytest.fixture
def run(monkeypatch, capsys, sqlite_engine):
    """A command line on an institution with two public statements and one that waits."""
    found_institution(sqlite_engine)
    open_form(sqlite_engine, "employer")
    for credential in ("data-badge", "sql-course"):
        says(sqlite_engine, "employer", credential)
    with transaction(sqlite_engine) as session:
        for each in there(sqlite_engine):
            token = endorsements.make_link(session, each, OPERATOR, key=KEY, how="mail")
            endorsements.confirm(session, token, key=KEY, named=each.credential == "data-badge")
    says(sqlite_engine, "employer", "data-badge", name="Bell")
    return runner(monkeypatch, capsys, sqlite_engine.url.render_as_string(hide_password=False))


def export(run, tmp_path, *more):
    ran = run("export", "endorsements", "--output", tmp_path / "out.json", "--format", "json", *more)
    assert ran.code == 0, ran.err
    return ran, json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))


def test_the_confirmed_statements_are_written_and_it_is_recorded(run, tmp_path, sqlite_engine):
    ran, document = export(run, tmp_path)
    assert ran.out.startswith("2 confirmed statements, not signed; wrote out.json.")
    said = [each["credentialSubject"]["endorsementComment"] for each in document["endorsements"]]
    assert said == [
        "Acme publicly stands behind “Data badge”.", "Acme publicly stands behind “Sql course”."
    ]  # fmt: skip
    assert [each["ceterms:name"]["und"] for each in document["recognition"]["@graph"]] == ["Data badge"]
    with reading(sqlite_engine) as session:
        (event,) = audit.read_events(session, action=audit.EXPORTED)
    assert event.about == "file:endorsements"


def test_those_of_one_credential(run, tmp_path):
    _, document = export(run, tmp_path, "--credential", "sql-course")
    assert len(document["endorsements"]) == 1
    assert document["recognition"]["@graph"] == []


def test_what_cannot_be_is_refused_with_words(run, tmp_path):
    place = tmp_path / "out.json"
    ran = run("export", "endorsements", "--output", place, "--format", "csv")
    assert (ran.code, "Known: json." in ran.err) == (1, True)
    ran = run("export", "endorsements", "--output", place, "--format", "json", "--credential", "data-bagde")
    assert (ran.code, "Did you mean" in ran.err) == (1, True)
    ran = run("export", "endorsements", "--output", place, "--format", "json", "--programme", "data")
    assert (ran.code, "means nothing for endorsements" in ran.err) == (1, True)
    assert not place.exists()
