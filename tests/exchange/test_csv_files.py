"""Strangers' CSV files are read whole and exactly, or refused with a sentence that says where and why."""

import csv
import gzip
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.errors import Problem, Refused
from feedback.exchange import csv_files
from feedback.exchange.csv_files import MAXIMUM_PROBLEMS, Problems, open_csv

CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
AGAIN = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)


def read(path: Path) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    with open_csv(path) as table:
        rows = list(table.rows())
        table.problems.refuse_any()
        return table.columns, rows


def written(folder: Path, content: bytes | str, name: str = "answers.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        read(path)
    return str(refused.value)


@AGAIN
@given(data=st.data(), width=st.integers(1, 5), delimiter=st.sampled_from(",;\t"), packed=st.booleans())
def test_what_the_csv_module_wrote_is_read_back_equal(tmp_path, data, width, delimiter, packed):
    table = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([[f"column {number}" for number in range(width)], *table])
    content = text.getvalue().encode("utf-8")
    path = written(tmp_path, gzip.compress(content) if packed else content)
    assert [cells for _, cells in read(path)[1]] == table


@AGAIN
@given(content=st.binary(max_size=300), packed=st.booleans())
def test_arbitrary_bytes_are_read_or_refused_and_nothing_else(tmp_path, content, packed):
    path = written(tmp_path, gzip.compress(content, mtime=0)[: 30 + len(content)] if packed else content)
    try:
        columns, rows = read(path)
    except Refused:
        return
    assert columns
    assert all(len(cells) == len(columns) for _, cells in rows)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_line_decides_the_delimiter(tmp_path, delimiter):
    content = f'text{delimiter}"rating, or score; or none"{delimiter}lang\nfine, really; yes{delimiter}5{delimiter}en\n'
    with_quotes = content.replace("fine, really; yes", '"fine, really; yes"')
    columns, rows = read(written(tmp_path, with_quotes))
    assert columns == ("text", "rating, or score; or none", "lang")
    assert rows == [(2, ["fine, really; yes", "5", "en"])]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    assert read(written(tmp_path, b"\xef\xbb\xbftext,rating\nmuy \xc3\xbatil,5\n")) == (
        ("text", "rating"),
        [(2, ["muy útil", "5"])],
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_an_editor_counts_them(tmp_path, end):
    lines = ["a,b", '"one', 'two",1', "", "x,y,z", "last,2"]
    message = refusal(written(tmp_path, end.join(lines)))
    assert message == "answers.csv, line 5: found 3 columns; the header has 2."


def test_a_row_begins_at_its_first_physical_line(tmp_path):
    _, rows = read(written(tmp_path, 'a,b\n"one\ntwo\nthree",1\nfour,2\n'))
    assert rows == [(2, ["one\ntwo\nthree", "1"]), (5, ["four", "2"])]


def test_every_ragged_row_is_named_at_once(tmp_path):
    message = refusal(written(tmp_path, "a,b\n1\n1,2\n1,2,3\n"))
    assert message.splitlines() == [
        "answers.csv, line 2: found 1 column; the header has 2.",
        "answers.csv, line 4: found 3 columns; the header has 2.",
    ]


def test_beyond_two_hundred_problems_the_others_are_counted(tmp_path):
    message = refusal(written(tmp_path, "a,b\n" + "1\n" * (MAXIMUM_PROBLEMS + 1234)))
    assert len(message.splitlines()) == MAXIMUM_PROBLEMS + 1
    assert message.splitlines()[-1] == "answers.csv: and 1,234 more."


def test_the_reason_for_stopping_is_listed_however_many_problems_there_are():
    problems = Problems("a.csv")
    for line in range(MAXIMUM_PROBLEMS + 5):
        problems.line(line, "is odd.")
    with pytest.raises(Refused) as refused:
        problems.stop("ends here.")
    assert Problem("a.csv", "ends here.") in refused.value.problems
    assert refused.value.problems[-1].message == "and 6 more."
    assert len(refused.value.problems) == MAXIMUM_PROBLEMS + 1


def test_names_of_rows_need_no_name_where_they_are_allowed(tmp_path):
    path = written(tmp_path, b'"",a,b\none,1,2\n')
    with open_csv(path, row_names=True) as table:
        assert table.columns == ("", "a", "b")
        assert [cells for _, cells in table.rows()] == [["one", "1", "2"]]
    with pytest.raises(Refused, match="column 1 has no name"):
        read(path)
    with pytest.raises(Refused, match="column 2 has no name"), open_csv(written(tmp_path, b",,a\n"), row_names=True):
        pass


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\n\n", "no column names"),
        (b" , \n1,2\n", "no column names"),
        (b"a,,c\n", "column 2 has no name"),
        (b"a,b,a\n", 'the column name "a" stands there twice'),
        ("text,rating\nfine,5\n".encode("utf-16"), "UTF-16"),
        ("text,rating\nfine,5\n".encode("utf-16-le"), "UTF-16"),
        ("text,rating\nfine,5\n".encode("utf-32-be"), "UTF-16"),
        ("text,rating\nfine,5\nmuy útil,4\n".encode("latin-1"), "line 3: found the byte 0xFA, which is not UTF-8"),
        (b"a,b\n1,2\n1,\x00\n", "line 3: found a NUL character"),
        (b'a,b\n1,2\n"never closed,2\n3,4\n', "line 3: a quote opened in this row is never closed"),
        (b'a,b\n1,"bad"quote\n', "line 2: a quote stands inside a quoted cell"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-6], "is damaged"),
        (gzip.compress(os.urandom(5000), mtime=0)[:200], "is damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place_and_reason(tmp_path, content, sentence):
    assert sentence in refusal(written(tmp_path, content))


def test_a_byte_of_another_encoding_is_placed_far_into_the_file(tmp_path):
    content = b"a,b\r\n" + b"fine,5\r\n" * 50_000 + b"caf\xe9,4\r\n"
    assert "line 50002: found the byte 0xE9" in refusal(written(tmp_path, content))


def test_files_that_are_not_there_or_no_files_are_refused(tmp_path):
    assert "cannot be read: No such file" in refusal(tmp_path / "none.csv")
    assert "is not a file" in refusal(tmp_path)


def test_two_hundred_columns_are_read_and_one_more_is_refused(tmp_path):
    names = ",".join(f"c{number}" for number in range(200))
    assert len(read(written(tmp_path, names))[0]) == 200
    assert "found 201 columns; at most 200 are read" in refusal(written(tmp_path, names + ",c200"))


def test_a_hundred_thousand_columns_are_refused(tmp_path):
    path = written(tmp_path, ",".join(f"c{number}" for number in range(100_000)) + "\n")
    assert refusal(path) == "answers.csv, line 1: found 100,000 columns; at most 200 are read."


def test_a_gzip_bomb_is_refused_long_before_it_is_unpacked(tmp_path, monkeypatch):
    unpacked = []
    read_on = gzip.GzipFile.read
    monkeypatch.setattr(csv_files, "MAXIMUM_BYTES", 200_000)
    monkeypatch.setattr(gzip.GzipFile, "read", lambda *given: unpacked.append(read_on(*given)) or unpacked[-1])
    path = written(tmp_path, gzip.compress(b"a,b\n" + b"1,2\n" * 1_000_000), "bomb.csv.gz")
    assert "holds more than" in refusal(path)
    assert sum(map(len, unpacked)) < 400_000


def test_a_file_of_zeros_or_of_one_endless_line_is_refused_at_once(tmp_path):
    assert "longer than 1,000,000 characters" in refusal(written(tmp_path, gzip.compress(b"a" + b"\0" * 5_000_000)))
    assert "longer than 1,000,000 characters" in refusal(written(tmp_path, b"a" * 5_000_000))


def test_a_row_of_a_hundred_thousand_cells_and_a_quote_that_swallows_the_file_are_refused(tmp_path):
    assert "line 2: found 100,000 columns; the header has 2" in refusal(
        written(tmp_path, "a,b\n" + "1," * 99_999 + "1\n")
    )
    assert "line 1: a cell is longer than" in refusal(written(tmp_path, '"a,b\n' + "1,2\n" * 100_000))


def test_more_rows_than_allowed_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_files, "MAXIMUM_ROWS", 3)
    assert len(read(written(tmp_path, "a\n1\n2\n3\n"))[1]) == 3
    assert "line 5: more than 3 rows" in refusal(written(tmp_path, "a\n1\n2\n3\n4\n"))


def test_a_cell_too_long_for_any_comment_is_refused(tmp_path):
    assert "a cell is longer than 131,072 characters" in refusal(written(tmp_path, "a,b\n1," + "x" * 140_000))


def test_formulas_are_read_as_they_stand(tmp_path):
    _, rows = read(written(tmp_path, "text\n=SUM(A1)\n'=SUM(A1)\n@cmd\n"))
    assert [cells for _, cells in rows] == [["=SUM(A1)"], ["'=SUM(A1)"], ["@cmd"]]
