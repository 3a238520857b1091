"""Rows of ratings and comments: checked like a form's answers, told by line and column when they are wrong."""

import pytest

from feedback.catalogue.reading import Names
from feedback.errors import FeedbackError
from feedback.exchange.answers import Directory, Reader
from feedback.exchange.csv_files import Problems
from feedback.exchange.mapping import ColumnMap, bind
from feedback.survey import submission


@pytest.fixture
def reader(questionnaires):
    """Makes a reader of a file with these columns."""

    def reader(kind, header, *, create=False, prefix="", title="{value}", **of_map):
        return Reader(
            bind(ColumnMap(kind, "m.toml", **of_map), header, "f.csv"),
            Problems("f.csv"),
            questionnaires,
            Directory("credential", Names([("data-badge", "Data badge")]), create, prefix, title),
            Directory("organisation", Names([("acme", "ACME Ltd")]), create),
        )

    return reader


def told(reader) -> list[str]:
    return [str(problem).removeprefix("f.csv, ") for problem in reader.problems.listed()]


def test_a_rating_is_about_a_credential_from_an_organisation(reader):
    it = reader("ratings", ["item", "rater", "score"])
    (row,) = it.ratings([(2, ["Data badge", "acme ltd", "4"])])
    assert told(it) == []
    assert (row.instrument, row.credential, row.organisation, row.answers) == (
        "imported_ratings",
        "data-badge",
        "acme",
        {"rating": 4},
    )


def test_wrong_cells_are_named_by_line_and_the_files_own_column(reader):
    it = reader("ratings", ["d", "s", "y"], columns={"item": "d", "rater": "s", "score": "y"})
    rows = [(12, ["data-badge", "acme", "six"]), (13, ["data-bdge", "", "6"]), (14, ["data-badge", "acme", ""])]
    assert list(it.ratings(rows)) == []
    assert told(it) == [
        'line 12, column "y": found "six"; a number from 1 to 5 is needed.',
        'line 13, column "d": found "data-bdge", which names no credential here. Did you mean "data-badge"? '
        "Import it first, or write create_missing = true in the map.",
        'line 13, column "s": is empty; the organisation is needed.',
        'line 13, column "y": found "6"; a number from 1 to 5 is needed.',
        'line 14, column "y": found ""; a number from 1 to 5 is needed.',
    ]


@pytest.mark.parametrize(
    ("scale", "score", "step"),
    [
        ((1, 5), "5.0", 5),
        ((0, 10), "10", 5),
        ((0, 10), "0", 1),
        ((0, 10), "5", 3),
        ((0, 100), "60", 3),
        ((-2, 2), "1", 4),
    ],
)
def test_another_scale_is_laid_over_ours(reader, scale, score, step):
    it = reader("ratings", ["item", "rater", "score"], scale=scale)
    (row,) = it.ratings([(2, ["data-badge", "acme", score])])
    assert row.rating == step
    assert it.rounded == (score == "60")


def test_missing_credentials_are_made_once_and_named_by_the_map(reader):
    it = reader("ratings", ["item", "rater", "score"], create=True, title="Lecturer {value}")
    rows = list(it.ratings([(2, ["1002", "Öko Bau", "5"]), (3, ["1002", "öko  bau", "1"])]))
    assert [(row.credential, row.organisation) for row in rows] == [("lecturer-1002", "oko-bau")] * 2
    assert it.credentials.names.added == {"lecturer-1002": "Lecturer 1002"}
    assert it.organisations.names.added == {"oko-bau": "Öko Bau"}


def test_a_prefix_begins_the_slugs_and_keeps_like_names_apart(reader):
    it = reader("ratings", ["item", "rater", "score"], create=True, prefix="eth-")
    rows = list(it.ratings([(2, [value, "acme", "5"]) for value in ("C++", "C#", "7", "C++")]))
    assert len({row.credential for row in rows}) == 3
    assert rows[0].credential == rows[3].credential
    assert all(row.credential.startswith("eth-") for row in rows)
    again = Directory("credential", Names(it.credentials.names.added.items()), False, "eth-")
    assert [again.find(value) for value in ("C++", "C#", "7")] == [row.credential for row in rows[:3]]


def test_equal_ratings_are_checked_once_by_the_check_of_forms(reader, monkeypatch):
    calls = []
    monkeypatch.setattr(
        "feedback.exchange.answers.check_answers",
        lambda *given, **named: calls.append(given) or submission.check_answers(*given, **named),
    )
    it = reader("ratings", ["item", "rater", "score"])
    rows = list(it.ratings([(line, ["data-badge", "acme", "4"]) for line in range(2, 100)]))
    assert len(rows) == 98
    assert len(calls) == 1


