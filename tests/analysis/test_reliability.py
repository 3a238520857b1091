"""Reliability and agreement: against published values, and what must hold for any table."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pandas import DataFrame

from feedback.analysis import reliability
from feedback.analysis.reliability import (
    LEVELS,
    cronbach_alpha,
    disagreement,
    icc,
    item_rest,
    krippendorff,
    krippendorff_between,
    rwg,
)

SHROUT_FLEISS = DataFrame([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
PUBLISHED = {"ICC(1,1)": 0.17, "ICC(2,1)": 0.29, "ICC(3,1)": 0.71, "ICC(1,k)": 0.44, "ICC(2,k)": 0.62, "ICC(3,k)": 0.91}
"""Shrout and Fleiss (1979), Psychological Bulletin 86, table 4."""


@pytest.fixture(scope="module")
def wanted(shared_data: Path) -> dict:
    return json.loads((shared_data / "reference" / "small_reference.json").read_text())


def rated(rows: list[list]) -> DataFrame:
    """Observers x things, as one row a rating."""
    table = DataFrame(rows, dtype=float).T.stack().dropna().rename("score").reset_index()
    return table.rename(columns={"level_0": "item"})


def test_alpha_and_item_rest_correlations_of_the_attitude_survey(shared_data: Path, wanted):
    scores = pd.read_csv(shared_data / "reference" / "attitude.csv")
    expected = wanted["cronbach_alpha_attitude"]
    scores = scores[list(expected["item_rest_r"])]
    assert cronbach_alpha(scores) == pytest.approx(expected["raw"], abs=1e-7)
    assert item_rest(scores) == pytest.approx(expected["item_rest_r"], abs=1e-7)


def test_the_six_intraclass_correlations_are_those_published():
    assert {name: round(value, 2) for name, value in icc(SHROUT_FLEISS).items()} == PUBLISHED


def test_the_six_intraclass_correlations_are_those_of_the_reference(wanted):
    expected = {name: wanted["icc_shrout_fleiss_6x4"][name] for name in PUBLISHED}
    assert icc(SHROUT_FLEISS) == pytest.approx(expected, abs=2e-6)  # there the variances are found step by step


def test_krippendorffs_worked_example_at_every_level(wanted):
    expected = wanted["krippendorff_4x12"]
    table = rated(expected["rows_are_observers"])
    assert {level: round(krippendorff(table, level), 4) for level in LEVELS} == {
        name: expected[name] for name in LEVELS
    }


THREE_BY_FIFTEEN = (
    (None, None, None, None, None, 3, 4, 1, 2, 1, 1, 3, 3, None, 3),
    (1, None, 2, 1, 3, 3, 4, 3, None, None, None, None, None, None, None),
    (None, None, 2, 1, 3, 4, 4, None, 2, 1, 1, 3, 3, None, 4),
)
"""Three observers and fifteen things, few seen by all; the example by which alpha is usually explained."""


def test_where_few_things_were_seen_by_all_agreement_is_the_published_one():
    table = rated([list(row) for row in THREE_BY_FIFTEEN])
    found = [round(krippendorff(table, level), 4) for level in ("nominal", "ordinal", "interval")]
    assert found == [0.6914, 0.8067, 0.8108]


def test_counted_ratings_agree_as_the_single_ones_do():
    single = DataFrame({"item": list("aaabbbcc"), "score": [1, 1, 2, 3, 3, 3, 1, 2]})
    counted = single.value_counts().rename("people").reset_index()
    for level in LEVELS:
        assert krippendorff(counted, level) == pytest.approx(krippendorff(single, level))


def test_agreement_by_chance_is_none_and_its_interval_holds_it():
    draw = np.random.default_rng(0)
    table = DataFrame({"item": np.repeat(np.arange(200), 3), "score": draw.integers(1, 6, 600)})
    low, high = krippendorff_between(table, draws=200)
    assert low < krippendorff(table) < high
    assert abs(krippendorff(table)) < 0.1


@pytest.mark.parametrize(
    "table", [DataFrame({"item": [], "score": []}), DataFrame({"item": [1, 2], "score": [3, 4]}),
              DataFrame({"item": [1, 1], "score": [3, 3]})]
)  # fmt: skip
def test_where_nothing_is_rated_twice_or_nothing_differs_agreement_is_not_known(table):
    assert np.isnan(krippendorff(table))
    assert np.isnan(krippendorff_between(table)).all()


def test_an_unknown_level_and_a_ratio_below_0_are_refused():
    with pytest.raises(ValueError, match=r"'metric'.*ordinal"):
        krippendorff(DataFrame({"item": [1, 1], "score": [1, 2]}), "metric")
    with pytest.raises(ValueError, match="-1"):
        krippendorff(DataFrame({"item": [1, 1, 2, 2], "score": [-1, 2, 2, 2]}), "ratio")


def test_alpha_and_icc_say_when_they_say_nothing():
    same = DataFrame({"a": [3, 3, 3], "b": [3, 3, 3]})
    assert np.isnan(cronbach_alpha(same))
    assert np.isnan(cronbach_alpha(DataFrame({"a": [1, 2]})))
    assert np.isnan(cronbach_alpha(same[:0]))
    assert all(np.isnan(value) for value in (*icc(same).values(), *icc(same[:1]).values()))
    assert all(np.isnan(value) for value in item_rest(same).values())


def test_rwg_is_1_for_the_same_and_0_for_chance_or_worse():
    assert (rwg(0, 5), rwg(2, 5), rwg(4, 5)) == (1, 0, 0)
    assert np.isnan(rwg(float("nan"), 5))
    with pytest.raises(ValueError, match="1 steps"):
        rwg(1, 1)


def test_employers_who_disagree_by_sector_are_split_and_those_who_disagree_anyhow_are_not():
    draw = np.random.default_rng(2)
    sectors = np.repeat(["health", "trade"], 10)
    table = DataFrame(
        {
            "item": np.repeat(["by sector", "anyhow", "agreed"], 20),
            "sector": np.tile(sectors, 3),
            "score": np.concatenate([np.where(sectors == "health", 5, 1), draw.integers(1, 6, 20), [4] * 19 + [5]]),
        }
    )
    found = disagreement(table, "sector", 5).set_index("item")
    assert found["split"].to_dict() == {"by sector": True, "anyhow": False, "agreed": False}
    assert found.loc["by sector", ["rwg", "rwg_within", "explained"]].tolist() == [0, 1, 1]
    assert found.index[0] in ("by sector", "anyhow")
    assert found.loc["agreed", "rwg"] > 0.9


def test_where_organisations_differ_and_sectors_do_not_the_sector_is_seldom_why():
    draw, house, said = np.random.default_rng(0), np.repeat(np.arange(12), 3), []
    sector = np.array(list("RKC"))[house % 3]
    for _ in range(120):
        score = np.clip(np.round(draw.normal(2, 1.2, 12)[house] + draw.normal(0, 0.5, 36)), 0, 4)
        table = DataFrame({"item": "a", "score": score, "sector": sector, "organisation": house})
        said.append(disagreement(table, "sector", 5, draws=99)["split"].iloc[0])
    assert sum(said) <= 0.06 * len(said)


def test_ratings_of_nobody_named_count_each_by_itself():
    sector = np.repeat(["health", "trade"], 10)
    table = DataFrame({"item": "a", "sector": sector, "score": np.where(sector == "health", 5, 1)})
    named = table.assign(organisation=np.repeat(["one", "two"], 10))
    assert disagreement(table, "sector", 5)["split"].all()
    assert disagreement(table.assign(organisation=None), "sector", 5)["split"].all()
    assert disagreement(named, "sector", 5)["chance"].tolist() == [1.0]


def test_a_sector_with_one_employer_explains_nothing():
    table = DataFrame({"item": "a", "sector": ["one", "two", "two"], "score": [1, 5, 4]})
    found = disagreement(table, "sector", 5).iloc[0]
    assert (found["parts"], found["split"]) == (1, False)
    assert found[["rwg_within", "explained", "chance"]].isna().all()
    assert disagreement(table[:0], "sector", 5).empty
    assert np.isnan(disagreement(table[:1], "sector", 5)["rwg"].iloc[0])


@settings(deadline=None, max_examples=50)
@given(some.lists(some.lists(some.integers(1, 5), min_size=3, max_size=3), min_size=3, max_size=8), some.randoms())
def test_the_order_of_people_and_the_unit_of_the_scale_change_nothing(rows, random):
    scores = DataFrame(rows)
    other = 10 * DataFrame(random.sample(rows, len(rows)))[random.sample(range(3), 3)] - 7
    assert cronbach_alpha(other) == pytest.approx(cronbach_alpha(scores), nan_ok=True)
    assert list(icc(other).values()) == pytest.approx(list(icc(scores).values()), nan_ok=True)
    one, two = (krippendorff(rated(table.T.to_numpy().tolist()), "interval") for table in (scores, other))
    assert one == pytest.approx(two, nan_ok=True)
    assert not one > 1


@settings(deadline=None, max_examples=50)
@given(some.lists(some.tuples(some.sampled_from("xyz"), some.sampled_from("ab"), some.integers(1, 5)), max_size=20))
def test_what_is_found_of_disagreement_lies_where_it_may(rows):
    found = disagreement(DataFrame(rows, columns=["item", "sector", "score"]), "sector", 5, draws=20)
    for name in ("rwg", "rwg_within", "explained", "chance"):
        assert found[name].dropna().between(0, 1).all()
    assert found["n"].sum() == len(rows)


@pytest.mark.parametrize("level", LEVELS)
def test_the_interval_of_alpha_is_that_of_drawing_things_one_draw_after_another(level, monkeypatch):
    random = np.random.default_rng(5)
    table = DataFrame({"item": np.repeat(range(20), 3), "score": random.integers(1, 4, size=60)})
    rows = random.integers(20, size=(40, 20))
    drawn = []
    for things in rows:
        parts = [table[table["item"] == thing].assign(item=at) for at, thing in enumerate(things)]
        drawn.append(krippendorff(pd.concat(parts), level))
    counts, values = reliability._counted(table)
    assert reliability._alphas(counts, values, level, rows) == pytest.approx(drawn, nan_ok=True)
    whole = krippendorff_between(table, level, draws=50)
    monkeypatch.setattr(reliability, "AT_ONCE", 1)
    assert krippendorff_between(table, level, draws=50) == pytest.approx(whole)
