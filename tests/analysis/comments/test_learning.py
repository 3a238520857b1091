"""Learning how comments sound."""

import numpy as np
import pandas as pd
import pytest

from feedback.analysis.comments.learning import (
    CLASSES,
    digest_of,
    learn_sentiment,
    packed,
    quality_of,
    unpacked,
)
from feedback.analysis.comments.reading import read
from feedback.analysis.comments.sentiment import label, labels
from feedback.errors import FeedbackError, Refused

GOOD = ("Die Übungen waren klar", "Tolle Folien und klare Beispiele", "Der Kurs war klar und schnell", "Klar und nah")
BAD = ("Die Folien waren wirr", "Wirre Übungen ohne Beispiele", "Der Kurs war wirr und lang", "Wirr und fern")
PLAIN = ("Montags gab es Folien", "Der Kurs war am Montag", "Montag im Saal", "Am Montag Übungen")


def rated(each=20):
    """Comments in German and what people said of them: a word tells."""
    rows = [
        (f"{text} {number}", said)
        for number in range(each // 4)
        for said, texts in zip(CLASSES, (BAD, PLAIN, GOOD), strict=True)
        for text in texts
    ]
    return [text for text, _ in rows], [said for _, said in rows]


@pytest.fixture(scope="module")
def model():
    return learn_sentiment(*rated(), "de")


def test_a_model_reads_what_the_lexicons_cannot(model):
    sentiment = model.sentiment(["Die Aufgaben waren wirr", "Die Aufgaben waren klar", "Aufgaben am Montag"])
    assert [label(value) for value in sentiment] == ["neg", "pos", "neu"]


def test_its_quality_is_of_comments_not_seen_beside_the_words_of_the_first_day(model):
    quality = model.quality
    assert (quality.comments, quality.is_better) == (60, True)
    assert quality.macro_f1 > 0.9
    assert quality.lexicon_macro_f1 < 0.5  # "wirr" and "tolle" are not all it takes
    assert 0 <= quality.calibration_error <= 1


def test_in_a_language_without_words_there_is_no_lexicon_to_beat():
    quality = learn_sentiment(*rated(), "it").quality
    assert np.isnan(quality.lexicon_macro_f1)
    assert quality.is_better


def test_chances_are_of_each_class_and_together_one(model):
    chances = model.chances(["Klar", "", "Ganz anderes"])
    assert list(chances.columns) == list(CLASSES)
    assert chances.sum(axis=1).to_numpy() == pytest.approx(np.ones(3))


def test_labels_without_meaning_do_not_beat_the_lexicon():
    texts = [f"The labs were {word} in week {week}" for week in range(20) for word in ("great", "awful", "long")]
    said = list(np.random.default_rng(0).permutation(["neg", "neu", "pos"] * 20))
    quality = learn_sentiment(texts, said, "en").quality
    assert quality.macro_f1 < 0.5
    assert quality.lexicon_macro_f1 < 0.6


def test_the_order_of_the_comments_does_not_matter(model):
    texts, said = rated()
    again = learn_sentiment(texts[::-1], said[::-1], "de")
    assert digest_of(packed(again)) == digest_of(packed(model))


def test_two_classes_are_enough_and_the_third_is_never_found():
    texts, said = zip(*[pair for pair in zip(*rated(40), strict=True) if pair[1] != "neu"], strict=True)
    found = learn_sentiment(texts, said, "de")
    assert found.classes == ("neg", "pos")
    assert found.chances(["Klar"])["neu"].tolist() == [0.0]
    assert labels(pd.Series(found.sentiment(["Klar", "Wirr"]))).tolist() == ["pos", "neg"]


@pytest.mark.parametrize(("each", "only"), [(12, CLASSES), (80, ("pos",))])
def test_too_few_comments_or_one_class_only_are_refused_with_what_is_needed(each, only):
    pairs = [pair for pair in zip(*rated(each), strict=True) if pair[1] in only]
    with pytest.raises(Refused, match=r"at least 50 are needed, and 5 of two classes"):
        learn_sentiment([text for text, _ in pairs], [said for _, said in pairs], "de")


def test_a_model_is_kept_as_numbers_and_reads_the_same_afterwards(model):
    stored = packed(model)
    again = unpacked(stored, digest_of(stored))
    assert again.quality.macro_f1 == model.quality.macro_f1
    assert (again.sentiment(["Klar", "Wirr"]) == model.sentiment(["Klar", "Wirr"])).all()
    assert b"pickle" not in stored


def test_bytes_that_are_not_those_learned_are_refused(model):
    stored = packed(model)
    with pytest.raises(FeedbackError, match="digest differs"):
        unpacked(stored[:-1] + b"x", digest_of(stored))
    for wrong in (b"", b"no model", stored[:100]):
        with pytest.raises(FeedbackError, match="cannot be read"):
            unpacked(wrong, digest_of(wrong))


def test_reading_uses_a_model_for_its_language_only(model):
    table = pd.DataFrame({"text": ["Die Aufgaben in der Woche waren wirr und fern", "The labs were great fun"]})
    plain, learned = read(table), read(table, models={"de": model})
    assert plain["sentiment"].isna().tolist() == [True, False]
    assert labels(learned["sentiment"]).tolist() == ["neg", "pos"]
    assert learned["vader"].isna().tolist() == [True, False]


def test_quality_counts_each_class_the_same():
    assert quality_of(["pos"] * 9 + ["neg"], ["pos"] * 10) == (pytest.approx(9 / 19), 0.0)
