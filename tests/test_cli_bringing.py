"""`feedback import responses`, from the survey that is opened to the answers taken back."""

import json

import pytest

from feedback.settings import data_folder
from tests.command_line import runner

CATALOGUE = data_folder() / "sample" / "catalogue.csv"


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs `feedback` on a database of its own."""
    return runner(monkeypatch, capsys, f"sqlite:///{tmp_path / 'feedback.db'}")


def test_documents_of_answers_come_in_are_read_and_go_again(run, tmp_path):
    run("import", "catalogue", CATALOGUE)
    survey = json.loads(run("open", "learner", "--credential", "kitchen-hygiene", "--json").out)["survey"]
    said = {"survey": survey, "language": "en", "answers": {"worth": 5, "keep": "The exercises in a real kitchen."}}
    file = tmp_path / "answers.jsonl"
    file.write_text(json.dumps(said) + "\n" + json.dumps(said | {"answers": {"worth": 6}}) + "\n")
    refused = run("import", "responses", file)
    assert (refused.code, refused.out) == (1, "")
    assert 'answers.jsonl, line 2, field "answers.worth": found 6.' in refused.err
    file.write_text(json.dumps(said) + "\n" + json.dumps(said | {"answers": {"worth": 2}}) + "\n")
    assert "Nothing was stored" in run("import", "responses", file, "--dry-run").out
    done = json.loads(run("import", "responses", file, "--json").out)
    assert (done["kind"], done["rows"], done["new"], done["comments_read"]) == ("responses", 2, 2, 1)
    again = json.loads(run("import", "responses", file, "--json").out)
    assert (again["new"], again["unchanged"], again["batch"]) == (0, 2, "")
    assert json.loads(run("undo", done["batch"], "--json").out)["answers"] == 2
