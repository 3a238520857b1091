"""`feedback rebuild` and `feedback erase` on the command line."""

import json

import pytest

from feedback.catalogue.values import Credential, Programme
from feedback.settings import data_folder
from feedback.store import catalogue
from feedback.store.blocks import read_blocks
from feedback.store.database import open_database, reading, transaction
from feedback.store.receipts import UNKNOWN, fate
from feedback.store.responses import new_secret, save_submission
from feedback.store.surveys import open_survey
from feedback.survey.instrument import read_instruments
from feedback.survey.submission import Submission
from feedback.worker.loop import ANSWERS, run_once
from tests.command_line import runner
from tests.store.test_surveys import survey

INSTRUMENTS = read_instruments(data_folder() / "instruments")


@pytest.fixture
def url(sqlite_engine):
    return sqlite_engine.url.render_as_string(hide_password=False)


@pytest.fixture
def run(monkeypatch, capsys, url):
    return runner(monkeypatch, capsys, url)


@pytest.fixture
def receipts(url):
    """The receipts of five learners whose answers are published."""
    engine = open_database(url)
    learner = INSTRUMENTS["learner"]
    with transaction(engine) as session:
        catalogue.save(session, [Programme(slug="p", title="P")])
        catalogue.save(session, [Credential(slug="c", title="C", kind="badge", programme="p")])
        open_survey(session, survey("s", version=learner.version, credentials=["c"]))
        said = Submission("learner", learner.version, "s", "en", ("c",), {"worth": 4})
        kept = [save_submission(session, said, secret=new_secret()).receipt for _ in range(5)]
    run_once(engine, INSTRUMENTS, kinds=ANSWERS)
    engine.dispose()
    return kept


def people(url):
    engine = open_database(url)
    with reading(engine) as session:
        counted = read_blocks(session, "answers", INSTRUMENTS)
    engine.dispose()
    return int(counted.loc[counted["question"] == "worth", "people"].sum())


def test_an_erased_response_is_taken_out_of_all_that_is_counted(run, url, receipts):
    assert people(url) == 5
    ran = run("erase", receipts[0].lower())
    assert (ran.code, ran.err) == (0, "")
    assert people(url) == 4
    engine = open_database(url)
    with reading(engine) as session:
        assert [fate(session, code).state != UNKNOWN for code in receipts] == [False, True, True, True, True]
    engine.dispose()
    again = run("erase", receipts[0])
    assert again.code == 1
    assert "leads to no response" in again.err


def test_counting_again_finds_everything_counted_right(run, url, receipts):
    assert run("rebuild").out.strip() == "Everything was counted right."
    assert people(url) == 5


def test_counting_again_mends_what_is_not_right(run, url, receipts):
    engine = open_database(url)
    with transaction(engine) as session:
        session.connection().exec_driver_sql("DELETE FROM blocks")
    engine.dispose()
    told = json.loads(run("rebuild", "--json").out)
    assert told["changed"] > 0
    assert people(url) == 5


def test_a_receipt_or_an_organisation_is_named_and_not_both(run, url, receipts):
    for given in ([], [receipts[0], "--endorsements", "ada"]):
        ran = run("erase", *given)
        assert (ran.code, ran.err.strip()) == (
            1, "feedback erase: name a receipt, or an organisation with --endorsements."
        )  # fmt: skip
    assert "is no organisation of the catalogue" in run("erase", "--endorsements", "ada").err
