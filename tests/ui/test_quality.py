"""The page on data quality: what waits, what went wrong and what to do, without telling of one person."""

from datetime import UTC, date, datetime, timedelta

import pytest
import streamlit as st
from pandas import DataFrame
from streamlit.testing.v1 import AppTest

from feedback.catalogue.values import Credential, Skill
from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.work import work_out
from feedback.policy import NOBODY
from feedback.store import jobs, outbox
from feedback.store.database import transaction
from feedback.store.imports import Import, save_import
from feedback.ui import quality, shell
from feedback.worker.loop import KINDS


def job(state: str, kind: str = "read", **more) -> jobs.Job:
    return jobs.Job(id="1", kind=kind, state=state, **more)


def brought(kind: str = "comments", rows: int = 3, **more) -> Import:
    return Import(kind=kind, file="a.csv", digest="d", rows=rows, new_rows=rows, imported_on=date(2026, 3, 1), **more)


def test_the_first_line_says_whether_anything_waits_for_the_reader():
    assert quality.in_a_sentence([], 0, 0).startswith("Everything is in order")
    assert "1 piece of work has stopped:" in quality.in_a_sentence([job("parked")], 0, 0)
    both = quality.in_a_sentence([job("parked"), job("parked")], 3, 0)
    assert both.startswith("2 pieces of work have stopped and 3 messages could not be sent")
    assert "still going on" in quality.in_a_sentence([job("running")], 0, 0)
    assert "still going on" in quality.in_a_sentence([], 0, 7)


def test_the_first_line_says_when_work_waits_and_nobody_is_there_to_do_it():
    assert quality.in_a_sentence([], 0, 7, no_worker=True).startswith("No worker is running")
    both = quality.in_a_sentence([job("parked")], 0, 0, no_worker=True)
    assert both.startswith("No worker is running")
    assert "1 piece of work has stopped" in both


def test_few_answers_of_a_file_are_not_counted_out():
    few, many = quality.listed([brought(rows=4), brought(rows=5)], 5)
    assert (few["Rows"], few["New"]) == ("too few to show", "too few to show")
    assert (many["Rows"], many["New"]) == ("5", "5")
    assert quality.listed([brought("runs", rows=1)], 5)[0]["Rows"] == "1"


def test_a_file_says_whether_it_is_in_use():
    said = [
        quality.listed([brought(**more)], 5)[0]["Now"]
        for more in ({}, {"waiting": True}, {"undone_on": date(2026, 4, 2)})
    ]
    assert said == ["in use", "not published yet", "taken back on 2 April 2026"]


def test_what_a_credential_lacks_is_named_as_people_call_it():
    bare = Credential(slug="b", title="Bare", kind="badge", programme="p")
    table = quality.described([bare])
    assert table["Purpose sheet"].tolist() == [0]
    assert "Skills" in table["Missing"][0]
    assert quality.described([]).empty
    assert quality.least_described([bare]) == [("b", "Bare")]
    assert quality.least_described([]) == []


def test_the_fields_left_empty_are_counted_for_every_part_of_the_catalogue():
    table = quality.gaps({"skills": [Skill(slug="a", title="A"), Skill(slug="b", title="B", uri="urn:x:1")]})
    uri = table[table["Field"] == "Address"] if "Address" in set(table["Field"]) else table[table["Empty"] == 1]
    assert (uri["Empty"] == 1).all()
    assert (table["Of"] == 2).all()
    assert set(table["Part"]) == {"Skills"}
    assert quality.gaps({"skills": []}).empty


def test_languages_whose_tone_is_not_read_are_counted():
    reads_as = ["critical", "not scored", "not scored", "not scored", "not scored"]
    comments = DataFrame({"Language": ["en", "es", "ar", "es", ""], "Reads as": reads_as})
    assert quality.unscored(comments) == "ar (1), es (2)"
    assert quality.unscored(comments.astype({"Language": "category"})) == "ar (1), es (2)"
    assert quality.unscored(DataFrame()) == ""


def test_work_that_its_worker_left_is_told_from_work_that_goes_on():
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert quality.is_alive(job("running", lease_until=now + timedelta(seconds=1)), now)
    assert not quality.is_alive(job("running", lease_until=now - timedelta(seconds=1)), now)
    assert not quality.is_alive(job("ready"), now)


