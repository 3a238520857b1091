"""From arrival to finished findings: done in order of need, each piece once, whatever goes wrong with one of them."""

from pandas import DataFrame
from sqlalchemy.exc import OperationalError

from feedback.analysis.comments.topics import shipped_taxonomy
from feedback.findings.evidence import Choice, Evidence
from feedback.settings import settings
from feedback.store import finished, jobs, releases
from feedback.store.database import reading, transaction
from feedback.store.jobs import PARKED
from feedback.store.meta import data_version
from feedback.worker import finishing, loop, publishing, reader
from feedback.worker import reading as reading_step
from feedback.worker.loop import ANSWERS, Kind, Worker, run_once
from feedback.worker.reader import Reader
from feedback.worker.work import Failed, explain
from tests.worker.working import (
    BAD,
    GREAT,
    POISON,
    all_jobs,
    answer,
    five,
    readings,
    shown,
    topics,
    work,
)


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


def test_what_is_not_read_yet_is_not_published(institution, instruments):
    five(institution, instruments, keep=GREAT, worth=5)
    run_once(institution, instruments, kinds=["release"])  # as when another worker is still reading
    assert shown(institution, instruments).empty
    run_once(institution, instruments, kinds=ANSWERS)
    assert len(shown(institution, instruments)) == len(readings(institution)) == 5


def test_whoever_answers_while_others_are_published_is_read_first(institution, instruments, monkeypatch):
    five(institution, instruments, keep=GREAT, worth=5)
    run_once(institution, instruments, kinds=["read"])
    mix, late = publishing.shuffling.mix_waiting, []

    def answered_meanwhile(engine, units):
        if not late:
            late.append(answer(institution, instruments, keep=BAD, worth=1))
        return mix(engine, units)

    monkeypatch.setattr(publishing.shuffling, "mix_waiting", answered_meanwhile)
    run_once(institution, instruments, kinds=ANSWERS)
    assert late
    assert len(shown(institution, instruments)) == len(readings(institution)) == 6


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
        reading_step.readings_of(DataFrame({"text": [GREAT]}), Reader("x", shipped_taxonomy(), {}, {}))
    except Exception as error:
        told = explain(error)
    assert "KeyError" in told
    assert ".py, line" in told
    assert GREAT not in told
    assert explain(Failed("Said on purpose.")) == "Said on purpose."
    assert "secret" not in explain(OperationalError("INSERT", {"text": "secret"}, Exception("secret")))


def test_a_new_analyser_reads_everything_again_and_topics_are_counted_anew(institution, instruments, few, monkeypatch):
    five(institution, instruments, keep=GREAT, change=BAD)
    run_once(institution, instruments)
    before = topics(institution, instruments)
    read = reading_step.read
    monkeypatch.setattr(
        reading_step, "read", lambda table, *more: read(table, *more).assign(topics=[[] for _ in table["text"]])
    )
    monkeypatch.setattr(reader, "ANALYSER", "a later one")
    five(institution, instruments, keep=GREAT)
    run_once(institution, instruments)
    assert set(readings(institution)["analyser"]) == {"a later one"}
    after = topics(institution, instruments)
    assert len(before) > 1
    assert dict(after) == {"": 10}


def test_while_everything_is_read_anew_nothing_is_published(institution, instruments, few, monkeypatch):
    five(institution, instruments, keep=GREAT)
    run_once(institution, instruments)
    monkeypatch.setattr(reader, "ANALYSER", "a later one")
    five(institution, instruments, keep=GREAT)
    release_only = Worker(institution, instruments, kinds=["read", "release"])
    with transaction(institution) as session:
        jobs.enqueue(session, "reread", "a later one", priority=70)
    release_only.tick()
    assert len(shown(institution, instruments)) == 5
    run_once(institution, instruments)
    assert len(shown(institution, instruments)) == 10
