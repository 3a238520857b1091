"""What speaks of the same thing: the institution's file, and what it names."""

import pytest

from feedback.analysis.comments.topics import shipped_taxonomy
from feedback.errors import FeedbackError
from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments
from feedback.worker import gathering, merging
from feedback.worker.merging import names_of_changes, read_changes, spoken_of


def write(folder, text):
    path = folder / "changes.toml"
    path.write_text(text, encoding="utf-8")
    return path


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
        ('[[changes]]\nid = "a"\nnames = { en = "A" }\ntopic = ["x"]\n', 'Did you mean "topics"'),
        ('[[changes]]\nid = "a"\n', "a name in English"),
        ('[[changes]]\nnames = { en = "A" }\n', "needs an id"),
        (
            '[[changes]]\nid = "a"\nnames = { en = "A" }\ntopics = ["x"]\n'
            '[[changes]]\nid = "b"\nnames = { en = "B" }\ntopics = ["x"]\n',
            'stands under "a" and "b"',
        ),
        ('[[changes]]\nid = "a"\nnames = { en = "A" }\nquestions = "pace"\n', r"questions is 'pace'; it is a list"),
        ('[[changes]]\nid = "a"\nnames = { en = "A" }\ntopics = [1]\n', r"topics is \[1\]; it is a list"),
    ],
)
def test_a_slip_in_the_file_says_what_is_wrong(tmp_path, text, said):
    with pytest.raises(FeedbackError, match=said):
        read_changes(write(tmp_path, text))


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ('questions = ["paze"]', r'change "a", questions: "paze" is not known. Did you mean "pace"\? Known are'),
        ('questions = ["teaching/cleer"]', r'Did you mean "teaching/clear"\?'),
        ('questions = ["purpose_clear"]', "what learners rate"),
        ('topics = ["assesment"]', r'Did you mean "assessment"\? Known are the topics of comments'),
        ('concerns = ["concerns/outdatd"]', r'Did you mean "concerns/outdated"\?'),
        ('criteria = ["up_to_dat"]', r'Did you mean "up_to_date"\? Known are what experts mark'),
    ],
)
def test_what_nobody_asks_is_refused_and_the_nearest_named(monkeypatch, tmp_path, named, said):
    (tmp_path / "instruments").symlink_to(data_folder() / "instruments", target_is_directory=True)
    write(tmp_path, f'[[changes]]\nid = "a"\nnames = {{ en = "A" }}\n{named}\n')
    monkeypatch.setattr(merging, "data_folder", lambda: tmp_path)
    with pytest.raises(FeedbackError, match=said):
        spoken_of()


def test_a_topic_of_the_institution_s_own_may_be_named(monkeypatch, tmp_path):
    (tmp_path / "instruments").symlink_to(data_folder() / "instruments", target_is_directory=True)
    write(tmp_path, '[[changes]]\nid = "a"\nnames = { en = "A" }\ntopics = ["parking"]\n')
    monkeypatch.setattr(merging, "data_folder", lambda: tmp_path)
    assert spoken_of(["parking"]) == {"topic:parking": "a"}
    with pytest.raises(FeedbackError, match='topics: "parking" is not known'):
        spoken_of()


def test_a_construct_no_learner_rates_is_not_watched(monkeypatch, tmp_path):
    (tmp_path / "instruments").symlink_to(data_folder() / "instruments", target_is_directory=True)
    monkeypatch.setattr(gathering, "data_folder", lambda: tmp_path)
    gathering.watched.cache_clear()
    try:
        for wrong, said in (("overal", 'Did you mean "overall"'), ("criterion", "Known: .*workload_pace")):
            (tmp_path / "watched.toml").write_text(f'learner = ["teaching", "{wrong}"]', encoding="utf-8")
            with pytest.raises(FeedbackError, match=f'watched.toml, learner: "{wrong}" is not known.*{said}'):
                gathering.watched()
        (tmp_path / "watched.toml").write_text('learner = ["teaching"]', encoding="utf-8")
        assert gathering.watched() == {"learner": ("teaching",)}
    finally:
        gathering.watched.cache_clear()
