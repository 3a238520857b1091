"""What those who did not answer could change."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from feedback.analysis.nonresponse import (
    finite_interval,
    label,
    needed,
    response,
    selection_bias,
    tipping_point,
)

counts = some.integers(1, 300).flatmap(lambda asked: some.tuples(some.integers(1, asked), some.just(asked)))


def test_the_numbers_needed_are_those_of_the_reference(shared_data: Path):
    wanted = json.loads((shared_data / "reference" / "small_reference.json").read_text())
    wanted = wanted["nulty_style_required_rate_percent"]
    for name, rule in (("liberal_e10_80pct", (0.10, 0.80)), ("stringent_e3_95pct", (0.03, 0.95))):
        for asked, percent in wanted[name].items():
            # There the rate is rounded to a percent; here whole people are needed.
            assert 0 <= needed(int(asked), *rule) - int(asked) * (percent - 0.5) / 100 <= 1 + int(asked) / 100


def test_the_interval_holds_what_it_says_when_those_who_answer_are_like_the_rest():
    draw = np.random.default_rng(0)
    inside = []
    for _ in range(600):
        everybody = draw.integers(1, 6, 60)
        some_of_them = draw.choice(everybody, 30, replace=False)
        low, high = finite_interval(some_of_them.mean(), some_of_them.std(ddof=1), 30, 60)
        inside.append(low <= everybody.mean() <= high)
    assert 0.86 < np.mean(inside) < 0.94


def test_the_bias_is_what_a_correlation_of_answering_and_score_makes_it():
    # Ten people of whom the five best answered: the bias is their mean less everybody's, 7.5 - 5 by hand.
    scores = np.arange(0.5, 10, 1)
    answered = scores > 5
    rho = np.corrcoef(scores, answered)[0, 1]
    assert selection_bias(rho, scores.std(), 5, 10) == pytest.approx(scores[answered].mean() - scores.mean())


def test_a_tipping_point_off_the_scale_cannot_be_reached():
    said = response(4.6, 0.5, 90, 100, threshold=3.5, scale=(1, 5))
    assert said.tipping == pytest.approx(-6.4)
    assert said.possible is False
    assert response(3.6, 0.5, 30, 100, threshold=3.5, scale=(1, 5)).possible is True


def test_when_everybody_answered_nothing_is_open():
    said = response(4.0, 1.0, 20, 20, threshold=3.5)
    assert (said.low, said.high, said.tipping, said.possible, said.label) == (4.0, 4.0, None, None, "adequate")
    assert set(said.bias.values()) == {0.0}


def test_one_answer_of_several_has_no_interval():
    said = response(4.0, float("nan"), 1, 10)
    assert (said.low, said.high, said.label) == (None, None, "too few")


@pytest.mark.parametrize(
    ("answered", "asked", "said"),
    [(4, 4, "too few"), (5, 5, "adequate"), (25, 500, "too few"), (26, 500, "indicative"), (54, 500, "indicative"),
     (55, 500, "adequate")],
)  # fmt: skip
def test_labels_at_their_bounds(answered, asked, said):
    assert label(answered, asked) == said


@pytest.mark.parametrize(("answered", "asked"), [(0, 10), (11, 10), (-1, 10), (0, 0)])
def test_counts_that_cannot_be_are_refused(answered, asked):
    with pytest.raises(ValueError, match=f"{answered} answered of {asked}"):
        response(3.0, 1.0, answered, asked)


def test_what_is_no_number_is_refused():
    for mean, sd in ((float("nan"), 1.0), (3.0, float("inf")), (3.0, -1.0)):
        with pytest.raises(ValueError, match="must be numbers"):
            response(mean, sd, 5, 10)
    with pytest.raises(ValueError, match="-1 to 1"):
        selection_bias(1.5, 1.0, 5, 10)


@settings(deadline=None, max_examples=50)
@given(counts, some.floats(1, 5), some.floats(0, 2), some.floats(0.1, 10), some.floats(-5, 5))
def test_another_unit_changes_the_unit_only(people, mean, sd, times, shift):
    one = response(mean, sd, *people, threshold=3.5)
    two = response(times * mean + shift, times * sd, *people, threshold=times * 3.5 + shift)
    assert one.label == two.label
    for name in ("low", "high", "tipping"):
        left, right = getattr(one, name), getattr(two, name)
        assert (left is None) == (right is None)
        assert left is None or right == pytest.approx(times * left + shift, abs=1e-6)
    assert [times * each for each in one.bias.values()] == pytest.approx(list(two.bias.values()))


@settings(deadline=None, max_examples=50)
@given(counts, some.floats(1, 5), some.floats(1, 5))
def test_with_the_tipping_point_the_mean_of_all_is_the_threshold(people, mean, threshold):
    answered, asked = people
    tipping = tipping_point(mean, answered, asked, threshold)
    if tipping is not None:
        assert (answered * mean + (asked - answered) * tipping) / asked == pytest.approx(threshold)


@settings(deadline=None, max_examples=50)
@given(some.integers(1, 400))
def test_more_answers_never_make_a_worse_label(asked):
    order = ["too few", "indicative", "adequate"]
    found = [order.index(label(answered, asked)) for answered in range(1, asked + 1)]
    assert found == sorted(found)
    assert asked < 5 or found[-1] == 2
