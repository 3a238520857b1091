"""`feedback analyse comments` that learns from files of rated or tagged comments, and with topics of one's own."""

import csv
import json
import os
from pathlib import Path

import pytest

from feedback.analysis.comments import topics
from feedback.analysis.comments.learned_topics import learn_topics
from feedback.analysis.comments.names import known_people
from feedback.analysis.comments.topics import read_taxonomy
from feedback.cli import analysing, learning, reading_files
from feedback.cli.analysing import MOST_JOBS
from feedback.cli.reading_files import CommentReader, read_in_turn
from tests.command_line import runner
from tests.file_readers import Telling

WORDS = {"neg": "The evenings were zorbly", "neu": "The evenings were on Monday", "pos": "The evenings were plimful"}


@pytest.fixture
def run(monkeypatch, capsys):
    return runner(monkeypatch, capsys, "sqlite://")


@pytest.fixture
def analyse(run, tmp_path):
    def analyse(texts, *options, code=0):
        file, output = tmp_path / "in.csv", tmp_path / "out.csv"
        write(file, ["text"], [[text] for text in texts])
        ran = run("analyse", "comments", file, "--output", output, *options)
        assert ran.code == code, ran.err
        if code:
            return " ".join(ran.err.split())
        with output.open(encoding="utf-8", newline="") as target:
            return list(csv.DictReader(target))

    return analyse