def test_work_that_waits_is_told_once_for_each_kind():
    waiting = [job("ready", "rebuild"), job("ready", "rebuild"), job("ready", "outbox"), job("running", "read")]
    assert quality.waiting_in_words(waiting) == [
        "Waits: Counting published answers again (2 pieces).",
        "Waits: Sending messages.",
    ]
    assert "It went wrong: no disk" in quality.waiting_in_words([job("ready", error="no disk")])[0]


def test_every_kind_of_work_is_told_in_words():
    assert set(KINDS) <= set(quality.WORK)


def test_the_sample_is_not_taken_back_as_a_file():
    assert quality.can_be_undone(brought())
    assert not quality.can_be_undone(brought(is_sample=True))
    assert not quality.can_be_undone(brought(undone_on=date(2026, 4, 2)))


# The page itself


def drawn():
    from feedback.ui import quality

    quality.show()


@pytest.fixture
def visit(monkeypatch, sqlite_engine):
    """The page on this database, without answers."""
    monkeypatch.setattr(shell, "engine", lambda: sqlite_engine)
    nothing = Evidence(answers=DataFrame(columns=["audience", "credential"]))
    monkeypatch.setattr(shell, "answer", lambda name, choice=Choice(): _nothing_of(name, nothing, choice), raising=True)
    st.cache_resource.clear()
    yield lambda: AppTest.from_function(drawn, default_timeout=30).run()
    st.cache_resource.clear()


def _nothing_of(name, evidence, choice):
    finding = FINDINGS[name]
    empty = type(finding)(**{**vars(finding), "work": lambda *_: DataFrame({"people": []}), "measures": (),
                             "keys": (), "say": lambda *_: "Nothing yet.",
                             "display": lambda _: DataFrame()})  # fmt: skip
    return work_out(empty, evidence, choice, Limits())


def words_of(page: AppTest) -> str:
    return " ".join(str(element.proto) for element in page.get("html")) + " ".join(e.value for e in page.markdown)


def test_an_empty_institution_says_what_each_part_is_for(visit):
    page = visit()
    assert not page.exception
    said = words_of(page)
    for words in ("Everything is in order", "nothing is being worked on", "No message was ever asked for",
                  "None yet. Bring one in with", "Answers are published a group at a time",
                  "There is no credential yet", "How long somebody took is not kept"):  # fmt: skip
        assert words in said, words


def park(engine, error: str) -> None:
    with transaction(engine) as session:
        jobs.enqueue(session, "read")
    for _ in range(jobs.TRIES):
        with transaction(engine) as session:
            session.connection().exec_driver_sql("UPDATE jobs SET ready_at = '2000-01-01 00:00:00.000000'")
            taken = jobs.take(session, "w")
            assert taken is not None
            jobs.fail(session, taken, error)


def test_work_that_stopped_is_shown_with_its_reason_and_can_be_tried_again(visit, sqlite_engine):
    park(sqlite_engine, "The word list <b>en</b> is broken.")
    page = visit()
    assert "&lt;b&gt;en&lt;/b&gt; is broken" in words_of(page)
    again = next(button for button in page.button if button.label == "Try again")
    again.click().run()
    with transaction(sqlite_engine) as session:
        assert [each.state for each in jobs.read_jobs(session)] == ["ready"]


def test_a_message_that_failed_hides_the_person_it_was_for(visit, sqlite_engine):
    with transaction(sqlite_engine) as session:
        outbox.put(session, "once", "reminder", "ann.example@firm.example", "Your view", "Hello")
        message = outbox.due(session)[0]
        outbox.begin(session, message)
    with transaction(sqlite_engine) as session:
        outbox.failed(session, message, "No such mailbox.", for_good=True)
    said = words_of(visit())
    assert "a…@firm.example" in said
    assert "ann.example" not in said
    assert "No such mailbox." in said


def test_work_that_goes_on_is_shown_no_more_to_who_was_signed_out(comes, monkeypatch):
    comes(NOBODY)
    monkeypatch.setattr(quality.upkeep, "read_jobs", lambda: pytest.fail("read for nobody"))
    monkeypatch.setattr(quality.st, "rerun", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        quality._going_on()


def test_what_cannot_be_taken_back_says_why(visit, sqlite_engine):
    with transaction(sqlite_engine) as session:
        save_import(session, brought("programmes", rows=1))
    page = visit()
    assert any(button.label.startswith("Take it back") for button in page.button)
