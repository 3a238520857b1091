"""`feedback report`: a pack of a small sample as every kind of file, for whoever may take it, and proven afterwards."""

import json
import shutil
from datetime import date
from hashlib import sha256

import pytest

from feedback.policy import Grant
from feedback.sample import load_sample
from feedback.settings import data_folder
from feedback.store import audit
from feedback.store.database import open_database, reading
from feedback.survey.instrument import read_instruments
from feedback.worker import packing
from feedback.worker.loop import ANSWERS, Worker
from tests.command_line import runner
from tests.people import account_of

pytestmark = pytest.mark.xdist_group("report")  # they share a sample that takes seconds to make

OWN, OTHER = "web-development", "dementia-care"


@pytest.fixture(scope="module")
def published(sqlite_template, tmp_path_factory):
    """The address of a database with a small sample, published."""
    address = f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('published') / 'feedback.db')}"
    engine, instruments = open_database(address), read_instruments(data_folder() / "instruments")
    load_sample(engine, instruments, size=300, seed=1, today=date(2026, 3, 1), progress=lambda *_: None)
    Worker(engine, instruments, kinds=ANSWERS).tick()
    account_of(engine, Grant("owner", f"credential:{OWN}"), name="Olga")
    account_of(engine, Grant("reviewer"), name="Rita")
    engine.dispose()
    return address


FEW = (("What they say", ("credential_value", "recognition", "worth", "topics", "learner_scales")),)


@pytest.fixture(autouse=True)
def few_findings(monkeypatch):
    """Packs of findings that take no model: which stand in a pack is tested where packs are made."""
    monkeypatch.setattr(packing, "ONE", (("What they say", FEW[0][1][1:]),))
    monkeypatch.setattr(packing, "MANY", FEW)


@pytest.fixture
def run(monkeypatch, capsys, published):
    return runner(monkeypatch, capsys, published)


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_all_problems_are_told_at_once(run, place):
    done = run("report", OWN, "--portfolio", "--format", "pfd", "--output", place / "no" / "x.pdf", "--programme", "x")
    assert done.code == 1
    for said in ("not both", 'Did you mean "pdf"?', "is not there"):
        assert said in done.err
    assert "--output: is missing" in run("report", OWN).err
    assert "goes with --portfolio" in run("report", OWN, "--programme", "x", "--output", place / "x.pdf").err


def test_a_credential_or_programme_there_is_not_is_refused_and_no_file_is_left(run, place):
    done = run("report", "web-developmnt", "--output", place / "x.pdf")
    assert done.code == 1
    assert f'Did you mean "{OWN}"?' in done.err
    assert run("report", "--portfolio", "--programme", "nope", "--output", place / "x.pdf").code == 1
    assert list(place.iterdir()) == []


def test_a_credentials_pack_is_written_noted_and_proven(run, place, published):
    path = place / "pack.pdf"
    done = run("report", OWN, "--format", "pdf", "--output", path, "--json")
    assert done.code == 0, done.err
    told, content = json.loads(done.out), path.read_bytes()
    assert content.startswith(b"%PDF")
    engine = open_database(published)
    with reading(engine) as session:
        noted = audit.read_events(session, action=audit.EXPORTED, most=1)[0]
    engine.dispose()
    assert noted.about == "file:report"
    assert noted.details["digest"] == told["digest"]
    assert noted.details["file"] == sha256(content).hexdigest()
    assert (noted.details["credential"], noted.details["format"]) == (OWN, "pdf")
    proven = run("report", "--check", path)
    assert proven.code == 0
    assert "is as it was made" in proven.out
    assert told["digest"] in proven.out
    path.write_bytes(content + b" ")
    assert run("report", "--check", path).code == 1


def test_the_evidence_has_the_digest_of_every_other_file(run, place):
    page, frozen = place / "pack.html", place / "pack.json"
    told = json.loads(run("report", OWN, "--format", "html", "--output", page, "--json").out)
    assert run("report", OWN, "--format", "json", "--output", frozen).code == 0
    assert sha256(frozen.read_bytes()).hexdigest() == told["digest"]
    assert told["digest"] in page.read_text(encoding="utf-8")
    held = json.loads(frozen.read_text(encoding="utf-8"))
    assert held["title"] == "Full-Stack Web Development"
    assert {name for name, _ in held["facts"]} >= {"Programme", "Made on", "Made by", "Release"}
    assert "sample" in held["warning"]
    assert [each["title"] for each in held["agenda"]][:2] == ["Due for review", "Open actions"]


def test_the_portfolio_has_a_line_for_every_credential_and_no_number_of_fewer_than_five_people(run, place):
    path = place / "all.json"
    assert run("report", "--portfolio", "--format", "json", "--output", path).code == 0
    held = json.loads(path.read_text(encoding="utf-8"))
    tables = {each["id"]: each["table"] for part in held["parts"] for each in part["sections"] if "table" in each}
    value = tables["credential_value"]
    assert len(value["rows"]) + len(value["withheld"]) == int(dict(held["facts"])["Credentials"])
    at = {name: table["columns"].index("People") for name, table in tables.items() if "People" in table["columns"]}
    people = [int(row[at[name]]) for name in at for row in tables[name]["rows"] if row[at[name]]]
    assert len(people) > 20
    assert min(people) >= 5


def test_an_owner_takes_the_pack_of_their_own_credential_and_of_no_other(run, place):
    path = place / "x.html"
    assert run("--as", "olga@example.org", "report", OWN, "--format", "html", "--output", path).code == 0
    assert "Made by" in path.read_text(encoding="utf-8")
    path.unlink()
    for other in ([OTHER], ["--portfolio"], ["no-such-credential"]):
        done = run("--as", "olga@example.org", "report", *other, "--format", "html", "--output", path)
        assert done.code == 1
        assert "nothing of that name" in done.err
    assert run("--as", "rita@example.org", "report", OWN, "--output", path).code == 1
    assert list(place.iterdir()) == []


def test_whether_a_file_is_a_pack_is_told_only_to_who_may_read_of_it(run, place):
    path = place / "x.json"
    assert run("report", OTHER, "--format", "json", "--output", path).code == 0
    assert run("report", "--check", path).code == 0
    done = run("--as", "olga@example.org", "report", "--check", path)
    assert done.code == 1
    assert "may not read" in done.err
