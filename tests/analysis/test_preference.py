"""The model that pairs and best-worst share, where neither of them has tests of its own."""

import numpy as np
import pytest
from pandas import DataFrame, Index

from feedback.analysis import preference
from feedback.analysis.pairs import fit_pairs
from feedback.analysis.preference import chance_among, ranked


def games(count: int = 60, items: int = 6, seed: int = 3) -> DataFrame:
    draw = np.random.default_rng(seed)
    rows = [(*draw.choice(items, 2, replace=False).tolist(), draw.choice([0.0, 0.5, 1.0])) for _ in range(count)]
    return DataFrame(rows, columns=["first", "second", "outcome"])


def test_a_wider_spread_draws_less_towards_0():
    found = [np.abs(fit_pairs(games(), spread=spread).effects).max() for spread in (0.1, 0.5, 2.0, np.inf)]
    assert found == sorted(found)


@pytest.mark.parametrize("spread", [0.0, -1.0, float("nan")])
def test_a_spread_that_cannot_be_is_refused(spread):
    with pytest.raises(ValueError, match="above 0, inf, or None"):
        fit_pairs(games(), spread=spread)


def test_a_table_written_out_and_a_sparse_one_give_the_same(monkeypatch):
    one = fit_pairs(games().assign(rater=np.arange(60) // 3))
    monkeypatch.setattr(preference, "SMALL", 0)
    two = fit_pairs(games().assign(rater=np.arange(60) // 3))
    assert one.effects == pytest.approx(two.effects, abs=1e-9)
    assert one.covariance == pytest.approx(two.covariance, abs=1e-9)
    assert one.dispersion == pytest.approx(two.dispersion)


def test_chances_add_up_and_equals_share():
    assert chance_among(np.zeros(4), np.zeros((4, 4)), top=1).tolist() == [0.25] * 4
    assert chance_among(np.zeros(2), np.eye(2), top=3).tolist() == [1, 1]
    assert chance_among(np.array([9.0, 0.0, -9.0]), np.eye(3), top=1).tolist() == [1, 0, 0]
    assert chance_among(np.zeros(5), np.eye(5), top=2).sum() == pytest.approx(2)


def test_an_interval_of_90_percent_is_wider_than_one_of_50():
    found = ranked(Index(["a", "b"]), np.array([1.0, -1.0]), np.eye(2) / 4)
    assert (found["high"] - found["low"]).tolist() == pytest.approx([1.6448536] * 2)
    assert (found["high50"] - found["low50"]).tolist() == pytest.approx([0.6744898] * 2)
