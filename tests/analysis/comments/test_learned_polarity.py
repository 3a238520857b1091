"""Learning how topics are spoken of from tags that people gave."""

import numpy as np
import pytest

from feedback.analysis.comments.learned_polarity import PolarityQuality, learn_polarity, restored, spoken, stored
from feedback.analysis.comments.learning import CLASSES
from feedback.analysis.comments.topics import Tag
from feedback.errors import FeedbackError

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


def test_equal_texts_are_never_learned_from_and_measured_on_at_once():
    """Twenty texts that mean nothing, five times each, spoken of as chance has it: nothing is there to be learned."""
    said = np.random.default_rng(2).permutation(["neg", "pos"] * 10)
    texts = [f"labs qux{at}" for at in range(20) for _ in range(5)]
    tags = [[Tag("labs", 0, 4, said[at])] for at in range(20) for _ in range(5)]
    assert learn_polarity(spoken(texts, tags, "en"), "en").quality.macro_f1 < 0.6


def test_what_a_person_says_again_and_again_is_not_both_learned_from_and_measured_on():
    said = np.random.default_rng(2).permutation(["neg", "pos"] * 10)
    texts = [f"labs qux{person} {week}" for person in range(20) for week in range(5)]
    tags = [[Tag("labs", 0, 4, said[person])] for person in range(20) for _ in range(5)]
    people = [person for person in range(20) for _ in range(5)]
    places = spoken(texts, tags, "en")
    assert learn_polarity(places, "en").quality.macro_f1 > 0.9
    assert learn_polarity(places, "en", people=people).quality.macro_f1 < 0.6


def test_a_tag_over_several_clauses_is_heard_in_all_of_them():
    text = "The labs were great, excellent and fun, but the tests were unfair; the rooms were awful and cold."
    (whole,) = spoken([text], [[Tag("all", 0, len(text), "neg")]], "en")
    (first,) = spoken([text], [[Tag("labs", 4, 8, "pos")]], "en")
    assert (whole.clause, first.clause) == (text, "The labs were great, excellent and fun,")
    assert (whole.rule, first.rule) == ("neu", "pos")
    assert whole.heard[0] < first.heard[0]
    assert whole.heard[1] < 0 < first.heard[1]


def test_a_tag_the_rule_cannot_tell_counts_against_it_and_does_not_end_the_comparison():
    one, *others = places()
    quality = learn_polarity([one._replace(rule=""), *others], "en").quality
    assert quality.rule_f1 == pytest.approx(learn_polarity(places(), "en").quality.rule_f1, abs=0.05)
    said = np.random.default_rng(0).permutation([one.said for one in places()])
    first, *right = [one._replace(said=how, rule=how) for one, how in zip(places(), said, strict=True)]
    quality = learn_polarity([first._replace(rule=""), *right], "en").quality
    assert 0.9 < quality.rule_f1 < 1
    assert not quality.is_better


def test_a_polarity_too_rare_to_be_learned_still_counts_in_what_is_measured():
    some = places(20)
    rare = [*[one for one in some if one.said != "neu"], *[one for one in some if one.said == "neu"][:5]]
    found = learn_polarity(rare, "en")
    assert (found.classes, found.quality.tags) == (("neg", "pos"), 60)
    assert found.quality.macro_f1 <= 2 / 3


def test_a_gain_no_larger_than_its_standard_error_is_none():
    assert PolarityQuality(60, 0.62, 0.6, 0.01).is_better
    assert not PolarityQuality(60, 0.62, 0.6, 0.03).is_better


def test_the_error_of_the_gain_shrinks_with_more_tags():
    few, many = learn_polarity(places(15), "en").quality, learn_polarity(places(60), "en").quality
    assert many.error == pytest.approx(few.error / 2, rel=0.3)


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


def test_what_few_people_used_is_neither_learned_nor_measured():
    """Sixteen words, each said by four people only, tell all: with five that must have said it nothing does."""
    texts = [f"labs qux{at % 16}" for at in range(64)]
    tags = [[Tag("labs", 0, 4, ("neg", "pos")[at % 16 % 2])] for at in range(64)]
    found = learn_polarity(spoken(texts, tags, "en"), "en", people=range(64), least=5)
    assert (found.terms.names, found.topics) == (("lab",), ("labs",))
    assert found.quality.macro_f1 < 0.6
    assert learn_polarity(spoken(texts, tags, "en"), "en", people=[0] * 64, least=5).topics == ()
    assert learn_polarity(spoken(texts, tags, "it"), "it", people=[0] * 64, least=5) is None


@pytest.mark.parametrize("name", ["idf", "weights", "intercept", "middle", "spread"])
def test_arrays_that_are_missing_or_do_not_fit_are_refused(model, name):
    facts, arrays = stored(model)
    here = f"polarity_{name}"
    for wrong in (arrays[here][..., :-1], arrays[here] * np.nan, None):
        broken = {**arrays, here: wrong} if wrong is not None else {**arrays, here: np.array(["x"])}
        with pytest.raises(FeedbackError, match="cannot be read"):
            restored(facts, broken, "en")
    arrays.pop(here)
    with pytest.raises(FeedbackError, match="cannot be read"):
        restored(facts, arrays, "en")


def test_it_is_kept_as_facts_and_arrays_and_reads_the_same_afterwards(model):
    again = restored(*stored(model), "en")
    text = "The labs were zorky, but the tests were plimmed."
    assert told(again, text, "labs", "tests") == told(model, text, "labs", "tests")
    assert again.quality == model.quality
    assert restored(*stored(None), "en") is None


def test_no_tag_is_told_nothing_and_a_word_not_known_something(model):
    assert model.told("The labs", []) == []
    assert told(model, "labs", "labs")[0] in CLASSES