def test_a_comment_brings_text_rating_language_and_audience(reader):
    it = reader(
        "comments",
        ["text", "rating", "lang", "audience", "credential", "organisation"],
        words={"und": "", "Deutsch": "de"},
    )
    rows = list(
        it.comments(
            [
                (2, [" Sehr gut! ", "5", "Deutsch", "", "data-badge", "nobody"]),
                (3, ["We need more of it", "", "en", "employer", "data-badge", "ACME Ltd"]),
                (4, ["", "2", "und", "learner", "data-badge", ""]),
                (5, ["", "", "en", "learner", "data-badge", ""]),
            ]
        )
    )
    assert told(it) == []
    assert [(row.instrument, row.organisation, row.language, row.answers) for row in rows] == [
        ("imported_comments", "", "de", {"comment": "Sehr gut!", "rating": 5}),
        ("imported_employer_comments", "acme", "en", {"comment": "We need more of it"}),
        ("imported_comments", "", "", {"rating": 2}),
    ]
    assert it.left_out == 1


def test_a_default_stands_where_a_column_is_absent_or_a_cell_is_empty(reader):
    it = reader(
        "comments",
        ["text", "credential"],
        texts={"credential_default": "Data badge", "language_default": "vi", "month_default": "2025-03"},
    )
    (row,) = it.comments([(2, ["hay", ""])])
    assert (row.credential, row.language, row.month) == ("data-badge", "vi", "2025-03")


def test_every_wrong_cell_of_a_comment_is_told(reader):
    it = reader("comments", ["text", "rating", "language", "audience", "credential", "month"])
    assert list(it.comments([(7, ["x" * 4001, "9", "English", "learnr", "none", "May"])])) == []
    assert list(it.comments([(8, ["x" * 4001, "5", "en", "learner", "data-badge", "2025-02-30"])])) == []
    assert [line.split(":")[0] for line in told(it)] == [
        'line 7, column "audience"',
        'line 7, column "rating"',
        'line 7, column "credential"',
        'line 7, column "language"',
        'line 7, column "month"',
        'line 8, column "text"',
    ]
    assert told(it)[-1] == 'line 8, column "text": is 4,001 characters long; at most 4,000 are kept.'


def test_text_stays_text_and_the_guard_against_formulas_is_taken_off(reader):
    it = reader("comments", ["text"], texts={"credential_default": "data-badge"})
    texts = ["=HYPERLINK(1)", "'=HYPERLINK(1)", "<b>bold</b>", "'tis fine", "{credential} 100%"]
    rows = list(it.comments([(line, [text]) for line, text in enumerate(texts, start=2)]))
    assert [row.answers["comment"] for row in rows] == [
        "=HYPERLINK(1)",
        "=HYPERLINK(1)",
        "<b>bold</b>",
        "'tis fine",
        "{credential} 100%",
    ]


def test_rows_differ_by_who_when_and_what_and_by_nothing_else(reader):
    columns = ["item", "rater", "score", "month"]
    it = reader("ratings", columns, create=True)
    cells = ["a", "b", "4", "2025-03"]
    others = [["c", "b", "4", "2025-03"], ["a", "c", "4", "2025-03"], ["a", "b", "5", "2025-03"], ["a", "b", "4", ""]]
    same = [cells, ["A", " b", "4.0", "2025-03-31"]]
    digests = [row.digest() for row in it.ratings(enumerate([*same, *others]))]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 5


def test_a_name_is_one_line_and_not_a_novel(reader):
    it = reader("ratings", ["item", "rater", "score"], create=True)
    assert list(it.ratings([(2, ["a\nb", "c" * 201, "4"]), (3, ["a\x07", "b", "4"])])) == []
    assert len(told(it)) == 3


def test_a_questionnaire_that_is_not_there_is_our_own_mistake(reader):
    it = reader("ratings", ["item", "rater", "score"])
    it.instruments = {}
    with pytest.raises(FeedbackError, match="imported_ratings"):
        list(it.ratings([(2, ["data-badge", "acme", "4"])]))


def test_unknown_names_by_the_thousand_are_not_each_compared_with_thousands(reader, monkeypatch):
    compared = []
    monkeypatch.setattr("feedback.catalogue.reading.suggest", lambda word, known: compared.append(len(known)) or "")
    it = reader("ratings", ["item", "rater", "score"])
    it.credentials.names = Names((f"credential-{number}", f"No. {number}") for number in range(4000))
    assert list(it.ratings((line, [f"credentail-{line}", "acme", "4"]) for line in range(20_000))) == []
    assert it.problems.count == 20_000
    assert len(it.problems.listed()) == 201
    assert 0 < sum(compared) <= 20_000
