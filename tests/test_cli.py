"""The command line: what it says, what it keeps, and how it ends (0 done, 1 refused, 2 usage, 3 out of reach)."""

import csv
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from feedback.settings import data_folder
from feedback.store.database import open_database
from tests.command_line import Ran, runner

SAMPLE = data_folder() / "sample"
HEAVY = ("nltk", "scipy", "textblob", "altair", "streamlit", "pandas", "vaderSentiment")


@pytest.fixture
def url(sqlite_template, tmp_path_factory) -> str:
    """The address of an empty database, away from the files of the test."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('database') / 'feedback.db')}"


@pytest.fixture
def run(monkeypatch, capsys, url):
    return runner(monkeypatch, capsys, url)


@pytest.fixture
def write(tmp_path):
    def write(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8", newline="")
        return path

    return write


def counts(url: str) -> dict[str, int]:
    """How many rows each table holds."""
    engine = open_database(url)
    with engine.connect() as connection:
        found = {
            name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()  # noqa: S608
            for name in inspect(engine).get_table_names()
        }
    engine.dispose()
    return found


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def nowhere() -> str:
    """The address of a PostgreSQL server that does not listen."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return f"postgresql://ann:secret@127.0.0.1:{port}/feedback"


# Starting up


def python(code: str, url: str) -> Ran:
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"FEEDBACK_DATABASE_URL": url}, capture_output=True, text=True
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("arguments", [["--help"], ["init"], ["doctor"]])
def test_what_a_command_does_not_need_is_not_imported(run, url, arguments):
    looked = python(
        f"""
import sys
from feedback.cli import main
sys.argv = ["feedback", *{arguments}]
try:
    main()
finally:
    print("LOADED", [name for name in {HEAVY} if name in sys.modules])
""",
        url,
    )
    assert looked.code == 0, looked.err
    assert looked.out.strip().splitlines()[-1] == "LOADED []"


