"""What is said more often than before: what rose is found, and chance is seldom taken for it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.analysis.comments.rising import FALSE, compared, words_said


def test_what_rose_comes_first_and_what_fell_last():
    found = compared({"audio": 30, "labs": 40, "price": 2}, {"audio": 6, "labs": 38, "price": 30}, (100, 100))
    assert found["thing"].tolist() == ["audio", "labs", "price"]
    assert found["rose"].tolist() == [True, False, False]
    assert found["fell"].tolist() == [False, False, True]


def test_odds_of_few_are_drawn_towards_no_change():
    few = compared({"audio": 3}, {"audio": 1}, (10, 10)).iloc[0]
    many = compared({"audio": 300}, {"audio": 100}, (1000, 1000)).iloc[0]
    assert 1 < few["times"] < many["times"] < 4
    assert not few["rose"]
    assert many["rose"]


def test_without_texts_at_one_time_nothing_rose():
    assert not compared({"audio": 30}, {}, (30, 0))["rose"].any()
    assert compared({}, {}, (10, 10)).empty


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 50)),
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 50)),
    st.tuples(st.integers(50, 200), st.integers(50, 200)),
)
def test_looked_at_the_other_way_round_what_rose_fell(now, before, texts):
    there, back = compared(now, before, texts), compared(before, now, texts[::-1])
    both = there.merge(back, on="thing", suffixes=("", "_back"))
    assert np.allclose(both["z"], -both["z_back"])
    assert np.allclose(both["times"] * both["times_back"], 1)
    assert both["rose"].tolist() == both["fell_back"].tolist()


def test_where_nothing_changed_hardly_anything_is_said_to_have_risen():
    chance = np.random.default_rng(1)
    share = np.minimum(0.5 / np.arange(1, 61) ** 0.8, 0.5)
    flagged = 0
    for _ in range(60):
        said = [{str(at): int(chance.binomial(number, one)) for at, one in enumerate(share)} for number in (80, 160)]
        flagged += bool(compared(*said, (80, 160))["rose"].any())
    assert flagged <= 2 * FALSE * 60


def test_a_text_says_a_word_once_and_masks_say_none():
    spread, written = words_said(["Slow, slow audio", "the audio of [name] is slow", "audio"], "en", without={"audio"})
    assert dict(spread) == {"slow": 2}
    assert written == {"slow": "slow"}
