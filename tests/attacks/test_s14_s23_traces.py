"""S14, S15, S18, S21 to S23: what tables, files, logs and times tell of who said what. The light form is a door in; the
doors out are the findings, which pages, exports and the command line all take (tests/test_doors.py)."""

import json
import logging
import re
import zipfile
from datetime import datetime
from io import BytesIO
from tempfile import NamedTemporaryFile

import pandas
import pytest
from scipy.stats import spearmanr

from feedback.disclosure import STANDARD
from feedback.exchange.tables import FORMATS, write_table
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.files import about
from feedback.findings.work import work_out
from feedback.store.database import reading, transaction
from feedback.store.responses import new_secret, save_submission
from feedback.survey.submission import Submission
from feedback.worker import loop
from feedback.worker.gathering import gather
from tests.attacks.dumping import rows_of
from tests.collect.institution import CREDENTIALS, instruments, invite, light_form, open_form, responses
from tests.collect.serving import served_here, settings_for
from tests.collect.visitor import SEND, Visitor
from tests.command_line import run_once

PEOPLE = 100
MOMENT = re.compile(r"\d\d:\d\d(:\d\d)?")
MARKED = re.compile(r"says number (\d+)")
"""In what people wrote: the how manieth it was."""
FILES = ("comments", "dropout", "answers")
"""The findings that are looked for in files: what people wrote, what they chose, and how many they are."""
BADGE = CREDENTIALS[0]


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """The worker works no findings out beforehand: it is not what is asked here."""
    kinds = {name: kind for name, kind in loop.KINDS.items() if name in ("read", "release", "withdraw")}
    monkeypatch.setattr(loop, "KINDS", kinds)


def say(engine, survey, said, answers=None):
    """One learner says something; the receipt."""
    version = instruments()["learner"].version
    given = {"worth": 4, "keep": said} | (answers or {})
    submission = Submission("learner", version, survey, "en", (BADGE,), given)
    with transaction(engine) as session:
        return save_submission(session, submission, secret=new_secret()).receipt


def publish(engine):
    loop.run_once(engine, instruments(), kinds=tuple(loop.KINDS))


def found(engine, name, choice=None):
    with reading(engine) as session:
        evidence = gather(session, instruments(), choice or Choice(credential=BADGE), "en")
    return work_out(FINDINGS[name], evidence, choice or Choice(credential=BADGE), STANDARD)


def order_in(texts) -> float:
    """How far the numbers people wrote stand in the order in which they wrote them."""
    numbers = [int(number) for text in texts for number in MARKED.findall(str(text))[:1]]
    assert len(numbers) > 10
    return abs(spearmanr(numbers, range(len(numbers))).statistic) if len(set(numbers)) > 1 else 0.0


def least(count: int) -> float:
    """What chance alone exceeds once in a hundred thousand times, of so many in random order."""
    return 4.4 / (count - 1) ** 0.5


@pytest.fixture
def a_hundred(founded, port) -> str:
    """As many answer by the form, one after the other: the survey's slug."""
    survey = open_form(founded)
    with Visitor(port) as first:
        first.get(f"/f/{survey}")
        steps = [first.fields()]
        while steps[-1][-1] != SEND:
            first.step(steps[-1])
            steps.append(first.fields())
        [words] = [each.name for each in first.form.controls if each.kind == "textarea"]
    for number in range(PEOPLE):
        said = {words: f"The labs were great, says number {number}."}
        with Visitor(port) as visitor:
            page = visitor.get(f"/f/{survey}")
            for step in steps:
                given = said | {"form": page.text.partition('name="form" value="')[2].partition('"')[0]}
                page = visitor.post(f"/f/{survey}", [(name, given.get(name, value)) for name, value in step])
            assert 'id="receipt"' in page.text
    return survey