def test_python_m_feedback_ends_with_3_when_the_database_is_out_of_reach():
    environment = os.environ | {"FEEDBACK_DATABASE_URL": nowhere()}
    done = subprocess.run(
        [sys.executable, "-m", "feedback", "doctor"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "cannot be reached" in done.stderr
    assert "secret" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


# Exit codes


@pytest.mark.parametrize(
    "arguments",
    [["init"], ["doctor"], ["sample", "--remove"], ["import", "catalogue", SAMPLE / "catalogue.csv"]],
    ids=lambda arguments: arguments[0],
)
def test_every_command_ends_with_3_when_the_database_is_out_of_reach(monkeypatch, capsys, arguments):
    ran = runner(monkeypatch, capsys, nowhere())(*arguments)
    assert (ran.code, ran.out) == (3, "")
    assert "cannot be reached" in ran.err


def test_a_database_that_goes_away_in_the_middle_is_out_of_reach_too(run, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def gone(*_, **__):
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))

    monkeypatch.setattr("feedback.exchange.imports.import_file", gone)
    ran = run("import", "catalogue", SAMPLE / "catalogue.csv")
    assert ran.code == 3
    assert "server closed the connection" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["import"],
        ["init", "--nonsense"],
        ["sample", "--size", "many"],
        ["sample", "--size", "-1"],
        ["analyse", "value", "x.csv"],
        ["analyse", "value", "x.csv", "--item=a", "--rater=b", "--score=c", "--output=d", "--method=guess"],
        ["analyse", "drivers", "x.csv", "--outcome=a"],
        ["analyse", "drivers", "x.csv", "--outcome=a", "--items=b", "--output=d", "--method=beta"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2(run, arguments):
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Usage" in ran.err


def test_a_wrong_setting_is_refused_by_name(run, monkeypatch):
    monkeypatch.setenv("FEEDBACK_MINIMUM_GROUP", "2")
    ran = run("init")
    assert ran.code == 1
    assert "FEEDBACK_MINIMUM_GROUP" in ran.err


# init and doctor


def test_doctor_says_what_to_do_until_the_database_is_made(monkeypatch, capsys, tmp_path):
    run = runner(monkeypatch, capsys, f"sqlite:///{tmp_path / 'none-yet.db'}")
    before = run("doctor")
    assert before.code == 1
    assert "feedback init" in before.out
    assert run("init").code == run("init").code == 0
    after = run("doctor", "--json")
    assert after.code == 0
    told = json.loads(after.out)
    assert (told["wrong"], told["checks"]["schema"], told["checks"]["sample"]) == ([], "current", "none")
    assert "data version" not in told["checks"]  # it rises with every submission


# import


def test_a_refused_file_names_every_problem_and_leaves_nothing(run, url, write):
    before = counts(url)
    file = write("r.csv", "item,rater,score\nBadge,Acme,9\nBadge,,4\nBadge,Acme,good\nBadge,Acme,4\n")
    mapped = write("m.toml", "create_missing = true\n")
    ran = run("import", "ratings", file, "--map", mapped)
    assert (ran.code, ran.out) == (1, "")
    for place in ('line 2, column "score"', 'line 3, column "rater"', 'line 4, column "score"'):
        assert place in ran.err
    assert counts(url) == before


@pytest.mark.parametrize("kind", ["organizations", "invitations"])
def test_a_kind_that_is_not_read_is_refused_with_those_that_are(run, kind):
    ran = run("import", kind, SAMPLE / "organisations.csv")
    assert ran.code == 1
    assert "organisations" in ran.err


def test_a_dry_run_counts_and_stores_nothing(run, url):
    before = counts(url)
    ran = run("import", "catalogue", SAMPLE / "catalogue.csv", "--dry-run")
    assert ran.code == 0
    assert "6 new" in ran.out
    assert "Nothing was stored" in ran.out
    assert counts(url) == before


def test_what_changed_is_told_and_the_same_file_twice_changes_nothing(run, url, write):
    run("import", "organisations", write("o.csv", "name,sector\nAcme,D\nBeta,F\n"))
    ran = run("import", "organisations", write("o.csv", "name,sector\nAcme,D\nBeta,M\nGamma,\n"))
    assert "3 rows, 1 new, 1 changed, 1 already there" in ran.out
    before = counts(url)
    told = json.loads(run("import", "organisations", write("o.csv", "name,sector\nAcme,D\n"), "--json").out)
    assert (told["new"], told["changed"], told["unchanged"]) == (0, 0, 1)
    assert counts(url) == before


def test_a_dry_run_lists_what_would_be_new_and_what_would_change(run, write):
    run("import", "organisations", write("o.csv", "name,sector\nAcme,D\nBeta,F\n"))
    ran = run(
        "import", "organisations", write("o.csv", "name,sector,country\nAcme,D,\nBeta,M,ES\nGamma,,\n"), "--dry-run"
    )
    assert ran.out.splitlines()[1:] == [
        "organisations: Beta (beta) would change sector, country",
        "organisations: Gamma (gamma) would be new",
    ]


def test_an_import_says_how_it_is_undone_and_can_be(run, url, write):
    before = counts(url)
    ran = run("import", "contacts", write("c.csv", "organisation,name\nAcme,Ann Example\n"))
    assert (ran.code, ran.out) == (1, "")
    assert 'line 2, column "organisation": found "Acme", which is not in the catalogue.' in ran.err
    ran = run("import", "organisations", write("o.csv", "name\nAcme\n"))
    _, command = ran.out.strip().split("feedback undo ")
    told = json.loads(run("undo", command, "--json").out)
    assert (told["removed"], told["restored"]) == (1, 0)
    assert {name for name, count in counts(url).items() if count != before[name]} <= {
        "audit_events",
        "changes",
        "imports",
        "meta",
    }
    again = run("undo", command)
    assert (again.code, again.out) == (1, "")
    assert "was undone already" in again.err
    assert run("undo", "nonsense").code == 1


def test_what_is_worth_knowing_follows_on_standard_error(run, write):
    file = write("r.csv", "item,rater,score,mood\nBadge,Acme,9,fine\nBadge,Beta,4,\n")
    mapped = write("m.toml", "create_missing = true\nscale = [0, 10]\n")
    ran = run("import", "ratings", file, "--map", mapped)
    assert ran.code == 0
    assert 'column "mood": was not read.' in ran.err
    assert "were rounded" in ran.err
    assert "mood" not in ran.out
    told = json.loads(run("import", "ratings", file, "--map", mapped, "--json").out)
    assert any("mood" in remark for remark in told["remarks"])


def test_comments_are_read_as_they_come_in(run, url):
    run("import", "catalogue", SAMPLE / "catalogue.csv")
    ran = run("import", "comments", SAMPLE / "course_comments.csv", "--map", SAMPLE / "course_comments.map.toml")
    assert ran.code == 0
    assert "60 comments read" in ran.out
    assert counts(url)["comment_readings"] == 60


# sample and open


def test_the_sample_comes_once_and_goes_whole(run, url):
    before = counts(url)
    assert run("sample", "--size", "30", "--seed", "3").code == 0
    again = run("sample", "--size", "30")
    assert again.code == 1
    assert "--remove" in again.err
    with open_database(url).connect() as connection:
        batch = connection.exec_driver_sql("SELECT id FROM imports WHERE is_sample LIMIT 1").scalar_one()
    undone = run("undo", batch)
    assert undone.code == 1
    assert "feedback sample --remove" in undone.err
    assert run("sample", "--remove").code == 0
    after = counts(url)
    assert {name for name, count in after.items() if count != before[name]} <= {
        "audit_events",
        "meta",
        "instrument_versions",
    }


def test_a_survey_is_opened_for_credentials_that_are_there(run):
    run("import", "catalogue", SAMPLE / "catalogue.csv")
    wrong = run(
        *("open", "learner", "--credential", "rooftop-solar", "--mode", "post", "--language", "tlh"),
        *("--run", "nobody-ran-this", "--closes", "2020-01-01"),
    )
    assert wrong.code == 1
    assert all(name in wrong.err for name in ("--credential", "--mode", "--language", "rooftop-solar-installer"))
    assert '"nobody-ran-this" is not in the catalogue' in wrong.err
    assert "2020-01-01 is past" in wrong.err
    opened = json.loads(run("open", "learner", "--credential", "rooftop-solar-installer", "--json").out)
    assert opened["address"].endswith(f"/f/{opened['survey']}")
    another = json.loads(run("open", "learner", "--credential", "rooftop-solar-installer", "--json").out)
    assert another["survey"] != opened["survey"]


# analyse comments


COMMENTS = [
    "Excellent, wonderful teacher who explained brilliantly. The exam was awful, horrible and unfair.",
    "The teacher was helpful, thanks to Dr. Jane Miller (jane@example.org)!",
    "Sehr gut erklärt, und ich konnte alles gleich bei der Arbeit anwenden.",
    "",
    '  =SUM(1) "quoted",\nsecond line 🙂 the exam was awful',
]


@pytest.fixture
def comments(write, tmp_path) -> Path:
    path = tmp_path / "in.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text", "sentiment"])
        writer.writerows([str(number), said, "pos"] for number, said in enumerate(COMMENTS))
    return path


