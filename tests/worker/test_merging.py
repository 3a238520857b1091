"""What speaks of the same thing: the institution's file, and what it names."""

import json
import logging
import shutil

import pytest
from sqlalchemy import text

from feedback.analysis.comments.topics import shipped_taxonomy
from feedback.settings import data_folder
from feedback.store.database import open_database
from feedback.survey.instrument import read_instruments
from feedback.worker import gathering, merging
from feedback.worker.merging import changes_of, names_of_changes, read_changes, spoken_of, watched_in, wrong_in
from tests.command_line import run_once


def write(folder, text):
    path = folder / "changes.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """An institution's data, with the questionnaires that ship."""
    (tmp_path / "instruments").symlink_to(data_folder() / "instruments", target_is_directory=True)
    monkeypatch.setattr(merging, "data_folder", lambda: tmp_path)
    merging._complain.cache_clear()
    return tmp_path


PACE = '[[changes]]\nid = "pace"\nnames = { en = "Pace" }\ntopics = ["pace"]\n'


def test_the_file_that_ships_names_only_what_there_is():
    instruments = read_instruments(data_folder() / "instruments")
    known = {f"topic:{topic}" for topic in shipped_taxonomy().topics}
    for instrument in instruments.values():
        for question in instrument.questions:
            if instrument.id == "learner":
                known |= {f"question:{question.id}", *(f"question:{question.id}/{row}" for row in question.item_ids)}
            if instrument.id == "employer":
                known |= {f"concern:{question.id}/{option}" for option in question.option_ids}
            if instrument.id == "expert" and question.construct == "criterion":
                known.add(f"criterion:{question.id}")
    assert spoken_of()
    assert not spoken_of().keys() - known


def test_every_change_has_a_name_in_every_language_of_the_forms():
    english = names_of_changes("en")
    assert set(spoken_of().values()) <= english.keys()
    for language in ("es", "de", "ar"):
        assert not {name for ident, name in names_of_changes(language).items() if name == english[ident]}


def test_a_change_is_read_with_all_that_speaks_of_it(tmp_path):
    found = read_changes(write(tmp_path, '[[changes]]\nid = "pace"\nnames = { en = "Pace" }\ntopics = ["pace"]\n'
                                         'questions = ["pace", "fit/speed"]\n'))  # fmt: skip
    assert found.places == {"topic:pace": "pace", "question:pace": "pace", "question:fit/speed": "pace"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[changes]]\nid = "a"\nnames = { en = "A" }\ntopic = ["x"]\n',
         'changes.toml, line 4, change "a": "topic" is not known. Did you mean "topics"?'),
        ('[[changes]]\nid = "a"\n', 'changes.toml, line 2, change "a": it needs an id, and a name in English'),
        ('[[changes]]\nnames = { en = "A" }\n', "it needs an id"),
        ('[[changes]]\nid = "a"\nnames = { en = "A" }\ntopics = ["x"]\n'
         '[[changes]]\nid = "b"\nnames = { en = "B" }\ntopics = ["x"]\n', '"x" stands under "a" and "b": keep one.'),
        ('[[changes]]\nid = "a"\nnames = { en = "A" }\nquestions = "pace"\n', "questions is 'pace'; it is a list"),
        ('[[changes]]\nid = "a"\nnames = { en = "A" }\ntopics = [1]\n', "topics is [1]; it is a list"),
        ('[[changes]]\nid = "a"\nnames = "A"\n', 'line 3, change "a": names is \'A\'; it is a name in each language'),
        ('[[changes]]\nid = "a"\nnames = { en = 1 }\n', "names is {'en': 1}; it is a name in each language"),
        ('[[changes]]\nid = ["a"]\nnames = { en = "A" }\n', "changes.toml, line 2: id is ['a']; it is a word"),
    ],
)  # fmt: skip
def test_a_slip_in_the_file_says_where_and_what_is_wrong_and_takes_nothing_else_away(tmp_path, text, said):
    found = read_changes(write(tmp_path, text + PACE))
    assert [said in str(problem) for problem in found.wrong] == [True]
    assert found.places["topic:pace"] == "pace"
    assert found.names["pace"] == {"en": "Pace"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            b'[changes]\nid = "a"\nnames = { en = "A" }\n',
            "changes is no list: each change begins with a line [[changes]]",
        ),
        (b'changes = ["pace", "goals"]\n', "'pace' is no change: each begins with a line [[changes]]"),
        (b"# \xe9\n" + PACE.encode(), "it cannot be read as TOML: it is no UTF-8."),
    ],
)
def test_a_file_of_another_shape_says_so_and_merges_nothing(folder, text, said):
    (folder / "changes.toml").write_bytes(text)
    assert spoken_of() == {}
    assert names_of_changes("en") == {}
    first, *_ = merging.wrong_here()
    assert str(first).startswith("changes.toml")
    assert said in str(first)