def test_s14_s15_after_a_hundred_answers_no_table_and_no_file_tells_their_order_or_a_time(founded, a_hundred):
    publish(founded)
    kept = [row["answers"] for row in rows_of(founded)["responses"]]
    assert len(kept) == PEOPLE
    assert order_in(kept) < least(PEOPLE)
    choice = Choice(credential=BADGE)
    with reading(founded) as session:
        read = gather(session, instruments(), choice, "en")
    listed = work_out(FINDINGS["comments"], read, choice, STANDARD).table
    quoted = [str(row) for row in listed.to_dict("records") if MARKED.search(str(row))]
    assert order_in(quoted) < least(len(quoted))
    for name in FILES:
        shown = work_out(FINDINGS[name], read, choice, STANDARD)
        assert shown.has_table, name
        for kind in FORMATS:
            told = in_file(write_table(shown.table, kind, about(shown, choice, "1", False), name), kind)
            assert not MOMENT.search(" ".join(told)), (name, kind)
            marked = [each for each in told if MARKED.search(each)]
            assert len(marked) >= (len(quoted) if name == "comments" else 0), kind
            assert not marked or order_in(marked) < least(len(marked)), (name, kind)


def in_file(written: bytes, kind: str) -> list[str]:
    """What stands in a file, piece by piece, in its order."""
    if kind == "xlsx":
        with zipfile.ZipFile(BytesIO(written)) as book:
            sheets = [book.read(each).decode() for each in sorted(book.namelist()) if each.startswith("xl/worksheets/")]
        return re.split(r"</row>", "".join(sheets))
    if kind in ("csv", "json"):
        return written.decode().split("\n")
    if kind == "parquet":
        table = pandas.read_parquet(BytesIO(written))
    else:
        reader = pytest.importorskip("pyreadstat")
        with NamedTemporaryFile(suffix=".sav") as file:
            file.write(written)
            file.flush()
            table, _ = reader.read_sav(file.name)
    return [str(row) for row in table.to_dict("records")]


# --- S18: small groups -----------------------------------------------------------------------------------------------


def test_s18_four_say_nothing_five_do_and_after_one_has_withdrawn_nothing_again(founded, visitor):
    survey = open_form(founded, "learner")
    receipts = [say(founded, survey, f"More labs, says number {number}.") for number in range(4)]
    publish(founded)
    assert is_hidden(founded)
    receipts.append(say(founded, survey, "More labs, says number 4."))
    publish(founded)
    assert not is_hidden(founded)
    withdraw(visitor, receipts[0])
    publish(founded)
    assert responses(founded) == 4
    assert is_hidden(founded)
    assert visitor.post("/r", [("receipt", receipts[0])]).status == 404


def test_s18_comments_nobody_reviewed_show_from_ten_people_on_and_after_one_has_withdrawn_no_more(founded, visitor):
    survey = open_form(founded, "learner")
    receipts = [say(founded, survey, f"More labs, says number {number}.") for number in range(5)]
    publish(founded)
    assert not found(founded, "comments").has_table
    receipts += [say(founded, survey, f"More labs, says number {number}.") for number in range(5, 10)]
    publish(founded)
    assert found(founded, "comments").has_table
    withdraw(visitor, receipts[0])
    publish(founded)
    assert not found(founded, "comments").has_table


def withdraw(visitor, receipt) -> None:
    """Take one's answers back on the page of receipts."""
    visitor.get("/r")
    visitor.post("/r", [("receipt", receipt.lower())])
    form = visitor.page.forms[-1]
    visitor.post(form.action, [*form.as_it_stands(), ("withdraw", "yes"), ("go", "withdraw")])
    assert visitor.answer.status == 200


def is_hidden(engine) -> bool:
    """Whether nothing is told of how worth its time the badge was."""
    rows = found(engine, "worth").rows
    return bool(rows[list(FINDINGS["worth"].measures)].isna().all(axis=None))


# --- S21: times ------------------------------------------------------------------------------------------------------


