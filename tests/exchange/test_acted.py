"""Actions in words: by when, what was expected, what became of it, and why nothing can be told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from feedback.exchange import acted
from feedback.store.action import DOING, DONE, DROPPED, PLANNED, VERDICTS, Action, Measure

TODAY = date(2026, 3, 10)
ONE = Action(
    "a", "data-badge", "Tutors look in", "question", "teaching/feedback",
    Measure("question", "learner", "teaching", "feedback"),
    {"name": "Feedback helped", "people": 90, "share": 0.62, "low": 0.53, "high": 0.7}, 0.5, "", {}, "", "o",
    TODAY, PLANNED, "", "", None, None, "b", TODAY,
)  # fmt: skip
NOT_BEGUN = "not begun, so not measured (it was still planned when the run was over)"
TOPIC = replace(ONE, measure=Measure("topic", "learner", "pace"), expected=0.1)


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (date(2026, 3, 10), "due today"),
        (date(2026, 3, 11), "due in 1 day"),
        (date(2026, 3, 24), "due in 14 days"),
        (date(2026, 5, 8), "due in 59 days"),
        (date(2026, 5, 9), "due on 9 May 2026"),
        (date(2026, 3, 9), "1 day late, was due on 9 March 2026"),
    ],
)
def test_by_when_is_said_as_people_say_it(due, said):
    assert acted.due_in_words(replace(ONE, due=due), TODAY) == said


def test_what_is_over_is_never_late():
    assert acted.due_in_words(replace(ONE, due=date(2025, 1, 1), state=DONE), TODAY) == "was due on 1 January 2025"


def test_what_is_expected_is_said_in_the_unit_of_the_measure_and_names_its_run():
    assert acted.expected_in_words(ONE) == "0.5 steps better, by the next run"
    assert acted.expected_in_words(replace(ONE, expected=1.0, by_run="x")) == "1.0 step better, by “x”"
    scaled = replace(ONE, baseline={"lowest": 1, "highest": 5, "reach": 4.0})
    assert acted.expected_in_words(scaled) == "0.5 steps better (on the scale from 1 to 5), by the next run"
    named = replace(TOPIC, baseline={"by_label": "Autumn"}, expected=0.01)
    assert acted.expected_in_words(named) == "1 point of 100 better, by “Autumn”"
    assert acted.measure_in_words(ONE) == "how learners answer “Feedback helped”"
    topic = replace(TOPIC, baseline={})
    assert acted.measure_in_words(topic) == "the share of learners who write critically about “pace”"
    assert acted.stood_in_words(ONE) == "falls short for 62% (likely between 53 and 70%; 90 people)"


def test_what_became_of_it_is_said_with_its_doubt_and_what_was_expected():
    effect = {"verdict": "worked", "effect": 0.58, "low": 0.2, "high": 1.0}
    assert acted.effect_in_words(replace(ONE, effect=effect)) == (
        "it worked: 0.6 steps better (likely between 0.2 and 1.0); expected was 0.5 steps"
    )
    worse = {"verdict": "did not", "effect": -0.04, "low": -0.1, "high": 0.02}
    assert acted.effect_in_words(replace(TOPIC, effect=worse)) == (
        "it did not work: 4 points of 100 worse (likely between -10 and 2); expected was 10 points of 100"
    )


def test_what_got_better_by_less_than_expected_is_not_said_not_to_have_worked():
    less = {"verdict": "did not", "effect": 0.04, "low": -0.01, "high": 0.09}
    assert acted.effect_in_words(replace(TOPIC, effect=less)) == (
        "it brought less than was expected: 4 points of 100 better (likely between -1 and 9); "
        "expected was 10 points of 100"
    )
    assert acted.verdict_in_words(replace(TOPIC, effect=less)) == "it brought less than was expected"


def test_what_cannot_be_told_says_why_and_what_waits_says_for_which_run():
    few = {"verdict": "no evidence yet", "effect": None, "why": "too few"}
    assert acted.effect_in_words(replace(ONE, effect=few)) == "no evidence yet (too few have answered)"
    assert acted.effect_in_words(ONE) == "not measured yet: waits for the next run"
    nothing = replace(ONE, measure=None, expected=None, baseline={})
    told = (acted.effect_in_words, acted.expected_in_words, acted.measure_in_words, acted.verdict_in_words)
    assert {say(nothing) for say in told} == {""}
    assert acted.stood_in_words(nothing) == ""


FEW = {"verdict": "no evidence yet", "why": "too few", "effect": None, "run": "one", "run_label": "Spring",
       "measured_on": "2026-03-01", "later": 0, "earlier": []}  # fmt: skip


def test_what_said_nothing_says_when_it_is_looked_at_again_and_until_when():
    said = acted.again_in_words
    assert said(ONE) == said(replace(ONE, effect={"verdict": "worked", "effect": 0.5, "why": ""})) == ""
    assert said(replace(ONE, effect=FEW)) == "It is looked at again when the next run is over (2 runs at most)."
    assert said(replace(ONE, effect=FEW | {"later": 1})).endswith("(1 run at most).")
    late = FEW | {"verdict": "not begun", "why": "not begun"}
    assert said(replace(ONE, effect=late)).startswith("Once it is begun, it is looked at in the next run")
    assert said(replace(ONE, effect=late, state=DONE)).startswith("It is looked at again when")
    assert "not looked at in another run" in said(replace(ONE, effect=FEW), is_known=False)
    for over in (FEW | {"later": 2}, {"verdict": "no evidence yet", "why": "too few"}):
        assert "not looked at in another run" in said(replace(ONE, effect=over))


def test_a_later_verdict_says_of_which_run_it_is_and_the_first_stays_readable():
    late = FEW | {"verdict": "not begun", "why": "not begun"}
    found = {"verdict": "worked", "effect": 0.6, "low": 0.2, "high": 1.0, "run_label": "Autumn", "later": 1}
    one = replace(ONE, effect=found | {"earlier": [late, FEW]})
    assert acted.effect_in_words(one).endswith("expected was 0.5 steps; in “Autumn”, 1 run later than was said")
    assert acted.earlier_in_words(one) == [
        f"“Spring”, looked at on 1 March 2026: {NOT_BEGUN}",
        "“Spring”, looked at on 1 March 2026: no evidence yet (too few have answered)",
    ]
    assert acted.row_of(one, "Data badge", "Lea", TODAY)[-1].count("Spring") == 2
    assert acted.effect_in_words(replace(ONE, effect=late)) == NOT_BEGUN


def having(state: str, due: date = TODAY, verdict: str = "", effect: float | None = None):
    return replace(ONE, state=state, due=due, effect={"verdict": verdict, "effect": effect} if verdict else None)


@pytest.mark.parametrize(
    ("every", "said"),
    [
        ([], "No action has been made yet."),
        ([having(PLANNED)], "1 action is open."),
        ([having(PLANNED, TODAY - timedelta(days=1))], "1 action is open, and late."),
        (
            [having(PLANNED), having(DOING, TODAY - timedelta(days=1)), having(DROPPED)],
            "2 actions are open, 1 of them late.",
        ),
        (
            [having(DONE, verdict="worked"), having(DONE, verdict="did not", effect=0.1), having(DONE)],
            "0 actions are open. Of 2 measured, 1 worked and 1 brought less than was expected.",
        ),
        (
            [having(DONE, verdict=each, effect=-0.1) for each in ("did not", "no evidence yet", "not begun")],
            "0 actions are open. Of 2 measured, 1 did not work and 1 cannot be told yet. "
            "1 was not begun when the run was over that was to show it.",
        ),
    ],
)
def test_it_is_said_how_many_are_open_and_late_and_what_became_of_those_that_were_measured(every, said):
    assert acted.all_in_words(every, TODAY) == said


def test_every_verdict_has_its_word():
    said = {acted.verdict_in_words(replace(ONE, effect={"verdict": each})) for each in VERDICTS}
    assert said == set(VERDICTS.values())


def test_a_line_of_the_file_has_a_cell_for_each_column():
    assert len(acted.row_of(ONE, "Data badge", "Lea", TODAY)) == len(acted.COLUMNS)
