"""How good the reading is, in words fit for how much was checked; which reader reads; and a topic made of words."""

import shutil
from dataclasses import replace
from datetime import date
from math import nan

import pytest
from pandas import DataFrame, concat
from streamlit.testing.v1 import AppTest

from feedback.analysis.comments.checking import ACCURACY, AGREEMENT, TONE_ACCURACY
from feedback.store.database import open_database, reading, transaction
from feedback.store.reader_models import SENTIMENT, TOPIC, Model, keep_model, read_models
from feedback.store.topics import read_topics
from feedback.ui import quality_of_reading, teaching
from feedback.ui.quality_of_reading import agreed_in_words, in_a_sentence, is_usable, numbers_of, reads_in_words
from feedback.worker.checking import Found, Measured, Standing, share
from feedback.worker.reader import ANALYSER
from feedback.worker.topics import Learned
from tests.people import with_role
from tests.ui.drawing import drawn, forget, html, press


def measured(right=0, of=0, checked=None):
    """What checking so many comments drawn by chance has shown, all of them critical."""
    tones = [("neg", of, of, of, right, *[right / of if of else nan, 0.6, 0.9] * 2), *(
        (tone, of, 0, 0, 0, *[nan] * 6) for tone in ("neu", "pos")
    )]  # fmt: skip
    people = DataFrame([("", 0, nan, nan, nan, nan)], columns=list(AGREEMENT))
    topics = DataFrame([("pace", of, of, of, right, 0.8, 0.6, 0.9, 0.7, 0.5, 0.85)], columns=list(ACCURACY))
    accuracy = DataFrame(tones, columns=list(TONE_ACCURACY))
    return Measured(people, topics, accuracy, 0.8, share(right, of), of if checked is None else checked, of)


