from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.sample.comments import DICE, Phrases, Points, compose, points_of, read_phrases
from feedback.settings import data_folder
from feedback.survey.text import clean_text

BANK = Phrases(
    openings={},
    points={
        ("learner", "pace", "neg", "en"): ("Too fast.", "I could not keep up."),
        ("learner", "pace", "neg", "de"): ("Zu schnell.",),
        ("learner", "cost_value", "neg", "en"): ("Too dear.",),
    },
)
dice = st.lists(st.floats(0, 1, exclude_max=True), min_size=DICE, max_size=DICE)


def test_topics_without_a_sentence_in_the_language_are_left_out():
    points = points_of(BANK, "learner", "neg", "de", {"pace": 2.0, "cost_value": 5.0})
    assert points == Points((2.0,), (("Zu schnell.",),))


def test_nothing_to_say_is_no_comment():
    nothing = points_of(BANK, "learner", "pos", "en", {"pace": 1.0})
    assert compose(("Hello.",), nothing, None, [0.0] * DICE) is None


@settings(deadline=None)
@given(dice)
def test_a_comment_has_one_or_two_points_and_never_one_twice(chances):
    points = points_of(BANK, "learner", "neg", "en", {"pace": 1.0, "cost_value": 1.0})
    said = compose((), points, None, chances)
    known = {"Too fast.", "I could not keep up.", "Too dear."}
    found = [sentence for sentence in known if sentence in said]
    assert said in {" ".join(found), " ".join(reversed(found))}
    assert 1 <= len(found) <= 2
    assert not {"Too fast.", "I could not keep up."} <= set(found)


def test_heavier_topics_come_up_more_often():
    points = points_of(BANK, "learner", "neg", "en", {"pace": 9.0, "cost_value": 1.0})
    first = [compose((), points, None, [1, 0, step / 100, 0, 1, 0, 0, 1, 0]) for step in range(100)]
    assert first.count("Too fast.") == 90
    assert first.count("Too dear.") == 10


def test_every_sentence_of_the_bank_passes_the_form_unchanged():
    phrases = read_phrases(data_folder() / "sample" / "phrases.toml")
    sentences = [one for bank in (phrases.openings, phrases.points) for texts in bank.values() for one in texts]
    assert len(sentences) > 300
    assert all(clean_text(sentence) == sentence for sentence in sentences)
