"""Learning topics from tags that people gave."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from feedback.analysis.comments.learned_polarity import learn_polarity, spoken
from feedback.analysis.comments.learned_topics import learn_topics, packed, unpacked
from feedback.analysis.comments.learning import digest_of
from feedback.analysis.comments.reading import read
from feedback.analysis.comments.topics import Tag, Taxonomy, Topic
from feedback.errors import FeedbackError, Refused

SEEDS = Taxonomy([Topic("tests", {"en": "Tests"}, {"en": ("exam",)})])
SAID = (
    ("The exam in week {} was unfair", {"tests"}),
    ("Question sheets in week {} were unfair", {"tests"}),
    ("The canteen was closed in week {}", {"food"}),
    ("Lunch at the canteen in week {} was cold, and the exam hard", {"food", "tests"}),
    ("In week {} all was as ever", set()),
)


def tagged(weeks=12):
    rows = [(text.format(week), topics) for week in range(weeks) for text, topics in SAID]
    return [text for text, _ in rows], [topics for _, topics in rows]


@pytest.fixture(scope="module")
def model():
    return learn_topics(*tagged(), "en", SEEDS)


def found(model, text, **more):
    tags = model.tag(text, SEEDS.tag(text, "en"), **more)
    return [(tag.topic, text[tag.start : tag.end], tag.polarity) for tag in tags]


def test_what_the_seeds_do_not_know_is_found_and_points_at_its_words(model):
    assert found(model, "A terrible canteen.") == [("food", "canteen", "neg")]
    assert found(model, "Question sheets were too long")[0][0] == "tests"


def test_a_topic_says_how_well_it_is_found_beside_its_seeds(model):
    quality = model.quality["tests"]
    assert (quality.tagged, quality.f1) == (36, 1.0)
    assert quality.seeds_f1 == pytest.approx(0.8)
    assert model.used == {"food", "tests"}


def test_where_the_seeds_found_it_their_words_are_pointed_at(model):
    assert found(model, "The exam was hard")[0][:2] == ("tests", "exam")


def test_the_question_gives_the_polarity_when_it_has_one(model):
    assert found(model, "the canteen", polarity="positive") == [("food", "canteen", "pos")]


def test_how_it_is_spoken_of_is_learned_too_and_goes_behind_the_question(model):
    texts = [f"The canteen was {word} in week {week}" for week in range(40) for word in ("zorky", "plimmed")]
    tags = [[Tag("food", 4, 11, said)] for _ in range(40) for said in ("neg", "pos")]
    learned = replace(model, polarity=learn_polarity(spoken(texts, tags, "en"), "en"))
    stored = packed(learned)
    for one in (learned, unpacked(stored, digest_of(stored))):
        assert found(one, "the canteen plimmed") == [("food", "canteen", "pos")]
        assert found(one, "the canteen plimmed", polarity="negative") == [("food", "canteen", "neg")]
    assert found(model, "the canteen plimmed") == [("food", "canteen", "neu")]


def test_no_word_has_no_topic(model):
    assert found(model, "") == found(model, "👍") == []


def test_few_comments_or_rare_topics_are_refused_with_what_is_needed():
    for texts, said in (tagged(weeks=4), (tagged()[0], [set()] * 60)):
        with pytest.raises(Refused, match=r"at least 50 are needed, 8 on one topic"):
            learn_topics(texts, said, "en", SEEDS)


def test_a_model_is_kept_as_numbers_and_reads_the_same_afterwards(model):
    stored = packed(model)
    again = unpacked(stored, digest_of(stored))
    assert found(again, "A terrible canteen.") == found(model, "A terrible canteen.")
    assert again.quality == model.quality
    with pytest.raises(FeedbackError, match="digest differs"):
        unpacked(stored, digest_of(b""))


def test_reading_uses_a_model_for_its_language_only(model):
    table = pd.DataFrame(
        {"text": ["The canteen was terrible", "La cantina era terrible y fea"], "language": ["en", "es"]}
    )
    topics = read(table, SEEDS, topic_models={"en": model})["topics"]
    assert [[tag["topic"] for tag in tags] for tags in topics] == [["food"], []]


def test_tags_that_follow_from_nothing_are_learned_no_better_than_by_chance():
    """Cuts chosen on the very scores they are measured by would find a third of them."""
    random = np.random.default_rng(3)
    words = [f"w{at}" for at in range(40)]
    texts = [" ".join(random.choice(words, 8)) for _ in range(60)]
    found = []
    for draw in range(20):
        said = [["luck"] if at in set(np.random.default_rng(draw).permutation(60)[:12]) else [] for at in range(60)]
        found.append(learn_topics(texts, said, "en", SEEDS).quality["luck"].f1)
    assert np.mean(found) < 0.33
