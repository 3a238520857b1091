"""How long what people said is kept: terms, clocks, holds, and erasing by schedule. On both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select, update

from feedback.analysis.comments.voices import count_voices
from feedback.errors import FeedbackError, Refused
from feedback.policy import OPERATOR, ROLES, WORKER, Forbidden
from feedback.store import audit, jobs, releases, retention
from feedback.store.database import reading, transaction
from feedback.store.finished import keep as keep_finished
from feedback.store.inserting import insert, table_of
from feedback.store.meta import data_version
from feedback.store.retention import ANSWERS, COMMENTS, EVERY, Erased, clocks, months_after, would_go
from feedback.store.surveys import extend
from feedback.store.tables import (
    CommentReadings,
    Corrections,
    Finished,
    Moderations,
    NextReadings,
    Responses,
    Surveys,
)
from tests.people import with_role
from tests.store.releasing import assert_whole, lying, publish_all, read_all, save_all, take_out

CLOSED = datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)
"""When the surveys of these tests have closed."""
LONG_AFTER = datetime(2030, 1, 1, tzinfo=UTC)


def close_at(engine, moment, *slugs):
    table = table_of(Surveys)
    with transaction(engine) as session:
        for slug in slugs or ("of-learners", "of-employers"):
            opens = moment - timedelta(days=60) if moment else CLOSED - timedelta(days=60)
            changed = update(table).where(table.c.slug == slug).values(closes=moment, opens=opens)
            session.connection().execute(changed)


def run(engine, instruments, moment=LONG_AFTER, **more):
    return retention.run(lambda: transaction(engine), instruments, WORKER, moment=moment, **more)


def let_it_begin(engine, instruments, day=CLOSED):
    """The schedule is looked at for the first time, and nothing is due yet."""
    assert run(engine, instruments, day) == []


def set_terms(engine, survey, comments, answers=None, day=CLOSED.date()):
    with transaction(engine) as session:
        retention.set_terms(session, survey, comments, answers, by=OPERATOR, today=day)


def clock_of(engine, survey="of-learners", moment=LONG_AFTER):
    with reading(engine) as session:
        return next(each for each in clocks(session, moment) if each.survey.slug == survey)


def documents(engine):
    table = table_of(Responses)
    with reading(engine) as session:
        rows = session.connection().execute(select(table.c.survey, table.c.answers).order_by(table.c.key)).all()
    return [(survey, answers) for survey, answers in rows]


def rows(engine, model):
    with reading(engine) as session:
        return session.connection().execute(table_of(model).select()).all()


@pytest.fixture
def over(institution, instruments, said, employer_said):
    """Both surveys are answered, read and published, and have closed."""
    save_all(institution, *[said(worth=4, keep="Labs", about_survey="Too long")] * 6)
    change = {"data-badge": "Pace", "sql-course": "Depth"}
    save_all(institution, *[employer_said(ladder={"data-badge": 2}, change=change, gap="Statistics", why="Talks")] * 6)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    close_at(institution, CLOSED)
    let_it_begin(institution, instruments)
    return institution


@given(day=some.dates(date(1990, 1, 1), date(2200, 1, 1)), months=some.integers(0, 1200))
def test_a_clock_runs_in_whole_months_and_never_past_the_end_of_one(day, months):
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_comments_go_two_years_after_the_close_and_what_was_chosen_stays(over, instruments):
    clock = clock_of(over)
    assert (clock.closed_on, clock.comments_on, clock.answers_on) == (date(2026, 1, 31), date(2028, 1, 31), None)
    blocks = {place: each for place, each in lying(over).items() if not place[2].startswith("topics")}
    assert run(over, instruments, datetime(2028, 1, 30, 23, 59, tzinfo=UTC)) == []
    assert run(over, instruments, datetime(2028, 1, 31, tzinfo=UTC)) == [
        Erased("of-employers", COMMENTS, 6), Erased("of-learners", COMMENTS, 6)
    ]  # fmt: skip
    learners, employers = (dict(documents(over)[::-1])[name] for name in ("of-learners", "of-employers"))
    assert learners == {"worth": 4, "keep": "", "about_survey": ""}
    assert employers == {
        "ladder": {"data-badge": 2}, "change": {"data-badge": "", "sql-course": ""}, "gap": "", "why": ""
    }  # fmt: skip
    assert rows(over, CommentReadings) == []
    releases.rebuild(over, instruments, count_voices)
    assert lying(over) == blocks  # that they wrote is still counted, what it was about is not
    assert_whole(over, instruments)


def test_a_comment_that_went_is_not_read_again(over, instruments):
    run(over, instruments)
    assert read_all(over, instruments, "another analyser") == 0


def test_answers_go_when_that_is_asked_for_and_nothing_counted_of_them_is_left(over, instruments):
    set_terms(over, "of-learners", 12, 36)
    clock = clock_of(over)
    assert (clock.comments_on, clock.answers_on) == (date(2027, 1, 31), date(2029, 1, 31))
    assert run(over, instruments, datetime(2029, 1, 31, tzinfo=UTC)) == [
        Erased("of-employers", COMMENTS, 6), Erased("of-learners", ANSWERS, 6)
    ]  # fmt: skip
    assert {survey for survey, _ in documents(over)} == {"of-employers"}
    made = releases.rebuild(over, instruments, count_voices)
    assert made is not None
    assert "learner" in {unit["instrument"] for unit in made.units}
    assert {place[0] for place in lying(over)} == {"employer"}
    assert_whole(over, instruments)


def test_the_recount_is_asked_for_with_the_erasure(over, instruments):
    run(over, instruments)
    with reading(over) as session:
        assert ("rebuild", "") in {(job.kind, job.subject) for job in jobs.read_jobs(session)}


def test_p10_the_dry_run_tells_what_would_go_and_touches_nothing(over, instruments):
    before = documents(over), lying(over), rows(over, CommentReadings)
    with reading(over) as session:
        told = would_go(session, instruments, LONG_AFTER)
    assert told == [Erased("of-employers", COMMENTS, 6), Erased("of-learners", COMMENTS, 6)]
    assert (documents(over), lying(over), rows(over, CommentReadings)) == before
    assert run(over, instruments) == told


def test_a_second_run_finds_nothing_until_something_came(over, instruments, said):
    run(over, instruments)
    version = _version(over)
    assert run(over, instruments) == []
    assert _version(over) == version
    close_at(over, None)
    save_all(over, said(keep="Later"))
    close_at(over, CLOSED)
    assert run(over, instruments) == [Erased("of-learners", COMMENTS, 1)]


def _version(engine):
    with reading(engine) as session:
        return data_version(session)


@pytest.mark.parametrize("closes", [None, LONG_AFTER + timedelta(seconds=1)])
def test_nothing_of_an_open_survey_goes(over, instruments, closes):
    close_at(over, closes)
    assert clock_of(over).comments_on is None
    assert run(over, instruments) == []


def test_a_survey_opened_again_stops_its_clock(over, instruments):
    with transaction(over) as session:
        extend(session, "of-learners", None, by=OPERATOR)
    assert [each.survey for each in run(over, instruments)] == ["of-employers"]


def test_a_lead_who_opens_a_survey_again_does_not_stop_its_clock(over, instruments):
    with pytest.raises(FeedbackError, match="Only an administrator"), transaction(over) as session:
        extend(session, "of-learners", None, by=with_role("lead"))
    assert {each.survey for each in run(over, instruments)} == {"of-employers", "of-learners"}


def test_nothing_under_a_hold_goes_until_it_is_lifted(over, instruments):
    with transaction(over) as session:
        retention.hold(session, "of-learners", " A complaint\nis heard ", by=OPERATOR)
    held = clock_of(over)
    assert held.hold is not None
    assert (held.hold.reason, held.hold.by) == ("A complaint is heard", "operator")
    assert [each.survey for each in run(over, instruments)] == ["of-employers"]
    with transaction(over) as session, pytest.raises(Refused, match="held already"):
        retention.hold(session, "of-learners", "Another", by=OPERATOR)
    with transaction(over) as session:
        retention.lift(session, "of-learners", by=OPERATOR)
    assert [each.survey for each in run(over, instruments)] == ["of-learners"]
    with transaction(over) as session, pytest.raises(Refused, match="is not held"):
        retention.lift(session, "of-learners", by=OPERATOR)


def test_a_hold_set_while_the_schedule_runs_keeps_what_is_not_gone_yet(over, instruments, monkeypatch):
    monkeypatch.setattr(retention, "PIECE", 2)
    pieces = []

    def between():
        pieces.append(1)
        if len(pieces) == 5:  # the employers' three with six answers, and one that found nothing more; then learners
            with transaction(over) as session:
                retention.hold(session, "of-learners", "A complaint", by=OPERATOR)

    gone = {each.survey: each.number for each in run(over, instruments, pause=between)}
    assert gone["of-employers"] == 6
    assert 0 < gone["of-learners"] < 6
    left = [answers["keep"] for survey, answers in documents(over) if survey == "of-learners"]
    assert left.count("Labs") == 6 - gone["of-learners"]


def test_a_term_takes_hold_a_week_after_it_was_set(over, instruments):
    set_terms(over, "of-learners", 1, day=date(2026, 6, 1))
    assert clock_of(over).comments_on == date(2026, 6, 8)
    assert run(over, instruments, datetime(2026, 6, 7, 23, tzinfo=UTC)) == []
    assert run(over, instruments, datetime(2026, 6, 8, tzinfo=UTC)) == [Erased("of-learners", COMMENTS, 6)]


def test_where_nobody_has_said_anything_the_first_look_erases_nothing(institution, instruments, said):
    save_all(institution, said(keep="Labs"))
    close_at(institution, CLOSED)
    assert run(institution, instruments, LONG_AFTER) == []
    assert run(institution, instruments, LONG_AFTER + timedelta(days=6)) == []
    assert run(institution, instruments, LONG_AFTER + timedelta(days=7)) == [Erased("of-learners", COMMENTS, 1)]


def test_the_clock_counts_days_where_the_survey_is_at_home(over, instruments):
    table = table_of(Surveys)
    with transaction(over) as session:
        session.connection().execute(update(table).values(zone="Pacific/Auckland"))
    assert clock_of(over).closed_on == date(2026, 2, 1)
    assert run(over, instruments, datetime(2028, 1, 31, 10, tzinfo=UTC)) == []
    assert len(run(over, instruments, datetime(2028, 1, 31, 11, tzinfo=UTC))) == 2


def test_whoever_has_answered_is_held_to_no_longer_time_than_they_were_told(over, instruments):
    with transaction(over) as session, pytest.raises(Refused, match="hold it"):
        retention.set_terms(session, "of-learners", 36, None, by=OPERATOR)
    set_terms(over, EVERY, 36)
    assert clock_of(over).term.comments_months == 24
    set_terms(over, "of-learners", 12)
    assert clock_of(over).term.comments_months == 12


def test_a_shorter_time_for_all_is_so_for_all_without_terms_of_their_own(over):
    set_terms(over, "of-employers", 18)
    set_terms(over, EVERY, 6, 60)
    assert [clock_of(over, name).term.comments_months for name in ("of-learners", "of-employers")] == [6, 18]
    assert clock_of(over).term.answers_months == 60


@pytest.mark.parametrize(
    ("comments", "answers", "said"),
    [(0, None, "1 to 1200"), (24, 1201, "1 to 1200"), (24, 12, "less than"), (-1, -1, "1 to 1200")],
)
def test_months_that_make_no_sense_are_refused(institution, comments, answers, said):
    with transaction(institution) as session, pytest.raises(Refused, match=said):
        retention.set_terms(session, EVERY, comments, answers, by=OPERATOR)


def test_a_survey_there_is_not_is_refused_with_the_nearest(institution):
    for act in (
        lambda session: retention.set_terms(session, "of-learner", 3, None, by=OPERATOR),
        lambda session: retention.hold(session, "of-learner", "x", by=OPERATOR),
        lambda session: retention.lift(session, "of-learner", by=OPERATOR),
    ):
        with transaction(institution) as session, pytest.raises(Refused, match='Did you mean "of-learners"'):
            act(session)


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"administrator"}))
def test_who_may_not_keep_sets_holds_and_lifts_nothing(over, role):
    by = with_role(role)
    with transaction(over) as session:
        retention.hold(session, "of-employers", "A complaint", by=OPERATOR)
    for act in (
        lambda session: retention.set_terms(session, "of-learners", 3, None, by=by),
        lambda session: retention.hold(session, "of-learners", "x", by=by),
        lambda session: retention.lift(session, "of-employers", by=by),
    ):
        with transaction(over) as session, pytest.raises(Forbidden):
            act(session)
    with reading(over) as session:
        assert (list(retention.read_terms(session)), list(retention.read_holds(session))) == ([EVERY], ["of-employers"])


def test_the_invented_sample_is_left_alone(over, instruments):
    table = table_of(Surveys)
    with transaction(over) as session:
        session.connection().execute(update(table).values(is_sample=True))
    assert run(over, instruments) == []
    with transaction(over) as session, pytest.raises(Refused, match="of the sample"):
        retention.set_terms(session, "of-learners", 3, None, by=OPERATOR)


def test_decisions_of_moderators_and_what_was_worked_out_go_with_the_comments(over, instruments):
    keys = [key for (key,) in _keys(over)]
    with transaction(over) as session:
        told = {"question": "keep", "credential": "data-badge", "state": "public", "reason": "", "note": "Labs"}
        more = {"masks": [], "by": "a", "decided_on": CLOSED.date(), "is_sample": False}
        session.connection().execute(insert(session, Moderations), [{"response": key, **told, **more} for key in keys])
        keep_finished(session, "comments", "", data_version(session), "m", {"quotes": ["Labs"]})
    run(over, instruments)
    assert rows(over, Moderations) == []
    assert rows(over, Finished) == []


def test_what_was_said_of_comments_and_read_anew_in_them_goes_with_the_comments(over, instruments):
    place = {"question": "keep", "credential": "data-badge", "topics": [], "is_sample": False}
    said = {"by": "a", "sentiment": "neg", "absent": [], "whole": True, "at_random": True, "said_on": CLOSED.date()}
    with transaction(over) as session:
        corrected = [{"response": key, **place, **said} for (key,) in _keys(over)]
        session.connection().execute(insert(session, Corrections), corrected)
        readings = table_of(CommentReadings).select()
        again = [dict(row) for row in session.connection().execute(readings).mappings()]
        session.connection().execute(insert(session, NextReadings), again)
    run(over, instruments)
    assert rows(over, Corrections) == []
    assert rows(over, NextReadings) == []


def _keys(engine):
    table = table_of(Responses)
    with reading(engine) as session:
        return session.connection().execute(select(table.c.key)).all()


def test_a_receipt_erases_what_is_left_after_the_comments_went(institution, instruments, said):
    receipts = save_all(institution, *[said(worth=4, keep="Labs")] * 6)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    close_at(institution, CLOSED)
    let_it_begin(institution, instruments)
    run(institution, instruments)
    assert take_out(institution, instruments, receipts[0])
    releases.rebuild(institution, instruments, count_voices)
    assert_whole(institution, instruments)
    assert len(documents(institution)) == 5


def test_a_questionnaire_that_is_not_to_be_had_stops_no_other(over, instruments):
    known = {"learner": instruments["learner"]}
    with pytest.raises(Refused, match="not to be had"):
        run(over, known)
    assert {answers.get("keep") for survey, answers in documents(over) if survey == "of-learners"} == {""}


def test_what_went_is_in_the_log_with_counts_in_steps_only(over, instruments):
    run(over, instruments)
    with reading(over) as session:
        assert audit.verify(session) == []
        events = audit.read_events(session, action=audit.ERASED)
        assert [(day > CLOSED.date(), *told) for day, *told in retention.read_erased(session)] == [
            (True, "of-learners", COMMENTS), (True, "of-employers", COMMENTS)
        ]  # fmt: skip
    assert {each.actor for each in events} == {"worker"}
    assert {str(each.details) for each in events} == {str({"what": "comments", "responses": "about 5"})}
