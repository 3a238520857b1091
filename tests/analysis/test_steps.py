"""How far answers fall short, from what is told of them: small steps taken together."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.analysis.steps import how_short, usual_steps

SHORT = {float(step): (5 - step) / 4 for step in range(1, 6)}


def by_step(*people):
    return {(float(step),): number for step, number in enumerate(people, start=1) if number}


def test_where_every_step_is_told_it_is_the_mean():
    found = how_short([by_step(2, 3, 5, 6, 4)], SHORT)[0]
    assert found.people == 20
    assert found.mean == pytest.approx((2 * 1 + 3 * 0.75 + 5 * 0.5 + 6 * 0.25) / 20)


def test_people_on_steps_told_together_lie_as_people_usually_do():
    apart = by_step(5, 10, 30, 40, 20)
    joined = {(1.0, 2.0, 3.0): 10, (4.0,): 12, (5.0,): 8}
    one = how_short([joined, *[apart] * 20], SHORT)[0]
    usual = (5 * 1 + 10 * 0.75 + 30 * 0.5) / 45
    assert one.mean == pytest.approx((10 * usual + 12 * 0.25) / 30, abs=0.005)


def test_without_anything_told_by_itself_most_lie_near_the_others():
    """As a bell does: hardly anybody at the worst step where most are at the other end."""
    share = usual_steps([{(1.0, 2.0, 3.0): 10, (4.0,): 12, (5.0,): 8}], sorted(SHORT))
    assert share[1.0] < share[2.0] < share[3.0]
    assert sum(share.values()) == pytest.approx(1)


def test_all_at_one_step_have_no_spread_and_those_at_the_best_fall_short_of_nothing():
    best, worst = how_short([by_step(0, 0, 0, 0, 12), by_step(12)], SHORT)
    assert (best.mean, best.sd, best.loss) == (0.0, 0.0, 0.0)
    assert (worst.mean, worst.sd, worst.loss) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(("people", "loss"), [(5, 1.0), (6, 5 / 6)])
def test_without_the_five_who_fall_furthest_short_nothing_is_left_of_five(people, loss):
    assert how_short([by_step(5, 0, 0, 0, people - 5)], SHORT)[0].loss == pytest.approx(loss)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), min_size=5, max_size=5).filter(any), min_size=1, max_size=4), st.data())
def test_it_lies_between_what_the_parts_allow_and_the_order_of_parts_changes_nothing(counts, data):
    cut = data.draw(st.integers(1, 4))
    told = []
    for each in counts:
        parts = {tuple(float(step) for step in range(1, cut + 1)): sum(each[:cut])}
        parts |= {(float(step),): each[step - 1] for step in range(cut + 1, 6)}
        told.append(parts)
    found = how_short(told, SHORT)
    turned = how_short([dict(reversed(each.items())) for each in told], SHORT)
    for each, parts, other in zip(found, told, turned, strict=True):
        low = sum(people * min(SHORT[step] for step in steps) for steps, people in parts.items()) / each.people
        high = sum(people * max(SHORT[step] for step in steps) for steps, people in parts.items()) / each.people
        assert low - 1e-9 <= each.mean <= high + 1e-9
        assert each.mean == pytest.approx(other.mean)
        assert 0 <= each.sd <= 0.75
        assert each.loss <= 1
