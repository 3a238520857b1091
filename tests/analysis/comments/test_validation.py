"""Folds for measuring what was learned, and how sure a gain is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.comments.validation import error_of_gain, folds_of

ROWS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["neg", "pos"]), st.integers(0, 9)), min_size=1)


@given(ROWS, st.booleans())
def test_every_comment_is_looked_at_once_and_neither_its_text_nor_its_author_is_learned_from_then(rows, known):
    texts, labels, people = (list(each) for each in zip(*rows, strict=True))
    parts = folds_of(labels, texts, 5, people if known else None)
    assert sorted(at for _, test in parts for at in test) == list(range(len(rows)))
    for train, test in parts:
        assert not {texts[at] for at in train} & {texts[at] for at in test}
        assert not known or not {people[at] for at in train} & {people[at] for at in test}


def test_where_all_texts_differ_each_class_is_dealt_out_in_turn():
    labels = np.array(["neg", "pos", "pos", "neg", "pos", "pos", "neg", "pos"])
    parts = folds_of(labels, [f"text {at}" for at in range(8)], 3)
    assert [test.tolist() for _, test in parts] == [[0, 1, 5], [2, 3, 7], [4, 6]]
    assert all(len(train) + len(test) == 8 for train, test in parts)


def test_what_many_wrote_does_not_bring_them_all_into_one_fold():
    texts = ["Nothing"] * 40 + [f"text {at}" for at in range(60)]
    parts = folds_of(["pos"] * 100, texts, 5, [at % 50 for at in range(100)])
    assert max(len(test) for _, test in parts) <= 30
    assert min(len(train) for train, _ in parts) >= 30


def test_spaces_and_capitals_make_no_other_text():
    parts = folds_of(["pos"] * 2, ["Very  good ", "very good"], 2)
    assert [(len(train), len(test)) for train, test in parts] == [(0, 1), (0, 1)]


def test_the_error_of_a_gain_is_how_far_it_varies_from_one_draw_to_the_next():
    def read(random, real, right):
        return np.where(random.random(real.shape) < right, real, ~real)

    gains, errors = [], []
    for draw in range(300):
        random = np.random.default_rng(draw)
        real = random.random((200, 2)) < 0.4
        one, other = read(random, real, 0.8), read(random, real, 0.7)
        f1 = [np.mean(2 * (real & each).sum(axis=0) / (real.sum(axis=0) + each.sum(axis=0))) for each in (one, other)]
        gains.append(f1[0] - f1[1])
        errors.append(error_of_gain(real, one, other))
    assert np.mean(errors) == pytest.approx(np.std(gains), rel=0.15)
    assert error_of_gain(real, one, one) == 0
