"""Learning how comments sound."""

import numpy as np
import pandas as pd
import pytest

from feedback.analysis.comments.learning import (
    CLASSES,
    FORM,
    digest_of,
    learn_sentiment,
    pack,
    packed,
    quality_of,
    unpack,
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


def test_equal_texts_are_never_learned_from_and_measured_on_at_once():
    """Twenty texts that mean nothing, five times each, labelled as chance has it: nothing is there to be learned."""
    said = [one for one in np.random.default_rng(0).permutation(["neg", "pos"] * 10) for _ in range(5)]
    texts = [f"{'LABS' if time else 'labs'} qux{at}" for at in range(20) for time in range(5)]
    assert learn_sentiment(texts, said, "en").quality.macro_f1 < 0.6


def test_terms_that_few_people_used_are_neither_learned_nor_measured():
    texts = [f"labs qux{at % 16} {at}" for at in range(64)]
    said = [("neg", "pos")[at % 16 % 2] for at in range(64)]
    assert learn_sentiment(texts, said, "en").quality.macro_f1 > 0.9
    found = learn_sentiment(texts, said, "en", people=range(64), least=5)
    assert found.terms.names == ("lab",)
    assert found.quality.macro_f1 < 0.6


def test_in_a_language_written_without_spaces_pieces_of_words_tell_alone():
    """Every comment is one word that is said once: five people said none of them whole."""
    signs = [chr(0x4E00 + at) for at in range(400)]
    texts = [f"{'好' if at % 2 else '坏'}课{signs[2 * at]}{signs[2 * at + 1]}" for at in range(200)]
    said = ["pos" if at % 2 else "neg" for at in range(200)]
    found = learn_sentiment(texts, said, "zh")
    assert len(found.told) == found.told_weights.shape[1] == 0
    assert found.quality.macro_f1 > 0.9
    assert found.chances(["好课", "坏课"]).idxmax(axis=1).tolist() == ["pos", "neg"]
    stored = packed(found)
    assert (unpacked(stored, digest_of(stored)).sentiment(["好课"]) == found.sentiment(["好课"])).all()
    with pytest.raises(Refused, match="was used by 300 people"):
        learn_sentiment(texts, said, "zh", people=range(200), least=300)


def test_a_class_of_one_text_only_is_measured_though_no_fold_can_learn_it():
    texts, said = rated()
    said = ["neu"] * 6 + ["neg" if one == "neu" else one for one in said]
    found = learn_sentiment([*["Montag"] * 6, *texts], said, "de")
    assert found.classes == CLASSES
    assert 0 < found.quality.macro_f1 < 1


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


@pytest.mark.parametrize("name", ["idf", "weights", "intercept", "middle", "spread", "told", "told_weights"])
def test_arrays_that_are_missing_or_do_not_fit_are_refused(model, name):
    stored = packed(model)
    facts, arrays = unpack(stored, digest_of(stored), FORM)
    width = np.zeros((*arrays[name].shape[:-1], arrays[name].shape[-1] + 1))
    for wrong in ({name: width}, {name: np.full(arrays[name].shape or 1, np.nan)} if arrays[name].size else {}, None):
        others = {each: array for each, array in arrays.items() if each != name}
        if wrong != {}:
            broken = pack(facts, **(others if wrong is None else others | wrong))
            with pytest.raises(FeedbackError, match="cannot be read"):
                unpacked(broken, digest_of(broken))
    for missing in ({"names": facts["names"][1:]}, {"classes": None}, {"quality": {"comments": 3}}):
        broken = pack(facts | missing, **arrays)
        with pytest.raises(FeedbackError, match="cannot be read"):
            unpacked(broken, digest_of(broken))


def test_reading_uses_a_model_for_its_language_only(model):
    table = pd.DataFrame({"text": ["Die Aufgaben in der Woche waren wirr und fern", "The labs were great fun"]})
    plain, learned = read(table), read(table, models={"de": model})
    assert plain["sentiment"].isna().tolist() == [True, False]
    assert labels(learned["sentiment"]).tolist() == ["neg", "pos"]
    assert learned["vader"].isna().tolist() == [True, False]


def test_quality_counts_each_class_the_same():
    assert quality_of(["pos"] * 9 + ["neg"], ["pos"] * 10) == (pytest.approx(9 / 19), 0.0)
