"""The list of comments by topic, tone and language; and what is said of themes and of what rose."""

import pytest
from pandas import DataFrame

from feedback.ui.quotes import filtered, in_words
from feedback.ui.themes import risen_in_words, theme_in_words

PACE, TOOLS = ("pace", 0, 3, "neg"), ("tools", 4, 8, "pos")
ROWS = DataFrame(
    [
        {"text": "fast", "meant": "neg", "language": "en", "spans": (PACE,)},
        {"text": "fast, but good tools", "meant": "neg", "language": "en", "spans": (PACE, TOOLS)},
        {"text": "bueno", "meant": "pos", "language": "es", "spans": ()},
        {"text": "kurz", "meant": "", "language": "de", "spans": (("pace", 0, 4, ""),)},
    ]
)


@pytest.mark.parametrize(
    ("topic", "meant", "language", "left"),
    [
        ("", (), "", [0, 1, 2, 3]),
        ("pace", (), "", [0, 1, 3]),
        ("tools", ("pos",), "", [1]),
        ("tools", ("neg",), "", [1]),
        ("pace", ("pos",), "", []),
        ("", ("pos",), "", [2]),
        ("", ("pos", "neg"), "en", [0, 1]),
        ("pace", (), "de", [3]),
        ("pace", ("",), "", [3]),
        ("none", (), "", []),
    ],
)
def test_filters_leave_what_is_asked_for(topic, meant, language, left):
    assert filtered(ROWS, topic, meant, language).index.tolist() == left


def test_filtering_nothing_leaves_nothing():
    assert filtered(ROWS.iloc[:0], "pace", ("neg",), "en").empty


def test_a_language_without_a_name_is_told_by_its_code():
    assert in_words("xx") == "xx"


def test_a_theme_in_a_language_that_is_not_scored_says_so():
    row = {"comments": 12, "people": 9, "audience": "employer", "language": "ar", "scored": 0, "critical": 0}
    assert theme_in_words(row) == "12 comments of at least 9 employers, in Arabic; not scored"


def test_what_hardly_anybody_said_before_has_no_number():
    row = {"kind": "word", "times": None, "seldom": True, "people": 10, "audience": "learner"}
    assert risen_in_words(row) == "A word, said hardly ever before; 10 learners or more name it now"
