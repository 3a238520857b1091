"""Every text comes back from a CSV file as it was, and no cell of it is a formula."""

import csv
import io

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from feedback.exchange.formulas import guarded, unguarded
from feedback.exchange.tables import csv_bytes

SIGNS = tuple("=+-@＝＋－＠")
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
HOSTILE = st.from_regex(r"['\s]{0,4}[=+\-@＝＋－＠]?.{0,4}", fullmatch=True).filter(lambda text: "\0" not in text)


def is_live(cell: str) -> bool:
    """Whether a spreadsheet program may take it for a formula, as it stands or once it has trimmed it."""
    return cell.lstrip().startswith(SIGNS) or cell.startswith(("\t", "\r", "\n"))


@given(TEXTS | HOSTILE)
@example("'=1")
@example(" '=1")
@example("'\t=1")
@example("\r\n=1")
@example("' @SUM(A1)")
def test_what_is_guarded_is_no_formula_and_comes_back_as_it_was(text):
    assert not is_live(guarded(text))
    assert unguarded(guarded(text)) == text


@given(TEXTS | HOSTILE)
def test_guarding_twice_is_taken_off_twice(text):
    assert unguarded(unguarded(guarded(guarded(text)))) == text


@settings(deadline=None)
@given(st.lists(TEXTS | HOSTILE, min_size=1, max_size=5))
def test_whatever_is_written_as_csv_is_read_as_it_was(texts):
    content = csv_bytes(DataFrame({"=name": texts, "second": ["x"] * len(texts)})).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(content, newline=""))
    assert unguarded(header[0]) == "=name"
    assert not any(is_live(row[0]) for row in rows)
    assert [unguarded(row[0]) for row in rows] == texts
