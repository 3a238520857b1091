"""Means drawn towards what is usual: how far, and what is believed of few."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.shrinkage import USUAL, draw_together, usual_errors

MEANS = st.lists(st.floats(1, 5), min_size=1, max_size=8)


def test_one_mean_stays_where_it_is():
    found = draw_together([4.2], [0.3])
    assert (found.mean[0], found.level) == (pytest.approx(4.2), pytest.approx(4.2))
    assert found.sd[0] == pytest.approx(0.3)


def test_what_rests_on_little_is_drawn_further_and_stays_less_certain():
    found = draw_together([2.0, 2.0, 4.0, 4.0, 3.0], [0.1, 0.8, 0.1, 0.1, 0.1])
    assert 2.0 < found.mean[0] < found.mean[1] < found.level
    assert found.sd[1] > 2 * found.sd[0]


def test_means_that_differ_no_more_than_chance_nearly_fall_together():
    chance = np.random.default_rng(1)
    seen = chance.normal(3, 0.5, 100)
    assert draw_together(seen, np.full(100, 0.5)).mean.std() < 0.35 * seen.std()
    assert draw_together(10 * seen, np.full(100, 0.5)).mean.std() == pytest.approx(10 * seen.std(), rel=0.05)


@given(MEANS)
def test_every_mean_is_drawn_towards_the_level_and_order_changes_nothing(means):
    errors = np.linspace(0.2, 0.6, len(means))
    found = draw_together(means, errors)
    assert np.isfinite([*found.mean, *found.sd, found.level, found.spread]).all()
    assert (found.mean >= min(means) - 1e-9).all()
    assert (found.mean <= max(means) + 1e-9).all()
    back = draw_together(means[::-1], errors[::-1])
    assert back.mean[::-1] == pytest.approx(found.mean)
    moved = draw_together(np.array(means) + 10, errors)
    assert moved.mean - 10 == pytest.approx(found.mean)


@pytest.mark.parametrize(("means", "errors"), [([], []), ([np.nan], [1.0]), ([1.0, 2.0], [1.0, 0.0])])
def test_what_is_no_mean_is_refused(means, errors):
    with pytest.raises(ValueError, match="errors above 0"):
        draw_together(means, errors)


def test_a_few_who_agree_are_not_certain():
    errors, freedom = usual_errors([5, 50], [0.0, 1.0])
    assert errors[0] == pytest.approx(np.sqrt(USUAL * (49 / 53) / (4 + USUAL) / 5))
    assert freedom.tolist() == [14, 59]


@pytest.mark.parametrize(("people", "sds"), [([5, 5], [0.0, 0.0]), ([1, 5], [0.0, 1.0]), ([5], [np.nan])])
def test_spreads_of_which_nothing_is_known_are_refused(people, sds):
    with pytest.raises(ValueError, match=r"alike everywhere|two people"):
        usual_errors(people, sds)