def test_comments_of_a_file_are_read_and_its_own_columns_stay(run, comments, tmp_path):
    ran = run("analyse", "comments", comments, "--output", tmp_path / "out.csv")
    assert ran.code == 0
    assert "given_sentiment" in ran.err
    found = rows_of(tmp_path / "out.csv")
    assert list(found[0]) == [
        *("id", "text", "given_sentiment"),
        *("language", "sentiment", "sentiment_label", "topics", "mixed", "redacted"),
    ]
    assert [row["text"] for row in found] == COMMENTS
    assert {row["given_sentiment"] for row in found} == {"pos"}
    assert [row["language"] for row in found][:3] == ["en", "en", "de"]
    mixed, named, german, blank, odd = found
    assert mixed["mixed"] == "true"
    assert (named["redacted"], named["mixed"]) == ("The teacher was helpful, thanks to Dr. [name] ([e-mail])!", "false")
    assert (german["sentiment_label"], german["mixed"]) == ("pos", "false")
    assert [blank[name] for name in ("language", "sentiment", "topics", "redacted")] == ["", "", "[]", ""]
    assert -1 <= float(odd["sentiment"]) < 0.16
    for row in found:
        for tag in json.loads(row["topics"]):
            assert list(tag) == ["topic", "polarity", "start", "end"]
            assert row["text"][tag["start"] : tag["end"]].strip()
    spans = [row["text"][tag["start"] : tag["end"]] for row in (mixed, odd) for tag in json.loads(row["topics"])]
    assert spans.count("exam") == 2


