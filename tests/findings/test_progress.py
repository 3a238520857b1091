"""What changed since last time: what is called a change, what is compared, and what of it may be told."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.disclosure import Limits
from feedback.findings.attacking import attack
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from tests.findings.two_runs import of_runs, over_runs, run

LIMITS = Limits()
MIXED = [2, 3, 4] * 8
"""Twenty-four people around the middle."""
HIGH = [4, 4, 5] * 8
ONE = Choice(credential="data-badge")


def changed(evidence, choice=ONE):
    return work_out(FINDINGS["changed"], evidence, choice, LIMITS)


def row(answer, question):
    return answer.rows[answer.rows["question"] == question].iloc[0]


def test_a_clear_rise_is_called_better_and_what_stayed_shows_what_could_have_been_seen():
    answer = changed(over_runs({"worth": MIXED, "goals": MIXED}, {"worth": HIGH, "goals": MIXED}))
    risen, stayed = row(answer, "worth"), row(answer, "goals")
    assert (risen["seen"], stayed["seen"]) == ("better", "no change seen")
    assert 0.9 < risen["change"] <= 1.5
    assert risen["low"] > 0
    assert stayed["change"] == 0
    assert 0.3 < stayed["smallest"] < 1.5
    assert "got better by" in answer.sentence
    assert f"one of {stayed['smallest']:.1f} steps or more would most likely have been seen" in answer.sentence


def test_where_nothing_moved_the_sentence_says_so_and_how_small_a_change_would_show():
    answer = changed(over_runs({"worth": MIXED}, {"worth": MIXED}))
    assert answer.sentence.startswith("No change is seen from “Run 1” to “Run 2” in 1 thing looked at. Of what shows")
    assert "nan" not in answer.sentence


def test_of_a_scale_with_its_good_end_in_the_middle_nearer_to_it_is_better():
    answer = changed(over_runs({"pace": [6, 7, 7, 6] * 6}, {"pace": [4, 4, 5, 4] * 6}))
    pace = row(answer, "pace")
    assert (pace["seen"], pace["mean_before"], pace["mean"]) == ("better", -2.5, -0.2)
    assert pace["name"] == "pace: pace 4"


def test_the_last_two_runs_with_enough_people_are_compared_and_one_that_has_just_begun_waits():
    four = {"worth": [1] * 4}
    answer = changed(over_runs({"worth": HIGH}, {"worth": MIXED}, {"worth": HIGH}, four))
    assert (row(answer, "worth")["before"], row(answer, "worth")["now"]) == ("Run 2", "Run 3")


def test_a_run_without_a_first_day_takes_nothing_down_and_is_not_placed_in_time():
    evidence = over_runs({"worth": HIGH}, {"worth": MIXED}, {"worth": HIGH})
    undated = evidence.runs.assign(starts=evidence.runs["starts"].where(evidence.runs["slug"] != "data-badge-2", None))
    answer = changed(replace(evidence, runs=undated))
    assert (row(answer, "worth")["before"], row(answer, "worth")["now"]) == ("Run 1", "Run 3")


def test_a_run_asked_in_two_versions_is_not_compared_whichever_of_its_lines_comes_first():
    mixed = [
        run("data-badge", 1, {"goals": MIXED, "worth": MIXED}),
        run("data-badge", 2, {"goals": MIXED, "worth": HIGH}),
        run("data-badge", 2, {"worth": HIGH}, version=2, first=9000),
    ]
    answer = changed(of_runs(*mixed, data_badge="Data badge"))
    assert set(answer.rows["seen"]) == {"asked in another version"}


def test_another_version_of_the_questionnaire_is_no_comparison_and_it_says_so():
    answer = changed(over_runs({"worth": MIXED}, {"worth": HIGH, "goals": HIGH}, versions=(1, 2)))
    assert set(answer.rows["seen"]) == {"asked in another version"}
    assert answer.rows["change"].isna().all()
    assert answer.rows["people"].isna().all()
    assert "another version of the questionnaire" in answer.sentence
    assert answer.chart("light") is None


def test_a_question_asked_in_one_of_the_runs_only_is_not_told():
    answer = changed(over_runs({"worth": MIXED}, {"worth": MIXED, "goals": MIXED}))
    assert row(answer, "goals")["state"] == "withheld"
    assert row(answer, "goals")["seen"] == ""


def test_what_nobody_named_beforehand_is_not_looked_at():
    answer = changed(over_runs({"worth": MIXED, "mood": MIXED}, {"worth": MIXED, "mood": HIGH}))
    assert list(answer.rows["question"]) == ["worth"]


def test_the_worst_of_several_is_compared_with_a_baseline_drawn_toward_the_others():
    low, usual = [1, 2, 3, 2, 1, 2], [3, 4, 5, 4, 3, 4]
    answer = changed(over_runs({"worth": low, "goals": usual}, {"worth": usual, "goals": usual}))
    worst = row(answer, "worth")
    assert worst["baseline"] > worst["mean_before"]
    assert worst["change"] == pytest.approx(worst["mean"] - worst["baseline"], abs=0.11)


def test_one_list_for_the_whole_institution_so_a_page_says_what_the_overview_says():
    """Alone, a middling rise is one of two tests; among many it is one of many, on its own page too."""
    rising = (MIXED, [3, 3, 4, 4, 2, 4, 4, 4] * 3)
    calm = [
        run(f"calm-{letter}", at, {"worth": [low, low + 1, low + 2] * 8, "goals": [4 - low, 5 - low, 6 - low] * 8})
        for low, letter in zip((1, 2, 3, 1, 3), "abcde", strict=True)
        for at in (1, 2)
    ]
    mine = [run("data-badge", at, {"worth": told}) for at, told in enumerate(rising, 1)]
    titles = {f"calm_{letter}": f"Calm {letter}" for letter in "abcde"}
    alone = of_runs(*mine, data_badge="Data badge")
    many = of_runs(*mine, *calm, data_badge="Data badge", **titles)
    assert row(changed(alone), "worth")["seen"] == "better"
    on_its_page, over_all = changed(many), changed(many, Choice())
    of_mine = over_all.rows[over_all.rows["credential"] == "data-badge"].iloc[0]
    assert row(on_its_page, "worth")["seen"] == of_mine["seen"] == "no change seen"
    assert set(on_its_page.rows["credential"]) == {"data-badge"}


def test_over_all_it_names_the_credentials_that_changed():
    asked = {"worth": MIXED, "goals": MIXED}
    tables = [run("a", 1, asked), run("a", 2, {"worth": HIGH, "goals": MIXED}), run("b", 1, asked), run("b", 2, asked)]
    answer = changed(of_runs(*tables, a="Alpha", b="Beta"), Choice())
    assert answer.sentence == "1 of 2 credentials has changed since the run before: Alpha (1 better)."


def test_a_group_below_the_minimum_moves_nothing_that_is_told():
    before, now = {"worth": MIXED, "goals": MIXED, "pace": [5] * 12}, {"worth": HIGH, "goals": MIXED}
    said = []
    for few in ([7, 7, 7], [4, 4, 1]):
        answer = changed(over_runs(before, {**now, "pace": few}))
        said.append(json.dumps([answer.sentence, answer.table.to_csv(), answer.chart("light")], default=str))
    assert said[0] == said[1]


def test_where_a_mean_would_say_what_one_said_the_line_is_not_told():
    """Eleven fives and a four: whoever knows how many they are sees in their mean that one said less."""
    answer = changed(over_runs({"goals": MIXED}, {"goals": [5] * 11 + [4]}))
    assert row(answer, "goals")["state"] == "withheld"
    assert row(changed(over_runs({"goals": MIXED}, {"goals": [5] * 6 + [4] * 6})), "goals")["state"] != "withheld"
    assert "nan" not in answer.sentence


def test_numbers_are_told_to_one_decimal_and_no_finer():
    shown = changed(over_runs({"worth": [*MIXED, 1]}, {"worth": [*HIGH, 1]})).shown
    numbers = shown[["mean_before", "baseline", "mean", "change", "low", "high", "smallest"]].to_numpy(dtype=float)
    assert np.allclose(numbers, numbers.round(1))


answers = st.lists(st.integers(0, 6), min_size=5, max_size=5).map(
    lambda counts: [step for step, people in enumerate(counts, 1) for _ in range(people)]
)


@pytest.mark.parametrize("examples", [1, pytest.param(20, marks=pytest.mark.soak)])
def test_nothing_small_follows_from_two_runs_and_everything_else_that_is_told(examples):
    @settings(max_examples=examples, deadline=None)
    @given(st.lists(st.tuples(answers, answers), min_size=2, max_size=4))
    def nothing_follows(runs):
        evidence = over_runs(*({"worth": worth, "goals": goals} for worth, goals in runs))
        found = attack(evidence, LIMITS, choices=[ONE], findings=("changed", "learner_scales", "runs", "answers"))
        assert found.apart == 0
        assert found.solved == ()

    nothing_follows()
