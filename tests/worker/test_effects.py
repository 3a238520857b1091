"""What an action brought is measured when its run has closed and is published: once, and kept."""

from datetime import UTC, date, datetime, timedelta

import pytest

from feedback.catalogue.values import Run
from feedback.errors import FeedbackError
from feedback.store import jobs, meta
from feedback.store.action import DONE, DROPPED, Action, Measure, sealed
from feedback.store.actions import keep_action, read_action
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.store.responses import StoredResponse, save_many
from feedback.store.surveys import Survey, close, open_survey
from feedback.worker import effects, gathering
from feedback.worker.effects import MEASURE, Occasion, compared
from tests.store.releasing import publish_all
from tests.worker.working import all_jobs, work

MADE = date(2026, 2, 1)
STARTS = {1: date(2025, 9, 1), 2: date(2026, 3, 1), 3: date(2026, 9, 1)}
LOW, HIGH = [2, 3, 2, 3, 3, 2] * 4, [4, 5, 4, 4, 5, 4] * 4


def action(**more) -> Action:
    """An action on how clear the goals are from early on."""
    made = Action(
        id="a" * 32, credential="data-badge", title="Say the goals first", source="question", about="goals",
        measure=Measure("question", "learner", "goals"), baseline={}, expected=0.5, by_run="", evidence={}, digest="",
        owner="", due=date(2099, 1, 1), state=DONE, words_learners="", words_employers="", told_on=None, effect=None,
        by="", made_on=MADE,
    )  # fmt: skip
    return sealed(Action(**vars(made) | more))


def ran(engine, instruments, number, goals, *, closed=True):
    """The nth run of the badge, what its learners answered, published, and whether its survey has closed."""
    survey, starts = f"badge-{number}", STARTS[number]
    opens = datetime(starts.year, starts.month, starts.day, tzinfo=UTC)
    asked = Survey(
        slug=survey, instrument="learner", version=instruments["learner"].version, opens=opens, run=survey,
        closes=opens + timedelta(days=30) if closed else None, credentials=["data-badge"],
    )  # fmt: skip
    with transaction(engine) as session:
        save(session, [Run(slug=survey, credential="data-badge", label=f"Run {number}", starts=starts)])
        open_survey(session, asked)
    answered(engine, instruments, number, goals)


def answered(engine, instruments, number, goals, first=0):
    """More answers to a run, published."""
    learner, month = instruments["learner"], f"{STARTS[number]:%Y-%m}"
    with transaction(engine) as session:
        for at, given in enumerate(goals, first):
            key, said = f"{number:016x}{at:016x}", {"worth": 3 + at % 2, "goals": given}
            about = ("learner", learner.version, "en", month, ["data-badge"], said)
            save_many(session, [StoredResponse(key, f"badge-{number}", *about)])
    publish_all(engine, instruments)


def keep(engine, one):
    with transaction(engine) as session:
        keep_action(session, one)
    return one


def kept(engine, one):
    with reading(engine) as session:
        found = read_action(session, one.id)
    assert found is not None
    return found


def measured(engine, instruments, one):
    """What the worker keeps of an action when it looks."""
    work(engine, instruments, times=1, kinds=(MEASURE,))
    return kept(engine, one).effect


def test_it_is_measured_once_its_run_has_closed_and_stays_as_it_was_found(institution, instruments):
    one = keep(institution, action())
    ran(institution, instruments, 1, LOW)
    ran(institution, instruments, 2, HIGH, closed=False)
    assert measured(institution, instruments, one) is None
    with transaction(institution) as session:
        close(session, "badge-2")
        before = meta.data_version(session)
    effect = measured(institution, instruments, one)
    assert (effect["verdict"], effect["people"], effect["run"]) == ("worked", [24, 24], "badge-2")
    assert (effect["baseline_run"], effect["baseline_label"], effect["run_label"]) == ("badge-1", "Run 1", "Run 2")
    assert effect["low"] > 0
    with reading(institution) as session:
        assert meta.data_version(session) > before
    answered(institution, instruments, 2, [1] * 30, first=100)
    assert measured(institution, instruments, one) == effect
    assert all_jobs(institution) == []


def test_where_too_few_answered_no_number_is_kept(institution, instruments):
    one = keep(institution, action())
    ran(institution, instruments, 1, LOW)
    ran(institution, instruments, 2, [5, 4, 5])
    effect = measured(institution, instruments, one)
    assert (effect["verdict"], effect["why"], effect["people"]) == ("no evidence yet", "too few", None)
    assert all(effect[name] is None for name in ("effect", "low", "high", "change", "smallest", "before", "after"))


def test_nothing_is_measured_while_answers_wait_to_be_published(institution, instruments):
    one = keep(institution, action())
    ran(institution, instruments, 1, LOW)
    ran(institution, instruments, 2, HIGH)
    learner = instruments["learner"]
    with transaction(institution) as session:
        for at in range(6):
            about = ("learner", learner.version, "en", "2026-03", ["data-badge"], {"worth": 3, "goals": 2})
            save_many(session, [StoredResponse(f"{at:032x}", "badge-2", *about)])
    assert measured(institution, instruments, one) is None
    publish_all(institution, instruments)
    assert measured(institution, instruments, one)["people"] == [24, 30]


