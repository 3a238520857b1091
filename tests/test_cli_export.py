"""`feedback export`: everything by its name, in every format, through the gate, and never half a file."""

import csv
import io
import json
import os
import shutil
import zipfile
from datetime import date

import pytest

from feedback.catalogue.contents import ENTITIES
from feedback.cli.outputs import replacing
from feedback.errors import Refused
from feedback.findings.contents import FINDINGS
from feedback.policy import Grant
from feedback.sample import load_sample
from feedback.settings import data_folder
from feedback.store import jobs
from feedback.store.database import open_database, transaction
from feedback.survey.instrument import read_instruments
from feedback.worker.loop import ANSWERS, Worker
from tests.command_line import runner
from tests.people import account_of

pytestmark = pytest.mark.xdist_group("export")  # they share a sample that takes seconds to make


@pytest.fixture
def url(sqlite_template, tmp_path) -> str:
    """The address of an empty database."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'feedback.db')}"


@pytest.fixture
def run(monkeypatch, capsys, url):
    return runner(monkeypatch, capsys, url)


@pytest.fixture
def place(tmp_path):
    """A folder for files to be written to."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def rows_of(path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


# What is asked for


def test_an_unknown_name_is_refused_with_the_nearest_and_all_others(run, place):
    done = run("export", "recogniton", "--format", "csv", "--output", place / "x.csv")
    assert done.code == 1
    assert 'Did you mean "recognition"?' in done.err
    assert all(name in done.err for name in (*ENTITIES, *FINDINGS, "codebook", "releases", "findings"))
    assert list(place.iterdir()) == []


def test_a_name_of_both_is_the_catalogues_and_the_finding_has_a_prefix(run, place):
    both = [name for name in FINDINGS if name in ENTITIES]
    for name in both:
        assert run("export", name, "--format", "json", "--output", place / "a.json").code == 0
        assert "columns" in json.loads((place / "a.json").read_text())
    listed = run("export", "x", "--format", "csv", "--output", place / "x.csv").err
    assert all(f"finding:{name}" in listed for name in both)


def test_all_problems_are_told_at_once(run, place):
    done = run(
        "export", "contacts", "--format", "exel", "--output", place / "no" / "x", "--audience", "learners",
        "--language", "xx",
    )  # fmt: skip
    assert done.code == 1
    for said in ("--format", "is not there", "Say --personal", 'Did you mean "learner"?', "--language"):
        assert said in done.err


def test_html_is_for_the_codebook(run, place):
    done = run("export", "credentials", "--format", "html", "--output", place / "x.html")
    assert done.code == 1
    assert "html is for the codebook" in done.err


def test_a_choice_that_means_nothing_is_refused(run, place):
    done = run("export", "credentials", "--format", "csv", "--output", place / "x", "--audience", "learner")
    assert done.code == 1
    assert "--audience: means nothing for credentials" in done.err


def test_spss_without_its_package_says_what_is_needed(run, place, monkeypatch):
    monkeypatch.setattr("feedback.exchange.tables.has_spss", lambda: False)
    done = run("export", "programmes", "--format", "sav", "--output", place / "x.sav")
    assert done.code == 1
    assert "pip install pyreadstat" in done.err
    assert list(place.iterdir()) == []


# Where it goes


def test_a_folder_or_a_place_that_is_not_there_is_refused(run, place):
    assert "is a folder" in run("export", "codebook", "--format", "csv", "--output", place).err
    assert "is not there" in run("export", "codebook", "--format", "csv", "--output", place / "a" / "b.csv").err


def test_what_is_no_file_is_never_replaced(run, place):
    os.mkfifo(place / "pipe")
    done = run("export", "codebook", "--format", "csv", "--output", place / "pipe")
    assert done.code == 1
    assert "is not a file" in done.err


def test_a_file_that_is_there_is_replaced_at_the_end_only(place):
    path = place / "kept.csv"
    path.write_text("before")
    with pytest.raises(TypeError), replacing(path) as file:
        file.write("not bytes")
    assert path.read_text() == "before"
    assert list(place.iterdir()) == [path]
    with replacing(path) as file:
        file.write(b"whole")
        assert path.read_text() == "before"
    assert path.read_text() == "whole"
    assert list(place.iterdir()) == [path]


