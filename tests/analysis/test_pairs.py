"""Choices of one of two: against the published fit of citations between journals, and what must hold for any."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pandas import DataFrame

from feedback.analysis.pairs import SUMMARY, choices_of, fit_pairs, rank_pairs


def choices(*rows: tuple) -> DataFrame:
    return DataFrame(rows, columns=["first", "second", "outcome"])


def played(worth, count=400, tie=0.0, seed=0) -> DataFrame:
    """Choices by the model itself, between the letters."""
    draw = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        one, other = draw.choice(len(worth), 2, replace=False)
        odds = np.exp([(worth[one] - worth[other]) / 2, -(worth[one] - worth[other]) / 2])
        outcome = draw.choice([1.0, 0.0, 0.5], p=np.append(odds, tie) / (odds.sum() + tie))
        rows.append(("abcdefghij"[one], "abcdefghij"[other], outcome))
    return choices(*rows)


def test_without_a_prior_the_citations_of_journals_have_the_published_worths_and_errors(shared_data: Path):
    wanted = json.loads((shared_data / "reference" / "small_reference.json").read_text())["bradley_terry_citations"]
    cited = pd.read_csv(shared_data / "reference" / "citations.csv").query("cited != citing")
    found = fit_pairs(
        DataFrame({"first": cited["cited"], "second": cited["citing"], "outcome": 1, "people": cited["Freq"]}),
        spread=np.inf,
    )
    names = list(found.items)
    at = names.index("Biometrika")
    assert found.effects - found.effects[at] == pytest.approx([wanted[name] for name in names], abs=1e-6)
    part = found.covariance
    error = np.sqrt(np.diag(part) + part[at, at] - 2 * part[at])
    assert error == pytest.approx(np.array(wanted["se"]), abs=1e-6)


def test_two_things_have_the_log_odds_worked_by_hand():
    found = fit_pairs(choices(*[("a", "b", 1)] * 30, *[("a", "b", 0)] * 10), spread=np.inf)
    assert found.effects[0] - found.effects[1] == pytest.approx(np.log(3))
    assert 4 * found.covariance[0, 0] == pytest.approx(1 / 30 + 1 / 10)  # the variance of a log odds


def test_ties_follow_davidson_and_are_half_a_win_for_each():
    # Two things: the maximum likelihood of 20 wins, 5 losses and 10 ties has these shares themselves, so
    # exp(d) = 20 / 5, and nu = tie / sqrt(win * loss) = 10 / 10.
    found = fit_pairs(choices(*[("a", "b", 1)] * 20, *[("b", "a", 1)] * 5, *[("b", "a", 0.5)] * 10), spread=np.inf)
    assert found.effects[0] - found.effects[1] == pytest.approx(np.log(4), abs=0.02)
    assert found.ties == pytest.approx(1, abs=0.02)  # the prior of ties is weak, and there
    assert fit_pairs(choices(("a", "b", 0.5), ("b", "c", 0.5))).effects == pytest.approx(0, abs=1e-8)


def test_what_always_wins_stays_finite_and_first():
    table = choices(*[("a", other, 1) for other in "bcd" for _ in range(3)], ("b", "c", 1), ("c", "d", 0))
    found = rank_pairs(table)
    assert found["item"].iloc[0] == "a"
    assert np.isfinite(found.select_dtypes("number")).all(axis=None)
    assert found["effect"].iloc[0] < 5
    with pytest.raises(ValueError, match="always"):
        fit_pairs(table, spread=np.inf)


def test_sets_that_were_never_compared_are_told_apart_and_need_a_prior():
    table = choices(*[("a", "b", 1), ("b", "c", 1), ("c", "a", 1), ("x", "y", 1), ("y", "x", 1)])
    found = rank_pairs(table).set_index("item")["component"]
    assert found.to_dict() == {"a": 1, "b": 1, "c": 1, "x": 2, "y": 2}
    with pytest.raises(ValueError, match="never compared"):
        fit_pairs(table, spread=np.inf)


def test_the_true_order_of_many_choices_is_found_with_its_tiers():
    found = rank_pairs(played([2.0, 1.9, -1.0, -3.0], 1200), top=2)
    assert sorted(found["item"][:2]) == ["a", "b"]
    assert found["item"][2:].tolist() == ["c", "d"]
    assert found["tier"].tolist()[-2:] == [found["tier"].iloc[1] + 1, found["tier"].iloc[1] + 2]
    assert found["p_top"].sum() == pytest.approx(2)
    assert found["n"].sum() == 2400
    assert (found["won"] * found["n"]).sum() == pytest.approx(1200)
    assert set(found.attrs) == set(SUMMARY)
    assert found.attrs["reliability"] > 0.9


def test_choices_between_equals_tell_nothing_apart():
    found = rank_pairs(played([0.0] * 8, 160))
    assert found["tier"].eq(1).all()
    assert found.attrs["reliability"] < 0.5


def test_intervals_hold_what_they_say():
    inside = []
    for seed in range(30):
        worth = np.random.default_rng(seed).normal(0, 0.7, 8)
        found = rank_pairs(played(worth, 120, tie=0.3, seed=seed), draws=10).set_index("item").sort_index()
        true = worth - worth.mean()
        inside += ((found["low"] <= true) & (true <= found["high"])).tolist()
    assert 0.84 < np.mean(inside) < 0.95


def test_choices_of_raters_who_all_say_the_same_count_for_fewer():
    draw = np.random.default_rng(1)
    alike = choices(*[row for row in played([0.5, 0.0, -0.5], 40).itertuples(index=False) for _ in range(6)])
    named = alike.assign(rater=np.arange(len(alike)) // 6)
    apart = alike.assign(rater=draw.permutation(len(alike)) % 40)
    assert fit_pairs(named).dispersion == pytest.approx(6, rel=0.3)
    assert fit_pairs(apart).dispersion < 2
    assert np.diag(fit_pairs(named).covariance).mean() > np.diag(fit_pairs(alike).covariance).mean()


def test_no_choices_are_an_empty_table_and_missing_ones_are_left_out():
    assert rank_pairs(choices()).empty
    assert rank_pairs(choices(("a", "b", None), (None, "b", 1))).empty
    one = rank_pairs(choices(("a", "b", 1)))
    assert one["item"].tolist() == ["a", "b"]
    assert one["tier"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("row", "named"), [(("a", "b", 2), "2"), (("a", "b", "yes"), "'yes'"), (("a", "a", 1), "beside itself")]
)
def test_what_is_no_choice_is_refused_by_name(row, named):
    with pytest.raises(ValueError, match=named):
        rank_pairs(choices(("a", "b", 1), row))


def test_people_must_be_numbers_from_0():
    with pytest.raises(ValueError, match="-1"):
        rank_pairs(choices(("a", "b", 1)).assign(people=-1))


def test_counted_answers_become_choices_with_the_people_behind_each():
    answers = DataFrame(
        [
            ("a|b", 1.0, 3, "one", "employer"),
            ("b|a", 0.5, 2, "two", "employer"),
            ("b|c", 0.0, 1, "two", "employer"),
            ("bundle", 1.0, 9, "two", "employer"),
        ],
        columns=["item", "number", "people", "organisation", "audience"],
    )
    made = choices_of(answers)
    assert made["item"].tolist() == ["a|b", "a|b", "b|c"]
    found = rank_pairs(made).set_index("item")
    assert found["n"].to_dict() == {"a": 5, "b": 6, "c": 1}
    assert found["organisations"].to_dict() == {"a": 2, "b": 2, "c": 1}
    assert found.loc["a", ["people", "largest_share"]].tolist() == [5, 0.6]
    assert choices_of(answers[:0]).empty


def test_counted_choices_of_nobody_named_are_each_made_by_somebody_else():
    counted = choices(("a", "b", 1), ("a", "b", 0), ("b", "c", 1), ("a", "c", 0.5), ("c", "a", 0))
    counted = counted.assign(people=[30, 10, 20, 4, 15], organisation=[None, None, None, "ash", None])
    written = counted.loc[counted.index.repeat(counted["people"])].assign(people=1)
    written["organisation"] = [house or f"alone {at}" for at, house in enumerate(written["organisation"])]
    one, two = fit_pairs(counted), fit_pairs(written)
    assert one.dispersion == pytest.approx(two.dispersion)
    assert one.effects == pytest.approx(two.effects, abs=1e-8)
    assert one.covariance == pytest.approx(two.covariance, abs=1e-8)
    assert rank_pairs(counted)["n"].sum() == 2 * 79


matches = some.lists(
    some.tuples(some.sampled_from("abcde"), some.sampled_from("abcde"), some.sampled_from([0.0, 0.5, 1.0])).filter(
        lambda row: row[0] != row[1]
    ),
    min_size=1,
    max_size=25,
)


@settings(deadline=None, max_examples=25)
@given(matches, some.randoms())
def test_the_order_of_rows_and_which_side_a_thing_stood_on_change_nothing(rows, random):
    other = [(two, one, 1 - outcome) if random.random() < 0.5 else (one, two, outcome) for one, two, outcome in rows]
    random.shuffle(other)
    one, two = fit_pairs(choices(*rows)), fit_pairs(choices(*other))
    assert one.effects == pytest.approx(two.effects, abs=1e-7)
    assert one.covariance == pytest.approx(two.covariance, abs=1e-7)


@settings(deadline=None, max_examples=25)
@given(matches)
def test_turning_every_choice_round_turns_the_worths_round_and_nothing_is_missing(rows):
    one = fit_pairs(choices(*rows))
    two = fit_pairs(choices(*[(first, second, 1 - outcome) for first, second, outcome in rows]))
    assert one.effects == pytest.approx(-two.effects, abs=1e-7)
    assert one.effects.sum() == pytest.approx(0, abs=1e-8)
    assert np.isfinite(one.covariance).all()
    assert np.linalg.eigvalsh(one.covariance).min() > -1e-9


@settings(deadline=None, max_examples=10)
@given(matches, some.integers(2, 4))
def test_a_counted_table_says_what_its_rows_say(rows, times):
    repeated = fit_pairs(choices(*(rows * times)))
    counted = fit_pairs(choices(*rows).assign(people=times))
    assert repeated.effects == pytest.approx(counted.effects, abs=1e-7)