def test_an_action_that_was_dropped_or_has_no_measure_is_not_looked_at(institution, instruments):
    dropped = keep(institution, action(state=DROPPED))
    keep(institution, action(id="b" * 32, measure=None, expected=None))
    ran(institution, instruments, 1, LOW)
    ran(institution, instruments, 2, HIGH)
    assert measured(institution, instruments, dropped) is None
    with reading(institution) as session:
        [told] = gathering.gather(session, instruments).actions.to_dict("records")
    # It is known all the same: what it touches is no comparison for another.
    assert (told["id"], told["stage"], told["kind"], told["about"]) == ("b" * 32, "unmeasured", "question", "goals")


def test_a_worker_that_is_stopped_before_keeping_it_leaves_it_to_the_next(institution, instruments, monkeypatch):
    one = keep(institution, action())
    ran(institution, instruments, 1, LOW)
    ran(institution, instruments, 2, HIGH)

    def stumbles(*_given):
        raise RuntimeError("the power went out")

    with monkeypatch.context() as broken:
        broken.setattr(effects, "note_effect", stumbles)
        assert measured(institution, instruments, one) is None
    work(institution, instruments, times=2, kinds=(MEASURE,))
    assert kept(institution, one).effect["verdict"] == "worked"


def test_a_step_that_comes_late_changes_nothing(institution, instruments):
    """Two workers may have taken it one after the other."""
    one = keep(institution, action())
    ran(institution, instruments, 1, LOW)
    ran(institution, instruments, 2, HIGH)
    effect = measured(institution, instruments, one)
    with transaction(institution) as session:
        jobs.enqueue(session, MEASURE, one.id, priority=35)
    assert measured(institution, instruments, one) == effect


def test_pages_know_how_an_action_stands(institution, instruments):
    keep(institution, action())
    ran(institution, instruments, 1, LOW)
    stages = []
    for stage in ("waits", "ready", "measured"):
        if stage == "ready":
            ran(institution, instruments, 2, HIGH)
        if stage == "measured":
            work(institution, instruments, times=1, kinds=(MEASURE,))
        with reading(institution) as session:
            row = gathering.gather(session, instruments).actions.iloc[0]
        stages.append((row["stage"], row["before"], row["by"]))
    assert stages == [("waits", "badge-1", ""), ("ready", "badge-1", "badge-2"), ("measured", "badge-1", "badge-2")]


def test_nothing_is_measured_while_the_run_it_is_compared_with_still_answers(institution, instruments):
    one = keep(institution, action())
    ran(institution, instruments, 1, LOW, closed=False)
    ran(institution, instruments, 2, HIGH)
    assert measured(institution, instruments, one) is None
    with transaction(institution) as session:
        close(session, "badge-1")
    assert measured(institution, instruments, one)["baseline_run"] == "badge-1"


def occasion(number: int, *, closed=True) -> Occasion:
    return Occasion(f"badge-{number}", f"Run {number}", STARTS[number], closed)


@pytest.mark.parametrize(
    ("one", "closed", "pair"),
    [
        (action(), (True, True, True), ("badge-1", "badge-2")),
        (action(), (True, False, True), ("badge-1", "badge-3")),
        (action(), (True, False, False), ("badge-1", "badge-2")),
        (action(by_run="badge-3"), (True, True, False), ("badge-1", "badge-3")),
        (action(by_run="badge-1"), (True, True, True), ("badge-1", "")),
        (action(by_run="badge-2", baseline={"occasion": "badge-3"}), (True, True, True), ("badge-3", "")),
        (action(baseline={"occasion": "badge-2"}), (True, True, True), ("badge-2", "badge-3")),
        (action(by_run="gone", baseline={"occasion": "gone"}), (True, True, True), ("badge-1", "")),
    ],
)
def test_what_an_action_says_counts_else_the_run_before_and_the_first_since_that_closed(one, closed, pair):
    asked = [occasion(number, closed=done) for number, done in zip((1, 2, 3), closed, strict=True)]
    found = compared(one, asked)
    assert tuple(each.slug if each else "" for each in found) == pair


def test_what_is_looked_at_between_runs_is_named_for_audiences_that_are_known(monkeypatch, tmp_path):
    gathering.watched.cache_clear()
    assert "overall" in gathering.watched()["learner"]
    (tmp_path / "watched.toml").write_text('learners = ["overall"]', encoding="utf-8")
    gathering.watched.cache_clear()
    monkeypatch.setattr(gathering, "data_folder", lambda: tmp_path)
    with pytest.raises(FeedbackError, match=r'"learners" is not known here. Known: learner'):
        gathering.watched()
    gathering.watched.cache_clear()
