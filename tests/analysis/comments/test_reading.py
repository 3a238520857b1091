"""Reading a table of comments."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.analysis.comments.names import NOBODY, known_people
from feedback.analysis.comments.reading import read
from feedback.analysis.comments.redaction import mask, masked, moved, redactions
from feedback.analysis.comments.words import word_lists
from feedback.errors import FeedbackError


def table(*rows):
    return pd.DataFrame(rows, columns=["text", "language", "polarity"], dtype=object)


def test_a_comment_is_read():
    readings = read(table(("The tutor was wonderful and very helpful.", "en", None)))
    row = readings.iloc[0]
    assert row["language"] == "en"
    assert row["vader"] > 0.5
    assert row["textblob"] > 0.3
    assert 0 < row["sentiment"] < 1
    assert {"topic": "teaching", "start": 4, "end": 9, "polarity": "pos"} in row["topics"]


def test_a_comment_in_another_language_is_never_scored_by_the_english_lexicons():
    row = read(table(("Las explicaciones eran confusas y desordenadas", "en", "negative"))).iloc[0]
    assert row["language"] == "es"
    assert np.isnan([row["vader"], row["textblob"]]).all()
    assert row["sentiment"] < 0
    assert {tag["topic"]: tag["polarity"] for tag in row["topics"]} == {"teaching": "neg", "structure": "neg"}


def test_a_comment_in_a_language_without_words_of_its_own_has_topics_but_no_score():
    row = read(table(("كانت الشروحات مربكة وغير منظمة في هذه الدورة", "en", "negative"))).iloc[0]
    assert row["language"] == "ar"
    assert np.isnan(row["sentiment"])


def test_a_missing_text_has_missing_readings():
    readings = read(table((None, "en", None), ("  ", "en", "positive"), (pd.NA, "en", None)))
    assert list(readings["language"]) == ["", "", ""]
    assert readings[["vader", "textblob", "sentiment"]].isna().all(axis=None)
    assert list(readings["topics"]) == [[], [], []]


def test_the_index_is_kept_and_the_table_is_not_changed():
    comments = table(("great labs", "en", None), ("awful labs", "en", None)).set_axis([9, 4])
    before = comments.copy(deep=True)
    assert list(read(comments).index) == [9, 4]
    pd.testing.assert_frame_equal(comments, before)


def test_equal_comments_read_equal_and_share_nothing():
    comments = table(*[("Too much theory and no practice", "en", "negative")] * 10_000)
    readings = read(comments)
    assert len(readings) == 10_000
    assert readings["sentiment"].nunique() == 1
    readings["topics"].iloc[0][0]["topic"] = "changed"
    assert readings["topics"].iloc[1][0]["topic"] != "changed"


def test_none_at_all_and_only_a_text_column():
    empty = read(table())
    assert list(empty.columns) == ["language", "vader", "textblob", "sentiment", "topics"]
    assert empty.empty
    assert read(pd.DataFrame({"text": ["The course was really good fun"]}))["language"].tolist() == ["en"]


def test_a_table_without_text_is_refused():
    with pytest.raises(FeedbackError, match=r'no column "text"\. Found: comment'):
        read(pd.DataFrame({"comment": ["a"]}))


def test_only_topics_meant_for_the_audience():
    comments = table(("We could not verify the certificate", "en", "negative"))
    learner = read(comments.assign(audience="learner"))["topics"].iloc[0]
    employer = read(comments.assign(audience="employer"))["topics"].iloc[0]
    assert {tag["topic"] for tag in learner} == {"recognition_proof"}
    assert {tag["topic"] for tag in employer} == {"verification"}


def test_readings_can_be_stored_as_json():
    topics = read(table(("The pace was too fast", "en", "negative")))["topics"].iloc[0]
    assert json.loads(json.dumps(topics)) == topics


@pytest.mark.parametrize(
    "text",
    [
        "👍", "x" * 4_000, "." * 4_000, "!" * 4_000, "' " * 2_000, "test" * 1_000, "test " * 800, "=HYPERLINK(1)",
        "<script>alert('tests')</script>", "a\u202eb", "مرحبا test مرحبا", "\ud800 tests", "def f(x): return x  # test",
        "12345 67890", "e\u0301" * 2_000, "test.test." * 400, "a.b. " * 800, "\x0b\x0c tests", "but " * 1_000,
    ],
    ids=lambda text: ascii(text[:12]),
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "ar", None])
def test_strange_texts_are_read(text, language):
    row = read(table((text, language, None))).iloc[0]
    assert all(0 <= tag["start"] < tag["end"] <= len(text) for tag in row["topics"])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.text(max_size=300), st.text(alphabet="aeist .!?'-but👍ع", max_size=300)),
            st.sampled_from(["en", "es", "de", "ar", "xx", "", None]),
            st.sampled_from(["positive", "negative", None]),
        ),
        max_size=5,
    )
)
def test_no_text_raises_and_scores_stay_in_range(rows):
    readings = read(table(*rows))
    assert len(readings) == len(rows)
    scores = readings[["vader", "textblob", "sentiment"]].to_numpy(dtype=float)
    assert ((np.abs(scores) <= 1) | np.isnan(scores)).all()
    scored = ~np.isnan(scores) if len(rows) else np.zeros((0, 3), dtype=bool)
    assert all(language == "en" for language in readings["language"][scored[:, 0] | scored[:, 1]])
    assert all(word_lists(language).judging for language in readings["language"][scored[:, 2]])


def test_what_is_to_be_masked_is_found_with_the_rest_where_a_roster_is_given():
    said = ["Great labs, thanks to Dr. Berg (a@example.org)", " ", None, "Winona was late, the labs were long."]
    rows = pd.DataFrame({"text": said}, dtype=object)
    assert "hidden" not in read(rows)
    found = read(rows, roster=known_people(["Winona"]))
    assert found.drop(columns="hidden").equals(read(rows))
    shown = [masked(text or "", hidden) for text, hidden in zip(rows["text"], found["hidden"], strict=True)]
    assert shown == ["Great labs, thanks to Dr. [name] ([e-mail])", " ", "", "[name] was late, the labs were long."]


@given(st.lists(st.sampled_from(["labs", "Dr.", "Berg", "a@example.org", "+44 20 7946 0000", "was", "clear.", "é"])))
def test_tags_stand_on_the_same_words_once_a_text_is_masked(words):
    text = " ".join(words)
    found = read(pd.DataFrame({"text": [text]}), roster=NOBODY)
    shown, hidden = masked(text, found["hidden"][0]), redactions(text)
    assert (shown, found["hidden"][0]) == (mask(text), hidden)
    spans = [(tag["topic"], tag["start"], tag["end"], tag["polarity"]) for tag in found["topics"][0]]
    for topic, start, end, _ in moved(spans, hidden):
        assert shown[start:end] in {text[first:last] for other, first, last, _ in spans if other == topic}
