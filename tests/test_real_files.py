"""The command line on files of others: real ratings and real comments come in whole, and their comments are read.

The files are not part of the project (their licences forbid it): FEEDBACK_TEST_DATA names the folder that holds them.
"""

import csv
import gzip
import json
from pathlib import Path

import pytest

from feedback.settings import data_folder
from tests.command_line import runner

SAMPLE = data_folder() / "sample"
INSTEVAL = """
item = "d"
rater = "s"
score = "y"
scale = [1, 5]
create_missing = true
item_title = "Lecturer {value}"
rater_title = "Student {value}"
"""
CORPUS = """
text = "text"
rating = "rating"
scale = [1, 5]
language = "lang"
language_values = { und = "" }
audience = "learner"
credential_default = "A course of others"
create_missing = true
"""


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    return runner(monkeypatch, capsys, f"sqlite:///{tmp_path / 'feedback.db'}")


@pytest.fixture
def bring(run, tmp_path):
    """Import a file as a command would, and give the facts it reports."""

    def bring(kind: str, file: Path, column_map: str | Path | None = None) -> dict:
        options = []
        if isinstance(column_map, str):
            (tmp_path / "map.toml").write_text(column_map, encoding="utf-8")
            column_map = tmp_path / "map.toml"
        if column_map is not None:
            options = ["--map", column_map]
        done = run("import", kind, file, *options, "--json")
        assert done.code == 0, done.err
        return json.loads(done.out)

    return bring


def there(folder: Path, name: str) -> Path:
    """A file of the folder; the test is skipped where it is absent."""
    path = folder / name
    if not path.is_file():
        pytest.skip(f"{name} is not in the folder of real files")
    return path


def test_the_walk_through_of_the_sample_files_ends_in_a_sound_database(run, bring):
    assert run("init").code == 0
    assert bring("catalogue", SAMPLE / "catalogue.csv")["new"] == 6
    assert bring("organisations", SAMPLE / "organisations.csv")["new"] == 12
    comments = bring("comments", SAMPLE / "course_comments.csv", SAMPLE / "course_comments.map.toml")
    assert comments["new"] == comments["comments_read"] == 60
    assert bring("ratings", SAMPLE / "employer_ratings.csv", SAMPLE / "employer_ratings.map.toml")["new"] == 80
    told = json.loads(run("doctor", "--json").out)
    assert (told["wrong"], told["checks"]["credentials"]) == ([], "6")


def test_real_ratings_come_in_by_the_command(bring, shared_data):
    done = bring("ratings", there(shared_data, "reference/insteval.csv.gz"), INSTEVAL)
    assert (done["rows"], done["new"]) == (73_421, 73_421)
    assert (done["created"]["credentials"], done["created"]["organisations"]) == (1128, 2972)


def test_real_ratings_are_ranked_as_lme4_does(run, shared_data, tmp_path):
    file, reference = (
        there(shared_data, f"reference/{name}") for name in ("insteval.csv.gz", "insteval_reference.json")
    )
    named = ("--item", "d", "--rater", "s", "--score", "y")
    done = run("analyse", "value", file, *named, "--output", tmp_path / "o.csv", "--summary", tmp_path / "s.json")
    assert done.code == 0, done.err
    found, known = json.loads((tmp_path / "s.json").read_text()), json.loads(reference.read_text())["M0"]
    assert found["variance_item"] == pytest.approx(known["var"]["d"], rel=1e-4)
    assert found["variance_rater"] == pytest.approx(known["var"]["s"], rel=1e-4)
    assert found["variance_residual"] == pytest.approx(known["var"]["residual"], rel=1e-4)
    assert found["criterion"] == pytest.approx(known["reml_criterion"], abs=0.01)


@pytest.mark.parametrize("method", ["johnson", "lmg"])
def test_real_drivers_are_those_of_the_reference(run, shared_data, tmp_path, method):
    file, reference = (there(shared_data, f"reference/{name}") for name in ("swiss.csv", "small_reference.json"))
    known = json.loads(reference.read_text())[f"swiss_fertility_{method}"]
    items = [name for name in known if name not in ("R2", "by")]
    named = ("--outcome", "Fertility", "--items", ",".join(items), "--method", method)
    done = run("analyse", "drivers", file, *named, "--output", tmp_path / "o.csv", "--summary", tmp_path / "s.json")
    assert done.code == 0, done.err
    with (tmp_path / "o.csv").open(encoding="utf-8", newline="") as written:
        found = {row["item"]: float(row["importance"]) for row in csv.DictReader(written)}
    assert found == pytest.approx({item: known[item] for item in items}, abs=1e-3)
    assert json.loads((tmp_path / "s.json").read_text())["r_squared"] == pytest.approx(0.706735, abs=1e-3)


@pytest.mark.parametrize(
    "name",
    [
        "college6",
        "sight_human",
        "zh_mooc",
        pytest.param("edurabsa", marks=pytest.mark.soak),
        pytest.param("coursera_ml", marks=pytest.mark.soak),
        pytest.param("vsfc", marks=pytest.mark.soak),
        pytest.param("rmp", marks=pytest.mark.soak),
    ],
)
def test_real_comments_come_in_by_the_command_and_are_read(bring, shared_data, name):
    file = there(shared_data, f"corpora/{name}.csv.gz")
    done = bring("comments", file, CORPUS)
    assert done["rows"] == done["new"] == done["comments_read"] > 100
    again = bring("comments", file, CORPUS)
    assert (again["new"], again["unchanged"], again["comments_read"]) == (0, done["rows"], 0)


def test_real_comments_are_analysed_and_stay_as_they_were(run, shared_data, tmp_path):
    file = there(shared_data, "corpora/welch_courses.csv.gz")
    assert run("analyse", "comments", file, "--output", tmp_path / "o.csv").code == 0
    with gzip.open(file, "rt", encoding="utf-8", newline="") as given:
        before = [(row["text"], row["sentiment"]) for row in csv.DictReader(given)]
    with (tmp_path / "o.csv").open(encoding="utf-8", newline="") as written:
        after = list(csv.DictReader(written))
    assert [(row["text"], row["given_sentiment"]) for row in after] == before
    scored = [row for row in after if row["sentiment"]]
    assert len(scored) > 0.9 * len(after)
    for row in scored:
        assert -1 <= float(row["sentiment"]) <= 1
        assert row["sentiment_label"] in ("neg", "neu", "pos")