def test_a_refused_file_of_comments_leaves_the_output_as_it_was(run, write, tmp_path):
    out = write("out.csv", "as it was")
    wrong = run("analyse", "comments", write("a.csv", "id,comment\n1,fine\n"), "--output", out)
    assert wrong.code == 1
    assert '--text-column: a.csv has no column "text"' in wrong.err
    ragged = run("analyse", "comments", write("b.csv", "id,text\n1,fine\n2,a,b\n3\n"), "--output", out)
    assert ragged.code == 1
    assert "b.csv, line 3" in ragged.err
    assert "b.csv, line 4" in ragged.err
    assert out.read_text() == "as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv", "out.csv"]


def test_an_output_that_cannot_be_written_is_refused_before_the_work(run, comments, tmp_path):
    for output in (comments, tmp_path, tmp_path / "none" / "out.csv"):
        ran = run("analyse", "comments", comments, "--output", output)
        assert (ran.code, ran.out) == (1, "")
        assert "--output" in ran.err
    assert "text" in comments.read_text(encoding="utf-8")


def test_a_file_of_no_comments_gives_a_file_of_none(run, write, tmp_path):
    ran = run("analyse", "comments", write("a.csv", "text\n"), "--output", tmp_path / "out.csv")
    assert ran.code == 0
    assert (tmp_path / "out.csv").read_text() == "text,language,sentiment,sentiment_label,topics,mixed,redacted\n"


# analyse value

RATINGS = "what,who,stars\n" + "".join(
    f"{what},{who},{stars}\n"
    for what, good in (("A", 2), ("B", 0))
    for who in "uvwxyz"
    for stars in (2 + good, 3 + good)
)
NAMED = ("--item", "what", "--rater", "who", "--score", "stars")


def test_items_of_a_file_are_ranked_with_their_doubt(run, write, tmp_path):
    out, summary = tmp_path / "out.csv", tmp_path / "out.json"
    file = write("r.csv", RATINGS)
    told = run("analyse", "value", file, *NAMED, "--output", out, "--top", 1, "--summary", summary, "--json")
    assert told.code == 0, told.err
    found = rows_of(out)
    assert list(found[0])[:9] == ["item", "n", "mean", "effect", "sd", "low", "high", "p_top", "tier"]
    assert list(found[0])[9:] == ["reliability", "component"]
    assert [(row["item"], row["n"], float(row["mean"]), row["tier"]) for row in found] == [
        ("A", "12", 4.5, "1"),
        ("B", "12", 2.5, "2"),
    ]
    assert float(found[0]["low"]) < float(found[0]["effect"]) < float(found[0]["high"])
    said = json.loads(summary.read_text())
    assert set(said) == {
        *("variance_item", "variance_rater", "variance_residual", "intercept", "criterion", "reliability"),
        "not_joined",
    }
    assert said["intercept"] == pytest.approx(3.5)
    assert json.loads(told.out)["items"] == 2


def test_the_same_seed_ranks_the_same_and_the_method_moves_the_doubt_only(run, write, tmp_path):
    file, outs = write("r.csv", RATINGS), [tmp_path / f"{number}.csv" for number in range(3)]
    for out, method in zip(outs, ("auto", "auto", "reml"), strict=True):
        options = ("--output", out, "--method", method, "--draws", 200, "--seed", 5, "--top", 1)
        assert run("analyse", "value", file, *NAMED, *options, "--summary", out.with_suffix(".json")).code == 0
    auto, again, reml = (rows_of(out) for out in outs)
    assert auto == again != reml
    summaries = {out.with_suffix(".json").read_text() for out in outs}
    assert len(summaries) == 1
    for row, plain in zip(auto, reml, strict=True):
        assert all(row[name] == plain[name] for name in ("item", "n", "mean", "reliability", "component"))
        assert float(row["sd"]) > float(plain["sd"])


def test_items_that_no_rater_joins_are_named(run, write, tmp_path):
    far = "".join(f"{what},{who},{good}\n" for what, good in (("C", 2), ("D", 5)) for who in ("k", "l", "m"))
    out, summary = tmp_path / "out.csv", tmp_path / "s.json"
    ran = run("analyse", "value", write("r.csv", RATINGS + far), *NAMED, "--output", out, "--summary", summary)
    assert 'no rater joins these with the other items: "C", "D". They are compared on trust' in ran.err
    assert json.loads(summary.read_text())["not_joined"] == [["C", "D"]]
    assert {row["item"]: row["component"] for row in rows_of(out)} == {"A": "1", "B": "1", "C": "2", "D": "2"}


