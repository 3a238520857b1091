"""Learning how topics are spoken of from tags that people gave."""

import numpy as np
import pytest

from feedback.analysis.comments.learned_polarity import learn_polarity, restored, spoken, stored, without
from feedback.analysis.comments.learning import CLASSES
from feedback.analysis.comments.topics import Tag

SAID = (
    ("The labs in week {} were zorky", "labs", "neg"),
    ("We met for labs in week {}", "labs", "neu"),
    ("The labs in week {} were plimmed", "labs", "pos"),
    ("The tests in week {} were zorky, but the labs were plimmed", "tests", "neg"),
)


def places(weeks=15, language="en"):
    """Tags on words no lexicon knows: only a person can tell that "zorky" is blame."""
    texts = [text.format(week) for week in range(weeks) for text, _, _ in SAID]
    given = [(topic, said) for _ in range(weeks) for _, topic, said in SAID]
    tags = [
        [Tag(topic, text.index(topic), text.index(topic) + len(topic), said)]
        for text, (topic, said) in zip(texts, given, strict=True)
    ]
    return spoken(texts, tags, language)


@pytest.fixture(scope="module")
def model():
    return learn_polarity(places(), "en")


def told(model, text, *words):
    tags = [Tag(word, text.index(word), text.index(word) + len(word), "neu") for word in words]
    return [tag.polarity for tag in model.told(text, tags)]


def test_words_no_lexicon_knows_are_learned_from_what_people_said(model):
    assert told(model, "I found the labs zorky", "labs") == ["neg"]
    assert told(model, "I found the labs plimmed", "labs") == ["pos"]


def test_each_tag_is_read_by_its_own_clause(model):
    assert told(model, "The labs were zorky, but the tests were plimmed.", "labs", "tests") == ["neg", "pos"]


def test_its_quality_is_of_comments_not_seen_beside_the_rule_of_the_first_day(model):
    quality = model.quality
    assert (quality.tags, quality.is_better) == (60, True)
    assert quality.macro_f1 > 0.9 > 0.6 > quality.rule_f1


def test_a_comment_is_never_learned_from_and_measured_on_at_once():
    """Each comment has a word of its own, said twice: whoever saw one of its tags would know the other."""
    random = np.random.default_rng(0)
    texts = [f"labs qux{at}; tests qux{at}" for at in range(60)]
    said = random.permutation(["neg", "pos"] * 30)
    tags = [
        [Tag(topic, text.index(topic), text.index(topic) + len(topic), how) for topic in ("labs", "tests")]
        for text, how in zip(texts, said, strict=True)
    ]
    assert learn_polarity(spoken(texts, tags, "en"), "en").quality.macro_f1 < 0.7


def test_in_a_language_without_lexicons_words_alone_tell():
    found = learn_polarity(places(language="it"), "it")
    assert np.isnan(found.quality.rule_f1)
    assert found.quality.is_better
    assert told(found, "labs zorky", "labs") == ["neg"]


def test_too_few_tags_or_one_polarity_only_teach_nothing():
    assert learn_polarity(places(12), "en") is None
    assert learn_polarity([one for one in places(60) if one.said == "neg"], "en") is None
    assert learn_polarity([], "en") is None


def test_the_order_of_the_comments_does_not_matter(model):
    again = learn_polarity(places()[::-1], "en")
    assert np.allclose(again.weights, model.weights)
    assert again.quality.macro_f1 == model.quality.macro_f1


def test_what_few_people_used_can_be_taken_out(model):
    poorer = without(model, {"zorki"}, {"tests"})
    assert "zorki" in model.terms.names
    assert "zorki" not in poorer.terms.names
    assert poorer.topics == ("labs",)
    assert poorer.weights.shape[1] == len(poorer.terms.names) + 1 + len(poorer.middle)
    assert told(poorer, "The labs were plimmed", "labs") == ["pos"]


def test_it_is_kept_as_facts_and_arrays_and_reads_the_same_afterwards(model):
    again = restored(*stored(model), "en")
    text = "The labs were zorky, but the tests were plimmed."
    assert told(again, text, "labs", "tests") == told(model, text, "labs", "tests")
    assert again.quality == model.quality
    assert restored(*stored(None), "en") is None


def test_no_tag_is_told_nothing_and_a_word_not_known_something(model):
    assert model.told("The labs", []) == []
    assert told(model, "labs", "labs")[0] in CLASSES
