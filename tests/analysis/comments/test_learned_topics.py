"""Learning topics from tags that people gave."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from feedback.analysis.comments.learned_polarity import PolarityModel, learn_polarity, spoken
from feedback.analysis.comments.learned_topics import (
    FORM,
    Text,
    TopicModel,
    learn_topics,
    packed,
    unpacked,
    without_topics,
)
from feedback.analysis.comments.learning import digest_of, pack, unpack
from feedback.analysis.comments.reading import read
from feedback.analysis.comments.sentiment import signals
from feedback.analysis.comments.topics import Tag, Taxonomy, Topic
from feedback.analysis.comments.words import places
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


def counted(monkeypatch, owner, name):
    """How many were asked for at each call of a method."""
    calls, whole = [], getattr(owner, name)

    def call(self, first, *others):
        calls.append(len(first))
        return whole(self, first, *others)

    monkeypatch.setattr(owner, name, call)
    return calls


def test_many_texts_are_tagged_at_once_just_as_each_alone(model, monkeypatch):
    texts = ("A terrible canteen.", "", "Question sheets too long, but a great canteen", "The exam was hard", "So so")
    ways = (None, None, None, "positive", None)
    said = [f"{word} canteen {at}" for word in ("Mushy", "Crisp") for at in range(30)]
    tags = [[Tag("food", 0, 4, how)] for how in ("neg", "pos") for _ in range(30)]
    polarity = learn_polarity(spoken(said, tags, "en"), "en")
    assert polarity is not None
    better = replace(polarity, quality=replace(polarity.quality, macro_f1=0.9, rule_f1=0.5))
    learned = replace(model, polarity=better)
    seeded, heard = [SEEDS.tag(text, "en") for text in texts], [signals(text, "en") for text in texts]
    given = [Text(*each) for each in zip(texts, seeded, ways, heard, map(places, texts), strict=True)]
    alone = [learned.tag(*each) for each in given]
    assert len([tag for tags in alone for tag in tags]) == 3
    about, ways_asked = counted(monkeypatch, TopicModel, "said"), counted(monkeypatch, PolarityModel, "polarities")
    assert learned.tag_all(given) == alone
    assert (about, ways_asked) == ([5], [2])
    assert learned.tag_all([]) == []


def test_reading_asks_what_was_learned_once_for_all_comments_of_a_language(model, monkeypatch):
    calls = counted(monkeypatch, TopicModel, "said")
    table = pd.DataFrame({"text": [f"The canteen was terrible {at}" for at in range(20)], "language": "en"})
    topics = read(table, SEEDS, topic_models={"en": model})["topics"]
    assert {tag["topic"] for tags in topics for tag in tags} == {"food"}
    assert calls == [20]


def test_equal_texts_are_never_learned_from_and_measured_on_at_once():
    """Twenty texts that mean nothing, five times each, tagged as chance has it: nothing is there to be learned."""
    said = np.random.default_rng(1).permutation([True] * 8 + [False] * 12)
    texts = [f"qux{at} zorp{at}" for at in range(20) for _ in range(5)]
    about = [["luck"] if said[at] else [] for at in range(20) for _ in range(5)]
    assert learn_topics(texts, about, "en", SEEDS).quality["luck"].f1 < 0.65


def test_terms_that_few_people_used_are_neither_learned_nor_measured():
    texts = [f"labs qux{at % 16} {at}" for at in range(64)]
    about = [["luck"] if at % 2 else [] for at in range(64)]
    assert learn_topics(texts, about, "en", SEEDS).quality["luck"].f1 > 0.9
    found = learn_topics(texts, about, "en", SEEDS, people=range(64), least=5)
    assert found.terms.names == ("lab",)
    assert found.quality["luck"].f1 < 0.7


def test_a_gain_no_larger_than_its_standard_error_is_none(model):
    one = replace(model.quality["tests"], f1=0.62, seeds_f1=0.6)
    assert replace(one, error=0.01).is_better
    assert not replace(one, error=0.03).is_better
    assert 0.01 < model.quality["tests"].error < 0.1


def test_polarity_can_be_learned_where_no_topic_is():
    texts = [f"The exam was {word} in week {week}" for week in range(40) for word in ("zorky", "plimmed")]
    tags = [[Tag("tests", 4, 8, said)] for _ in range(40) for said in ("neg", "pos")]
    alone = without_topics("en", SEEDS, learn_polarity(spoken(texts, tags, "en"), "en"))
    stored = packed(alone)
    for one in (alone, unpacked(stored, digest_of(stored))):
        assert found(one, "the exam plimmed") == [("tests", "exam", "pos")]


def test_arrays_that_are_missing_or_do_not_fit_are_refused(model):
    stored = packed(model)
    facts, arrays = unpack(stored, digest_of(stored), FORM)
    broken = [pack(facts, **{**arrays, name: arrays[name][..., 1:]}) for name in arrays]
    broken += [pack(facts, **{each: arrays[each] for each in arrays if each != name}) for name in arrays]
    broken += [pack(facts | {name: None}, **arrays) for name in ("topics", "seeds", "names", "quality")]
    for each in broken:
        with pytest.raises(FeedbackError, match="cannot be read"):
            unpacked(each, digest_of(each))
