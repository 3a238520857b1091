"""Comments that arrived are read once by each analyser, whatever happens to them meanwhile. On both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from pandas.testing import assert_frame_equal

from feedback import worker
from feedback.catalogue.values import Credential, Programme
from feedback.settings import data_folder
from feedback.store.catalogue import save
from feedback.store.comments import read_comments
from feedback.store.database import reading, transaction
from feedback.store.meta import data_version
from feedback.store.responses import erase_by_receipt, new_secret, save_submission
from feedback.store.surveys import Survey, open_survey
from feedback.survey.instrument import read_instruments
from feedback.survey.submission import Submission
from feedback.worker import read_arrived_comments, topic_names

GREAT, BAD = "The labs were great and the teacher explained well.", "The exam was terrible and unfair."


@pytest.fixture(scope="module")
def instruments():
    return dict(read_instruments(data_folder() / "instruments"))


@pytest.fixture
def institution(engine, instruments):
    with transaction(engine) as session:
        save(session, [Programme(slug="data", title="Data")])
        save(session, [Credential(slug="data-badge", title="Data badge", kind="badge", programme="data")])
        for name in ("learner", "employer"):
            asked = instruments[name]
            opens = datetime.now(UTC) - timedelta(days=1)
            about = ["data-badge"]
            open_survey(
                session, Survey(slug=name, instrument=name, version=asked.version, opens=opens, credentials=about)
            )
    return engine


def answer(engine, instruments, name="learner", **answers) -> str:
    """Save a response; returns its receipt."""
    submission = Submission(name, instruments[name].version, name, "en", ("data-badge",), answers)
    with transaction(engine) as session:
        return save_submission(session, submission, secret=new_secret()).receipt


def table(engine, instruments):
    with reading(engine) as session:
        return read_comments(session, instruments).set_index("question"), data_version(session)


def test_without_comments_there_is_nothing_to_read(institution, instruments):
    assert read_arrived_comments(institution, instruments) == 0


def test_what_arrived_is_read(institution, instruments):
    answer(institution, instruments, keep=GREAT, change=BAD)
    told = []
    assert read_arrived_comments(institution, instruments, told.append) == 2
    assert told == [2]
    found, _ = table(institution, instruments)
    assert set(found["language"]) == {"en"}
    assert found.loc["keep", "sentiment"] > 0.3 > found.loc["change", "sentiment"]
    assert {tag["topic"] for tag in found.loc["change", "topics"]} == {"assessment"}
    assert {tag["polarity"] for tag in found.loc["change", "topics"]} == {"neg"}
    assert set(found["analyser"]) == {worker.ANALYSER}


def test_reading_twice_changes_nothing(institution, instruments):
    answer(institution, instruments, keep=GREAT)
    assert read_arrived_comments(institution, instruments) == 1
    before, version = table(institution, instruments)
    assert read_arrived_comments(institution, instruments) == 0
    after, same = table(institution, instruments)
    assert same == version
    assert_frame_equal(after, before)


def test_many_are_read_in_batches_and_each_once(institution, instruments, monkeypatch):
    monkeypatch.setattr(worker, "BATCH", 2)
    for _ in range(5):
        answer(institution, instruments, keep=GREAT)
    told = []
    assert read_arrived_comments(institution, instruments, told.append) == 5
    assert told == [2, 4, 5]


def test_a_comment_withdrawn_while_it_is_read_is_skipped(institution, instruments, monkeypatch):
    code = answer(institution, instruments, keep=GREAT)
    answer(institution, instruments, change=BAD)
    read = worker.read

    def withdrawn_meanwhile(waiting):
        with transaction(institution) as session:
            erase_by_receipt(session, code)
        return read(waiting)

    monkeypatch.setattr(worker, "read", withdrawn_meanwhile)
    read_arrived_comments(institution, instruments)
    found, _ = table(institution, instruments)
    assert list(found.index) == ["change"]


def test_a_new_analyser_reads_everything_again(institution, instruments, monkeypatch):
    answer(institution, instruments, keep=GREAT)
    read_arrived_comments(institution, instruments)
    monkeypatch.setattr(worker, "ANALYSER", "a later one")
    assert read_arrived_comments(institution, instruments) == 1
    found, _ = table(institution, instruments)
    assert found["analyser"].tolist() == ["a later one"]


def test_only_topics_meant_for_whoever_was_asked_are_looked_for(institution, instruments, monkeypatch):
    seen = []
    read = worker.read
    monkeypatch.setattr(worker, "read", lambda waiting: seen.extend(waiting["audience"]) or read(waiting))
    answer(institution, instruments, keep=GREAT)
    answer(institution, instruments, "employer", change={"data-badge": "More hands-on evidence and a good price."})
    read_arrived_comments(institution, instruments)
    assert sorted(seen) == ["employer", "learner"]
    topics = worker.shipped_taxonomy().topics
    found, _ = table(institution, instruments)
    for audience, tags in zip(found["audience"], found["topics"], strict=True):
        assert all(audience in topics[tag["topic"]].audiences for tag in tags)


def test_topics_have_names_in_every_language_english_at_the_least():
    assert topic_names("tlh") == topic_names("en")
    assert topic_names("de") != topic_names("en")
