"""F28: the schedule that erases is killed anywhere: begun again it comes to the same end, and it never reaches an open
survey, nor one under a hold."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from feedback.analysis.comments.voices import count_voices
from feedback.policy import OPERATOR
from feedback.store import jobs, releases, retention
from feedback.store.database import reading, transaction
from feedback.store.retention import Clock, Hold, Term
from feedback.store.surveys import Survey
from tests.store.conftest import employer_said, institution, instruments, said
from tests.store.releasing import Killed, assert_whole, killed_at
from tests.store.test_retention import documents, over, run, set_terms

__all__ = ["employer_said", "institution", "instruments", "over", "said"]
MOST_STATEMENTS = 400


@pytest.fixture
def apart(over, monkeypatch):
    """Learners' answers are due, employers' are held; two go in a piece."""
    monkeypatch.setattr(retention, "PIECE", 2)
    with transaction(over) as session:
        retention.hold(session, "of-employers", "A complaint is heard", by=OPERATOR)
    return over


@pytest.mark.parametrize("months", [None, 12], ids=["comments", "answers"])
def test_f28_killed_at_every_statement_in_turn_it_still_comes_to_its_end(apart, instruments, months):
    set_terms(apart, "of-learners", 1, months)
    held = [answers for survey, answers in documents(apart) if survey == "of-employers"]
    killed = 0
    for step in range(1, MOST_STATEMENTS):
        try:
            with killed_at(apart, step):
                run(apart, instruments)
        except Killed:
            killed += 1
            assert_no_half(apart)
        else:
            break
        assert [answers for survey, answers in documents(apart) if survey == "of-employers"] == held
    assert killed > 10
    left = [answers for survey, answers in documents(apart) if survey == "of-learners"]
    assert left == ([] if months else [{"worth": 4, "keep": "", "about_survey": ""}] * 6)
    with reading(apart) as session:
        assert "rebuild" in {job.kind for job in jobs.read_jobs(session)}
    releases.rebuild(apart, instruments, count_voices)
    assert_whole(apart, instruments)


def assert_no_half(engine):
    """Whoever lost answers or comments has a recount coming: both are in one transaction."""
    gone = sum(not answers.get("keep") for survey, answers in documents(engine) if survey == "of-learners")
    there = sum(survey == "of-learners" for survey, _ in documents(engine))
    with reading(engine) as session:
        waits = "rebuild" in {job.kind for job in jobs.read_jobs(session)}
    assert waits or (not gone and there == 6)


MOMENT = datetime(2030, 1, 1, 12, tzinfo=UTC)


@given(
    closes=some.none() | some.integers(-4000, 4000),
    months=some.tuples(some.integers(1, 60), some.none() | some.integers(60, 120)),
    zone=some.sampled_from(["UTC", "Pacific/Auckland", "Pacific/Honolulu"]),
    is_held=some.booleans(),
    is_sample=some.booleans(),
)
def test_f28_nothing_is_ever_due_of_what_is_open_held_or_invented(closes, months, zone, is_held, is_sample):
    ends = None if closes is None else MOMENT + timedelta(days=closes)
    opens = (ends or MOMENT) - timedelta(days=1)
    survey = Survey(
        slug="s", instrument="learner", version=1, opens=opens, closes=ends, zone=zone, is_sample=is_sample
    )  # fmt: skip
    set_on = datetime(2010, 1, 1, tzinfo=UTC).date()
    clock = retention._clock(survey, Term(*months, set_on), MOMENT, set_on)
    hold = Hold("s", "why", "a", set_on) if is_held else None
    due = Clock(survey, clock.term, clock.closed_on, clock.comments_on, clock.answers_on, hold).due(MOMENT)
    is_open = ends is None or ends > MOMENT
    if is_open or is_held or is_sample:
        assert due is None
    elif due is not None:
        kept = months[0] if due == retention.COMMENTS else months[1]
        assert MOMENT - ends > timedelta(days=kept * 30 - kept // 2 - 3)