def write(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([header, *rows])
    return str(path)


def rated(tmp_path, of=str, column="sentiment"):
    rows = [[f"{text} in week {week} of this course", of(said)] for week in range(20) for said, text in WORDS.items()]
    return write(tmp_path / "rated.csv", ["text", column], rows)


@pytest.mark.parametrize("of", [str, str.upper, {"neg": "1", "neu": "3", "pos": "5"}.get])
def test_words_that_only_this_house_uses_are_learned_from_labels_or_ratings(analyse, tmp_path, of):
    file = (
        rated(tmp_path, of=of)
        if of is not str.upper
        else rated(tmp_path, of={"neg": "Negative", "neu": "mixed", "pos": "POS"}.get)
    )
    texts = ["The mornings of this course were zorbly", "The mornings of this course were plimful"]
    assert [row["sentiment_label"] for row in analyse(texts, "--learn-from", file)] == ["neg", "pos"]
    assert [row["sentiment_label"] for row in analyse(texts)] != ["neg", "pos"]


def test_how_well_it_was_learned_is_told(run, tmp_path):
    file = rated(tmp_path, column="stars")
    options = ("--learn-from", file, "--label-column", "stars", "--json")
    told = json.loads(run("analyse", "comments", file, "--output", tmp_path / "o.csv", *options).out)
    assert told["learned"]["en"]["comments"] == 60
    assert told["learned"]["en"]["macro_f1"] == 1.0
    assert "macro-F1 1.00 on comments not seen" in told["remarks"][0]


def test_too_few_rated_comments_leave_the_lexicons_and_say_so(analyse, tmp_path):
    file = write(
        tmp_path / "few.csv", ["text", "sentiment"], [["A good course in all", "pos"], ["", "neg"], ["Bad", ""]]
    )
    assert analyse(["This was a great course"], "--learn-from", file)[0]["sentiment_label"] == "pos"


def test_wrong_labels_and_columns_are_refused_by_line(analyse, tmp_path):
    file = write(
        tmp_path / "wrong.csv",
        ["text", "sentiment"],
        [["Good labs here", "pos"], ["Bad labs here", "7"], ["So so", "hm"]],
    )
    told = analyse(["x"], "--learn-from", file, code=1)
    assert 'line 3, column "sentiment": found "7"; allowed: neg, neu, pos, or a rating from 1 to 5.' in told
    assert 'line 4, column "sentiment": found "hm"' in told
    told = analyse(["x"], "--learn-from", file, "--label-column", "sentimnt", code=1)
    assert 'has no column "sentimnt". Did you mean "sentiment"?' in told


@pytest.mark.parametrize("of", [list, lambda topics: [{"aspect": one, "polarity": ""} for one in topics]])
def test_topics_are_learned_from_tags(analyse, tmp_path, of):
    rows = [
        [f"{text} in week {week} of this course", json.dumps(of(topics))]
        for week in range(15)
        for text, topics in (
            ("The bread was stale", ["food"]),
            ("The soup was cold", ["food"]),
            ("All went well", []),
            ("So it was", []),
        )
    ]
    file = write(tmp_path / "tagged.csv", ["text", "topics"], rows)
    tags = json.loads(analyse(["On Friday the bread was terrible"], "--learn-topics-from", file)[0]["topics"])
    assert tags == [{"topic": "food", "polarity": "neg", "start": 14, "end": 19}]


def test_topics_of_ones_own_take_the_place_of_ours(analyse, tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        '[[topics]]\nid = "food"\nnames = { en = "Food" }\nseeds = { en = ["canteen"] }\n', encoding="utf-8"
    )
    row = analyse(["The canteen was good but the exam was hard"], "--topics", str(file))[0]
    assert [tag["topic"] for tag in json.loads(row["topics"])] == ["food"]
    file.write_text("[[topics]]\n", encoding="utf-8")
    assert "own.toml, topic 1" in analyse(["x"], "--topics", str(file), code=1)


def test_a_file_in_another_encoding_is_refused(analyse, tmp_path):
    file = tmp_path / "latin.csv"
    file.write_bytes("text,sentiment\nschön und gut,pos\n".encode("latin-1"))
    assert "UTF-8" in analyse(["x"], "--learn-from", str(file), code=1)


STRANGE = (
    "",
    "👍",
    "x" * 4_000,
    "The labs were great, aber die Prüfung war schlecht",
    "def f(x): return x  # tests",
    "<b>Great</b> labs",
    "كانت المختبرات رائعة",
    "\u202eabc",
    "=1+1",
)


def test_strange_comments_have_a_row_each(analyse):
    rows = analyse([*STRANGE, *["Great labs"] * 500])
    assert len(rows) == len(STRANGE) + 500
    assert [row["sentiment"] for row in rows[:1]] == [""]
    assert len({row["sentiment"] for row in rows[-500:]}) == 1


def test_a_file_of_topics_is_read_once(analyse, tmp_path, monkeypatch):
    file, read = tmp_path / "own.toml", []
    file.write_text('[[topics]]\nid = "food"\nnames = {en = "Food"}\nseeds = {en = ["canteen"]}\n', encoding="utf-8")
    monkeypatch.setattr(topics, "read_taxonomy", lambda path: read.append(path) or read_taxonomy(path))
    assert "food" in analyse(["The canteen was good"], "--topics", str(file))[0]["topics"]
    assert read == [file]


def test_no_more_processes_read_than_there_are_processors(run, tmp_path, monkeypatch):
    file, output = write(tmp_path / "in.csv", ["text"], [["Great labs"]]), tmp_path / "out.csv"
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setattr(reading_files, "ProcessPoolExecutor", None)  # none is started
    ran = run("analyse", "comments", file, "--output", output, "--jobs", MOST_JOBS)
    assert (ran.code, "--jobs 32: at most one process a processor reads, here 1." in ran.err) == (0, True)
    assert run("analyse", "comments", file, "--output", output, "--jobs", MOST_JOBS + 1).code == 2


OWN = '[[topics]]\nid = "labs"\nnames = {en = "Labs"}\nseeds = {en = ["labs"]}\n'


def test_several_processes_read_as_one_does_and_in_the_same_order(run, tmp_path, monkeypatch):
    """More batches than one, by a reader that tells what it was handed."""
    monkeypatch.setattr(analysing, "BATCH", 50)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(reading_files, "CommentReader", Telling)
    file, names, own = tmp_path / "in.csv", tmp_path / "names.txt", tmp_path / "own.toml"
    write(file, ["text"], [[f"comment {number}"] for number in range(130)])
    names.write_text("Winona Berg\n", encoding="utf-8")
    own.write_text(OWN, encoding="utf-8")
    options = ["--names", names, "--topics", own, "--audience", "learner"]
    outputs = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for jobs, output in enumerate(outputs, start=1):
        ran = run("analyse", "comments", file, "--output", output, *options, "--jobs", jobs)
        assert ran.code == 0, ran.err
    alone, together = (list(csv.reader(output.read_text(encoding="utf-8").splitlines())) for output in outputs)
    assert [row[:-1] for row in together[1:]] == [
        [f"comment {number}", "labs", "", "", "berg winona", "learner"] for number in range(130)
    ]
    assert [row[:-1] for row in together] == [row[:-1] for row in alone]
    assert {row[-1] for row in alone[1:]} == {str(os.getpid())}
    assert str(os.getpid()) not in {row[-1] for row in together}


def test_another_process_reads_as_this_one_does(tmp_path):
    """One that has to learn of the words of the house, its topics and its people from what it is handed."""
    given = [
        (f"The {said} in week {week}", {"food"} if "soup" in said else set())
        for week in range(30)
        for said in ("soup was zorbly", "labs were on Monday")
    ]
    own = tmp_path / "own.toml"
    own.write_text(OWN, encoding="utf-8")
    taxonomy = read_taxonomy(own)
    reader = CommentReader(
        tuple(taxonomy.topics.values()),
        learning.sentiment(Path(rated(tmp_path)), "text", "sentiment")[0],
        {"en": learn_topics(*map(list, zip(*given, strict=True)), "en", taxonomy)},
        known_people(["Winona Berg"]),
        None,
    )
    texts = [*WORDS.values(), "Ask Winona, please, but the labs were great.", "The soup is cold", "", "¿Los zorbs?"]
    [(_, there)] = read_in_turn([[[text] for text in texts]], 0, reader, jobs=2)
    here = reader.read(texts)
    assert there == here
    assert "Ask [name]" in here[3][-1]
    assert '"labs"' in here[3][3]
    assert '"food"' in here[4][3]
