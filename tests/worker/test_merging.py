"""What speaks of the same thing: the institution's file, and what it names."""

import pytest

from feedback.analysis.comments.topics import shipped_taxonomy
from feedback.errors import FeedbackError
from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments
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
    ],
)
def test_a_slip_in_the_file_says_what_is_wrong(tmp_path, text, said):
    with pytest.raises(FeedbackError, match=said):
        read_changes(write(tmp_path, text))
