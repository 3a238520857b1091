"""Finished answers: out of their document they are what they were, and showing them loads nothing heavy."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame
from pandas.testing import assert_frame_equal

from feedback.disclosure import Limits
from feedback.errors import FeedbackError
from feedback.findings.columns import columns_of, table_of
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.finished import answer_of, document_of
from feedback.findings.work import work_out
from tests.findings.evidence_of import employers, evidence
from tests.findings.test_work import full

EVERY = pytest.mark.parametrize("finding", FINDINGS.values(), ids=lambda finding: finding.id)


def kept(document):
    """The document as it comes back from where it was kept."""
    return json.loads(json.dumps(document, allow_nan=False))


@EVERY
def test_an_answer_comes_back_as_it_was(finding):
    answer = work_out(finding, full(), Choice(), Limits())
    document = document_of(answer)
    found = answer_of(kept(document))
    for name in ("question", "sentence", "caution", "alt"):
        assert getattr(found, name) == getattr(answer, name)
    assert_frame_equal(found.table, answer.table.reset_index(drop=True))
    assert found.has_table == answer.has_table == (not answer.table.empty)
    for mode in ("light", "dark"):
        assert (found.chart(mode) is None) == (answer.chart(mode) is None)
        assert kept({"spec": found.chart(mode)}) == kept({"spec": answer.chart(mode)})
    if answer.chart("light") is None:
        assert_frame_equal(found.rows, answer.shown.reset_index(drop=True))
    assert document_of(found) == document


@EVERY
def test_an_answer_nobody_gave_comes_back_too(finding):
    answer = work_out(finding, evidence(data_badge="Data badge"), Choice(), Limits())
    found = answer_of(kept(document_of(answer)))
    assert found.sentence == answer.sentence
    assert found.chart("light") is None
    assert_frame_equal(found.table, answer.table.reset_index(drop=True))


def test_a_withheld_row_leaves_no_number_in_the_document():
    held = evidence(employers("a", [4] * 5), employers("b", [1, 1], first=70), a="A badge", b="B badge")
    document = document_of(work_out(FINDINGS["credential_value"], held, Choice(), Limits()))
    columns = {column["name"]: column["values"] for column in document["table"]["columns"]}
    assert columns["Shown"] == ["yes", "too few to show"]
    assert [columns[name][1] for name in ("Value", "Plain mean", "People", "Organisations")] == [None] * 4
    assert document["rows"]["columns"] == []


def test_every_kind_of_value_comes_back():
    table = DataFrame(
        {
            "number": [1.5, np.nan, np.inf],
            "whole": [1, 2, 3],
            "some": pd.array([1, None, 3], dtype="Int64"),
            "sure": pd.array([True, None, False], dtype="boolean"),
            "yes": [True, False, True],
            "word": ["a", None, "c"],
            "mixed": pd.Series([("x", 1), {"3": 2}, None], dtype=object),
            "list": pd.Series([[1.0, 2.0], [], ["a"]], dtype=object),
        }
    )
    assert_frame_equal(table_of(kept(columns_of(table))), table)
    assert_frame_equal(table_of(kept(columns_of(table.iloc[:0]))), table.iloc[:0])


def test_what_json_cannot_hold_is_refused_with_its_name():
    with pytest.raises(FeedbackError, match="Timestamp"):
        columns_of(DataFrame({"day": pd.Series([pd.Timestamp("2026-01-01")], dtype=object)}))


def test_a_document_of_another_form_is_worked_out_again():
    document = document_of(work_out(FINDINGS["worth"], full(), Choice(), Limits()))
    with pytest.raises(FeedbackError, match="recompute"):
        answer_of(document | {"form": 0})


def test_showing_the_words_and_the_picture_of_what_is_finished_loads_no_tables_charts_or_models():
    heavy = ("pandas", "numpy", "altair", "scipy", "nltk", "textblob", "vaderSentiment", "sqlalchemy", "streamlit")
    document = kept(document_of(work_out(FINDINGS["worth"], full(), Choice(), Limits())))
    code = (
        "import sys; from feedback.findings.finished import answer_of\n"
        f"found = answer_of({document!r})\n"
        "assert found.has_table and found.sentence and found.chart('light')\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"