@pytest.fixture
def database(sqlite_template, tmp_path, monkeypatch):
    """An empty database of its own for the app."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    forget()
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()
    forget()


@pytest.mark.parametrize("number", [0, 1, 9])
def test_below_ten_comments_nothing_is_said_of_how_often_it_is_right(number):
    found = measured(number, number)
    assert "Nobody can say yet" in in_a_sentence(found)
    assert "nobody can say yet" in teaching.in_a_line(found.right)
    assert "%" not in in_a_sentence(found) + teaching.in_a_line(found.right)
    assert "Too few comments" in quality_of_reading.topic_in_words(found, "pace")


def test_from_ten_on_it_is_said_with_its_interval_and_of_how_many():
    found = measured(8, 10)
    assert in_a_sentence(found).startswith(
        "Of 10 comments drawn by chance and checked, it read the tone of 8 (80%; likely between"
    )
    assert "Of the critical ones it found 80% (likely between 60 and 90%)." in in_a_sentence(found)
    assert "it read the tone of 8 (80%" in teaching.in_a_line(found.right, [("en", 220)])
    assert "English from 220 comments" in teaching.in_a_line(found.right, [("en", 220)])
    assert quality_of_reading.topic_in_words(found, "pace") == (
        "Found: 70% (likely between 50 and 85%) of 10. Right when it is said: 80% (likely between 60 and 90%) of 10."
    )


@pytest.mark.parametrize("number", [0, 9])
def test_below_ten_comments_nothing_is_said_of_how_well_topics_are_found(number, database):
    said = quality_of_reading.topics_in_a_line(measured(number, number))
    assert "nobody can say yet" in said
    assert "%" not in said


def test_of_one_it_is_told_as_of_one(database):
    assert "; 1 is checked so far." in quality_of_reading.topics_in_a_line(measured(1, 1))
    assert "; 2 are checked so far." in quality_of_reading.topics_in_a_line(measured(1, 2))
    assert teaching.learned_in_words(Learned(("en",), 2, 2, 0, 1, ())).endswith(
        " In 1 other they stand, and it is not named."
    )
    assert " In 2 others they stand" in teaching.learned_in_words(Learned(("en",), 2, 2, 0, 2, ()))


def test_how_well_topics_are_found_is_told_beside_them_with_the_least_well_read(database):
    found = measured(8, 10)
    assert quality_of_reading.topics_in_a_line(found) == (
        "How well topics are found is known of one topic, from 10 comments that people checked. It is found in 70% of "
        "the comments people say it of, and right in 80%."
    )
    worse = found.topics.assign(topic="practice", both=1, precision=0.1, recall=0.1)
    both = Found(concat([found.topics, worse], ignore_index=True), 10)
    assert "Least well read is “Practice”: it is found in 10%" in quality_of_reading.topics_in_a_line(both)


def test_agreement_of_two_people_is_told_from_ten_comments_on():
    row = {"same": 0.9, "alpha": 0.81, "low": 0.6, "high": 0.95}
    assert "too few yet" in agreed_in_words(9, row)
    assert agreed_in_words(10, row).endswith("the same of 90%. Beyond chance that is an alpha of 0.81 (0.60 to 0.95).")
    assert "alpha" not in agreed_in_words(10, {**row, "alpha": nan})


MODEL = Model(
    SENTIMENT, "en", 3, "", {"score": 0.7, "before": 0.6, "recall_negative": 0.8, "calibration_error": None}, 220,
    ANALYSER, date(2026, 3, 1), in_use=True,
)  # fmt: skip


def test_each_version_tells_how_it_measured_and_what_is_not_known():
    assert numbers_of(MODEL) == ["0.70", "0.60", "80%", "not known"]
    learned = {"pace": {"f1": 0.8, "seeds_f1": 0.5}, "labs": {"f1": 0.4, "seeds_f1": 0.5}}
    assert numbers_of(replace(MODEL, kind=TOPIC, quality={"topics": learned, "score": 0.7}))[2:] == [
        "1 of 2",
        "not learned, the rule reads",
    ]
    spoken = {"topics": learned, "polarity": {"tags": 60, "macro_f1": 0.62, "rule_f1": None}}
    assert numbers_of(replace(MODEL, kind=TOPIC, quality=spoken))[3] == "0.62 (not known)"
    spoken["polarity"] |= {"rule_f1": 0.6, "reads": False}
    learned["pace"]["reads"] = False
    assert numbers_of(replace(MODEL, kind=TOPIC, quality=spoken))[2:] == ["0 of 2", "0.62 (0.60), the rule reads"]
    assert reads_in_words(MODEL, turned_off=False) == "Version 3 reads, learned on 1 March 2026 from 220 comments."
    assert "turned learning off" in reads_in_words(None, turned_off=True)
    assert is_usable(MODEL)
    assert not is_usable(replace(MODEL, quality={"score": 0.5, "before": 0.6}))


def test_that_everything_is_read_anew_is_told_with_how_far_it_is_and_when_it_stopped():
    assert "1,500 so far" in quality_of_reading.standing_in_words(Standing(anew=True, done=1500))
    assert "has stopped" in quality_of_reading.standing_in_words(Standing(anew=True, stopped=True))


def seen(page, *given):
    """What somebody sees of a piece of a page."""
    return drawn(AppTest.from_function(page, args=given, default_timeout=60).run())


def _panel():
    from feedback.ui import quality_of_reading

    quality_of_reading.show()


def _confirm(number):
    """The question that is asked before; what is drawn in a test knows no dialog that lies open."""
    from feedback.ui import quality_of_reading

    quality_of_reading._confirm("sentiment", "en", number, "Let it read")


def test_another_version_is_let_read_after_being_asked_and_learning_can_be_turned_off(database, comes):
    for number, score in ((1, 0.65), (2, 0.7)):
        with transaction(database) as session:
            quality: dict[str, object] = {
                "score": score,
                "before": 0.6,
                "recall_negative": 0.8,
                "calibration_error": 0.1,
            }
            keep_model(
                session, SENTIMENT, "en", b"%d" % number,
                quality=quality, learned_from=220, analyser=ANALYSER, better=True,
            )  # fmt: skip

    def used():
        with reading(database) as session:
            return [each.number for each in read_models(session) if each.in_use]

    app = press(seen(_panel), "use:sentiment:en:1")
    assert "All comments are then read anew in the background" in html(app)
    assert used() == [2]
    press(seen(_confirm, 1), "use-now")
    assert used() == [1]
    press(seen(_confirm, None), "use-now")
    assert used() == []
    app = press(seen(_panel), "use:sentiment:en:learned")
    assert "Nothing reads otherwise before something is learned" in html(app)
    press(seen(_confirm, "learned"), "use-now")
    assert "use:sentiment:en:None" in [each.key for each in seen(_panel).button]
    comes(with_role("lead", "programme:data"))
    keys = [each.key for each in seen(_panel).button]
    assert not any(str(key).startswith("use:") for key in keys)


def _words():
    from feedback.ui import teaching

    teaching.tell_made()
    teaching.make_topic("Career <b>advice</b>", ("career advice", "mentor"), key="theme")


def _form():
    from feedback.ui import teaching

    teaching.tell_made()
    teaching._make("Career <b>advice</b>", ("career advice", "mentor"), "en", ("learner",), "theme")


def test_words_become_a_topic_by_a_form_that_is_filled_in_and_may_be_changed(database, comes, monkeypatch):
    ways = []
    monkeypatch.setattr(teaching.st, "page_link", lambda page, **_how: ways.append(page))
    app = press(seen(_words), "make-topic:theme")
    assert [each.value for each in app.text_input] == ["Career <b>advice</b>"]
    app = seen(_form)
    assert "No comments are listed yet" in html(app)
    app = drawn(app.text_area[0].set_value("mentor\nmentoring scheme").run())
    app = press(app, "topic-make:theme")
    with reading(database) as session:
        (made,) = read_topics(session)
    assert made.seeds == {"en": ("mentor", "mentoring scheme")}
    assert "is a topic now" in html(app)
    assert ways == ["pages/topics.py"]
    assert "<b>" not in html(app)
    comes(with_role("committee"))
    assert not seen(_words).button


def test_a_name_that_is_taken_is_said_in_the_form(database):
    app = seen(_form)
    app = press(drawn(app.text_input[0].set_value("Pace").run()), "topic-make:theme")
    assert "is taken by another topic" in html(app)