def test_a_place_nobody_may_write_to_is_refused_before_any_work(place, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(Refused, match="cannot be written: Permission denied"), replacing(place / "x.csv"):
        pytest.fail("work was begun")


# The codebook


@pytest.mark.parametrize("format", ["html", "csv", "json", "xlsx", "parquet"])
def test_the_codebook_needs_no_database(run, place, format, monkeypatch):
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    path = place / f"codebook.{format}"
    done = run("export", "codebook", "--format", format, "--output", path)
    assert done.code == 0, done.err
    assert path.stat().st_size > 1000


def test_what_was_done_is_told_as_json(run, place):
    done = run("export", "codebook", "--format", "csv", "--output", place / "codebook.csv", "--json")
    told = json.loads(done.out)
    assert told["what"] == "codebook"
    assert told["rows"] == len(rows_of(place / "codebook.csv"))


# The catalogue


@pytest.mark.parametrize("name", ENTITIES)
@pytest.mark.parametrize("format", ["csv", "xlsx", "parquet", "json"])
def test_every_part_of_the_catalogue_is_written_in_every_format(run, place, name, format):
    done = run("export", name, "--format", format, "--output", place / f"x.{format}", "--personal")
    assert done.code == 0, done.err
    assert (place / f"x.{format}").stat().st_size > 0


def test_data_about_people_leaves_only_when_asked_for(run, place):
    for name, entity in ENTITIES.items():
        done = run("export", name, "--format", "csv", "--output", place / f"{name}.csv")
        assert (done.code == 1) == entity.personal, done.err


def test_the_catalogue_is_written_as_it_can_be_brought_in_again(run, place, tmp_path):
    brought = tmp_path / "programmes.csv"
    brought.write_text("slug,title\nzoo,=Zoo\nevening,Evening school\n", encoding="utf-8")
    assert run("import", "programmes", brought).code == 0
    out = place / "programmes.csv"
    assert run("export", "programmes", "--format", "csv", "--output", out).code == 0
    assert [row["slug"] for row in rows_of(out)] == ["evening", "zoo"]
    again = json.loads(run("import", "programmes", out, "--json").out)
    assert (again["new"], again["changed"]) == (0, 0)


# Findings


@pytest.fixture(scope="module")
def published(sqlite_template, tmp_path_factory):
    """The address of a database with a small sample, published."""
    address = f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('published') / 'feedback.db')}"
    engine, instruments = open_database(address), read_instruments(data_folder() / "instruments")
    load_sample(engine, instruments, size=400, seed=1, today=date(2026, 3, 1), progress=lambda *_: None)
    Worker(engine, instruments, kinds=ANSWERS).tick()
    engine.dispose()
    return address


@pytest.fixture
def export(monkeypatch, capsys, published, place):
    """Export something of that database as CSV: what came of it, and the rows."""
    run = runner(monkeypatch, capsys, published)

    def export(what: str, *options: str, format: str = "csv"):
        path = place / f"{what.replace(':', '-')}.{format}"
        done = run("export", what, "--format", format, "--output", path, *options)
        return done, path

    return export


@pytest.mark.parametrize("name", FINDINGS)
def test_every_finding_is_written_under_its_name(export, name):
    done, path = export(f"finding:{name}" if name in ENTITIES else name)
    assert done.code == 0, done.err
    assert path.stat().st_size > 0


def test_no_number_of_fewer_than_five_people_is_in_the_answers(export):
    done, path = export("answers", "--json")
    rows = rows_of(path)
    assert json.loads(done.out)["rows"] == len(rows) > 50
    assert all(row["People"] == "" or int(row["People"]) >= 5 for row in rows)
    assert {row["Shown"] for row in rows if row["People"] == ""} == {"too few to show"}


def test_answers_that_are_not_published_are_not_in_the_file_and_that_is_said(run, url, place):
    engine = open_database(url)
    with transaction(engine) as session:
        jobs.enqueue(session, "publish", "some-import")
    engine.dispose()
    done = run("export", "answers", "--format", "csv", "--output", place / "answers.csv")
    assert done.code == 0
    assert "wait to be published" in done.err
    assert "Not enough answers yet" in done.out


def test_a_choice_narrows_a_finding_and_one_that_is_not_there_is_refused(export):
    _, path = export("answers", "--audience", "employer")
    assert {row["Asked of"] for row in rows_of(path)} == {"employers"}
    done, _ = export("answers", "--credential", "no-such-badge")
    assert done.code == 1
    assert "--credential" in done.err


def test_employers_are_split_as_asked_for_and_not_by_what_is_not_known(export):
    done, path = export("groups", "--by", "role")
    assert done.code == 0, done.err
    assert path.read_text(encoding="utf-8-sig").startswith("Credential,Role,Value")
    done, _ = export("groups", "--by", "rôle")
    assert done.code == 1
    assert "--by" in done.err
    assert "Known: sector, role, size" in done.err


def test_questions_are_worded_in_the_language_asked_for(export):
    english, german = (
        {row["Question"] for row in rows_of(export("answers", "--language", code)[1])} for code in ("en", "de")
    )
    assert len(german - english) > len(german) / 2


def test_all_findings_are_sheets_of_one_workbook(export):
    done, path = export("findings", format="xlsx")
    assert done.code == 0, done.err
    with zipfile.ZipFile(path) as archive:
        book = archive.read("xl/workbook.xml").decode()
    assert all(f'name="{name}"' in book for name in (*FINDINGS, "About"))


def test_all_findings_as_csv_want_a_name_that_says_archive(export, place):
    done, path = export("findings")
    assert done.code == 1
    assert "ends in .zip" in done.err
    assert not path.exists()


def test_releases_tell_what_was_published_and_never_few(export):
    done, path = export("releases")
    assert done.code == 0, done.err
    rows = rows_of(path)
    assert rows[0]["Why"] == "a file was brought in"
    assert not [row for row in rows if row["Credential"].startswith("foil:")]
    assert all(row["People"] == "" or int(row["People"]) >= 5 for row in rows)


def test_the_same_data_give_the_same_file(export):
    first = export("answers", format="xlsx")[1].read_bytes()
    assert export("answers", format="xlsx")[1].read_bytes() == first


def test_s43_people_leave_for_those_only_who_may_ask_in_the_whole_institution(run, place, url):
    engine = open_database(url)
    for role in ("committee", "lead"):
        account_of(engine, Grant(role), name=role)
    engine.dispose()
    words = ("export", "contacts", "--personal", "--format", "csv", "--output", place / "x.csv")
    refused = run("--as", "committee@example.org", *words)
    assert (refused.code, "There is nothing of that name here" in refused.err) == (1, True)
    assert list(place.iterdir()) == []
    assert run("--as", "lead@example.org", *words).code == 0
