"""Working findings out beforehand: only those for which something has changed, and always all that hold now."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.analysis.comments.voices import count_voices
from feedback.catalogue.values import Credential, Programme
from feedback.disclosure import STANDARD
from feedback.findings import work as findings_work
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.finished import choice_key
from feedback.store import finished, releases
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.store.meta import data_version
from feedback.store.responses import new_secret, save_submission
from feedback.store.surveys import Survey, open_survey
from feedback.survey.submission import Submission
from feedback.worker import finishing
from feedback.worker.gathering import gather
from feedback.worker.loop import Worker

BADGES = ("data-badge", "sql-badge")
SOME = ("worth", "recognition", "comments", "flags", "market")
"""Findings of learners, of employers, of all, of what does not exist, and of nobody: so that tests do not wait."""
CHOICES = (Choice(), *(Choice(credential=slug) for slug in BADGES))
WORDS = ("The labs were great.", "The exam was unfair.", "Fine.")


def a_badge(slug, title="Badge"):
    return Credential(slug=slug, title=f"{title} {slug}", kind="badge", programme="data")


@pytest.fixture
def two_badges(sqlite_engine, instruments):
    """Two credentials, each with a survey of its learners, and one of employers about both."""
    asked = [(slug, "learner", [slug]) for slug in BADGES] + [("employers", "employer", list(BADGES))]
    with transaction(sqlite_engine) as session:
        save(session, [Programme(slug="data", title="Data"), *map(a_badge, BADGES)])
        for slug, name, about in asked:
            opens, of = datetime.now(UTC) - timedelta(days=1), instruments[name].version
            survey = Survey(slug=slug, instrument=name, version=of, opens=opens, credentials=about)
            open_survey(session, survey)
    return sqlite_engine


@pytest.fixture
def worked_out(monkeypatch):
    """What is worked out, as (finding, credential); quick, since nothing is drawn."""
    done, work_out = [], findings_work.work_out

    def noted(finding, evidence, choice, limits):
        done.append((finding.id, choice.credential))
        return work_out(finding, evidence, choice, limits)

    monkeypatch.setattr(findings_work, "work_out", noted)
    monkeypatch.setattr(finishing, "document_of", plain)
    monkeypatch.setattr(finishing, "choices", lambda _evidence: [(name, choice) for choice in CHOICES for name in SOME])
    return done


def plain(answer):
    """All an answer says, without its pictures."""
    return {"said": answer.sentence, "table": answer.table.to_csv(), "rows": answer.rows.to_csv()}


def say(engine, instruments, survey, answers, times=5):
    """So many people answer alike; returns their receipts."""
    name, about = ("employer", BADGES) if survey == "employers" else ("learner", (survey,))
    submission = Submission(name, instruments[name].version, survey, "en", about, answers)
    receipts = []
    for _ in range(times):
        with transaction(engine) as session:
            receipts.append(save_submission(session, submission, secret=new_secret()).receipt)
    return receipts


def finish(engine, instruments):
    Worker(engine, instruments).tick()


def kept(engine):
    """Every document of the data as they are, by finding and credential."""
    with reading(engine) as session:
        version = data_version(session)
        return {
            (name, choice.credential): finished.read(session, name, choice_key(choice, STANDARD), version)
            for name in SOME
            for choice in CHOICES
        }


def from_scratch(engine, instruments, work_out):
    found = {}
    for choice in CHOICES:
        with reading(engine) as session:
            evidence = gather(session, instruments, choice)
        for name in SOME:
            found[name, choice.credential] = plain(work_out(FINDINGS[name], evidence, choice, STANDARD))
    return found


def of(audience):
    """The findings that work on what these people say."""
    return {name for name in SOME if audience in FINDINGS[name].audiences}


def test_after_a_release_only_what_it_bears_on_is_worked_out_again(two_badges, instruments, worked_out):
    say(two_badges, instruments, "data-badge", {"worth": 4})
    finish(two_badges, instruments)
    assert len(worked_out) == len(SOME) * len(CHOICES)
    worked_out.clear()
    say(two_badges, instruments, "data-badge", {"worth": 1, "keep": WORDS[0]})
    finish(two_badges, instruments)
    assert set(worked_out) == {(name, slug) for name in of("learner") for slug in ("", "data-badge")}
    worked_out.clear()
    say(two_badges, instruments, "employers", {"change": {"sql-badge": WORDS[1]}})
    finish(two_badges, instruments)
    assert set(worked_out) == {(name, slug) for name in of("employer") for slug in ("", "sql-badge")}
    assert all(kept(two_badges).values())


def test_what_is_said_of_a_credential_that_does_not_exist_bears_on_who_claims_too_much_alone(
    two_badges, instruments, worked_out
):
    foil = f"foil:{instruments['employer'].foils[0].id}"
    say(two_badges, instruments, "data-badge", {"worth": 4})
    finish(two_badges, instruments)
    worked_out.clear()
    say(two_badges, instruments, "employers", {"awareness": {foil: "never"}})
    finish(two_badges, instruments)
    assert set(worked_out) == {(name, each.credential) for name in ("flags", "recognition") for each in CHOICES}


def test_after_a_change_of_the_catalogue_everything_is_worked_out_again(two_badges, instruments, worked_out):
    finish(two_badges, instruments)
    worked_out.clear()
    with transaction(two_badges) as session:
        save(session, [a_badge("sql-badge", "Another")])
    finish(two_badges, instruments)
    assert len(worked_out) == len(SOME) * len(CHOICES)


def test_one_that_could_not_be_worked_out_is_not_taken_for_done(two_badges, instruments, worked_out, monkeypatch):
    say(two_badges, instruments, "data-badge", {"worth": 4})
    finish(two_badges, instruments)
    work_out = findings_work.work_out

    def stumbling(finding, *more):
        if finding.id == "worth":
            raise ValueError
        return work_out(finding, *more)

    with monkeypatch.context() as patch:
        patch.setattr(findings_work, "work_out", stumbling)
        say(two_badges, instruments, "data-badge", {"worth": 2})
        finish(two_badges, instruments)
    assert kept(two_badges)["worth", "data-badge"] is None
    assert kept(two_badges)["worth", "sql-badge"] is not None
    worked_out.clear()
    say(two_badges, instruments, "sql-badge", {"worth": 2})
    finish(two_badges, instruments)
    assert ("worth", "data-badge") in worked_out
    assert all(kept(two_badges).values())


learners = st.fixed_dictionaries({"worth": st.integers(1, 5)}, optional={"keep": st.sampled_from(WORDS)})
employers = st.fixed_dictionaries(
    {"ladder": st.dictionaries(st.sampled_from(BADGES), st.integers(0, 4), min_size=1)},
    optional={"change": st.dictionaries(st.sampled_from(BADGES), st.sampled_from(WORDS))},
)
events = st.one_of(
    st.tuples(st.sampled_from(BADGES), learners),
    st.tuples(st.just("employers"), employers),
    st.tuples(st.just("erase"), st.integers(0, 20)),
    st.tuples(st.just("swap"), st.sampled_from(WORDS)),
    st.tuples(st.just("rename"), st.sampled_from(["One", "Two"])),
)


def check_that_finishing_little_by_little_is_finishing_anew(engine, instruments, happened, work_out):
    receipts = []
    for what, how in happened:
        if what == "erase":
            with transaction(engine) as session:
                if receipts:
                    releases.erase(session, instruments, receipts.pop(how % len(receipts)), count_voices)
        elif what == "swap":  # as many and the same answers, other words
            gone = say(engine, instruments, "data-badge", {"worth": 4, "keep": WORDS[0]}, 6)
            finish(engine, instruments)
            with transaction(engine) as session:
                releases.erase(session, instruments, gone[0], count_voices)
            receipts += gone[1:] + say(engine, instruments, "data-badge", {"worth": 4, "keep": how}, 5)
        elif what == "rename":
            with transaction(engine) as session:
                save(session, [a_badge("sql-badge", how)])
        else:
            receipts += say(engine, instruments, what, how)
        finish(engine, instruments)
    assert kept(engine) == from_scratch(engine, instruments, work_out)


HAPPENED = st.lists(events, min_size=1, max_size=4)
SHARED = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@settings(max_examples=2, **SHARED)
@given(HAPPENED)
def test_finishing_little_by_little_is_finishing_anew(two_badges, instruments, worked_out, happened):
    check_that_finishing_little_by_little_is_finishing_anew(two_badges, instruments, happened, findings_work.work_out)


@pytest.mark.soak
@pytest.mark.timeout(3000)
@settings(max_examples=60, **SHARED)
@given(HAPPENED)
def test_finishing_little_by_little_is_finishing_anew_whatever_happens(two_badges, instruments, worked_out, happened):
    check_that_finishing_little_by_little_is_finishing_anew(two_badges, instruments, happened, findings_work.work_out)
