"""The files a page offers: of a finding that passed the gate, named by what, whom and which release."""

import io
import zipfile

import pytest

from feedback.disclosure import Limits
from feedback.exchange.tables import FORMATS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from feedback.policy import NOBODY, Forbidden, Grant
from feedback.store import accounts, audit
from feedback.store.database import reading, transaction
from feedback.ui import downloads, shell, visitor
from tests.findings.test_answers import FINDING, evidence, rated
from tests.people import account_of

CHOICE = Choice(credential="data-badge")


@pytest.fixture
def ann(sqlite_engine, comes):
    """Somebody with an account and every role, who comes."""
    made = account_of(sqlite_engine)
    comes(made)
    return made


@pytest.fixture
def offered(monkeypatch, sqlite_engine, ann):
    """What a page offers of a finding: by title, (file name, mime, what writes it)."""
    found = {}
    answer = work_out(FINDING, evidence(*rated(0, 0, 2, 12, 30)), CHOICE, Limits())
    monkeypatch.setattr(shell, "engine", lambda: sqlite_engine)
    monkeypatch.setattr(shell, "answer", lambda finding, choice: answer)
    monkeypatch.setattr(shell, "institution", lambda: type("Held", (), {"is_sample": True}))
    monkeypatch.setattr(shell, "last_release", lambda: (12, "12, made on 2026-03-01"))
    monkeypatch.setattr(downloads, "buttons", lambda what, ways, key: found.update(ways))
    downloads.offer("answers", CHOICE)
    monkeypatch.setattr(visitor, "find", lambda: NOBODY)  # a file is written outside any visit, where no cookie is
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


def exported(engine):
    with reading(engine) as session:
        return [(each.actor, each.about) for each in audit.read_events(session, action=audit.EXPORTED)]


def test_who_took_a_file_is_recorded_though_nobody_visits_when_it_is_written(offered, ann, sqlite_engine):
    assert offered["CSV"][2]()
    assert exported(sqlite_engine) == [(ann.id, "finding:answers")]


def test_s41_a_disabled_account_takes_nothing_from_a_page_that_lies_open(offered, ann, sqlite_engine):
    with transaction(sqlite_engine) as session:
        accounts.add_account(session, "Bea", "bea@example.org", [Grant("administrator")])
        accounts.disable(session, ann.id)
    for _, _, write in offered.values():
        with pytest.raises(Forbidden):
            write()
    assert exported(sqlite_engine) == []


def test_s41_a_role_that_was_taken_takes_its_files_along(offered, ann, sqlite_engine):
    with transaction(sqlite_engine) as session:
        accounts.add_account(session, "Bea", "bea@example.org", [Grant("administrator")])
        for grant in ann.grants:
            accounts.take(session, ann.id, grant)
    with pytest.raises(Forbidden):
        offered["CSV"][2]()


def test_s41_comments_nobody_reviewed_are_not_written_for_who_may_read_them_no_more(offered, comes, sqlite_engine):
    lead = account_of(sqlite_engine, Grant("lead"), Grant("committee"), name="Leo")
    comes(lead)
    ways = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(downloads, "buttons", lambda what, found, key: ways.update(found))
        downloads.offer("comments", CHOICE)
    with transaction(sqlite_engine) as session:
        accounts.take(session, lead.id, Grant("lead"))
    with pytest.raises(Forbidden):
        ways["CSV"][2]()


def test_nothing_is_written_before_somebody_asks(monkeypatch, comes, ann, offered):
    comes(ann)
    monkeypatch.setattr(downloads, "write_table", lambda *_: pytest.fail("written too early"))
    downloads.offer("answers", CHOICE)
