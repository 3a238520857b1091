"""The files a page offers: of a finding that passed the gate, named by what, whom and which release."""

import io
import zipfile

import pytest

from feedback.disclosure import Limits
from feedback.exchange.tables import FORMATS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from feedback.ui import downloads, shell
from tests.findings.test_answers import FINDING, evidence, rated

CHOICE = Choice(credential="data-badge")


@pytest.fixture
def offered(monkeypatch):
    """What a page offers of a finding: by title, (file name, mime, what writes it)."""
    found = {}
    answer = work_out(FINDING, evidence(*rated(0, 0, 2, 12, 30)), CHOICE, Limits())
    monkeypatch.setattr(shell, "answer", lambda finding, choice: answer)
    monkeypatch.setattr(shell, "institution", lambda: type("Held", (), {"is_sample": True}))
    monkeypatch.setattr(shell, "last_release", lambda: (12, "12, made on 2026-03-01"))
    monkeypatch.setattr(downloads, "buttons", lambda what, ways, key: found.update(ways))
    downloads.offer("answers", CHOICE)
    return found


def test_a_page_offers_csv_excel_parquet_and_json(offered):
    assert list(offered) == ["CSV", "Excel", "Parquet", "JSON"]
    assert [mime for _, mime, _ in offered.values()] == [FORMATS[name].mime for name in downloads.OFFERED]


def test_a_file_is_named_by_what_whom_and_release(offered):
    assert offered["Excel"][0] == "answers_data-badge_release-12.xlsx"


def test_a_file_holds_what_the_page_shows_and_no_more(offered):
    text = offered["CSV"][2]().decode("utf-8-sig")
    assert "does not apply,,,too few to show" in text
    assert '4 rather,12,,"yes, early"' in text or "5 yes,30" in text


def test_a_workbook_says_which_release_and_that_the_sample_is_in_it(offered):
    with zipfile.ZipFile(io.BytesIO(offered["Excel"][2]())) as archive:
        about = archive.read("xl/worksheets/sheet2.xml").decode()
    assert "12, made on 2026-03-01" in about
    assert "credential data-badge" in about
    assert "Invented" in about


def test_nothing_is_written_before_somebody_asks(monkeypatch, offered):
    monkeypatch.setattr(downloads, "write_table", lambda *_: pytest.fail("written too early"))
    downloads.offer("answers", CHOICE)