def test_many_groups_of_items_are_named_in_part(run, write, tmp_path):
    rows = "".join(f"i{n:02},w{n // 7},{n % 5}\n" for n in range(63))
    ran = run("analyse", "value", write("r.csv", "what,who,stars\n" + rows), *NAMED, "--output", tmp_path / "o.csv")
    assert '"i07", "i08", "i09", "i10", "i11" and 2 more; "i14"' in ran.err
    assert "and 3 more such groups" in ran.err


def test_what_a_ranking_rests_on_is_said(run, write, tmp_path):
    def said(rows: str) -> str:
        ran = run("analyse", "value", write("r.csv", "what,who,stars\n" + rows), *NAMED, "--output", tmp_path / "o.csv")
        assert ran.code == 0, ran.err
        assert "nan" not in (tmp_path / "o.csv").read_text()
        return ran.err

    assert "2 rows repeat a rater's rating of the same item" in said("A,u,3\nA,u,4\nA,u,4\nB,u,1\n")
    assert "holds one item; there is nothing to compare it with" in said("A,u,3\nA,v,4\n")
    assert "cannot tell the items apart" in said("A,u,3\nB,v,4\n")
    assert said(RATINGS.split("\n", 1)[1]).count("\n") == 1


def test_equal_scores_rank_nothing_and_what_is_not_known_is_null(run, write, tmp_path):
    file, out = write("r.csv", "what,who,stars\nA,u,3\nB,u,3\nB,v,\n"), tmp_path / "out.csv"
    ran = run("analyse", "value", file, *NAMED, "--output", out, "--summary", tmp_path / "s.json")
    assert ran.code == 0
    assert "1 rows have no score" in ran.err
    assert {row["tier"] for row in rows_of(out)} == {"1"}
    assert json.loads((tmp_path / "s.json").read_text())["criterion"] is None


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("what,who,stars\nA,u,good\nA,,4\n,u,4\nA,u,nan\n", NAMED, ["line 2", "line 3", "line 4", "line 5"]),
        ("what,who,stars\nA,u,inf\nB,u,1e999\nB,v,-inf\n", NAMED, ["line 2", "line 3", "line 4"]),
        ("what,who,star\nA,u,4\n", NAMED, ["--score", 'Did you mean "star"?']),
        ("what,who,stars\nA,u,4\n", ("--item=what", "--rater=what", "--score=stars"), ["--item", "--rater", "twice"]),
        ("what,who,stars\n", NAMED, ["holds no rating"]),
        ("", NAMED, ["is empty"]),
        ("what,who,stars\n" + "".join(f"i{n},u,{n % 5}\n" for n in range(5001)), NAMED, ["5,001", "5,000"]),
    ],
    ids=["cells", "infinite", "column", "twice", "no rating", "empty", "too many items"],
)
def test_a_file_of_ratings_that_cannot_be_ranked_is_refused_with_reasons(run, write, tmp_path, content, options, said):
    out = tmp_path / "out.csv"
    ran = run("analyse", "value", write("r.csv", content), *options, "--output", out)
    assert (ran.code, ran.out) == (1, "")
    assert [part for part in said if part not in ran.err] == []
    assert not out.exists()


# analyse drivers

ANSWERS = "who,worth,clear,fair,fixed,again\n" + "".join(
    f"{n},{min(5, max(1, (3 * (n % 5 + 1) + n * 7 % 4 + 1) // 4))},{n % 5 + 1},{n * 7 % 4 + 1},4,{n % 5 + 1}\n"
    for n in range(60)
)
GO = ("--outcome", "worth", "--items", "clear,fair")


