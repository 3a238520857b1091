"""What changed since last time, and whether an action did: few flags, breaks, and what could have been seen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from benchmarks.change import action_study, changed_study, worst_study
from feedback.analysis.progress import (
    ALL_ALIKE,
    CHANGED,
    DID_NOT,
    NO_EVIDENCE,
    OTHER_VERSION,
    TOO_FEW,
    UNNAMED,
    UNSEEN,
    WORKED,
    effect_of,
    what_changed,
)


def lines(before: list[float], now: list[float], n: int = 60, sd: float = 0.9, **more: object) -> DataFrame:
    """One row a measure; `n` people each time."""
    given = {"version_before": 1, "version": 1, "n_before": n, "n": n, "sd_before": sd, "sd": sd}
    return DataFrame({"id": range(len(before)), "mean_before": before, "mean": now, **(given | more)})


STEADY = [3.4, 3.6, 3.8, 3.5, 3.7]


def test_a_clear_change_is_flagged_and_the_others_say_what_could_have_been_seen():
    found = what_changed(lines(STEADY, [4.4, 3.6, 3.8, 3.5, 3.7]))
    assert found["state"].tolist() == [CHANGED, *[UNSEEN] * 4]
    assert found.loc[0, "low"] > 0
    assert found["smallest"].between(0.3, 0.7).all()
    assert found["p"].iloc[0] < 0.001


def test_only_what_was_named_beforehand_is_called_changed():
    found = what_changed(lines(STEADY, [4.4, 4.6, 3.8, 3.5, 3.7], named=[True, False, True, True, True]))
    assert found["state"].tolist() == [CHANGED, UNNAMED, UNSEEN, UNSEEN, UNSEEN]
    assert np.isnan(found.loc[1, "p"])
    assert found.loc[1, "difference"] > 0.5


def test_versions_that_differ_and_too_few_people_are_not_compared():
    table = lines(STEADY, [4.4] * 5, version=[1, 2, 1, 1, 1], n=[60, 60, 1, 60, 60], n_before=[60, 60, 60, 0, 60])
    found = what_changed(table)
    assert found["state"].tolist()[1:4] == [OTHER_VERSION, TOO_FEW, TOO_FEW]
    numbers = found[["baseline", "difference", "low", "high", "p", "smallest"]]
    assert numbers.iloc[1:4].isna().all(axis=None)
    assert numbers.iloc[[0, 4]].notna().all(axis=None)


def test_answers_that_are_all_alike_say_nothing_of_chance():
    assert what_changed(lines([5, 5], [4, 5], sd=0.0))["state"].tolist() == [ALL_ALIKE] * 2
    mixed = what_changed(lines([5, 5, 3], [4, 5, 3], n=6, sd_before=[0, 0, 0.9], sd=[0, 0, 0.9]))
    assert (mixed["high"] - mixed["low"] > 0.5).all()


def test_the_worst_of_last_time_is_not_expected_to_stay_so_low():
    found = what_changed(lines([2.6, 3.6, 3.8, 3.5, 3.7], [3.2] * 5, n=8))
    assert found.loc[0, "baseline"] > 2.75
    assert found.loc[0, "difference"] < 3.2 - 2.6


def test_lines_of_different_scales_are_not_drawn_together():
    both = lines([0.2, 0.3, 3.6, 3.8], [0.2, 0.3, 3.6, 3.8], sd=0.4, family=["share", "share", "scale", "scale"])
    found = what_changed(both)
    assert found["baseline"].between(0.2, 0.3).tolist() == [True, True, False, False]


@settings(max_examples=10)
@given(st.permutations(range(5)))
def test_the_order_of_lines_changes_nothing(order):
    table = lines(STEADY, [4.0, 3.7, 3.3, 3.5, 3.9])
    found, turned = what_changed(table), what_changed(table.iloc[order])
    assert turned["id"].tolist() == list(order)
    assert turned.sort_values("id")["state"].tolist() == found["state"].tolist()
    assert turned.sort_values("id")["difference"].to_numpy() == pytest.approx(found["difference"].to_numpy())


def test_no_lines_and_lines_without_a_column():
    assert what_changed(lines([], [])).empty
    with pytest.raises(ValueError, match="sd_before"):
        what_changed(lines([3.0], [3.0]).drop(columns="sd_before"))


def test_at_most_every_eighth_flag_is_false():
    found = changed_study(400, 0.2, 20)
    assert found["false share"] <= 0.12
    assert found["flags"] > 2
    assert found["covered"] == pytest.approx(0.9, abs=0.02)


def test_the_worst_do_not_improve_from_the_shrunk_baseline():
    found = worst_study(8, 3)
    assert found["raw"] > 0.3
    assert abs(found["from the shrunk baseline"]) < 0.12


# actions


def test_an_action_that_lifts_its_line_beyond_the_others_worked():
    found = effect_of(lines(STEADY, [4.4, 3.7, 3.9, 3.6, 3.8], n=200), 0, expected=0.3)
    assert (found.verdict, found.untouched) == (WORKED, 4)
    assert found.drift == pytest.approx(0.1, abs=0.02)
    assert found.low is not None
    assert found.low > 0


def test_what_all_lines_did_is_no_effect():
    found = effect_of(lines(STEADY, [4.4, 4.6, 4.8, 4.5, 4.7], n=200), 0, expected=0.5)
    assert found.verdict == DID_NOT
    assert found.change == pytest.approx(1.0, abs=0.06)
    assert found.effect == pytest.approx(0.0, abs=0.08)


def test_few_answers_are_no_evidence_yet():
    found = effect_of(lines(STEADY, [3.9, 3.6, 3.8, 3.5, 3.7], n=8), 0, expected=0.4)
    assert (found.verdict, found.why) == (NO_EVIDENCE, "")
    assert found.smallest is not None
    assert found.smallest > 0.5


def test_without_enough_untouched_lines_the_change_itself_is_the_effect():
    found = effect_of(lines(STEADY[:3], [4.6, 3.6, 3.8], n=200), 0)
    assert (found.verdict, found.drift, found.untouched) == (WORKED, None, 2)
    assert found.effect == found.change


def test_nothing_expected_did_not_only_where_it_got_worse():
    worse = lines(STEADY, [2.8, 3.6, 3.8, 3.5, 3.7], n=200)
    assert effect_of(worse, 0).verdict == DID_NOT
    assert effect_of(lines(STEADY, STEADY, n=200), 0).verdict == NO_EVIDENCE
    assert effect_of(lines(STEADY, STEADY, n=200), 0, expected=0.5).verdict == DID_NOT


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (lines(STEADY, STEADY, version=[2, 1, 1, 1, 1]), OTHER_VERSION),
        (lines(STEADY, STEADY, n=[1, 60, 60, 60, 60]), TOO_FEW),
        (lines(STEADY, STEADY, sd=0.0), ALL_ALIKE),
    ],
    ids=["version", "few", "alike"],
)
def test_what_cannot_be_compared_is_no_evidence_and_says_why(table, why):
    found = effect_of(table, 0, expected=0.5)
    assert (found.verdict, found.why, found.effect) == (NO_EVIDENCE, why, None)


def test_an_action_on_what_is_not_there_or_a_promise_of_nothing_is_refused():
    with pytest.raises(ValueError, match="must be one line"):
        effect_of(lines(STEADY, STEADY), "nowhere")
    with pytest.raises(ValueError, match="more is better"):
        effect_of(lines(STEADY, STEADY), 0, expected=-0.2)
    with pytest.raises(ValueError, match="together"):
        effect_of(lines(STEADY, STEADY), 0, together=1.0)


def test_knowing_how_lines_go_together_sees_more_and_flags_no_more_than_it_may():
    apart, known = (action_study(30, together, 25) for together in (0.0, 0.6))
    assert known["worked at 0.4"] > apart["worked at 0.4"] + 0.1
    assert known["worked at 0.0"] <= 0.12
    assert known["did not at 0.8"] == 0
