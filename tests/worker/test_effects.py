"""What an action brought is measured when its run has closed and is published: once, and kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pandas import isna

from feedback.catalogue.values import Run
from feedback.findings import effects as found_effects
from feedback.findings.priorities import change_key
from feedback.store import action as stored
from feedback.store import jobs, meta
from feedback.store.action import DONE, DROPPED, PLANNED, Action, Measure, Step, sealed
from feedback.store.actions import keep_action, keep_step, note_looked, read_action, read_steps
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.store.responses import StoredResponse, save_many
from feedback.store.surveys import Survey, close, open_survey
from feedback.worker import effects, gathering, looks, merging
from feedback.worker.effects import MEASURE
from feedback.worker.looks import Occasion, compared, is_known, look_due
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


def steps(engine, one, *, done_on):
    """That it was made and done, noted on these days."""
    with transaction(engine) as session:
        keep_step(session, Step(one.id, 1, one.made_on, "", "made", PLANNED, ""))
        keep_step(session, Step(one.id, 2, done_on, "", "state", DONE, ""))


def test_what_nobody_had_begun_when_its_run_was_over_is_not_measured_and_is_told_so(institution, instruments):
    one = keep(institution, action())
    steps(institution, one, done_on=date(2026, 4, 1))
    ran(institution, instruments, 1, LOW)
    ran(institution, instruments, 2, HIGH)
    with reading(institution) as session:
        row = gathering.gather(session, instruments).actions.iloc[0]
    assert (row["stage"], row["verdict"], isna(row["effect"])) == ("measured", "not begun", True)
    effect = measured(institution, instruments, one)
    assert (effect["verdict"], effect["run"], effect["people"]) == ("not begun", "badge-2", None)
    assert all(effect[name] is None for name in ("effect", "low", "high", "change", "before", "after"))
    assert measured(institution, instruments, one) == effect


def test_it_is_enough_that_it_was_begun_on_the_day_its_run_was_over(institution, instruments):
    one = keep(institution, action())
    steps(institution, one, done_on=date(2026, 3, 31))
    ran(institution, instruments, 1, LOW)
    ran(institution, instruments, 2, HIGH)
    assert measured(institution, instruments, one)["verdict"] == "worked"


def test_what_was_begun_late_is_measured_in_the_next_run_and_the_first_word_stays(institution, instruments):
    one = keep(institution, action())
    steps(institution, one, done_on=date(2026, 4, 1))
    ran(institution, instruments, 1, LOW)
    ran(institution, instruments, 2, LOW)
    first = measured(institution, instruments, one)
    ran(institution, instruments, 3, HIGH)
    effect = measured(institution, instruments, one)
    assert (effect["verdict"], effect["run"], effect["baseline_run"]) == ("worked", "badge-3", "badge-1")
    assert effect["later"] == 1
    assert [(each["verdict"], each["run"]) for each in effect["earlier"]] == [("not begun", "badge-2")]
    assert effect["earlier"][0]["measured_on"] == first["measured_on"]
    assert measured(institution, instruments, one) == effect


def test_more_answers_of_the_same_run_may_say_it_and_in_vain_change_nothing(institution, instruments, monkeypatch):
    one = keep(institution, action())
    ran(institution, instruments, 1, LOW)
    ran(institution, instruments, 2, [5, 4, 5])
    monkeypatch.setattr(looks, "LOOKED_FOR", timedelta(days=9999))
    few = measured(institution, instruments, one)
    assert measured(institution, instruments, one) == few
    with transaction(institution) as session:
        before = meta.data_version(session), len(read_steps(session, one.id))
        note_looked(session, one.id, few, few["release"] - 1)
    again = measured(institution, instruments, one)
    assert again == few, "looked at in vain: only up to which release is noted"
    with reading(institution) as session:
        assert (meta.data_version(session), len(read_steps(session, one.id))) == before
    answered(institution, instruments, 2, HIGH, first=100)
    effect = measured(institution, instruments, one)
    assert (effect["verdict"], effect["run"], effect["later"]) == ("worked", "badge-2", 0)
    assert [each["why"] for each in effect["earlier"]] == ["too few"]


def test_what_was_looked_at_before_anything_was_published_is_looked_at_again_when_it_is(institution, instruments):
    one, asked = action(state=PLANNED), [occasion(1), occasion(2)]
    look = look_due(one, asked, date(2026, 3, 31), lambda _slug, _release: False)
    found = {"verdict": "no evidence yet", "why": "too few", "expected": 0.5, "kind": "question", "by": "badge-2",
             "audience": "learner", "by_label": "", "before": "badge-1", "before_label": ""}  # fmt: skip
    with reading(institution) as session:
        assert effects.last_release(session) == 0
        effect = effects.effect_kept(found, date(2026, 3, 31), action=one, look=look, release=0)
    ran(institution, instruments, 2, HIGH)
    with reading(institution) as session:
        assert effects.last_release(session) > 0
        published = looks.published_since(session)
        again = look_due(action(effect=effect), asked, date(2026, 3, 31), published)
    assert again is not None
    assert again.again


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


@pytest.mark.parametrize(
    ("source", "about", "change"),
    [
        ("expert", "pace/named", "pace"),
        ("would_count", "concerns/assessment_unclear", "assessment"),
        ("question", "teaching/clear", "teaching"),
        ("expert", "assessment_valid", "assessment"),
    ],
)
def test_an_action_on_a_line_of_the_list_touches_the_change_the_line_speaks_of(
    institution, instruments, source, about, change
):
    keep(institution, action(source=source, about=about, measure=None, expected=None))
    with reading(institution) as session:
        held = gathering.gather(session, instruments)
    [row] = held.actions.to_dict("records")
    assert change_key(row["kind"], row["about"], row["item"], held) == change


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
    starts = STARTS.get(number, date(2026 + number, 1, 1))
    return Occasion(f"badge-{number}", f"Run {number}", starts, closed, starts + timedelta(days=30) if closed else None)


def looked(run: int, why="too few", earlier=(), later=0) -> dict:
    return {
        "verdict": "no evidence yet", "why": why, "effect": None, "run": f"badge-{run}", "baseline_run": "badge-1",
        "later": later, "release": 7, "earlier": [{"run": f"badge-{each}"} for each in earlier],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("effect", "closed", "newer", "seen"),
    [
        (None, (1, 2), False, ("badge-2", 0, False)),
        (None, (1,), False, None),
        (looked(2), (1, 2), False, None),
        (looked(2), (1, 2), True, ("badge-2", 0, True)),
        (looked(2), (1, 2, 3), True, ("badge-3", 1, False)),
        (looked(2), (1, 2, 4), False, ("badge-4", 2, False)),
        (looked(3, earlier=[2], later=1), (1, 2, 3, 4), False, ("badge-4", 2, False)),
        (looked(4, earlier=[2, 3], later=2), (1, 2, 3, 4, 5), False, None),
        (looked(4, earlier=[2], later=2), (1, 2, 3, 4, 5), False, None),
        (looked(2, why="not begun"), (1, 2), True, None),
        (looked(2, why="not begun"), (1, 2, 3), True, ("badge-3", 1, False)),
        (looked(2, why="another version"), (1, 2, 3), True, None),
        (looked(2, why=""), (1, 2, 3), True, None),
        (looked(9), (1, 2, 3), True, None),
    ],
)
def test_what_could_not_be_said_is_looked_at_in_the_two_next_runs_at_most_and_what_could_be_never(
    effect, closed, newer, seen
):
    asked = [occasion(number, closed=number in closed) for number in range(1, 6)]
    today = date(2026, 3, 31)
    look = look_due(action(effect=effect), asked, today, lambda _slug, _release: newer)
    assert (None if look is None else (look.by.slug, look.later, look.again)) == seen
    assert look is None or (look.before is not None and look.before.slug == "badge-1")


@pytest.mark.parametrize(
    ("effect", "known"),
    [
        (looked(2), True),
        (looked(9), False),
        (looked(3, earlier=[2], later=1), True),
        (looked(3, earlier=[9], later=1), False),
        (looked(9, earlier=[2], later=1), False),
    ],
)
def test_another_look_is_promised_only_where_the_runs_looked_at_are_known_still(effect, known):
    asked, one = [occasion(number) for number in range(1, 6)], action(effect=effect)
    look = look_due(one, asked, date(2026, 3, 31), lambda _slug, _release: True)
    assert one.is_looked_at_again
    assert (is_known(one, asked), look is not None) == (known, known)


def test_the_same_run_is_looked_at_again_for_half_a_year_only():
    asked, few = [occasion(1), occasion(2)], action(effect=looked(2))
    last = date(2026, 3, 31) + looks.LOOKED_FOR
    due = [look_due(few, asked, day, lambda _slug, _release: True) for day in (last, last + timedelta(days=1))]
    assert [look is not None for look in due] == [True, False]


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


def test_what_may_be_said_of_an_action_is_called_the_same_where_it_is_found_and_where_it_is_kept():
    """The rooms do not know each other, so each has its own names."""
    assert found_effects.NOT_BEGUN == stored.NOT_BEGUN
    assert found_effects.VERDICTS.keys() == stored.VERDICTS.keys()
    assert found_effects.WHY.keys() | {stored.NOT_BEGUN} >= stored.AGAIN


def test_what_is_looked_at_between_runs_is_named_for_audiences_that_are_known(monkeypatch, tmp_path):
    assert "overall" in gathering.watched()["learner"]
    (tmp_path / "watched.toml").write_text('learners = ["overall"]', encoding="utf-8")
    monkeypatch.setattr(merging, "data_folder", lambda: tmp_path)
    assert gathering.watched() == {}
    (wrong,) = merging.watched_in(tmp_path / "watched.toml")[1]
    assert "learners = ['overall'] is not known here. Known: learner" in str(wrong)