@pytest.mark.parametrize("method", ["johnson", "lmg"])
def test_items_of_a_file_share_out_what_they_account_for(run, write, tmp_path, method):
    out, summary = tmp_path / "out.csv", tmp_path / "s.json"
    options = ("--output", out, "--method", method, "--summary", summary, "--json")
    told = run("analyse", "drivers", write("a.csv", ANSWERS), *GO, *options)
    assert told.code == 0, told.err
    found, said = rows_of(out), json.loads(summary.read_text())
    assert list(found[0]) == ["item", "n", "importance", "low", "high"]
    assert [(row["item"], row["n"]) for row in found] == [("clear", "60"), ("fair", "60")]
    assert sum(float(row["importance"]) for row in found) == pytest.approx(said["r_squared"])
    assert all(float(row["low"]) <= float(row["importance"]) <= float(row["high"]) for row in found)
    assert (said["method"], said["people"], said["left_out"]) == (method, 60, 0)
    assert json.loads(told.out)["r_squared"] == said["r_squared"]


def test_the_same_seed_gives_the_same_drivers_and_names_may_hold_commas(run, write, tmp_path):
    file = write("a.csv", ANSWERS.replace("clear", '"clear, mostly"', 1))
    outs = [tmp_path / f"{number}.csv" for number in range(3)]
    for out, seed in zip(outs, (1, 1, 2), strict=True):
        named = ("--outcome", "worth", "--items", '"clear, mostly", fair', "--seed", seed)
        assert run("analyse", "drivers", file, *named, "--output", out).code == 0
    first, again, other = (rows_of(out) for out in outs)
    assert first[0]["item"] == "clear, mostly"
    assert first == again != other


def test_what_drivers_rest_on_is_said(run, write, tmp_path):
    file, out = write("a.csv", ANSWERS + "x,,3,3,4,3\ny,4,,2,4,2\n"), tmp_path / "o.csv"
    ran = run("analyse", "drivers", file, "--outcome=worth", "--items=clear,fair,fixed,again", "--output", out)
    assert ran.code == 0, ran.err
    assert "2 rows have an empty cell" in ran.err
    assert 'everybody gave the same answer to "fixed"' in ran.err
    assert '"clear", "again" follow from each other' in ran.err
    found = {row["item"]: row for row in rows_of(out)}
    assert (found["fixed"]["importance"], found["fixed"]["high"], found["fixed"]["n"]) == ("0.0", "0.0", "60")
    assert "nan" not in out.read_text()


def test_a_file_with_names_of_rows_is_read(run, write, tmp_path):
    file, out = write("a.csv", ANSWERS.replace("who", '""', 1)), tmp_path / "o.csv"
    assert run("analyse", "drivers", file, *GO, "--output", out).code == 0
    assert len(rows_of(out)) == 2


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("worth,clear,fair\n5,good,1\n4,inf,1e200\n", GO, ["line 2", "line 3", '"clear"', '"fair"']),
        ("worth,cleer\n5,1\n", GO, ["--items", 'Did you mean "cleer"?', '"fair"']),
        ("value,clear,fair\n5,1,1\n", GO, ["--outcome", '"worth"']),
        (ANSWERS, ("--outcome=worth", "--items=clear,clear,,worth"), ["twice", "is empty", "outcome"]),
        (ANSWERS, ("--outcome=worth", "--items="), ["--items", "is empty"]),
        (ANSWERS, (*GO[:3], ",".join(f"i{n}" for n in range(16)), "--method=lmg"), ["16", "15", "johnson"]),
        (ANSWERS, (*GO[:3], ",".join(f"i{n}" for n in range(61))), ["61", "60"]),
        ("worth,clear,fair\n5,1,\n4,2,\n3,3,3\n", GO, ["1 rows", "4 at the least", '"fair", in 2 rows']),
        ("worth,clear,fair\n", GO, ["0 rows"]),
        ("worth,clear,fair\n" + "3,1,2\n3,2,1\n" * 9, GO, ['"worth"', "same answer"]),
        ("", GO, ["is empty"]),
    ],
    ids=[
        *("cells", "items", "outcome", "names", "no name", "too many for lmg", "too many"),
        *("few", "none", "all alike", "empty"),
    ],
)
def test_a_file_whose_drivers_cannot_be_told_is_refused_with_reasons(run, write, tmp_path, content, options, said):
    out = tmp_path / "out.csv"
    ran = run("analyse", "drivers", write("a.csv", content), *options, "--output", out)
    assert (ran.code, ran.out) == (1, "")
    assert [part for part in said if part not in ran.err] == []
    assert not out.exists()