def test_a_file_of_what_is_watched_that_is_no_utf_8_watches_nothing_and_says_so(folder):
    (folder / "watched.toml").write_bytes(b'learner = ["teaching"] # \xe9')
    assert gathering.watched() == {}
    assert [str(each) for each in merging.wrong_here()] == [
        "watched.toml: it cannot be read as TOML: it is no UTF-8. Until it is mended nothing of it is used."
    ]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ('questions = ["paze"]', 'line 4, change "a", questions: "paze" is not known. Did you mean "pace"? Known are'),
        ('questions = ["teaching/cleer"]', 'Did you mean "teaching/clear"?'),
        ('questions = ["purpose_clear"]', "what learners rate"),
        ('topics = ["assesment"]', 'Did you mean "assessment"? Known are the topics of comments: assessment, '),
        ('concerns = ["concerns/outdatd"]', 'Did you mean "concerns/outdated"?'),
        ('criteria = ["up_to_dat"]', 'Did you mean "up_to_date"? Known are what experts mark: '),
    ],
)
def test_what_nobody_asks_is_left_out_and_the_nearest_named(folder, named, said):
    write(folder, f'[[changes]]\nid = "a"\nnames = {{ en = "A" }}\n{named}\n{PACE}')
    (problem,) = changes_of(folder / "changes.toml").wrong
    assert said in str(problem)
    assert spoken_of() == {"topic:pace": "pace"}


def test_a_topic_of_the_institution_s_own_may_be_named(folder):
    write(folder, '[[changes]]\nid = "a"\nnames = { en = "A" }\ntopics = ["parking"]\n')
    assert spoken_of(["parking"]) == {"topic:parking": "a"}
    assert not changes_of(folder / "changes.toml", ["parking"]).wrong
    assert [str(each).split(". Known")[0] for each in wrong_in(folder / "changes.toml")] == [
        'changes.toml, line 4, change "a", topics: "parking" is not known'
    ]


def test_what_is_left_out_stands_in_the_log_once(folder, caplog):
    write(folder, '[[changes]]\nid = "a"\nnames = { en = "A" }\ntopics = ["parkin"]\n')
    with caplog.at_level(logging.WARNING):
        assert spoken_of() == spoken_of() == {}
    assert len([each for each in caplog.messages if '"parkin" is not known' in each]) == 1


def test_a_file_that_is_no_toml_merges_nothing_and_stops_nothing(folder):
    write(folder, '[[changes]\nid = "a"')
    (folder / "watched.toml").write_text("learner = [", encoding="utf-8")
    assert spoken_of() == {}
    assert names_of_changes("en") == {}
    assert gathering.watched() == {}
    assert all("cannot be read as TOML" in str(each) for each in merging.wrong_here())
    assert len(merging.wrong_here()) == 2


def test_a_construct_no_learner_rates_is_not_watched_and_the_others_are(folder):
    path = folder / "watched.toml"
    for wrong, said in (("overal", 'Did you mean "overall"?'), ("criterion", "workload_pace")):
        path.write_text(f'learner = [\n    "teaching",\n    "{wrong}",\n]', encoding="utf-8")
        found, (problem,) = watched_in(path)
        assert found == gathering.watched() == {"learner": ("teaching",)}
        assert str(problem).startswith(f'watched.toml, line 3, learner: "{wrong}" is not known.')
        assert said in str(problem)
    path.write_text('employer = ["trust"]\nlearner = ["teaching"]', encoding="utf-8")
    assert gathering.watched() == {"learner": ("teaching",)}
    assert "employer = ['trust'] is not known here" in str(wrong_in(path)[0])


def test_lint_looks_these_files_over_too(folder):
    here = {"FEEDBACK_DATABASE_URL": f"sqlite:///{folder}/none.db"}
    assert run_once(here, "lint", data_folder() / "changes.toml").code == 0
    write(folder, PACE.replace('"pace"]', '"pase"]'))
    found = run_once(here, "lint", folder / "changes.toml")
    assert found.code == 1
    assert 'error: changes.toml, line 4, change "pace", topics: "pase" is not known. Did you mean "pace"?' in found.out
    assert not (folder / "none.db").exists()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:////dev/null/none.db", None),
        ("postgresql://ann:secret@localhost:1/none", "cannot be reached"),
        ("sqlite:///{folder}/broken.db", "broken.db"),
    ],
)
def test_lint_goes_on_without_a_database_and_says_so(folder, url, said):
    (folder / "broken.db").write_bytes(b"no database" * 1_000)
    here = {"FEEDBACK_DATABASE_URL": url.format(folder=folder)}
    found = run_once(here, "lint", write(folder, PACE))
    assert (found.code, found.out) == (0, "nothing found.\n")
    assert found.err == "" if said is None else said in found.err
    assert said is None or found.err.startswith("Only topics that ship are known here, none of your own. ")
    assert "secret" not in found.err
    told = json.loads(run_once(here, "lint", folder / "changes.toml", "--json").out)
    assert (told["errors"], len(told["remarks"])) == ([], said is not None)


def test_lint_says_so_where_the_tables_are_not_of_today(folder, sqlite_template):
    database = folder / "older.db"
    shutil.copy(sqlite_template, database)
    engine = open_database(f"sqlite:///{database}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0009'"))
    engine.dispose()
    found = run_once({"FEEDBACK_DATABASE_URL": f"sqlite:///{database}"}, "lint", write(folder, PACE))
    assert (found.code, "The tables of the database are older than this program." in found.err) == (0, True)