def moments_in(rows) -> list[object]:
    """Whatever in some rows is finer than a day."""
    values = [value for row in rows for value in row.values()]
    return [each for each in values if isinstance(each, datetime) or (isinstance(each, str) and MOMENT.search(each))]


def test_s21_what_an_answer_leaves_in_the_database_has_no_time_finer_than_a_day(founded, port, caplog):
    survey = open_form(founded, "learner", mode="invitation")
    links = [f"/s/{token}" for token in invite(founded, survey, 3)]
    with Visitor(port) as first:
        first.get(f"/f/{survey}")
    before = rows_of(founded)
    with caplog.at_level(logging.DEBUG):
        for number, link in enumerate(links):
            with Visitor(port, seed=number) as visitor:
                assert visitor.answers(link)
    after = rows_of(founded)
    changed = {name for name in after if after[name] != before[name]}
    new = {name: [row for row in after[name] if row not in before[name]] for name in changed}
    assert {"responses", "invitations", "waiting"} <= changed
    assert {name: moments_in(rows) for name, rows in new.items() if moments_in(rows)} == {}
    assert [each for each in caplog.messages if survey in each or "/f/" in each or "/s/" in each] == []


def test_s21_the_counts_of_forms_name_nobody_and_no_moment(founded):
    survey = open_form(founded, mode="invitation", languages=("en", "de"))
    tokens = invite(founded, survey, 3)
    ids = [row["id"] for row in rows_of(founded)["invitations"]]
    with served_here(light_form(founded)) as port:
        receipts = []
        for number, token in enumerate(tokens):
            with Visitor(port, seed=number) as visitor:
                receipts.append(visitor.answers(f"/s/{token}"))
                metrics = visitor.ask("GET", "/metrics").text
    counted = rows_of(founded)["funnel"]  # as it ended, the server wrote down what it had counted
    assert {row["mark"]: row["count"] for row in counted} == {
        "opened": 3, "started": 3, "reached": 3, "finished": 3, "seconds": 3,
    }  # fmt: skip
    assert all(set(row) == {"survey", "language", "mark", "value", "count"} for row in counted)
    assert {(row["survey"], row["language"]) for row in counted} == {(survey, "en")}
    assert {row["value"] for row in counted if row["mark"] == "seconds"} == {10}
    assert moments_in(counted) == []
    assert not MOMENT.search(metrics)
    told = f"{counted} {metrics}"
    assert [each for each in (*tokens, *ids, *receipts, *(made.lower() for made in receipts)) if each in told] == []
    assert survey not in metrics


# --- S22: a counter that is watched ----------------------------------------------------------------------------------


def test_s22_how_many_have_answered_is_told_in_steps_of_five(house, caller, slug):
    survey = open_form(house, slug=slug, mode="invitation")
    told = []
    for token in invite(house, survey, 6):
        assert caller.answers(f"/s/{token}")
        ran = run_once(settings_for(str(house.url)), "surveys", "--json")
        assert ran.code == 0, ran.err
        [line] = [each for each in json.loads(ran.out)["surveys"] if each["survey"] == survey]
        told.append((line["answers"], line["invitations"]["used"]))
    assert told == [(0, 0)] * 4 + [(5, 5)] * 2


# --- S23: the same person twice --------------------------------------------------------------------------------------


def test_s23_what_one_browser_answers_in_two_surveys_shares_nothing_that_could_join_them(founded, port):
    surveys = [open_form(founded, "learner", slug=name) for name in ("first", "second")]
    with Visitor(port, seed=1) as visitor:
        for survey in surveys:
            assert visitor.answers(f"/f/{survey}")
    one, other = (next(row for row in rows_of(founded)["responses"] if row["survey"] == survey) for survey in surveys)
    shared = {name for name in one if one[name] == other[name] and one[name]}
    assert shared <= {"instrument", "version", "language", "month", "about", "answers", "is_sample"}
    assert one["key"] != other["key"]
    assert one["receipt_hash"] != other["receipt_hash"]
