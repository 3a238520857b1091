"""The worker: what is due is done in order of need, each piece once, whatever goes wrong with one of them."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from pandas import DataFrame
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from feedback.analysis.comments.voices import count_voices
from feedback.catalogue.values import Credential, Programme
from feedback.findings.evidence import Choice, Evidence
from feedback.settings import data_folder, settings
from feedback.store import finished, jobs, releases
from feedback.store.catalogue import save
from feedback.store.comments import read_comments
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.jobs import PARKED, READY
from feedback.store.meta import data_version
from feedback.store.responses import new_secret, save_submission
from feedback.store.surveys import Survey, open_survey
from feedback.store.tables import CommentReadings, Jobs
from feedback.survey.instrument import read_instruments
from feedback.survey.submission import Submission
from feedback.worker import embedded, finishing, loop, publishing
from feedback.worker import reading as reading_step
from feedback.worker.loop import ANSWERS, Kind, Worker, run_once
from feedback.worker.reading import ANALYSER, read_arrived_comments, topic_names
from feedback.worker.work import Failed, explain
from tests.command_line import runner

GREAT, BAD = "The labs were great and the teacher explained well.", "The exam was terrible and unfair."
POISON = "Xyzzy is a secret word."


@pytest.fixture(scope="module")
def instruments():
    return dict(read_instruments(data_folder() / "instruments"))


def set_up(engine, instruments):
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


@pytest.fixture
def institution(engine, instruments):
    return set_up(engine, instruments)


@pytest.fixture
def poisoned(monkeypatch):
    """A reader that stumbles over one text; `cure` mends it."""
    read, cured = reading_step.read, []

    def stumbling(table):
        if not cured and any("Xyzzy" in text for text in table["text"]):
            raise ValueError("cannot read: " + " ".join(table["text"]))
        return read(table)

    monkeypatch.setattr(reading_step, "read", stumbling)
    return SimpleNamespace(cure=lambda: cured.append(True))


def answer(engine, instruments, name="learner", **answers) -> str:
    """Save a response; returns its receipt."""
    submission = Submission(name, instruments[name].version, name, "en", ("data-badge",), answers)
    with transaction(engine) as session:
        return save_submission(session, submission, secret=new_secret()).receipt


def five(engine, instruments, **answers):
    """So many that they are published together."""
    return [answer(engine, instruments, **answers) for _ in range(5)]


@pytest.fixture
def few(monkeypatch):
    """Four findings in all are worked out, so that tests do not wait."""
    wanted = [("what_to_change", Choice()), ("worth", Choice()), ("topics", Choice())]
    wanted.append(("worth", Choice(credential="data-badge")))
    monkeypatch.setattr(finishing, "choices", lambda _evidence: wanted)


def readings(engine) -> DataFrame:
    table = table_of(CommentReadings)
    with reading(engine) as session:
        return DataFrame(session.connection().execute(table.select()).mappings().all(), columns=table.c.keys())


def shown(engine, instruments) -> DataFrame:
    with reading(engine) as session:
        return read_comments(session, instruments)


def all_jobs(engine):
    with reading(engine) as session:
        return jobs.read_jobs(session)


def let_time_pass(engine):
    """Every job that waits for its next try has waited long enough."""
    table = table_of(Jobs)
    with transaction(engine) as session:
        past = jobs.now(session) - timedelta(minutes=5)
        session.connection().execute(update(table).where(table.c.state == READY).values(ready_at=past))


def work(engine, instruments, times=4, kinds=ANSWERS):
    """Do all that is due, and all that waits for another try."""
    said = []
    for _ in range(times):
        Worker(engine, instruments, kinds=kinds, say=said.append).tick()
        let_time_pass(engine)
    return "\n".join(said)


# Reading


def test_without_comments_there_is_nothing_to_read(institution, instruments):
    assert read_arrived_comments(institution, instruments) == 0


def test_what_arrived_is_read(institution, instruments):
    answer(institution, instruments, keep=GREAT, change=BAD)
    told = []
    assert read_arrived_comments(institution, instruments, told.append) == 2
    assert told == [2]
    found = readings(institution).set_index("question")
    assert set(found["language"]) == {"en"}
    assert found.loc["keep", "sentiment"] > 0.3 > found.loc["change", "sentiment"]
    assert {tag["topic"] for tag in found.loc["change", "topics"]} == {"assessment"}
    assert {tag["polarity"] for tag in found.loc["change", "topics"]} == {"neg"}
    assert set(found["analyser"]) == {ANALYSER}


def test_what_is_kept_to_show_is_masked_and_its_topics_lie_in_the_masked_text(institution, instruments):
    answer(institution, instruments, change="Write to ann.smith@example.org about it: the exam was unfair.")
    read_arrived_comments(institution, instruments)
    (row,) = readings(institution).to_dict("records")
    assert row["masked"] == "Write to [e-mail] about it: the exam was unfair."
    (tag,) = row["topics"]
    assert row["masked"][tag["start"] : tag["end"]] == "exam"


def test_reading_twice_changes_nothing(institution, instruments):
    answer(institution, instruments, keep=GREAT)
    assert read_arrived_comments(institution, instruments) == 1
    before = readings(institution).to_dict("records")
    assert read_arrived_comments(institution, instruments) == 0
    assert readings(institution).to_dict("records") == before


def test_many_are_read_in_batches_and_each_once(institution, instruments, monkeypatch):
    monkeypatch.setattr(reading_step, "BATCH", 2)
    for _ in range(5):
        answer(institution, instruments, keep=GREAT)
    told = []
    assert read_arrived_comments(institution, instruments, told.append) == 5
    assert told == [2, 4, 5]


def test_a_comment_withdrawn_while_it_is_read_is_skipped(institution, instruments, monkeypatch):
    code = answer(institution, instruments, keep=GREAT)
    answer(institution, instruments, change=BAD)
    read = reading_step.read

    def withdrawn_meanwhile(waiting):
        with transaction(institution) as session:
            releases.erase(session, instruments, code, count_voices)
        return read(waiting)

    monkeypatch.setattr(reading_step, "read", withdrawn_meanwhile)
    read_arrived_comments(institution, instruments)
    assert readings(institution)["question"].tolist() == ["change"]


def test_only_topics_meant_for_whoever_was_asked_are_looked_for(institution, instruments, monkeypatch):
    seen = []
    read = reading_step.read
    monkeypatch.setattr(reading_step, "read", lambda waiting: seen.extend(waiting["audience"]) or read(waiting))
    answer(institution, instruments, keep=GREAT)
    answer(institution, instruments, "employer", change={"data-badge": "More hands-on evidence and a good price."})
    read_arrived_comments(institution, instruments)
    assert sorted(seen) == ["employer", "learner"]
    topics = reading_step.shipped_taxonomy().topics
    for row in readings(institution).to_dict("records"):
        audience = instruments[row["instrument"]].audience
        assert all(audience in topics[tag["topic"]].audiences for tag in row["topics"])


def test_topics_have_names_in_every_language_english_at_the_least():
    assert topic_names("tlh") == topic_names("en")
    assert topic_names("de") != topic_names("en")


# Order of need, from arrival to finished findings


def test_four_answers_wait_and_the_fifth_publishes_them(institution, instruments):
    for _ in range(4):
        answer(institution, instruments, keep=GREAT, worth=5)
    run_once(institution, instruments, kinds=ANSWERS)
    assert shown(institution, instruments).empty
    assert len(readings(institution)) == 4
    answer(institution, instruments, keep=GREAT, worth=5)
    run_once(institution, instruments, kinds=ANSWERS)
    assert len(shown(institution, instruments)) == 5
    assert all_jobs(institution) == []


def test_what_is_due_is_done_in_order_of_need_and_then_nothing_is(institution, instruments, few, monkeypatch):
    five(institution, instruments, keep=GREAT, worth=5)
    done = []
    wrapped = {
        name: Kind(
            kind.priority, lambda given, name=name, kind=kind: done.append(name) or kind.do(given), kind.due, kind.alone
        )
        for name, kind in loop.KINDS.items()
    }
    monkeypatch.setattr(loop, "KINDS", wrapped)
    assert Worker(institution, instruments).tick() == len(done)
    assert done[:3] == ["read", "release", "finish"]
    assert Worker(institution, instruments).tick() == 0


def test_findings_are_finished_for_the_data_as_they_are(institution, instruments, few):
    five(institution, instruments, keep=GREAT, worth=5)
    run_once(institution, instruments)
    with reading(institution) as session:
        version = data_version(session)
        there = finished.kept(session, version)
    assert {finding for finding, _ in there} == {"topics", "what_to_change", "worth"}
    assert any("data-badge" in choice for _, choice in there)
    five(institution, instruments, keep=GREAT, worth=1)
    run_once(institution, instruments)
    with reading(institution) as session:
        assert data_version(session) > version
        assert finished.kept(session, version) == set()
        assert finished.kept(session, data_version(session)) == there


def test_the_overview_comes_first_and_each_credential_last_where_there_are_not_too_many():
    titles = {f"badge-{number}": "Badge" for number in range(settings().finish_credentials)}
    wanted = list(finishing.choices(Evidence(DataFrame(), titles=titles)))
    assert [finding for finding, _ in wanted[:2]] == list(finishing.FIRST)
    assert len(wanted) == len(set(wanted))
    assert wanted[-1][1] == Choice(credential=f"badge-{settings().finish_credentials - 1}")
    one_more = titles | {"badge-60": "Badge"}
    assert not any(choice.credential for _, choice in finishing.choices(Evidence(DataFrame(), titles=one_more)))


def test_finishing_begins_again_when_the_data_move_on(institution, instruments, few, monkeypatch):
    from feedback.findings import work as findings_work

    five(institution, instruments, worth=5)
    run_once(institution, instruments, kinds=ANSWERS)
    work_out, moved = findings_work.work_out, []

    def moves_on(*arguments):
        if not moved:
            moved.append(True)
            five(institution, instruments, worth=1)
            run_once(institution, instruments, kinds=ANSWERS)
        return work_out(*arguments)

    monkeypatch.setattr(findings_work, "work_out", moves_on)
    run_once(institution, instruments)
    with reading(institution) as session:
        current = data_version(session)
        versions = {version for version in range(current + 1) if finished.kept(session, version)}
    assert versions == {current}


# What goes wrong with one stops no other


def test_a_comment_that_cannot_be_read_is_set_aside_alone(institution, instruments, poisoned):
    codes = five(institution, instruments, keep=GREAT, change=BAD)
    answer(institution, instruments, keep=POISON, change=BAD)
    log = work(institution, instruments)
    assert len(codes) == 5
    (parked,) = all_jobs(institution)
    assert (parked.kind, parked.state) == ("read", PARKED)
    assert "One comment cannot be read; all others are." in parked.error
    assert "Xyzzy" not in parked.error + parked.subject + log
    found = shown(institution, instruments)
    assert len(found) == 11
    assert not found["text"].str.contains("Xyzzy").any()


def test_a_comment_set_aside_is_read_when_it_can_be_and_its_topics_are_counted_then(institution, instruments, poisoned):
    five(institution, instruments, keep=GREAT)
    answer(institution, instruments, change=f"{POISON} {BAD}")
    work(institution, instruments)
    before = topics(institution, instruments)
    poisoned.cure()
    (parked,) = all_jobs(institution)
    with transaction(institution) as session:
        assert jobs.retry(session, parked.id)
    work(institution, instruments)
    assert all_jobs(institution) == []
    assert shown(institution, instruments)["text"].str.contains("Xyzzy").any()
    after = topics(institution, instruments)
    assert after.loc["assessment"] == before.get("assessment", 0) + 1


def topics(engine, instruments):
    """People by topic, as published."""
    from feedback.store.blocks import read_blocks

    with reading(engine) as session:
        return read_blocks(session, "topics", instruments).groupby("topic", observed=True)["people"].sum()


def test_a_credential_that_cannot_be_published_is_set_aside_alone(institution, instruments, monkeypatch):
    publish = releases.publish

    def stumbling(*arguments, units, **named):
        if ("employer", "data-badge") in units:
            raise ValueError(GREAT)
        return publish(*arguments, units=units, **named)

    monkeypatch.setattr(releases, "publish", stumbling)
    five(institution, instruments, keep=GREAT)
    for _ in range(5):
        answer(institution, instruments, "employer", change={"data-badge": BAD})
    log = work(institution, instruments)
    (parked,) = all_jobs(institution)
    assert (parked.kind, parked.subject, parked.state) == ("release", "employer/data-badge", PARKED)
    assert GREAT not in parked.error + log
    assert set(shown(institution, instruments)["audience"]) == {"learner"}
    monkeypatch.setattr(releases, "publish", publish)
    with transaction(institution) as session:
        jobs.retry(session, parked.id)
    work(institution, instruments)
    assert set(shown(institution, instruments)["audience"]) == {"learner", "employer"}


def test_a_finding_that_cannot_be_worked_out_stops_no_other(institution, instruments, few, monkeypatch):
    from feedback.findings import work as findings_work

    work_out = findings_work.work_out

    def stumbling(finding, *arguments):
        if finding.id == "worth":
            raise KeyError(GREAT)
        return work_out(finding, *arguments)

    monkeypatch.setattr(findings_work, "work_out", stumbling)
    five(institution, instruments, worth=5)
    work(institution, instruments, kinds=tuple(loop.KINDS))
    (parked,) = all_jobs(institution)
    assert parked.kind == "finish"
    assert 'The finding "worth" cannot be worked out' in parked.error
    assert GREAT not in parked.error
    with reading(institution) as session:
        names = {finding for finding, _ in finished.kept(session, data_version(session))}
    assert "worth" not in names
    assert "what_to_change" in names
    five(institution, instruments, worth=5)  # new data: it is tried again
    monkeypatch.setattr(findings_work, "work_out", work_out)
    run_once(institution, instruments)
    assert all_jobs(institution) == []


def test_an_error_is_told_without_its_words():
    try:
        reading_step.readings_of(DataFrame({"text": [GREAT]}))
    except Exception as error:
        told = explain(error)
    assert "KeyError" in told
    assert ".py, line" in told
    assert GREAT not in told
    assert explain(Failed("Said on purpose.")) == "Said on purpose."
    assert "secret" not in explain(OperationalError("INSERT", {"text": "secret"}, Exception("secret")))


# A new version of the reader


def test_a_new_analyser_reads_everything_again_and_topics_are_counted_anew(institution, instruments, few, monkeypatch):
    five(institution, instruments, keep=GREAT, change=BAD)
    run_once(institution, instruments)
    before = topics(institution, instruments)
    read = reading_step.read
    monkeypatch.setattr(reading_step, "read", lambda table: read(table).assign(topics=[[] for _ in table["text"]]))
    for module in (reading_step, publishing, loop):
        monkeypatch.setattr(module, "ANALYSER", "a later one")
    five(institution, instruments, keep=GREAT)
    run_once(institution, instruments)
    assert set(readings(institution)["analyser"]) == {"a later one"}
    after = topics(institution, instruments)
    assert len(before) > 1
    assert dict(after) == {"": 10}


def test_while_everything_is_read_anew_nothing_is_published(institution, instruments, few, monkeypatch):
    five(institution, instruments, keep=GREAT)
    run_once(institution, instruments)
    for module in (reading_step, publishing, loop):
        monkeypatch.setattr(module, "ANALYSER", "a later one")
    five(institution, instruments, keep=GREAT)
    release_only = Worker(institution, instruments, kinds=["read", "release"])
    with transaction(institution) as session:
        jobs.enqueue(session, "reread", "a later one", priority=70)
    release_only.tick()
    assert len(shown(institution, instruments)) == 5
    run_once(institution, instruments)
    assert len(shown(institution, instruments)) == 10


# The loop itself


@pytest.fixture
def only(monkeypatch):
    """Make the worker know these kinds alone."""

    def make(**kinds):
        monkeypatch.setattr(loop, "KINDS", kinds)
        return kinds

    return make


def test_a_step_gives_way_to_what_is_needed_more(sqlite_engine, only):
    done, pieces = [], iter(range(100))

    def long(given):
        for _ in pieces:
            done.append("piece")
            if len(done) == 2:
                with transaction(sqlite_engine) as session:
                    jobs.enqueue(session, "urgent", priority=1)
            given.pause()

    only(urgent=Kind(1, lambda _given: done.append("urgent")), long=Kind(90, long))
    with transaction(sqlite_engine) as session:
        jobs.enqueue(session, "long", priority=90)
    Worker(sqlite_engine, {}, kinds=["urgent", "long"], idle=0).tick()
    assert done[:4] == ["piece", "piece", "urgent", "piece"]
    assert all_jobs(sqlite_engine) == []


def test_a_worker_told_to_stop_leaves_its_job_to_the_next(sqlite_engine, only):
    def endless(given):
        worker.stop()
        while True:
            given.pause()

    only(endless=Kind(1, endless))
    with transaction(sqlite_engine) as session:
        jobs.enqueue(session, "endless")
    worker = Worker(sqlite_engine, {}, kinds=["endless"])
    worker.run()
    (job,) = all_jobs(sqlite_engine)
    assert (job.state, job.attempts) == (READY, 0)


def test_a_worker_that_lost_its_job_writes_nothing_more(sqlite_engine, only):
    def slow(given):
        with transaction(sqlite_engine) as session:  # meanwhile its lease ran out, and another has it
            session.connection().execute(update(table_of(Jobs)).values(worker="bob/1"))
        with given.writing() as session:
            jobs.remember(session, "written", 1)

    only(slow=Kind(1, slow))
    with transaction(sqlite_engine) as session:
        jobs.enqueue(session, "slow")
    said = []
    Worker(sqlite_engine, {}, kinds=["slow"], say=said.append).tick()
    assert "another worker" in said[0]
    (job,) = all_jobs(sqlite_engine)
    assert job.worker == "bob/1"
    with reading(sqlite_engine) as session:
        assert jobs.remembered(session, "written") is None


def test_a_long_step_keeps_its_job_by_beating(engine, only):
    beaten = threading.Event()

    def long(given):
        with reading(engine) as session:
            (before,) = jobs.read_jobs(session)
        while not beaten.wait(0.05):
            with reading(engine) as session:
                (now,) = jobs.read_jobs(session)
            if now.lease_until > before.lease_until:
                beaten.set()

    only(long=Kind(1, long))
    with transaction(engine) as session:
        jobs.enqueue(session, "long")
    assert Worker(engine, {}, kinds=["long"], lease=timedelta(seconds=3)).tick() == 1
    assert beaten.is_set()
    assert all_jobs(engine) == []


def test_what_stays_due_whatever_is_done_does_not_keep_the_worker_busy_for_ever(sqlite_engine, only):
    only(same=Kind(1, lambda _given: None, lambda *_look: [""]))
    assert Worker(sqlite_engine, {}, kinds=["same"]).tick() == loop.MOST_ROUNDS


def test_a_look_that_fails_keeps_no_other_from_being_made(sqlite_engine, only):
    def broken(*_look):
        raise ValueError(GREAT)

    done, said = [], []
    only(broken=Kind(1, lambda _given: None, broken), fine=Kind(2, lambda _given: done.append(1), lambda *_look: [""]))
    Worker(sqlite_engine, {}, kinds=["broken", "fine"], say=said.append).tick()
    assert done
    assert "ValueError" in said[0]
    assert GREAT not in "".join(said)


def test_while_the_database_is_away_the_worker_waits_and_goes_on_when_it_is_back(sqlite_engine, monkeypatch):
    said, looks = [], []
    worker = Worker(sqlite_engine, {}, kinds=[], say=said.append)
    monkeypatch.setattr(loop, "PAUSES", (0,))

    def tick():
        looks.append(1)
        if len(looks) < 4:
            raise OperationalError("SELECT", {"password": "secret"}, Exception("gone"))
        worker.stop()

    monkeypatch.setattr(worker, "tick", tick)
    worker.run()
    assert len(looks) == 4
    assert said == ["The database does not answer. The next look is in 0 s."] * 3


def test_a_worker_that_waits_can_be_woken(sqlite_engine, only):
    done = threading.Event()
    only(job=Kind(1, lambda _given: done.set()))
    worker = Worker(sqlite_engine, {}, kinds=["job"], idle=3600)
    thread = threading.Thread(target=worker.run)
    thread.start()
    with transaction(sqlite_engine) as session:
        jobs.enqueue(session, "job")
    while not done.wait(0.05):
        worker.wake()
    worker.stop()
    thread.join()


# The command, and the child of the app


@pytest.fixture
def run(sqlite_engine, monkeypatch, capsys):
    sqlite_engine.dispose()
    return runner(monkeypatch, capsys, str(sqlite_engine.url))


def test_once_does_what_is_due_and_says_so(run):
    ran = run("worker", "--once")
    assert (ran.code, ran.err) == (0, "")
    assert "Left: 0 that wait for their time or run elsewhere, 0 parked." in ran.out
    assert '"parked": 0' in run("worker", "--once", "--json").out


def test_the_command_refuses_what_cannot_be(run, monkeypatch, tmp_path):
    monkeypatch.setenv("FEEDBACK_SMTP_URL", "smtp://ann:secret@mail.example.org")
    monkeypatch.setenv("FEEDBACK_MAIL_FROM", "feedback@example.org")
    ran = run("worker", "--once")
    assert ran.code == 1
    assert "in the open" in ran.err
    assert "secret" not in ran.err
    monkeypatch.delenv("FEEDBACK_SMTP_URL")
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert run("worker", "--once").code == 3


def child(url, monkeypatch, *options):
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", url)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-m", "feedback", "worker", *options], **pipes)


def test_a_worker_ends_cleanly_when_it_is_told_to(sqlite_engine, monkeypatch):
    with child(str(sqlite_engine.url), monkeypatch) as worker:
        assert "looks for work" in worker.stdout.readline()
        worker.terminate()
        assert worker.wait() == 0
        assert worker.stderr.read() == ""


def test_an_embedded_worker_ends_with_the_app_that_started_it(sqlite_engine, monkeypatch):
    with child(str(sqlite_engine.url), monkeypatch, "--embedded") as worker:
        worker.stdin.close()
        assert worker.wait() == 0


@pytest.fixture
def starts(monkeypatch):
    """What would be started, in place of the child: each ends at once."""
    started, enough = [], threading.Event()

    class Child:
        def __init__(self, arguments, **_how):
            started.append(arguments)
            if len(started) >= 3:
                enough.set()
                threading.Event().wait()  # runs on; the thread that watches it is a daemon

        def wait(self):
            return 1

    monkeypatch.setattr(embedded.subprocess, "Popen", Child)
    monkeypatch.setattr(embedded, "_started", threading.Lock())
    monkeypatch.setattr(embedded, "BETWEEN_STARTS", 0)
    settings.cache_clear()
    yield SimpleNamespace(started=started, enough=enough)
    settings.cache_clear()


def test_the_app_starts_one_worker_and_starts_it_again_when_it_ends(starts):
    assert embedded.start_embedded()
    assert not embedded.start_embedded()
    assert starts.enough.wait(60)
    assert starts.started[0][1:] == ["-m", "feedback", "worker", "--embedded"]


def test_a_worker_run_separately_is_not_started(starts, monkeypatch):
    monkeypatch.setenv("FEEDBACK_WORKER", "separate")
    assert not embedded.start_embedded()
    assert starts.started == []
