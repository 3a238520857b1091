"""Telling phrases of a group of comments."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.analysis.comments.telling import telling_phrases

TEXTS = pd.Series(
    ["The final exam was unfair"] * 2
    + ["I failed the final exam", "A final exam in one hour, write to a@b.org", "Great guest lectures"]
    + ["Guest lectures were the best part", "More guest lectures please", "More practice would be nice"]
)
GROUPS = pd.Series(["test"] * 4 + ["teaching"] * 4)


def test_each_group_is_told_by_what_it_says_more_than_the_others():
    phrases = telling_phrases(TEXTS, GROUPS, "en")
    assert list(zip(phrases["group"], phrases["phrase"], phrases["comments"], strict=True)) == [
        ("teaching", "guest lectures", 3),
        ("test", "final exam", 4),
    ]
    assert (phrases["score"] > 0).all()


def test_what_fewer_than_three_comments_say_is_never_told():
    assert telling_phrases(TEXTS, GROUPS, "en", minimum=4)["phrase"].tolist() == ["final exam"]
    assert telling_phrases(TEXTS[:2], GROUPS[:2], "en").empty


def test_stop_words_numbers_and_masks_are_in_no_phrase():
    texts = pd.Series(["It was the best of the 12 weeks, mail x.y@example.org now"] * 5)
    assert telling_phrases(texts, pd.Series(["a"] * 5), "en").empty


def test_missing_texts_and_groups_are_left_out_and_none_is_fine():
    texts = pd.Series(["final exam", None, "final exam", "final exam"])
    assert telling_phrases(texts, pd.Series(["a", "a", None, "a"]), "en").empty
    empty = telling_phrases(pd.Series([], dtype=object), pd.Series([], dtype=object), "en")
    assert list(empty.columns) == ["group", "phrase", "comments", "score"]


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(["late", "exam", "final"]), max_size=6), max_size=8))
def test_however_words_repeat_each_phrase_has_a_score(comments):
    texts = pd.Series([" ".join(words) for words in comments], dtype=object)
    found = telling_phrases(texts, pd.Series(["a"] * len(comments), dtype=object), "en", minimum=1)
    assert (found["score"] >= 0).all()
    assert ("late late" in set(found["phrase"])) == any("late late" in text for text in texts) or len(found) == 5
