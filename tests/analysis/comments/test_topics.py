"""The taxonomy, and tags that point at their words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.comments.topics import Tag, Taxonomy, Topic, read_taxonomy, shipped_taxonomy
from feedback.errors import Refused
from feedback.settings import data_folder

TESTS = Topic("tests", {"en": "Tests", "de": "Prüfungen"}, {"en": ("test", "final exam"), "de": ("prüfung",)})
PACE = Topic("pace", {"en": "Pace"}, {"en": ("fast", "too slow")}, {"en": ("fast reply",)}, ("learner",))
SMALL = Taxonomy([TESTS, PACE])


def said(text, language="en", **more):
    return [(one.topic, text[one.start : one.end], one.polarity) for one in SMALL.tag(text, language, **more)]


def test_a_tag_points_at_its_words_and_carries_the_mind_of_its_clause():
    text = "The labs were wonderful and great fun, but the tests were horribly unfair."
    assert said(text) == [("tests", "tests", "neg")]


def test_inflected_words_and_phrases_are_found():
    assert said("Testing us in two FINAL EXAMS was hard", polarity="negative") == [("tests", "Testing", "neg")]
    assert said("Two final exams!", polarity="negative") == [("tests", "final exams", "neg")]


def test_the_question_gives_the_polarity_when_it_has_one():
    assert said("great tests", polarity="negative") == [("tests", "tests", "neg")]
    assert said("awful tests", polarity="positive") == [("tests", "tests", "pos")]


def test_what_says_no_word_that_judges_has_no_polarity_of_its_own():
    assert said("Die Prüfungen waren montags", "de") == [("tests", "Prüfungen", "")]
    assert said("Die Prüfungen waren schrecklich", "de") == [("tests", "Prüfungen", "neg")]
    assert said("Die Prüfungen waren schrecklich", "de", polarity="negative") == [("tests", "Prüfungen", "neg")]


def test_words_typed_without_their_accents_are_found():
    assert [topic for topic, _, _ in said("Die Pruefung war gut", "de")] == ["tests"]
    assert shipped_taxonomy().tag("La evaluacion fue justa", "es")[0].topic == "assessment"


def test_an_excluded_phrase_does_not_count_but_the_word_elsewhere_does():
    assert said("Thanks for the fast replies", polarity="positive") == []
    assert said("Fast replies, too fast lectures", polarity="negative") == [("pace", "fast", "neg")]


def test_topics_for_another_audience_are_left_out():
    assert said("fast tests", polarity="negative", audience="employer") == [("tests", "tests", "neg")]
    assert len(said("fast tests", polarity="negative", audience="learner")) == 2


def test_a_language_without_seeds_has_no_tags():
    assert said("very fast tests", "fr") == said("very fast tests", "") == []


def test_one_tag_a_topic_and_clause():
    assert said("tests and more tests. And tests!", polarity="negative") == [
        ("tests", "tests", "neg"),
        ("tests", "tests", "neg"),
    ]


def test_places_are_code_points_of_the_original_text():
    text = "👩🏽‍🎓 <b>é́</b> tests"
    assert SMALL.tag(text, "en", "negative") == [Tag("tests", text.index("tests"), len(text), "neg")]


def test_several_topics_in_a_comment():
    text = "The tutor was great but the videos were too long and the fee too high."
    found = {one.topic for one in shipped_taxonomy().tag(text, "en")}
    assert {"teaching", "materials", "workload_length", "cost_value"} <= found


@given(st.text(), st.sampled_from(["en", "es", "de", "ar"]))
def test_every_tag_lies_inside_its_text(text, language):
    for one in shipped_taxonomy().tag(f"{text} test prueba prüfung امتحان {text}", language):
        assert 0 <= one.start < one.end <= 2 * len(text) + 30


def test_the_shipped_taxonomy_names_and_seeds_every_topic_in_six_languages():
    topics = shipped_taxonomy().topics.values()
    assert len(topics) == 24
    for topic in topics:
        assert set(topic.names) == set(topic.seeds) == {"en", "es", "de", "fr", "pt", "ar"}, topic.id
        assert all(topic.seeds.values())
    assert shipped_taxonomy().topics["pace"].name("ar-EG") == "السرعة"
    assert shipped_taxonomy().topics["pace"].name("fr") == "Rythme"
    assert shipped_taxonomy().topics["pace"].name("nl") == "Pace"


@pytest.mark.parametrize(
    ("text", "language", "topics"),
    [
        ("Le rythme était trop rapide, et les exercices peu pratiques.", "fr", ["pace", "practice"]),
        ("Le formateur répondait toujours à nos questions.", "fr", ["support", "teaching"]),
        ("O professor explica bem, mas as provas são difíceis.", "pt", ["assessment", "difficulty", "teaching"]),
        (
            "O material é obsoleto e a plataforma travava.",
            "pt",
            ["content_up_to_date", "materials", "platform"],
        ),
        ("Il a le temps, et son avis compte.", "fr", []),
        ("Quem tem tempo gosta.", "pt", []),
        ("The due date was moved.", "en", []),
        ("I understand it now, and it means a lot to me, basically.", "en", []),
        ("The teacher is understanding, the content dated.", "en", ["content_up_to_date", "manner", "teaching"]),
        ("It sounds responsible, and we have to build on it.", "en", []),
    ],
)
def test_what_is_said_is_found_in_each_language_and_words_of_the_same_stem_are_not(text, language, topics):
    assert sorted({one.topic for one in shipped_taxonomy().tag(text, language, audience="learner")}) == topics


def test_a_seed_with_an_equals_sign_counts_only_as_it_is_written():
    topic = Topic("old", {"en": "Old"}, {"en": ("=dated", "=worn out")}, {"en": ("=dated jokes",)})
    old = Taxonomy([topic])
    assert [one.start for one in old.tag("Dates, a date, it is dated", "en")] == [21]
    assert old.tag("The slides are worn out", "en")
    assert not old.tag("They wear out, a dating site", "en")
    assert not old.tag("Dated jokes", "en")


def test_both_audiences_have_their_own_file():
    files = {path.name for path in (data_folder() / "topics").glob("*.toml")}
    assert files == {"courses.toml", "employers.toml"}
    assert set(read_taxonomy(data_folder() / "topics" / "courses.toml").topics) > {"teaching", "career"}


def test_a_broken_taxonomy_is_refused_with_every_problem(tmp_path):
    (tmp_path / "a.toml").write_text(
        """
        audiences = ["learners"]
        [[topics]]
        id = "Pace!"
        names = { de = "Tempo" }
        seed = { en = ["fast"] }
        [[topics]]
        id = "tests"
        names = { en = "Tests" }
        seeds = { en = ["one two three four five", "test"], EN = "test" }
        """,
        encoding="utf-8",
    )
    (tmp_path / "b.toml").write_text("[[topics]\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_taxonomy(tmp_path)
    told = str(refused.value)
    for part in (
        "a.toml: audiences is ['learners']. Allowed: learner, employer, expert.",
        "a.toml, topic \"Pace!\": id is 'Pace!'. Allowed: lower-case letters, digits and underscores.",
        'a.toml, topic "Pace!": "seed" is not known. Did you mean "seeds"?',
        "English (en) at least",
        "seeds are missing",
        '"one two three four five" has 5 words. Allowed: 1 to 4.',
        "seeds, EN: found 'test'",
        "b.toml: cannot be read as TOML",
    ):
        assert part in told


def test_an_id_used_twice_and_an_empty_folder_are_refused(tmp_path):
    with pytest.raises(Refused, match="holds no topics"):
        read_taxonomy(tmp_path)
    topic = '[[topics]]\nid = "tests"\nnames = { en = "Tests" }\nseeds = { en = ["test"] }\n'
    (tmp_path / "a.toml").write_text(topic * 2, encoding="utf-8")
    with pytest.raises(Refused, match='topic "tests": this id is taken'):
        read_taxonomy(tmp_path)


def test_a_tag_can_be_kept_as_json():
    assert json.loads(json.dumps(vars(Tag("pace", 0, 4, "neg")))) == {
        "topic": "pace", "start": 0, "end": 4, "polarity": "neg",
    }  # fmt: skip
